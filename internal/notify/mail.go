package notify

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/person/vault"
)

// Mail is a message to one address, in plain text.
type Mail struct {
	ID      string    `json:"id"` // deterministic: the same act makes the same id
	To      string    `json:"to"` // as spelling.Email gives it
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Lang    string    `json:"lang"`    // uk or en
	Expires time.Time `json:"expires"` // not sent from then on; zero means never
	// ByDay says that it is not urgent: it is not sent at night, and with an end of its own
	// it waits for a server that is away until then.
	ByDay bool `json:"by_day,omitempty"`
}

// Sender hands a mail over to a server. A fault of kind Invalid will not pass with
// time; everything else is tried again.
type Sender interface {
	Send(ctx context.Context, m Mail) error
}

// Topic is the outbox topic of mails.
const Topic = "mail"

// Bounds of a mail.
const (
	MaxSubject = 200       // bytes
	MaxText    = 64 * 1024 // bytes
)

// patience is the try from which a mail that may wait is tried every hour.
const patience = job.MaxTries - 2

// Post queues mails and short messages and hands them to their senders.
type Post struct {
	outbox *job.Outbox
	ring   *vault.Ring
	sender Sender
	sms    SMSSender
	now    func() time.Time
}

// New registers the handler of mails. Without a sender nothing can be queued.
func New(outbox *job.Outbox, ring *vault.Ring, sender Sender, now func() time.Time) (p *Post, err error) {
	defer fault.Wrap(&err, "notify.New")
	p = &Post{outbox: outbox, ring: ring, sender: sender, now: now}
	if sender == nil {
		return p, nil
	}
	return p, outbox.Handle(Topic, p.deliver)
}

// Ready tells whether mails can be sent at all.
func (p *Post) Ready() bool { return p.sender != nil }

// envelope is what stands in the outbox.
type envelope struct {
	Sealed string `json:"sealed"`
}

func sealContext(id string) string { return "outbox:" + id }

// Queue puts a mail into the outbox; a mail whose id is known is left as it is.
// Errors: Invalid, Unavailable (no server is configured).
func (p *Post) Queue(ctx context.Context, m Mail) (err error) {
	defer fault.Wrap(&err, "notify.Queue")
	if p.sender == nil {
		return fault.New(fault.Unavailable, "notify.no_mail")
	}
	if m.To, err = spelling.Email(m.To); err != nil {
		return err
	}
	switch {
	case m.ID == "" || m.Subject == "" || len(m.Subject) > MaxSubject || strings.ContainsAny(m.Subject, "\r\n"):
		return fault.Newf(fault.Invalid, "", "a mail needs an id and a subject of one line")
	case m.Text == "" || len(m.Text) > MaxText || !utf8.ValidString(m.Text) || !utf8.ValidString(m.Subject):
		return fault.Newf(fault.Invalid, "", "a mail needs a text of up to %d bytes", MaxText)
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return p.outbox.Add(ctx, job.Message{ID: m.ID, Topic: Topic, Payload: envelope{p.ring.Seal(raw, sealContext(m.ID))}})
}

func (p *Post) deliver(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "notify.deliver")
	var m Mail
	if err := p.open(d, &m); err != nil {
		return err
	}
	now := p.now()
	if !m.Expires.IsZero() && !now.Before(m.Expires) {
		return fault.New(fault.Gone, "notify.expired")
	}
	if m.ByDay && Quiet(now) {
		return job.Later(Awake(now), nil)
	}
	err = p.sender.Send(ctx, m)
	if m.ByDay && !m.Expires.IsZero() && d.Try >= patience && fault.Is(err, fault.Unavailable) {
		return job.Later(Awake(now.Add(time.Hour)), err)
	}
	return err
}

// open unseals what waited in the outbox.
func (p *Post) open(d job.Delivery, into any) error {
	var e envelope
	if err := d.Decode(&e); err != nil {
		return err
	}
	raw, err := p.ring.Open(e.Sealed, sealContext(d.ID))
	if err != nil {
		return err
	}
	return fault.From(json.Unmarshal(raw, into), fault.Invalid, "")
}
