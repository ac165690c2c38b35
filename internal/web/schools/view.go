package schools

import (
	"context"
	"math"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// view is one request.
type view struct {
	h    *Handlers
	c    *gin.Context
	ctx  context.Context
	w    *i18n.Localizer
	lang string
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang}
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, pairs ...any) string {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("schools."+key, m)
}

func (v *view) sheet(path, menu, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path, NoIndex: true}, MenuID: menu, Menu: v.h.o.Menu(v.c)}
	s.Crumbs = trail
	return s
}

func (v *view) render(status int, name string, p page.Page) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, name, p)
}

// may tells whether the reader may do something, a missing proof aside.
func (v *view) may(act person.Action) bool {
	a := *gate.Actor(v.c)
	a.Fresh = true
	return person.Can(&a, act, person.City).OK()
}

// point is a number of points with one decimal.
func (v *view) point(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return v.w.Number(x, 1)
}

func (v *view) signed(x float64) string {
	if x > 0 {
		return "+" + v.point(x)
	}
	return strings.Replace(v.point(x), "-", "−", 1)
}

func (v *view) between(low, high float64) string {
	if math.IsNaN(low) || math.IsNaN(high) {
		return ""
	}
	return v.point(low) + "–" + v.point(high)
}

// fromTo is an interval that may lie under zero.
func (v *view) fromTo(low, high float64) string {
	return v.t("fromto", "Low", v.signed(low), "High", v.signed(high))
}

// interval is that of a column.
func (v *view) interval(column string, f figure) string {
	if column == gap && f.known() {
		return v.span(f.Low, f.High)
	}
	return v.between(f.Low, f.High)
}

// value is the figure of a column.
func (v *view) value(column string, f figure) string {
	if column == gap && f.known() {
		return v.signed(f.Mean)
	}
	return v.point(f.Mean)
}

// span is the same where there is little room.
func (v *view) span(low, high float64) string { return v.signed(low) + "…" + v.signed(high) }

// share is the response in whole per cent.
func (v *view) share(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	if x > 1 { // the frame is too small
		return v.t("over")
	}
	return v.w.Number(math.Round(100*x), 0) + " %"
}

// body is the name of an institution as it was on the day a round opened.
func (v *view) body(r *round.Round, id string) string {
	i, ok := v.h.o.Bodies.ByID(id)
	if !ok {
		for _, m := range r.Members { // taken out of the register since
			if m.Institution == id {
				return v.in(m.Name)
			}
		}
		return id
	}
	return v.in(i.NameOn(r.Opens.In(i18n.Kyiv).Format("2006-01-02")))
}

func (v *view) in(t i18n.Text) string {
	if s := t.In(v.lang); s != "" {
		return s
	}
	return t.UK
}

// names lists some institutions in the order of their names' ids.
func (v *view) names(r *round.Round, ids []string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = v.body(r, id)
	}
	return strings.Join(list, ", ")
}

func (v *view) role(role string) string { return v.t("role." + role) }

func (v *view) kind(kind string) string { return v.t("kind." + kind) }

// variable names a column.
func (v *view) variable(id string) string {
	switch id {
	case knowledge:
		return v.t("knowledge")
	case overall:
		return v.t("overall")
	case gap:
		return v.t("gap")
	}
	if name := v.h.o.Name(id, v.lang); name != "" {
		return name
	}
	return strings.TrimPrefix(strings.TrimPrefix(id, "item:"), "edu")
}

// reported lists rounds that have a report, the latest first; pilots are left out.
func (h *Handlers) reported() (list []*round.Round) {
	for _, r := range h.o.Rounds.List() {
		if r.State == round.Reported && !r.Pilot {
			list = append(list, r)
		}
	}
	return list
}

// round is a reported round with its report; an empty id is the latest.
func (v *view) round(id string) (*round.Round, *report.Report, error) {
	for _, r := range v.h.reported() {
		if id == "" || r.ID == id {
			made, err := v.h.o.Rounds.Report(v.ctx, r.ID)
			return r, made, err
		}
	}
	return nil, nil, fault.New(fault.NotFound, "round.no_report")
}

// roles are those a report knows, in the order of pages.
func roles(made *report.Report) (list []string) {
	for _, role := range institution.Roles() {
		if _, ok := made.RoleOf(string(role)); ok {
			list = append(list, string(role))
		}
	}
	return list
}
