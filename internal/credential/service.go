package credential

import (
	"context"
	"errors"
	"sync"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/course"
	"osvitlo/internal/credential/badge"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
)

// Indexes of the collections.
const (
	indexLearner = "learner"
	indexRevoked = "revoked"
	indexNumber  = "number"
	indexPerson  = "person"
	indexState   = "state"
	indexExam    = "exam"
	indexPin     = "pin"
	indexVenue   = "venue"
)

// The collections of this package.
var (
	CredentialSpec = store.Spec{Name: "credentials", Indexes: []store.Index{
		{Name: indexLearner, Fields: []string{"learner", "made"}},
		{Name: indexRevoked, Fields: []string{"revoked_list", "slot"}}, // the list is set by revoking
	}}
	KeySpec = store.Spec{Name: "credential_keys", Indexes: []store.Index{{Name: indexNumber, Fields: []string{"n"}}}}
	// SlotSpec holds documents whose id is a taken place of a status list.
	SlotSpec = store.Spec{Name: "credential_slots"}
	// CountSpec holds one counter: how many places were given out.
	CountSpec = store.Spec{Name: "credential_counts"}
	// ExamSpec holds the times when somebody watches tests, AttemptSpec the tests, and
	// TriedSpec how many wrong PINs somebody typed.
	ExamSpec = store.Spec{Name: "credential_exams", Indexes: []store.Index{
		{Name: indexPin, Fields: []string{"pin", "closes"}},
		{Name: indexVenue, Fields: []string{"venue", "closes"}},
	}}
	AttemptSpec = store.Spec{Name: "credential_attempts", Indexes: []store.Index{
		{Name: indexPerson, Fields: []string{"person", "at"}},
		{Name: indexState, Fields: []string{"state", "since"}},
		{Name: indexExam, Fields: []string{"exam", "at"}},
	}}
	TriedSpec = store.Spec{Name: "credential_tries"}
	// TrialSpec holds trial lessons and the courses that wait for one.
	TrialSpec = store.Spec{Name: "credential_trials", Indexes: []store.Index{{Name: indexLearner, Fields: []string{"learner"}}}}
)

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec {
	return []store.Spec{CredentialSpec, KeySpec, SlotSpec, CountSpec, ExamSpec, AttemptSpec, TriedSpec, TrialSpec}
}

// Catalogue knows the badges; content.Library is one.
type Catalogue interface {
	Badges() []*badge.Badge
	// Badge answers NotFound.
	Badge(slug string) (*badge.Badge, error)
	// CourseBadge is the badge of a course. Errors: NotFound.
	CourseBadge(course string) (*badge.Badge, error)
	// BadgeArt is a picture of badges as drawing and as points. Errors: NotFound.
	BadgeArt(name string) (svg, png []byte, err error)
	Course(slug string) (*course.Course, error)
	CompetenceTitle(id string) i18n.Text
}

// Auditor writes down an act before it is done; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Config is what the service needs.
type Config struct {
	Engine    store.Engine
	Catalogue Catalogue
	Ring      *vault.Ring
	Secret    []byte // of this installation: ids of credentials are keyed with it
	Audit     Auditor
	// Address is the site as people see it, "https://…"; empty while nobody knows it.
	Address func() string
	Demo    bool      // everything that is issued says that it is invented
	Issuer  i18n.Text // who stands behind it: the city
	// Name gives the name of a person now; empty when none is known.
	Name func(ctx context.Context, id person.ID) (string, error)
	// Approved tells whether the city's methodologist has approved a version of an
	// instrument for level certificates. nil: none is.
	Approved func(instrument string, version int) bool
	// Proctored says that a level needs a sitting which a mentor watched.
	Proctored bool
	// LevelFrom is the lowest level that a certificate says; under it one confirms that
	// the test was taken. Empty: A2, the first that something has to be shown for.
	LevelFrom string
	// Tests are the sittings behind levels; nil: no test for a level can begin.
	Tests Tests
	Now   func() time.Time
}

// Service issues and checks credentials. It is safe for concurrent use.
type Service struct {
	cfg     Config
	now     func() time.Time
	all     *store.Collection[Credential, *Credential]
	keyring *store.Collection[key, *key]
	slots   *store.Collection[slot, *slot]
	counts  *store.Collection[slot, *slot]

	exams    *store.Collection[Exam, *Exam]
	attempts *store.Collection[Attempt, *Attempt]
	tried    *store.Collection[tried, *tried]
	trials   *store.Collection[Trial, *Trial]

	mu     sync.Mutex // guards what is remembered for a minute
	keys   []*key
	keysAt time.Time
	lists  map[int]kept
}

// freshFor is how long a replica trusts what it has read of keys and revocations.
const freshFor = time.Minute

// New opens the collections. Errors: Invalid when a part is missing.
func New(cfg Config) (s *Service, err error) {
	defer fault.Wrap(&err, "credential.New")
	if cfg.Engine == nil || cfg.Catalogue == nil || cfg.Ring == nil || cfg.Audit == nil || cfg.Name == nil || cfg.Address == nil || len(cfg.Secret) < 16 {
		return nil, fault.Newf(fault.Invalid, "", "engine, catalogue, ring, audit, name, address and a secret are needed")
	}
	s = &Service{cfg: cfg, now: cfg.Now, lists: map[int]kept{}}
	if s.now == nil {
		s.now = time.Now
	}
	var errs [8]error
	s.all, errs[0] = store.Open[Credential](cfg.Engine, CredentialSpec)
	s.keyring, errs[1] = store.Open[key](cfg.Engine, KeySpec)
	s.slots, errs[2] = store.Open[slot](cfg.Engine, SlotSpec)
	s.counts, errs[3] = store.Open[slot](cfg.Engine, CountSpec)
	s.exams, errs[4] = store.Open[Exam](cfg.Engine, ExamSpec)
	s.attempts, errs[5] = store.Open[Attempt](cfg.Engine, AttemptSpec)
	s.tried, errs[6] = store.Open[tried](cfg.Engine, TriedSpec)
	s.trials, errs[7] = store.Open[Trial](cfg.Engine, TrialSpec)
	return s, errors.Join(errs[:]...)
}

// Demo tells whether everything here is invented.
func (s *Service) Demo() bool { return s.cfg.Demo }

// Issuer is who stands behind the credentials.
func (s *Service) Issuer() i18n.Text { return s.cfg.Issuer }
