package weighting

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// table is a CSV file of testdata by column.
type table map[string][]string

func readTable(t *testing.T, path ...string) table {
	t.Helper()
	f, err := os.Open(filepath.Join(append([]string{"testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := table{}
	for j, name := range rows[0] {
		for _, row := range rows[1:] {
			out[name] = append(out[name], row[j])
		}
	}
	return out
}

func (c table) floats(t *testing.T, name string) []float64 {
	t.Helper()
	out := make([]float64, len(c[name]))
	for i, s := range c[name] {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = v
	}
	if len(out) == 0 {
		t.Fatalf("no column %q", name)
	}
	return out
}

// codes numbers the values of a column in order of first sight.
func (c table) codes(name string) []int {
	place := map[string]int{}
	out := make([]int, len(c[name]))
	for i, s := range c[name] {
		k, known := place[s]
		if !known {
			k = len(place)
			place[s] = k
		}
		out[i] = k
	}
	return out
}

func (c table) is(name, value string) []bool {
	out := make([]bool, len(c[name]))
	for i, s := range c[name] {
		out[i] = s == value
	}
	return out
}

func readJSON(t *testing.T, into any, path ...string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// margin builds a Margin of a column from the expected file's list of
// {column: value, "Freq": people}.
func (c table) margin(t *testing.T, name string, list []map[string]any) Margin {
	t.Helper()
	m := Margin{Name: name, Of: make([]int, len(c[name]))}
	place := map[string]int{}
	for i, row := range list {
		id := row[name].(string)
		m.Categories = append(m.Categories, Category{ID: id, Target: row["Freq"].(float64)})
		place[id] = i
	}
	for i, s := range c[name] {
		k, known := place[s]
		if !known {
			t.Fatalf("%s %q has no target", name, s)
		}
		m.Of[i] = k
	}
	return m
}

func near(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*math.Abs(want)) {
		t.Errorf("%s: got %.12g, want %.12g (off by %.2g)", what, got, want, math.Abs(got-want)/math.Abs(want))
	}
}

func nearAll(t *testing.T, what string, got, want []float64, rel float64) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		near(t, what+" "+strconv.Itoa(i), got[i], want[i], rel)
	}
}

// fromR is survey's estimate with its normal interval.
type fromR struct{ Est, SE, Lo, Hi float64 }

func (w fromR) check(t *testing.T, what string, e Estimate, est, se float64) {
	t.Helper()
	near(t, what+" estimate", e.Value, w.Est, est)
	near(t, what+" error", e.SE, w.SE, se)
	n := e.Normal()
	if math.Abs(n.Low-w.Lo) > se*math.Abs(w.Est) || math.Abs(n.High-w.Hi) > se*math.Abs(w.Est) {
		t.Errorf("%s interval: %v to %v, want %v to %v", what, n.Low, n.High, w.Lo, w.Hi)
	}
}

func sample(t *testing.T, d Design) *Sample {
	t.Helper()
	s, err := NewSample(d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mean(t *testing.T, s *Sample, y []float64, in []bool) Estimate {
	t.Helper()
	e, err := s.Mean(y, in)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

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

func TestMeansVectors(t *testing.T) {
	t.Parallel()
	in := readTable(t, "means", "apistrat", "input.csv")
	var want struct {
		Mean     map[string]fromR
		Deff     map[string]float64
		Total    map[string]fromR `json:"total_enroll"`
		ByStype  []map[string]any `json:"by_stype"`
		ByAwards []map[string]any `json:"by_awards"`
		Shares   map[string]fromR `json:"share_awards"`
		CI       map[string]fromR `json:"ciprop_awards_yes"`
		CIT      []float64        `json:"ci_t"`
		Quant    []float64        `json:"quantiles_api00"`
		DF       float64
		NoFPC    struct{ Mean map[string]fromR } `json:"no_fpc"`
	}
	readJSON(t, &want, "means", "apistrat", "expected.json")
	d := Design{Weights: in.floats(t, "pw"), Strata: in.codes("stype"), FPC: in.floats(t, "fpc")}
	s := sample(t, d)
	if s.DF() != want.DF {
		t.Errorf("df %v", s.DF())
	}
	for name, w := range want.Mean {
		e := mean(t, s, in.floats(t, name), nil)
		w.check(t, name, e, 1e-9, 1e-6)
		near(t, name+" deff", e.Deff, want.Deff[name], 1e-6)
		if name == "api00" {
			near(t, "t low", e.Low, want.CIT[0], 1e-6)
			near(t, "t high", e.High, want.CIT[1], 1e-6)
		}
	}
	total, err := s.Total(in.floats(t, "enroll"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want.Total["enroll"].check(t, "total", total, 1e-9, 1e-6)
	y := in.floats(t, "api00")
	for name, list := range map[string][]map[string]any{"stype": want.ByStype, "awards": want.ByAwards} {
		for _, row := range list {
			e := mean(t, s, y, in.is(name, row[name].(string)))
			near(t, name, e.Value, row["api00"].(float64), 1e-9)
			near(t, name+" error", e.SE, row["se"].(float64), 1e-6)
		}
	}
	share, err := s.Share(in.is("awards", "Yes"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want.Shares["awardsYes"].check(t, "share", share, 1e-9, 1e-6)
	if share.Kind != IntervalLogit {
		t.Errorf("interval %s", share.Kind)
	}
	near(t, "logit low", share.Low, want.CI["logit"].Lo, 1e-6)
	near(t, "logit high", share.High, want.CI["logit"].Hi, 1e-6)
	low, high, err := BetaInterval(share.Value, share.SE, 200, share.DF, share.Neff)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "beta low", low, want.CI["beta"].Lo, 1e-6)
	near(t, "beta high", high, want.CI["beta"].Hi, 1e-6)
	low, high, err = TInterval(share.Value, share.SE, share.DF)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean low", low, want.CI["mean"].Lo, 1e-6)
	near(t, "mean high", high, want.CI["mean"].Hi, 1e-6)
	for i, p := range []float64{0.1, 0.25, 0.5, 0.75, 0.9} {
		e, err := s.Quantile(y, nil, p)
		if err != nil {
			t.Fatal(err)
		}
		if e.Value != want.Quant[i] || !(e.Low < e.Value && e.Value < e.High) {
			t.Errorf("quantile %v: %v (%v to %v), want %v", p, e.Value, e.Low, e.High, want.Quant[i])
		}
	}
	d.FPC = nil
	want.NoFPC.Mean["api00"].check(t, "no fpc", mean(t, sample(t, d), y, nil), 1e-9, 1e-6)
}

func TestReplicateVectors(t *testing.T) {
	t.Parallel()
	in := readTable(t, "replicate", "apiclus1_jk1", "input.csv")
	reps := readTable(t, "replicate", "apiclus1_jk1", "repweights.csv")
	var want struct {
		Scale   float64
		MSE     bool
		Mean    map[string]fromR
		Total   map[string]fromR
		ByStype []map[string]any `json:"by_stype"`
	}
	readJSON(t, &want, "replicate", "apiclus1_jk1", "expected.json")
	r := Replicates{Scale: want.Scale, MSE: want.MSE}
	run := func(what string, w fromR, f func(weights []float64) float64) {
		t.Helper()
		full := f(in.floats(t, "pw"))
		near(t, what, full, w.Est, 1e-9)
		var values []float64
		for k := 1; k <= 15; k++ {
			values = append(values, f(reps.floats(t, "V"+strconv.Itoa(k))))
		}
		v, err := r.Variance(full, values)
		if err != nil {
			t.Fatal(err)
		}
		near(t, what+" error", math.Sqrt(v), w.SE, 1e-6)
	}
	figure := func(y []float64, in []bool, total bool) func([]float64) float64 {
		return func(w []float64) float64 {
			s := sample(t, Design{Weights: w})
			e, err := s.Mean(y, in)
			if total {
				e, err = s.Total(y, in)
			}
			if err != nil {
				t.Fatal(err)
			}
			return e.Value
		}
	}
	for name, w := range want.Mean {
		run(name, w, figure(in.floats(t, name), nil, false))
	}
	run("total", want.Total["enroll"], figure(in.floats(t, "enroll"), nil, true))
	for _, row := range want.ByStype {
		run("domain", fromR{Est: row["api00"].(float64), SE: row["se"].(float64)}, figure(in.floats(t, "api00"), in.is("stype", row["stype"].(string)), false))
	}
	if _, err := (Replicates{Scale: 1, RScales: []float64{1}}).Variance(0, []float64{1, 2}); !errors.Is(err, ErrInput) {
		t.Errorf("scales: %v", err)
	}
}

type expectedChange struct{ Diff, SE, Lo, Hi, Z, P float64 }

func (w expectedChange) check(t *testing.T, what string, c Change) {
	t.Helper()
	if math.Abs(c.Delta-w.Diff) > 1e-8*max(1, math.Abs(w.Diff)) {
		t.Errorf("%s: %v, want %v", what, c.Delta, w.Diff)
	}
	near(t, what+" error", c.SE, w.SE, 1e-5)
	near(t, what+" low", c.Low, w.Lo, 1e-5)
	near(t, what+" high", c.High, w.Hi, 1e-5)
	near(t, what+" z", c.Z, w.Z, 1e-5)
	if math.Abs(c.P-w.P) > 1e-5 {
		t.Errorf("%s: p %v, want %v", what, c.P, w.P)
	}
}

func TestDifferenceVectorsIndependent(t *testing.T) {
	t.Parallel()
	const dir = "independent_apisrs_apistrat"
	one, two := readTable(t, "diff", dir, "wave1.csv"), readTable(t, "diff", dir, "wave2.csv")
	var want struct {
		Wave1, Wave2 map[string]fromR
		Diff         expectedChange
		ByStype      map[string]expectedChange `json:"by_stype"`
	}
	readJSON(t, &want, "diff", dir, "expected.json")
	s1 := sample(t, Design{Weights: one.floats(t, "pw")})
	s2 := sample(t, Design{Weights: two.floats(t, "pw"), Strata: two.codes("stype")})
	y1, y2 := one.floats(t, "api99"), two.floats(t, "api00")
	e1, e2 := mean(t, s1, y1, nil), mean(t, s2, y2, nil)
	want.Wave1["api99"].check(t, "wave 1", e1, 1e-8, 1e-5)
	want.Wave2["api00"].check(t, "wave 2", e2, 1e-8, 1e-5)
	c := Difference(e1, e2)
	want.Diff.check(t, "difference", c)
	if !c.Detectable(MinChange) || c.Detectable(100) {
		t.Error("label")
	}
	for stype, w := range want.ByStype {
		c := Difference(mean(t, s1, y1, one.is("stype", stype)), mean(t, s2, y2, two.is("stype", stype)))
		w.check(t, stype, c)
		if c.Detectable(MinChange) != (stype == "E") {
			t.Errorf("%s: label", stype)
		}
	}
}

func TestDifferenceVectorsPanel(t *testing.T) {
	t.Parallel()
	in := readTable(t, "diff", "panel_apistrat", "input.csv")
	var want struct {
		Diff  expectedChange
		Cov   float64
		Wrong float64 `json:"se_if_wrongly_independent"`
	}
	readJSON(t, &want, "diff", "panel_apistrat", "expected.json")
	s := sample(t, Design{Weights: in.floats(t, "pw"), Strata: in.codes("stype")})
	y1, y2 := in.floats(t, "api99"), in.floats(t, "api00")
	c, err := s.Difference(Variable{Y: y1}, Variable{Y: y2})
	if err != nil {
		t.Fatal(err)
	}
	want.Diff.check(t, "panel", c)
	e1, e2 := mean(t, s, y1, nil), mean(t, s, y2, nil)
	near(t, "covariance", (e1.SE*e1.SE+e2.SE*e2.SE-c.SE*c.SE)/2, want.Cov, 1e-5)
	near(t, "wrong", Difference(e1, e2).SE, want.Wrong, 1e-5)

	// The same persons stacked, person as sampling unit, give the same.
	n := len(y1)
	var d Design
	var y []float64
	wave1, wave2 := make([]bool, 2*n), make([]bool, 2*n)
	for wave := range 2 {
		for i := range n {
			d.Weights = append(d.Weights, in.floats(t, "pw")[i])
			d.Strata = append(d.Strata, in.codes("stype")[i])
			d.PSUs = append(d.PSUs, i)
			wave1[wave*n+i], wave2[wave*n+i] = wave == 0, wave == 1
			y = append(y, [][]float64{y1, y2}[wave][i])
		}
	}
	c, err = sample(t, d).Difference(Variable{y, wave1}, Variable{y, wave2})
	if err != nil {
		t.Fatal(err)
	}
	want.Diff.check(t, "stacked", c)
}
