package person

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// Period says how long a kind of data is kept, and why.
type Period struct {
	Kind string
	Keep i18n.Text
	// For is the period where the sweep of this package carries it out; zero where the
	// end is an act (withdrawal, erasure) or another package's.
	For time.Duration
}

const (
	keepTickets = 24 * time.Hour
	keepReports = 3 * 365 * 24 * time.Hour
	keepPairs   = 365 * 24 * time.Hour
	keepAudit   = 3 * 365 * 24 * time.Hour
)

// AuditKeep is how long the audit log is kept: for audit.Log.Prune.
const AuditKeep = keepAudit

// Periods is the table of all kinds of data on the site and their periods, as pages
// and the file for the lawyer show it: this package's and others'.
func (s *Service) Periods() []Period { return append(Periods(), s.cfg.Periods...) }

// Periods is the table of the kinds of data that this package holds.
func Periods() []Period {
	return []Period{
		{Kind: "account", Keep: both("3 роки без входу, далі рахунок стираємо", "3 years without a sign-in, then the account is erased"), For: 3 * 365 * 24 * time.Hour},
		{Kind: "waiting", Keep: both("14 днів, якщо батьки не підтвердили", "14 days, unless a parent confirms"), For: WaitLimit},
		{Kind: "consents", Keep: both("поки існує рахунок", "as long as the account")},
		{Kind: "secrets", Keep: both("картки й ключі — поки існує рахунок, коди — до 24 годин", "cards and keys as long as the account, codes up to 24 hours"), For: codeWrongIn},
		{Kind: "sessions", Keep: both("до 90 днів", "up to 90 days"), For: 90 * 24 * time.Hour},
		{Kind: "staff", Keep: both("поки діє роль", "as long as the role")},
		{Kind: "merges", Keep: both("90 днів для скасування, далі лише номери", "90 days to undo, then numbers only"), For: UndoFor},
		{Kind: "receipts", Keep: both("безстроково: особи в них немає", "without end: they name nobody")},
		{Kind: "audit", Keep: both("3 роки", "3 years"), For: keepAudit},
		{Kind: "mail", Keep: both("до надсилання, потім лише номер 30 днів", "until sent, then only a number for 30 days"), For: 30 * 24 * time.Hour},
	}
}

// Report is what a run of the retention job did.
type Report struct {
	store.Doc
	At       store.Time     `json:"at"`
	Gone     map[string]int `json:"gone"`    // by kind: what was removed
	Unused   int            `json:"unused"`  // accounts erased after the period without a sign-in
	Waiting  int            `json:"waiting"` // accounts of minors that no parent confirmed
	Replayed int            `json:"replayed"`
	Resealed int            `json:"resealed"`
}

// Sweep does what the periods ask, finishes what was cut short, and stores a report;
// a job runs it once a day. It may be cut short and run again.
func (s *Service) Sweep(ctx context.Context) (rep *Report, err error) {
	defer fault.Wrap(&err, "person.Sweep")
	now := s.now()
	rep = &Report{Doc: store.Doc{ID: store.At(now).String()}, At: store.At(now), Gone: map[string]int{}}
	if _, err := s.Resume(ctx); err != nil {
		return nil, err
	}
	if rep.Replayed, err = s.ReplayErasures(ctx); err != nil {
		return nil, err
	}
	if rep.Resealed, err = s.Reseal(ctx); err != nil {
		return nil, err
	}
	if rep.Waiting, err = s.sweepWaiting(ctx, now); err != nil {
		return nil, err
	}
	if rep.Unused, err = s.sweepUnused(ctx, now); err != nil {
		return nil, err
	}
	if rep.Gone["codes"], err = sweepExpired(ctx, s.codes, now); err != nil {
		return nil, err
	}
	if rep.Gone["sessions"], err = sweepExpired(ctx, s.sessions, now); err != nil {
		return nil, err
	}
	if rep.Gone["tickets"], err = sweepExpired(ctx, s.tickets, now.Add(-keepTickets)); err != nil {
		return nil, err
	}
	if rep.Gone["tokens"], err = sweepExpired(ctx, s.tokens, now.Add(-keepReports)); err != nil {
		return nil, err
	}
	if rep.Gone["merges"], err = s.sweepMerges(ctx, now); err != nil {
		return nil, err
	}
	if rep.Gone["reports"], err = s.sweepReports(ctx, now); err != nil {
		return nil, err
	}
	return rep, s.reports.Upsert(ctx, rep)
}

