package person

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

// full is a person with something in every collection.
func full(t testing.TB, r *rig) (*Person, *Card) {
	t.Helper()
	mentor := r.staff(t, Mentor, "lib-1")
	old := r.adult(t, Registration{Name: "Коваль Елена", Born: 1956, Phone: "0501234567", Email: "olena@example.org", Venue: "lib-1"})
	p := r.adult(t, Registration{Name: "Коваль Олена", Born: 1956, Venue: "lib-1"})
	r.adult(t, Registration{Name: "Коваль Оленка", Born: 1956, Phone: "0671234567", Venue: "lib-1"}) // somebody alike, who stays
	_, err := r.Merge(ctx, operator, p.ID, old.ID)
	must(t, err)
	c, err := r.IssueCard(ctx, mentor, p.ID, Pictures, "lib-1")
	must(t, err)
	a := own(p.ID)
	must(t, r.Consent(ctx, a, p.ID, Statistics, true, 3, ModeSelf, ""))
	r.sittings.proofs["sit-1"] = "k"
	must(t, r.Attach(ctx, a, "sit-1", "k"))
	totpOf(t, r, a)
	r.holder.data[p.ID] = "урок 1"
	r.holder.data[old.ID] = "урок 2"
	p, err = r.ByID(ctx, a, p.ID)
	must(t, err)
	return p, c
}

// traces lists where an id or a clear word of a person still stands in the store,
// tombstones of the people aside.
func traces(t testing.TB, r *rig, ids ...ID) (list []string) {
	t.Helper()
	for _, spec := range Specs() {
		raw, err := r.engine.Raw(spec)
		must(t, err)
		for doc, err := range raw.Find(ctx, store.Query{Index: store.BuiltinID}) {
			must(t, err)
			text := doc.ID + " " + string(doc.Body)
			for _, id := range ids {
				if !strings.Contains(text, string(id)) {
					continue
				}
				if spec.Name == peopleSpec.Name && strings.Contains(string(doc.Body), `"erased"`) && len(doc.Body) < 80 {
					continue
				}
				list = append(list, spec.Name+": "+text)
			}
		}
	}
	return list
}

func TestErasureLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, c := full(t, r)
	a := own(p.ID)
	stale := a
	stale.Fresh = false
	_, err := r.Erase(ctx, stale, p.ID)
	wants(t, err, fault.Unauthenticated, "person.prove_again")
	_, err = r.Erase(ctx, own(r.adult(t, Registration{}).ID), p.ID)
	wants(t, err, fault.NotFound, "")
	number, err := r.Erase(ctx, a, p.ID)
	must(t, err)
	if left := traces(t, r, p.ID, p.Merged[0]); len(left) > 0 {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
	if len(r.holder.data) != 0 || len(r.sittings.erased) != 1 {
		t.Errorf("held elsewhere: %v, sittings %v", r.holder.data, r.sittings.erased)
	}
	for _, id := range []ID{p.ID, p.Merged[0]} {
		if _, err := r.ByID(ctx, own(id), id); !fault.Is(err, fault.Gone) {
			t.Errorf("%s: %v", id, err)
		}
		_, err := r.ByID(ctx, r.staff(t, Mentor, "lib-1"), id)
		wants(t, err, fault.NotFound, "")
	}
	_, err = r.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret})
	wants(t, err, fault.Unauthenticated, "")
	if found, err := r.Search(ctx, operator, "4567"); err != nil || len(found.People) != 1 {
		t.Errorf("%+v, %v", found, err)
	}
	for _, typed := range []string{number, strings.ToLower(number), strings.ReplaceAll(number, "-", " ")} {
		rec, err := r.CheckReceipt(ctx, typed)
		if err != nil || !rec.Done || !rec.At.Equal(r.clock.now()) {
			t.Errorf("receipt %q: %+v, %v", typed, rec, err)
		}
	}
	_, err = r.CheckReceipt(ctx, "0000-0000-0000-00")
	wants(t, err, fault.NotFound, "person.no_receipt")
	again := r.adult(t, Registration{Phone: "0501234567", Email: "olena@example.org"})
	if again.PhoneShared {
		t.Error("the phone of an erased person stays taken")
	}
}

