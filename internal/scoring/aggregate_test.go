package scoring

import (
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// structure2 has areas of different sizes: sizes are data.
var structure2 = Structure{
	{ID: "x", Competences: []string{"x1", "x2", "x3", "x4", "x5"}},
	{ID: "y", Competences: []string{"y1", "y2"}},
}

func answered(comp string, scores ...float64) []Response {
	out := make([]Response, len(scores))
	for i, s := range scores {
		out[i] = Response{Competence: comp, Status: Answered, Score: s}
		if s < 0 {
			out[i] = Response{Competence: comp, Status: NotAdministered}
		}
	}
	return out
}

func join(parts ...[]Response) (all []Response) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func TestAggregateRules(t *testing.T) {
	t.Parallel()
	y := join(answered("y1", 1), answered("y2", 0))
	for _, c := range []struct {
		name        string
		items       []Response
		area        bool
		areaScore   float64
		overall     bool
		overallWant float64
	}{
		{"three of five", join(answered("x1", 1), answered("x2", 1), answered("x3", 0.5), y), true, 250.0 / 3, true, (250.0/3 + 50) / 2},
		{"two of five", join(answered("x1", 1), answered("x2", 1), y), false, 0, false, 0},
		{"half of the items is enough", join(answered("x1", 1, -1), answered("x2", 1, -1), answered("x3", 1, 0, -1, -1), y), true, 250.0 / 3, true, (250.0/3 + 50) / 2},
		{"under half is missing", join(answered("x1", 1, -1, -1), answered("x2", 1), answered("x3", 1), y), false, 0, false, 0},
		{"one area missing", join(answered("x1", 1), answered("x2", 1), answered("x3", 1), answered("y1", 1)), true, 100, false, 0},
	} {
		got, err := Aggregate(structure2, c.items)
		if err != nil {
			t.Fatal(err)
		}
		a, o := got.Areas[0], got.Overall
		if a.Known != c.area || math.Abs(a.Score-c.areaScore) > 1e-9 || o.Known != c.overall || math.Abs(o.Score-c.overallWant) > 1e-9 {
			t.Errorf("%s: area %+v overall %+v", c.name, a, o)
		}
	}
}

func TestSkippedKnowledgeIsZeroAndSelfReportMissing(t *testing.T) {
	t.Parallel()
	for _, status := range []Status{Skipped, DontKnow, Refused} {
		if s, present := (Response{Kind: Knowledge, Status: status, Score: 1}).Value(); s != 0 || !present {
			t.Errorf("knowledge %d: %v %v", status, s, present)
		}
		if _, present := (Response{Kind: SelfReport, Status: status}).Value(); present {
			t.Errorf("self-report %d counts", status)
		}
	}
	if _, present := (Response{Status: NotAdministered}).Value(); present {
		t.Error("not administered counts")
	}
	mixed := []Response{{Competence: "x1", Kind: Knowledge}, {Competence: "x2", Kind: SelfReport}}
	if _, err := Aggregate(structure2, mixed); !errors.Is(err, ErrInput) {
		t.Errorf("mixed kinds: %v", err)
	}
	for _, bad := range [][]Response{{{Competence: "nope"}}, {{Competence: "x1", Score: 1.1}}, {{Competence: "x1", Score: math.NaN()}}} {
		if _, err := Aggregate(structure2, bad); !errors.Is(err, ErrInput) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestLordSEM(t *testing.T) {
	t.Parallel()
	// Five 0/1 items, three right: 100·√(0.6·0.4/4).
	if got, want := LordSEM(3, 5), 100*math.Sqrt(0.06); math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
	if !math.IsNaN(LordSEM(1, 1)) {
		t.Error("one item has no error")
	}
	var items []Response
	for _, a := range structure2 {
		for i, c := range a.Competences {
			items = append(items, answered(c, float64(i%2))...)
		}
	}
	got, err := Aggregate(structure2, items)
	if err != nil {
		t.Fatal(err)
	}
	x, y := 100*math.Sqrt(0.4*0.6/4), 100*math.Sqrt(0.25)
	if want := math.Sqrt(x*x+y*y) / 2; math.Abs(got.Overall.SEM-want) > 1e-12 || math.Abs(got.Areas[0].SEM-x) > 1e-12 {
		t.Errorf("SEM %v area %v, want %v and %v", got.Overall.SEM, got.Areas[0].SEM, want, x)
	}
}

func TestCutoffs(t *testing.T) {
	t.Parallel()
	c := DefaultCutoffs()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	for score, want := range map[float64]string{0: "A1", 19.9999: "A1", 20: "A2", 40: "B1", 59.999: "B1", 60: "B2", 75: "C1", 89.99: "C1", 90: "C2", 100: "C2", 60 - 7e-15: "B2"} {
		if got, err := c.Level(score); err != nil || got != want {
			t.Errorf("%v: %s %v, want %s", score, got, err, want)
		}
	}
	for _, score := range []float64{-1, 101, math.NaN(), math.Inf(1)} {
		if _, err := c.Level(score); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v", score, err)
		}
	}
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for name, bad := range map[string]Cutoffs{
		"no version":     {Cuts: c.Cuts},
		"empty":          {Version: 1},
		"not from 0":     {Version: 1, Cuts: []Cut{{"A1", 1}}},
		"not rising":     {Version: 1, Cuts: []Cut{{"A1", 0}, {"A2", 40}, {"B1", 40}}},
		"twice":          {Version: 1, Cuts: []Cut{{"A1", 0}, {"A1", 40}}},
		"over 100":       {Version: 1, Cuts: []Cut{{"A1", 0}, {"A2", 100}}},
		"NaN":            {Version: 1, Cuts: []Cut{{"A1", 0}, {"A2", math.NaN()}}},
		"ends too early": {Version: 1, Cuts: c.Cuts, ValidFrom: day, ValidTo: day},
	} {
		if err := bad.Validate(); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dated := Cutoffs{ValidFrom: day, ValidTo: day.AddDate(1, 0, 0)}
	if dated.ValidAt(day.Add(-1)) || !dated.ValidAt(day) || dated.ValidAt(dated.ValidTo) || !c.ValidAt(day) {
		t.Error("validity")
	}
}

func TestLevelRange(t *testing.T) {
	t.Parallel()
	c := DefaultCutoffs()
	r, err := c.Range(58, 5)
	if err != nil || r.Level != "B1" || r.Low != "B1" || r.High != "B2" || !r.Border || r.From != 53 || r.To != 63 {
		t.Errorf("%+v %v", r, err)
	}
	if r, _ := c.Range(50, 5); r.Border || r.Low != "B1" || r.High != "B1" {
		t.Errorf("%+v", r)
	}
	if r, _ := c.Range(99, 20); r.To != 100 || r.Low != "C1" {
		t.Errorf("%+v", r)
	}
	if _, err := c.Range(50, math.NaN()); !errors.Is(err, ErrInput) {
		t.Errorf("unknown error: %v", err)
	}
}

func TestLevelsAreMonotone(t *testing.T) {
	t.Parallel()
	c := DefaultCutoffs()
	score := rapid.Float64Range(0, 100)
	rapid.Check(t, func(t *rapid.T) {
		a, b := score.Draw(t, "a"), score.Draw(t, "b")
		if a > b {
			a, b = b, a
		}
		i, err1 := c.Index(a)
		j, err2 := c.Index(b)
		if err1 != nil || err2 != nil || i > j {
			t.Fatalf("%v is level %d, %v level %d", a, i, b, j)
		}
	})
}

func TestMoreRightNeverLowers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var items []Response
		for _, a := range structure2 {
			for _, c := range a.Competences {
				items = append(items, answered(c, float64(rapid.IntRange(0, 1).Draw(t, c)))...)
			}
		}
		before, err := Aggregate(structure2, items)
		if err != nil {
			t.Fatal(err)
		}
		items[rapid.IntRange(0, len(items)-1).Draw(t, "mend")].Score = 1
		after, err := Aggregate(structure2, items)
		if err != nil || after.Overall.Score < before.Overall.Score || after.Overall.Score > 100 {
			t.Fatalf("%v then %v (%v)", before.Overall, after.Overall, err)
		}
	})
}

