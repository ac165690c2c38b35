package person

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// State is where a person's account stands.
type State string

// The states.
const (
	Active  State = "active"
	Waiting State = "waiting" // a minor whose parent has not confirmed yet: cannot sign in
	Merged  State = "merged"  // is another one: see Into
	Erased  State = "erased"  // only the id is left
)

// WaitLimit is how long an unconfirmed account of a minor is kept.
const WaitLimit = 14 * 24 * time.Hour

// record is a person as stored.
type record struct {
	store.Doc
	State   State      `json:"state"`
	Sealed  string     `json:"sealed,omitempty"` // private, under a key of the ring
	Key     string     `json:"key,omitempty"`    // which key
	Terms   []string   `json:"terms,omitempty"`  // keyed hashes for search
	Places  []string   `json:"places,omitempty"` // venues the person belongs to
	Lang    string     `json:"lang,omitempty"`
	Prefs   Prefs      `json:"prefs,omitzero"`
	Made    store.Time `json:"made"`
	Seen    string     `json:"seen,omitempty"` // day of the last sign-in in Kyiv; of the making at first
	Into    ID         `json:"into,omitempty"`
	Merged  []ID       `json:"merged,omitempty"`  // who was joined to this person
	Expires string     `json:"expires,omitempty"` // of a waiting account
	Step    string     `json:"step,omitempty"`    // merge under way
}

// private is what is sealed.
type private struct {
	Name        string `json:"name,omitempty"`
	Born        int    `json:"born,omitempty"`
	Adult       bool   `json:"adult,omitempty"`
	Phone       string `json:"phone,omitempty"`        // E.164
	PhoneShared bool   `json:"phone_shared,omitempty"` // no claim: somebody else has it too
	Email       string `json:"email,omitempty"`
	EmailProved bool   `json:"email_proved,omitempty"` // a code sent there was entered: it is a way in
}

func (p *private) ages() Ages { return Ages{Born: p.Born, Adult: p.Adult} }

// Person is a person in clear text.
type Person struct {
	ID          ID        `json:"id"`
	State       State     `json:"state"`
	Name        string    `json:"name,omitempty"`
	Born        int       `json:"born,omitempty"` // year, 0 for not said
	Adult       bool      `json:"adult,omitempty"`
	Phone       string    `json:"phone,omitempty"`
	PhoneShared bool      `json:"phone_shared,omitempty"`
	Email       string    `json:"email,omitempty"`
	EmailProved bool      `json:"email_proved,omitempty"`
	Lang        string    `json:"lang"`
	Prefs       Prefs     `json:"prefs"`
	Places      []string  `json:"places,omitempty"`
	Made        time.Time `json:"made"`
	Seen        string    `json:"seen"`
	Merged      []ID      `json:"merged,omitempty"`
}

// Ages gives what is known of the person's age.
func (p *Person) Ages() Ages { return Ages{Born: p.Born, Adult: p.Adult} }

func sealContext(id string) string { return "people:" + id }

func (s *Service) unseal(r *record) (p private, err error) {
	if r.Sealed == "" {
		return p, nil
	}
	raw, err := s.ring.Open(r.Sealed, sealContext(r.ID))
	if err != nil {
		return p, err
	}
	return p, fault.From(json.Unmarshal(raw, &p), fault.Internal, "")
}

// seal puts the private part into the record, with its search terms.
func (s *Service) seal(r *record, p private) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	r.Sealed, r.Key, r.Terms = s.ring.Seal(raw, sealContext(r.ID)), s.ring.Current(), nil
	if r.State == Active || r.State == Waiting {
		r.Terms = s.terms(p)
	}
	return nil
}

func (s *Service) clear(r *record) (*Person, error) {
	p, err := s.unseal(r)
	if err != nil {
		return nil, err
	}
	return &Person{ID: ID(r.ID), State: r.State, Name: p.Name, Born: p.Born, Adult: p.Adult, Phone: p.Phone, PhoneShared: p.PhoneShared,
		Email: p.Email, EmailProved: p.EmailProved, Lang: r.Lang, Prefs: r.Prefs, Places: r.Places, Made: r.Made.Time,
		Seen: r.Seen, Merged: r.Merged}, nil
}

// follow finds the person behind an id, also when it was joined to another one.
// Errors: NotFound, Gone (erased).
func (s *Service) follow(ctx context.Context, id ID) (*record, error) {
	if !validID(id) {
		return nil, fault.New(fault.NotFound, "person.not_here")
	}
	for range retries {
		r, err := s.people.Get(ctx, string(id))
		if err != nil {
			return nil, absent(err)
		}
		switch r.State {
		case Erased:
			return nil, fault.New(fault.Gone, "person.erased")
		case Merged:
			id = r.Into
			continue
		}
		return r, nil
	}
	return nil, fault.Newf(fault.Internal, "", "the chain of merged people is too long")
}

