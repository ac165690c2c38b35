package learning

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// The cookie of a device that learns without an account.
const (
	learnerCookie = "learner"
	learnerLife   = 180 * 24 * 3600
	learnerLength = 26
)

// view is one request: who learns, and in which words.
type view struct {
	h    *Handlers
	c    *gin.Context
	ctx  context.Context
	w    *i18n.Localizer
	lang string
	me   course.Learner // empty: nobody has done anything here yet
}

// see finds the learner. A device's progress goes to the account at the first look
// after a sign-in, but never from or to a shared computer.
func (h *Handlers) see(c *gin.Context) (*view, error) {
	v := h.words(c)
	key, err := c.Cookie(learnerCookie)
	if err != nil || !isKey(key) {
		key = ""
	}
	who := gate.Actor(c).Person
	switch {
	case who == "" && key != "":
		v.me = course.OfDevice(key)
	case who != "":
		v.me = course.OfPerson(who)
		if key != "" && !gate.Shared(c) {
			if h.o.Credentials != nil {
				if err := h.o.Credentials.Adopt(v.ctx, course.OfDevice(key), v.me); err != nil {
					return nil, err
				}
			}
			if err := h.o.Courses.Adopt(v.ctx, course.OfDevice(key), v.me); err != nil {
				return nil, err
			}
			v.cookie("", -1)
		}
	}
	return v, nil
}

// words is a request whose learner does not matter.
func (h *Handlers) words(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang}
}

func isKey(s string) bool {
	return len(s) == learnerLength && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) < 0
}

// learner is who acts now: a device that was not known gets its key.
func (v *view) learner() course.Learner {
	if v.me == "" {
		key := course.NewDeviceKey()
		v.cookie(key, learnerLife)
		v.me = course.OfDevice(key)
	}
	return v.me
}

func (v *view) cookie(value string, life int) {
	http.SetCookie(v.c.Writer, &http.Cookie{Name: learnerCookie, Value: value, Path: "/", MaxAge: life,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.h.o.OverTLS})
}

// tracks is everything the learner has done; empty for who has not begun.
func (v *view) tracks() (map[string]*course.Track, error) {
	if v.me == "" {
		return map[string]*course.Track{}, nil
	}
	return v.h.o.Courses.Tracks(v.ctx, v.me)
}

func (v *view) track(slug string) (*course.Track, error) {
	if v.me == "" {
		return &course.Track{Course: slug}, nil
	}
	return v.h.o.Courses.Track(v.ctx, v.me, slug)
}

// course is the course of the address.
func (v *view) course() (*course.Course, error) { return v.h.o.Catalogue.Course(v.c.Param("slug")) }

// lesson is the lesson of the address with its course and its place in it.
func (v *view) lesson() (c *course.Course, l *course.Lesson, at int, err error) {
	if c, err = v.course(); err != nil {
		return nil, nil, 0, err
	}
	for i, one := range c.Lessons {
		if one.Slug == v.c.Param("lesson") {
			return c, one, i, nil
		}
	}
	return nil, nil, 0, fault.New(fault.NotFound, "course.no_lesson")
}

// onCourse is a request to a course; onLesson one to a lesson of it, at its place.
func (h *Handlers) onCourse(c *gin.Context) (*view, *course.Course, error) {
	v, err := h.see(c)
	if err != nil {
		return nil, nil, err
	}
	one, err := v.course()
	return v, one, err
}

func (h *Handlers) onLesson(c *gin.Context) (*view, *course.Course, *course.Lesson, int, error) {
	v, err := h.see(c)
	if err != nil {
		return nil, nil, nil, 0, err
	}
	one, l, at, err := v.lesson()
	return v, one, l, at, err
}

func (v *view) t(key string, pairs ...any) string {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("learning."+key, m)
}

func (v *view) n(key string, count int) string { return v.w.N("learning."+key, int64(count), nil) }

// in is a text of content in the reader's language. Ukrainian stands in where there is
// no English; shown tells the page that it did, so that its language can be marked.
func (v *view) in(t i18n.Text) string {
	if s := t.In(v.lang); s != "" {
		return s
	}
	return t.UK
}

func (v *view) base(title, path string) page.Base {
	return page.Base{Lang: v.lang, Title: title, Path: path, Nav: "courses", NoIndex: true}
}

func (v *view) render(status int, name string, p page.Page) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "learning/"+name, p)
}

func (v *view) to(path string) error {
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path)
	return nil
}

// posted reads the form of a request within the usual bounds.
func posted(c *gin.Context) (url.Values, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, fault.From(err, fault.Invalid, form.KeyBad)
	}
	if n := len(c.Request.PostForm); n > form.Usual.Fields {
		return nil, fault.New(fault.Invalid, form.KeyMany)
	}
	return c.Request.PostForm, nil
}

// Addresses.
func atCourse(slug string, parts ...string) string {
	return strings.Join(append([]string{"/courses", slug}, parts...), "/")
}

func atStep(c, l, a string) string { return atCourse(c, l, "step", a) }
