package place

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"osvitlo/internal/fault"
	"osvitlo/internal/sheet"
	"osvitlo/internal/store"
)

// idOf is the id of the place a row makes: the same whenever it is written again.
func idOf(imp string, n int) string {
	sum := sha256.Sum256([]byte(imp + ":" + strconv.Itoa(n)))
	return "p" + hex.EncodeToString(sum[:10])
}

// write puts the rows into the register, in batches: first what undoes them, then they
// themselves, so that a killed process leaves nothing that cannot be taken back.
func (s *Service) write(ctx context.Context, imp *Import) error {
	now := store.At(s.o.Now())
	taken := map[string]bool{}
	var fresh []*Place
	var undo []*importRow
	var change []*Place
	written := 0
	flush := func() error {
		if err := s.importRows.InsertMany(ctx, undo); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		if err := s.docs.InsertMany(ctx, fresh); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		for _, p := range change {
			if err := s.docs.Replace(ctx, p); err != nil && !fault.Is(err, fault.Conflict) { // changed meanwhile: that stays
				return err
			}
		}
		written += len(fresh) + len(change)
		fresh, undo, change = nil, nil, nil
		return nil
	}
	err := s.look(ctx, imp, func(one sheet.Row, p *Place, twin *known, _ []Problem) error {
		switch {
		case p == nil || twin != nil && (twin.id == "" || imp.Twins == TwinsSkip):
			if own := idOf(imp.ID, one.N); p != nil && twin != nil && twin.id == own { // a second run after a broken one
				written++
			}
			return nil
		case twin != nil:
			old, err := s.docs.Get(ctx, twin.id)
			if err != nil {
				return err
			}
			if old.Import == imp.ID { // written by a run that was broken off
				written++
				return nil
			}
			q := old.Clone()
			merge(q, p)
			q.Import, q.Changed = imp.ID, s.mirror.Stamp()
			before := old.Clone()
			undo = append(undo, &importRow{Doc: store.Doc{ID: imp.ID + ":" + strconv.Itoa(one.N)}, Import: imp.ID, N: one.N, Place: old.ID, Rev: old.Rev + 1, Before: before})
			change = append(change, q)
		default:
			p.ID, p.Import, p.Made = idOf(imp.ID, one.N), imp.ID, now
			p.Slug = s.freeSlug(Slugify(p.Name.UK), p.ID, taken)
			taken[p.Slug] = true
			p.Changed = s.mirror.Stamp()
			undo = append(undo, &importRow{Doc: store.Doc{ID: imp.ID + ":" + strconv.Itoa(one.N)}, Import: imp.ID, N: one.N, Place: p.ID, Rev: 1})
			fresh = append(fresh, p)
		}
		if len(undo) >= importBatch {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	imp.Written = written
	return err
}

// merge fills a place of the register with what a row says; what the row leaves out stays.
func merge(to, from *Place) {
	set := func(dst *string, src string) {
		if src != "" {
			*dst = src
		}
	}
	set(&to.Name.UK, from.Name.UK)
	set(&to.Name.EN, from.Name.EN)
	set(&to.Address.UK, from.Address.UK)
	set(&to.Address.EN, from.Address.EN)
	set(&to.Summary.UK, from.Summary.UK)
	set(&to.District, from.District)
	set(&to.Phone, from.Phone)
	set(&to.Email, from.Email)
	set(&to.Web, from.Web)
	if from.Kind != Other {
		to.Kind = from.Kind
	}
	if from.Point != nil {
		to.Point = from.Point
	}
	if from.Hours.Known {
		to.Hours.Week, to.Hours.Known = from.Hours.Week, true
	}
	if len(from.Offers) > 0 {
		to.Offers = from.Offers
	}
	if len(from.Access) > 0 {
		to.Access = from.Access
	}
	if from.NoPower != Unknown {
		to.NoPower = from.NoPower
	}
	if from.Shelter != Unknown {
		to.Shelter = from.Shelter
	}
}

// takeBack undoes the rows of an import.
func (s *Service) takeBack(ctx context.Context, imp *Import) error {
	kept := 0
	for one, err := range s.importRows.Find(ctx, store.Query{Index: indexImport, Eq: []any{imp.ID}}) {
		if err != nil {
			return err
		}
		p, err := s.docs.Get(ctx, one.Place)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if p.Rev == one.Rev+1 && p.Import != imp.ID { // taken back by a run that was broken off
			continue
		}
		if p.Rev != one.Rev || p.Import != imp.ID {
			if !p.Gone || one.Before != nil {
				kept++
			}
			continue
		}
		q := p
		if one.Before != nil {
			q = one.Before.Clone()
			q.Doc = p.Doc
		} else {
			q.Gone, q.Import = true, ""
		}
		q.Changed = s.mirror.Stamp()
		if err := s.docs.Replace(ctx, q); fault.Is(err, fault.Conflict) {
			kept++
		} else if err != nil {
			return err
		}
	}
	imp.Kept = kept
	return nil
}