// Real is the id of the person behind an id that may have been joined to another.
// Errors: NotFound, Gone.
func (s *Service) Real(ctx context.Context, id ID) (real ID, err error) {
	defer fault.Wrap(&err, "person.Real")
	r, err := s.follow(ctx, id)
	if err != nil {
		return "", err
	}
	return ID(r.ID), nil
}

// subject is the person as a subject of Can.
func (r *record) subject() Subject { return Subject{Owner: ID(r.ID), Venues: r.Places} }

// allowed reads a person for an act: the actor's own data by an action of their own,
// or by a right over people. A stranger answers NotFound.
func (s *Service) allowed(ctx context.Context, a *Actor, id ID, own, staff Action) (*record, error) {
	if a.Person == "" && !a.Operator {
		return nil, SignIn.Err()
	}
	r, err := s.follow(ctx, id)
	if err != nil {
		if fault.Is(err, fault.Gone) && a.Person != id && !a.Operator { // who was here is nobody's business
			return nil, fault.New(fault.NotFound, "person.not_here")
		}
		return nil, err
	}
	if real, err := s.same(ctx, a.Person, r); err == nil && real {
		me := *a
		me.Person = ID(r.ID)
		return r, s.mayOwn(ctx, &me, own, r)
	}
	verdict := Can(a, staff, r.subject())
	if verdict == Refused { // ids are not to be guessed: no right looks like no person
		verdict = Hidden
	}
	if err := verdict.Err(); err != nil {
		return nil, err
	}
	return r, s.note(ctx, a, staff.String(), subjectOf(ID(r.ID)))
}

// same tells whether an actor is the person of the record, also under a merged id.
func (s *Service) same(ctx context.Context, actor ID, r *record) (bool, error) {
	if actor == "" || string(actor) == r.ID {
		return actor != "", nil
	}
	if !slices.Contains(r.Merged, actor) {
		return false, nil
	}
	real, err := s.follow(ctx, actor)
	return err == nil && real.ID == r.ID, err
}

// mayOwn checks a right over one's own data. Reading oneself is not written down.
func (s *Service) mayOwn(ctx context.Context, a *Actor, act Action, r *record) error {
	if err := Can(a, act, r.subject()).Err(); err != nil {
		return err
	}
	if act == MeRead {
		return nil
	}
	return s.note(ctx, a, act.String(), subjectOf(ID(r.ID)))
}

// ByID reads a person in clear text: oneself, or a learner of one's venue. It is
// written into the audit log. Errors: NotFound (also for whom the actor may not
// read), Gone (oneself, erased).
func (s *Service) ByID(ctx context.Context, a Actor, id ID) (p *Person, err error) {
	defer fault.Wrap(&err, "person.ByID")
	r, err := s.allowed(ctx, &a, id, MeRead, PersonRead)
	if err != nil {
		return nil, err
	}
	return s.clear(r)
}

// Settings are what the frame of every page needs of a signed-in person.
type Settings struct {
	Lang  string
	Prefs Prefs
}

// Settings reads language and preferences; it opens nothing that is sealed.
func (s *Service) Settings(ctx context.Context, id ID) (_ Settings, err error) {
	defer fault.Wrap(&err, "person.Settings")
	r, err := s.follow(ctx, id)
	if err != nil {
		return Settings{}, err
	}
	return Settings{Lang: r.Lang, Prefs: r.Prefs}, nil
}

// SetSettings stores language and preferences of the person. Errors: Invalid.
func (s *Service) SetSettings(ctx context.Context, a Actor, id ID, set Settings) (err error) {
	defer fault.Wrap(&err, "person.SetSettings")
	if !i18n.Known(set.Lang) || !set.Prefs.valid() {
		return fault.InvalidFields(fault.Field{Pointer: "prefs", Key: "person.bad_settings"})
	}
	r, err := s.allowed(ctx, &a, id, MeEdit, PersonEdit)
	if err != nil {
		return err
	}
	return s.change(ctx, r.ID, func(r *record) error {
		r.Lang, r.Prefs = set.Lang, set.Prefs
		return nil
	})
}

