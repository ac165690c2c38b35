package statsbench

import (
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"osvitlo/internal/weighting"
)

// Open finds a file that a specification names.
type Open func(name string) (io.ReadCloser, error)

// load reads a CSV through Open.
func (o Open) load(name string) (*Table, error) {
	if o == nil {
		return nil, badf("the specification names the file %q and none can be opened here", name)
	}
	f, err := o(name)
	if err != nil {
		return nil, badf("%s: %v", name, err)
	}
	defer f.Close()
	return ReadCSV(f, path.Base(name))
}

// frame is a table with its design, weighted and ready to estimate from.
type frame struct {
	t       *Table
	kept    []int // rows of the file that are in the frame
	base    []float64
	weights []float64
	margins []weighting.Margin
	sample  *weighting.Sample // Taylor; nil with replicates
	naive   *weighting.Sample // without the margins
	before  *weighting.Sample // base weights, without the margins
	reps    *replicated
	dropped int // rows without a margin variable or a weight
	raked   weighting.Raked
	trim    *trimmed
	alerts  []string
}

// bind applies a design, margins and trimming to a table.
func bind(t *Table, d Design, margins []MarginSpec, trim *TrimSpec, raking RakingSpec, collapse map[string]map[string]string, open Open) (*frame, error) {
	f := &frame{t: t}
	base, err := chances(t, d)
	if err != nil {
		return nil, err
	}
	if d.Weights != "" {
		if base, err = t.Numbers(d.Weights); err != nil {
			return nil, err
		}
		for i, w := range base {
			if w < 0 {
				return nil, badf("%s: line %d, column %q: weight %v is below 0", t.Name, t.line[i], d.Weights, w)
			}
		}
	}
	var of [][]int
	for _, m := range margins {
		codes, cats, err := bindMargin(t, m, collapse)
		if err != nil {
			return nil, err
		}
		of = append(of, codes)
		f.margins = append(f.margins, weighting.Margin{Name: m.Name(), Categories: cats})
	}
	// Rows without a margin variable stay out of the weighted estimate and are
	// never imputed (METHOD §4).
	keep := make([]bool, t.n)
	for i := range keep {
		keep[i] = !math.IsNaN(base[i]) && base[i] > 0
		for _, codes := range of {
			keep[i] = keep[i] && codes[i] >= 0
		}
		if keep[i] {
			f.kept = append(f.kept, i)
		} else {
			f.dropped++
		}
	}
	if len(f.kept) == 0 {
		return nil, badf("%s: no row has a weight and every margin variable", t.Name)
	}
	if f.dropped > 0 {
		f.t = t.Where(keep)
		base = choose(base, f.kept)
		if 20*f.dropped > t.n {
			f.alerts = append(f.alerts, fmt.Sprintf("%d of %d rows lack a weight or a margin variable: over 5 %%", f.dropped, t.n))
		}
	}
	for k := range of {
		f.margins[k].Of = choose(of[k], f.kept)
	}
	f.base, f.weights = base, base
	opts := weighting.RakeOptions{Tolerance: raking.Tolerance, MaxCycles: raking.Cycles, Normalise: raking.Normalise}
	if len(f.margins) > 0 {
		if err := dropZeroCategories(f.margins); err != nil {
			return nil, err
		}
		r, err := weighting.Rake(base, f.margins, opts)
		if err != nil {
			return nil, unreached(err)
		}
		f.raked, f.weights = r, r.Weights
	}
	if trim != nil {
		if err := f.bound(*trim, opts); err != nil {
			return nil, err
		}
	}
	design, err := f.t.units(d)
	if err != nil {
		return nil, err
	}
	design.Weights = f.weights
	if d.Replicates != nil {
		f.reps, err = bindReplicates(t, f, *d.Replicates, design, opts, open)
		return f, err
	}
	// Without margins the weights of the sample are the design's own.
	if f.naive, err = weighting.NewSample(design); err != nil {
		return nil, asInput(err)
	}
	f.sample, f.before = f.naive, f.naive
	if len(f.margins) > 0 {
		fitted := design
		fitted.Margins, fitted.Base = f.margins, f.base
		if f.sample, err = weighting.NewSample(fitted); err != nil {
			return nil, asInput(err)
		}
		design.Weights = f.base
		if f.before, err = weighting.NewSample(design); err != nil {
			return nil, asInput(err)
		}
	}
	if f.sample.Lonely() {
		f.alerts = append(f.alerts, "a stratum has a single sampling unit and is centred at the grand mean (adjust)")
	}
	return f, nil
}

// dropZeroCategories leaves out categories with nobody in the population and
// nobody in the sample.
func dropZeroCategories(margins []weighting.Margin) error {
	for k, m := range margins {
		used := make([]bool, len(m.Categories))
		for _, c := range m.Of {
			used[c] = true
		}
		at := make([]int, len(m.Categories))
		var cats []weighting.Category
		for c, cat := range m.Categories {
			if cat.Target == 0 && !used[c] {
				continue
			}
			at[c] = len(cats)
			cats = append(cats, cat)
		}
		if len(cats) == 0 {
			return badf("margin %q has no people", m.Name)
		}
		of := make([]int, len(m.Of))
		for i, c := range m.Of {
			of[i] = at[c]
		}
		margins[k].Categories, margins[k].Of = cats, of
	}
	return nil
}

