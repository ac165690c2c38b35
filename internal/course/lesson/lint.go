package lesson

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Limits of a lesson, in Ukrainian words.
const (
	minWords     = 500
	maxWords     = 1100
	maxTextWords = 220
	minHandout   = 60
	maxHandout   = 350
	maxAverage   = 20 // words of a sentence on average over the lesson
	maxSentence  = 20 // of one sentence; warned
)

func itoa(n int) string { return strconv.Itoa(n) }

// Lint reports what a schema cannot say about one lesson that fits its schema.
// The items of its checks are left to LintItem.
func (l *Lesson) Lint(now time.Time) []instrument.Finding {
	r := &instrument.Report{}
	ids := map[string]bool{}
	texts, practice, summaries := 0, 0, 0
	for i := range l.Activities {
		a := &l.Activities[i]
		at := "/activities/" + itoa(i)
		if ids[a.ID] {
			r.Error(at+"/id", "activity-twice", "activity «"+a.ID+"» stands twice", "give it another id")
		}
		ids[a.ID] = true
		switch {
		case a.Type == TypeText:
			texts++
		case a.Practice():
			practice++
		case a.Type == TypeSummary:
			summaries++
		}
		a.Body.lint(l, r, at)
	}
	if texts == 0 {
		r.Error("/activities", "needs-text", "the lesson has no text", "add an activity of type: text")
	}
	if practice == 0 {
		r.Error("/activities", "needs-practice", "the lesson has no practice", "add an activity of type: check or imitation")
	}
	switch {
	case summaries != 1:
		r.Error("/activities", "needs-summary", "the lesson has "+itoa(summaries)+" summaries, wanted one", "end with one activity of type: summary")
	case l.Activities[len(l.Activities)-1].Type != TypeSummary:
		r.Error("/activities", "summary-last", "the summary is not the last activity", "move it to the end")
	}
	l.Texts(func(pointer string, t i18n.Text, v Voice) { lintVoice(r, pointer, t, v) })
	l.lintLength(r)
	if n := len(fullStop.FindAllString(l.SummaryEN, -1)); n < 3 || n > 6 {
		r.Error("/summary_en", "summary-en", "the English summary has "+itoa(n)+" sentences", "write three to six")
	}
	lintEnglish(r, "/summary_en", l.SummaryEN)
	if slices.Contains(reservedLessons, l.Slug) {
		r.Error("/slug", "slug-reserved", "«"+l.Slug+"» is the address of another page of the course", "choose another slug")
	}
	lintDates(r, l.CheckedOn, l.ValidUntil, now)
	lintStatus(r, l.Status, l.Reviews)
	return r.Findings
}

// reservedCourses and reservedLessons are words of addresses under /courses, and of the
// editors' pages under /office/courses: a course or a lesson of that name could not be
// reached.
var (
	reservedCourses = []string{"forget", "groups", "hide", "marks", "media", "new", "packages"}
	reservedLessons = []string{"after", "before", "course", "final", "handouts", "offline", "outcome", "pages", "proof"}
)

// Reserved lists the slugs that no course and no lesson may have.
func Reserved() (courses, lessons []string) {
	return slices.Clone(reservedCourses), slices.Clone(reservedLessons)
}

func (l *Lesson) lintLength(r *instrument.Report) {
	words, count := 0, 0
	l.Texts(func(pointer string, t i18n.Text, _ Voice) {
		if strings.HasPrefix(pointer, "/mentor") {
			return
		}
		for _, s := range sentences(t.UK) {
			n := CountWords(s)
			words += n
			count++
			if n > maxSentence && !strings.Contains(pointer, "/elements/") {
				r.Warn(pointer+"/uk"+lineOf(t.UK, strings.Index(t.UK, strings.TrimSpace(s))), "sentence-long", "a sentence of "+itoa(n)+" words", "split it: aim under 15")
			}
		}
	})
	switch {
	case words < minWords:
		r.Error("", "words-few", "the lesson has "+itoa(words)+" Ukrainian words in all", "write at least "+itoa(minWords))
	case words > maxWords:
		r.Error("", "words-many", "the lesson has "+itoa(words)+" Ukrainian words in all", "shorten it to "+itoa(maxWords))
	}
	if count > 0 && words > maxAverage*count {
		r.Error("", "sentence-average", "a sentence has "+itoa(words/count)+" words on average", "shorten them to under "+itoa(maxAverage))
	}
	if n := CountWords(l.Handout.UK); n < minHandout || n > maxHandout {
		r.Error("/handout", "handout-length", "the handout has "+itoa(n)+" words", "write from "+itoa(minHandout)+" to "+itoa(maxHandout)+", one printed page")
	}
}

