package sitting

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/store"
)

// DraftLife is how long a sitting can be continued, counted from its first answer.
const DraftLife = 14 * 24 * time.Hour

// breakAfter is the time on one screen from which it counts as a break: it is
// marked and not used (USERS 12).
const breakAfter = 15 * time.Minute

// StartRequest is what a person agrees to before the first block.
type StartRequest struct {
	Instrument string
	Language   string  // uk or en
	Purpose    Purpose // empty means measurement
	Consent    []string
	Campaign   string
	Invitation string
	// Mode is how the answers come; empty is by oneself. Another needs the Helper who
	// enters them.
	Mode   Mode
	Helper *Helper
}

// Started names a sitting of which nothing is stored yet.
type Started struct {
	ID    string
	Token string // for an HttpOnly cookie: opens the sitting, and carries the draft until the first answer
}

// Start begins a sitting on the current version and stores nothing: the first
// Answer does. Errors: NotFound (no such instrument), Invalid, Forbidden (a mode that
// the helper may not enter).
func (s *Service) Start(ctx context.Context, q StartRequest) (st Started, err error) {
	defer fault.Wrap(&err, "sitting.Start")
	pub, ok := s.catalogue.Current(q.Instrument)
	if !ok {
		return st, fault.New(fault.NotFound, "sitting.no_such_instrument")
	}
	if q.Purpose == "" {
		q.Purpose = PurposeMeasurement
	}
	r := reader{}
	if q.Mode == "" {
		q.Mode = ModeSelf
	}
	if !q.Helper.Allows(q.Mode) {
		return st, fault.New(fault.Forbidden, "sitting.token_other_mode")
	}
	if !i18n.Known(q.Language) {
		r.fail("/language", "json.choice", nil)
	}
	if !known([]string{string(PurposeMeasurement), string(PurposePractice)}, string(q.Purpose)) {
		r.fail("/purpose", "json.choice", nil)
	}
	s.checkTerms(&r, q.Consent, q.Campaign)
	ticket, err := s.invite(ctx, &r, pub.Instrument, q.Invitation)
	if err != nil {
		return st, err
	}
	if len(r.faults) > 0 {
		return st, fault.InvalidFields(r.faults...)
	}
	bank := ""
	if block, ok := pub.Adaptive(); ok {
		if s.Closed(pub.Instrument) == ClosedApproval {
			return st, fault.New(fault.Forbidden, "sitting.not_approved")
		}
		if block.Block.Adaptive == Certificate {
			q.Purpose = PurposeCertificate
		}
		b, err := s.bankNow(ctx, block.Block.Adaptive)
		if err != nil {
			return st, err
		}
		bank = b.id
	}
	id, err := uuid.NewV7()
	if err != nil {
		return st, err
	}
	t := token{ID: id.String(), Instrument: pub.Slug, Version: pub.Version, Language: q.Language, Mode: q.Mode, Helper: q.Helper,
		Purpose: q.Purpose, Consent: q.Consent, Campaign: q.Campaign, Invitation: ticket.Key, Started: s.now().UnixMilli(), Bank: bank}
	st.ID = t.ID
	st.Token, err = s.locks.close(t)
	return st, err
}

// Given is one answered screen.
type Given struct {
	Rev   int64            // View.Rev of the page it was answered on
	Block string           // id of the block
	Value instrument.Value // item: its answer, zero when skipped; background: Word of an option, Refused, or zero
	Spent time.Duration    // on the screen; 0 when not known
	Stop  bool             // pause only: stop here and see the result
}

