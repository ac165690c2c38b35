package adaptive

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// ErrOver: the test has ended; ErrOutOfTurn: an answer to an item that was not
// the one given; ErrDiverged: a log that this bank and rule do not give.
var (
	ErrOver      = errors.New("adaptive: the test is over")
	ErrOutOfTurn = errors.New("adaptive: this item was not given")
	ErrDiverged  = errors.New("adaptive: the log took another path")
)

// Step is one line of the log of a test. A log, the seed and the bank give the
// whole path again.
type Step struct {
	Item        string  `json:"item"`
	Score       float64 `json:"score"`
	Theta       float64 `json:"theta"` // after the answer
	SE          float64 `json:"se"`
	Information float64 `json:"information"` // of the item at the θ before
	K           float64 `json:"k"`           // its exposure parameter
	Pretest     bool    `json:"pretest,omitempty"`
}

// Test is one person's way through a bank. What comes next depends on bank,
// rule, seed, language and the answers so far, on nothing else: a reload shows
// the same item. It is not safe for concurrent use.
type Test struct {
	bank     *Bank
	rule     Rule
	seed     uint64
	language string

	log      []Step
	density  []float64 // log posterior, unnormalised
	theta    float64
	se       float64
	blocked  []bool // given, or an enemy of what was given
	given    int    // scored items
	perArea  []int
	pretests int
	current  int // the item to be answered, −1 none
	info     float64
	stop     Stop
	ranked   []candidate
	mass     []float64
	// considered marks items that were chosen before exposure control spoke;
	// only studies keep it.
	considered []bool
}

type candidate struct {
	item int
	info float64
}

// Purposes of draws.
const (
	drawArea = iota + 1
	drawItem
	drawExposure
	drawPretest
	drawPretestItem
)

// NewTest begins a test at θ = 0 under the prior N(0, 1). seed comes from the
// sitting's id (Seed), language limits the items ("" takes all).
func NewTest(b *Bank, r Rule, seed uint64, language string) (*Test, error) {
	t, err := begin(b, r, seed, language)
	if err != nil {
		return nil, err
	}
	t.theta, t.se = t.eap()
	t.choose()
	return t, nil
}

func begin(b *Bank, r Rule, seed uint64, language string) (*Test, error) {
	r, err := r.withDefaults(b.areas)
	if err != nil {
		return nil, err
	}
	if b.grid.Validate() != nil {
		return nil, fmt.Errorf("%w: a bank that was not made by NewBank", ErrInput)
	}
	t := &Test{bank: b, rule: r, seed: seed, language: language, density: slices.Clone(b.prior), blocked: make([]bool, len(b.items)),
		perArea: make([]int, b.areas), mass: make([]float64, len(b.theta)), ranked: make([]candidate, 0, len(b.items))}
	for j, it := range b.items {
		if language != "" && it.Languages != nil && !slices.Contains(it.Languages, language) {
			t.blocked[j] = true
		}
	}
	return t, nil
}

// Seed turns the name of a sitting into a seed.
func Seed(name string) uint64 { return mix(hash(name)) }

// Next is the item to be answered now and whether there is one.
func (t *Test) Next() (id string, ok bool) {
	if t.current < 0 {
		return "", false
	}
	return t.bank.items[t.current].ID, true
}

// Stop says why the test ended, Going if it has not.
func (t *Test) Stop() Stop { return t.stop }

// Theta is the estimate so far and its posterior standard deviation.
func (t *Test) Theta() (theta, se float64) { return t.theta, t.se }

// Log of the steps so far; the caller must not change it.
func (t *Test) Log() []Step { return t.log }

// Given is the number of scored items answered.
func (t *Test) Given() int { return t.given }

// PerArea is the number of scored items answered per area.
func (t *Test) PerArea() []int { return slices.Clone(t.perArea) }

// End ends the test before its rule does.
func (t *Test) End() {
	if t.stop == Going {
		t.stop, t.current = Ended, -1
	}
}

