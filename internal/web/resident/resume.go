package resident

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// ResumePage is the form for a resume code.
type ResumePage struct {
	page.Base
	Errors page.ErrorSummary
	Wait   *page.Note
	Field  page.Field
	Go     page.Button
	Here   []page.Tile // what this device was at
}

// ResumeForm asks for the six letters.
func (h *Handlers) ResumeForm(c *gin.Context) error { return h.resumePage(c, http.StatusOK, "", nil) }

// ResumeCode takes the six letters and leads on to the sitting.
func (h *Handlers) ResumeCode(c *gin.Context) error {
	values, err := posted(c)
	if err != nil {
		return err
	}
	return h.byCode(c, values.Get("code"))
}

// ResumeLink opens what a person has sent to themselves: a link to a sitting or its
// result, or a six-letter code.
func (h *Handlers) ResumeLink(c *gin.Context) error {
	key := c.Param("key")
	id, access, err := h.o.Sittings.OpenLink(key)
	if err != nil {
		if _, cerr := sitting.ReadCode(key); cerr == nil {
			return h.byCode(c, key)
		}
		return h.lost(c, visit{}, err)
	}
	at := visit{id: id, access: access}
	v, err := h.o.Sittings.View(c.Request.Context(), id, access)
	if err != nil {
		return h.lost(c, at, err)
	}
	if v.Sitting.Done() {
		return see(c, at.result())
	}
	return see(c, at.at())
}

func (h *Handlers) byCode(c *gin.Context, code string) error {
	id, sealed, err := h.o.Sittings.Resume(c.Request.Context(), code)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.NotFound, fault.TooMany:
		if err != nil {
			return h.resumePage(c, page.Status(codeStatus(err)), code, err)
		}
	}
	if err != nil {
		return err
	}
	h.remember(c, id, sealed)
	return see(c, visit{id: id}.at())
}

// codeStatus makes an unknown code a fault of the form, like a slip in it: the
// person stays on the page.
func codeStatus(err error) fault.Kind {
	if k := fault.KindOf(err); k != fault.NotFound {
		return k
	}
	return fault.Invalid
}

func (h *Handlers) resumePage(c *gin.Context, status int, code string, err error) error {
	w := h.words(c)
	p := &ResumePage{Base: h.base(c, w.T("resident.code.page", nil)),
		Field: page.Field{ID: "code", Name: "code", Label: w.T("resident.code.label", nil), Hint: w.T("resident.code.hint", nil),
			Value: clip(code, 20), Code: true, MaxLength: 20, Width: "10", Autocomplete: "off"},
		Go: page.Button{Text: w.T("resident.code.go", nil)}}
	p.Path, p.Nav = "/r", "code"
	p.Back = &page.Link{Href: "/"}
	switch f := fault.As(err); {
	case err == nil:
	case f.Kind == fault.TooMany:
		seconds, _ := f.Args["Seconds"].(int)
		c.Header("Retry-After", strconv.Itoa(max(seconds, 1)))
		p.Wait = &page.Note{Kind: "sun", Title: w.T("resident.code.wait.title", nil),
			Text: []string{w.N("resident.code.wait", int64(max(seconds, 1)), nil)}}
	default:
		key := "resident.code.unknown"
		if f.Kind == fault.Invalid {
			key = "resident.code.letters"
		}
		p.Failed, p.Field.Error = true, w.T(key, nil)
		p.Errors = page.ErrorSummary{Lead: w.T("resident.code.kept", nil), Items: []page.ErrorItem{{Href: "#code", Text: p.Field.Error}}}
	}
	if err == nil {
		p.Here = h.here(c)
	}
	return h.o.Pages.Render(c.Writer, status, "resident/resume", p)
}

// here lists the sittings whose cookies this browser holds, the newest first. One
// that is erased or too old is left out.
func (h *Handlers) here(c *gin.Context) []page.Tile {
	w := h.words(c)
	var ids []string
	for _, k := range c.Request.Cookies() {
		if id, ours := strings.CutPrefix(k.Name, sittingCookie); ours && len(ids) < sittingsKept {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	var out []page.Tile
	for _, id := range ids {
		at := visit{id: id}
		at.access.Token, _ = c.Cookie(sittingCookie + id)
		v, err := h.o.Sittings.View(c.Request.Context(), id, at.access)
		if err != nil {
			continue
		}
		args := map[string]any{"Title": v.Instrument.Title.In(w.Language), "Left": w.Int(int64(v.Left)), "Total": w.Int(int64(v.Total))}
		switch {
		case v.Sitting.Done():
			out = append(out, page.Tile{Icon: "check", Href: at.result(), Title: w.T("resident.code.here.done", args),
				Text: w.Date(v.Sitting.Submitted.Time)})
		case v.Rev > 0:
			out = append(out, page.Tile{Icon: "next", Href: at.at(), Title: w.T("resident.code.here.test", args),
				Text: w.T("resident.code.here.left", args)})
		}
	}
	return out
}

// clip cuts what is shown back.
func clip(s string, runes int) string {
	r := []rune(s)
	if len(r) > runes {
		r = r[:runes]
	}
	return string(r)
}
