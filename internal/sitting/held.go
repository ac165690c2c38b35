package sitting

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/quality"
	"osvitlo/internal/store"
)

// Auditor writes down what staff decided, before it is done. audit.Log is one.
type Auditor interface {
	RecordAll(ctx context.Context, events []audit.Event) error
}

// By is who decides about held sittings.
type By struct {
	Person string // pseudonym
	Where  string // "web", "cli"; empty means web
}

// Verdict is what an analyst said of a held sitting.
type Verdict string

// The verdicts.
const (
	Released Verdict = "released" // it counts
	Rejected Verdict = "rejected" // it never counts
)

// Decision is the verdict as kept with the sitting; who gave it stands in the
// audit log alone.
type Decision struct {
	Verdict Verdict    `json:"verdict"`
	Reason  string     `json:"reason"`
	At      store.Time `json:"at"`
}

// Reasons an analyst chooses from; their words are "decision.<reason>".
var (
	ReleaseReasons = []string{"known_event", "checked", "plausible"}
	RejectReasons  = []string{"flood", "identical", "too_fast", "not_people"}
)

// actions of the audit log.
const (
	actRelease = "sitting.release"
	actReject  = "sitting.reject"
	actList    = "sitting.held.list"
)

// Bounds of the lists.
const (
	heldPage   = 50
	heldMost   = 200
	decideMost = 1000
	// heldOverlap is how far the clocks of replicas may differ before the list of
	// held sittings misses one.
	heldOverlap = 10 * time.Minute
)

// HeldQuery chooses held sittings; empty members choose all.
type HeldQuery struct {
	Wave       string
	Instrument string
	From, To   time.Time // of receipt; To is exclusive
	After      int64     // Next of the page before
	Limit      int       // 1 to 200; 0 means 50
}

// HeldSitting is one held sitting as an analyst sees it: no name, no answer, no
// score beyond its level.
type HeldSitting struct {
	ID         string
	Received   time.Time
	Wave       string
	Instrument string
	Version    int
	Language   string
	Mode       Mode
	Sex        Sex
	Age        AgeGroup
	District   string
	Level      string
	Answers    int // how many items were answered
	Quality    *quality.Report
}

// HeldPage is a page of them, oldest first. Next is 0 at the end.
type HeldPage struct {
	Items []HeldSitting
	Next  int64
}