// Answer takes the score, 0 to 1, of the item that Next gave.
func (t *Test) Answer(id string, score float64) error {
	switch {
	case t.stop != Going:
		return ErrOver
	case !(score >= 0 && score <= 1):
		return fmt.Errorf("%w: score %v", ErrInput, score)
	case t.bank.items[t.current].ID != id:
		return fmt.Errorf("%w: %q, it is the turn of %q", ErrOutOfTurn, id, t.bank.items[t.current].ID)
	}
	t.take(t.current, score, t.info)
	t.choose()
	return nil
}

// take enters an answer without choosing what comes next.
func (t *Test) take(j int, score, info float64) {
	t.enter(j, score)
	if !t.bank.items[j].Pretest {
		t.theta, t.se = t.eap()
	}
	t.log = append(t.log, Step{Item: t.bank.items[j].ID, Score: score, Theta: t.theta, SE: t.se, Information: info, K: t.bank.k[j], Pretest: t.bank.items[j].Pretest})
}

// enter marks an item as given and multiplies the posterior by its answer.
func (t *Test) enter(j int, score float64) {
	b := t.bank
	it := &b.items[j]
	t.blocked[j] = true
	for _, e := range b.enemies[j] {
		t.blocked[e] = true
	}
	if it.Pretest {
		t.pretests++
		return
	}
	k := len(b.theta)
	floats.AddScaled(t.density, score, b.right[j*k:(j+1)*k])
	floats.AddScaled(t.density, 1-score, b.wrong[j*k:(j+1)*k])
	t.given++
	t.perArea[it.Area]++
}

// eap normalises the posterior and takes its mean and standard deviation.
func (t *Test) eap() (theta, se float64) {
	top := floats.Max(t.density)
	var sum, first, second float64
	for i, d := range t.density {
		m := math.Exp(d - top)
		t.mass[i] = m
		sum += m
		first += m * t.bank.theta[i]
	}
	theta = first / sum
	for i, m := range t.mass {
		d := t.bank.theta[i] - theta
		second += m * d * d
		t.mass[i] = m / sum
	}
	return theta, math.Sqrt(second / sum)
}

// choose sets the next item, or ends the test.
func (t *Test) choose() {
	t.current = -1
	r := t.rule
	if t.given >= r.MaxItems {
		t.stop = Length
		return
	}
	if r.MaxSE > 0 && t.se < r.MaxSE && t.given >= max(r.MinItems, 1) && slices.Min(t.perArea) >= r.MinPerArea {
		t.stop = Precision
		return
	}
	step := uint64(len(t.log))
	if j := t.pretest(step); j >= 0 {
		t.current, t.info = j, t.bank.items[j].Information(t.theta)
		return
	}
	if !r.Balance {
		t.pick(-1, step)
	} else {
		for _, area := range t.areas(step) {
			if t.pick(area, step); t.current >= 0 {
				break
			}
		}
	}
	if t.current < 0 && r.Exposure == SympsonHetter {
		// Exposure control set every item aside: the best that is left.
		t.rank(-1)
		if len(t.ranked) > 0 {
			t.current, t.info = t.ranked[0].item, t.ranked[0].info
		}
	}
	if t.current < 0 {
		t.stop = Exhausted
	}
}

// areas in the order of how far behind their target they are, ties at random.
func (t *Test) areas(step uint64) []int {
	type place struct {
		area        int
		ratio, draw float64
	}
	order := make([]place, t.bank.areas)
	for k := range order {
		target := 1.0
		if t.rule.Targets != nil {
			target = t.rule.Targets[k]
		}
		order[k] = place{k, float64(t.perArea[k]) / target, draw(t.seed, drawArea, step<<16|uint64(k))}
	}
	slices.SortFunc(order, func(a, b place) int {
		switch {
		case a.ratio < b.ratio || a.ratio == b.ratio && a.draw < b.draw:
			return -1
		case a.ratio == b.ratio && a.draw == b.draw:
			return a.area - b.area
		}
		return 1
	})
	out := make([]int, len(order))
	for k, p := range order {
		out[k] = p.area
	}
	return out
}

