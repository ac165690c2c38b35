package weighting

import (
	"errors"
	"math"
	"strconv"
	"testing"
)

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
