package sitting

import (
	"cmp"
	"math"
	"slices"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/scoring"
)

// FormAdaptive is a score from items chosen one by one.
const FormAdaptive Form = "adaptive"

// Posterior is what an adaptive part says about the level.
type Posterior struct {
	Theta float64 `json:"theta"`
	SE    float64 `json:"se"`
	// Mass is the probability of each level, A1 first (METHOD §13).
	Mass []float64 `json:"mass"`
	// Cut is the level whose lower bound is nearest to being undecided, and Above the
	// probability of standing at it or higher.
	Cut   string  `json:"cut"`
	Above float64 `json:"above"`
	// More is how many further items would settle that, were they to tell as much as
	// the last ones: 0 if it is settled (METHOD §13, probability 0.80 on one side).
	More int `json:"more"`
	// Certified is the highest level whose lower bound is passed with the
	// probability that a certificate asks; only in a certificate's test.
	Certified string        `json:"certified,omitempty"`
	Stop      adaptive.Stop `json:"stop"`
	PerArea   []int         `json:"per_area"`
}

// settled is the probability that decides a level, and settledZ its place on the
// normal curve.
const (
	settled  = 0.80
	settledZ = 0.8416212335729143
)

// scoreAdaptive scores the adaptive part: the expected ability (EAP) through the
// characteristic curve of the reference form, so that the points are those of the
// full test (METHOD §2, §10), with the levels by the same cuts.
func (s *Service) scoreAdaptive(doc *Sitting) (*Score, error) {
	out := &Score{Form: FormNone, Method: scoring.Method, Cutoffs: s.cfg.Cutoffs.Version}
	if doc.way == nil || len(doc.Log) == 0 {
		return out, nil
	}
	b := doc.way.bank
	t, err := adaptive.Resume(b.Bank, b.rule, adaptive.Seed(doc.ID), "", doc.Log)
	if err != nil {
		return nil, err
	}
	out.Form, out.Asked = FormAdaptive, len(doc.Log)
	for _, l := range doc.Log {
		if it := b.items[l.Item]; it != nil {
			if _, right, _ := it.Score(doc.Answers[l.Item]); right {
				out.Right = append(out.Right, l.Item)
			}
		}
	}
	theta, se := t.Theta()
	low, high := b.form.Expected(theta-se), b.form.Expected(theta+se)
	if err := s.level(out, b.form.Expected(theta), (high-low)/2, low, high); err != nil {
		return nil, err
	}
	if out.Posterior, err = s.posterior(b, t, doc.Log); err != nil {
		return nil, err
	}
	s.adaptiveAreas(out, b, doc.Log)
	return out, nil
}

// posterior fills the probabilities of the levels and what would decide them.
func (s *Service) posterior(b *bank, t *adaptive.Test, log []adaptive.Step) (*Posterior, error) {
	points := make([]float64, 0, len(s.cfg.Cutoffs.Cuts))
	names := make([]string, 0, len(s.cfg.Cutoffs.Cuts))
	for _, c := range s.cfg.Cutoffs.Cuts {
		names = append(names, c.Level)
		if c.From > 0 {
			points = append(points, c.From)
		}
	}
	cuts, err := b.form.Cuts(points)
	if err != nil {
		return nil, err
	}
	p := &Posterior{Stop: t.Stop(), PerArea: t.PerArea()}
	p.Theta, p.SE = t.Theta()
	if p.Mass, err = t.Posterior().LevelMass(cuts); err != nil {
		return nil, err
	}
	first := len(names) - len(cuts) // the level above the lowest cut
	above, nearest := 0.0, 2.0
	certified := first - 1
	var cut float64
	for i := len(cuts) - 1; i >= 0; i-- {
		above += p.Mass[i+1]
		if d := math.Abs(above - 0.5); d < nearest {
			nearest, p.Cut, p.Above, cut = d, names[first+i], above, cuts[i]
		}
		if above >= settled && first+i > certified {
			certified = first + i
		}
	}
	if bankRule(b.id) == Certificate {
		p.Certified = names[max(certified, 0)]
	}
	if p.Above > 1-settled && p.Above < settled {
		p.More = more(p.Theta, p.SE, cut, log)
	}
	return p, nil
}

// maxMore bounds what is promised: beyond it no number is worth saying.
const maxMore = 99

// more is how many items bring the error down so far that the cut lies settledZ
// errors away, each telling what the last five told on average.
func more(theta, se, cut float64, log []adaptive.Step) int {
	last := log[max(len(log)-5, 0):]
	var info float64
	for _, l := range last {
		info += l.Information / float64(len(last))
	}
	d := math.Abs(theta - cut)
	if !(info > 0) || d == 0 {
		return maxMore
	}
	n := (math.Pow(settledZ/d, 2) - 1/(se*se)) / info
	return int(math.Ceil(min(max(n, 1), maxMore)))
}

// adaptiveAreas fills the areas. An area is known under the minimum of METHOD §2:
// items of at least 60 % of its competences. Its value is Warm's estimate from its
// own items, which is not drawn to the middle by the prior, through the same curve.
func (s *Service) adaptiveAreas(out *Score, b *bank, log []adaptive.Step) {
	var gaps []gap
	for i, area := range s.cfg.Structure {
		as := AreaScore{ID: area.ID, Word: Unknown}
		var responses []adaptive.Response
		touched := map[string]bool{}
		for _, l := range log {
			it := b.items[l.Item]
			if it == nil || s.areaAt[it.Competence] != i {
				continue
			}
			responses = append(responses, adaptive.Response{Item: b.at[l.Item].Item, Score: l.Score})
			touched[it.Competence] = true
		}
		if len(responses) > 0 {
			if theta, se, err := adaptive.WLE(responses); err == nil {
				value := b.form.Expected(theta)
				sem := (b.form.Expected(theta+se) - b.form.Expected(theta-se)) / 2
				gaps = append(gaps, gap{area.ID, value})
				if 5*len(touched) >= 3*len(area.Competences) {
					as.Value, as.SEM = &value, &sem
					if out.Overall != nil && out.SEM != nil {
						as.Word = wordOf(value-*out.Overall, math.Hypot(sem, *out.SEM))
					}
				}
			}
		}
		out.Areas = append(out.Areas, as)
	}
	s.advise(out, gaps)
}

// gap is what a person got in an area, also where the area is not known.
type gap struct {
	area string
	mean float64
}

// advise chooses the written pages of the weakest areas.
func (s *Service) advise(out *Score, gaps []gap) {
	if s.cfg.Advice == nil || out.Overall == nil {
		return
	}
	slices.SortStableFunc(gaps, func(a, b gap) int { return cmp.Compare(a.mean, b.mean) })
	group := groupOfLevel(out.Level)
	for _, g := range gaps {
		if page, ok := s.cfg.Advice(g.area, group); ok && len(out.Steps) < maxSteps {
			out.Steps = append(out.Steps, Step{Area: g.area, Group: group, Page: page})
		}
	}
}
