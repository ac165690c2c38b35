package itembank

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
)

func TestAReviewIsSignedByThePersonForTheWordsThatWereRead(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	it := single(t, 0)
	if err := r.Sign(ctx, editor("p1"), it.ID, Review{Verdict: Good, Hash: Hash(it)}); err != nil {
		t.Fatal(err)
	}
	if err := r.Sign(ctx, editor("p2"), it.ID, Review{Verdict: Mend, Note: " довге речення ", Hash: Hash(it)}); err != nil {
		t.Fatal(err)
	}
	if got := r.Standing(it); got != (Standing{Good: 1, Mend: 1}) || got.Reviewed() {
		t.Errorf("%+v", got)
	}
	if err := r.Sign(ctx, editor("p2"), it.ID, Review{Verdict: Good, Hash: Hash(it)}); err != nil {
		t.Fatal(err)
	}
	if got := r.Standing(it); got != (Standing{Good: 2}) || !got.Reviewed() {
		t.Errorf("the last word of a person counts: %+v", got)
	}
	h := r.History(it.ID)
	if len(h) != 3 || h[0].By != "p1" || h[0].Role != "content-editor" || h[1].Note != "довге речення" || !h[2].At.Equal(noon) || h[2].N != 3 {
		t.Fatalf("%+v", h)
	}
	changed := *it
	changed.Stem.UK += " так"
	if got := r.Standing(&changed); got.Good != 0 || got.Older != 3 {
		t.Errorf("reviews of other words: %+v", got)
	}
	dated := *it
	dated.CheckedOn, dated.Status = "2026-11-20", "reviewed"
	if Hash(&dated) != Hash(it) || Hash(&changed) == Hash(it) {
		t.Error("the hash is of the words")
	}
}

