package sitting

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/store"
)

// Finished is a whole sitting that was taken to its end elsewhere: drawn for a
// demo city, later typed in from paper. Its answers are checked as those of Put.
type Finished struct {
	ID         string
	Instrument string
	Version    int
	Language   string
	Mode       Mode
	Evidence   Evidence
	Campaign   string
	Age        int // in years, 0 when not said; gives age group and band
	Respondent Respondent
	Answers    instrument.Answers
	Spent      map[string]int
	Started    time.Time
	Received   time.Time // also the moment of the submit; decides the wave
}

// Bulk takes finished sittings at once, at most store.MaxMany: scored, judged and
// stamped one by one as a submit is, stored together. Conflict says that some ids
// were taken; those stay as they were, so running it again is harmless. Sittings
// should come in the order they were received.
func (s *Service) Bulk(ctx context.Context, list []Finished) (err error) {
	defer fault.Wrap(&err, "sitting.Bulk")
	docs := make([]*Sitting, 0, len(list))
	for i := range list {
		f := &list[i]
		id, err := ParseID(f.ID)
		if err != nil {
			return err
		}
		pub, ok := s.catalogue.Version(f.Instrument, f.Version)
		if !ok {
			return fault.New(fault.Invalid, "sitting.no_such_version")
		}
		if _, adaptive := pub.Adaptive(); adaptive {
			return fault.New(fault.Invalid, "sitting.adaptive_online")
		}
		for item, v := range f.Answers {
			it, err := pub.Item(item)
			if err != nil {
				return err
			}
			if wrong := it.Check(v); wrong != nil {
				wrong.Pointer = "/answers/" + item + wrong.Pointer
				return fault.InvalidFields(*wrong)
			}
		}
		if f.Age > 0 {
			f.Respondent.AgeGroup, f.Respondent.AgeBand = groupOf(f.Age), bandOf(f.Age)
		}
		doc := &Sitting{Doc: store.Doc{ID: id}, Instrument: f.Instrument, Version: f.Version, Language: f.Language,
			Mode: f.Mode, Purpose: PurposeMeasurement, Campaign: f.Campaign, Consent: []string{ConsentStatistics},
			Respondent: f.Respondent, Answers: f.Answers, Spent: f.Spent, Evidence: f.Evidence,
			Started: store.At(f.Started), Submitted: store.At(f.Received)}
		if err := s.finish(ctx, doc, pub.Instrument, s.finalPath(doc, pub.Instrument), "", f.Received); err != nil {
			return err
		}
		docs = append(docs, doc)
	}
	return s.sittings.InsertMany(ctx, docs)
}
