package person

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/scs/v2"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// session is a server-side session as stored. Its id is the hash of the cookie's
// token: the store opens nobody's session.
type session struct {
	store.Doc
	Data    []byte     `json:"data,omitempty"` // of scs; no names
	Person  ID         `json:"person,omitempty"`
	Kind    string     `json:"kind,omitempty"`
	Label   string     `json:"label,omitempty"`
	Via     Via        `json:"via,omitempty"`
	Made    store.Time `json:"made"`
	Seen    store.Time `json:"seen"`
	Expires string     `json:"expires"`
	Over    bool       `json:"over,omitempty"` // ended: a request under way cannot bring it back
}

// Kinds of sessions, and their limits: idle, and in all.
const (
	kindResident = "resident"
	kindStaff    = "staff"
	kindShared   = "shared"  // on a shared computer
	kindVisitor  = "visitor" // nobody yet
)

type limits struct{ idle, whole time.Duration }

var sessionLimits = map[string]limits{
	kindResident: {14 * 24 * time.Hour, 90 * 24 * time.Hour},
	kindStaff:    {time.Hour, 12 * time.Hour},
	kindShared:   {10 * time.Minute, 2 * time.Hour},
	kindVisitor:  {24 * time.Hour, 24 * time.Hour},
}

// FreshFor is how long after a sign-in or a proof dangerous acts are open.
const FreshFor = 10 * time.Minute

// Values of a session, all of basic types.
const (
	valuePerson = "person"
	valueVia    = "via"
	valueKind   = "kind"
	valueLabel  = "label"
	valueStrong = "strong"
	valueBegan  = "began" // Unix microseconds
	valueProved = "proved"
)

// seenEvery is how exactly the last use is kept.
const seenEvery = time.Minute

// Sessions is what the web needs of sessions. Its Manager loads and saves them around
// each request (Manager.LoadAndSave, or Load and Commit).
type Sessions struct {
	s       *Service
	Manager *scs.SessionManager
}

// NewSessions makes the manager. secure is false only for a site without TLS on this
// machine; with TLS the cookie has the __Host- prefix.
func NewSessions(s *Service, secure bool) *Sessions {
	m := scs.New()
	m.Store = &sessionStore{s}
	m.Lifetime = sessionLimits[kindVisitor].whole
	m.Cookie.Name = "osvitlo_session"
	if secure {
		m.Cookie.Name = "__Host-osvitlo_session"
	}
	m.Cookie.HttpOnly = true
	m.Cookie.Path = "/"
	m.Cookie.SameSite = 2 // Lax
	m.Cookie.Secure = secure
	m.Cookie.Persist = false   // only a resident's own device is remembered; see Begin
	m.HashTokenInStore = false // the store hashes itself
	return &Sessions{s: s, Manager: m}
}

// Device says where somebody signs in.
type Device struct {
	Label  string // "Chrome, Android": made by the web of the browser's own words; shown in the person's list
	Shared bool   // "I am on a shared computer"
}

// maxDeviceLabel bounds a label, in runes.
const maxDeviceLabel = 60

// Begin makes this browser's session that of the person, with a new token.
func (x *Sessions) Begin(ctx context.Context, in *SignedIn, d Device) (err error) {
	defer fault.Wrap(&err, "person.Sessions.Begin")
	if err := x.Manager.RenewToken(ctx); err != nil {
		return err
	}
	for _, k := range x.Manager.Keys(ctx) { // nothing of before comes along
		x.Manager.Remove(ctx, k)
	}
	kind := kindResident
	switch {
	case d.Shared:
		kind = kindShared
	case in.Staff:
		kind = kindStaff
	}
	now := x.s.now().UnixMicro()
	x.Manager.Put(ctx, valuePerson, string(in.Person))
	x.Manager.Put(ctx, valueVia, string(in.Via))
	x.Manager.Put(ctx, valueKind, kind)
	x.Manager.Put(ctx, valueLabel, cutLabel(d.Label))
	x.Manager.Put(ctx, valueStrong, in.Strong)
	x.Manager.Put(ctx, valueBegan, now)
	x.Manager.Put(ctx, valueProved, now)
	x.Manager.SetDeadline(ctx, x.s.now().Add(sessionLimits[kind].whole).UTC())
	x.Manager.RememberMe(ctx, kind == kindResident)
	return nil
}

func cutLabel(label string) string {
	label = strings.Join(strings.Fields(strings.ToValidUTF8(label, "")), " ")
	for utf8.RuneCountInString(label) > maxDeviceLabel {
		_, size := utf8.DecodeLastRuneInString(label)
		label = label[:len(label)-size]
	}
	return label
}

// Strengthen notes that the second factor was shown (CheckTOTP, CheckFactor), with a
// new token: staff rights open and dangerous acts too.
func (x *Sessions) Strengthen(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "person.Sessions.Strengthen")
	if err := x.Manager.RenewToken(ctx); err != nil {
		return err
	}
	deadline := time.UnixMicro(x.Manager.GetInt64(ctx, valueBegan)).Add(sessionLimits[x.Manager.GetString(ctx, valueKind)].whole)
	x.Manager.SetDeadline(ctx, deadline.UTC()) // a new token does not lengthen the session
	x.Manager.Put(ctx, valueStrong, true)
	x.Manager.Put(ctx, valueProved, x.s.now().UnixMicro())
	return nil
}

