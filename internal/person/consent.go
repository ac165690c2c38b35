package person

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// Purpose is what data are used for.
type Purpose string

// The purposes. Each is agreed to apart and can be withdrawn at any time.
const (
	Statistics Purpose = "statistics" // answers count in the figures of the city
	Learning   Purpose = "learning"   // a record of lessons and results with the account
	ContactUse Purpose = "contact"    // we may write or call
	Research   Purpose = "research"   // anonymised rows for research
	Club       Purpose = "club"       // points and the wall of the club
	Photo      Purpose = "photo"      // photos of events
	Prizes     Purpose = "prizes"     // draws and gifts
	Special    Purpose = "special"    // disability, displacement, veteran status: explicit, never on the first screen
	Guardian   Purpose = "guardian"   // a parent confirms the account of a minor
)

// Purposes lists what a person can agree to, in the order of pages.
func Purposes() []Purpose {
	return []Purpose{Statistics, Learning, ContactUse, Research, Club, Photo, Prizes, Special}
}

func (p Purpose) known() bool { return slices.Contains(Purposes(), p) }

// guarded tells whether a minor's parent must have confirmed (USERS 15). From 14 on
// the anonymous test needs nobody.
func (p Purpose) guarded() bool { return p != Statistics }

// Mode is how a consent came about.
type Mode string

// The modes.
const (
	ModeSelf   Mode = "self"
	ModeMentor Mode = "mentor" // spoken, noted by a mentor
	ModePaper  Mode = "paper"
	ModePhone  Mode = "phone"
	ModeDevice Mode = "device" // a parent, on a device of their own
)

// Entry is one line of the ledger. Lines are added and never changed.
type Entry struct {
	store.Doc
	Person  ID         `json:"person"`
	N       int64      `json:"n"` // 1, 2, 3 … of the person
	Purpose Purpose    `json:"purpose"`
	Given   bool       `json:"given"` // false: withdrawn
	Text    int        `json:"text"`  // version of the text that was shown
	At      store.Time `json:"at"`
	Mode    Mode       `json:"mode"`
	Witness ID         `json:"witness,omitempty"` // staff who noted it
	Ref     string     `json:"ref,omitempty"`     // number of the paper
}

var paperForm = regexp.MustCompile(`^[A-Za-z0-9А-ЩЬЮЯІЇЄҐа-щьюяіїєґ][A-Za-z0-9А-ЩЬЮЯІЇЄҐа-щьюяіїєґ /.-]{0,39}$`)

// Consent gives or withdraws a consent: the person's own, or noted by staff who
// witnessed it (mode mentor, paper or phone). text is the version of the text that
// was shown. Errors: Invalid, Conflict "person.consent_text" (the text has changed
// since), Forbidden "person.guardian_first" (a minor, and no parent has confirmed).
func (s *Service) Consent(ctx context.Context, a Actor, id ID, purpose Purpose, given bool, text int, mode Mode, ref string) (err error) {
	defer fault.Wrap(&err, "person.Consent")
	if !purpose.known() {
		return fault.InvalidFields(fault.Field{Pointer: "purpose", Key: "person.no_such_purpose"})
	}
	if ref != "" && !paperForm.MatchString(ref) {
		return fault.InvalidFields(fault.Field{Pointer: "ref", Key: "person.paper_reference"})
	}
	r, err := s.allowed(ctx, &a, id, MeConsent, ConsentWitness)
	if err != nil {
		return err
	}
	own, err := s.same(ctx, a.Person, r)
	if err != nil {
		return err
	}
	if own != (mode == ModeSelf) || !slices.Contains([]Mode{ModeSelf, ModeMentor, ModePaper, ModePhone}, mode) {
		return fault.InvalidFields(fault.Field{Pointer: "mode", Key: "person.consent_mode"})
	}
	if given && text != s.cfg.Notice.Version {
		return fault.New(fault.Conflict, "person.consent_text")
	}
	if given {
		ok, err := s.grown(ctx, r, purpose)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Forbidden, "person.guardian_first")
		}
	}
	e := Entry{Person: ID(r.ID), Purpose: purpose, Given: given, Text: text, Mode: mode, Ref: ref}
	if !own {
		e.Witness = a.Person
	}
	return s.enter(ctx, e)
}

