package person

import (
	"testing"
	"time"

	"osvitlo/internal/fault"
)

func TestInvitationsThatWaitAreListedAndTakenBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff(t, Administrator, "")
	lead := r.staff(t, VenueLead, "lib-1")
	far := r.staff(t, VenueLead, "lib-2")
	token, err := r.Invite(ctx, lead, Mentor, "lib-1", time.Time{})
	must(t, err)
	list, err := r.Invitations(ctx, lead)
	must(t, err)
	if len(list) != 1 || list[0].Role != Mentor || list[0].Place != "lib-1" || list[0].ID == token {
		t.Fatalf("%+v", list)
	}
	if all, err := r.Invitations(ctx, admin); err != nil || len(all) != 1 {
		t.Fatalf("%v %v", all, err)
	}
	if none, err := r.Invitations(ctx, far); err != nil || len(none) != 0 {
		t.Fatalf("another venue's invitation is shown: %v %v", none, err)
	}
	wants(t, r.Uninvite(ctx, far, list[0].ID), fault.NotFound, "")
	wants(t, r.Uninvite(ctx, lead, "unknown"), fault.NotFound, "")
	must(t, r.Uninvite(ctx, lead, list[0].ID))
	if list, err = r.Invitations(ctx, lead); err != nil || len(list) != 0 {
		t.Fatalf("%v %v", list, err)
	}
	_, err = r.Invited(ctx, token)
	wants(t, err, fault.Gone, "")
}

func TestPeopleAlikeAreSeenBeforeASecondAccount(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	near := r.staff(t, Mentor, "lib-1")
	far := r.staff(t, Mentor, "lib-2")
	out, err := r.Register(ctx, near, Registration{Name: "Олена Коваль", Born: 1956, Phone: "050 123 45 67", Venue: "lib-1"})
	must(t, err)
	reg := Registration{Name: "Єлена Коваль", Born: 1956, Phone: "050 123 45 67"}
	reg.Venue = "lib-1"
	list, err := r.Alike(ctx, near, reg)
	must(t, err)
	if len(list) != 1 || list[0].Person.ID != out.Person.ID {
		t.Fatalf("%+v", list)
	}
	_, err = r.Alike(ctx, far, reg)
	wants(t, err, fault.NotFound, "")
	reg.Venue = "lib-2"
	if list, err = r.Alike(ctx, far, reg); err != nil || len(list) != 0 {
		t.Fatalf("a mentor reads strangers: %v %v", list, err)
	}
	if n, err := r.OpenPairs(ctx, r.staff(t, Administrator, ""), 10); err != nil || n != 0 {
		t.Fatalf("looking made a suggestion: %d %v", n, err)
	}
}
