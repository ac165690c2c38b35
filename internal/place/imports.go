package place

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

const (
	importFolder  = "place-imports/"
	keptProblems  = 300  // of a report
	importBatch   = 500  // rows written at once
	importAtOnce  = 2000 // rows that are written within the request
	importKeeping = 60 * 24 * time.Hour
)

// Upload takes a file, finds out what it is, and looks through it without changing
// anything. Errors: Invalid (with the field file), TooLarge, Forbidden.
func (s *Service) Upload(ctx context.Context, a *person.Actor, name string, size int64, r io.Reader) (imp *Import, err error) {
	defer fault.Wrap(&err, "place.Upload")
	if err := s.may(a, person.PlaceEdit, person.City); err != nil {
		return nil, err
	}
	if s.o.Media == nil || size <= 0 {
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.import_none"})
	}
	if size > MaxImport {
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.import_large", Args: map[string]any{"MB": MaxImport >> 20}})
	}
	sample := make([]byte, min(size, sheet.SampleBytes))
	if _, err := io.ReadFull(r, sample); err != nil {
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.import_none"})
	}
	imp = &Import{Doc: store.Doc{ID: "i" + NewID()[1:]}, Name: sheet.Cut(name, 120), Size: size, By: a.Person, Made: store.At(s.o.Now()), State: ImportRead, Twins: TwinsSkip}
	imp.Format, imp.Charset, imp.Comma = sheet.Sniff(sample)
	imp.File = importFolder + imp.ID
	if err := s.o.Media.Put(ctx, imp.File, "application/octet-stream", io.MultiReader(bytes.NewReader(sample), r), size); err != nil {
		return nil, err
	}
	err = s.look(ctx, imp, nil)
	if err == nil {
		err = s.note(ctx, a, "import.read", imp.ID)
	}
	if err == nil {
		err = s.imports.Insert(ctx, imp)
	}
	if err != nil {
		return nil, errors.Join(ofFile(err), s.o.Media.Delete(context.WithoutCancel(ctx), imp.File))
	}
	return imp, nil
}

// ofFile makes of a fault of the whole file one of its field.
func ofFile(err error) error {
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && len(f.Fields) == 0 && (strings.HasPrefix(f.Key, "place.") || strings.HasPrefix(f.Key, "sheet.")) {
		return fault.InvalidFields(fault.Field{Pointer: "file", Key: f.Key, Args: f.Args})
	}
	return err
}

// Reread looks through the file again with other columns, separator, charset or rule for
// twins.
func (s *Service) Reread(ctx context.Context, a *person.Actor, id, charset, comma string, columns map[string]string, twins Twins) (imp *Import, err error) {
	defer fault.Wrap(&err, "place.Reread")
	if imp, err = s.importAt(ctx, a, id, ImportRead); err != nil {
		return nil, err
	}
	if imp.Format == sheet.CSV && (charset != imp.Charset || comma != imp.Comma) {
		if !slices.Contains(sheet.Charsets(), charset) || !slices.Contains(sheet.Commas(), comma) {
			return nil, fault.InvalidFields(fault.Field{Pointer: "comma", Key: "sheet.comma"})
		}
		imp.Charset, imp.Comma, columns = charset, comma, nil
	}
	if twins == TwinsSkip || twins == TwinsUpdate {
		imp.Twins = twins
	}
	if columns != nil {
		imp.Columns = map[string]string{}
		for _, t := range Targets() {
			if c := columns[string(t)]; slices.Contains(imp.Head, c) {
				imp.Columns[string(t)] = c
			}
		}
	}
	if err := s.look(ctx, imp, nil); err != nil {
		return nil, ofFile(err)
	}
	return imp, s.imports.Replace(ctx, imp)
}

func (s *Service) importAt(ctx context.Context, a *person.Actor, id string, states ...ImportState) (*Import, error) {
	if err := s.may(a, person.PlaceEdit, person.City); err != nil {
		return nil, err
	}
	imp, err := s.imports.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(states) > 0 && !slices.Contains(states, imp.State) {
		return nil, fault.New(fault.Conflict, "place.import_state")
	}
	return imp, nil
}

// ImportByID reads an import.
func (s *Service) ImportByID(ctx context.Context, a *person.Actor, id string) (imp *Import, err error) {
	defer fault.Wrap(&err, "place.ImportByID")
	return s.importAt(ctx, a, id)
}

// Imports lists the last imports, the newest first.
func (s *Service) Imports(ctx context.Context, a *person.Actor) (list []*Import, err error) {
	defer fault.Wrap(&err, "place.Imports")
	if err := s.may(a, person.PlaceEdit, person.City); err != nil {
		return nil, err
	}
	for imp, err := range s.imports.Find(ctx, store.Query{Index: indexMade, Desc: true, Limit: 30}) {
		if err != nil {
			return nil, err
		}
		list = append(list, imp)
	}
	return list, nil
}

// Problems streams everything that is wrong in the file of an import.
func (s *Service) Problems(ctx context.Context, a *person.Actor, id string, each func(Problem) error) (err error) {
	defer fault.Wrap(&err, "place.Problems")
	imp, err := s.importAt(ctx, a, id)
	if err != nil {
		return err
	}
	return s.look(ctx, imp, func(_ sheet.Row, _ *Place, _ *known, found []Problem) error {
		for _, p := range found {
			if err := each(p); err != nil {
				return err
			}
		}
		return nil
	})
}

