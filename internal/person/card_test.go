package person

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// cardOf issues a card by a mentor of lib-1 to a new learner of the venue.
func cardOf(t testing.TB, r *rig, kind SecretKind) (*Person, *Card) {
	t.Helper()
	mentor := r.staff(t, Mentor, "lib-1")
	p := r.adult(t, Registration{Venue: "lib-1"})
	c, err := r.IssueCard(ctx, mentor, p.ID, kind, "lib-1")
	must(t, err)
	return p, c
}

// wrongSecret is one that this card does not have.
func wrongSecret(c *Card) []string {
	if c.Kind == Digits {
		return []string{map[bool]string{true: "274953", false: "835261"}[c.Secret[0] != "274953"]}
	}
	out := []string{c.Secret[1], c.Secret[0], c.Secret[2]} // the order counts
	return out
}

func TestACardAndItsSecondSecretSignIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, kind := range []SecretKind{Pictures, Words, Digits} {
		p, c := cardOf(t, r, kind)
		if got, err := r.CardKind(ctx, c.Payload); err != nil || got != kind {
			t.Errorf("%s: asks for %s, %v", kind, got, err)
		}
		in, err := r.SignInCard(ctx, CardTry{Payload: "https://osvitlo.example/sign-in/card#" + strings.ToLower(c.Payload), Secret: c.Secret, Where: "web"})
		if err != nil || in.Person != p.ID || in.Strong || in.Staff || in.Via != ViaCard {
			t.Errorf("%s: %+v, %v", kind, in, err)
		}
		_, err = r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: wrongSecret(c)})
		wants(t, err, fault.Unauthenticated, "person.sign_in_failed")
		_, err = r.SignInCard(ctx, CardTry{Payload: c.Payload})
		wants(t, err, fault.Unauthenticated, "person.sign_in_failed")
	}
}

func TestWordsMayBeTypedAnyhow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, c := cardOf(t, r, Words)
	if _, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: []string{strings.ToUpper(strings.Join(c.Secret, "  "))}}); err != nil {
		t.Error(err)
	}
}

func TestUnknownForgedAndSwitchedOffCardsLookAlike(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, c := cardOf(t, r, Pictures)
	stolen := *c
	must(t, r.RevokeCards(ctx, own(p.ID), p.ID))
	for _, payload := range []string{newPayload(), stolen.Payload} {
		_, err := r.SignInCard(ctx, CardTry{Payload: payload, Secret: stolen.Secret})
		wants(t, err, fault.Unauthenticated, "person.sign_in_failed")
		if kind, err := r.CardKind(ctx, payload); err != nil || kind != Pictures {
			t.Errorf("the kind tells: %s, %v", kind, err)
		}
	}
	_, err := r.SignInCard(ctx, CardTry{Payload: "OSV1 nonsense", Secret: c.Secret})
	wants(t, err, fault.Invalid, "person.card_unreadable")
}

func TestTenWrongTriesInAllLeadToTheMentor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, c := cardOf(t, r, Digits)
	wrong, ok := 0, 0
	for i := range 40 {
		r.clock.pass(6 * time.Minute) // the pauses are over each time
		if i == 5 {                   // a right try between them does not wash the count
			if _, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret}); err != nil {
				t.Fatal(err)
			}
			ok++
			continue
		}
		_, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: wrongSecret(c)})
		wrong++
		if fault.Is(err, fault.Gone) {
			break
		}
		wants(t, err, fault.Unauthenticated, "")
	}
	if wrong != CardTries || ok != 1 {
		t.Fatalf("locked after %d wrong tries", wrong)
	}
	_, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret})
	wants(t, err, fault.Gone, "person.card_locked")
	cards, err := r.Cards(ctx, own(p.ID), p.ID)
	if err != nil || len(cards) != 1 || !cards[0].Locked {
		t.Fatalf("%+v, %v", cards, err)
	}
	fresh, err := r.IssueCard(ctx, r.staff(t, Mentor, "lib-1"), p.ID, Words, "lib-1") // recovery in person
	must(t, err)
	if _, err := r.SignInCard(ctx, CardTry{Payload: fresh.Payload, Secret: fresh.Secret}); err != nil {
		t.Fatal(err)
	}
	_, err = r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret})
	wants(t, err, fault.Unauthenticated, "")
}

func TestManyTriesAtOnceDoNotOutrunTheCount(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, c := cardOf(t, r, Digits)
	var compared atomic.Int32
	for range 20 {
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				_, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: []string{fmt.Sprintf("7%05d", i)}})
				if f := fault.As(err); f != nil && f.Kind == fault.Unauthenticated {
					compared.Add(1)
				}
			})
		}
		all.Wait()
		r.clock.pass(10 * time.Minute)
	}
	if n := compared.Load(); n > CardTries {
		t.Errorf("%d secrets were compared", n)
	}
}