// Texts visits every human text of the lesson.
func (l *Lesson) Texts(visit func(pointer string, t i18n.Text, v Voice)) {
	some := func(pointer string, t i18n.Text, v Voice) {
		if !t.IsZero() {
			visit(pointer, t, v)
		}
	}
	some("/title", l.Title, Plain)
	some("/goal", l.Goal, Plain)
	for i, a := range l.Activities {
		at := "/activities/" + itoa(i)
		some(at+"/title", a.Title, Plain)
		a.Body.Texts(func(p string, t i18n.Text, v Voice) { some(at+p, t, v) })
	}
	some("/handout", l.Handout, Markdown)
	some("/mentor", l.Mentor, Markdown)
}

// Words counts the Ukrainian words that the lint counts.
func (l *Lesson) Words() int {
	n := 0
	l.Texts(func(pointer string, t i18n.Text, _ Voice) {
		if !strings.HasPrefix(pointer, "/mentor") {
			n += CountWords(t.UK)
		}
	})
	return n
}

// Lint reports what a schema cannot say about a course by itself, without its
// lessons' own findings.
func (c *Course) Lint(now time.Time) []instrument.Finding {
	r := &instrument.Report{}
	for _, t := range []struct {
		at string
		t  i18n.Text
	}{{"/title", c.Title}, {"/summary", c.Summary}, {"/for", c.For}} {
		lintVoice(r, t.at, t.t, Plain)
		lintEnglish(r, t.at+"/en", t.t.EN)
	}
	if slices.Contains(reservedCourses, c.Slug) {
		r.Error("/slug", "slug-reserved", "«"+c.Slug+"» is the address of another page", "choose another slug")
	}
	if Rank(c.Levels.From) > Rank(c.Levels.To) {
		r.Error("/levels", "levels-order", "levels from "+c.Levels.From+" to "+c.Levels.To+" go down", "swap them")
	}
	for i, k := range c.Competences {
		if slices.Contains(c.Competences[:i], k) {
			r.Error("/competences/"+itoa(i), "competence-twice", "«"+k+"» stands twice", "remove one of them")
		}
	}
	for i, s := range c.Order {
		if slices.Contains(c.Order[:i], s) {
			r.Error("/lessons/"+itoa(i), "lesson-twice", "lesson «"+s+"» stands twice", "remove one of them")
		}
	}
	lintDates(r, c.CheckedOn, c.ValidUntil, now)
	lintStatus(r, c.Status, c.Reviews)
	return r.Findings
}

// Fits reports where a lesson leaves the frame of its course.
func (c *Course) Fits(l *Lesson) []instrument.Finding {
	r := &instrument.Report{}
	for i, k := range l.Competences {
		if !slices.Contains(c.Competences, k) {
			r.Error("/competences/"+itoa(i), "competence-outside", "«"+k+"» is not among the competences of «"+c.Slug+"»", "add it to course.yaml, or remove it here")
		}
	}
	if n := Rank(l.Level); n < Rank(c.Levels.From) || n > Rank(c.Levels.To) {
		r.Error("/level", "level-outside", "level "+l.Level+" is outside "+c.Levels.From+"–"+c.Levels.To+" of «"+c.Slug+"»", "correct the level, here or in course.yaml")
	}
	return r.Findings
}

// Lint reports on a final check, without its items.
func (f *Final) Lint() []instrument.Finding {
	r := &instrument.Report{}
	lintVoice(r, "/intro", f.Intro, Plain)
	ids := map[string]bool{}
	for i, it := range f.Items {
		if ids[it.ID] {
			r.Error("/items/"+itoa(i)+"/id", "final-item-twice", "item «"+it.ID+"» stands twice", "give it another id")
		}
		ids[it.ID] = true
		itemTexts("/items/"+itoa(i), it, func(p string, t i18n.Text, v Voice) { lintVoice(r, p, t, v) })
	}
	return r.Findings
}

// ourRoots are looked for before a pattern is: all lessons are read at every start.
var ourRoots = []string{"користувач", "контент", "клікн", "клацн", "юзер"}

var (
	ourWords = regexp.MustCompile(`(?i)(^|[^\p{L}])((користувач|контент|клікн|клацн|юзер)\p{L}*)`)
	amount   = regexp.MustCompile(`(?i)(^|[^\p{L}\d])\d[\d  ]*([.,]\d+)?[  -]?(тис\p{L}*\.? )?(грн|гривень|гривн\p{L}+|₴|\$|€|євро|долар\p{L}*|uah|hryvnia\p{L}*|dollars?|euros?)`)
	year     = regexp.MustCompile(`(^|[^\d])20[2-3]\d([^\d]|$)`)
	rawMarks = regexp.MustCompile(`(?m)!\[|^[ \t]*#{1,2}\s|^[ \t]*#{4,}|^[ \t]*\|.*\|[ \t]*$|^[ \t]*>|` + "```" + `|\]\((http:|[^h])`)
)

