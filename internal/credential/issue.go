package credential

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"osvitlo/internal/audit"
	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/credential/badge"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// idLength is the length of an id: "c" and 26 letters, 130 bits of an HMAC.
const idLength = 27

// idOf is the id of the credential that an act leads to: always the same, so that an
// act told twice makes one, and not to be guessed without the secret.
func (s *Service) idOf(act string) string {
	mac := hmac.New(sha256.New, s.cfg.Secret)
	mac.Write([]byte("credential:" + act))
	return "c" + strings.ToLower(letters.EncodeToString(mac.Sum(nil)))[:idLength-1]
}

func courseAct(l course.Learner, slug string) string { return "course:" + string(l) + ":" + slug }

// wellFormed tells whether a text can be an id, before the store is asked.
func wellFormed(id string) bool {
	return len(id) == idLength && id[0] == 'c' && !strings.ContainsFunc(id, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '2' || r > '7') })
}

// Completed handles course.TopicCompleted: it issues the badge of the course.
func (s *Service) Completed(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "credential.Completed")
	var c course.Completion
	if err := d.Decode(&c); err != nil {
		return err
	}
	_, err = s.IssueCourse(ctx, c)
	return err
}

// formal are the audiences whose employers may ask for hours, programme and provider.
var formal = []string{"teachers", "officials"}

// IssueCourse issues the badge of a completed course, or gives the one that is there;
// nil for a practical course until its trial lesson is signed.
// Errors: Invalid, NotFound (no such course or badge).
func (s *Service) IssueCourse(ctx context.Context, c course.Completion) (doc *Credential, err error) {
	defer fault.Wrap(&err, "credential.IssueCourse")
	if c.Learner == "" || c.Course == "" || c.At.IsZero() {
		return nil, fault.Newf(fault.Invalid, "", "a completion without learner, course or moment")
	}
	about, err := s.cfg.Catalogue.Course(c.Course)
	if err != nil {
		return nil, err
	}
	if Practical(about) {
		return s.trial(ctx, c.Learner, c.Course, func(t *Trial) { t.Completed = &c })
	}
	return s.issueCourse(ctx, c)
}

func (s *Service) issueCourse(ctx context.Context, c course.Completion) (doc *Credential, err error) {
	b, err := s.cfg.Catalogue.CourseBadge(c.Course)
	if err != nil {
		return nil, err
	}
	about, err := s.cfg.Catalogue.Course(c.Course)
	if err != nil {
		return nil, err
	}
	doc = fromBadge(b)
	doc.ID, doc.Learner, doc.At = s.idOf(courseAct(c.Learner, c.Course)), c.Learner, store.At(c.At)
	doc.Course, doc.CourseVersion, doc.Lessons, doc.Minutes = c.Course, c.Version, c.Lessons, c.Minutes
	doc.Formal = slices.ContainsFunc(about.Audience, func(a string) bool { return slices.Contains(formal, a) })
	if len(c.Competences) > 0 {
		doc.Competences = slices.Clone(c.Competences)
	}
	return s.add(ctx, doc)
}

func fromBadge(b *badge.Badge) *Credential {
	return &Credential{Kind: b.Kind, Badge: b.Slug, Version: b.Version, Art: b.Art, Title: b.Title, Description: b.Description,
		Criteria: b.Criteria, Competences: slices.Clone(b.Competences)}
}

// LevelResult is a finished sitting that a level may be issued for.
type LevelResult struct {
	Sitting    string
	Instrument string
	Version    int
	// Certificate says that it was taken as the certificate form.
	Certificate bool
	Level       string // A1 … C2
	Watched     bool   // a mentor was there
	At          time.Time
}

// LevelSlug is the badge of levels, TakenSlug that of a test which showed none.
const (
	LevelSlug = "digital-level"
	TakenSlug = "digital-test"
)

// Lowest is the level from which certificates say one. Everybody has the first level, so
// it would be confirmed of whoever opened the test.
func (s *Service) Lowest() string {
	if slices.Contains(lesson.Levels, s.cfg.LevelFrom) {
		return s.cfg.LevelFrom
	}
	return lesson.Levels[1]
}

// Certifies tells whether a certificate says this level.
func (s *Service) Certifies(level string) bool {
	return slices.Index(lesson.Levels, level) >= slices.Index(lesson.Levels, s.Lowest())
}

