package person

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
)

// claim is a document whose id is the claimed value, hashed: a phone, an address, an
// identity of a provider, a sitting.
type claim struct {
	store.Doc
	Person ID         `json:"person"`
	Made   store.Time `json:"made"`
}

// claimSlack is how long a claim stands although its person is not stored: the write
// may be under way.
const claimSlack = time.Minute

// The ids of claims: one for every key of the ring, so that two replicas in the
// middle of a key exchange meet each other's claims.
func phoneClaims(r *vault.Ring, phone string) []string {
	return claimIDs("phone:", r.Hashes("phone", phone))
}
func emailClaims(r *vault.Ring, email string) []string {
	return claimIDs("email:", r.Hashes("email", email))
}

func claimIDs(prefix string, hashes []string) []string {
	ids := make([]string, 0, len(hashes))
	for _, h := range hashes {
		ids = append(ids, prefix+h)
	}
	return ids
}

// identityClaims is the claim of a provider's identity. Issuer and subject name
// nobody by themselves, so a plain hash will do and outlives the keys.
func identityClaims(issuer, subject string) []string {
	return []string{"identity:" + hashToken(issuer + "\x00" + subject)[:40]}
}

func sittingClaims(sitting string) []string { return []string{"sitting:" + sitting} }

// claim takes all the ids for a person. Errors: Conflict when another living person
// has one of them; what this call had taken is given back then.
func (s *Service) claim(ctx context.Context, ids []string, person ID) error {
	var taken []string
	for _, id := range ids {
		fresh, err := s.claimOne(ctx, id, person)
		if err != nil {
			if uerr := s.unclaim(ctx, taken, person); uerr != nil {
				s.log.WarnContext(ctx, "a claim was not given back", "error", uerr.Error())
			}
			return err
		}
		if fresh {
			taken = append(taken, id)
		}
	}
	return nil
}

func (s *Service) claimOne(ctx context.Context, id string, person ID) (fresh bool, err error) {
	for range retries {
		err := s.claims.Insert(ctx, &claim{Doc: store.Doc{ID: id}, Person: person, Made: store.At(s.now())})
		if !fault.Is(err, fault.Conflict) {
			return err == nil, err
		}
		held, err := s.claims.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue // given back just now
		}
		if err != nil {
			return false, err
		}
		if held.Person == person {
			return false, nil
		}
		owner, err := s.people.Get(ctx, string(held.Person))
		if err == nil && owner.State == Merged { // the other one may have been joined to this one
			if real, err := s.Real(ctx, held.Person); err == nil && real == person {
				return false, nil
			}
		}
		switch {
		case err == nil && owner.State != Erased:
			return false, fault.New(fault.Conflict, "person.taken")
		case err != nil && !fault.Is(err, fault.NotFound):
			return false, err
		case err != nil && s.now().Sub(held.Made.Time) < claimSlack:
			return false, fault.New(fault.Conflict, "person.taken")
		}
		held.Person, held.Made = person, store.At(s.now()) // nobody stands behind it
		if err = s.claims.Replace(ctx, held); err == nil {
			return true, nil
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return false, err
		}
	}
	return false, fault.New(fault.Conflict, "person.taken")
}

// unclaimAll gives back what a person holds of the ids under any of their own ids.
func (s *Service) unclaimAll(ctx context.Context, ids []string, r *record) error {
	for _, id := range s.aliases(r) {
		if err := s.unclaim(ctx, ids, id); err != nil {
			return err
		}
	}
	return nil
}

// unclaim gives back what this id holds of the ids.
func (s *Service) unclaim(ctx context.Context, ids []string, person ID) error {
	for _, id := range ids {
		held, err := s.claims.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if held.Person != person {
			continue
		}
		if err := s.claims.Delete(ctx, id, held.Rev); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// holder finds who holds one of the ids. Errors: NotFound.
func (s *Service) holder(ctx context.Context, ids []string) (*record, error) {
	for _, id := range ids {
		held, err := s.claims.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		r, err := s.follow(ctx, held.Person)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
			continue
		}
		return r, err
	}
	return nil, fault.New(fault.NotFound, "person.not_here")
}

// Attach binds an anonymous sitting to the person. The proof is what opens the
// sitting on this device, its cookie or result key; the id alone does nothing.
// Errors: NotFound (no such sitting, a wrong proof, or somebody has it already).
func (s *Service) Attach(ctx context.Context, a Actor, sitting, proof string) (err error) {
	defer fault.Wrap(&err, "person.Attach")
	missing := fault.New(fault.NotFound, "person.sitting_not_yours")
	if s.cfg.Sittings == nil || len(sitting) > 64 {
		return missing
	}
	r, err := s.allowed(ctx, &a, a.Person, SittingAttach, SittingAttach)
	if err != nil {
		return err
	}
	ok, err := s.cfg.Sittings.Opens(ctx, sitting, proof)
	if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Gone) && !fault.Is(err, fault.Invalid) {
		return err
	}
	if err != nil || !ok {
		return missing
	}
	err = s.claim(ctx, sittingClaims(sitting), ID(r.ID))
	if fault.Is(err, fault.Conflict) {
		return missing
	}
	return err
}

// Sittings lists the sittings that are attached to a person, under any of the ids.
func (s *Service) Sittings(ctx context.Context, id ID) (list []string, err error) {
	defer fault.Wrap(&err, "person.Sittings")
	r, err := s.follow(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.sittingsOf(ctx, s.aliases(r))
}

// maxSittings bounds what is listed of one person.
const maxSittings = 10_000

func (s *Service) sittingsOf(ctx context.Context, ids []ID) (list []string, err error) {
	for _, id := range ids {
		for k, err := range s.claims.Keys(ctx, store.Query{Index: indexPerson, Eq: []any{id}, Limit: maxSittings}) {
			if err != nil {
				return nil, err
			}
			if len(k.ID) > 8 && k.ID[:8] == "sitting:" {
				list = append(list, k.ID[8:])
			}
		}
	}
	return list, nil
}

// aliases lists all ids of a person: the own one first.
func (s *Service) aliases(r *record) []ID { return append([]ID{ID(r.ID)}, r.Merged...) }
