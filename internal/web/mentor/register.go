package mentor

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// atDesk are the purposes that are asked at the desk. A special status is never asked
// on the first screen, club and photos have their own moment.
var atDesk = []person.Purpose{person.Learning, person.ContactUse, person.Statistics}

// registerForm is what a mentor types while the person sits beside.
type registerForm struct {
	Name   string   `form:"name" validate:"max=200"`
	Born   *int     `form:"born"`
	Adult  bool     `form:"adult"`
	Phone  string   `form:"phone" validate:"max=30"`
	Shared bool     `form:"shared"`
	Agreed []string `form:"agreed"`
	Text   int      `form:"text"`
	Paper  string   `form:"paper" validate:"max=40"`
	Venue  string   `form:"venue" validate:"max=63"`
	Sure   bool     `form:"sure"` // those alike were looked at

	born string // as it was typed
}

func (f *registerForm) registration(venue string) person.Registration {
	r := person.Registration{Name: f.Name, Adult: f.Adult, Phone: f.Phone, Venue: venue, SharedPhone: f.Shared, Paper: f.Paper}
	if f.Born != nil {
		r.Born = *f.Born
	}
	return r
}

// asked is what a register page shows beside the form.
type asked struct {
	sum    *page.ErrorSummary
	alike  []person.Candidate
	shared bool // the phone is taken: offer that it is shared
}

// RegisterForm asks for the little that an account needs.
func (h *Handlers) RegisterForm(c *gin.Context) error {
	v := h.see(c)
	return v.register(200, &registerForm{Venue: v.venue}, asked{})
}

func (v *view) register(status int, f *registerForm, q asked) error {
	s := v.sheet("register.title")
	s.Lead = v.t("register.lead")
	s.Errors, s.Failed = q.sum, q.sum != nil
	notice := v.h.o.People.Notice()
	born := f.born
	if f.Born != nil {
		born = strconv.Itoa(*f.Born)
	}
	name := v.field("name", "name", f.Name, "name.hint")
	name.MaxLength = 80
	var parts []any
	if len(v.venues) > 1 {
		options := make([]page.Option, len(v.venues))
		for i, p := range v.venues {
			options[i] = page.Option{Value: p.ID, Text: p.Name.In(v.lang), Selected: p.ID == f.Venue}
		}
		parts = append(parts, page.Select{ID: "f-place", Name: "venue", Label: v.t("venue"), Options: options, Error: page.FaultText(v.w, v.faults, "place")})
	}
	parts = append(parts, name, v.year(born), v.check("adult", "adult.check", f.Adult), v.tel(f.Phone))
	if q.shared || f.Shared {
		parts = append(parts, v.check("shared", "shared.check", f.Shared))
	}
	consents := page.Choices{ID: "f-agreed", Name: "agreed", Many: true, Legend: v.t("agreed"), Hint: v.t("agreed.hint")}
	for _, p := range atDesk {
		on := false
		for _, got := range f.Agreed {
			on = on || got == string(p)
		}
		consents.Items = append(consents.Items, page.Choice{Value: string(p), Label: v.purpose(p), Hint: v.aim(p), Checked: on})
	}
	parts = append(parts, page.Plain(v.t("read.aloud", "Owner", notice.Owner.In(v.lang), "Contact", notice.Contact)), consents,
		page.Heading(v.t("minor")), v.field("paper", "paper", f.Paper, "paper.hint"))
	hidden := []page.Hidden{{Name: "text", Value: strconv.Itoa(notice.Version)}}
	button := v.t("register.do")
	if len(q.alike) > 0 {
		hidden = append(hidden, page.Hidden{Name: "sure", Value: "1"})
		button = v.t("alike.other")
		grid := page.Grid{Caption: v.t("alike.title"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("name")}, {Text: v.t("born")}, {Text: v.t("phone")}}}
		for _, one := range q.alike {
			grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.name(one.Person), Href: "/mentor/learners/" + string(one.Person.ID)}, {Text: v.born(one.Person)}, {Text: tail(one.Person.Phone)}}})
		}
		s.Blocks = append(s.Blocks, page.Block{ID: "alike", Note: &page.Note{Kind: "sun", Title: v.t("alike.title"), Text: []string{v.t("alike.text")}}, Grid: &grid})
	}
	s.Blocks = append(s.Blocks, page.Block{Form: &page.Form{Action: "/mentor/register", Hidden: hidden, Parts: parts,
		Buttons: []page.Button{{Text: button}, {Text: v.t("cancel"), Href: "/mentor", Kind: "second"}}}})
	return v.render(status, s)
}

// aim is what a consent is for, in the words of the city's text.
func (v *view) aim(p person.Purpose) string {
	lines := v.h.o.People.Notice().Lines(p)
	if len(lines) < 3 {
		return ""
	}
	return lines[2].Text.In(v.lang) // owner, processor, aim
}

func tail(number string) string {
	if len(number) < 4 {
		return "–"
	}
	return "…" + number[len(number)-4:]
}

// Register makes the account, after the mentor has seen who is alike, and writes down
// what was agreed to aloud.
func (h *Handlers) Register(c *gin.Context) error {
	v := h.see(c)
	v.a.Why = "desk"
	var f registerForm
	err := form.Decode(c.Request, &f)
	f.born = form.Typed(c.Request, "born")
	venue := v.venue
	if len(v.venues) != 1 && f.Venue != "" {
		venue = f.Venue
	}
	if err == nil && !v.works(venue) {
		err = fault.InvalidFields(fault.Field{Pointer: "place", Key: "person.role_needs_place"})
	}
	reg := f.registration(venue)
	if err == nil && f.Born == nil && !f.Adult {
		err = fault.InvalidFields(fault.Field{Pointer: "born", Key: "person.age_needed"})
	}
	if err == nil && !f.Sure {
		alike, aerr := h.o.People.Alike(v.ctx, v.a, reg)
		if aerr == nil && len(alike) > 0 {
			return v.register(409, &f, asked{alike: alike, shared: f.Phone != ""})
		}
		err = aerr
	}
	var out *person.Registered
	if err == nil {
		out, err = h.o.People.Register(v.ctx, v.a, reg)
	}
	if err != nil {
		sum, status, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.register(status, &f, asked{sum: sum, shared: fault.As(err).Key == "person.phone_taken"})
	}
	done := "registered"
	if out.Waiting {
		done = "waiting"
	} else if err := v.agree(out.Person.ID, f.Agreed, f.Text); err != nil {
		if fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.Forbidden {
			return err
		}
		done = "nothing-agreed" // the account stands; the consents are asked on its page
	}
	return v.to("/mentor/learners/"+string(out.Person.ID), done)
}

// agree notes consents that were spoken before the mentor.
func (v *view) agree(id person.ID, agreed []string, text int) error {
	for _, p := range atDesk {
		for _, got := range agreed {
			if got != string(p) {
				continue
			}
			if err := v.h.o.People.Consent(v.ctx, v.a, id, p, true, text, person.ModeMentor, ""); err != nil {
				return err
			}
			break
		}
	}
	return nil
}
