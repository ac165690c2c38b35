package app

import (
	"cmp"
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	"osvitlo/internal/web/plans"
)

// openPlans opens the plans of institutions. It comes after the rounds and the
// self-descriptions, whose figures they answer.
func (a *App) openPlans(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openPlans")
	o := plan.Options{Engine: a.engine, Bodies: a.Institutions, Rounds: a.Rounds, Offers: a.Library.Measures(), Describes: a.describes, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	a.Plans, err = plan.New(ctx, o)
	return err
}

// describes is an institution's last signed self-description.
func (a *App) describes(body string) *plan.Described {
	last, _, ok := a.Portraits.Before(body, institution.YearOf(a.now())+2)
	if !ok {
		return nil
	}
	form, err := a.Portraits.FormOf(last)
	if err != nil {
		return nil // the file of its form has been taken away
	}
	return &plan.Described{Form: form, Answers: last.Answers, Day: last.At.In(i18n.Kyiv).Format(time.DateOnly)}
}

// planFields is who of an institution wrote in its plan, and whom they named.
func planFields() []person.Field {
	return []person.Field{{Kind: "items", Stored: "school_plans",
		What:  i18n.Text{UK: "хто із закладу змінив захід плану; посада, інколи прізвище відповідального", EN: "who of an institution changed a measure of its plan; the position, sometimes the name, of who is in charge"},
		Basis: i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"}, Recipient: i18n.Text{UK: "заклад і управління освіти", EN: "the institution and the education department"}}}
}

// spoken is a text in a language, or in the one it is known in.
func spoken(t i18n.Text, lang string) string { return cmp.Or(t.In(lang), t.UK) }

// planPages builds the pages of plans.
func (a *App) planPages(s site) (web.Part, error) {
	o := plans.Options{Pages: s.pages, Words: a.words, Plans: a.Plans, Bodies: a.Institutions, Menu: a.desk.Menu, Demo: a.Demo(), Now: a.now,
		City: paper.City{Name: a.config.City.NameUK, Owner: a.config.City.OwnerUK, Decree: a.config.City.DecreeUK, Phone: a.config.City.Phone, Origin: a.config.PublicURL}}
	names := a.variableNames()
	o.Name = func(id, lang string) string { return spoken(names[id], lang) }
	o.District = func(id, lang string) string {
		for _, d := range a.margins.Districts {
			if d.ID == id {
				return spoken(d.Title, lang)
			}
		}
		return id
	}
	if book := a.Library.SelfDescription(); book != nil {
		o.Form = book.Current()
	}
	return plans.New(o)
}
