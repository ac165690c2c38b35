package cityindex

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/disclosure"
)

var rule = func() disclosure.Rule {
	r := disclosure.DefaultRule()
	r.ZeroPublic = true // an empty group is told as empty
	return r
}()

// What protect leaves of a table with a public total stands the attacker of
// package disclosure.
func TestAProtectedTableStandsTheAttacker(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 14), rapid.Int64Range(0, 300)), 1, 8).Draw(rt, "counts")
		var total int64
		for _, x := range n {
			total += x
		}
		if total < 100 {
			n = append(n, 100-total)
			total = 100
		}
		cells := []disclosure.Cell{{ID: "total", N: total}}
		rel := disclosure.Relation{Total: "total"}
		for i, why := range protect(n) {
			id := fmt.Sprint(i)
			cells = append(cells, disclosure.Cell{ID: id, N: n[i], Suppressed: why != "" && why != ReasonNobody})
			rel.Parts = append(rel.Parts, id)
			if why == ReasonNobody && n[i] != 0 || why == "" && n[i] < 10 {
				rt.Fatalf("%v: %d shown as %q", n, n[i], why)
			}
		}
		found, err := rule.Audit(cells, []disclosure.Relation{rel})
		if err != nil || len(found) > 0 {
			rt.Fatalf("%v: %v %v", n, found, err)
		}
	})
}

// The attacker puts the whole release together: every table, the classes of
// the download and the headline, whose complement is the lowest level. Where
// people are few the suppressed must stay unknown.
func TestAReleaseStandsTheAttacker(t *testing.T) {
	t.Parallel()
	set := testSettings(t)
	suppressed := 0
	for seed := range uint64(40) {
		c := newCity()
		c.people(seed, 120+10*int(seed), set.Margins, "w1")
		cells := c.sum()
		b, err := build(cells.layout, cells.waves["w1"], set.Margins, set.Margins.Variant("base"), set)
		if err != nil {
			t.Fatal(err)
		}
		r := &b.release
		sys := disclosure.System{Published: map[string]float64{"tested": float64(r.Tested), "weighted": float64(r.Weighted)}, Vars: []string{"tested", "weighted"}}
		table := func(name string, ids []string, n []*int64) {
			e := disclosure.Equation{Coef: map[string]float64{"tested": -1}}
			for i, id := range ids {
				v := name + "/" + id
				sys.Vars = append(sys.Vars, v)
				e.Coef[v] = 1
				if n[i] != nil {
					sys.Published[v] = float64(*n[i])
					if *n[i] > 0 && *n[i] < 10 {
						t.Errorf("seed %d: %s is published with %d", seed, v, *n[i])
					}
				} else {
					sys.Sensitive = append(sys.Sensitive, v)
					suppressed++
				}
			}
			sys.Equations = append(sys.Equations, e)
		}
		var ids []string
		var n []*int64
		for _, l := range r.Levels {
			ids, n = append(ids, l.ID), append(n, l.N)
		}
		table("level", ids, n)
		for _, name := range []string{"district", "mode"} {
			ids, n = nil, nil
			for _, g := range r.Breakdowns[name] {
				ids, n = append(ids, g.ID), append(n, g.N)
				if g.Suppressed && (g.Value != nil || g.SE != nil || g.NEffective != nil) {
					t.Errorf("seed %d: %s %s is suppressed and has a figure", seed, name, g.ID)
				}
			}
			table(name, ids, n)
		}
		if r.AtLeastBasic.Share != nil {
			// Weighted figures tell counts only roughly; the attacker is given them exactly.
			f := newFrameForTest(t, cells, set)
			reached := f.total(f.field(bReached), nil)
			e := disclosure.Equation{Coef: map[string]float64{}, Value: float64(reached)}
			for _, id := range levelIDs[1:] {
				e.Coef["level/"+id] = 1
			}
			sys.Equations = append(sys.Equations, e)
		}
		found, err := sys.Attack(rule)
		if err != nil || len(found) > 0 {
			t.Errorf("seed %d: %v %v", seed, found, err)
		}
	}
	if suppressed < 20 {
		t.Fatalf("only %d figures were suppressed: the test says little", suppressed)
	}
}

func newFrameForTest(t *testing.T, cells *Cells, set Settings) *frame {
	t.Helper()
	f, err := newFrame(cells.layout, cells.waves["w1"].weightable(), set.Margins, set.Margins.Variant("base"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
