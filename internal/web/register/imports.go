package register

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/sheet"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// importBody bounds a form with a file.
const importBody = institution.MaxFile + 64<<10

// rowsPerPage is how many rows of a dry run stand on a page.
const rowsPerPage = 100

// ImportList shows the last imports and takes a file.
func (h *Handlers) ImportList(c *gin.Context) error { return h.see(c).importList(nil) }

func (v *view) importList(refused error) error {
	if err := v.check(person.InstitutionEdit); err != nil {
		return err
	}
	s := v.sheet("institutions", Imports, v.t("imports"), v.back())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("imports.lead")
	list, err := v.h.o.Bodies.Imports(v.ctx, gate.Actor(v.c))
	if err != nil {
		return err
	}
	g := &page.Grid{Caption: v.t("imports.last"), Hidden: true, Cards: true, Empty: v.t("imports.none"), Head: []page.GridHead{{Text: v.t("col.file")}, {Text: v.t("col.when")}, {Text: v.t("col.state")}, {Text: v.t("col.written"), Number: true}}}
	for _, i := range list {
		tag := v.importTag(i)
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: i.Name, Href: Imports + "/" + i.ID}, {Text: v.w.DateTime(i.Made.Time)}, {Tag: &tag}, {Text: v.num(i.Written)}}})
	}
	file := page.Field{ID: page.FieldID("file"), Name: "file", Label: v.t("field.file"), Hint: v.t("hint.file", "MB", institution.MaxFile>>20, "N", v.num(institution.MaxRows)), Type: "file", Accept: ".csv,.tsv,.txt,.xlsx", Error: page.FaultText(v.w, v.faults, "file")}
	s.Blocks = []page.Block{
		{Form: &page.Form{Action: Imports, Card: true, Parts: []any{file}, Buttons: []page.Button{{Text: v.t("imports.go"), Small: true}}},
			Down: []page.Download{{Href: Imports + "/example.csv", Text: v.t("imports.example"), Meta: "CSV"}}},
		{Title: v.t("imports.last"), Grid: g}}
	return v.show(status, s)
}

func (v *view) importTag(i *institution.Import) page.Tag {
	kind := map[institution.ImportState]string{institution.ImportDone: "good", institution.ImportRead: "sun", institution.ImportWorking: "main", institution.ImportUndoing: "main"}[i.State]
	return page.Tag{Text: v.t("import.state." + string(i.State)), Kind: kind}
}

// TakeImport takes a file and looks through it.
func (h *Handlers) TakeImport(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.InstitutionEdit); err != nil {
		return err
	}
	imp, err := v.takeImport()
	if err != nil {
		return v.importList(err)
	}
	return v.to(Imports+"/"+imp.ID, "read")
}

func (v *view) takeImport() (*institution.Import, error) {
	wrong := func(key string) error {
		return fault.InvalidFields(fault.Field{Pointer: "file", Key: key, Args: map[string]any{"MB": institution.MaxFile >> 20}})
	}
	r := v.c.Request
	if r.ContentLength > importBody { // said before it is read
		v.c.Header("Connection", "close")
		return nil, wrong("institution.file_large")
	}
	_ = http.NewResponseController(v.c.Writer).SetReadDeadline(time.Now().Add(3 * time.Minute)) // a writer that cannot keeps the server's
	r.Body = http.MaxBytesReader(v.c.Writer, r.Body, importBody)
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return nil, wrong("institution.file_large")
		}
		return nil, wrong("institution.file_none")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what stays, the system's folder loses
	list := r.MultipartForm.File["file"]
	if len(list) != 1 || list[0].Filename == "" {
		return nil, wrong("institution.file_none")
	}
	f, err := list[0].Open()
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = f.Close() }() // only read
	return v.h.o.Bodies.Upload(v.ctx, gate.Actor(v.c), list[0].Filename, list[0].Size, f)
}

// Import shows what a file would do, row by row, or what it did.
func (h *Handlers) Import(c *gin.Context) error { return h.see(c).importPage(nil) }

