package cityindex

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"osvitlo/internal/drivers"
	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/weighting"
)

// Drivers is what goes together with the score in one wave (METHOD §12): an
// association, not a cause. Figures are rounded and numbers of people given to
// the nearest ten, so that no later release tells of one person.
type Drivers struct {
	Wave     string    `json:"wave"`
	Release  string    `json:"release"`
	AsOf     time.Time `json:"as_of"`
	Outcome  string    `json:"outcome"` // overall score, 0 to 100
	Label    string    `json:"label"`   // association, not cause
	N        int64     `json:"n"`       // tested people with every answer, to the nearest ten
	R2       float64   `json:"r2"`
	Adjusted float64   `json:"r2_adjusted"`
	DF       float64   `json:"df"`
	Factors  []Driver  `json:"factors"`
	Left     []LeftOut `json:"left_out"` // what is not in the model and why
	Reason   string    `json:"reason,omitempty"`
	Code     string    `json:"reason_code,omitempty"`

	counts map[string]int64 // exact numbers behind the groups, for the release rule
}

// Driver is one factor.
type Driver struct {
	ID         string           `json:"id"`
	Groups     []DriverGroup    `json:"groups"`
	Eta2       float64          `json:"eta2"` // weighted share of the spread between the groups, alone
	Strength   drivers.Strength `json:"strength"`
	V          float64          `json:"cramer_v"` // with the level, weighted
	VCorrected float64          `json:"cramer_v_corrected"`
	VStrength  drivers.Strength `json:"cramer_v_strength"`
	LevelP     *float64         `json:"p_level"` // Rao–Scott, second order
	F          float64          `json:"wald_f"`  // in the model, all else equal
	DF         float64          `json:"wald_df"`
	P          float64          `json:"wald_p"`
	VIF        float64          `json:"vif"`
	ShareR2    float64          `json:"share_r2"` // Shapley
	ShareOf    float64          `json:"share_of_r2"`
}

// DriverGroup is a category of a factor, or several that were joined.
type DriverGroup struct {
	ID       string   `json:"id"`
	Includes []string `json:"includes,omitempty"`
	N        int64    `json:"n"` // to the nearest ten
	// Mean is the adjusted mean: of the whole sample as if all belonged here.
	Mean Mean `json:"adjusted_mean"`
	// Coefficient against the first group, nil for that one.
	Coefficient *Shift `json:"coefficient"`
}

// LeftOut is a factor that is not in the model.
type LeftOut struct {
	ID         string `json:"id"`
	Reason     string `json:"reason"`
	ReasonCode string `json:"reason_code"`
}

const (
	driverLabel   = "зв'язок, а не причина / association, not cause"
	driverLeast   = 30 // people of a group (METHOD §12)
	driverPerTerm = 10 // people per coefficient
	// ReasonSeparate: the answers stand in another questionnaire, and joining it
	// with the test would mean knowing who answered.
	ReasonSeparate = "separate"
	separateText   = "про це питає окрема анкета, а з'єднувати її з тестом означало б упізнавати людей"
)

// notAsked are the factors of METHOD §12 that one sitting of the test does not hold.
var notAsked = []string{"education", "status", "device", "home_internet", "training"}

// factor is one column of the table while it is made.
type factor struct {
	id      string
	ids     []string
	ordered bool // joins with a neighbour only
	of      func(factRow) int
}

func factorsOf(l layout) []factor {
	ageIDs := make([]string, ages)
	for a, g := range sitting.AgeGroups {
		ageIDs[a] = string(g)
	}
	return []factor{
		{id: "sex", ids: sexIDs[:], of: func(r factRow) int { return int(r.class) / fineAges }},
		{id: "age", ids: ageIDs, ordered: true, of: func(r factRow) int { return ageOfFine[int(r.class)%fineAges] }},
		{id: "district", ids: l.districts, of: func(r factRow) int {
			if int(r.district) >= len(l.districts) {
				return -1
			}
			return int(r.district)
		}},
		{id: "internet", ids: netIDs[:netNo+1], ordered: true, of: func(r factRow) int {
			if int(r.net) > netNo {
				return -1
			}
			return int(r.net)
		}},
		{id: "mode", ids: modeIDs[:], of: func(r factRow) int { return int(r.mode) }},
	}
}

