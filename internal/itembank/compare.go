package itembank

import (
	"cmp"
	"math"
	"slices"

	"osvitlo/internal/instrument"
	"osvitlo/internal/psychometrics"
)

// curves computes the share of each option by bands of the rest score: the sum of the
// other items, so that an item does not explain itself.
func (c *collector) curves(st *Statistics) {
	if c.in == nil || len(c.rows) < FewestScale || len(c.items) < 3 {
		return
	}
	sums, n := make([]float64, len(c.rows)), make([]int, len(c.rows))
	for i, r := range c.rows {
		for _, x := range r.scores {
			if x == x {
				sums[i] += float64(x)
				n[i]++
			}
		}
	}
	rest, taken := make([]float64, len(c.rows)), make([]string, len(c.rows))
	for j, q := range c.items {
		for i, r := range c.rows {
			rest[i] = math.NaN()
			if x := float64(r.scores[j]); !math.IsNaN(x) && n[i] > 1 {
				rest[i] = math.Round(1e6*(sums[i]-x)/float64(n[i]-1)) / 1e6 // equal sums are equal
			}
		}
		f := &st.Items[j]
		for k, name := range q.names {
			any := false
			for i, r := range c.rows {
				taken[i] = ""
				if took(r.picks[j], q.masks[k]) {
					taken[i], any = "yes", true
				}
			}
			if !any && !isOption(q.item, name) {
				continue
			}
			curves, means, err := psychometrics.OptionCurves(taken, rest, Bands)
			if err != nil {
				f.Bands, f.Curves = nil, nil
				break
			}
			if f.Bands == nil {
				f.Bands = bandsOf(rest, means)
			}
			one := Curve{Option: name, Key: slices.Contains(q.item.Key.IDs, name), Shares: make([]float64, len(means))}
			for _, cu := range curves {
				if cu.Option == "yes" {
					one.Shares = cu.Shares
					if !math.IsNaN(cu.RRest) {
						r := cu.RRest
						one.RRest = &r
					}
				}
			}
			f.Curves = append(f.Curves, one)
		}
	}
}

// bandsOf counts people by the band whose mean is nearest: bands do not overlap, so
// every person's own band is the nearest one but at ties of the borders.
func bandsOf(rest, means []float64) []Band {
	out := make([]Band, len(means))
	for k, m := range means {
		out[k].Mean = m
	}
	for _, x := range rest {
		if math.IsNaN(x) {
			continue
		}
		best := 0
		for k, m := range means {
			if math.Abs(x-m) < math.Abs(x-means[best]) {
				best = k
			}
		}
		out[best].N++
	}
	return out
}

// dif compares groups of people (METHOD §11), on right and wrong.
func (c *collector) dif(st *Statistics) {
	if c.in == nil || len(c.items) < 3 {
		return
	}
	rows := c.rows[:min(len(c.rows), sampleDIF)]
	table := c.table(rows, c.every(), true)
	for g, name := range Groups() {
		focal := make([]int, len(rows))
		var n [2]int
		for i, r := range rows {
			if focal[i] = int(r.group[g]); focal[i] >= 0 {
				n[focal[i]]++
			}
		}
		least := min(n[0], n[1])
		var mh psychometrics.MHResult
		var lg psychometrics.LogisticResult
		errMH, errLG := psychometrics.ErrTooFew, psychometrics.ErrTooFew
		if least >= FewestDIF {
			o := psychometrics.DIFOptions{Rounds: psychometrics.PurifyRounds}
			mh, errMH = psychometrics.DIFMantelHaenszel(table, focal, o)
			lg, errLG = psychometrics.DIFLogistic(table, focal, o)
		}
		for j := range st.Items {
			d := DIF{Group: name, Reference: n[0], Focal: n[1], Delta: few(FewestDIF, least), DeltaR2: few(FewestDIF, least)}
			switch {
			case least < FewestDIF:
			case errMH != nil:
				d.Delta = whyOf(errMH)
			case mh.Items[j].Reason != "":
				d.Delta = Figure{Why: WhySame}
			default:
				x := mh.Items[j]
				d.Delta, d.SE, d.P, d.Class = figure(x.Delta), finite(x.SE), finite(x.P), string(x.Class)
			}
			switch {
			case least < FewestDIF:
			case errLG != nil:
				d.DeltaR2 = whyOf(errLG)
			case lg.Items[j].Reason != "":
				d.DeltaR2 = Figure{Why: WhySame}
			default:
				d.DeltaR2, d.Logistic = figure(lg.Items[j].DeltaR2), string(lg.Items[j].Class)
			}
			st.Items[j].DIF = append(st.Items[j].DIF, d)
		}
	}
}

func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// spread is √(1+c²σ²) of the logistic model under θ ~ N(0, 1), c = 16√3/(15π): the
// mean share right of an item of difficulty b is close to logistic(−b/spread)
// (Zeger, Liang and Albert 1988).
var spread = math.Sqrt(1 + math.Pow(16*math.Sqrt(3)/(15*math.Pi), 2))

