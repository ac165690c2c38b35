package itembank

import (
	"container/heap"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func statisticsID(slug string, version int) string { return fmt.Sprintf("%s@%d", slug, version) }

// Bounds of a run.
const (
	maxInstruments = 200
	maxItems       = 600  // of one instrument, or of the pool of an adaptive one
	maxWaves       = 64   // of one instrument
	maxSeconds     = 1800 // longer on one screen is a break
)

// Picks beyond the options of an item, as bits of row.picks.
const (
	maxOptions = 28
	pickRight  = 28 // types without options
	pickPart   = 29
	pickWrong  = 30
	pickKnow   = 31
)

// row is one whole form of the sample.
type row struct {
	order  uint64 // hash of the sitting's id
	id     string
	scores []float32
	picks  []uint32 // per item; 0: nothing was answered
	group  [5]int8  // per Groups: 1 focal, 0 reference, −1 nobody's
}

// sample keeps the rows with the smallest hashes: a random sample that does not
// depend on the order of the stream.
type sample []row

func (s sample) Len() int { return len(s) }
func (s sample) Less(i, j int) bool {
	return s[i].order > s[j].order || s[i].order == s[j].order && s[i].id > s[j].id
}
func (s sample) Swap(i, j int) { s[i], s[j] = s[j], s[i] }

// Push and Pop are those of a heap.
func (s *sample) Push(x any) { *s = append(*s, x.(row)) }

// Pop takes the row with the largest hash.
func (s *sample) Pop() any {
	old := *s
	last := old[len(old)-1]
	*s = old[:len(old)-1]
	return last
}

// counts are what one item gathers from the stream.
type counts struct {
	item                      *instrument.Item
	n, skipped, know, refused int
	sum                       float64
	times                     []int32 // per second
	timed                     int
	names                     []string // what can be taken
	masks                     []uint32 // of names
	picks                     []int    // per name
}

// waveCounts are the sums of whole forms of a wave.
type waveCounts struct {
	first store.Time
	n     int
	asked []int
	sum   []float64
}

// collector gathers one version of an instrument.
type collector struct {
	slug     string
	version  int
	in       *instrument.Instrument // nil: no fixed form
	items    []*counts
	at       map[string]int
	sittings int
	whole    int
	waves    map[string]*waveCounts
	rows     sample
	size     int
}

func newCollector(slug string, version int, in *instrument.Instrument, size int) *collector {
	c := &collector{slug: slug, version: version, in: in, at: map[string]int{}, waves: map[string]*waveCounts{}, size: size}
	if in == nil {
		return c
	}
	for _, it := range in.Items() {
		if it.Scored() && len(c.items) < maxItems {
			c.item(it)
		}
	}
	return c
}

func (c *collector) item(it *instrument.Item) int {
	if i, ok := c.at[it.ID]; ok {
		return i
	}
	c.at[it.ID] = len(c.items)
	q := &counts{item: it, names: optionNames(it)}
	q.masks, q.picks = make([]uint32, len(q.names)), make([]int, len(q.names))
	for i, name := range q.names {
		q.masks[i] = maskOf(it, name)
	}
	c.items = append(c.items, q)
	return len(c.items) - 1
}

// taken tells whether a sitting may tell something about items: it was finished for
// measurement, with consent to statistics, by somebody who belongs here. An adaptive
// test on a provisional bank is practice for the index (ADR 012) and still tells about
// its items.
func taken(doc *sitting.Sitting) bool {
	if !doc.Done() {
		return false
	}
	return doc.State == sitting.Counted || doc.State == sitting.Unweightable ||
		doc.State == sitting.Practice && slices.Contains(doc.Reasons, sitting.ReasonUncalibrated)
}

// add takes one finished sitting. item finds items where there is no fixed form.
func (c *collector) add(doc *sitting.Sitting, item func(id string) *instrument.Item) {
	c.sittings++
	if c.in == nil {
		seen := map[string]bool{}
		for id := range doc.Answers {
			seen[id] = true
		}
		for _, step := range doc.Log { // given, and perhaps not answered
			seen[step.Item] = true
		}
		for _, id := range sortedKeys(seen) {
			if it := item(id); it != nil && it.Scored() && (len(c.items) < maxItems || c.known(id)) {
				c.shown(c.item(it), doc)
			}
		}
		return
	}
	path := c.in.Path(doc.Answers, doc.Respondent.Answers())
	stopped := doc.Score != nil && doc.Score.Form == sitting.FormStopped
	r := row{id: doc.ID, order: order(doc.ID), group: groupsOf(doc)}
	keep := !stopped && c.wants(&r)
	var w *waveCounts
	if !stopped {
		c.whole++
		w = c.wave(doc)
	}
	if keep {
		r.scores, r.picks = make([]float32, len(c.items)), make([]uint32, len(c.items))
	}
	for i, q := range c.items {
		_, answered := doc.Answers[q.item.ID]
		if !answered && (!path.Has(q.item.ID) || stopped && !c.in.InFirst(q.item.ID)) {
			if keep {
				r.scores[i] = float32(math.NaN())
			}
			continue
		}
		score, picks := c.shown(i, doc)
		if w != nil {
			w.asked[i]++
			w.sum[i] += score
		}
		if keep {
			r.scores[i], r.picks[i] = float32(score), picks
		}
	}
	if keep {
		c.keep(r)
	}
}

func (c *collector) known(id string) bool { _, ok := c.at[id]; return ok }

// shown counts one item that a person saw.
func (c *collector) shown(i int, doc *sitting.Sitting) (score float64, picks uint32) {
	q := c.items[i]
	v := doc.Answers[q.item.ID]
	score, right, know := q.item.Score(v)
	q.n++
	q.sum += score
	switch {
	case know:
		q.know++
		picks = 1 << pickKnow
	case v.IsRefused():
		q.refused++
	case !v.Answered():
		q.skipped++
	default:
		picks = picksOf(q.item, v, score, right)
	}
	for i, mask := range q.masks {
		if took(picks, mask) {
			q.picks[i]++
		}
	}
	if spent, ok := doc.Spent[q.item.ID]; ok && spent > 0 && spent <= maxSeconds && !slices.Contains(doc.Breaks, q.item.ID) {
		if q.times == nil {
			q.times = make([]int32, maxSeconds+1)
		}
		q.times[spent]++
		q.timed++
	}
	return score, picks
}

// picksOf says what was taken: a bit per option, or how right it was.
func picksOf(it *instrument.Item, v instrument.Value, score float64, right bool) uint32 {
	var ids []string
	switch it.Type {
	case instrument.Single, instrument.Scale:
		if id, ok := v.Word(); ok {
			ids = []string{id}
		}
	case instrument.Multiple, instrument.Spot:
		ids, _ = v.List()
	}
	var out uint32
	for i, o := range it.Options {
		if i < maxOptions && slices.Contains(ids, o.ID) {
			out |= 1 << i
		}
	}
	switch {
	case out != 0:
	case right:
		out = 1 << pickRight
	case score > 0:
		out = 1 << pickPart
	default:
		out = 1 << pickWrong
	}
	return out
}

// Names of what was taken besides options.
const (
	NameRight    = "right"
	NamePart     = "part"
	NameWrong    = "wrong"
	NameDontKnow = "dont_know"
	NameNone     = "none"
)

// maskOf is the bit of what a name stands for; 0 is NameNone, where no bit is set.
func maskOf(it *instrument.Item, name string) uint32 {
	for i, o := range it.Options {
		if i < maxOptions && o.ID == name {
			return 1 << i
		}
	}
	switch name {
	case NameRight:
		return 1 << pickRight
	case NamePart:
		return 1 << pickPart
	case NameWrong:
		return 1 << pickWrong
	case NameDontKnow:
		return 1 << pickKnow
	}
	return 0
}

// took tells whether picks hold what a mask stands for.
func took(picks, mask uint32) bool { return picks&mask != 0 || mask == 0 && picks == 0 }

func (c *collector) wave(doc *sitting.Sitting) *waveCounts {
	w := c.waves[doc.Wave]
	if w == nil {
		if doc.Wave == "" || len(c.waves) >= maxWaves {
			return nil
		}
		w = &waveCounts{first: doc.Received, asked: make([]int, len(c.items)), sum: make([]float64, len(c.items))}
		c.waves[doc.Wave] = w
	}
	if doc.Received.Before(w.first.Time) {
		w.first = doc.Received
	}
	w.n++
	return w
}

func order(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("item statistics:" + id)) // a hash takes everything
	return h.Sum64()
}

