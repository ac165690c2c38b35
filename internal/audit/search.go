package audit

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Filter asks for rows, newest first. At most one of Actor, Action and Subject
// may be given: each runs on its own index.
type Filter struct {
	Actor   string
	Action  string
	Subject string
	From    time.Time // inclusive; zero for the beginning
	To      time.Time // exclusive; zero for now
	Cursor  store.Cursor
	Limit   int // 1 to 1000; 0 means 50
}

// Search reads one page of the log. Reading it is itself an act: the caller
// records it. Errors: Invalid.
func (l *Log) Search(ctx context.Context, f Filter) (page store.Page[Row], err error) {
	defer fault.Wrap(&err, "audit.Search")
	q := store.Query{Index: indexAt, Desc: true, Cursor: f.Cursor, Limit: f.Limit}
	if q.Limit == 0 {
		q.Limit = 50
	}
	given := 0
	for _, by := range [...]struct{ index, value string }{{indexActor, f.Actor}, {indexAction, f.Action}, {indexSubject, f.Subject}} {
		if by.value != "" {
			given++
			q.Index, q.Eq = by.index, []any{by.value}
		}
	}
	if given > 1 {
		return page, fault.InvalidFields(fault.Field{Pointer: "/actor", Key: "audit.one_filter"})
	}
	if !f.From.IsZero() {
		q.From = store.At(f.From)
	}
	if !f.To.IsZero() {
		q.To = store.At(f.To)
	}
	return l.rows.Page(ctx, q)
}
