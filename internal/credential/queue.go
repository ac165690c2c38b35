package credential

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// maxRemark bounds the proctor's word, in characters.
const maxRemark = 300

// maxQueue bounds how many attempts one look takes.
const maxQueue = 500

// Settle brings unfinished attempts up to date with their sittings. It is a job of
// every few minutes, and the queue looks through it.
func (s *Service) Settle(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "credential.Settle")
	for a, err := range s.attempts.Find(ctx, store.Query{Index: indexState, Eq: []any{Begun}, Limit: maxQueue}) {
		if err != nil {
			return err
		}
		if err := s.look(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// Queue lists the attempts that wait for a decision, the oldest first.
func (s *Service) Queue(ctx context.Context) (list []*Attempt, err error) {
	defer fault.Wrap(&err, "credential.Queue")
	if err := s.Settle(ctx); err != nil {
		return nil, err
	}
	for a, err := range s.attempts.Find(ctx, store.Query{Index: indexState, Eq: []any{Waiting}, Limit: maxQueue}) {
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// Attempt is one by the id of its sitting, with the proctor's remark in plain words.
// Errors: NotFound.
func (s *Service) Attempt(ctx context.Context, id string) (a *Attempt, err error) {
	defer fault.Wrap(&err, "credential.Attempt")
	if a, err = s.attempts.Get(ctx, id); err != nil {
		return nil, err
	}
	if err := s.look(ctx, a); err != nil {
		return nil, err
	}
	a.Remark, err = s.open(a.ID, "remark", a.Remark)
	return a, err
}

// Say keeps the proctor's remark on an attempt that is not decided. The caller has
// checked the right over the venue. Errors: Invalid, NotFound, Conflict.
func (s *Service) Say(ctx context.Context, by person.Actor, id, remark string) (err error) {
	defer fault.Wrap(&err, "credential.Say")
	remark = strings.TrimSpace(strings.ToValidUTF8(remark, ""))
	if utf8.RuneCountInString(remark) > maxRemark {
		return fault.InvalidFields(fault.Field{Pointer: "remark", Key: "credential.exam.remark_long", Args: map[string]any{"Max": maxRemark}})
	}
	a, err := s.attempts.Get(ctx, id)
	if err != nil {
		return err
	}
	if a.State != Begun && a.State != Waiting {
		return fault.New(fault.Conflict, "credential.level.decided")
	}
	if err := s.act(ctx, by, "level.remark", "attempt:"+id, ""); err != nil {
		return err
	}
	return s.change(ctx, id, func(a *Attempt) bool {
		a.Remark = s.seal(a.ID, "remark", remark)
		return true
	})
}

// Approve issues the certificate of a finished attempt. Nobody approves a test that
// they took or watched. Errors: NotFound, Forbidden (those of CanLevel, and
// "credential.level.own"), Conflict "credential.level.decided".
func (s *Service) Approve(ctx context.Context, by person.Actor, id string) (doc *Credential, err error) {
	defer fault.Wrap(&err, "credential.Approve")
	a, err := s.decidable(ctx, by, id, Approved)
	if err != nil {
		return nil, err
	}
	r := LevelResult{Sitting: a.ID, Instrument: a.Instrument, Version: a.Version, Certificate: true, Level: a.Level, Watched: a.Watched(), At: a.Finished.Time}
	if err := s.CanLevel(r); err != nil {
		return nil, err
	}
	if a.State == Waiting {
		if err := s.act(ctx, by, "level.approve", "attempt:"+id, ""); err != nil {
			return nil, err
		}
		if err := s.decide(ctx, by, id, Approved, ""); err != nil {
			return nil, err
		}
	}
	return s.IssueLevel(ctx, a.Person, r) // again after a crash: the id follows from the sitting
}

// Refuse says why a finished attempt brings no certificate. Errors: as of Approve, and
// Invalid without a reason.
func (s *Service) Refuse(ctx context.Context, by person.Actor, id string, why Objection) (err error) {
	defer fault.Wrap(&err, "credential.Refuse")
	if !slices.Contains(Objections(), why) {
		return fault.InvalidFields(fault.Field{Pointer: "reason", Key: "credential.reason_needed"})
	}
	a, err := s.decidable(ctx, by, id, Denied)
	if err != nil || a.State == Denied {
		return err
	}
	if err := s.act(ctx, by, "level.refuse", "attempt:"+id, string(why)); err != nil {
		return err
	}
	return s.decide(ctx, by, id, Denied, why)
}

// decidable is an attempt that waits, or was decided the same way before.
func (s *Service) decidable(ctx context.Context, by person.Actor, id string, to AttemptState) (*Attempt, error) {
	a, err := s.attempts.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.look(ctx, a); err != nil {
		return nil, err
	}
	switch {
	case a.State != Waiting && a.State != to:
		return nil, fault.New(fault.Conflict, "credential.level.decided")
	case a.Person == "":
		return nil, fault.New(fault.NotFound, "")
	case by.Person == a.Person || slices.ContainsFunc(a.Stretches, func(x Stretch) bool { return x.Proctor == by.Person && by.Person != "" }):
		return nil, fault.New(fault.Forbidden, "credential.level.own")
	}
	return a, nil
}

func (s *Service) decide(ctx context.Context, by person.Actor, id string, to AttemptState, why Objection) error {
	lost := false
	now := store.At(s.now())
	err := s.change(ctx, id, func(a *Attempt) bool {
		if lost = a.State != Waiting && a.State != to; lost || a.State == to {
			return false
		}
		a.State, a.Since, a.Verdict = to, now, &Verdict{At: now, By: by.Person, Reason: why}
		return true
	})
	if err == nil && lost {
		return fault.New(fault.Conflict, "credential.level.decided")
	}
	return err
}
