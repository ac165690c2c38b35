package answers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/export"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// perPage is how many rows a page shows.
const perPage = 50

// View is the page of answers: the sheet, and under it the buttons of the files.
type View struct {
	page.Sheet
	Selects []page.Select
	Columns page.Choices
	Chosen  string // the groups of columns in words
	Open    bool   // the choice of columns stands open
	Show    page.Button
	Notes   []string
	Rows    page.Block    // the table
	Meaning page.Details  // what its columns hold
	Hidden  []page.Hidden // the same query, for the form of the files
	Reason  page.Select
	Files   []file // none: nothing to take away
}

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
	v := &View{Sheet: page.Sheet{Base: page.Base{Lang: lang, Title: w.T("export.page.title", nil), Path: q.at(n), Failed: len(faults) > 0},
		MenuID: "answers", Lead: w.T("export.page.lead", nil)}}
	v.Crumbs = []page.Link{{Href: "/office", Text: w.T("export.page.office", nil)}}
	if h.o.Menu != nil {
		v.Menu = h.o.Menu(c)
	}
	if len(faults) > 0 {
		sum := page.Summary(w, faults, nil)
		v.Errors = &sum
	}
	v.Blocks = []page.Block{{Small: w.T("export.page.audit", nil)}}
	h.filter(c, v, q, w, faults)
	if t != nil {
		if err := h.list(c, v, t, q, n, w, faults); err != nil {
			return err
		}
	}
	v.Ready()
	return h.o.Pages.Render(c.Writer, status, "answers/page", v)
}

// list adds the n-th page of the table, and the files.
func (h *Handlers) list(c *gin.Context, v *View, t *export.Table, q query, n int, w *i18n.Localizer, faults []fault.Field) error {
	count, err := t.Count(c.Request.Context())
	if err != nil {
		return err
	}
	b := page.Block{ID: "rows", Title: w.N("export.page.count", int64(count), nil)}
	few := count > 0 && count < fewest && !reviewer(c)
	switch {
	case few:
		b.Text = []string{w.T("export.page.few", nil)}
	case count == 0:
		b.Text = []string{w.T("export.page.none", nil)}
	}
	if few || count == 0 {
		v.Rows = b
		return nil
	}
	pages := (count + perPage - 1) / perPage
	n = min(n, pages)
	if err := h.record(c, "answers.read", t, "duty"); err != nil {
		return err
	}
	if b.Grid, err = rows(c, t, w, n); err != nil {
		return err
	}
	b.Small = w.T("export.page.of", map[string]any{"At": w.Int(int64(n)), "Of": w.Int(int64(pages))})
	if pages > 1 {
		b.Pager = &page.Pager{}
		if n > 1 {
			b.Pager.Previous = &page.Link{Href: q.at(n - 1), Text: w.T("export.page.previous", nil)}
		}
		if n < pages {
			b.Pager.Next = &page.Link{Href: q.at(n + 1), Text: w.T("export.page.next", nil)}
		}
	}
	v.Rows, v.Meaning = b, page.Details{Summary: w.T("export.page.meaning", nil)}
	for _, one := range t.Variables {
		v.Meaning.List = append(v.Meaning.List, one.Name+": "+one.Label)
	}
	h.files(v, q, w, faults)
	return nil
}

// rows are the n-th fifty rows. A cell shows what the file holds.
func rows(c *gin.Context, t *export.Table, w *i18n.Localizer, n int) (*page.Grid, error) {
	out := &page.Grid{Caption: w.T("export.page.rows", nil), Hidden: true}
	for _, v := range t.Variables {
		out.Head = append(out.Head, page.GridHead{Text: v.Name, Number: v.Kind == export.Number})
	}
	for row, err := range t.Rows(c.Request.Context(), (n-1)*perPage, perPage) {
		if err != nil {
			return nil, err
		}
		cells := make([]page.GridCell, len(row))
		for i, text := range row {
			cells[i] = page.GridCell{Text: text, Number: t.Variables[i].Kind == export.Number}
		}
		out.Rows = append(out.Rows, page.GridRow{Cells: cells})
	}
	return out, nil
}

