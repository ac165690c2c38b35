package person

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// UndoFor is how long a merge can be undone.
const UndoFor = 90 * 24 * time.Hour

// MergeState is where a merge stands.
type MergeState string

// The states of a merge.
const (
	MergeBegun  MergeState = "begun"
	MergeDone   MergeState = "done"
	MergeUndoes MergeState = "undoes" // being undone
	MergeUndone MergeState = "undone"
)

// Merge is the history of one merge: both people as they were are sealed in it until
// it can no longer be undone.
type Merge struct {
	store.Doc
	Person  ID         `json:"person"` // who stays
	Drop    ID         `json:"drop"`   // who becomes an alias
	State   MergeState `json:"state"`
	By      ID         `json:"by,omitempty"`
	Made    store.Time `json:"made"`
	Undone  store.Time `json:"undone"`
	Sealed  string     `json:"sealed,omitempty"`
	Expires string     `json:"expires,omitempty"` // when Sealed goes
}

// before is what a merge seals.
type before struct {
	Keep       private  `json:"keep"`
	Drop       private  `json:"drop"`
	KeepPlaces []string `json:"keep_places,omitempty"`
	Filled     []string `json:"filled,omitempty"` // what the one who stays was given
}

// Topics of events for packages above: the payload is an Event.
const (
	TopicMerged   = "person-merged"
	TopicUnmerged = "person-unmerged"
	TopicErased   = "person-erased"
)

// Event tells packages above what became of people. It holds ids only.
type Event struct {
	Person ID   `json:"person"`
	Other  ID   `json:"other,omitempty"` // who was joined, or set apart again
	IDs    []ID `json:"ids,omitempty"`   // all ids of an erased person
}

// Merge joins drop to keep: the id of drop leads to keep from then on, with its
// cards, ways in and sittings; keep gets what it lacks of name, birth year and
// contacts. Staff roles must be taken back from drop before. Consents are not joined:
// those of keep hold. Errors: NotFound, Forbidden, Conflict "person.merge_staff",
// "person.merge_same".
func (s *Service) Merge(ctx context.Context, a Actor, keep, drop ID) (m *Merge, err error) {
	defer fault.Wrap(&err, "person.Merge")
	k, err := s.follow(ctx, keep)
	if err != nil {
		return nil, err
	}
	d, err := s.follow(ctx, drop)
	if err != nil {
		return nil, err
	}
	if k.ID == d.ID {
		return nil, fault.New(fault.Conflict, "person.merge_same")
	}
	for _, r := range []*record{k, d} {
		if own, err := s.same(ctx, a.Person, r); err != nil || own {
			if err == nil {
				err = fault.New(fault.Forbidden, "person.not_oneself")
			}
			return nil, err
		}
		if err := s.may(ctx, &a, PersonMerge, r.subject(), subjectOf(ID(r.ID))); err != nil {
			return nil, hide(err)
		}
	}
	acc, err := s.account(ctx, ID(d.ID))
	if err != nil {
		return nil, err
	}
	if len(acc.live(s.now())) > 0 {
		return nil, fault.New(fault.Conflict, "person.merge_staff")
	}
	b := before{KeepPlaces: k.Places}
	if b.Keep, err = s.unseal(k); err != nil {
		return nil, err
	}
	if b.Drop, err = s.unseal(d); err != nil {
		return nil, err
	}
	_, b.Filled = fill(b.Keep, b.Drop, s.now())
	m = &Merge{Doc: store.Doc{ID: "m" + random(10)}, Person: ID(k.ID), Drop: ID(d.ID), State: MergeBegun, By: a.Person, Made: store.At(s.now()),
		Expires: store.At(s.now().Add(UndoFor)).String()}
	m.Sealed = s.ring.Seal(marshal(b), "merges:"+m.ID)
	if err := s.merges.Insert(ctx, m); err != nil {
		return nil, err
	}
	s.step("merge begun")
	return m, s.goOnMerging(ctx, m)
}

// fill gives the one who stays what it lacks.
func fill(keep, drop private, now time.Time) (private, []string) {
	var filled []string
	if keep.Name == "" && drop.Name != "" {
		keep.Name, filled = drop.Name, append(filled, "name")
	}
	if keep.Born == 0 && drop.Born != 0 && !(keep.Adult && drop.ages().Minor(now)) {
		keep.Born, filled = drop.Born, append(filled, "born")
	}
	if keep.Phone == "" && drop.Phone != "" {
		keep.Phone, keep.PhoneShared, filled = drop.Phone, drop.PhoneShared, append(filled, "phone")
	}
	if keep.Email == "" && drop.Email != "" {
		keep.Email, keep.EmailProved, filled = drop.Email, drop.EmailProved, append(filled, "email")
	}
	return keep, filled
}