func (v *view) importPage(refused error) error {
	if err := v.check(person.InstitutionEdit); err != nil {
		return err
	}
	imp, plan, err := v.h.o.Bodies.Look(v.ctx, gate.Actor(v.c), v.c.Param("import"))
	if imp == nil {
		return err
	}
	at := Imports + "/" + imp.ID
	s := v.sheet("institutions", at, imp.Name, v.back(), page.Link{Href: Imports, Text: v.t("imports")})
	if refused == nil {
		refused = err // a file that cannot be read with these settings: they stay there to be changed
	}
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	if refused != nil {
		v.failed = "columns"
	}
	tag := v.importTag(imp)
	s.Kicker = tag.Text
	switch imp.State {
	case institution.ImportRead:
		s.Lead = v.t("import.lead")
		if imp.Remembered {
			s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Text: []string{v.t("import.remembered")}}})
		}
		if plan != nil {
			s.Blocks = append(s.Blocks, v.counts(imp, plan, at), v.rows(imp, plan, at))
		}
		s.Blocks = append(s.Blocks, page.Block{ID: "columns", Title: v.t("import.columns"), Small: v.t("import.columns.text"), Form: v.columns(imp, at)})
	case institution.ImportWorking:
		s.Lead = v.t("import.broken")
		s.Blocks = append(s.Blocks, page.Block{Forms: []page.Form{one(at+"/apply", v.t("import.go_on"), "", "", nil)}})
	case institution.ImportUndoing:
		s.Lead = v.t("import.broken")
		s.Blocks = append(s.Blocks, page.Block{Forms: []page.Form{one(at+"/undo", v.t("import.go_on"), "", "", nil)}})
	case institution.ImportDone:
		s.Lead = v.n("import.done", imp.Written)
		s.Blocks = append(s.Blocks, page.Block{Text: []string{v.t("import.undo.text")}, Acts: []page.Button{{Text: v.t("import.see"), Href: Institutions, Kind: "second", Small: true}},
			Forms: []page.Form{one(at+"/undo", v.t("import.undo"), "bad", v.t("import.undo.sure"), nil)}})
	default:
		s.Lead = v.t("import.undone")
	}
	return v.show(status, s)
}

// counts are the numbers of a dry run, with the button that writes it.
func (v *view) counts(imp *institution.Import, plan *institution.Plan, at string) page.Block {
	n := 0
	for _, r := range plan.Rows {
		if imp.Takes(r) {
			n++
		}
	}
	b := page.Block{Figs: []page.Figure{{Value: v.num(plan.Count(institution.FateAdd)), Text: v.t("fate.add"), Lead: true}, {Value: v.num(plan.Count(institution.FateChange)), Text: v.t("fate.change")},
		{Value: v.num(plan.Count(institution.FateSame)), Text: v.t("fate.same")}, {Value: v.num(plan.Count(institution.FateFault)), Text: v.t("fate.fault")}, {Value: v.num(len(imp.Skip)), Text: v.t("import.skipped")}}}
	if n == 0 {
		b.Text = []string{v.t("import.nothing")}
		return b
	}
	b.Forms = []page.Form{{Action: at + "/apply", Hidden: []page.Hidden{{Name: "seen", Value: plan.Digest()}}, Buttons: []page.Button{{Text: v.n("import.apply", n), Small: true}}}}
	return b
}

