package employers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/web/page"
)

// List is the public list of digitally literate employers, with the rule.
func (h *Handlers) List(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet(Public, v.t("public.title"), "")
	s.NoIndex, s.Description, s.Lead = false, v.t("public.lead"), v.t("public.lead")
	g := &page.Grid{Caption: v.t("public.list"), Hidden: true, Cards: true, Empty: v.t("public.empty"),
		Head: []page.GridHead{{Text: v.t("col.employer")}, {Text: v.t("col.since")}, {Text: v.t("col.until")}}}
	for _, m := range h.o.Staffing.Public() {
		until := v.day(m.Mark.Until)
		if m.Mark.Falls != "" && m.Mark.Falls < m.Mark.Until {
			until = v.day(m.Mark.Falls)
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(m.Body.Name())}, {Text: v.day(m.Mark.Since)}, {Text: until}}})
	}
	s.Blocks = []page.Block{{ID: "list", Title: v.t("public.list"), Grid: g}, {ID: "rule", Title: v.t("public.rule"), Text: []string{v.rule(), v.t("rule.year"), v.t("rule.count"), v.t("rule.free")}},
		{ID: "join", Title: v.t("public.join"), Text: []string{v.t("public.join.text")}}}
	if h.o.Demo {
		s.Blocks = append([]page.Block{{Note: &page.Note{Kind: "sun", Text: []string{v.t("demo")}}}}, s.Blocks...)
	}
	c.Header("Cache-Control", "no-cache")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "page/sheet", s.Ready())
}

// badge is the mark as a drawing: our own sun over a page, name and year. It holds nothing
// that a browser would fetch.
var badge = template.Must(template.New("badge").Funcs(template.FuncMap{"x": escape}).Parse(`<svg xmlns="http://www.w3.org/2000/svg" width="320" height="120" viewBox="0 0 320 120" role="img" aria-label="{{x .Title}}: {{x .Name}}, {{x .Until}}"><title>{{x .Title}}: {{x .Name}}, {{x .Until}}</title><rect x="1" y="1" width="318" height="118" rx="12" fill="#fffdf7" stroke="#1d4f7c" stroke-width="2"/><path d="M20 84a34 34 0 0 1 68 0Z" fill="#f2b91d"/><path d="M54 38V26M31 47l-8-8M77 47l8-8M14 70H8M94 70h6" stroke="#f2b91d" stroke-width="5" stroke-linecap="round" fill="none"/><path d="M16 84h76M24 96h60" stroke="#1d4f7c" stroke-width="4" stroke-linecap="round"/><text x="110" y="34" font-family="system-ui,sans-serif" font-size="15" font-weight="700" fill="#1d4f7c">{{x .Title}}</text>{{range $i, $l := .Lines}}<text x="110" y="{{index $.At $i}}" font-family="system-ui,sans-serif" font-size="14" fill="#22303c">{{x $l}}</text>{{end}}<text x="110" y="102" font-family="system-ui,sans-serif" font-size="12" fill="#4a5762">{{x .Until}}</text></svg>`))

// escape makes a text safe in XML; characters that XML does not know are left out.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(s)
}

// lines breaks a name into at most two lines that fit.
func lines(name string) (list []string) {
	const width = 27
	line := ""
	for _, w := range strings.Fields(name) {
		if line != "" && utf8.RuneCountInString(line+" "+w) > width {
			list = append(list, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + w)
	}
	list = append(list, line)
	if len(list) > 2 {
		list = []string{list[0], list[1] + " …"}
	}
	for i, l := range list {
		if r := []rune(l); len(r) > width+2 {
			list[i] = string(r[:width+1]) + "…"
		}
	}
	return list
}

func (v *view) drawing(i *institution.Institution, m staffing.Mark) (string, error) {
	var b strings.Builder
	err := badge.Execute(&b, map[string]any{"Title": v.t("badge.title"), "Name": v.in(i.Name()), "Lines": lines(v.in(i.Name())), "At": []int{58, 77}, "Until": v.t("badge.until", "Day", v.day(m.Until))})
	return b.String(), fault.From(err, fault.Internal, "")
}

// embed is what an employer puts into its own page: the drawing itself, so that its
// visitors' browsers ask nobody else, and a link to the list.
func (v *view) embed(i *institution.Institution, m staffing.Mark) (string, error) {
	svg, err := v.drawing(i, m)
	return `<a href="` + escape(v.origin()+Public) + `">` + svg + `</a>`, err
}

// Badge is the drawing of an employer that holds the mark and wishes to be seen.
func (h *Handlers) Badge(c *gin.Context) error {
	return h.see(c).ofMarked("image/svg+xml; charset=utf-8", (*view).drawing)
}

// Embed is the drawing as code for the employer's own pages.
func (h *Handlers) Embed(c *gin.Context) error {
	c.Header("Content-Disposition", `attachment; filename="znak.txt"`)
	return h.see(c).ofMarked("text/plain; charset=utf-8", (*view).embed)
}

// ofMarked answers with what is made of an employer in the public list.
func (v *view) ofMarked(kind string, make func(*view, *institution.Institution, staffing.Mark) (string, error)) error {
	list := v.h.o.Staffing.Public()
	k := slices.IndexFunc(list, func(m staffing.Marked) bool { return m.Body.ID == v.c.Param("body") })
	if k < 0 {
		return fault.New(fault.NotFound, "")
	}
	text, err := make(v, list[k].Body, list[k].Mark)
	if err != nil {
		return err
	}
	head := v.c.Writer.Header()
	head.Set("Content-Type", kind)
	head.Set("Cache-Control", "public, max-age=3600")
	head.Set("Content-Length", strconv.Itoa(len(text)))
	v.c.Status(http.StatusOK)
	if v.c.Request.Method == http.MethodHead {
		v.c.Writer.WriteHeaderNow()
		return nil
	}
	_, _ = v.c.Writer.WriteString(text) // the reader has gone away
	return nil
}
