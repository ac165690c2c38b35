package plan

import (
	"osvitlo/internal/institution"
)

// Line is how far an institution is with its plan.
type Line struct {
	Body      *institution.Institution
	Plan      *Plan // nil: it has none for the year
	All       int
	By        map[Status]int
	Overdue   int
	Ownerless int // without owner, not done
	Undated   int // without deadline, not done
	Uncosted  int // without cost and not marked as free, not done
	// Needed is the cost in UAH of what is neither done nor postponed, by calendar year of
	// the deadline (0: without one) and source (empty: not known).
	Needed map[int]map[Money]int64
}

// Sum is what is needed in all.
func (l *Line) Sum() (n int64) {
	for _, by := range l.Needed {
		for _, x := range by {
			n += x
		}
	}
	return n
}

func (l *Line) need(year int, from Money, n int64) {
	if l.Needed[year] == nil {
		l.Needed[year] = map[Money]int64{}
	}
	l.Needed[year][from] += n
}

// Kinds lists the kinds of institution that have plans.
func Kinds() []institution.Kind {
	return []institution.Kind{institution.School, institution.Preschool, institution.Vocational, institution.Higher}
}

// Progress tells how far every institution of the chosen is with its plan for a school
// year. Those merged or closed are left out.
func (s *Service) Progress(year int, f institution.Filter) (list []Line) {
	if len(f.Kinds) == 0 {
		f.Kinds = Kinds()
	}
	for _, i := range s.o.Bodies.List(f) {
		if i.State == institution.Merged || i.State == institution.Closed {
			continue
		}
		l := Line{By: map[Status]int{}, Needed: map[int]map[Money]int64{}}
		if p, ok := s.In(i.ID, year); ok {
			l = s.Count(p)
		}
		l.Body = i
		list = append(list, l)
	}
	return list
}

// Count tells how far one plan is; Body is not set.
func (s *Service) Count(p *Plan) Line {
	l := Line{Plan: p, By: map[Status]int{}, Needed: map[int]map[Money]int64{}}
	day := today(s.o.Now())
	for _, m := range p.Live() {
		l.add(m, day)
	}
	return l
}

func (l *Line) add(m *Measure, day string) {
	l.All++
	l.By[m.Status]++
	if m.Overdue(day) {
		l.Overdue++
	}
	if m.Status != Done {
		if m.Owner == "" {
			l.Ownerless++
		}
		if m.Deadline == "" {
			l.Undated++
		}
		if m.Cost == nil && m.Money != None {
			l.Uncosted++
		}
	}
	if m.Cost != nil && *m.Cost > 0 && (m.Status == Planned || m.Status == Doing) {
		l.need(Year(m), m.Money, *m.Cost)
	}
}

// Year is the calendar year of a measure's deadline: the budget that it falls into; 0
// without a deadline.
func Year(m *Measure) int {
	if len(m.Deadline) < 4 {
		return 0
	}
	year := 0
	for _, c := range m.Deadline[:4] {
		year = year*10 + int(c-'0')
	}
	return year
}

// Total is the sum of lines.
func Total(list []Line) (t Line, without int) {
	t = Line{By: map[Status]int{}, Needed: map[int]map[Money]int64{}}
	for i := range list {
		l := &list[i]
		if l.Plan == nil {
			without++
		}
		t.All, t.Overdue, t.Ownerless, t.Undated, t.Uncosted = t.All+l.All, t.Overdue+l.Overdue, t.Ownerless+l.Ownerless, t.Undated+l.Undated, t.Uncosted+l.Uncosted
		for k, n := range l.By {
			t.By[k] += n
		}
		for year, by := range l.Needed {
			for from, n := range by {
				t.need(year, from, n)
			}
		}
	}
	return t, without
}