// choice makes a list to choose from.
func choice(w *i18n.Localizer, faults []fault.Field, name, chosen string, options []page.Option) page.Select {
	for i := range options {
		options[i].Selected = options[i].Value == chosen
	}
	return page.Select{ID: page.FieldID(name), Name: name, Label: w.T("export.page."+name, nil), Error: page.FaultText(w, faults, name), Options: options}
}

// filter fills the form that says what to show.
func (h *Handlers) filter(c *gin.Context, v *View, q query, w *i18n.Localizer, faults []fault.Field) {
	all := page.Option{Text: w.T("export.page.any", nil)}
	var instruments []page.Option
	waves, modes, states := []page.Option{all}, []page.Option{all}, []page.Option{all}
	for _, slug := range h.o.Tables.Instruments() {
		instruments = append(instruments, page.Option{Value: slug, Text: h.o.Title(slug, w.Language)})
	}
	for _, wave := range h.o.Waves.Waves() {
		waves = append(waves, page.Option{Value: wave.ID, Text: wave.Title.In(w.Language)})
	}
	for _, m := range export.Modes {
		modes = append(modes, page.Option{Value: string(m), Text: w.T("export.value.mode."+string(m), nil)})
	}
	for _, s := range h.o.Tables.States(q.Instrument) {
		states = append(states, page.Option{Value: string(s), Text: w.T("export.value.state."+string(s), nil)})
	}
	v.Selects = []page.Select{choice(w, faults, "instrument", q.Instrument, instruments), choice(w, faults, "wave", q.Wave, waves),
		choice(w, faults, "mode", q.Mode, modes), choice(w, faults, "state", q.State, states)}
	v.Show = page.Button{Text: w.T("export.page.show", nil), Small: true}
	chosen, may := q.groups(), reviewer(c)
	v.Columns = page.Choices{ID: page.FieldID("cols"), Name: "cols", Many: true, Legend: w.T("export.page.columns", nil), Hidden: true, Error: page.FaultText(w, faults, "cols")}
	v.Open = v.Columns.Error != ""
	var words []string
	for i, g := range export.Groups {
		if !may && slices.Contains(restricted, g) {
			continue
		}
		one := page.Choice{ID: page.FieldID("cols") + "-" + string(g), Value: string(g), Label: w.T("export.group."+string(g), nil), Checked: slices.Contains(chosen, g)}
		if i == 0 {
			one.ID = page.FieldID("cols")
		}
		if one.Checked {
			words = append(words, one.Label)
		}
		v.Columns.Items = append(v.Columns.Items, one)
	}
	v.Chosen = strings.Join(words, " · ")
	if slices.Contains(chosen, export.GroupFree) {
		v.Notes = append(v.Notes, w.T("export.page.free", nil))
	}
	if slices.Contains(chosen, export.GroupSpecial) {
		v.Notes = append(v.Notes, w.T("export.page.special", nil))
	}
}

// files adds the buttons that take the same table away.
func (h *Handlers) files(v *View, q query, w *i18n.Localizer, faults []fault.Field) {
	reasons := []page.Option{{}}
	for _, r := range Reasons {
		reasons = append(reasons, page.Option{Value: r, Text: w.T("export.page.reason."+r, nil)})
	}
	v.Reason = choice(w, faults, "reason", q.Reason, reasons)
	values := q.values()
	for _, name := range []string{"instrument", "wave", "mode", "state", "cols"} {
		for _, value := range values[name] {
			v.Hidden = append(v.Hidden, page.Hidden{Name: name, Value: value})
		}
	}
	for _, f := range export.Files {
		v.Files = append(v.Files, file{Address + "." + string(f), w.T("export.page.file."+string(f), nil)})
	}
}