// Answer stores one screen and returns the state after it, whose Next is where
// to go. The first one creates the sitting.
//
// A page that is older than the stored state is a Conflict and changes nothing;
// the View is then the stored state, to be shown beside what was typed. The same
// answer sent twice is no conflict. Errors besides: NotFound, Gone, Invalid
// (pointer relative to the value), Conflict for a finished sitting.
func (s *Service) Answer(ctx context.Context, id string, a Access, g Given) (v *View, err error) {
	defer fault.Wrap(&err, "sitting.Answer")
	for range 3 {
		doc, in, err := s.load(ctx, id, a)
		if err != nil {
			return nil, err
		}
		if doc.Done() {
			return s.view(doc, in), fault.New(fault.Conflict, "sitting.finished")
		}
		if err := s.watched(ctx, doc); err != nil {
			return nil, err
		}
		v := s.view(doc, in)
		step, err := doc.step(in, g.Block)
		if err != nil {
			return nil, err
		}
		if doc.Rev != g.Rev || doc.given(g.Block) {
			if doc.left(g.Block) && doc.same(step, g) {
				return v, nil
			}
			if doc.Rev == g.Rev {
				return v, fault.New(fault.Conflict, "sitting.answer_stands")
			}
			return v, fault.New(fault.Conflict, "sitting.elsewhere")
		}
		at := v.Path.Index(g.Block)
		if at < 0 {
			return v, fault.New(fault.Conflict, "sitting.off_path")
		}
		if f := check(v.Path.Steps[at], g); f != nil {
			return v, fault.InvalidFields(*f)
		}
		if !doc.apply(step, g) {
			return nil, fault.Newf(fault.Internal, "", "no place for the background question %q", g.Block)
		}
		if err := doc.log(g.Block); err != nil {
			return nil, err
		}
		if in, err = s.route(ctx, doc, in); err != nil {
			return nil, err
		}
		err = s.keep(ctx, doc)
		if fault.Is(err, fault.Conflict) {
			continue // somebody was faster: look at what is stored now
		}
		if err != nil {
			return nil, err
		}
		s.recent.put(doc, s.now())
		return s.view(doc, in), nil
	}
	return nil, fault.New(fault.Unavailable, "")
}

// check tells what is wrong with an answered screen.
func check(st instrument.Step, g Given) *fault.Field {
	switch {
	case st.Item != nil:
		if st.Required && g.Value.IsZero() {
			return &fault.Field{Key: "answer.required"}
		}
		return st.Item.Check(g.Value)
	case st.Question != nil:
		if g.Value.IsZero() {
			return nil
		}
		return st.Question.Check(word(g.Value))
	}
	return nil
}

// word is the answer of a background question as it is stored.
func word(v instrument.Value) string {
	if v.IsRefused() {
		return Refused
	}
	w, _ := v.Word()
	return w
}

// same tells whether the screen is stored as given.
func (s *Sitting) same(step instrument.Step, g Given) bool {
	switch {
	case step.Item != nil:
		return s.Answers[g.Block].Equal(g.Value)
	case step.Question != nil:
		return s.Respondent.Answers()[g.Block] == word(g.Value)
	}
	return s.Stopped == g.Stop
}

// apply puts a checked screen into the document.
func (s *Sitting) apply(step instrument.Step, g Given) bool {
	switch {
	case step.Item != nil && g.Value.IsZero():
		delete(s.Answers, g.Block)
	case step.Item != nil:
		if s.Answers == nil {
			s.Answers = instrument.Answers{}
		}
		s.Answers[g.Block] = g.Value
	case step.Question != nil:
		if !s.Respondent.set(g.Block, word(g.Value)) {
			return false
		}
	default:
		s.Stopped = g.Stop
	}
	if s.Spent == nil {
		s.Spent = map[string]int{}
	}
	spent := max(g.Spent, 0)
	if spent >= breakAfter {
		spent = 0
		if !slices.Contains(s.Breaks, g.Block) {
			s.Breaks = append(s.Breaks, g.Block)
		}
	}
	s.Spent[g.Block] += int(spent.Round(time.Second) / time.Second)
	return true
}

