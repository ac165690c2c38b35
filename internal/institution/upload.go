package institution

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/sheet"
	"osvitlo/internal/store"
)

// MaxFile bounds an imported file, in bytes.
const MaxFile = 10 << 20

const (
	importFolder  = "institution-imports/"
	importKeeping = 90 * 24 * time.Hour // of the file; what it did is kept
	shownImports  = 30
	lookedImports = 200 // for a mapping that fits
)

// ImportState is how far an import has come.
type ImportState string

// The states.
const (
	ImportRead    ImportState = "read"    // uploaded and looked through
	ImportWorking ImportState = "working" // being written: a broken one can be gone on with
	ImportDone    ImportState = "done"
	ImportUndoing ImportState = "undoing"
	ImportUndone  ImportState = "undone"
)

// Import is a file of institutions with how it is to be read and what it did.
type Import struct {
	store.Doc
	File    string            `json:"file"` // in package media; empty: no longer kept
	Name    string            `json:"name"` // as it came
	Size    int64             `json:"size"`
	By      person.ID         `json:"by"`
	Made    store.Time        `json:"made"`
	State   ImportState       `json:"state"`
	Format  string            `json:"format"`
	Charset string            `json:"charset,omitempty"`
	Comma   string            `json:"comma,omitempty"`
	Head    []string          `json:"head,omitempty"`
	Columns map[string]string `json:"columns,omitempty"` // column of Columns -> head in the file
	// Remembered says that the columns come from an earlier import of such a file; Chosen,
	// that somebody has looked at them, so that they are offered next time.
	Remembered bool  `json:"remembered,omitempty"`
	Chosen     bool  `json:"chosen,omitempty"`
	Kind       Kind  `json:"kind,omitempty"` // of rows that name none
	Year       int   `json:"year,omitempty"` // school year of the numbers of people
	Skip       []int `json:"skip,omitempty"` // lines that are left out
	Only       Fate  `json:"only,omitempty"` // add or change; empty: both
	Written    int   `json:"written,omitempty"`
}

// Reading is how an import is to be read again.
type Reading struct {
	Charset, Comma string
	Columns        map[string]string
	Kind           Kind
	Year           int
	Only           Fate
}

const (
	indexMade   = "made"
	indexImport = "import"
)

var (
	importSpec    = store.Spec{Name: "institution_imports", Indexes: []store.Index{{Name: indexMade, Fields: []string{"made"}}}}
	importRowSpec = store.Spec{Name: "institution_import_rows", Indexes: []store.Index{{Name: indexImport, Fields: []string{"import", "n"}}}}
)

// Upload takes a file and finds out how to read it; nothing of the register changes.
// Errors: Invalid (with the field file), Forbidden.
func (s *Service) Upload(ctx context.Context, a *person.Actor, name string, size int64, r io.Reader) (imp *Import, err error) {
	defer fault.Wrap(&err, "institution.Upload")
	if err := may(a); err != nil {
		return nil, err
	}
	wrong := func(key string, args map[string]any) error {
		return fault.InvalidFields(fault.Field{Pointer: "file", Key: key, Args: args})
	}
	if s.o.Media == nil || size <= 0 {
		return nil, wrong("institution.file_none", nil)
	}
	if size > MaxFile {
		return nil, wrong("institution.file_large", map[string]any{"MB": MaxFile >> 20})
	}
	raw, err := io.ReadAll(io.LimitReader(r, size+1))
	if err != nil || int64(len(raw)) != size {
		return nil, wrong("institution.file_none", nil)
	}
	imp = &Import{Doc: store.Doc{ID: NewID()}, Name: sheet.Cut(name, 120), Size: size, By: a.Person, Made: store.At(s.o.Now()), State: ImportRead, Year: YearOf(s.o.Now())}
	imp.Format, imp.Charset, imp.Comma = sheet.Sniff(raw[:min(len(raw), sheet.SampleBytes)])
	if imp.Format == sheet.JSON {
		return nil, wrong("institution.file_form", nil)
	}
	imp.File = importFolder + imp.ID
	rows, err := readRows(bytes.NewReader(raw), imp)
	if err != nil {
		return nil, ofFile(err)
	}
	if len(rows) == 0 {
		return nil, wrong("institution.file_empty", nil)
	}
	if err := s.recall(ctx, imp); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, "import.read", imp.ID); err != nil {
		return nil, err
	}
	if err := s.o.Media.Put(ctx, imp.File, "application/octet-stream", bytes.NewReader(raw), size); err != nil {
		return nil, err
	}
	if err := s.imports.Insert(ctx, imp); err != nil {
		return nil, errors.Join(err, s.o.Media.Delete(context.WithoutCancel(ctx), imp.File))
	}
	return imp, nil
}

