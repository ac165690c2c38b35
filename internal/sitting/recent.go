package sitting

import (
	"sync"
	"time"
)

// recent keeps the drafts that were just written, for the page that follows: an
// answer is stored and the next screen asked for within a second, and reading and
// decoding the document again would be a fifth of the work of a screen.
//
// What it gives is only looked at: every write reads the store and names the revision
// it was made from, so a draft that another server changed meanwhile is noticed
// there. Its documents are shared and never changed.
type recent struct {
	mu    sync.Mutex
	held  map[string]recentDoc
	order []string // ids as they came, the oldest first
}

type recentDoc struct {
	doc   *Sitting // nil: changed by other means
	until time.Time
}

// Bounds of what is kept: the time of a redirect, and some megabytes.
const (
	recentLife = 3 * time.Second
	maxRecent  = 512
)

// put keeps a draft as it was stored. The caller must not change it any more. It
// comes too late if the sitting was changed by other means in between.
func (r *recent) put(doc *Sitting, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d, there := r.held[doc.ID]; there && now.Before(d.until) && (d.doc == nil || d.doc.Rev > doc.Rev) {
		return
	}
	r.set(doc.ID, recentDoc{doc, now.Add(recentLife)}, now)
}

// drop forgets a sitting that is changed by other means than an answer.
func (r *recent) drop(id string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set(id, recentDoc{nil, now.Add(recentLife)}, now)
}

func (r *recent) set(id string, d recentDoc, now time.Time) {
	if r.held == nil {
		r.held = make(map[string]recentDoc, maxRecent)
	}
	if _, there := r.held[id]; !there {
		r.order = append(r.order, id)
	}
	r.held[id] = d
	for len(r.order) > 0 {
		oldest := r.order[0]
		if d := r.held[oldest]; len(r.order) <= maxRecent && now.Before(d.until) {
			break
		}
		delete(r.held, oldest)
		r.order = r.order[1:]
	}
}

// get gives a draft that was written a moment ago, or nil.
func (r *recent) get(id string, now time.Time) *Sitting {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d, there := r.held[id]; there && now.Before(d.until) {
		return d.doc
	}
	return nil
}
