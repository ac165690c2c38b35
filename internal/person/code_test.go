package person

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// withMail registers somebody whose address is proved.
func withMail(t testing.TB, r *rig, email string) *Person {
	t.Helper()
	flow, err := r.StartCode(ctx, email, "uk")
	must(t, err)
	done, err := r.FinishCode(ctx, flow, r.lastCode(t, strings.ToLower(email)), "web")
	must(t, err)
	if done.SignedIn != nil {
		t.Fatal("a new address signs in")
	}
	out, err := r.Register(ctx, Actor{}, Registration{Adult: true, Proof: done.Proof})
	must(t, err)
	r.clock.pass(time.Minute)
	return out.Person
}

func TestACodeByMailRegistersAndThenSignsIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := withMail(t, r, "Olena@example.org")
	if p.Email != "olena@example.org" || !p.EmailProved {
		t.Fatalf("%+v", p)
	}
	flow, err := r.StartCode(ctx, "olena@EXAMPLE.org", "en")
	must(t, err)
	code := r.lastCode(t, "olena@example.org")
	done, err := r.FinishCode(ctx, flow, code[:3]+" "+code[3:], "web")
	if err != nil || done.SignedIn == nil || done.SignedIn.Person != p.ID || done.SignedIn.Via != ViaCode {
		t.Fatalf("%+v, %v", done, err)
	}
	_, err = r.FinishCode(ctx, flow, code, "web")
	wants(t, err, fault.Gone, "person.code_over") // good once
}

func TestNothingTellsWhetherAnAddressIsKnown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	withMail(t, r, "known@example.org")
	var answers []string
	for _, email := range []string{"known@example.org", "unknown@example.org"} {
		flow, err := r.StartCode(ctx, email, "uk")
		must(t, err)
		_, wrong := r.FinishCode(ctx, flow, "000000", "web")
		_, again := r.StartCode(ctx, email, "uk")
		answers = append(answers, fmt.Sprintf("%d %v %v", len(flow), fault.As(wrong).Key, fault.As(again).Args))
		r.lastCode(t, email) // a mail goes to both
	}
	if answers[0] != answers[1] {
		t.Errorf("%q differs from %q", answers[0], answers[1])
	}
}

func TestLookAlikeAddressesDoNotSignIn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	withMail(t, r, "olena@example.org")
	_, err := r.StartCode(ctx, "оlena@example.org", "uk") // Cyrillic о
	wants(t, err, fault.Invalid, "person.email_lookalike")
}

func TestCodesRunOutAndAreCounted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	withMail(t, r, "a@example.org")
	wrongOf := func(code string) string {
		return map[bool]string{true: "111111", false: "222222"}[code != "111111"]
	}
	flow, err := r.StartCode(ctx, "a@example.org", "uk")
	must(t, err)
	code := r.lastCode(t, "a@example.org")
	for i := range CodeTries {
		_, err := r.FinishCode(ctx, flow, wrongOf(code), "web")
		if i < CodeTries-1 {
			wants(t, err, fault.Unauthenticated, "person.code_wrong")
		} else {
			wants(t, err, fault.Gone, "person.code_over")
		}
	}
	_, err = r.FinishCode(ctx, flow, code, "web")
	wants(t, err, fault.Gone, "person.code_over")

	r.clock.pass(time.Minute)
	flow, err = r.StartCode(ctx, "a@example.org", "uk")
	must(t, err)
	code = r.lastCode(t, "a@example.org")
	r.clock.pass(CodeLife)
	_, err = r.FinishCode(ctx, flow, code, "web")
	wants(t, err, fault.Gone, "person.code_over")
	_, err = r.FinishCode(ctx, "forged", code, "web")
	wants(t, err, fault.Gone, "person.code_over")
}

func TestMailsToOneAddressAreSpaced(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	sent := 0
	for range 40 {
		_, err := r.StartCode(ctx, "victim@example.org", "uk")
		if err == nil {
			sent++
		} else {
			wants(t, err, fault.TooMany, "person.wait")
		}
		r.clock.pass(time.Minute)
	}
	if sent != codeMails {
		t.Errorf("%d mails in 40 minutes", sent)
	}
	if _, err := r.StartCode(ctx, "other@example.org", "uk"); err != nil {
		t.Error("somebody else has to wait: ", err)
	}
}

