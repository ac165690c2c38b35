package office

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// reasons are the codes under which people are looked up; they stand in the log.
var reasons = []string{"request", "help", "duplicates", "complaint", "check"}

func (v *view) reasonChoices() (items []page.Choice) {
	for _, r := range reasons {
		items = append(items, page.Choice{Value: r, Label: v.t("why." + r)})
	}
	return items
}

// searchForm is what is typed to find people. It travels in the body: a name does not
// belong into an address.
type searchForm struct {
	Q   string `form:"q" validate:"required,max=200"`
	Why string `form:"why,choice" validate:"required"`
}

// Learners asks whom to look for, and why.
func (h *Handlers) Learners(c *gin.Context) error {
	return h.see(c).search(200, &searchForm{}, nil, nil)
}

func (v *view) search(status int, f *searchForm, found *person.Found, sum *page.ErrorSummary) error {
	s := v.sheet("learners", "learners.title")
	s.Lead = v.t("learners.lead")
	s.Errors, s.Failed = sum, sum != nil
	if venues, all := v.a.Venues(person.PersonSearch); !all {
		var names []string
		for _, id := range venues {
			names = append(names, v.place(id))
		}
		s.Kicker = strings.Join(names, ", ")
	}
	q := v.field("q", "learners.q", f.Q, "learners.q.hint")
	q.Autocomplete = "off"
	ask := page.Block{Form: &page.Form{Action: "/office/learners", Parts: []any{q, v.choice("why", "learners.why", f.Why, v.reasonChoices(), "learners.why.hint")},
		Buttons: []page.Button{{Text: v.t("learners.find")}}}}
	if found == nil {
		s.Blocks = []page.Block{ask}
		return v.render(status, s)
	}
	grid := page.Grid{Caption: v.t("learners.found"), Cards: true, Empty: v.t("learners.none"),
		Head: []page.GridHead{{Text: v.t("learner.name")}, {Text: v.t("learner.born")}, {Text: v.t("learner.phone")}, {Text: v.t("learner.places")}, {Text: v.t("learner.state")}}}
	for _, p := range found.People {
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.name(p), Href: "/office/learners/" + string(p.ID) + "?why=" + url.QueryEscape(f.Why)},
			{Text: v.born(p)}, {Text: tail(p.Phone)}, {Text: v.places(p.Places)}, {Tag: v.state(p)}}})
	}
	if found.More {
		grid.Foot = v.t("learners.more")
	}
	ask.Title = v.t("learners.again")
	s.Blocks = []page.Block{{Grid: &grid}, ask}
	return v.render(status, s)
}

