package person

import (
	"slices"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// doubles registers one woman twice.
func doubles(t testing.TB, r *rig) (keep, drop *Person) {
	t.Helper()
	keep = r.adult(t, Registration{Name: "Коваль Олена", Born: 1956, Venue: "lib-1"})
	drop = r.adult(t, Registration{Name: "Коваль Елена", Born: 1956, Phone: "0501234567", Email: "olena@example.org", Venue: "lib-1"})
	return keep, drop
}

func TestDoublesAreSuggestedToThoseWhoMayJoinThem(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lead := r.staff(t, VenueLead, "lib-1")
	keep := r.adult(t, Registration{Name: "Коваль Олена", Born: 1956, Phone: "0501234567", Venue: "lib-1"})
	out, err := r.Register(ctx, r.staff(t, Mentor, "lib-1"), Registration{Name: "Елена Коваль", Born: 1956, Phone: "0671114567", Venue: "lib-1"})
	must(t, err)
	if len(out.Alike) != 1 || out.Alike[0].Person.ID != keep.ID || out.Alike[0].Score < pairLeast {
		t.Fatalf("%+v", out.Alike)
	}
	r.adult(t, Registration{Name: "Шевченко Тарас", Born: 1956, Phone: "0991114567", Venue: "lib-1"}) // same year and tail, another man
	r.adult(t, Registration{Name: "Коваль Олена", Born: 1988, Venue: "lib-1"})                        // same name, a generation younger
	far, err := r.Register(ctx, r.staff(t, Mentor, "lib-2"), Registration{Name: "Коваль Олена", Born: 1956, Phone: "0501234567", SharedPhone: true, Venue: "lib-2"})
	must(t, err)
	if len(far.Alike) != 0 {
		t.Fatalf("a mentor reads strangers by registering: %+v", far.Alike)
	}
	list, _, err := r.Duplicates(ctx, lead, "", 20)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	all, _, err := r.Duplicates(ctx, r.staff(t, Administrator, ""), "", 20)
	if err != nil || len(all) != 3 || all[0].Pair.Score < all[2].Pair.Score {
		t.Fatalf("%d pairs, %v", len(all), err)
	}
	_, _, err = r.Duplicates(ctx, r.staff(t, Mentor, "lib-1"), "", 20)
	wants(t, err, fault.Forbidden, "")
	must(t, r.Apart(ctx, lead, keep.ID, out.Person.ID))
	if list, _, err = r.Duplicates(ctx, lead, "", 20); err != nil || len(list) != 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	if _, err := r.FindDuplicates(ctx); err != nil {
		t.Fatal(err)
	}
	if list, _, err = r.Duplicates(ctx, lead, "", 20); err != nil || len(list) != 0 {
		t.Fatalf("the job brings a refused pair back: %+v, %v", list, err)
	}
}

func TestMergeAndUndo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lead, mentor := r.staff(t, VenueLead, "lib-1"), r.staff(t, Mentor, "lib-1")
	keep, drop := doubles(t, r)
	c, err := r.IssueCard(ctx, mentor, drop.ID, Pictures, "lib-1")
	must(t, err)
	r.sittings.proofs["s"] = "k"
	must(t, r.Attach(ctx, own(drop.ID), "s", "k"))
	m, err := r.Merge(ctx, lead, keep.ID, drop.ID)
	must(t, err)

	got, err := r.ByID(ctx, own(drop.ID), drop.ID) // the old id leads to who stays
	must(t, err)
	if got.ID != keep.ID || got.Phone != "+380501234567" || got.Email != "olena@example.org" || got.Name != "Коваль Олена" || !slices.Contains(got.Merged, drop.ID) {
		t.Fatalf("%+v", got)
	}
	in, err := r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret})
	if err != nil || in.Person != keep.ID {
		t.Fatalf("%+v, %v", in, err)
	}
	if list, err := r.Service.Sittings(ctx, keep.ID); err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, q := range []string{"коваль", "1956 елена коваль", "4567"} {
		if found, err := r.Search(ctx, lead, q); err != nil || len(found.People) != 1 || found.People[0].ID != keep.ID {
			t.Fatalf("%s: %+v, %v", q, found, err)
		}
	}
	_, err = r.Register(ctx, operator, Registration{Adult: true, Phone: "0501234567"})
	wants(t, err, fault.Conflict, "person.phone_taken")
	if n, err := r.outbox.Cancel(ctx, "person-merged:"+m.ID); err != nil || !n {
		t.Fatalf("nobody was told: %v, %v", n, err)
	}
	history, err := r.History(ctx, lead, keep.ID)
	if err != nil || len(history) != 1 || history[0].State != MergeDone || history[0].By != lead.Person {
		t.Fatalf("%+v, %v", history, err)
	}

	must(t, r.Undo(ctx, lead, m.ID))
	a, err := r.ByID(ctx, own(keep.ID), keep.ID)
	must(t, err)
	b, err := r.ByID(ctx, own(drop.ID), drop.ID)
	must(t, err)
	if a.Phone != "" || a.Email != "" || len(a.Merged) != 0 || b.Phone != "+380501234567" || b.Name != "Коваль Елена" || b.ID != drop.ID || b.PhoneShared {
		t.Fatalf("%+v\n%+v", a, b)
	}
	if in, err = r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret}); err != nil || in.Person != drop.ID {
		t.Fatalf("%+v, %v", in, err)
	}
	must(t, r.Undo(ctx, lead, m.ID)) // twice is once
}

