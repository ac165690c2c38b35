package instrument

import (
	"net/url"

	"osvitlo/internal/fault"
)

// spotType: the dangerous fragments of a message or page. Its only form is the
// linear one: numbered fragments in reading order, a check box each, so sight is
// not what it measures. Never shuffled. Score as multiple.
type spotType struct{}

func (spotType) name() Type                              { return Spot }
func (spotType) check(it *Item, v Value) *fault.Field    { return checkSome(it, v) }
func (spotType) score(it *Item, v Value) float64         { return proportion(it, v) }
func (spotType) columns(it *Item) []Column               { return optionColumns(it, it.Options, "boolean") }
func (spotType) cells(it *Item, v Value) []string        { return pickedCells(it, v) }
func (spotType) toForm(_ *Item, v Value, out url.Values) { out[FieldAnswer] = v.list }

func (spotType) public(it *Item, p *PublicItem) {
	p.Options, p.Exclusive = publicOptions(it), it.Exclusive
}

func (spotType) form(it *Item, values url.Values, seed string, m *FormModel) {
	m.Layout, m.Rows = Checkboxes, it.rows(values, seed)
}

func (spotType) fromForm(_ *Item, values url.Values) (Value, *fault.Field) {
	return someFromForm(values)
}

func (spotType) lint(it *Item, r *Report) {
	lintOptions(it, r, 3)
	lintExclusive(it, r)
	lintKeyIDs(it, r, 1, len(it.Options)-1)
	if it.Scene == nil {
		r.Error("", "spot-scene", "a spot item does not say what its fragments are parts of",
			"add scene: {kind: sms, title: {uk, en}}")
	}
}
