package portrait

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

const indexChanged = "changed"

// Spec declares the collection.
var Spec = store.Spec{Name: "self_descriptions", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}

// maxPortraits bounds the collection: ten thousand institutions in ten years.
const maxPortraits = 100_000

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Bodies is the register of institutions.
type Bodies interface {
	ByID(id string) (*institution.Institution, bool)
}

// Options are what the service is made of.
type Options struct {
	Engine store.Engine
	Book   *selfdesc.Book
	Bodies Bodies
	Audit  Auditor // may be nil in tests only
	Now    func() time.Time
}

// Service keeps the self-descriptions. It is safe for concurrent use.
type Service struct {
	o      Options
	docs   *store.Collection[Portrait, *Portrait]
	mirror *mirror.Mirror[Portrait]
}

// New opens the collection and reads it into memory.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "portrait.New")
	if o.Book == nil || o.Bodies == nil {
		return nil, fault.Newf(fault.Invalid, "", "the form and the register are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s = &Service{o: o}
	if s.docs, err = store.Open[Portrait](o.Engine, Spec); err != nil {
		return nil, err
	}
	s.mirror, err = mirror.Open(ctx, s.docs, mirror.Options[Portrait]{Index: indexChanged, Field: indexChanged, Max: maxPortraits, Now: o.Now,
		Of: func(p *Portrait) mirror.Doc { return mirror.Doc{ID: p.ID, Changed: p.Changed} }})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Refresh reads what other replicas changed.
func (s *Service) Refresh(ctx context.Context) error { return s.mirror.Refresh(ctx) }

// Form is the newest version of the form.
func (s *Service) Form() *selfdesc.Definition { return s.o.Book.Current() }

// Asks tells whether an institution describes itself.
func (s *Service) Asks(i *institution.Institution) bool { return s.Form().Asks(string(i.Kind)) }

// Of is an institution's self-description of a year; an empty one when nothing was written.
// Read only.
func (s *Service) Of(body string, year int) *Portrait {
	if p, ok := s.mirror.ByID(id(body, year)); ok {
		return p
	}
	return &Portrait{Doc: store.Doc{ID: id(body, year)}, Institution: body, Year: year, Form: s.Form().Version}
}

// Years lists the years for which something was signed, the latest first.
func (s *Service) Years() (list []int) {
	for _, p := range s.mirror.All() {
		if len(p.Signed) > 0 && !slices.Contains(list, p.Year) {
			list = append(list, p.Year)
		}
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Compare(b, a) })
	return list
}

// Before is the newest version signed in an earlier year.
func (s *Service) Before(body string, year int) (v *Version, of int, ok bool) {
	for y := year - 1; y > year-10; y-- {
		if v, ok := s.Of(body, y).Last(); ok {
			return v, y, true
		}
	}
	return nil, 0, false
}

// FormOf is the form that a version was filled in with. Errors: NotFound when its file has
// been taken away.
func (s *Service) FormOf(v *Version) (*selfdesc.Definition, error) { return s.o.Book.Version(v.Form) }

// Lines puts a signed version into words, all of it: for the institution and the department.
func (s *Service) Lines(v *Version, w *i18n.Localizer) ([]selfdesc.Line, error) {
	d, err := s.FormOf(v)
	if err != nil {
		return nil, err
	}
	return d.Lines(string(v.Kind), v.Answers, w), nil
}

// Open puts the published version into words, only what may be published; nothing when
// nothing is published.
func (s *Service) Open(p *Portrait, w *i18n.Localizer) ([]selfdesc.Line, error) {
	if p.Published == nil {
		return nil, nil
	}
	v, ok := p.Version(p.Published.N)
	if !ok {
		return nil, nil
	}
	d, err := s.FormOf(v)
	if err != nil {
		return nil, err
	}
	return d.Public(string(v.Kind), v.Answers, w), nil
}

// Public lists the published self-descriptions of a year. Read only.
func (s *Service) Public(year int) (list []*Portrait) {
	for _, p := range s.mirror.All() {
		if p.Year == year && p.Published != nil {
			list = append(list, p)
		}
	}
	return list
}

func who(a *person.Actor) string {
	if a.Operator {
		return "operator"
	}
	return string(a.Person)
}

func (s *Service) note(ctx context.Context, a *person.Actor, what, doc string) error {
	if s.o.Audit == nil {
		return nil
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: who(a), Action: "self-description." + what, Subject: "self-description:" + doc, Where: a.Where, Why: cmp.Or(a.Why, "duty")})
}

// tries is how often a change is made again when somebody was faster in another section.
const tries = 8

