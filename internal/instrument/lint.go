package instrument

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"osvitlo/internal/i18n"
)

// Limits of content, in characters and words.
const (
	maxStem     = 160 // warned above
	maxLead     = 700
	maxHint     = 160
	maxOption   = 140
	maxExplain  = 420
	aimSentence = 15 // words in Ukrainian (STYLE); warned from maxSentence
	maxSentence = 15 // in Ukrainian; English uses more and shorter words
	maxEnglish  = 26
)

// Lint reports what a schema cannot say about one item that fits its schema. now decides which dates
// have passed.
func (it *Item) Lint(now time.Time) []Finding {
	r := &Report{}
	if it.ID == wordDontKnow || it.ID == wordRefused {
		r.Error("/id", "id-reserved", "the id "+quote(it.ID)+" is a word of the contract", "choose another id")
	}
	lintText(r, "/stem", it.Stem, maxStem)
	lintText(r, "/lead", it.Lead, maxLead)
	lintText(r, "/hint", it.Hint, maxHint)
	lintText(r, "/explain", it.Explain, maxExplain)
	// not lead and options: they may quote a fraudster
	lintVoice(r, "/stem", it.Stem)
	lintVoice(r, "/hint", it.Hint)
	lintVoice(r, "/explain", it.Explain)
	lintVoice(r, "/can", it.Can)
	for i, o := range it.Options {
		lintText(r, "/options/"+strconv.Itoa(i)+"/text", o.Text, maxOption)
	}
	for i, o := range it.Left {
		lintText(r, "/left/"+strconv.Itoa(i)+"/text", o.Text, maxOption)
	}
	for i, o := range it.Right {
		lintText(r, "/right/"+strconv.Itoa(i)+"/text", o.Text, maxOption)
	}
	it.lintKnowledge(r)
	it.lintDates(r, now)
	it.kind().lint(it, r)
	return r.Findings
}

// difficulty is the span of provisional Rasch b per level (CONTENT_FORMAT), in logits.
var difficulty = map[string][2]float64{"A1": {-2.6, -1.45}, "A2": {-1.5, -0.75}, "B1": {-0.8, 0.05},
	"B2": {-0.05, 0.75}, "C1": {0.7, 1.55}, "C2": {1.45, 2.6}}

func (it *Item) lintKnowledge(r *Report) {
	if !it.Scored() {
		if !it.Key.IsZero() || len(it.Accept) > 0 {
			r.Error("/key", "key-survey", "an item that does not measure knowledge has a key", "remove key, or set measures: knowledge")
		}
		return
	}
	if it.Competence == "" {
		r.Error("", "competence-missing", "a knowledge item belongs to no competence", "put it into content/items/<competence>.yaml")
	}
	if it.Required {
		r.Error("/required", "required-knowledge", "a knowledge item is never required", "remove required")
	}
	if it.Explain.IsZero() {
		r.Error("", "explain-missing", "a knowledge item does not explain the right answer", "add explain: {uk, en}")
	}
	if it.Can.IsZero() {
		r.Error("", "can-missing", "a knowledge item does not say what a person who solves it can do", "add can: {uk, en}")
	}
	span, known := difficulty[it.Level]
	switch {
	case !known:
		r.Error("", "level-missing", "a knowledge item has no level", "add level: A1 … C2")
	case it.Difficulty < span[0] || it.Difficulty > span[1]:
		r.Error("/difficulty", "difficulty-level", "difficulty "+plainNumber(it.Difficulty)+" does not belong to level "+it.Level,
			"write a number from "+plainNumber(span[0])+" to "+plainNumber(span[1])+", or correct the level")
	}
}

func (it *Item) lintDates(r *Report, now time.Time) {
	if it.ValidUntil != "" {
		until, err := time.ParseInLocation(time.DateOnly, it.ValidUntil, i18n.Kyiv)
		switch {
		case err != nil:
			r.Error("/valid_until", "date", "valid_until is not a date", "write \"2027-05-21\"")
		case !now.Before(until.AddDate(0, 0, 1)):
			r.Warn("/valid_until", "expired", quote(it.ID)+" was valid until "+it.ValidUntil,
				"read it again, correct it, and set a new checked_on and valid_until")
		default:
			r.Note("/valid_until", "valid-until", quote(it.ID)+" is valid until "+it.ValidUntil, "check the fact before that day")
		}
	}
	if it.CheckedOn != "" {
		day, err := time.ParseInLocation(time.DateOnly, it.CheckedOn, i18n.Kyiv)
		switch {
		case err != nil:
			r.Error("/checked_on", "date", "checked_on is not a date", "write \"2026-11-21\", or leave it out")
		case day.After(now):
			r.Error("/checked_on", "date", "checked_on lies in the future", "write the day it was checked, or leave it out")
		}
	}
	if it.Status != "draft" && len(it.Reviews) == 0 {
		r.Error("/status", "status-unreviewed", "status "+quote(it.Status)+" without a review by a named person", "set status: draft")
	}
}

