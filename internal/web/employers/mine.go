package employers

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// ByCode answers /join/{code} where the code has the form of an employer's; mine is false
// where it has not.
func (h *Handlers) ByCode(c *gin.Context) (mine bool, err error) {
	if _, err := staffing.ReadCode(c.Param("code")); err != nil {
		return false, nil
	}
	if c.Request.Method == http.MethodPost {
		return true, h.join(c)
	}
	return true, h.see(c).greet(nil, staffing.Wish{})
}

// Typed leads from a code that was typed at /join; ok is false where it has not the form
// of ours. Errors: those of staffing.Look, for the page on which it was typed.
func Typed(ctx context.Context, s *staffing.Service, code string) (path string, ok bool, err error) {
	read, err := staffing.ReadCode(code)
	if err != nil {
		return "", false, nil
	}
	_, err = s.Look(ctx, read)
	return join + read, true, err
}

// greet says who invites, what the employer will see, and asks.
func (v *view) greet(refused error, w staffing.Wish) error {
	code := v.c.Param("code")
	i, err := v.h.o.Staffing.Look(v.ctx, code)
	switch {
	case fault.Is(err, fault.NotFound):
		return v.useless(http.StatusNotFound, "join.bad")
	case fault.Is(err, fault.Gone) && fault.As(err).Key == "employer.code_old":
		return v.useless(http.StatusGone, "join.old")
	case fault.Is(err, fault.Gone):
		return v.useless(http.StatusGone, "join.over")
	}
	if err != nil {
		return err
	}
	// Whether the code is spent is told only to somebody who agrees with it: an employer
	// that has kept a list of slips could ask for each of them otherwise.
	to := join + code
	s := v.sheet(to, v.t("join.title", "Employer", v.in(i.Name())), "")
	s.Narrow, s.Lead = true, v.t("join.lead")
	status, err := v.refused(&s, refused)
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, v.promise())
	if gate.Actor(v.c).Person == "" {
		q := "?" + url.Values{"back": {to}}.Encode()
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("join.account"), Text: []string{v.t("join.account.text")},
			Acts: []page.Button{{Text: v.t("join.sign_in"), Href: "/sign-in" + q}, {Text: v.t("join.register"), Href: "/register" + q, Kind: "second"}}})
		return v.show(status, s)
	}
	s.Blocks = append(s.Blocks, page.Block{Form: &page.Form{Action: to, Card: true,
		Parts:   append([]any{page.Plain(v.t("join.agree"))}, v.wishes(w)...),
		Buttons: []page.Button{{Text: v.t("join.go")}, {Text: v.t("join.no"), Href: "/", Kind: "quiet"}}}})
	return v.show(status, s)
}

// useless says of a code that it leads nowhere, and why.
func (v *view) useless(status int, key string) error {
	s := v.sheet("/join", v.t(key), "")
	s.Narrow = true
	b := page.Block{Text: []string{v.t(key + ".text")}, Acts: []page.Button{{Text: v.t("join.again"), Href: "/join"}}}
	if key == "join.old" {
		b.Acts = append(b.Acts, page.Button{Text: v.t("join.mine"), Href: Mine, Kind: "second"})
	}
	s.Blocks = []page.Block{b}
	return v.show(status, s)
}

// promise is what the employer sees, in one sentence, and what it never sees.
func (v *view) promise() page.Block {
	return page.Block{ID: "sees", Note: &page.Note{Title: v.t("sees.title"), Text: []string{v.t("sees"), v.t("sees.never"), v.t("sees.leave")}}}
}

func (v *view) wishes(w staffing.Wish) []any {
	return []any{
		page.Check{ID: page.FieldID("all"), Name: "all", Value: "yes", Label: v.t("field.all"), Hint: v.t("field.all.hint"), Checked: w.All},
		page.Check{ID: page.FieldID("remind"), Name: "remind", Value: "yes", Label: v.t("field.remind"), Hint: v.t("field.remind.hint"), Checked: w.Remind},
	}
}

type wishForm struct {
	Body   string   `form:"body" validate:"max=80"`
	All    string   `form:"all" validate:"max=4"`
	Remind string   `form:"remind" validate:"max=4"`
	Show   []string `form:"show" validate:"max=200"`
}

func (f wishForm) wish() staffing.Wish {
	return staffing.Wish{Remind: f.Remind != "", All: f.All != ""}
}

