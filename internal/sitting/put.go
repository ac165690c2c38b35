package sitting

import (
	"context"
	"slices"
	"strconv"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/store"
)

// Outcome is what became of a submitted sitting.
type Outcome struct {
	Sitting *Sitting
	Key     string // the result key; show it only to who submitted or opened the sitting
	Created bool   // false for a replay of the same content
	// Given are the items of an adaptive part in their order; only Result fills them.
	Given []*instrument.Item
}

// Put takes a whole sitting under an id of the sender's making. decodeErr is what
// Decode said: it is answered only if the id is new.
//
// Errors: Invalid (a pointer per fault), Forbidden (a mode that needs a token, or
// another one), TooMany (the token's hour is full; with Seconds), Conflict (other
// content is stored), Gone (erased, for ever).
func (s *Service) Put(ctx context.Context, id string, sub *Submission, decodeErr error, from From) (out *Outcome, err error) {
	defer fault.Wrap(&err, "sitting.Put")
	now := s.now()
	doc, in, path, err := s.assemble(ctx, id, sub, decodeErr, from, now)
	if err != nil {
		// The content cannot be taken any more; perhaps it was taken once.
		old, gerr := s.sittings.Get(ctx, id)
		switch {
		case gerr != nil && !fault.Is(gerr, fault.NotFound):
			return nil, gerr
		case gerr == nil && old.Erased:
			return nil, fault.New(fault.Gone, "")
		case gerr == nil && sub != nil && old.Done() && old.BodyHash == sub.BodyHash:
			return s.outcome(old, false), nil
		}
		return nil, err
	}
	if from != (From{}) || s.cfg.Guarded {
		// A replay must not claim a device again or be counted twice at the door.
		if out, err := s.replay(ctx, id, sub.BodyHash); err == nil || !fault.Is(err, fault.NotFound) {
			return out, err
		}
	}
	if err := s.limit(from.Helper, id, now); err != nil {
		return nil, err
	}
	if err := s.bound(ctx, doc); err != nil {
		return nil, err
	}
	if err := s.finish(ctx, doc, in, path, from.Device, now); err != nil {
		return nil, err
	}
	err = s.sittings.Insert(ctx, doc)
	if fault.Is(err, fault.Conflict) {
		return s.replay(ctx, id, sub.BodyHash)
	}
	if err != nil {
		return nil, err
	}
	return s.outcome(doc, true), nil
}

// replay answers a Put whose id is taken.
func (s *Service) replay(ctx context.Context, id, bodyHash string) (*Outcome, error) {
	old, err := s.sittings.Get(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case old.Erased:
		return nil, fault.New(fault.Gone, "")
	case old.BodyHash != bodyHash:
		return nil, fault.New(fault.Conflict, "sitting.other_content")
	}
	return s.outcome(old, false), nil
}

func (s *Service) outcome(doc *Sitting, created bool) *Outcome {
	return &Outcome{Sitting: doc, Key: s.locks.resultKey(doc.ID), Created: created}
}

// assemble checks a submission against the instrument and makes the document.
func (s *Service) assemble(ctx context.Context, id string, sub *Submission, decodeErr error, from From, now time.Time) (*Sitting, *instrument.Instrument, instrument.Path, error) {
	none := instrument.Path{}
	r := reader{}
	if decodeErr != nil {
		f := fault.As(decodeErr)
		if sub == nil || f.Kind != fault.Invalid {
			return nil, nil, none, decodeErr
		}
		// The rest is looked at all the same: the sender learns every fault at once.
		r.faults = slices.Clip(f.Fields)
	} else if !from.Helper.Allows(sub.Mode) {
		if from.Helper == nil {
			return nil, nil, none, fault.New(fault.Forbidden, "sitting.mode_needs_token")
		}
		return nil, nil, none, fault.New(fault.Forbidden, "sitting.token_other_mode")
	}
	pub, ok := s.catalogue.Version(sub.Instrument, sub.Version)
	switch {
	case sub.Instrument == "": // named already
	case ok && !pub.Accepts(now):
		r.fail("/version", "sitting.retired", nil)
	case ok:
		if _, adaptive := pub.Adaptive(); adaptive {
			r.fail("/instrument", "sitting.adaptive_online", nil)
		}
	case len(s.catalogue.Versions(sub.Instrument)) == 0:
		r.fail("/instrument", "sitting.no_such_instrument", nil)
	case sub.Version > 0:
		r.fail("/version", "sitting.no_such_version", nil)
	}
	if sub.Submitted.After(now.Add(maxAhead)) {
		r.fail("/submitted_at", "time.future", nil)
	}
	s.checkTerms(&r, sub.Consent, sub.Campaign)
	if d := sub.Respondent.District; d != "" && !known(s.cfg.Districts, d) {
		r.fail("/respondent/district", "json.choice", nil)
	}
	if !ok {
		return nil, nil, none, fault.InvalidFields(r.faults...)
	}
	ticket, err := s.invite(ctx, &r, pub.Instrument, sub.Invitation)
	if err != nil {
		return nil, nil, none, err
	}
	doc := &Sitting{Doc: store.Doc{ID: id}, Instrument: pub.Slug, Version: pub.Version,
		Language: sub.Language, Mode: sub.Mode, Purpose: sub.Purpose, Campaign: sub.Campaign,
		Invitation: ticket.Key, Consent: sub.Consent, Respondent: sub.Respondent,
		Started: store.At(sub.Started), Submitted: store.At(sub.Submitted), BodyHash: sub.BodyHash,
		Helper: from.Helper, Account: s.locks.accountHash(from.Account)}
	doc.Answers = r.answers(pub.Instrument, sub.answers)
	path := s.finalPath(doc, pub.Instrument)
	for _, st := range path.Steps {
		if st.Required && st.Item != nil && doc.Answers[st.Item.ID].IsZero() && !sub.gives(st.Item.ID) {
			r.fail("/answers/"+st.Item.ID, "answer.required", nil)
		}
	}
	if len(r.faults) > 0 {
		return nil, nil, none, fault.InvalidFields(r.faults...)
	}
	return doc, pub.Instrument, path, nil
}

// checkTerms checks what a sitting is taken under.
func (s *Service) checkTerms(r *reader, consent []string, campaign string) {
	for i, c := range consent {
		if c != "" && !known(s.cfg.Consents, c) { // empty: named already
			r.fail("/consent/"+strconv.Itoa(i), "json.choice", nil)
		}
	}
	if campaign != "" && !s.waves.KnowsCampaign(campaign) {
		r.fail("/campaign", "sitting.no_such_campaign", nil)
	}
}
