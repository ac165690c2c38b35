package cityindex

import (
	"math"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/survey"
	"osvitlo/internal/weighting"
)

// Changes compares a release with the wave before it (METHOD §6): differences with
// errors, corrected by Holm inside each family, and the series with its breaks.
type Changes struct {
	Wave    string `json:"wave"`
	Release string `json:"release"`
	// FromWave and FromRelease are what it is compared with; empty for the first wave.
	FromWave    string    `json:"from_wave,omitempty"`
	FromRelease string    `json:"from_release,omitempty"`
	Reason      string    `json:"reason,omitempty"`
	ReasonCode  string    `json:"reason_code,omitempty"`
	Breaks      []string  `json:"breaks"` // between the two: method, basic, form, modes
	MinChange   float64   `json:"min_change"`
	Pairs       *int64    `json:"pairs"` // people known to be in both, to the nearest ten; null: not known
	Rows        []Change  `json:"rows"`
	Series      []Moment  `json:"series"`
	Trends      []Trend   `json:"trends"`
	AsOf        time.Time `json:"as_of"`
}

// Change is one difference, second wave less first, in points or percentage points.
type Change struct {
	Family     string   `json:"family"` // headline, area, sex, age, district
	ID         string   `json:"id"`
	From       *float64 `json:"from"`
	FromSE     *float64 `json:"from_se"`
	To         *float64 `json:"to"`
	ToSE       *float64 `json:"to_se"`
	Covariance float64  `json:"covariance"` // of the two figures, 0 where nobody is known to be in both
	Delta      *float64 `json:"delta"`
	SE         *float64 `json:"se"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	P          *float64 `json:"p"`
	Holm       *float64 `json:"p_holm"`
	Label      string   `json:"label"` // change or not_yet
	CrudeFrom  *float64 `json:"crude_from,omitempty"`
	CrudeTo    *float64 `json:"crude_to,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	ReasonCode string   `json:"reason_code,omitempty"`
}

// Labels of a difference (METHOD §6).
const (
	LabelChange = "change"  // «зміна»
	LabelNotYet = "not_yet" // «ще не видно»
)

// Moment is one wave of the series.
type Moment struct {
	Wave         string    `json:"wave"`
	Release      string    `json:"release"`
	AsOf         time.Time `json:"as_of"`
	Index        *float64  `json:"index"`
	IndexSE      *float64  `json:"index_se"`
	AtLeastBasic *float64  `json:"at_least_basic"` // per cent
	BasicSE      *float64  `json:"at_least_basic_se"`
	// Fixed is the index as if people answered in the ways of the first wave.
	Fixed   *float64 `json:"index_at_first_modes"`
	FixedSE *float64 `json:"index_at_first_modes_se"`
	Breaks  []string `json:"breaks"` // before this wave
}

// Trend is the slope of a figure over the waves since the last break, by weighted
// least squares on the number of the wave; points per wave.
type Trend struct {
	ID    string `json:"id"` // index or at_least_basic
	Waves int    `json:"waves"`
	Shift
}

// Names of breaks.
const (
	BreakMethod = "method"
	BreakBasic  = "basic"
	BreakForm   = "form"
	BreakModes  = "modes"
)

// modeShift is the change of the share of assisted answers that breaks a series.
const modeShift = 0.20

// breaksOf names what makes two releases hard to compare.
func breaksOf(a, b *Release) (out []string) {
	if a.Method != b.Method {
		out = append(out, BreakMethod)
	}
	if a.BasicLevel != b.BasicLevel {
		out = append(out, BreakBasic)
	}
	if a.unlinked() != b.unlinked() || a.unlinked() && a.Linking.Form != b.Linking.Form {
		out = append(out, BreakForm)
	}
	if a.Assisted != nil && b.Assisted != nil && math.Abs(*a.Assisted-*b.Assisted) >= modeShift-1e-9 {
		out = append(out, BreakModes)
	}
	return out
}

// unlinked tells whether the wave was measured with a form that nothing carries to
// the reference.
func (r *Release) unlinked() bool { return r.Linking != nil && r.Linking.ReasonCode != "" }

// linked tells whether the index stands on the reference form by way of a link.
func (r *Release) linked() bool { return r.Linking != nil && r.Linking.ReasonCode == "" }

