package place

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/media"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// MaxPlaces bounds the register, those taken out included.
const MaxPlaces = 200_000

// Named is a district's id with its name.
type Named struct {
	ID   string
	Name i18n.Text
}

// Options are what the service is made of.
type Options struct {
	Engine    store.Engine
	Media     media.Store // keeps files of imports until they are confirmed; nil: no imports
	Audit     Auditor     // may be nil in tests only
	City      City
	Districts []Named
	Known     func() []Spot // other addresses whose point is known, for searching near one; may be nil
	Log       *slog.Logger
	Now       func() time.Time
}

// Service keeps the register. It is safe for concurrent use.
type Service struct {
	o          Options
	districts  []string
	docs       *store.Collection[Place, *Place]
	mirror     *mirror.Mirror[Place]
	built      atomic.Pointer[model]
	building   sync.Mutex
	words      func() *words
	work       *store.Collection[Workplace, *Workplace]
	imports    *store.Collection[Import, *Import]
	importRows *store.Collection[importRow, *importRow]
}

// New opens the register and reads it into memory.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "place.New")
	if o.Engine == nil || o.City.Box.Empty() {
		return nil, fault.Newf(fault.Invalid, "", "places need a store and a box of the city")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s = &Service{o: o}
	for _, d := range o.Districts {
		s.districts = append(s.districts, d.ID)
	}
	if s.docs, err = store.Open[Place](o.Engine, Spec); err != nil {
		return nil, err
	}
	if s.work, err = store.Open[Workplace](o.Engine, workSpec); err != nil {
		return nil, err
	}
	if s.imports, err = store.Open[Import](o.Engine, importSpec); err != nil {
		return nil, err
	}
	if s.importRows, err = store.Open[importRow](o.Engine, importRowSpec); err != nil {
		return nil, err
	}
	if s.mirror, err = mirror.Open(ctx, s.docs, mirror.Options[Place]{Index: indexChanged, Field: "changed", Of: mirrored, Max: MaxPlaces, Now: o.Now}); err != nil {
		return nil, err
	}
	s.words = mirror.Derive(s.mirror, buildWords)
	return s, nil
}

// Refresh reads what other replicas changed.
func (s *Service) Refresh(ctx context.Context) error { return s.mirror.Refresh(ctx) }

// Version grows with every change.
func (s *Service) Version() uint64 { return s.mirror.Version() }

// City is where places may lie.
func (s *Service) City() *City { return &s.o.City }

// Districts lists the districts a place may name.
func (s *Service) Districts() []Named { return s.o.Districts }

// DistrictName names a district; the id itself when it is not known.
func (s *Service) DistrictName(id, lang string) string {
	for _, d := range s.o.Districts {
		if d.ID == id {
			return d.Name.In(lang)
		}
	}
	return id
}

// ByID returns a place, hidden ones too. It is shared: read only.
func (s *Service) ByID(id string) (*Place, bool) { return s.mirror.ByID(id) }

// BySlug returns a place by the name in its address, hidden ones too. Read only.
func (s *Service) BySlug(slug string) (*Place, bool) {
	p, ok := s.model().bySlug[slug]
	return p, ok
}

// All lists all places by name, hidden ones too. Read only.
func (s *Service) All() []*Place { return s.model().all }

// Public is what everybody may know of a place; ok is false for one that is hidden or
// is not there.
func (s *Service) Public(slug string) (Face, bool) {
	p, ok := s.BySlug(slug)
	if !ok || p.Hidden != nil {
		return Face{}, false
	}
	return p.face(Public, p.Freshness(s.o.Now())), true
}

// Face is what a reader of a class may know of a place that is not hidden. Staff ask
// ByID for the whole place.
func (s *Service) Face(id string, reader Class) (Face, bool) {
	p, ok := s.ByID(id)
	if !ok || p.Hidden != nil {
		return Face{}, false
	}
	return p.face(reader, p.Freshness(s.o.Now())), true
}

// Open tells whether a place is open at a moment by its hours, and until when; when it
// is not, until is when it opens next (zero: not within two weeks, or nobody knows).
func (s *Service) Open(at time.Time, p *Place) (open bool, until time.Time) {
	st := p.Hours.At(at)
	return st.Open, st.Until
}

// NewID makes the id of a new place.
func NewID() string { return "p" + strings.ReplaceAll(uuid.NewString(), "-", "")[:20] }

