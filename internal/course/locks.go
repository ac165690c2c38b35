package course

import (
	"hash/maphash"
	"sync"
)

// rowLocks keep the writers of one process from meeting at one document; between
// processes the store's revisions decide.
type rowLocks struct {
	once sync.Once
	seed maphash.Seed
	mu   [256]sync.Mutex
}

func (r *rowLocks) lock(key string) (unlock func()) {
	r.once.Do(func() { r.seed = maphash.MakeSeed() })
	m := &r.mu[maphash.String(r.seed, key)%uint64(len(r.mu))]
	m.Lock()
	return m.Unlock
}