// ofFile makes of a fault of the whole file one of its field.
func ofFile(err error) error {
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && len(f.Fields) == 0 && f.Key != "" {
		return fault.InvalidFields(fault.Field{Pointer: "file", Key: f.Key, Args: f.Args})
	}
	return err
}

// recall takes the columns that were chosen for such a file before: the actor's own choice
// first, then anybody's. Else they are guessed.
func (s *Service) recall(ctx context.Context, imp *Import) error {
	imp.Columns = Guess(imp.Head)
	best, found, err := sheet.Recall(imp.Head, string(imp.By), s.imports.Find(ctx, store.Query{Index: indexMade, Desc: true, Limit: lookedImports}), func(one *Import) sheet.Choice {
		if !one.Chosen {
			return sheet.Choice{}
		}
		return sheet.Choice{By: string(one.By), Columns: one.Columns}
	})
	if err != nil || !found {
		return err
	}
	imp.Columns, imp.Kind, imp.Remembered = best.Columns, best.Kind, true
	return nil
}

// readRows reads the table of an import, and its head into it. Errors: Invalid.
func readRows(r io.Reader, imp *Import) (list []sheet.Row, err error) {
	imp.Head = nil
	for one, err := range sheet.Rows(r, imp.Format, imp.Charset, imp.Comma, MaxFile) {
		if err != nil {
			return nil, err
		}
		if imp.Head == nil {
			if imp.Head, err = sheet.Head(one); err != nil {
				return nil, err
			}
			continue
		}
		if len(list) >= MaxRows {
			return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "institution.import_rows", Args: map[string]any{"N": MaxRows}})
		}
		list = append(list, one)
	}
	return list, nil
}

func (s *Service) importAt(ctx context.Context, a *person.Actor, id string, states ...ImportState) (*Import, error) {
	if err := may(a); err != nil {
		return nil, err
	}
	if s.imports == nil {
		return nil, fault.New(fault.NotFound, "")
	}
	imp, err := s.imports.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(states) > 0 && !slices.Contains(states, imp.State) {
		return nil, fault.New(fault.Conflict, "institution.import_state")
	}
	return imp, nil
}

// Imports lists the last imports, the newest first.
func (s *Service) Imports(ctx context.Context, a *person.Actor) (list []*Import, err error) {
	defer fault.Wrap(&err, "institution.Imports")
	if err := may(a); err != nil {
		return nil, err
	}
	if s.imports == nil {
		return nil, nil
	}
	for imp, err := range s.imports.Find(ctx, store.Query{Index: indexMade, Desc: true, Limit: shownImports}) {
		if err != nil {
			return nil, err
		}
		list = append(list, imp)
	}
	return list, nil
}

// Reread sets how the file is read. Errors: Invalid, Conflict (it was applied).
func (s *Service) Reread(ctx context.Context, a *person.Actor, id string, r Reading) (err error) {
	defer fault.Wrap(&err, "institution.Reread")
	imp, err := s.importAt(ctx, a, id, ImportRead)
	if err != nil {
		return err
	}
	if imp.Format == sheet.CSV && (r.Charset != imp.Charset || r.Comma != imp.Comma) {
		if !slices.Contains(sheet.Charsets(), r.Charset) || !slices.Contains(sheet.Commas(), r.Comma) {
			return fault.InvalidFields(fault.Field{Pointer: "comma", Key: "sheet.comma"})
		}
		imp.Charset, imp.Comma, imp.Remembered = r.Charset, r.Comma, false
		if _, err := s.table(ctx, imp); err != nil {
			return ofFile(err)
		}
		r.Columns = Guess(imp.Head)
	} else {
		imp.Chosen = true
	}
	if r.Kind != "" && !slices.Contains(Kinds(), r.Kind) {
		return fault.InvalidFields(fault.Field{Pointer: "kind", Key: "institution.kind"})
	}
	if r.Year < 2000 || r.Year > 2100 {
		return fault.InvalidFields(fault.Field{Pointer: "year", Key: "institution.year"})
	}
	if r.Only != "" && r.Only != FateAdd && r.Only != FateChange {
		r.Only = ""
	}
	columns := map[string]string{}
	for _, c := range Columns() {
		if h := r.Columns[c]; slices.Contains(imp.Head, h) {
			columns[c] = h
		}
	}
	imp.Columns, imp.Kind, imp.Year, imp.Only = columns, r.Kind, r.Year, r.Only
	return s.imports.Replace(ctx, imp)
}

