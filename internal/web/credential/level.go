package credential

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// level is where tests for a certificate begin, and where they go on.
const level = "/me/level"

// pins are what the mentor tells.
type pins struct {
	Venue   string `form:"venue_pin" validate:"max=40"`
	Proctor string `form:"proctor_pin" validate:"max=40"`
}

// Level tells what a certificate of a level takes, and begins the test for one.
func (h *Handlers) Level(c *gin.Context) error { return h.see(c).level(http.StatusOK, pins{}, nil) }

func (v *view) level(status int, f pins, refused error) error {
	me := gate.Actor(v.c).Person
	s := v.sheet(v.t("level.title"))
	s.Narrow, s.Lead = true, v.t("level.lead")
	if me != "" {
		s.Crumbs = []page.Link{{Href: "/me", Text: v.t("me")}, {Href: mine, Text: v.t("mine.title")}}
	} else {
		s.Crumbs = []page.Link{{Href: "/surveys", Text: v.t("level.surveys")}}
	}
	var faults []fault.Field
	if f := fault.As(refused); f != nil && f.Kind == fault.TooMany {
		s.Errors, s.Failed = &page.ErrorSummary{Items: []page.ErrorItem{{Href: "#begin", Text: v.w.T(f.Key, f.Args)}}}, true
	} else if refused != nil {
		sum, list, _, ok := page.Refused(v.w, refused)
		if !ok {
			return refused
		}
		s.Errors, s.Failed, faults = sum, true, list
	}
	if v.h.o.Credentials.Demo() {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Text: []string{v.t("demo")}}})
	}
	if err := v.h.o.Credentials.MayTest(); err != nil {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Title: v.t("level.closed"), Text: []string{v.t("level.closed.1"), v.t("level.closed.2"), v.t("level.closed.3")}}},
			page.Block{Acts: []page.Button{{Text: v.t("level.self"), Href: "/surveys"}, {Text: v.t("mine.courses"), Href: "/courses", Kind: "second"}}})
		return v.levelEnd(status, s, me)
	}
	if me == "" {
		s.Blocks = append(s.Blocks, v.levelHow(), page.Block{Acts: []page.Button{{Text: v.t("level.signin"), Href: "/sign-in?back=" + url.QueryEscape(level)}}})
		return v.levelEnd(status, s, me)
	}
	list, err := v.h.o.Credentials.AttemptsOf(v.ctx, me)
	if err != nil {
		return err
	}
	open, next := v.h.o.Credentials.NextTest(list)
	if !next.IsZero() {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Title: v.t("level.later"), Text: []string{v.t("level.later.text", "Day", v.w.Date(next))}}})
		return v.levelEnd(status, s, me)
	}
	b := page.Block{ID: "begin", Form: &page.Form{Action: level, Buttons: []page.Button{{Text: v.t("level.begin")}}}}
	if open != nil {
		b.Title, b.Text = v.t("level.open"), []string{v.t("level.open.text", "Day", v.w.Date(open.Ends()))}
		b.Form.Buttons[0].Text = v.t("level.go_on")
	}
	if v.h.o.Credentials.Proctored() {
		pin := func(name, value string) page.Field {
			return page.Field{ID: page.FieldID(name), Name: name, Label: v.t("level." + name), Hint: v.t("level." + name + ".hint"), Value: value, InputMode: "numeric",
				MaxLength: 40, Width: "10", Autocomplete: "off", Plain: true, Error: page.FaultText(v.w, faults, name)}
		}
		b.Form.Parts = []any{pin("venue_pin", f.Venue), pin("proctor_pin", "")}
	}
	if open != nil {
		s.Blocks = append(s.Blocks, b, v.levelHow())
	} else {
		s.Blocks = append(s.Blocks, v.levelHow(), b)
	}
	return v.levelEnd(status, s, me)
}

// levelHow says how the test goes.
func (v *view) levelHow() page.Block {
	b := page.Block{Title: v.t("level.how"), Words: []string{v.t("level.how.length"), v.t("level.how.sure"), v.t("level.how.from", "From", v.h.o.Credentials.Lowest()), v.t("level.how.alarm"), v.t("level.how.decided"), v.t("level.how.index")}}
	if v.h.o.Credentials.Proctored() {
		b.Words = append([]string{v.t("level.how.watched")}, b.Words...)
	}
	return b
}

// levelEnd adds the attempts of the reader and what the certificate is not.
func (v *view) levelEnd(status int, s *page.Sheet, me person.ID) error {
	blocks, err := v.attempts(me)
	if err != nil {
		return err
	}
	s.Blocks = append(append(s.Blocks, blocks...), page.Block{Text: []string{v.t("not")}})
	return v.put(status, s)
}

// attempts tell the reader where each of their tests stands.
func (v *view) attempts(me person.ID) ([]page.Block, error) {
	list, err := v.h.o.Credentials.AttemptsOf(v.ctx, me)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	grid := &page.Grid{Caption: v.t("level.mine"), Cards: true, Head: []page.GridHead{{Text: v.t("level.when")}, {Text: v.t("row.status")}, {Text: v.t("level.said")}}}
	for _, a := range list {
		said := "–"
		switch {
		case a.State == credential.Begun:
			said = v.t("level.until", "Day", v.w.Date(a.Ends()))
		case a.State == credential.Waiting:
			said = v.t("level.waits")
		case a.State == credential.Approved:
			if said = v.t("level.is", "Level", a.Level); !v.h.o.Credentials.Certifies(a.Level) {
				said = v.t("level.taken", "From", v.h.o.Credentials.Lowest())
			}
		case a.Verdict != nil && a.Verdict.Reason != "":
			said = v.t("objection." + string(a.Verdict.Reason))
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.DateTime(a.At.Time)}, {Tag: v.attemptTag(a.State)}, {Text: said}}})
	}
	return []page.Block{{ID: "mine", Grid: grid}}, nil
}

func (v *view) attemptTag(s credential.AttemptState) *page.Tag {
	return &page.Tag{Text: v.t("attempt." + string(s)), Kind: map[credential.AttemptState]string{credential.Approved: "good", credential.Waiting: "sun", credential.Denied: "bad", credential.Begun: "main"}[s]}
}

// BeginLevel begins the test, or goes on with the one that was interrupted.
func (h *Handlers) BeginLevel(c *gin.Context) error {
	v := h.see(c)
	me := gate.Actor(c).Person
	if err := gate.Check(c, person.MeEdit, person.Own(me)); err != nil {
		return err
	}
	var f pins
	err := form.Decode(c.Request, &f)
	if err == nil {
		var o credential.Opened
		if o, err = h.o.Credentials.BeginTest(v.ctx, me, v.lang, f.Venue, f.Proctor); err == nil {
			c.Header("Cache-Control", "no-store")
			page.SeeOther(c.Writer, c.Request, h.o.Enter(c, o.Sitting, o.Token))
			return nil
		}
	}
	switch {
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.TooMany), fault.Is(err, fault.Forbidden):
		return v.level(page.Status(fault.KindOf(err)), f, err)
	}
	return err
}
