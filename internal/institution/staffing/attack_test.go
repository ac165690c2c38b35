package staffing

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// world is what is true of an employer on the days of a history.
type world struct{ truth []map[string]int64 }

// draw makes a history: people come, go, are erased, learn and change their level.
func draw(t *rapid.T) (w world) {
	type one struct {
		done  bool
		level string
	}
	var staff []one
	for range rapid.IntRange(3, 40).Draw(t, "days") {
		for range rapid.IntRange(0, 14).Draw(t, "came") {
			staff = append(staff, one{})
		}
		if n := rapid.IntRange(0, 8).Draw(t, "went"); n < len(staff) && rapid.Bool().Draw(t, "goes") {
			staff = staff[n:]
		}
		for range rapid.IntRange(0, 12).Draw(t, "learnt") {
			if len(staff) == 0 {
				break
			}
			x := &staff[rapid.IntRange(0, len(staff)-1).Draw(t, "who")]
			x.done, x.level = true, rapid.SampledFrom([]string{"A1", "A2", "B1", "B2"}).Draw(t, "level")
		}
		n := map[string]int64{CellEnrolled: int64(len(staff)), CellDone("c1"): 0, CellLevel("A2"): 0, CellLevel("B1"): 0}
		for _, x := range staff {
			if x.done {
				n[CellDone("c1")]++
			}
			if x.level >= "A2" {
				n[CellLevel("A2")]++
			}
			if x.level >= "B1" {
				n[CellLevel("B1")]++
			}
		}
		w.truth = append(w.truth, n)
	}
	return w
}

// The attacker reads every page on every day and keeps all of it. Whatever whole numbers
// of times he adds and subtracts what he has read, he gets a multiple of ten: no sum is
// about one to nine people. And of no count, on no day, does he know more than an interval
// as wide as METHOD §7 asks, although he knows the rule and may believe that anything
// happened between two days.
func TestAnAttackerOfAllDaysRecoversNoGroupUnderTen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		employers := make([]Progress, 3)
		var read []int64
		for _, w := range []world{draw(t), draw(t), draw(t)} {
			p := &employers[0]
			employers = employers[1:]
			history := map[string][]int64{}
			for _, truth := range w.truth {
				before := maps.Clone(p.Cells)
				p.move(truth)
				for name := range truth {
					l := Look{p}
					got := l.Cell(name)
					if got.N < 0 || got.N%Step10 != 0 || got.Few != (got.N == 0) {
						t.Fatalf("%s shows %d", name, got.N)
					}
					if d := p.Cells[name] - before[name]; d != 0 && d > -Step10 && d < Step10 {
						t.Fatalf("%s moved by %d", name, d)
					}
					read = append(read, got.N)
					history[name] = append(history[name], p.Cells[name])
				}
			}
			sharesTellNothing(t, history, w)
			for name, shown := range history {
				for day, iv := range believe(shown) {
					if iv[1]-iv[0] < 9 {
						t.Fatalf("%s on day %d lies between %d and %d", name, day, iv[0], iv[1])
					}
					n := w.truth[day][name]
					if name != CellEnrolled {
						n = within(n, w.truth[day][CellEnrolled])
					}
					if n < iv[0] || n > iv[1] {
						t.Fatalf("%s on day %d: %d is outside of %v, the attack is wrong", name, day, n, iv)
					}
				}
			}
		}
		var sum int64
		for _, n := range read {
			sum += n * int64(rapid.IntRange(-3, 3).Draw(t, "times"))
		}
		if sum%Step10 != 0 {
			t.Fatalf("a combination of what was read is %d", sum)
		}
	})
}

// sharesTellNothing: the bounds of a share leave every pair of counts possible that the
// counts themselves leave possible, so that whoever reads them learns nothing more; and
// they are true.
func sharesTellNothing(t *rapid.T, history map[string][]int64, w world) {
	whole := believe(history[CellEnrolled])
	for name, shown := range history {
		if name == CellEnrolled {
			continue
		}
		for day, iv := range believe(shown) {
			l := Look{&Progress{Cells: map[string]int64{CellEnrolled: history[CellEnrolled][day], name: shown[day]}}}
			x := ShareOf(l.Cell(name), l.Cell(CellEnrolled))
			if x.Low < 0 || x.High > 100 || x.Low > x.High || x.Low%5 != 0 || x.High%5 != 0 {
				t.Fatalf("%d of %d: %+v", shown[day], history[CellEnrolled][day], x)
			}
			if !x.Known {
				continue
			}
			inside := func(n, of int64) bool { return of == 0 || 100*n >= x.Low*of && 100*n <= x.High*of }
			for of := whole[day][0]; of <= whole[day][1]; of++ {
				least, most := iv[0], min(iv[1], of)
				if iv[1] >= within(of, of) {
					most = of // nobody knows of the last three
				}
				if least <= within(of, of) && (!inside(least, of) || !inside(most, of)) {
					t.Fatalf("%d of %d is possible, but %+v says no (%s on day %d)", least, of, x, name, day)
				}
			}
			if n, of := w.truth[day][name], w.truth[day][CellEnrolled]; !inside(n, of) {
				t.Fatalf("%d of %d is outside of %+v", n, of, x)
			}
		}
	}
}

// believe gives for each day the least and the largest count that agrees with everything
// shown of it before and after: days are tied by the rule alone, since any number of people
// may come and go between two looks.
func believe(shown []int64) (out [][2]int64) {
	was := int64(0)
	for _, now := range shown {
		low, high := int64(-1), int64(-1)
		for n := int64(0); n <= now+2*Step10; n++ {
			if Move(was, n) == now {
				if low < 0 {
					low = n
				}
				high = n
			}
		}
		out = append(out, [2]int64{low, high})
		was = now
	}
	return out
}

