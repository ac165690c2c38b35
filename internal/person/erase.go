package person

import (
	"context"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/store"
)

// receipt proves that somebody was erased, without saying who. Its id is the hash of
// its number.
type receipt struct {
	store.Doc
	At   store.Time `json:"at"`
	Done store.Time `json:"done"`
}

// Receipt is what a receipt number tells.
type Receipt struct {
	At   time.Time // when the erasure began
	Done bool      // everything is gone; false: it is under way
}

// receiptLetters are easy to read out: no I, L, O, U, no vowels that make words.
const receiptLetters = "0123456789BCDFGHJKMNPQRSTVWXYZ"

// newReceipt is a number such as "4F7K-QX2M-9CTD-P3": 14 letters, about 68 bits.
func newReceipt() string {
	var b strings.Builder
	for i := range 14 {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(receiptLetters[randomInt(int64(len(receiptLetters)))])
	}
	return b.String()
}

func receiptID(number string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= '0' && r <= '9' || r >= 'A' && r <= 'Z':
			return r
		}
		return -1
	}, number)
	return hashToken("receipt:" + clean)
}

// Erase erases a person for ever: what names them is removed, what must stay is
// unlinked, and the id answers Gone. The person asks for it, freshly signed in, or an
// administrator for somebody who asked on paper. It returns the number of a receipt.
// An erasure that was cut short is finished by ReplayErasures.
// Errors: NotFound, Unauthenticated "person.prove_again", Conflict
// "person.erase_staff" (roles must be given back first).
func (s *Service) Erase(ctx context.Context, a Actor, id ID) (number string, err error) {
	defer fault.Wrap(&err, "person.Erase")
	r, err := s.allowed(ctx, &a, id, MeErase, PersonErase)
	if err != nil {
		return "", err
	}
	acc, err := s.account(ctx, ID(r.ID))
	if err != nil {
		return "", err
	}
	if len(acc.live(s.now())) > 0 {
		return "", fault.New(fault.Conflict, "person.erase_staff")
	}
	ids := s.aliases(r)
	sittings, err := s.sittingsOf(ctx, ids)
	if err != nil {
		return "", err
	}
	number = newReceipt()
	t := Tombstone{IDs: ids, Sittings: sittings, Receipt: receiptID(number), At: store.At(s.now())}
	if err := s.cfg.Tombstones.Append(ctx, t); err != nil {
		return "", err
	}
	s.step("tombstone")
	// From here on the erasure will be finished, if not now then by the job: the person
	// gets the receipt even if a step fails.
	if err := s.bury(ctx, t); err != nil {
		s.log.ErrorContext(ctx, "an erasure was cut short and will be finished", "error", err.Error())
	}
	return number, nil
}

