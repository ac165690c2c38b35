package person

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

func TestAPersonIsAPseudonymAndNothingStandsOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Name: "Коваль Олена", Born: 1956, Phone: "050 123 45 67", Email: "Olena@Example.org", Venue: "lib-1"})
	raw, err := r.engine.Raw(peopleSpec)
	must(t, err)
	for doc, err := range raw.Find(ctx, store.Query{Index: store.BuiltinID}) {
		must(t, err)
		for _, open := range []string{"Коваль", "Олена", "1956", "4567", "olena", "example"} {
			if strings.Contains(string(doc.Body), open) {
				t.Errorf("%q stands open in %s", open, doc.Body)
			}
		}
	}
	claims, err := r.engine.Raw(claimSpec)
	must(t, err)
	n := 0
	for doc, err := range claims.Find(ctx, store.Query{Index: store.BuiltinID}) {
		must(t, err)
		n++
		if strings.Contains(doc.ID, "380") || strings.Contains(doc.ID, "@") {
			t.Errorf("claim %s", doc.ID)
		}
	}
	if n != 2 || !validID(p.ID) {
		t.Errorf("%d claims, id %s", n, p.ID)
	}
	got, err := r.ByID(ctx, own(p.ID), p.ID)
	must(t, err)
	if got.Name != "Коваль Олена" || got.Phone != "+380501234567" || got.Email != "olena@example.org" || got.EmailProved || got.Born != 1956 {
		t.Errorf("%+v", got)
	}
}

func TestStrangersAreNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Name: "Коваль Олена", Venue: "lib-1"})
	other := r.adult(t, Registration{})
	mine, far := r.staff(t, Mentor, "lib-1"), r.staff(t, Mentor, "lib-2")
	if _, err := r.ByID(ctx, mine, p.ID); err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]Actor{"another resident": own(other.ID), "a mentor of another venue": far,
		"a coordinator": r.staff(t, Coordinator, "school-1"), "an analyst": r.staff(t, Analyst, "")} {
		_, err := r.ByID(ctx, a, p.ID)
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
		_, guessed := r.ByID(ctx, a, newID())
		if fault.As(err).Key != fault.As(guessed).Key {
			t.Errorf("%s can tell a person from none: %v, %v", name, err, guessed)
		}
	}
	_, err := r.ByID(ctx, Actor{}, p.ID)
	wants(t, err, fault.Unauthenticated, "person.sign_in_first")
	weak := mine
	weak.Strong = false
	_, err = r.ByID(ctx, weak, p.ID)
	wants(t, err, fault.Unauthenticated, "person.second_factor_first")
	_, err = r.ByID(ctx, mine, "p'; drop table")
	wants(t, err, fault.NotFound, "")
	must(t, r.Leave(ctx, own(p.ID), p.ID, "lib-1"))
	_, err = r.ByID(ctx, mine, p.ID)
	wants(t, err, fault.NotFound, "")
}

func TestReadingAPersonIsWrittenDown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Name: "Коваль Олена", Venue: "lib-1"})
	mentor := r.staff(t, Mentor, "lib-1")
	mentor.Where, mentor.Why = "venue:lib-1", "duty"
	_, err := r.ByID(ctx, mentor, p.ID)
	must(t, err)
	found, err := r.Search(ctx, mentor, "ковал")
	must(t, err)
	if len(found.People) != 1 {
		t.Fatalf("%+v", found)
	}
	page, err := r.log.Search(ctx, audit.Filter{Subject: subjectOf(p.ID)})
	must(t, err)
	reads := 0
	for _, row := range page.Items {
		if row.Action == "person.read" && row.Actor == string(mentor.Person) && row.Where == "venue:lib-1" && row.Why == "duty" {
			reads++
		}
	}
	if reads != 2 {
		t.Errorf("%d reads written down, want 2: %+v", reads, page.Items)
	}
}

