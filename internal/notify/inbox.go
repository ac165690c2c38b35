package notify

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Shown is a mail in the demo inbox.
type Shown struct {
	store.Doc
	At      store.Time `json:"at"`
	To      string     `json:"to"`
	Subject string     `json:"subject"`
	Text    string     `json:"text"`
	Lang    string     `json:"lang"`
}

// InboxSpec declares the collection of the demo inbox.
var InboxSpec = store.Spec{Name: "demo_mail", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{InboxSpec} }

// keepShown is how long the demo inbox keeps a mail.
const keepShown = 7 * 24 * time.Hour

// Inbox takes the place of a mail server in demo: it keeps mails for the operator's
// page. Demo data name nobody, so they are not sealed.
type Inbox struct {
	mails *store.Collection[Shown, *Shown]
	now   func() time.Time
}

// NewInbox opens the demo inbox.
func NewInbox(engine store.Engine, now func() time.Time) (i *Inbox, err error) {
	defer fault.Wrap(&err, "notify.NewInbox")
	mails, err := store.Open[Shown](engine, InboxSpec)
	return &Inbox{mails: mails, now: now}, err
}

// Send implements Sender.
func (i *Inbox) Send(ctx context.Context, m Mail) (err error) {
	defer fault.Wrap(&err, "notify.Send")
	err = i.mails.Insert(ctx, &Shown{Doc: store.Doc{ID: m.ID}, At: store.At(i.now()), To: m.To, Subject: m.Subject, Text: m.Text, Lang: m.Lang})
	if fault.Is(err, fault.Conflict) {
		return nil // handed over a second time
	}
	return err
}

// List reads a page of the inbox, newest first.
func (i *Inbox) List(ctx context.Context, cursor store.Cursor, limit int) (page store.Page[Shown], err error) {
	defer fault.Wrap(&err, "notify.List")
	return i.mails.Page(ctx, store.Query{Index: "at", Desc: true, Cursor: cursor, Limit: limit})
}

// Sweep removes mails older than a week and returns how many.
func (i *Inbox) Sweep(ctx context.Context) (gone int, err error) {
	defer fault.Wrap(&err, "notify.Sweep")
	for k, err := range i.mails.Keys(ctx, store.Query{Index: "at", To: store.At(i.now().Add(-keepShown))}) {
		if err != nil {
			return gone, err
		}
		if err := i.mails.Delete(ctx, k.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return gone, err
		}
		gone++
	}
	return gone, nil
}