// rank lists the items of an area (−1: all) that may be given, by information
// at the estimate, the first in the bank on ties.
func (t *Test) rank(area int) {
	t.ranked = t.ranked[:0]
	add := func(items []int) {
		for _, j := range items {
			if !t.blocked[j] {
				t.ranked = append(t.ranked, candidate{j, t.bank.items[j].Information(t.theta)})
			}
		}
	}
	if area >= 0 {
		add(t.bank.byArea[area])
	} else {
		for _, items := range t.bank.byArea {
			add(items)
		}
	}
	slices.SortFunc(t.ranked, func(a, b candidate) int {
		switch {
		case a.info > b.info:
			return -1
		case a.info < b.info:
			return 1
		}
		return a.item - b.item
	})
}

// pick chooses within an area under the exposure control.
func (t *Test) pick(area int, step uint64) {
	t.rank(area)
	if len(t.ranked) == 0 {
		return
	}
	at := 0
	switch t.rule.Exposure {
	case Randomesque:
		at = int(draw(t.seed, drawItem, step) * float64(min(t.rule.Best, len(t.ranked))))
	case SympsonHetter:
		// An item set aside once stays aside for this person: the draw hangs
		// on the item, not on the step.
		for at < len(t.ranked) {
			j := t.ranked[at].item
			if t.considered != nil {
				t.considered[j] = true
			}
			if draw(t.seed, drawExposure, hash(t.bank.items[j].ID)) < t.bank.k[j] {
				break
			}
			at++
		}
		if at == len(t.ranked) {
			if area < 0 || t.perArea[area] >= t.rule.MinPerArea {
				return
			}
			at = 0 // all of the area's items were set aside: its minimum goes before exposure
		}
	}
	t.current, t.info = t.ranked[at].item, t.ranked[at].info
}

// pretest tells whether a seed item comes now and which, −1 for none: seeds
// stand at drawn places among the first MaxItems.
func (t *Test) pretest(step uint64) int {
	left := t.rule.Pretest - t.pretests
	if left <= 0 || t.given == 0 {
		return -1
	}
	room := t.rule.MaxItems - t.given + left
	if draw(t.seed, drawPretest, step)*float64(room) >= float64(left) {
		return -1
	}
	var free []int
	for _, j := range t.bank.seeds {
		if !t.blocked[j] {
			free = append(free, j)
		}
	}
	if len(free) == 0 {
		return -1
	}
	return free[int(draw(t.seed, drawPretestItem, step)*float64(len(free)))]
}

// Resume rebuilds a test from the items and scores of its log, which stand as
// they are, with what was estimated then, even if the bank has changed since:
// items that left it are an error, changed parameters move the estimate.
func Resume(b *Bank, r Rule, seed uint64, language string, log []Step) (*Test, error) {
	t, err := begin(b, r, seed, language)
	if err != nil {
		return nil, err
	}
	if len(log) > MaxItems {
		return nil, fmt.Errorf("%w: a log of %d steps", ErrInput, len(log))
	}
	for i, s := range log {
		j, known := b.place[s.Item]
		if !known || !(s.Score >= 0 && s.Score <= 1) {
			return nil, fmt.Errorf("%w: step %d is item %q with score %v", ErrInput, i+1, s.Item, s.Score)
		}
		t.enter(j, s.Score)
	}
	t.log = slices.Clone(log)
	t.theta, t.se = t.eap()
	t.choose()
	return t, nil
}

// Replay goes the way of a log step by step and holds every figure of it
// against what this bank and rule give: the first difference is ErrDiverged.
func Replay(b *Bank, r Rule, seed uint64, language string, log []Step) (*Test, error) {
	t, err := NewTest(b, r, seed, language)
	if err != nil {
		return nil, err
	}
	for i, s := range log {
		id, ok := t.Next()
		if !ok || id != s.Item {
			return nil, fmt.Errorf("%w: step %d is %q, the log has %q", ErrDiverged, i+1, id, s.Item)
		}
		if err := t.Answer(id, s.Score); err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		if got := t.log[i]; got != s {
			return nil, fmt.Errorf("%w: step %d gives %+v, the log has %+v", ErrDiverged, i+1, got, s)
		}
	}
	return t, nil
}
