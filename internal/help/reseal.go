package help

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
)

// Reseal seals every question anew that is not under the first key of the ring. A job
// runs it while both keys can be read; left counts, by key, what somebody was changing
// meanwhile, and an old key may go once nothing is left under it.
func (s *Service) Reseal(ctx context.Context) (done int, left map[string]int, err error) {
	defer fault.Wrap(&err, "help.Reseal")
	left = map[string]int{}
	if s.o.Ring == nil || len(s.o.Ring.IDs()) == 1 {
		return 0, left, nil
	}
	for q, err := range s.questions.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return done, left, err
		}
		old, err := s.reseal(q)
		if err != nil {
			return done, left, err
		}
		if old == "" {
			continue
		}
		switch err := s.questions.Replace(ctx, q); {
		case err == nil:
			done++
		case fault.Is(err, fault.Conflict):
			left[old]++
		case !fault.Is(err, fault.NotFound):
			return done, left, err
		}
	}
	return done, left, nil
}

// reseal seals what a question holds under the present key and names the key that was
// in use; empty when there was nothing to do.
func (s *Service) reseal(q *Question) (old string, err error) {
	again := func(sealed *string, what string) error {
		if *sealed == "" || vault.KeyOf(*sealed) == s.o.Ring.Current() {
			return nil
		}
		at := "help_questions:" + q.ID + ":" + what
		raw, err := s.o.Ring.Open(*sealed, at)
		if err != nil {
			return err
		}
		old = vault.KeyOf(*sealed)
		*sealed = s.o.Ring.Seal(raw, at)
		return nil
	}
	if err := again(&q.Sealed, "asked"); err != nil {
		return old, err
	}
	if err := again(&q.Answer, "answer"); err != nil {
		return old, err
	}
	for i := range q.Notes {
		if err := again(&q.Notes[i].Text, "note"); err != nil {
			return old, err
		}
	}
	return old, nil
}
