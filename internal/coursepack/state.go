package coursepack

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// StateSpec is the collection of what packages keep for learners.
var StateSpec = store.Spec{Name: "course_package_states", Indexes: []store.Index{
	{Name: "learner", Fields: []string{"learner"}},
	{Name: "expires", Fields: []string{"expires"}},
}}

// Bounds of what a package keeps for one learner.
const (
	MaxKept = 96 << 10  // bytes of one part: SCORM 2004 allows 64,000 letters to suspend data
	maxAll  = 512 << 10 // of all parts
)

// State is what one activity of a lesson keeps for one learner.
type State struct {
	store.Doc
	Learner  course.Learner `json:"learner"`
	Course   string         `json:"course"`
	Lesson   string         `json:"lesson"`
	Activity string         `json:"activity"`
	Package  string         `json:"package"`
	Parts    []PartState    `json:"parts"`
	Expires  string         `json:"expires,omitempty"` // of devices
}

// PartState is one part of it.
type PartState struct {
	ID    string     `json:"id"`
	At    store.Time `json:"at"`
	Done  bool       `json:"done,omitempty"`
	Score *float64   `json:"score,omitempty"` // 0…1
	Kept  string     `json:"kept,omitempty"`  // JSON of the package's own; never read by us
}

// Result is what a package says: of a part, of one try.
type Result struct {
	Part  string          `json:"part"`
	Done  bool            `json:"done"`
	Score *float64        `json:"score"` // 0…1
	Kept  json.RawMessage `json:"kept"`
}

// Where is an activity of a lesson that shows a package.
type Where struct{ Course, Lesson, Activity, Package string }

// Told is a result as others hear of it.
type Told struct {
	Learner course.Learner
	Where
	Version int // 0: not known
	At      time.Time
	Done    bool
	Score   *float64
}

func stateID(l course.Learner, w Where) string {
	return string(l) + ":" + w.Course + ":" + w.Lesson + ":" + w.Activity
}

