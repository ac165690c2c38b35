package person

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
)

// Reseal seals everything that is not under the first key of the ring anew, and
// claims phones and addresses under it. A job runs it while both keys can be read;
// Sealed tells when the old one may go. It may be cut short and run again.
func (s *Service) Reseal(ctx context.Context) (done int, err error) {
	defer fault.Wrap(&err, "person.Reseal")
	current := s.ring.Current()
	for _, old := range s.ring.IDs() {
		if old == current {
			continue
		}
		for r, err := range s.people.Find(ctx, store.Query{Index: indexKey, Eq: []any{old}}) {
			if err != nil {
				return done, err
			}
			if err := s.resealOne(ctx, r.ID); err != nil {
				return done, err
			}
			done++
		}
	}
	if len(s.ring.IDs()) == 1 {
		return done, nil
	}
	n, err := s.resealSecrets(ctx, current)
	return done + n, err
}

func (s *Service) resealOne(ctx context.Context, id string) error {
	r, err := s.people.Get(ctx, id)
	if err != nil {
		return ignoreMissing(err)
	}
	p, err := s.unseal(r)
	if err != nil {
		return err
	}
	// Claims first: an unclaimed phone could be taken once the old key is gone.
	if p.Phone != "" && !p.PhoneShared {
		if err := s.claim(ctx, phoneClaims(s.ring, p.Phone), ID(r.ID)); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	if p.Email != "" {
		if err := s.claim(ctx, emailClaims(s.ring, p.Email), ID(r.ID)); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	err = s.change(ctx, id, func(r *record) error {
		p, err := s.unseal(r)
		if err != nil || r.Sealed == "" {
			return err
		}
		return s.seal(r, p)
	})
	if fault.Is(err, fault.Gone) {
		return nil
	}
	return err
}

func (s *Service) resealSecrets(ctx context.Context, current string) (done int, err error) {
	for doc, err := range s.secrets.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return done, err
		}
		if vault.KeyOf(doc.Sealed) == current {
			continue
		}
		raw, err := s.ring.Open(doc.Sealed, "secrets:"+doc.ID)
		if err != nil {
			return done, err
		}
		doc.Sealed = s.ring.Seal(raw, "secrets:"+doc.ID)
		if err := s.secrets.Replace(ctx, doc); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return done, err
		}
		done++
	}
	for m, err := range s.merges.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return done, err
		}
		if m.Sealed == "" || vault.KeyOf(m.Sealed) == current {
			continue
		}
		raw, err := s.ring.Open(m.Sealed, "merges:"+m.ID)
		if err != nil {
			return done, err
		}
		m.Sealed = s.ring.Seal(raw, "merges:"+m.ID)
		if err := s.merges.Replace(ctx, m); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return done, err
		}
		done++
	}
	return done, nil
}

// Sealed counts what still stands under each key but the first: an old key may be
// taken out of the configuration when nothing does, and a day has passed (tickets and
// mails that wait live up to a day).
func (s *Service) Sealed(ctx context.Context) (left map[string]int, err error) {
	defer fault.Wrap(&err, "person.Sealed")
	left = map[string]int{}
	for _, old := range s.ring.IDs()[1:] {
		for _, err := range s.people.Keys(ctx, store.Query{Index: indexKey, Eq: []any{old}}) {
			if err != nil {
				return nil, err
			}
			left[old]++
		}
	}
	for doc, err := range s.secrets.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return nil, err
		}
		if key := vault.KeyOf(doc.Sealed); key != s.ring.Current() {
			left[key]++
		}
	}
	for m, err := range s.merges.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return nil, err
		}
		if key := vault.KeyOf(m.Sealed); m.Sealed != "" && key != s.ring.Current() {
			left[key]++
		}
	}
	return left, nil
}

// CheckKeys tells at start whether everything that is sealed can be opened: a key that
// is missing from the configuration stops the program before it does harm.
// Errors: Unavailable, naming the keys.
func (s *Service) CheckKeys(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "person.CheckKeys")
	known := map[string]bool{}
	for _, id := range s.ring.IDs() {
		known[id] = true
	}
	q := store.Query{Index: indexKey, From: "0", Limit: 1}
	for {
		found := ""
		for k, err := range s.people.Keys(ctx, q) {
			if err != nil {
				return err
			}
			found, _ = k.Values[0].(string)
		}
		if found == "" {
			return nil
		}
		if !known[found] {
			return fault.Newf(fault.Unavailable, "", "people are sealed under the key %s, which is not in the configuration: put it back behind the current one", found)
		}
		q.From, q.After = nil, found
	}
}
