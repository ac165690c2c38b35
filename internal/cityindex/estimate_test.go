package cityindex

import (
	"math"
	"testing"

	"osvitlo/internal/sitting"
	"osvitlo/internal/weighting"
)

// rowSample estimates the same figures from single rows: the row path of
// package weighting, with post-stratification to the classes the frame chose.
func rowSample(t *testing.T, f *frame, rows []*sitting.Row) (*weighting.Sample, []*sitting.Row) {
	t.Helper()
	margin := weighting.Margin{Name: "classes"}
	m := f.scheme.Margins[0]
	margin.Categories = m.Categories
	var kept []*sitting.Row
	for _, r := range rows {
		g, class, _, ok := gateOf(r)
		if !ok || g == gateUnweightable {
			continue
		}
		kept = append(kept, r)
		margin.Of = append(margin.Of, m.Of[f.scheme.Of[class]])
	}
	w, err := weighting.PostStratify(nil, margin)
	if err != nil {
		t.Fatal(err)
	}
	s, err := weighting.NewSample(weighting.Design{Weights: w, Margins: []weighting.Margin{margin}})
	if err != nil {
		t.Fatal(err)
	}
	return s, kept
}

func TestCellsGiveTheFiguresOfTheRows(t *testing.T) {
	t.Parallel()
	m := testMargins(t)
	c := newCity()
	c.people(3, 700, m, "w1")
	cells := c.sum()
	w := cells.waves["w1"]
	h, f, err := headlineOf(cells.layout, w, m, m.Variant(m.Default))
	if err != nil || f == nil {
		t.Fatalf("%v %v", f, err)
	}
	var rows []*sitting.Row
	for _, id := range c.ids {
		rows = append(rows, c.now[id].Now)
	}
	s, kept := rowSample(t, f, rows)
	score := make([]float64, len(kept))
	tested, reached, offline := make([]bool, len(kept)), make([]bool, len(kept)), make([]bool, len(kept))
	north := make([]bool, len(kept))
	for i, r := range kept {
		score[i], tested[i] = r.Overall.Value()
		if !tested[i] {
			score[i] = math.NaN()
		}
		reached[i], offline[i] = r.Reached && tested[i], r.Internet == sitting.InternetNo
		north[i] = r.District == "podilskyi"
	}
	same := func(name string, want weighting.Estimate, err error, value, se, low, high *float64) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range []struct {
			got  *float64
			want float64
		}{{value, want.Value}, {se, want.SE}, {low, want.Low}, {high, want.High}} {
			if p.got == nil || math.Abs(*p.got-p.want) > 1e-7*max(1, math.Abs(p.want)) {
				t.Errorf("%s, part %d: %v, rows give %v", name, i, p.got, p.want)
			}
		}
	}
	e, err := s.Mean(score, nil)
	same("index", e, err, h.index.Value, h.index.SE, h.index.Low, h.index.High)
	e, err = s.Share(reached, nil)
	same("at least basic", e, err, h.atLeastBasic.Share, h.atLeastBasic.SE, h.atLeastBasic.Low, h.atLeastBasic.High)
	e, err = s.Share(offline, nil)
	same("no internet", e, err, h.noInternet.Share, h.noInternet.SE, h.noInternet.Low, h.noInternet.High)
	g, err := f.groupMean(f.domainField(byDistrict, 1, bScore), nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err = s.Mean(score, north)
	same("a district", e, err, g.Value, g.SE, g.Low, g.High)
	if h.weighted != int64(len(kept)) || h.n != 700 || h.n != h.weighted+h.unweightable {
		t.Errorf("%d weighted of %d, %d unweightable; rows give %d", h.weighted, h.n, h.unweightable, len(kept))
	}
}

func TestTooFewAnswersGiveNullAndAReason(t *testing.T) {
	t.Parallel()
	m := testMargins(t)
	women := newCity()
	women.people(5, 400, m, "w1")
	for _, id := range women.ids {
		if r := women.now[id].Now; r.Sex == sitting.Male {
			r.Sex = sitting.Female
		}
	}
	few := newCity()
	few.people(1, 90, m, "w1")
	for name, c := range map[string]*city{"under a hundred": few, "nobody": newCity(), "no men": women} {
		cells := c.sum()
		w := cells.waves["w1"]
		if w == nil {
			w = newWave(cells.layout)
		}
		h, f, err := headlineOf(cells.layout, w, m, m.Variant(m.Default))
		if err != nil || f != nil {
			t.Fatalf("%s: %v %v", name, f, err)
		}
		if h.index.Value != nil || h.index.Reason != "замало відповідей" || h.atLeastBasic.Share != nil || h.noInternet.Reason == "" {
			t.Errorf("%s: %+v %+v", name, h.index, h.atLeastBasic)
		}
	}
}

func TestJoinFollowsTheMapUntilSafe(t *testing.T) {
	t.Parallel()
	rules := testMargins(t).Join
	for name, c := range map[string]struct {
		n    [ages]int64
		want []string
		ok   bool
	}{
		"all large":           {[ages]int64{10, 10, 10, 10, 10, 10, 10}, []string{"14-17", "18-29", "30-39", "40-49", "50-59", "60-69", "70+"}, true},
		"young":               {[ages]int64{3, 40, 40, 40, 40, 40, 40}, []string{"14-29", "30-39", "40-49", "50-59", "60-69", "70+"}, true},
		"old":                 {[ages]int64{30, 40, 40, 40, 40, 40, 9}, []string{"14-17", "18-29", "30-39", "40-49", "50-59", "60+"}, true},
		"a chain":             {[ages]int64{30, 40, 40, 40, 40, 2, 3}, []string{"14-17", "18-29", "30-39", "40-49", "50+"}, true},
		"stops when it holds": {[ages]int64{30, 40, 40, 40, 40, 6, 6}, []string{"14-17", "18-29", "30-39", "40-49", "50-59", "60+"}, true},
		"nobody":              {[ages]int64{}, []string{"14+"}, false},
	} {
		groups, ok := joinAges(rules, func(g ageGroup) bool {
			var n int64
			for _, a := range g {
				n += c.n[a]
			}
			return n >= 10
		})
		var got []string
		for _, g := range groups {
			got = append(got, g.id())
			if back := agesIn(g.id()); len(back) != len(g) {
				t.Errorf("%s: %s is read as %v", name, g.id(), back)
			}
		}
		if ok != c.ok || len(got) != len(c.want) {
			t.Errorf("%s: %v %v, want %v", name, got, ok, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", name, got, c.want)
				break
			}
		}
	}
}