// Prove notes that the person signed in again, by the same way as at first.
func (x *Sessions) Prove(ctx context.Context, in *SignedIn) (err error) {
	defer fault.Wrap(&err, "person.Sessions.Prove")
	a, err := x.Actor(ctx, "")
	if err != nil {
		return err
	}
	if in.Person != a.Person {
		return failedSignIn()
	}
	x.Manager.Put(ctx, valueProved, x.s.now().UnixMicro())
	if in.Strong {
		x.Manager.Put(ctx, valueStrong, true)
	}
	return nil
}

// Actor is who this request comes from; a visitor's is empty but for where. A session
// of somebody who was erased, waits for a parent, or whose sessions were all ended is
// a visitor's.
func (x *Sessions) Actor(ctx context.Context, where string) (a Actor, err error) {
	defer fault.Wrap(&err, "person.Sessions.Actor")
	a.Where = where
	id := ID(x.Manager.GetString(ctx, valuePerson))
	if id == "" {
		return a, nil
	}
	r, err := x.s.follow(ctx, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) || err == nil && r.State != Active {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	acc, err := x.s.account(ctx, ID(r.ID))
	if err != nil {
		return a, err
	}
	began := time.UnixMicro(x.Manager.GetInt64(ctx, valueBegan))
	if began.Before(acc.Ended.Time) {
		return a, nil
	}
	now := x.s.now()
	a.Person, a.Grants = ID(r.ID), acc.live(now)
	if x.Manager.GetString(ctx, valueKind) == kindShared {
		a.Grants = nil // staff do not work on shared computers
	}
	a.Strong = x.Manager.GetBool(ctx, valueStrong)
	if age := now.Sub(time.UnixMicro(x.Manager.GetInt64(ctx, valueProved))); age >= 0 && age < FreshFor {
		a.Fresh = true
	}
	return a, nil
}

// Shared tells whether this session is on a shared computer: the page then shows the
// button that ends it and clears everything.
func (x *Sessions) Shared(ctx context.Context) bool {
	return x.Manager.GetString(ctx, valueKind) == kindShared
}

// End signs this browser out.
func (x *Sessions) End(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "person.Sessions.End")
	return x.Manager.Destroy(ctx)
}

// Place is one device in the list of the person.
type Place struct {
	ID     string // for EndOne
	Label  string
	Via    Via
	Shared bool
	Made   time.Time
	Seen   time.Time
	Here   bool // this browser
}

// List shows where the person is signed in.
func (x *Sessions) List(ctx context.Context, a Actor) (list []Place, err error) {
	defer fault.Wrap(&err, "person.Sessions.List")
	r, err := x.s.allowed(ctx, &a, a.Person, MeRead, MeRead)
	if err != nil {
		return nil, err
	}
	here := hashToken(x.Manager.Token(ctx))
	now := x.s.now()
	for _, id := range x.s.aliases(r) {
		for doc, err := range x.s.sessions.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return nil, err
			}
			if doc.Over || expired(doc.Expires, now) || now.Sub(doc.Seen.Time) >= sessionLimits[doc.Kind].idle {
				continue
			}
			list = append(list, Place{ID: doc.ID, Label: doc.Label, Via: doc.Via, Shared: doc.Kind == kindShared,
				Made: doc.Made.Time, Seen: doc.Seen.Time, Here: doc.ID == here})
		}
	}
	return list, nil
}

// EndOne signs another device of the person out. Errors: NotFound (also for another
// person's).
func (x *Sessions) EndOne(ctx context.Context, a Actor, id string) (err error) {
	defer fault.Wrap(&err, "person.Sessions.EndOne")
	list, err := x.List(ctx, a)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.ID == id {
			if err := x.s.may(ctx, &a, MeDevices, Own(a.Person), subjectOf(a.Person)); err != nil {
				return err
			}
			return x.s.endSession(ctx, id)
		}
	}
	return fault.New(fault.NotFound, "person.not_here")
}

// EndOthers signs every device out but this browser.
func (x *Sessions) EndOthers(ctx context.Context, a Actor) (err error) {
	defer fault.Wrap(&err, "person.Sessions.EndOthers")
	r, err := x.s.allowed(ctx, &a, a.Person, MeDevices, MeDevices)
	if err != nil {
		return err
	}
	return x.s.endSessions(ctx, x.s.aliases(r), hashToken(x.Manager.Token(ctx)))
}

// EndAllOf ends every session of a person: the operator or an administrator.
func (s *Service) EndAllOf(ctx context.Context, a Actor, id ID) (err error) {
	defer fault.Wrap(&err, "person.EndAllOf")
	r, err := s.follow(ctx, id)
	if err != nil {
		return err
	}
	if err := s.may(ctx, &a, FactorReset, r.subject(), subjectOf(ID(r.ID))); err != nil {
		return err
	}
	if err := s.changeAccount(ctx, ID(r.ID), func(acc *account) error {
		acc.Ended = store.At(s.now())
		return nil
	}); err != nil {
		return err
	}
	return s.endSessions(ctx, s.aliases(r), "")
}

// EndEverything ends every session of everybody, as `osvitlo session revoke --all`
// does: only the operator. It returns how many.
func (s *Service) EndEverything(ctx context.Context, a Actor) (ended int, err error) {
	defer fault.Wrap(&err, "person.EndEverything")
	if !a.Operator {
		return 0, Refused.Err()
	}
	if err := s.note(ctx, &a, "session.end-everything", ""); err != nil {
		return 0, err
	}
	for k, err := range s.sessions.Keys(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return ended, err
		}
		if err := s.endSession(ctx, k.ID); err != nil {
			return ended, err
		}
		ended++
	}
	return ended, nil
}
