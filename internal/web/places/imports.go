package places

import (
	"encoding/csv"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/sheet"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// importBody bounds a form with a file of places.
const importBody = place.MaxImport + 64<<10

// shownProblems is how many problems stand on the page; the file has them all.
const shownProblems = 100

// ImportsPage lists imports and asks for a file.
type ImportsPage struct {
	page.Sheet
	Error string
	After []page.Block
}

// ImportList shows the last imports and takes a file.
func (h *Handlers) ImportList(c *gin.Context) error { return h.see(c).importList(nil) }

func (v *view) importList(refused error) error {
	if err := gate.Check(v.c, person.PlaceEdit, person.City); err != nil {
		return err
	}
	s := v.sheet(Imports, v.t("imports"), v.register())
	status, faults, err := v.wrong(s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("imports.lead")
	list, err := v.h.o.Places.Imports(v.ctx, gate.Actor(v.c))
	if err != nil {
		return err
	}
	g := &page.Grid{Caption: v.t("imports.list"), Hidden: true, Cards: true, Empty: v.t("imports.none"), Head: []page.GridHead{{Text: v.t("col.file")}, {Text: v.t("col.when")}, {Text: v.t("col.state")}, {Text: v.t("col.rows"), Number: true}, {Text: v.t("col.written"), Number: true}}}
	for _, i := range list {
		rows := 0
		if i.Report != nil {
			rows = i.Report.Rows
		}
		tag := v.importTag(i)
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: i.Name, Href: Imports + "/" + i.ID}, {Text: v.w.DateTime(i.Made.Time)}, {Tag: &tag}, {Text: v.w.Int(int64(rows))}, {Text: v.w.Int(int64(i.Written))}}})
	}
	p := &ImportsPage{Sheet: *s, Error: page.FaultText(v.w, faults, "file"), After: []page.Block{{Title: v.t("imports.list"), Grid: g}}}
	all := page.Sheet{Blocks: p.After}
	all.Ready()
	p.Ready()
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "places/imports", p)
}

func (v *view) importTag(i *place.Import) page.Tag {
	kind := map[place.ImportState]string{place.ImportDone: "good", place.ImportRead: "sun", place.ImportWorking: "main"}[i.State]
	return page.Tag{Text: v.t("import.state." + string(i.State)), Kind: kind}
}

// TakeImport takes a file and looks through it.
func (h *Handlers) TakeImport(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.PlaceEdit, person.City); err != nil {
		return err
	}
	imp, err := v.takeImport()
	if err != nil {
		return v.importList(err)
	}
	return v.to(Imports+"/"+imp.ID, "reread")
}

func (v *view) takeImport() (*place.Import, error) {
	r := v.c.Request
	if r.ContentLength > importBody { // said before it is read: not a byte of it is
		v.c.Header("Connection", "close")
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.import_large", Args: map[string]any{"MB": place.MaxImport >> 20}})
	}
	_ = http.NewResponseController(v.c.Writer).SetReadDeadline(time.Now().Add(5 * time.Minute)) // a writer that cannot keeps the server's
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.import_large", Args: map[string]any{"MB": place.MaxImport >> 20}})
		}
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.import_none"})
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what stays, the system's folder loses
	list := r.MultipartForm.File["file"]
	if len(list) != 1 || list[0].Filename == "" {
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.import_none"})
	}
	f, err := list[0].Open()
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = f.Close() }() // only read
	return v.h.o.Places.Upload(v.ctx, gate.Actor(v.c), list[0].Filename, list[0].Size, f)
}

// Import shows what was found in a file.
func (h *Handlers) Import(c *gin.Context) error { return h.see(c).importPage(nil) }

