package credential

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// exams is where a mentor opens and watches tests for a certificate.
const exams = "/mentor/exams"

// Place is a venue where tests are watched.
type Place struct {
	ID   string
	Name i18n.Text
}

// venues are where the mentor works.
func (v *view) venues() (list []Place) {
	ids, all := gate.Actor(v.c).Venues(person.SittingAssist)
	for _, p := range v.h.o.Places() {
		if all || slices.Contains(ids, p.ID) {
			list = append(list, p)
		}
	}
	return list
}

func (v *view) placeName(id string) string {
	for _, p := range v.h.o.Places() {
		if p.ID == id {
			return p.Name.In(v.lang)
		}
	}
	return id
}

func (v *view) desk(title string, crumbs ...page.Link) *page.Sheet {
	s := v.sheet(title)
	s.Narrow = true
	s.Crumbs = append([]page.Link{{Href: "/mentor", Text: v.t("desk")}}, crumbs...)
	return s
}

// Exams shows what runs at the mentor's venues, and opens one.
func (h *Handlers) Exams(c *gin.Context) error {
	v := h.see(c)
	s := v.desk(v.t("exam.title"))
	s.Lead = v.t("exam.lead")
	if err := h.o.Credentials.MayTest(); err != nil {
		s.Blocks = []page.Block{{Note: &page.Note{Kind: "sun", Title: v.t("level.closed"), Text: []string{v.t("level.closed.1"), v.t("level.closed.2"), v.t("level.closed.3")}}}}
		return v.put(http.StatusOK, s)
	}
	for _, p := range v.venues() {
		running, err := h.o.Credentials.Exams(v.ctx, p.ID)
		if err != nil {
			return err
		}
		b := page.Block{Title: p.Name.In(v.lang)}
		mine := false
		for _, e := range running {
			mine = mine || e.Proctor == gate.Actor(c).Person
			b.Acts = append(b.Acts, page.Button{Text: v.t("exam.running", "Time", v.w.DateTime(e.Opened.Time)), Href: exams + "/" + e.ID, Kind: "second"})
		}
		if !mine {
			b.Forms = []page.Form{{Action: exams, Hidden: []page.Hidden{{Name: "venue", Value: p.ID}}, Buttons: []page.Button{{Text: v.t("exam.open"), Small: true}}}}
		}
		s.Blocks = append(s.Blocks, b)
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("exam.rules"), Words: []string{v.t("exam.rules.1"), v.t("exam.rules.2"), v.t("exam.rules.3"), v.t("exam.rules.4")}})
	return v.put(http.StatusOK, s)
}

