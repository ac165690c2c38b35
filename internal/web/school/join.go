package school

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// CodePage asks for a code.
type CodePage struct {
	page.Base
	Errors page.ErrorSummary
	Lead   string
	Field  page.Field
	Action string
	Note   *page.Note // instead of a fault: nothing was typed wrong
}

// AskCode asks for the code of a slip.
func (h *Handlers) AskCode(c *gin.Context) error { return h.see(c).askCode(http.StatusOK, "", "") }

func (v *view) askCode(status int, typed, bad string) error {
	return v.codePage(status, typed, bad, nil)
}

func (v *view) codePage(status int, typed, bad string, note *page.Note) error {
	p := &CodePage{Base: page.Base{Lang: v.lang, Title: v.t("join.title"), Path: Join, NoIndex: true}, Lead: v.t("join.lead"), Action: Join, Note: note,
		Field: page.Field{ID: "f-code", Name: "code", Label: v.t("join.code"), Hint: v.t("join.code.hint"), Value: typed, MaxLength: 40, Width: "20", Code: true, Autocomplete: "off", Error: bad}}
	p.Back = &page.Link{Href: "/"}
	if bad != "" {
		p.Failed, p.Errors.Items = true, []page.ErrorItem{{Href: "#f-code", Text: bad}}
	}
	return v.render(status, "school/code", p)
}

// ReadCode leads from a typed code to the page that greets.
func (h *Handlers) ReadCode(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Code string `form:"code" validate:"max=40"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.askCode(http.StatusUnprocessableEntity, form.Typed(c.Request, "code"), v.t("join.bad"))
	}
	if six, err := sitting.ReadCode(f.Code); err == nil { // a group of learners
		page.SeeOther(c.Writer, c.Request, Join+"/"+six)
		return nil
	}
	if h.o.Other != nil {
		to, ok, err := h.o.Other(v.ctx, f.Code)
		if ok && fault.Is(err, fault.Gone) {
			return v.askCode(http.StatusGone, f.Code, v.w.T(fault.As(err).Key, nil))
		}
		if ok && err != nil {
			return v.refusedCode(f.Code, err)
		}
		if ok {
			page.SeeOther(c.Writer, c.Request, to)
			return nil
		}
	}
	read, err := round.ReadCode(f.Code)
	if err == nil {
		_, err = h.o.Rounds.Look(v.ctx, read)
	}
	if err != nil {
		return v.refusedCode(f.Code, err)
	}
	page.SeeOther(c.Writer, c.Request, Join+"/"+read)
	return nil
}

func (v *view) refusedCode(typed string, err error) error {
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
		return v.askCode(http.StatusUnprocessableEntity, typed, v.t("join.bad"))
	case fault.Is(err, fault.Gone):
		return v.codePage(http.StatusGone, "", "", &page.Note{Kind: "sun", Title: v.w.T("round.closed", nil), Text: []string{v.t("join.closed")}})
	case fault.Is(err, fault.TooMany):
		return v.askCode(http.StatusTooManyRequests, typed, v.w.T("round.too_many", nil))
	}
	return err
}

// ByCode answers /join/{code} where the code has the form of a round's; mine is false where
// it has not.
func (h *Handlers) ByCode(c *gin.Context) (mine bool, err error) {
	if _, err := round.ReadCode(c.Param("code")); err != nil {
		return false, nil
	}
	if c.Request.Method == http.MethodPost {
		return true, h.Begin(c)
	}
	return true, h.Greet(c)
}

// GreetPage says who asks, what for, and what nobody will see.
type GreetPage struct {
	page.Base
	Kicker string
	About  string
	Facts  []page.Fact
	Action string
	Begin  page.Button
	Closed *page.Note
	Resume page.Link
}

// Greet greets whoever has a code: GET /join/{code}.
func (h *Handlers) Greet(c *gin.Context) error {
	v := h.see(c)
	code := c.Param("code")
	p, err := h.o.Rounds.Look(v.ctx, code)
	if err != nil {
		return v.refusedCode("", err)
	}
	pub, ok := h.o.Sittings.Catalogue().Current(p.Instrument)
	if !ok {
		return fault.New(fault.NotFound, "")
	}
	name := ""
	if m, ok := p.Round.Member(p.Institution, p.Role); ok {
		name = v.in(m.Name)
		if i, ok := h.o.Bodies.ByID(p.Institution); ok && v.in(i.Name()) != name {
			name = v.t("greet.renamed", "New", v.in(i.Name()), "Old", name)
		}
	}
	free := v.t("greet.free.text")
	if p.Role == institution.Graduate {
		free = v.t("greet.free.graduate")
	}
	g := &GreetPage{Base: page.Base{Lang: v.lang, Title: pub.Title.In(v.lang), Path: Join + "/" + code, NoIndex: true, Back: &page.Link{Href: "/"}},
		Kicker: name, About: pub.Summary.In(v.lang), Action: Join + "/" + code, Begin: page.Button{Text: v.t("greet.begin")},
		Resume: page.Link{Href: "/r", Text: v.t("greet.resume")},
		Facts: []page.Fact{
			{Icon: "clock", Title: v.t("greet.time"), Text: v.t("greet.time.text", "From", pub.Minutes.From, "To", pub.Minutes.To)},
			{Icon: "shield", Title: v.t("greet.promise"), Text: v.promise(p.Role)},
			{Icon: "lock", Title: v.t("greet.nobody"), Text: v.t("greet.nobody.text")},
			{Icon: "info", Title: v.t("greet.free"), Text: free},
			{Icon: "bulb", Title: v.t("greet.own"), Text: v.t("greet.own.text")},
			{Icon: "offline", Title: v.t("greet.gone"), Text: v.t("greet.gone.text")},
		}}
	switch now := h.o.Now(); {
	case now.Before(p.Round.Opens.Time):
		g.Closed = &page.Note{Kind: "sun", Title: v.t("greet.wait"), Text: []string{v.t("greet.wait.text", "When", v.since(p.Round.Opens.Time))}}
	case !p.Round.Takes(now):
		g.Closed = &page.Note{Kind: "sun", Title: v.t("greet.closed"), Text: []string{v.t("greet.closed.text")}}
	}
	return v.render(http.StatusOK, "school/greet", g)
}

// Begin begins a sitting with a code: POST /join/{code}. Nothing is stored before the
// first answer, and the code belongs to who answers first.
func (h *Handlers) Begin(c *gin.Context) error {
	v := h.see(c)
	code := strings.TrimSpace(c.Param("code"))
	if err := form.Decode(c.Request, &struct{}{}); err != nil {
		return err
	}
	p, err := h.o.Rounds.Look(v.ctx, code)
	if err != nil {
		return v.refusedCode("", err)
	}
	st, err := h.o.Sittings.Start(v.ctx, sitting.StartRequest{Instrument: p.Instrument, Language: v.lang, Invitation: code})
	if err != nil {
		return v.refusedCode("", err)
	}
	c.Header("Cache-Control", "no-store")
	page.SeeOther(c.Writer, c.Request, h.o.Enter(c, st.ID, st.Token))
	return nil
}