// Where all or nearly all have done something, that is not told.
func TestNobodyLearnsThatAllHave(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.Int64Range(0, 400).Draw(t, "of")
		n := rapid.Int64Range(0, of).Draw(t, "n")
		p := &Progress{}
		p.move(map[string]int64{CellEnrolled: of, CellBegun: n})
		if got := p.Cells[CellBegun]; got > max(0, of-minOut) {
			t.Fatalf("%d of %d show %d", n, of, got)
		}
	})
}

// One person's coming, leaving, erasure, course and level, one a day, at an employer whose
// figures stand: whoever looks every morning sees nothing move.
func TestOnePersonMovesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 60)
	if _, err := r.Edit(t.Context(), coordinator(b.ID), Employer{Doc: store.Doc{ID: b.ID}, Steps: []Step{{Course: "c1", Must: true}}}); err != nil {
		t.Fatal(err)
	}
	r.enrol(t, b.ID, 0, 15, Standing{Begun: true, Level: "B1", Done: map[string]bool{"c1": true}})
	r.enrol(t, b.ID, 100, 10, Standing{})
	r.look(t)
	p, _ := r.seen.ByID(b.ID)
	before := maps.Clone(p.Cells)
	if before[CellEnrolled] != 20 || before[CellMust(r.Plan(b))] != 10 || before[CellLevel("B1")] != 10 || before[CellBegun] != 10 {
		t.Fatalf("cells %v", before)
	}
	same := func(what string) {
		t.Helper()
		r.look(t)
		p, _ := r.seen.ByID(b.ID)
		if !maps.Equal(before, p.Cells) {
			t.Errorf("%s moved %v to %v", what, before, p.Cells)
		}
	}
	r.enrol(t, b.ID, 200, 1, Standing{})
	same("coming")
	r.people[someone(200)] = Standing{Begun: true}
	same("beginning")
	r.people[someone(200)] = Standing{Begun: true, Level: "B2", Done: map[string]bool{"c1": true}}
	same("finishing")
	if err := r.Leave(t.Context(), someone(200), b.ID); err != nil {
		t.Fatal(err)
	}
	same("leaving")
	delete(r.people, someone(0))
	if err := r.Erase(t.Context(), []person.ID{someone(0)}); err != nil {
		t.Fatal(err)
	}
	same("erasure")
}

// An employer that changes its plan to and fro reads no more than one that does not: a
// cell goes on where it stood.
func TestAPlanChangedToAndFroTellsNothingMore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 60)
	r.enrol(t, b.ID, 0, 30, Standing{Done: map[string]bool{"c1": true}})
	r.enrol(t, b.ID, 100, 10, Standing{})
	plan := func(steps ...Step) {
		t.Helper()
		e := *r.ByID(b.ID)
		e.Steps = steps
		if _, err := r.Edit(t.Context(), coordinator(b.ID), e); err != nil {
			t.Fatal(err)
		}
		r.look(t)
	}
	one := []Step{{Course: "c1", Must: true}}
	plan(one...)
	read := func() int64 { return r.Progress(b.ID).Cell(CellMust(one)).N }
	if read() != 30 {
		t.Fatalf("shows %d", read())
	}
	r.people[someone(0)] = Standing{} // now 29 have: a new count would show 20
	plan(Step{Course: "c2", Must: true})
	plan(one...)
	if read() != 30 {
		t.Errorf("after changing the plan to and fro it shows %d", read())
	}
}

// A department with fewer than ten people shows nothing, and no sum holds it.
func TestUnderTenIsHidden(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Department, "Архів", 9)
	r.enrol(t, b.ID, 0, 9, Standing{Begun: true, Level: "C1"})
	r.look(t)
	for _, cell := range []string{CellEnrolled, CellBegun, CellTested, CellLevel("A2")} {
		if got := r.Progress(b.ID).Cell(cell); !got.Few || got.N != 0 {
			t.Errorf("%s: %+v", cell, got)
		}
	}
	if r.Progress(b.ID).Mark().Held(r.Today()) {
		t.Error("nine people have a mark")
	}
}

// What is said of a share is what the counts allow, and nothing where they allow all.
func TestSharesAreBounds(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		n, of int64
		want  Share
	}{
		{30, 40, Share{40, 100, true}}, // 21 of 49, 39 and three of 31
		{100, 200, Share{40, 60, true}},
		{90, 100, Share{70, 100, true}},
		{20, 20, Share{35, 100, true}},
		{10, 100, Share{0, 25, true}},
		{10, 20, Share{0, 100, false}},
		{10, 10, Share{0, 100, false}},
		{20, 40, Share{20, 100, false}},
		{0, 40, Share{0, 40, false}},
		{0, 0, Share{0, 100, false}},
	} {
		if got := ShareOf(part(x.n), shown(x.of)); got != x.want {
			t.Errorf("%d of %d: %+v, want %+v", x.n, x.of, got, x.want)
		}
	}
}

// The doubt of a sum holds the truth of every employer in it.
func TestSumsHoldTheTruth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var sum Shown
		var truth int64
		for range rapid.IntRange(1, 6).Draw(t, "employers") {
			var at int64
			n := int64(0)
			for range rapid.IntRange(1, 8).Draw(t, "days") {
				n = rapid.Int64Range(0, 90).Draw(t, "people")
				at = Move(at, n)
			}
			sum, truth = sum.Plus(shown(at)), truth+n
		}
		if truth < sum.Least || truth > sum.Most || sum.N%Step10 != 0 {
			t.Fatalf("%d people, %+v", truth, sum)
		}
	})
}