// maxDrift is the change of b from which an anchor is dropped (METHOD §2).
const maxDrift = 0.5

// drift compares the difficulties of items in neighbouring waves: logits of the mean
// score, with the mean over the items taken out, so that people who know more do not
// look like items that became easier.
func (c *collector) drift(st *Statistics) {
	for id, w := range c.waves {
		st.Waves = append(st.Waves, WaveFigures{ID: id, N: w.n, First: w.first})
	}
	slices.SortFunc(st.Waves, func(a, b WaveFigures) int {
		return cmp.Or(a.First.Compare(b.First.Time), cmp.Compare(a.ID, b.ID))
	})
	for i := range st.Items {
		st.Items[i].Drift = Figure{Why: WhyOneWave}
		if c.in == nil {
			st.Items[i].Drift = Figure{Why: WhyAdaptive}
		}
	}
	for _, wf := range st.Waves {
		w := c.waves[wf.ID]
		mean, known := 0.0, 0
		for i := range st.Items {
			x := WaveItem{Wave: wf.ID, N: w.asked[i], B: few(FewestWave, w.asked[i])}
			if x.N > 0 {
				x.P = w.sum[i] / float64(x.N)
			}
			if x.N >= FewestWave {
				x.B = Figure{Why: WhySame}
				if x.P > 0 && x.P < 1 {
					b := -spread * math.Log(x.P/(1-x.P))
					x.B, x.SE = figure(b), spread/math.Sqrt(float64(x.N)*x.P*(1-x.P))
					mean += b
					known++
				}
			}
			st.Items[i].Waves = append(st.Items[i].Waves, x)
		}
		for i := range st.Items {
			x := &st.Items[i].Waves[len(st.Items[i].Waves)-1]
			if x.B.Known() && known > 0 {
				x.B = figure(*x.B.Value - mean/float64(known))
			}
		}
	}
	for i := range st.Items {
		f := &st.Items[i]
		for k := 1; k < len(f.Waves); k++ {
			a, b := f.Waves[k-1], f.Waves[k]
			if !a.B.Known() || !b.B.Known() {
				if !f.Drift.Known() {
					f.Drift = few(FewestWave, min(a.N, b.N))
				}
				continue
			}
			if d := b.B.Of() - a.B.Of(); !f.Drift.Known() || math.Abs(d) > math.Abs(f.Drift.Of()) {
				f.Drift = figure(d)
			}
		}
	}
}

// propose lists what speaks against an item (METHOD §2, §9, §11). Under ToPropose
// people chance speaks louder.
func propose(f *ItemFigures, it *instrument.Item) (out []Proposal) {
	if f.N < ToPropose {
		return nil
	}
	if r := f.RRest; r.Known() {
		switch {
		case r.Of() < 0:
			out = append(out, Proposal{Reason: ProposeNegative, Value: r.Of()})
		case r.Of() < 0.10:
			out = append(out, Proposal{Reason: ProposeWeak, Value: r.Of()})
		}
	}
	if p := f.P; p.Known() {
		switch {
		case p.Of() < 0.15:
			out = append(out, Proposal{Reason: ProposeHard, Value: p.Of()})
		case p.Of() > 0.95:
			out = append(out, Proposal{Reason: ProposeEasy, Value: p.Of()})
		}
	}
	for _, d := range f.DIF {
		if d.Class == string(psychometrics.ClassC) || d.Logistic == string(psychometrics.ClassC) {
			out = append(out, Proposal{Reason: ProposeDIF, Value: finite(d.Delta.Of()), Of: string(d.Group)})
		}
	}
	if d := f.Drift; d.Known() && math.Abs(d.Of()) > maxDrift && significant(f) {
		out = append(out, Proposal{Reason: ProposeDrift, Value: d.Of()})
	}
	for _, cu := range f.Curves {
		// a wrong option that people who know more choose more often: the key may be wrong
		if isOption(it, cu.Option) && !cu.Key && cu.RRest != nil && *cu.RRest > 0.05 && total(f, cu.Option) >= 0.05 {
			out = append(out, Proposal{Reason: ProposeOption, Value: *cu.RRest, Of: cu.Option})
		}
	}
	return out
}

// significant tells whether the largest drift is over twice its error.
func significant(f *ItemFigures) bool {
	for k := 1; k < len(f.Waves); k++ {
		a, b := f.Waves[k-1], f.Waves[k]
		if a.B.Known() && b.B.Known() && math.Abs(b.B.Of()-a.B.Of()) > max(maxDrift, 2*math.Hypot(a.SE, b.SE)) {
			return true
		}
	}
	return false
}

func total(f *ItemFigures, option string) float64 {
	for _, t := range f.Totals {
		if t.Option == option {
			return t.Share
		}
	}
	return 0
}
