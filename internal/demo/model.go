package demo

import (
	"math"
	"math/rand/v2"

	"osvitlo/internal/cityindex"
	"osvitlo/internal/sitting"
)

// The model of the invented city. All numbers are inventions; they are chosen
// so that the groups differ as such groups do elsewhere.
//
// Skill is normal around a mean that falls with age and depends on the
// district and on needing help. Whether somebody answers depends on sex and age
// alone: that is what weighting by sex and age can put right, so the estimate
// has a truth to come close to.
var (
	noNetByAge  = [...]float64{0.002, 0.004, 0.012, 0.03, 0.09, 0.24, 0.48}
	helpByAge   = [...]float64{0.01, 0.01, 0.02, 0.04, 0.09, 0.17, 0.22}
	answersAge  = [...]float64{1.30, 1.15, 1.10, 1.00, 0.95, 0.80, 0.60}
	answersSex  = [...]float64{1.25, 0.80}
	skillByAge  = [...]float64{0.35, 0.50, 0.25, -0.05, -0.45, -0.95, -1.45}
	assistByAge = [...]float64{0.01, 0.01, 0.02, 0.04, 0.08, 0.18, 0.30}
	districts   = [...]district{{"fortechnyi", 0.52, 0.08}, {"podilskyi", 0.42, -0.05}, {"nove", 0.06, -0.30}}
)

type district struct {
	id    string
	share float64
	skill float64
}

const (
	spread       = 1.00 // standard deviation of skill inside a group, in logits
	helpSkill    = -0.80
	refusesSex   = 0.010
	refusesAge   = 0.012
	refusesPlace = 0.03
	elsewhere    = 0.01 // live outside the community
)

// stops is the chance to stop after the first half; it depends on skill.
func stops(theta float64) float64 { return 0.10 + 0.16/(1+math.Exp(2*(theta+0.5))) }

// right is the chance to solve an item of difficulty b (one-parameter model).
func right(theta, b float64) float64 { return 1 / (1 + math.Exp(b-theta)) }

// class is one sex and age of the population.
type class struct {
	sex    sitting.Sex
	age    int // place among sitting.AgeGroups
	people float64
}

// classes reads the default variant of the margins.
func classes(m *cityindex.Margins) (out []class) {
	v := m.Variant(m.Default)
	for _, t := range v.Cells {
		for a, id := range sitting.AgeGroups {
			if string(id) == t.Age {
				out = append(out, class{sitting.Sex(t.Sex), a, float64(t.N)})
			}
		}
	}
	return out
}

func (c class) answers() float64 {
	s := 0
	if c.sex == sitting.Male {
		s = 1
	}
	return c.people * answersSex[s] * answersAge[c.age]
}

// group is people of a class whose skill has one mean.
type group struct {
	share    float64 // of the class
	mean     float64 // of the skill, in logits
	internet sitting.Internet
	district string
}

// groups splits a class; growth is added to the skill of everybody.
func (c class) groups(growth float64) (out []group) {
	base := skillByAge[c.age] + growth
	if c.sex == sitting.Female {
		base += 0.04
	}
	for _, d := range districts {
		no, help := noNetByAge[c.age], helpByAge[c.age]
		out = append(out,
			group{d.share * no, base + d.skill, sitting.InternetNo, d.id},
			group{d.share * help, base + d.skill + helpSkill, sitting.InternetHelp, d.id},
			group{d.share * (1 - no - help), base + d.skill, sitting.InternetYes, d.id})
	}
	return out
}

// person is somebody who answers.
type person struct {
	class    class
	group    group
	theta    float64
	stopped  bool
	mode     sitting.Mode
	evidence sitting.Evidence
	years    int // age in years
	english  bool
}

// ageFrom and ageTo are the years of the age groups.
var ageFrom, ageTo = [...]int{14, 18, 30, 40, 50, 60, 70}, [...]int{17, 29, 39, 49, 59, 69, 86}

// drawer draws people of one wave.
type drawer struct {
	r       *rand.Rand
	classes []class
	weights []float64 // cumulated chance to answer
	growth  float64
}

func newDrawer(r *rand.Rand, list []class, growth float64) *drawer {
	d := &drawer{r: r, classes: list, growth: growth}
	sum := 0.0
	for _, c := range list {
		sum += c.answers()
		d.weights = append(d.weights, sum)
	}
	return d
}

func (d *drawer) person() person {
	x := d.r.Float64() * d.weights[len(d.weights)-1]
	at := 0
	for at < len(d.weights)-1 && d.weights[at] < x {
		at++
	}
	p := person{class: d.classes[at], mode: sitting.ModeSelf, evidence: sitting.EvidenceOpen}
	x = d.r.Float64()
	list := p.class.groups(d.growth)
	for _, g := range list {
		p.group = g
		if x -= g.share; x < 0 {
			break
		}
	}
	p.theta = p.group.mean + spread*d.r.NormFloat64()
	p.stopped = d.r.Float64() < stops(p.theta)
	a := p.class.age
	p.years = ageFrom[a] + d.r.IntN(ageTo[a]-ageFrom[a]+1)
	p.english = d.r.Float64() < 0.02
	assisted := assistByAge[a]
	if p.group.internet == sitting.InternetNo {
		assisted = 0.85
	}
	if d.r.Float64() < assisted {
		p.mode = [...]sitting.Mode{sitting.ModeMentor, sitting.ModeMentor, sitting.ModePaper, sitting.ModePhone}[d.r.IntN(4)]
		p.evidence = sitting.EvidenceVenue
	}
	return p
}