// enter adds a line behind the last one of the person.
func (s *Service) enter(ctx context.Context, e Entry) error {
	e.At = store.At(s.now())
	for range retries {
		last := int64(0)
		for k, err := range s.consents.Keys(ctx, store.Query{Index: indexPerson, Eq: []any{e.Person}, Desc: true, Limit: 1}) {
			if err != nil {
				return err
			}
			last, _ = k.Values[1].(int64)
		}
		e.N = last + 1
		e.Doc = store.Doc{ID: fmt.Sprintf("%s:%06d", e.Person, e.N)}
		if err := s.consents.Insert(ctx, &e); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// Ledger lists the lines of a person, oldest first, those of joined people too.
func (s *Service) Ledger(ctx context.Context, a Actor, id ID) (list []*Entry, err error) {
	defer fault.Wrap(&err, "person.Ledger")
	r, err := s.allowed(ctx, &a, id, MeRead, PersonRead)
	if err != nil {
		return nil, err
	}
	return s.ledger(ctx, s.aliases(r))
}

func (s *Service) ledger(ctx context.Context, ids []ID) (list []*Entry, err error) {
	for _, id := range ids {
		for e, err := range s.consents.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return nil, err
			}
			list = append(list, e)
		}
	}
	return list, nil
}

// latest is the last line of a purpose; nil when there is none. Only the person's
// own lines count: what a joined double agreed to is history.
func (s *Service) latest(ctx context.Context, id ID, purpose Purpose) (*Entry, error) {
	for e, err := range s.consents.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}, Desc: true}) {
		if err != nil {
			return nil, err
		}
		if e.Purpose == purpose {
			return e, nil
		}
	}
	return nil, nil
}

// Allowed tells whether the data of a person may be used for a purpose now: agreed,
// not withdrawn, and for a minor confirmed by a parent. Every use asks it.
func (s *Service) Allowed(ctx context.Context, id ID, purpose Purpose) (ok bool, err error) {
	defer fault.Wrap(&err, "person.Allowed")
	r, err := s.follow(ctx, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return false, nil
	}
	if err != nil || !purpose.known() {
		return false, err
	}
	last, err := s.latest(ctx, ID(r.ID), purpose)
	if err != nil || last == nil || !last.Given {
		return false, err
	}
	return s.grown(ctx, r, purpose)
}

// grown tells whether age, or a parent's confirmation, lets a purpose through.
func (s *Service) grown(ctx context.Context, r *record, purpose Purpose) (bool, error) {
	p, err := s.unseal(r)
	if err != nil {
		return false, err
	}
	switch ages := p.ages(); {
	case !ages.Minor(s.now()):
		return true, nil
	case !ages.Child(s.now()) && !purpose.guarded():
		return true, nil
	}
	last, err := s.latest(ctx, ID(r.ID), Guardian)
	return last != nil && last.Given, err
}

// GuardianLink makes a link for the parent of a minor: the token opens once, within
// 14 days. The minor asks for it, or staff.
func (s *Service) GuardianLink(ctx context.Context, a Actor, id ID) (token string, err error) {
	defer fault.Wrap(&err, "person.GuardianLink")
	r, err := s.allowed(ctx, &a, id, MeEdit, GuardianConfirm)
	if err != nil {
		return "", err
	}
	return s.guardianTicket(ctx, &a, ID(r.ID))
}

func (s *Service) guardianTicket(ctx context.Context, a *Actor, id ID) (string, error) {
	return s.cut(ctx, ticket{Kind: ticketGuardian, Person: id, By: a.Person}, WaitLimit, nil)
}

// GuardianAsk tells a parent what a link is about: whose account, in initials.
// Errors: NotFound, Gone.
func (s *Service) GuardianAsk(ctx context.Context, token string) (initials string, err error) {
	defer fault.Wrap(&err, "person.GuardianAsk")
	t, err := s.openTicket(ctx, ticketGuardian, token)
	if err != nil {
		return "", err
	}
	r, err := s.follow(ctx, t.Person)
	if err != nil {
		return "", err
	}
	p, err := s.unseal(r)
	return spelling.Initials(p.Name), err
}

