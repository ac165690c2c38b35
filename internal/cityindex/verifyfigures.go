package cityindex

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"osvitlo/internal/weighting"
)

// header compares what stands twice in index.json.
func (v *verifier) header(o *OpenIndex) {
	r := o.Release
	v.check("status", o.Status == StatusFinal, "is %q", o.Status)
	v.check("wave", o.Wave == r.Wave && r.ID == releaseID(r.Wave, r.Revision), "release %q of wave %q", r.ID, o.Wave)
	v.check("as_of", o.AsOf.Equal(r.AsOf), "differs inside the file")
	v.check("method", o.Method == r.Method, "differs inside the file")
	for _, p := range []struct {
		name string
		a, b any
	}{
		{"n", o.N, r.N}, {"n_weighted", o.Weighted, r.Weighted}, {"n_unweightable", o.Unweightable, r.Unweightable},
		{"n_effective", o.NEffective, r.NEffective}, {"index", o.Index, r.Index},
		{"at_least_basic", o.AtLeastBasic, r.AtLeastBasic}, {"no_internet", o.NoInternet, r.NoInternet},
	} {
		a, errA := json.Marshal(p.a)
		b, errB := json.Marshal(p.b)
		v.check(p.name, errA == nil && errB == nil && bytes.Equal(a, b), "differs inside the file")
	}
	v.check("n", r.N == r.Weighted+r.Unweightable, "%d people are not %d weighted and %d unweightable", r.N, r.Weighted, r.Unweightable)
}

// figures compares index.csv with index.json, row by row.
func (v *verifier) figures(csv []byte, r *Release) {
	got, err := readCSV(csv, figureColumns)
	if err != nil {
		v.check(FileFigures, false, "%v", err)
		return
	}
	want, err := readCSV(figuresCSV(r), figureColumns)
	if err != nil || len(got) != len(want) {
		v.check(FileFigures, false, "has %d rows, index.json makes %d", len(got), len(want))
		return
	}
	for i := range got {
		for c := range got[i] {
			if got[i][c] != want[i][c] {
				v.check(FileFigures+"/"+want[i][0]+"/"+want[i][1]+"/"+figureColumns[c], false, "%q here, %q in index.json", got[i][c], want[i][c])
				return
			}
		}
	}
	v.check(FileFigures, bytes.Equal(csv, figuresCSV(r)), "is written otherwise")
}

// recompute computes every figure the cells allow.
func (v *verifier) recompute(o *OpenIndex, cells []cellRow) {
	r := o.Release
	rows := tableOf(cells, "index", "score")
	v.classes(r, cells, rows)
	mean := func(name string, m Mean, rows []cellRow, in func(cellRow) bool) {
		got, ok := recompute(rows, in)
		if !ok {
			v.check(name, m.Value == nil, "has a value and no rows")
			return
		}
		if m.Value == nil {
			wide := m.ReasonCode == ReasonImprecise && (got.high-got.low)/2 > widestHalf
			v.check(name, wide || m.ReasonCode == ReasonDominated, "is missing, recomputed %v", got.value)
			if wide {
				v.same(name+"/n", m.N, got.n)
			}
			return
		}
		v.near(name+"/value", m.Value, got.value)
		v.near(name+"/se", m.SE, got.se)
		v.near(name+"/low", m.Low, got.low)
		v.near(name+"/high", m.High, got.high)
		v.near(name+"/n_effective", m.NEffective, got.neff)
		v.same(name+"/n", m.N, got.n)
		v.Recomputed = append(v.Recomputed, name)
	}
	all := func(cellRow) bool { return true }
	mean("index", r.Index, rows, all)
	neff, deff := kishNeff(rows)
	v.near("n_effective", r.NEffective, neff)
	v.near("kish_deff", r.KishDeff, deff)
	v.Recomputed = append(v.Recomputed, "n", "n_weighted", "n_tested", "n_effective")
	for _, g := range r.Breakdowns["sex"] {
		mean("sex/"+g.ID, g.Mean, rows, func(c cellRow) bool { return c.Sex == g.ID })
	}
	v.check("sex", len(r.Breakdowns["sex"]) == sexes, "has %d rows", len(r.Breakdowns["sex"]))
	covered := map[int]bool{}
	for _, g := range r.Breakdowns["age"] {
		if g.ReasonCode == ReasonJoined {
			continue
		}
		own := agesIn(g.ID)
		for _, a := range own {
			covered[a] = true
		}
		mean("age/"+g.ID, g.Mean, rows, func(c cellRow) bool { return own.within(c.Ages) })
	}
	v.check("age", len(covered) == ages, "covers %d ages", len(covered))
	for _, g := range r.Breakdowns["age_basic"] {
		own := agesIn(g.ID)
		mean("age_basic/"+g.ID, g.Mean, rows, func(c cellRow) bool { return own.within(c.Ages) })
	}
	for _, a := range r.Areas {
		if a.Suppressed {
			continue
		}
		mean("area/"+a.ID, a.Mean, tableOf(cells, "areas", a.ID), all)
	}
	v.check("areas", len(r.Areas) == areas, "has %d rows", len(r.Areas))
}