// merged joins the categories of a factor until each has enough people: an
// ordered one with its smaller neighbour, another with the smallest of the rest.
// Categories nobody is in are dropped.
func merged(f factor, counts []int64) (groups [][]int) {
	var n []int64
	for c, k := range counts {
		if k > 0 {
			groups, n = append(groups, []int{c}), append(n, k)
		}
	}
	for len(groups) > 1 {
		at := 0
		for i := range n {
			if n[i] < n[at] {
				at = i
			}
		}
		if n[at] >= driverLeast {
			break
		}
		to := -1
		for i := range n {
			near := !f.ordered || i == at-1 || i == at+1
			if i != at && near && (to < 0 || n[i] < n[to]) {
				to = i
			}
		}
		lo, hi := min(at, to), max(at, to)
		groups[lo] = append(groups[lo], groups[hi]...)
		n[lo] += n[hi]
		groups, n = append(groups[:hi], groups[hi+1:]...), append(n[:hi], n[hi+1:]...)
	}
	return groups
}

// nearTen keeps a count of people from telling of one.
func nearTen(n int64) int64 { return (n + 5) / 10 * 10 }

// table is the model's input made of the rows.
type table struct {
	y       []float64
	level   []int
	weights []float64
	cell    []int
	factors []drivers.Factor
	groups  [][][]int // per factor
	ids     []factor
	left    []LeftOut
	n       int64 // rows with a score and every answer
}

// tabulate turns rows into columns. Rows without a score stay in the design.
func tabulate(f *frame, rows []factRow) *table {
	t := &table{y: make([]float64, len(rows)), level: make([]int, len(rows)), weights: make([]float64, len(rows)), cell: make([]int, len(rows))}
	all := factorsOf(f.l)
	complete := make([]bool, len(rows))
	for i, r := range rows {
		v, ok := r.y.Value()
		if t.y[i], t.level[i] = v, int(r.level); !ok {
			t.y[i], t.level[i] = math.NaN(), -1
		}
		t.cell[i] = f.scheme.Of[r.class]
		t.weights[i] = f.scheme.Cells[t.cell[i]].Weight
		complete[i] = ok
		for _, x := range all {
			complete[i] = complete[i] && x.of(r) >= 0
		}
		if complete[i] {
			t.n++
		}
	}
	for _, x := range all {
		counts := make([]int64, len(x.ids))
		for i, r := range rows {
			if complete[i] {
				counts[x.of(r)]++
			}
		}
		groups := merged(x, counts)
		if len(groups) < 2 {
			t.left = append(t.left, LeftOut{x.id, reasonTexts[ReasonOneGroup], ReasonOneGroup})
			continue
		}
		place := make([]int, len(x.ids))
		col := drivers.Factor{Name: x.id, Codes: make([]int, len(rows))}
		for c := range place {
			place[c] = -1
		}
		for g, members := range groups {
			for _, c := range members {
				place[c] = g
			}
			col.Labels = append(col.Labels, groupID(x, members))
		}
		for i, r := range rows {
			col.Codes[i] = -1
			if complete[i] {
				col.Codes[i] = place[x.of(r)]
			}
		}
		t.factors, t.groups, t.ids = append(t.factors, col), append(t.groups, groups), append(t.ids, x)
	}
	for _, id := range notAsked {
		t.left = append(t.left, LeftOut{id, separateText, ReasonSeparate})
	}
	return t
}

func groupID(f factor, members []int) string {
	if f.id == "age" && len(members) > 1 {
		return ageGroup(members).id()
	}
	names := make([]string, len(members))
	for i, c := range members {
		names[i] = f.ids[c]
	}
	return strings.Join(names, "+")
}