// rows are the rows of a dry run, those of one fate or all, a page at a time.
func (v *view) rows(imp *institution.Import, plan *institution.Plan, at string) page.Block {
	fate := institution.Fate(v.c.Query("fate"))
	faults := map[int][]institution.Fault{}
	for _, f := range plan.Faults {
		faults[f.Line] = append(faults[f.Line], f)
	}
	var list []institution.Planned
	for _, r := range plan.Rows {
		if fate == "" || r.Fate == fate {
			list = append(list, r)
		}
	}
	n, _ := strconv.Atoi(v.c.Query("page"))
	n = min(max(n, 1), max(1, (len(list)+rowsPerPage-1)/rowsPerPage))
	g := &page.Grid{Caption: v.t("import.rows"), Hidden: true, Cards: true, Empty: v.t("import.rows.none"), Head: []page.GridHead{{Text: v.t("col.line")}, {Text: v.t("col.name")}, {Text: v.t("col.fate")}, {Text: v.t("col.what")}}}
	kinds := map[institution.Fate]string{institution.FateAdd: "good", institution.FateChange: "main", institution.FateFault: "bad"}
	checks := false
	for _, r := range list[(n-1)*rowsPerPage : min(n*rowsPerPage, len(list))] {
		line := page.GridCell{Text: strconv.Itoa(r.Line)}
		name := page.GridCell{Text: r.Name}
		if r.ID != "" {
			name.Href = Institutions + "/" + r.ID
		}
		tag := page.Tag{Text: v.t("row." + string(r.Fate)), Kind: kinds[r.Fate]}
		if r.Fate == institution.FateAdd || r.Fate == institution.FateChange {
			checks = true
			line.Check = &page.GridCheck{Name: "line", Value: line.Text, Label: v.t("import.line", "N", line.Text), Form: "rows"}
			if !imp.Takes(r) {
				tag = page.Tag{Text: v.t("row.left")}
			}
		}
		var said []string
		for _, f := range faults[r.Line] {
			text := v.w.T(f.Key, f.Args)
			if f.Column != "" {
				what := v.t("to." + f.Column)
				if f.Value != "" {
					what += " «" + f.Value + "»"
				}
				text = what + ": " + text
			}
			said = append(said, text)
		}
		for _, ch := range r.Changes {
			said = append(said, v.t("to."+ch.Column)+": "+v.readable(ch.Column, ch.From)+" → "+v.readable(ch.Column, ch.To))
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{line, name, {Tag: &tag}, {Text: strings.Join(said, " · ")}}})
	}
	g.Form = &page.Form{ID: "rows", Action: at + "/rows", Hidden: []page.Hidden{{Name: "fate", Value: string(fate)}, {Name: "page", Value: strconv.Itoa(n)}},
		Buttons: []page.Button{{Text: v.t("import.leave"), Name: "do", Value: "out", Kind: "second", Small: true}, {Text: v.t("import.take"), Name: "do", Value: "in", Kind: "quiet", Small: true}}}
	if !checks {
		g.Form = nil
	}
	to := func(p int) *page.Link {
		if p < 1 || (p-1)*rowsPerPage >= len(list) || p == n {
			return nil
		}
		return &page.Link{Href: at + "?" + url.Values{"fate": {string(fate)}, "page": {strconv.Itoa(p)}}.Encode() + "#rows", Text: v.t("page", "N", p)}
	}
	b := page.Block{ID: "shown", Title: v.t("import.rows"), Grid: g, Pager: &page.Pager{Previous: to(n - 1), Next: to(n + 1)}}
	if b.Pager.Previous == nil && b.Pager.Next == nil {
		b.Pager = nil
	}
	all := []page.Option{{Text: v.t("import.rows.all")}}
	for _, f := range []institution.Fate{institution.FateAdd, institution.FateChange, institution.FateSame, institution.FateFault} {
		all = append(all, page.Option{Value: string(f), Text: v.t("fate."+string(f)) + " (" + v.num(plan.Count(f)) + ")"})
	}
	b.Form = &page.Form{Get: true, Action: at, Row: true, Parts: []any{v.pick("", "fate", v.t("import.rows.which"), string(fate), all)}, Buttons: []page.Button{{Text: v.t("show"), Kind: "second", Small: true}}}
	return b
}

// readable makes a value of a column readable.
func (v *view) readable(column, value string) string {
	switch {
	case value == "":
		return "–"
	case column == "kind":
		return v.kind(institution.Kind(value))
	case column == "district":
		return v.district(value)
	}
	return "«" + value + "»"
}

// columns asks how the file is to be read.
func (v *view) columns(imp *institution.Import, at string) *page.Form {
	f := &page.Form{Action: at, Card: true, Row: true, Buttons: []page.Button{{Text: v.t("import.again"), Kind: "second", Small: true}}}
	if imp.Format == sheet.CSV {
		var sets, commas []page.Option
		for _, one := range sheet.Charsets() {
			sets = append(sets, page.Option{Value: one, Text: v.t("charset." + one)})
		}
		now := 0
		for i, one := range sheet.Commas() {
			commas = append(commas, page.Option{Value: strconv.Itoa(i), Text: v.t("comma." + strconv.Itoa(i))})
			if one == imp.Comma {
				now = i
			}
		}
		f.Parts = append(f.Parts, v.pick("columns", "charset", v.t("field.charset"), imp.Charset, sets), v.pick("columns", "comma", v.t("field.comma"), strconv.Itoa(now), commas))
	}
	only := []page.Option{{Text: v.t("only.both")}, {Value: string(institution.FateAdd), Text: v.t("only.add")}, {Value: string(institution.FateChange), Text: v.t("only.change")}}
	f.Parts = append(f.Parts, v.pick("columns", "only", v.t("field.only"), string(imp.Only), only), v.pick("columns", "kind", v.t("field.kind_of_rest"), string(imp.Kind), v.kinds(v.t("kind.of_rest.none"))), v.number("columns", "year", v.t("field.year"), imp.Year, true))
	for _, column := range institution.Columns() {
		list := []page.Option{{Text: v.t("import.no_column")}}
		for _, head := range imp.Head {
			list = append(list, page.Option{Value: head, Text: head})
		}
		f.Parts = append(f.Parts, v.pick("columns", "to."+column, v.t("to."+column), imp.Columns[column], list))
	}
	return f
}

