package instrument

import (
	"net/url"

	"osvitlo/internal/fault"
)

// multipleType: any number of options. Score: proportion with penalty (METHOD §1).
type multipleType struct{}

func (multipleType) name() Type                              { return Multiple }
func (multipleType) check(it *Item, v Value) *fault.Field    { return checkSome(it, v) }
func (multipleType) score(it *Item, v Value) float64         { return proportion(it, v) }
func (multipleType) columns(it *Item) []Column               { return optionColumns(it, it.Options, "boolean") }
func (multipleType) cells(it *Item, v Value) []string        { return pickedCells(it, v) }
func (multipleType) toForm(_ *Item, v Value, out url.Values) { out[FieldAnswer] = v.list }

func (multipleType) public(it *Item, p *PublicItem) {
	p.Options, p.Exclusive = publicOptions(it), it.Exclusive
}

func (multipleType) form(it *Item, values url.Values, seed string, m *FormModel) {
	m.Layout, m.Rows = Checkboxes, it.rows(values, seed)
}

func (multipleType) fromForm(_ *Item, values url.Values) (Value, *fault.Field) {
	return someFromForm(values)
}

func (multipleType) lint(it *Item, r *Report) {
	lintOptions(it, r, 2)
	lintExclusive(it, r)
	lintKeyIDs(it, r, 1, len(it.Options))
	lintTells(it, r)
}
