package adaptive

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", path))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", path))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEAPVectors(t *testing.T) {
	t.Parallel()
	const dir = "eap/2pl_30x25/"
	var items []Item
	for _, row := range readCSV(t, dir+"items.csv") {
		items = append(items, Item{A: number(t, row[1]), B: number(t, row[2])})
	}
	var want struct {
		Persons []struct {
			Row   int
			EAP   float64
			EAPSE float64 `json:"eap_se"`
			WLE   *float64
			WLESE *float64 `json:"wle_se"`
		}
	}
	readJSON(t, dir+"expected.json", &want)
	rows := readCSV(t, dir+"responses.csv")
	if len(rows) != len(want.Persons) || len(rows) != 25 {
		t.Fatalf("%d rows for %d persons", len(rows), len(want.Persons))
	}
	for i, p := range want.Persons {
		var responses []Response
		for j, s := range rows[i] {
			if s != "" {
				responses = append(responses, Response{items[j], number(t, s)})
			}
		}
		post, err := NewPosterior(responses, Grid{Low: -6, High: 6, Nodes: 121})
		if err != nil {
			t.Fatal(err)
		}
		theta, sd := post.EAP()
		if math.Abs(theta-p.EAP) > 1e-3 || math.Abs(sd-p.EAPSE) > 1e-3 {
			t.Errorf("person %d: EAP %v (%v), want %v (%v)", p.Row, theta, sd, p.EAP, p.EAPSE)
		}
		wle, se, err := WLE(responses)
		if p.WLE == nil {
			if !errors.Is(err, ErrInput) {
				t.Errorf("person %d: WLE of nothing: %v", p.Row, err)
			}
			continue
		}
		if err != nil || math.Abs(wle-*p.WLE) > 5e-3 || math.Abs(se-*p.WLESE) > 5e-3 {
			t.Errorf("person %d: WLE %v (%v) %v, want %v (%v)", p.Row, wle, se, err, *p.WLE, *p.WLESE)
		}
	}
}

func TestItemVectors(t *testing.T) {
	t.Parallel()
	var want struct {
		Items struct{ A, B []float64 }
		Theta []float64
		P, I  [][]float64
	}
	readJSON(t, "cat/iteminfo/expected.json", &want)
	checked := 0
	for k, theta := range want.Theta {
		for j := range want.Items.A {
			it := Item{want.Items.A[j], want.Items.B[j]}
			if p := it.Probability(theta); math.Abs(p-want.P[k][j]) > 1e-9 {
				t.Errorf("P(%v) of %+v: %v, want %v", theta, it, p, want.P[k][j])
			}
			if v := it.Information(theta); math.Abs(v-want.I[k][j]) > 1e-9 {
				t.Errorf("I(%v) of %+v: %v, want %v", theta, it, v, want.I[k][j])
			}
			checked++
		}
	}
	if checked != 20 {
		t.Errorf("%d values", checked)
	}
}

// provisional is a 30-item one-parameter form, five items at each of six
// difficulties.
func provisional(t testing.TB) ([]Item, Form) {
	t.Helper()
	var items []Item
	for range 5 {
		for _, b := range []float64{-2, -1.2, -0.4, 0.4, 1.2, 2} {
			items = append(items, Item{A: 1, B: b})
		}
	}
	f, err := NewForm(items)
	if err != nil {
		t.Fatal(err)
	}
	return items, f
}

func TestPriorAlone(t *testing.T) {
	t.Parallel()
	p, err := NewPosterior(nil, Grid{-8, 8, 401})
	if err != nil {
		t.Fatal(err)
	}
	if theta, sd := p.EAP(); math.Abs(theta) > 1e-12 || math.Abs(sd-1) > 1e-6 {
		t.Errorf("prior %v (%v)", theta, sd)
	}
	mass, err := p.LevelMass(ThetaCuts())
	if err != nil {
		t.Fatal(err)
	}
	phi := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	last := 0.0
	for i, c := range append(ThetaCuts(), math.Inf(1)) {
		if want := phi(c) - last; math.Abs(mass[i]-want) > 1e-3 {
			t.Errorf("level %d: %v, want %v", i, mass[i], want)
		}
		last = phi(c)
	}
}

func TestFormScale(t *testing.T) {
	t.Parallel()
	_, f := provisional(t)
	if v := f.Expected(0); math.Abs(v-50) > 1e-9 {
		t.Errorf("a symmetric form expects %v at 0", v)
	}
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.Float64Range(0.5, 99.5).Draw(t, "points")
		theta, err := f.Theta(points)
		if err != nil || math.Abs(f.Expected(theta)-points) > 1e-9 {
			t.Fatalf("%v: θ %v expects %v (%v)", points, theta, f.Expected(theta), err)
		}
		const h = 1e-5
		if slope := (f.Expected(theta+h) - f.Expected(theta-h)) / (2 * h); math.Abs(slope-f.Slope(theta)) > 1e-5 {
			t.Fatalf("slope %v, want %v", f.Slope(theta), slope)
		}
	})
	for _, bad := range []float64{0, 100, -1, math.NaN()} {
		if _, err := f.Theta(bad); !errors.Is(err, ErrInput) {
			t.Errorf("%v points: %v", bad, err)
		}
	}
	cuts, err := f.Cuts([]float64{20, 40, 60, 75, 90})
	if err != nil || len(cuts) != 5 || math.Abs(f.Expected(cuts[3])-75) > 1e-9 {
		t.Errorf("cuts %v %v", cuts, err)
	}
}

