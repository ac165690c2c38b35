package institution

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
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

// MaxInstitutions bounds the register, those taken out included.
const MaxInstitutions = 20_000

// Options are what the service is made of.
type Options struct {
	Engine    store.Engine
	Audit     Auditor  // may be nil in tests only
	Districts []string // ids that an institution may name
	// Words are what people call a district besides its id, for imports.
	Words map[string][]string
	// Inside names what is wrong with a point: not of the earth, not of the city. nil: any.
	Inside func(lat, lon float64) []fault.Field
	Media  media.Store // keeps imported files; nil: no imports
	Now    func() time.Time
}

// Service keeps the register. It is safe for concurrent use.
type Service struct {
	o        Options
	docs     *store.Collection[Institution, *Institution]
	mirror   *mirror.Mirror[Institution]
	register func() *register

	imports    *store.Collection[Import, *Import]
	importRows *store.Collection[importRow, *importRow]
	used       func(id string) bool // whether rounds ask there; nil: nobody tells

	mu   sync.Mutex
	last looked // the dry run that was looked at last
}

// UsedBy lets the rounds say where they ask: what they ask is not taken back.
func (s *Service) UsedBy(used func(id string) bool) { s.used = used }

// register is the register in the orders that pages need.
type register struct {
	sorted []*Institution
	code   map[string]*Institution
}

// New opens the register and reads it into memory.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "institution.New")
	if o.Now == nil {
		o.Now = time.Now
	}
	s = &Service{o: o}
	if s.docs, err = store.Open[Institution](o.Engine, Spec); err != nil {
		return nil, err
	}
	if o.Media != nil {
		if s.imports, err = store.Open[Import](o.Engine, importSpec); err != nil {
			return nil, err
		}
		if s.importRows, err = store.Open[importRow](o.Engine, importRowSpec); err != nil {
			return nil, err
		}
	}
	s.mirror, err = mirror.Open(ctx, s.docs, mirror.Options[Institution]{Index: indexChanged, Field: indexChanged, Of: mirrored, Max: MaxInstitutions, Now: o.Now})
	if err != nil {
		return nil, err
	}
	s.register = mirror.Derive(s.mirror, func(all []*Institution) *register {
		r := &register{sorted: slices.Clone(all), code: map[string]*Institution{}}
		keys := make(map[string]string, len(all))
		for _, i := range all {
			keys[i.ID] = store.CollationKey(i.Name().UK)
			if i.Code != "" {
				r.code[i.Code] = i
			}
		}
		slices.SortFunc(r.sorted, func(a, b *Institution) int {
			return cmp.Or(cmp.Compare(keys[a.ID], keys[b.ID]), cmp.Compare(a.ID, b.ID))
		})
		return r
	})
	return s, nil
}

// Refresh reads what other replicas changed.
func (s *Service) Refresh(ctx context.Context) error { return s.mirror.Refresh(ctx) }

// Version grows with every change.
func (s *Service) Version() uint64 { return s.mirror.Version() }

// Districts lists the districts an institution may name.
func (s *Service) Districts() []string { return s.o.Districts }

// ByID returns an institution. It is shared: read only.
func (s *Service) ByID(id string) (*Institution, bool) { return s.mirror.ByID(id) }

// ByCode returns the institution with a code of the register it comes from. Read only.
func (s *Service) ByCode(code string) (*Institution, bool) {
	i, ok := s.register().code[code]
	return i, ok
}

// Filter chooses institutions; what is empty chooses all.
type Filter struct {
	Kinds    []Kind
	District string
	State    State
	Words    string // every word stands in a name, the code or the address
}

// List lists institutions by name in the Ukrainian order. Read only.
func (s *Service) List(f Filter) (list []*Institution) {
	words := strings.Fields(strings.ToLower(f.Words))
	for _, i := range s.register().sorted {
		if len(f.Kinds) > 0 && !slices.Contains(f.Kinds, i.Kind) || f.District != "" && i.District != f.District || f.State != "" && i.State != f.State {
			continue
		}
		if len(words) > 0 {
			text := i.Code + " " + i.Address.UK
			for _, n := range i.Names {
				text += " " + n.Name.UK + " " + n.Name.EN
			}
			text = strings.ToLower(text)
			if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
				continue
			}
		}
		list = append(list, i)
	}
	return list
}

// NewID makes the id of a new institution.
func NewID() string { return "i" + strings.ReplaceAll(uuid.NewString(), "-", "")[:20] }

// may asks whether the actor keeps the register.
func may(a *person.Actor) error {
	if a == nil {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	return person.Can(a, person.InstitutionEdit, person.City).Err()
}

// note writes an act down before it is done.
func (s *Service) note(ctx context.Context, a *person.Actor, what, id string) error {
	if s.o.Audit == nil {
		return nil
	}
	who, why := string(a.Person), cmp.Or(a.Why, "duty")
	if a.Operator {
		who = "operator"
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: who, Action: "institution." + what, Subject: "institution:" + id, Where: a.Where, Why: why})
}

