package course

import (
	"context"
	"crypto/rand"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

// CohortState is whether a group takes people.
type CohortState string

// The states of a group.
const (
	Open      CohortState = "open"
	Closed    CohortState = "closed" // takes nobody more
	Cancelled CohortState = "cancelled"
)

// Limits of a group.
const (
	MaxSeats    = 200
	MaxMeetings = 60
	maxRoom     = 120 // characters
)

// Meeting is one meeting of a group.
type Meeting struct {
	At      store.Time `json:"at"`
	Minutes int        `json:"minutes"`
	Lesson  string     `json:"lesson,omitempty"` // slug, if it follows one
	Room    string     `json:"room,omitempty"`
}

// Cohort is a group that takes a course together at a venue.
type Cohort struct {
	store.Doc
	Course   string      `json:"course"`
	Venue    string      `json:"venue"` // place id
	Mentor   person.ID   `json:"mentor"`
	Language string      `json:"language,omitempty"`
	Seats    int         `json:"seats"`
	Meetings []Meeting   `json:"meetings"` // in order of time
	Until    string      `json:"until"`    // day of the last meeting in Kyiv
	Code     string      `json:"code"`     // of the invitation, Latin letters
	State    CohortState `json:"state"`
	Made     store.Time  `json:"made"`
}

// claim is a document whose id is the claimed thing.
type claim struct {
	store.Doc
	Cohort  string  `json:"cohort"`
	Learner Learner `json:"learner,omitempty"`
}

// The 19 letters of invitations are those of resume codes, so that both alphabets do.
const codeLetters = "BKMHPCTXDGQJZLNFVRW"

func newCode() (string, error) {
	var b strings.Builder
	for range sitting.CodeLetters {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters))))
		if err != nil {
			return "", err
		}
		b.WriteByte(codeLetters[n.Int64()])
	}
	return b.String(), nil
}

// NewCohort opens a group. The caller has checked the right over the venue.
// Errors: Invalid with fields, NotFound (no such course).
func (s *Service) NewCohort(ctx context.Context, c Cohort) (made *Cohort, err error) {
	defer fault.Wrap(&err, "course.NewCohort")
	course, err := s.cfg.Catalogue.Course(c.Course)
	if err != nil {
		return nil, err
	}
	if err := c.check(course); err != nil {
		return nil, err
	}
	c.ID, c.Rev, c.State, c.Made = "g"+strings.ToLower(rand.Text()), 0, Open, store.At(s.now())
	for range retries {
		if c.Code, err = newCode(); err != nil {
			return nil, err
		}
		err = s.claims.Insert(ctx, &claim{Doc: store.Doc{ID: "code:" + c.Code}, Cohort: c.ID})
		if err == nil {
			break
		}
		if !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	return &c, s.cohorts.Insert(ctx, &c)
}

func (c *Cohort) check(course *Course) error {
	var bad []fault.Field
	say := func(pointer, key string, args map[string]any) {
		bad = append(bad, fault.Field{Pointer: pointer, Key: key, Args: args})
	}
	if c.Venue == "" || len(c.Venue) > 64 {
		say("venue", "course.no_venue", nil)
	}
	if c.Seats < 1 || c.Seats > MaxSeats {
		say("seats", "course.seats", map[string]any{"Max": MaxSeats})
	}
	if len(c.Meetings) < 1 || len(c.Meetings) > MaxMeetings {
		say("meetings", "course.meetings", map[string]any{"Max": MaxMeetings})
	}
	for _, m := range c.Meetings {
		switch {
		case m.At.IsZero() || m.Minutes < 10 || m.Minutes > 480:
			say("meetings", "course.meeting_time", nil)
		case m.Lesson != "" && course.Lesson(m.Lesson) == nil:
			say("meetings", "course.no_lesson", nil)
		case utf8.RuneCountInString(m.Room) > maxRoom:
			say("meetings", "course.room_long", map[string]any{"Max": maxRoom})
		}
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	slices.SortStableFunc(c.Meetings, func(a, b Meeting) int { return a.At.Compare(b.At.Time) })
	c.Until = c.Meetings[len(c.Meetings)-1].At.In(i18n.Kyiv).Format(time.DateOnly)
	return nil
}

// Cohort is a group by its id. Errors: NotFound.
func (s *Service) Cohort(ctx context.Context, id string) (c *Cohort, err error) {
	defer fault.Wrap(&err, "course.Cohort")
	return s.cohorts.Get(ctx, id)
}

// CohortByCode is the group of an invitation, typed in either alphabet. Errors:
// Invalid, NotFound.
func (s *Service) CohortByCode(ctx context.Context, typed string) (c *Cohort, err error) {
	defer fault.Wrap(&err, "course.CohortByCode")
	code, err := sitting.ReadCode(typed)
	if err != nil {
		return nil, err
	}
	held, err := s.claims.Get(ctx, "code:"+code)
	if err != nil {
		return nil, err
	}
	return s.cohorts.Get(ctx, held.Cohort)
}

// By names a list of groups: of a venue, of a mentor or of a course.
type By string

// The lists.
const (
	ByVenue  By = indexVenue
	ByMentor By = indexMentor
	ByCourse By = indexCourse
)

// Cohorts lists groups whose last meeting is today or later, or with past also the
// ended ones, by the day of the last meeting.
func (s *Service) Cohorts(ctx context.Context, by By, value string, past bool, cursor store.Cursor, limit int) (page store.Page[Cohort], err error) {
	defer fault.Wrap(&err, "course.Cohorts")
	q := store.Query{Index: string(by), Eq: []any{value}, Cursor: cursor, Limit: limit}
	if !past {
		q.From = s.now().In(i18n.Kyiv).Format(time.DateOnly)
	}
	return s.cohorts.Page(ctx, q)
}

// ChangeCohort stores a changed group at the revision the caller read. Seats may
// grow; they may shrink only to those taken: whoever has a seat keeps it.
// Errors: Invalid, Conflict, NotFound.
func (s *Service) ChangeCohort(ctx context.Context, c *Cohort) (err error) {
	defer fault.Wrap(&err, "course.ChangeCohort")
	old, err := s.cohorts.Get(ctx, c.ID)
	if err != nil {
		return err
	}
	course, err := s.cfg.Catalogue.Course(old.Course)
	if err != nil {
		return err
	}
	c.Course, c.Code, c.Made = old.Course, old.Code, old.Made
	if err := c.check(course); err != nil {
		return err
	}
	if c.State != Open && c.State != Closed && c.State != Cancelled {
		return fault.InvalidFields(fault.Field{Pointer: "state", Key: "course.cohort_state"})
	}
	defer s.rows.lock(c.ID)()
	if c.Seats < old.Seats {
		taken, err := s.seats(ctx, c.ID)
		if err != nil {
			return err
		}
		for n, held := range taken {
			if n > c.Seats && held.Learner != "" {
				return fault.InvalidFields(fault.Field{Pointer: "seats", Key: "course.seats_taken", Args: map[string]any{"Taken": named(taken)}})
			}
		}
	}
	if err := s.cohorts.Replace(ctx, c); err != nil {
		return err
	}
	return s.settle(ctx, c.ID)
}
