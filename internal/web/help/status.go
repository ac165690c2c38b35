package help

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// StatusPage asks for number and code.
type StatusPage struct {
	page.Base
	Errors page.ErrorSummary
	Number page.Field
	Code   page.Field
	Go     page.Button
}

// QuestionPage is a question as its asker sees it.
type QuestionPage struct {
	page.Base
	New     bool
	Done    string
	Number  string
	Code    string
	Tag     page.Tag
	State   string
	Text    []string
	Answer  []help.Part
	Public  *page.Link
	Notes   []page.Note
	AskHelp bool // whether it helped
	At      string
	Print   page.Button
}

// StatusForm asks for number and code.
func (h *Handlers) StatusForm(c *gin.Context) error {
	v := h.see(c)
	return v.statusPage(http.StatusOK, "", "", nil)
}

// Status opens a question by number and code.
func (h *Handlers) Status(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Number string `form:"number"`
		Code   string `form:"code"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	o, token, err := h.o.Help.Status(v.ctx, f.Number, f.Code)
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.TooMany):
		return v.statusPage(page.Status(fault.KindOf(err)), f.Number, f.Code, err)
	case err != nil:
		return err
	}
	v.remember(o.ID, help.Figures(f.Code), token, Address)
	return v.to(Address + "/q/" + o.ID)
}

func (v *view) statusPage(status int, number, code string, err error) error {
	p := &StatusPage{Base: v.base(v.t("status.title"), Address+"/status"), Go: page.Button{Text: v.t("status.go")},
		Number: page.Field{ID: page.FieldID("number"), Name: "number", Label: v.t("status.number"), Hint: v.t("status.number.hint"), Value: cut(number, 20), InputMode: "numeric", Width: "10", Autocomplete: "off", MaxLength: 20},
		Code:   page.Field{ID: page.FieldID("code"), Name: "code", Label: v.t("status.code"), Hint: v.t("status.code.hint"), Value: cut(code, 20), InputMode: "numeric", Width: "10", Autocomplete: "off", MaxLength: 20}}
	p.NoIndex = true
	p.Back = &page.Link{Href: Address, Text: v.t("title")}
	if err != nil {
		key := "status.unknown"
		if fault.Is(err, fault.TooMany) {
			key = "status.wait"
		}
		p.Number.Error, p.Failed = v.t(key), true
		p.Errors = page.ErrorSummary{Lead: v.t("status.kept"), Items: []page.ErrorItem{{Href: "#" + p.Number.ID, Text: p.Number.Error}}}
	}
	return v.render(status, "help/status", p)
}

// Question shows a question to the browser that knows its code; to every other the form
// for the code, as for a number that does not exist.
func (h *Handlers) Question(c *gin.Context) error {
	v := h.see(c)
	number := c.Param("number")
	code, token := v.held(number)
	o, err := h.o.Help.Mine(v.ctx, number, token)
	if fault.Is(err, fault.NotFound) {
		return v.statusPage(http.StatusNotFound, help.Figures(number), "", err)
	}
	if err != nil {
		return err
	}
	at := Address + "/q/" + o.ID
	p := &QuestionPage{Base: v.base(v.t("q.title", "Number", o.Spoken()), at), Number: o.Spoken(), Code: help.Grouped(code), At: at, Text: strings.Split(o.Secret.Text, "\n"),
		New: c.Query("done") == "new", Print: page.Button{Text: v.w.T("page.print", nil), Kind: "second", Icon: "print", Does: "print"}}
	if d := c.Query("done"); dones[d] {
		p.Done = v.t("done." + d)
	}
	p.NoIndex = true
	p.Back = &page.Link{Href: Address, Text: v.t("title")}
	switch {
	case o.State == help.Answered:
		p.Tag, p.State = page.Tag{Text: v.t("state.answered"), Kind: "good"}, v.t("q.answered")
		p.Answer, p.AskHelp = help.Parts(o.Answer), o.Helped == ""
	case o.State == help.Closed:
		p.Tag, p.State = page.Tag{Text: v.t("state.closed")}, v.t("q.closed."+string(o.Reason))
	case h.o.Now().After(o.Due.Time):
		p.Tag, p.State = page.Tag{Text: v.t("state.open"), Kind: "sun"}, v.t("q.late", "Phone", h.o.City.Phone)
	default:
		p.Tag, p.State = page.Tag{Text: v.t("state.open"), Kind: "main"}, v.t("q.due", "When", v.moment(o.Due.Time))
	}
	if o.State == help.Open {
		if text := v.t("q.reply." + string(o.Reply)); text != "" {
			n := page.Note{Kind: "main", Text: []string{v.t("q.reply."+string(o.Reply), "Number", o.Spoken())}}
			p.Notes = append(p.Notes, n)
		}
		if o.Topic == help.Fraud {
			p.Notes = append([]page.Note{v.fraud()}, p.Notes...)
		}
	}
	if a, err := h.o.Help.Article(o.Public); o.Public != "" && err == nil {
		p.Public = &page.Link{Href: Address + "/" + a.ID, Text: v.in(a.Title)}
	}
	return v.render(http.StatusOK, "help/question", p)
}

// Helped stores what the asker says about the answer.
func (h *Handlers) Helped(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Helped string `form:"helped" validate:"required,oneof=yes no"`
	}
	number := c.Param("number")
	_, token := v.held(number)
	// whose question it is comes before what was sent: strangers learn nothing
	if _, err := h.o.Help.Mine(v.ctx, number, token); err != nil {
		return err
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if err := h.o.Help.Helped(v.ctx, number, token, f.Helped == "yes"); err != nil {
		return err
	}
	return v.to(Address + "/q/" + number + "?done=helped")
}

// Erase takes a question out, as its asker wishes.
func (h *Handlers) Erase(c *gin.Context) error {
	v := h.see(c)
	number := c.Param("number")
	_, token := v.held(number)
	if err := h.o.Help.Erase(v.ctx, number, token); err != nil {
		return err
	}
	v.forget(number)
	return v.to(Address)
}