func (s *Service) may(a *person.Actor, act person.Action, subject person.Subject) error {
	if a == nil {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if v := person.Can(a, act, subject); !v.OK() {
		return v.Err()
	}
	return nil
}

// note writes an act down before it is done.
func (s *Service) note(ctx context.Context, a *person.Actor, what, id string) error {
	if s.o.Audit == nil {
		return nil
	}
	who, why := string(a.Person), a.Why
	if a.Operator {
		who = "operator"
	}
	if why == "" {
		why = "duty"
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: who, Action: "place." + what, Subject: "place:" + id, Where: a.Where, Why: why})
}

// ready puts a place in order and checks it.
func (s *Service) ready(p *Place) error {
	p.Hours.Sort()
	if p.Hours.Known = p.Hours.Known || p.Hours.Minutes() > 0; p.District == "" && p.Point != nil {
		p.District = s.o.City.DistrictOf(*p.Point)
		if !slices.Contains(s.districts, p.District) {
			p.District = ""
		}
	}
	return p.Check(&s.o.City, s.districts)
}

// freeSlug makes the slug one that no other place has.
func (s *Service) freeSlug(want, id string, taken map[string]bool) string {
	if want == "" {
		want = "place"
	}
	used := func(slug string) bool {
		p, ok := s.BySlug(slug)
		return ok && p.ID != id || taken[slug]
	}
	slug := want
	for n := 2; used(slug); n++ {
		slug = want + "-" + strconv.Itoa(n)
	}
	return slug
}

// Add puts a new place into the register; id and slug may be empty. Who adds it has
// confirmed it. Errors: Invalid, Conflict when the slug is taken, Forbidden.
func (s *Service) Add(ctx context.Context, a *person.Actor, p *Place) (_ *Place, err error) {
	defer fault.Wrap(&err, "place.Add")
	if err := s.may(a, person.PlaceEdit, person.City); err != nil {
		return nil, err
	}
	q := p.Clone()
	q.Doc, q.Gone, q.Hidden = store.Doc{ID: NewID()}, false, nil
	if q.Slug == "" {
		q.Slug = s.freeSlug(Slugify(q.Name.UK), q.ID, nil)
	} else if s.freeSlug(q.Slug, q.ID, nil) != q.Slug {
		return nil, fault.InvalidFields(fault.Field{Pointer: "slug", Key: "place.slug_taken"})
	}
	if err := s.ready(q); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, "add", q.ID); err != nil {
		return nil, err
	}
	now := store.At(s.o.Now())
	q.Made, q.Confirmed, q.ConfirmedBy, q.Verified = now, now, a.Person, true
	q.Changed = s.mirror.Stamp()
	if err := s.docs.Insert(ctx, q); err != nil {
		return nil, err
	}
	s.mirror.Put(q)
	return q, nil
}

// change edits a place at the revision that was read.
func (s *Service) change(ctx context.Context, a *person.Actor, act person.Action, what, id string, rev int64, edit func(*Place) error) (_ *Place, err error) {
	if err := s.may(a, act, person.At(id)); err != nil {
		return nil, err
	}
	old, err := s.docs.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if old.Gone {
		return nil, fault.New(fault.NotFound, "")
	}
	if rev != 0 && old.Rev != rev {
		return nil, fault.New(fault.Conflict, "place.changed")
	}
	q := old.Clone()
	if err := edit(q); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, what, id); err != nil {
		return nil, err
	}
	q.Changed = s.mirror.Stamp()
	if err := s.docs.Replace(ctx, q); err != nil {
		if fault.Is(err, fault.Conflict) {
			return nil, fault.New(fault.Conflict, "place.changed")
		}
		return nil, err
	}
	s.mirror.Put(q)
	return q, nil
}

// Edit stores what the form can change; what staff do by other acts (hiding, photos,
// confirmation) stays as it is. Errors: Invalid, Conflict when somebody else changed it.
func (s *Service) Edit(ctx context.Context, a *person.Actor, p *Place) (_ *Place, err error) {
	defer fault.Wrap(&err, "place.Edit")
	return s.change(ctx, a, person.PlaceEdit, "edit", p.ID, p.Rev, func(q *Place) error {
		in := p.Clone()
		in.Doc, in.Photos, in.Hidden, in.Demo, in.Sources, in.Certainty = q.Doc, q.Photos, q.Hidden, q.Demo, q.Sources, q.Certainty
		in.Confirmed, in.ConfirmedBy, in.Reminded, in.Verified = q.Confirmed, q.ConfirmedBy, q.Reminded, q.Verified
		in.Made, in.Import, in.Gone = q.Made, q.Import, q.Gone
		if in.Slug == "" {
			in.Slug = q.Slug
		}
		if s.freeSlug(in.Slug, in.ID, nil) != in.Slug {
			return fault.InvalidFields(fault.Field{Pointer: "slug", Key: "place.slug_taken"})
		}
		if err := s.ready(in); err != nil {
			return err
		}
		*q = *in
		return nil
	})
}