// onReference is the index on the reference form.
func (r *Release) onReference() Mean {
	if r.linked() {
		return r.Linking.Index
	}
	return r.Index
}

// figure is one number that may be compared.
type figure struct {
	family, id string
	value, se  *float64
	code       string // why it is not comparable although it is given
}

// comparable lists the figures of a release in the order they are written.
func (r *Release) comparable() (out []figure) {
	mean := func(family, id string, m Mean, code string) {
		out = append(out, figure{family, id, m.Value, m.SE, code})
	}
	share := func(id string, s Share, code string) {
		out = append(out, figure{"headline", id, hundred(s.Share), hundred(s.SE), code})
	}
	own := "" // scores of another form are comparable through its link only
	if r.Linking != nil {
		own = ReasonNotLinked
	}
	mean("headline", "index", r.onReference(), "")
	share("at_least_basic", r.AtLeastBasic, own)
	share("no_internet", r.NoInternet, "")
	for _, a := range r.Areas {
		mean("area", a.ID, a.Mean, own)
	}
	for _, name := range []string{"sex", "age", "district"} {
		for _, g := range r.Breakdowns[name] {
			if g.ID != notStated && g.ReasonCode != ReasonJoined {
				mean(name, g.ID, g.Mean, own)
			}
		}
	}
	return out
}

func hundred(p *float64) *float64 {
	if p == nil {
		return nil
	}
	return ptr(100 * *p)
}

// changesOf compares a release with the one before. earlier are the standing
// releases of the same campaign's earlier waves, oldest first; overlap may be nil.
func changesOf(now *Release, earlier []*Release, overlap *overlap, crude [2]*float64) (c *Changes, err error) {
	defer fault.Wrap(&err, "cityindex.changes")
	c = &Changes{Wave: now.Wave, Release: now.ID, MinChange: weighting.MinChange, Breaks: []string{}, Rows: []Change{}, Trends: []Trend{}, AsOf: now.AsOf}
	c.series(append(slices.Clone(earlier), now))
	if err := c.trends(); err != nil {
		return nil, err
	}
	if len(earlier) == 0 {
		c.Reason, c.ReasonCode = reasonTexts[ReasonFirst], ReasonFirst
		return c, nil
	}
	old := earlier[len(earlier)-1]
	c.FromWave, c.FromRelease = old.Wave, old.ID
	c.Breaks = nonNil(breaksOf(old, now))
	for _, why := range [...][2]string{{BreakMethod, ReasonMethod}, {BreakForm, ReasonNotLinked}} {
		if slices.Contains(c.Breaks, why[0]) {
			c.Reason, c.ReasonCode = reasonTexts[why[1]], why[1]
			return c, nil
		}
	}
	var cov map[string]float64
	if overlap != nil && overlap.pairs >= weighting.MinClass {
		cov, c.Pairs = overlap.covariance, ptr(nearTen(overlap.pairs))
	}
	before := map[[2]string]figure{}
	for _, f := range old.comparable() {
		before[[2]string{f.family, f.id}] = f
	}
	for _, f := range now.comparable() {
		from, both := before[[2]string{f.family, f.id}]
		row := Change{Family: f.family, ID: f.id, From: from.value, FromSE: from.se, To: f.value, ToSE: f.se, Label: LabelNotYet}
		if f.family == "headline" && f.id == "index" {
			row.CrudeFrom, row.CrudeTo = crude[0], crude[1]
		}
		code := f.code
		switch {
		case from.code != "":
			code = from.code
		case !both || from.value == nil || f.value == nil || from.se == nil || f.se == nil:
			code = ReasonLeft
		case f.id == "at_least_basic" && slices.Contains(c.Breaks, BreakBasic):
			code = ReasonBasic
		}
		if code != "" {
			row.Reason, row.ReasonCode = reasonTexts[code], code
		} else {
			row.Covariance = cov[f.family+"/"+f.id]
			row.compare()
		}
		c.Rows = append(c.Rows, row)
	}
	return c, correct(c.Rows)
}

// compare fills the difference from the two figures.
func (r *Change) compare() {
	v := *r.FromSE**r.FromSE + *r.ToSE**r.ToSE - 2*r.Covariance
	x := weighting.Difference(weighting.Estimate{}, weighting.Estimate{Value: *r.To - *r.From, SE: math.Sqrt(max(0, v))})
	r.Delta, r.SE, r.Low, r.High, r.P = ptr(x.Delta), ptr(x.SE), ptr(x.Low), ptr(x.High), ptr(x.P)
}