func TestErasureIsFinishedWhereverItWasCutShort(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"tombstone", "receipt", "sessions", "cards", "secrets", "tickets", "sittings", "holders", "told",
		"consents", "claims", "merges", "pairs", "accounts", "ended sessions", "people"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			p, _ := full(t, r)
			if !crash(r, at, func() { _, _ = r.Erase(ctx, own(p.ID), p.ID) }) {
				t.Fatal("no such step")
			}
			if n, err := r.ReplayErasures(ctx); err != nil || n != 1 {
				t.Fatalf("replayed %d, %v", n, err)
			}
			if left := traces(t, r, p.ID, p.Merged[0]); len(left) > 0 || len(r.holder.data) > 0 || len(r.sittings.erased) == 0 {
				t.Errorf("left behind: %s, %v, %v", strings.Join(left, "\n"), r.holder.data, r.sittings.erased)
			}
			if n, err := r.ReplayErasures(ctx); err != nil || n != 0 {
				t.Fatalf("replayed again %d, %v", n, err)
			}
		})
	}
}

// backup is the store of before the erasure: the engine of a copied file.
func TestARestoreDoesNotBringAnybodyBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, c := full(t, r)
	backup := map[string][]store.RawDoc{}
	for _, spec := range Specs() {
		raw, err := r.engine.Raw(spec)
		must(t, err)
		for doc, err := range raw.Find(ctx, store.Query{Index: store.BuiltinID}) {
			must(t, err)
			backup[spec.Name] = append(backup[spec.Name], doc)
		}
	}
	number, err := r.Erase(ctx, own(p.ID), p.ID)
	must(t, err)

	dir := t.TempDir() // another machine, the backup, and the tombstones of the old one
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "t.db")})
	must(t, err)
	t.Cleanup(func() { _ = engine.Close() })
	restored := rigOn(t, engine, dir)
	for _, spec := range Specs() {
		raw, err := engine.Raw(spec)
		must(t, err)
		must(t, raw.InsertMany(ctx, backup[spec.Name]))
	}
	cfg := restored.cfg
	cfg.Tombstones = r.cfg.Tombstones
	restored.Service = restored.open(t, cfg)
	restored.holder.data[p.ID] = "урок 1"
	if _, err := restored.ByID(ctx, own(p.ID), p.ID); err != nil {
		t.Fatal("the backup does not hold the person: ", err)
	}
	if n, err := restored.ReplayErasures(ctx); err != nil || n != 1 {
		t.Fatalf("replayed %d, %v", n, err)
	}
	if left := traces(t, restored, p.ID, p.Merged[0]); len(left) > 0 || len(restored.holder.data) > 0 || len(restored.sittings.erased) != 1 {
		t.Errorf("left behind: %s", strings.Join(left, "\n"))
	}
	_, err = restored.SignInCard(ctx, CardTry{Payload: c.Payload, Secret: c.Secret})
	wants(t, err, fault.Unauthenticated, "")
	if rec, err := restored.CheckReceipt(ctx, number); err != nil || !rec.Done {
		t.Errorf("%+v, %v", rec, err)
	}
}

func TestStaffGiveTheirRolesBackFirst(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mentor := r.staff(t, Mentor, "lib-1")
	_, err := r.Erase(ctx, mentor, mentor.Person)
	wants(t, err, fault.Conflict, "person.erase_staff")
	must(t, r.Revoke(ctx, mentor, mentor.Person, Mentor, "lib-1")) // everybody may lay their own down
	if _, err := r.Erase(ctx, own(mentor.Person), mentor.Person); err != nil {
		t.Fatal(err)
	}
}

