package mentor

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

type consentForm struct {
	Agreed []string `form:"agreed"`
	Shown  []string `form:"shown"` // the purposes that stood on the page
	Text   int      `form:"text"`
	Mode   string   `form:"mode,choice" validate:"required,oneof=mentor paper phone"`
	Ref    string   `form:"ref" validate:"max=40"`
}

// ConsentForm shows what the person agreed to, for the mentor to note a change.
func (h *Handlers) ConsentForm(c *gin.Context) error {
	v := h.see(c)
	p, _, err := v.learner()
	if err != nil {
		return err
	}
	return v.consent(200, p, nil, nil)
}

func (v *view) consent(status int, p *person.Person, f *consentForm, sum *page.ErrorSummary) error {
	held, err := v.h.o.People.Consents(v.ctx, v.a, p.ID)
	if err != nil {
		return err
	}
	s := v.about(p, "consent.title")
	s.Lead = v.t("consent.lead")
	s.Errors, s.Failed = sum, sum != nil
	notice := v.h.o.People.Notice()
	at := "/mentor/learners/" + string(p.ID)
	set := page.Choices{ID: "f-agreed", Name: "agreed", Many: true, Legend: v.t("agreed"), Hint: v.t("consent.hint")}
	hidden := []page.Hidden{{Name: "text", Value: strconv.Itoa(notice.Version)}}
	locked := false
	for _, one := range held {
		if one.Locked {
			locked = true
			continue
		}
		on := one.Given
		if f != nil {
			on = slices.Contains(f.Agreed, string(one.Purpose))
		}
		set.Items = append(set.Items, page.Choice{Value: string(one.Purpose), Label: v.purpose(one.Purpose), Hint: v.aim(one.Purpose), Checked: on})
		hidden = append(hidden, page.Hidden{Name: "shown", Value: string(one.Purpose)})
	}
	if locked {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Title: v.t("consent.locked"), Text: []string{v.t("consent.locked.text")}, Link: &page.Link{Href: at + "/paper", Text: v.t("paper.go")}}})
	}
	mode, ref := "", ""
	if f != nil {
		mode, ref = f.Mode, f.Ref
	}
	modes := []page.Choice{{Value: "mentor", Label: v.t("mode.mentor")}, {Value: "paper", Label: v.t("mode.paper")}, {Value: "phone", Label: v.t("mode.phone")}}
	s.Blocks = append(s.Blocks, page.Block{Form: &page.Form{Action: at + "/consent", Hidden: hidden,
		Parts:   []any{page.Plain(v.t("read.aloud", "Owner", notice.Owner.In(v.lang), "Contact", notice.Contact)), set, v.choice("mode", "mode", mode, modes), v.field("ref", "ref", ref, "ref.hint")},
		Buttons: []page.Button{{Text: v.t("save")}, {Text: v.t("cancel"), Href: at, Kind: "second"}}}})
	return v.render(status, s)
}

// Consent notes what changed: each line with the mentor as its witness.
func (h *Handlers) Consent(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	var f consentForm
	if err = form.Decode(c.Request, &f); err == nil {
		err = v.witness(p.ID, &f)
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.consent(status, p, &f, sum)
		}
		return err
	}
	return v.to(at, "consent")
}

func (v *view) witness(id person.ID, f *consentForm) error {
	held, err := v.h.o.People.Consents(v.ctx, v.a, id)
	if err != nil {
		return err
	}
	for _, one := range held {
		if one.Locked || !slices.Contains(f.Shown, string(one.Purpose)) {
			continue
		}
		if given := slices.Contains(f.Agreed, string(one.Purpose)); given != one.Given {
			if err := v.h.o.People.Consent(v.ctx, v.a, id, one.Purpose, given, f.Text, person.Mode(f.Mode), f.Ref); err != nil {
				return err
			}
		}
	}
	return nil
}

type paperForm struct {
	Paper string `form:"paper" validate:"required,max=40"`
	Seen  bool   `form:"seen"`
}

// PaperForm asks for the number of a parent's paper.
func (h *Handlers) PaperForm(c *gin.Context) error {
	v := h.see(c)
	p, _, err := v.learner()
	if err != nil {
		return err
	}
	return v.paper(200, p, &paperForm{}, nil)
}

func (v *view) paper(status int, p *person.Person, f *paperForm, sum *page.ErrorSummary) error {
	s := v.about(p, "paper.title")
	s.Lead = v.t("paper.lead")
	s.Errors, s.Failed = sum, sum != nil
	at := "/mentor/learners/" + string(p.ID)
	if !p.Ages().Minor(v.h.o.Now()) {
		s.Lead = v.t("paper.grown")
		s.Blocks = []page.Block{{Acts: []page.Button{{Text: v.t("back"), Href: at, Kind: "second"}}}}
		return v.render(status, s)
	}
	s.Blocks = []page.Block{{Words: []string{v.t("paper.1"), v.t("paper.2"), v.t("paper.3")}}, {Form: &page.Form{Action: at + "/paper",
		Parts: []any{v.field("paper", "paper", f.Paper, "paper.hint"), v.check("seen", "paper.seen", f.Seen)}, Buttons: []page.Button{{Text: v.t("save")}, {Text: v.t("cancel"), Href: at, Kind: "second"}}}}}
	if p.State == person.Waiting {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("guardian.title"), Text: []string{v.t("guardian.text")},
			Forms: []page.Form{{Action: at + "/guardian", Buttons: []page.Button{{Text: v.t("guardian.make"), Kind: "second"}}}}})
	}
	return v.render(status, s)
}

// GuardianLink makes a link for a parent's own device and shows it once, with a QR.
func (h *Handlers) GuardianLink(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	token, err := h.o.People.GuardianLink(v.ctx, v.a, p.ID)
	if err != nil {
		return err
	}
	link := v.origin() + "/guardian/" + token
	drawing, err := page.QRSVG(link, v.t("guardian.qr"))
	if err != nil {
		return err
	}
	out := &GuardianPage{Base: page.Base{Lang: v.lang, Title: v.t("guardian.ready"), Path: at + "/paper", NoIndex: true}, Back: at, QR: drawing,
		Link: page.Secret{Title: v.t("guardian.link"), Value: link, Text: v.t("guardian.days")}}
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "mentor/guardian", out)
}

// GuardianPage is a link for a parent: it is shown once.
type GuardianPage struct {
	page.Base
	Back string
	QR   template.HTML
	Link page.Secret
}

// Paper notes a parent's confirmation that the mentor holds in hands.
func (h *Handlers) Paper(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	var f paperForm
	err = form.Decode(c.Request, &f)
	if err == nil && !f.Seen {
		err = fault.InvalidFields(fault.Field{Pointer: "seen", Key: "mentor.paper.seen.needed"})
	}
	if err == nil {
		err = h.o.People.ConfirmOnPaper(v.ctx, v.a, p.ID, f.Paper)
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.paper(status, p, &f, sum)
		}
		return err
	}
	return v.to(at, "paper")
}