func TestShortTestIsLessSureAndNotLower(t *testing.T) {
	t.Parallel()
	items, f := provisional(t)
	score := func(n int) (points, sd float64) {
		var r []Response
		for _, it := range items[:n] {
			r = append(r, Response{it, 0.5})
		}
		p, err := NewPosterior(r, DefaultGrid())
		if err != nil {
			t.Fatal(err)
		}
		return f.PosteriorScore(p)
	}
	p12, sd12 := score(12)
	p30, sd30 := score(30)
	if !(sd12 > sd30) || math.Abs(p12-50) > 1e-6 || math.Abs(p30-50) > 1e-6 {
		t.Errorf("12 items %v (%v), 30 items %v (%v)", p12, sd12, p30, sd30)
	}
	// The delta method and the posterior agree where the curve is straight.
	var r []Response
	for _, it := range items {
		r = append(r, Response{it, 0.5})
	}
	post, err := NewPosterior(r, DefaultGrid())
	if err != nil {
		t.Fatal(err)
	}
	points, se := f.Score(post.EAP())
	if math.Abs(points-p30) > 0.1 || math.Abs(se/sd30-1) > 0.1 {
		t.Errorf("delta %v (%v), posterior %v (%v)", points, se, p30, sd30)
	}
}

func TestPosteriorProperties(t *testing.T) {
	t.Parallel()
	items, f := provisional(t)
	cuts, err := f.Cuts([]float64{20, 40, 60, 75, 90})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, len(items)).Draw(t, "items")
		r := make([]Response, n)
		for i := range r {
			r[i] = Response{items[i], float64(rapid.IntRange(0, 2).Draw(t, "score")) / 2}
		}
		p, err := NewPosterior(r, DefaultGrid())
		if err != nil {
			t.Fatal(err)
		}
		theta, sd := p.EAP()
		if !(sd > 0 && sd < 1.0001) || math.Abs(theta) > 4 {
			t.Fatalf("EAP %v (%v)", theta, sd)
		}
		mass, err := p.LevelMass(cuts)
		if err != nil {
			t.Fatal(err)
		}
		var sum float64
		for _, m := range mass {
			if m < -1e-12 {
				t.Fatalf("mass %v", mass)
			}
			sum += m
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Fatalf("mass %v sums to %v", mass, sum)
		}
		// A better answer never lowers the estimate.
		at := rapid.IntRange(0, n-1).Draw(t, "better")
		if r[at].Score < 1 {
			r[at].Score += 0.5
			better, err := NewPosterior(r, DefaultGrid())
			if err != nil {
				t.Fatal(err)
			}
			if up, _ := better.EAP(); !(up > theta) {
				t.Fatalf("θ %v after a better answer than %v", up, theta)
			}
		}
		wle, se, err := WLE(r)
		if err != nil || math.Abs(wle) > MaxTheta || !(se > 0) {
			t.Fatalf("WLE %v (%v) %v", wle, se, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	ok := Item{1, 0}
	for name, err := range map[string]error{
		"no discrimination": func() error { _, err := NewPosterior([]Response{{Item{0, 0}, 1}}, DefaultGrid()); return err }(),
		"NaN difficulty":    func() error { _, err := NewForm([]Item{{1, math.NaN()}}); return err }(),
		"score of 2":        func() error { _, err := NewPosterior([]Response{{ok, 2}}, DefaultGrid()); return err }(),
		"NaN score":         func() error { _, _, err := WLE([]Response{{ok, math.NaN()}}); return err }(),
		"two nodes":         func() error { _, err := NewPosterior(nil, Grid{-1, 1, 2}); return err }(),
		"grid upside down":  func() error { _, err := NewPosterior(nil, Grid{1, -1, 61}); return err }(),
		"empty form":        func() error { _, err := NewForm(nil); return err }(),
		"cuts fall": func() error {
			p, err := NewPosterior(nil, DefaultGrid())
			if err != nil {
				return err
			}
			_, err = p.LevelMass([]float64{1, 0})
			return err
		}(),
	} {
		if !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Extreme answers stay finite.
	long := make([]Response, 1000)
	for i := range long {
		long[i] = Response{Item{10, 10}, 1}
	}
	p, err := NewPosterior(long, DefaultGrid())
	if err != nil {
		t.Fatal(err)
	}
	if theta, sd := p.EAP(); math.IsNaN(theta) || math.IsNaN(sd) || theta > 4 {
		t.Errorf("extreme: %v %v", theta, sd)
	}
	if theta, se, err := WLE(long); err != nil || math.IsNaN(theta) || math.IsNaN(se) {
		t.Errorf("extreme WLE: %v %v %v", theta, se, err)
	}
}
