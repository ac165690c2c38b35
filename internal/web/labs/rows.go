package labs

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// rowsBody bounds a form with a table of equipment.
const rowsBody = lab.MaxFile + 64<<10

// Rows asks for a table of equipment: a file, or rows copied from a spreadsheet.
func (h *Handlers) Rows(c *gin.Context) error { return h.see(c).rowsPage(nil) }

func (v *view) rowsPage(refused error) error {
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	at := School + "/room/" + l.ID
	s := v.sheet("labs", at+"/rows", v.t("rows.add"), v.home(), v.atRoom(l))
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("rows.lead")
	list, err := v.h.o.Labs.Imports(v.ctx, l.ID)
	if err != nil {
		return err
	}
	// of two forms only one may say what was wrong
	file := page.Field{ID: page.FieldID("file"), Name: "file", Label: v.t("f.file"), Hint: v.t("h.file", "N", lab.MaxLines), Type: "file", Accept: ".csv,.tsv,.txt,.xlsx"}
	rows := v.field("rows", "", "", 8)
	rows.MaxLength = 0
	if v.typed && strings.HasPrefix(v.c.ContentType(), "multipart/") {
		file.Error, rows.Error = rows.Error, ""
		file.ID, rows.ID = rows.ID, page.FieldID("pasted") // the summary of errors leads to it
	}
	s.Blocks = []page.Block{{ID: "file", Title: v.t("rows.file"), Form: &page.Form{Action: at + "/rows", Card: true, Parts: []any{file}, Buttons: []page.Button{{Text: v.t("rows.look"), Small: true}}}},
		{ID: "paste", Title: v.t("rows.paste"), Form: &page.Form{Action: at + "/rows", Card: true, Parts: []any{rows},
			Buttons: []page.Button{{Text: v.t("rows.look"), Small: true}, {Text: v.t("cancel"), Href: at, Kind: "quiet", Small: true}}}},
		{ID: "words", Title: v.t("rows.words"), Facts: []page.Row{{Key: v.t("f.kind"), Value: words(v, "kind.", lab.Kinds())}, {Key: v.t("f.condition"), Value: words(v, "condition.", lab.Conditions())}}}}
	if len(list) > 0 {
		g := &page.Grid{Caption: v.t("rows.done"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("f.file")}, {Text: v.t("col.when")}, {Text: v.t("rows.count"), Number: true}}}
		for _, imp := range list {
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.tableName(imp), Href: at + "/rows/" + imp.ID}, {Text: v.w.DateTime(imp.Made.Time)}, {Text: strconv.Itoa(len(imp.Lines))}}})
		}
		s.Blocks = append(s.Blocks, page.Block{ID: "done", Title: v.t("rows.done"), Grid: g})
	}
	return v.show(status, s)
}

// words lists the names of some ids.
func words[T ~string](v *view, prefix string, ids []T) string {
	var list []string
	for _, id := range ids {
		list = append(list, v.t(prefix+string(id)))
	}
	return strings.Join(list, "; ")
}

// tableName is what a table is called.
func (v *view) tableName(imp *lab.Import) string {
	if imp.Name == "" {
		return v.t("rows.pasted")
	}
	return imp.Name
}

// AddRows takes a table and looks through it.
func (h *Handlers) AddRows(c *gin.Context) error {
	v := h.see(c)
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	name, raw, err := v.table()
	if err == nil {
		var imp *lab.Import
		if imp, err = h.o.Labs.Upload(v.ctx, gate.Actor(c), l.ID, name, raw); err == nil {
			return v.to(School+"/room/"+l.ID+"/rows/"+imp.ID, "read")
		}
	}
	return v.rowsPage(err)
}

// table is what was sent: a file, or pasted text.
func (v *view) table() (name string, raw []byte, err error) {
	wrong := func(key string) error {
		return fault.InvalidFields(fault.Field{Pointer: "rows", Key: key, Args: map[string]any{"KB": lab.MaxFile >> 10}})
	}
	r := v.c.Request
	if !strings.HasPrefix(v.c.ContentType(), "multipart/") {
		var f struct {
			Rows string `form:"rows,raw"`
		}
		err := form.DecodeWithin(r, &f, form.Limits{Bytes: rowsBody, Fields: 20, Value: lab.MaxFile})
		if fault.Is(err, fault.TooLarge) {
			err = wrong("lab.rows_long")
		}
		return "", []byte(f.Rows), err
	}
	r.Body = http.MaxBytesReader(v.c.Writer, r.Body, rowsBody)
	if err := r.ParseMultipartForm(rowsBody); err != nil {
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return "", nil, wrong("lab.rows_long")
		}
		return "", nil, wrong("lab.rows_file")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what stays, the system's folder loses
	list := r.MultipartForm.File["file"]
	if len(list) != 1 || list[0].Filename == "" {
		return "", nil, wrong("lab.rows_file")
	}
	f, err := list[0].Open()
	if err != nil {
		return "", nil, fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = f.Close() }() // only read
	if raw, err = io.ReadAll(f); err != nil {
		return "", nil, fault.From(err, fault.Unavailable, "")
	}
	return list[0].Filename, raw, nil
}

// Import shows what a table would add, row by row, or what it added.
func (h *Handlers) Import(c *gin.Context) error { return h.see(c).importPage(nil) }

