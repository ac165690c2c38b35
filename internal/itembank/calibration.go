package itembank

import (
	"container/heap"
	"context"
	"fmt"
	"math"
	"slices"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

var calibrationSpec = store.Spec{Name: "item_calibrations"}

// Released is the act of releasing a calibration.
const Released Kind = "release"

const (
	draftID           = "draft"
	calibrationPrefix = "calibration:"
	leastAnswers      = 3 // of a person who tells something about parameters
	refits            = 4 // after items that are not identified were taken out
)

// More reasons why a figure is missing.
const (
	WhyUnidentified Why = "unidentified" // the parameters mean nothing (|b| > 4 or a < 0.2)
	WhyUnfair       Why = "unfair"       // DIF of class C (METHOD §13)
	WhyUnlinked     Why = "unlinked"     // too few items hold still since the running calibration
)

// CalibrationRun is a calibration with all it rests on: the draft that the job makes,
// or a released one, which never changes.
type CalibrationRun struct {
	store.Doc            // "draft", or "cal-0001"
	Made      store.Time `json:"made"`
	Model     string     `json:"model,omitempty"`
	Persons   int        `json:"persons"`
	Cycles    int        `json:"cycles,omitempty"`
	LogLik    float64    `json:"log_lik,omitempty"`
	Items     []RunItem  `json:"items,omitempty"`
	Link      *RunLink   `json:"link,omitempty"`
	Trouble   Why        `json:"trouble,omitempty"` // why it cannot be released
	Detail    string     `json:"detail,omitempty"`  // of the model, in its own words

	Released store.Time `json:"released,omitzero"`
	By       person.ID  `json:"by,omitempty"`
	Role     string     `json:"role,omitempty"`
}

// RunItem is an item in a calibration.
type RunItem struct {
	ID      string  `json:"id"`
	Version int     `json:"version"`
	N       int     `json:"n"`
	Mean    float64 `json:"mean"`
	A       float64 `json:"a,omitempty"`
	B       float64 `json:"b,omitempty"`
	SEA     float64 `json:"se_a,omitempty"`
	SEB     float64 `json:"se_b,omitempty"`
	Out     Why     `json:"out,omitempty"` // why it has no parameters; empty: it has
}

// RunLink carried the new parameters to the running scale.
type RunLink struct {
	To      string   `json:"to"`
	Slope   float64  `json:"slope"`
	Shift   float64  `json:"shift"`
	Anchors int      `json:"anchors"`
	Dropped []string `json:"dropped,omitempty"` // anchors that moved
}

// given are the scores of one person.
type given struct {
	order  uint64
	id     string
	items  []uint16
	scores []float32
}

// crowd keeps a random sample of persons, as sample does.
type crowd []given

func (c crowd) Len() int { return len(c) }
func (c crowd) Less(i, j int) bool {
	return c[i].order > c[j].order || c[i].order == c[j].order && c[i].id > c[j].id
}
func (c crowd) Swap(i, j int) { c[i], c[j] = c[j], c[i] }

// Push and Pop are those of a heap.
func (c *crowd) Push(x any) { *c = append(*c, x.(given)) }

// Pop takes the person with the largest hash.
func (c *crowd) Pop() any {
	old := *c
	last := old[len(old)-1]
	*c = old[:len(old)-1]
	return last
}

// Calibrate estimates the parameters of all items that enough people have answered
// (METHOD §10) and stores them as the draft. It is the job «item calibration»; its
// memory is that of the sample. A draft that may not be released says why in Trouble;
// errors are those of the store and of ctx.
func (s *Service) Calibrate(ctx context.Context, sittings Sittings) (run *CalibrationRun, err error) {
	defer fault.Wrap(&err, "itembank.Calibrate")
	pool, at := []*instrument.Item{}, map[string]int{}
	for _, it := range s.o.Library.Items() {
		if it.Scored() {
			at[it.ID] = len(pool)
			pool = append(pool, it)
		}
	}
	people := crowd{}
	for doc, err := range sittings.All(ctx) {
		if err != nil {
			return nil, err
		}
		if !taken(doc) || string(doc.Role) != string(instrument.RoleTest) {
			continue
		}
		g := given{order: order(doc.ID), id: doc.ID}
		if len(people) >= s.o.Sample && g.order >= people[0].order {
			continue
		}
		s.scores(doc, func(it *instrument.Item, score float64) {
			if k, ok := at[it.ID]; ok && pool[k].Version == it.Version {
				g.items, g.scores = append(g.items, uint16(k)), append(g.scores, float32(score))
			}
		})
		if len(g.items) < leastAnswers {
			continue
		}
		if heap.Push(&people, g); len(people) > s.o.Sample {
			heap.Pop(&people)
		}
	}
	slices.SortFunc(people, func(a, b given) int {
		if a.order != b.order {
			if a.order < b.order {
				return -1
			}
			return 1
		}
		return 0
	})
	run = s.estimate(pool, people)
	run.ID, run.Made = draftID, store.At(s.o.Now())
	if err := s.runs.Upsert(ctx, run); err != nil {
		return nil, err
	}
	return run, s.Refresh(ctx)
}

// scores visits the items that a person was given, skipped ones among them: they were
// administered and count 0 (METHOD §1).
func (s *Service) scores(doc *sitting.Sitting, visit func(*instrument.Item, float64)) {
	in, ok := s.o.Catalogue.Version(doc.Instrument, doc.Version)
	if !ok {
		return
	}
	path := in.Path(doc.Answers, doc.Respondent.Answers())
	stopped := doc.Score != nil && doc.Score.Form == sitting.FormStopped
	for _, it := range in.Items() {
		_, answered := doc.Answers[it.ID]
		if it.Scored() && (answered || path.Has(it.ID) && !(stopped && !in.InFirst(it.ID))) {
			score, _, _ := it.Score(doc.Answers[it.ID])
			visit(it, score)
		}
	}
	for _, step := range doc.Log {
		if it, err := s.o.Library.Item(step.Item); err == nil {
			visit(it, step.Score)
		}
	}
}

// estimate fits the model to the items that can be fitted, and links it.
func (s *Service) estimate(pool []*instrument.Item, people crowd) *CalibrationRun {
	run := &CalibrationRun{Persons: len(people)}
	n, sum := make([]int, len(pool)), make([]float64, len(pool))
	for _, g := range people {
		for k, i := range g.items {
			n[i]++
			sum[i] += float64(g.scores[k])
		}
	}
	var use []int
	run.Items = make([]RunItem, len(pool))
	for i, it := range pool {
		r := RunItem{ID: it.ID, Version: it.Version, N: n[i]}
		if n[i] > 0 {
			r.Mean = sum[i] / float64(n[i])
		}
		switch {
		case n[i] < adaptive.RaschModel:
			r.Out = WhyFew
		case r.Mean <= 0 || r.Mean >= 1:
			r.Out = WhySame
		default:
			use = append(use, i)
		}
		run.Items[i] = r
	}
	for range refits {
		if len(use) < leastAnswers {
			run.Trouble = WhyFew
			return run
		}
		fit, err := fitOf(people, use, len(pool))
		if err != nil {
			run.Trouble, run.Detail = WhyModel, err.Error()
			return run
		}
		run.Model, run.Cycles, run.LogLik = string(fit.Model), fit.Cycles, fit.LogLik
		kept := use[:0:0]
		for k, i := range use {
			x, r := fit.Items[k], &run.Items[i]
			r.A, r.B, r.SEA, r.SEB = x.A, x.B, finite(x.SEA), finite(x.SEB)
			if x.Unidentified {
				r.Out = WhyUnidentified
				continue
			}
			kept = append(kept, i)
		}
		if len(kept) == len(use) {
			break
		}
		use = kept
	}
	s.link(run, use)
	for _, i := range use { // unfair items help to measure people, and are given to nobody
		r := &run.Items[i]
		if slices.ContainsFunc(s.Proposals(r.ID), func(p Proposal) bool { return p.Reason == ProposeDIF }) {
			r.Out = WhyUnfair
		}
	}
	for i := range run.Items {
		if r := &run.Items[i]; r.Out != "" && r.Out != WhyUnfair {
			r.A, r.B, r.SEA, r.SEB = 0, 0, 0, 0
		}
	}
	return run
}

// fitOf calibrates the chosen items on the persons who answered some of them.
func fitOf(people crowd, use []int, pool int) (adaptive.Calibrated, error) {
	at := make([]int, pool)
	for i := range at {
		at[i] = -1
	}
	for k, i := range use {
		at[i] = k
	}
	answers, err := adaptive.NewAnswers(len(use))
	if err != nil {
		return adaptive.Calibrated{}, err
	}
	line := make([]float64, len(use))
	for _, g := range people {
		some := false
		for k := range line {
			line[k] = math.NaN()
		}
		for k, i := range g.items {
			if at[i] >= 0 {
				line[at[i]], some = float64(g.scores[k]), true
			}
		}
		if some {
			if err := answers.Add(line); err != nil {
				return adaptive.Calibrated{}, err
			}
		}
	}
	return adaptive.Calibrate(answers, adaptive.CalibrateOptions{Errors: true})
}

// link carries the parameters to the running scale by the items on both (METHOD §2).
func (s *Service) link(run *CalibrationRun, use []int) {
	running := s.now.Load().released
	if running == nil {
		return
	}
	old := map[string]RunItem{}
	for _, r := range running.Items {
		if r.A > 0 {
			old[fmt.Sprintf("%s@%d", r.ID, r.Version)] = r
		}
	}
	var anchors []int
	var fresh, held []adaptive.Item
	for _, i := range use {
		r := run.Items[i]
		if o, ok := old[fmt.Sprintf("%s@%d", r.ID, r.Version)]; ok {
			anchors = append(anchors, i)
			fresh, held = append(fresh, adaptive.Item{A: r.A, B: r.B}), append(held, adaptive.Item{A: o.A, B: o.B})
		}
	}
	linked, err := adaptive.Links(fresh, held, adaptive.LinkOptions{FormItems: len(use)})
	if err != nil {
		run.Trouble, run.Detail = WhyUnlinked, err.Error()
		return
	}
	run.Link = &RunLink{To: running.ID, Slope: linked.Slope, Shift: linked.Shift, Anchors: len(linked.Used)}
	for _, d := range linked.Dropped {
		run.Link.Dropped = append(run.Link.Dropped, run.Items[anchors[d.Anchor]].ID)
	}
	for _, i := range use {
		r := &run.Items[i]
		x := linked.Item(adaptive.Item{A: r.A, B: r.B})
		r.A, r.B, r.SEA, r.SEB = x.A, x.B, r.SEA/linked.Slope, r.SEB*linked.Slope
	}
}
