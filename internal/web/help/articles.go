package help

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/help"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// articleForm is the form of an article.
type articleForm struct {
	Rev     int64  `form:"rev"`
	Slug    string `form:"slug"`
	TitleUK string `form:"title_uk"`
	TitleEN string `form:"title_en"`
	TextUK  string `form:"text_uk"`
	TextEN  string `form:"text_en"`
	Words   string `form:"words"`
	Topic   string `form:"topic"`
	Area    string `form:"area"`
	Links   string `form:"links"` // a line each: address | words | words in English
	Stage   string `form:"stage"`
	Owner   string `form:"owner"`
	Source  string `form:"source"`
	On      string `form:"checked_on"`
	Until   string `form:"valid_until"`
	Checked bool   `form:"checked"`
	Sure    bool   `form:"sure"`
}

var articleLimits = form.Limits{Bytes: formBody, Fields: 40, Value: 100 << 10}

func (f *articleForm) domain() help.Article {
	a := help.Article{Doc: store.Doc{ID: f.Slug, Rev: f.Rev}, Title: i18n.Text{UK: f.TitleUK, EN: f.TitleEN}, Text: i18n.Text{UK: f.TextUK, EN: f.TextEN}, Words: f.Words,
		Topic: f.Topic, Area: f.Area, Stage: help.Stage(f.Stage), Owner: f.Owner, Source: f.Source, CheckedOn: f.On, ValidUntil: f.Until}
	for line := range strings.Lines(f.Links) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		part := strings.SplitN(line+"||", "|", 4)
		a.Links = append(a.Links, help.Link{Href: strings.TrimSpace(part[0]), Title: i18n.Text{UK: strings.TrimSpace(part[1]), EN: strings.TrimSpace(part[2])}})
	}
	return a
}

func formOf(a *help.Article) *articleForm {
	f := &articleForm{Rev: a.Rev, Slug: a.ID, TitleUK: a.Title.UK, TitleEN: a.Title.EN, TextUK: a.Text.UK, TextEN: a.Text.EN, Words: a.Words, Topic: a.Topic, Area: a.Area,
		Stage: string(a.Stage), Owner: a.Owner, Source: a.Source, On: a.CheckedOn, Until: a.ValidUntil}
	for _, l := range a.Links {
		f.Links += l.Href + " | " + l.Title.UK + " | " + l.Title.EN + "\n"
	}
	return f
}

const articleRows = 40

// Articles lists the answers for everybody, for staff.
func (h *Handlers) Articles(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Q     string `form:"q" validate:"max=200"`
		Stage string `form:"stage" validate:"omitempty,oneof=draft public withdrawn stale"`
		Page  int    `form:"page" validate:"min=0,max=1000"`
	}
	if err := form.DecodeQuery(c.Request, &f); err != nil {
		return err
	}
	find := help.Filter{Words: f.Q, Stage: help.Stage(f.Stage), Skip: f.Page * articleRows, Limit: articleRows}
	if f.Stage == "stale" {
		find.Stage, find.Stale = "", true
	}
	list, more, err := h.o.Help.Staff(v.ctx, v.actor(), find)
	if err != nil {
		return err
	}
	s := v.sheet(Articles, "help-articles", v.t("articles"))
	s.Lead = v.t("articles.lead")
	stage := page.Select{ID: page.FieldID("stage"), Name: "stage", Label: v.t("field.stage"), Options: []page.Option{{Text: v.t("stage.all"), Selected: f.Stage == ""}}}
	for _, x := range []string{"public", "draft", "withdrawn", "stale"} {
		stage.Options = append(stage.Options, page.Option{Value: x, Text: v.t("stage." + x), Selected: f.Stage == x})
	}
	grid := &page.Grid{Caption: v.t("articles"), Hidden: true, Empty: v.t("articles.none"), Cards: true,
		Head: []page.GridHead{{Text: v.t("field.title_uk")}, {Text: v.t("col.topic")}, {Text: v.t("field.stage")}, {Text: v.t("field.valid_until")}}}
	now := h.o.Now()
	for _, a := range list {
		tag := &page.Tag{Text: v.t("stage." + string(a.Stage))}
		if a.Stage == help.Public {
			tag.Kind = "good"
		}
		until := page.GridCell{Text: v.day(a.ValidUntil), Head: v.t("field.valid_until")}
		switch {
		case a.CheckedBy == "":
			until.Tag = &page.Tag{Text: v.t("unchecked.tag"), Kind: "sun"}
		case a.Stale(now):
			until.Tag = &page.Tag{Text: v.t("stale.tag"), Kind: "sun"}
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: orElse(a.Title.UK, a.Title.EN), Href: Articles + "/" + a.ID, Small: a.ID}, {Text: v.topic(a.Topic), Head: v.t("col.topic")}, {Tag: tag, Head: v.t("field.stage")}, until}})
	}
	at := func(n int) string {
		return Articles + "?" + url.Values{"q": {f.Q}, "stage": {f.Stage}, "page": {strconv.Itoa(n)}}.Encode()
	}
	pager := &page.Pager{}
	if f.Page > 0 {
		pager.Previous = &page.Link{Href: at(f.Page - 1), Text: v.t("before")}
	}
	if more {
		pager.Next = &page.Link{Href: at(f.Page + 1), Text: v.t("after")}
	}
	s.Blocks = []page.Block{{Noprint: true, Acts: []page.Button{{Text: v.t("article.new"), Href: Articles + "/new", Small: true}}},
		{Noprint: true, Form: &page.Form{Action: Articles, Get: true, Row: true, Card: true,
			Parts:   []any{page.Field{ID: page.FieldID("q"), Name: "q", Label: v.t("search"), Value: f.Q, Type: "search", MaxLength: 200}, stage},
			Buttons: []page.Button{{Text: v.t("search.go"), Kind: "second", Small: true}}}},
		{Grid: grid, Pager: pager}}
	return v.render(http.StatusOK, "page/sheet", s.Ready())
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// NewArticle is an empty form.
func (h *Handlers) NewArticle(c *gin.Context) error {
	v := h.see(c)
	return v.articlePage(&articleForm{Stage: string(help.Draft), Topic: "other"}, "", nil)
}