// wants tells whether a row would stay in the sample.
func (c *collector) wants(r *row) bool {
	return len(c.rows) < c.size || r.order < c.rows[0].order
}

func (c *collector) keep(r row) {
	heap.Push(&c.rows, r)
	if len(c.rows) > c.size {
		heap.Pop(&c.rows)
	}
}

// groupsOf puts a person into the comparisons of DIF.
func groupsOf(doc *sitting.Sitting) (out [5]int8) {
	pick := func(known, focal bool) int8 {
		switch {
		case !known:
			return -1
		case focal:
			return 1
		}
		return 0
	}
	r := &doc.Respondent
	out[0] = pick(r.Sex != "", r.Sex == sitting.Female)
	age := slices.Index(sitting.AgeGroups, r.AgeGroup)
	forties := slices.Index(sitting.AgeGroups, sitting.Age40to49)
	out[1] = pick(age >= 0 && (age != forties || r.AgeBand != ""), age > forties || age == forties && strings.HasPrefix(r.AgeBand, "45"))
	out[2] = pick(age >= 0, age >= slices.Index(sitting.AgeGroups, sitting.Age60to69))
	out[3] = pick(doc.Language != "", doc.Language == "en")
	out[4] = pick(doc.Mode != "", doc.Mode != sitting.ModeSelf)
	return out
}
