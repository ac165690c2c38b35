package adaptive

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/stat/distuv"
)

// StudyBank invents a bank for studies (METHOD §13): items in turn over the
// areas, difficulties evenly from −2.5 to 2.5 within each area, discriminations
// log-normal with spread sd of the logarithm, at least BankFlat unless sd is 0,
// scaled to the given mean. The same seed gives the same bank.
func StudyBank(items, areas int, meanA, sd float64, seed uint64) (*Bank, error) {
	if areas < 1 || items < areas || items > MaxItems || !(meanA > 0 && meanA <= 4) || !(sd >= 0 && sd <= 1) || sd > 0 && meanA < BankFlat {
		return nil, fmt.Errorf("%w: %d items in %d areas with mean a %v and spread %v", ErrInput, items, areas, meanA, sd)
	}
	rng := rand.New(rand.NewPCG(seed, 0x05711d0))
	a := make([]float64, items)
	for j := range a {
		a[j] = math.Exp(sd * rng.NormFloat64())
	}
	// The floor moves the mean: scale until it is the one asked for.
	scale := meanA
	clipped := func(j int) float64 {
		if sd == 0 {
			return meanA
		}
		return min(max(scale*a[j], BankFlat), 9)
	}
	for range 100 {
		var mean float64
		for j := range a {
			mean += clipped(j) / float64(items)
		}
		scale *= meanA / mean
	}
	out := make([]BankItem, items)
	for j := range out {
		area, per := j%areas, (items-j%areas+areas-1)/areas
		b := 0.0
		if per > 1 {
			b = -2.5 + 5*float64(j/areas)/float64(per-1)
		}
		out[j] = BankItem{ID: fmt.Sprintf("s%03d", j+1), Area: area, Item: Item{A: clipped(j), B: b}}
	}
	return NewBank(out, areas, Grid{})
}

// Study simulates a test on persons drawn from N(0, 1) (METHOD §13).
type Study struct {
	Bank *Bank
	// Truth are the parameters by which answers are drawn; nil: the bank's own.
	// A provisional bank is studied honestly with a truth that differs from it.
	Truth   []Item
	Persons int
	Seed    uint64
	Workers int // 0: one per processor; the result does not depend on it
}

// Finding of a study.
type Finding struct {
	Name    string  `json:"name"`
	Persons int     `json:"persons"`
	Length  float64 `json:"length"` // mean number of scored items
	Bias    float64 `json:"bias"`   // mean of θ̂ − θ
	RMSE    float64 `json:"rmse"`
	MeanSE  float64 `json:"mean_se,omitempty"` // 0: the design gives none
	// Exact and Adjacent are the shares whose level by the cuts is the true
	// one, or at most one away.
	Exact    float64 `json:"exact"`
	Adjacent float64 `json:"adjacent"`
	// MaxExposure is the largest share of tests with one item, Unused the share
	// of items never given.
	MaxExposure float64 `json:"max_exposure"`
	Unused      float64 `json:"unused"`
	// ByPrecision is the share of tests that ended because θ was known well
	// enough.
	ByPrecision float64 `json:"by_precision"`
	// Extreme is the mean of θ̂ − θ towards 0 for persons beyond ±1.75: what
	// shrinkage costs them.
	Extreme float64 `json:"shrinkage_beyond_1_75"`
	// LeastOfArea and MostOfArea are the numbers of items of an area in a test.
	LeastOfArea int `json:"least_of_area"`
	MostOfArea  int `json:"most_of_area"`
}

// seen is what one person leaves in a study.
type seen struct {
	truth, theta, se float64
	items            []int
	precision        bool
	least, most      int
}

// MaxStudy bounds the persons of a study.
const MaxStudy = 1_000_000

func (s Study) check() error {
	if s.Bank == nil || s.Persons < 10 || s.Persons > MaxStudy || s.Truth != nil && len(s.Truth) != len(s.Bank.items) {
		return fmt.Errorf("%w: a study of %d persons", ErrInput, s.Persons)
	}
	for j, it := range s.Truth {
		if err := it.Validate(); err != nil {
			return fmt.Errorf("true item %d: %w", j+1, err)
		}
	}
	return nil
}

