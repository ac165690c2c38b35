package itembank

import (
	"cmp"
	"slices"
	"strings"

	"osvitlo/internal/instrument"
)

// State is where an item stands; the first that fits, in this order.
type State string

// The states.
const (
	StateQuarantined State = "quarantined" // set aside by a person
	StateExpired     State = "expired"     // past valid_until
	StateProposed    State = "proposed"    // figures speak against it
	StateMend        State = "mend"        // a reader asks for changes
	StateReviewed    State = "reviewed"    // read and found good
	StateDraft       State = "draft"       // nobody has read its present words
)

// States lists the states in their order.
func States() []State {
	return []State{StateQuarantined, StateExpired, StateProposed, StateMend, StateReviewed, StateDraft}
}

// Sort is an order of a list of items.
type Sort string

// The orders; SortID is the default.
const (
	SortID         Sort = "id"
	SortLevel      Sort = "level"      // intended difficulty
	SortCompetence Sort = "competence" // then by difficulty
	SortP          Sort = "p"          // easiest last
	SortRRest      Sort = "r_rest"     // weakest first
	SortN          Sort = "n"          // most answers first
)

// Filter chooses items; empty fields choose all.
type Filter struct {
	Text       string // in the words and ids, without regard to capitals and apostrophes
	Competence string // "ua5.3", or an area "ua5"
	Level      string
	Type       instrument.Type
	State      State
	Check      Check // items in which this machine check found something
	Survey     bool  // items without a right answer too
	Sort       Sort
}

// Row is an item in a list.
type Row struct {
	Item      *instrument.Item
	State     State
	Published []string     // versions of instruments that hold this version of the item
	Figures   *ItemFigures // of the version with the most answers; nil when there are none
}

// Of puts one item into a row.
func (s *Service) Of(it *instrument.Item) Row {
	r := Row{Item: it, State: s.state(it)}
	for _, st := range s.ItemStatistics(it.ID) {
		if f, _ := st.Item(it.ID); f.Version == it.Version && (r.Figures == nil || f.N > r.Figures.N) {
			r.Figures = f
		}
	}
	c := s.o.Catalogue
	for _, slug := range c.Slugs() {
		for _, in := range c.Versions(slug) {
			if held, err := in.Item(it.ID); err == nil && held.Version == it.Version {
				r.Published = append(r.Published, in.Name())
			}
		}
	}
	return r
}

func (s *Service) state(it *instrument.Item) State {
	if _, ok := s.Quarantined(it.ID); ok {
		return StateQuarantined
	}
	if !it.ValidAt(s.o.Now()) {
		return StateExpired
	}
	if len(s.Proposals(it.ID)) > 0 {
		return StateProposed
	}
	switch r := s.Standing(it); {
	case r.Mend+r.Out > 0:
		return StateMend
	case r.Good > 0:
		return StateReviewed
	}
	return StateDraft
}

// Find lists the items that a filter chooses, in its order.
func (s *Service) Find(f Filter) []Row {
	var out []Row
	want := instrument.Fold(f.Text)
	texts := s.readAll()
	for _, it := range s.o.Library.Items() {
		switch {
		case !it.Scored() && !f.Survey,
			f.Competence != "" && it.Competence != f.Competence && !strings.HasPrefix(it.Competence, f.Competence+"."),
			f.Level != "" && it.Level != f.Level,
			f.Type != "" && it.Type != f.Type,
			want != "" && !strings.Contains(texts[it].words, want),
			f.Check != "" && !slices.ContainsFunc(Marks(it, s.o.Now()), func(m Mark) bool { return m.Check == f.Check }):
			continue
		}
		if r := s.Of(it); f.State == "" || r.State == f.State {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Row) int { return byOrder(f.Sort, a, b) })
	return out
}

func byOrder(by Sort, a, b Row) int {
	number := func(r Row, of func(*ItemFigures) Figure) (float64, bool) {
		if r.Figures == nil || !of(r.Figures).Known() {
			return 0, false
		}
		return of(r.Figures).Of(), true
	}
	known := func(of func(*ItemFigures) Figure) int { // those without a figure last
		x, okx := number(a, of)
		y, oky := number(b, of)
		switch {
		case okx && oky:
			return cmp.Compare(x, y)
		case okx:
			return -1
		case oky:
			return 1
		}
		return 0
	}
	d := 0
	switch by {
	case SortLevel:
		d = cmp.Compare(a.Item.Difficulty, b.Item.Difficulty)
	case SortCompetence:
		d = cmp.Or(cmp.Compare(a.Item.Competence, b.Item.Competence), cmp.Compare(a.Item.Difficulty, b.Item.Difficulty))
	case SortP:
		d = known(func(f *ItemFigures) Figure { return f.P })
	case SortRRest:
		d = known(func(f *ItemFigures) Figure { return f.RRest })
	case SortN:
		d = -cmp.Compare(answers(a), answers(b))
	}
	return cmp.Or(d, cmp.Compare(a.Item.ID, b.Item.ID))
}

func answers(r Row) int {
	if r.Figures == nil {
		return 0
	}
	return r.Figures.N
}

// read is what never changes about an item of the library.
type read struct {
	hash  string
	words string // folded, parts parted by a line
}

// readAll prepares hashes and words of all items once.
func (s *Service) readAll() map[*instrument.Item]read {
	s.once.Do(func() {
		s.texts = map[*instrument.Item]read{}
		for _, it := range s.o.Library.Items() {
			texts := append([]string{it.ID, strings.ReplaceAll(it.ID, "-", " "), it.Stem.UK, it.Stem.EN, it.Lead.UK, it.Lead.EN,
				it.Explain.UK, it.Explain.EN}, it.Tags...)
			for _, list := range [][]instrument.Option{it.Options, it.Left, it.Right} {
				for _, o := range list {
					texts = append(texts, o.Text.UK, o.Text.EN)
				}
			}
			for i, t := range texts {
				texts[i] = instrument.Fold(t)
			}
			s.texts[it] = read{Hash(it), strings.Join(texts, "\n")}
		}
	})
	return s.texts
}

// hash is Hash, kept for items of the library.
func (s *Service) hash(it *instrument.Item) string {
	if r, ok := s.readAll()[it]; ok {
		return r.hash
	}
	return Hash(it)
}

// Spread counts the knowledge items by competence and level.
func (s *Service) Spread() map[string]map[string]int {
	out := map[string]map[string]int{}
	for _, it := range s.o.Library.Items() {
		if !it.Scored() {
			continue
		}
		if out[it.Competence] == nil {
			out[it.Competence] = map[string]int{}
		}
		out[it.Competence][it.Level]++
	}
	return out
}