func TestWrongDigitsOfADayAreCountedOverFlows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	compared := 0
	for range 30 {
		flow, err := r.StartCode(ctx, "a@example.org", "uk")
		if err != nil {
			r.clock.pass(20 * time.Minute)
			continue
		}
		code := r.lastCode(t, "a@example.org")
		for i := range CodeTries {
			_, err := r.FinishCode(ctx, flow, fmt.Sprintf("%06d", i), "web")
			if f := fault.As(err); f != nil && f.Kind != fault.TooMany && fmt.Sprintf("%06d", i) != code {
				compared++
			}
		}
		r.clock.pass(20 * time.Minute)
	}
	if compared > codeWrong {
		t.Errorf("%d codes were compared in ten hours", compared)
	}
}

func TestAnAddressThatSomebodyWroteDownOpensNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{Name: "Коваль Олена", Email: "a@example.org", Venue: "lib-1"}) // by staff, perhaps mistyped
	flow, err := r.StartCode(ctx, "a@example.org", "uk")
	must(t, err)
	done, err := r.FinishCode(ctx, flow, r.lastCode(t, "a@example.org"), "web")
	must(t, err)
	if done.SignedIn != nil {
		t.Fatal("an address that was never proved opens the account")
	}
	owner, err := r.Register(ctx, Actor{}, Registration{Adult: true, Proof: done.Proof})
	must(t, err)
	if owner.Person.ID == p.ID || owner.Person.Email != "a@example.org" {
		t.Fatalf("%+v", owner.Person)
	}
	got, err := r.ByID(ctx, own(p.ID), p.ID)
	if err != nil || got.Email != "" {
		t.Errorf("two people have the address: %+v, %v", got, err)
	}
	_, err = r.Register(ctx, Actor{}, Registration{Adult: true, Proof: done.Proof})
	wants(t, err, fault.Gone, "person.ticket_used")
}

func TestAnAddressIsChangedByProof(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := withMail(t, r, "a@example.org")
	flow, err := r.StartCode(ctx, "b@example.org", "uk")
	must(t, err)
	done, err := r.FinishCode(ctx, flow, r.lastCode(t, "b@example.org"), "web")
	must(t, err)
	must(t, r.SetEmail(ctx, own(p.ID), p.ID, done.Proof))
	got, err := r.ByID(ctx, own(p.ID), p.ID)
	if err != nil || got.Email != "b@example.org" || !got.EmailProved {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := r.Register(ctx, operator, Registration{Adult: true, Email: "a@example.org"}); err != nil {
		t.Error("the old address stays taken: ", err)
	}
	q := withMail(t, r, "c@example.org")
	flow, err = r.StartCode(ctx, "b@example.org", "uk")
	must(t, err)
	done, err = r.FinishCode(ctx, flow, r.lastCode(t, "b@example.org"), "web")
	must(t, err)
	wants(t, r.SetEmail(ctx, own(q.ID), q.ID, done.Proof), fault.Conflict, "person.email_taken")
}

func TestCodesAndAddressesAreNotStoredOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, err := r.StartCode(ctx, "olena@example.org", "uk")
	must(t, err)
	code := r.lastCode(t, "olena@example.org")
	for _, spec := range []store.Spec{codeSpec, ticketSpec, claimSpec} {
		raw, err := r.engine.Raw(spec)
		must(t, err)
		for doc, err := range raw.Find(ctx, store.Query{Index: store.BuiltinID}) {
			must(t, err)
			if text := doc.ID + string(doc.Body); strings.Contains(text, "olena") || strings.Contains(text, `"`+code+`"`) {
				t.Errorf("%s stands open: %s", spec.Name, text)
			}
		}
	}
}

