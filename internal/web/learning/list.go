package learning

import (
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/content"
	"osvitlo/internal/course"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// area is an area of the city's framework.
type area struct {
	id    string
	hue   int
	title i18n.Text
}

func areasOf(lib *content.Library) (list []area) {
	f, err := lib.Framework(content.OurFramework)
	if err != nil {
		return nil
	}
	for _, a := range f.Areas {
		list = append(list, area{a.ID, a.Hue, a.Title})
	}
	return list
}

func (v *view) areaTitle(id string) string {
	for _, a := range v.h.areas {
		if a.id == id {
			return a.title.In(v.lang)
		}
	}
	return id
}

// ListPage is the list of courses.
type ListPage struct {
	page.Base
	Undo     *Undo
	Continue *StepCard
	Advised  *page.Note // what the reader's employers propose
	Steps    []StepCard
	Result   bool          // the steps come from a result
	Find     template.HTML // the form of the search
	Asked    bool          // something was searched or filtered
	Found    string
	Cards    []template.HTML // of CourseCard
	Hidden   []template.HTML
	Advice   template.HTML // the short written advice, by area
	Fraud    []page.Note
	Device   bool // this device remembers progress without an account
}

// Undo takes a «not for me» back.
type Undo struct{ Slug, Title string }

// StepCard is one next step.
type StepCard struct {
	Step
	Go string
}

// CourseCard is a course of the list.
type CourseCard struct {
	Href, Title, Text, Picture string
	For                        []string
	Facts                      string
	State                      page.Tag // progress; empty: not begun
}

// Find is the form of the search, with what was chosen.
type Find struct {
	Filters []any
	Asked   bool
	Narrow  bool // more than words was chosen
	Clear   string
}

// AdviceArea lists the short written advice of an area.
type AdviceArea struct {
	Plate page.Plate
	Links []AdviceLink
}

// AdviceLink is one advice page.
type AdviceLink struct{ Href, Title, Text string }

// query is what somebody looks for.
type query struct {
	Q        string `form:"q" validate:"max=100"`
	Audience string `form:"audience" validate:"max=20"`
	Area     string `form:"area" validate:"max=10"`
	Level    string `form:"level" validate:"max=2"`
	Undo     string `form:"undo" validate:"max=80"`
}

var audiences = []string{"everyone", "older", "employees", "officials", "teachers", "parents", "mentors", "job-seekers", "displaced", "accessibility", "young"}

func (v *view) audience(id string) string {
	return v.w.T("course.audience_"+strings.ReplaceAll(id, "-", "_"), nil)
}

// List shows the courses: what was begun, the next three steps, all that fit, and the
// short advice under them.
func (h *Handlers) List(c *gin.Context) error {
	v, err := h.see(c)
	if err != nil {
		return err
	}
	var q query
	if err := form.DecodeQuery(c.Request, &q); err != nil {
		q = query{} // an address that somebody mistyped shows the whole list
	}
	tracks, err := v.tracks()
	if err != nil {
		return err
	}
	all := slices.SortedFunc(slices.Values(h.o.Catalogue.Courses()), course.Order)
	p := &ListPage{Base: v.base(v.t("list.title"), "/courses"), Device: v.me.Anonymous() && v.me != ""}
	p.NoIndex, p.Wide, p.Description = c.Request.URL.RawQuery != "", true, v.t("list.lead")
	p.Asked = q.Q != "" || q.Audience != "" || q.Area != "" || q.Level != ""
	if err := v.find(p, all, q); err != nil {
		return err
	}
	if t := tracks[q.Undo]; q.Undo != "" && t.NotForMe("") {
		if one, err := h.o.Catalogue.Course(q.Undo); err == nil {
			p.Undo = &Undo{Slug: one.Slug, Title: v.in(one.Title)}
		}
	}
	if !p.Asked && h.o.Advised != nil {
		if p.Advised, err = h.o.Advised(v.ctx, v.me.Person(), v.lang); err != nil {
			return err
		}
	}
	if !p.Asked {
		if err := v.steps(p, all, tracks); err != nil {
			return err
		}
	}
	want := look(q.Q)
	for _, one := range all {
		if !v.fits(one, q, want) {
			continue
		}
		card, err := v.card(one, tracks[one.Slug])
		if err != nil {
			return err
		}
		if tracks[one.Slug].NotForMe("") {
			p.Hidden = append(p.Hidden, card)
		} else {
			p.Cards = append(p.Cards, card)
		}
	}
	if p.Asked {
		p.Found = v.n("list.found", len(p.Cards)+len(p.Hidden))
	} else {
		if p.Advice, err = v.part("advice", "", func() any { return v.advice() }); err != nil {
			return err
		}
		if h.o.Warnings != nil {
			p.Fraud, _ = h.o.Warnings(v.lang)
			p.Fraud = p.Fraud[:min(len(p.Fraud), 1)]
		}
	}
	return v.render(http.StatusOK, "list", p)
}

// steps fills in what to do next.
func (v *view) steps(p *ListPage, all []*course.Course, tracks map[string]*course.Track) error {
	if n, ok := course.Continue(all, tracks); ok {
		p.Continue = &StepCard{v.step(n), v.t("go.on")}
		if n.Reason == "" {
			p.Continue.Why = ""
		}
	}
	profile, known, err := v.profile()
	if err != nil {
		return err
	}
	p.Result = known
	for _, n := range course.Recommend(profile, all, tracks) {
		if p.Continue != nil && n.Course.Slug == p.Continue.Course {
			continue
		}
		p.Steps = append(p.Steps, StepCard{v.step(n), v.t("go.begin")})
	}
	return nil
}

// filters are the controls of the search, with what was chosen.
func (v *view) filters(q query) []any {
	pick := func(name, chosen string, options []page.Option) page.Select {
		for i := range options {
			options[i].Selected = options[i].Value == chosen
		}
		return page.Select{ID: page.FieldID(name), Name: name, Label: v.t("filter." + name),
			Options: append([]page.Option{{Text: v.t("filter." + name + ".all")}}, options...)}
	}
	var who, where, level []page.Option
	used := map[string]bool{}
	for _, c := range v.h.o.Catalogue.Courses() {
		for _, a := range c.Audience {
			used[a] = true
		}
	}
	for _, a := range audiences {
		if used[a] {
			who = append(who, page.Option{Value: a, Text: v.audience(a)})
		}
	}
	for _, a := range v.h.areas {
		where = append(where, page.Option{Value: a.id, Text: a.title.In(v.lang)})
	}
	for _, l := range levels {
		level = append(level, page.Option{Value: l, Text: l + " – " + v.t("level."+l)})
	}
	return []any{
		page.Field{ID: "f-q", Name: "q", Type: "search", Label: v.t("filter.q"), Hint: v.t("filter.q.hint"), Value: q.Q, MaxLength: 100, Plain: true},
		pick("audience", q.Audience, who), pick("area", q.Area, where), pick("level", q.Level, level),
	}
}

var levels = []string{"A1", "A2", "B1", "B2", "C1", "C2"}

func (v *view) fits(c *course.Course, q query, want [][]string) bool {
	if q.Audience != "" && !slices.Contains(c.Audience, q.Audience) || q.Area != "" && !slices.Contains(c.Areas(), q.Area) {
		return false
	}
	if at := slices.Index(levels, q.Level); at >= 0 && (at < slices.Index(levels, c.Levels.From) || at > slices.Index(levels, c.Levels.To)) {
		return false
	}
	if len(want) == 0 {
		return true
	}
	text := fold(c.Title.UK + " " + c.Title.EN + " " + c.Summary.UK + " " + c.Summary.EN + " " + c.For.UK + " " + c.For.EN)
	for _, l := range c.Lessons {
		text += " " + fold(l.Title.UK+" "+l.Title.EN+" "+l.Goal.UK)
	}
	for _, a := range c.Areas() {
		text += " " + fold(v.areaTitle(a))
	}
	return found(text, want)
}

// find makes the form of the search.
func (v *view) find(p *ListPage, all []*course.Course, q query) (err error) {
	made := func() any {
		return Find{Filters: v.filters(q), Asked: p.Asked, Narrow: q.Audience+q.Area+q.Level != "", Clear: "/courses"}
	}
	if p.Asked {
		p.Find, err = v.h.o.Pages.Part(v.lang, "learning/part_find", made())
	} else {
		p.Find, err = v.part("find", version(all), made)
	}
	return err
}

// card is a course as the list shows it.
func (v *view) card(c *course.Course, t *course.Track) (template.HTML, error) {
	var state page.Tag
	if t != nil {
		switch done := t.FinishedLessons(c); {
		case t.Completed != 0:
			state = page.Tag{Kind: "good", Text: v.t("state.completed")}
		case t.Opened != 0:
			state = page.Tag{Kind: "main", Text: v.t("state.begun", "Done", done, "All", len(c.Lessons))}
		}
	}
	return v.part("card", c.Name()+c.Hash+state.Text, func() any { return v.cardOf(c, state) })
}

func (v *view) cardOf(c *course.Course, state page.Tag) CourseCard {
	card := CourseCard{Href: atCourse(c.Slug), Title: v.in(c.Title), Text: v.in(c.Summary), Picture: pictureOf(c.Icon), State: state}
	for _, a := range c.Audience {
		card.For = append(card.For, v.audience(a))
	}
	facts := []string{v.n("lessons", len(c.Lessons)), v.n("minutes", c.Minutes()), v.span(c)}
	card.Facts = strings.Join(facts, " · ")
	return card
}

func (v *view) span(c *course.Course) string {
	if c.Levels.From == c.Levels.To {
		return v.t("level", "Level", c.Levels.From)
	}
	return v.t("levels", "From", c.Levels.From, "To", c.Levels.To)
}

// pictureOf is the picture of a course's icon in the set of the site.
func pictureOf(icon string) string {
	known := map[string]string{"phone": "phone", "search": "search", "pencil": "edit", "chat": "mail", "shield": "shield", "tools": "bulb", "lock": "lock",
		"document": "file", "city": "bank", "news": "file", "teacher": "book", "family": "people", "mentor": "people", "work": "card", "home": "pin",
		"eye": "sound", "battery": "offline", "spark": "bulb"}
	if name := known[icon]; name != "" {
		return name
	}
	return "book"
}

// advice lists the short written pages by area.
func (v *view) advice() (list []AdviceArea) {
	if v.h.o.Advice == nil {
		return nil
	}
	for _, a := range v.h.areas {
		row := AdviceArea{Plate: page.Plate{Number: a.hue, Name: a.title.In(v.lang)}}
		for _, group := range []content.Group{content.Start, content.Middle, content.Strong} {
			if one, err := v.h.o.Library.Advice(a.id, group); err == nil { // an area may lack a group
				row.Links = append(row.Links, AdviceLink{Href: "/courses/" + one.ID, Title: one.Title.In(v.lang), Text: v.w.T("resident.courses."+string(group), nil)})
			}
		}
		if len(row.Links) > 0 {
			list = append(list, row)
		}
	}
	return list
}

// Hide puts a course away, or takes that back.
func (h *Handlers) Hide(c *gin.Context) error {
	v, err := h.see(c)
	if err != nil {
		return err
	}
	var f struct {
		Course string `form:"course" validate:"required,max=80"`
		On     bool   `form:"on"`
		Back   string `form:"back" validate:"max=300"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if _, err := h.o.Catalogue.Course(f.Course); err != nil {
		return err
	}
	if _, err := h.o.Courses.Record(v.ctx, v.learner(), []course.Mark{{Kind: course.Hid, Course: f.Course, On: f.On, At: h.o.Now()}}); err != nil {
		return err
	}
	if back := backTo(f.Back, f.Course, f.On); back != "" {
		return v.to(back)
	}
	if f.On {
		return v.to("/courses?undo=" + f.Course)
	}
	return v.to(atCourse(f.Course))
}

// Forget takes the progress off this device: for a telephone that goes to somebody else.
// What was stored under the key can be reached by nobody and is swept.
func (h *Handlers) Forget(c *gin.Context) error {
	v := h.words(c)
	if _, err := posted(c); err != nil {
		return err
	}
	v.cookie("", -1)
	return v.to("/courses")
}