// CanLevel tells why a sitting brings no certificate of a level; nil when it does.
// Errors: Forbidden with the keys credential.level.*.
func (s *Service) CanLevel(r LevelResult) error {
	switch {
	case !r.Certificate:
		return fault.New(fault.Forbidden, "credential.level.purpose")
	case s.cfg.Approved == nil || !s.cfg.Approved(r.Instrument, r.Version):
		return fault.New(fault.Forbidden, "credential.level.approved")
	case s.cfg.Proctored && !r.Watched:
		return fault.New(fault.Forbidden, "credential.level.proctored")
	case r.Level == "":
		return fault.New(fault.Forbidden, "credential.level.none")
	}
	return nil
}

// IssueLevel issues a level certificate for a sitting of the person; under the lowest
// level that the city certifies, one that says only that the test was taken. The caller
// has made sure that it is theirs. Errors: those of CanLevel.
func (s *Service) IssueLevel(ctx context.Context, who person.ID, r LevelResult) (doc *Credential, err error) {
	defer fault.Wrap(&err, "credential.IssueLevel")
	if err := s.CanLevel(r); err != nil {
		return nil, err
	}
	slug := LevelSlug
	if !s.Certifies(r.Level) {
		slug, r.Level = TakenSlug, ""
	}
	b, err := s.cfg.Catalogue.Badge(slug)
	if err != nil {
		return nil, err
	}
	doc = fromBadge(b)
	doc.ID, doc.Learner, doc.At = s.idOf("level:"+r.Sitting), course.OfPerson(who), store.At(r.At)
	doc.Level, doc.Sitting = r.Level, r.Sitting
	return s.add(ctx, doc)
}

// add stores a credential unless it is there. Its place in a status list is taken first:
// a place that is lost when the process dies stays empty for ever, which harms nothing.
func (s *Service) add(ctx context.Context, doc *Credential) (*Credential, error) {
	if there, err := s.all.Get(ctx, doc.ID); err == nil || !fault.Is(err, fault.NotFound) {
		return there, err
	}
	var err error
	if doc.List, doc.Slot, err = s.place(ctx); err != nil {
		return nil, err
	}
	doc.Made = store.At(s.now())
	doc.Changed = doc.Made
	if who := doc.Learner.Person(); who != "" {
		name, err := s.cfg.Name(ctx, who)
		if err != nil {
			return nil, err
		}
		doc.Initials = s.seal(doc.ID, "initials", Initials(name))
	}
	if err := s.all.Insert(ctx, doc); fault.Is(err, fault.Conflict) {
		return s.all.Get(ctx, doc.ID)
	} else if err != nil {
		return nil, err
	}
	return doc, nil
}

// Limits of the status lists: a list is given up when most of its places are taken, so
// that a free one is found in a few tries.
const (
	listBits = 131_072
	listFull = 100_000
	tries    = 64
)

// place claims a random place: the order of issuing cannot be read from a status list.
func (s *Service) place(ctx context.Context) (list, at int, err error) {
	given, err := s.counts.Add(ctx, "places", map[string]int64{"given": 1})
	if err != nil {
		return 0, 0, err
	}
	list = int((given["given"]-1)/listFull) + 1
	for range tries {
		var b [4]byte
		_, _ = rand.Read(b[:]) // never fails since Go 1.24
		at = int(binary.BigEndian.Uint32(b[:]) % listBits)
		err = s.slots.Insert(ctx, &slot{Doc: store.Doc{ID: strconv.Itoa(list) + ":" + strconv.Itoa(at)}})
		if !fault.Is(err, fault.Conflict) {
			return list, at, err
		}
	}
	return 0, 0, fault.Newf(fault.Internal, "", "no free place in status list %d", list)
}

func (s *Service) seal(id, field, value string) string {
	if value == "" {
		return ""
	}
	return s.cfg.Ring.Seal([]byte(value), "credentials:"+id+":"+field)
}

func (s *Service) open(id, field, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	plain, err := s.cfg.Ring.Open(sealed, "credentials:"+id+":"+field)
	return string(plain), err
}

// Initials are the first letters of the first three words of a name: «М. К.».
func Initials(name string) string {
	var out []string
	for _, word := range strings.Fields(name) {
		for _, r := range word {
			if unicode.IsLetter(r) {
				out = append(out, string(unicode.ToUpper(r))+".")
				break
			}
		}
		if len(out) == 3 {
			break
		}
	}
	return strings.Join(out, i18n.NoBreakSpace)
}

// Get gives what anybody may see. Errors: NotFound.
func (s *Service) Get(ctx context.Context, id string) (v *View, err error) {
	defer fault.Wrap(&err, "credential.Get")
	if !wellFormed(id) {
		return nil, fault.New(fault.NotFound, "credential.unknown")
	}
	doc, err := s.all.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, "credential.unknown")
	}
	if err != nil {
		return nil, err
	}
	return s.view(doc)
}

