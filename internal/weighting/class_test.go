package weighting

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// city is a drawn set of rows in classes sex × age, with a score in units, a
// domain and targets: the same data for the row path and the class path.
type city struct {
	sexes, ages int
	class       []int // of each row
	y           []int64
	in          []bool
	counts      []int64
	sums        []Sums
	domain      []int64
	cross       Margin // one category per class
	sex, age    Margin
}

func drawCity(t *rapid.T) *city {
	c := &city{sexes: 2, ages: rapid.IntRange(1, 7).Draw(t, "ages")}
	k := c.sexes * c.ages
	c.counts, c.sums, c.domain = make([]int64, k), make([]Sums, k), make([]int64, k)
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	spread := rapid.Int64Range(0, 500_000).Draw(t, "spread")
	chance := rapid.Float64Range(0.05, 1).Draw(t, "domain")
	c.cross.Name, c.sex.Name, c.age.Name = "cross", "sex", "age"
	sexTotal, ageTotal := make([]float64, c.sexes), make([]float64, c.ages)
	for class := range k {
		n := 1 + rng.IntN(12)
		// Targets that are the margins of one table can always be reached.
		people := float64(100 + rng.IntN(20_000))
		c.cross.Categories = append(c.cross.Categories, Category{fmt.Sprint(class), people})
		sexTotal[class/c.ages] += people
		ageTotal[class%c.ages] += people
		level := int64(rng.IntN(500_000))
		for range n {
			y := level
			if spread > 0 {
				y += rng.Int64N(spread)
			}
			in := rng.Float64() < chance || len(c.y) == 0
			c.class, c.y, c.in = append(c.class, class), append(c.y, y), append(c.in, in)
			c.counts[class]++
			c.cross.Of = append(c.cross.Of, class)
			c.sex.Of = append(c.sex.Of, class/c.ages)
			c.age.Of = append(c.age.Of, class%c.ages)
			if in {
				s, err := SumsOf(y)
				if err != nil {
					t.Fatal(err)
				}
				c.sums[class] = c.sums[class].Plus(s)
				c.domain[class]++
			}
		}
	}
	for i, p := range sexTotal {
		c.sex.Categories = append(c.sex.Categories, Category{fmt.Sprint(i), p})
	}
	for i, p := range ageTotal {
		c.age.Categories = append(c.age.Categories, Category{fmt.Sprint(i), p})
	}
	return c
}

// classMargins are the raking margins over classes instead of rows.
func (c *city) classMargins() []Margin {
	sex, age := c.sex, c.age
	sex.Of, age.Of = nil, nil
	for class := range c.counts {
		sex.Of = append(sex.Of, class/c.ages)
		age.Of = append(age.Of, class%c.ages)
	}
	return []Margin{sex, age}
}

func (c *city) floats() []float64 {
	y := make([]float64, len(c.y))
	for i, v := range c.y {
		y[i] = float64(v) * 1e-4
	}
	return y
}

// sameEstimate compares with 1e-9 relative; an error that is zero in theory
// may differ by rounding of the value.
func sameEstimate(t *rapid.T, what string, class, row Estimate) {
	t.Helper()
	scale := math.Abs(row.Value)
	for name, p := range map[string][3]float64{
		"value": {class.Value, row.Value, scale}, "se": {class.SE, row.SE, math.Abs(row.SE) + 1e-3*scale},
		"low": {class.Low, row.Low, math.Abs(row.High) + row.SE}, "high": {class.High, row.High, math.Abs(row.High) + row.SE},
		"neff": {class.Neff, row.Neff, row.Neff}, "df": {class.DF, row.DF, row.DF},
	} {
		if math.Abs(p[0]-p[1]) > 1e-9*p[2] {
			t.Fatalf("%s %s: classes %.15g, rows %.15g", what, name, p[0], p[1])
		}
	}
	if row.SE > 1e-6*scale && row.Deff > 1e-3 && math.Abs(class.Deff-row.Deff) > 1e-6*row.Deff {
		t.Fatalf("%s deff: classes %.15g, rows %.15g", what, class.Deff, row.Deff)
	}
	if class.N != row.N || class.Kind != row.Kind {
		t.Fatalf("%s: %+v and %+v", what, class, row)
	}
}