// driversOf makes the table of METHOD §12 for a wave. Too few people give a table
// without figures and with the reason.
func driversOf(f *frame, rows []factRow, wave, release string) (d *Drivers, err error) {
	defer fault.Wrap(&err, "cityindex.drivers")
	d = &Drivers{Wave: wave, Release: release, Outcome: "score", Label: driverLabel, Factors: []Driver{}}
	none := func(code string) *Drivers {
		d.Factors, d.Reason, d.Code = []Driver{}, reasonTexts[code], code
		return d
	}
	if f == nil || f.scheme.Raking {
		return none(ReasonTooFew), nil
	}
	t := tabulate(f, rows)
	d.Left = t.left
	parameters := int64(1)
	for _, g := range t.groups {
		parameters += int64(len(g) - 1)
	}
	if t.n < weighting.MinWeighted || t.n < driverPerTerm*parameters || len(t.factors) == 0 {
		return none(ReasonTooFew), nil
	}
	margin := weighting.Margin{Name: "classes", Of: t.cell}
	for _, c := range f.scheme.Cells {
		margin.Categories = append(margin.Categories, weighting.Category{ID: c.ID, Target: c.Weight * float64(c.N)})
	}
	design, err := weighting.NewSample(weighting.Design{Weights: t.weights, Margins: []weighting.Margin{margin}})
	if err != nil {
		return nil, err
	}
	fit, err := drivers.Regress(drivers.Model{Outcome: "score", Y: t.y, Factors: t.factors, Weights: t.weights}, design)
	if errors.Is(err, drivers.ErrNotIdentified) || errors.Is(err, drivers.ErrTooFew) {
		return none(ReasonTooFew), nil
	}
	if err != nil {
		return nil, err
	}
	shares, err := fit.Shapley()
	if err != nil {
		return nil, err
	}
	d.counts = map[string]int64{"drivers/n": t.n}
	d.N, d.R2, d.Adjusted, d.DF = nearTen(t.n), thousandth(fit.R2), thousandth(fit.AdjustedR2), math.Round(fit.DF/10)*10
	for k := range t.factors {
		one, exact, err := t.driver(k, fit, design)
		if err != nil {
			return nil, err
		}
		for id, n := range exact {
			d.counts["drivers/"+one.ID+"/"+id] = n
		}
		one.ShareR2, one.ShareOf = thousandth(shares[k].R2), thousandth(shares[k].Of)
		d.Factors = append(d.Factors, one)
	}
	return d, nil
}

// driver describes one factor alone and inside the model.
func (t *table) driver(k int, fit *drivers.Fit, design *weighting.Sample) (out Driver, exact map[string]int64, err error) {
	col := t.factors[k]
	out, exact = Driver{ID: col.Name}, map[string]int64{}
	eta, err := drivers.EtaOf(t.y, col.Codes, len(col.Labels), t.weights)
	if err != nil {
		return out, nil, err
	}
	out.Eta2, out.Strength = thousandth(eta.Weighted), drivers.EtaStrength(eta.Weighted)
	pair := drivers.Pair{X: col.Codes, Y: t.level, XLabels: col.Labels, YLabels: levelIDs[:], Weights: t.weights}
	if a, err := drivers.Associate(pair); err == nil {
		out.V, out.VCorrected = thousandth(a.WeightedV), thousandth(a.WeightedCorrected)
		out.VStrength = drivers.VStrength(a.WeightedV, len(a.Rows()), len(a.Cols()))
		if test, err := drivers.RaoScottTest(pair, design); err == nil {
			out.LevelP = ptr(tenThousandth(test.P))
		} else if !errors.Is(err, drivers.ErrNotIdentified) && !errors.Is(err, drivers.ErrTooFew) {
			return out, nil, err
		}
	} else if !errors.Is(err, drivers.ErrNotIdentified) {
		return out, nil, err
	}
	for _, w := range fit.Terms {
		if w.Term == col.Name {
			out.F, out.DF, out.P, out.VIF = hundredth(w.F), w.DF, tenThousandth(w.P), hundredth(w.VIF)
		}
	}
	means, err := fit.AdjustedMeans(col.Name)
	if err != nil {
		return out, nil, err
	}
	for g, label := range col.Labels {
		group := DriverGroup{ID: label}
		if members := t.groups[k][g]; len(members) > 1 {
			for _, c := range members {
				group.Includes = append(group.Includes, t.ids[k].ids[c])
			}
		}
		for _, m := range means {
			if m.Category != label {
				continue
			}
			group.N, exact[label] = nearTen(m.N), m.N
			if (m.High-m.Low)/2 > widestHalf {
				group.Mean = noMean(ReasonImprecise)
				break
			}
			group.Mean = Mean{Value: ptr(hundredth(m.Mean)), SE: ptr(hundredth(m.SE)), Low: ptr(hundredth(m.Low)), High: ptr(hundredth(m.High))}
		}
		for _, c := range fit.Coefficients {
			if g > 0 && c.Name == fmt.Sprint(col.Name, label) {
				group.Coefficient = &Shift{hundredth(c.Value), hundredth(c.SE), hundredth(c.Low), hundredth(c.High), tenThousandth(c.P)}
			}
		}
		out.Groups = append(out.Groups, group)
	}
	return out, exact, nil
}

