package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var cut = time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC)

// city makes a small city: schools with some numbers of teachers who answered.
func city(t interface{ Fatal(...any) }, seed uint64, answered []int, frame int64) ([]Member, *Sums) {
	r := rand.New(rand.NewPCG(seed, 7))
	var members []Member
	sums := &Sums{}
	for i, n := range answered {
		u := Unit{Institution: fmt.Sprintf("i%02d", i), Role: "teacher"}
		kind, district := []string{"school", "preschool"}[i%2], []string{"d1", "d2", "d3"}[i%3]
		members = append(members, Member{Unit: u, Frame: frame, Kind: kind, District: district, Path: []string{kind + "/" + district, kind, "city"}})
		for range n {
			values := map[string]float64{"edu1.1": float64(r.IntN(6) * 20)}
			if r.IntN(10) > 0 { // some leave a question out
				values["knowledge"] = r.Float64() * 100
			}
			if err := sums.Add(u, values); err != nil {
				t.Fatal(err)
			}
		}
	}
	return members, sums
}

func TestFiguresAgainstThePlainFormulas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 10_000).Draw(t, "v")) / 100 }), 2, 200).Draw(t, "values")
		frame := int64(len(values) + rapid.IntRange(0, 100).Draw(t, "more"))
		var s Sum
		mean := 0.0
		for _, v := range values {
			s.add(v)
			mean += v / float64(len(values))
		}
		spread := 0.0
		for _, v := range values {
			spread += (v - mean) * (v - mean)
		}
		n := float64(len(values))
		se := math.Sqrt((1 - n/float64(frame)) * spread / (n - 1) / n)
		f := s.Figures(frame)
		if math.Abs(f.Mean-mean) > 1e-9 || math.Abs(f.SE-se) > 1e-6 {
			t.Fatalf("mean %v and error %v, want %v and %v", f.Mean, f.SE, mean, se)
		}
		if f.Low < 0 || f.High > 100 || f.Low > f.Mean || f.High < f.Mean || f.Coverage != n/float64(frame) {
			t.Fatalf("%+v", f)
		}
		if (f.Quarter != nil) != (len(values) >= 20) || (f.Tenth != nil) != (len(values) >= 100) {
			t.Fatalf("quantiles of %d people: %v, %v", len(values), f.Quarter, f.Tenth)
		}
		if f.Quarter != nil && !slices.IsSorted(f.Quarter) || f.Tenth != nil && !slices.IsSorted(f.Tenth) {
			t.Fatalf("quantiles out of order: %v, %v", f.Quarter, f.Tenth)
		}
		// the median lies within a point of the plain one
		if f.Quarter != nil {
			sorted := slices.Sorted(slices.Values(values))
			low, high := sorted[(len(sorted)-1)/2], sorted[len(sorted)/2]
			if f.Quarter[1] < low-1 || f.Quarter[1] > high+1 {
				t.Fatalf("median %v, the middle is %v to %v", f.Quarter[1], low, high)
			}
		}
	})
	var all Sum
	for range 30 {
		all.add(40)
	}
	if f := all.Figures(30); f.SE != 0 || f.Coverage != 1 || f.Quarter[1] != 40 {
		t.Errorf("everybody answered alike: %+v", f)
	}
	if f := all.Figures(20); f.Coverage != 1.5 || f.SE != 0 {
		t.Errorf("more answered than the frame has: %+v", f)
	}
	if f := (&Sum{}).Figures(5); !math.IsNaN(f.Mean) || f.PlaceOf(50) != NotKnown {
		t.Errorf("nobody answered: %+v", f)
	}
}

