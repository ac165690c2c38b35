package draft

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

const indexSlug = "slug"

// The collections of this package.
var (
	// DraftSpec holds one document per course that is being written.
	DraftSpec = store.Spec{Name: "course_drafts"}
	// VersionSpec holds the published versions, «slug@n», which never change.
	VersionSpec = store.Spec{Name: "course_versions", Indexes: []store.Index{{Name: indexSlug, Fields: []string{"slug", "number", "hash", "origin"}}}}
)

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{DraftSpec, VersionSpec} }

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Options are what the service is made of.
type Options struct {
	Engine  store.Engine
	Library *content.Library
	Files   fs.FS   // the content files: courses of the program, pictures
	Audit   Auditor // may be nil in tests only
	Log     *slog.Logger
	Now     func() time.Time
}

// Service keeps drafts and versions. It is safe for concurrent use.
type Service struct {
	o        Options
	drafts   *store.Collection[Draft, *Draft]
	versions *store.Collection[Version, *Version]
	refresh  sync.Mutex
	shelf    atomic.Pointer[shelf]
	checks   sync.Map // slug -> checked
}

// New opens the collections, puts the reviewed courses of the files among the versions,
// and reads the catalogue. Errors: Conflict, when a file says something else under a
// version that is published.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "draft.New")
	if o.Engine == nil || o.Library == nil || o.Files == nil {
		return nil, fault.Newf(fault.Invalid, "", "drafts need a store, a library and its files")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s = &Service{o: o}
	if s.drafts, err = store.Open[Draft](o.Engine, DraftSpec); err != nil {
		return nil, err
	}
	if s.versions, err = store.Open[Version](o.Engine, VersionSpec); err != nil {
		return nil, err
	}
	s.shelf.Store(&shelf{})
	if err := s.Refresh(ctx); err != nil {
		return nil, err
	}
	if err := s.publishFiles(ctx); err != nil {
		return nil, err
	}
	return s, s.Refresh(ctx)
}

// retries bounds how often a write that met another one is tried again.
const retries = 12

// may checks who acts. Nobody signs for another, so the operator's command line may not.
func (s *Service) may(a *person.Actor, act person.Action) error {
	if a == nil || a.Person == "" {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if v := person.Can(a, act, person.City); !v.OK() {
		return v.Err()
	}
	return nil
}

func (s *Service) audit(ctx context.Context, a *person.Actor, what, slug string, version int) error {
	if s.o.Audit == nil {
		return nil
	}
	subject := "course:" + slug
	if version > 0 {
		subject += "/" + strconv.Itoa(version)
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: string(a.Person), Action: "course." + what, Subject: subject, Where: a.Where, Why: a.Why})
}

func (s *Service) hand(a *person.Actor, name string) Hand {
	name = strings.TrimSpace(name)
	if r := []rune(name); len(r) > 120 {
		name = string(r[:120])
	}
	return Hand{By: a.Person, Name: name, At: store.At(s.o.Now())}
}

func noted(field, text string) (string, error) {
	text = strings.TrimSpace(clean(text))
	if len([]rune(text)) > maxNote {
		return "", fault.InvalidFields(fault.Field{Pointer: field, Key: "page.form.long", Args: map[string]any{"Max": maxNote}})
	}
	return text, nil
}

// Get is the draft of a course. Errors: NotFound.
func (s *Service) Get(ctx context.Context, slug string) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft.Get")
	return s.drafts.Get(ctx, slug)
}

// maxDrafts bounds what is listed.
const maxDrafts = 2000

// List is all drafts by slug, those that were put away too.
func (s *Service) List(ctx context.Context) (list []*Draft, err error) {
	defer fault.Wrap(&err, "draft.List")
	for d, err := range s.drafts.Find(ctx, store.Query{Index: store.BuiltinID, Limit: maxDrafts}) {
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

// errSame is a change that changes nothing: it is not written.
var errSame = errors.New("nothing changed")

// change reads a draft, changes it and stores it, again when somebody came between. The
// change sees the revision that it will make.
func (s *Service) change(ctx context.Context, slug string, do func(d *Draft, rev int64) error) (*Draft, error) {
	for range retries {
		d, err := s.drafts.Get(ctx, slug)
		if err != nil {
			return nil, err
		}
		switch err := do(d, d.Rev+1); {
		case errors.Is(err, errSame):
			return d, nil
		case err != nil:
			return nil, err
		}
		if err := d.fits(); err != nil {
			return nil, err
		}
		err = s.drafts.Replace(ctx, d)
		if err == nil || !fault.Is(err, fault.Conflict) {
			return d, err
		}
	}
	return nil, fault.New(fault.Unavailable, "courseedit.fault.busy")
}

// fits tells whether a draft stays within its bounds.
func (d *Draft) fits() error {
	files, _ := d.size()
	if files > maxDraft || slices.ContainsFunc(d.Files, func(f File) bool { return len(f.Text) > maxFile }) {
		return fault.New(fault.Invalid, "courseedit.fault.big")
	}
	if len(d.Files) > maxLessons+2 {
		return fault.New(fault.Invalid, "courseedit.fault.many")
	}
	return nil
}
