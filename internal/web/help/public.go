package help

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// HomePage is whom to call, what to do after a fraud, and the answers that exist.
type HomePage struct {
	page.Base
	Fraud  page.Note
	Print  page.Button
	OpenIs bool
	Open   string
	Away   string
	Week   []page.Row
	Query  string
	Found  []Hit
	None   string // nothing was found
	Groups []Group
	Asked  string // address of the counts
	Never  page.Note
}

// Hit is an article of a list.
type Hit struct{ Href, Title, Lang string }

// Group is the articles of a topic.
type Group struct {
	Title string
	List  []Hit
}

// maxFound is how many answers a search shows.
const maxFound = 12

// Home is the first page of the hotline.
func (h *Handlers) Home(c *gin.Context) error {
	v := h.see(c)
	set, err := h.o.Help.Settings(v.ctx)
	if err != nil {
		return err
	}
	var q struct {
		Q string `form:"q"`
	}
	_ = form.DecodeQuery(c.Request, &q) // what cannot be read is not looked for
	p := &HomePage{Base: v.base(v.t("title"), Address), Query: cut(q.Q, 200), Fraud: v.fraud(), Week: v.week(set), Away: v.in(set.Away), Never: v.never(),
		Print: page.Button{Text: v.w.T("page.print", nil), Kind: "second", Icon: "print", Does: "print"}}
	p.Description = v.t("lead")
	p.OpenIs, p.Open = v.open(set)
	if p.Query != "" {
		p.Path, p.NoIndex = Address+"?q="+url.QueryEscape(p.Query), true
		p.Found = v.hits(h.o.Help.Find(p.Query, maxFound))
		if len(p.Found) == 0 {
			p.None = v.t("search.none")
		}
	}
	for _, a := range h.o.Help.Articles() {
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Title != v.topic(a.Topic) {
			p.Groups = append(p.Groups, Group{Title: v.topic(a.Topic)})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.List = append(g.List, v.hit(a))
	}
	return v.render(http.StatusOK, "help/home", p)
}

func (v *view) hit(a *help.Article) Hit {
	return Hit{Href: Address + "/" + a.ID, Title: v.in(a.Title), Lang: v.foreign(a.Title)}
}

func (v *view) hits(list []*help.Article) (out []Hit) {
	for _, a := range list {
		out = append(out, v.hit(a))
	}
	return out
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// ArticlePage is one answer.
type ArticlePage struct {
	page.Base
	Topic   string
	Parts   []help.Part
	InLang  string // of the text, when it is not the reader's
	Note    *page.Note
	Links   []page.Link
	Source  string
	Checked string
	Print   page.Button
	Read    bool
}

// Article shows one answer.
func (h *Handlers) Article(c *gin.Context) error {
	v := h.see(c)
	a, err := h.o.Help.Article(c.Param("slug"))
	if err != nil {
		return err
	}
	p := &ArticlePage{Base: v.base(v.in(a.Title), Address+"/"+a.ID), Topic: v.topic(a.Topic), Parts: help.Parts(v.in(a.Text)), Source: a.Source,
		Print: page.Button{Text: v.w.T("page.print", nil), Kind: "second", Icon: "print", Does: "print"}}
	p.Back = &page.Link{Href: Address, Text: v.t("title")}
	p.Description = firstOf(p.Parts)
	p.InLang = v.foreign(a.Text)
	for _, l := range a.Links {
		p.Links = append(p.Links, page.Link{Href: l.Href, Text: v.in(l.Title)})
	}
	day := v.day(a.CheckedOn)
	switch {
	case a.Stale(h.o.Now()):
		p.Note = &page.Note{Kind: "sun", Text: []string{v.t("stale", "Date", day, "Phone", h.o.City.Phone)}}
	case a.CheckedBy == "":
		p.Note = &page.Note{Kind: "sun", Text: []string{v.t("unchecked")}}
	case day != "":
		p.Checked = v.t("checked", "Date", day)
	}
	return v.render(http.StatusOK, "help/article", p)
}

// day is a stored day in words.
func (v *view) day(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return ""
	}
	return v.w.Date(t.Add(12 * time.Hour))
}

func firstOf(parts []help.Part) string {
	for _, p := range parts {
		if p.Text != "" {
			return cut(p.Text, 200)
		}
	}
	return ""
}

// FraudPage is the first aid after a fraud, on one sheet to be printed.
type FraudPage struct {
	page.Base
	Lead   string
	Steps  []Step
	Keep   page.Note
	Never  page.Note
	Print  page.Button
	Course page.Link
}

// Step is what to do, and how.
type Step struct {
	Title string
	Text  []string
}

// FraudSheet shows the first aid.
func (h *Handlers) FraudSheet(c *gin.Context) error {
	v := h.see(c)
	p := &FraudPage{Base: v.base(v.t("fraud.title"), Address+"/fraud"), Lead: v.t("fraud.lead"), Never: v.never(),
		Keep:   page.Note{Kind: "sun", Title: v.t("fraud.keep.title"), List: v.all("fraud.keep")},
		Print:  page.Button{Text: v.t("fraud.print"), Kind: "second", Icon: "print", Does: "print"},
		Course: page.Link{Href: "/courses/fraud-protection", Text: v.t("fraud.course")}}
	p.Back = &page.Link{Href: Address, Text: v.t("title")}
	p.Description = p.Lead
	for _, id := range []string{"bank", "police", "sim", "password", "device", "others"} {
		p.Steps = append(p.Steps, Step{Title: v.t("fraud.step." + id), Text: v.all("fraud.step." + id)})
	}
	return v.render(http.StatusOK, "help/fraud", p)
}

// AskedPage is what people ask.
type AskedPage struct {
	page.Base
	Table page.Table
	None  bool
}

// AskedPage shows the counts that everybody may read.
func (h *Handlers) AskedPage(c *gin.Context) error {
	v := h.see(c)
	list, err := h.o.Help.PublicCounts(v.ctx)
	if err != nil {
		return err
	}
	p := &AskedPage{Base: v.base(v.t("asked.title"), Address+"/asked"), None: true}
	p.Back = &page.Link{Href: Address, Text: v.t("title")}
	p.Table = page.Table{Caption: v.t("asked.caption"), Head: []page.Cell{{Text: v.t("asked.topic")}, {Text: v.t("asked.area")}, {Text: v.t("asked.n"), Number: true}}, Foot: v.t("asked.foot", "N", help.MinPublic)}
	for _, k := range list {
		n := page.Cell{Note: v.t("asked.few"), Number: true}
		if k.N > 0 {
			n, p.None = page.Cell{Text: v.w.Int(k.N), Number: true}, false
		}
		area := page.Cell{Text: "–"}
		if k.Area != "" {
			area = page.Cell{Text: h.o.Area(k.Area, v.lang), Area: int(k.Area[2] - '0')}
		}
		p.Table.Rows = append(p.Table.Rows, []page.Cell{{Text: v.topic(k.Topic)}, area, n})
	}
	return v.render(http.StatusOK, "help/asked", p)
}

// suggested is how many answers are offered while somebody writes.
const suggested = 3

// Suggest lists answers that fit a text being written, for the script of the form. The
// text is in the body, so that no address and no log holds it.
func (h *Handlers) Suggest(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Text string `form:"text"`
	}
	if err := form.DecodeWithin(c.Request, &f, form.Limits{Bytes: suggestBody, Fields: 4, Value: suggestBody}); err != nil {
		if fault.Is(err, fault.Invalid) {
			f.Text = ""
		} else {
			return err
		}
	}
	type one struct {
		Href  string `json:"href"`
		Title string `json:"title"`
	}
	list := []one{}
	for _, a := range h.o.Help.Suggest(cut(f.Text, 2000), suggested) {
		list = append(list, one{Address + "/" + a.ID, v.in(a.Title)})
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(c.Writer).Encode(list)
}
