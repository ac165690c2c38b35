package credential

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// naming is the form that switches a name on or off.
type naming struct {
	On bool `form:"on"`
}

// Mine lists what the reader holds.
func (h *Handlers) Mine(c *gin.Context) error { return h.see(c).mine(http.StatusOK, nil) }

func (v *view) mine(status int, refused error) error {
	me := gate.Actor(v.c).Person
	list, err := v.h.o.Credentials.Held(v.ctx, course.OfPerson(me))
	if err != nil {
		return err
	}
	s := v.sheet(v.t("mine.title"))
	s.Narrow = true
	s.Crumbs = []page.Link{{Href: "/me", Text: v.t("me")}}
	s.Lead = v.t("mine.lead")
	if err := v.refusal(s, refused); err != nil {
		return err
	}
	if v.h.o.Credentials.Demo() {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Text: []string{v.t("demo")}}})
	}
	if len(list) == 0 {
		s.Blocks = append(s.Blocks, page.Block{Text: []string{v.t("mine.none")}, Acts: []page.Button{{Text: v.t("mine.courses"), Href: "/courses"}}})
	}
	for _, doc := range list {
		s.Blocks = append(s.Blocks, v.held(doc, mine+"/"+doc.ID+"/name"))
	}
	if len(list) > 0 && v.h.o.Credentials.Ready() != nil {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Text: []string{v.t("no_address")}}})
	}
	levels, err := v.levels(me)
	if err != nil {
		return err
	}
	s.Blocks = append(append(s.Blocks, levels...), page.Block{Text: []string{v.t("not")}})
	return v.put(status, s)
}

// held is one credential in the holder's list, or in the mentor's.
func (v *view) held(doc *credential.View, toggle string) page.Block {
	who := doc.Who
	if who == "" {
		who = v.t("verify.noname")
	}
	b := page.Block{ID: doc.ID, Title: v.title(doc.Credential), Facts: []page.Row{{Key: v.t("row.day"), Value: v.w.Date(doc.At.Time)},
		{Key: v.t("row.status"), Value: v.t("state." + string(doc.State))}, {Key: v.t("row.shown"), Value: who}},
		Acts: []page.Button{{Text: v.t("mine.open"), Href: "/verify/" + doc.ID, Kind: "second", Small: true}}}
	if doc.Revoked != nil {
		b.Text = []string{v.t("mine.revoked", "Day", v.w.Date(doc.Revoked.At.Time), "Reason", v.t("reason."+string(doc.Revoked.Reason)))}
		return b
	}
	act := page.Form{Action: toggle, Buttons: []page.Button{{Text: v.t("mine.name_off"), Kind: "second", Small: true}}}
	if !doc.Named {
		act.Hidden = []page.Hidden{{Name: "on", Value: "true"}}
		act.Buttons[0].Text = v.t("mine.name_on")
	}
	b.Forms = []page.Form{act}
	if v.holds(doc) {
		b.Down = v.downloads(doc)
	} else {
		b.Down = []page.Download{{Href: "/verify/" + doc.ID + "/" + filePDF, Text: v.t("file.pdf"), Meta: v.t("file.pdf.meta")}}
	}
	return b
}

// refusal puts what a form was refused for on top; an error that belongs to another page
// comes back.
func (v *view) refusal(s *page.Sheet, err error) error {
	if err == nil {
		return nil
	}
	sum, _, _, ok := page.Refused(v.w, err)
	if !ok {
		return err
	}
	s.Errors, s.Failed = sum, true
	return nil
}

// MyName switches the reader's name on or off on one credential.
func (h *Handlers) MyName(c *gin.Context) error {
	v := h.see(c)
	a := gate.Actor(c)
	if err := gate.Check(c, person.MeEdit, person.Own(a.Person)); err != nil {
		return err
	}
	err := v.name(c.Param("id"), course.OfPerson(a.Person))
	if fault.Is(err, fault.Invalid) {
		return v.mine(http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return v.to(mine, "name")
}

// name switches the name of a credential that a learner holds.
func (v *view) name(id string, l course.Learner) error {
	var f naming
	if err := form.Decode(v.c.Request, &f); err != nil {
		return err
	}
	doc, err := v.h.o.Credentials.Get(v.ctx, id)
	if err != nil {
		return err
	}
	if doc.Learner != l || doc.Revoked != nil {
		return fault.New(fault.NotFound, "credential.unknown")
	}
	return v.h.o.Credentials.ShowName(v.ctx, *gate.Actor(v.c), id, f.On)
}

// levels says what the reader can get for their level, or why nothing yet, and where
// their tests stand.
func (v *view) levels(me person.ID) ([]page.Block, error) {
	b := page.Block{ID: "level", Title: v.t("level.title"), Text: []string{v.t("level.why")}, Acts: []page.Button{{Text: v.t("level.more"), Href: level, Kind: "second", Small: true}}}
	if v.h.o.Credentials.MayTest() == nil {
		b.Text = []string{v.t("level.open.short")}
	}
	tests, err := v.attempts(me)
	return append([]page.Block{b}, tests...), err
}

// Learner lists what a learner of the mentor's venue holds, to be printed.
func (h *Handlers) Learner(c *gin.Context) error { return h.see(c).learner(http.StatusOK, nil) }

func (v *view) learner(status int, refused error) error {
	who, err := v.pupil()
	if err != nil {
		return err
	}
	list, err := v.h.o.Credentials.Held(v.ctx, course.OfPerson(who.ID))
	if err != nil {
		return err
	}
	at := "/mentor/learners/" + string(who.ID)
	s := v.sheet(v.t("learner.title"))
	s.Narrow, s.Kicker = true, who.Name
	s.Crumbs = []page.Link{{Href: "/mentor", Text: v.t("desk")}, {Href: at, Text: v.t("learner")}}
	s.Lead = v.t("learner.lead")
	if err := v.refusal(s, refused); err != nil {
		return err
	}
	if len(list) == 0 {
		s.Blocks = []page.Block{{Text: []string{v.t("learner.none")}}}
	}
	for _, doc := range list {
		s.Blocks = append(s.Blocks, v.held(doc, at+"/certificates/"+doc.ID+"/name"))
	}
	trials, err := v.trials(who, s.Failed, refused)
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, trials...)
	return v.put(status, s)
}

// pupil reads the learner of the address; who is of another venue is not there.
func (v *view) pupil() (*Learner, error) {
	a := *gate.Actor(v.c)
	a.Why = "certificate"
	return v.h.o.Learner(v.ctx, a, person.ID(v.c.Param("id")))
}

// LearnerName switches a name on or off at the wish of the person at the desk.
func (h *Handlers) LearnerName(c *gin.Context) error {
	v := h.see(c)
	who, err := v.pupil()
	if err != nil {
		return err
	}
	err = v.name(c.Param("credential"), course.OfPerson(who.ID))
	if fault.Is(err, fault.Invalid) {
		return v.learner(http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return v.to("/mentor/learners/"+string(who.ID)+"/certificates", "name")
}