func TestABadValueOrAnUnknownSchoolIsRefused(t *testing.T) {
	t.Parallel()
	sums := &Sums{}
	for _, v := range []float64{-1, 101, math.NaN()} {
		if err := sums.Add(Unit{"a", "teacher"}, map[string]float64{"x": v}); err == nil {
			t.Errorf("%v is taken", v)
		}
	}
	if sums.N(Unit{"a", "teacher"}) != 0 {
		t.Error("a refused answer counts")
	}
	if err := sums.Add(Unit{"a", "teacher"}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Build("r", 2026, cut, nil, sums); err == nil {
		t.Error("answers of a school nobody asked are taken")
	}
}

// A single kindergarten teacher, a school of three, a school of forty.
func TestSmallSchoolsAreShownTogether(t *testing.T) {
	t.Parallel()
	members, sums := city(t, 1, []int{1, 40, 3, 12, 0, 25, 30, 4}, 50)
	r, err := Build("2026", 2026, cut, members, sums)
	if err != nil {
		t.Fatal(err)
	}
	all := r.Table("teacher", Filter{})
	if all.Total.N != 115 || len(all.Cut) != 0 || !slices.Equal(all.Empty, []string{"i04"}) {
		t.Errorf("%d people, cut %v, empty %v", all.Total.N, all.Cut, all.Empty)
	}
	for _, row := range all.Rows {
		if row.N < K {
			t.Errorf("%v is shown with %d", row.Units, row.N)
		}
	}
	one := r.Table("teacher", Filter{Institutions: []string{"i00"}})
	if len(one.Rows) != 0 || !slices.Equal(one.Cut, []string{"i00"}) {
		t.Errorf("one teacher is shown: %+v", one)
	}
	if empty := r.Table("graduate", Filter{}); len(empty.Rows) != 0 || empty.Total.N != 0 {
		t.Errorf("a role nobody was asked in: %+v", empty)
	}
}

// The attacker asks every table there is (every kind, district and school, and every pair
// of schools), in both years, takes every number with its people, and solves. He must not
// reach the people or the sum of 1 to 9 people; nor may two answers differ by 1 to 9.
func TestTheAttackerOfAllTablesFindsNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		answered := rapid.SliceOfN(rapid.IntRange(0, 16), 2, 8).Draw(t, "answered")
		members, sums := city(t, rapid.Uint64().Draw(t, "seed"), answered, 20)
		r, err := Build("r", 2026, cut, members, sums)
		if err != nil {
			t.Fatal(err)
		}
		var filters []Filter
		for _, kind := range []string{"", "school", "preschool"} {
			for _, district := range []string{"", "d1", "d2", "d3"} {
				filters = append(filters, Filter{Kind: kind, District: district})
				for _, a := range members {
					filters = append(filters, Filter{Kind: kind, District: district, Institutions: []string{a.Unit.Institution}})
					for _, b := range members {
						filters = append(filters, Filter{Kind: kind, District: district, Institutions: []string{a.Unit.Institution, b.Unit.Institution}})
					}
				}
			}
		}
		for _, variable := range []string{"", "edu1.1", "knowledge"} {
			size := make([]int64, len(members)) // people behind the variable
			for i, m := range members {
				if p := sums.units[m.Unit]; p != nil && variable == "" {
					size[i] = p.N
				} else if p != nil && p.Vars[variable] != nil {
					size[i] = p.Vars[variable].N
				}
			}
			var known [][]int64
			see := func(units []string) {
				row := make([]int64, len(members))
				for i, m := range members {
					if slices.Contains(units, m.Unit.Institution) && size[i] > 0 {
						row[i] = 1
					}
				}
				if slices.Contains(row, 1) && !slices.ContainsFunc(known, func(have []int64) bool { return slices.Equal(have, row) }) {
					known = append(known, row)
				}
			}
			for _, f := range filters {
				table := r.Table("teacher", f)
				for _, row := range append(slices.Clone(table.Rows), table.Total) {
					if variable == "" {
						see(row.Units)
						continue
					}
					if _, shown := row.Cells[variable]; !shown {
						continue
					}
					units := row.Units
					if with := row.Shared[variable]; len(with) > 0 {
						units = with
					}
					if len(table.Rows) > 0 && &row.Units[0] == &table.Total.Units[0] { // the total holds what its rows show
						units = nil
						for _, part := range table.Rows {
							if _, shown := part.Cells[variable]; shown {
								units = append(units, append(part.Units, part.Shared[variable]...)...)
							}
						}
					}
					see(units)
				}
			}
			base := rank(known)
			for set := 1; set < 1<<len(members); set++ {
				row, n := make([]int64, len(members)), int64(0)
				for i := range members {
					if set>>i&1 == 1 && size[i] > 0 {
						row[i], n = 1, n+size[i]
					}
				}
				if n >= 1 && n < K && rank(append(slices.Clone(known), row)) == base {
					t.Fatalf("%q of %d people (set %b of %v) follows from the tables", variable, n, set, answered)
				}
			}
		}
	})
}

func rank(rows [][]int64) int {
	if len(rows) == 0 {
		return 0
	}
	m := make([][]*big.Rat, len(rows))
	for i, r := range rows {
		m[i] = make([]*big.Rat, len(r))
		for j, v := range r {
			m[i][j] = new(big.Rat).SetInt64(v)
		}
	}
	at := 0
	for col := 0; at < len(m) && col < len(rows[0]); col++ {
		pivot := slices.IndexFunc(m[at:], func(r []*big.Rat) bool { return r[col].Sign() != 0 })
		if pivot < 0 {
			continue
		}
		m[at], m[at+pivot] = m[at+pivot], m[at]
		for i := at + 1; i < len(m); i++ {
			if m[i][col].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(m[i][col], m[at][col])
			for j := col; j < len(m[i]); j++ {
				m[i][j] = new(big.Rat).Sub(m[i][j], new(big.Rat).Mul(f, m[at][j]))
			}
		}
		at++
	}
	return at
}

