package app

import (
	"sync"
	"sync/atomic"
	"time"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/itembank"
	"osvitlo/internal/sitting"
)

// pool gives adaptive tests their items: those of the content, and once the item bank
// is open, its own: without what was set aside, with what was calibrated. The bank
// reads sittings, so it opens after them.
type pool struct {
	content sitting.Pool
	bank    atomic.Pointer[itembank.Service]

	mu      sync.Mutex
	version string
	items   []sitting.Pooled
}

// Pool implements sitting.Pool.
func (p *pool) Pool(now time.Time) ([]sitting.Pooled, string) {
	bank := p.bank.Load()
	if bank == nil {
		return p.content.Pool(now)
	}
	items, version := bank.Pool(now)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.version != version || p.items == nil {
		list := make([]sitting.Pooled, 0, len(items))
		for _, it := range items {
			q := sitting.Pooled{Item: it.Item}
			if !it.Provisional {
				q.Parameters = adaptive.Item{A: it.A, B: it.B}
			}
			list = append(list, q)
		}
		p.version, p.items = version, list
	}
	return p.items, p.version
}

// Approved tells whether the city's methodologist has marked a version «апробовано».
func (p *pool) Approved(slug string, version int) bool {
	bank := p.bank.Load()
	if bank == nil {
		return false
	}
	_, ok := bank.Approved(slug, version)
	return ok
}
