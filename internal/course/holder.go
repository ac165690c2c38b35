package course

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

var _ person.Holder = (*Service)(nil)

// Export is what this package holds about a person.
type Export struct {
	Tracks     []*Track     `json:"tracks,omitempty"`
	Feedback   []*Feedback  `json:"feedback,omitempty"`
	Enrolments []*Enrolment `json:"enrolments,omitempty"`
	Attended   []Attended   `json:"attended,omitempty"`
	Proofs     []*Proof     `json:"proofs,omitempty"`
}

// Name is the part's name in an export.
func (s *Service) Name() string { return "courses" }

// Export gives what is held about the person under any of these ids.
func (s *Service) Export(ctx context.Context, ids []person.ID) (part any, err error) {
	defer fault.Wrap(&err, "course.Export")
	var out Export
	for _, id := range ids {
		mine := store.Query{Index: indexLearner, Eq: []any{OfPerson(id)}, Limit: 10_000}
		for t, err := range s.tracks.Find(ctx, mine) {
			if err != nil {
				return nil, err
			}
			out.Tracks = append(out.Tracks, t)
		}
		for f, err := range s.feedback.Find(ctx, mine) {
			if err != nil {
				return nil, err
			}
			out.Feedback = append(out.Feedback, f)
		}
		for p, err := range s.proofs.Find(ctx, mine) {
			if err != nil {
				return nil, err
			}
			out.Proofs = append(out.Proofs, p)
		}
		for e, err := range s.enrolments.Find(ctx, mine) {
			if err != nil {
				return nil, err
			}
			out.Enrolments = append(out.Enrolments, e)
			attended, err := s.attended(ctx, e)
			if err != nil {
				return nil, err
			}
			out.Attended = append(out.Attended, attended...)
		}
	}
	if len(out.Tracks)+len(out.Feedback)+len(out.Enrolments)+len(out.Proofs) == 0 {
		return nil, nil
	}
	return out, nil
}

// Erase removes progress, feedback and seats. A finished pair of a proof stays for
// the course's figure without anything that leads to the person.
func (s *Service) Erase(ctx context.Context, ids []person.ID) (err error) {
	defer fault.Wrap(&err, "course.Erase")
	for _, id := range ids {
		l := OfPerson(id)
		mine := store.Query{Index: indexLearner, Eq: []any{l}, Limit: 10_000}
		for k, err := range s.tracks.Keys(ctx, mine) {
			if err := gone(err, func() error { return s.tracks.Delete(ctx, k.ID, 0) }); err != nil {
				return err
			}
		}
		for k, err := range s.feedback.Keys(ctx, mine) {
			if err := gone(err, func() error { return s.feedback.Delete(ctx, k.ID, 0) }); err != nil {
				return err
			}
		}
		for e, err := range s.enrolments.Find(ctx, mine) {
			if err != nil {
				return err
			}
			if err := s.forget(ctx, e); err != nil {
				return err
			}
		}
		if err := s.unlinkProofs(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// gone passes an error on, else runs a deletion for which what is missing is gone.
func gone(err error, del func() error) error {
	if err != nil {
		return err
	}
	if err := del(); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return nil
}

// Merged handles person.TopicMerged: what the joined id had goes to the one that
// stays. A merge that is undone later leaves it there.
func (s *Service) Merged(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "course.Merged")
	var e person.Event
	if err := d.Decode(&e); err != nil {
		return err
	}
	if e.Other == "" {
		return fault.Newf(fault.Invalid, "", "a merge without the other one")
	}
	return s.Adopt(ctx, OfPerson(e.Other), OfPerson(e.Person))
}

func (s *Service) tell(ctx context.Context, id, topic string, payload any) error {
	if s.cfg.Outbox == nil {
		return nil
	}
	return s.cfg.Outbox.Add(ctx, job.Message{ID: id, Topic: topic, Payload: payload})
}
