package place

import "osvitlo/internal/search"

// words is the search over what everybody may read of places.
type words struct{ index *search.Index }

// Weights of the search: a name says more than an address, an address more than a summary.
const (
	weightName    = 4
	weightAddress = 2
	weightSummary = 1
)

func buildWords(docs []*Place) *words {
	list := make([]search.Doc, 0, len(docs))
	for _, p := range docs {
		if p.Hidden != nil {
			continue
		}
		f := p.face(Public, Fresh)
		list = append(list, search.Doc{ID: p.ID, Fields: []search.Field{
			{Text: f.Name.UK + " " + f.Name.EN, Weight: weightName},
			{Text: f.Address.UK + " " + f.Address.EN, Weight: weightAddress},
			{Text: f.Summary.UK + " " + f.Summary.EN, Weight: weightSummary},
		}})
	}
	return &words{search.New(list)}
}

// find lists ids, the best fit first.
func (w *words) find(text string, limit int) (ids []string) {
	for _, h := range w.index.Find(text, limit) {
		ids = append(ids, h.ID)
	}
	return ids
}