// lintVoice checks one text: signs, words of ours, no exclamation marks, no
// invented amounts or dates. Quoted speech keeps its exclamation marks and amounts.
func lintVoice(r *instrument.Report, at string, t i18n.Text, v Voice) {
	if t.IsZero() {
		return
	}
	for _, f := range instrument.LintText(at, t, 0) {
		if f.Rule == "language-missing" && strings.HasSuffix(f.Pointer, "/en") || f.Rule == "long-sentence" {
			continue
		}
		r.Findings = append(r.Findings, f)
	}
	if v == Quoted {
		return
	}
	if lower := strings.ToLower(t.UK); slices.ContainsFunc(ourRoots, func(root string) bool { return strings.Contains(lower, root) }) {
		if m := ourWords.FindStringSubmatchIndex(t.UK); m != nil {
			r.Error(at+"/uk"+lineOf(t.UK, m[4]), "our-words", "the text says «"+t.UK[m[4]:m[5]]+"»", "say «людина», «матеріал», «натиснути»")
		}
	}
	for _, l := range []struct{ lang, s string }{{"uk", t.UK}, {"en", t.EN}} {
		where := func(offset int) string { return at + "/" + l.lang + lineOf(l.s, offset) }
		if i := strings.IndexByte(l.s, '!'); i >= 0 {
			r.Error(where(i), "shout", "the text has an exclamation mark", "end it with a full stop")
		}
		digits := strings.ContainsAny(l.s, "0123456789")
		if digits {
			if m := amount.FindStringIndex(l.s); m != nil {
				r.Error(where(m[0]), "amount", "the text names an amount: "+strings.TrimSpace(l.s[m[0]:m[1]]), "leave it out and name the official source")
			}
			if m := year.FindStringIndex(l.s); m != nil {
				r.Error(where(m[0]), "year", "the text names a year: "+strings.TrimFunc(l.s[m[0]:m[1]], func(c rune) bool { return !unicode.IsDigit(c) }),
					"leave the date out and name the official source")
			}
		}
		if v == Markdown && strings.ContainsAny(l.s, "!#|>`]") {
			if m := rawMarks.FindStringIndex(l.s); m != nil {
				r.Error(where(m[0]), "marks", "Markdown of this kind is not used in lessons", "use paragraphs, ### headings, lists, **bold** and https links")
			}
		}
	}
}

// lineOf marks the line of a place inside a block of text: "#2" is its third line.
func lineOf(s string, offset int) string {
	if offset < 0 {
		return ""
	}
	return "#" + itoa(strings.Count(s[:offset], "\n"))
}

func lintEnglish(r *instrument.Report, at, s string) {
	if strings.Contains(s, "!") {
		r.Error(at, "shout", "the text has an exclamation mark", "end it with a full stop")
	}
}

func lintDates(r *instrument.Report, checked, until string, now time.Time) {
	if until != "" {
		day, err := time.ParseInLocation(time.DateOnly, until, i18n.Kyiv)
		switch {
		case err != nil:
			r.Error("/valid_until", "course-date", "valid_until is not a date", "write \"2027-05-21\"")
		case !now.Before(day.AddDate(0, 0, 1)):
			r.Warn("/valid_until", "course-expired", "it was valid until "+until, "read it again, correct it, and set a new valid_until")
		}
	}
	if checked != "" {
		day, err := time.ParseInLocation(time.DateOnly, checked, i18n.Kyiv)
		switch {
		case err != nil:
			r.Error("/checked_on", "course-date", "checked_on is not a date", "write \"2026-11-21\", or leave it out")
		case day.After(now):
			r.Error("/checked_on", "course-date", "checked_on lies in the future", "write the day it was checked, or leave it out")
		}
	}
}

func lintStatus(r *instrument.Report, status string, reviews []instrument.Review) {
	if status != "" && status != "draft" && len(reviews) == 0 {
		r.Error("/status", "course-unreviewed", "status «"+status+"» without a review by a named person", "set status: draft")
	}
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?…]+[»”")]*(\s|$)|\n\s*([-*]|\d+\.)?\s*|:\s`)
	fullStop    = regexp.MustCompile(`[.!?…]+[”"]*(\s|$)`)
	marks       = strings.NewReplacer("**", "", "*", "", "###", "", "_", " ")
	address     = regexp.MustCompile(`\]\([^)\s]*\)`)
)

// sentences splits a text at full stops, colons and line ends.
func sentences(s string) []string {
	s = address.ReplaceAllString(marks.Replace(s), "]")
	var out []string
	for _, part := range sentenceEnd.Split(s, -1) {
		if CountWords(part) > 0 {
			out = append(out, part)
		}
	}
	return out
}

// CountWords counts words: runs between spaces that hold a letter or a digit.
// The address of a Markdown link counts as nothing.
func CountWords(s string) int {
	n := 0
	for _, w := range strings.Fields(address.ReplaceAllString(s, "]")) {
		if strings.ContainsFunc(w, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
			n++
		}
	}
	return n
}
