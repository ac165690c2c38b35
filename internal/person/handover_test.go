package person

import (
	"testing"
	"time"

	"osvitlo/internal/fault"
)

func TestACoordinatorsRightEndsWhenTheNextOnesBegins(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.staff(t, Coordinator, "school-1")
	end := noon.AddDate(0, 8, 0)
	token, err := r.HandOver(ctx, old, old.Person, "school-1", end)
	must(t, err)
	wants(t, r.Accept(ctx, old, token), fault.Forbidden, "person.not_oneself")
	waits, err := r.Invitations(ctx, old)
	if err != nil || len(waits) != 1 || waits[0].Instead != old.Person || !waits[0].Until.Equal(end) {
		t.Fatalf("what waits: %+v, %v", waits, err)
	}
	next := r.adult(t, Registration{})
	must(t, r.Accept(ctx, own(next.ID), token))
	if held, err := r.Grants(ctx, old.Person); err != nil || len(held) != 0 {
		t.Errorf("the old one still holds %+v, %v", held, err)
	}
	held, err := r.Grants(ctx, next.ID)
	if err != nil || len(held) != 1 || held[0].Role != Coordinator || held[0].Place != "school-1" || !held[0].Until.Equal(end) {
		t.Errorf("the new one holds %+v, %v", held, err)
	}
	wants(t, r.Accept(ctx, own(r.adult(t, Registration{}).ID), token), fault.Gone, "")
}

func TestOnlyTheDepartmentAndOneselfHandADutyOver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one, two := r.staff(t, Coordinator, "school-1"), r.staff(t, Coordinator, "school-2")
	analyst := r.staff(t, Analyst, "")
	_, err := r.HandOver(ctx, two, one.Person, "school-1", time.Time{})
	if err == nil {
		t.Error("a coordinator handed a colleague's duty over")
	}
	_, err = r.HandOver(ctx, two, two.Person, "school-1", time.Time{})
	wants(t, err, fault.NotFound, "")
	_, err = r.Invite(ctx, one, Coordinator, "school-1", time.Time{})
	wants(t, err, fault.Forbidden, "")
	_, err = r.HandOver(ctx, analyst, two.Person, "school-1", time.Time{})
	wants(t, err, fault.NotFound, "") // who does not coordinate there has nothing to hand over
	token, err := r.HandOver(ctx, analyst, one.Person, "school-1", time.Time{})
	must(t, err)
	// the department takes the duty from the old one; the invitation is still good
	must(t, r.Revoke(ctx, analyst, one.Person, Coordinator, "school-1"))
	must(t, r.Accept(ctx, own(r.adult(t, Registration{}).ID), token))
	_, err = r.Invite(ctx, analyst, Mentor, "lib-1", time.Time{})
	wants(t, err, fault.Forbidden, "")
}

func TestOnePersonCoordinatesTwoSchools(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	analyst := r.staff(t, Analyst, "")
	p := r.adult(t, Registration{})
	for _, place := range []string{"school-1", "school-2"} {
		token, err := r.Invite(ctx, analyst, Coordinator, place, time.Time{})
		must(t, err)
		must(t, r.Accept(ctx, own(p.ID), token))
	}
	held, err := r.Grants(ctx, p.ID)
	must(t, err)
	a := Actor{Person: p.ID, Grants: held, Strong: true, Fresh: true}
	for place, want := range map[string]bool{"school-1": true, "school-2": true, "school-3": false} {
		if got := Can(&a, SchoolEdit, Of(place)).OK(); got != want {
			t.Errorf("%s: %v", place, got)
		}
	}
	// one of them is handed over: the other stays
	token, err := r.HandOver(ctx, a, p.ID, "school-1", time.Time{})
	must(t, err)
	must(t, r.Accept(ctx, own(r.adult(t, Registration{}).ID), token))
	if held, _ = r.Grants(ctx, p.ID); len(held) != 1 || held[0].Place != "school-2" {
		t.Errorf("left with %+v", held)
	}
}