func (v *view) importPage(refused error) error {
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	imp, trial, err := v.h.o.Labs.Try(v.ctx, gate.Actor(v.c), l.ID, v.c.Param("import"))
	if err != nil {
		return err
	}
	room := School + "/room/" + l.ID
	at := room + "/rows/" + imp.ID
	s := v.sheet("labs", at, v.tableName(imp), v.home(), v.atRoom(l), page.Link{Href: room + "/rows", Text: v.t("rows.add")})
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	if imp.Done {
		s.Lead = v.t("import.done", "N", len(imp.Lines))
		s.Blocks = []page.Block{{Acts: []page.Button{{Text: v.t("import.room"), Href: room, Small: true}}, Forms: []page.Form{one(at+"/undo", v.t("import.undo"), "bad", v.t("import.undo.sure"), nil)}}}
		return v.show(status, s)
	}
	s.Lead = v.t("import.lead")
	n := trial.Count(lab.FateAdd)
	counts := page.Block{Figs: []page.Figure{{Value: strconv.Itoa(n), Text: v.t("fate.add"), Lead: true}, {Value: strconv.Itoa(trial.Count(lab.FateSame)), Text: v.t("fate.same")}, {Value: strconv.Itoa(trial.Count(lab.FateFault)), Text: v.t("fate.fault")}}}
	if n > 0 {
		counts.Forms = []page.Form{{Action: at + "/apply", Hidden: []page.Hidden{{Name: "seen", Value: trial.Seen}}, Buttons: []page.Button{{Text: v.t("import.apply", "N", n), Small: true}}}}
	} else {
		counts.Text = []string{v.t("import.nothing")}
	}
	columns := &page.Form{Action: at, Card: true, Row: true, Buttons: []page.Button{{Text: v.t("import.again"), Kind: "second", Small: true}}}
	for _, column := range []string{"kind", "count", "year", "condition", "inventory", "note"} {
		p := page.Select{ID: page.FieldID("to." + column), Name: "to." + column, Label: v.t("f." + column), Options: []page.Option{{Text: v.t("import.no_column")}}}
		for _, head := range imp.Head {
			p.Options = append(p.Options, page.Option{Value: head, Text: head, Selected: head == imp.Columns[column]})
		}
		columns.Parts = append(columns.Parts, p)
	}
	if imp.Remembered {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Text: []string{v.t("import.remembered")}}})
	}
	s.Blocks = append(s.Blocks, counts, page.Block{ID: "rows", Title: v.t("import.rows"), Grid: v.tried(trial)}, page.Block{ID: "columns", Title: v.t("import.columns"), Small: v.t("import.columns.text"), Form: columns})
	return v.show(status, s)
}

// tried are the rows of a dry run.
func (v *view) tried(trial *lab.Trial) *page.Grid {
	g := &page.Grid{Caption: v.t("import.rows"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("import.line")}, {Text: v.t("import.fate")}, {Text: v.t("f.kind")}, {Text: v.t("f.count"), Number: true}, {Text: v.t("col.year"), Number: true}, {Text: v.t("f.condition")}, {Text: v.t("f.inventory")}}}
	kinds := map[lab.Fate]string{lab.FateAdd: "good", lab.FateFault: "bad"}
	for _, r := range trial.Rows {
		row := page.GridRow{Bad: r.Fate == lab.FateFault, Cells: []page.GridCell{{Text: strconv.Itoa(r.N)}, {Tag: &page.Tag{Text: v.t("row." + string(r.Fate)), Kind: kinds[r.Fate]}}}}
		var said []string
		for _, f := range r.Faults {
			text := v.w.T(f.Key, f.Args)
			if f.Column != "" {
				text = v.t("f."+f.Column) + ": " + text
			}
			said = append(said, text)
		}
		row.Cells[1].Small = strings.Join(said, " ")
		if r.Fate == lab.FateFault {
			for _, column := range []string{"kind", "count", "year", "condition", "inventory"} { // as it came
				row.Cells = append(row.Cells, page.GridCell{Text: cmp.Or(r.Said[column], "–")})
			}
			g.Rows = append(g.Rows, row)
			continue
		}
		year := v.t("year.none")
		if r.Line.Year > 0 {
			year = strconv.Itoa(r.Line.Year)
		}
		row.Cells = append(row.Cells, page.GridCell{Text: v.t("kind." + string(r.Line.Kind)), Small: r.Line.Note}, page.GridCell{Text: strconv.Itoa(r.Line.Count)}, page.GridCell{Text: year},
			page.GridCell{Text: v.t("condition." + string(r.Line.Condition))}, page.GridCell{Text: cmp.Or(r.Line.Inventory, "–")})
		g.Rows = append(g.Rows, row)
	}
	return g
}

// Reread looks through a table again with the columns that the form names.
func (h *Handlers) Reread(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		To map[string]string `form:"to.*"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Labs.Reread(v.ctx, gate.Actor(c), c.Param("lab"), c.Param("import"), f.To)
	}
	return v.imported("reread", err)
}

// Apply adds what a table holds.
func (h *Handlers) Apply(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Seen string `form:"seen" validate:"max=40"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		_, err = h.o.Labs.Apply(v.ctx, gate.Actor(c), c.Param("lab"), c.Param("import"), f.Seen)
	}
	return v.imported("rows", err)
}

// Undo takes back what a table added.
func (h *Handlers) Undo(c *gin.Context) error {
	v := h.see(c)
	err := form.Decode(c.Request, &struct{}{})
	if err == nil {
		_, err = h.o.Labs.Undo(v.ctx, gate.Actor(c), c.Param("lab"), c.Param("import"))
	}
	return v.imported("undone", err)
}

// imported ends an act on a table: the table again, with what was done or what was wrong.
func (v *view) imported(done string, err error) error {
	if err != nil {
		return v.importPage(err)
	}
	return v.to(School+"/room/"+v.c.Param("lab")+"/rows/"+v.c.Param("import"), done)
}