func TestPoints(t *testing.T) {
	t.Parallel()
	for score, want := range map[float64]Points{0: 0, 100: 1_000_000, 59.0333: 590_333, 1.00005: 10_001, 64.1435185185185: 641_435, 100 + 1e-10: 1_000_000, -1e-10: 0} {
		if got, err := ToPoints(score); err != nil || got != want {
			t.Errorf("%v: %d %v, want %d", score, got, err, want)
		}
	}
	for _, bad := range []float64{-0.1, 100.1, math.NaN(), math.Inf(-1)} {
		if _, err := ToPoints(bad); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if Points(590_333).String() != "59.0333" || Points(500_000).String() != "50" || !MaxPoints.Valid() || Points(-1).Valid() {
		t.Error("print")
	}
	rapid.Check(t, func(t *rapid.T) {
		p := Points(rapid.Int64Range(0, int64(MaxPoints)).Draw(t, "p"))
		if back, err := ToPoints(p.Float()); err != nil || back != p {
			t.Fatalf("%d came back as %d (%v)", p, back, err)
		}
	})
}

func TestDSIBounds(t *testing.T) {
	t.Parallel()
	if _, err := DSI(DSIActivities{UsedInternet: true, Counts: [5]int{6, 0, 0, 0, 0}}); !errors.Is(err, ErrInput) {
		t.Errorf("6 of 5 activities: %v", err)
	}
	if DSIMaxActivities(DSIProblemSolving) != 8 || DSIMaxActivities(9) != 0 {
		t.Error("activities")
	}
	if !(DSIResult{Overall: DSIBasicAll}).AtLeastBasic() || (DSIResult{Overall: DSINotAssessed}).AtLeastBasic() {
		t.Error("headline")
	}
}
