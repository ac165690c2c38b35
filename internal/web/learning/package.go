package learning

import (
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/coursepack"
	"osvitlo/internal/fault"
)

// Packages are what lessons show of other programs.
type Packages struct {
	Service *coursepack.Service
	Origin  string // of packages; empty: this site's own
	H5P     bool   // the operator has set up a player
}

// Pack is a package as its template shows it.
type Pack struct {
	Kind    string
	At      string // where its memory is read and its result is told; empty in a preview
	Height  int
	Parts   []PackPart
	Missing string // why it cannot be shown
	Words   template.HTML
}

// PackPart is what a learner opens of it.
type PackPart struct{ ID, Title, Text, Src string }

// usualHeight of a frame, in CSS pixels.
const usualHeight = 560

func (v *view) pack(l *course.Lesson, a *course.Activity, b *lesson.Package, title string) *Pack {
	out := &Pack{Height: b.Height, Words: v.h.prose.html(v.in(b.Words)), Missing: v.w.T("package.missing", nil)}
	if out.Height == 0 {
		out.Height = usualHeight
	}
	o := v.h.o.Packages
	if o.Service == nil {
		return out
	}
	p, err := o.Service.ByID(v.ctx, b.Package)
	switch {
	case err != nil:
		if !fault.Is(err, fault.NotFound) {
			v.h.o.Log.WarnContext(v.ctx, "package", "error", err.Error()) // the words stand in
		}
		return out
	case p.Kind == coursepack.H5P && !o.H5P:
		out.Missing = v.w.T("package.noplayer", nil)
		return out
	}
	out.Missing, out.Kind = "", string(p.Kind)
	if slug := v.c.Param("slug"); slug != "" && v.c.Param("lesson") == l.Slug {
		out.At = atStep(slug, l.Slug, a.ID) + "/package"
	}
	for i := range p.Parts {
		part := PackPart{ID: p.Parts[i].ID, Title: p.Parts[i].Title, Text: p.Parts[i].Title, Src: p.Src(o.Origin, &p.Parts[i])}
		if len(p.Parts) == 1 {
			part.Title, part.Text = title, v.w.T("package.start", nil)
		}
		out.Parts = append(out.Parts, part)
	}
	from := o.Origin
	if from == "" {
		from = "'self'"
	}
	head := v.c.Writer.Header()
	if policy := head.Get("Content-Security-Policy"); policy != "" && !strings.Contains(policy, "frame-src") {
		head.Set("Content-Security-Policy", policy+"; frame-src "+from)
	}
	return out
}

// packageBody bounds what a package may tell at once.
const packageBody = coursepack.MaxKept + 8<<10

// where is the package of the address.
func (v *view) where() (w coursepack.Where, err error) {
	one, l, _, err := v.lesson()
	if err != nil {
		return w, err
	}
	i, err := v.activity(l)
	if err != nil {
		return w, err
	}
	b, ok := l.Activities[i].Body.(*lesson.Package)
	if !ok || v.h.o.Packages.Service == nil {
		return w, fault.New(fault.NotFound, "")
	}
	return coursepack.Where{Course: one.Slug, Lesson: l.Slug, Activity: l.Activities[i].ID, Package: b.Package}, nil
}

// packKept is what a part has kept, for the script of the page.
type packKept struct {
	ID    string   `json:"id"`
	Done  bool     `json:"done,omitempty"`
	Score *float64 `json:"score,omitempty"`
	Kept  string   `json:"kept,omitempty"`
}

// PackageState tells what the package of an activity has kept for this learner.
func (h *Handlers) PackageState(c *gin.Context) error {
	v, err := h.see(c)
	if err != nil {
		return err
	}
	w, err := v.where()
	if err != nil {
		return err
	}
	st, err := h.o.Packages.Service.StateOf(v.ctx, v.me, w)
	if err != nil {
		return err
	}
	list := []packKept{}
	for _, p := range st.Parts {
		list = append(list, packKept{ID: p.ID, Done: p.Done, Score: p.Score, Kept: p.Kept})
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, map[string]any{"parts": list})
	return nil
}

// PackageTold takes what a package says: what it keeps, and how it went.
func (h *Handlers) PackageTold(c *gin.Context) error {
	v, err := h.see(c)
	if err != nil {
		return err
	}
	w, err := v.where()
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(c.Request.Body) // the route bounds it
	if err != nil {
		return fault.From(err, fault.TooLarge, "package.bad.kept")
	}
	var r coursepack.Result
	if err := json.Unmarshal(raw, &r); err != nil {
		return fault.From(err, fault.Invalid, "package.bad.kept")
	}
	st, err := h.o.Packages.Service.Take(v.ctx, v.learner(), w, r)
	if err != nil {
		return err
	}
	answer := packKept{ID: r.Part}
	for _, p := range st.Parts {
		if p.ID == r.Part {
			answer.Done, answer.Score = p.Done, p.Score
		}
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, answer)
	return nil
}