func (v *view) importPage(refused error) error {
	imp, err := v.h.o.Places.ImportByID(v.ctx, gate.Actor(v.c), v.c.Param("import"))
	if err != nil {
		return err
	}
	at := Imports + "/" + imp.ID
	s := v.sheet(at, imp.Name, v.register(), page.Link{Href: Imports, Text: v.t("imports")})
	status, faults, err := v.wrong(s, refused)
	if err != nil {
		return err
	}
	tag := v.importTag(imp)
	s.Kicker = tag.Text
	rep := imp.Report
	if rep == nil {
		rep = &place.Report{}
	}
	num := func(n int) string { return v.w.Int(int64(n)) }
	figs := page.Block{Figs: []page.Figure{{Value: num(rep.Rows), Text: v.t("import.rows")}, {Value: num(rep.New), Text: v.t("import.new"), Lead: true}, {Value: num(rep.Twin), Text: v.t("import.twin")}, {Value: num(rep.Same), Text: v.t("import.same")}, {Value: num(rep.Wrong), Text: v.t("import.wrong")}, {Value: num(rep.NoPoint), Text: v.t("import.nopoint")}}}
	switch imp.State {
	case place.ImportRead:
		s.Lead = v.t("import.lead")
		n := rep.New
		if imp.Twins == place.TwinsUpdate {
			n += rep.Twin
		}
		figs.Forms = []page.Form{{Action: at + "/apply", Buttons: []page.Button{{Text: v.n("import.apply", n), Small: true}}}}
		if n == 0 {
			figs.Forms = nil
			figs.Text = []string{v.t("import.nothing")}
		}
		s.Blocks = append(s.Blocks, figs, v.problems(imp, rep), page.Block{ID: "columns", Title: v.t("import.columns"), Small: v.t("import.columns.text"), Form: v.columnsForm(imp, faults)})
	case place.ImportWorking:
		s.Lead = v.t("import.working")
		figs.Acts = []page.Button{{Text: v.t("import.reload"), Href: at, Kind: "second", Small: true}}
		s.Blocks = append(s.Blocks, figs)
	case place.ImportDone:
		s.Lead = v.n("import.done", imp.Written)
		figs.Forms = []page.Form{{Action: at + "/undo", Buttons: []page.Button{{Text: v.t("import.undo"), Kind: "bad", Small: true, Confirm: v.t("import.undo.sure")}}}}
		s.Blocks = append(s.Blocks, figs)
	default:
		s.Lead = v.t("import.undone", "N", num(imp.Kept))
		s.Blocks = append(s.Blocks, figs)
	}
	if imp.State != place.ImportRead {
		s.Blocks = append(s.Blocks, v.problems(imp, rep))
	}
	return v.show(status, s)
}

func (v *view) problems(imp *place.Import, rep *place.Report) page.Block {
	g := &page.Grid{Caption: v.t("import.problems"), Hidden: true, Cards: true, Empty: v.t("import.clean"), Head: []page.GridHead{{Text: v.t("col.row"), Number: true}, {Text: v.t("col.column")}, {Text: v.t("col.value")}, {Text: v.t("col.what")}}}
	for _, p := range rep.Problems[:min(len(rep.Problems), shownProblems)] {
		text := v.w.T(p.Key, v.args(p))
		if p.Warn {
			text = v.t("import.warn") + " " + text
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: strconv.Itoa(p.Row)}, {Text: p.Column}, {Text: p.Value}, {Text: text}}, Bad: !p.Warn})
	}
	b := page.Block{ID: "problems", Title: v.t("import.problems"), Grid: g}
	if more := len(rep.Problems) - len(g.Rows) + rep.More; more > 0 {
		g.Foot = v.t("import.more", "N", v.w.Int(int64(more)))
	}
	if len(rep.Problems) > 0 && imp.File != "" {
		b.Down = []page.Download{{Href: Imports + "/" + imp.ID + "/problems.csv", Text: v.t("import.file"), Meta: "CSV"}}
	}
	return b
}

// args makes what stands in a message readable: ids of places become names.
func (v *view) args(p place.Problem) map[string]any {
	out := map[string]any{}
	for k, x := range p.Args {
		out[k] = x
		if id, ok := x.(string); ok && k == "ID" {
			if one, there := v.h.o.Places.ByID(id); there {
				out[k] = one.Name.In(v.lang)
			}
		}
	}
	return out
}

