package instrument

import (
	"net/url"

	"osvitlo/internal/fault"
)

// infoType: words to read; takes no answer and has no columns.
type infoType struct{}

func (infoType) name() Type                                         { return Info }
func (infoType) check(*Item, Value) *fault.Field                    { return bad("", "answer.not_expected", nil) }
func (infoType) score(*Item, Value) float64                         { return 0 }
func (infoType) columns(*Item) []Column                             { return nil }
func (infoType) cells(*Item, Value) []string                        { return nil }
func (infoType) public(*Item, *PublicItem)                          {}
func (infoType) toForm(*Item, Value, url.Values)                    {}
func (infoType) fromForm(*Item, url.Values) (Value, *fault.Field)   { return Value{}, nil }
func (infoType) form(_ *Item, _ url.Values, _ string, m *FormModel) { m.Layout = NoControls }

func (infoType) lint(it *Item, r *Report) {
	if it.Required {
		r.Error("/required", "info-required", "an info block cannot be required", "remove required")
	}
	if it.Measures == Knowledge {
		r.Error("/measures", "info-knowledge", "an info block measures nothing", "set measures: background")
	}
}