// TestClassPathEqualsRowPath is the claim of CONTRACT §7: sums per class give
// what the rows give, for post-stratification, raking and trimmed raking, with
// domains.
func TestClassPathEqualsRowPath(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCity(t)
		if len(c.y) < 3 {
			t.Skip("too few rows")
		}
		way := rapid.SampledFrom([]string{"poststratify", "rake", "trim"}).Draw(t, "way")
		var cw *ClassWeights
		var err error
		var margins []Margin
		var w []float64
		switch way {
		case "poststratify":
			margins = []Margin{c.cross}
			if w, err = PostStratify(nil, c.cross); err == nil {
				cw, err = PostStratifyClasses(c.counts, c.cross.Categories)
			}
		case "rake":
			margins = []Margin{c.sex, c.age}
			var r Raked
			if r, err = Rake(nil, margins, RakeOptions{}); err == nil {
				w = r.Weights
				cw, err = RakeClasses(c.counts, c.classMargins(), RakeOptions{}, nil)
			}
		case "trim":
			margins = []Margin{c.sex, c.age}
			factor := rapid.Float64Range(1.2, 4).Draw(t, "factor")
			var total float64
			for _, cat := range c.sex.Categories {
				total += cat.Target
			}
			bounds := TrimOptions{Upper: factor * total / float64(len(c.y))}
			trimmed, terr := TrimAndRake(nil, margins, RakeOptions{}, bounds)
			if cw, err = RakeClasses(c.counts, c.classMargins(), RakeOptions{}, &bounds); err != nil {
				t.Fatal(err)
			}
			if terr != nil {
				if !errors.Is(terr, ErrTrimInfeasible) || cw.TrimFailed == nil {
					t.Fatalf("rows: %v, classes: %v", terr, cw.TrimFailed)
				}
				return
			}
			if w = trimmed.Weights; cw.TrimFailed != nil || cw.TrimRounds != trimmed.Rounds {
				t.Fatalf("rows %d rounds, classes %d (%v)", trimmed.Rounds, cw.TrimRounds, cw.TrimFailed)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, class := range c.class {
			if cwW := cw.Weights()[class]; math.Abs(cwW-w[i]) > 1e-9*w[i] || !(w[i] > 0) {
				t.Fatalf("row %d: weight %v, its class %v", i, w[i], cwW)
			}
		}
		s, err := NewSample(Design{Weights: w, Margins: margins})
		if err != nil {
			t.Fatal(err)
		}
		y := c.floats()
		row, err := s.Mean(y, c.in)
		if err != nil {
			t.Fatal(err)
		}
		class, err := cw.Mean(c.sums, 1e-4)
		if err != nil {
			t.Fatal(err)
		}
		sameEstimate(t, way+" mean", class, row)
		if row, err = s.Total(y, c.in); err != nil {
			t.Fatal(err)
		}
		if class, err = cw.Total(c.sums, 1e-4); err != nil {
			t.Fatal(err)
		}
		sameEstimate(t, way+" total", class, row)
		hit, hits := make([]bool, len(y)), make([]int64, len(c.counts))
		for i, v := range c.y {
			if hit[i] = c.in[i] && v >= 300_000; hit[i] {
				hits[c.class[i]]++
			}
		}
		for name, in := range map[string][]bool{"domain": c.in, "all rows": nil} {
			row, err := s.Share(hit, in)
			if err != nil {
				t.Fatal(err)
			}
			of := c.domain
			if in == nil {
				of = nil
			}
			class, err := cw.Share(hits, of)
			if err != nil {
				t.Fatal(err)
			}
			sameEstimate(t, way+" share of "+name, class, row)
			if class.Low < 0 || class.High > 1 || class.Low > class.Value || class.Value > class.High {
				t.Fatalf("share %+v", class)
			}
		}
		k, err := KishOf(w)
		if err != nil {
			t.Fatal(err)
		}
		ck := cw.Kish()
		for name, p := range map[string][2]float64{"deff": {ck.Deff, k.Deff}, "neff": {ck.Neff, k.Neff}, "median": {ck.MaxOverMedian, k.MaxOverMedian}} {
			if math.Abs(p[0]-p[1]) > 1e-9*p[1] {
				t.Fatalf("kish %s: %v and %v", name, p[0], p[1])
			}
		}
	})
}

