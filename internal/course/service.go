package course

import (
	"log/slog"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/store"
)

// Indexes of the collections.
const (
	indexLearner = "learner"
	indexPending = "pending"
	indexExpires = "expires"
	indexLesson  = "lesson"
	indexCohort  = "cohort"
	indexVenue   = "venue"
	indexMentor  = "mentor"
	indexDue     = "due"
	indexCourse  = "course"
)

// The collections of this package.
var (
	TrackSpec = store.Spec{Name: "course_tracks", Indexes: []store.Index{
		{Name: indexLearner, Fields: []string{"learner", "course"}},
		{Name: indexPending, Fields: []string{"pending"}},
		{Name: indexExpires, Fields: []string{"expires"}},
	}}
	FeedbackSpec = store.Spec{Name: "course_feedback", Indexes: []store.Index{
		{Name: indexLearner, Fields: []string{"learner"}},
		{Name: indexLesson, Fields: []string{"course", "lesson", "at", "helped"}},
	}}
	CohortSpec = store.Spec{Name: "course_cohorts", Indexes: []store.Index{
		{Name: indexVenue, Fields: []string{"venue", "until"}},
		{Name: indexMentor, Fields: []string{"mentor", "until"}},
		{Name: indexCourse, Fields: []string{"course", "until"}},
	}}
	EnrolmentSpec = store.Spec{Name: "course_enrolments", Indexes: []store.Index{
		{Name: indexLearner, Fields: []string{"learner"}},
		{Name: indexCohort, Fields: []string{"cohort", "state", "since"}},
	}}
	// ClaimSpec holds documents whose id is the claimed thing: a seat, a code.
	ClaimSpec = store.Spec{Name: "course_claims"}
	// AttendanceSpec holds one document per meeting of a group.
	AttendanceSpec = store.Spec{Name: "course_attendance"}
	ProofSpec      = store.Spec{Name: "course_proofs", Indexes: []store.Index{
		{Name: indexLearner, Fields: []string{"learner"}},
		{Name: indexCourse, Fields: []string{"course"}},
		{Name: indexDue, Fields: []string{"due"}},
	}}
)

// GainSpec holds the published gains, one document per course.
var GainSpec = store.Spec{Name: "course_gains"}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec {
	return []store.Spec{TrackSpec, FeedbackSpec, CohortSpec, EnrolmentSpec, ClaimSpec, AttendanceSpec, ProofSpec, GainSpec}
}

// Topics of the outbox: the payloads are Completion, Seat and ProofDue.
const (
	TopicCompleted = "course-completed"
	TopicSeat      = "course-seat"
	TopicProofDue  = "course-proof-due"
)

// Config is what the service needs.
type Config struct {
	Engine    store.Engine
	Catalogue Catalogue
	Outbox    *job.Outbox
	// Heard is told of every written track, as it was and as it is; it must not wait. nil:
	// nobody listens.
	Heard func(was, is *Track)
	City  City         // nil: gains stand uncorrected
	Log   *slog.Logger // nil: none
	Now   func() time.Time
}

// Service keeps what learners do. It is safe for concurrent use.
type Service struct {
	cfg        Config
	log        *slog.Logger
	now        func() time.Time
	tracks     *store.Collection[Track, *Track]
	feedback   *store.Collection[Feedback, *Feedback]
	cohorts    *store.Collection[Cohort, *Cohort]
	enrolments *store.Collection[Enrolment, *Enrolment]
	claims     *store.Collection[claim, *claim]
	attendance *store.Collection[Attendance, *Attendance]
	proofs     *store.Collection[Proof, *Proof]
	gains      *store.Collection[ShownGain, *ShownGain]
	rows       rowLocks
}

// New opens the collections.
func New(cfg Config) (s *Service, err error) {
	defer fault.Wrap(&err, "course.New")
	s = &Service{cfg: cfg, log: cfg.Log, now: cfg.Now}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.tracks, err = store.Open[Track](cfg.Engine, TrackSpec); err != nil {
		return nil, err
	}
	if s.feedback, err = store.Open[Feedback](cfg.Engine, FeedbackSpec); err != nil {
		return nil, err
	}
	if s.cohorts, err = store.Open[Cohort](cfg.Engine, CohortSpec); err != nil {
		return nil, err
	}
	if s.enrolments, err = store.Open[Enrolment](cfg.Engine, EnrolmentSpec); err != nil {
		return nil, err
	}
	if s.claims, err = store.Open[claim](cfg.Engine, ClaimSpec); err != nil {
		return nil, err
	}
	if s.attendance, err = store.Open[Attendance](cfg.Engine, AttendanceSpec); err != nil {
		return nil, err
	}
	if s.proofs, err = store.Open[Proof](cfg.Engine, ProofSpec); err != nil {
		return nil, err
	}
	if s.gains, err = store.Open[ShownGain](cfg.Engine, GainSpec); err != nil {
		return nil, err
	}
	return s, nil
}

// retries bounds how often a write that met another one is tried again.
const retries = 12

// badLearner is the fault for an id that is none.
func badLearner() error { return fault.New(fault.Invalid, "course.no_learner") }
