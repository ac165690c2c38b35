package paper

import (
	"context"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/docx"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
)

// Desk fills documents in with what is known of rounds and institutions. It is safe for
// concurrent use.
type Desk struct {
	City   City
	Bodies *institution.Service
	Rounds *round.Service
	// Name names a variable of a report in Ukrainian; empty: it has no name.
	Name func(variable string) string
	Now  func() time.Time
}

// OfRound lists the kinds of documents that a round has, in the order they are needed.
func (k *Desk) OfRound(r *round.Round) []string {
	list := []string{KindOrder, KindLetter}
	if asksGraduates(r) {
		list = append(list, KindParents)
	}
	list = append(list, KindDestroyed)
	if r.State == round.Reported {
		list = append(list, KindResults, KindMinutes)
	}
	return append(list, KindCertificates, KindRequirement)
}

// OfSchool lists those of one institution in a round.
func (k *Desk) OfSchool(r *round.Round) (list []string) {
	if asksGraduates(r) {
		list = append(list, KindParents)
	}
	list = append(list, KindDestroyed)
	if r.State == round.Reported {
		list = append(list, KindMinutes)
	}
	return append(list, KindCertificates)
}

func asksGraduates(r *round.Round) bool {
	_, ok := r.InstrumentOf(institution.Graduate)
	return ok
}

// Make writes a document of a round; body is the institution whose it is, empty: the
// department's. Errors: NotFound (no such kind there).
func (k *Desk) Make(ctx context.Context, r *round.Round, kind, body string) (d *docx.Document, err error) {
	defer fault.Wrap(&err, "paper.Make")
	kinds, school := k.OfRound(r), ""
	if body != "" {
		kinds, school = k.OfSchool(r), k.name(r, body)
	}
	if !slices.Contains(kinds, kind) {
		return nil, fault.New(fault.NotFound, "paper.gone")
	}
	m := k.monitoring(r)
	switch kind {
	case KindOrder:
		return Order(m), nil
	case KindLetter:
		return Letter(m), nil
	case KindParents:
		return Parents(m, school), nil
	case KindDestroyed:
		var printed []Printed
		if body != "" {
			if printed, err = k.printed(ctx, r, body); err != nil {
				return nil, err
			}
		}
		return Destroyed(m, school, printed), nil
	case KindResults:
		outcomes, err := k.outcomes(ctx, r, "")
		if err != nil {
			return nil, err
		}
		return Results(m, outcomes, func(id string) string { return k.name(r, id) }), nil
	case KindMinutes:
		outcomes, err := k.outcomes(ctx, r, body)
		if err != nil {
			return nil, err
		}
		return Minutes(m, school, outcomes), nil
	case KindCertificates:
		return CertificateList(k.City, Certificates{Institution: school}, m.Now), nil
	}
	return RequirementOf(k.City, Requirement{}, m.Now), nil
}

// name is what an institution was called on the day a round opened.
func (k *Desk) name(r *round.Round, id string) string {
	for _, m := range r.Members {
		if m.Institution == id {
			return m.Name.UK
		}
	}
	if b, ok := k.Bodies.ByID(id); ok {
		return b.NameOn(r.Opens.In(i18n.Kyiv).Format(time.DateOnly)).UK
	}
	return id
}

func (k *Desk) monitoring(r *round.Round) Monitoring {
	m := Monitoring{City: k.City, Round: r, Now: k.Now()}
	for _, id := range r.Bodies {
		b, ok := k.Bodies.ByID(id)
		if !ok || r.State == round.Planned && (b.State == institution.Merged || b.State == institution.Closed) {
			continue
		}
		one := Body{ID: id, Name: k.name(r, id), Address: b.Address.UK}
		for _, role := range institution.RolesOf(b.Kind) {
			if _, asks := r.InstrumentOf(role); asks {
				one.Roles = append(one.Roles, role)
			}
		}
		if len(one.Roles) > 0 {
			m.Bodies = append(m.Bodies, one)
		}
	}
	slices.SortFunc(m.Bodies, func(a, b Body) int { return strings.Compare(a.Name, b.Name) })
	return m
}

func (k *Desk) printed(ctx context.Context, r *round.Round, body string) (list []Printed, err error) {
	for _, role := range institution.Roles() {
		if _, ok := r.Member(body, role); !ok {
			continue
		}
		n, err := k.Rounds.Issued(ctx, r.ID, body, role)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			list = append(list, Printed{Role: role, N: n})
		}
	}
	return list, nil
}

// outcomes are the figures of a round, of the whole city or of the row in which one
// institution stands alone: a row shared with others says nothing of one.
func (k *Desk) outcomes(ctx context.Context, r *round.Round, body string) (list []Outcome, err error) {
	if r.State != round.Reported {
		return nil, nil
	}
	made, err := k.Rounds.Report(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	var was *report.Report
	if before, ok := k.Rounds.Before(r.ID); ok && body == "" {
		if was, err = k.Rounds.Report(ctx, before.ID); err != nil {
			return nil, err
		}
	}
	for _, role := range institution.Roles() {
		if _, ok := made.RoleOf(string(role)); !ok {
			continue
		}
		o := Outcome{Role: role, Table: made.Table(string(role), report.Filter{})}
		o.Variables = k.variables(o.Table)
		if body != "" {
			at := slices.IndexFunc(o.Table.Rows, func(r report.Row) bool { return slices.Equal(r.Units, []string{body}) })
			if at < 0 {
				continue
			}
			o.Table = report.Table{Total: o.Table.Rows[at]}
		} else if was != nil {
			var ids []string
			for _, v := range o.Variables {
				ids = append(ids, v.ID)
			}
			o.Changes = report.Changes(was, made, string(role), ids)
		}
		list = append(list, o)
	}
	return list, nil
}

// variables are the columns of a table: the tasks first, then the competences in order.
// Answers to single questions stay in the dashboard.
func (k *Desk) variables(t report.Table) (list []Variable) {
	seen := map[string]bool{}
	for _, row := range append(slices.Clone(t.Rows), t.Total) {
		for id := range row.Cells {
			seen[id] = true
		}
	}
	for id := range seen {
		if id == Knowledge || strings.HasPrefix(id, "item:") {
			continue
		}
		name := k.Name(id)
		if name == "" {
			name = id
		}
		list = append(list, Variable{ID: id, Name: name, Self: true})
	}
	slices.SortFunc(list, func(a, b Variable) int { return strings.Compare(a.ID, b.ID) })
	if seen[Knowledge] {
		list = append([]Variable{{ID: Knowledge, Name: "Завдання"}}, list...)
	}
	return list
}
