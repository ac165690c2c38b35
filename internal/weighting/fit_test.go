package weighting

import (
	"errors"
	"math"
	"strconv"
	"testing"
)

func TestIPFVectors(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"2d_small", "2d_structural_zero"} {
		var want struct {
			Rows   []float64 `json:"row_margin"`
			Cols   []float64 `json:"col_margin"`
			Seed   [][]float64
			Fitted [][]float64
		}
		readJSON(t, &want, "ipf", name, "expected.json")
		var seed, fitted []float64
		for i := range want.Seed {
			seed = append(seed, want.Seed[i]...)
			fitted = append(fitted, want.Fitted[i]...)
		}
		got, err := IPF([]int{len(want.Rows), len(want.Cols)}, seed, []TableMargin{{[]int{0}, want.Rows}, {[]int{1}, want.Cols}}, RakeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		nearAll(t, name, got.Cells, fitted, 1e-8)
		for i, s := range seed {
			if s == 0 && got.Cells[i] != 0 {
				t.Errorf("%s: structural zero became %v", name, got.Cells[i])
			}
		}
	}
}

func TestPostStratVectors(t *testing.T) {
	t.Parallel()
	in := readTable(t, "poststrat", "apiclus1_stype", "input.csv")
	var want struct {
		Margin  []map[string]any
		Weights []float64
		Total   map[string]fromR `json:"total_enroll"`
		Mean    map[string]fromR `json:"mean_api00"`
		Before  map[string]fromR `json:"mean_api00_before"`
		DF      float64
	}
	readJSON(t, &want, "poststrat", "apiclus1_stype", "expected.json")
	pw := in.floats(t, "pw")
	m := in.margin(t, "stype", want.Margin)
	w, err := PostStratify(pw, m)
	if err != nil {
		t.Fatal(err)
	}
	nearAll(t, "weights", w, want.Weights, 1e-6)
	d := Design{Weights: w, PSUs: in.codes("dnum"), FPC: in.floats(t, "fpc"), Margins: []Margin{m}, Base: pw}
	s := sample(t, d)
	if s.DF() != want.DF {
		t.Errorf("df %v, want %v", s.DF(), want.DF)
	}
	want.Mean["api00"].check(t, "mean", mean(t, s, in.floats(t, "api00"), nil), 1e-7, 1e-4)
	total, err := s.Total(in.floats(t, "enroll"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want.Total["enroll"].check(t, "total", total, 1e-7, 1e-4)
	before := sample(t, Design{Weights: pw, PSUs: in.codes("dnum"), FPC: in.floats(t, "fpc")})
	want.Before["api00"].check(t, "before", mean(t, before, in.floats(t, "api00"), nil), 1e-7, 1e-4)
}

type rakeExpected struct {
	Margins map[string][]map[string]any
	Weights []float64
	Rake    struct {
		Total   map[string]fromR `json:"total_enroll"`
		Mean    map[string]fromR `json:"mean_api00"`
		ByStype []map[string]any `json:"by_stype"`
	}
	Naive struct {
		Mean map[string]fromR `json:"mean_api00"`
	}
	Index      map[string]fromR
	ByDistrict []map[string]any `json:"by_district"`
	Levels     map[string]fromR `json:"level_share"`
	Kish       expectedKish
}

type expectedKish struct {
	Deff      float64 `json:"deff_kish"`
	Neff      float64 `json:"n_eff"`
	CV        float64
	OverMed   float64 `json:"max_over_median"`
	Converged bool
}

func (w expectedKish) check(t *testing.T, k Kish) {
	t.Helper()
	near(t, "kish deff", k.Deff, w.Deff, 1e-6)
	near(t, "n_eff", k.Neff, w.Neff, 1e-6)
	near(t, "cv", k.CV, w.CV, 1e-6)
	near(t, "max over median", k.MaxOverMedian, w.OverMed, 1e-6)
}

func TestRakingVectorsCluster(t *testing.T) {
	t.Parallel()
	in := readTable(t, "raking", "apiclus1_stype_schwide", "input.csv")
	var want rakeExpected
	readJSON(t, &want, "raking", "apiclus1_stype_schwide", "expected.json")
	margins := []Margin{in.margin(t, "stype", want.Margins["stype"]), in.margin(t, "sch.wide", want.Margins["sch.wide"])}
	pw := in.floats(t, "pw")
	r, err := Rake(pw, margins, RakeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	nearAll(t, "weights", r.Weights, want.Weights, 1e-6)
	d := Design{Weights: r.Weights, PSUs: in.codes("dnum"), FPC: in.floats(t, "fpc"), Margins: margins, Base: pw}
	s := sample(t, d)
	y := in.floats(t, "api00")
	e := mean(t, s, y, nil)
	want.Rake.Mean["api00"].check(t, "mean", e, 1e-7, 1e-4)
	total, err := s.Total(in.floats(t, "enroll"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want.Rake.Total["enroll"].check(t, "total", total, 1e-7, 1e-4)
	for _, row := range want.Rake.ByStype {
		e := mean(t, s, y, in.is("stype", row["stype"].(string)))
		near(t, "domain", e.Value, row["api00"].(float64), 1e-7)
		near(t, "domain error", e.SE, row["se"].(float64), 1e-4)
	}
	d.Margins = nil
	naive := mean(t, sample(t, d), y, nil)
	want.Naive.Mean["api00"].check(t, "naive", naive, 1e-7, 1e-4)
	if off := math.Abs(naive.SE-want.Rake.Mean["api00"].SE) / want.Rake.Mean["api00"].SE; off < 1e-3 {
		t.Errorf("an error that ignores raking passes: off by %v", off)
	}
}

func TestRakingVectorsCity(t *testing.T) {
	t.Parallel()
	in := readTable(t, "raking", "city_small", "input.csv")
	var want rakeExpected
	readJSON(t, &want, "raking", "city_small", "expected.json")
	var margins []Margin
	for _, name := range []string{"sex", "age", "district"} {
		margins = append(margins, in.margin(t, name, want.Margins[name]))
	}
	r, err := Rake(nil, margins, RakeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	nearAll(t, "weights", r.Weights, want.Weights, 1e-6)
	k, err := KishOf(r.Weights)
	if err != nil {
		t.Fatal(err)
	}
	want.Kish.check(t, k)
	d := Design{Weights: r.Weights, Margins: margins}
	s := sample(t, d)
	score := in.floats(t, "score")
	e := mean(t, s, score, nil)
	want.Index["score"].check(t, "index", e, 1e-7, 1e-4)
	for _, row := range want.ByDistrict {
		e := mean(t, s, score, in.is("district", row["district"].(string)))
		near(t, "district", e.Value, row["score"].(float64), 1e-7)
		near(t, "district error", e.SE, row["se"].(float64), 1e-4)
	}
	for level, w := range want.Levels {
		e, err := s.Share(in.is("level", level[len("level"):]), nil)
		if err != nil {
			t.Fatal(err)
		}
		w.check(t, level, e, 1e-7, 1e-4)
		if e.Low < 0 || e.High > 1 || e.Low > e.Value || e.High < e.Value {
			t.Errorf("%s: %v to %v around %v", level, e.Low, e.High, e.Value)
		}
		if rare := e.Value*200 < 10; rare != (e.Kind == IntervalBeta) {
			t.Errorf("%s: share %v has interval %s", level, e.Value, e.Kind)
		}
	}
	// An error that ignores raking must fail the tolerance by far.
	d.Margins = nil
	naive := mean(t, sample(t, d), score, nil)
	if ratio := naive.SE / e.SE; ratio < 1.2 {
		t.Errorf("naive error over raked error is only %v", ratio)
	}
	// The jackknife that rakes again; 200 rows on 12 categories leave more than
	// the 3 % of a real size, which TestJackknifeAgreesWithTaylor holds.
	v, err := Jackknife(len(score), func(drop int) (float64, error) {
		ms := make([]Margin, len(margins))
		for j, m := range margins {
			ms[j] = Margin{Name: m.Name, Categories: m.Categories, Of: without(m.Of, drop)}
		}
		r, err := Rake(nil, ms, RakeOptions{})
		if err != nil {
			return 0, err
		}
		var sw, swy float64
		for i, w := range r.Weights {
			sw += w
			swy += w * without(score, drop)[i]
		}
		return swy / sw, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if ratio := math.Sqrt(v) / e.SE; math.Abs(ratio-1) > 0.1 {
		t.Errorf("jackknife over Taylor is %v", ratio)
	}
}

func without[T any](x []T, i int) []T {
	return append(append(make([]T, 0, len(x)-1), x[:i]...), x[i+1:]...)
}

func TestRakingNamedErrors(t *testing.T) {
	t.Parallel()
	cats := func(p ...float64) (c []Category) {
		for i, v := range p {
			c = append(c, Category{ID: strconv.Itoa(i), Target: v})
		}
		return c
	}
	for name, c := range map[string]struct {
		margins []Margin
		want    error
	}{
		"empty category": {[]Margin{{"age", cats(100, 100, 50), []int{0, 0, 1, 1}}}, ErrEmptyCategory},
		"totals differ":  {[]Margin{{"sex", cats(500, 500), []int{0, 1, 0, 1}}, {"age", cats(700, 310), []int{0, 0, 1, 1}}}, ErrTotalsDiffer},
		"no convergence": {[]Margin{{"sex", cats(500, 500), []int{0, 1}}, {"age", cats(700, 300), []int{0, 1}}}, ErrNotConverged},
		"missing margin": {[]Margin{{"sex", cats(500, 500), []int{0, 1, -1}}}, ErrInput},
		"target 0":       {[]Margin{{"sex", cats(500, 0), []int{0, 1}}}, ErrInput},
		"nobody":         {[]Margin{{"sex", cats(0, 0), nil}}, ErrInput},
	} {
		r, err := Rake(nil, c.margins, RakeOptions{})
		if !errors.Is(err, c.want) || r.Weights != nil {
			t.Errorf("%s: %v with %d weights", name, err, len(r.Weights))
		}
	}
	margins := []Margin{{"sex", cats(500, 500), []int{0, 1, 0, 1}}, {"age", cats(700, 310), []int{0, 0, 1, 1}}}
	r, err := Rake(nil, margins, RakeOptions{Normalise: true})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "normalised", r.Weights[0]+r.Weights[1], 700.0/1010*1000, 1e-9)
	var nc *NotConvergedError
	_, err = Rake(nil, []Margin{{"sex", cats(500, 500), []int{0, 1}}, {"age", cats(700, 300), []int{0, 1}}}, RakeOptions{MaxCycles: 50})
	if !errors.As(err, &nc) || nc.Cycles != 50 || nc.Worst < 0.1 {
		t.Errorf("%+v", nc)
	}
	margins[1].Categories = cats(700.03, 300) // 0.003 %: rounding
	if _, err := Rake(nil, margins, RakeOptions{}); err != nil {
		t.Errorf("rounding: %v", err)
	}
}

type trimExpected struct {
	Lower, Upper float64
	Once, Strict []float64
	Loop         struct {
		Converged bool
		Rounds    int
		Weights   []float64
		Min, Max  float64
	}
	After expectedKish `json:"kish_after"`
}

func TestTrimVectors(t *testing.T) {
	t.Parallel()
	city := readTable(t, "raking", "city_small", "input.csv")
	var raked rakeExpected
	readJSON(t, &raked, "raking", "city_small", "expected.json")
	var margins []Margin
	for _, name := range []string{"sex", "age", "district"} {
		margins = append(margins, city.margin(t, name, raked.Margins[name]))
	}
	for _, name := range []string{"cap4mean", "infeasible"} {
		w := readTable(t, "trim", name, "input.csv").floats(t, "w")
		var want trimExpected
		readJSON(t, &want, "trim", name, "expected.json")
		once, err := Trim(w, want.Lower, want.Upper, false)
		if err != nil {
			t.Fatal(err)
		}
		nearAll(t, name+" once", once, want.Once, 1e-8)
		strict, err := Trim(w, want.Lower, want.Upper, true)
		if err != nil {
			t.Fatal(err)
		}
		nearAll(t, name+" strict", strict, want.Strict, 1e-8)
		got, err := TrimAndRake(nil, margins, RakeOptions{}, TrimOptions{Lower: want.Lower, Upper: want.Upper})
		if !want.Loop.Converged {
			var te *TrimError
			if !errors.As(err, &te) || !errors.Is(err, ErrTrimInfeasible) || got.Weights != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if te.Rounds != want.Loop.Rounds {
				t.Errorf("gave up after %d rounds", te.Rounds)
			}
			near(t, "reached min", te.Min, want.Loop.Min, 1e-5)
			near(t, "reached max", te.Max, want.Loop.Max, 1e-5)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got.Rounds != want.Loop.Rounds {
			t.Errorf("%d rounds, want %d", got.Rounds, want.Loop.Rounds)
		}
		nearAll(t, name+" loop", got.Weights, want.Loop.Weights, 1e-5)
		k, err := KishOf(got.Weights)
		if err != nil {
			t.Fatal(err)
		}
		want.After.check(t, k)
		near(t, "default cap", 4*271263.0/200, want.Upper, 1e-12)
	}
}
