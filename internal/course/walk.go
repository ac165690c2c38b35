package course

import (
	"context"
	"encoding/json"
	"iter"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Walk streams all tracks of people with an account, by person. It is for exports and for
// nightly work: it reads the whole collection.
func (s *Service) Walk(ctx context.Context) iter.Seq2[*Track, error] {
	return func(yield func(*Track, error) bool) {
		for t, err := range s.tracks.Find(ctx, store.Query{Index: indexLearner}) {
			if err != nil {
				err = fault.From(err, fault.Unavailable, "")
				yield(nil, err)
				return
			}
			if !t.Learner.Anonymous() && !yield(t, nil) {
				return
			}
		}
	}
}

// heard tells whoever listens that a track was written. was is its JSON before, nil for a
// new one.
func (s *Service) heard(was []byte, is *Track) {
	if s.cfg.Heard == nil {
		return
	}
	before := &Track{Learner: is.Learner, Course: is.Course}
	if was != nil && json.Unmarshal(was, before) != nil {
		return // it was written by us a moment ago
	}
	s.cfg.Heard(before, is)
}