func TestWrongTriesOfACardArePaused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, c := cardOf(t, r, Digits)
	for range tryFree {
		_, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: wrongSecret(c)})
		wants(t, err, fault.Unauthenticated, "")
	}
	_, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret})
	wants(t, err, fault.TooMany, "person.wait")
	if s := fault.As(err).Args["Seconds"]; s != 5 {
		t.Errorf("wait %v s", s)
	}
	r.clock.pass(5 * time.Second)
	if _, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret}); err != nil {
		t.Error(err)
	}
}

func TestTheSecretAloneOpensOnlyOnADeviceOfTheVenue(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, c := cardOf(t, r, Pictures)
	lead := r.staff(t, VenueLead, "lib-1")
	device, _, err := r.IssueToken(ctx, lead, DeviceToken, "lib-1", "", "планшет 1", 0)
	must(t, err)
	venue, _, err := r.IssueToken(ctx, lead, VenueToken, "lib-1", "", "", 0)
	must(t, err)
	far, _, err := r.IssueToken(ctx, r.staff(t, VenueLead, "lib-2"), DeviceToken, "lib-2", "", "", 0)
	must(t, err)
	in, err := r.SignInSecret(ctx, device, p.ID, c.Secret, "")
	if err != nil || in.Person != p.ID || in.Via != ViaDevice {
		t.Fatalf("%+v, %v", in, err)
	}
	for name, token := range map[string]string{"no device": "", "a venue's token": venue, "a device of another venue": far, "a forged one": tokenPrefix + random(20)} {
		_, err := r.SignInSecret(ctx, token, p.ID, c.Secret, "")
		if !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = r.SignInSecret(ctx, device, newID(), c.Secret, "")
	wants(t, err, fault.Unauthenticated, "person.sign_in_failed")
}

func TestAStolenTabletIsRevoked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, c := cardOf(t, r, Pictures)
	lead := r.staff(t, VenueLead, "lib-1")
	device, doc, err := r.IssueToken(ctx, lead, DeviceToken, "lib-1", "", "планшет 1", 0)
	must(t, err)
	must(t, r.RevokeToken(ctx, lead, doc.ID))
	_, err = r.SignInSecret(ctx, device, p.ID, c.Secret, "")
	wants(t, err, fault.Unauthenticated, "person.token_unknown")
}

func TestAClassBehindOneAddressSignsInAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff(t, Mentor, "lib-1")
	type pupil struct {
		id ID
		c  *Card
	}
	pupils := make([]pupil, 300)
	var all sync.WaitGroup
	for w := range 10 {
		all.Go(func() {
			for i := w; i < len(pupils); i += 10 {
				p, err := r.Register(ctx, mentor, Registration{Adult: true, Venue: "lib-1"})
				if err != nil {
					t.Error(err)
					return
				}
				c, err := r.IssueCard(ctx, mentor, p.Person.ID, Pictures, "lib-1")
				if err != nil {
					t.Error(err)
					return
				}
				pupils[i] = pupil{p.Person.ID, c}
			}
		})
	}
	all.Wait()
	began := time.Now()
	var ok atomic.Int32
	for w := range 10 {
		all.Go(func() {
			for i := w; i < len(pupils); i += 10 {
				if i%20 == 0 { // somebody mistypes first
					_, _ = r.SignInCard(ctx, CardTry{Payload: pupils[i].c.Payload, Secret: wrongSecret(pupils[i].c)})
				}
				in, err := r.SignInCard(ctx, CardTry{Payload: pupils[i].c.Payload, Secret: pupils[i].c.Secret, Where: "web"})
				if err != nil || in.Person != pupils[i].id {
					t.Errorf("pupil %d: %v", i, err)
					continue
				}
				ok.Add(1)
			}
		})
	}
	all.Wait()
	t.Logf("%d sign-ins in %s", ok.Load(), time.Since(began))
	if ok.Load() != 300 {
		t.Errorf("%d of 300", ok.Load())
	}
}

func TestASpentBudgetSlowsEachTryAndLocksNobodyOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, c := cardOf(t, r, Pictures)
	_, other := cardOf(t, r, Pictures)
	for range budgetFree {
		_, err := r.SignInCard(ctx, CardTry{Payload: newPayload(), Secret: c.Secret})
		wants(t, err, fault.Unauthenticated, "")
	}
	if wrong, high := r.Failed(); !high || wrong != budgetFree {
		t.Fatalf("%d, %v", wrong, high)
	}
	_, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret})
	wants(t, err, fault.TooMany, "person.wait")
	stamp, _ := fault.As(err).Args["Stamp"].(string)
	if stamp == "" {
		t.Fatal("no stamp")
	}
	_, err = r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret, Stamp: stamp})
	wants(t, err, fault.TooMany, "") // too early
	r.clock.pass(3 * time.Second)
	for name, s := range map[string]string{"forged": stamp[:len(stamp)-1] + "x", "none": "", "half": strings.SplitN(stamp, ".", 2)[0]} {
		if _, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret, Stamp: s}); !fault.Is(err, fault.TooMany) {
			t.Errorf("a %s stamp passed: %v", name, err)
		}
	}
	_, err = r.SignInCard(ctx, CardTry{Payload: other.Payload, Secret: other.Secret, Stamp: stamp})
	wants(t, err, fault.TooMany, "") // a stamp of another card
	if _, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret, Stamp: stamp}); err != nil {
		t.Fatal(err)
	}
	r.clock.pass(time.Hour)
	if _, err := r.SignInCard(ctx, CardTry{Payload: other.Payload, Secret: other.Secret}); err != nil {
		t.Fatal("the budget does not come back: ", err)
	}
}