func TestWeightsReproduceMargins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCity(t)
		margins := []Margin{c.sex, c.age}
		r, err := Rake(nil, margins, RakeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range margins {
			for k, s := range marginSums(r.Weights, nil, m) {
				if target := m.Categories[k].Target; math.Abs(s-target) > 1e-9*target {
					t.Fatalf("%s %d: %v of %v", m.Name, k, s, target)
				}
			}
		}
		for i, w := range r.Weights {
			if !(w > 0) {
				t.Fatalf("row %d: weight %v", i, w)
			}
		}
	})
}

func TestMeanIgnoresTheScaleOfWeights(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCity(t)
		if len(c.y) < 3 {
			t.Skip("too few rows")
		}
		factor := rapid.Float64Range(0.01, 100).Draw(t, "factor")
		small, err := PostStratifyClasses(c.counts, c.cross.Categories)
		if err != nil {
			t.Fatal(err)
		}
		scaled := append([]Category(nil), c.cross.Categories...)
		for i := range scaled {
			scaled[i].Target *= factor
		}
		large, err := PostStratifyClasses(c.counts, scaled)
		if err != nil {
			t.Fatal(err)
		}
		a, err1 := small.Mean(c.sums, 1e-4)
		b, err2 := large.Mean(c.sums, 1e-4)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		sameEstimate(t, "scaled", b, a)
	})
}

func TestSumsAreSubtractable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-MaxUnits, MaxUnits), 1, 50).Draw(t, "values")
		cut := rapid.IntRange(0, len(values)).Draw(t, "cut")
		var all, kept Sums
		for i, v := range values {
			s, err := SumsOf(v)
			if err != nil {
				t.Fatal(err)
			}
			if all = all.Plus(s); i < cut {
				kept = kept.Plus(s)
			}
		}
		for _, v := range values[cut:] {
			s, _ := SumsOf(v)
			all = all.Minus(s)
		}
		if diff := cmp.Diff(kept, all); diff != "" {
			t.Fatal(diff)
		}
		if err := kept.Check(int64(cut)); err != nil {
			t.Fatal(err)
		}
		var mean, want float64
		for _, v := range values[:cut] {
			mean += float64(v) / float64(cut)
		}
		for _, v := range values[:cut] {
			want += (float64(v) - mean) * (float64(v) - mean)
		}
		if got, _ := kept.scatter(); math.Abs(got-want) > 1e-9*want+1e-3 {
			t.Fatalf("scatter %v, want %v", got, want)
		}
	})
}

func TestSumsCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		s Sums
		n int64
	}{
		"more values than rows": {Sums{3, 3, 3}, 2}, "negative": {Sums{-1, 0, 0}, 2}, "values without rows": {Sums{0, 5, 25}, 2},
		"impossible squares": {Sums{2, 10, 49}, 2}, "beyond the unit": {Sums{1, MaxUnits + 1, 1 << 50}, 2}, "too many": {Sums{1, 1, 1}, MaxClassRows + 1},
		"lowest integer": {Sums{1, math.MinInt64, 1}, 2},
	} {
		if err := c.s.Check(c.n); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := SumsOf(MaxUnits + 1); !errors.Is(err, ErrInput) {
		t.Error("a value beyond 100 points passes")
	}
	full := Sums{M: MaxClassRows, Sum: MaxClassRows * MaxUnits, Square: MaxClassRows * MaxUnits * MaxUnits}
	if ss, ok := full.scatter(); ss != 0 || !ok || full.Check(MaxClassRows) != nil {
		t.Errorf("the largest class: %v %v %v", ss, ok, full.Check(MaxClassRows))
	}
}