// What is kept holds nothing finer than what is shown, whoever reads the store.
func TestTheReportItselfHoldsOnlyBlocks(t *testing.T) {
	t.Parallel()
	members, sums := city(t, 3, []int{4, 9, 3, 30, 11, 2}, 0)
	r, err := Build("r", 2026, cut, members, sums)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range r.Roles {
		for _, b := range role.Blocks {
			if b.People.N < K {
				t.Errorf("block %s of %d is kept", b.ID, b.People.N)
			}
			for name, s := range b.People.Vars {
				if s.N < K {
					t.Errorf("%s of block %s is kept for %d", name, b.ID, s.N)
				}
			}
		}
	}
	first, _ := json.Marshal(r)
	members2, sums2 := city(t, 3, []int{4, 9, 3, 30, 11, 2}, 0)
	slices.Reverse(members2)
	r2, _ := Build("r", 2026, cut, members2, sums2)
	if second, _ := json.Marshal(r2); !bytes.Equal(first, second) {
		t.Error("the order of the members changes the report")
	}
	var back Report
	if err := json.Unmarshal(first, &back); err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprint(r.Table("teacher", Filter{})), fmt.Sprint(back.Table("teacher", Filter{})); a != b {
		t.Error("a report that was kept answers otherwise")
	}
}

func TestChangesAreRealOnlyWhereTheyAreLarge(t *testing.T) {
	t.Parallel()
	build := func(year int, shift float64, n int) *Report {
		sums := &Sums{}
		var members []Member
		for i := range 4 {
			u := Unit{Institution: fmt.Sprintf("i%d", i), Role: "teacher"}
			members = append(members, Member{Unit: u, Frame: 60, Path: []string{"g", "city"}, Kind: "school"})
			for k := range n {
				v := 40 + float64(k%5)*5
				if i == 0 {
					v += shift
				}
				if err := sums.Add(u, map[string]float64{"x": v}); err != nil {
					t.Fatal(err)
				}
			}
		}
		r, err := Build("r", year, cut, members, sums)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	list := Changes(build(2025, 0, 20), build(2026, 15, 20), "teacher", []string{"x"})
	if len(list) != 5 {
		t.Fatalf("%d changes", len(list))
	}
	if all := list[4]; len(all.Units) != 4 || math.Abs(all.Difference-3.75) > 1e-9 {
		t.Errorf("all together moved by %+v", all)
	}
	for _, c := range list[:4] {
		first := c.Units[0] == "i0"
		if c.Real != first || first && math.Abs(c.Difference-15) > 1e-9 {
			t.Errorf("%v moved by %v, real %v", c.Units, c.Difference, c.Real)
		}
	}
	// in the second year schools are small and joined: the change is told of the pair
	small := Changes(build(2025, 0, 20), build(2026, 0, 6), "teacher", []string{"x"})
	for _, c := range small {
		if len(c.Units) < 2 {
			t.Errorf("%v alone, where six answered", c.Units)
		}
	}
}

// A row of twenty in which one left a question out looks as one in which nobody did:
// its number of people and whether quantiles are shown tell nothing.
func TestASkippedQuestionLeavesNoTrace(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 25, 100, 105} {
		for skipped := range K {
			sums, u := &Sums{}, Unit{"i", "teacher"}
			for k := range n {
				values := map[string]float64{}
				if k >= skipped {
					values["x"] = float64(k % 5 * 20)
				}
				if err := sums.Add(u, values); err != nil {
					t.Fatal(err)
				}
			}
			r, err := Build("r", 2026, cut, []Member{{Unit: u, Frame: int64(n), Path: []string{"city"}}}, sums)
			if err != nil {
				t.Fatal(err)
			}
			table := r.Table("teacher", Filter{})
			for _, row := range []Row{table.Rows[0], table.Total} {
				f := row.Cells["x"]
				if f.N != int64(n) || f.Coverage != 1 || f.Quarter == nil || (f.Tenth != nil) != (n >= 100) {
					t.Errorf("%d of %d skipped: %+v", skipped, n, f)
				}
			}
		}
	}
}

func TestNoRanks(t *testing.T) {
	t.Parallel()
	for f, want := range map[*Figures]Place{
		{Mean: 30, Low: 25, High: 35}: NeedsSupport, {Mean: 70, Low: 60, High: 80}: CanShare, {Mean: 52, Low: 45, High: 60}: Middle,
	} {
		if got := f.PlaceOf(50); got != want {
			t.Errorf("%+v is %s, want %s", *f, got, want)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	sums := &Sums{}
	var members []Member
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 500 {
		for _, role := range []string{"administration", "teacher", "educator", "graduate"} {
			u := Unit{Institution: fmt.Sprintf("i%03d", i), Role: role}
			members = append(members, Member{Unit: u, Frame: 60, Kind: "school", District: fmt.Sprint("d", i%3), Path: []string{fmt.Sprint("g", i%40), fmt.Sprint("d", i%3), "city"}})
			for range map[string]int{"administration": 3, "teacher": 40, "educator": 8, "graduate": 50}[role] {
				values := map[string]float64{}
				for v := range 23 {
					values[fmt.Sprint("edu", v)] = float64(r.IntN(6) * 20)
				}
				if err := sums.Add(u, values); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	rep, err := Build("r", 2026, cut, members, sums)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if t := rep.Table("teacher", Filter{}); len(t.Rows) != 500 {
			b.Fatal(len(t.Rows))
		}
	}
}
