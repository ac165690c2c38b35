package learning

import (
	"bytes"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// PaperPage is what is printed: handouts, or a mentor's plan.
type PaperPage struct {
	page.Base
	Large   bool
	Other   page.Link // the other size
	Print   page.Button
	Sheets  []PaperSheet
	Foot    string
	Staff   bool
	Missing string
}

// PaperSheet is one A4.
type PaperSheet struct {
	Of, Title string
	Lang      string
	Body      template.HTML
	More      []page.Row
}

func (v *view) paper(title, path string, back page.Link) *PaperPage {
	large := v.c.Query("large") != ""
	p := &PaperPage{Base: v.base(title, path), Large: large, Print: page.Button{Text: v.t("paper.print"), Does: "print", Icon: "print", Kind: "second"}, Foot: v.foot()}
	p.Back = &back
	p.Other = page.Link{Href: path + "?large=1", Text: v.t("paper.large")}
	if large {
		p.Path += "?large=1"
		p.Other = page.Link{Href: path, Text: v.t("paper.usual")}
	}
	return p
}

// foot is the line of help under every sheet.
func (v *view) foot() string {
	if phone := v.h.o.City.Phone; phone != "" {
		return v.t("paper.foot", "Phone", strings.NewReplacer(" ", i18n.NoBreakSpace, "-", "\u2011").Replace(phone))
	}
	return ""
}

func (v *view) sheet(c *course.Course, l *course.Lesson) PaperSheet {
	s := PaperSheet{Of: v.in(c.Title), Title: v.in(l.Title), Body: v.h.prose.html(v.in(l.Handout))}
	if v.lang == i18n.English && l.Handout.EN == "" {
		s.Lang = i18n.Ukrainian
	}
	return s
}

// Handout is one A4 of a lesson, in large letters; ?large=1 in very large ones.
func (h *Handlers) Handout(c *gin.Context) error {
	v := h.words(c)
	one, l, _, err := v.lesson()
	if err != nil {
		return err
	}
	p := v.paper(v.in(l.Title), atCourse(one.Slug, l.Slug, "handout"), page.Link{Href: atCourse(one.Slug), Text: v.in(one.Title)})
	p.Sheets = []PaperSheet{v.sheet(one, l)}
	return v.render(http.StatusOK, "paper", p)
}

// Handouts are those of all lessons, each on a sheet of its own.
func (h *Handlers) Handouts(c *gin.Context) error {
	v := h.words(c)
	one, err := v.course()
	if err != nil {
		return err
	}
	p := v.paper(v.in(one.Title), atCourse(one.Slug, "handouts"), page.Link{Href: atCourse(one.Slug), Text: v.in(one.Title)})
	for _, l := range one.Lessons {
		p.Sheets = append(p.Sheets, v.sheet(one, l))
	}
	return v.render(http.StatusOK, "paper", p)
}

// Plan is the mentor's plan of a lesson for a group.
func (h *Handlers) Plan(c *gin.Context) error {
	v := h.words(c)
	one, l, _, err := v.lesson()
	if err != nil {
		return err
	}
	p := v.paper(v.t("plan.title"), atCourse(one.Slug, l.Slug, "plan"), page.Link{Href: atCourse(one.Slug), Text: v.in(one.Title)})
	p.Staff = true
	s := PaperSheet{Of: v.in(one.Title), Title: v.in(l.Title), Body: v.h.prose.html(v.in(l.Mentor))}
	if v.lang == i18n.English && l.Mentor.EN == "" {
		s.Lang = i18n.Ukrainian
	}
	if l.Mentor.IsZero() {
		p.Missing = v.t("plan.none")
	}
	s.More = []page.Row{{Key: v.t("plan.goal"), Value: v.in(l.Goal)}, {Key: v.t("plan.time"), Value: v.n("minutes", l.Minutes)}, {Key: v.t("plan.level"), Value: l.Level}}
	var steps []string
	for i, a := range l.Activities {
		title := v.in(a.Title)
		if title == "" {
			title = v.w.T("course.type_"+string(a.Type), nil)
		}
		steps = append(steps, strconv.Itoa(i+1)+". "+title)
	}
	s.More = append(s.More, page.Row{Key: v.t("plan.steps"), Value: strings.Join(steps, " · ")})
	p.Sheets = []PaperSheet{s}
	return v.render(http.StatusOK, "paper", p)
}

// Offline is the whole course as one file that opens without the network: to keep on a
// telephone or to carry on a stick. Nothing in it is sent; the page says so.
func (h *Handlers) Offline(c *gin.Context) error {
	v := h.words(c)
	one, err := v.course()
	if err != nil {
		return err
	}
	raw, err := v.wholeFile(one)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+one.Slug+"-"+v.lang+`.html"`)
	c.Data(http.StatusOK, "text/html; charset=utf-8", raw)
	return nil
}

// wholeSize is the size of the one file in bytes; it is made once for a version and a
// language. 0: it cannot be made.
func (v *view) wholeSize(one *course.Course) int {
	key := "whole " + one.Hash + v.lang
	if n, known := v.h.once.Load(key); known {
		return n.(int)
	}
	raw, err := v.wholeFile(one)
	if err != nil {
		return 0
	}
	v.h.once.Store(key, len(raw))
	return len(raw)
}

func (v *view) wholeFile(one *course.Course) ([]byte, error) {
	data := map[string]any{"Lang": v.lang, "Title": v.in(one.Title), "Summary": v.in(one.Summary), "Says": v.t("offline.says"), "Foot": v.foot(),
		"Contents": v.t("offline.contents"), "Answer": v.t("offline.answer"), "Handout": v.t("paper.handout"), "Frame": v.t("imitation.frame"), "Top": v.t("offline.top")}
	if !one.Reviewed() {
		data["Draft"] = v.t("draft")
	}
	type lessonFile struct {
		ID, Title, Goal string
		Acts            []Act
		Handout         template.HTML
	}
	var list []lessonFile
	for i, l := range one.Lessons {
		f := lessonFile{ID: "l" + strconv.Itoa(i+1), Title: v.in(l.Title), Goal: v.in(l.Goal), Handout: v.h.prose.html(v.in(l.Handout))}
		for k := range l.Activities {
			f.Acts = append(f.Acts, v.solved(l, &l.Activities[k]))
		}
		list = append(list, f)
	}
	data["Lessons"] = list
	var b bytes.Buffer
	if err := offlineFile.Execute(&b, data); err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return b.Bytes(), nil
}

// solved is an activity with its answer, for a file that cannot ask.
func (v *view) solved(l *course.Lesson, a *course.Activity) Act {
	out := v.act(l, a, &course.Act{}, nil)
	if out.Video != nil {
		out.Video.Src = ""
	}
	if out.Picture != nil {
		out.Picture.Src = ""
	}
	switch b := a.Body.(type) {
	case *lesson.Imitation:
		said := map[string][]string{}
		for _, e := range b.Elements {
			if e.Suspicious {
				said[fieldMark] = append(said[fieldMark], e.ID)
			}
		}
		out.Imitation = v.imitation(b, said)
	case *lesson.Check:
		if value, ok := keyValue(b.Item); ok {
			out.Check.Said = v.said(b.Item, value)
		}
	}
	return out
}