func (s Study) item(j int) Item {
	if s.Truth != nil {
		return s.Truth[j]
	}
	return s.Bank.items[j].Item
}

// person is the ability of person i and the seed of everything about them.
func (s Study) person(i int) (theta float64, seed uint64) {
	seed = mix(s.Seed) ^ mix(uint64(i)+0x51)
	rng := rand.New(rand.NewPCG(seed, 2))
	return rng.NormFloat64(), mix(seed)
}

// answer is right or wrong by the truth, the same whenever the item is asked.
func (s Study) answer(seed uint64, j int, theta float64) float64 {
	if draw(seed, 77, uint64(j)) < s.item(j).Probability(theta) {
		return 1
	}
	return 0
}

// run has every person go through one design.
func (s Study) run(ctx context.Context, one func(i int) (seen, error)) ([]seen, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	workers := s.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	out := make([]seen, s.Persons)
	fail := make([]error, workers)
	var wait sync.WaitGroup
	var next atomic.Int64
	for w := range workers {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < s.Persons; i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					fail[w] = err
					return
				}
				var err error
				if out[i], err = one(i); err != nil {
					fail[w] = err
					return
				}
			}
		})
	}
	wait.Wait()
	return out, errors.Join(fail...)
}

// Adaptive studies an adaptive test under a rule.
func (s Study) Adaptive(ctx context.Context, r Rule) (Finding, error) {
	people, err := s.run(ctx, func(i int) (seen, error) {
		p, _, err := s.take(i, r, false)
		return p, err
	})
	if err != nil {
		return Finding{}, err
	}
	cuts := r.Cuts
	if cuts == nil {
		cuts = ThetaCuts()
	}
	name := r.Name
	if r.Exposure != Uncontrolled {
		name += " " + string(r.Exposure)
	}
	return s.sum(name, people, cuts), nil
}

// take is one person's adaptive test; with considered, also which items were
// chosen before exposure control had its say.
func (s Study) take(i int, r Rule, consider bool) (seen, []bool, error) {
	theta, seed := s.person(i)
	t, err := begin(s.Bank, r, seed, "")
	if err != nil {
		return seen{}, nil, err
	}
	if consider {
		t.considered = make([]bool, len(s.Bank.items))
	}
	t.theta, t.se = t.eap()
	t.choose()
	p := seen{truth: theta}
	for t.stop == Going {
		j := t.current
		t.take(j, s.answer(seed, j, theta), t.info)
		p.items = append(p.items, j)
		t.choose()
	}
	p.theta, p.se = t.Theta()
	p.precision = t.stop == Precision
	p.least, p.most = slices.Min(t.perArea), slices.Max(t.perArea)
	return p, t.considered, nil
}

// Fixed studies a linear form scored by EAP: the same items for everybody.
func (s Study) Fixed(ctx context.Context, name string, form []int) (Finding, error) {
	if len(form) == 0 {
		return Finding{}, fmt.Errorf("%w: an empty form", ErrInput)
	}
	perArea := make([]int, s.Bank.areas)
	for _, j := range form {
		if j < 0 || j >= len(s.Bank.items) {
			return Finding{}, fmt.Errorf("%w: a form with item %d", ErrInput, j)
		}
		perArea[s.Bank.items[j].Area]++
	}
	people, err := s.run(ctx, func(i int) (seen, error) {
		theta, seed := s.person(i)
		r := make([]Response, len(form))
		for k, j := range form {
			r[k] = Response{s.Bank.items[j].Item, s.answer(seed, j, theta)}
		}
		post, err := NewPosterior(r, s.Bank.grid)
		if err != nil {
			return seen{}, err
		}
		p := seen{truth: theta, items: form, least: slices.Min(perArea), most: slices.Max(perArea)}
		p.theta, p.se = post.EAP()
		return p, nil
	})
	if err != nil {
		return Finding{}, err
	}
	return s.sum(name, people, ThetaCuts()), nil
}

