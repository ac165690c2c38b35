package person

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// browser is one browser with its cookie.
type browser struct {
	x     *Sessions
	token string
}

// request is what a handler has of the session.
type request struct {
	ctx context.Context
	x   *Sessions
}

// do runs one request.
func (b *browser) do(t testing.TB, f func(c *request)) {
	t.Helper()
	inner, err := b.x.Manager.Load(ctx, b.token)
	must(t, err)
	f(&request{ctx: inner, x: b.x})
	if b.x.Manager.Status(inner) == 2 { // destroyed
		b.token = ""
		return
	}
	if b.x.Manager.Status(inner) == 1 { // modified
		if b.token, _, err = b.x.Manager.Commit(inner); err != nil {
			t.Fatal(err)
		}
	}
}

func (b *browser) actor(t testing.TB) (a Actor) {
	t.Helper()
	b.do(t, func(c *request) {
		var err error
		a, err = c.x.Actor(c.ctx, "web")
		must(t, err)
	})
	return a
}

func (b *browser) begin(t testing.TB, in *SignedIn, d Device) {
	t.Helper()
	b.do(t, func(c *request) { must(t, c.x.Begin(c.ctx, in, d)) })
}

// sessionsRig works by the real clock, since the library does.
func sessionsRig(t testing.TB) (*rig, *Sessions) {
	t.Helper()
	r := newRig(t)
	r.clock.t = time.Now().UTC()
	return r, NewSessions(r.Service, true)
}

func signedIn(p ID) *SignedIn { return &SignedIn{Person: p, Via: ViaCard} }

func TestASessionIsRotatedAndItsTokenIsNotStored(t *testing.T) {
	t.Parallel()
	r, x := sessionsRig(t)
	p := r.adult(t, Registration{})
	b := &browser{x: x}
	b.do(t, func(c *request) { x.Manager.Put(c.ctx, "cart", "before") })
	fixed := b.token // somebody planted it
	b.begin(t, signedIn(p.ID), Device{Label: "Chrome,  Android"})
	if b.token == fixed || b.token == "" {
		t.Fatal("the token was not rotated")
	}
	if a := b.actor(t); a.Person != p.ID || !a.Fresh || a.Strong || a.Where != "web" {
		t.Fatalf("%+v", a)
	}
	b.do(t, func(c *request) {
		if x.Manager.GetString(c.ctx, "cart") != "" {
			t.Error("values of before came along")
		}
	})
	if a := (&browser{x: x, token: fixed}).actor(t); a.Person != "" {
		t.Fatal("the planted token is signed in")
	}
	raw, err := r.engine.Raw(sessionSpec)
	must(t, err)
	for doc, err := range raw.Find(ctx, store.Query{Index: store.BuiltinID}) {
		must(t, err)
		if strings.Contains(doc.ID+string(doc.Body), b.token) {
			t.Error("the token stands in the store")
		}
	}
}

func TestSessionsEndIdleAndAbsolutely(t *testing.T) {
	t.Parallel()
	r, x := sessionsRig(t)
	p := r.adult(t, Registration{})
	lead := r.staff(t, Administrator, "")
	for name, c := range map[string]struct {
		in     SignedIn
		d      Device
		step   time.Duration
		steps  int
		atMost int
	}{
		"shared, idle":      {*signedIn(p.ID), Device{Shared: true}, 11 * time.Minute, 1, 0},
		"shared, busy":      {*signedIn(p.ID), Device{Shared: true}, 9 * time.Minute, 20, 13},
		"resident, idle":    {*signedIn(p.ID), Device{}, 15 * 24 * time.Hour, 1, 0},
		"resident, busy":    {*signedIn(p.ID), Device{}, 10 * 24 * time.Hour, 12, 8},
		"staff, idle":       {SignedIn{Person: lead.Person, Staff: true, Via: ViaCode}, Device{}, 61 * time.Minute, 1, 0},
		"staff, busy":       {SignedIn{Person: lead.Person, Staff: true, Via: ViaCode}, Device{}, 50 * time.Minute, 20, 14},
		"staff on a shared": {SignedIn{Person: lead.Person, Staff: true, Via: ViaCode}, Device{Shared: true}, time.Minute, 2, 2},
	} {
		b := &browser{x: x}
		in := c.in
		r.clock.pass(time.Minute)
		b.begin(t, &in, c.d)
		alive := 0
		for range c.steps {
			r.clock.pass(c.step)
			a := b.actor(t)
			if a.Person == "" {
				break
			}
			if c.d.Shared && len(a.Grants) > 0 {
				t.Errorf("%s: rights of staff on a shared computer", name)
			}
			alive++
		}
		if alive != c.atMost {
			t.Errorf("%s: alive for %d steps, want %d", name, alive, c.atMost)
		}
	}
}

func TestThePersonSeesAndEndsTheirDevices(t *testing.T) {
	t.Parallel()
	r, x := sessionsRig(t)
	p, q := r.adult(t, Registration{}), r.adult(t, Registration{})
	phone, library, stranger := &browser{x: x}, &browser{x: x}, &browser{x: x}
	phone.begin(t, signedIn(p.ID), Device{Label: "телефон"})
	library.begin(t, signedIn(p.ID), Device{Label: "бібліотека", Shared: true})
	stranger.begin(t, signedIn(q.ID), Device{})
	a := phone.actor(t)
	var list []Place
	phone.do(t, func(c *request) {
		var err error
		list, err = x.List(c.ctx, a)
		must(t, err)
	})
	if len(list) != 2 {
		t.Fatalf("%+v", list)
	}
	for _, place := range list {
		if place.Here != (place.Label == "телефон") || place.Shared == place.Here {
			t.Errorf("%+v", place)
		}
		stranger.do(t, func(c *request) {
			err := x.EndOne(c.ctx, own(q.ID), place.ID)
			wants(t, err, fault.NotFound, "")
		})
	}
	phone.do(t, func(c *request) { must(t, x.EndOthers(c.ctx, a)) })
	if library.actor(t).Person != "" || phone.actor(t).Person != p.ID || stranger.actor(t).Person != q.ID {
		t.Error("the wrong sessions ended")
	}
	phone.do(t, func(c *request) { must(t, x.End(c.ctx)) })
	if phone.actor(t).Person != "" {
		t.Error("signed out and still there")
	}
}