// Search finds people by letters of the name, digits of the phone or year of birth.
func (h *Handlers) Search(c *gin.Context) error {
	v := h.see(c)
	var f searchForm
	err := form.Decode(c.Request, &f)
	var found *person.Found
	if err == nil {
		if slices.Contains(reasons, f.Why) {
			v.a.Why = f.Why
		}
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

func (v *view) born(p *person.Person) string {
	switch {
	case p.Born != 0:
		return strconv.Itoa(p.Born)
	case p.Adult:
		return v.t("learner.adult")
	}
	return "–"
}

// tail is the end of a phone number: enough to tell people apart.
func tail(phone string) string {
	if len(phone) < 4 {
		return "–"
	}
	return "…" + phone[len(phone)-4:]
}

func (v *view) places(ids []string) string {
	if len(ids) == 0 {
		return "–"
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = v.place(id)
	}
	return strings.Join(names, ", ")
}

func (v *view) state(p *person.Person) *page.Tag {
	if p.State == person.Waiting {
		return &page.Tag{Text: v.t("state.waiting"), Kind: "sun"}
	}
	return &page.Tag{Text: v.t("state.active"), Kind: "good"}
}

// Learner is the page of a person who learns. Without a reason it asks for one first.
func (h *Handlers) Learner(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("learners", "learners.title")
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/learners", Text: v.t("learners.menu")})
	why := c.Query("why")
	at := "/office/learners/" + string(pid(c))
	if !slices.Contains(reasons, why) {
		s.Title, s.Lead = v.t("learner.why.title"), v.t("learners.why.hint")
		s.Blocks = []page.Block{{Form: &page.Form{Action: at, Get: true, Parts: []any{v.choice("why", "learners.why", "", v.reasonChoices())},
			Buttons: []page.Button{{Text: v.t("learner.open")}}}}}
		return v.render(200, s)
	}
	v.a.Why = why
	p, err := h.o.People.ByID(v.ctx, v.a, pid(c))
	if err != nil {
		return err
	}
	s.Title = v.name(p)
	s.Kicker = v.t("learner.noted", "Why", v.t("why."+why))
	phone := p.Phone
	if phone == "" {
		phone = "–"
	} else if p.PhoneShared {
		phone += " (" + v.t("learner.shared") + ")"
	}
	email := p.Email
	switch {
	case email == "":
		email = "–"
	case !p.EmailProved:
		email += " (" + v.t("learner.unproved") + ")"
	}
	s.Blocks = []page.Block{{Facts: []page.Row{
		{Key: v.t("learner.state"), Value: v.state(p).Text}, {Key: v.t("learner.born"), Value: v.born(p)}, {Key: v.t("learner.phone"), Value: phone},
		{Key: v.t("learner.email"), Value: email}, {Key: v.t("learner.places"), Value: v.places(p.Places)}, {Key: v.t("person.made"), Value: v.date(p.Made)},
		{Key: v.t("person.seen"), Value: v.date(stored(p.Seen))}, {Key: v.t("person.id"), Value: string(p.ID)},
	}}}
	held, err := h.o.People.Ledger(v.ctx, v.a, p.ID)
	if err != nil {
		return err
	}
	ledger := page.Grid{Caption: v.t("ledger.title"), Hidden: true, Cards: true, Empty: v.t("ledger.none"),
		Head: []page.GridHead{{Text: v.t("ledger.purpose")}, {Text: v.t("ledger.given")}, {Text: v.t("ledger.at")}, {Text: v.t("ledger.mode")}, {Text: v.t("ledger.ref")}}}
	for _, e := range slices.Backward(held) {
		given := &page.Tag{Text: v.t("ledger.yes"), Kind: "good"}
		if !e.Given {
			given = &page.Tag{Text: v.t("ledger.no"), Kind: "plain"}
		}
		ref := e.Ref
		if ref == "" {
			ref = "–"
		}
		ledger.Rows = append(ledger.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.code("purpose", string(e.Purpose))}, {Tag: given}, v.when(e.At.Time),
			{Text: v.t("mode." + string(e.Mode))}, {Text: ref}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("ledger.title"), Grid: &ledger})
	if v.somewhere(person.PersonDuplicates) {
		if err := v.history(s, p.ID); err != nil {
			return err
		}
	}
	acts := page.Block{Title: v.t("learner.acts"), Acts: []page.Button{{Text: v.t("learner.desk"), Href: "/mentor/learners/" + string(p.ID), Kind: "second", Small: true}}}
	if v.may(person.RoleGrant, person.City) && p.State == person.Active && p.ID != v.a.Person {
		acts.Acts = append(acts.Acts, page.Button{Text: v.t("grant.go"), Href: "/office/people/" + string(p.ID) + "/grant", Kind: "second", Small: true})
	}
	if v.may(person.PersonErase, person.City) && p.ID != v.a.Person {
		acts.Acts = append(acts.Acts, page.Button{Text: v.t("erase.go"), Href: at + "/erase", Kind: "second", Small: true})
	}
	s.Blocks = append(s.Blocks, acts, page.Block{Note: &page.Note{Text: []string{v.t("learner.logged")}}})
	return v.render(200, s)
}

// eraseForm is a request on paper that somebody holds in hands.
type eraseForm struct {
	Paper string `form:"paper" validate:"required,max=40"`
	Sure  bool   `form:"sure"`
}

var paperCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9./-]{0,39}$`)

// EraseAsk asks before a person who asked on paper is erased.
func (h *Handlers) EraseAsk(c *gin.Context) error { return h.see(c).erase(200, &eraseForm{}, nil) }

func (v *view) erase(status int, f *eraseForm, sum *page.ErrorSummary) error {
	v.a.Why = "request"
	p, err := v.h.o.People.ByID(v.ctx, v.a, pid(v.c))
	if err != nil {
		return err
	}
	s := v.sheet("learners", "erase.title")
	back := "/office/learners/" + string(p.ID) + "?why=request"
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/learners", Text: v.t("learners.menu")}, page.Link{Href: back, Text: v.name(p)})
	s.Kicker, s.Lead = v.name(p), v.t("erase.lead")
	s.Errors, s.Failed = sum, sum != nil
	s.Blocks = []page.Block{{Words: []string{v.t("erase.1"), v.t("erase.2"), v.t("erase.3")}}, {Form: &page.Form{Action: "/office/learners/" + string(p.ID) + "/erase",
		Parts:   []any{v.field("paper", "erase.paper", f.Paper, "erase.paper.hint"), v.check("sure", "erase.sure", f.Sure)},
		Buttons: []page.Button{{Text: v.t("erase.do"), Kind: "bad"}, {Text: v.t("cancel"), Href: back, Kind: "second"}}}}}
	return v.render(status, s)
}

// Erase erases a person for ever and shows the number of the receipt.
func (h *Handlers) Erase(c *gin.Context) error {
	v := h.see(c)
	var f eraseForm
	err := form.Decode(c.Request, &f)
	switch {
	case err != nil:
	case !paperCode.MatchString(f.Paper):
		err = fault.InvalidFields(fault.Field{Pointer: "paper", Key: "office.erase.paper.form"})
	case !f.Sure:
		err = fault.InvalidFields(fault.Field{Pointer: "sure", Key: "office.erase.sure.needed"})
	}
	number := ""
	if err == nil {
		v.a.Why = "request:" + f.Paper
		number, err = h.o.People.Erase(v.ctx, v.a, pid(c))
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.erase(status, &f, sum)
		}
		return err
	}
	s := v.sheet("learners", "erase.done")
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/learners", Text: v.t("learners.menu")})
	s.Lead = v.t("erase.receipt.lead")
	s.Blocks = []page.Block{{Secret: &page.Secret{Title: v.t("erase.receipt"), Value: number, Text: v.t("erase.receipt.check")},
		Acts: []page.Button{{Text: v.t("print"), Kind: "second", Small: true, Does: "print"}, {Text: v.t("ready"), Href: "/office/learners", Small: true}}}}
	return v.render(200, s)
}

// history adds the merges of a person, with a way to undo them.
func (v *view) history(s *page.Sheet, id person.ID) error {
	merges, err := v.h.o.People.History(v.ctx, v.a, id)
	if err != nil || len(merges) == 0 {
		return err
	}
	grid := page.Grid{Caption: v.t("history.title"), Hidden: true, Cards: true,
		Head: []page.GridHead{{Text: v.t("history.dropped")}, {Text: v.t("history.at")}, {Text: v.t("history.by")}, {Text: v.t("history.state")}, {Text: v.t("act")}}}
	for _, m := range merges {
		act := page.GridCell{}
		if m.State == person.MergeDone && m.Sealed != "" && v.somewhere(person.PersonMerge) {
			act.Acts = []page.Button{{Text: v.t("undo.go"), Href: "/office/learners/" + string(id) + "/undo/" + m.ID, Kind: "second", Small: true}}
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: short(m.Drop), Mono: true}, v.when(m.Made.Time), {Text: short(m.By), Mono: true},
			{Text: v.t("merge." + string(m.State))}, act}})
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("history.title"), Small: v.t("history.text"), Grid: &grid})
	return nil
}
