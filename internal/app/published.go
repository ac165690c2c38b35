package app

import (
	"context"
	"encoding/json"
	"fmt"

	inner "osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
	"osvitlo/internal/store"
)

// published is a version of an instrument as it was first taken into use. It never changes.
type published struct {
	store.Doc
	Slug     string          `json:"slug"`
	Version  int             `json:"version"`
	Hash     string          `json:"hash"`
	Document json.RawMessage `json:"document"`
}

var publishedSpec = store.Spec{Name: "instruments", Indexes: []store.Index{{Name: "slug", Fields: []string{"slug", "version"}}}}

// publishInstruments stores the versions of the files that are not stored yet, and
// returns all stored ones. A file that says something else under a version that is
// in use is refused: sittings were taken with the stored one.
func publishInstruments(ctx context.Context, engine store.Engine, lib *inner.Library) (_ []*instrument.Instrument, err error) {
	defer fault.Wrap(&err, "app.publishInstruments")
	c, err := store.Open[published](engine, publishedSpec)
	if err != nil {
		return nil, err
	}
	out := map[string]*instrument.Instrument{}
	for _, current := range lib.Instruments() {
		for _, in := range lib.Versions(current.Slug) {
			if err := publishOne(ctx, c, in); err != nil {
				return nil, err
			}
			out[in.Name()] = in
		}
	}
	for doc, err := range c.Find(ctx, store.Query{Index: "slug"}) {
		if err != nil {
			return nil, err
		}
		if out[doc.ID] != nil {
			continue
		}
		in, err := instrument.FromDocument(doc.Document, func(id string) *instrument.RespondentQuestion {
			q, err := lib.Respondent(id)
			if err != nil {
				return nil
			}
			return q
		})
		if err != nil {
			return nil, fmt.Errorf("stored instrument %s: %w", doc.ID, err)
		}
		out[doc.ID] = in
	}
	list := make([]*instrument.Instrument, 0, len(out))
	for _, in := range out {
		list = append(list, in)
	}
	return list, nil
}

func publishOne(ctx context.Context, c *store.Collection[published, *published], in *instrument.Instrument) error {
	raw, err := in.Document()
	if err != nil {
		return err
	}
	err = c.Insert(ctx, &published{Doc: store.Doc{ID: in.Name()}, Slug: in.Slug, Version: in.Version, Hash: in.Hash, Document: raw})
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	stored, err := c.Get(ctx, in.Name())
	if err != nil {
		return err
	}
	if stored.Hash != in.Hash {
		return fault.Newf(fault.Conflict, "", "%s: файл відрізняється від опублікованої версії; зробіть версію %d / the file differs from the published version; make it version %d",
			in.Name(), in.Version+1, in.Version+1)
	}
	return nil
}

// structureOf lists the areas and competences of the framework for scoring.
func structureOf(lib *inner.Library) (scoring.Structure, error) {
	f, err := lib.Framework(frameworkID)
	if err != nil {
		return nil, err
	}
	var s scoring.Structure
	for _, area := range f.Areas {
		one := scoring.AreaStructure{ID: area.ID}
		for _, competence := range area.Competences {
			one.Competences = append(one.Competences, competence.ID)
		}
		s = append(s, one)
	}
	return s, nil
}

// frameworkID is the national framework that everything is measured against.
const frameworkID = "ua-citizens-2021"
