package office

import (
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// auditForm asks the log. It travels in the address: the log holds codes only, and
// what is no code is refused.
type auditForm struct {
	Actor   string `form:"actor" validate:"max=160"`
	Action  string `form:"action" validate:"max=160"`
	Subject string `form:"subject" validate:"max=160"`
	From    string `form:"from" validate:"max=10"`
	To      string `form:"to" validate:"max=10"`
	Cursor  string `form:"cursor" validate:"max=400"`
}

func (f *auditForm) filter() (q audit.Filter, err error) {
	q = audit.Filter{Actor: f.Actor, Action: f.Action, Subject: f.Subject, Cursor: store.Cursor(f.Cursor), Limit: 50}
	if q.Subject != "" && !strings.Contains(q.Subject, ":") {
		q.Subject = "person:" + q.Subject // a bare number is a person's
	}
	var bad []fault.Field
	read := func(name, text string, plus int) time.Time {
		if text == "" {
			return time.Time{}
		}
		day, err := time.ParseInLocation("2006-01-02", text, i18n.Kyiv)
		if err != nil {
			bad = append(bad, fault.Field{Pointer: name, Key: "office.day.form"})
		}
		return day.AddDate(0, 0, plus)
	}
	q.From, q.To = read("from", f.From, 0), read("to", f.To, 1)
	for _, one := range []struct{ name, value string }{{"actor", q.Actor}, {"action", q.Action}, {"subject", q.Subject}} {
		if one.value == "" {
			continue
		}
		if (audit.Event{Actor: one.value, Action: "a", Where: "web"}).Check() != nil {
			bad = append(bad, fault.Field{Pointer: one.name, Key: "audit.not_a_code"})
		}
	}
	if len(bad) > 0 {
		return q, fault.InvalidFields(bad...)
	}
	return q, nil
}

// Audit searches the log. Reading it is written into it.
func (h *Handlers) Audit(c *gin.Context) error {
	v := h.see(c)
	var f auditForm
	err := form.DecodeQuery(c.Request, &f)
	var q audit.Filter
	var found store.Page[audit.Row]
	if err == nil {
		q, err = f.filter()
	}
	if err == nil {
		err = v.note("audit.search", q.Subject, "")
	}
	if err == nil {
		found, err = h.o.Audit.Search(v.ctx, q)
	}
	status := 200
	s := v.sheet("audit", "audit.title")
	if err != nil {
		sum, code, ok := v.refused(err)
		if !ok {
			return err
		}
		s.Errors, s.Failed, status = sum, true, code
	}
	s.Lead = v.t("audit.lead")
	grid := page.Grid{Caption: v.t("audit.rows"), Hidden: true, Cards: true, Empty: v.t("audit.none"),
		Head: []page.GridHead{{Text: v.t("audit.at")}, {Text: v.t("audit.actor")}, {Text: v.t("audit.action")}, {Text: v.t("audit.subject")}, {Text: v.t("audit.where")}, {Text: v.t("audit.why")}}}
	dash := func(text string) string {
		if text == "" {
			return "–"
		}
		return text
	}
	for _, r := range found.Items {
		action := r.Action
		if text := v.t("act." + r.Action); text != "office.act."+r.Action {
			action = text
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{v.when(r.At.Time, r.Chain[max(0, len(r.Chain)-4):]+" · "+v.w.Int(r.N)),
			{Text: brief(r.Actor), Mono: true, Href: "/office/audit?actor=" + url.QueryEscape(r.Actor)}, {Text: upper(action), Small: r.Action},
			subject(r.Subject), {Text: r.Where}, {Text: dash(r.Why)}}})
	}
	q2 := url.Values{}
	for name, value := range map[string]string{"actor": f.Actor, "action": f.Action, "subject": f.Subject, "from": f.From, "to": f.To} {
		if value != "" {
			q2.Set(name, value)
		}
	}
	here := "/office/audit"
	if len(q2) > 0 {
		here += "?" + q2.Encode()
	}
	s.Blocks = []page.Block{
		{Form: &page.Form{Action: "/office/audit", Get: true, Row: true, Card: true, Parts: []any{v.field("actor", "audit.actor", f.Actor), v.field("action", "audit.action", f.Action),
			v.field("subject", "audit.subject", f.Subject), v.day("from", "audit.from", f.From), v.day("to", "audit.to", f.To)},
			Buttons: []page.Button{{Text: v.t("learners.find"), Kind: "second", Small: true}}}, Small: v.t("audit.one"), Noprint: true},
		{Grid: &grid, Pager: v.pager(here, url.QueryEscape(string(found.Next)), f.Cursor)},
		v.verifyBlock(),
	}
	return v.render(status, s)
}

// brief shortens the number of a person; codes stay whole.
func brief(code string) string {
	if kind, id, ok := strings.Cut(code, ":"); ok {
		return kind + " " + brief(id)
	}
	if len(code) > 20 {
		return short(person.ID(code))
	}
	return code
}

// subject leads to all rows about the same thing.
func subject(code string) page.GridCell {
	if code == "" {
		return page.GridCell{Text: "–"}
	}
	return page.GridCell{Text: brief(code), Mono: true, Href: "/office/audit?subject=" + url.QueryEscape(code)}
}

// verifyBlock tells what the last check of the log found, and offers another.
func (v *view) verifyBlock() page.Block {
	b := page.Block{ID: "verify", Title: v.t("verify.title"), Forms: []page.Form{{Action: "/office/audit/verify", Buttons: []page.Button{{Text: v.t("verify.do"), Kind: "second", Small: true}}}}}
	v.h.mu.Lock()
	last := v.h.verified
	v.h.mu.Unlock()
	switch {
	case last == nil:
		b.Text = []string{v.t("verify.never")}
	case last.report.OK():
		b.Note = &page.Note{Kind: "good", Title: v.t("verify.ok"), Text: []string{v.t("verify.figures", "At", v.moment(last.at), "Rows", v.w.Int(last.report.Rows),
			"Chains", v.w.Int(int64(last.report.Chains)), "Seal", v.moment(last.report.LastSeal))}}
	default:
		var list []string
		for i, f := range last.report.Findings {
			if i == 20 {
				break
			}
			list = append(list, v.t("trouble."+string(f.Trouble))+" "+f.Chain+" "+v.w.Int(f.N))
		}
		b.Note = &page.Note{Kind: "bad", Title: v.t("verify.bad"), Text: []string{v.t("verify.bad.text", "At", v.moment(last.at))}, List: list}
	}
	return b
}

// Verify checks the whole log now.
func (h *Handlers) Verify(c *gin.Context) error {
	v := h.see(c)
	if err := v.note("audit.verify", "", ""); err != nil {
		return err
	}
	report, err := h.o.Audit.Verify(v.ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.verified = &verified{at: h.o.Now(), report: report}
	h.mu.Unlock()
	return v.to("/office/audit", "verified")
}