// Reviewed tells whether a named person has read the item.
func (it *Item) Reviewed() bool { return len(it.Reviews) > 0 && it.Status != "draft" }

func lintIDs(r *Report, at string, options []Option) {
	seen := map[string]bool{}
	for i, o := range options {
		where := at + "/" + strconv.Itoa(i) + "/id"
		switch {
		case o.ID == wordDontKnow || o.ID == wordRefused:
			r.Error(where, "id-reserved", "the id "+quote(o.ID)+" is a word of the contract", "use dont_know: true or refuse: true instead")
		case seen[o.ID]:
			r.Error(where, "option-twice", "option "+quote(o.ID)+" stands twice", "give it another id")
		}
		seen[o.ID] = true
	}
}

func lintOptions(it *Item, r *Report, least int) {
	if len(it.Options) < least {
		r.Error("", "options-few", it.ID+" has "+strconv.Itoa(len(it.Options))+" options, at least "+strconv.Itoa(least)+" are needed",
			"add options:")
	}
	lintIDs(r, "/options", it.Options)
	seen := map[string]bool{}
	for i, o := range it.Options {
		folded := Fold(o.Text.UK)
		if folded != "" && seen[folded] {
			r.Error("/options/"+strconv.Itoa(i), "option-same", "two options say the same", "change one of them")
		}
		seen[folded] = true
	}
}

func lintExclusive(it *Item, r *Report) {
	for i, id := range it.Exclusive {
		if _, ok := it.Option(id); !ok {
			r.Error("/exclusive/"+strconv.Itoa(i), "exclusive-unknown", quote(id)+" is not an option", "use an option id")
		}
	}
}

// lintKeyIDs checks a key of option ids: known, different, as many as from…to.
func lintKeyIDs(it *Item, r *Report, from, to int) {
	if !it.Scored() {
		return
	}
	n := len(it.Key.IDs)
	switch {
	case n == 0:
		r.Error("", "key-missing", quote(it.ID)+" has no key", "add key: [<option id>]")
		return
	case n < from || n > to:
		want := strconv.Itoa(from)
		if from != to {
			want += "–" + strconv.Itoa(to)
		}
		r.Error("/key", "key-count", "the key has "+strconv.Itoa(n)+" ids, wanted "+want, "correct the key")
	}
	for i, id := range it.Key.IDs {
		at := "/key/" + strconv.Itoa(i)
		if _, ok := it.Option(id); !ok {
			r.Error(at, "key-unknown", "the key names "+quote(id)+", which is not an option", "use an option id")
		}
		if slices.Contains(it.Key.IDs[:i], id) {
			r.Error(at, "key-twice", "the key names "+quote(id)+" twice", "remove one of them")
		}
	}
	for _, id := range it.Exclusive {
		if slices.Contains(it.Key.IDs, id) && n > 1 {
			r.Error("/key", "key-exclusive", "the key holds "+quote(id)+" with others, which nobody may choose together", "correct the key")
		}
	}
}

var (
	allOfAbove = regexp.MustCompile(`(?i)(усе|все|усі|всі)\s+(перелічене|перераховане|наведене|відповіді|варіанти|зазначене|вище)|all of (the )?(above|these)`)
	negatives  = regexp.MustCompile(`(^|[^\p{L}])(НЕ|NOT)([^\p{L}]|$)`)
	softNot    = regexp.MustCompile(`(?i)(^|[^\p{L}])(не (є|належить|варто|можна|слід|правда|безпечно)|is not|are not|should not|which .* not)([^\p{L}]|$)`)
)

// lintTells warns of what betrays the answer or confuses the reader.
func lintTells(it *Item, r *Report) {
	for i, o := range it.Options {
		if allOfAbove.MatchString(o.Text.UK) || allOfAbove.MatchString(o.Text.EN) {
			r.Warn("/options/"+strconv.Itoa(i)+"/text", "all-of-the-above", "an option like «усе перелічене» loses its sense when options move",
				"make it a multiple item")
		}
	}
	if !it.Scored() {
		return
	}
	if negatives.MatchString(it.Stem.UK) || negatives.MatchString(it.Stem.EN) || softNot.MatchString(it.Stem.UK) {
		r.Warn("/stem", "negative-stem", "a question with «не» is read wrong by many people", "ask what is right")
	}
	var right, wrong, longest, rights, wrongs int
	for _, o := range it.Options {
		n := utf8.RuneCountInString(o.Text.UK)
		if slices.Contains(it.Key.IDs, o.ID) {
			right += n
			rights++
		} else {
			wrong += n
			wrongs++
			longest = max(longest, n)
		}
	}
	if rights == 0 || wrongs == 0 {
		return
	}
	r1, w1 := float64(right)/float64(rights), float64(wrong)/float64(wrongs)
	if r1 > 1.5*w1 && r1-w1 > 15 && (it.Type != Single || right > longest) {
		r.Warn("/options", "length-tells", "right options are much longer than wrong ones ("+strconv.Itoa(int(r1))+" and "+strconv.Itoa(int(w1))+" characters)",
			"shorten the right option or lengthen the others")
	}
}