func (v *view) columnsForm(imp *place.Import, faults []fault.Field) *page.Form {
	b := builder{v, faults}
	f := &page.Form{Action: Imports + "/" + imp.ID, Card: true, Row: true, Buttons: []page.Button{{Text: v.t("import.again"), Kind: "second", Small: true}}}
	if imp.Format == sheet.CSV {
		var sets, commas []page.Option
		for _, one := range sheet.Charsets() {
			sets = append(sets, page.Option{Value: one, Text: v.t("charset." + one)})
		}
		for i, one := range sheet.Commas() {
			commas = append(commas, page.Option{Value: strconv.Itoa(i), Text: v.t("comma." + strconv.Itoa(i)), Selected: imp.Comma == one})
		}
		comma := page.Select{ID: page.FieldID("comma"), Name: "comma", Label: v.t("field.comma"), Options: commas, Error: page.FaultText(v.w, faults, "comma")}
		f.Parts = append(f.Parts, b.pick("charset", imp.Charset, sets), comma)
	}
	f.Parts = append(f.Parts, b.pick("twins", string(imp.Twins), []page.Option{{Value: string(place.TwinsSkip), Text: v.t("twins.skip")}, {Value: string(place.TwinsUpdate), Text: v.t("twins.update")}}))
	for _, t := range place.Targets() {
		list := []page.Option{{Text: v.t("import.no_column")}}
		for _, h := range imp.Head {
			list = append(list, page.Option{Value: h, Text: h, Selected: imp.Columns[string(t)] == h})
		}
		f.Parts = append(f.Parts, page.Select{ID: page.FieldID("to." + string(t)), Name: "to." + string(t), Label: v.t("to." + string(t)), Options: list, Error: page.FaultText(v.w, faults, "to."+string(t))})
	}
	return f
}

// Reread looks through the file again as the form says.
func (h *Handlers) Reread(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Charset string            `form:"charset" validate:"max=20"`
		Comma   int64             `form:"comma"`
		Twins   string            `form:"twins" validate:"max=10"`
		To      map[string]string `form:"to.*"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		comma := ""
		if list := sheet.Commas(); f.Comma >= 0 && f.Comma < int64(len(list)) {
			comma = list[f.Comma]
		}
		_, err = h.o.Places.Reread(v.ctx, gate.Actor(c), c.Param("import"), f.Charset, comma, f.To, place.Twins(f.Twins))
	}
	if err != nil {
		return v.importPage(err)
	}
	return v.to(Imports+"/"+c.Param("import"), "reread")
}

// Apply writes the rows into the register.
func (h *Handlers) Apply(c *gin.Context) error {
	v := h.see(c)
	imp, err := h.o.Places.Apply(v.ctx, gate.Actor(c), c.Param("import"))
	return v.applied(imp, err, "applied")
}

// Undo takes an import back.
func (h *Handlers) Undo(c *gin.Context) error {
	v := h.see(c)
	imp, err := h.o.Places.Undo(v.ctx, gate.Actor(c), c.Param("import"))
	return v.applied(imp, err, "undone")
}

func (v *view) applied(imp *place.Import, err error, done string) error {
	if err != nil {
		return v.importPage(err)
	}
	if imp.State == place.ImportWorking {
		done = "working"
	}
	return v.to(Imports+"/"+imp.ID, done)
}

// ProblemFile is everything that is wrong in a file, as a table.
func (h *Handlers) ProblemFile(c *gin.Context) error {
	v := h.see(c)
	var b strings.Builder
	b.WriteString("\uFEFF")
	out := csv.NewWriter(&b)
	out.Comma, out.UseCRLF = ';', true
	err := out.Write([]string{v.t("col.row"), v.t("col.column"), v.t("col.value"), v.t("col.what"), v.t("import.stops")})
	if err == nil {
		err = h.o.Places.Problems(v.ctx, gate.Actor(c), c.Param("import"), func(p place.Problem) error {
			stops := v.t("tri.yes")
			if p.Warn {
				stops = v.t("tri.no")
			}
			value := p.Value
			if value != "" && strings.ContainsRune("=+-@", rune(value[0])) {
				value = "'" + value // or a spreadsheet would run it
			}
			return out.Write([]string{strconv.Itoa(p.Row), p.Column, value, v.w.T(p.Key, v.args(p)), stops})
		})
	}
	if err != nil {
		return err
	}
	out.Flush()
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="problems.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", []byte(b.String()))
	return nil
}
