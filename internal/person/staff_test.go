package person

import (
	"encoding/base32"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

func TestRolesAreGivenByThoseAbove(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{})
	actors := map[string]Actor{"admin": r.staff(t, Administrator, ""), "cdto": r.staff(t, CDTO, ""), "lead": r.staff(t, VenueLead, "lib-1"),
		"mentor": r.staff(t, Mentor, "lib-1"), "resident": own(r.adult(t, Registration{}).ID), "visitor": {}}
	for _, c := range []struct {
		by    string
		role  Role
		place string
		kind  fault.Kind
		ok    bool
	}{
		{"admin", Administrator, "", 0, true}, {"admin", Coordinator, "school-1", 0, true},
		{"cdto", Analyst, "", 0, true}, {"cdto", Administrator, "", fault.Forbidden, false},
		{"lead", Mentor, "lib-1", 0, true}, {"lead", Mentor, "lib-2", fault.NotFound, false}, {"lead", VenueLead, "lib-1", fault.Forbidden, false},
		{"lead", Analyst, "", fault.NotFound, false}, {"lead", Coordinator, "lib-1", fault.Forbidden, false},
		{"mentor", Mentor, "lib-1", fault.Forbidden, false}, {"resident", Mentor, "lib-1", fault.Forbidden, false},
		{"visitor", Mentor, "lib-1", fault.Unauthenticated, false},
		{"admin", Mentor, "", fault.Invalid, false}, {"admin", Mentor, "Lib 1", fault.Invalid, false}, {"admin", Analyst, "lib-1", fault.Invalid, false},
		{"admin", Resident, "", fault.Invalid, false},
	} {
		err := r.Grant(ctx, actors[c.by], p.ID, c.role, c.place, time.Time{})
		if c.ok && err != nil || !c.ok && !fault.Is(err, c.kind) {
			t.Errorf("%s gives %s at %q: %v", c.by, c.role, c.place, err)
		}
	}
	admin := actors["admin"]
	wants(t, r.Grant(ctx, admin, admin.Person, CDTO, "", time.Time{}), fault.Forbidden, "person.not_oneself")
	stale := admin
	stale.Fresh = false
	wants(t, r.Grant(ctx, stale, p.ID, CDTO, "", time.Time{}), fault.Unauthenticated, "person.prove_again")
}

func TestARoleEndsByItself(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.adult(t, Registration{})
	must(t, r.Grant(ctx, operator, p.ID, Mentor, "lib-1", noon.Add(time.Hour)))
	grants, err := r.Grants(ctx, p.ID)
	if err != nil || len(grants) != 1 {
		t.Fatalf("%+v, %v", grants, err)
	}
	r.clock.pass(time.Hour)
	if grants, err = r.Grants(ctx, p.ID); err != nil || len(grants) != 0 {
		t.Fatalf("%+v, %v", grants, err)
	}
}