// totpOf sets an authenticator up for somebody and returns its secret.
func totpOf(t testing.TB, r *rig, a Actor) string {
	t.Helper()
	key, token, err := r.StartTOTP(ctx, a, "Освітло")
	must(t, err)
	digits, err := totp.GenerateCode(key.Secret, r.clock.now())
	must(t, err)
	must(t, r.ConfirmTOTP(ctx, a, token, digits))
	r.clock.pass(time.Minute)
	return key.Secret
}

func TestAnAuthenticatorIsASecondFactorOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{})
	wants(t, r.CheckTOTP(ctx, p.ID, "123456"), fault.NotFound, "person.no_factor")
	secret := totpOf(t, r, own(p.ID))
	digits, err := totp.GenerateCode(secret, r.clock.now())
	must(t, err)
	must(t, r.CheckTOTP(ctx, p.ID, digits))
	wants(t, r.CheckTOTP(ctx, p.ID, digits), fault.Unauthenticated, "person.code_wrong") // seen over the shoulder
	r.clock.pass(time.Minute)
	early, err := totp.GenerateCode(secret, r.clock.now().Add(30*time.Second))
	must(t, err)
	must(t, r.CheckTOTP(ctx, p.ID, early)) // a clock that is half a minute ahead
	late, err := totp.GenerateCode(secret, r.clock.now().Add(5*time.Minute))
	must(t, err)
	wants(t, r.CheckTOTP(ctx, p.ID, late), fault.Unauthenticated, "")
}

func TestWrongDigitsOfAnAuthenticatorAreSlowed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{})
	totpOf(t, r, own(p.ID))
	compared := 0
	for range 2000 { // a guess a second for half an hour
		if err := r.CheckTOTP(ctx, p.ID, "x"); fault.Is(err, fault.Unauthenticated) {
			compared++
		}
		r.clock.pass(time.Second)
	}
	if compared > 2*factorTries {
		t.Errorf("%d guesses in half an hour", compared)
	}
}

func TestOneFactorDoesNotPutInAnother(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := withMail(t, r, "a@example.org")
	a := own(p.ID)
	totpOf(t, r, a)
	_, _, err := r.StartTOTP(ctx, a, "Освітло") // somebody has the mailbox only
	wants(t, err, fault.Unauthenticated, "person.second_factor_first")
	flow, err := r.StartCode(ctx, "b@example.org", "uk")
	must(t, err)
	done, err := r.FinishCode(ctx, flow, r.lastCode(t, "b@example.org"), "web")
	must(t, err)
	wants(t, r.SetEmail(ctx, a, p.ID, done.Proof), fault.Unauthenticated, "person.second_factor_first")
	ways, err := r.Ways(ctx, a)
	if err != nil || len(ways) != 1 {
		t.Fatalf("%+v, %v", ways, err)
	}
	wants(t, r.DropWay(ctx, a, ways[0].ID), fault.Unauthenticated, "person.second_factor_first")
	stale := a
	stale.Strong, stale.Fresh = true, false
	_, _, err = r.StartTOTP(ctx, stale, "Освітло")
	wants(t, err, fault.Unauthenticated, "person.prove_again")
	a.Strong = true
	wants(t, r.DropWay(ctx, a, "totp:"+string(newID())), fault.NotFound, "")
	must(t, r.DropWay(ctx, a, ways[0].ID))
}

func TestAForeignConfirmationDoesNotSwitchOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, q := r.adult(t, Registration{}), r.adult(t, Registration{})
	key, token, err := r.StartTOTP(ctx, own(p.ID), "Освітло")
	must(t, err)
	digits, err := totp.GenerateCode(key.Secret, r.clock.now())
	must(t, err)
	wants(t, r.ConfirmTOTP(ctx, own(q.ID), token, digits), fault.NotFound, "person.ticket_unknown")
	wants(t, r.ConfirmTOTP(ctx, own(p.ID), token, "000"), fault.Unauthenticated, "person.code_wrong")
	r.clock.pass(CeremonyLife)
	wants(t, r.ConfirmTOTP(ctx, own(p.ID), token, digits), fault.Gone, "person.ticket_expired")
}
