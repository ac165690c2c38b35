package instrument

import (
	"net/url"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// kind is one item type. A new type is one Go file, one schema in
// content/schema/items, one fixture in content/fixture and one line below.
type kind interface {
	name() Type
	// check sees a value that is present and neither «не знаю» nor refused.
	check(it *Item, v Value) *fault.Field
	// score sees a value that check has passed, on a knowledge item.
	score(it *Item, v Value) float64
	// lint reports what a schema cannot say.
	lint(it *Item, r *Report)
	// columns and cells are the export form; equal length.
	columns(it *Item) []Column
	cells(it *Item, v Value) []string
	// public fills the type's part of the public view.
	public(it *Item, p *PublicItem)
	// form fills the linear form; values hold what was given or typed.
	form(it *Item, values url.Values, seed string, m *FormModel)
	toForm(it *Item, v Value, values url.Values)
	fromForm(it *Item, values url.Values) (Value, *fault.Field)
}

var kinds = map[Type]kind{}

func init() {
	for _, k := range []kind{singleType{}, multipleType{}, scaleType{}, orderingType{}, spotType{},
		matchingType{}, numberType{}, textType{}, infoType{}} {
		kinds[k.name()] = k
	}
}

// Types lists the registered item types in the order of CONTRACT §3.
func Types() []Type {
	return []Type{Single, Multiple, Scale, Ordering, Spot, Matching, Number, Text, Info}
}

// Column is one column of an export.
type Column struct {
	Name  string    // "item" or "item.option"
	Type  string    // string, integer, number, boolean (0/1)
	Title i18n.Text // the stem, or the option
	Free  bool      // typed by a person: never in open data
}

// Columns are the export columns of the item; none for info.
func (it *Item) Columns() []Column { return it.kind().columns(it) }

// Cells are the export cells of a value, as many as Columns. An absent answer
// gives empty cells, «не знаю» and a refusal the words dont_know and refused.
func (it *Item) Cells(v Value) []string {
	if v.kind == kindAbsent || v.kind == kindDontKnow || v.kind == kindRefused || it.kind().check(it, v) != nil {
		cells := make([]string, len(it.Columns()))
		for i := range cells {
			switch v.kind {
			case kindDontKnow:
				cells[i] = wordDontKnow
			case kindRefused:
				cells[i] = wordRefused
			}
		}
		return cells
	}
	return it.kind().cells(it, v)
}

// Words that stand for «не знаю» and a refusal in exports and rule conditions;
// no option may have such an id.
const (
	wordDontKnow = "dont_know"
	wordRefused  = "refused"
)