// Add enters an institution. Errors: Invalid, Conflict (the code is taken), Forbidden.
func (s *Service) Add(ctx context.Context, a *person.Actor, i Institution) (added *Institution, err error) {
	defer fault.Wrap(&err, "institution.Add")
	if err := may(a); err != nil {
		return nil, err
	}
	if i.ID == "" {
		i.ID = NewID()
	}
	if i.State == "" {
		i.State = Working
	}
	i.Made = store.At(s.o.Now())
	if err := s.ready(&i); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, "add", i.ID); err != nil {
		return nil, err
	}
	i.Changed = s.mirror.Stamp()
	if err := s.docs.Insert(ctx, &i); err != nil {
		return nil, err
	}
	s.mirror.Put(&i)
	return &i, nil
}

func (s *Service) ready(i *Institution) error {
	if err := s.check(i); err != nil {
		return err
	}
	if i.Code == "" {
		return nil
	}
	if have, ok := s.ByID(i.ID); ok && have.Code == i.Code { // it has it already
		return nil
	}
	if other, ok := s.ByCode(i.Code); ok && other.ID != i.ID {
		return fault.InvalidFields(fault.Field{Pointer: "code", Key: "institution.code_taken", Args: map[string]any{"Name": other.Name().UK}})
	}
	return nil
}

// change does an act on one institution at a revision (0: whatever it is now).
func (s *Service) change(ctx context.Context, a *person.Actor, what, id string, rev int64, act func(*Institution) error) (*Institution, error) {
	if err := may(a); err != nil {
		return nil, err
	}
	return s.alter(ctx, a, what, id, rev, act)
}

// alter is change for somebody whose right was asked for.
func (s *Service) alter(ctx context.Context, a *person.Actor, what, id string, rev int64, act func(*Institution) error) (*Institution, error) {
	i, err := s.docs.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if i.Gone {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	if rev != 0 && i.Rev != rev {
		return nil, fault.New(fault.Conflict, "institution.changed_meanwhile")
	}
	if err := act(i); err != nil {
		return nil, err
	}
	if !i.Gone {
		if err := s.ready(i); err != nil {
			return nil, err
		}
	}
	if err := s.note(ctx, a, what, id); err != nil {
		return nil, err
	}
	i.Changed = s.mirror.Stamp()
	if err := s.docs.Replace(ctx, i); err != nil {
		return nil, err
	}
	s.mirror.Put(i)
	return i, nil
}

// Edit changes what is not history: the English name of today, kind, type, address, district, point, group, state,
// source, code. Errors: Invalid, Conflict (somebody changed it meanwhile), NotFound, Forbidden.
func (s *Service) Edit(ctx context.Context, a *person.Actor, rev int64, next Institution) (i *Institution, err error) {
	defer fault.Wrap(&err, "institution.Edit")
	return s.change(ctx, a, "edit", next.ID, rev, func(i *Institution) error {
		if next.State == Merged && i.State != Merged {
			return fault.InvalidFields(fault.Field{Pointer: "state", Key: "institution.merge_apart"})
		}
		i.Code, i.Kind, i.Type, i.Address, i.District, i.Point, i.Group = next.Code, next.Kind, next.Type, next.Address, next.District, next.Point, next.Group
		i.Source, i.Verified = next.Source, next.Verified
		if n := len(i.Names); n > 0 && len(next.Names) == n { // how it is called today in English
			i.Names[n-1].Name.EN = next.Names[n-1].Name.EN
		}
		if i.State != next.State {
			i.State, i.Since = next.State, s.today()
			if next.State != Merged {
				i.Into = ""
			}
		}
		return nil
	})
}

func (s *Service) today() string { return s.o.Now().In(i18n.Kyiv).Format(time.DateOnly) }

// Rename gives an institution another name from a day on; the names before stay. The same
// day again mends the name. Errors as Edit.
func (s *Service) Rename(ctx context.Context, a *person.Actor, id string, rev int64, n Name) (i *Institution, err error) {
	defer fault.Wrap(&err, "institution.Rename")
	return s.change(ctx, a, "rename", id, rev, func(i *Institution) error {
		last := i.Names[len(i.Names)-1]
		if last.From == n.From {
			i.Names[len(i.Names)-1] = n
			return nil
		}
		i.Names = append(i.Names, n)
		return nil
	})
}

// TakeOut takes an institution that was entered by mistake out of every list; PutBack
// undoes it.
func (s *Service) TakeOut(ctx context.Context, a *person.Actor, id string, rev int64) (err error) {
	defer fault.Wrap(&err, "institution.TakeOut")
	_, err = s.change(ctx, a, "take-out", id, rev, func(i *Institution) error {
		i.Gone = true
		return nil
	})
	return err
}

// PutBack undoes TakeOut. Errors: NotFound, Conflict, Invalid (its code has been given to
// another one meanwhile).
func (s *Service) PutBack(ctx context.Context, a *person.Actor, id string) (err error) {
	defer fault.Wrap(&err, "institution.PutBack")
	if err := may(a); err != nil {
		return err
	}
	i, err := s.docs.Get(ctx, id)
	if err != nil || !i.Gone {
		return err
	}
	i.Gone = false
	if err := s.ready(i); err != nil {
		return err
	}
	if err := s.note(ctx, a, "put-back", id); err != nil {
		return err
	}
	i.Changed = s.mirror.Stamp()
	if err := s.docs.Replace(ctx, i); err != nil {
		return err
	}
	s.mirror.Put(i)
	return nil
}