func TestOnePhoneRegisteredTwiceAtTheSameMoment(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var won, lost atomic.Int32
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			_, err := r.Register(ctx, operator, Registration{Name: "Особа", Adult: true, Phone: "0501234567", Email: fmt.Sprintf("a%d@example.org", i)})
			switch {
			case err == nil:
				won.Add(1)
			case fault.Is(err, fault.Conflict) && fault.As(err).Key == "person.phone_taken":
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != 11 {
		t.Fatalf("%d won, %d lost", won.Load(), lost.Load())
	}
	// Whoever lost gave the address back.
	n := 0
	for i := range 12 {
		if _, err := r.Register(ctx, operator, Registration{Adult: true, Email: fmt.Sprintf("a%d@example.org", i)}); err == nil {
			n++
		}
	}
	if n != 11 {
		t.Errorf("%d of the 11 who lost got their address", n)
	}
}

func TestVisitorsDoNotLearnWhoseThePhoneIs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.adult(t, Registration{Name: "Коваль Олена", Phone: "0501234567"})
	out, err := r.Register(ctx, Actor{}, Registration{Name: "Чужа Людина", Adult: true, Phone: "0501234567"})
	must(t, err)
	if out.Person.Phone != "+380501234567" || len(out.Alike) != 0 {
		t.Fatalf("%+v", out)
	}
	wife, err := r.Register(ctx, operator, Registration{Name: "Коваль Петро", Adult: true, Phone: "0501234567", SharedPhone: true})
	must(t, err)
	if !wife.Person.PhoneShared {
		t.Fatal("the phone of a couple is not marked as shared")
	}
}

func TestRegistrationIsChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff(t, Mentor, "lib-1")
	for name, c := range map[string]struct {
		a    Actor
		reg  Registration
		kind fault.Kind
		key  string
	}{
		"no age":                 {Actor{}, Registration{Name: "Олена"}, fault.Invalid, "person.age_needed"},
		"a name of digits":       {Actor{}, Registration{Name: "1", Adult: true}, fault.Invalid, "person.name_letters"},
		"a bad phone":            {Actor{}, Registration{Phone: "12", Adult: true}, fault.Invalid, "person.phone_digits"},
		"a year ahead":           {Actor{}, Registration{Born: 2030}, fault.Invalid, "person.born_year"},
		"a visitor's address":    {Actor{}, Registration{Adult: true, Email: "a@b.co"}, fault.Invalid, "person.email_proof"},
		"a visitor's venue":      {Actor{}, Registration{Adult: true, Venue: "lib-1"}, fault.Invalid, "person.role_needs_place"},
		"a visitor's paper":      {Actor{}, Registration{Born: 2011, Paper: "1"}, fault.Invalid, "person.paper_reference"},
		"a foreign venue":        {mentor, Registration{Adult: true, Venue: "lib-2"}, fault.NotFound, ""},
		"a mentor without venue": {mentor, Registration{Adult: true}, fault.NotFound, ""},
		"an unknown language":    {Actor{}, Registration{Adult: true, Lang: "ru"}, fault.Invalid, "person.bad_settings"},
		"an unknown text size":   {Actor{}, Registration{Adult: true, Prefs: Prefs{Text: 900}}, fault.Invalid, "person.bad_settings"},
		"a forged proof":         {Actor{}, Registration{Adult: true, Proof: "x"}, fault.NotFound, "person.ticket_unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := r.Register(ctx, c.a, c.reg)
			wants(t, err, c.kind, c.key)
		})
	}
}

func TestRegistrationThatWasCutShortLeavesNothingTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.step = func(name string) {
		if name == "claimed" {
			panic("crash")
		}
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = r.Register(ctx, operator, Registration{Adult: true, Phone: "0501234567", Email: "a@example.org"})
	}()
	r.step = func(string) {}
	_, err := r.Register(ctx, operator, Registration{Adult: true, Phone: "0501234567"})
	wants(t, err, fault.Conflict, "person.phone_taken") // it may still be under way
	r.clock.pass(2 * claimSlack)
	p := r.adult(t, Registration{Phone: "0501234567", Email: "a@example.org"})
	if p.PhoneShared {
		t.Error("the phone of a crash stays taken")
	}
}