func (h *Handlers) join(c *gin.Context) error {
	v := h.see(c)
	who := gate.Actor(c).Person
	if who == "" { // the session has ended meanwhile: the page leads to the door
		return v.go2(join + c.Param("code"))
	}
	var f wishForm
	if err := form.Decode(c.Request, &f); err != nil {
		return v.greet(err, f.wish())
	}
	e, err := h.o.Staffing.Join(v.ctx, who, c.Param("code"), f.wish())
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden) {
		return v.greet(err, f.wish())
	}
	if err != nil {
		return err
	}
	return v.go2(Mine + "?done=joined#e-" + e.Institution)
}

// Mine is a person's own page: the plan, what the employer sees, and the way out.
func (h *Handlers) Mine(c *gin.Context) error { return h.see(c).own(nil) }

func (v *view) own(refused error) error {
	who := gate.Actor(v.c).Person
	s := v.sheet(Mine, v.t("mine.title"), "", page.Link{Href: "/me", Text: v.t("mine.me")})
	s.Narrow = true
	status, err := v.refused(&s, refused)
	if err != nil {
		return err
	}
	switch v.c.Query("done") {
	case "joined", "changed", "left":
		s.Done = v.t("done." + v.c.Query("done"))
	}
	list, err := v.h.o.Staffing.Of(v.ctx, who)
	if err != nil {
		return err
	}
	var known []*institution.Institution
	for _, e := range list {
		if i, ok := v.h.o.Bodies.ByID(e.Institution); ok {
			known = append(known, i)
		}
	}
	if len(known) == 0 {
		s.Blocks = append(s.Blocks, page.Block{Text: []string{v.t("mine.none")}, Acts: []page.Button{{Text: v.t("mine.code"), Href: "/join", Kind: "second"}}})
		return v.show(status, s)
	}
	standing, err := v.h.o.Standing(v.ctx, who)
	if err != nil {
		return err
	}
	held, err := v.h.o.Held(v.ctx, who)
	if err != nil {
		return err
	}
	for _, e := range list {
		i, ok := v.h.o.Bodies.ByID(e.Institution)
		if !ok {
			continue
		}
		s.Blocks = append(s.Blocks, v.plain(i, standing))
		consent, err := v.consent(e, held)
		if err != nil {
			return err
		}
		s.Blocks = append(s.Blocks, consent)
	}
	s.Blocks = append(s.Blocks, v.promise())
	return v.show(status, s)
}

// plain is the plan as the person sees it: proposed, never demanded.
func (v *view) plain(i *institution.Institution, at staffing.Standing) page.Block {
	b := page.Block{ID: "e-" + i.ID, Title: v.t("advises", "Employer", v.in(i.Name()))}
	for _, note := range []string{v.h.o.Staffing.ByID(i.ID).Note, v.ofCity(i)} {
		if note != "" {
			b.Text = append(b.Text, note)
		}
	}
	g := &page.Grid{Caption: b.Title, Hidden: true, Cards: true, Empty: v.t("mine.no_plan"), Foot: v.t("mine.free"),
		Head: []page.GridHead{{Text: v.t("col.course")}, {Text: v.t("col.kind")}, {Text: v.t("col.due")}, {Text: v.t("col.state")}}}
	for _, x := range v.h.o.Staffing.Plan(i) {
		state := page.Tag{Text: v.t("state.open")}
		if at.Has(x) {
			state = page.Tag{Text: v.t("state.done"), Kind: "good"}
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{v.stepCell(x), {Text: v.kind(x)}, {Text: orDash(v.day(x.Due))}, {Tag: &state}}})
	}
	b.Grid = g
	return b
}

func (v *view) ofCity(i *institution.Institution) string {
	if i.Kind != institution.Department {
		return ""
	}
	return v.h.o.Staffing.ByID(staffing.Programme).Note
}