// level is what a corrected p-value must stay under.
const level = 0.05

// correct adjusts the p-values of each family by Holm and labels the differences: a
// change must hold after the correction and be at least a point.
func correct(rows []Change) error {
	families := map[string][]int{}
	for i, r := range rows {
		if r.P != nil {
			families[r.Family] = append(families[r.Family], i)
		}
	}
	for _, at := range families {
		p := make([]float64, len(at))
		for k, i := range at {
			p[k] = *rows[i].P
		}
		adjusted, err := weighting.Holm(p)
		if err != nil {
			return err
		}
		for k, i := range at {
			r := &rows[i]
			r.Holm = ptr(adjusted[k])
			if adjusted[k] < level && math.Abs(*r.Delta) >= weighting.MinChange {
				r.Label = LabelChange
			}
		}
	}
	return nil
}

func (c *Changes) series(list []*Release) {
	for i, r := range list {
		index := r.onReference()
		m := Moment{Wave: r.Wave, Release: r.ID, AsOf: r.AsOf, Index: index.Value, IndexSE: index.SE,
			AtLeastBasic: hundred(r.AtLeastBasic.Share), BasicSE: hundred(r.AtLeastBasic.SE), Breaks: []string{}}
		if i > 0 {
			m.Breaks = nonNil(breaksOf(list[i-1], r))
		}
		c.Series = append(c.Series, m)
	}
}

// trends fits a line through the waves since the last break, where there are three.
func (c *Changes) trends() error {
	from := 0
	for i, m := range c.Series {
		if len(m.Breaks) > 0 {
			from = i
		}
	}
	for _, id := range []string{"index", "at_least_basic"} {
		var x, y, se []float64
		for i, m := range c.Series[from:] {
			v, e := m.Index, m.IndexSE
			if id == "at_least_basic" {
				v, e = m.AtLeastBasic, m.BasicSE
			}
			if v != nil && e != nil && *e > 0 {
				x, y, se = append(x, float64(i)), append(y, *v), append(se, *e)
			}
		}
		if len(x) < 3 {
			continue
		}
		var sw, swx, swy float64
		for i := range x {
			w := 1 / (se[i] * se[i])
			sw, swx, swy = sw+w, swx+w*x[i], swy+w*y[i]
		}
		var sxx, sxy float64
		for i := range x {
			w := 1 / (se[i] * se[i])
			sxx += w * (x[i] - swx/sw) * (x[i] - swx/sw)
			sxy += w * (x[i] - swx/sw) * (y[i] - swy/sw)
		}
		d := weighting.Difference(weighting.Estimate{}, weighting.Estimate{Value: sxy / sxx, SE: math.Sqrt(1 / sxx)})
		c.Trends = append(c.Trends, Trend{ID: id, Waves: len(x), Shift: Shift{d.Delta, d.SE, d.Low, d.High, d.P}})
	}
	return nil
}

// earlierOf picks the latest standing release of each earlier wave of the campaign,
// oldest first.
func earlierOf(list []*releaseDoc, waves []*survey.Wave, wave string) (out []*releaseDoc) {
	i := slices.IndexFunc(waves, func(w *survey.Wave) bool { return w.ID == wave })
	if i < 0 {
		return nil
	}
	var before []*survey.Wave
	for _, w := range waves {
		if w.Campaign == waves[i].Campaign && w.Opens.Before(waves[i].Opens.Time) {
			before = append(before, w)
		}
	}
	slices.SortStableFunc(before, func(a, b *survey.Wave) int { return a.Opens.Compare(b.Opens.Time) })
	for _, w := range before {
		if d := standing(list, w.ID); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// crudeOf is the mean of the score without weights.
func crudeOf(l layout, w *Wave) *float64 {
	v := w.weightable()
	var s weighting.Sums
	for c := range classes {
		s = s.Plus(sumsAt(v[l.class(c)+bScore:]))
	}
	if s.M < weighting.MinClass {
		return nil
	}
	return ptr(hundredth(float64(s.Sum) * unit / float64(s.M)))
}
