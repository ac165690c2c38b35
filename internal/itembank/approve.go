package itembank

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
)

// Document is the city's paper by which an instrument is «апробовано».
type Document struct {
	Number string // as it stands on the paper, at most 120 characters
	Dated  string // YYYY-MM-DD, not after today
}

// Approval says who marked a version, when, and by which document. Without it no
// level certificate may be issued (USERS 13).
type Approval struct {
	By       person.ID
	Role     string
	At       time.Time
	Document Document
	Note     string
}

// Approve marks a version of an instrument as «апробовано». Errors: Invalid,
// NotFound, Conflict (marked already), those of person.Can for ContentPublish.
func (s *Service) Approve(ctx context.Context, a *person.Actor, slug string, version int, d Document) (err error) {
	defer fault.Wrap(&err, "itembank.Approve")
	in, err := s.instrument(slug, version)
	if err != nil {
		return err
	}
	var wrong []fault.Field
	number, err := note("number", d.Number, 120)
	switch {
	case err != nil:
		wrong = append(wrong, fault.As(err).Fields...)
	case number == "":
		wrong = append(wrong, fault.Field{Pointer: "number", Key: "page.form.required"})
	}
	day, err := time.ParseInLocation(time.DateOnly, d.Dated, i18n.Kyiv)
	switch {
	case err != nil:
		wrong = append(wrong, fault.Field{Pointer: "dated", Key: "itembank.approve.day"})
	case day.After(s.o.Now()) || day.Year() < 2020:
		wrong = append(wrong, fault.Field{Pointer: "dated", Key: "itembank.approve.day_range"})
	}
	if len(wrong) > 0 {
		return fault.InvalidFields(wrong...)
	}
	return s.add(ctx, a, person.ContentPublish, Event{Subject: instrumentSubject(slug, version), Kind: Approved, Hash: in.Hash,
		Document: number, Dated: d.Dated}, func(before []*Event) error {
		if e := last(before, Approved, Withdrawn); e != nil && e.Kind == Approved {
			return fault.New(fault.Conflict, "itembank.approve.already")
		}
		return nil
	})
}

// Withdraw takes the mark back. Errors as of Approve; Invalid without a reason.
func (s *Service) Withdraw(ctx context.Context, a *person.Actor, slug string, version int, reason string) (err error) {
	defer fault.Wrap(&err, "itembank.Withdraw")
	in, err := s.instrument(slug, version)
	if err != nil {
		return err
	}
	if text, err := note("reason", reason, maxNote); err != nil {
		return err
	} else if text == "" {
		return fault.InvalidFields(fault.Field{Pointer: "reason", Key: "itembank.reason_missing"})
	}
	return s.add(ctx, a, person.ContentPublish, Event{Subject: instrumentSubject(slug, version), Kind: Withdrawn, Hash: in.Hash, Note: reason},
		func(before []*Event) error {
			if e := last(before, Approved, Withdrawn); e == nil || e.Kind == Withdrawn {
				return fault.New(fault.Conflict, "itembank.withdraw.already")
			}
			return nil
		})
}

// Approved tells whether a version is marked now.
func (s *Service) Approved(slug string, version int) (*Approval, bool) {
	e := last(s.now.Load().events[instrumentSubject(slug, version)], Approved, Withdrawn)
	if e == nil || e.Kind != Approved {
		return nil, false
	}
	if in, err := s.instrument(slug, version); err != nil || in.Hash != e.Hash {
		return nil, false // the mark was for another text
	}
	return &Approval{By: e.By, Role: e.Role, At: e.At.Time, Document: Document{Number: e.Document, Dated: e.Dated}, Note: e.Note}, true
}

func (s *Service) instrument(slug string, version int) (sitting.Published, error) {
	in, ok := s.o.Catalogue.Version(slug, version)
	if !ok {
		return in, fault.Newf(fault.NotFound, "", "no instrument %s@%d", slug, version)
	}
	return in, nil
}
