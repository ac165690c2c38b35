package help

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/vault"
)

// reseal seals a question under the present key, so that the operator may take an old
// one out of the ring. One that somebody changes meanwhile waits for the next night.
func (s *Service) reseal(ctx context.Context, q *Question) error {
	old := false
	again := func(sealed *string, what string) error {
		if *sealed == "" || vault.KeyOf(*sealed) == s.o.Ring.Current() {
			return nil
		}
		at := "help_questions:" + q.ID + ":" + what
		raw, err := s.o.Ring.Open(*sealed, at)
		if err != nil {
			return err
		}
		*sealed, old = s.o.Ring.Seal(raw, at), true
		return nil
	}
	if err := again(&q.Sealed, "asked"); err != nil {
		return err
	}
	if err := again(&q.Answer, "answer"); err != nil {
		return err
	}
	for i := range q.Notes {
		if err := again(&q.Notes[i].Text, "note"); err != nil {
			return err
		}
	}
	if !old {
		return nil
	}
	err := s.questions.Replace(ctx, q)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
