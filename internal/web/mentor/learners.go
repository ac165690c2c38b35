package mentor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

type searchForm struct {
	Q string `form:"q" validate:"required,max=200"`
}

// Learners asks whom to look for.
func (h *Handlers) Learners(c *gin.Context) error {
	return h.see(c).search(200, &searchForm{}, nil, nil)
}

func (v *view) search(status int, f *searchForm, found *person.Found, sum *page.ErrorSummary) error {
	s := v.sheet("find.title")
	s.Lead = v.t("find.lead")
	s.Errors, s.Failed = sum, sum != nil
	q := v.field("q", "find.q", f.Q, "find.q.hint")
	q.Type = "search"
	s.Blocks = []page.Block{{Form: &page.Form{Action: "/mentor/learners", Parts: []any{q}, Buttons: []page.Button{{Text: v.t("find.do")}}}}}
	if found == nil {
		return v.render(status, s)
	}
	s.Lead = ""
	grid := page.Grid{Caption: v.t("find.found"), Cards: true, Empty: v.t("find.none"), Head: []page.GridHead{{Text: v.t("name")}, {Text: v.t("born")}, {Text: v.t("phone")}}}
	for _, p := range found.People {
		cell := page.GridCell{Text: v.name(p), Href: "/mentor/learners/" + string(p.ID)}
		if p.State == person.Waiting {
			cell.Tag = &page.Tag{Text: v.t("waiting"), Kind: "sun"}
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{cell, {Text: v.born(p)}, {Text: tail(p.Phone)}}})
	}
	if found.More {
		grid.Foot = v.t("find.more")
	}
	b := page.Block{Grid: &grid}
	if len(found.People) == 0 {
		b.Acts = []page.Button{{Text: v.t("register.go"), Href: "/mentor/register"}}
	}
	s.Blocks = append(s.Blocks, b)
	return v.render(status, s)
}

// Search finds learners of the mentor's venues. The words travel in the body.
func (h *Handlers) Search(c *gin.Context) error {
	v := h.see(c)
	v.a.Why = "desk"
	var f searchForm
	err := form.Decode(c.Request, &f)
	var found *person.Found
	if err == nil {
		found, err = h.o.People.Search(v.ctx, v.a, f.Q)
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.search(status, &f, nil, sum)
		}
		return err
	}
	return v.search(200, &f, found, nil)
}

// Learner is the page of a person of the venue.
func (h *Handlers) Learner(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	s := v.sheet("find.title", page.Link{Href: "/mentor/learners", Text: v.t("find.crumb")})
	s.Title = v.name(p)
	number := phone(p.Phone)
	if number == "" {
		number = "–"
	} else if p.PhoneShared {
		number += " (" + v.t("shared") + ")"
	}
	if p.State == person.Waiting {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Title: v.t("waiting.title"), Text: []string{v.t("waiting.text")}, Link: &page.Link{Href: at + "/paper", Text: v.t("paper.go")}}})
	}
	cards, err := h.o.People.Cards(v.ctx, v.a, p.ID)
	if err != nil {
		return err
	}
	card := v.t("card.none")
	for _, one := range cards {
		card = v.t("card.has", "Kind", v.t("kind."+string(one.Kind)), "Day", v.w.Date(one.Made.Time))
		if one.Locked {
			card = v.t("card.locked")
		}
	}
	s.Blocks = append(s.Blocks, page.Block{Acts: []page.Button{{Text: v.t("card.go"), Href: at + "/card"}, {Text: v.t("consent.go"), Href: at + "/consent", Kind: "second"}, {Text: v.t("edit.go"), Href: at + "/edit", Kind: "second"}}})
	places := make([]string, len(p.Places))
	for i, id := range p.Places {
		places[i] = v.place(id)
	}
	s.Blocks = append(s.Blocks, page.Block{Facts: []page.Row{{Key: v.t("born"), Value: v.born(p)}, {Key: v.t("phone"), Value: number}, {Key: v.t("card"), Value: card},
		{Key: v.t("places"), Value: strings.Join(places, ", ")}, {Key: v.t("made"), Value: v.w.Date(p.Made)}, {Key: v.t("seen"), Value: v.w.Date(stored(p.Seen))}}})
	held, err := h.o.People.Consents(v.ctx, v.a, p.ID)
	if err != nil {
		return err
	}
	var given []string
	for _, one := range held {
		if one.Given {
			given = append(given, v.purpose(one.Purpose))
		}
	}
	agreed := page.Block{Title: v.t("consents"), Words: given}
	if len(given) == 0 {
		agreed.Text = []string{v.t("consents.none")}
	}
	s.Blocks = append(s.Blocks, agreed)
	rest := page.Block{Title: v.t("more"), Acts: []page.Button{{Text: v.t("certificates.go"), Href: at + "/certificates", Kind: "second", Small: true}}}
	for _, one := range v.venues {
		if !slices.Contains(p.Places, one.ID) {
			rest.Forms = append(rest.Forms, page.Form{Action: at + "/join", Hidden: []page.Hidden{{Name: "venue", Value: one.ID}},
				Buttons: []page.Button{{Text: v.t("join.go", "Place", one.Name.In(v.lang)), Kind: "second", Small: true}}})
		}
	}
	if p.Ages().Minor(h.o.Now()) && p.State != person.Waiting {
		rest.Acts = append(rest.Acts, page.Button{Text: v.t("paper.go"), Href: at + "/paper", Kind: "second", Small: true})
	}
	if len(cards) > 0 {
		rest.Acts = append(rest.Acts, page.Button{Text: v.t("off.go"), Href: at + "/cards-off", Kind: "second", Small: true})
	}
	for _, id := range p.Places {
		if v.works(id) {
			rest.Acts = append(rest.Acts, page.Button{Text: v.t("leave.go", "Place", v.place(id)), Href: at + "/leave?venue=" + id, Kind: "second", Small: true})
		}
	}
	s.Blocks = append(s.Blocks, rest, page.Block{Text: nil, Note: &page.Note{Text: []string{v.t("logged")}}})
	return v.render(200, s)
}

