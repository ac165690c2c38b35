package course

import (
	"context"
	"fmt"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// MeetingState is how a meeting went.
type MeetingState string

// The states: an alarm is nobody's fault, so absence at a meeting that was moved or
// went to the shelter is not counted (USERS 12).
const (
	Held         MeetingState = "held"
	MovedByAlarm MeetingState = "moved"   // «перенесено через тривогу»
	ToShelter    MeetingState = "shelter" // «перейшли в укриття»
	NotHeld      MeetingState = "not-held"
)

// Presence of a learner at a meeting.
type Presence string

// The presences.
const (
	Present Presence = "present"
	Absent  Presence = "absent"
	Excused Presence = "excused"
)

// Attendance is one meeting of a group; its id is "<cohort>:<number from 1>".
type Attendance struct {
	store.Doc
	Cohort string               `json:"cohort"`
	Number int                  `json:"number"`
	State  MeetingState         `json:"state"`
	Marks  map[Learner]Presence `json:"marks,omitempty"`
	By     person.ID            `json:"by"`
	At     store.Time           `json:"at"`
}

// Attended is one meeting in the export of a person.
type Attended struct {
	Cohort   string   `json:"cohort"`
	Number   int      `json:"number"`
	Presence Presence `json:"presence"`
}

func attendanceID(cohort string, n int) string { return fmt.Sprintf("%s:%d", cohort, n) }

func (s *Service) today() string { return s.now().In(i18n.Kyiv).Format(time.DateOnly) }

// Attend stores who was at a meeting; the last word holds for each learner named.
// Only the enrolled can be marked. Errors: Invalid, NotFound.
func (s *Service) Attend(ctx context.Context, by person.ID, cohort string, number int, state MeetingState, marks map[Learner]Presence) (err error) {
	defer fault.Wrap(&err, "course.Attend")
	c, err := s.cohorts.Get(ctx, cohort)
	if err != nil {
		return err
	}
	if number < 1 || number > len(c.Meetings) {
		return fault.New(fault.NotFound, "course.no_meeting")
	}
	if !slices.Contains([]MeetingState{Held, MovedByAlarm, ToShelter, NotHeld}, state) || len(marks) > 2*MaxSeats {
		return fault.New(fault.Invalid, "course.meeting_state")
	}
	for l, p := range marks {
		if p != Present && p != Absent && p != Excused {
			return fault.New(fault.Invalid, "course.presence")
		}
		if _, err := s.enrolments.Get(ctx, enrolmentID(cohort, l)); err != nil {
			return err
		}
	}
	return s.mark(ctx, cohort, number, func(a *Attendance) {
		a.State, a.By, a.At = state, by, store.At(s.now())
		for l, p := range marks {
			a.Marks[l] = p
		}
	})
}

func (s *Service) mark(ctx context.Context, cohort string, number int, do func(*Attendance)) error {
	id := attendanceID(cohort, number)
	for range retries {
		a, err := s.attendance.Get(ctx, id)
		fresh := fault.Is(err, fault.NotFound)
		if err != nil && !fresh {
			return err
		}
		if fresh {
			a = &Attendance{Doc: store.Doc{ID: id}, Cohort: cohort, Number: number}
		}
		if a.Marks == nil {
			a.Marks = map[Learner]Presence{}
		}
		do(a)
		if fresh {
			err = s.attendance.Insert(ctx, a)
		} else {
			err = s.attendance.Replace(ctx, a)
		}
		if err == nil || !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return fault.Newf(fault.Unavailable, "", "attendance is written too often")
}

// AttendanceOf lists the meetings of a group that were marked, by number.
func (s *Service) AttendanceOf(ctx context.Context, cohort string) (list []*Attendance, err error) {
	defer fault.Wrap(&err, "course.AttendanceOf")
	ids := make([]string, MaxMeetings)
	for i := range ids {
		ids[i] = attendanceID(cohort, i+1)
	}
	return s.attendance.GetMany(ctx, ids)
}

// PresentAt counts the meetings at which a learner was, and those that were held.
func PresentAt(list []*Attendance, l Learner) (present, held int) {
	for _, a := range list {
		if a.State != Held {
			continue
		}
		held++
		if a.Marks[l] == Present {
			present++
		}
	}
	return present, held
}

func (s *Service) attended(ctx context.Context, e *Enrolment) (out []Attended, err error) {
	list, err := s.AttendanceOf(ctx, e.Cohort)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if p, ok := a.Marks[e.Learner]; ok {
			out = append(out, Attended{a.Cohort, a.Number, p})
		}
	}
	return out, nil
}

// moveAttendance gives a learner's marks to another one, or with "" removes them.
func (s *Service) moveAttendance(ctx context.Context, cohort string, from, into Learner) error {
	list, err := s.AttendanceOf(ctx, cohort)
	if err != nil {
		return err
	}
	for _, a := range list {
		if _, ok := a.Marks[from]; !ok {
			continue
		}
		err := s.mark(ctx, cohort, a.Number, func(a *Attendance) {
			p, ok := a.Marks[from]
			delete(a.Marks, from)
			if _, has := a.Marks[into]; ok && !has && into != "" {
				a.Marks[into] = p
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