// change reads a person, changes it and stores it, again when somebody was faster.
func (s *Service) change(ctx context.Context, id string, do func(*record) error) error {
	for range retries {
		r, err := s.people.Get(ctx, id)
		if err != nil {
			return absent(err)
		}
		if r.State == Erased {
			return fault.New(fault.Gone, "person.erased")
		}
		if err := do(r); err != nil {
			return err
		}
		if err := s.people.Replace(ctx, r); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// Contact is what a person may change about themselves.
type Contact struct {
	Name  string
	Born  int
	Adult bool
	Phone string
}

// Edit changes name, birth year and phone. The address has its own way (SetEmail),
// since it is a way in. A phone that somebody else holds is kept as shared, so that
// nobody learns whose it is. Errors: Invalid.
func (s *Service) Edit(ctx context.Context, a Actor, id ID, c Contact) (err error) {
	defer fault.Wrap(&err, "person.Edit")
	next := private{Born: c.Born, Adult: c.Adult}
	if next.Name, next.Phone, err = checkContact(c.Name, c.Phone, Ages{c.Born, c.Adult}, s.now()); err != nil {
		return err
	}
	r, err := s.allowed(ctx, &a, id, MeEdit, PersonEdit)
	if err != nil {
		return err
	}
	old, err := s.unseal(r)
	if err != nil {
		return err
	}
	own, err := s.same(ctx, a.Person, r)
	if err != nil {
		return err
	}
	if own && old.ages().Minor(s.now()) && !next.ages().Minor(s.now()) { // growing up by a form would skip the parents
		return fault.InvalidFields(fault.Field{Pointer: "born", Key: "person.born_by_mentor"})
	}
	shared := false
	if next.Phone != "" && (next.Phone != old.Phone || old.PhoneShared) {
		err := s.claim(ctx, phoneClaims(s.ring, next.Phone), ID(r.ID))
		if shared = fault.Is(err, fault.Conflict); err != nil && !shared {
			return err
		}
	}
	err = s.change(ctx, r.ID, func(r *record) error {
		p, err := s.unseal(r)
		if err != nil {
			return err
		}
		p.Name, p.Born, p.Adult, p.Phone, p.PhoneShared = next.Name, next.Born, next.Adult, next.Phone, shared
		return s.seal(r, p)
	})
	if err != nil {
		return err
	}
	if old.Phone != "" && old.Phone != next.Phone && !old.PhoneShared {
		return s.unclaimAll(ctx, phoneClaims(s.ring, old.Phone), r)
	}
	return nil
}

func checkContact(name, phone string, ages Ages, now time.Time) (cleanName, cleanPhone string, err error) {
	var bad []fault.Field
	keep := func(e error) {
		if e != nil {
			bad = append(bad, fault.As(e).Fields...)
		}
	}
	var e error
	if name != "" {
		cleanName, e = spelling.Name(name)
		keep(e)
	}
	if phone != "" {
		cleanPhone, e = spelling.Phone(phone)
		keep(e)
	}
	if !ages.valid(now) {
		bad = append(bad, fault.Field{Pointer: "born", Key: "person.born_year"})
	}
	if len(bad) > 0 {
		return "", "", fault.InvalidFields(bad...)
	}
	return cleanName, cleanPhone, nil
}

// Join makes the person known at a venue, such as when the card is shown there: its
// mentors may then read the person. The person does it, or a mentor who has the
// person's card before them (device token of the venue).
func (s *Service) Join(ctx context.Context, a Actor, id ID, venue string) (err error) {
	defer fault.Wrap(&err, "person.Join")
	if !placeForm.MatchString(venue) {
		return fault.InvalidFields(fault.Field{Pointer: "place", Key: "person.role_needs_place"})
	}
	r, err := s.allowed(ctx, &a, id, MeEdit, PersonEdit)
	if err != nil {
		return err
	}
	return s.change(ctx, r.ID, func(r *record) error {
		if !slices.Contains(r.Places, venue) {
			if len(r.Places) >= maxPlaces {
				r.Places = r.Places[1:]
			}
			r.Places = append(r.Places, venue)
		}
		return nil
	})
}

// Leave takes the person out of a venue: its mentors no longer read the person.
func (s *Service) Leave(ctx context.Context, a Actor, id ID, venue string) (err error) {
	defer fault.Wrap(&err, "person.Leave")
	r, err := s.allowed(ctx, &a, id, MeEdit, PersonEdit)
	if err != nil {
		return err
	}
	return s.change(ctx, r.ID, func(r *record) error {
		r.Places = slices.DeleteFunc(r.Places, func(p string) bool { return p == venue })
		return nil
	})
}

// maxPlaces bounds the venues of one person; the oldest gives way.
const maxPlaces = 20

// see notes the day of a sign-in, for the retention of unused accounts.
func (s *Service) see(ctx context.Context, r *record) {
	day := dayOf(s.now())
	if r.Seen == day {
		return
	}
	r.Seen = day
	if err := s.people.Replace(ctx, r); err != nil && !fault.Is(err, fault.Conflict) {
		s.log.WarnContext(ctx, "the day of a sign-in was not stored", "error", err.Error())
	}
}

func dayOf(t time.Time) string { return t.In(i18n.Kyiv).Format("2006-01-02") }