func (s *Service) mergeBefore(m *Merge) (b before, err error) {
	raw, err := s.ring.Open(m.Sealed, "merges:"+m.ID)
	if err != nil {
		return b, err
	}
	return b, fault.From(json.Unmarshal(raw, &b), fault.Internal, "")
}

// goOnMerging runs the steps of a begun merge; each can be run again.
func (s *Service) goOnMerging(ctx context.Context, m *Merge) error {
	b, err := s.mergeBefore(m)
	if err != nil {
		return err
	}
	if err := s.change(ctx, string(m.Drop), func(r *record) error {
		r.State, r.Into, r.Terms, r.Expires = Merged, m.Person, nil, ""
		return nil
	}); err != nil {
		return err
	}
	s.step("alias made")
	if err := s.change(ctx, string(m.Person), func(r *record) error {
		if slices.Contains(r.Merged, m.Drop) {
			return nil
		}
		p, err := s.unseal(r)
		if err != nil {
			return err
		}
		p, _ = fill(p, b.Drop, s.now())
		r.Merged = append(r.Merged, m.Drop)
		d, err := s.people.Get(ctx, string(m.Drop))
		if err != nil {
			return err
		}
		for _, id := range d.Merged {
			if !slices.Contains(r.Merged, id) {
				r.Merged = append(r.Merged, id)
			}
		}
		for _, v := range d.Places {
			if !slices.Contains(r.Places, v) && len(r.Places) < maxPlaces {
				r.Places = append(r.Places, v)
			}
		}
		if err := s.seal(r, p); err != nil {
			return err
		}
		r.Terms = s.withTerms(r.Terms, b.Drop) // found under the other spelling too
		return nil
	}); err != nil {
		return err
	}
	s.step("joined")
	if err := s.endSessions(ctx, []ID{m.Drop}, ""); err != nil {
		return err
	}
	if err := s.closePairs(ctx, m.Drop, PairJoined); err != nil {
		return err
	}
	if err := s.cfg.Outbox.Add(ctx, job.Message{ID: "person-merged:" + m.ID, Topic: TopicMerged, Payload: Event{Person: m.Person, Other: m.Drop}}); err != nil {
		return err
	}
	s.step("told")
	m.State = MergeDone
	return s.keepMerge(ctx, m)
}

// keepMerge stores the state; another run of the same steps may have been faster.
func (s *Service) keepMerge(ctx context.Context, m *Merge) error {
	err := s.merges.Replace(ctx, m)
	if fault.Is(err, fault.Conflict) {
		now, gerr := s.merges.Get(ctx, m.ID)
		if gerr == nil && now.State == m.State {
			*m = *now
			return nil
		}
	}
	return err
}

func (s *Service) withTerms(terms []string, p private) []string {
	for _, prefix := range spelling.Prefixes(p.Name) {
		terms = append(terms, s.ring.Term(termName, prefix))
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// closePairs ends the open suggestions of a person.
func (s *Service) closePairs(ctx context.Context, id ID, state PairState) error {
	for pair, err := range s.pairs.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
		if err != nil {
			return err
		}
		if pair.State != PairOpen {
			continue
		}
		pair.State = state
		if err := s.pairs.Replace(ctx, pair); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// History lists the merges of a person, for staff who may merge.
func (s *Service) History(ctx context.Context, a Actor, id ID) (list []*Merge, err error) {
	defer fault.Wrap(&err, "person.History")
	r, err := s.follow(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := Can(&a, PersonDuplicates, r.subject()).Err(); err != nil {
		return nil, hide(err)
	}
	return s.mergesOf(ctx, s.aliases(r))
}

func (s *Service) mergesOf(ctx context.Context, ids []ID) (list []*Merge, err error) {
	for _, id := range ids {
		for m, err := range s.merges.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return nil, err
			}
			list = append(list, m)
		}
	}
	return list, nil
}

// Resume finishes merges and their undoings that were cut short; a job runs it.
func (s *Service) Resume(ctx context.Context) (done int, err error) {
	defer fault.Wrap(&err, "person.Resume")
	for _, state := range []MergeState{MergeBegun, MergeUndoes} {
		for m, err := range s.merges.Find(ctx, store.Query{Index: indexOpen, Eq: []any{state}}) {
			if err != nil {
				return done, err
			}
			if s.now().Sub(m.Made.Time) < claimSlack && state == MergeBegun {
				continue // under way
			}
			if state == MergeBegun {
				err = s.goOnMerging(ctx, m)
			} else {
				err = s.goOnUndoing(ctx, m)
			}
			if err != nil && !fault.Is(err, fault.Gone) && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
				return done, err
			}
			done++
		}
	}
	return done, nil
}