// StateOf is what is kept; an empty one for who has not begun, or began with another
// package.
func (s *Service) StateOf(ctx context.Context, l course.Learner, w Where) (st *State, err error) {
	defer fault.Wrap(&err, "coursepack.StateOf")
	if l != "" {
		st, err = s.states.Get(ctx, stateID(l, w))
		if err == nil && st.Package == w.Package {
			return st, nil
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return &State{Learner: l, Course: w.Course, Lesson: w.Lesson, Activity: w.Activity, Package: w.Package}, nil
}

const retries = 8

// Take stores what a package said: what it keeps, and when all parts are done the result
// in the learner's progress. The same thing told again changes nothing but its time.
// Errors: Invalid, NotFound (no such package or part), TooLarge.
func (s *Service) Take(ctx context.Context, l course.Learner, w Where, r Result) (st *State, err error) {
	defer fault.Wrap(&err, "coursepack.Take")
	p, err := s.ByID(ctx, w.Package)
	if err != nil {
		return nil, err
	}
	part := p.Part(r.Part)
	switch {
	case part == nil:
		return nil, fault.New(fault.NotFound, "")
	case l == "":
		return nil, fault.New(fault.Invalid, "course.no_learner")
	case r.Score != nil && !(*r.Score >= 0 && *r.Score <= 1):
		return nil, fault.New(fault.Invalid, "package.bad.score")
	case len(r.Kept) > MaxKept:
		return nil, fault.New(fault.TooLarge, "package.bad.kept")
	case len(r.Kept) > 0 && !json.Valid(r.Kept):
		return nil, fault.New(fault.Invalid, "package.bad.kept")
	}
	now := s.o.Now()
	one := PartState{ID: part.ID, At: store.At(now), Done: r.Done, Score: r.Score, Kept: string(r.Kept)}
	for range retries {
		if st, err = s.StateOf(ctx, l, w); err != nil {
			return nil, err
		}
		fresh := st.ID == ""
		if fresh {
			st.ID = stateID(l, w)
			if old, err := s.states.Get(ctx, st.ID); err == nil {
				st.Rev, fresh = old.Rev, false // it was of another package: that one's memory goes
			} else if !fault.Is(err, fault.NotFound) {
				return nil, err
			}
		}
		st.put(one)
		size := 0
		for _, x := range st.Parts {
			size += len(x.Kept)
		}
		if size > maxAll {
			return nil, fault.New(fault.TooLarge, "package.bad.kept")
		}
		if l.Anonymous() {
			st.Expires = store.At(now.Truncate(24 * time.Hour).Add(course.KeepDevice)).String()
		}
		if fresh {
			err = s.states.Insert(ctx, st)
		} else {
			err = s.states.Replace(ctx, st)
		}
		if err == nil {
			return st, s.record(ctx, l, w, p, st, now)
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return nil, fault.Newf(fault.Unavailable, "", "a state is written too often")
}

// put takes over a part. What was done stays done, and the best score holds: a second
// look at a package must not take a result away.
func (st *State) put(one PartState) {
	i := slices.IndexFunc(st.Parts, func(x PartState) bool { return x.ID == one.ID })
	if i < 0 {
		st.Parts = append(st.Parts, one)
		return
	}
	old := st.Parts[i]
	one.Done = one.Done || old.Done
	if one.Score == nil || old.Score != nil && *old.Score > *one.Score {
		one.Score = old.Score
	}
	if one.Kept == "" {
		one.Kept = old.Kept
	}
	st.Parts[i] = one
}

// Outcome tells whether all parts that tell are done, and the mean of their scores; nil
// when none gave one. A part that tells nothing, such as a page of text, is not waited for.
func (st *State) Outcome(p *Package) (done bool, score *float64) {
	telling, finished, n, sum := 0, 0, 0, 0.0
	for _, part := range p.Parts {
		i := slices.IndexFunc(st.Parts, func(x PartState) bool { return x.ID == part.ID })
		if part.Tells {
			telling++
		}
		if i < 0 {
			continue
		}
		if part.Tells && st.Parts[i].Done {
			finished++
		}
		if k := st.Parts[i].Score; k != nil {
			n++
			sum += *k
		}
	}
	if n > 0 {
		mean := math.Round(sum/float64(n)*1e4) / 1e4
		score = &mean
	}
	return telling > 0 && finished == telling, score
}

func (s *Service) record(ctx context.Context, l course.Learner, w Where, p *Package, st *State, now time.Time) error {
	done, score := st.Outcome(p)
	if !done {
		return nil
	}
	m := course.Mark{Kind: course.Done, Course: w.Course, Lesson: w.Lesson, Activity: w.Activity, At: now}
	if score != nil {
		raw, err := json.Marshal(map[string]float64{"score": *score})
		if err != nil {
			return err
		}
		m.Kind, m.Answer = course.Answered, raw
	}
	if _, err := s.o.Courses.Record(ctx, l, []course.Mark{m}); err != nil {
		return err
	}
	if s.o.Heard != nil {
		s.o.Heard(ctx, Told{Learner: l, Where: w, At: now, Done: done, Score: score})
	}
	return nil
}

var _ person.Holder = (*Service)(nil)

// Name is the part's name in an export.
func (s *Service) Name() string { return "packages" }

// Export gives what is held about the person under any of these ids.
func (s *Service) Export(ctx context.Context, ids []person.ID) (part any, err error) {
	defer fault.Wrap(&err, "coursepack.Export")
	var list []*State
	for _, id := range ids {
		err := s.each(ctx, course.OfPerson(id), func(st *State) error {
			list = append(list, st)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list, nil
}

func (s *Service) each(ctx context.Context, l course.Learner, do func(*State) error) error {
	for st, err := range s.states.Find(ctx, store.Query{Index: "learner", Eq: []any{l}, Limit: 10_000}) {
		if err != nil {
			return err
		}
		if err := do(st); err != nil {
			return err
		}
	}
	return nil
}

// Erase removes what is kept for the person.
func (s *Service) Erase(ctx context.Context, ids []person.ID) (err error) {
	defer fault.Wrap(&err, "coursepack.Erase")
	for _, id := range ids {
		err := s.each(ctx, course.OfPerson(id), func(st *State) error { return s.drop(ctx, st.ID) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) drop(ctx context.Context, id string) error {
	if err := s.states.Delete(ctx, id, 0); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return nil
}

// Adopt gives what is kept for one learner to another: of a part that both have, the
// later one. It may be run again after a crash.
func (s *Service) Adopt(ctx context.Context, from, into course.Learner) (err error) {
	defer fault.Wrap(&err, "coursepack.Adopt")
	if from == into {
		return nil
	}
	return s.each(ctx, from, func(st *State) error {
		w := Where{st.Course, st.Lesson, st.Activity, st.Package}
		mine, err := s.StateOf(ctx, into, w)
		if err != nil {
			return err
		}
		for _, part := range st.Parts {
			i := slices.IndexFunc(mine.Parts, func(x PartState) bool { return x.ID == part.ID })
			if i >= 0 && mine.Parts[i].At.After(part.At.Time) {
				part, mine.Parts[i] = mine.Parts[i], part // the later one is put over the earlier
			}
			mine.put(part)
		}
		mine.ID = stateID(into, w)
		if into.Anonymous() {
			mine.Expires = st.Expires
		}
		if err := s.states.Upsert(ctx, mine); err != nil {
			return err
		}
		return s.drop(ctx, st.ID)
	})
}

// Merged handles person.TopicMerged.
func (s *Service) Merged(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "coursepack.Merged")
	var e person.Event
	if err := d.Decode(&e); err != nil {
		return err
	}
	if e.Other == "" {
		return fault.Newf(fault.Invalid, "", "a merge without the other one")
	}
	return s.Adopt(ctx, course.OfPerson(e.Other), course.OfPerson(e.Person))
}

func (s *Service) sweepStates(ctx context.Context) error {
	now := store.At(s.o.Now()).String()
	for k, err := range s.states.Keys(ctx, store.Query{Index: "expires", After: "", To: now, Limit: 10_000}) {
		if err != nil {
			return err
		}
		if err := s.drop(ctx, k.ID); err != nil {
			return err
		}
	}
	return nil
}

// Fields is what this package holds about people, for the table that a lawyer reads.
func Fields() []person.Field {
	return []person.Field{
		{Kind: "learning", Stored: "course_package_states", What: i18n.Text{UK: "що інтерактивна вправа запам’ятала про людину: місце, відповіді, бал", EN: "what an interactive exercise remembers of the person: place, answers, score"},
			Basis: i18n.Text{UK: "згода людини на облік навчання", EN: "consent of the person to a record of learning"}, Recipient: i18n.Text{UK: "нікому", EN: "nobody"}},
		{Kind: "items", Stored: "course_packages.by", What: i18n.Text{UK: "хто з персоналу додав вправу", EN: "who of the staff brought an exercise"},
			Basis: i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"}, Recipient: i18n.Text{UK: "редактори міста", EN: "the city's editors"}},
	}
}

// All lists the states of everybody, at most 10,000: for operators and tests.
func (s *Service) All(ctx context.Context) (list []*State, err error) {
	defer fault.Wrap(&err, "coursepack.All")
	for st, err := range s.states.Find(ctx, store.Query{Index: "learner", Limit: 10_000}) {
		if err != nil {
			return nil, err
		}
		list = append(list, st)
	}
	return list, nil
}
