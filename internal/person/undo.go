package person

import (
	"context"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/store"
)

// Undo sets two joined people apart again. What the one who stayed was given is taken
// back unless it was changed since. Errors: NotFound, Gone (too late), Conflict.
func (s *Service) Undo(ctx context.Context, a Actor, merge string) (err error) {
	defer fault.Wrap(&err, "person.Undo")
	m, err := s.merges.Get(ctx, merge)
	if err != nil {
		return absent(err)
	}
	k, err := s.people.Get(ctx, string(m.Person))
	if err != nil {
		return absent(err)
	}
	if err := s.may(ctx, &a, PersonMerge, k.subject(), subjectOf(ID(k.ID))); err != nil {
		return hide(err)
	}
	switch {
	case m.State == MergeUndone:
		return nil
	case m.Sealed == "" || expired(m.Expires, s.now()):
		return fault.New(fault.Gone, "person.undo_late")
	case k.State != Active && k.State != Waiting:
		return fault.New(fault.Conflict, "person.undo_order") // it was joined to somebody else: undo that first
	case m.State == MergeBegun:
		if err := s.goOnMerging(ctx, m); err != nil {
			return err
		}
	}
	if m.State == MergeDone {
		m.State = MergeUndoes
		if err := s.merges.Replace(ctx, m); err != nil {
			return err
		}
	}
	s.step("undo begun")
	return s.goOnUndoing(ctx, m)
}

func (s *Service) goOnUndoing(ctx context.Context, m *Merge) error {
	b, err := s.mergeBefore(m)
	if err != nil {
		return err
	}
	d, err := s.people.Get(ctx, string(m.Drop))
	if err != nil {
		return err
	}
	if err := s.change(ctx, string(m.Person), func(r *record) error {
		if !slices.Contains(r.Merged, m.Drop) {
			return nil
		}
		p, err := s.unseal(r)
		if err != nil {
			return err
		}
		p = unfill(p, b)
		gone := append([]ID{m.Drop}, d.Merged...)
		r.Merged = slices.DeleteFunc(r.Merged, func(id ID) bool { return slices.Contains(gone, id) })
		r.Places = slices.DeleteFunc(r.Places, func(v string) bool {
			return slices.Contains(d.Places, v) && !slices.Contains(b.KeepPlaces, v)
		})
		return s.seal(r, p)
	}); err != nil {
		return err
	}
	s.step("set apart")
	if err := s.change(ctx, string(m.Drop), func(r *record) error {
		if r.State != Merged {
			return nil
		}
		p, err := s.unseal(r)
		if err != nil {
			return err
		}
		r.State, r.Into = Active, ""
		if p.ages().Minor(s.now()) {
			last, err := s.latest(ctx, m.Drop, Guardian)
			if err != nil {
				return err
			}
			if last == nil || !last.Given {
				r.State, r.Expires = Waiting, store.At(s.now().Add(WaitLimit)).String()
			}
		}
		return s.seal(r, p)
	}); err != nil {
		return err
	}
	s.step("back again")
	if err := s.reclaim(ctx, m.Drop); err != nil {
		return err
	}
	if err := s.endSessions(ctx, []ID{m.Person, m.Drop}, ""); err != nil {
		return err
	}
	if err := s.cfg.Outbox.Add(ctx, job.Message{ID: "person-unmerged:" + m.ID, Topic: TopicUnmerged, Payload: Event{Person: m.Person, Other: m.Drop}}); err != nil {
		return err
	}
	m.State, m.Undone = MergeUndone, store.At(s.now())
	return s.keepMerge(ctx, m)
}

// reclaim gives a person who is apart again the phone and the address back, unless
// somebody else has taken them meanwhile.
func (s *Service) reclaim(ctx context.Context, id ID) error {
	r, err := s.people.Get(ctx, string(id))
	if err != nil {
		return absent(err)
	}
	p, err := s.unseal(r)
	if err != nil {
		return err
	}
	shared, lost := p.PhoneShared, false
	if p.Phone != "" && !shared {
		err := s.claim(ctx, phoneClaims(s.ring, p.Phone), id)
		if shared = fault.Is(err, fault.Conflict); err != nil && !shared {
			return err
		}
	}
	if p.Email != "" {
		err := s.claim(ctx, emailClaims(s.ring, p.Email), id)
		if lost = fault.Is(err, fault.Conflict); err != nil && !lost {
			return err
		}
	}
	if shared == p.PhoneShared && !lost {
		return nil
	}
	return s.change(ctx, r.ID, func(r *record) error {
		p, err := s.unseal(r)
		if err != nil {
			return err
		}
		p.PhoneShared = shared
		if lost {
			p.Email, p.EmailProved = "", false
		}
		return s.seal(r, p)
	})
}

// unfill takes back what a merge filled in, where it still stands.
func unfill(p private, b before) private {
	for _, f := range b.Filled {
		switch {
		case f == "name" && p.Name == b.Drop.Name:
			p.Name = b.Keep.Name
		case f == "born" && p.Born == b.Drop.Born:
			p.Born = b.Keep.Born
		case f == "phone" && p.Phone == b.Drop.Phone:
			p.Phone, p.PhoneShared = b.Keep.Phone, b.Keep.PhoneShared
		case f == "email" && p.Email == b.Drop.Email:
			p.Email, p.EmailProved = b.Keep.Email, b.Keep.EmailProved
		}
	}
	return p
}
