package round

import (
	"fmt"
	"sync"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/store"
)

// replica is another program over the same store.
func (r *rig) replica(t *testing.T) *Service {
	t.Helper()
	s, err := New(t.Context(), r.o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (r *rig) rowsOf(t *testing.T, id string) (n int) {
	t.Helper()
	for _, err := range r.rows.Keys(t.Context(), store.Query{Index: indexUnit, Eq: []any{id}}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// Two people press the button at once, on two replicas and some of them twice: one report
// is cut, of everybody, and each is told the same.
func TestAReportThatManyCutAtOnceHoldsEverybody(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 80)
	one := r.opened(t, same, body)
	ctx := t.Context()
	codes, err := r.Codes(ctx, analyst, one.ID, body, institution.Teacher, 80)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range codes {
		if err := r.answer(ctx, c.Latin, fmt.Sprint("s", i), 50); err != nil {
			t.Fatal(err)
		}
	}
	r.clock = one.Closes.Add(Grace)
	other := r.replica(t)
	var wait sync.WaitGroup
	for i := range 6 {
		s := []*Service{r.Service, other}[i%2]
		wait.Go(func() {
			got, err := s.Cut(ctx, analyst, one.ID)
			if err != nil || got.State != Reported {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	wait.Wait()
	last := r.replica(t)
	made, err := last.Report(ctx, one.ID)
	if err != nil {
		t.Fatal(err)
	}
	if n := made.Table("teacher", report.Filter{}).Total.N; n != 80 {
		t.Errorf("the report holds %d of 80", n)
	}
	if n := r.rowsOf(t, one.ID); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	cuts := 0
	for _, act := range r.acts {
		if act == "round.cut" {
			cuts++
		}
	}
	if cuts == 0 {
		t.Error("nobody wrote down that it was cut")
	}
}

// The round closes while a class is answering, on another replica that has not heard of it:
// every code either came in whole or not at all, and who had begun ends it.
func TestARoundClosesWhileAClassIsAnswering(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 60)
	one := r.opened(t, same, body)
	ctx := t.Context()
	codes, err := r.Codes(ctx, analyst, one.ID, body, institution.Teacher, 60)
	if err != nil {
		t.Fatal(err)
	}
	other := r.replica(t)
	var mu sync.Mutex
	ended := 0
	var wait sync.WaitGroup
	for i, c := range codes {
		wait.Go(func() {
			s, id := []*Service{r.Service, other}[i%2], fmt.Sprint("s", i)
			ticket, err := s.Find(ctx, c.Latin, "teachers")
			if err == nil {
				if err = s.Bind(ctx, ticket.Key, id); err == nil {
					err = s.Take(ctx, ticket.Key, id, map[string]float64{"edu1.1": 10})
				}
				if err != nil {
					t.Errorf("%s was begun and not ended: %v", id, err)
				}
				mu.Lock()
				ended++
				mu.Unlock()
			} else if !fault.Is(err, fault.Gone) {
				t.Errorf("%s: %v", id, err)
			}
		})
		if i == len(codes)/2 {
			wait.Go(func() {
				if _, err := r.Close(ctx, analyst, one.ID, 0); err != nil {
					t.Error(err)
				}
			})
		}
	}
	// the daily count runs through it all
	wait.Go(func() {
		for range 5 {
			if err := r.Count(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	wait.Wait()
	if n := r.rowsOf(t, one.ID); n != ended {
		t.Errorf("%d rows of %d who ended", n, ended)
	}
	if err := other.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if now, _ := other.ByID(one.ID); now.Takes(r.clock) {
		t.Error("the other replica still lets people begin")
	}
	if err := r.Count(ctx); err != nil {
		t.Fatal(err)
	}
	got, err := r.Response(ctx, one.ID, body)
	if err != nil || ended >= report.K && (len(got.Lines) == 0 || got.Lines[0].N != int64(ended)) {
		t.Errorf("counted %+v of %d: %v", got, ended, err)
	}
}

// A code is used by two people at the same moment, on two replicas: one of them has it.
func TestACodeTakenTwiceAtTheSameMoment(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 20)
	one := r.opened(t, same, body)
	ctx := t.Context()
	codes, err := r.Codes(ctx, analyst, one.ID, body, institution.Teacher, 10)
	if err != nil {
		t.Fatal(err)
	}
	other := r.replica(t)
	for _, c := range codes {
		errs := make([]error, 4)
		var wait sync.WaitGroup
		for i := range errs {
			s := []*Service{r.Service, other}[i%2]
			wait.Go(func() {
				ticket, err := s.Find(ctx, c.Latin, "teachers")
				if err == nil {
					err = s.Bind(ctx, ticket.Key, fmt.Sprint(c.Latin, i))
				}
				errs[i] = err
			})
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.Forbidden):
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d people have one code", won)
		}
	}
}

// A pilot is thrown away while people answer it: after the night's tidying nothing of it
// is in the store but its plan and codes that lead nowhere.
func TestOfAPilotThatWasThrownAwayNothingIsLeft(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := r.school(t, "школа", 40)
	one := r.opened(t, func(p *Round) { p.Pilot = true }, body)
	ctx := t.Context()
	codes, err := r.Codes(ctx, analyst, one.ID, body, institution.Teacher, 30)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range codes[:15] {
		if err := r.answer(ctx, c.Latin, fmt.Sprint("s", i), 50); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Count(ctx); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i, c := range codes[15:] {
		wait.Go(func() {
			if err := r.answer(ctx, c.Latin, fmt.Sprint("late", i), 50); err != nil && !fault.Is(err, fault.Gone) {
				t.Error(err)
			}
		})
	}
	wait.Go(func() {
		if err := r.Throw(ctx, analyst, one.ID, 0); err != nil {
			t.Error(err)
		}
	})
	wait.Wait()
	if err := r.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if n := r.rowsOf(t, one.ID); n != 0 {
		t.Errorf("%d answers are left", n)
	}
	if _, err := r.counts.Get(ctx, one.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("counts are left: %v", err)
	}
	if n, err := r.Issued(ctx, one.ID, body, institution.Teacher); n != 0 || err != nil {
		t.Errorf("%d codes are counted, %v", n, err)
	}
	for _, c := range codes {
		read, err := ReadCode(c.Latin)
		if err != nil {
			t.Fatal(err)
		}
		hash := r.mac("code", read)
		if kept, err := r.codes.Get(ctx, hash); err != nil || kept.Institution != "" || kept.Role != "" {
			t.Errorf("a code leads to %+v, %v", kept, err)
		}
		if _, err := r.Look(ctx, c.Latin); !fault.Is(err, fault.Gone) {
			t.Errorf("a slip of the pilot: %v", err)
		}
	}
}

// One moves the close while another closes: both are told what became of it.
func TestARoundIsExtendedAndClosedAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one := r.opened(t, same, r.school(t, "школа", 20))
	ctx := t.Context()
	errs := make([]error, 2)
	var wait sync.WaitGroup
	wait.Go(func() { _, errs[0] = r.Extend(ctx, analyst, one.ID, one.Rev, one.Closes.AddDate(0, 0, 3)) })
	wait.Go(func() { _, errs[1] = r.replica(t).Close(ctx, analyst, one.ID, one.Rev) })
	wait.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case !fault.Is(err, fault.Conflict):
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d of the two acts were done: %v", done, errs)
	}
}
