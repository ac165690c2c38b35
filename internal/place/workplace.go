package place

import (
	"context"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Condition is the state of a workplace.
type Condition string

// The conditions.
const (
	Working Condition = "working"
	Limited Condition = "limited" // works, with faults
	Broken  Condition = "broken"
	Away    Condition = "away" // in repair or lent
)

// Conditions lists them.
func Conditions() []Condition { return []Condition{Working, Limited, Broken, Away} }

// Fault is something that does not work.
type Fault struct {
	At    store.Time `json:"at"`
	What  string     `json:"what"`
	Fixed store.Time `json:"fixed"`
}

// Workplace is a seat with a device. The whole register is of staff (USERS 11, 22).
type Workplace struct {
	store.Doc
	Place     string             `json:"place"`
	Label     string             `json:"label"` // «Комп'ютер 3 біля вікна»
	Device    string             `json:"device"`
	Reader    bool               `json:"reader,omitempty"`  // screen reader
	Scanner   bool               `json:"scanner,omitempty"` //
	Privacy   bool               `json:"privacy,omitempty"` // nobody sees the screen from behind
	Condition Condition          `json:"condition"`
	Faults    []Fault            `json:"faults,omitempty"` // newest first
	Used      map[string]float64 `json:"used,omitempty"`   // hours by ISO week «2026-W47»
	Gone      bool               `json:"gone,omitempty"`
}

const indexPlace = "place"

var workSpec = store.Spec{Name: "workplaces", Indexes: []store.Index{{Name: indexPlace, Fields: []string{"place", "label"}}}}

// Bounds of the register.
const (
	maxWorkplaces = 300 // of a place
	maxFaults     = 50  // kept
	keepWeeks     = 110
)

// Week names the ISO week of a day of Kyiv.
func Week(t time.Time) string {
	y, w := t.In(i18n.Kyiv).ISOWeek()
	return strconv.Itoa(y) + "-W" + strconv.Itoa(w/10) + strconv.Itoa(w%10)
}

func (w *Workplace) check() error {
	var faults []fault.Field
	if n := utf8.RuneCountInString(strings.TrimSpace(w.Label)); n == 0 || n > 80 {
		faults = append(faults, fault.Field{Pointer: "label", Key: "place.work_label"})
	}
	if utf8.RuneCountInString(w.Device) > 120 {
		faults = append(faults, fault.Field{Pointer: "device", Key: "place.long", Args: map[string]any{"N": 120}})
	}
	known := false
	for _, c := range Conditions() {
		known = known || c == w.Condition
	}
	if !known {
		faults = append(faults, fault.Field{Pointer: "condition", Key: "place.choice"})
	}
	if len(faults) > 0 {
		return fault.InvalidFields(faults...)
	}
	return nil
}

// Workplaces lists the register of a place, by label.
func (s *Service) Workplaces(ctx context.Context, a *person.Actor, place string) (list []*Workplace, err error) {
	defer fault.Wrap(&err, "place.Workplaces")
	if err := s.may(a, person.PlaceEdit, person.At(place)); err != nil {
		return nil, err
	}
	return s.workplaces(ctx, place)
}

func (s *Service) workplaces(ctx context.Context, place string) (list []*Workplace, err error) {
	for w, err := range s.work.Find(ctx, store.Query{Index: indexPlace, Eq: []any{place}, Limit: maxWorkplaces * 4}) {
		if err != nil {
			return nil, err
		}
		if !w.Gone {
			list = append(list, w)
		}
	}
	return list, nil
}

// SaveWorkplace adds one (id empty) or changes one at the revision that was read; hours
// used and faults are changed by their own acts.
func (s *Service) SaveWorkplace(ctx context.Context, a *person.Actor, w *Workplace) (err error) {
	defer fault.Wrap(&err, "place.SaveWorkplace")
	if err := s.may(a, person.PlaceEdit, person.At(w.Place)); err != nil {
		return err
	}
	if _, ok := s.ByID(w.Place); !ok {
		return fault.New(fault.NotFound, "")
	}
	if err := w.check(); err != nil {
		return err
	}
	if w.ID == "" {
		list, err := s.workplaces(ctx, w.Place)
		if err != nil {
			return err
		}
		if len(list) >= maxWorkplaces {
			return fault.InvalidFields(fault.Field{Pointer: "label", Key: "place.work_many", Args: map[string]any{"N": maxWorkplaces}})
		}
		q := *w
		q.ID = "w" + NewID()[1:]
		if err := s.note(ctx, a, "workplace.add", w.Place); err != nil {
			return err
		}
		return s.work.Insert(ctx, &q)
	}
	return s.changeWork(ctx, a, w.Place, w.ID, "workplace.edit", func(q *Workplace) error {
		if w.Rev != 0 && q.Rev != w.Rev {
			return fault.New(fault.Conflict, "place.changed")
		}
		q.Label, q.Device, q.Reader, q.Scanner, q.Privacy, q.Condition, q.Gone = w.Label, w.Device, w.Reader, w.Scanner, w.Privacy, w.Condition, w.Gone
		return nil
	})
}

func (s *Service) changeWork(ctx context.Context, a *person.Actor, place, id, what string, edit func(*Workplace) error) error {
	if err := s.may(a, person.PlaceEdit, person.At(place)); err != nil {
		return err
	}
	q, err := s.work.Get(ctx, id)
	if err != nil {
		return err
	}
	if q.Place != place || q.Gone {
		return fault.New(fault.NotFound, "")
	}
	if err := edit(q); err != nil {
		return err
	}
	if err := s.note(ctx, a, what, place); err != nil {
		return err
	}
	return s.work.Replace(ctx, q)
}

// Report notes a fault of a workplace, and what it is good for from now on.
func (s *Service) Report(ctx context.Context, a *person.Actor, place, id, what string, now Condition) (err error) {
	defer fault.Wrap(&err, "place.Report")
	what = strings.TrimSpace(what)
	if n := utf8.RuneCountInString(what); n == 0 || n > 200 {
		return fault.InvalidFields(fault.Field{Pointer: "what", Key: "place.work_fault"})
	}
	return s.changeWork(ctx, a, place, id, "workplace.fault", func(q *Workplace) error {
		q.Faults = append([]Fault{{At: store.At(s.o.Now()), What: what}}, q.Faults...)
		if len(q.Faults) > maxFaults {
			q.Faults = q.Faults[:maxFaults]
		}
		q.Condition = now
		return q.check()
	})
}

// Fixed closes all open faults of a workplace.
func (s *Service) Fixed(ctx context.Context, a *person.Actor, place, id string) (err error) {
	defer fault.Wrap(&err, "place.Fixed")
	return s.changeWork(ctx, a, place, id, "workplace.fixed", func(q *Workplace) error {
		for i := range q.Faults {
			if q.Faults[i].Fixed.IsZero() {
				q.Faults[i].Fixed = store.At(s.o.Now())
			}
		}
		q.Condition = Working
		return nil
	})
}

// Use sets how many hours a workplace was used in a week (0 to 168).
func (s *Service) Use(ctx context.Context, a *person.Actor, place, id, week string, hours float64) (err error) {
	defer fault.Wrap(&err, "place.Use")
	if !(hours >= 0 && hours <= 168) {
		return fault.InvalidFields(fault.Field{Pointer: "hours", Key: "place.work_hours"})
	}
	if len(week) != 8 || week > Week(s.o.Now()) || week < Week(s.o.Now().AddDate(0, 0, -7*keepWeeks)) {
		return fault.InvalidFields(fault.Field{Pointer: "week", Key: "place.work_week"})
	}
	return s.changeWork(ctx, a, place, id, "workplace.use", func(q *Workplace) error {
		if q.Used == nil {
			q.Used = map[string]float64{}
		}
		q.Used[week] = hours
		if len(q.Used) > keepWeeks {
			weeks := make([]string, 0, len(q.Used))
			for w := range q.Used {
				weeks = append(weeks, w)
			}
			sort.Strings(weeks)
			delete(q.Used, weeks[0])
		}
		return nil
	})
}

// Load is how a place's workplaces were used in a week.
type Load struct {
	Place   *Place
	Seats   int     // in the register
	Working int     // working or limited
	Faults  int     // open
	Hours   float64 // used in the week
	Of      float64 // opening hours × working seats; 0 when hours are not known
}

// Share is hours used of those there were; -1 when unknown.
func (l Load) Share() float64 {
	if l.Of <= 0 {
		return -1
	}
	return l.Hours / l.Of
}

// Loads tells the week's load of every place that has workplaces, by name. For staff who
// read the office.
func (s *Service) Loads(ctx context.Context, a *person.Actor, week string) (list []Load, err error) {
	defer fault.Wrap(&err, "place.Loads")
	if err := s.may(a, person.OfficeRead, person.City); err != nil {
		return nil, err
	}
	by := map[string]*Load{}
	for w, err := range s.work.Find(ctx, store.Query{Index: indexPlace, Limit: 200_000}) {
		if err != nil {
			return nil, err
		}
		p, ok := s.ByID(w.Place)
		if !ok || w.Gone {
			continue
		}
		l := by[w.Place]
		if l == nil {
			l = &Load{Place: p}
			by[w.Place] = l
		}
		l.add(w, week)
	}
	for _, p := range s.All() {
		if l := by[p.ID]; l != nil {
			list = append(list, *l)
		}
	}
	return list, nil
}

// LoadOf sums the week of one place's register.
func LoadOf(p *Place, list []*Workplace, week string) Load {
	l := Load{Place: p}
	for _, w := range list {
		l.add(w, week)
	}
	return l
}

func (l *Load) add(w *Workplace, week string) {
	l.Seats++
	l.Hours += w.Used[week]
	if w.Condition == Working || w.Condition == Limited {
		l.Working++
		l.Of += float64(l.Place.Hours.Minutes()) / 60
	}
	for _, f := range w.Faults {
		if f.Fixed.IsZero() {
			l.Faults++
		}
	}
}