// Hide takes a place off pages, map, GeoJSON, CSV and feeds: at once here, within two
// seconds on other replicas. why is for the record and may not be empty.
func (s *Service) Hide(ctx context.Context, a *person.Actor, id, why string) (_ *Place, err error) {
	defer fault.Wrap(&err, "place.Hide")
	if why = strings.TrimSpace(why); why == "" || len(why) > 500 {
		return nil, fault.InvalidFields(fault.Field{Pointer: "why", Key: "place.why"})
	}
	return s.change(ctx, a, person.PlaceHide, "hide", id, 0, func(q *Place) error {
		q.Hidden = &Hidden{At: store.At(s.o.Now()), By: a.Person, Why: why}
		return nil
	})
}

// Show brings a hidden place back.
func (s *Service) Show(ctx context.Context, a *person.Actor, id string) (_ *Place, err error) {
	defer fault.Wrap(&err, "place.Show")
	return s.change(ctx, a, person.PlaceHide, "show", id, 0, func(q *Place) error { q.Hidden = nil; return nil })
}

// Remove takes a place out for good; its document stays, marked.
func (s *Service) Remove(ctx context.Context, a *person.Actor, id string) (err error) {
	defer fault.Wrap(&err, "place.Remove")
	_, err = s.change(ctx, a, person.PlaceEdit, "remove", id, 0, func(q *Place) error { q.Gone = true; return nil })
	return err
}

// Confirm says that everything written about a place is true today; with outages only
// that the hours after power cuts are.
func (s *Service) Confirm(ctx context.Context, a *person.Actor, id string, outages bool) (_ *Place, err error) {
	defer fault.Wrap(&err, "place.Confirm")
	return s.change(ctx, a, person.PlaceEdit, "confirm", id, 0, func(q *Place) error {
		now := store.At(s.o.Now())
		if q.Hours.Outages {
			q.Hours.OutagesAt = now
		}
		if !outages {
			q.Confirmed, q.ConfirmedBy, q.Verified = now, a.Person, true
		}
		return nil
	})
}

// SetPhotos stores the photos. Whoever does it has confirmed that no people, licence
// plates or windows are on them.
func (s *Service) SetPhotos(ctx context.Context, a *person.Actor, id string, photos []Photo) (_ *Place, err error) {
	defer fault.Wrap(&err, "place.SetPhotos")
	return s.change(ctx, a, person.PlaceEdit, "photos", id, 0, func(q *Place) error {
		if len(photos) > maxPhotos {
			return fault.InvalidFields(fault.Field{Pointer: "photo", Key: "place.photos_many", Args: map[string]any{"N": maxPhotos}})
		}
		for i := range photos {
			if strings.TrimSpace(photos[i].Alt.UK) == "" {
				return fault.InvalidFields(fault.Field{Pointer: "alt_uk", Key: "place.photo_alt"})
			}
			if photos[i].By == "" {
				photos[i].By, photos[i].At = a.Person, store.At(s.o.Now())
			}
		}
		q.Photos = photos
		return nil
	})
}

// Ship puts the places that come with the program into the register: those whose id is
// not known yet. What staff changed since stays. It writes no audit: nobody acted.
func (s *Service) Ship(ctx context.Context, list []*Place) (err error) {
	defer fault.Wrap(&err, "place.Ship")
	for i := 0; i < len(list); i += 500 {
		var batch []*Place
		for _, p := range list[i:min(i+500, len(list))] {
			q := p.Clone()
			if err := s.ready(q); err != nil {
				return fault.Newf(fault.Invalid, "", "place %s: %w", p.ID, err)
			}
			if q.Made.IsZero() {
				q.Made = store.At(s.o.Now())
			}
			q.Changed = s.mirror.Stamp()
			batch = append(batch, q)
		}
		if err := s.docs.InsertMany(ctx, batch); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return s.mirror.Refresh(ctx)
}