// EvenForm is a linear form of n items as a designer would make it without
// knowing the persons: areas in turn, and in each area the items whose
// difficulties lie nearest to the quantiles of N(0, 1).
func (b *Bank) EvenForm(n int) ([]int, error) {
	scored := 0
	for _, items := range b.byArea {
		scored += len(items)
	}
	if n < 1 || n > scored {
		return nil, fmt.Errorf("%w: a form of %d of %d items", ErrInput, n, scored)
	}
	want := make([]int, b.areas)
	for left := n; left > 0; {
		for a := range want {
			if left > 0 && want[a] < len(b.byArea[a]) {
				want[a]++
				left--
			}
		}
	}
	var form []int
	for a, items := range b.byArea {
		used := make([]bool, len(items))
		for k := range want[a] {
			// The areas are staggered, so that together they are even.
			at := (float64(k) + (float64(a)+0.5)/float64(b.areas)) / float64(want[a])
			target := distuv.UnitNormal.Quantile(at)
			best := -1
			for i, j := range items {
				if !used[i] && (best < 0 || math.Abs(b.items[j].B-target) < math.Abs(b.items[items[best]].B-target)) {
					best = i
				}
			}
			used[best] = true
			form = append(form, items[best])
		}
	}
	slices.Sort(form)
	return form, nil
}

// sum turns what persons left into a finding.
func (s Study) sum(name string, people []seen, cuts []float64) Finding {
	f := Finding{Name: name, Persons: len(people), LeastOfArea: people[0].least}
	given := make([]int, len(s.Bank.items))
	n := float64(len(people))
	var extreme, far float64
	for _, p := range people {
		d := p.theta - p.truth
		f.Bias += d / n
		f.RMSE += d * d / n
		f.MeanSE += p.se / n
		f.Length += float64(len(p.items)) / n
		switch LevelOf(p.theta, cuts) - LevelOf(p.truth, cuts) {
		case 0:
			f.Exact += 1 / n
			f.Adjacent += 1 / n
		case 1, -1:
			f.Adjacent += 1 / n
		}
		if p.precision {
			f.ByPrecision += 1 / n
		}
		if math.Abs(p.truth) > 1.75 {
			far++
			extreme -= math.Copysign(d, d*p.truth)
		}
		for _, j := range p.items {
			given[j]++
		}
		f.LeastOfArea, f.MostOfArea = min(f.LeastOfArea, p.least), max(f.MostOfArea, p.most)
	}
	f.RMSE = math.Sqrt(f.RMSE)
	if far > 0 {
		f.Extreme = extreme / far
	}
	unused := 0.0
	for _, g := range given {
		f.MaxExposure = max(f.MaxExposure, float64(g)/n)
		if g == 0 {
			unused++
		}
	}
	f.Unused = unused / float64(len(given))
	return f
}

// Exposures finds Sympson–Hetter parameters by simulation (Sympson and Hetter
// 1985): rounds of persons whose K follows from how often an item was chosen,
// K = most/P(chosen) where that is below 1, until no item is given to more than
// most of them, or ten rounds have passed; the round with the smallest greatest
// exposure counts.
func (s Study) Exposures(ctx context.Context, r Rule, most float64) (*Bank, error) {
	if !(most > 0 && most <= 1) {
		return nil, fmt.Errorf("%w: an exposure of at most %v", ErrInput, most)
	}
	r.Exposure = SympsonHetter
	k := make([]float64, len(s.Bank.items))
	for j := range k {
		k[j] = 1
	}
	best, least := slices.Clone(k), math.Inf(1)
	for range 12 {
		bank, err := s.Bank.WithExposure(k)
		if err != nil {
			return nil, err
		}
		round := s
		round.Bank = bank
		chosen, given := make([]atomic.Int64, len(k)), make([]atomic.Int64, len(k))
		if _, err := s.run(ctx, func(i int) (seen, error) {
			p, considered, err := round.take(i, r, true)
			for j, c := range considered {
				if c {
					chosen[j].Add(1)
				}
			}
			for _, j := range p.items {
				given[j].Add(1)
			}
			return p, err
		}); err != nil {
			return nil, err
		}
		worst := 0.0
		for j := range k {
			worst = max(worst, float64(given[j].Load())/float64(s.Persons))
		}
		if worst < least {
			least = worst
			copy(best, k)
		}
		if worst <= most {
			break
		}
		for j := range k {
			k[j] = 1
			if c := float64(chosen[j].Load()) / float64(s.Persons); c > most {
				k[j] = most / c
			}
		}
	}
	return s.Bank.WithExposure(best)
}
