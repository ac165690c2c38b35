package instrument

import (
	"net/url"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/scoring"
)

// singleType: one option of several. Score 1 right, 0 wrong (METHOD §1).
type singleType struct{}

func (singleType) name() Type                           { return Single }
func (singleType) check(it *Item, v Value) *fault.Field { return checkOne(it, v) }
func (singleType) score(it *Item, v Value) float64 {
	return scoring.Dichotomous(slices.Contains(it.Key.IDs, v.word))
}
func (singleType) columns(it *Item) []Column               { return oneColumn(it, "string") }
func (singleType) cells(_ *Item, v Value) []string         { return []string{v.word} }
func (singleType) public(it *Item, p *PublicItem)          { p.Options = publicOptions(it) }
func (singleType) toForm(_ *Item, v Value, out url.Values) { out.Set(FieldAnswer, v.word) }

func (singleType) form(it *Item, values url.Values, seed string, m *FormModel) {
	m.Layout, m.Rows = Radios, it.rows(values, seed)
}

func (singleType) fromForm(_ *Item, values url.Values) (Value, *fault.Field) {
	return oneFromForm(values)
}

func (singleType) lint(it *Item, r *Report) {
	lintOptions(it, r, 2)
	lintKeyIDs(it, r, 1, 1)
	lintTells(it, r)
}