// bindMargin finds the category of each row; a word of the file that the margin
// does not know is an error.
func bindMargin(t *Table, m MarginSpec, collapse map[string]map[string]string) ([]int, []weighting.Category, error) {
	columns := make([][]string, len(m.Columns))
	for k, c := range m.Columns {
		var err error
		if columns[k], err = t.Text(c); err != nil {
			return nil, nil, fmt.Errorf("margin %q: %w", m.Name(), err)
		}
	}
	joined := func(words []string) string {
		out := slices.Clone(words)
		for k, c := range m.Columns {
			for range 10 {
				to, ok := collapse[c][out[k]]
				if !ok {
					break
				}
				out[k] = to
			}
			out[k] = canonical(out[k])
		}
		return strings.Join(out, "\x00")
	}
	place := map[string]int{}
	var cats []weighting.Category
	for _, r := range m.Rows {
		key := joined(r.Category)
		at, known := place[key]
		if !known {
			at = len(cats)
			place[key] = at
			cats = append(cats, weighting.Category{ID: strings.ReplaceAll(key, "\x00", ":")})
		}
		cats[at].Target += r.Total
	}
	codes := make([]int, t.n)
	words := make([]string, len(columns))
	for i := range t.n {
		missing := false
		for k := range columns {
			words[k] = columns[k][i]
			missing = missing || t.missing[words[k]]
		}
		if missing {
			codes[i] = -1
			continue
		}
		at, known := place[joined(words)]
		if !known {
			return nil, nil, badf("%s: line %d: margin %q has no category %q", t.Name, t.line[i], m.Name(), strings.Join(words, ":"))
		}
		codes[i] = at
	}
	return codes, cats, nil
}

// canonical makes "1", "1.0" and "01" one category where the word is a number.
func canonical(s string) string {
	if v, ok := number(s); ok && !strings.ContainsAny(s, "TtFf") {
		return fmt.Sprint(v)
	}
	return s
}

func choose[T any](list []T, at []int) []T {
	out := make([]T, len(at))
	for k, i := range at {
		out[k] = list[i]
	}
	return out
}

// asInput marks an error of the numbers that comes from the input.
func asInput(err error) error {
	if err == nil {
		return nil
	}
	if reached := unreached(err); reached != err {
		return reached
	}
	return fmt.Errorf("%w: %w", ErrInput, err)
}

// trimmed is what trimming did.
type trimmed struct {
	lower, upper float64
	start        []float64 // before trimming
	once, strict []float64
	loop         *weighting.Trimmed
	converged    bool
	problem      error
}

// bound trims the weights: with margins by the loop of METHOD §4, unless strict
// is switched off, without margins once or strictly.
func (f *frame) bound(spec TrimSpec, opts weighting.RakeOptions) error {
	x := &trimmed{lower: spec.Lower, upper: spec.Upper, start: f.weights}
	f.trim = x
	if x.upper == 0 {
		var sum float64
		for _, w := range f.weights {
			sum += w
		}
		x.upper = weighting.CapFactor * sum / float64(len(f.weights))
	}
	var err error
	if x.once, err = weighting.Trim(f.weights, x.lower, x.upper, false); err != nil {
		return f.infeasible(err, nil, opts)
	}
	if x.strict, err = weighting.Trim(f.weights, x.lower, x.upper, true); err != nil {
		return f.infeasible(err, nil, opts)
	}
	switch {
	case !spec.Strict:
		f.weights = x.once
	case len(f.margins) == 0:
		f.weights = x.strict
	default:
		loop, err := weighting.TrimAndRake(f.base, f.margins, opts, weighting.TrimOptions{Lower: x.lower, Upper: x.upper, MaxRounds: spec.Rounds})
		if err != nil {
			return f.infeasible(err, x, opts)
		}
		x.loop, x.converged, f.weights = &loop, true, loop.Weights
	}
	if !spec.Strict && len(f.margins) > 0 {
		f.alerts = append(f.alerts, fmt.Sprintf("trimmed once after raking: the margins are off by up to %.3g of their targets", marginError(f.weights, f.margins)))
	}
	return nil
}

// infeasible names what trimming reached, with the last raked weights marked as
// not final.
func (f *frame) infeasible(err error, x *trimmed, opts weighting.RakeOptions) error {
	wrapped := unreached(err)
	reached, ok := wrapped.(*UnreachedError)
	if !ok || x == nil {
		return asInput(err)
	}
	rounds, _ := reached.Reached["rounds"].(int)
	last := f.raked.Weights
	for range rounds {
		w, err := weighting.Trim(last, x.lower, x.upper, true)
		if err != nil {
			break
		}
		r, err := weighting.Rake(w, f.margins, opts)
		if err != nil {
			break
		}
		last = r.Weights
	}
	out := Result{"lower": num(x.lower), "upper": num(x.upper), "once": nums(x.once), "strict": nums(x.strict), "error": err.Error(),
		"loop": Result{"converged": false, "rounds": rounds, "weights": nums(last), "min": num(slices.Min(last)), "max": num(slices.Max(last)), "note": "last raked weights, not final"}}
	if k, err := weighting.KishOf(x.start); err == nil {
		out["kish_before"] = kish(k)
	}
	if k, err := weighting.KishOf(last); err == nil {
		out["kish_after"] = kish(k)
	}
	out["converged"] = false
	reached.Reached = out
	return reached
}

func marginError(w []float64, margins []weighting.Margin) float64 {
	worst := 0.0
	for _, m := range margins {
		sums := make([]float64, len(m.Categories))
		for i, c := range m.Of {
			sums[c] += w[i]
		}
		for c, s := range sums {
			worst = max(worst, math.Abs(s-m.Categories[c].Target)/m.Categories[c].Target)
		}
	}
	return worst
}

func kish(k weighting.Kish) Result {
	r := Result{"deff_kish": num(k.Deff), "n_eff": num(k.Neff), "cv": num(k.CV), "max_over_median": num(k.MaxOverMedian), "min": num(k.Min), "max": num(k.Max)}
	if k.Deff > weighting.KishAlert {
		r["alert"] = "deff_kish over 2"
	}
	return r
}