// route follows a rule that leads to another instrument, or back from it, and
// drops the answers that fell off the path.
func (s *Service) route(ctx context.Context, doc *Sitting, in *instrument.Instrument) (*instrument.Instrument, error) {
	if doc.Switched != "" {
		first, err := s.instrument(doc.Switched, doc.SwitchedVersion)
		if err != nil {
			return nil, err
		}
		if first.Path(doc.Parked, doc.Respondent.Answers()).SwitchTo != in.Slug {
			doc.Answers, doc.Parked = doc.Parked, nil
			doc.Instrument, doc.Version = first.Slug, first.Version
			doc.Switched, doc.SwitchedVersion = "", 0
			in = first
			if err := s.attach(ctx, doc, in); err != nil {
				return nil, err
			}
		}
	}
	// the stop leaves answers behind it alone: the person may still go on
	p := doc.walk(in, doc.Respondent.Answers())
	if p.SwitchTo != "" {
		other, ok := s.catalogue.Current(p.SwitchTo)
		if !ok || doc.Switched != "" {
			return nil, fault.Newf(fault.Unavailable, "", "%s leads to %q", in.Name(), p.SwitchTo)
		}
		doc.Switched, doc.SwitchedVersion = in.Slug, in.Version
		doc.Parked, doc.Answers = doc.Answers, nil
		doc.Instrument, doc.Version = other.Slug, other.Version
		doc.way = nil
		in, p = other.Instrument, other.Path(doc.Answers, doc.Respondent.Answers())
	}
	doc.drop(p)
	return in, nil
}

// keep writes a draft. A crash between the code's claim and the document leaves
// a claim that opens nothing and expires.
func (s *Service) keep(ctx context.Context, doc *Sitting) error {
	if doc.Rev > 0 {
		return s.sittings.Replace(ctx, doc)
	}
	if err := s.bound(ctx, doc); err != nil {
		return err
	}
	now := s.now()
	if err := s.limit(doc.Helper, doc.ID, now); err != nil {
		return err
	}
	doc.KeyHash = hashOf(s.locks.resultKey(doc.ID))
	doc.Expires = store.At(now.Add(DraftLife))
	if err := s.claimCode(ctx, doc, now); err != nil {
		return err
	}
	return s.sittings.Insert(ctx, doc)
}

// Submit ends a sitting for good. Submitting it again answers the same. device is
// the value of the device cookie, empty without one. Errors: those of View;
// Invalid names the required items that lack an answer.
func (s *Service) Submit(ctx context.Context, id string, a Access, device string) (out *Outcome, err error) {
	defer fault.Wrap(&err, "sitting.Submit")
	for range 3 {
		doc, in, err := s.load(ctx, id, a)
		if err != nil {
			return nil, err
		}
		if doc.Done() {
			return s.outcome(doc, false), nil
		}
		if doc.Rev == 0 {
			return nil, fault.New(fault.NotFound, "sitting.nothing_answered")
		}
		if err := s.watched(ctx, doc); err != nil {
			return nil, err
		}
		var lacks []fault.Field
		path := s.finalPath(doc, in)
		for _, st := range path.Steps {
			if st.Required && st.Item != nil && doc.Answers[st.Item.ID].IsZero() {
				lacks = append(lacks, fault.Field{Pointer: st.Item.ID, Key: "answer.required"})
			}
		}
		if len(lacks) > 0 {
			return nil, fault.InvalidFields(lacks...)
		}
		now := s.now()
		doc.Submitted = store.At(now)
		if err := s.finish(ctx, doc, in, path, device, now); err != nil {
			return nil, err
		}
		s.recent.drop(doc.ID, s.now())
		err = s.sittings.Replace(ctx, doc)
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return s.outcome(doc, false), nil
	}
	return nil, fault.New(fault.Unavailable, "")
}

// Result opens a submitted sitting. Errors: NotFound (also for one not submitted
// yet), Gone.
func (s *Service) Result(ctx context.Context, id string, a Access) (out *Outcome, err error) {
	defer fault.Wrap(&err, "sitting.Result")
	doc, _, err := s.load(ctx, id, a)
	if err != nil {
		return nil, err
	}
	if !doc.Done() {
		return nil, fault.New(fault.NotFound, "sitting.not_finished")
	}
	out = s.outcome(doc, false)
	out.Given = doc.items()
	return out, nil
}