func TestAnInvitationIsGoodOnceForAWeek(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lead := r.staff(t, VenueLead, "lib-1")
	token, err := r.Invite(ctx, lead, Mentor, "lib-1", time.Time{})
	must(t, err)
	inv, err := r.Invited(ctx, token)
	if err != nil || inv.Role != Mentor || inv.Place != "lib-1" {
		t.Fatalf("%+v, %v", inv, err)
	}
	wants(t, r.Accept(ctx, lead, token), fault.Forbidden, "person.not_oneself")
	wants(t, r.Accept(ctx, Actor{}, token), fault.Unauthenticated, "")
	var ok atomic.Int32
	var all sync.WaitGroup
	var winner atomic.Value
	for range 8 {
		p := r.adult(t, Registration{})
		all.Go(func() {
			if err := r.Accept(ctx, own(p.ID), token); err == nil {
				ok.Add(1)
				winner.Store(p.ID)
			} else if !fault.Is(err, fault.Gone) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if ok.Load() != 1 {
		t.Fatalf("%d accepted one invitation", ok.Load())
	}
	grants, err := r.Grants(ctx, winner.Load().(ID))
	if err != nil || len(grants) != 1 || grants[0].By != lead.Person {
		t.Fatalf("%+v, %v", grants, err)
	}
	p := r.adult(t, Registration{})
	wants(t, r.Accept(ctx, own(p.ID), token), fault.Gone, "person.ticket_used")
	wants(t, r.Accept(ctx, own(p.ID), "forged"), fault.NotFound, "person.ticket_unknown")
	old, err := r.Invite(ctx, lead, Mentor, "lib-1", time.Time{})
	must(t, err)
	r.clock.pass(InviteLife)
	wants(t, r.Accept(ctx, own(p.ID), old), fault.Gone, "person.ticket_expired")
	_, err = r.Invite(ctx, lead, Mentor, "lib-2", time.Time{})
	wants(t, err, fault.NotFound, "")
}

func TestAnInvitationOfWhoeverLostTheRightIsVoid(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lead := r.staff(t, VenueLead, "lib-1")
	token, err := r.Invite(ctx, lead, Mentor, "lib-1", time.Time{})
	must(t, err)
	must(t, r.Revoke(ctx, operator, lead.Person, VenueLead, "lib-1"))
	wants(t, r.Accept(ctx, own(r.adult(t, Registration{}).ID), token), fault.Gone, "person.ticket_expired")
}

func TestTicketsDoNotStandInForEachOther(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	invite, err := r.Invite(ctx, operator, Mentor, "lib-1", time.Time{})
	must(t, err)
	_, err = r.SignInByLink(ctx, invite, "web")
	wants(t, err, fault.NotFound, "person.ticket_unknown")
	_, err = r.GuardianAsk(ctx, invite)
	wants(t, err, fault.NotFound, "person.ticket_unknown")
}

func TestTheOperatorAddsStaffWithASecondFactor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, role := range Roles()[1:] {
		place := map[PlaceKind]string{NoPlace: "", Venue: "lib-1", Institution: "school-1"}[role.PlaceKind()]
		added, err := r.AddStaff(ctx, operator, role, place, "Освітло")
		must(t, err)
		in, err := r.SignInByLink(ctx, added.SignIn, "web")
		if err != nil || in.Person != added.ID || in.Staff != role.Staff() || in.NeedsFactor() != role.Staff() {
			t.Fatalf("%s: %+v, %v", role, in, err)
		}
		_, err = r.SignInByLink(ctx, added.SignIn, "web")
		wants(t, err, fault.Gone, "person.ticket_used")
		if !role.Staff() {
			continue
		}
		if raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(added.TOTPSecret); err != nil || len(raw) < 16 {
			t.Errorf("%s: secret %q", role, added.TOTPSecret)
		}
		digits, err := totp.GenerateCode(added.TOTPSecret, r.clock.now())
		must(t, err)
		must(t, r.CheckTOTP(ctx, added.ID, digits))
		if !strings.HasPrefix(added.TOTPAddr, "otpauth://totp/") {
			t.Error(added.TOTPAddr)
		}
	}
	late, err := r.AddStaff(ctx, operator, Administrator, "", "Освітло")
	must(t, err)
	r.clock.pass(SignInLife)
	_, err = r.SignInByLink(ctx, late.SignIn, "web")
	wants(t, err, fault.Gone, "person.ticket_expired")
	_, err = r.AddStaff(ctx, r.staff(t, Administrator, ""), CDTO, "", "Освітло")
	wants(t, err, fault.Forbidden, "")
}

func TestStaffOfAPlaceAreListed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.staff(t, Mentor, "lib-1")
	r.staff(t, Mentor, "lib-1")
	r.staff(t, Mentor, "lib-2")
	lead := r.staff(t, VenueLead, "lib-1")
	list, err := r.StaffAt(ctx, lead, Mentor, "lib-1")
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	_, err = r.StaffAt(ctx, lead, Mentor, "lib-2")
	wants(t, err, fault.NotFound, "")
	all, err := r.StaffAt(ctx, r.staff(t, CDTO, ""), Mentor, "")
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
}

func TestALostFactorIsResetByAnAdministrator(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff(t, Mentor, "lib-1")
	totpOf(t, r, mentor)
	admin := r.staff(t, Administrator, "")
	wants(t, r.ResetFactors(ctx, admin, admin.Person), fault.Forbidden, "person.not_oneself")
	lead := r.staff(t, VenueLead, "lib-1")
	wants(t, r.ResetFactors(ctx, lead, mentor.Person), fault.Forbidden, "")
	must(t, r.ResetFactors(ctx, admin, mentor.Person))
	wants(t, r.CheckTOTP(ctx, mentor.Person, "1"), fault.NotFound, "person.no_factor")
	link, err := r.SignInLink(ctx, admin, mentor.Person)
	must(t, err)
	in, err := r.SignInByLink(ctx, link, "web")
	if err != nil || !in.NeedsFactor() {
		t.Fatalf("%+v, %v", in, err)
	}
}

func TestTokensAreBoundAndEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lead := r.staff(t, VenueLead, "lib-1")
	helper := r.staff(t, HelpOperator, "")
	admin := r.staff(t, Administrator, "")
	venue, doc, err := r.IssueToken(ctx, lead, VenueToken, "lib-1", "", "каса", 30*24*time.Hour)
	must(t, err)
	operatorToken, _, err := r.IssueToken(ctx, admin, OperatorToken, "", helper.Person, "", 0)
	must(t, err)
	got, err := r.Verify(ctx, venue)
	if err != nil || got.Place != "lib-1" || !got.Allows("paper") || !got.Allows("mentor") || got.Allows("self") {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err = r.Verify(ctx, operatorToken); err != nil || !got.Allows("phone") || got.Allows("paper") || got.Person != helper.Person {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "x", tokenPrefix, tokenPrefix + "x", venue + "x", strings.ToUpper(venue), strings.Repeat("o", 9999)} {
		_, err := r.Verify(ctx, bad)
		wants(t, err, fault.Unauthenticated, "person.token_unknown")
	}
	must(t, r.Revoke(ctx, operator, helper.Person, HelpOperator, ""))
	_, err = r.Verify(ctx, operatorToken)
	wants(t, err, fault.Unauthenticated, "person.token_unknown")
	wants(t, r.RevokeToken(ctx, r.staff(t, VenueLead, "lib-2"), doc.ID), fault.NotFound, "")
	r.clock.pass(30 * 24 * time.Hour)
	_, err = r.Verify(ctx, venue)
	wants(t, err, fault.Unauthenticated, "person.token_unknown")
	for name, err := range map[string]error{
		"another venue":    func() error { _, _, e := r.IssueToken(ctx, lead, DeviceToken, "lib-2", "", "", 0); return e }(),
		"an operator":      func() error { _, _, e := r.IssueToken(ctx, lead, OperatorToken, "", helper.Person, "", 0); return e }(),
		"an unknown kind":  func() error { _, _, e := r.IssueToken(ctx, admin, "god", "lib-1", "", "", 0); return e }(),
		"a venue of a man": func() error { _, _, e := r.IssueToken(ctx, admin, VenueToken, "lib-1", helper.Person, "", 0); return e }(),
	} {
		if err == nil {
			t.Errorf("a token of %s was made", name)
		}
	}
	raw, err := r.engine.Raw(tokenSpec)
	must(t, err)
	for d, err := range raw.Find(ctx, store.Query{Index: store.BuiltinID}) {
		must(t, err)
		if strings.Contains(d.ID+string(d.Body), tokenPrefix) {
			t.Error("a token stands in the store")
		}
	}
	list, err := r.Tokens(ctx, lead, "lib-1")
	if err != nil || len(list) != 1 || list[0].Label != "каса" || list[0].Used == "" {
		t.Errorf("%+v, %v", list, err)
	}
}
