package person

import (
	"context"
	"slices"
	"sync"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// account is what staff hold, and when all sessions of a person were ended last.
type account struct {
	store.Doc
	Grants []Grant    `json:"grants,omitempty"`
	Holds  []string   `json:"holds,omitempty"` // "mentor", "mentor@lib-1": for lists
	Ended  store.Time `json:"ended"`           // sessions begun before it are over
}

func (acc *account) live(now time.Time) []Grant {
	return slices.DeleteFunc(slices.Clone(acc.Grants), func(g Grant) bool { return !g.live(now) })
}

func (acc *account) index() {
	acc.Holds = acc.Holds[:0]
	for _, g := range acc.Grants {
		acc.Holds = append(acc.Holds, g.Role.String())
		if g.Place != "" {
			acc.Holds = append(acc.Holds, g.Role.String()+"@"+g.Place)
		}
	}
	slices.Sort(acc.Holds)
	acc.Holds = slices.Compact(acc.Holds)
}

// accountCache keeps accounts for two seconds: a request asks several times, and
// another replica's word is heard soon enough, since sessions end in the store.
type accountCache struct {
	mu   sync.Mutex
	held map[ID]cachedAccount
}

type cachedAccount struct {
	acc *account
	at  time.Time
}

const (
	cacheLife = 2 * time.Second
	cacheMost = 10_000
)

func (c *accountCache) get(id ID, now time.Time) *account {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.held[id]
	if age := now.Sub(h.at); !ok || age >= cacheLife || age < 0 {
		return nil
	}
	return h.acc
}

func (c *accountCache) put(id ID, acc *account, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil || len(c.held) >= cacheMost {
		c.held = map[ID]cachedAccount{}
	}
	c.held[id] = cachedAccount{acc, now}
}

func (c *accountCache) drop(id ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.held, id)
}

// account reads an account; whoever has none has an empty one. Do not change it.
func (s *Service) account(ctx context.Context, id ID) (*account, error) {
	if acc := s.accountsHeld.get(id, s.now()); acc != nil {
		return acc, nil
	}
	acc, err := s.accounts.Get(ctx, string(id))
	if fault.Is(err, fault.NotFound) {
		acc, err = &account{Doc: store.Doc{ID: string(id)}}, nil
	}
	if err != nil {
		return nil, err
	}
	s.accountsHeld.put(id, acc, s.now())
	return acc, nil
}

// changeAccount reads, changes and stores an account, again when somebody was faster.
func (s *Service) changeAccount(ctx context.Context, id ID, do func(*account) error) error {
	defer s.accountsHeld.drop(id)
	for range retries {
		acc, err := s.accounts.Get(ctx, string(id))
		fresh := fault.Is(err, fault.NotFound)
		if fresh {
			acc, err = &account{Doc: store.Doc{ID: string(id)}}, nil
		}
		if err != nil {
			return err
		}
		if err := do(acc); err != nil {
			return err
		}
		acc.index()
		if fresh {
			err = s.accounts.Insert(ctx, acc)
		} else {
			err = s.accounts.Replace(ctx, acc)
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// Grants lists the live roles of a person.
func (s *Service) Grants(ctx context.Context, id ID) (list []Grant, err error) {
	defer fault.Wrap(&err, "person.Grants")
	acc, err := s.account(ctx, id)
	if err != nil {
		return nil, err
	}
	return acc.live(s.now()), nil
}
