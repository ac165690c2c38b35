package itembank

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
)

// PoolItem is an item that an adaptive test may give.
type PoolItem struct {
	Item        *instrument.Item
	Area        string // "ua5"
	A, B        float64
	Provisional bool     // from the intended level, not from answers
	Enemies     []string // sorted, both ways
}

// pool is what Pool has made, for the day and the state it was made of.
type pool struct {
	of      *state
	day     string
	cal     string
	items   []PoolItem
	version string
}

// Pool lists the items that may be given at a moment, by id: knowledge items that may be
// answered «не знаю», are valid on that day in Kyiv and not in quarantine. version changes with the list, its
// parameters and its enemies, and with nothing else; it stands in the logs of
// sittings. The list is shared and costs nothing until the day or a decision changes:
// do not change it.
//
// Without a released calibration an item has the one-parameter model at its intended
// difficulty, and says so.
func (s *Service) Pool(now time.Time) (items []PoolItem, version string) {
	at, day := s.now.Load(), now.In(i18n.Kyiv).Format(time.DateOnly)
	cal := s.calibration()
	if cal == nil {
		cal = &Calibration{}
	}
	if p := s.pool.Load(); p != nil && p.of == at && p.day == day && p.cal == cal.Version {
		return p.items, p.version
	}
	p := &pool{of: at, day: day, cal: cal.Version}
	var b strings.Builder
	for _, it := range s.o.Library.Items() {
		if !it.Scored() || !it.DontKnow || !it.ValidAt(now) || aside(at.events[itemPrefix+it.ID]) {
			continue
		}
		q := PoolItem{Item: it, A: 1, B: it.Difficulty, Provisional: true, Enemies: s.o.Library.Enemies(it.ID)}
		q.Area, _, _ = strings.Cut(it.Competence, ".")
		if known, ok := cal.Items[Name(it)]; ok {
			q.A, q.B, q.Provisional = known.A, known.B, false
		}
		fmt.Fprintf(&b, "%s %v %v %v\n", Name(it), q.A, q.B, q.Enemies)
		p.items = append(p.items, q)
	}
	sum := sha256.Sum256([]byte(b.String()))
	p.version = hex.EncodeToString(sum[:8])
	if cal.Version != "" {
		p.version = cal.Version + "-" + p.version
	}
	s.pool.Store(p)
	return p.items, p.version
}

// Name is an item with its version: "router-hours@1".
func Name(it *instrument.Item) string { return fmt.Sprintf("%s@%d", it.ID, it.Version) }

// Source is the pool as sittings ask for it: a sitting.Pool that knows Parameters.
func (s *Service) Source() *Source { return &Source{s: s} }

// Source gives sittings their items. It is safe for concurrent use.
type Source struct {
	s    *Service
	last atomic.Pointer[pooled]
}

type pooled struct {
	of      []PoolItem
	items   []sitting.Pooled
	version string
}

// Pool implements sitting.Pool.
func (p *Source) Pool(now time.Time) (items []sitting.Pooled, version string) {
	list, version := p.s.Pool(now)
	if l := p.last.Load(); l != nil && l.version == version && len(l.of) == len(list) {
		return l.items, version
	}
	l := &pooled{of: list, version: version, items: make([]sitting.Pooled, len(list))}
	for i, q := range list {
		l.items[i] = sitting.Pooled{Item: q.Item}
		if !q.Provisional {
			l.items[i].Parameters = adaptive.Item{A: q.A, B: q.B}
		}
	}
	p.last.Store(l)
	return l.items, version
}

// Parameters implements sitting.Parameters: those of the released calibration, of the
// newest version of an item.
func (p *Source) Parameters(item string) (adaptive.Item, bool) {
	cal := p.s.calibration()
	it, err := p.s.o.Library.Item(item)
	if cal == nil || err != nil {
		return adaptive.Item{}, false
	}
	known, ok := cal.Items[Name(it)]
	return adaptive.Item{A: known.A, B: known.B}, ok
}

// Marked tells whether a version is «апробовано»: what sittings ask before a test for a
// certificate begins.
func (s *Service) Marked(slug string, version int) bool {
	_, ok := s.Approved(slug, version)
	return ok
}