// sweepExpired deletes the documents whose moment has passed.
func sweepExpired[T any, P store.Document[T]](ctx context.Context, c *store.Collection[T, P], now time.Time) (gone int, err error) {
	for k, err := range c.Keys(ctx, store.Query{Index: indexExpires, From: "2", To: store.At(now).String()}) {
		if err != nil {
			return gone, err
		}
		if err := ignoreMissing(c.Delete(ctx, k.ID, 0)); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

// sweepWaiting erases accounts of minors that no parent confirmed in time.
func (s *Service) sweepWaiting(ctx context.Context, now time.Time) (gone int, err error) {
	for r, err := range s.people.Find(ctx, store.Query{Index: indexExpires, From: "2", To: store.At(now).String()}) {
		if err != nil {
			return gone, err
		}
		if r.State != Waiting {
			continue
		}
		if _, err := s.Erase(ctx, Operator("retention"), ID(r.ID)); err != nil && !fault.Is(err, fault.Gone) {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

// sweepUnused erases accounts without a sign-in for the period. Staff stay: their
// roles end first.
func (s *Service) sweepUnused(ctx context.Context, now time.Time) (gone int, err error) {
	for r, err := range s.people.Find(ctx, store.Query{Index: indexSeen, From: "2", To: dayOf(now.Add(-s.cfg.Inactive))}) {
		if err != nil {
			return gone, err
		}
		if r.State != Active && r.State != Waiting {
			continue
		}
		_, err = s.Erase(ctx, Operator("retention"), ID(r.ID))
		if err != nil && !fault.Is(err, fault.Gone) && !fault.Is(err, fault.Conflict) {
			return gone, err
		}
		if err == nil {
			gone++
		}
	}
	return gone, nil
}

// sweepMerges takes the sealed part out of merges that can no longer be undone.
func (s *Service) sweepMerges(ctx context.Context, now time.Time) (gone int, err error) {
	for m, err := range s.merges.Find(ctx, store.Query{Index: indexExpires, From: "2", To: store.At(now).String()}) {
		if err != nil {
			return gone, err
		}
		if m.State != MergeDone && m.State != MergeUndone {
			continue
		}
		m.Sealed, m.Expires = "", ""
		if err := s.merges.Replace(ctx, m); err != nil && !fault.Is(err, fault.Conflict) {
			return gone, err
		}
		if m.State == MergeDone {
			if err := s.bareAlias(ctx, m.Drop); err != nil {
				return gone, err
			}
		}
		gone++
	}
	return gone, nil
}

// bareAlias takes the sealed part out of a joined person who stays joined.
func (s *Service) bareAlias(ctx context.Context, id ID) error {
	err := s.change(ctx, string(id), func(r *record) error {
		if r.State == Merged {
			r.Sealed, r.Key = "", ""
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return nil
	}
	return err
}

func (s *Service) sweepReports(ctx context.Context, now time.Time) (gone int, err error) {
	for k, err := range s.reports.Keys(ctx, store.Query{Index: "at", From: "2", To: store.At(now.Add(-keepReports))}) {
		if err != nil {
			return gone, err
		}
		if err := ignoreMissing(s.reports.Delete(ctx, k.ID, 0)); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

// Reports lists the reports of the retention job, newest first.
func (s *Service) Reports(ctx context.Context, a Actor, cursor store.Cursor, limit int) (page store.Page[Report], err error) {
	defer fault.Wrap(&err, "person.Reports")
	if err := Can(&a, RetentionRead, City).Err(); err != nil {
		return page, err
	}
	return s.reports.Page(ctx, store.Query{Index: "at", Desc: true, Cursor: cursor, Limit: limit})
}