func TestOnlyMentorsOfTheVenueIssueCards(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, _ := cardOf(t, r, Pictures)
	for name, a := range map[string]Actor{"a mentor of another venue": r.staff(t, Mentor, "lib-2"), "the person": own(p.ID), "an analyst": r.staff(t, Analyst, "")} {
		if _, err := r.IssueCard(ctx, a, p.ID, Pictures, "lib-1"); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	mentor := r.staff(t, Mentor, "lib-1")
	must(t, r.Join(ctx, own(mentor.Person), mentor.Person, "lib-1"))
	_, err := r.IssueCard(ctx, mentor, mentor.Person, Pictures, "lib-1")
	wants(t, err, fault.Forbidden, "person.not_oneself")
	_, err = r.IssueCard(ctx, mentor, p.ID, "song", "lib-1")
	wants(t, err, fault.Invalid, "person.card_kind")
}

func TestNoSecretOfACardIsStored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, c := cardOf(t, r, Words)
	raw, err := r.engine.Raw(cardSpec)
	must(t, err)
	for doc, err := range raw.Find(ctx, store.Query{Index: store.BuiltinID}) {
		must(t, err)
		for _, open := range append(c.Secret, c.Payload, c.Payload[4:]) {
			if strings.Contains(doc.ID+string(doc.Body), open) {
				t.Errorf("%q stands open in %s", open, doc.Body)
			}
		}
	}
}

func TestSecretsAreWideEnough(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, w := range SpokenWords() {
		key := spelling.Fold(w)[0]
		if seen[key] {
			t.Errorf("%s is like another word", w)
		}
		seen[key] = true
	}
	for kind, pool := range map[SecretKind]int{Pictures: len(PictureIDs()), Words: len(SpokenWords())} {
		if n := pool * (pool - 1) * (pool - 2); n < 12_000 {
			t.Errorf("%s: only %d secrets", kind, n)
		}
	}
	for range 200 {
		parts, err := newSecret(Digits)
		must(t, err)
		if len(parts[0]) != digitsLength || plain(parts[0]) {
			t.Fatalf("digits %v", parts)
		}
	}
	for _, weak := range []string{"123456", "654321", "111111", "197005", "200101"} {
		if !plain(weak) {
			t.Errorf("%s is not plain", weak)
		}
	}
}

func TestCardsAreReadAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	for range 200 {
		p := newPayload()
		body := p[len(cardPrefix):]
		typed := []string{p, strings.ToLower(p), " " + p[:8] + " " + p[8:20] + "-" + p[20:] + "\n", "https://x.example/sign-in/card?lang=uk#" + p,
			strings.NewReplacer("0", "O").Replace(p), strings.NewReplacer("1", "l").Replace(p), "0SV1" + body, "ОSV1" + body}
		for _, s := range typed {
			if got, err := ParseCard(s); err != nil || got != p {
				t.Fatalf("%q: %q, %v; want %q", s, got, err, p)
			}
		}
	}
	p := newPayload()
	for i := len(cardPrefix); i < len(p); i++ {
		b := []byte(p)
		b[i] = crockford[(strings.IndexByte(crockford, b[i])+1)%32]
		if got, err := ParseCard(string(b)); err == nil {
			t.Errorf("a wrong letter %d passed: %s as %s", i, b, got)
		}
	}
}

func FuzzParseCard(f *testing.F) {
	f.Add("OSV10123456789ABCDEFGHJKMNPQRST")
	f.Add("https://x.example/#OSV1")
	f.Add("ОSV1\xff")
	f.Add(newPayload())
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseCard(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		if len(got) != len(cardPrefix)+cardLength {
			t.Fatalf("%q became %q", s, got)
		}
		if again, err := ParseCard(got); err != nil || again != got {
			t.Fatalf("%q, then %q, %v", got, again, err)
		}
	})
}

func FuzzReadSecret(f *testing.F) {
	f.Add("words", "сонце ліс кінь")
	f.Add("digits", "12 34 56")
	f.Add("pictures", "sun:moon")
	f.Fuzz(func(t *testing.T, kind, text string) {
		got := readSecret(SecretKind(kind), []string{text})
		if len(got) > len(kind)+3*200 {
			t.Fatalf("%d bytes of %d", len(got), len(text))
		}
		readSecret(SecretKind(kind), strings.Split(text, ","))
		ParsePrefs(text)
		if p := SafePath(text); p == "" || p[0] != '/' || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t ") {
			t.Fatalf("%q became %q", text, p)
		}
	})
}