func TestEditingMovesClaims(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Name: "Коваль Олена", Phone: "0501234567"})
	must(t, r.Edit(ctx, own(p.ID), p.ID, Contact{Name: "Коваленко Олена", Adult: true, Phone: "0671112233"}))
	got, err := r.ByID(ctx, own(p.ID), p.ID)
	must(t, err)
	if got.Name != "Коваленко Олена" || got.Phone != "+380671112233" || got.PhoneShared {
		t.Fatalf("%+v", got)
	}
	if q := r.adult(t, Registration{Phone: "0501234567"}); q.PhoneShared {
		t.Error("the old phone stays taken")
	}
	must(t, r.Edit(ctx, own(p.ID), p.ID, Contact{Name: "Коваленко Олена", Adult: true, Phone: "0501234567"}))
	if got, err = r.ByID(ctx, own(p.ID), p.ID); err != nil || !got.PhoneShared {
		t.Errorf("another's phone: %+v, %v", got, err)
	}
	stranger := r.adult(t, Registration{})
	err = r.Edit(ctx, own(stranger.ID), p.ID, Contact{Name: "Хтось", Adult: true})
	wants(t, err, fault.NotFound, "")
}

func TestSettingsFollowThePersonAndTheCookie(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Prefs: Prefs{Text: 150, Contrast: true}})
	must(t, r.SetSettings(ctx, own(p.ID), p.ID, Settings{Lang: "en", Prefs: Prefs{Text: 200, Easy: true, Still: true}}))
	got, err := r.Settings(ctx, p.ID)
	must(t, err)
	if got.Lang != "en" || got.Prefs != (Prefs{Text: 200, Easy: true, Still: true}) {
		t.Errorf("%+v", got)
	}
	for _, text := range append(TextSizes(), 0) {
		for bits := range 8 {
			p := Prefs{Text: text, Contrast: bits&1 > 0, Easy: bits&2 > 0, Still: bits&4 > 0}
			if back := ParsePrefs(p.Cookie()); back != p {
				t.Errorf("%+v became %q and %+v", p, p.Cookie(), back)
			}
		}
	}
	wants(t, r.SetSettings(ctx, own(p.ID), p.ID, Settings{Lang: "uk", Prefs: Prefs{Text: 3}}), fault.Invalid, "")
}

func TestASittingIsAttachedOnceAndNeverByItsID(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.sittings.proofs["sit-1"] = "key"
	p, q := r.adult(t, Registration{}), r.adult(t, Registration{})
	for _, c := range []struct{ id, proof string }{{"sit-1", ""}, {"sit-1", "wrong"}, {"sit-2", "key"}, {strings.Repeat("x", 100), "key"}} {
		wants(t, r.Attach(ctx, own(p.ID), c.id, c.proof), fault.NotFound, "person.sitting_not_yours")
	}
	must(t, r.Attach(ctx, own(p.ID), "sit-1", "key"))
	must(t, r.Attach(ctx, own(p.ID), "sit-1", "key")) // sent twice
	wants(t, r.Attach(ctx, own(q.ID), "sit-1", "key"), fault.NotFound, "person.sitting_not_yours")
	wants(t, r.Attach(ctx, Actor{}, "sit-1", "key"), fault.Unauthenticated, "")
	list, err := r.Service.Sittings(ctx, p.ID)
	if err != nil || len(list) != 1 || list[0] != "sit-1" {
		t.Errorf("%v, %v", list, err)
	}
}