func TestARequestUnderWayDoesNotReviveAnEndedSession(t *testing.T) {
	t.Parallel()
	r, x := sessionsRig(t)
	p := r.adult(t, Registration{})
	b := &browser{x: x}
	b.begin(t, signedIn(p.ID), Device{})
	b.do(t, func(c *request) {
		x.Manager.Put(c.ctx, "note", "slow request")
		must(t, r.EndAllOf(ctx, operator, p.ID))
	})
	if b.actor(t).Person != "" {
		t.Fatal("the session came back")
	}
}

func TestLeavingARoleEndsSessions(t *testing.T) {
	t.Parallel()
	r, x := sessionsRig(t)
	mentor := r.staff(t, Mentor, "lib-1")
	r.clock.pass(time.Second)
	b := &browser{x: x}
	b.begin(t, &SignedIn{Person: mentor.Person, Staff: true, Strong: true}, Device{})
	if a := b.actor(t); len(a.Grants) != 1 || !a.Strong {
		t.Fatalf("%+v", a)
	}
	r.clock.pass(time.Second)
	must(t, r.Revoke(ctx, operator, mentor.Person, Mentor, "lib-1"))
	if a := b.actor(t); a.Person != "" {
		t.Fatalf("%+v", a)
	}
	b.begin(t, signedIn(mentor.Person), Device{})
	if a := b.actor(t); a.Person == "" || len(a.Grants) != 0 {
		t.Fatalf("%+v", a)
	}
}

func TestTheSecondFactorAndProofsAreOfThisSession(t *testing.T) {
	t.Parallel()
	r, x := sessionsRig(t)
	mentor := r.staff(t, VenueLead, "lib-1")
	r.clock.pass(time.Second)
	b := &browser{x: x}
	b.begin(t, &SignedIn{Person: mentor.Person, Staff: true}, Device{})
	a := b.actor(t)
	if v := Can(&a, TokenIssue, At("lib-1")); v != WantsFactor {
		t.Fatalf("verdict %v", v)
	}
	before := b.token
	b.do(t, func(c *request) { must(t, x.Strengthen(c.ctx)) })
	if b.token == before {
		t.Error("the token was not rotated")
	}
	a = b.actor(t)
	if v := Can(&a, TokenIssue, At("lib-1")); v != Allowed {
		t.Fatalf("verdict %v", v)
	}
	r.clock.pass(FreshFor)
	a = b.actor(t)
	if v := Can(&a, TokenIssue, At("lib-1")); v != WantsProof {
		t.Fatalf("verdict %v", v)
	}
	b.do(t, func(c *request) {
		wants(t, x.Prove(c.ctx, signedIn(newID())), fault.Unauthenticated, "") // somebody else's sign-in proves nothing
		must(t, x.Prove(c.ctx, signedIn(mentor.Person)))
	})
	a = b.actor(t)
	if v := Can(&a, TokenIssue, At("lib-1")); v != Allowed {
		t.Fatalf("verdict %v", v)
	}
	for range 30 { // proving again does not lengthen the whole
		r.clock.pass(25 * time.Minute)
		b.do(t, func(c *request) {
			if actor, err := x.Actor(c.ctx, ""); err == nil && actor.Person != "" {
				must(t, x.Strengthen(c.ctx))
			}
		})
	}
	if b.actor(t).Person != "" {
		t.Error("a staff session outlived twelve hours")
	}
}

func TestEverySessionCanBeEndedByTheOperator(t *testing.T) {
	t.Parallel()
	r, x := sessionsRig(t)
	var all []*browser
	for range 5 {
		b := &browser{x: x}
		b.begin(t, signedIn(r.adult(t, Registration{}).ID), Device{})
		all = append(all, b)
	}
	_, err := r.EndEverything(ctx, r.staff(t, Administrator, ""))
	wants(t, err, fault.Forbidden, "")
	n, err := r.EndEverything(ctx, operator)
	if err != nil || n != 5 {
		t.Fatalf("%d, %v", n, err)
	}
	for _, b := range all {
		if b.actor(t).Person != "" {
			t.Error("a session is left")
		}
	}
}

func TestTheCookieIsClosed(t *testing.T) {
	t.Parallel()
	r, x := sessionsRig(t)
	p := r.adult(t, Registration{})
	site := x.Manager.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		must(t, x.Begin(req.Context(), signedIn(p.ID), Device{Shared: true}))
	}))
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%v", cookies)
	}
	c := cookies[0]
	if c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Error("the cookie of a shared computer outlives the browser")
	}
	if !strings.HasPrefix(c.Name, "__Host-") || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("%+v", c)
	}
	for _, bad := range []string{"", "x", strings.Repeat("a", 5000), "\xff"} {
		if a := (&browser{x: x, token: bad}).actor(t); a.Person != "" {
			t.Errorf("%.10q is signed in", bad)
		}
	}
}