// LintText checks one human text of other content: both languages, sentences,
// signs. limit is in characters, 0 for none.
func LintText(at string, t i18n.Text, limit int) []Finding {
	r := &Report{}
	if limit <= 0 {
		limit = math.MaxInt
	}
	lintText(r, at, t, limit)
	return r.Findings
}

// LintVoice checks a text that speaks to people in our own voice (STYLE).
func LintVoice(at string, t i18n.Text) []Finding {
	r := &Report{}
	lintVoice(r, at, t)
	return r.Findings
}

var ourWords = regexp.MustCompile(`(?i)(^|[^\p{L}])(користувач|контент|клікн|клацн|юзер)\p{L}*`)

func lintVoice(r *Report, at string, t i18n.Text) {
	if m := ourWords.FindString(t.UK); m != "" {
		r.Warn(at+"/uk", "voice-word", "the text says «"+strings.TrimFunc(m, func(c rune) bool { return !unicode.IsLetter(c) })+"»",
			"say «людина», «матеріал», «натиснути»")
	}
	for _, l := range []struct{ lang, s string }{{"uk", t.UK}, {"en", t.EN}} {
		if strings.Contains(l.s, "!") {
			r.Warn(at+"/"+l.lang, "exclamation", "the text has an exclamation mark", "end it with a full stop")
		}
	}
}

// lintText checks one human text: both languages, length, sentences, signs.
func lintText(r *Report, at string, t i18n.Text, limit int) {
	if t.IsZero() {
		return
	}
	for _, l := range []struct{ lang, s string }{{"uk", t.UK}, {"en", t.EN}} {
		where := at + "/" + l.lang
		if strings.TrimSpace(l.s) == "" {
			r.Error(where, "language-missing", "the text is missing in "+l.lang, "write it in both languages")
			continue
		}
		if n := utf8.RuneCountInString(l.s); n > limit {
			r.Warn(where, "too-long-text", strconv.Itoa(n)+" characters, aim at "+strconv.Itoa(limit), "shorten it")
		}
		most := maxSentence
		if l.lang == i18n.English {
			most = maxEnglish
		}
		if n := longestSentence(l.s); n > most {
			r.Warn(where, "long-sentence", "a sentence of "+strconv.Itoa(n)+" words; aim under "+strconv.Itoa(aimSentence), "split it")
		}
	}
	lintSigns(r, at, t)
}

var foreign = regexp.MustCompile(`[ыэъё]`)

// lintSigns checks the signs of a text: no markup, no exclamation marks, no
// Russian letters in Ukrainian, the right apostrophe.
func lintSigns(r *Report, at string, t i18n.Text) {
	for _, l := range []struct{ lang, s string }{{"uk", t.UK}, {"en", t.EN}} {
		if strings.ContainsAny(l.s, "<>") && htmlTag.MatchString(l.s) {
			r.Error(at+"/"+l.lang, "markup", "the text holds markup", "write plain text")
		}
	}
	if foreign.MatchString(strings.ToLower(t.UK)) {
		r.Error(at+"/uk", "russian-letters", "the Ukrainian text has a letter that Ukrainian does not have", "correct the word")
	}
	if i := strings.IndexAny(t.UK, "'ʼ`"); i > 0 && i+1 < len(t.UK) {
		before, _ := utf8.DecodeLastRuneInString(t.UK[:i])
		if unicode.Is(unicode.Cyrillic, before) {
			r.Warn(at+"/uk", "apostrophe", "a straight apostrophe", "use ’ (U+2019)")
		}
	}
}

var (
	htmlTag     = regexp.MustCompile(`</?[a-zA-Z][^>]*>`)
	sentenceEnd = regexp.MustCompile(`[.!?…:;\n]+(\s|$)`)
)

func longestSentence(s string) int {
	longest := 0
	for _, part := range sentenceEnd.Split(s, -1) {
		n := 0
		for _, w := range strings.Fields(part) {
			if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
				n++
			}
		}
		longest = max(longest, n)
	}
	return longest
}