// hold takes the table back when a group of it moved by 1 to 9 people against a release
// of the wave that is public: two tables could be subtracted (CONTRACT §6). The former
// one stands.
func (d *Drivers) hold(list []*releaseDoc) {
	if d.Code != "" {
		return
	}
	for _, old := range list {
		if old.Wave == d.Wave && (moved(old.Counts, d.counts) != nil || d.regrouped(old.Counts)) {
			*d = Drivers{Wave: d.Wave, Release: d.Release, AsOf: d.AsOf, Outcome: d.Outcome, Label: d.Label, Factors: []Driver{}, Left: d.Left,
				Reason: reasonTexts[ReasonMoved], Code: ReasonMoved}
			return
		}
	}
}

// regrouped tells whether an earlier table has other groups than this one: joined
// groups would be compared with their parts.
func (d *Drivers) regrouped(old map[string]int64) bool {
	had := 0
	for name := range old {
		if strings.HasPrefix(name, "drivers/") {
			had++
			if _, both := d.counts[name]; !both {
				return true
			}
		}
	}
	return had > 0 && had != len(d.counts)
}

// driverColumns are the columns of drivers.csv, one row a group.
var driverColumns = []string{"factor", "group", "n", "adjusted_mean", "se", "low", "high", "coefficient", "coefficient_se", "coefficient_low", "coefficient_high", "coefficient_p",
	"eta2", "strength", "cramer_v", "cramer_v_corrected", "p_level", "wald_f", "wald_df", "wald_p", "vif", "share_r2", "share_of_r2", "reason"}

func driversCSV(d *Drivers) []byte {
	var rows [][]string
	for _, f := range d.Factors {
		for _, g := range f.Groups {
			row := []string{f.ID, g.ID, fmt.Sprint(g.N), maybe(g.Mean.Value), maybe(g.Mean.SE), maybe(g.Mean.Low), maybe(g.Mean.High)}
			if c := g.Coefficient; c != nil {
				row = append(row, number(c.Delta), number(c.SE), number(c.Low), number(c.High), number(c.P))
			} else {
				row = append(row, "", "", "", "", "")
			}
			row = append(row, number(f.Eta2), string(f.Strength), number(f.V), number(f.VCorrected), maybe(f.LevelP), number(f.F), number(f.DF), number(f.P), number(f.VIF), number(f.ShareR2), number(f.ShareOf), g.Mean.ReasonCode)
			rows = append(rows, row)
		}
	}
	for _, l := range d.Left {
		row := make([]string, len(driverColumns))
		row[0], row[len(row)-1] = l.ID, l.ReasonCode
		rows = append(rows, row)
	}
	return writeCSV(driverColumns, rows)
}

var driverMeaning = map[string][2]string{
	"factor": {"string", "what people are grouped by"}, "group": {"string", "group; small ones are joined by +; the first is what the others are compared with"},
	"n": {"integer", "people with every answer, to the nearest ten"}, "adjusted_mean": {"number", "mean score of the whole sample as if all belonged to the group and kept all else"},
	"se": {"number", "its standard error"}, "low": {"number", "lower end of its 95 % interval"}, "high": {"number", "upper end"},
	"coefficient": {"number", "difference from the first group, all else equal, points"}, "coefficient_se": {"number", "its standard error"}, "coefficient_low": {"number", "lower end"}, "coefficient_high": {"number", "upper end"}, "coefficient_p": {"number", "p-value"},
	"eta2": {"number", "share of the spread of scores that lies between the groups, alone"}, "strength": {"string", "none, small, medium or large (Cohen)"},
	"cramer_v": {"number", "association with the level, weighted"}, "cramer_v_corrected": {"number", "the same without its bias"}, "p_level": {"number", "Rao–Scott test of it"},
	"wald_f": {"number", "test of the factor in the model"}, "wald_df": {"number", "its degrees of freedom"}, "wald_p": {"number", "p-value"}, "vif": {"number", "generalised variance inflation"},
	"share_r2": {"number", "part of R² (Shapley)"}, "share_of_r2": {"number", "that part over R²"}, "reason": {"string", "why there is no figure"},
}
