package sitting

import (
	"context"
	"encoding/hex"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
)

// Reasons of a state, in the answers of the API and on the result page.
const (
	ReasonNoAnswers   = "no_answers"       // excluded: nothing was answered
	ReasonUnder14     = "under_14"         // excluded
	ReasonElsewhere   = "elsewhere"        // excluded: lives outside the community
	ReasonLivesUnsaid = "lives_not_said"   // excluded: we do not know whether the person lives here
	ReasonIncomplete  = "incomplete"       // excluded: an area is not known, so there is no overall
	ReasonUsesNet     = "uses_internet"    // excluded: the short form is for people without the internet
	ReasonDuplicate   = "duplicate_device" // excluded: this device has a sitting in the wave
	ReasonSecond      = "second_sitting"   // excluded: this person has a sitting in the wave
	ReasonRejected    = "rejected"         // excluded by an analyst
	ReasonNoWave      = "no_wave"          // practice: no wave took it
	ReasonPurpose     = "purpose"          // practice: not taken for measurement
	// ReasonUncalibrated is practice too: an adaptive test whose items are provisional (ADR 012).
	ReasonUncalibrated = "uncalibrated"
	ReasonNoConsent    = "no_consent" // not consented: no consent to statistics
	ReasonNoSex        = "no_sex"     // unweightable
	ReasonNoAge        = "no_age"     // unweightable
	ReasonAdmission    = "admission"  // held: more open sittings this hour than usual
)

// Keep is how long a sitting without consent to statistics is kept.
const Keep = 30 * 24 * time.Hour

// finish makes a submitted sitting out of doc: score, wave, state, and the entry
// for the cells. in is its instrument and p its final path. It claims the device,
// if one is named, and writes nothing else; the caller stores the document.
func (s *Service) finish(ctx context.Context, doc *Sitting, in *instrument.Instrument, p instrument.Path, device string, received time.Time) error {
	for _, id := range p.OffPath {
		delete(doc.Answers, id)
		delete(doc.Spent, id)
	}
	if doc.way == nil { // led away from its adaptive part, which is dropped with its answers
		doc.Bank, doc.Log = "", nil
	}
	doc.Parked, doc.Switched, doc.SwitchedVersion = nil, "", 0
	doc.Role, doc.Hash = Role(in.Role), in.Hash
	doc.Received = store.At(received)
	doc.KeyHash = hashOf(s.locks.resultKey(doc.ID))
	if doc.Evidence == "" {
		doc.Evidence = doc.evidence()
	}
	doc.Expires = store.Time{}
	var err error
	if doc.Score, err = s.score(in, doc, p); err != nil {
		return err
	}
	doc.Method = scoring.Method
	doc.Disposition = Complete
	if doc.Score.Form == FormStopped {
		doc.Disposition = Partial
	}
	doc.State, doc.Reasons = "", nil
	doc.Wave, doc.Late, doc.Device = "", false, ""
	if err := s.judge(ctx, doc, device, received); err != nil {
		return err
	}
	if err := s.points(ctx, doc, p); err != nil {
		return err
	}
	s.look(doc, in, p, received)
	s.stamp(doc, received)
	return nil
}

// finalPath is the path of a finished sitting. A rule that leads to another
// instrument does not undo a sitting that was taken to its end on this one.
func (s *Service) finalPath(doc *Sitting, in *instrument.Instrument) instrument.Path {
	p := doc.path(in)
	if p.SwitchTo != "" {
		r := doc.Respondent.Answers()
		delete(r, AskInternet)
		if p = doc.walk(in, r); p.SwitchTo != "" {
			p = doc.walk(in, nil)
		}
	}
	return p
}

// corrected gives the span of a sitting by the server's clock: a device that is
// ahead is set back, so that nothing ends after it was received.
func corrected(started, submitted, received time.Time) (time.Time, time.Time) {
	if ahead := submitted.Sub(received); ahead > 0 {
		return started.Add(-ahead), received
	}
	return started, submitted
}

// judge decides state and reasons.
func (s *Service) judge(ctx context.Context, doc *Sitting, device string, received time.Time) error {
	switch {
	case doc.Role == RoleRound: // its round has what it needs; the answers themselves go after a while
		// and nothing leads from them to whoever happens to be signed in
		doc.State, doc.Expires, doc.Account = Counted, store.At(received.Add(Keep)), ""
		return nil
	case !doc.Consents(ConsentStatistics):
		doc.State, doc.Reasons = NotConsented, []string{ReasonNoConsent}
		doc.Expires = store.At(received.Add(Keep))
		return nil
	case doc.Purpose != PurposeMeasurement:
		doc.State, doc.Reasons = Practice, []string{ReasonPurpose}
		return nil
	case doc.way != nil && !doc.way.bank.calibrated:
		doc.State, doc.Reasons = Practice, []string{ReasonUncalibrated}
		return nil
	}
	started, ended := corrected(doc.Started.Time, doc.Submitted.Time, received)
	w, late, ok := s.waves.Place(survey.Placement{Instrument: doc.Instrument, Campaign: doc.Campaign,
		Started: started, Ended: ended, Received: received})
	if !ok {
		doc.State, doc.Reasons = Practice, []string{ReasonNoWave}
		return nil
	}
	doc.Wave, doc.Late = w.ID, late
	if reason := unfit(doc); reason != "" {
		doc.State, doc.Reasons = Excluded, []string{reason}
		return nil
	}
	if kind, value := claimed(doc, device); kind != "" {
		taken, err := s.claim(ctx, doc, w, kind, value, received)
		if err != nil {
			return err
		}
		if taken {
			doc.State, doc.Reasons = Excluded, []string{ReasonDuplicate}
			if kind == claimAccount {
				doc.Reasons[0] = ReasonSecond
			}
			return nil
		}
	}
	doc.State, doc.Reasons = weighable(doc)
	if s.cfg.Guarded && doc.Evidence == EvidenceOpen {
		if err := s.admission.follow(ctx); err != nil {
			return err
		}
		if !s.admission.admit(doc.Instrument, doc.ID, received) {
			doc.State, doc.Reasons = Held, []string{ReasonAdmission}
		}
	}
	return nil
}

