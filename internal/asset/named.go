package asset

import (
	"context"
	"strings"
	"time"

	"osvitlo/internal/fault"
)

// freshness is how old an answer of Named may be: other replicas' acts are seen then.
const freshness = 2 * time.Second

// maxNamed bounds the memory of Named.
const maxNamed = 1000

type named struct {
	a     *Asset // nil: there is none
	until time.Time
}

// Name is what a lesson calls the file: Folder and the id.
func (a *Asset) Name() string { return Folder + a.ID }

// Named finds the ready file that a lesson calls by its name, at most two seconds old,
// without asking the store for every reader. The caller must not change it, and must look
// at Published before it shows it to everybody. Errors: NotFound.
func (s *Service) Named(ctx context.Context, name string) (a *Asset, err error) {
	defer fault.Wrap(&err, "asset.Named")
	id, ok := strings.CutPrefix(name, Folder)
	if !ok || id == "" || strings.ContainsRune(id, '/') {
		return nil, fault.New(fault.NotFound, "")
	}
	now := s.o.Now()
	s.near.Lock()
	one, known := s.named[id]
	s.near.Unlock()
	if !known || now.After(one.until) {
		a, err := s.docs.Get(ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err != nil || a.State != Ready {
			a = nil
		}
		one = named{a, now.Add(freshness)}
		s.near.Lock()
		if len(s.named) >= maxNamed {
			clear(s.named)
		}
		s.named[id] = one
		s.near.Unlock()
	}
	if one.a == nil {
		return nil, fault.New(fault.NotFound, "")
	}
	return one.a, nil
}

// keep stores a changed document and forgets what Named knew of it.
func (s *Service) keep(ctx context.Context, a *Asset) error {
	err := s.docs.Replace(ctx, a)
	s.forget(a.ID)
	return err
}

func (s *Service) forget(id string) {
	s.near.Lock()
	delete(s.named, id)
	s.near.Unlock()
}