// CreateArticle stores a new article.
func (h *Handlers) CreateArticle(c *gin.Context) error {
	v := h.see(c)
	var f articleForm
	err := form.DecodeWithin(c.Request, &f, articleLimits)
	if err == nil {
		f.Rev = 0
		err = h.o.Help.Save(v.ctx, v.actor(), f.domain(), help.Saving{Checked: f.Checked, Sure: f.Sure, New: true})
	}
	if err == nil {
		return v.to(Articles + "/" + f.Slug + "?done=saved")
	}
	return v.articlePage(&f, "", err)
}

// EditArticle is the form of an article.
func (h *Handlers) EditArticle(c *gin.Context) error {
	v := h.see(c)
	a, err := h.o.Help.Get(v.ctx, v.actor(), c.Param("slug"))
	if err != nil {
		return err
	}
	return v.articlePage(formOf(a), a.ID, nil)
}

// SaveArticle stores an article.
func (h *Handlers) SaveArticle(c *gin.Context) error {
	v := h.see(c)
	slug := c.Param("slug")
	if _, err := h.o.Help.Get(v.ctx, v.actor(), slug); err != nil {
		return err
	}
	var f articleForm
	err := form.DecodeWithin(c.Request, &f, articleLimits)
	f.Slug = slug
	if err == nil {
		err = h.o.Help.Save(v.ctx, v.actor(), f.domain(), help.Saving{Checked: f.Checked, Sure: f.Sure})
	}
	if err == nil {
		return v.to(Articles + "/" + slug + "?done=saved")
	}
	return v.articlePage(&f, slug, err)
}

// articlePage writes the form. slug is empty for a new article.
func (v *view) articlePage(f *articleForm, slug string, refused error) error {
	title, at := v.t("article.new"), Articles+"/new"
	if slug != "" {
		title, at = orElse(f.TitleUK, f.TitleEN), Articles+"/"+slug
	}
	s := v.sheet(at, "help-articles", title, page.Link{Href: Articles, Text: v.t("articles")})
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	form := &page.Form{Action: at, Card: true, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(f.Rev, 10)}}, Buttons: []page.Button{{Text: v.t("save"), Small: true}}}
	if slug == "" {
		form.Parts = append(form.Parts, v.text("slug", f.Slug, 0))
	} else if f.Stage == string(help.Public) {
		s.Blocks = append(s.Blocks, page.Block{Noprint: true, Acts: []page.Button{{Text: v.t("article.see"), Href: Address + "/" + slug, Kind: "second", Small: true}}})
	}
	form.Parts = append(form.Parts, v.articleFields(f)...)
	s.Blocks = append(s.Blocks, page.Block{Form: form})
	return v.render(status, "page/sheet", s.Ready())
}

