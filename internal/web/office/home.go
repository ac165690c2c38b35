package office

import (
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// soon is how far ahead the home looks for what ends.
const soon = 14 * 24 * time.Hour

// Home shows the sections the reader may use and what of today needs a look.
func (h *Handlers) Home(c *gin.Context) error {
	v := h.see(c)
	if !v.a.Staff() && !v.a.Operator {
		return person.Can(&v.a, person.OfficeRead, person.City).Err()
	}
	if !v.a.Strong && !v.a.Operator { // the roles open with the second factor
		return fault.New(fault.Unauthenticated, "person.second_factor_first")
	}
	s := v.sheet("home", "home.title")
	for i, g := range v.a.Grants {
		if i > 0 {
			s.Kicker += " · "
		}
		s.Kicker += v.role(g.Role)
		if g.Place != "" {
			s.Kicker += ", " + v.place(g.Place)
		}
	}
	todo, err := v.today()
	if err != nil {
		return err
	}
	for i := range todo {
		s.Blocks = append(s.Blocks, page.Block{Note: &todo[i]})
	}
	if len(todo) == 0 {
		s.Lead = v.t("home.calm")
	} else {
		s.Lead = v.n("home.todo", len(todo))
	}
	sections := v.menu()
	if len(sections) == 1 {
		s.Blocks = append(s.Blocks, page.Block{Text: []string{v.t("home.nothing")}})
	}
	for _, g := range sections {
		b := page.Block{Title: g.Title}
		for _, item := range g.Items {
			if item.ID == "home" {
				continue
			}
			text := v.t(item.ID + ".for")
			if text == "office."+item.ID+".for" {
				text = ""
			}
			b.Tiles = append(b.Tiles, page.Tile{Icon: icons[item.ID], Href: item.Href, Title: item.Text, Text: text})
			if icons[item.ID] == "" {
				b.Tiles[len(b.Tiles)-1].Icon = "file"
			}
		}
		if len(b.Tiles) > 0 {
			s.Blocks = append(s.Blocks, b)
		}
	}
	return v.render(200, s)
}

var icons = map[string]string{"index": "chart", "held": "clock", "learners": "search", "duplicates": "people", "people": "people", "roles": "check",
	"tokens": "lock", "audit": "book", "retention": "calendar", "privacy-fields": "file", "consent-texts": "file", "jobs": "clock", "mail": "file", "desk": "pin"}

// today gathers what needs a look, for the rights of the reader. Counting reads nobody.
func (v *view) today() (notes []page.Note, err error) {
	add := func(kind, title, text, href, link string) {
		notes = append(notes, page.Note{Kind: kind, Title: title, Text: []string{text}, Link: &page.Link{Href: href, Text: v.t(link)}})
	}
	if v.h.o.Sittings != nil && v.may(person.SittingReview, person.City) {
		n, alert, _, err := v.waiting()
		if err != nil {
			return nil, err
		}
		switch {
		case alert:
			add("bad", v.t("held.alert"), v.n("held.count", n), "/office/held", "held.go")
		case n > 0:
			add("sun", v.n("held.count", n), v.t("held.for"), "/office/held", "held.go")
		}
	}
	if wrong, high := v.h.o.People.Failed(); high && v.may(person.AuditSearch, person.City) {
		add("bad", v.t("home.failed"), v.n("home.failed.text", wrong), "/office/audit?action=sign-in", "home.failed.go")
	}
	if v.may(person.JobRead, person.City) {
		_, dead, err := v.h.o.Outbox.Backlog(v.ctx, 1000)
		if err != nil {
			return nil, err
		}
		if dead > 0 {
			add("bad", v.n("home.dead", dead), v.t("home.dead.text"), "/office/jobs#dead", "home.dead.go")
		}
		states, err := v.h.o.Jobs.States(v.ctx)
		if err != nil {
			return nil, err
		}
		failed := 0
		for _, st := range states {
			if st.GivenUp != "" && st.GivenUp == st.Done {
				failed++
			}
		}
		if failed > 0 {
			add("bad", v.n("home.jobs", failed), v.t("home.jobs.text"), "/office/jobs", "home.jobs.go")
		}
	}
	if v.may(person.PersonDuplicates, person.City) {
		n, err := v.h.o.People.OpenPairs(v.ctx, v.a, 1000)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			add("main", v.n("home.pairs", n), v.t("duplicates.for"), "/office/duplicates", "home.pairs.go")
		}
	}
	if v.somewhere(person.RoleList) {
		waits, err := v.h.o.People.Invitations(v.ctx, v.a)
		if err != nil {
			return nil, err
		}
		ending := 0
		for _, w := range waits {
			if w.Expires.Sub(v.h.o.Now()) < 48*time.Hour {
				ending++
			}
		}
		if ending > 0 {
			add("sun", v.n("home.invites", ending), v.t("home.invites.text"), "/office/people#invitations", "home.invites.go")
		}
	}
	for _, g := range v.a.Grants {
		if left := g.Until.Sub(v.h.o.Now()); !g.Until.IsZero() && left < soon {
			notes = append(notes, page.Note{Kind: "sun", Title: v.t("home.ending", "Role", v.role(g.Role)), Text: []string{v.t("home.ending.text", "Day", v.date(g.Until.Time))}})
		}
	}
	return notes, nil
}