// Held lists held sittings, oldest first, with their flags. The reading is
// written down. It reads the index and only the documents it lists.
func (s *Service) Held(ctx context.Context, by By, q HeldQuery) (page HeldPage, err error) {
	defer fault.Wrap(&err, "sitting.Held")
	if q.Limit <= 0 {
		q.Limit = heldPage
	}
	q.Limit = min(q.Limit, heldMost)
	if err := s.record(ctx, by, actList, []string{""}, ""); err != nil {
		return page, err
	}
	var ids []string
	var last int64
	more := false
	for e, err := range s.heldEntries(ctx, q) {
		if err != nil {
			return page, err
		}
		if len(ids) == q.Limit {
			more = true
			break
		}
		ids, last = append(ids, e.ID), e.Seq
	}
	docs, err := s.sittings.GetMany(ctx, ids)
	if err != nil {
		return page, err
	}
	slices.SortFunc(docs, func(a, b *Sitting) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, doc := range docs {
		if doc.Erased || doc.State != Held {
			continue // erased or decided just now
		}
		h := HeldSitting{ID: doc.ID, Received: doc.Received.Time, Wave: doc.Wave, Instrument: doc.Instrument, Version: doc.Version,
			Language: doc.Language, Mode: doc.Mode, Sex: doc.Respondent.Sex, Age: doc.Respondent.AgeGroup,
			District: doc.Respondent.District, Answers: len(doc.Answers), Quality: doc.Quality}
		if doc.Score != nil {
			h.Level = doc.Score.Level
		}
		page.Items = append(page.Items, h)
	}
	if more {
		page.Next = last
	}
	return page, nil
}

// heldEntries streams the entries of held sittings, oldest first. What lies before
// the oldest held one is read once: a sitting is held from its first entry on and
// moves to a higher seq when it is decided, so nothing there is ever held again.
func (s *Service) heldEntries(ctx context.Context, q HeldQuery) func(yield func(Entry, error) bool) {
	return func(yield func(Entry, error) bool) {
		known := s.heldFrom.Load()
		after := max(q.After, known)
		top, learns := after, after == known
		learn := func(seq int64) {
			if learns {
				s.heldFrom.CompareAndSwap(known, max(known, seq-1-heldOverlap.Microseconds()))
				learns = false
			}
		}
		if from := q.From.UnixMicro() - 1; !q.From.IsZero() && from > after {
			after, learns = from, false
		}
		for e, err := range s.Entries(ctx, after) {
			if err != nil {
				yield(e, err)
				return
			}
			if !q.To.IsZero() && e.Seq >= q.To.UnixMicro() {
				return
			}
			top = e.Seq
			if len(e.Tally) < 3 || e.Tally[2] != stateCodes.of[Held] {
				continue // most rows: told by one byte
			}
			learn(e.Seq)
			t, err := ParseTally(e.Tally)
			if err != nil || t.Now == nil || t.Now.State != Held ||
				q.Wave != "" && t.Now.Wave != q.Wave || q.Instrument != "" && t.Now.Instrument != q.Instrument {
				continue
			}
			if !yield(e, nil) {
				return
			}
		}
		learn(top)
	}
}

// HeldHour counts what was held in one hour.
type HeldHour struct {
	Hour       time.Time // its beginning
	Wave       string
	Instrument string
	Held       int
}

// HeldHours sums held sittings up by hour, wave and instrument, oldest first, from
// the index alone.
func (s *Service) HeldHours(ctx context.Context) (list []HeldHour, err error) {
	defer fault.Wrap(&err, "sitting.HeldHours")
	at := map[HeldHour]int{}
	for e, err := range s.heldEntries(ctx, HeldQuery{}) {
		if err != nil {
			return nil, err
		}
		t, err := ParseTally(e.Tally)
		if err != nil || t.Now == nil {
			continue
		}
		key := HeldHour{Hour: time.UnixMicro(e.Seq).UTC().Truncate(time.Hour), Wave: t.Now.Wave, Instrument: t.Now.Instrument}
		i, known := at[key]
		if !known {
			i = len(list)
			at[key] = i
			list = append(list, key)
		}
		list[i].Held++
	}
	return list, nil
}

// Decided tells what a decision did.
type Decided struct {
	Changed int      // held until now
	Already int      // the same was decided before
	Other   []string // ids that are not held: counted, decided otherwise, erased or unknown
}

// Release lets held sittings count. It is idempotent: what was released before is
// Already. Errors: Invalid (no reason, too many ids), Unavailable.
func (s *Service) Release(ctx context.Context, by By, ids []string, reason string) (d Decided, err error) {
	defer fault.Wrap(&err, "sitting.Release")
	return s.decide(ctx, by, ids, reason, Released)
}

// Reject keeps held sittings out of the index for good. Idempotent as Release is.
func (s *Service) Reject(ctx context.Context, by By, ids []string, reason string) (d Decided, err error) {
	defer fault.Wrap(&err, "sitting.Reject")
	return s.decide(ctx, by, ids, reason, Rejected)
}

var reasonForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

func (s *Service) decide(ctx context.Context, by By, ids []string, reason string, v Verdict) (d Decided, err error) {
	switch {
	case !reasonForm.MatchString(reason):
		return d, fault.InvalidFields(fault.Field{Pointer: "/reason", Key: "sitting.decision_reason"})
	case len(ids) > decideMost:
		return d, fault.InvalidFields(fault.Field{Pointer: "/ids", Key: "sitting.decision_many", Args: map[string]any{"Max": decideMost}})
	}
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var change []string
	for _, id := range ids {
		doc, err := s.sittings.Get(ctx, id)
		switch {
		case fault.Is(err, fault.NotFound):
			d.Other = append(d.Other, id)
		case err != nil:
			return d, err
		case !doc.Erased && doc.State == Held:
			change = append(change, id)
		case !doc.Erased && doc.Decision != nil && doc.Decision.Verdict == v:
			d.Already++
		default:
			d.Other = append(d.Other, id)
		}
	}
	if len(change) == 0 {
		return d, nil
	}
	act := actRelease
	if v == Rejected {
		act = actReject
	}
	if err := s.record(ctx, by, act, change, reason); err != nil {
		return d, err
	}
	for _, id := range change {
		done, err := s.decideOne(ctx, id, reason, v)
		switch {
		case err != nil:
			return d, err
		case done:
			d.Changed++
		default:
			d.Other = append(d.Other, id)
		}
	}
	s.log.InfoContext(ctx, "held sittings decided", "verdict", string(v), "changed", d.Changed, "already", d.Already, "other", len(d.Other))
	return d, nil
}

// decideOne changes one held sitting: the old row is taken back and the new one
// added by whoever follows the tallies. False: it is held no more.
func (s *Service) decideOne(ctx context.Context, id, reason string, v Verdict) (done bool, err error) {
	for range 5 {
		doc, err := s.sittings.Get(ctx, id)
		if err != nil {
			return false, err
		}
		if doc.Erased || doc.State != Held {
			return !doc.Erased && doc.Decision != nil && doc.Decision.Verdict == v, nil
		}
		was, err := ParseTally(doc.Tally)
		if err != nil {
			return false, fault.From(err, fault.Internal, "")
		}
		if was.Now != nil && len(was.Was) < maxPast-1 { // room for an erasure
			was.Was = append(was.Was, Past{Seq: doc.Seq, Row: *was.Now})
		}
		if doc.State, doc.Reasons = weighable(doc); v == Rejected {
			doc.State, doc.Reasons = Excluded, []string{ReasonRejected}
		}
		now := s.now()
		doc.Decision = &Decision{Verdict: v, Reason: reason, At: store.At(now)}
		was.Now = s.row(doc)
		doc.Seq, doc.Tally = s.seq.next(now), ""
		doc.Tally = was.Format()
		err = s.sittings.Replace(ctx, doc)
		if !fault.Is(err, fault.Conflict) {
			return err == nil, err
		}
	}
	return false, fault.New(fault.Unavailable, "")
}

// record writes an act into the audit log. Ids are written without dashes.
func (s *Service) record(ctx context.Context, by By, act string, ids []string, reason string) error {
	if s.cfg.Audit == nil {
		return fault.Newf(fault.Internal, "", "%s: decisions need the audit log", act)
	}
	if by.Where == "" {
		by.Where = "web"
	}
	events := make([]audit.Event, len(ids))
	for i, id := range ids {
		events[i] = audit.Event{Actor: by.Person, Action: act, Where: by.Where, Why: reason}
		if id != "" {
			events[i].Subject = "sitting:" + strings.ReplaceAll(id, "-", "")
		}
	}
	return s.cfg.Audit.RecordAll(ctx, events)
}
