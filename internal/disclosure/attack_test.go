package disclosure

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
	"pgregory.net/rapid"
)

// TestIntervalsAreThoseOfEnumeration compares the attacker with counting out
// every table that fits.
func TestIntervalsAreThoseOfEnumeration(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const rows, cols = 2, 3
		var truth, known [rows][cols]int64
		var hidden [rows][cols]bool
		table := Table{}
		col := make([]int64, cols)
		var grand int64
		for i := range rows {
			line := make([]*int64, cols)
			var sum int64
			for j := range cols {
				n := rapid.Int64Range(0, 7).Draw(t, "n")
				truth[i][j] = n
				hidden[i][j] = rapid.Bool().Draw(t, "hidden")
				if !hidden[i][j] {
					line[j] = ptr(n)
					known[i][j] = n
				}
				sum += n
				col[j] += n
			}
			table.Cells = append(table.Cells, line)
			table.RowTotals = append(table.RowTotals, ptr(sum))
			grand += sum
		}
		for _, c := range col {
			table.ColTotals = append(table.ColTotals, ptr(c))
		}
		table.Grand = ptr(grand)
		low, high := map[string]int64{}, map[string]int64{}
		var walk func(k int, x [rows][cols]int64)
		walk = func(k int, x [rows][cols]int64) {
			if k == rows*cols {
				for i := range rows {
					if x[i][0]+x[i][1]+x[i][2] != *table.RowTotals[i] {
						return
					}
				}
				for j := range cols {
					if x[0][j]+x[1][j] != col[j] {
						return
					}
				}
				for i := range rows {
					for j := range cols {
						id := fmt.Sprintf("cell %d,%d", i, j)
						if old, seen := low[id]; !seen || x[i][j] < old {
							low[id] = x[i][j]
						}
						high[id] = max(high[id], x[i][j])
					}
				}
				return
			}
			i, j := k/cols, k%cols
			if !hidden[i][j] {
				x[i][j] = known[i][j]
				walk(k+1, x)
				return
			}
			for n := int64(0); n <= 14; n++ {
				x[i][j] = n
				walk(k+1, x)
			}
		}
		walk(0, known)
		// With a threshold no interval reaches every hidden cell is a finding.
		found, err := Rule{MinCount: 1 << 40, MinWidth: 1 << 40}.AuditTable(table)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, f := range found {
			if f.Why == WhyPublished {
				continue
			}
			seen++
			if f.Low != float64(low[f.ID]) || f.High != float64(high[f.ID]) {
				t.Fatalf("%+v, counting out gives %d to %d", f, low[f.ID], high[f.ID])
			}
		}
		want := 0
		for i := range rows {
			for j := range cols {
				if hidden[i][j] {
					want++
				}
			}
		}
		if seen != want {
			t.Fatalf("%d intervals of %d", seen, want)
		}
	})
}

// TestIntervalsAreThoseOfGonum compares with an independent solver on systems
// with broken coefficients, as means give them.
func TestIntervalsAreThoseOfGonum(t *testing.T) {
	t.Parallel()
	solved := 0
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(4, 8).Draw(t, "unknowns"), rapid.IntRange(1, 3).Draw(t, "equations")
		s := System{Published: map[string]float64{}}
		truth := make([]float64, n)
		for j := range n {
			s.Vars = append(s.Vars, fmt.Sprint(j))
			truth[j] = rapid.Float64Range(0, 50).Draw(t, "x")
		}
		a, b := mat.NewDense(m, n, nil), make([]float64, m)
		for i := range m {
			e := Equation{Coef: map[string]float64{}}
			for j := range n {
				c := rapid.Float64Range(0.1, 3).Draw(t, "c")
				e.Coef[s.Vars[j]] = c
				e.Value += c * truth[j]
				a.Set(i, j, c)
			}
			b[i] = e.Value
			s.Equations = append(s.Equations, e)
		}
		s.Sensitive = s.Vars[:1]
		c := make([]float64, n)
		c[0] = 1
		low, _, err1 := lp.Simplex(c, a, b, 1e-10, nil)
		c[0] = -1
		high, _, err2 := lp.Simplex(c, a, b, 1e-10, nil)
		if err1 != nil || err2 != nil {
			t.Skip("the other solver gave up")
		}
		found, err := s.Attack(Rule{MinCount: 1 << 40, MinWidth: 1e12})
		if err != nil {
			t.Fatal(err)
		}
		if f := found[0]; math.Abs(f.Low-low) > 1e-5 || math.Abs(f.High+high) > 1e-5 {
			t.Fatalf("%+v, gonum %v to %v", f, low, -high)
		}
		solved++
	})
	if solved < 20 {
		t.Errorf("only %d systems compared", solved)
	}
}

func TestAttackRefusals(t *testing.T) {
	t.Parallel()
	r := DefaultRule()
	for name, c := range map[string]struct {
		s    System
		want error
	}{
		"contradiction":   {System{Vars: []string{"a", "b"}, Published: map[string]float64{"a": 5, "b": 6}, Equations: []Equation{{map[string]float64{"a": 1, "b": 1}, 12}}}, ErrInconsistent},
		"negative count":  {System{Vars: []string{"a"}, Equations: []Equation{{map[string]float64{"a": 1}, -3}}, Sensitive: []string{"a"}}, ErrInconsistent},
		"no counts fit":   {System{Vars: []string{"a", "b"}, Equations: []Equation{{map[string]float64{"a": 1, "b": 1}, -3}}, Sensitive: []string{"a"}}, ErrInconsistent},
		"twice":           {System{Vars: []string{"a", "a"}}, ErrInput},
		"unknown":         {System{Vars: []string{"a"}, Equations: []Equation{{map[string]float64{"b": 1}, 1}}}, ErrInput},
		"not a number":    {System{Vars: []string{"a"}, Equations: []Equation{{map[string]float64{"a": math.NaN()}, 1}}}, ErrInput},
		"unknown secret":  {System{Vars: []string{"a"}, Sensitive: []string{"b"}}, ErrInput},
		"negative figure": {System{Vars: []string{"a"}, Published: map[string]float64{"a": -1}}, ErrInput},
	} {
		if _, err := c.s.Attack(r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	free := System{Vars: []string{"a"}, Sensitive: []string{"a"}}
	if found, err := free.Attack(r); err != nil || len(found) != 0 {
		t.Errorf("nothing known: %+v %v", found, err)
	}
	shown := System{Vars: []string{"a"}, Published: map[string]float64{"a": 50}, Sensitive: []string{"a"}}
	if found, err := shown.Attack(r); err != nil || len(found) != 1 || found[0].Why != WhyExact {
		t.Errorf("a published secret: %+v %v", found, err)
	}
	if _, err := r.ProtectTable([][]int64{{1, 2}, {3}}); !errors.Is(err, ErrInput) {
		t.Errorf("ragged: %v", err)
	}
	if _, err := r.ProtectTable([][]int64{{-1, 2}}); !errors.Is(err, ErrInput) {
		t.Errorf("negative: %v", err)
	}
	if _, err := r.Protect([]Cell{{ID: "a", N: 20}, {ID: "b", N: 30}}, []Relation{{"b", []string{"a"}}}); !errors.Is(err, ErrInput) {
		t.Errorf("does not add up: %v", err)
	}
}
