package sitting

import (
	"context"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/quality"
)

// People is the service as package person asks of it: sittings are kept without
// persons, and person keeps which are whose.
type People struct{ s *Service }

// ForPeople wraps the service for person.Config.Sittings.
func ForPeople(s *Service) People { return People{s: s} }

// Opens tells whether the proof, the sealed cookie or the result key, opens a
// stored sitting. The id alone opens nothing. Errors: of the store only.
func (p People) Opens(ctx context.Context, sitting, proof string) (ok bool, err error) {
	defer fault.Wrap(&err, "sitting.Opens")
	id, err := ParseID(sitting)
	if err != nil || proof == "" {
		return false, nil //nolint:nilerr // what is no id is not opened, and that is the answer
	}
	doc, err := p.s.sittings.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil || doc.Erased {
		return false, err
	}
	return p.s.locks.admits(doc, Access{Token: proof, Key: proof}), nil
}

// Held data of one sitting, as the person may download it.
type exported struct {
	ID          string             `json:"id"`
	Title       i18n.Text          `json:"title,omitzero"`
	Instrument  string             `json:"instrument"`
	Version     int                `json:"version"`
	Language    string             `json:"language"`
	Mode        Mode               `json:"mode"`
	Purpose     Purpose            `json:"purpose"`
	Campaign    string             `json:"campaign,omitempty"`
	Invitation  string             `json:"invitation,omitempty"`
	Evidence    Evidence           `json:"evidence,omitempty"`
	Helper      *Helper            `json:"helper,omitempty"`
	Consent     []string           `json:"consent"`
	Respondent  Respondent         `json:"respondent"`
	Answers     instrument.Answers `json:"answers"`
	Parked      instrument.Answers `json:"parked,omitempty"`
	Seconds     map[string]int     `json:"seconds,omitempty"`
	Breaks      []string           `json:"breaks,omitempty"`
	StartedAt   string             `json:"started_at"`
	SubmittedAt string             `json:"submitted_at,omitempty"`
	ReceivedAt  string             `json:"received_at,omitempty"`
	DeletedOn   string             `json:"deleted_on,omitempty"` // when it will be, if it will
	State       State              `json:"state,omitempty"`
	Reasons     []string           `json:"reasons,omitempty"`
	Wave        string             `json:"wave,omitempty"`
	Score       *Score             `json:"score,omitempty"`
	Quality     *quality.Report    `json:"quality,omitempty"`
	Decision    *Decision          `json:"decision,omitempty"`
}

// Export gives what is held under a sitting's id; nil when nothing is. The caller
// has made sure whose it is.
func (p People) Export(ctx context.Context, sitting string) (data any, err error) {
	defer fault.Wrap(&err, "sitting.Export")
	id, err := ParseID(sitting)
	if err != nil {
		return nil, nil //nolint:nilerr // nothing is held under what is no id
	}
	d, err := p.s.sittings.Get(ctx, id)
	if fault.Is(err, fault.NotFound) || err == nil && d.Erased {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x := exported{ID: d.ID, Title: p.s.titleOf(d), Instrument: d.Instrument, Version: d.Version, Language: d.Language, Mode: d.Mode, Purpose: d.Purpose,
		Campaign: d.Campaign, Invitation: d.Invitation, Evidence: d.Evidence, Helper: d.Helper, Consent: d.Consent,
		Respondent: d.Respondent, Answers: d.Answers, Parked: d.Parked, Seconds: d.Spent, Breaks: d.Breaks,
		StartedAt: d.Started.String(), State: d.State, Reasons: d.Reasons, Wave: d.Wave, Score: d.Score, Quality: d.Quality, Decision: d.Decision}
	if d.Done() {
		x.SubmittedAt, x.ReceivedAt = d.Submitted.String(), d.Received.String()
	}
	if !d.Expires.IsZero() {
		x.DeletedOn = d.Expires.In(i18n.Kyiv).Format(time.DateOnly)
	}
	if x.Consent == nil {
		x.Consent = []string{}
	}
	if x.Answers == nil {
		x.Answers = instrument.Answers{}
	}
	return x, nil
}

// Erase removes a sitting for ever, as Service.Erase does, for the person it
// belongs to. One that is gone, or never was, is no error.
func (p People) Erase(ctx context.Context, sitting string) (err error) {
	defer fault.Wrap(&err, "sitting.Erase")
	id, err := ParseID(sitting)
	if err != nil {
		return nil //nolint:nilerr // nothing is held under what is no id
	}
	for range 5 {
		doc, err := p.s.sittings.Get(ctx, id)
		if fault.Is(err, fault.NotFound) || err == nil && doc.Erased {
			return nil
		}
		if err != nil {
			return err
		}
		if err = p.s.bury(ctx, doc); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// Summary is one line of a person's own list.
type Summary struct {
	ID         string
	Instrument string
	Title      i18n.Text
	Mode       Mode
	Purpose    Purpose
	Started    time.Time
	Submitted  time.Time // zero while it is unfinished
	State      State     // empty while it is unfinished
	Level      string    // the lower and the upper level of the range; empty without a score
	LevelHigh  string
	// Link opens the result page, or an unfinished sitting; empty when it cannot be
	// continued any more. It holds the key: show it to nobody but the person.
	Link string
}

// Summaries lists sittings by their ids, newest first; what is erased or unknown
// is left out. The caller has made sure that they are one person's: see
// person.Service.Sittings.
func (s *Service) Summaries(ctx context.Context, ids []string) (list []Summary, err error) {
	defer fault.Wrap(&err, "sitting.Summaries")
	docs, err := s.sittings.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		if d.Erased {
			continue
		}
		sum := Summary{ID: d.ID, Instrument: d.Instrument, Title: s.titleOf(d), Mode: d.Mode, Purpose: d.Purpose,
			Started: d.Started.Time, State: d.State}
		switch {
		case d.Done():
			sum.Submitted = d.Submitted.Time
			sum.Link = "/results/" + d.ID + "?key=" + s.locks.resultKey(d.ID)
			if d.Score != nil {
				sum.Level, sum.LevelHigh = d.Score.LevelLow, d.Score.LevelHigh
			}
		case d.Disposition == Draft && s.now().Before(d.Expires.Time):
			sum.Link = "/r/" + s.LinkKey(d.ID)
		}
		list = append(list, sum)
	}
	slices.SortStableFunc(list, func(a, b Summary) int { return b.Started.Compare(a.Started) })
	return list, nil
}

func (s *Service) titleOf(d *Sitting) i18n.Text {
	if pub, ok := s.catalogue.Version(d.Instrument, d.Version); ok {
		return pub.Title
	}
	return i18n.Text{}
}
