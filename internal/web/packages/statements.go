package packages

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
	"osvitlo/internal/xapi"
)

// Statements is where learning acts are exported as xAPI.
const Statements = "/office/xapi"

// statementsForm asks for a course and days of Kyiv, both included.
type statementsForm struct {
	Course string `form:"course" validate:"max=64"`
	From   string `form:"from" validate:"omitempty,datetime=2006-01-02"`
	To     string `form:"to" validate:"omitempty,datetime=2006-01-02"`
}

// filter reads the days; an empty one is open.
func (f *statementsForm) filter() (out xapi.Filter) {
	out.Course = f.Course
	if day, err := time.ParseInLocation(time.DateOnly, f.From, i18n.Kyiv); err == nil {
		out.From = day
	}
	if day, err := time.ParseInLocation(time.DateOnly, f.To, i18n.Kyiv); err == nil {
		out.To = day.AddDate(0, 0, 1)
	}
	return out
}

// StatementsAsk is the form.
func (h *Handlers) StatementsAsk(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet(Statements, v.t("xapi.title"), "xapi")
	s.Lead = v.t("xapi.lead")
	courses := page.Select{ID: page.FieldID("course"), Name: "course", Label: v.t("xapi.course"), Options: []page.Option{{Text: v.t("xapi.all")}}}
	for _, one := range h.o.Courses.Courses() {
		courses.Options = append(courses.Options, page.Option{Value: one.Slug, Text: v.in(one.Title)})
	}
	day := func(name string) page.Field {
		return page.Field{ID: page.FieldID(name), Name: name, Label: v.t("xapi." + name), Hint: v.t("xapi.day"), Type: "date"}
	}
	sends := v.t("xapi.nolrs")
	if h.o.Statements.Sends() {
		sends = v.t("xapi.lrs")
	}
	s.Blocks = []page.Block{
		{Form: &page.Form{Action: Statements + "/statements.json", Get: true, Card: true, Parts: []any{courses, day("from"), day("to")}, Buttons: []page.Button{{Text: v.t("xapi.go")}}}},
		{Title: v.t("xapi.about"), Words: []string{v.t("xapi.about.who"), v.t("xapi.about.name"), sends}},
	}
	return v.render(http.StatusOK, "page/sheet", s.Ready())
}

// StatementsFile streams the statements.
func (h *Handlers) StatementsFile(c *gin.Context) error {
	var f statementsForm
	if err := form.DecodeQuery(c.Request, &f); err != nil {
		return err
	}
	if f.Course != "" {
		if _, err := h.o.Courses.Course(f.Course); err != nil {
			return err
		}
	}
	out := &lazy{c: c}
	_, err := h.o.Statements.Write(c.Request.Context(), gate.Actor(c), f.filter(), out)
	if err != nil && out.begun {
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
	return err
}

// lazy sends its headers with the first byte, so that a refusal is still a page.
type lazy struct {
	c     *gin.Context
	begun bool
}

func (l *lazy) Write(b []byte) (int, error) {
	if !l.begun {
		l.begun = true
		l.c.Header("Content-Type", "application/json; charset=utf-8")
		l.c.Header("Content-Disposition", `attachment; filename="statements.json"`)
		l.c.Header("Cache-Control", "no-store")
		l.c.Header("X-Experience-API-Version", xapi.Version)
	}
	n, err := l.c.Writer.Write(b)
	return n, fault.From(err, fault.Unavailable, "")
}
