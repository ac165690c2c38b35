package staffing

import (
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
)

// MarkRule says when an employer may call itself digitally literate. It reads published
// counts only, so that the mark tells nothing that they do not.
type MarkRule struct {
	Level  string // reached level: A2, B1 …; or
	Course string // completed course, by slug
	Share  int    // of the enrolled, percent
	Frame  int    // enrolled of all who work there, percent
}

// DefaultMarkRule is the rule of a city that has set none.
func DefaultMarkRule() MarkRule { return MarkRule{Level: "A2", Share: 70, Frame: 50} }

func (r MarkRule) check() error {
	if (r.Level == "") == (r.Course == "") || r.Share < 1 || r.Share > 100 || r.Frame < 0 || r.Frame > 100 {
		return fault.Newf(fault.Invalid, "", "the rule of the mark needs a level or a course, and shares from 1 to 100")
	}
	switch r.Level {
	case "", "A1", "A2", "B1", "B2", "C1", "C2":
		return nil
	}
	return fault.Newf(fault.Invalid, "", "the rule of the mark names no level from A1 to C2")
}

func (r MarkRule) cell() string {
	if r.Course != "" {
		return CellDone(r.Course)
	}
	return CellLevel(r.Level)
}

// Met tells whether published counts fulfil the rule; frame 0 never does.
func (r MarkRule) Met(cells map[string]int64, frame int64) bool {
	all, good := cells[CellEnrolled], min(cells[r.cell()], cells[CellEnrolled])
	return good >= Step10 && frame > 0 && 100*good >= int64(r.Share)*all && 100*all >= int64(r.Frame)*frame
}

// Mark is whether an employer may call itself digitally literate. Days are of Kyiv.
type Mark struct {
	Since string `json:"since,omitempty"` // reached, or renewed; empty: never
	Until string `json:"until,omitempty"` // a year later
	Falls string `json:"falls,omitempty"` // the rule holds no more: it ends on that day
	Ended string `json:"ended,omitempty"` // it has ended
}

// Held tells whether the mark holds on a day.
func (m Mark) Held(day string) bool {
	return m.Since != "" && m.Ended == "" && day < m.Until && (m.Falls == "" || day < m.Falls)
}

// next is the mark of a day after the one before it: reached, renewed after a year, to end
// a month after the rule ceased to hold, kept when it holds again before that.
func (r MarkRule) next(m Mark, cells map[string]int64, frame int64, today string) Mark {
	met := r.Met(cells, frame)
	at, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return m
	}
	year, month := at.AddDate(1, 0, 0).Format(time.DateOnly), at.AddDate(0, 1, 0).Format(time.DateOnly)
	switch {
	case met && !m.Held(today):
		return Mark{Since: today, Until: year}
	case met:
		m.Falls = ""
	case m.Held(today) && m.Falls == "":
		m.Falls = month
	case m.Since != "" && m.Ended == "" && !m.Held(today):
		m.Ended = today
	}
	return m
}

// Marked is an employer in the public list.
type Marked struct {
	Body *institution.Institution
	Mark Mark
}

// Public lists the employers that hold the mark and wish to be seen, by name.
func (s *Service) Public() (list []Marked) {
	today := day(s.now())
	for _, i := range s.bodies() {
		if m := s.Progress(i.ID).Mark(); m.Held(today) && s.ByID(i.ID).Listed {
			list = append(list, Marked{i, m})
		}
	}
	return list
}

// Today is the day of now in Kyiv, for Held.
func (s *Service) Today() string { return day(s.now()) }
