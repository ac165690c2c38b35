package instrument

import (
	"net/url"
	"strconv"

	"osvitlo/internal/fault"
)

// scaleType: one point of an ordered scale; never shuffled. METHOD §1 gives a
// knowledge scale (x−1)/(L−1) of its L points in order; a scale of attitude or
// activity has no score here.
type scaleType struct{}

func (scaleType) name() Type                              { return Scale }
func (scaleType) check(it *Item, v Value) *fault.Field    { return checkOne(it, v) }
func (scaleType) columns(it *Item) []Column               { return oneColumn(it, "integer") }
func (scaleType) toForm(_ *Item, v Value, out url.Values) { out.Set(FieldAnswer, v.word) }
func (scaleType) public(it *Item, p *PublicItem)          { p.Options = publicOptions(it) }

// score is 1 for the point of the key: a scale is a self-report, so as knowledge
// it counts like a single choice.
func (scaleType) score(it *Item, v Value) float64 { return singleType{}.score(it, v) }

func (scaleType) cells(it *Item, v Value) []string {
	if o, ok := it.Option(v.word); ok && o.Value != nil {
		return []string{strconv.Itoa(*o.Value)}
	}
	return []string{v.word}
}

func (scaleType) form(it *Item, values url.Values, seed string, m *FormModel) {
	m.Layout, m.Rows = Radios, it.rows(values, seed)
}

func (scaleType) fromForm(_ *Item, values url.Values) (Value, *fault.Field) {
	return oneFromForm(values)
}

func (scaleType) lint(it *Item, r *Report) {
	lintOptions(it, r, 3)
	for i, o := range it.Options {
		if i > 0 && o.Value != nil && it.Options[i-1].Value != nil && *o.Value <= *it.Options[i-1].Value {
			r.Error("/options/"+strconv.Itoa(i)+"/value", "scale-order", "the values of the scale do not ascend",
				"write the points from the least to the most")
		}
	}
	if it.Scored() {
		r.Error("/measures", "scale-knowledge", "a scale is a self-report and cannot measure knowledge",
			"use single, or measures: attitude or activity")
	}
}

// Share is where an answer stands on a scale: (x−1)/(L−1) of its L points in order
// (METHOD §1). ok is false for another type, no answer, and an answer that is no point.
func (it *Item) Share(v Value) (share float64, ok bool) {
	w, isWord := v.Word()
	if it.Type != Scale || !isWord {
		return 0, false
	}
	for i, o := range it.Options {
		if o.ID == w && len(it.Options) > 1 {
			return float64(i) / float64(len(it.Options)-1), true
		}
	}
	return 0, false
}
