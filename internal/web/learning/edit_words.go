package learning

import (
	"regexp"
	"slices"
	"strings"

	"osvitlo/internal/course/draft"
)

// e is a word of the editors' pages.
func (v *view) e(key string, pairs ...any) string {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("courseedit."+key, m)
}

func (v *view) en(key string, count int) string { return v.w.N("courseedit."+key, int64(count), nil) }

// told are the rules that the editors' pages say in their own words; the locale files
// hold courseedit.rule.<rule> for each. Others are shown as `content check` prints them.
var told = []string{"activity-twice", "needs-text", "needs-practice", "needs-summary", "summary-last", "summary-en", "slug-reserved", "sentence-long", "words-few",
	"words-many", "sentence-average", "handout-length", "levels-order", "competence-twice", "lesson-twice", "competence-outside", "level-outside", "final-item-twice",
	"our-words", "shout", "amount", "year", "marks", "course-date", "course-expired", "card-twice", "english-half", "reason-missing", "task-twice", "imitation-brand",
	"element-twice", "element-asks", "imitation-address", "imitation-number", "imitation-honest", "imitation-nothing", "imitation-form", "text-long", "video-empty",
	"video-subtitles", "video-transcript", "video-seconds", "option-twice", "options-few", "option-same", "key-missing", "key-count", "key-unknown", "key-twice",
	"all-of-the-above", "negative-stem", "length-tells", "voice-word", "exclamation", "too-long-text", "long-sentence", "markup", "russian-letters", "apostrophe",
	"matching-sides", "ordering-long", "spot-scene", "lesson-missing", "lesson-unlisted", "final-missing", "competence-unknown", "competence-untaught",
	"final-competence", "term-unknown", "picture-missing", "file-name", "yaml", "version", "difficulty-level", "level-missing", "competence-missing",
	"picture-alt", "upload-missing", "language-missing"}

// shapesOf tell apart what a schema says, by the words of package content.
var schemaSays = []struct {
	key  string
	like *regexp.Regexp
}{
	{"missing", regexp.MustCompile(`is missing`)},
	{"empty", regexp.MustCompile(`is empty or too short|write at least one field`)},
	{"few", regexp.MustCompile(`entries; write at least`)},
	{"many", regexp.MustCompile(`entries; write at most`)},
	{"long", regexp.MustCompile(`characters; write at most`)},
	{"small", regexp.MustCompile(`too small`)},
	{"large", regexp.MustCompile(`too large`)},
	{"choice", regexp.MustCompile(`which is not allowed`)},
	{"shape", regexp.MustCompile(`wrong shape`)},
	{"unknown", regexp.MustCompile(`is not a field here`)},
	{"type", regexp.MustCompile(`wanted`)},
}

var tokens = regexp.MustCompile(`«([^»]*)»|\d+`)

// faultWords says a fault in plain words. The numbers and the quoted words of the
// English message are {{.A}}, {{.B}} … of the message.
func (v *view) faultWords(f draft.Fault) string {
	say := f.Message
	if f.Fix != "" {
		say += "; " + f.Fix
	}
	args := []any{"Say", strings.ToUpper(say[:min(1, len(say))]) + say[min(1, len(say)):] + "."}
	for i, m := range tokens.FindAllStringSubmatch(say, 5) {
		value := m[0]
		if m[1] != "" {
			value = m[1]
		}
		args = append(args, string(rune('A'+i)), value)
	}
	for i := len(tokens.FindAllString(say, 5)); i < 5; i++ {
		args = append(args, string(rune('A'+i)), "…")
	}
	if f.Rule == "schema" {
		for _, s := range schemaSays {
			if s.like.MatchString(say) {
				return v.e("rule.schema."+s.key, args...)
			}
		}
	}
	if slices.Contains(told, f.Rule) {
		return v.e("rule."+f.Rule, args...)
	}
	return v.e("rule.other", args...)
}

// ownValues are the picks whose values have words of their own.
var ownValues = []string{"audience", "icon", "imitation", "part", "asks", "scene"}

// valueWords names a value of a list.
func (v *view) valueWords(s shape, value string) string {
	if s.words() == "competences" || s.words() == "competence" {
		if t := v.h.o.Library.CompetenceTitle(value); !t.IsZero() {
			return strings.TrimPrefix(value, "ua") + " " + v.in(t)
		}
		return value
	}
	if s.words() == "glossary" {
		if t, err := v.h.o.Library.Term(value); err == nil {
			return v.in(t.Term)
		}
		return value
	}
	if slices.Contains(ownValues, s.words()) && slices.Contains(s.of, value) {
		return v.e("v." + s.words() + "." + value)
	}
	return value
}