func TestMergeIsRefusedWhereItWouldHarm(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lead := r.staff(t, VenueLead, "lib-1")
	keep, drop := doubles(t, r)
	far := r.adult(t, Registration{Venue: "lib-2"})
	_, err := r.Merge(ctx, lead, keep.ID, keep.ID)
	wants(t, err, fault.Conflict, "person.merge_same")
	_, err = r.Merge(ctx, lead, keep.ID, far.ID)
	wants(t, err, fault.NotFound, "")
	_, err = r.Merge(ctx, r.staff(t, Mentor, "lib-1"), keep.ID, drop.ID)
	wants(t, err, fault.NotFound, "")
	must(t, r.Grant(ctx, operator, drop.ID, Mentor, "lib-1", time.Time{}))
	_, err = r.Merge(ctx, lead, keep.ID, drop.ID)
	wants(t, err, fault.Conflict, "person.merge_staff")
	must(t, r.Revoke(ctx, operator, drop.ID, Mentor, "lib-1"))
	must(t, r.Join(ctx, own(lead.Person), lead.Person, "lib-1"))
	_, err = r.Merge(ctx, lead, lead.Person, drop.ID) // taking somebody's sittings over
	wants(t, err, fault.Forbidden, "person.not_oneself")
	m, err := r.Merge(ctx, lead, keep.ID, drop.ID)
	must(t, err)
	r.clock.pass(UndoFor)
	wants(t, r.Undo(ctx, lead, m.ID), fault.Gone, "person.undo_late")
}

func TestMergesOfMergesLeadToOne(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var ids []ID
	for range 4 {
		ids = append(ids, r.adult(t, Registration{Name: "Коваль Олена"}).ID)
	}
	var last *Merge
	for i := 1; i < len(ids); i++ {
		m, err := r.Merge(ctx, operator, ids[i], ids[i-1])
		must(t, err)
		last = m
	}
	for _, id := range ids {
		if real, err := r.Real(ctx, id); err != nil || real != ids[3] {
			t.Errorf("%s leads to %s, %v", id, real, err)
		}
	}
	p, err := r.ByID(ctx, own(ids[3]), ids[3])
	if err != nil || len(p.Merged) != 3 {
		t.Fatalf("%+v, %v", p, err)
	}
	must(t, r.Undo(ctx, operator, last.ID))
	if p, err = r.ByID(ctx, own(ids[3]), ids[3]); err != nil || len(p.Merged) != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if real, err := r.Real(ctx, ids[0]); err != nil || real != ids[2] {
		t.Fatalf("%s, %v", real, err)
	}
}

func TestAMergeThatWasCutShortIsFinished(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"merge begun", "alias made", "joined", "told"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			keep, drop := doubles(t, r)
			if !crash(r, at, func() { _, _ = r.Merge(ctx, operator, keep.ID, drop.ID) }) {
				t.Fatal("no such step")
			}
			r.clock.pass(2 * claimSlack)
			if n, err := r.Resume(ctx); err != nil || n != 1 {
				t.Fatalf("resumed %d, %v", n, err)
			}
			p, err := r.ByID(ctx, own(keep.ID), drop.ID)
			if err != nil || p.ID != keep.ID || p.Phone == "" {
				t.Fatalf("%+v, %v", p, err)
			}
			if n, err := r.Resume(ctx); err != nil || n != 0 {
				t.Fatalf("resumed again %d, %v", n, err)
			}
		})
	}
	for _, at := range []string{"undo begun", "set apart", "back again"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			keep, drop := doubles(t, r)
			m, err := r.Merge(ctx, operator, keep.ID, drop.ID)
			must(t, err)
			if !crash(r, at, func() { _ = r.Undo(ctx, operator, m.ID) }) {
				t.Fatal("no such step")
			}
			if n, err := r.Resume(ctx); err != nil || n != 1 {
				t.Fatalf("resumed %d, %v", n, err)
			}
			p, err := r.ByID(ctx, own(drop.ID), drop.ID)
			if err != nil || p.ID != drop.ID || p.Phone == "" {
				t.Fatalf("%+v, %v", p, err)
			}
		})
	}
}

func TestWhatIsSealedInAMergeGoesAfterItsTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	keep, drop := doubles(t, r)
	m, err := r.Merge(ctx, operator, keep.ID, drop.ID)
	must(t, err)
	r.clock.pass(UndoFor + time.Second)
	rep, err := r.Sweep(ctx)
	must(t, err)
	if rep.Gone["merges"] != 1 {
		t.Fatalf("%+v", rep)
	}
	for spec, id := range map[string]string{peopleSpec.Name: string(drop.ID), mergeSpec.Name: m.ID} {
		raw, err := r.engine.Raw(map[string]store.Spec{peopleSpec.Name: peopleSpec, mergeSpec.Name: mergeSpec}[spec])
		must(t, err)
		doc, err := raw.Get(ctx, id)
		must(t, err)
		if strings.Contains(string(doc.Body), "sealed") {
			t.Errorf("%s keeps %s", spec, doc.Body)
		}
	}
	if p, err := r.ByID(ctx, own(drop.ID), drop.ID); err != nil || p.ID != keep.ID {
		t.Fatalf("%+v, %v", p, err)
	}
}
