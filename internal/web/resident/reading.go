package resident

import (
	"html/template"
	"slices"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/framework"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// ProsePage is a long text: privacy, accessibility, method.
type ProsePage struct {
	page.Base
	Body template.HTML
}

// Privacy tells what is kept and why.
func (h *Handlers) Privacy(c *gin.Context) error { return h.prosePage(c, "privacy", "/privacy", nil) }

// Accessibility tells how the site is built and what is missing.
func (h *Handlers) Accessibility(c *gin.Context) error {
	return h.prosePage(c, "accessibility", "/accessibility", nil)
}

// Method tells how the city's figure is made.
func (h *Handlers) Method(c *gin.Context) error {
	return h.prosePage(c, "method", "/index/method", &page.Link{Href: "/index"})
}

func (h *Handlers) prosePage(c *gin.Context, id, path string, back *page.Link) error {
	return h.keep(c, "prose", path, "", func(lang string) (page.Page, error) {
		text := h.prose[lang][id]
		return &ProsePage{Base: page.Base{Lang: lang, Title: text.Title, Path: path, Nav: id, Back: back}, Body: text.Body}, nil
	})
}

func (h *Handlers) print(lang string) page.Button {
	return page.Button{Text: h.o.Words.Lang(lang).T("page.print", nil), Kind: "second", Icon: "print", Does: "print"}
}

// CoursesPage lists the advice pages, by area.
type CoursesPage struct {
	page.Base
	Areas []CoursesArea
}

// CoursesArea is one area with its pages.
type CoursesArea struct {
	Plate page.Plate
	Pages []CoursesLink
}

// CoursesLink is a page of the list.
type CoursesLink struct{ Href, Title, Text, Group string }

// Courses lists the written advice.
func (h *Handlers) Courses(c *gin.Context) error {
	return h.keep(c, "courses", "/courses", "", func(lang string) (page.Page, error) {
		w := h.o.Words.Lang(lang)
		b := h.public(lang, "/courses", "courses", "resident.courses.title")
		b.Description = w.T("resident.courses.lead", nil)
		p := &CoursesPage{Base: b}
		for _, a := range h.areas() {
			row := CoursesArea{Plate: page.Plate{Number: a.Hue, Name: a.Title.In(lang)}}
			for _, group := range []content.Group{content.Start, content.Middle, content.Strong} {
				advice, err := h.o.Library.Advice(a.ID, group)
				if err != nil {
					continue // an area may lack a group; content check says so
				}
				row.Pages = append(row.Pages, CoursesLink{Href: "/courses/" + advice.ID, Title: advice.Title.In(lang),
					Text: advice.Why.In(lang), Group: w.T("resident.courses."+string(group), nil)})
			}
			p.Areas = append(p.Areas, row)
		}
		return p, nil
	})
}

// areas are the areas of the city's framework, numbered.
func (h *Handlers) areas() []framework.Area {
	f := h.framework()
	if f == nil {
		return nil
	}
	return f.Areas
}

func (h *Handlers) framework() *framework.Framework {
	if list := h.o.Library.Frameworks(); len(list) > 0 {
		return list[0]
	}
	return nil
}

// CoursePage is one written advice page.
type CoursePage struct {
	page.Base
	Area     page.Plate
	For      string // whom it is for
	Minutes  int
	Why      i18n.Text
	Steps    []content.AdviceStep
	Try      page.Note
	Help     page.Note
	Reviewed bool
	Print    page.Button
	Next     *page.Link
}

// Course shows one written advice page.
func (h *Handlers) Course(c *gin.Context) error {
	slug := c.Param("slug")
	advice, err := h.o.Library.AdviceByID(slug)
	if err != nil {
		return fault.From(err, fault.NotFound, "")
	}
	path := "/courses/" + advice.ID
	return h.keep(c, "course", path, "", func(lang string) (page.Page, error) {
		w := h.o.Words.Lang(lang)
		b := page.Base{Lang: lang, Title: advice.Title.In(lang), Description: advice.Why.In(lang), Path: path, Nav: "courses",
			Back: &page.Link{Href: "/courses", Text: w.T("resident.courses.all", nil)}}
		p := &CoursePage{Base: b, For: w.T("resident.courses."+string(advice.Group), nil), Minutes: advice.Minutes,
			Why: advice.Why, Steps: advice.Steps, Reviewed: advice.Reviewed(), Print: h.print(lang),
			Try:  page.Note{Kind: "good", Title: w.T("resident.course.try", nil), Text: []string{advice.Try.In(lang)}},
			Help: page.Note{Title: w.T("resident.course.help", nil), Text: []string{advice.Help.In(lang)}, Link: h.phoneLink(lang)}}
		for _, a := range h.areas() {
			if a.ID == advice.Area {
				p.Area = page.Plate{Number: a.Hue, Name: a.Title.In(lang)}
			}
		}
		if next := h.nextAdvice(advice); next != nil {
			p.Next = &page.Link{Href: "/courses/" + next.ID, Text: next.Title.In(lang)}
		}
		return p, nil
	})
}

// nextAdvice is the page of the same area for the next group of levels.
func (h *Handlers) nextAdvice(a *content.Advice) *content.Advice {
	groups := []content.Group{content.Start, content.Middle, content.Strong}
	i := slices.Index(groups, a.Group)
	if i < 0 || i+1 >= len(groups) {
		return nil
	}
	next, err := h.o.Library.Advice(a.Area, groups[i+1])
	if err != nil {
		return nil
	}
	return next
}

func (h *Handlers) phoneLink(lang string) *page.Link {
	if h.o.City.Phone == "" || h.o.City.PhoneHref == "" {
		return nil
	}
	return &page.Link{Href: h.o.City.PhoneHref, Text: h.o.Words.Lang(lang).T("page.call", nil) + ": " + solid(h.o.City.Phone)}
}
