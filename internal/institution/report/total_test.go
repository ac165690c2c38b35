package report

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// The stratified sample of survey::api, svymean with fpc: mean, error and interval by t with
// 197 degrees of freedom as R gives them (vectors/means/apistrat), in tenths.
func TestATotalIsAStratifiedSample(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../weighting/testdata/means/apistrat/input.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	sums, frames := map[string]*Sum{}, map[string]int64{}
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[at["api00"]], 64)
		if err != nil {
			t.Fatal(err)
		}
		kind := row[at["stype"]]
		if sums[kind] == nil {
			sums[kind] = &Sum{}
		}
		sums[kind].add(v / 10)
		if frames[kind], err = strconv.ParseInt(row[at["fpc"]], 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	var list []stratum
	var share []float64
	all := int64(0)
	for _, kind := range []string{"E", "H", "M"} {
		list = append(list, stratum{sums[kind].Figures(frames[kind]), sums[kind], sums[kind].N, frames[kind]})
		all += frames[kind]
	}
	for _, s := range list {
		share = append(share, float64(s.frame)/float64(all))
	}
	f := pool(list, share, 200, all)
	for name, x := range map[string][2]float64{
		"mean": {f.Mean, 66.2287363159321}, "error": {f.SE, 0.940894080278458}, "degrees": {f.DF, 197},
		"low": {f.Low, 64.3732188272086}, "high": {f.High, 68.0842538046555},
	} {
		if math.Abs(x[0]-x[1]) > 1e-6*x[1] {
			t.Errorf("%s is %v, R gives %v", name, x[0], x[1])
		}
	}
	for i, want := range []float64{56.5, 66.8, 75.6} { // R's quantiles, ours in whole points
		if math.Abs(f.Quarter[i]-want) > 1 {
			t.Errorf("quartile %d is %v, R gives %v", i+1, f.Quarter[i], want)
		}
	}
}

// Half of one school answered and a quarter of another: both count by those who work there.
func TestATotalCountsSchoolsByTheirPeople(t *testing.T) {
	t.Parallel()
	build := func(frames [2]int64, skipped int) Row {
		sums := &Sums{}
		var members []Member
		for i, n := range []int{40, 20} {
			u := Unit{fmt.Sprintf("i%d", i), "teacher"}
			members = append(members, Member{Unit: u, Frame: frames[i], Path: []string{"city"}})
			for k := range n {
				values := map[string]float64{"x": float64(30 + 40*i)}
				if i == 0 && k < skipped {
					delete(values, "x")
				}
				if err := sums.Add(u, values); err != nil {
					t.Fatal(err)
				}
			}
		}
		r, err := Build("r", 2026, cut, members, sums)
		if err != nil {
			t.Fatal(err)
		}
		return r.Table("teacher", Filter{}).Total
	}
	for name, c := range map[string]struct {
		frames   [2]int64
		mean     float64
		weighted bool
	}{
		"by those who were asked":      {[2]int64{80, 80}, 50, true},
		"one frame is not known":       {[2]int64{80, 0}, 30*40.0/60 + 70*20.0/60, false},
		"more answered than there are": {[2]int64{80, 15}, 30*40.0/60 + 70*20.0/60, false},
		"too small to stand alone":     {[2]int64{80, 25}, 30*40.0/60 + 70*20.0/60, true},
		"hardly anybody answered":      {[2]int64{80, 400}, 30*40.0/60 + 70*20.0/60, true},
	} {
		total := build(c.frames, 0)
		if got := total.Cells["x"].Mean; math.Abs(got-c.mean) > 1e-9 || total.Weighted != c.weighted {
			t.Errorf("%s: %v, weighted %v; want %v, %v", name, got, total.Weighted, c.mean, c.weighted)
		}
		for skipped := 1; skipped < K; skipped++ { // two lines and their sum do not tell who skipped
			if got, want := build(c.frames, skipped).Cells["x"], total.Cells["x"]; got.Mean != want.Mean || got.Low != want.Low || got.High != want.High || got.N != want.N {
				t.Errorf("%s: %d skipped, and the sum moved from %+v to %+v", name, skipped, want, got)
			}
		}
	}
}

func TestSharesAreOfCellsThatMayStand(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []stratum
		for range rapid.IntRange(1, 12).Draw(t, "lines") {
			n := int64(rapid.IntRange(10, 60).Draw(t, "n"))
			list = append(list, stratum{n: n, frame: n + int64(rapid.IntRange(0, 400).Draw(t, "silent"))})
		}
		seen, whole := map[int]bool{}, cells(list)
		for _, cell := range whole {
			n, asked := int64(0), int64(0)
			for _, i := range cell {
				if seen[i] {
					t.Fatalf("line %d is in two cells", i)
				}
				seen[i], n, asked = true, n+list[i].n, asked+list[i].frame
			}
			if len(whole) > 1 && !stands(n, asked) {
				t.Fatalf("a cell of %d answers of %d stands alone in %v", n, asked, list)
			}
		}
		if len(seen) != len(list) {
			t.Fatalf("%d of %d lines are in a cell", len(seen), len(list))
		}
		share, weighted := shares(list)
		sum := 0.0
		for i, w := range share {
			if !(w > 0) {
				t.Fatalf("line %d counts %v", i, w)
			}
			sum += w
		}
		if !weighted || math.Abs(sum-1) > 1e-12 {
			t.Fatalf("shares add up to %v, weighted %v", sum, weighted)
		}
	})
}

// The sleep of ten students under two drugs: t.test(extra ~ group) in R gives t = −1.8608,
// df = 17.776, p = 0.07939 and an interval of −3.3654832 to 0.2054832.
func TestTheTestOfTwoYearsIsWelchs(t *testing.T) {
	t.Parallel()
	c := compare(nil, "x", Figures{Mean: 2.33, SE: 2.002249 / math.Sqrt(10), DF: 9}, Figures{Mean: 0.75, SE: 1.789010 / math.Sqrt(10), DF: 9})
	if math.Abs(c.Low+3.3654832) > 1e-5 || math.Abs(c.High-0.2054832) > 1e-5 || math.Abs(c.P-0.07939) > 1e-5 {
		t.Errorf("%v to %v, p %v", c.Low, c.High, c.P)
	}
	if c := compare(nil, "x", Figures{Mean: 40, DF: 9}, Figures{Mean: 45, DF: 9}); c.P != 0 || c.Low != 5 || c.High != 5 {
		t.Errorf("everybody was asked and answered alike: %+v", c)
	}
	if c := compare(nil, "x", Figures{Mean: 40, DF: 9}, Figures{Mean: 40, DF: 9}); c.P != 1 {
		t.Errorf("nothing moved: %+v", c)
	}
}

// Less than a point is no change, however sure it is.
func TestHalfAPointIsNoChange(t *testing.T) {
	t.Parallel()
	year := func(year int, value float64) *Report {
		sums, u := &Sums{}, Unit{"i", "teacher"}
		for range 50 {
			if err := sums.Add(u, map[string]float64{"x": value}); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Build("r", year, cut, []Member{{Unit: u, Frame: 50, Path: []string{"city"}}}, sums)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for by, real := range map[float64]bool{0: false, 0.5: false, 1: true, -1: true, -0.9: false} {
		list := Changes(year(2025, 50), year(2026, 50+by), "teacher", []string{"x"})
		if len(list) != 1 || list[0].Real != real {
			t.Errorf("by %v: %+v", by, list)
		}
	}
}