type editForm struct {
	Name  string `form:"name" validate:"max=200"`
	Born  *int   `form:"born"`
	Adult bool   `form:"adult"`
	Phone string `form:"phone" validate:"max=30"`
	born  string
}

// EditForm shows what may be changed.
func (h *Handlers) EditForm(c *gin.Context) error {
	v := h.see(c)
	p, _, err := v.learner()
	if err != nil {
		return err
	}
	f := &editForm{Name: p.Name, Adult: p.Adult, Phone: phone(p.Phone)}
	if p.Born != 0 {
		f.Born = &p.Born
	}
	return v.edit(200, p, f, nil)
}

func (v *view) edit(status int, p *person.Person, f *editForm, sum *page.ErrorSummary) error {
	s := v.about(p, "edit.title")
	s.Errors, s.Failed = sum, sum != nil
	s.Lead = v.t("edit.lead")
	born := f.born
	if f.Born != nil {
		born = strconv.Itoa(*f.Born)
	}
	at := "/mentor/learners/" + string(p.ID)
	s.Blocks = []page.Block{{Form: &page.Form{Action: at + "/edit", Parts: []any{v.field("name", "name", f.Name), v.year(born), v.check("adult", "adult.check", f.Adult), v.tel(f.Phone)},
		Buttons: []page.Button{{Text: v.t("save")}, {Text: v.t("cancel"), Href: at, Kind: "second"}}}}}
	return v.render(status, s)
}

// Edit stores name, birth year and phone.
func (h *Handlers) Edit(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	var f editForm
	err = form.Decode(c.Request, &f)
	f.born = form.Typed(c.Request, "born")
	if err == nil && f.Born == nil && !f.Adult {
		err = fault.InvalidFields(fault.Field{Pointer: "born", Key: "person.age_needed"})
	}
	if err == nil {
		contact := person.Contact{Name: f.Name, Adult: f.Adult, Phone: f.Phone}
		if f.Born != nil {
			contact.Born = *f.Born
		}
		err = h.o.People.Edit(v.ctx, v.a, p.ID, contact)
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.edit(status, p, &f, sum)
		}
		return err
	}
	return v.to(at, "edited")
}

// LeaveAsk asks before a person leaves the venue.
func (h *Handlers) LeaveAsk(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	venue := c.Query("venue")
	if !v.works(venue) {
		return fault.New(fault.NotFound, "person.not_here")
	}
	s := v.about(p, "leave.title")
	s.Lead = v.t("leave.lead", "Place", v.place(venue))
	return v.ask(s, []string{v.t("leave.1"), v.t("leave.2")}, at+"/leave", "leave.do", at, page.Hidden{Name: "venue", Value: venue})
}

// venueOf reads the venue of a form; one where the mentor does not work is not there.
func (v *view) venueOf() (string, error) {
	var f struct {
		Venue string `form:"venue" validate:"required,max=63"`
	}
	if err := form.Decode(v.c.Request, &f); err != nil {
		return "", err
	}
	if !v.works(f.Venue) {
		return "", fault.New(fault.NotFound, "person.not_here")
	}
	return f.Venue, nil
}

// Leave takes a person out of the venue.
func (h *Handlers) Leave(c *gin.Context) error {
	v := h.see(c)
	p, _, err := v.learner()
	if err != nil {
		return err
	}
	venue, err := v.venueOf()
	if err != nil {
		return err
	}
	if err := h.o.People.Leave(v.ctx, v.a, p.ID, venue); err != nil {
		return err
	}
	return v.to("/mentor/learners", "left")
}

// Join makes a person known at another venue of the same mentor.
func (h *Handlers) Join(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	venue, err := v.venueOf()
	if err != nil {
		return err
	}
	if err := h.o.People.Join(v.ctx, v.a, p.ID, venue); err != nil {
		return err
	}
	return v.to(at, "joined")
}
