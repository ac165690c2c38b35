package instrument

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/scoring"
)

// textType: a short typed answer. The key is accept, compared after Fold, so
// that spelling never costs points. Score 1 right, 0 wrong.
type textType struct{}

func (textType) name() Type { return Text }

func (textType) check(it *Item, v Value) *fault.Field {
	if v.kind != kindWord {
		return bad("", "answer.want_text", nil)
	}
	limit := it.MaxLength
	if limit <= 0 || limit > MaxText {
		limit = MaxText
	}
	if !utf8.ValidString(v.word) || strings.ContainsFunc(v.word, forbidden) {
		return bad("", "answer.bad_characters", nil)
	}
	if n := utf8.RuneCountInString(v.word); n > limit {
		return bad("", "answer.too_long", map[string]any{"Max": limit, "Count": n})
	}
	return nil
}

// forbidden are control characters other than line breaks and tabs, and the
// replacement sign, which says that the input was broken before it came here.
func forbidden(r rune) bool {
	return r == utf8.RuneError || r == 0x7f || (r < 0x20 && r != '\n' && r != '\r' && r != '\t')
}

func (textType) score(it *Item, v Value) float64 {
	if it.accepted == nil { // not linked
		return scoring.Dichotomous(Accepts(it.Accept, v.word))
	}
	return scoring.Dichotomous(accepts(it.accepted, v.word))
}

func (textType) columns(it *Item) []Column {
	return []Column{{Name: it.ID, Type: "string", Title: it.Stem, Free: true}}
}

func (textType) cells(_ *Item, v Value) []string { return []string{v.word} }

func (textType) public(it *Item, p *PublicItem) { p.MaxLength = it.MaxLength }

func (textType) toForm(_ *Item, v Value, out url.Values) { out.Set(FieldAnswer, v.word) }

func (textType) form(it *Item, values url.Values, _ string, m *FormModel) {
	m.Layout = TextBox
	m.Input = FormInput{Name: FieldAnswer, Value: values.Get(FieldAnswer), MaxLength: it.MaxLength}
}

func (textType) fromForm(_ *Item, values url.Values) (Value, *fault.Field) {
	typed := strings.TrimSpace(values.Get(FieldAnswer))
	if typed == "" {
		return Value{}, nil
	}
	return Word(typed), nil
}

func (textType) lint(it *Item, r *Report) {
	if it.Scored() && len(it.Accept) == 0 {
		r.Error("", "accept-missing", "a knowledge text item accepts nothing", "add accept: [\"…\"]")
	}
	seen := map[string]int{}
	for i, a := range it.Accept {
		at := "/accept/" + strconv.Itoa(i)
		folded := Fold(a)
		if folded == "" {
			r.Error(at, "accept-empty", "an accepted answer is empty after folding", "write a word")
			continue
		}
		if j, twice := seen[folded]; twice {
			r.Warn(at, "accept-twice", "is the same as "+quote(it.Accept[j])+" after folding", "leave one of them")
		}
		seen[folded] = i
		if it.MaxLength > 0 && utf8.RuneCountInString(a) > it.MaxLength {
			r.Error(at, "accept-long", "an accepted answer is longer than max_length", "raise max_length or shorten the answer")
		}
	}
	if slices.Contains(it.Tags, "language") {
		r.Warn("/tags", "text-language", "answers are folded, so this item cannot measure spelling", "use single instead")
	}
}