// change does an act on a document, read anew. The act says what is wrong, a conflict too.
func (s *Service) change(ctx context.Context, a *person.Actor, what string, need person.Action, body string, year int, act func(*Portrait, *institution.Institution) error) (*Portrait, error) {
	if a == nil {
		return nil, fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	i, ok := s.o.Bodies.ByID(body)
	if !ok || !s.Asks(i) {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	if err := person.Can(a, need, person.Of(body)).Err(); err != nil {
		return nil, err
	}
	if now := institution.YearOf(s.o.Now()); year < now-1 || year > now { // last year's may still be mended
		return nil, fault.New(fault.NotFound, "portrait.year")
	}
	for n := 0; ; n++ {
		p, err := s.docs.Get(ctx, id(body, year))
		fresh := fault.Is(err, fault.NotFound)
		if fresh {
			p, err = &Portrait{Doc: store.Doc{ID: id(body, year)}, Institution: body, Year: year, Form: s.Form().Version}, nil
		}
		if err != nil {
			return nil, err
		}
		p.Draft, p.Marks, p.Signed = maps.Clone(p.Draft), maps.Clone(p.Marks), slices.Clone(p.Signed)
		if err := act(p, i); err != nil {
			return nil, err
		}
		if n == 0 {
			if err := s.note(ctx, a, what, p.ID); err != nil {
				return nil, err
			}
		}
		p.Changed = s.mirror.Stamp()
		if fresh {
			err = s.docs.Insert(ctx, p)
		} else {
			err = s.docs.Replace(ctx, p)
		}
		if fault.Is(err, fault.Conflict) && n < tries {
			continue
		}
		if err != nil {
			return nil, err
		}
		s.mirror.Put(p)
		return p, nil
	}
}

// begin makes sure there is a draft.
func (s *Service) begin(p *Portrait, why string) error {
	if p.Open {
		return nil
	}
	if len(p.Signed) > 0 {
		return fault.New(fault.Conflict, why)
	}
	p.Open, p.Form, p.Draft, p.Marks = true, s.Form().Version, selfdesc.Answers{}, nil
	return nil
}

// Save writes one section of the draft. mark is how often the section had been saved when
// the writer began. Errors: Invalid (pointers are ids of fields), Conflict (somebody saved
// the section meanwhile; or it is signed), NotFound, Forbidden.
func (s *Service) Save(ctx context.Context, a *person.Actor, body string, year int, section string, mark int64, values map[string][]string) (p *Portrait, err error) {
	defer fault.Wrap(&err, "portrait.Save")
	return s.change(ctx, a, "fill", person.SchoolEdit, body, year, func(p *Portrait, i *institution.Institution) error {
		if err := s.begin(p, "portrait.frozen"); err != nil {
			return err
		}
		if p.Marks[section] != mark {
			return fault.New(fault.Conflict, "portrait.changed_meanwhile")
		}
		p.Form = s.Form().Version
		if err := p.write(s.Form(), i.Kind, section, values); err != nil {
			return err
		}
		if p.Marks == nil {
			p.Marks = map[string]int64{}
		}
		p.Marks[section]++
		return nil
	})
}

// Copy fills what is empty in the draft with the answers of the last version signed in an
// earlier year. Errors: Conflict (it is signed), NotFound (there is none), Forbidden.
func (s *Service) Copy(ctx context.Context, a *person.Actor, body string, year int) (p *Portrait, err error) {
	defer fault.Wrap(&err, "portrait.Copy")
	old, _, ok := s.Before(body, year)
	if !ok {
		return nil, fault.New(fault.NotFound, "portrait.nothing_before")
	}
	return s.change(ctx, a, "copy", person.SchoolEdit, body, year, func(p *Portrait, i *institution.Institution) error {
		if err := s.begin(p, "portrait.frozen"); err != nil {
			return err
		}
		p.Form = s.Form().Version
		s.touch(p)
		return p.fill(s.Form(), i.Kind, old.Answers)
	})
}

// touch marks every section as saved: who is writing in one must look again.
func (s *Service) touch(p *Portrait) {
	if p.Marks == nil {
		p.Marks = map[string]int64{}
	}
	for i := range s.Form().Sections {
		p.Marks[s.Form().Sections[i].ID]++
	}
}

// Sign freezes the draft as a document. rev is that of the draft the signer has read.
// Errors: Invalid (the signature's fields, or "missing": required fields are empty),
// Conflict (the draft was changed meanwhile, or there is none), Forbidden.
func (s *Service) Sign(ctx context.Context, a *person.Actor, body string, year int, rev int64, sig Signature) (p *Portrait, err error) {
	defer fault.Wrap(&err, "portrait.Sign")
	sig.Name, sig.Post = strings.TrimSpace(sig.Name), strings.TrimSpace(sig.Post)
	return s.change(ctx, a, "sign", person.SchoolEdit, body, year, func(p *Portrait, i *institution.Institution) error {
		switch {
		case !p.Open:
			return fault.New(fault.Conflict, "portrait.no_draft")
		case p.Rev != rev:
			return fault.New(fault.Conflict, "portrait.changed_before_sign")
		case len(p.Signed) >= maxVersions:
			return fault.New(fault.Conflict, "portrait.too_many")
		}
		if err := sig.check(s.o.Now()); err != nil {
			return err
		}
		got, err := s.Form().Read(string(i.Kind), p.Draft) // the form may have a newer version than the draft
		if err != nil || len(s.Form().Missing(string(i.Kind), got)) > 0 {
			return fault.InvalidFields(fault.Field{Pointer: "missing", Key: "portrait.missing"})
		}
		p.Form = s.Form().Version
		p.Signed = append(p.Signed, Version{N: len(p.Signed) + 1, Form: p.Form, Kind: i.Kind, Answers: got, Name: sig.Name, Post: sig.Post, Day: sig.Day, At: store.At(s.o.Now()), By: who(a)})
		p.Open, p.Draft = false, nil
		return nil
	})
}

// Anew begins a new version from the signed one. Errors: Conflict (a draft is there, or
// nothing is signed), Forbidden.
func (s *Service) Anew(ctx context.Context, a *person.Actor, body string, year int) (p *Portrait, err error) {
	defer fault.Wrap(&err, "portrait.Anew")
	return s.change(ctx, a, "anew", person.SchoolEdit, body, year, func(p *Portrait, i *institution.Institution) error {
		last, ok := p.Last()
		if p.Open || !ok {
			return fault.New(fault.Conflict, "portrait.draft_there")
		}
		p.Open, p.Form, p.Draft = true, s.Form().Version, selfdesc.Answers{}
		s.touch(p)
		return p.fill(s.Form(), i.Kind, last.Answers)
	})
}

// Drop throws the draft of a new version away; the signed one stands. Errors: Conflict
// (no draft, or nothing is signed yet), Forbidden.
func (s *Service) Drop(ctx context.Context, a *person.Actor, body string, year int) (p *Portrait, err error) {
	defer fault.Wrap(&err, "portrait.Drop")
	return s.change(ctx, a, "drop", person.SchoolEdit, body, year, func(p *Portrait, _ *institution.Institution) error {
		if !p.Open || len(p.Signed) == 0 {
			return fault.New(fault.Conflict, "portrait.no_draft")
		}
		p.Open, p.Draft = false, nil
		s.touch(p)
		return nil
	})
}

// maxDecision bounds the words of a decision.
const maxDecision = 200

// Publish lets everybody read the newest signed versions of institutions, by a decision of
// the department; those that signed nothing are left out. It gives the number published.
// Errors: Invalid (no decision), Forbidden.
func (s *Service) Publish(ctx context.Context, a *person.Actor, year int, bodies []string, decision string) (n int, err error) {
	defer fault.Wrap(&err, "portrait.Publish")
	decision = strings.TrimSpace(decision)
	if decision == "" || utf8.RuneCountInString(decision) > maxDecision {
		return 0, fault.InvalidFields(fault.Field{Pointer: "decision", Key: "portrait.decision"})
	}
	if a == nil {
		return 0, fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if err := person.Can(a, person.RoundOpen, person.City).Err(); err != nil {
		return 0, err
	}
	for _, body := range bodies {
		last, ok := s.Of(body, year).Last()
		if !ok || s.Of(body, year).Published != nil && s.Of(body, year).Published.N == last.N {
			continue
		}
		if _, err := s.change(ctx, a, "publish", person.RoundOpen, body, year, func(p *Portrait, _ *institution.Institution) error {
			last, ok := p.Last()
			if !ok {
				return fault.New(fault.Conflict, "portrait.not_signed")
			}
			p.Published = &Published{N: last.N, Decision: decision, At: store.At(s.o.Now()), By: who(a)}
			return nil
		}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Hide takes back what was published; the documents stay. Errors: Forbidden.
func (s *Service) Hide(ctx context.Context, a *person.Actor, year int, bodies []string) (n int, err error) {
	defer fault.Wrap(&err, "portrait.Hide")
	if a == nil {
		return 0, fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if err := person.Can(a, person.RoundOpen, person.City).Err(); err != nil {
		return 0, err
	}
	for _, body := range bodies {
		if s.Of(body, year).Published == nil {
			continue
		}
		if _, err := s.change(ctx, a, "hide", person.RoundOpen, body, year, func(p *Portrait, _ *institution.Institution) error {
			p.Published = nil
			return nil
		}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Draw enters documents as they are, for the demonstration. What is there stays.
func (s *Service) Draw(ctx context.Context, list []*Portrait) (err error) {
	defer fault.Wrap(&err, "portrait.Draw")
	for _, p := range list {
		p.ID, p.Changed = id(p.Institution, p.Year), s.mirror.Stamp()
	}
	if err := s.docs.InsertMany(ctx, list); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return s.Refresh(ctx)
}

// Fields are the data about people that the documents hold, for the lawyer's table.
func Fields() []person.Field {
	return []person.Field{{Kind: "items", Stored: "self_descriptions.signed, self_descriptions.published",
		What:      i18n.Text{UK: "ім’я й посада керівника, який підписав самоопис закладу; хто його оприлюднив", EN: "name and position of the head who signed the institution’s self-description; who published it"},
		Basis:     i18n.Text{UK: "документ закладу; доказ дій персоналу", EN: "a document of the institution; proof of what staff did"},
		Recipient: i18n.Text{UK: "персонал закладу й управління освіти; оприлюднюють без імені", EN: "staff of the institution and of the education department; published without the name"}}}
}