// LeaveOut marks lines that Apply leaves out, or takes the marks away.
func (s *Service) LeaveOut(ctx context.Context, a *person.Actor, id string, lines []int, out bool) (err error) {
	defer fault.Wrap(&err, "institution.LeaveOut")
	imp, err := s.importAt(ctx, a, id, ImportRead)
	if err != nil {
		return err
	}
	skip := slices.DeleteFunc(slices.Clone(imp.Skip), func(n int) bool { return slices.Contains(lines, n) })
	if out {
		skip = append(skip, lines...)
		slices.Sort(skip)
		skip = slices.Compact(skip)
	}
	if len(skip) > MaxRows {
		return fault.InvalidFields(fault.Field{Pointer: "file", Key: "institution.import_rows", Args: map[string]any{"N": MaxRows}})
	}
	imp.Skip = skip
	return s.imports.Replace(ctx, imp)
}

// table reads the kept file.
func (s *Service) table(ctx context.Context, imp *Import) ([]sheet.Row, error) {
	if imp.File == "" {
		return nil, fault.New(fault.Gone, "institution.file_gone")
	}
	file, _, err := s.o.Media.Open(ctx, imp.File, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	return readRows(file, imp)
}

// looked is a dry run with what it was made from.
type looked struct {
	id      string
	rev     int64
	version uint64
	plan    *Plan
}

// Look reads an import and says what would become of each row; an import that is no longer
// to be applied has no plan. Errors: NotFound, Forbidden, Invalid (the file cannot be read).
func (s *Service) Look(ctx context.Context, a *person.Actor, id string) (imp *Import, plan *Plan, err error) {
	defer fault.Wrap(&err, "institution.Look")
	if imp, err = s.importAt(ctx, a, id); err != nil || imp.State != ImportRead && imp.State != ImportWorking {
		return imp, nil, err
	}
	plan, err = s.planOf(ctx, imp)
	return imp, plan, err
}

func (s *Service) planOf(ctx context.Context, imp *Import) (*Plan, error) {
	now := looked{id: imp.ID, rev: imp.Rev, version: s.Version()}
	s.mu.Lock()
	if have := s.last; have.id == now.id && have.rev == now.rev && have.version == now.version {
		s.mu.Unlock()
		return have.plan, nil
	}
	s.mu.Unlock()
	rows, err := s.table(ctx, imp)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for column, head := range imp.Columns {
		if i := slices.Index(imp.Head, head); i >= 0 {
			at[column] = i
		}
	}
	list := make([]Row, 0, len(rows))
	var broken []Fault
	for _, one := range rows {
		switch {
		case one.Broken != "":
			broken = append(broken, Fault{Line: one.N, Key: one.Broken})
			continue
		case one.Over(len(imp.Head)):
			broken = append(broken, Fault{Line: one.N, Key: "sheet.row_cells", Args: map[string]any{"N": len(one.Cells), "Head": len(imp.Head)}})
			continue
		}
		cells := make(map[string]string, len(at)+1)
		for column, i := range at {
			cells[column] = one.Cell(i)
		}
		if imp.Kind != "" && cells["kind"] == "" {
			if have, known := s.ByCode(cells["code"]); !known || have.Kind == "" {
				cells["kind"] = string(imp.Kind)
			}
		}
		list = append(list, Row{Line: one.N, Cells: cells})
	}
	plan, err := s.Plan(list, imp.Year, sheet.Cut(imp.Name, 120))
	if err != nil {
		return nil, err
	}
	for _, f := range broken {
		plan.Rows = append(plan.Rows, Planned{Line: f.Line, Fate: FateFault})
	}
	plan.Faults = append(plan.Faults, broken...)
	slices.SortStableFunc(plan.Rows, func(x, y Planned) int { return x.Line - y.Line })
	slices.SortStableFunc(plan.Faults, func(x, y Fault) int { return x.Line - y.Line })
	now.plan = plan
	s.mu.Lock()
	s.last = now
	s.mu.Unlock()
	return plan, nil
}

// Takes tells whether Apply would write a row.
func (imp *Import) Takes(p Planned) bool {
	if p.Fate != FateAdd && p.Fate != FateChange || imp.Only != "" && p.Fate != imp.Only {
		return false
	}
	_, out := slices.BinarySearch(imp.Skip, p.Line)
	return !out
}

// Sweep removes files of old imports; what they did stays known.
func (s *Service) Sweep(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "institution.Sweep")
	if s.o.Media == nil {
		return nil
	}
	for imp, err := range s.imports.Find(ctx, store.Query{Index: indexMade, To: store.At(s.o.Now().Add(-importKeeping)).String()}) {
		if err != nil {
			return err
		}
		if imp.File == "" || !strings.HasPrefix(imp.File, importFolder) {
			continue
		}
		if err := s.o.Media.Delete(ctx, imp.File); err != nil {
			return err
		}
		imp.File = ""
		if err := s.imports.Replace(ctx, imp); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}