func TestAStoreThatIsAwayDoesNotLoseAnErasure(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, _ := full(t, r)
	r.cfg.Holders = []Holder{&awayHolder{}}
	r.Service = r.open(t, r.cfg)
	number, err := r.Erase(ctx, own(p.ID), p.ID)
	must(t, err) // the person gets the receipt
	rec, err := r.CheckReceipt(ctx, number)
	if err != nil || rec.Done {
		t.Fatalf("%+v, %v", rec, err)
	}
	r.cfg.Holders = nil
	r.Service = r.open(t, r.cfg)
	if n, err := r.ReplayErasures(ctx); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if rec, err = r.CheckReceipt(ctx, number); err != nil || !rec.Done {
		t.Fatalf("%+v, %v", rec, err)
	}
}

type awayHolder struct{ fakeHolder }

func (*awayHolder) Name() string { return "away" }
func (*awayHolder) Erase(_ context.Context, _ []ID) error {
	return fault.New(fault.Unavailable, "")
}

func TestTheExportHoldsEverythingAndNoFormula(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, _ := full(t, r)
	e, err := r.Export(ctx, own(p.ID), p.ID)
	must(t, err)
	if e.Person.Name != "Коваль Олена" || len(e.Consents) != 1 || len(e.Cards) != 1 || len(e.Ways) != 1 || len(e.Merges) != 1 ||
		len(e.Sittings) != 1 || fmt.Sprint(e.Others["lessons"]) != "[урок 1 урок 2]" {
		t.Fatalf("%+v", e)
	}
	var asJSON, asCSV bytes.Buffer
	must(t, e.WriteJSON(&asJSON))
	if !json.Valid(asJSON.Bytes()) || strings.Contains(asJSON.String(), "sealed") {
		t.Error(asJSON.String())
	}
	must(t, e.WriteCSV(&asCSV))
	for _, want := range []string{"person.name,Коваль Олена", "person.phone,'+380501234567", "sittings.1.answer,'=1+1", "others.lessons.1,урок 1", "person.born,1956"} {
		if !strings.Contains(asCSV.String(), want) {
			t.Errorf("no %q in\n%s", want, asCSV.String())
		}
	}
	_, err = r.Export(ctx, own(r.adult(t, Registration{}).ID), p.ID)
	wants(t, err, fault.NotFound, "")
	_, err = r.Export(ctx, r.staff(t, Mentor, "lib-1"), p.ID)
	wants(t, err, fault.NotFound, "")
}

func TestRetentionRunsAndReports(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff(t, Administrator, "")
	minor, err := r.Register(ctx, Actor{}, Registration{Born: 2011})
	must(t, err)
	unused := r.adult(t, Registration{Name: "Давня Людина"})
	_, err = r.StartCode(ctx, "a@example.org", "uk")
	must(t, err)
	if _, err := r.Invite(ctx, operator, Mentor, "lib-1", time.Time{}); err != nil {
		t.Fatal(err)
	}
	r.clock.pass(WaitLimit + time.Hour)
	rep, err := r.Sweep(ctx)
	must(t, err)
	if rep.Waiting != 1 || rep.Unused != 0 || rep.Gone["codes"] != 2 || rep.Gone["tickets"] != 1 {
		t.Fatalf("%+v", rep)
	}
	if _, err := r.Real(ctx, minor.Person.ID); !fault.Is(err, fault.Gone) {
		t.Fatal(err)
	}
	r.clock.pass(3 * 366 * 24 * time.Hour)
	in, err := r.arrive(ctx, r.adult(t, Registration{Name: "Нова Людина"}).ID, ViaCard, false, "web")
	must(t, err)
	if rep, err = r.Sweep(ctx); err != nil || rep.Unused != 1 { // staff stay
		t.Fatalf("%+v, %v", rep, err)
	}
	if _, err := r.Real(ctx, unused.ID); !fault.Is(err, fault.Gone) {
		t.Fatal(err)
	}
	if _, err := r.Real(ctx, in.Person); err != nil {
		t.Fatal(err)
	}
	page, err := r.Reports(ctx, admin, "", 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].Unused != 1 {
		t.Fatalf("%+v, %v", page.Items, err)
	}
	_, err = r.Reports(ctx, own(unused.ID), "", 10)
	wants(t, err, fault.Forbidden, "")
}
