package weighting

import (
	"math"
	"math/rand/v2"
	"testing"
)

// synthetic is a finite population of known truth: Kropyvnytskyi's residents
// of 14 and over by sex and age (1 January 2022), each with a score that falls
// with age, and a chance to answer that falls with it too.
type synthetic struct {
	people  []float64 // per class, sex-major
	respond []float64 // chance that a person drawn answers
	scores  [][]int64 // units of every person of the class
	truth   float64   // points
	cum     []float64
}

const simSexes, simAges = 2, 7

// The official table of the ladder's tests, female and male.
var simPeople = []float64{
	4498, 12379, 20108, 17018, 16737, 16649, 15988,
	4703, 14326, 18319, 15414, 12806, 9960, 6804,
}

func testCity(t testing.TB) *synthetic {
	t.Helper()
	c := &synthetic{people: simPeople}
	rng := rand.New(rand.NewPCG(20261121, 7))
	ageMean := []float64{68, 72, 67, 60, 50, 38, 26}
	ageRespond := []float64{0.60, 0.55, 0.60, 0.60, 0.55, 0.45, 0.30}
	var sum, n float64
	for class, people := range c.people {
		sex, age := class/simAges, class%simAges
		mean, respond := ageMean[age]+2, ageRespond[age]
		if sex == 1 {
			mean, respond = mean-4, respond*0.75
		}
		scores := make([]int64, int(people))
		for i := range scores {
			p := min(max(mean+14*rng.NormFloat64(), 0), 100)
			scores[i] = int64(math.Round(p * 1e4))
			sum += float64(scores[i])
			n++
		}
		c.scores = append(c.scores, scores)
		c.respond = append(c.respond, respond)
		c.cum = append(c.cum, n)
	}
	c.truth = sum / n * 1e-4
	return c
}

type simRow struct {
	class int
	y     int64
}

// drawn is one sample: people are drawn at random, some refuse, until n have
// answered.
type drawn struct {
	city   *synthetic
	rows   []simRow
	counts []int64
	sums   []Sums
}

func (c *synthetic) sample(rng *rand.Rand, n int) *drawn {
	d := &drawn{city: c, counts: make([]int64, len(c.people)), sums: make([]Sums, len(c.people))}
	total := c.cum[len(c.cum)-1]
	for len(d.rows) < n {
		at, class := rng.Float64()*total, 0
		for at >= c.cum[class] {
			class++
		}
		if rng.Float64() >= c.respond[class] {
			continue
		}
		y := c.scores[class][rng.IntN(len(c.scores[class]))]
		d.rows = append(d.rows, simRow{class, y})
		d.counts[class]++
		d.sums[class] = d.sums[class].Plus(Sums{1, y, y * y})
	}
	return d
}

func (d *drawn) rakeMargins() []Margin {
	sex, age := Margin{Name: "sex"}, Margin{Name: "age"}
	sex.Categories, age.Categories = make([]Category, simSexes), make([]Category, simAges)
	for class, p := range d.city.people {
		s, a := class/simAges, class%simAges
		sex.Categories[s].Target += p
		age.Categories[a].Target += p
		sex.Of, age.Of = append(sex.Of, s), append(age.Of, a)
	}
	return []Margin{sex, age}
}
