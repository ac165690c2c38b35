package staffing

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

var _ person.Holder = (*Service)(nil)

// Exported is an enrolment in the export of a person.
type Exported struct {
	Employer     i18n.Text `json:"employer"`
	Since        string    `json:"since"`
	Text         int       `json:"text"`
	Remind       bool      `json:"remind"`
	Certificates string    `json:"certificates"` // all, some, none
	Shown        []string  `json:"shown,omitempty"`
}

// Name is the part's name in an export.
func (s *Service) Name() string { return "employers" }

// Export gives what is held about the person under any of these ids.
func (s *Service) Export(ctx context.Context, ids []person.ID) (part any, err error) {
	defer fault.Wrap(&err, "staffing.Export")
	var out []Exported
	for _, id := range ids {
		list, err := s.Of(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			x := Exported{Since: e.Since, Text: e.Text, Remind: e.Remind, Certificates: "none", Shown: e.Shown}
			if i, ok := s.o.Bodies.ByID(e.Institution); ok {
				x.Employer = i.Name()
			}
			switch {
			case e.All:
				x.Certificates = "all"
			case len(e.Shown) > 0:
				x.Certificates = "some"
			}
			out = append(out, x)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// Erase removes enrolments and unlinks the codes they came with; those stay spent. What
// was published moves only with the next ten.
func (s *Service) Erase(ctx context.Context, ids []person.ID) (err error) {
	defer fault.Wrap(&err, "staffing.Erase")
	for _, id := range ids {
		list, err := s.Of(ctx, id)
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := s.Leave(ctx, id, e.Institution); err != nil {
				return err
			}
		}
		if err := s.handOver(ctx, id, ""); err != nil {
			return err
		}
	}
	return nil
}

// handOver gives the codes of one person to another, or to nobody.
func (s *Service) handOver(ctx context.Context, from, to person.ID) error {
	holder := ""
	if to != "" {
		holder = s.mac("holder", string(to))
	}
	var held []*claim
	for c, err := range s.claims.Find(ctx, store.Query{Index: indexHolder, Eq: []any{s.mac("holder", string(from))}}) {
		if err != nil {
			return err
		}
		held = append(held, c)
	}
	for _, c := range held {
		c.Holder = holder
		if err := s.claims.Replace(ctx, c); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// Merged handles person.TopicMerged: enrolments of the joined account go to the one that
// stays. What only one of them agreed to is not taken over for the other.
func (s *Service) Merged(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "staffing.Merged")
	var e person.Event
	if err := d.Decode(&e); err != nil {
		return err
	}
	list, err := s.Of(ctx, e.Other)
	if err != nil {
		return err
	}
	for _, one := range list {
		moved := *one
		moved.Doc, moved.Person = store.Doc{ID: enrolmentID(e.Person, one.Institution)}, e.Person
		if err := s.enrolled.Insert(ctx, &moved); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		if err := s.Leave(ctx, e.Other, one.Institution); err != nil {
			return err
		}
	}
	return s.handOver(ctx, e.Other, e.Person)
}

// Fields is every kind of data this package holds about a person, for the table that a
// lawyer reads (person.Fields).
func Fields() []person.Field {
	agreed := i18n.Text{UK: "згода людини, коли вона приєднується за кодом; її можна забрати будь-коли", EN: "the person's consent when joining with a code; it can be withdrawn at any time"}
	return []person.Field{
		{Kind: "employers", Stored: "employer_enrolments", What: i18n.Text{UK: "у якого роботодавця людина навчається, чи нагадувати, які сертифікати вона йому показує", EN: "with which employer the person learns, whether to remind, which certificates they show it"},
			Basis: agreed, Recipient: i18n.Text{UK: "роботодавцю — лише кількості кроками по 10 людей; ім’я та сертифікат — тільки якщо людина це позначила", EN: "the employer sees counts in steps of 10 people only; name and certificate only if the person ticked it"}},
		{Kind: "employers", Stored: "employer_codes, employer_claims", What: i18n.Text{UK: "відбиток коду та відбиток того, хто його використав", EN: "hash of a code and hash of who used it"}, Basis: agreed, Recipient: i18n.Text{UK: "нікому", EN: "nobody"}},
	}
}

// Periods is how long they are kept (person.Periods).
func Periods() []person.Period {
	return []person.Period{{Kind: "employers", Keep: i18n.Text{UK: "доки людина не вийде або не зітре рахунок; відбиток коду — ще 90 днів після того, як код закінчився",
		EN: "until the person leaves or erases the account; the hash of a code until 90 days after the code has ended"}}}
}