// look reads the file from its beginning to its end, fills the report and hands every
// row to each, which may be nil. Memory does not grow with the file but for what twins
// are found by.
func (s *Service) look(ctx context.Context, imp *Import, each func(one sheet.Row, p *Place, twin *known, found []Problem) error) error {
	file, _, err := s.o.Media.Open(ctx, imp.File, 0)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read
	rep := &Report{}
	var in *reader
	seen := newTwins(s.All())
	for one, err := range rows(ctx, file, imp) {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return fault.From(ctx.Err(), fault.Unavailable, "")
		}
		if in == nil {
			if err := takeHead(imp, one); err != nil {
				return err
			}
			in = newReader(s, imp)
			continue
		}
		if rep.Rows++; rep.Rows > maxImportRows {
			return fault.Newf(fault.Invalid, "place.import_rows", "more than %d rows", maxImportRows)
		}
		p, found := in.place(&one)
		var twin *known
		switch {
		case p == nil:
			rep.Wrong++
		default:
			k := knownOf(p, one.N)
			twin = seen.find(k)
			switch {
			case twin == nil:
				rep.New++
				seen.add(k)
			case twin.id == "":
				rep.Same++
				found = append(found, Problem{Row: one.N, Key: "place.row_same", Value: sheet.Cut(p.Name.UK, 60), Args: map[string]any{"Row": twin.row}, Warn: true})
			default:
				rep.Twin++
				found = append(found, Problem{Row: one.N, Key: "place.row_twin", Value: sheet.Cut(p.Name.UK, 60), Args: map[string]any{"ID": twin.id}, Warn: true})
			}
			if p.Point == nil {
				rep.NoPoint++
			}
		}
		for _, f := range found {
			if len(rep.Problems) < keptProblems {
				rep.Problems = append(rep.Problems, f)
			} else {
				rep.More++
			}
		}
		if each != nil {
			if err := each(one, p, twin, found); err != nil {
				return err
			}
		}
	}
	if in == nil {
		return fault.New(fault.Invalid, "place.import_empty")
	}
	if each == nil {
		imp.Report = rep
	}
	return nil
}

func takeHead(imp *Import, one sheet.Row) error {
	head, err := sheet.Head(one)
	if err != nil {
		return err
	}
	if !slices.Equal(head, imp.Head) {
		imp.Head = head
	}
	if imp.Columns == nil || !fits(imp) {
		imp.Columns = guess(imp.Head)
	}
	return nil
}

func fits(imp *Import) bool {
	for _, c := range imp.Columns {
		if !slices.Contains(imp.Head, c) {
			return false
		}
	}
	return true
}

// Apply writes the rows of an import into the register: small ones at once, large ones
// by the job. Errors: Conflict when it was applied before; Invalid without a column of
// names or a good row.
func (s *Service) Apply(ctx context.Context, a *person.Actor, id string) (imp *Import, err error) {
	defer fault.Wrap(&err, "place.Apply")
	if imp, err = s.importAt(ctx, a, id, ImportRead); err != nil {
		return nil, err
	}
	if imp.Columns[string(ToName)] == "" || imp.Report == nil || imp.Report.New+imp.Report.Twin == 0 {
		return nil, fault.InvalidFields(fault.Field{Pointer: "to.name", Key: "place.import_nothing"})
	}
	if len(s.All())+imp.Report.New > MaxPlaces/2 {
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "place.import_full"})
	}
	if err := s.note(ctx, a, "import.apply", id); err != nil {
		return nil, err
	}
	imp.State, imp.Undo, imp.By = ImportWorking, false, a.Person
	if err := s.imports.Replace(ctx, imp); err != nil {
		return nil, err
	}
	if imp.Report.Rows > importAtOnce {
		return imp, nil
	}
	return imp, s.finish(ctx, imp)
}

// Undo takes an applied import back: new places go, changed ones become what they were.
// What somebody changed since stays and is counted.
func (s *Service) Undo(ctx context.Context, a *person.Actor, id string) (imp *Import, err error) {
	defer fault.Wrap(&err, "place.Undo")
	if imp, err = s.importAt(ctx, a, id, ImportDone); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, "import.undo", id); err != nil {
		return nil, err
	}
	imp.State, imp.Undo = ImportWorking, true
	if err := s.imports.Replace(ctx, imp); err != nil {
		return nil, err
	}
	if imp.Written > importAtOnce {
		return imp, nil
	}
	return imp, s.finish(ctx, imp)
}

// Work finishes imports that were begun, on any replica, and sweeps files of old ones.
// Running it twice changes nothing more.
func (s *Service) Work(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "place.Work")
	for imp, err := range s.imports.Find(ctx, store.Query{Index: indexMade, Desc: true, Limit: 200}) {
		if err != nil {
			return err
		}
		switch {
		case imp.State == ImportWorking:
			if err := s.finish(ctx, imp); err != nil {
				return err
			}
		case imp.File != "" && s.o.Now().Sub(imp.Made.Time) > importKeeping:
			if err := s.o.Media.Delete(ctx, imp.File); err != nil {
				return err
			}
			imp.File, imp.State = "", map[bool]ImportState{true: ImportUndone, false: imp.State}[imp.State == ImportRead]
			if err := s.imports.Replace(ctx, imp); err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
		}
	}
	return nil
}

func (s *Service) finish(ctx context.Context, imp *Import) (err error) {
	if imp.Undo {
		err = s.takeBack(ctx, imp)
	} else {
		err = s.write(ctx, imp)
	}
	if err != nil {
		return err
	}
	imp.State = ImportDone
	if imp.Undo {
		imp.State = ImportUndone
	}
	if err := s.imports.Replace(ctx, imp); err != nil && !fault.Is(err, fault.Conflict) { // another replica finished it
		return err
	}
	return s.mirror.Refresh(ctx)
}