// unfit tells why a sitting never counts; empty when it may.
func unfit(doc *Sitting) string {
	switch {
	case len(doc.Answers) == 0:
		return ReasonNoAnswers
	case doc.Role == RoleTest && doc.Score.Form == FormNone:
		return ReasonNoAnswers // only the background items were answered
	case doc.Respondent.AgeGroup == AgeUnder14:
		return ReasonUnder14
	case doc.Respondent.Lives == LivesElsewhere || doc.Respondent.Lives == LivesAbroad:
		return ReasonElsewhere
	case doc.Respondent.Lives != LivesCommunity:
		return ReasonLivesUnsaid
	case doc.Role == RoleTest && doc.Score.Overall == nil:
		return ReasonIncomplete
	case doc.Role == RoleOffline && doc.Respondent.Internet != InternetNo:
		return ReasonUsesNet
	}
	return ""
}

// weighable is the state of a sitting that counts.
func weighable(doc *Sitting) (State, []string) {
	var reasons []string
	if doc.Respondent.Sex == "" {
		reasons = append(reasons, ReasonNoSex)
	}
	if doc.Respondent.AgeGroup == "" {
		reasons = append(reasons, ReasonNoAge)
	}
	if len(reasons) > 0 {
		return Unweightable, reasons
	}
	return Counted, nil
}

// stamp gives the document its place in the stream of the cells. What was taken
// for practice or without consent to statistics never enters it.
func (s *Service) stamp(doc *Sitting, now time.Time) {
	if doc.State == NotConsented || doc.State == Practice || doc.Role == RoleRound {
		doc.Seq, doc.Tally = 0, ""
		return
	}
	doc.Seq = s.seq.next(now)
	doc.Tally = Tally{Now: s.row(doc)}.Format()
}

// claimSlack is how long a device's claim stands although its sitting is not
// stored: the write may be under way.
const claimSlack = time.Minute

// The kinds of claims that keep one measurement per person or device and wave.
const (
	claimDevice  = "device"
	claimAccount = "account"
)

// claimed tells what a sitting must be the only one of in its wave: the account it
// was taken under, else the device. Under a venue's or operator's token neither is
// asked: a class shares its computers, and twenty people one tablet (USERS 7).
func claimed(doc *Sitting, device string) (kind, value string) {
	switch {
	case doc.Helper != nil || doc.Mode != ModeSelf:
		return "", ""
	case doc.Account != "":
		return claimAccount, doc.Account
	case device != "":
		return claimDevice, device
	}
	return "", ""
}

// claim claims the device or account in the wave and role. A claim whose sitting
// was erased or never stored (a crash in between) is taken over.
func (s *Service) claim(ctx context.Context, doc *Sitting, w *survey.Wave, kind, value string, now time.Time) (taken bool, err error) {
	hash := hex.EncodeToString(mac(s.locks.device, value)[:16])
	c := &Claim{Doc: store.Doc{ID: kind + ":" + w.ID + ":" + string(doc.Role) + ":" + hash}, Sitting: doc.ID,
		Made: store.At(now), Expires: store.At(w.Closes.Add(2 * survey.Grace))}
	doc.Device = c.ID
	err = s.claims.Insert(ctx, c)
	if !fault.Is(err, fault.Conflict) {
		return false, err
	}
	held, err := s.claims.Get(ctx, c.ID)
	if err != nil {
		if fault.Is(err, fault.NotFound) { // given back just now
			return s.claim(ctx, doc, w, kind, value, now)
		}
		return false, err
	}
	if held.Sitting == doc.ID {
		return false, nil
	}
	first, err := s.sittings.Get(ctx, held.Sitting)
	switch {
	case err == nil && !first.Erased:
		return true, nil
	case err != nil && !fault.Is(err, fault.NotFound):
		return false, err
	case err != nil && now.Sub(held.Made.Time) < claimSlack:
		return true, nil
	}
	held.Sitting, held.Made = doc.ID, store.At(now)
	err = s.claims.Replace(ctx, held)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return true, nil // another one took it over first
	}
	return false, err
}