func TestNobodyReviewsForAnother(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	it := single(t, 0)
	operator := person.Operator("why")
	weak := editor("p3")
	weak.Strong = false
	for name, c := range map[string]struct {
		actor *person.Actor
		kind  fault.Kind
	}{
		"visitor":        {&person.Actor{}, fault.Unauthenticated},
		"nil":            {nil, fault.Unauthenticated},
		"operator":       {&operator, fault.Unauthenticated},
		"named operator": {&person.Actor{Person: "p1", Operator: true}, fault.Forbidden},
		"mentor":         {&person.Actor{Person: "p1", Grants: []person.Grant{{Role: person.Mentor, Place: "lib-1"}}, Strong: true}, fault.Forbidden},
		"one factor":     {weak, fault.Unauthenticated},
	} {
		if err := r.Sign(ctx, c.actor, it.ID, Review{Verdict: Good, Hash: Hash(it)}); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(r.History(it.ID)) != 0 {
		t.Error("a refused review left a trace")
	}
}

func TestReviewsThatAreRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	it := single(t, 0)
	for name, c := range map[string]struct {
		item string
		r    Review
		kind fault.Kind
	}{
		"no verdict":   {it.ID, Review{Hash: Hash(it)}, fault.Invalid},
		"no note":      {it.ID, Review{Verdict: Out, Note: "  ", Hash: Hash(it)}, fault.Invalid},
		"long note":    {it.ID, Review{Verdict: Good, Note: strings.Repeat("я", 2001), Hash: Hash(it)}, fault.Invalid},
		"other words":  {it.ID, Review{Verdict: Good, Hash: "abc"}, fault.Conflict},
		"unknown item": {"nowhere", Review{Verdict: Good}, fault.NotFound},
	} {
		if err := r.Sign(ctx, editor("p1"), c.item, c.r); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestQuarantineTakesAnItemOutOfThePoolAndLiftBringsItBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	it := single(t, 0)
	all, v1 := r.Pool(noon)
	if !inPool(all, it.ID) {
		t.Fatal("the item is not in the pool")
	}
	if err := r.Quarantine(ctx, editor("p1"), it.ID, " "); !fault.Is(err, fault.Invalid) {
		t.Fatalf("without a reason: %v", err)
	}
	if err := r.Lift(ctx, editor("p1"), it.ID, "ок"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("lifted what was not set aside: %v", err)
	}
	if err := r.Quarantine(ctx, editor("p1"), it.ID, "ключ хибний"); err != nil {
		t.Fatal(err)
	}
	if err := r.Quarantine(ctx, editor("p1"), it.ID, "ще раз"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("twice: %v", err)
	}
	less, v2 := r.Pool(noon)
	if inPool(less, it.ID) || len(less) != len(all)-1 || v1 == v2 {
		t.Errorf("%d and %d items, %s %s", len(all), len(less), v1, v2)
	}
	if e, ok := r.Quarantined(it.ID); !ok || e.Note != "ключ хибний" {
		t.Errorf("%+v", e)
	}
	again, err := New(ctx, r.opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, v := again.Pool(noon); v != v2 {
		t.Error("another replica has another pool")
	}
	if err := again.Lift(ctx, editor("p2"), it.ID, "виправлено"); err != nil {
		t.Fatal(err)
	}
	if err := r.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if _, v3 := r.Pool(noon); v3 != v1 {
		t.Error("the pool is not what it was")
	}
	if h := r.History(it.ID); len(h) != 2 || h[1].Kind != Lifted || h[1].By != "p2" {
		t.Errorf("%+v", h)
	}
}

func inPool(list []PoolItem, id string) bool {
	for _, p := range list {
		if p.Item.ID == id {
			return true
		}
	}
	return false
}

func TestThePoolOfADay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	items, _ := r.Pool(noon)
	if len(items) < 240 {
		t.Fatalf("%d items", len(items))
	}
	expiring := 0
	for _, p := range items {
		if !p.Item.Scored() || !p.Provisional || p.A != 1 || p.B != p.Item.Difficulty || p.Area != p.Item.Competence[:3] {
			t.Errorf("%+v", p)
		}
		if p.Item.ValidUntil != "" {
			expiring++
		}
	}
	later, _ := r.Pool(noon.AddDate(10, 0, 0))
	if expiring == 0 || len(later) != len(items)-expiring {
		t.Errorf("%d items, %d expire, %d are left", len(items), expiring, len(later))
	}
	// through the last day in Kyiv, and not a moment longer
	var one *instrument.Item
	for _, p := range items {
		if p.Item.ValidUntil != "" {
			one = p.Item
		}
	}
	day, err := time.ParseInLocation(time.DateOnly, one.ValidUntil, i18n.Kyiv)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := r.Pool(day.AddDate(0, 0, 1).Add(-time.Second))
	after, _ := r.Pool(day.AddDate(0, 0, 1))
	if !inPool(before, one.ID) || inPool(after, one.ID) {
		t.Errorf("%s until %s: %v, %v", one.ID, one.ValidUntil, inPool(before, one.ID), inPool(after, one.ID))
	}
}

// The pool is what sittings take: the same items, the same version, and parameters
// only where they come from answers.
func TestSittingsTakeThePool(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	it := single(t, 0)
	var cal *Calibration
	r.Service.o.Calibration = func() *Calibration { return cal }
	src := r.Source()
	var _ sitting.Pool = src
	var _ sitting.Parameters = src
	for range 2 {
		want, v := r.Pool(noon)
		got, gv := src.Pool(noon)
		if v != gv || len(want) != len(got) {
			t.Fatalf("%s with %d items, wanted %s with %d", gv, len(got), v, len(want))
		}
		for i := range got {
			if got[i].Item != want[i].Item || (got[i].Parameters.A == 0) != want[i].Provisional {
				t.Errorf("%s: %+v", want[i].Item.ID, got[i].Parameters)
			}
		}
		if p, ok := src.Parameters(it.ID); ok != (cal != nil) || ok && p.A != 1.3 {
			t.Errorf("%+v %v", p, ok)
		}
		cal = &Calibration{Version: "cal-1", Items: map[string]Parameters{Name(it): {A: 1.3, B: -0.4}}}
	}
	if r.Marked(content.FullTest, 1) {
		t.Error("approved by nobody")
	}
}

func TestAReleasedCalibrationReplacesIntendedLevels(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	it := single(t, 0)
	var cal *Calibration
	r.Service.o.Calibration = func() *Calibration { return cal }
	_, v0 := r.Pool(noon)
	cal = &Calibration{Version: "cal-1", Items: map[string]Parameters{Name(it): {A: 1.3, B: -0.4}}}
	items, v1 := r.Pool(noon)
	if v0 == v1 || !strings.HasPrefix(v1, "cal-1-") {
		t.Errorf("versions %q and %q", v0, v1)
	}
	for _, p := range items {
		if (p.Item.ID == it.ID) == p.Provisional || p.Item.ID == it.ID && (p.A != 1.3 || p.B != -0.4) {
			t.Errorf("%+v", p)
		}
	}
}

func TestAnInstrumentIsApprovedByAPersonWithADocument(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	slug := content.FullTest
	if _, ok := r.Approved(slug, 1); ok {
		t.Fatal("approved before anybody did")
	}
	good := Document{Number: "Наказ № 12", Dated: "2026-11-20"}
	for name, c := range map[string]struct {
		actor   *person.Actor
		slug    string
		version int
		d       Document
		kind    fault.Kind
	}{
		"no number": {editor("p1"), slug, 1, Document{Dated: "2026-11-20"}, fault.Invalid},
		"no day":    {editor("p1"), slug, 1, Document{Number: "1"}, fault.Invalid},
		"tomorrow":  {editor("p1"), slug, 1, Document{Number: "1", Dated: "2026-11-22"}, fault.Invalid},
		"unknown":   {editor("p1"), slug, 99, good, fault.NotFound},
		"not fresh": {&person.Actor{Person: "p1", Grants: []person.Grant{{Role: person.Editor}}, Strong: true}, slug, 1, good, fault.Unauthenticated},
		"analyst":   {&person.Actor{Person: "p1", Grants: []person.Grant{{Role: person.Analyst}}, Strong: true, Fresh: true}, slug, 1, good, fault.Forbidden},
	} {
		if err := r.Approve(ctx, c.actor, c.slug, c.version, c.d); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.Withdraw(ctx, editor("p1"), slug, 1, "нема чого"); !fault.Is(err, fault.Conflict) {
		t.Errorf("withdrawn before it was approved: %v", err)
	}
	if err := r.Approve(ctx, editor("p1"), slug, 1, good); err != nil {
		t.Fatal(err)
	}
	a, ok := r.Approved(slug, 1)
	if !ok || a.By != "p1" || a.Document != good || !a.At.Equal(noon) {
		t.Fatalf("%+v", a)
	}
	if err := r.Approve(ctx, editor("p2"), slug, 1, good); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	if err := r.Withdraw(ctx, editor("p2"), slug, 1, "знайшли помилку"); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Approved(slug, 1); ok || len(r.InstrumentHistory(slug, 1)) != 2 {
		t.Error("still approved")
	}
	if want := []string{"item.approve instrument:resident-test/1", "item.withdraw instrument:resident-test/1"}; !slices.Contains(r.log.acts, want[0]) || !slices.Contains(r.log.acts, want[1]) {
		t.Errorf("the log has %v", r.log.acts)
	}
}

// Two people who act at once both stand in the history, one after the other.
func TestActsAtOnceAllStandInTheHistory(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	other, err := New(ctx, r.opts)
	if err != nil {
		t.Fatal(err)
	}
	it := single(t, 0)
	var wait sync.WaitGroup
	for i := range 6 {
		s := []*Service{r.Service, other}[i%2]
		wait.Go(func() {
			if err := s.Sign(ctx, editor(person.ID("p"+string(rune('a'+i)))), it.ID, Review{Verdict: Good, Hash: Hash(it)}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if err := r.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	h := r.History(it.ID)
	if len(h) != 6 || r.Standing(it).Good != 6 {
		t.Fatalf("%d events", len(h))
	}
	for i, e := range h {
		if e.N != i+1 {
			t.Errorf("event %d has number %d", i+1, e.N)
		}
	}
}

func TestReadingIsHarderWithLongWordsAndSentences(t *testing.T) {
	t.Parallel()
	easy := &instrument.Item{Stem: i18n.Text{UK: "Де кіт? Він тут.", EN: "Where is the cat? Here."}}
	hard := &instrument.Item{Stem: i18n.Text{UK: "Ідентифікація користувача здійснюється уповноваженим адміністратором відповідно до затвердженого регламенту", EN: "Identification is performed by authorised administrators according to approved regulations"}}
	for _, lang := range i18n.Languages {
		a, b := ReadingOf(easy, lang), ReadingOf(hard, lang)
		if a.LIX >= b.LIX || a.Ease() != Easy || b.Ease() != Hard {
			t.Errorf("%s: %+v %+v", lang, a, b)
		}
	}
	if got := ReadingOf(easy, "uk"); got.Words != 4 || got.LIX != 2 {
		t.Errorf("%+v", got)
	}
	if got := ReadingOf(&instrument.Item{}, "uk"); got != (Reading{}) {
		t.Errorf("%+v", got)
	}
}
