package learning

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// EditPage is a page of the editors: blocks, one large form, blocks.
type EditPage struct {
	page.Sheet
	Form  *EditForm
	After []page.Block
}

// EditForm is a form of a course, a lesson or an activity.
type EditForm struct {
	ID, Action string
	Title      string
	Hidden     []page.Hidden
	Faults     []string // of no field of the form
	Parts      []EditPart
	Save       page.Button
	More       []page.Button
}

// editBody bounds the body of a form of editors, in bytes.
const editBody = 384 << 10

// written tells whether there is a course of this name, as a draft or published: an act on
// none is NotFound, whatever came with it.
func (v *view) written(slug string) error {
	if _, err := v.h.o.Drafts.Course(slug); err == nil {
		return nil
	}
	_, err := v.h.o.Drafts.Get(v.ctx, slug)
	return err
}

// Routes of the editors. Whoever may edit may review what another wrote; to publish
// wants a fresh sign-in.
func (h *Handlers) editRoutes() []gate.Route {
	if h.o.Drafts == nil {
		return nil
	}
	at := OfficeAddress + "/:slug"
	route := func(method, path string, act person.Action, do func(*view) error) gate.Route {
		return gate.Route{Method: method, Path: path, Need: gate.May(act), Body: editBody, Do: func(c *gin.Context) error {
			if err := gate.Check(c, act, person.Subject{}); err != nil {
				return err
			}
			v := h.words(c)
			if slug := c.Param("slug"); slug != "" {
				if err := v.written(slug); err != nil {
					return err
				}
			}
			return do(v)
		}}
	}
	get := func(path string, do func(*view) error) gate.Route {
		return route(http.MethodGet, path, person.CourseEdit, do)
	}
	post := func(path string, do func(*view) error) gate.Route {
		return route(http.MethodPost, path, person.CourseEdit, do)
	}
	return []gate.Route{
		get(OfficeAddress+"/new", func(v *view) error { return v.newCourse(nil, nil) }),
		post(OfficeAddress+"/new", (*view).makeCourse),
		post(at+"/draft", (*view).doDraft),
		get(at+"/edit", (*view).editCourse),
		post(at+"/edit", (*view).saveCourse),
		post(at+"/lessons", (*view).doLessons),
		get(at+"/edit/:file", (*view).editFile),
		post(at+"/edit/:file", (*view).saveFile),
		post(at+"/edit/:file/acts", (*view).doActs),
		get(at+"/edit/:file/:act", (*view).editAct),
		post(at+"/edit/:file/:act", (*view).saveAct),
		get(at+"/text/:file", (*view).editText),
		post(at+"/text/:file", (*view).saveText),
		post(at+"/flow", (*view).doFlow),
		route(http.MethodPost, at+"/publish", person.CoursePublish, (*view).publish),
		route(http.MethodPost, at+"/again", person.CoursePublish, (*view).publishAgain),
		get(at+"/versions", (*view).versions),
		get(at+"/compare", (*view).compare),
		get(at+"/preview", (*view).preview),
		get(at+"/preview/:lesson", (*view).previewLesson),
		get(at+"/preview/:lesson/:activity", (*view).previewStep),
		post(at+"/preview/:lesson/:activity", (*view).previewDo),
		get(at+"/print/:lesson", (*view).previewPrint),
	}
}

func atOffice(slug string, parts ...string) string {
	return strings.Join(append([]string{OfficeAddress, slug}, parts...), "/")
}

// me is who edits, with the name they go by.
func (v *view) editor() (*person.Actor, string) {
	a := gate.Actor(v.c)
	return a, v.h.o.EditorName(v.ctx, a)
}

// who names a hand: by name, else by the last letters of a number.
func (v *view) who(h draft.Hand) string {
	if h.By == gate.Actor(v.c).Person && h.By != "" {
		return v.e("you")
	}
	if h.Name != "" {
		return h.Name
	}
	if h.By == "" {
		return v.e("nobody")
	}
	return v.e("colleague", "Number", string(h.By[max(0, len(h.By)-4):]))
}

func (v *view) moment(h draft.Hand) string { return v.w.DateTime(h.At.Time) }

// draft is the draft of the address.
func (v *view) draft() (*draft.Draft, error) { return v.h.o.Drafts.Get(v.ctx, v.c.Param("slug")) }

// editSheet begins a page of a draft.
func (v *view) editSheet(slug, title string, crumbs ...page.Link) *EditPage {
	all := append([]page.Link{{Href: "/office", Text: v.t("office.home")}, {Href: OfficeAddress, Text: v.t("office.title")}}, crumbs...)
	p := &EditPage{Sheet: *v.staff(title, all...)}
	p.Path = v.c.Request.URL.Path
	if key := v.c.Query("done"); slices.Contains(doneKeys, key) {
		p.Done = v.e("done." + key)
	}
	return p
}

// doneKeys are what a page may say was just done.
var doneKeys = []string{"saved", "made", "copied", "undone", "added", "removed", "moved", "asked", "signed", "returned", "published", "again", "away", "back"}

func (v *view) showEdit(status int, p *EditPage) error {
	v.c.Header("Cache-Control", "no-store")
	p.Ready()
	return v.h.o.Pages.Render(v.c.Writer, status, "learning/edit", p)
}

func (v *view) done(path, key, anchor string) error {
	if anchor != "" {
		anchor = "#" + anchor
	}
	return v.to(path + "?done=" + key + anchor)
}

// editForm reads the form of a request within the editors' bounds.
func (v *view) editForm() (url.Values, error) {
	if err := v.c.Request.ParseForm(); err != nil {
		return nil, fault.From(err, fault.Invalid, form.KeyBad)
	}
	values := v.c.Request.PostForm
	if len(values) > 2*form.Usual.Fields {
		return nil, fault.New(fault.Invalid, form.KeyMany)
	}
	for _, list := range values {
		for i := range list {
			list[i] = strings.Map(func(r rune) rune {
				if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
					return -1
				}
				return r
			}, strings.ToValidUTF8(list[i], ""))
		}
	}
	return values, nil
}

// rest takes the faults that no field has taken.
func (f *faultsAt) rest(id string) (errs []string) {
	f.name = ""
	for i, one := range f.list {
		if !f.used[i] {
			f.used[i] = true
			errs = append(errs, f.take(id, one))
		}
	}
	return errs
}

func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 140 {
		return string(r[:140]) + "…"
	}
	if s == "" {
		return "—"
	}
	return s
}

// count tells how many faults a part of a file has.
func count(list []draft.Fault, below string) (errs, advice int) {
	for _, f := range list {
		if below != "" && f.Pointer != below && !strings.HasPrefix(f.Pointer, below+"/") {
			continue
		}
		if f.Severity == instrument.Error {
			errs++
		} else {
			advice++
		}
	}
	return errs, advice
}

func (v *view) faultTag(errs, advice int) *page.Tag {
	switch {
	case errs > 0:
		return &page.Tag{Kind: "bad", Text: v.en("faults", errs)}
	case advice > 0:
		return &page.Tag{Kind: "sun", Text: v.en("advices", advice)}
	}
	return &page.Tag{Kind: "good", Text: v.e("sound")}
}