func TestClassPathRefusals(t *testing.T) {
	t.Parallel()
	cats := []Category{{"a", 100}, {"b", 100}}
	cw, err := PostStratifyClasses([]int64{10, 20}, cats)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cw.Mean([]Sums{{}, {}}, 1e-4); !errors.Is(err, ErrEmptyDomain) {
		t.Errorf("empty domain: %v", err)
	}
	if _, err := cw.Mean([]Sums{{}}, 1e-4); !errors.Is(err, ErrInput) {
		t.Errorf("one sum for two classes: %v", err)
	}
	if _, err := cw.Mean([]Sums{{M: 11, Sum: 1, Square: 1}, {}}, 1e-4); !errors.Is(err, ErrInput) {
		t.Errorf("11 values in 10 rows: %v", err)
	}
	if _, err := cw.Mean([]Sums{{M: 1, Sum: 1, Square: 1}, {}}, math.NaN()); !errors.Is(err, ErrInput) {
		t.Errorf("unit: %v", err)
	}
	if _, err := cw.Share([]int64{11, 0}, nil); !errors.Is(err, ErrInput) {
		t.Errorf("11 of 10: %v", err)
	}
	if _, err := PostStratifyClasses([]int64{10, 0}, cats); !errors.Is(err, ErrEmptyCategory) {
		t.Errorf("empty class: %v", err)
	}
	if _, err := PostStratifyClasses([]int64{1, 0}, []Category{{"a", 100}, {"b", 0}}); !errors.Is(err, ErrTooFew) {
		t.Errorf("one row: %v", err)
	}
	if _, err := PostStratifyClasses([]int64{-1, 5}, cats); !errors.Is(err, ErrInput) {
		t.Errorf("negative count: %v", err)
	}
	none, err := cw.Share([]int64{0, 0}, nil)
	if err != nil || none.Value != 0 || none.Low != 0 || !(none.High > 0.05 && none.High < 0.2) || none.Kind != IntervalBeta {
		t.Errorf("share 0: %+v %v", none, err)
	}
	every, err := cw.Share([]int64{10, 20}, nil)
	if err != nil || every.Value != 1 || every.High != 1 || every.Kind != IntervalBeta || math.Abs(1-every.Low-none.High) > 1e-9 {
		t.Errorf("share 1: %+v %v", every, err)
	}
}

func TestJackknifeAgreesWithTaylor(t *testing.T) {
	t.Parallel()
	c := testCity(t).sample(rand.New(rand.NewPCG(5, 5)), 1500)
	margins := c.rakeMargins()
	full, err := RakeClasses(c.counts, margins, RakeOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := full.Mean(c.sums, 1e-4)
	if err != nil {
		t.Fatal(err)
	}
	counts, sums := append([]int64(nil), c.counts...), append([]Sums(nil), c.sums...)
	v, err := Jackknife(len(c.rows), func(drop int) (float64, error) {
		r := c.rows[drop]
		s, err := SumsOf(r.y)
		if err != nil {
			return 0, err
		}
		counts[r.class]--
		sums[r.class] = sums[r.class].Minus(s)
		defer func() {
			counts[r.class]++
			sums[r.class] = sums[r.class].Plus(s)
		}()
		cw, err := RakeClasses(counts, margins, RakeOptions{}, nil)
		if err != nil {
			return 0, err
		}
		e, err := cw.Mean(sums, 1e-4)
		return e.Value, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if ratio := math.Sqrt(v) / e.SE; math.Abs(ratio-1) > 0.03 {
		t.Errorf("jackknife over Taylor is %v", ratio)
	}
}