func TestKeysAreExchangedWhilePeopleWork(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Name: "Коваль Олена", Born: 1956, Phone: "0501234567", Email: "a@example.org"})
	admin := r.staff(t, Administrator, "")
	cfg := r.cfg
	cfg.Ring = keys(t, "a", "b") // first every replica learns to read the new key
	middle := r.open(t, cfg)
	cfg.Ring = keys(t, "b", "a")
	during := r.open(t, cfg)
	must(t, during.CheckKeys(ctx))
	if found, err := during.Search(ctx, admin, "ковал"); err != nil || len(found.People) != 1 {
		t.Fatalf("not found under the old key: %+v, %v", found, err)
	}
	_, err := during.Register(ctx, operator, Registration{Adult: true, Phone: "0501234567"})
	wants(t, err, fault.Conflict, "person.phone_taken")
	if _, err := middle.Register(ctx, operator, Registration{Name: "Бондар Іван", Adult: true, Phone: "0671112233"}); err != nil {
		t.Fatal(err)
	}
	_, err = during.Register(ctx, operator, Registration{Adult: true, Phone: "0671112233"})
	wants(t, err, fault.Conflict, "person.phone_taken")
	left, err := during.Sealed(ctx)
	must(t, err)
	if left["a"] == 0 {
		t.Fatal("nothing is under the old key")
	}
	if _, err := during.Reseal(ctx); err != nil {
		t.Fatal(err)
	}
	if left, err = during.Sealed(ctx); err != nil || len(left) != 0 {
		t.Fatalf("still under the old key: %v, %v", left, err)
	}
	cfg.Ring = keys(t, "b")
	after := r.open(t, cfg)
	must(t, after.CheckKeys(ctx))
	got, err := after.ByID(ctx, own(p.ID), p.ID)
	if err != nil || got.Name != "Коваль Олена" {
		t.Fatalf("%+v, %v", got, err)
	}
	if found, err := after.Search(ctx, admin, "0501234567"); err != nil || len(found.People) != 1 {
		t.Fatalf("not found under the new key: %+v, %v", found, err)
	}
	_, err = after.Register(ctx, operator, Registration{Adult: true, Phone: "0501234567"})
	wants(t, err, fault.Conflict, "person.phone_taken")
	cfg.Ring = keys(t, "c")
	wants(t, r.open(t, cfg).CheckKeys(ctx), fault.Unavailable, "")
}

func TestWithoutKeysThereAreNoPeople(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, change := range map[string]func(*Config){
		"no keys":        func(c *Config) { c.Ring = nil },
		"a short secret": func(c *Config) { c.Secret = []byte("short") },
		"no audit":       func(c *Config) { c.Audit = nil },
		"no tombstones":  func(c *Config) { c.Tombstones = nil },
		"no outbox":      func(c *Config) { c.Outbox = nil },
	} {
		cfg := r.cfg
		change(&cfg)
		if _, err := New(r.engine, cfg); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mass assignment: what a form can reach is Registration and Contact; neither has a
// member that gives a right or a state.
func TestFormsReachNoRight(t *testing.T) {
	t.Parallel()
	for _, v := range []any{Registration{}, Contact{}, Settings{}} {
		raw, err := json.Marshal(v)
		must(t, err)
		for _, word := range []string{"grant", "role", "state", "proved", "merged", "terms", "owner"} {
			if strings.Contains(strings.ToLower(string(raw)), word) {
				t.Errorf("%T reaches %s", v, word)
			}
		}
	}
}

func TestAgesHoldTheYoungerRule(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		ages         Ages
		minor, child bool
	}{
		{Ages{Born: 1956}, false, false}, {Ages{Born: 2007}, false, false},
		{Ages{Born: 2008}, true, false}, {Ages{Born: 2008, Adult: true}, false, false},
		{Ages{Born: 2009, Adult: true}, true, false}, {Ages{Born: 2011}, true, false},
		{Ages{Born: 2012}, true, true}, {Ages{}, true, true}, {Ages{Adult: true}, false, false},
	} {
		if c.ages.Minor(now) != c.minor || c.ages.Child(now) != c.child {
			t.Errorf("%+v: minor %v, child %v", c.ages, c.ages.Minor(now), c.ages.Child(now))
		}
	}
	// New Year in Kyiv comes two hours before that of UTC.
	if !(Ages{Born: 2008}).Minor(time.Date(2026, 12, 31, 21, 59, 0, 0, time.UTC)) || (Ages{Born: 2008}).Minor(time.Date(2026, 12, 31, 22, 0, 0, 0, time.UTC)) {
		t.Error("the year does not turn in Kyiv")
	}
}
