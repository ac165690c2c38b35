package psychometrics

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func agreeableness(t *testing.T) (Scores, []string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "alpha", "bfi_agreeableness", "input.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var s Scores
	for _, r := range rows[1:] {
		line := make([]float64, len(r))
		for j, v := range r {
			if line[j], err = strconv.ParseFloat(v, 64); err != nil {
				t.Fatal(err)
			}
		}
		s = append(s, line)
	}
	return s, rows[0]
}

func TestAlphaVectors(t *testing.T) {
	t.Parallel()
	var want struct {
		N, K    int
		Reverse string
		Alpha   float64   `json:"raw_alpha"`
		Std     float64   `json:"std_alpha"`
		R       float64   `json:"mean_inter_item_r"`
		Omega   float64   `json:"omega_total_cfa_ml"`
		Minres  float64   `json:"omega_total_psych_minres_corr"`
		SEM     float64   `json:"sem_of_sum"`
		Load    []float64 `json:"loadings_std"`
		Items   []struct {
			Item    string
			Mean    float64
			P       float64 `json:"difficulty_p"`
			SD      float64
			RTotal  float64 `json:"r_total"`
			RRest   float64 `json:"r_rest"`
			Deleted float64 `json:"alpha_if_deleted"`
		}
	}
	raw, err := os.ReadFile(filepath.Join("testdata", "alpha", "bfi_agreeableness", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	s, names := agreeableness(t)
	low, high, err := s.Range()
	if err != nil {
		t.Fatal(err)
	}
	var turn []int
	for j, n := range names {
		if n == want.Reverse {
			turn = append(turn, j)
		}
	}
	if s, err = s.Reverse(turn, low, high); err != nil {
		t.Fatal(err)
	}
	a, err := Analyse(s)
	if err != nil {
		t.Fatal(err)
	}
	if a.N != want.N || a.K != want.K || a.Dropped != 0 {
		t.Errorf("%d rows of %d items, %d dropped", a.N, a.K, a.Dropped)
	}
	near(t, "alpha", a.Alpha, want.Alpha, 1e-9)
	near(t, "standardised", a.StdAlpha, want.Std, 1e-9)
	near(t, "mean r", a.MeanR, want.R, 1e-9)
	near(t, "SEM", a.SEM, want.SEM, 1e-9)
	for j, w := range want.Items {
		it := a.Items[j]
		near(t, w.Item+" mean", it.Mean, w.Mean, 1e-9)
		near(t, w.Item+" p", it.P, w.P, 1e-9)
		near(t, w.Item+" sd", it.SD, w.SD, 1e-9)
		near(t, w.Item+" r total", it.RTotal, w.RTotal, 1e-9)
		near(t, w.Item+" r rest", it.RRest, w.RRest, 1e-9)
		near(t, w.Item+" deleted", it.AlphaDeleted, w.Deleted, 1e-9)
	}
	o, err := OmegaML(a.Covariance)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "omega", o.Value, want.Omega, 1e-5)
	for j, w := range want.Load {
		near(t, "loading", o.Standard[j], w, 1e-5)
	}
	m, err := OmegaMinres(a.Covariance)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "omega by minres", m.Value, want.Minres, 1e-4)
	t.Logf("omega off by %.2g in %d cycles, minres by %.2g in %d", o.Value-want.Omega, o.Cycles, m.Value-want.Minres, m.Cycles)
}

// factor draws a one-factor covariance matrix.
func factor(load, unique []float64) [][]float64 {
	c := make([][]float64, len(load))
	for j := range c {
		c[j] = make([]float64, len(load))
		for i := range c {
			c[j][i] = load[j] * load[i]
		}
		c[j][j] += unique[j]
	}
	return c
}

func TestOmegaFindsTheFactor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(3, 12).Draw(t, "items")
		load, unique := make([]float64, k), make([]float64, k)
		var sum, own float64
		for j := range k {
			load[j] = rapid.Float64Range(0.3, 2).Draw(t, "loading")
			unique[j] = rapid.Float64Range(0.3, 3).Draw(t, "unique")
			sum += load[j]
			own += unique[j]
		}
		want := sum * sum / (sum*sum + own)
		o, err := OmegaML(factor(load, unique))
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(o.Value-want) > 1e-6 || o.Heywood {
			t.Fatalf("omega %v, want %v", o.Value, want)
		}
		for j := range load {
			if math.Abs(o.Loadings[j]-load[j]) > 1e-4 {
				t.Fatalf("loadings %v, want %v", o.Loadings, load)
			}
		}
		m, err := OmegaMinres(factor(load, unique))
		if err != nil || math.Abs(m.Value-1) > 1 {
			t.Fatalf("minres %v %v", m.Value, err)
		}
	})
}

