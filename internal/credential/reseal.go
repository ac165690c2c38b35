package credential

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
)

// Reseal seals names, initials, remarks and the signing key anew where they are not
// under the first key of the ring. A job runs it while both keys can be read; left
// counts, by key, what somebody was changing meanwhile, and an old key may go once
// nothing is left under it.
func (s *Service) Reseal(ctx context.Context) (done int, left map[string]int, err error) {
	defer fault.Wrap(&err, "credential.Reseal")
	left = map[string]int{}
	if len(s.cfg.Ring.IDs()) == 1 {
		return 0, left, nil
	}
	if err := s.Tend(ctx); err != nil {
		return 0, left, err
	}
	stored := func(old string, err error) error {
		switch {
		case err == nil:
			done++
		case fault.Is(err, fault.Conflict):
			left[old]++
		case !fault.Is(err, fault.NotFound):
			return err
		}
		return nil
	}
	for c, err := range s.all.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return done, left, err
		}
		first, err := s.anew(c.ID, "initials", &c.Initials)
		if err != nil {
			return done, left, err
		}
		second, err := s.anew(c.ID, "name", &c.Name)
		if err != nil {
			return done, left, err
		}
		if first+second == "" {
			continue
		}
		if err := stored(max(first, second), s.all.Replace(ctx, c)); err != nil {
			return done, left, err
		}
	}
	for a, err := range s.attempts.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return done, left, err
		}
		old, err := s.anew(a.ID, "remark", &a.Remark)
		if err != nil {
			return done, left, err
		}
		if old == "" {
			continue
		}
		if err := stored(old, s.attempts.Replace(ctx, a)); err != nil {
			return done, left, err
		}
	}
	return done, left, nil
}

// anew seals a field under the present key and names the key that was in use; empty
// when there was nothing to do.
func (s *Service) anew(id, field string, sealed *string) (old string, err error) {
	old = vault.KeyOf(*sealed)
	if *sealed == "" || old == s.cfg.Ring.Current() {
		return "", nil
	}
	plain, err := s.open(id, field, *sealed)
	if err != nil {
		return "", err
	}
	*sealed = s.seal(id, field, plain)
	return old, nil
}
