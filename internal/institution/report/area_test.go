package report

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The error of an area is that of the people's own means, not a bound; the mean is that of
// the competences.
func TestTheErrorOfAnAreaIsThatOfPeoplesMeans(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(10, 80).Draw(t, "n")
		frame := int64(n + rapid.IntRange(0, 40).Draw(t, "more"))
		u := Unit{"a", "teacher"}
		sums := &Sums{}
		var means []float64
		var total [3]float64
		for range n {
			base := rapid.IntRange(0, 5).Draw(t, "level")
			values, own := map[string]float64{"knowledge": 50}, 0.0
			for k := range 3 {
				v := float64(20 * max(0, min(5, base+rapid.IntRange(-1, 1).Draw(t, "off"))))
				values[fmt.Sprintf("edu1.%d", k+1)] = v
				own += v / 3
				total[k] += v
			}
			means = append(means, own)
			if err := sums.Add(u, values); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Build("r", 2026, cut, []Member{{Unit: u, Frame: frame, Path: []string{"city"}}}, sums)
		if err != nil {
			t.Fatal(err)
		}
		mean, spread := 0.0, 0.0
		for _, v := range means {
			mean += v / float64(n)
		}
		for _, v := range means {
			spread += (v - mean) * (v - mean)
		}
		se := math.Sqrt((1 - float64(n)/float64(frame)) * spread / float64(n-1) / float64(n))
		table := r.Table("teacher", Filter{})
		for _, row := range []Row{table.Rows[0], table.Total} {
			f, with, ok := row.Figure("edu1", r.Roles[0].variables())
			if !ok || with != nil || math.Abs(f.Mean-mean) > 1e-9 || math.Abs(f.SE-se) > 0.01 {
				t.Fatalf("%+v, want mean %v and error %v", f, mean, se)
			}
			all, _, _ := row.Figure(Overall, r.Roles[0].variables())
			if all.Mean != f.Mean || all.SE != f.SE {
				t.Fatalf("one area is all: %+v and %+v", all, f)
			}
			bound := 0.0
			for k := range 3 {
				bound += row.Cells[fmt.Sprintf("edu1.%d", k+1)].SE / 3
			}
			if gap, _, ok := row.Figure(Gap, r.Roles[0].variables()); !ok || math.Abs(gap.Mean-(mean-50)) > 1e-9 || math.Abs(gap.SE-se) > 0.01 {
				t.Fatalf("a test that everybody passed alike: %+v, want %v and %v", gap, mean-50, se)
			}
			if f.SE > bound+1e-9 {
				t.Fatalf("error %v is over its bound %v", f.SE, bound)
			}
			row.Errors = nil // a report cut before errors were kept
			if old, _, _ := row.Figure("edu1", r.Roles[0].variables()); math.Abs(old.SE-bound) > 1e-9 {
				t.Fatalf("without errors %v, want the bound %v", old.SE, bound)
			}
		}
	})
}

func TestAnAreaThatFewAnsweredKeepsNothing(t *testing.T) {
	t.Parallel()
	sums, u := &Sums{}, Unit{"a", "teacher"}
	for k := range 14 {
		values := map[string]float64{"knowledge": float64(k)}
		if k < 4 {
			values["edu1.1"] = 100
		}
		if err := sums.Add(u, values); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Build("r", 2026, cut, []Member{{Unit: u, Frame: 20, Path: []string{"city"}}}, sums)
	if err != nil {
		t.Fatal(err)
	}
	if m := r.Roles[0].Blocks[0].People.Means; len(m) != 0 {
		t.Errorf("the mean of four people is kept: %v", m)
	}
	if f, _, ok := r.Table("teacher", Filter{}).Rows[0].Figure("edu1", []string{"edu1.1", "knowledge"}); ok {
		t.Errorf("four people are shown: %+v", f)
	}
}

// An area changed where its competences did; with other competences it is another area.
func TestChangesOfAreas(t *testing.T) {
	t.Parallel()
	cutWith := func(points float64, third bool) *Report {
		sums, u := &Sums{}, Unit{"a", "teacher"}
		for k := range 40 {
			values := map[string]float64{"edu1.1": points + float64(k%3), "edu1.2": points + float64(k%5)}
			if third {
				values["edu1.3"] = points
			}
			if err := sums.Add(u, values); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Build("r", 2026, cut, []Member{{Unit: u, Frame: 50, Path: []string{"city"}}}, sums)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	list := Changes(cutWith(40, false), cutWith(50, false), "teacher", []string{"edu1", Overall})
	if len(list) != 2 || !list[0].Real || math.Abs(list[0].Difference-10) > 1e-9 {
		t.Errorf("%+v", list)
	}
	if list := Changes(cutWith(40, false), cutWith(50, true), "teacher", []string{"edu1", "edu1.1"}); len(list) != 1 || list[0].Variable != "edu1.1" {
		t.Errorf("an area with another competence is compared: %+v", list)
	}
}