// answers are 0/1 answers of persons to items under the 2PL.
func answers(persons, items int, seed uint64, easier func(person, item int) float64) Scores {
	rng := rand.New(rand.NewPCG(seed, 3))
	out := make(Scores, persons)
	for i := range out {
		theta := rng.NormFloat64()
		out[i] = make([]float64, items)
		for j := range items {
			b := -1.5 + 3*float64(j)/float64(items-1)
			if easier != nil {
				b -= easier(i, j)
			}
			if rng.Float64() < 1/(1+math.Exp(-1.2*(theta-b))) {
				out[i][j] = 1
			}
		}
	}
	return out
}

func TestScaleProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := answers(rapid.IntRange(50, 200).Draw(t, "persons"), rapid.IntRange(3, 15).Draw(t, "items"), rapid.Uint64().Draw(t, "seed"), nil)
		a, err := Analyse(s)
		if errors.Is(err, ErrNoSpread) {
			t.Skip()
		}
		if err != nil {
			t.Fatal(err)
		}
		if a.Alpha > 1 || a.StdAlpha > 1 || math.Abs(a.SEM*a.SEM-a.SD*a.SD*(1-a.Alpha)) > 1e-9*a.SD*a.SD {
			t.Fatalf("%+v", a)
		}
		// Stretching the answers changes no reliability; a missing answer drops
		// its row.
		wide := make(Scores, len(s))
		for i, row := range s {
			wide[i] = make([]float64, len(row))
			for j, v := range row {
				wide[i][j] = 3*v + 7
			}
		}
		wide = append(wide, append([]float64{math.NaN()}, wide[0][1:]...))
		b, err := Analyse(wide)
		if err != nil || math.Abs(a.Alpha-b.Alpha) > 1e-9 || b.Dropped != 1 || math.Abs(3*a.SEM-b.SEM) > 1e-9 {
			t.Fatalf("%v %+v %v", a.Alpha, b, err)
		}
		// Alpha without an item is alpha of the table without it.
		var rest Scores
		for _, row := range s {
			rest = append(rest, row[1:])
		}
		if len(s[0]) > 3 {
			c, err := Analyse(rest)
			if err == nil && math.Abs(c.Alpha-a.Items[0].AlphaDeleted) > 1e-9 {
				t.Fatalf("%v, want %v", a.Items[0].AlphaDeleted, c.Alpha)
			}
		}
	})
}

func TestGates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		use  Use
		r    float64
		want bool
	}{{ForArea, .70, true}, {ForArea, .69, false}, {ForOverall, .79, false}, {ForOverall, .80, true}, {ForCertificate, .89, false}, {ForCertificate, .9, true}, {ForArea, math.NaN(), false}} {
		if got, err := c.use.Passes(c.r); err != nil || got != c.want {
			t.Errorf("%s at %v: %v %v", c.use, c.r, got, err)
		}
	}
	if _, err := Use("fun").Passes(1); !errors.Is(err, ErrInput) {
		t.Error(err)
	}
	for _, c := range []struct {
		n    int64
		half float64
		want Withheld
	}{{9, 1, FewPeople}, {10, 5, Published}, {10, 5.1, TooWide}, {100, math.NaN(), TooWide}} {
		if got := GroupMean(c.n, c.half); got != c.want {
			t.Errorf("%d persons ± %v: %q", c.n, c.half, got)
		}
	}
}

func TestScaleRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		s    Scores
		want error
	}{
		"nobody":      {nil, ErrTooFew},
		"one item":    {Scores{{1}, {2}, {3}}, ErrTooFew},
		"ragged":      {Scores{{1, 2}, {1}}, ErrInput},
		"no spread":   {Scores{{1, 2}, {1, 3}, {1, 4}}, ErrNoSpread},
		"cancelling":  {Scores{{1, 3}, {2, 2}, {3, 1}}, ErrNoSpread},
		"infinite":    {Scores{{1, math.Inf(1)}}, ErrInput},
		"all missing": {Scores{{1, math.NaN()}, {math.NaN(), 1}}, ErrTooFew},
	} {
		if _, err := Analyse(c.s); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OmegaML([][]float64{{1, 0}, {0, 1}}); !errors.Is(err, ErrTooFew) {
		t.Error(err)
	}
	if _, err := (Scores{{1, 2}}).Reverse([]int{2}, 0, 1); !errors.Is(err, ErrInput) {
		t.Error(err)
	}
}
