package plan

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/selfdesc"
)

func number(x float64) *float64 { return &x }

// frame counts the people of one more year.
func (r *rig) frame(year int) {
	for _, i := range r.list {
		i.Frames = append(i.Frames, institution.Frame{Year: year, Count: i.Frames[1].Count})
	}
}

// A goal of a report's figure: the next report is set beside it by itself, and only what is
// more than chance counts.
func TestAGoalIsReachedByARealChangeOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		next, to float64
		want     Standing
	}{{55, 50, Reached}, {55, 70, OnWay}, {40.3, 40.2, NotYet}, {30, 50, NotYet}} {
		t.Run(fmt.Sprint(c.next, c.to), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			p := r.begin("s1", 2025)
			m := r.add(p, Draft{Title: "Опитування", Answers: weak, Goal: Goal{To: &c.to, Year: 2025}})
			if now, err := r.Now(r.ctx, p, m); err != nil || m.Stands(now) != Unknown {
				t.Errorf("before the next report it stands %q, %v", m.Stands(now), err)
			}
			r.now = time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)
			r.hold(2025, c.next)
			now, err := r.Now(r.ctx, p, m)
			if err != nil || m.Stands(now) != c.want {
				t.Fatalf("%v of %v stands %q, wanted %q, %v", c.next, c.to, m.Stands(now), c.want, err)
			}
			// a later report does not change what was said of the goal's year
			r.now = time.Date(2027, 11, 10, 9, 0, 0, 0, time.UTC)
			r.frame(2026)
			r.hold(2026, 20)
			if now, err = r.Now(r.ctx, p, m); err != nil || now.Figure.Year != 2025 || m.Stands(now) != c.want {
				t.Errorf("after one more report: %+v, %v", now, err)
			}
		})
	}
}

func TestAHiddenFigureLeavesAGoalUnknown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.begin("s9", 2025) // nobody answers there
	m := r.add(p, Draft{Title: "Опитування", Answers: weak, Goal: Goal{To: number(50), Year: 2026}})
	r.now = time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC)
	r.frame(2026)
	r.hold(2026, 55)
	now, err := r.Now(r.ctx, p, m)
	if err != nil || now == nil || !now.Hidden || now.Figure != nil || m.Stands(now) != Unknown {
		t.Errorf("%+v stands %q, %v", now, m.Stands(now), err)
	}
}

func TestGoalsOfTheSelfDescriptionAndOfOwnWords(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.describe("s1", selfdesc.Answers{"learners": {"100"}, "devices-learners": {"20"}, "wifi": {"none"}}, "2026-01-20")
	p := r.begin("s1", 2025)
	m := r.add(p, Draft{Title: "Пристрої", Answers: Answers{Field: "devices-per-100"}, Goal: Goal{To: number(30), Year: 2026}})
	for n, want := range []Standing{NotYet, NotYet, OnWay, OnWay, Reached} {
		devices := fmt.Sprint([]int{10, 20, 25, 29, 30}[n])
		r.describe("s1", selfdesc.Answers{"learners": {"100"}, "devices-learners": {devices}}, "2027-01-20")
		if now, err := r.Now(r.ctx, p, m); err != nil || m.Stands(now) != want {
			t.Errorf("%s devices stand %q, wanted %q, %v", devices, m.Stands(now), want, err)
		}
	}
	own := Draft{Title: "Паролі", Status: Planned, Indicator: "Учителі з менеджером паролів", Goal: Goal{From: number(12), To: number(40), Unit: "осіб", Year: 2025}}
	m = r.add(p, own)
	if now, err := r.Now(r.ctx, p, m); err != nil || now != nil || m.Stands(now) != Unknown {
		t.Errorf("without a number now it stands %q, %v", m.Stands(now), err)
	}
	own.Goal.Is = number(25)
	m, err := r.Edit(r.ctx, coordinator("a1", "s1"), p.ID, m.ID, m.Version, own)
	if err != nil || m.Stands(nil) != OnWay || !slices.Equal(m.Acts[1].Fields, []Was{{Field: "goal_is", To: "25"}}) {
		t.Fatalf("%+v stands %q, %v", m, m.Stands(nil), err)
	}
	// the next plan goes on from there
	next := r.begin("s1", 2026)
	if n, err := r.CopyFrom(r.ctx, coordinator("a1", "s1"), next.ID, p.ID); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	next, _ = r.ByID(next.ID)
	if g := next.Measures[1].Goal; *g.From != 25 || g.Is != nil || g.Year != 2026 || *g.To != 40 {
		t.Errorf("carried over it is %+v", g)
	}
	if next.Measures[0].Goal.To != nil { // as many devices are there already
		t.Errorf("a goal that is reached was carried over: %+v", next.Measures[0].Goal)
	}
}

func TestGoalsAreChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.describe("s1", selfdesc.Answers{"wifi": {"none"}, "learners": {"100"}, "devices-learners": {"20"}}, "2026-01-20")
	p := r.begin("s1", 2025)
	devices := Answers{Field: "devices-per-100"}
	for name, c := range map[string]struct {
		pointer string
		d       Draft
	}{
		"no more than now":         {"goal_to", Draft{Answers: weak, Goal: Goal{To: number(40), Year: 2025}}},
		"more than all points":     {"goal_to", Draft{Answers: weak, Goal: Goal{To: number(101), Year: 2025}}},
		"before the plan":          {"goal_year", Draft{Answers: weak, Goal: Goal{To: number(50), Year: 2024}}},
		"long after the plan":      {"goal_year", Draft{Answers: weak, Goal: Goal{To: number(50), Year: 2027}}},
		"an own start of a figure": {"goal_from", Draft{Answers: weak, Goal: Goal{To: number(50), From: number(1), Year: 2025}}},
		"an answer in words":       {"goal_to", Draft{Answers: Answers{Field: "wifi"}, Goal: Goal{To: number(50), Year: 2025}}},
		"what is there":            {"goal_to", Draft{Answers: devices, Goal: Goal{To: number(20), Year: 2025}}},
		"of nothing":               {"indicator", Draft{Goal: Goal{To: number(20), Year: 2025}}},
		"no goal":                  {"goal_to", Draft{Indicator: "x", Goal: Goal{From: number(20), Year: 2025}}},
		"too large":                {"goal_to", Draft{Indicator: "x", Goal: Goal{To: number(2e9), Year: 2025}}},
	} {
		c.d.Title, c.d.Status = "x", Planned
		_, err := r.Add(r.ctx, coordinator("a1", "s1"), p.ID, "", c.d)
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != c.pointer {
			t.Errorf("%s: %v", name, err)
		}
	}
	// less may be the aim
	few := r.add(p, Draft{Title: "x", Answers: devices, Goal: Goal{To: number(5), Year: 2025}})
	if got := few.Stands(&Outcome{Number: number(4)}); got != Reached {
		t.Errorf("fewer stand %q", got)
	}
}

// Whatever the numbers are: a goal that is reached lies behind what is, and nearer is never
// called not yet.
func TestStandingsFollowTheNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) float64 { return float64(rapid.IntRange(-50, 50).Draw(t, name)) }
		from, to, is := draw("from"), draw("to"), draw("is")
		if from == to {
			return
		}
		m := Measure{Draft: Draft{Goal: Goal{From: &from, To: &to, Is: &is}}}
		share := (is - from) / (to - from) // of the way
		want := map[bool]Standing{true: Reached}[share >= 1]
		switch {
		case want != "":
		case share > 0:
			want = OnWay
		default:
			want = NotYet
		}
		if got := m.Stands(nil); got != want {
			t.Fatalf("from %v to %v, now %v: %q, wanted %q", from, to, is, got, want)
		}
	})
}