// Reread looks through the file again as the form says.
func (h *Handlers) Reread(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Charset string            `form:"charset" validate:"max=20"`
		Comma   int64             `form:"comma"`
		Only    string            `form:"only" validate:"max=10"`
		Kind    string            `form:"kind" validate:"max=20"`
		Year    int64             `form:"year"`
		To      map[string]string `form:"to.*"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		r := institution.Reading{Charset: f.Charset, Columns: f.To, Kind: institution.Kind(f.Kind), Year: int(f.Year), Only: institution.Fate(f.Only)}
		if list := sheet.Commas(); f.Comma >= 0 && f.Comma < int64(len(list)) {
			r.Comma = list[f.Comma]
		}
		err = h.o.Bodies.Reread(v.ctx, gate.Actor(c), c.Param("import"), r)
	}
	if err != nil {
		return v.importPage(err)
	}
	return v.to(Imports+"/"+c.Param("import"), "reread")
}

// LeaveOut marks rows that are not to be written, or takes the marks away.
func (h *Handlers) LeaveOut(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Line []string `form:"line"`
		Do   string   `form:"do" validate:"max=10"`
		Fate string   `form:"fate" validate:"max=10"`
		Page string   `form:"page" validate:"max=10"`
	}
	err := form.Decode(c.Request, &f)
	var lines []int
	for _, text := range f.Line {
		if n, err := strconv.Atoi(text); err == nil {
			lines = append(lines, n)
		}
	}
	if err == nil {
		err = h.o.Bodies.LeaveOut(v.ctx, gate.Actor(c), c.Param("import"), lines, f.Do == "out")
	}
	if err != nil {
		return v.importPage(err)
	}
	page.SeeOther(c.Writer, c.Request, Imports+"/"+c.Param("import")+"?"+url.Values{"done": {"rows"}, "fate": {f.Fate}, "page": {f.Page}}.Encode())
	return nil
}

// Apply writes the rows into the register.
func (h *Handlers) Apply(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Seen string `form:"seen" validate:"max=40"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		_, err = h.o.Bodies.Apply(v.ctx, gate.Actor(c), c.Param("import"), f.Seen)
	}
	if err != nil {
		return v.importPage(err)
	}
	return v.to(Imports+"/"+c.Param("import"), "applied")
}

// Undo takes an import back.
func (h *Handlers) Undo(c *gin.Context) error {
	v := h.see(c)
	if _, err := h.o.Bodies.Undo(v.ctx, gate.Actor(c), c.Param("import")); err != nil {
		return v.importPage(err)
	}
	return v.to(Imports+"/"+c.Param("import"), "undone")
}

// exampled are the columns that the example fills in.
var exampled = []string{"code", "name", "name_en", "kind", "type", "address", "district", "point", "count_administration", "count_teacher", "count_graduate"}

// Example is a file that can be filled in and imported.
func (h *Handlers) Example(c *gin.Context) error {
	v := h.see(c)
	var heads, cells []string
	for _, column := range institution.Columns() {
		heads = append(heads, v.t("to."+column))
		cell := "" // a school has no educators, and not every one a group
		if slices.Contains(exampled, column) {
			cell = v.t("example." + column)
		}
		cells = append(cells, cell)
	}
	text := "\uFEFF" + strings.Join(heads, ";") + "\r\n" + strings.Join(cells, ";") + "\r\n"
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="institutions.csv"`)
	c.Data(http.StatusOK, "text/csv; charset=utf-8", []byte(text))
	return nil
}
