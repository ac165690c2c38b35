package lab

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/sheet"
	"osvitlo/internal/store"
)

// Bounds of a table of equipment.
const (
	MaxFile       = 1 << 20             // bytes, pasted or sent
	maxKept       = 512 << 10           // bytes of its cells
	lookedImports = 60                  // for columns that fit
	importKeeping = 90 * 24 * time.Hour // of what was added, to be taken back
	triedKeeping  = 7 * 24 * time.Hour  // of what was only tried
)

// Import is a table of equipment that is to be added to a room: what it says, how it is
// read, and what it did.
type Import struct {
	store.Doc
	Lab     string            `json:"lab"`
	Name    string            `json:"name,omitempty"` // of the file; empty: it was pasted
	By      person.ID         `json:"by"`
	Made    store.Time        `json:"made"`
	Done    bool              `json:"done,omitempty"`
	Head    []string          `json:"head"`
	Columns map[string]string `json:"columns"` // column of Columns → head
	// Remembered says that the columns come from an earlier table; Chosen, that somebody has
	// looked at them, so that they are offered next time.
	Remembered bool   `json:"remembered,omitempty"`
	Chosen     bool   `json:"chosen,omitempty"`
	Rows       []Raw  `json:"rows,omitempty"`
	Lines      []Line `json:"lines,omitempty"` // what it added
}

// Raw is a row as it came.
type Raw struct {
	N      int      `json:"n"` // as people count
	Cells  []string `json:"cells,omitempty"`
	Broken string   `json:"broken,omitempty"` // message key
}

// ImportSpec declares the collection.
var ImportSpec = store.Spec{Name: "lab_imports", Indexes: []store.Index{{Name: "made", Fields: []string{"made"}}}}

// Upload takes a table, as a file or pasted (name is empty), and finds out how to read it;
// nothing is added to the room. Errors: Invalid (with the field rows), NotFound, Forbidden.
func (s *Service) Upload(ctx context.Context, a *person.Actor, lab, name string, raw []byte) (imp *Import, err error) {
	defer fault.Wrap(&err, "lab.Upload")
	l, ok := s.ByID(lab)
	if !ok {
		return nil, fault.New(fault.NotFound, "lab.gone")
	}
	if err := s.may(a, person.SchoolEdit, l.Institution); err != nil {
		return nil, err
	}
	imp = &Import{Doc: store.Doc{ID: newID("i")}, Lab: lab, Name: sheet.Cut(name, maxName), By: a.Person, Made: store.At(s.o.Now())}
	if err := imp.read(raw); err != nil {
		return nil, err
	}
	if err := s.tidy(ctx, imp); err != nil {
		return nil, err
	}
	if imp.Columns == nil {
		if err := s.recall(ctx, imp); err != nil {
			return nil, err
		}
	}
	if err := s.note(ctx, a, "import-read", "lab:"+lab); err != nil {
		return nil, err
	}
	return imp, s.imports.Insert(ctx, imp)
}

func wrongFile(key string, args map[string]any) error {
	return fault.InvalidFields(fault.Field{Pointer: "rows", Key: key, Args: args})
}

// read takes the rows of a table. One whose first row is equipment already has no head: its
// cells stand in the order that the page names.
func (imp *Import) read(raw []byte) error {
	switch {
	case len(raw) > MaxFile:
		return wrongFile("lab.rows_long", map[string]any{"KB": MaxFile >> 10})
	case len(bytes.TrimSpace(raw)) == 0:
		return wrongFile("lab.rows_none", nil)
	}
	format, charset, comma := sheet.Sniff(raw[:min(len(raw), sheet.SampleBytes)])
	if format == sheet.JSON {
		return wrongFile("lab.rows_form", nil)
	}
	size := 0
	for one, err := range sheet.Rows(bytes.NewReader(raw), format, charset, comma, MaxFile) {
		if err != nil {
			if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
				return wrongFile(cmp.Or(f.Key, "lab.rows_form"), f.Args)
			}
			return err
		}
		if strings.TrimSpace(strings.Join(one.Cells, "")) == "" && one.Broken == "" {
			continue
		}
		if imp.Head == nil {
			if imp.headless(&one) {
				imp.Head, imp.Columns = []string{"1", "2", "3", "4", "5", "6"}, map[string]string{"kind": "1", "count": "2", "year": "3", "condition": "4", "inventory": "5", "note": "6"}
			} else {
				if imp.Head, err = sheet.Head(one); err != nil {
					return wrongFile("sheet.columns", nil)
				}
				continue
			}
		}
		if len(imp.Rows) >= MaxLines {
			return wrongFile("lab.many", map[string]any{"N": MaxLines})
		}
		row := Raw{N: one.N, Broken: one.Broken}
		if one.Over(len(imp.Head)) && row.Broken == "" {
			row.Broken = "lab.row_cells"
		}
		for i := range min(len(one.Cells), len(imp.Head)) {
			cell := sheet.Cut(one.Cell(i), maxNote+1)
			row.Cells = append(row.Cells, cell)
			size += len(cell) + 4
		}
		imp.Rows = append(imp.Rows, row)
	}
	switch {
	case len(imp.Rows) == 0:
		return wrongFile("lab.rows_none", nil)
	case size > maxKept:
		return wrongFile("lab.rows_long", map[string]any{"KB": maxKept >> 10})
	}
	return nil
}

