package staffing

import (
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/store"
)

// A code enrols through its last day in Kyiv and not on the next; its place is free then.
func TestCodesEndByThemselves(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 10) // ten, a fifth and ten
	codes, err := r.order(t, b.ID, 22, 14)
	if err != nil {
		t.Fatal(err)
	}
	if c := r.have(t, b.ID); c.N != 22 || c.Left != 0 || len(c.Lots) != 1 || c.Lots[0].Until != "2026-10-15" {
		t.Errorf("%+v", c)
	}
	if _, err := r.order(t, b.ID, 1, Term); !fault.Is(err, fault.Invalid) {
		t.Errorf("one code too many: %v", err)
	}
	for _, days := range []int{0, -1, 13, 1 << 30} {
		if _, err := r.order(t, b.ID, 1, days); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d days: %v", days, err)
		}
	}
	join := func(who, c int) error {
		r.people[someone(who)] = Standing{}
		return second(r.Join(t.Context(), someone(who), codes[c].Latin, Wish{}))
	}
	r.clock = time.Date(2026, 10, 15, 23, 59, 0, 0, r.clock.Location())
	if err := join(0, 0); err != nil {
		t.Errorf("on the last day: %v", err)
	}
	r.clock = r.clock.Add(time.Minute)
	if err := join(1, 1); !fault.Is(err, fault.Gone) || fault.As(err).Key != "employer.code_old" {
		t.Errorf("a day later: %v", err)
	}
	if c := r.have(t, b.ID); c.N != 0 || c.Left != 22 {
		t.Errorf("the places are not free: %+v", c)
	}
	if list, _ := r.Of(t.Context(), someone(0)); len(list) != 1 {
		t.Error("who came in time is out")
	}
}

// Codes that were taken back enrol nobody; those who came with them stay, others work on.
func TestTakingBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 10)
	lost, kept := r.codesOf(t, b.ID, 12), r.codesOf(t, b.ID, 10)
	if err := second(r.Join(t.Context(), someone(0), lost[0].Latin, Wish{})); err != nil {
		t.Fatal(err)
	}
	lot := r.have(t, b.ID).Lots[1] // the newest first
	for range 2 {
		if err := r.TakeBack(t.Context(), coordinator(b.ID), b.ID, lot.ID); err != nil {
			t.Fatal(err)
		}
	}
	for k, c := range lost {
		if err := second(r.Join(t.Context(), someone(50+k), c.Latin, Wish{})); !fault.Is(err, fault.Gone) {
			t.Errorf("slip %d of a lot taken back: %v", k, err)
		}
	}
	if err := second(r.Join(t.Context(), someone(1), kept[0].Latin, Wish{})); err != nil {
		t.Error(err)
	}
	if list, _ := r.Of(t.Context(), someone(0)); len(list) != 1 {
		t.Error("who had come is out")
	}
	if c := r.have(t, b.ID); c.N != 10 || c.Left != 12 {
		t.Errorf("%+v", c)
	}
	fresh := r.codesOf(t, b.ID, 12)
	if ids := []string{r.have(t, b.ID).Lots[0].ID, r.have(t, b.ID).Lots[1].ID}; slices.Contains(ids, lot.ID) {
		t.Errorf("a new lot has the name of an old one: %v", ids)
	}
	if err := second(r.Look(t.Context(), fresh[0].Latin)); err != nil {
		t.Error(err)
	}
	if _, _, err := r.Codes(t.Context(), coordinator(b.ID), b.ID, Order{N: 1, Days: Term, Rev: 1}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old page made codes: %v", err)
	}
}

// What an employer reads of its codes is the same whether nobody used one or everybody did.
func TestCodesTellOfNobodyWhoUsedThem(t *testing.T) {
	t.Parallel()
	history := func(users int) (read []Codes) {
		r := newRig(t)
		b := r.body(t, institution.Organisation, "Спілка", 9)
		codes := r.codesOf(t, b.ID, 15)
		for k := range users {
			r.people[someone(k)] = Standing{}
			if err := second(r.Join(t.Context(), someone(k), codes[k].Latin, Wish{})); err != nil {
				t.Fatal(err)
			}
		}
		note := func() {
			r.look(t)
			c := r.have(t, b.ID)
			read = append(read, c)
		}
		note()
		if err := r.TakeBack(t.Context(), coordinator(b.ID), b.ID, r.have(t, b.ID).Lots[0].ID); err != nil {
			t.Fatal(err)
		}
		note()
		r.codesOf(t, b.ID, 20)
		note()
		r.clock = r.clock.AddDate(0, 0, Term+1)
		note()
		return read
	}
	if none, nine := history(0), history(9); !reflect.DeepEqual(none, nine) {
		t.Errorf("nobody: %+v\nnine: %+v", none, nine)
	}
}

// By the published count all have joined: no more codes for people who do not work there.
func TestNoCodesBeyondTheFrame(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 10)
	r.enrol(t, b.ID, 0, 20, Standing{})
	r.clock = r.clock.AddDate(0, 0, Term+1)
	r.enrol(t, b.ID, 20, 10, Standing{})
	r.look(t)
	if err := third(r.Codes(t.Context(), coordinator(b.ID), b.ID, Order{N: 1, Days: Term, Rev: r.have(t, b.ID).Rev})); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Key != "employer.codes_full" {
		t.Errorf("%v", err)
	}
}

// Codes that ended long ago are forgotten, with who used them.
func TestOldCodesAreForgotten(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 40)
	r.enrol(t, b.ID, 0, 3, Standing{})
	stored := func() (n int) {
		t.Helper()
		for _, err := range r.codes.Find(t.Context(), store.Query{Index: indexUntil}) {
			if n++; err != nil {
				t.Fatal(err)
			}
		}
		for _, err := range r.claims.Find(t.Context(), store.Query{Index: indexHolder}) {
			if n++; err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	r.clock = r.clock.AddDate(0, 0, Term+keepEnded-1)
	r.look(t)
	if n := stored(); n != 6 {
		t.Fatalf("%d kept before the day", n)
	}
	r.look(t)
	if n := stored(); n != 0 {
		t.Errorf("%d kept after it", n)
	}
	if list, _ := r.Of(t.Context(), someone(0)); len(list) != 1 {
		t.Error("who came is out")
	}
}

// Lots are bounded; one taken back makes room for another.
func TestLotsAreBounded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 900)
	full := &lots{Doc: store.Doc{ID: b.ID}}
	for k := range maxLots {
		full.List = append(full.List, Lot{ID: "x" + strconv.Itoa(k), N: 1, Made: day(r.clock), Until: day(r.clock)})
	}
	if err := r.lots.Insert(t.Context(), full); err != nil {
		t.Fatal(err)
	}
	if _, err := r.order(t, b.ID, 1, Term); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Key != "employer.codes_lots" {
		t.Errorf("%v", err)
	}
	if err := r.TakeBack(t.Context(), coordinator(b.ID), b.ID, "x7"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.order(t, b.ID, 1, Term); err != nil {
		t.Error(err)
	}
}
