package credential

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// queue is where staff decide about finished tests.
const queue = office + "/queue"

// TestFacts is what is known of how a test went.
type TestFacts struct {
	Items int
	Sure  float64 // probability of the level or a higher one, 0…1; 0: not known
	Flags []string
}

// Facts reads how a test went; nil where the sitting is gone.
type Facts func(ctx context.Context, sitting, lang string) (*TestFacts, error)

// Queue lists the tests that wait for a decision.
func (h *Handlers) Queue(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.ContentEdit, person.City); err != nil {
		return err
	}
	list, err := h.o.Credentials.Queue(v.ctx)
	if err != nil {
		return err
	}
	s := v.one(v.t("queue.title"))
	s.Lead = v.t("queue.lead")
	if err := h.o.Credentials.MayTest(); err != nil {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Title: v.t("level.closed"), Text: []string{v.t("queue.closed")}, Link: &page.Link{Href: "/office/items", Text: v.t("queue.items")}}})
	}
	grid := &page.Grid{Caption: v.t("queue.title"), Hidden: true, Cards: true, Empty: v.t("queue.none"),
		Head: []page.GridHead{{Text: v.t("queue.test")}, {Text: v.t("queue.finished")}, {Text: v.t("row.level")}, {Text: v.t("queue.watched")}, {Text: v.t("queue.remark")}}}
	for _, a := range list {
		watched, remark := v.t("queue.nobody"), "–"
		if a.Watched() {
			watched = v.t("queue.all")
		}
		if a.Remark != "" {
			remark = v.t("queue.has")
		}
		lv := a.Level
		if lv == "" {
			lv = "–"
		}
		grid.Rows = append(grid.Rows, page.GridRow{Bad: !a.Watched() && h.o.Credentials.Proctored(), Cells: []page.GridCell{{Text: short(a.ID), Href: queue + "/" + a.ID}, {Text: v.w.DateTime(a.Finished.Time)}, {Text: lv}, {Text: watched}, {Text: remark}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Grid: grid})
	return v.put(http.StatusOK, s)
}

// short is the part of a sitting's id that people read to each other.
func short(id string) string {
	if i := strings.LastIndexByte(id, '-'); i >= 0 {
		return id[i+1:]
	}
	return id
}

// QueueOne shows one test and asks for a decision.
func (h *Handlers) QueueOne(c *gin.Context) error { return h.see(c).queueOne(http.StatusOK, "", nil) }

func (v *view) queueOne(status int, reason string, refused error) error {
	if err := gate.Check(v.c, person.ContentEdit, person.City); err != nil {
		return err
	}
	a, err := v.h.o.Credentials.Attempt(v.ctx, v.c.Param("id"))
	if err != nil {
		return err
	}
	s := v.one(v.t("queue.test") + " " + short(a.ID))
	s.Crumbs = append(s.Crumbs, page.Link{Href: queue, Text: v.t("queue.title")})
	var faults []fault.Field
	if refused != nil {
		sum, list, _, ok := page.Refused(v.w, refused)
		if !ok {
			return refused
		}
		s.Errors, s.Failed, faults = sum, true, list
	}
	facts, err := v.testFacts(a)
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, facts)
	grid := &page.Grid{Caption: v.t("queue.stretches"), Cards: true, Head: []page.GridHead{{Text: v.t("level.when")}, {Text: v.t("queue.venue")}, {Text: v.t("queue.proctor")}}}
	for _, x := range a.Stretches {
		venue, proctor := "–", v.t("queue.nobody")
		if x.Exam != "" {
			venue, proctor = v.placeName(x.Venue), string(x.Proctor[:min(len(x.Proctor), 9)])
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.DateTime(x.From.Time)}, {Text: venue}, {Text: proctor, Mono: true}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Grid: grid})
	if a.State != credential.Waiting {
		return v.put(status, s)
	}
	at := queue + "/" + a.ID
	r := credential.LevelResult{Sitting: a.ID, Instrument: a.Instrument, Version: a.Version, Certificate: true, Level: a.Level, Watched: a.Watched(), At: a.Finished.Time}
	if err := v.h.o.Credentials.CanLevel(r); err != nil {
		f := fault.As(err)
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Title: v.t("queue.cannot"), Text: []string{v.w.T(f.Key, f.Args)}}})
	} else {
		b := page.Block{Title: v.t("queue.approve"), Text: []string{v.t("queue.approve.text", "Level", a.Level)}}
		act := page.Button{Text: v.t("queue.approve.do", "Level", a.Level)}
		if from := v.h.o.Credentials.Lowest(); !v.h.o.Credentials.Certifies(a.Level) {
			b.Title, b.Text, act.Text = v.t("queue.taken"), []string{v.t("queue.taken.text", "Level", a.Level, "From", from)}, v.t("queue.taken.do")
		}
		b.Forms = []page.Form{{Action: at + "/approve", Buttons: []page.Button{act}}}
		s.Blocks = append(s.Blocks, b)
	}
	why := page.Choices{ID: page.FieldID("reason"), Name: "reason", Legend: v.t("queue.reason"), Hint: v.t("queue.reason.hint"), Error: page.FaultText(v.w, faults, "reason")}
	for i, x := range credential.Objections() {
		id := page.FieldID("reason")
		if i > 0 {
			id += "-" + string(x)
		}
		why.Items = append(why.Items, page.Choice{ID: id, Value: string(x), Label: v.t("objection." + string(x)), Checked: reason == string(x)})
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("queue.refuse"), Form: &page.Form{Action: at + "/refuse", Parts: []any{why}, Buttons: []page.Button{{Text: v.t("queue.refuse.do"), Kind: "bad"}}}})
	return v.put(status, s)
}