// headless tells whether a first row is equipment and no head.
func (imp *Import) headless(one *sheet.Row) bool {
	_, known := KindOf(one.Cell(0))
	_, err := strconv.Atoi(one.Cell(1))
	return known && err == nil
}

func (s *Service) latest(ctx context.Context) func(func(*Import, error) bool) {
	return s.imports.Find(ctx, store.Query{Index: "made", Desc: true, Limit: lookedImports})
}

// recall takes the columns that were chosen for such a table before, else guesses them.
func (s *Service) recall(ctx context.Context, imp *Import) error {
	imp.Columns = sheet.Match(imp.Head, Columns(), headWords)
	best, found, err := sheet.Recall(imp.Head, string(imp.By), s.latest(ctx), func(one *Import) sheet.Choice {
		if !one.Chosen {
			return sheet.Choice{}
		}
		return sheet.Choice{By: string(one.By), Columns: one.Columns}
	})
	if err != nil || !found {
		return err
	}
	imp.Columns, imp.Remembered = best.Columns, true
	return nil
}

// tidy takes away what the same person sent for this room before and never added, and the
// rows of what was added long ago: its columns stay known.
func (s *Service) tidy(ctx context.Context, next *Import) error {
	var list []*Import
	for old, err := range s.latest(ctx) {
		if err != nil {
			return err
		}
		list = append(list, old)
	}
	for _, old := range list {
		mine := old.Lab == next.Lab && old.By == next.By && !old.Done && len(old.Rows) > 0
		var err error
		switch {
		case mine && !old.Chosen:
			err = s.imports.Delete(ctx, old.ID, old.Rev)
		case mine, len(old.Rows) > 0 && old.Made.Before(s.o.Now().Add(-keeping(old))):
			old.Rows, old.Lines = nil, nil
			err = s.imports.Replace(ctx, old)
		}
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

func keeping(imp *Import) time.Duration {
	if imp.Done {
		return importKeeping
	}
	return triedKeeping
}

// forget empties the cells of columns that are not taken: tables of property name people.
func (imp *Import) forget() {
	taken := map[string]bool{}
	for _, head := range imp.Columns {
		taken[head] = true
	}
	for i := range imp.Rows {
		for k := range imp.Rows[i].Cells {
			if !taken[imp.Head[k]] {
				imp.Rows[i].Cells[k] = ""
			}
		}
	}
}

// Imports lists what was added to a room from tables and can be taken back, the latest first.
func (s *Service) Imports(ctx context.Context, lab string) (list []*Import, err error) {
	defer fault.Wrap(&err, "lab.Imports")
	for imp, err := range s.latest(ctx) {
		if err != nil {
			return nil, err
		}
		if imp.Lab == lab && imp.Done && len(imp.Lines) > 0 {
			list = append(list, imp)
		}
	}
	return list, nil
}

// importAt reads an import of a room.
func (s *Service) importAt(ctx context.Context, a *person.Actor, lab, id string) (*Import, *Lab, error) {
	imp, err := s.imports.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	l, ok := s.ByID(lab)
	if !ok || imp.Lab != lab {
		return nil, nil, fault.New(fault.NotFound, "lab.gone")
	}
	if err := s.may(a, person.SchoolEdit, l.Institution); err != nil {
		return nil, nil, err
	}
	if len(imp.Rows) == 0 {
		return nil, nil, fault.New(fault.Gone, "lab.import_gone")
	}
	return imp, l, nil
}

// Try says what would become of each row of a table. Errors: NotFound, Gone, Forbidden.
func (s *Service) Try(ctx context.Context, a *person.Actor, lab, id string) (imp *Import, trial *Trial, err error) {
	defer fault.Wrap(&err, "lab.Try")
	imp, l, err := s.importAt(ctx, a, lab, id)
	if err != nil {
		return nil, nil, err
	}
	return imp, s.try(imp, l), nil
}

// Reread sets which column is what. Errors: Conflict (it was added), and as Try.
func (s *Service) Reread(ctx context.Context, a *person.Actor, lab, id string, columns map[string]string) (err error) {
	defer fault.Wrap(&err, "lab.Reread")
	imp, _, err := s.importAt(ctx, a, lab, id)
	if err != nil {
		return err
	}
	if imp.Done {
		return fault.New(fault.Conflict, "lab.import_done")
	}
	imp.Columns, imp.Chosen, imp.Remembered = map[string]string{}, true, false
	for _, c := range Columns() {
		if h := columns[c]; slices.Contains(imp.Head, h) {
			imp.Columns[c] = h
		}
	}
	return s.imports.Replace(ctx, imp)
}

// Apply adds the rows that are in order; seen stands for the dry run that was shown. The
// room is written at once, so a run that was broken off is done again without doubling.
// Errors: Conflict (the room changed since, or it was added), Invalid (nothing to add, or
// too much), and as Try.
func (s *Service) Apply(ctx context.Context, a *person.Actor, lab, id, seen string) (imp *Import, err error) {
	defer fault.Wrap(&err, "lab.Apply")
	imp, _, err = s.importAt(ctx, a, lab, id)
	if err != nil {
		return nil, err
	}
	if imp.Done {
		return nil, fault.New(fault.Conflict, "lab.import_done")
	}
	_, err = s.change(ctx, a, "equipment-import", lab, 0, func(l *Lab) error {
		if imp.Lines = imp.written(l); len(imp.Lines) > 0 { // by a run that was broken off
			return nil
		}
		t := s.try(imp, l)
		if t.Seen != seen {
			return fault.New(fault.Conflict, "lab.import_moved")
		}
		for _, r := range t.Rows {
			if r.Fate == FateAdd {
				l.Lines, imp.Lines = append(l.Lines, r.Line), append(imp.Lines, r.Line)
			}
		}
		if len(imp.Lines) == 0 {
			return wrongFile("lab.import_nothing", nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	imp.Done, imp.Chosen, imp.By = true, true, a.Person
	imp.forget()
	return imp, s.imports.Replace(ctx, imp)
}

// lineID is the id of the line that a row makes: the same whenever it is added again.
func (imp *Import) lineID(row int) string {
	sum := sha256.Sum256([]byte(imp.ID + ":" + strconv.Itoa(row)))
	return "e" + hex.EncodeToString(sum[:10])
}

// written lists the lines of a room that the table made.
func (imp *Import) written(l *Lab) (list []Line) {
	for _, r := range imp.Rows {
		if x, ok := l.Line(imp.lineID(r.N)); ok {
			list = append(list, *x)
		}
	}
	return list
}

// Undo takes back what a table added; the table stands there again as it was tried. It is
// refused as a whole if somebody changed a line of it since. Errors: Conflict, and as Try.
func (s *Service) Undo(ctx context.Context, a *person.Actor, lab, id string) (imp *Import, err error) {
	defer fault.Wrap(&err, "lab.Undo")
	imp, _, err = s.importAt(ctx, a, lab, id)
	if err != nil {
		return nil, err
	}
	if !imp.Done {
		return nil, fault.New(fault.Conflict, "lab.import_undone")
	}
	_, err = s.change(ctx, a, "equipment-import-undo", lab, 0, func(l *Lab) error {
		n := 0
		for _, x := range l.Lines {
			if i := slices.IndexFunc(imp.Lines, func(made Line) bool { return made.ID == x.ID }); i >= 0 {
				x.Gone = false // what was taken out has not been changed
				if x != imp.Lines[i] {
					n++
				}
			}
		}
		if n > 0 {
			e := fault.New(fault.Conflict, "lab.import_changed")
			e.Args = map[string]any{"N": n}
			return e
		}
		l.Lines = slices.DeleteFunc(l.Lines, func(x Line) bool {
			return slices.ContainsFunc(imp.Lines, func(made Line) bool { return made.ID == x.ID })
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	imp.Done, imp.Lines = false, nil
	return imp, s.imports.Replace(ctx, imp)
}
