package sitting

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Pooled is an item that adaptive tests may choose.
type Pooled struct {
	Item *instrument.Item
	// Parameters are its calibrated ones. The zero value stands for provisional
	// ones: discrimination 1 and the intended difficulty (METHOD §10).
	Parameters adaptive.Item
}

// parameters are those the model works with.
func (p Pooled) parameters() adaptive.Item {
	if p.Parameters.A == 0 {
		return adaptive.Item{A: 1, B: p.Item.Difficulty}
	}
	return p.Parameters
}

// Pool gives the items that sittings begun now may meet. version changes when the
// items do; it is asked at every start, so an answer should be kept until then.
type Pool interface {
	Pool(now time.Time) (items []Pooled, version string)
}

// Parameters is what a pool may know besides: the calibrated parameters of items that
// are not in it today, such as those of the full test whose facts are out of date.
type Parameters interface {
	Parameters(item string) (p adaptive.Item, ok bool)
}

// ItemPool is the pool of a content library: its knowledge items that may be
// answered «не знаю» and whose facts are in date on the day in Kyiv (USERS 13).
// It is safe for concurrent use.
func ItemPool(items []*instrument.Item) Pool {
	list := slices.DeleteFunc(slices.Clone(items), func(it *instrument.Item) bool { return !it.Scored() || !it.DontKnow })
	slices.SortFunc(list, func(a, b *instrument.Item) int { return strings.Compare(a.ID, b.ID) })
	return &itemPool{all: list}
}

type itemPool struct {
	all []*instrument.Item

	mu      sync.Mutex
	day     string
	items   []Pooled
	version string
}

func (p *itemPool) Pool(now time.Time) ([]Pooled, string) {
	day := now.In(i18n.Kyiv).Format(time.DateOnly)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.day != day {
		items := make([]Pooled, 0, len(p.all))
		for _, it := range p.all {
			if it.ValidUntil == "" || it.ValidUntil >= day {
				items = append(items, Pooled{Item: it})
			}
		}
		p.day, p.items, p.version = day, items, poolVersion(items)
	}
	return p.items, p.version
}

// pooledDoc is an item of a bank as it is stored.
type pooledDoc struct {
	Item json.RawMessage `json:"item"`
	A    float64         `json:"a"`
	B    float64         `json:"b"`
}

// pooledDocs are the items without what may change while they stay the same items:
// the state of their review and their dates.
func pooledDocs(items []Pooled) ([]pooledDoc, error) {
	out := make([]pooledDoc, len(items))
	for i, p := range items {
		it := *p.Item
		it.Status, it.Reviews, it.CheckedOn, it.ValidUntil = "", nil, "", ""
		raw, err := json.Marshal(&it)
		if err != nil {
			return nil, err
		}
		m := p.parameters()
		out[i] = pooledDoc{Item: raw, A: m.A, B: m.B}
	}
	return out, nil
}

// poolVersion is a hash of the items with their parameters.
func poolVersion(items []Pooled) string {
	docs, err := pooledDocs(items)
	if err != nil {
		return err.Error() // an item that cannot be written; the bank will say so
	}
	return hashDocs(docs)
}

func hashDocs(docs []pooledDoc) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(docs) // raw JSON and numbers: a hash takes them all
	return hex.EncodeToString(h.Sum(nil)[:12])
}