func (s *Service) view(doc *Credential) (*View, error) {
	v := &View{Credential: doc, State: Valid}
	if doc.Revoked != nil {
		v.State = Revoked
	}
	var err error
	if doc.Named && doc.Name != "" {
		v.Who, err = s.open(doc.ID, "name", doc.Name)
	} else {
		v.Who, err = s.open(doc.ID, "initials", doc.Initials)
	}
	return v, err
}

// maxHeld bounds a holder's list.
const maxHeld = 500

// Held lists a holder's credentials, newest first.
func (s *Service) Held(ctx context.Context, l course.Learner) (list []*View, err error) {
	defer fault.Wrap(&err, "credential.Held")
	if l == "" {
		return nil, nil
	}
	for doc, err := range s.all.Find(ctx, store.Query{Index: indexLearner, Eq: []any{l}, Desc: true, Limit: maxHeld}) {
		if err != nil {
			return nil, err
		}
		v, err := s.view(doc)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// Of is the address of the certificate of a course; empty while there is none.
func (s *Service) Of(ctx context.Context, l course.Learner, slug string) (href string, err error) {
	defer fault.Wrap(&err, "credential.Of")
	if l == "" {
		return "", nil
	}
	id := s.idOf(courseAct(l, slug))
	doc, err := s.all.Get(ctx, id)
	if fault.Is(err, fault.NotFound) { // it may have been another one's before the two were joined
		list, err := s.Held(ctx, l)
		for _, v := range list {
			if v.Course == slug {
				return "/verify/" + v.ID, nil
			}
		}
		return "", err
	}
	if err != nil || doc.Learner != l {
		return "", err
	}
	return "/verify/" + id, nil
}

// ShowName switches the name on or off. The caller has made sure who asks: the holder,
// or staff at the holder's wish, which is written down. Errors: NotFound, Invalid
// "credential.no_name" (none is known).
func (s *Service) ShowName(ctx context.Context, a person.Actor, id string, on bool) (err error) {
	defer fault.Wrap(&err, "credential.ShowName")
	for range tries {
		v, err := s.Get(ctx, id)
		if err != nil {
			return err
		}
		doc := v.Credential
		who := doc.Learner.Person()
		if doc.Named == on && !on {
			return nil
		}
		next := *doc
		next.Named, next.Name = false, ""
		if who != "" {
			name, err := s.cfg.Name(ctx, who)
			if err != nil {
				return err
			}
			next.Initials = s.seal(id, "initials", Initials(name))
			if on && name == "" {
				return fault.InvalidFields(fault.Field{Pointer: "on", Key: "credential.no_name"})
			}
			if on {
				next.Named, next.Name = true, s.seal(id, "name", name)
			}
		} else if on {
			return fault.InvalidFields(fault.Field{Pointer: "on", Key: "credential.no_name"})
		}
		next.Changed = store.At(s.now())
		if a.Person != who || who == "" {
			act := map[bool]string{true: "credential.name-on", false: "credential.name-off"}[on]
			if err := s.cfg.Audit.Record(ctx, audit.Event{Actor: actor(a), Action: act, Subject: "credential:" + id, Where: a.Where, Why: "request"}); err != nil {
				return err
			}
		}
		if err := s.all.Replace(ctx, &next); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Conflict, "credential.busy")
}

// Revoke takes a credential back for good; revoking again changes nothing. Errors:
// NotFound, Invalid (an unknown reason).
func (s *Service) Revoke(ctx context.Context, a person.Actor, id string, why Reason) (err error) {
	defer fault.Wrap(&err, "credential.Revoke")
	if !slices.Contains(Reasons(), why) {
		return fault.InvalidFields(fault.Field{Pointer: "reason", Key: "credential.reason_needed"})
	}
	for range tries {
		v, err := s.Get(ctx, id)
		if err != nil {
			return err
		}
		if v.State == Revoked {
			return nil
		}
		if err := s.cfg.Audit.Record(ctx, audit.Event{Actor: actor(a), Action: "credential.revoke", Subject: "credential:" + id, Where: a.Where, Why: string(why)}); err != nil {
			return err
		}
		next := *v.Credential
		next.Revoked = &Revocation{At: store.At(s.now()), By: a.Person, Reason: why}
		next.RevokedList = next.List
		next.Changed = next.Revoked.At
		err = s.all.Replace(ctx, &next)
		if err == nil {
			s.forget(next.List)
		}
		if !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Conflict, "credential.busy")
}

// actor is who acts, as the audit log knows them.
func actor(a person.Actor) string {
	switch {
	case a.Operator:
		return "operator"
	case a.Person == "":
		return "anonymous"
	}
	return string(a.Person)
}