// OpenExam lets tests begin at a venue of the mentor.
func (h *Handlers) OpenExam(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Venue string `form:"venue,choice" validate:"required,max=64"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if err := gate.Check(c, person.SittingAssist, person.At(f.Venue)); err != nil {
		return fault.New(fault.NotFound, "person.not_here")
	}
	e, err := h.o.Credentials.OpenExam(v.ctx, *gate.Actor(c), f.Venue)
	if err != nil {
		return err
	}
	return v.to(exams+"/"+e.ID, "exam")
}

// exam is the exam of the address, if it is of the mentor's venue.
func (v *view) exam() (*credential.Exam, error) {
	e, err := v.h.o.Credentials.Exam(v.ctx, v.c.Param("id"))
	if err != nil {
		return nil, err
	}
	if err := gate.Check(v.c, person.SittingAssist, person.At(e.Venue)); err != nil {
		return nil, fault.New(fault.NotFound, "")
	}
	return e, nil
}

// Exam shows the PINs and who is at a test.
func (h *Handlers) Exam(c *gin.Context) error { return h.see(c).examPage(http.StatusOK, "", nil) }

func (v *view) examPage(status int, of string, refused error) error {
	e, err := v.exam()
	if err != nil {
		return err
	}
	s := v.desk(v.t("exam.title"), page.Link{Href: exams, Text: v.t("exam.title")})
	s.Kicker = v.placeName(e.Venue)
	var faults []fault.Field
	if refused != nil {
		sum, list, _, ok := page.Refused(v.w, refused)
		if !ok {
			return refused
		}
		s.Errors, s.Failed, faults = sum, true, list
	}
	at := exams + "/" + e.ID
	runs := e.Runs(v.h.o.Now())
	if runs {
		pin, until := v.h.o.Credentials.ProctorPin(e)
		s.Lead = v.t("exam.until", "Time", v.clock(e.Closes.Time))
		s.Blocks = []page.Block{
			{Secret: &page.Secret{Title: v.t("exam.venue_pin"), Value: spaced(e.Pin), Text: v.t("exam.venue_pin.text")}},
			{Secret: &page.Secret{Title: v.t("exam.proctor_pin"), Value: spaced(pin), Text: v.t("exam.proctor_pin.text", "Time", v.clock(until))},
				Acts: []page.Button{{Text: v.t("exam.fresh"), Href: at, Kind: "second", Small: true}}},
		}
	} else {
		s.Blocks = []page.Block{{Note: &page.Note{Kind: "sun", Title: v.t("exam.over"), Text: []string{v.t("exam.over.text")}}}}
	}
	list, err := v.h.o.Credentials.Under(v.ctx, e.ID)
	if err != nil {
		return err
	}
	people := page.Block{Title: v.t("exam.people")}
	if len(list) == 0 {
		people.Text = []string{v.t("exam.nobody")}
	}
	s.Blocks = append(s.Blocks, people)
	for i, a := range list {
		b, err := v.sitter(e, a, i+1, runs)
		if err != nil {
			return err
		}
		if of == a.ID && len(faults) > 0 {
			if f, ok := b.Form.Parts[0].(page.Field); ok {
				f.Error = page.FaultText(v.w, faults, "remark")
				b.Form.Parts[0] = f
			}
		}
		s.Blocks = append(s.Blocks, b)
	}
	if runs {
		end := func(how, key, kind string) page.Form {
			return page.Form{Action: at + "/close", Hidden: []page.Hidden{{Name: "how", Value: how}}, Buttons: []page.Button{{Text: v.t(key), Kind: kind}}}
		}
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("exam.end"), Text: []string{v.t("exam.end.text")},
			Forms: []page.Form{end("alarm", "exam.alarm", "bad"), end("done", "exam.close", "second")}})
	}
	return v.put(status, s)
}

// sitter is one person at a test, as the mentor sees them: a name only of their venue.
func (v *view) sitter(e *credential.Exam, a *credential.Attempt, n int, runs bool) (page.Block, error) {
	name := v.t("exam.noname", "Number", n)
	if a.Person != "" {
		who := *gate.Actor(v.c)
		who.Why = "exam"
		p, err := v.h.o.Learner(v.ctx, who, a.Person)
		switch {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Gone):
		case err != nil:
			return page.Block{}, err
		case p.Name != "":
			name = p.Name
		}
	}
	state := v.t("attempt." + string(a.State))
	if a.State == credential.Begun && a.Paused {
		state = v.t("attempt.paused")
	}
	at := exams + "/" + e.ID + "/" + a.ID
	full, err := v.h.o.Credentials.Attempt(v.ctx, a.ID)
	if err != nil {
		return page.Block{}, err
	}
	b := page.Block{ID: "t" + strconv.Itoa(n), Facts: []page.Row{{Key: v.t("exam.person"), Value: name}, {Key: v.t("row.status"), Value: state}, {Key: v.t("level.when"), Value: v.w.DateTime(a.At.Time)}}}
	if a.State == credential.Begun || a.State == credential.Waiting {
		b.Form = &page.Form{Action: at + "/remark", Parts: []any{page.Field{ID: "f-remark-" + strconv.Itoa(n), Name: "remark", Label: v.t("exam.remark"), Hint: v.t("exam.remark.hint"), Value: full.Remark, Rows: 2, MaxLength: 300}},
			Buttons: []page.Button{{Text: v.t("exam.remark.do"), Kind: "second", Small: true}}}
	}
	if runs && a.State == credential.Begun && !a.Paused {
		b.Forms = []page.Form{{Action: at + "/pause", Buttons: []page.Button{{Text: v.t("exam.pause"), Kind: "second", Small: true}}}}
	}
	return b, nil
}

func (v *view) clock(t time.Time) string { return t.In(i18n.Kyiv).Format("15:04") }

// spaced writes six digits in two groups.
func spaced(pin string) string {
	if len(pin) != 6 {
		return pin
	}
	return pin[:3] + i18n.NoBreakSpace + pin[3:]
}

// CloseExam ends it, at its end or in an alarm.
func (h *Handlers) CloseExam(c *gin.Context) error {
	v := h.see(c)
	e, err := v.exam()
	if err != nil {
		return err
	}
	var f struct {
		How string `form:"how,choice" validate:"required,oneof=done alarm"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if err := h.o.Credentials.CloseExam(v.ctx, *gate.Actor(c), e.ID, f.How == "alarm"); err != nil {
		return err
	}
	return v.to(exams+"/"+e.ID, "closed")
}

// under is an attempt under the exam of the address.
func (v *view) under() (*credential.Exam, *credential.Attempt, error) {
	e, err := v.exam()
	if err != nil {
		return nil, nil, err
	}
	a, err := v.h.o.Credentials.Attempt(v.ctx, v.c.Param("attempt"))
	if err == nil && a.Exam != e.ID {
		err = fault.New(fault.NotFound, "")
	}
	return e, a, err
}

// PauseTest interrupts one person's test.
func (h *Handlers) PauseTest(c *gin.Context) error {
	v := h.see(c)
	e, a, err := v.under()
	if err != nil {
		return err
	}
	if _, err := h.o.Credentials.Pause(v.ctx, a.ID); err != nil {
		return err
	}
	return v.to(exams+"/"+e.ID, "paused")
}

// Remark keeps what the mentor says of a test.
func (h *Handlers) Remark(c *gin.Context) error {
	v := h.see(c)
	e, a, err := v.under()
	if err != nil {
		return err
	}
	var f struct {
		Remark string `form:"remark" validate:"max=2000"`
	}
	err = form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Credentials.Say(v.ctx, *gate.Actor(c), a.ID, f.Remark)
	}
	if fault.Is(err, fault.Invalid) {
		return v.examPage(http.StatusUnprocessableEntity, a.ID, err)
	}
	if err != nil {
		return err
	}
	return v.to(exams+"/"+e.ID, "remark")
}