// consent is what the person shows and whether to be reminded, and the way out.
func (v *view) consent(e *staffing.Enrolment, held []*credential.View) (page.Block, error) {
	b := page.Block{ID: "c-" + e.Institution, Title: v.t("mine.consent"), Small: v.t("mine.since", "Day", v.day(e.Since))}
	parts := v.wishes(staffing.Wish{All: e.All, Remind: e.Remind})
	// two employers on one page: ids of fields must differ
	for k, p := range parts {
		check := p.(page.Check)
		check.ID += "-" + e.Institution
		parts[k] = check
	}
	ch := page.Choices{ID: page.FieldID("show-" + e.Institution), Name: "show", Many: true, Legend: v.t("field.show"), Hint: v.t("field.show.hint")}
	for k, c := range held {
		if c.State != credential.Valid {
			continue
		}
		id := ch.ID
		if k > 0 {
			id += "-" + c.ID
		}
		ch.Items = append(ch.Items, page.Choice{ID: id, Value: c.ID, Label: v.in(c.Title), Hint: v.w.Date(c.At.Time), Checked: e.Shows(c.ID) && !e.All})
	}
	if len(ch.Items) > 0 {
		parts = append(parts, ch)
	}
	ok, err := v.h.o.Writable(v.ctx, e.Person)
	if err != nil {
		return b, err
	}
	if e.Remind && !ok {
		b.Note = &page.Note{Kind: "sun", Text: []string{v.t("mine.not_writable")}, Link: &page.Link{Href: "/me/consents", Text: v.t("mine.consents")}}
	}
	b.Form = &page.Form{Action: Mine, Card: true, Hidden: []page.Hidden{{Name: "body", Value: e.Institution}}, Parts: parts, Buttons: []page.Button{{Text: v.t("mine.save"), Small: true}}}
	b.Forms = []page.Form{{Action: Mine + "/ask", Hidden: []page.Hidden{{Name: "body", Value: e.Institution}}, Buttons: []page.Button{{Text: v.t("mine.leave"), Kind: "quiet", Small: true}}}}
	return b, nil
}

// Change stores what the person agrees to.
func (h *Handlers) Change(c *gin.Context) error {
	v := h.see(c)
	var f wishForm
	if err := form.Decode(c.Request, &f); err != nil {
		return v.own(err)
	}
	who := gate.Actor(c).Person
	held, err := h.o.Held(v.ctx, who)
	if err != nil {
		return err
	}
	var shown []string
	for _, x := range held { // one's own certificates only
		for _, id := range f.Show {
			if x.ID == id {
				shown = append(shown, id)
			}
		}
	}
	if err := h.o.Staffing.Change(v.ctx, who, f.Body, f.wish(), shown); err != nil {
		return err
	}
	return v.go2(Mine + "?done=changed")
}

// AskLeave asks before somebody leaves.
func (h *Handlers) AskLeave(c *gin.Context) error {
	v := h.see(c)
	var f wishForm
	if err := form.Decode(c.Request, &f); err != nil {
		return v.own(err)
	}
	i, ok := h.o.Bodies.ByID(f.Body)
	if !ok {
		return fault.New(fault.NotFound, "institution.gone")
	}
	s := v.sheet(Mine, v.t("leave.title"), "", page.Link{Href: Mine, Text: v.t("mine.title")})
	s.Narrow, s.Kicker, s.Lead = true, v.in(i.Name()), v.t("leave.lead")
	s.Blocks = []page.Block{{Form: &page.Form{Action: Mine + "/leave", Hidden: []page.Hidden{{Name: "body", Value: i.ID}},
		Buttons: []page.Button{{Text: v.t("leave.yes"), Kind: "bad"}, {Text: v.t("leave.no"), Href: Mine, Kind: "second"}}}}}
	return v.show(http.StatusOK, s)
}

// Leave ends an enrolment.
func (h *Handlers) Leave(c *gin.Context) error {
	v := h.see(c)
	var f wishForm
	if err := form.Decode(c.Request, &f); err != nil {
		return v.own(err)
	}
	if err := h.o.Staffing.Leave(v.ctx, gate.Actor(c).Person, f.Body); err != nil {
		return err
	}
	return v.go2(Mine + "?done=left")
}

// Advice is what somebody's employers propose and is not done yet, for /me and the list
// of courses; nil for those who enrolled nowhere, or have nothing left.
func (h *Handlers) Advice(ctx context.Context, who person.ID, lang string) (*page.Note, error) {
	if who == "" {
		return nil, nil
	}
	v := &view{h: h, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang}
	list, err := h.o.Staffing.Of(ctx, who)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	at, err := h.o.Standing(ctx, who)
	if err != nil {
		return nil, err
	}
	n := &page.Note{Title: v.t("advice"), Link: &page.Link{Href: Mine, Text: v.t("advice.go")}}
	for _, e := range list {
		i, ok := h.o.Bodies.ByID(e.Institution)
		if !ok {
			continue
		}
		for _, x := range h.o.Staffing.Plan(i) {
			if at.Has(x) || len(n.List) == 4 {
				continue
			}
			line := v.step(x)
			if x.Due != "" {
				line = v.t("advice.due", "Title", line, "Day", v.day(x.Due))
			}
			n.List = append(n.List, line)
		}
	}
	if len(n.List) == 0 {
		n.Title, n.Text = v.t("advice.done"), []string{v.t("advice.done.text")}
	}
	return n, nil
}