func (v *view) text(name, value string, rows int) page.Field {
	hint := v.t("field." + name + ".hint")
	if hint == "help.field."+name+".hint" {
		hint = ""
	}
	return page.Field{ID: page.FieldID(name), Name: name, Label: v.t("field." + name), Hint: hint, Value: value, Rows: rows, Error: v.fault(name)}
}

func (v *view) articleFields(f *articleForm) []any {
	topic := v.topicList(f.Topic)
	stage := page.Select{ID: page.FieldID("stage"), Name: "stage", Label: v.t("field.stage"), Error: v.fault("stage")}
	for _, x := range help.Stages() {
		stage.Options = append(stage.Options, page.Option{Value: string(x), Text: v.t("stage." + string(x)), Selected: string(x) == f.Stage})
	}
	until := v.text("valid_until", f.Until, 0)
	on := v.text("checked_on", f.On, 0)
	until.Width, on.Width = "10", "10"
	parts := []any{v.text("title_uk", f.TitleUK, 0), v.text("text_uk", f.TextUK, 12), v.text("title_en", f.TitleEN, 0), v.text("text_en", f.TextEN, 8),
		topic, v.areas(f.Area), v.text("words", f.Words, 0), v.text("links", strings.TrimSpace(f.Links), 3), v.text("owner", f.Owner, 0), v.text("source", f.Source, 0), on, until, stage,
		page.Check{ID: page.FieldID("checked"), Name: "checked", Value: "true", Label: v.t("field.checked"), Hint: v.t("field.checked.hint"), Checked: f.Checked}}
	if f.Sure || v.fault("sure") != "" {
		parts = append(parts, page.Check{ID: page.FieldID("sure"), Name: "sure", Value: "true", Label: v.t("field.sure"), Checked: f.Sure, Error: v.fault("sure")})
	}
	return parts
}

// ProposePage shows what an answer would be for everybody, and what was taken out.
type ProposePage struct {
	page.Sheet
	Question []help.Piece
	Answer   []help.Piece
	Action   string
	Hidden   []page.Hidden
	Parts    []any
	Go       page.Button
}

// Propose shows the public answer that a question would make.
func (h *Handlers) Propose(c *gin.Context) error { return h.see(c).propose(nil, nil) }

// Publish stores it.
func (h *Handlers) Publish(c *gin.Context) error {
	v := h.see(c)
	var f articleForm
	err := form.DecodeWithin(c.Request, &f, articleLimits)
	if err == nil {
		a := f.domain()
		a.Rev, a.Stage, a.From = 0, help.Public, help.Figures(c.Param("number"))
		err = h.o.Help.Save(v.ctx, v.actor(), a, help.Saving{Checked: true, Sure: f.Sure, New: true})
	}
	if err == nil {
		return v.to(Articles + "/" + f.Slug + "?done=public")
	}
	return v.propose(&f, err)
}

func (v *view) propose(f *articleForm, refused error) error {
	made, err := v.h.o.Help.Propose(v.ctx, v.actor(), v.c.Param("number"))
	if err != nil {
		return err
	}
	at := Office + "/q/" + made.Article.From
	p := &ProposePage{Sheet: v.sheet(at+"/public", "help", v.t("public.make"), page.Link{Href: Office, Text: v.t("queue")}, page.Link{Href: at, Text: help.Grouped(made.Article.From)}),
		Question: made.Question, Answer: made.Answer, Action: at + "/public", Go: page.Button{Text: v.t("public.go"), Small: true}}
	p.Lead = v.t("public.lead")
	status, err := v.wrong(&p.Sheet, refused)
	if err != nil {
		return err
	}
	if f == nil {
		f = formOf(&made.Article)
		f.Owner = v.t("public.owner")
	}
	p.Hidden = []page.Hidden{{Name: "checked_on", Value: f.On}, {Name: "valid_until", Value: f.Until}, {Name: "stage", Value: string(help.Public)}, {Name: "owner", Value: f.Owner}}
	topic := v.topicList(f.Topic)
	p.Parts = []any{v.text("title_uk", f.TitleUK, 0), v.text("text_uk", f.TextUK, 8), v.text("title_en", f.TitleEN, 0), v.text("text_en", f.TextEN, 5), topic, v.areas(f.Area), v.text("slug", f.Slug, 0)}
	if f.Sure || v.fault("sure") != "" {
		p.Parts = append(p.Parts, page.Check{ID: page.FieldID("sure"), Name: "sure", Value: "true", Label: v.t("field.sure"), Checked: f.Sure, Error: v.fault("sure")})
	}
	p.Ready()
	return v.render(status, "help/propose", p)
}
