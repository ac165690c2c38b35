package sitting

import (
	"context"
	"slices"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

// An adaptive part is one block of an instrument. On the path of a sitting it stands
// as the items that were given, in their order, and the one to be answered now. What
// comes next hangs on the sitting's id, its bank and its log alone, so a reload, a
// second window and another server show the same item.

// way is where a sitting stands in its adaptive part. It is derived, not stored.
type way struct {
	bank *bank
	test *adaptive.Test // nil once the sitting is handed in
}

// attach derives the adaptive part of a sitting that was just read.
func (s *Service) attach(ctx context.Context, doc *Sitting, in *instrument.Instrument) error {
	if _, ok := in.Adaptive(); !ok || doc.Bank == "" {
		return nil
	}
	b, err := s.bank(ctx, doc.Bank)
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	doc.way = &way{bank: b}
	if doc.Done() {
		return nil
	}
	if doc.way.test, err = adaptive.Resume(b.Bank, b.rule, adaptive.Seed(doc.ID), "", doc.Log); err != nil {
		return fault.From(err, fault.Internal, "")
	}
	return nil
}

// expand puts the given items into a path in the place of the adaptive block.
func (s *Sitting) expand(in *instrument.Instrument, p instrument.Path) instrument.Path {
	block, ok := in.Adaptive()
	if !ok || s.way == nil {
		return p
	}
	at := p.Index(block.ID())
	if at < 0 { // a rule leads elsewhere; what was given stays as it is
		p.OffPath = slices.DeleteFunc(p.OffPath, s.given)
		return p
	}
	var steps []instrument.Step
	add := func(id string) {
		if it := s.way.bank.items[id]; it != nil {
			steps = append(steps, instrument.Step{Section: block.Section, Item: it, Required: true,
				Block: instrument.Block{Item: id, ItemVersion: it.Version}})
		}
	}
	for _, l := range s.Log {
		add(l.Item)
	}
	if s.way.test != nil {
		if id, ok := s.way.test.Next(); ok {
			add(id)
		}
	}
	p.Steps = slices.Concat(p.Steps[:at], steps, p.Steps[at+1:])
	p.OffPath = slices.DeleteFunc(p.OffPath, s.given)
	return p
}

// given tells whether an item was given by the adaptive part.
func (s *Sitting) given(id string) bool {
	return slices.ContainsFunc(s.Log, func(l adaptive.Step) bool { return l.Item == id })
}

// walk is the path of this sitting under background answers.
func (s *Sitting) walk(in *instrument.Instrument, r instrument.Respondent) instrument.Path {
	return s.expand(in, in.Path(s.Answers, r))
}

// step finds a block of the instrument or of the adaptive part. Errors: NotFound.
func (s *Sitting) step(in *instrument.Instrument, block string) (instrument.Step, error) {
	if s.way != nil {
		if it := s.way.bank.items[block]; it != nil {
			return instrument.Step{Item: it, Required: true, Block: instrument.Block{Item: it.ID, ItemVersion: it.Version}}, nil
		}
	}
	return in.Block(block)
}

// log enters the answer of the item that was to be answered.
func (s *Sitting) log(block string) error {
	if s.way == nil || s.way.test == nil || s.way.bank.items[block] == nil {
		return nil
	}
	score, _, _ := s.way.bank.items[block].Score(s.Answers[block])
	if err := s.way.test.Answer(block, score); err != nil {
		return fault.From(err, fault.Internal, "")
	}
	s.Log = slices.Clone(s.way.test.Log())
	return nil
}

// Closed tells why an instrument cannot be begun on the site: "" if it can,
// ClosedApproval for a certificate that the city's methodologist has not approved
// («апробовано», USERS 13), ClosedPool where there are no items to choose from.
func (s *Service) Closed(in *instrument.Instrument) string {
	st, ok := in.Adaptive()
	switch {
	case !ok:
		return ""
	case st.Block.Adaptive == Certificate && (s.cfg.Approved == nil || !s.cfg.Approved(in.Slug, in.Version)):
		return ClosedApproval
	case s.cfg.Pool == nil:
		return ClosedPool
	}
	return ""
}

// Counts tells whether sittings that begin now can enter the index: not those of an
// adaptive part whose bank is provisional (ADR 012).
func (s *Service) Counts(in *instrument.Instrument) bool {
	st, ok := in.Adaptive()
	if !ok {
		return true
	}
	if s.cfg.Pool == nil {
		return false
	}
	items, version := s.cfg.Pool.Pool(s.now())
	if b := s.banks.fresh(st.Block.Adaptive, version); b != nil {
		return b.calibrated
	}
	_, _, calibrated, err := s.chosen(items)
	return err == nil && calibrated
}

// Reasons why an instrument cannot be begun.
const (
	ClosedApproval = "approval"
	ClosedPool     = "pool"
)

// Adaptive is how far an adaptive part has come.
type Adaptive struct {
	Given int    // items answered
	Usual [2]int // how many most people get
	Over  bool   // no further item comes
	Now   string // the item to be answered; empty when over
}

// Fixed tells whether an answer stands for good: what comes next was chosen by it.
func (v *View) Fixed(block string) bool { return v.Sitting.given(block) }

// Step finds a block of this sitting. Errors: NotFound.
func (v *View) Step(block string) (instrument.Step, error) {
	return v.Sitting.step(v.Instrument, block)
}

// BankItem finds an item of a bank that is in memory, nil if it is not there: for
// reading a form without asking the store. Answer checks everything again.
func (s *Service) BankItem(bank, id string) *instrument.Item {
	if b := s.banks.find(bank); b != nil {
		return b.items[id]
	}
	return nil
}

// adaptive describes the adaptive part; nil without one.
func (s *Sitting) adaptive() *Adaptive {
	if s.way == nil {
		return nil
	}
	a := &Adaptive{Given: len(s.Log), Usual: s.way.bank.usual, Over: true}
	if s.way.test != nil {
		id, ok := s.way.test.Next()
		a.Now, a.Over = id, !ok
	}
	return a
}

// items are those of the adaptive part in the order they were given.
func (s *Sitting) items() (out []*instrument.Item) {
	if s.way == nil {
		return nil
	}
	for _, l := range s.Log {
		if it := s.way.bank.items[l.Item]; it != nil {
			out = append(out, it)
		}
	}
	return out
}

// Replay goes a sitting's way again, step by step, and holds every figure of its log
// against what its bank and its id give: nil if they are the same. Errors: NotFound
// for a sitting without an adaptive part, Conflict for the first difference.
func (s *Service) Replay(ctx context.Context, doc *Sitting) (err error) {
	defer fault.Wrap(&err, "sitting.Replay")
	if doc.Bank == "" {
		return fault.New(fault.NotFound, "sitting.not_adaptive")
	}
	b, err := s.bank(ctx, doc.Bank)
	if err != nil {
		return err
	}
	for _, l := range doc.Log {
		it := b.items[l.Item]
		if it == nil {
			return fault.Newf(fault.Conflict, "", "item %q is not in bank %s", l.Item, doc.Bank)
		}
		if score, _, _ := it.Score(doc.Answers[l.Item]); score != l.Score {
			return fault.Newf(fault.Conflict, "", "item %q scores %v, the log has %v", l.Item, score, l.Score)
		}
	}
	if _, err := adaptive.Replay(b.Bank, b.rule, adaptive.Seed(doc.ID), "", doc.Log); err != nil {
		return fault.From(err, fault.Conflict, "")
	}
	return nil
}
