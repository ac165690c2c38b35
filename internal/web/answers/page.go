package answers

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/export"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// perPage is how many rows a page shows.
const perPage = 50

// View is the page of answers.
type View struct {
	page.Base
	Errors  page.ErrorSummary
	Selects []page.Select
	Columns page.Choices
	Show    page.Button
	Count   int
	Few     bool
	Table   *page.Table
	Place   string // «Сторінка 2 з 9»
	Pager   page.Pager
	Hidden  []hidden // the same query, for the form of the files
	Reason  page.Select
	Files   []file
	Notes   []string
}

type hidden struct{ Name, Value string }

// file is a button that takes the table away in a format.
type file struct{ Action, Text string }

// Page shows one page of the table.
func (h *Handlers) Page(c *gin.Context) error {
	q, err := read(c)
	if err != nil {
		return h.again(c, q, err)
	}
	return h.show(c, http.StatusOK, q, nil)
}

// again shows the page with what is wrong, and keeps what was asked.
func (h *Handlers) again(c *gin.Context, q query, err error) error {
	f := fault.As(err)
	if f.Kind != fault.Invalid || len(f.Fields) == 0 {
		return err
	}
	return h.show(c, http.StatusUnprocessableEntity, q, f.Fields)
}

func (h *Handlers) show(c *gin.Context, status int, q query, faults []fault.Field) error {
	lang := i18n.FromContext(c.Request.Context())
	w := h.o.Words.Lang(lang)
	t, err := h.table(c, q)
	if err != nil {
		f := fault.As(err)
		if f.Kind != fault.Invalid || len(f.Fields) == 0 {
			return err
		}
		faults, status = append(faults, f.Fields...), http.StatusUnprocessableEntity
	}
	n, wrong := q.number()
	if wrong != nil && t != nil {
		faults, status = append(faults, fault.As(wrong).Fields...), http.StatusUnprocessableEntity
	}
	v := &View{Base: page.Base{Lang: lang, Title: w.T("export.page.title", nil), Path: q.at(n), NoIndex: true, Wide: true, Failed: len(faults) > 0}}
	v.Back = &page.Link{Href: "/office", Text: w.T("export.page.back", nil)}
	h.controls(c, v, q, w, faults)
	if t == nil {
		return h.o.Pages.Render(c.Writer, status, "answers/page", v)
	}
	if v.Count, err = t.Count(c.Request.Context()); err != nil {
		return err
	}
	v.Few = v.Count > 0 && v.Count < fewest && !reviewer(c)
	if v.Count == 0 || v.Few {
		v.Files = nil
		return h.o.Pages.Render(c.Writer, status, "answers/page", v)
	}
	pages := (v.Count + perPage - 1) / perPage
	n = min(n, pages)
	if err := h.record(c, "answers.read", t, "duty"); err != nil {
		return err
	}
	if v.Table, err = rows(c, t, w, n); err != nil {
		return err
	}
	v.Place = w.T("export.page.of", map[string]any{"At": w.Int(int64(n)), "Of": w.Int(int64(pages))})
	if n > 1 {
		v.Pager.Previous = &page.Link{Href: q.at(n - 1), Text: w.T("export.page.previous", nil)}
	}
	if n < pages {
		v.Pager.Next = &page.Link{Href: q.at(n + 1), Text: w.T("export.page.next", nil)}
	}
	return h.o.Pages.Render(c.Writer, status, "answers/page", v)
}

// rows are the n-th fifty rows. A cell shows what the file holds.
func rows(c *gin.Context, t *export.Table, w *i18n.Localizer, n int) (*page.Table, error) {
	out := &page.Table{Caption: w.T("export.page.rows", nil), Hidden: true}
	for _, v := range t.Variables {
		out.Head = append(out.Head, page.Cell{Text: v.Name, Small: v.Label, Number: v.Kind == export.Number})
	}
	for row, err := range t.Rows(c.Request.Context(), (n-1)*perPage, perPage) {
		if err != nil {
			return nil, err
		}
		cells := make([]page.Cell, len(row))
		for i, text := range row {
			cells[i] = page.Cell{Text: text, Number: t.Variables[i].Kind == export.Number}
		}
		out.Rows = append(out.Rows, cells)
	}
	return out, nil
}

// controls fills the two forms.
func (h *Handlers) controls(c *gin.Context, v *View, q query, w *i18n.Localizer, faults []fault.Field) {
	v.Errors = page.Summary(w, faults, nil)
	list := func(name, chosen string, any bool, options []page.Option) page.Select {
		if any {
			options = append([]page.Option{{Text: w.T("export.page.any", nil)}}, options...)
		}
		for i := range options {
			options[i].Selected = options[i].Value == chosen
		}
		return page.Select{ID: page.FieldID(name), Name: name, Label: w.T("export.page."+name, nil), Error: page.FaultText(w, faults, name), Options: options}
	}
	var instruments, waves, modes, states, reasons []page.Option
	for _, slug := range h.o.Tables.Instruments() {
		instruments = append(instruments, page.Option{Value: slug, Text: h.o.Title(slug, w.Language)})
	}
	for _, wave := range h.o.Waves.Waves() {
		waves = append(waves, page.Option{Value: wave.ID, Text: wave.Title.In(w.Language)})
	}
	for _, m := range export.Modes {
		modes = append(modes, page.Option{Value: string(m), Text: w.T("export.value.mode."+string(m), nil)})
	}
	for _, s := range export.States {
		states = append(states, page.Option{Value: string(s), Text: w.T("export.value.state."+string(s), nil)})
	}
	for _, r := range Reasons {
		reasons = append(reasons, page.Option{Value: r, Text: w.T("export.page.reason."+r, nil)})
	}
	v.Selects = []page.Select{list("instrument", q.Instrument, false, instruments), list("wave", q.Wave, true, waves),
		list("mode", q.Mode, true, modes), list("state", q.State, true, states)}
	v.Reason = list("reason", q.Reason, false, append([]page.Option{{}}, reasons...))

	chosen, may := q.groups(), reviewer(c)
	v.Columns = page.Choices{ID: page.FieldID("cols"), Name: "cols", Many: true, Legend: w.T("export.page.columns", nil), Error: page.FaultText(w, faults, "cols")}
	for i, g := range export.Groups {
		if !may && slices.Contains(restricted, g) {
			continue
		}
		id := page.FieldID("cols")
		if i > 0 {
			id += "-" + string(g)
		}
		v.Columns.Items = append(v.Columns.Items, page.Choice{ID: id, Value: string(g), Label: w.T("export.group."+string(g), nil), Checked: slices.Contains(chosen, g)})
	}
	v.Show = page.Button{Text: w.T("export.page.show", nil), Small: true}
	if slices.Contains(chosen, export.GroupFree) {
		v.Notes = append(v.Notes, w.T("export.page.free", nil))
	}
	if slices.Contains(chosen, export.GroupSpecial) {
		v.Notes = append(v.Notes, w.T("export.page.special", nil))
	}
	values := q.values()
	for _, name := range []string{"instrument", "wave", "mode", "state", "cols"} {
		for _, value := range values[name] {
			v.Hidden = append(v.Hidden, hidden{name, value})
		}
	}
	for _, f := range export.Files {
		v.Files = append(v.Files, file{Address + "." + string(f), w.T("export.page.file."+string(f), nil)})
	}
}
