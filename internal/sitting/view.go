package sitting

import (
	"context"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
	"osvitlo/internal/store"
)

// View is a sitting as its own respondent may see it.
type View struct {
	Sitting    *Sitting // a copy of the stored state; of a sitting not begun yet, what will be stored
	Rev        int64    // revision to send with the next Answer; 0 before the first
	Instrument *instrument.Instrument
	Path       instrument.Path
	Next       string // first block of the path not left yet; empty when all are
	Left       int    // blocks of the path already left, pauses aside
	Total      int    // blocks of the path, pauses aside
	Adaptive   *Adaptive
	Code       Code // resume code; empty before the first answer and after the submit
}

// Value is the stored answer of an item block; the zero Value without one.
func (v *View) Value(block string) instrument.Value { return v.Sitting.Answers[block] }

// Respondent is the stored answer of a background block: an option id,
// "refused", or empty.
func (v *View) Respondent(block string) string { return v.Sitting.Respondent.Answers()[block] }

// WasLeft tells whether the person has passed the block, answered or not.
func (v *View) WasLeft(block string) bool { return v.Sitting.left(block) }

// Before is the block in front of this one on the path; empty at the start.
func (v *View) Before(block string) string {
	if i := v.Path.Index(block); i > 0 {
		return v.Path.Steps[i-1].ID()
	}
	return ""
}

// After is the block behind this one on the path; empty at the end.
func (v *View) After(block string) string {
	if i := v.Path.Index(block); i >= 0 && i+1 < len(v.Path.Steps) {
		return v.Path.Steps[i+1].ID()
	}
	return ""
}

// View opens a sitting. Errors: NotFound (no such sitting, or not opened by this
// access), Gone (erased, or left for more than 14 days).
func (s *Service) View(ctx context.Context, id string, a Access) (v *View, err error) {
	defer fault.Wrap(&err, "sitting.View")
	if doc := s.recent.get(strings.ToLower(id), s.now()); doc != nil && s.locks.admits(doc, a) {
		if in, err := s.instrument(doc.Instrument, doc.Version); err == nil {
			return s.shown(ctx, doc, in)
		}
	}
	doc, in, err := s.load(ctx, id, a)
	if err != nil {
		return nil, err
	}
	return s.shown(ctx, doc, in)
}

// shown is a sitting as it stands, if it may be shown now.
func (s *Service) shown(ctx context.Context, doc *Sitting, in *instrument.Instrument) (*View, error) {
	if err := s.watched(ctx, doc); err != nil {
		return nil, err
	}
	return s.view(doc, in), nil
}

// watched asks whether a sitting for a certificate may go on now.
func (s *Service) watched(ctx context.Context, doc *Sitting) error {
	if doc.Purpose != PurposeCertificate || doc.Done() || s.cfg.Watch == nil {
		return nil
	}
	return s.cfg.Watch(ctx, doc.ID)
}

// Reopen seals the way into a stored sitting anew, for somebody of whom the caller
// knows that it is theirs. Errors: NotFound, Gone (erased, or left for too long).
func (s *Service) Reopen(ctx context.Context, id string) (sealed string, err error) {
	defer fault.Wrap(&err, "sitting.Reopen")
	id, err = ParseID(id)
	if err != nil {
		return "", fault.New(fault.NotFound, "sitting.no_such_sitting")
	}
	if sealed, err = s.locks.close(token{ID: id}); err != nil {
		return "", err
	}
	if _, _, err = s.load(ctx, id, Access{Token: sealed}); err != nil {
		return "", err
	}
	return sealed, nil
}

// load reads the stored sitting, or makes the one the token describes.
func (s *Service) load(ctx context.Context, id string, a Access) (*Sitting, *instrument.Instrument, error) {
	missing := fault.New(fault.NotFound, "sitting.no_such_sitting")
	id, err := ParseID(id)
	if err != nil {
		return nil, nil, missing
	}
	doc, err := s.sittings.Get(ctx, id)
	switch {
	case fault.Is(err, fault.NotFound):
		t, ok := s.locks.open(a.Token)
		if !ok || t.ID != id || t.Instrument == "" || s.now().Sub(time.UnixMilli(t.Started)) > DraftLife {
			return nil, nil, missing
		}
		doc = &Sitting{Doc: store.Doc{ID: id}, Instrument: t.Instrument, Version: t.Version, Language: t.Language,
			Mode: t.Mode, Helper: t.Helper, Purpose: t.Purpose, Consent: t.Consent, Campaign: t.Campaign, Invitation: t.Invitation,
			Started: store.At(time.UnixMilli(t.Started)), Method: scoring.Method, Bank: t.Bank}
	case err != nil:
		return nil, nil, err
	case doc.Erased:
		return nil, nil, fault.New(fault.Gone, "")
	case !s.locks.admits(doc, a):
		return nil, nil, missing
	case doc.Disposition == BreakOff, doc.Disposition == Draft && !s.now().Before(doc.Expires.Time):
		return nil, nil, fault.New(fault.Gone, "sitting.expired")
	}
	in, err := s.instrument(doc.Instrument, doc.Version)
	if err != nil {
		return nil, nil, err
	}
	return doc, in, s.attach(ctx, doc, in)
}

func (s *Service) instrument(slug string, version int) (*instrument.Instrument, error) {
	pub, ok := s.catalogue.Version(slug, version)
	if !ok {
		return nil, fault.Newf(fault.Unavailable, "", "instrument %s@%d is not loaded", slug, version)
	}
	return pub.Instrument, nil
}

func (s *Service) view(doc *Sitting, in *instrument.Instrument) *View {
	v := &View{Sitting: doc, Rev: doc.Rev, Instrument: in, Path: doc.path(in)}
	for _, st := range v.Path.Steps {
		left := doc.left(st.ID())
		if v.Next == "" && !left {
			v.Next = st.ID()
		}
		if st.Block.Pause != "" {
			continue
		}
		v.Total++
		if left {
			v.Left++
		}
	}
	if v.Adaptive = doc.adaptive(); v.Adaptive != nil && !v.Adaptive.Over {
		v.Total += max(v.Adaptive.Usual[1]-v.Adaptive.Given-1, 0) // what is still to come
	}
	if doc.Rev > 0 && !doc.Done() {
		v.Code = s.locks.resumeCode(doc.ID, doc.CodeTry)
	}
	return v
}