func (v *view) testFacts(a *credential.Attempt) (page.Block, error) {
	b := page.Block{Facts: []page.Row{{Key: v.t("row.status"), Value: v.t("attempt." + string(a.State))}}}
	add := func(key, value string) { b.Facts = append(b.Facts, page.Row{Key: v.t(key), Value: value}) }
	if a.Level != "" {
		add("row.level", a.Level)
	}
	if !a.Finished.IsZero() {
		add("queue.finished", v.w.DateTime(a.Finished.Time))
	}
	facts, err := v.h.o.Facts(v.ctx, a.ID, v.lang)
	if err != nil {
		return b, err
	}
	if facts != nil {
		add("queue.tasks", v.w.Int(int64(facts.Items)))
		if facts.Sure > 0 {
			add("queue.sure", v.w.Number(100*facts.Sure, 0)+i18n.NoBreakSpace+"%")
		}
		flags := strings.Join(facts.Flags, ", ")
		if flags == "" {
			flags = v.t("queue.flags.none")
		}
		add("queue.flags", flags)
	}
	if a.Remark != "" {
		add("queue.remark", a.Remark)
	}
	if a.Verdict != nil {
		add("queue.decided", v.w.DateTime(a.Verdict.At.Time))
		if a.Verdict.Reason != "" {
			add("row.reason", v.t("objection."+string(a.Verdict.Reason)))
		}
	}
	return b, nil
}

// Approve issues the certificate of a finished test.
func (h *Handlers) Approve(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.ContentPublish, person.City); err != nil {
		return err
	}
	doc, err := h.o.Credentials.Approve(v.ctx, *gate.Actor(c), c.Param("id"))
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Conflict) {
		return v.queueOne(page.Status(fault.KindOf(err)), "", err)
	}
	if err != nil {
		return err
	}
	return v.to(office+"/of/"+doc.ID, "level")
}

// Refuse says why a finished test brings no certificate.
func (h *Handlers) Refuse(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.ContentPublish, person.City); err != nil {
		return err
	}
	var f struct {
		Reason string `form:"reason" validate:"max=20"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Credentials.Refuse(v.ctx, *gate.Actor(c), c.Param("id"), credential.Objection(f.Reason))
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Conflict) {
		return v.queueOne(page.Status(fault.KindOf(err)), f.Reason, err)
	}
	if err != nil {
		return err
	}
	return v.to(queue+"/"+c.Param("id"), "refused")
}
