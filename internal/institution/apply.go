package institution

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// importBatch is how many rows are written at once.
const importBatch = 500

// importRow is what an import did to one institution: enough to take it back.
type importRow struct {
	store.Doc
	Import string       `json:"import"`
	N      int          `json:"n"` // line of the file
	Body   string       `json:"body"`
	After  int64        `json:"after"`            // revision the import left
	Before *Institution `json:"before,omitempty"` // nil: the import entered it
}

// Digest stands for everything a plan would do: what was shown is what is done.
func (p *Plan) Digest() string {
	h := sha256.New()
	for _, r := range p.Rows {
		rev := int64(0)
		if r.have != nil {
			rev = r.have.Rev
		}
		fmt.Fprintf(h, "%d %s %s %d %v\n", r.Line, r.Fate, r.ID, rev, r.Changes)
		if r.Fate == FateAdd {
			_ = json.NewEncoder(h).Encode(&r.next) // a hash takes everything
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// all writes acts on many institutions down.
func (s *Service) all(ctx context.Context, a *person.Actor, what string, ids []string) error {
	if s.o.Audit == nil || len(ids) == 0 {
		return nil
	}
	who, why := string(a.Person), cmp.Or(a.Why, "duty")
	if a.Operator {
		who = "operator"
	}
	events := make([]audit.Event, len(ids))
	for i, id := range ids {
		events[i] = audit.Event{Actor: who, Action: "institution." + what, Subject: "institution:" + id, Where: a.Where, Why: why}
	}
	if many, ok := s.o.Audit.(interface {
		RecordAll(ctx context.Context, events []audit.Event) error
	}); ok {
		return many.RecordAll(ctx, events)
	}
	for _, e := range events {
		if err := s.o.Audit.Record(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// Apply writes the rows of an import that are in order and not left out. seen is the
// digest of the plan that was shown. A process that was killed leaves an import in work:
// Apply goes on with it. Errors: Conflict (the register changed since, or it was applied),
// Invalid (nothing to write, or too much), Forbidden.
func (s *Service) Apply(ctx context.Context, a *person.Actor, id, seen string) (imp *Import, err error) {
	defer fault.Wrap(&err, "institution.Apply")
	if imp, err = s.importAt(ctx, a, id, ImportRead, ImportWorking); err != nil {
		return nil, err
	}
	plan, err := s.planOf(ctx, imp)
	if err != nil {
		return nil, err
	}
	if imp.State == ImportRead {
		var adds, all int
		for _, r := range plan.Rows {
			if imp.Takes(r) {
				all++
				if r.Fate == FateAdd {
					adds++
				}
			}
		}
		switch {
		case seen != plan.Digest():
			return nil, fault.New(fault.Conflict, "institution.import_moved")
		case all == 0:
			return nil, fault.InvalidFields(fault.Field{Pointer: "to.name", Key: "institution.import_nothing"})
		case len(s.register().sorted)+adds > MaxInstitutions/2+MaxInstitutions/4:
			return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "institution.import_full", Args: map[string]any{"N": MaxInstitutions}})
		}
		if err := s.note(ctx, a, "import.apply", id); err != nil {
			return nil, err
		}
		imp.State, imp.By, imp.Chosen = ImportWorking, a.Person, true
		if err := s.imports.Replace(ctx, imp); err != nil {
			return nil, err
		}
	}
	if err := s.write(ctx, a, imp, plan); err != nil {
		return nil, err
	}
	imp.State, imp.Written = ImportDone, 0
	for _, err := range s.importRows.Keys(ctx, store.Query{Index: indexImport, Eq: []any{id}}) {
		if err != nil {
			return nil, err
		}
		imp.Written++
	}
	if err := s.imports.Replace(ctx, imp); err != nil {
		return nil, err
	}
	return imp, s.mirror.Refresh(ctx)
}

// bodyOf is the id of the institution a row makes: the same whenever it is written again.
func bodyOf(imp string, line int) string {
	sum := sha256.Sum256([]byte(imp + ":" + strconv.Itoa(line)))
	return "i" + hex.EncodeToString(sum[:10])
}

// write puts the rows into the register in batches: first what undoes them.
func (s *Service) write(ctx context.Context, a *person.Actor, imp *Import, plan *Plan) error {
	var fresh, change []*Institution
	var undo []*importRow
	var ids []string
	flush := func() error {
		if err := s.all(ctx, a, "import", ids); err != nil {
			return err
		}
		if err := s.importRows.InsertMany(ctx, undo); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		if err := s.docs.InsertMany(ctx, fresh); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		for _, i := range change {
			if err := s.docs.Replace(ctx, i); err != nil && !fault.Is(err, fault.Conflict) { // changed in this very moment: that stays
				return err
			}
		}
		fresh, change, undo, ids = nil, nil, nil, nil
		return nil
	}
	for _, r := range plan.Rows {
		if !imp.Takes(r) {
			continue
		}
		next := r.next
		row := &importRow{Doc: store.Doc{ID: imp.ID + ":" + strconv.Itoa(r.Line)}, Import: imp.ID, N: r.Line}
		if r.Fate == FateAdd {
			next.Doc, next.Made = store.Doc{ID: bodyOf(imp.ID, r.Line)}, store.At(s.o.Now())
			row.After = 1
			fresh = append(fresh, &next)
		} else {
			before := *r.have
			row.After, row.Before = r.have.Rev+1, &before
			change = append(change, &next)
		}
		next.Changed = s.mirror.Stamp()
		row.Body = next.ID
		undo, ids = append(undo, row), append(ids, next.ID)
		if len(undo) >= importBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// Undo takes a whole import back, as a new version of each institution: what it entered is
// taken out, what it changed becomes what it was. It is refused as a whole if somebody
// changed one of them since, or a round asks in one that it entered.
// Errors: Conflict with the reason, Forbidden.
func (s *Service) Undo(ctx context.Context, a *person.Actor, id string) (imp *Import, err error) {
	defer fault.Wrap(&err, "institution.Undo")
	if imp, err = s.importAt(ctx, a, id, ImportDone, ImportUndoing); err != nil {
		return nil, err
	}
	var rows []*importRow
	var ids []string
	for row, err := range s.importRows.Find(ctx, store.Query{Index: indexImport, Eq: []any{id}}) {
		if err != nil {
			return nil, err
		}
		rows, ids = append(rows, row), append(ids, row.Body)
	}
	docs := make(map[string]*Institution, len(ids))
	for at := 0; at < len(ids); at += store.MaxIn {
		list, err := s.docs.GetMany(ctx, ids[at:min(at+store.MaxIn, len(ids))])
		if err != nil {
			return nil, err
		}
		for _, i := range list {
			docs[i.ID] = i
		}
	}
	if imp.State == ImportDone {
		if err := s.undoable(rows, docs); err != nil {
			return nil, err
		}
		if err := s.note(ctx, a, "import.undo", id); err != nil {
			return nil, err
		}
		if err := s.all(ctx, a, "import-undo", ids); err != nil {
			return nil, err
		}
		imp.State = ImportUndoing
		if err := s.imports.Replace(ctx, imp); err != nil {
			return nil, err
		}
	}
	for _, row := range rows {
		i, ok := docs[row.Body]
		if !ok || i.Rev != row.After { // taken back by a run that was broken off
			continue
		}
		doc := i.Doc
		if row.Before != nil {
			*i = *row.Before
			i.Doc = doc
		} else {
			i.Gone = true
		}
		i.Changed = s.mirror.Stamp()
		if err := s.docs.Replace(ctx, i); err != nil && !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	imp.State = ImportUndone
	if err := s.imports.Replace(ctx, imp); err != nil {
		return nil, err
	}
	return imp, s.mirror.Refresh(ctx)
}

// undoable names what keeps an import from being taken back.
func (s *Service) undoable(rows []*importRow, docs map[string]*Institution) error {
	n, first, used := 0, "", ""
	for _, row := range rows {
		i, ok := docs[row.Body]
		if !ok {
			continue
		}
		if i.Rev != row.After {
			n++
			first = cmp.Or(first, i.Name().UK)
		}
		if row.Before == nil && s.used != nil && s.used(i.ID) {
			used = cmp.Or(used, i.Name().UK)
		}
	}
	switch {
	case n > 0:
		e := fault.New(fault.Conflict, "institution.import_changed")
		e.Args = map[string]any{"N": n, "Name": first}
		return e
	case used != "":
		e := fault.New(fault.Conflict, "institution.import_used")
		e.Args = map[string]any{"Name": used}
		return e
	}
	return nil
}