// classes checks that the classes are whole: every age of each sex once,
// weights that are population / n, and the numbers of people they add up to.
func (v *verifier) classes(r *Release, cells, rows []cellRow) {
	seen := map[string]bool{}
	for _, c := range cells {
		name := fmt.Sprintf("%s/%s/%s", FileCells, c.Class, c.Variable)
		v.check(name+"/weight", closeTo(c.Weight, float64(c.Population)/float64(c.N)), "weight %v, population / n is %v", c.Weight, float64(c.Population)/float64(c.N))
		v.check(name, !seen[c.Table+name], "stands twice")
		seen[c.Table+name] = true
		known := c.Table == "index" && c.Variable == "score" || c.Table == "areas" && slices.Contains(areaIDs[:], c.Variable)
		v.check(name, known && (c.Sex == "all" && c.Class == "all" || c.Class == c.Sex+":"+c.Ages && agesIn(c.Ages) != nil), "is no class of the index")
	}
	tables := [][]cellRow{rows}
	for _, a := range r.Areas {
		if !a.Suppressed {
			tables = append(tables, tableOf(cells, "areas", a.ID))
		}
	}
	count := 0
	for _, t := range tables {
		var population, n, tested int64
		for _, c := range t {
			population += c.Population
			n += c.N
			tested += c.Sums.M
		}
		count += len(t)
		name := FileCells
		if len(t) > 0 {
			name += "/" + t[0].Variable
		}
		v.check(name+"/population", population == r.Weighting.Population, "sums to %d, the margins have %d", population, r.Weighting.Population)
		v.same("n_weighted", &r.Weighted, n)
		if len(t) > 0 && t[0].Variable == "score" {
			v.same("n_tested", &r.Tested, tested)
		}
	}
	if len(tables) > 1 {
		v.check("area_classes", r.Weighting.AreaClasses == len(tables[1]), "%d named, %d rows", r.Weighting.AreaClasses, len(tables[1]))
	} else {
		v.check("area_classes", r.Weighting.AreaClasses == 0, "named without areas")
	}
	v.check(FileCells, count == len(cells), "%d rows belong to no figure", len(cells)-count)
}

// consistency checks what must hold among the figures that cannot be
// recomputed: an interval follows from its value and error, parts add up.
func (v *verifier) consistency(r *Release) {
	df := float64(r.Weighted - 1)
	share := func(name string, s Share, neff *float64) {
		if s.Share == nil {
			v.check(name, s.SE == nil && s.Low == nil && s.High == nil && s.ReasonCode != "", "is half given")
			return
		}
		if s.SE == nil || s.Low == nil || s.High == nil || neff == nil {
			v.check(name, false, "is half given")
			return
		}
		var low, high float64
		var err error
		switch weighting.IntervalKind(s.Interval) {
		case weighting.IntervalLogit:
			low, high, err = weighting.LogitInterval(*s.Share, *s.SE, df)
		case weighting.IntervalBeta:
			low, high, err = weighting.BetaInterval(*s.Share, *s.SE, r.Weighted, df, *neff)
		default:
			err = fmt.Errorf("unknown interval %q", s.Interval)
		}
		if !v.check(name, err == nil, "its interval cannot be made: %v", err) {
			return
		}
		v.near(name+"/low", s.Low, low)
		v.near(name+"/high", s.High, high)
	}
	share("at_least_basic", r.AtLeastBasic, r.NEffective)
	share("no_internet", r.NoInternet, r.NEffective)
	for name, s := range map[string]Share{"at_least_basic": r.AtLeastBasic, "no_internet": r.NoInternet} {
		if s.Share != nil {
			v.same(name+"/n", s.N, r.Weighted)
		}
	}
	var sum float64
	var n int64
	whole := len(r.Levels) == levels
	for _, l := range r.Levels {
		share("level/"+l.ID, l.Share, r.Index.NEffective)
		if l.Suppressed || l.Share.Share == nil || l.N == nil {
			whole = false
			continue
		}
		sum += *l.Share.Share
		n += *l.N
	}
	if whole {
		v.check("levels/share", math.Abs(sum-1) < 1e-9, "sum to %v", sum)
		v.check("levels/n", n == r.Tested, "sum to %d of %d tested", n, r.Tested)
	}
	q, err := weighting.TQuantile975(df)
	if !v.check("n_weighted", err == nil, "%v", err) {
		return
	}
	for _, name := range []string{"district", "mode"} {
		var n int64
		whole := true
		for _, g := range r.Breakdowns[name] {
			if g.N == nil {
				whole = false
			} else {
				n += *g.N
			}
			if g.Value == nil {
				continue
			}
			if g.SE == nil || g.Low == nil || g.High == nil || g.N == nil || g.NEffective == nil {
				v.check(name+"/"+g.ID, false, "is half given")
				continue
			}
			v.near(name+"/"+g.ID+"/low", g.Low, *g.Value-q**g.SE)
			v.near(name+"/"+g.ID+"/high", g.High, *g.Value+q**g.SE)
			v.check(name+"/"+g.ID+"/n", *g.N >= weighting.MinClass, "is under 10")
			v.check(name+"/"+g.ID+"/n_effective", *g.NEffective > 0 && *g.NEffective <= float64(*g.N)*(1+tolerance), "%v of %d people", *g.NEffective, *g.N)
		}
		v.check(name+"/n", n == r.Tested || !whole && n <= r.Tested, "sum to %d of %d tested", n, r.Tested)
	}
}
