package demo

import (
	"math"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
)

// Truth is what the invented city really is, by the model it is drawn from.
type Truth struct {
	Wave         string
	Title        i18n.Text
	Index        float64 // mean score of those who use the internet, 0 to 100
	AtLeastBasic float64 // share of all residents
	NoInternet   float64 // share of all residents
	People       int     // sittings drawn
}

// measure is what the test makes of a skill: the expected score and the chance
// to reach the basic level. It is exact: under the one-parameter model everything
// depends on the number of solved items, whose distribution is known.
type measure struct {
	all, first         []float64 // difficulties
	scoreAll, scoreOne []float64 // score by number solved: whole form, first half
	basic              float64   // from this score on
}

func newMeasure(in *instrument.Instrument, basic float64) (*measure, error) {
	m := &measure{basic: basic}
	var whole, half []adaptive.Item
	for _, it := range in.Items() {
		if !it.Scored() {
			continue
		}
		m.all = append(m.all, it.Difficulty)
		whole = append(whole, adaptive.Item{A: 1, B: it.Difficulty})
		if in.InFirst(it.ID) {
			m.first = append(m.first, it.Difficulty)
			half = append(half, adaptive.Item{A: 1, B: it.Difficulty})
		}
	}
	for s := range len(m.all) + 1 {
		m.scoreAll = append(m.scoreAll, 100*float64(s)/float64(len(m.all)))
	}
	form, err := adaptive.NewForm(whole)
	if err != nil {
		return nil, err
	}
	for s := range len(half) + 1 {
		answers := make([]adaptive.Response, len(half))
		for i, it := range half {
			answers[i].Item = it
			if i < s {
				answers[i].Score = 1
			}
		}
		p, err := adaptive.NewPosterior(answers, adaptive.DefaultGrid())
		if err != nil {
			return nil, err
		}
		theta, _ := p.EAP()
		m.scoreOne = append(m.scoreOne, form.Expected(theta))
	}
	return m, nil
}

// solved is the distribution of the number of solved items (Lord and Wingersky 1984).
func solved(theta float64, b []float64) []float64 {
	p := make([]float64, len(b)+1)
	p[0] = 1
	for n, x := range b {
		q := right(theta, x)
		for s := n + 1; s > 0; s-- {
			p[s] = p[s]*(1-q) + p[s-1]*q
		}
		p[0] *= 1 - q
	}
	return p
}

func (m *measure) at(theta float64) (score, reached float64) {
	one := func(b, scores []float64) (score, reached float64) {
		for s, p := range solved(theta, b) {
			score += p * scores[s]
			if scores[s] >= m.basic-1e-9 {
				reached += p
			}
		}
		return score, reached
	}
	stop := stops(theta)
	s1, r1 := one(m.all, m.scoreAll)
	s2, r2 := one(m.first, m.scoreOne)
	return (1-stop)*s1 + stop*s2, (1-stop)*r1 + stop*r2
}

// over integrates over a normal skill.
func (m *measure) over(mean float64) (score, reached float64) {
	const nodes, width = 81, 5.0
	total := 0.0
	for i := range nodes {
		z := width * (2*float64(i)/(nodes-1) - 1)
		w := math.Exp(-z * z / 2)
		s, r := m.at(mean + spread*z)
		score, reached, total = score+w*s, reached+w*r, total+w
	}
	return score / total, reached / total
}

// truth adds up the population.
func (m *measure) truth(list []class, growth float64) (t Truth) {
	var people, online, score, reached, none float64
	for _, c := range list {
		for _, g := range c.groups(growth) {
			n := c.people * g.share
			people += n
			if g.internet == sitting.InternetNo {
				none += n
				continue
			}
			s, r := m.over(g.mean)
			online += n
			score += n * s
			reached += n * r
		}
	}
	return Truth{Index: score / online, AtLeastBasic: reached / people, NoInternet: none / people}
}
