package help

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Month is what people asked within a month of Kyiv: counts only. Its id is "2026-11".
type Month struct {
	store.Doc
	Topics map[string]int64 `json:"topics,omitempty"`
	Areas  map[string]int64 `json:"areas,omitempty"` // and "none"
	Ways   map[string]int64 `json:"ways,omitempty"`
	OnTime map[string]int64 `json:"ontime,omitempty"` // answered, by topic, in the month of the answer
	Late   map[string]int64 `json:"late,omitempty"`
	Closed map[string]int64 `json:"closed,omitempty"` // by reason
	Helped map[string]int64 `json:"helped,omitempty"` // yes, no
}

// Asked is how many questions came.
func (m *Month) Asked() (n int64) {
	for _, x := range m.Topics {
		n += x
	}
	return n
}

// MinPublic is the least number shown to everybody.
const MinPublic = 10

// MaxMonths bounds a row of months.
const MaxMonths = 36

func monthOf(t time.Time) string { return t.In(kyiv).Format("2006-01") }

// count adds to the month. A count that cannot be stored is logged and lost: nobody's
// question waits for a statistic.
func (s *Service) count(ctx context.Context, at time.Time, delta map[string]int64) {
	if len(delta) == 0 {
		return
	}
	if _, err := s.counts.Add(ctx, monthOf(at), delta); err != nil {
		s.o.Log.WarnContext(ctx, "help: count", "error", err)
	}
}

// Months reads the counts of the last months, the newest first; months without a
// question are left out. Errors: those of person.Can for OfficeRead.
func (s *Service) Months(ctx context.Context, who *person.Actor, n int) (list []*Month, err error) {
	defer fault.Wrap(&err, "help.Months")
	if err := s.may(ctx, who, person.OfficeRead, person.City, "", ""); err != nil {
		return nil, err
	}
	return s.months(ctx, 0, n)
}

func (s *Service) months(ctx context.Context, skip, n int) ([]*Month, error) {
	now := s.o.Now().In(kyiv)
	first := time.Date(now.Year(), now.Month(), 1, 12, 0, 0, 0, kyiv)
	var ids []string
	for i := skip; i < skip+min(n, MaxMonths); i++ {
		ids = append(ids, monthOf(first.AddDate(0, -i, 0)))
	}
	return s.counts.GetMany(ctx, ids)
}

// Known is what everybody may read: questions of one topic in the last whole twelve
// months. N is 0 when there were fewer than ten.
type Known struct {
	Topic string
	Area  string
	N     int64
}

// PublicCounts sums the last twelve whole months by topic. Counts under ten are left out,
// and there is no sum from which they could be told.
func (s *Service) PublicCounts(ctx context.Context) (list []Known, err error) {
	defer fault.Wrap(&err, "help.PublicCounts")
	months, err := s.months(ctx, 1, 12)
	if err != nil {
		return nil, err
	}
	for _, t := range topics {
		k := Known{Topic: t.ID, Area: t.Area}
		for _, m := range months {
			k.N += m.Topics[t.ID]
		}
		if k.N < MinPublic {
			k.N = 0
		}
		list = append(list, k)
	}
	return list, nil
}

// Sweep erases questions whose time is over and returns how many went.
func (s *Service) Sweep(ctx context.Context) (gone int, err error) {
	defer fault.Wrap(&err, "help.Sweep")
	now := store.At(s.o.Now()).String()
	for key, err := range s.questions.Keys(ctx, store.Query{Index: indexEnds, From: "0", To: now}) {
		if err != nil {
			return gone, err
		}
		if err := s.questions.Delete(ctx, key.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return gone, err
		}
		gone++
	}
	return gone, nil
}