// ConfirmByLink is a parent's confirmation on a device of their own.
func (s *Service) ConfirmByLink(ctx context.Context, token string) (err error) {
	defer fault.Wrap(&err, "person.ConfirmByLink")
	t, err := s.openTicket(ctx, ticketGuardian, token)
	if err != nil {
		return err
	}
	r, err := s.follow(ctx, t.Person)
	if err != nil {
		return err
	}
	visitor := Actor{Where: "web", Why: "guardian"}
	if err := s.note(ctx, &visitor, GuardianConfirm.String(), subjectOf(ID(r.ID))); err != nil {
		return err
	}
	if err := s.confirm(ctx, &visitor, r, ModeDevice, ""); err != nil {
		return err
	}
	if err := s.spend(ctx, t); !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}

// ConfirmOnPaper notes a parent's confirmation that staff hold in their hands; paper
// is its number.
func (s *Service) ConfirmOnPaper(ctx context.Context, a Actor, id ID, paper string) (err error) {
	defer fault.Wrap(&err, "person.ConfirmOnPaper")
	if !paperForm.MatchString(paper) {
		return fault.InvalidFields(fault.Field{Pointer: "paper", Key: "person.paper_reference"})
	}
	r, err := s.follow(ctx, id)
	if err != nil {
		return err
	}
	if err := s.may(ctx, &a, GuardianConfirm, r.subject(), subjectOf(ID(r.ID))); err != nil {
		return err
	}
	return s.confirm(ctx, &a, r, ModePaper, paper)
}

// confirm enters the confirmation and opens the account.
func (s *Service) confirm(ctx context.Context, a *Actor, r *record, mode Mode, paper string) error {
	if err := s.enter(ctx, Entry{Person: ID(r.ID), Purpose: Guardian, Given: true, Text: s.cfg.Notice.Version, Mode: mode, Witness: a.Person, Ref: paper}); err != nil {
		return err
	}
	s.step("confirmed")
	if r.State != Waiting {
		return nil
	}
	return s.change(ctx, r.ID, func(r *record) error {
		if r.State == Waiting {
			r.State, r.Expires = Active, ""
		}
		return nil
	})
}

// WithdrawGuardian takes a parent's confirmation back: every use that needs it ends
// at once, and the account waits again.
func (s *Service) WithdrawGuardian(ctx context.Context, a Actor, id ID, paper string) (err error) {
	defer fault.Wrap(&err, "person.WithdrawGuardian")
	r, err := s.follow(ctx, id)
	if err != nil {
		return err
	}
	if err := s.may(ctx, &a, GuardianConfirm, r.subject(), subjectOf(ID(r.ID))); err != nil {
		return err
	}
	if err := s.enter(ctx, Entry{Person: ID(r.ID), Purpose: Guardian, Text: s.cfg.Notice.Version, Mode: ModePaper, Witness: a.Person, Ref: paper}); err != nil {
		return err
	}
	p, err := s.unseal(r)
	if err != nil || !p.ages().Minor(s.now()) {
		return err
	}
	if err := s.endSessions(ctx, s.aliases(r), ""); err != nil {
		return err
	}
	return s.change(ctx, r.ID, func(r *record) error {
		if r.State == Active {
			r.State, r.Expires = Waiting, store.At(s.now().Add(WaitLimit)).String()
		}
		return nil
	})
}

// Held are the purposes a person has agreed to now, each with its last line.
type Held struct {
	Purpose Purpose
	Given   bool
	Since   time.Time // of the last line; zero when there was none
	Locked  bool      // a parent must confirm first
}

// Consents lists where each purpose stands, for the page of the person.
func (s *Service) Consents(ctx context.Context, a Actor, id ID) (list []Held, err error) {
	defer fault.Wrap(&err, "person.Consents")
	r, err := s.allowed(ctx, &a, id, MeRead, PersonRead)
	if err != nil {
		return nil, err
	}
	for _, p := range Purposes() {
		h := Held{Purpose: p}
		last, err := s.latest(ctx, ID(r.ID), p)
		if err != nil {
			return nil, err
		}
		if last != nil {
			h.Given, h.Since = last.Given, last.At.Time
		}
		ok, err := s.grown(ctx, r, p)
		if err != nil {
			return nil, err
		}
		h.Locked = !ok
		h.Given = h.Given && ok
		list = append(list, h)
	}
	return list, nil
}
