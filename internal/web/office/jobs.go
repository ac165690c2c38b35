package office

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// backlogMost bounds what is counted of the outbox.
const backlogMost = 1000

// Jobs shows the repeated work, what waits to be sent and what could not be.
func (h *Handlers) Jobs(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("jobs", "jobs.title")
	s.Lead = v.t("jobs.lead")
	due, dead, err := h.o.Outbox.Backlog(v.ctx, backlogMost)
	if err != nil {
		return err
	}
	states, err := h.o.Jobs.States(v.ctx)
	if err != nil {
		return err
	}
	jobs := page.Grid{Caption: v.t("jobs.states"), Hidden: true, Cards: true, Empty: v.t("jobs.none"),
		Head: []page.GridHead{{Text: v.t("jobs.name")}, {Text: v.t("jobs.state")}, {Text: v.t("jobs.began")}, {Text: v.t("jobs.ended")}, {Text: v.t("jobs.slot")}, {Text: v.t("jobs.tries"), Number: true}}}
	for _, st := range states {
		row := page.GridRow{}
		tag := &page.Tag{Text: v.t("jobs.ok"), Kind: "good"}
		switch {
		case st.GivenUp != "" && st.GivenUp == st.Done:
			tag = &page.Tag{Text: v.t("jobs.gaveup"), Kind: "bad"}
			row.Bad = true
		case st.Error != "":
			tag = &page.Tag{Text: v.t("jobs.again", "Why", v.code("office.fault", st.Error)), Kind: "sun"}
		case st.Slot != "" && st.Slot != st.Done:
			tag = &page.Tag{Text: v.t("jobs.runs"), Kind: "main"}
		case st.Done == "":
			tag = &page.Tag{Text: v.t("jobs.notyet")}
		}
		slot := st.Slot
		if slot == "" {
			slot = st.Done
		}
		if slot == "" {
			slot = "–"
		}
		name := v.t("job." + st.ID)
		if name == "office.job."+st.ID {
			name = st.ID
		}
		row.Cells = []page.GridCell{{Text: upper(name), Small: st.ID}, {Tag: tag}, v.when(st.Began.Time), v.when(st.Ended.Time), {Text: slot}, {Text: v.w.Int(int64(st.Try))}}
		jobs.Rows = append(jobs.Rows, row)
	}
	letters, err := h.o.Outbox.Dead(v.ctx, store.Cursor(c.Query("cursor")), 30)
	if err != nil {
		return err
	}
	lost := page.Grid{Caption: v.t("dead.title"), Hidden: true, Cards: true, Empty: v.t("dead.none"),
		Head: []page.GridHead{{Text: v.t("dead.topic")}, {Text: v.t("dead.made")}, {Text: v.t("dead.dead")}, {Text: v.t("dead.error")}, {Text: v.t("jobs.tries"), Number: true}, {Text: v.t("act")}}}
	for _, l := range letters.Items {
		id := []page.Hidden{{Name: "id", Value: l.ID}}
		with := func(act, label, kind, sure string) page.Form {
			b := page.Button{Text: v.t(label), Kind: kind, Small: true, Name: "act", Value: act}
			if sure != "" {
				b.Confirm = v.t(sure)
			}
			return page.Form{Action: "/office/jobs/letter", Hidden: id, Buttons: []page.Button{b}}
		}
		topic := v.t("topic." + l.Topic)
		if topic == "office.topic."+l.Topic {
			topic = l.Topic
		}
		lost.Rows = append(lost.Rows, page.GridRow{Cells: []page.GridCell{{Text: upper(topic), Small: l.Topic}, v.when(l.Made.Time), v.when(stored(l.Dead)),
			{Text: v.code("office.fault", l.Error)}, {Text: v.w.Int(int64(l.Try))}, {Forms: []page.Form{with("retry", "dead.retry", "", ""), with("drop", "dead.drop", "second", "dead.sure")}}}})
	}
	s.Blocks = []page.Block{
		{Figs: []page.Figure{{Value: v.w.Int(int64(due)), Text: v.t("jobs.due")}, {Value: v.w.Int(int64(dead)), Text: v.t("jobs.dead")}, {Value: v.w.Int(int64(len(states))), Text: v.t("jobs.count")}}},
		{ID: "dead", Title: v.t("dead.title"), Small: v.t("dead.text"), Grid: &lost, Pager: v.pager("/office/jobs", url.QueryEscape(string(letters.Next)), c.Query("cursor"))},
		{Title: v.t("jobs.states"), Grid: &jobs},
	}
	return v.render(200, s)
}

// Letter tries a dead letter again, or drops it.
func (h *Handlers) Letter(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		ID  string `form:"id" validate:"required,max=300"`
		Act string `form:"act" validate:"required,oneof=retry drop"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	action, do, done := "job.revive", h.o.Outbox.Revive, "revived"
	if f.Act == "drop" {
		action, do, done = "job.discard", h.o.Outbox.Discard, "dropped"
	}
	if err := v.note(action, subjectOf("letter", f.ID), ""); err != nil {
		return err
	}
	if err := do(v.ctx, f.ID); err != nil {
		return err
	}
	return v.to("/office/jobs", done)
}

// subjectOf makes a subject of the log; what is no code is left out of it.
func subjectOf(kind, id string) string {
	for _, r := range id {
		if r != '-' && r != '.' && r != ':' && r != '_' && r != '/' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return kind
		}
	}
	if id == "" || len(kind)+1+len(id) > 160 {
		return kind
	}
	return kind + ":" + id
}

// Mail shows what was sent in the demo, or says how mail stands.
func (h *Handlers) Mail(c *gin.Context) error {
	v := h.see(c)
	if err := v.note("mail.read", "", ""); err != nil {
		return err
	}
	s := v.sheet("mail", "mail.title")
	due, dead, err := h.o.Outbox.Backlog(v.ctx, backlogMost)
	if err != nil {
		return err
	}
	s.Blocks = []page.Block{{Figs: []page.Figure{{Value: v.w.Int(int64(due)), Text: v.t("jobs.due")}, {Value: v.w.Int(int64(dead)), Text: v.t("jobs.dead")}},
		Acts: []page.Button{{Text: v.t("jobs.menu"), Href: "/office/jobs", Kind: "second", Small: true}}}}
	if h.o.Inbox == nil {
		s.Lead = v.t("mail.real")
		return v.render(200, s)
	}
	s.Lead = v.t("mail.demo")
	found, err := h.o.Inbox.List(v.ctx, store.Cursor(c.Query("cursor")), 20)
	if err != nil {
		return err
	}
	if len(found.Items) == 0 {
		s.Blocks = append(s.Blocks, page.Block{Grid: &page.Grid{Empty: v.t("mail.none")}})
	}
	for _, m := range found.Items {
		s.Blocks = append(s.Blocks, page.Block{Title: m.Subject, Facts: []page.Row{{Key: v.t("mail.to"), Value: m.To}, {Key: v.t("mail.at"), Value: v.moment(m.At.Time)}, {Key: v.t("mail.text"), Value: m.Text}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Pager: v.pager("/office/mail", url.QueryEscape(string(found.Next)), c.Query("cursor"))})
	return v.render(200, s)
}
