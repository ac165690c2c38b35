package services

import (
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/eservice"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// OnePage is an instruction.
type OnePage struct {
	page.Base
	Text     Text
	Done     string
	Question *Feedback
	Print    page.Button
	Paper    page.Link
	Lessons  []page.Link
	Terms    []page.Term
	Events   []page.Link
}

// Text is an instruction in the reader's language, for every form it takes.
type Text struct {
	ID       string // "s4": anchor in the whole manual
	Number   int
	Slug     string
	Title    string
	Short    string
	Draft    string // nobody has confirmed it
	Verified string
	Old      string // it must be checked by telephone
	Purpose  string
	Who      string
	Prepare  []string
	Steps    []StepText
	Wrong    []TroubleText
	Offline  []string
	Never    []string
	Outs     []Out
	Phone    string
	PhoneFor string
	Takes    string
	Frauds   []string
	Owner    string
	Sources  []page.Link
	Checked  string
}

// StepText is a step.
type StepText struct {
	Number        int
	ID            string
	Text, Detail  string
	Picture, Name string        // address and name of the picture
	Drawn         template.HTML // the picture itself, for one file
}

// TroubleText is what may go wrong.
type TroubleText struct{ What, Act string }

// Out is an official address.
type Out struct{ Href, Host, URL, Name, Seen string }

// Feedback is the form under an instruction.
type Feedback struct {
	Action string
	Steps  []page.Choice
	Errors *page.ErrorSummary
}

// One shows an instruction.
func (h *Handlers) One(c *gin.Context) error {
	v := h.see(c)
	e, err := h.o.Manual.Get(c.Param("slug"))
	if err != nil {
		return err
	}
	if c.Request.Method == http.MethodGet && !robot(c.Request.UserAgent()) {
		h.o.Manual.Opened(e.Slug)
	}
	return v.one(http.StatusOK, e, nil)
}

func (v *view) one(status int, e *eservice.Entry, bad *page.ErrorSummary) error {
	p := &OnePage{Base: v.base(v.in(e.Title), at(e.Slug)), Text: v.text(e), Print: page.Button{Text: v.t("print"), Does: "print", Icon: "print", Kind: "second"},
		Paper: page.Link{Href: at(e.Slug, "print"), Text: v.t("paper")}}
	p.Description, p.Failed = v.in(e.Short), bad != nil
	p.Back = &page.Link{Href: Address, Text: v.t("list.title")}
	p.Data = v.howTo(e)
	if done := v.c.Query("done"); done == "yes" || done == "no" {
		p.Done = v.t("said." + done)
	} else {
		p.Question = &Feedback{Action: at(e.Slug, "feedback"), Errors: bad}
		for i, s := range e.Steps {
			p.Question.Steps = append(p.Question.Steps, page.Choice{ID: "step-" + s.ID, Value: s.ID, Label: strconv.Itoa(i+1) + ". " + v.in(s.Text)})
		}
	}
	for _, name := range e.Lessons {
		course, slug, _ := strings.Cut(name, "/")
		k, err := v.h.o.Library.Course(course)
		if err != nil {
			continue
		}
		if l := k.Lesson(slug); l != nil {
			p.Lessons = append(p.Lessons, page.Link{Href: "/courses/" + course + "/" + slug, Text: v.in(l.Title)})
		}
	}
	for _, id := range e.Glossary {
		if t, err := v.h.o.Library.Term(id); err == nil {
			p.Terms = append(p.Terms, page.Term{Word: v.in(t.Term), Text: v.in(t.Text)})
		}
	}
	for _, ev := range v.h.o.Library.LifeEvents() {
		if slices.Contains(e.LifeEvents, ev.ID) {
			p.Events = append(p.Events, page.Link{Href: Address + "#" + ev.ID, Text: v.in(ev.Title)})
		}
	}
	return v.render(status, "one", p)
}

// howTo describes the steps in schema.org's words.
func (v *view) howTo(e *eservice.Entry) any {
	var steps []any
	for _, s := range e.Steps {
		steps = append(steps, map[string]any{"@type": "HowToStep", "text": v.in(s.Text)})
	}
	return map[string]any{"@context": "https://schema.org", "@type": "HowTo", "name": v.in(e.Title), "description": v.in(e.Short), "inLanguage": v.lang, "step": steps}
}

// text puts an instruction into the reader's language.
func (v *view) text(e *eservice.Entry) Text {
	t := Text{ID: "s" + strconv.Itoa(e.Number), Number: e.Number, Slug: e.Slug, Title: v.in(e.Title), Short: v.in(e.Short), Purpose: v.in(e.Purpose), Who: v.in(e.Who),
		Prepare: v.list(e.Prepare), Offline: v.list(e.Offline), Never: v.list(e.Never), Takes: v.in(e.Takes), Owner: e.Owner}
	if e.Confirmed == nil {
		t.Draft = v.t("draft")
	} else {
		t.Verified = v.t("verified", "Name", e.Confirmed.Name, "Day", v.day(e.Confirmed.On))
	}
	if !e.Fresh(v.now) {
		t.Old = v.t("old.never")
		if day := e.Checked(); day != "" {
			t.Old = v.t("old", "Day", v.day(day))
		}
	}
	for i, s := range e.Steps {
		row := StepText{Number: i + 1, ID: s.ID, Text: v.in(s.Text), Detail: v.in(s.Detail)}
		if s.Picture != "" {
			row.Name, row.Picture = s.Picture, Address+"/pictures/"+s.Picture+".svg"
		}
		t.Steps = append(t.Steps, row)
	}
	for _, w := range e.Wrong {
		t.Wrong = append(t.Wrong, TroubleText{v.in(w.What), v.in(w.Act)})
	}
	for i, a := range e.Addresses {
		out := Out{Href: at(e.Slug, "go", strconv.Itoa(i)), URL: a.URL, Host: hostOf(a.URL), Name: v.in(a.Name), Seen: v.t("address.unseen")}
		if a.Seen != "" {
			out.Seen = v.t("address.seen", "Day", v.day(a.Seen))
		}
		t.Outs = append(t.Outs, out)
	}
	if e.Phone != nil {
		t.Phone, t.PhoneFor = e.Phone.Number, v.in(e.Phone.Name)
	}
	for _, n := range e.Schemes {
		t.Frauds = append(t.Frauds, v.t("scheme."+strconv.Itoa(n)))
	}
	for _, s := range e.Sources {
		t.Sources = append(t.Sources, page.Link{Href: s.URL, Text: s.Title})
	}
	if e.CheckedOn != "" {
		t.Checked = v.day(e.CheckedOn)
	}
	return t
}

func (v *view) list(texts []i18n.Text) (out []string) {
	for _, t := range texts {
		out = append(out, v.in(t))
	}
	return out
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	return u.Host
}

// robot tells whether a reader says of itself that it is a machine: those are not counted.
func robot(agent string) bool {
	agent = strings.ToLower(agent)
	return agent == "" || slices.ContainsFunc([]string{"bot", "crawl", "spider", "slurp", "monitor", "curl", "wget", "python"}, func(s string) bool { return strings.Contains(agent, s) })
}

// LeavePage names where one goes.
type LeavePage struct {
	page.Base
	Out    Out
	Of     string
	Notice *page.Note
}

func (v *view) out() (*eservice.Entry, int, error) {
	e, err := v.h.o.Manual.Get(v.c.Param("slug"))
	if err != nil {
		return nil, 0, err
	}
	n, err := strconv.Atoi(v.c.Param("n"))
	if err != nil || n < 0 || n >= len(e.Addresses) {
		return nil, 0, fault.New(fault.NotFound, "service.no_address")
	}
	return e, n, nil
}

// Leave names the official address before one goes there.
func (h *Handlers) Leave(c *gin.Context) error {
	v := h.see(c)
	e, n, err := v.out()
	if err != nil {
		return err
	}
	p := &LeavePage{Base: v.base(v.t("leave.title"), at(e.Slug, "go", strconv.Itoa(n))), Of: v.in(e.Title)}
	p.Out = v.text(e).Outs[n]
	p.Out.Href = at(e.Slug, "go", strconv.Itoa(n), "out")
	p.NoIndex, p.Back = true, &page.Link{Href: at(e.Slug), Text: v.in(e.Title)}
	p.Notice = &page.Note{Kind: "sun", Title: v.t("leave.check"), List: v.never()}
	return v.render(http.StatusOK, "leave", p)
}

// Out counts and goes. Only addresses that stand in an instruction are reached.
func (h *Handlers) Out(c *gin.Context) error {
	v := h.see(c)
	e, n, err := v.out()
	if err != nil {
		return err
	}
	to := e.Addresses[n].URL
	if c.Request.Method == http.MethodGet && !robot(c.Request.UserAgent()) {
		if to, err = h.o.Manual.Out(e.Slug, n); err != nil {
			return err
		}
	}
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// Say takes «допомогло / ні» with the step where somebody stopped. Nobody is known.
func (h *Handlers) Say(c *gin.Context) error {
	v := h.see(c)
	e, err := h.o.Manual.Get(c.Param("slug"))
	if err != nil {
		return err
	}
	var f struct {
		Helped string `form:"helped,choice" validate:"required,oneof=yes no"`
		Step   string `form:"step" validate:"max=64"`
	}
	err = form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Manual.Helped(v.ctx, e.Slug, f.Helped == "yes", f.Step)
	}
	if err != nil {
		sum, _, status, ok := page.Refused(v.w, err)
		if !ok {
			return err
		}
		return v.one(status, e, sum)
	}
	return v.to(at(e.Slug) + "?done=" + f.Helped + "#said")
}

// Picture serves a drawing of a step.
func (h *Handlers) Picture(c *gin.Context) error {
	name := path.Base("/" + c.Param("name"))
	if path.Ext(name) != ".svg" || !fs.ValidPath(name) {
		return fault.New(fault.NotFound, "")
	}
	raw, err := fs.ReadFile(h.o.Pictures, name)
	if err != nil {
		return fault.From(err, fault.NotFound, "")
	}
	c.Header("Cache-Control", "public, max-age=86400")
	// A drawing opened on its own must not be able to act in our name.
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	c.Data(http.StatusOK, "image/svg+xml", raw)
	return nil
}

// PaperPage is a printed sheet, or the whole manual.
type PaperPage struct {
	page.Base
	Lead   string
	Print  page.Button
	Texts  []Text
	Groups []Group
	Whole  bool
	Help   string
	Day    string
	Down   []page.Download
}

func (v *view) paper(title, path string, list []*eservice.Entry) *PaperPage {
	p := &PaperPage{Base: v.base(title, path), Print: page.Button{Text: v.t("print"), Does: "print", Icon: "print", Kind: "second"}, Day: v.w.Date(v.now)}
	for _, e := range list {
		p.Texts = append(p.Texts, v.text(e))
	}
	if phone := v.phone(); phone != "" {
		p.Help = v.t("paper.help", "Phone", phone)
	}
	return p
}

// Sheet is one instruction to print.
func (h *Handlers) Sheet(c *gin.Context) error {
	v := h.see(c)
	e, err := h.o.Manual.Get(c.Param("slug"))
	if err != nil {
		return err
	}
	if c.Request.Method == http.MethodGet && !robot(c.Request.UserAgent()) {
		h.o.Manual.Printed(e.Slug)
	}
	p := v.paper(v.in(e.Title), at(e.Slug, "print"), []*eservice.Entry{e})
	p.NoIndex, p.Back = true, &page.Link{Href: at(e.Slug), Text: v.in(e.Title)}
	return v.render(http.StatusOK, "paper", p)
}

// Manual is all instructions on one page.
func (h *Handlers) Manual(c *gin.Context) error {
	v := h.see(c)
	p := v.paper(v.t("manual.title"), Address+"/manual", h.o.Manual.Shown())
	p.Whole, p.Lead, p.Groups = true, v.t("manual.lead"), v.groups("#")
	p.Description, p.Back = v.t("manual.lead"), &page.Link{Href: Address, Text: v.t("list.title")}
	p.Down = []page.Download{{Href: Address + "/manual.pdf", Text: v.t("down.pdf"), Meta: "PDF"}, {Href: Address + "/brochure.pdf", Text: v.t("down.brochure"), Meta: "PDF"},
		{Href: Address + "/offline", Text: v.t("down.offline"), Meta: "HTML"}, {Href: FolderAddress, Text: v.t("down.folder"), Meta: v.t("down.folder.meta")}}
	return v.render(http.StatusOK, "paper", p)
}

// groups is the index by life event with links inside one file.
func (v *view) groups(prefix string) (out []Group) {
	for _, e := range v.h.o.Manual.ByEvent() {
		g := Group{ID: e.ID, Title: v.in(e.Title)}
		for _, in := range e.Entries {
			g.Cards = append(g.Cards, Card{Number: in.Number, Href: prefix + "s" + strconv.Itoa(in.Number), Title: v.in(in.Title)})
		}
		out = append(out, g)
	}
	return out
}

// stamp names what the manual looks like today: PDFs and files are kept under it.
func (v *view) stamp() string {
	return v.lang + " " + strconv.FormatUint(v.h.o.Manual.Version(), 10) + " " + v.now.In(i18n.Kyiv).Format(time.DateOnly)
}
