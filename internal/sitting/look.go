package sitting

import (
	"slices"
	"time"

	"osvitlo/internal/instrument"
	"osvitlo/internal/quality"
)

// look writes down how the sitting was answered (METHOD §8): figures and reasons
// for an analyst, derived and versioned. It decides nothing: the state is what
// CONTRACT §5 says, and stands already.
func (s *Service) look(doc *Sitting, in *instrument.Instrument, p instrument.Path, received time.Time) {
	q := quality.Input{Instrument: in, Path: p, Answers: doc.Answers, Spent: doc.Spent, Breaks: doc.Breaks,
		Lasted: doc.Submitted.Sub(doc.Started.Time), Untimed: doc.Mode == ModePaper,
		Timing:     s.cfg.Timing(in.Slug, in.Version),
		SameDevice: doc.State == Excluded && slices.Contains(doc.Reasons, ReasonDuplicate)}
	if doc.State != NotConsented && doc.State != Practice {
		r := &doc.Respondent
		q.Likeness = s.window.Look(quality.Trace{ID: doc.ID, Instrument: in, Group: doc.Helper.group(),
			People: string(r.Sex) + "|" + string(r.AgeGroup) + "|" + r.District, At: received, Answers: doc.Answers})
	}
	doc.Quality = quality.Judge(q)
}