// bury runs the steps of an erasure; each can be run again. The person's document
// goes last, since it leads to everything else.
func (s *Service) bury(ctx context.Context, t Tombstone) error {
	if err := s.receipts.Insert(ctx, &receipt{Doc: store.Doc{ID: t.Receipt}, At: t.At}); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	s.step("receipt")
	steps := []struct {
		name string
		do   func() error
	}{
		{"sessions", func() error { return s.endSessions(ctx, t.IDs, "") }},
		{"cards", func() error { return wipe(ctx, s.cards, t.IDs) }},
		{"secrets", func() error { return s.dropSecrets(ctx, t.IDs) }},
		{"tickets", func() error { return wipe(ctx, s.tickets, t.IDs) }},
		{"sittings", func() error { return s.eraseSittings(ctx, t) }},
		{"holders", func() error { return s.eraseHeld(ctx, t) }},
		{"told", func() error {
			return s.cfg.Outbox.Add(ctx, job.Message{ID: "person-erased:" + string(t.IDs[0]), Topic: TopicErased, Payload: Event{Person: t.IDs[0], IDs: t.IDs}})
		}},
		{"consents", func() error { return wipe(ctx, s.consents, t.IDs) }},
		{"claims", func() error { return wipe(ctx, s.claims, t.IDs) }},
		{"merges", func() error { return wipe(ctx, s.merges, t.IDs) }},
		{"pairs", func() error { return wipe(ctx, s.pairs, t.IDs) }},
		{"accounts", func() error {
			for _, id := range t.IDs {
				if err := ignoreMissing(s.accounts.Delete(ctx, string(id), 0)); err != nil {
					return err
				}
				s.accountsHeld.drop(id)
			}
			return nil
		}},
		{"ended sessions", func() error { return wipe(ctx, s.sessions, t.IDs) }},
		{"people", func() error { return s.leaveStones(ctx, t) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			return err
		}
		s.step(step.name)
	}
	done := &receipt{Doc: store.Doc{ID: t.Receipt}, At: t.At, Done: store.At(s.now())}
	return s.receipts.Upsert(ctx, done)
}

// leaveStones replaces the documents of the person by what says Gone; the main one
// last, since a replay begins with it.
func (s *Service) leaveStones(ctx context.Context, t Tombstone) error {
	for _, id := range slices.Backward(t.IDs) {
		stone := &record{Doc: store.Doc{ID: string(id)}, State: Erased}
		old, err := s.people.Get(ctx, string(id))
		if fault.Is(err, fault.NotFound) {
			continue // the restored backup is older than the person
		}
		if err != nil {
			return err
		}
		if old.State == Erased {
			continue
		}
		stone.Rev = old.Rev
		if err := s.people.Replace(ctx, stone); err != nil {
			return err
		}
	}
	return nil
}

// wipe deletes all documents of the ids.
func wipe[T any, P store.Document[T]](ctx context.Context, c *store.Collection[T, P], ids []ID) error {
	for _, id := range ids {
		for k, err := range c.Keys(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return err
			}
			if err := ignoreMissing(c.Delete(ctx, k.ID, 0)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) eraseSittings(ctx context.Context, t Tombstone) error {
	if s.cfg.Sittings == nil {
		return nil
	}
	held, err := s.sittingsOf(ctx, t.IDs)
	if err != nil {
		return err
	}
	for _, id := range append(held, t.Sittings...) {
		err := s.cfg.Sittings.Erase(ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Gone) {
			return err
		}
	}
	return nil
}

func (s *Service) eraseHeld(ctx context.Context, t Tombstone) error {
	for _, h := range s.cfg.Holders {
		if err := h.Erase(ctx, t.IDs); err != nil {
			return err
		}
	}
	return nil
}

// ReplayErasures finishes erasures that were cut short, and repeats all of them after
// a restore: run it at start, before anybody is let in, and in a job. It returns how
// many it had to do.
func (s *Service) ReplayErasures(ctx context.Context) (done int, err error) {
	defer fault.Wrap(&err, "person.ReplayErasures")
	all, err := s.cfg.Tombstones.All(ctx)
	if err != nil {
		return 0, err
	}
	for _, t := range all {
		whole, err := s.buried(ctx, t)
		if err != nil {
			return done, err
		}
		if whole {
			continue
		}
		if err := s.bury(ctx, t); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// buried tells whether nothing is left to do for a tombstone.
func (s *Service) buried(ctx context.Context, t Tombstone) (bool, error) {
	have, err := s.receipts.Get(ctx, t.Receipt)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil || have.Done.IsZero() {
		return false, err
	}
	ids := make([]string, 0, len(t.IDs))
	for _, id := range t.IDs {
		ids = append(ids, string(id))
	}
	records, err := s.people.GetMany(ctx, ids)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(records, func(r *record) bool { return r.State != Erased }), nil
}

// CheckReceipt tells anybody who holds a number what it proves. Errors: NotFound.
func (s *Service) CheckReceipt(ctx context.Context, number string) (r *Receipt, err error) {
	defer fault.Wrap(&err, "person.CheckReceipt")
	missing := fault.New(fault.NotFound, "person.no_receipt")
	if len(number) > 60 {
		return nil, missing
	}
	have, err := s.receipts.Get(ctx, receiptID(number))
	if fault.Is(err, fault.NotFound) {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	return &Receipt{At: have.At.Time, Done: !have.Done.IsZero()}, nil
}
