package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Indexes of the outbox. A message is in at most one of due and dead.
const (
	indexDue     = "due"
	indexDead    = "dead"
	indexExpires = "expires"
)

// Letter is a message in the outbox as it is stored.
type Letter struct {
	store.Doc
	Topic   string          `json:"topic"`
	Payload json.RawMessage `json:"payload,omitempty"` // gone once it is done
	Made    store.Time      `json:"made"`
	Due     string          `json:"due,omitempty"`     // when it is tried next, or when its claim ends; empty when done or dead
	Dead    string          `json:"dead,omitempty"`    // when it was given up
	Done    string          `json:"done,omitempty"`    // when its handler agreed
	Expires string          `json:"expires,omitempty"` // when the rest of a done letter goes
	Try     int             `json:"try,omitempty"`
	Token   int64           `json:"token,omitempty"` // fencing: grows with every claim
	Holder  string          `json:"holder,omitempty"`
	Error   string          `json:"error,omitempty"` // kind of the last failure
}

// Message is what is put into the outbox. Whoever needs secrecy seals the payload.
type Message struct {
	ID        string // deterministic: the same act makes the same id
	Topic     string
	Payload   any       // becomes JSON
	NotBefore time.Time // zero means at once
}

// Delivery is a message handed to its handler.
type Delivery struct {
	ID      string
	Topic   string
	Payload json.RawMessage
	Try     int   // 1 for the first
	Token   int64 // grows with every try
}

// Decode reads the payload.
func (d Delivery) Decode(into any) error {
	return fault.From(json.Unmarshal(d.Payload, into), fault.Invalid, "")
}

// Handler does what a message asks. It may be called again for a message whose
// acknowledgement was lost, so it must be idempotent by ID. A fault of kind Invalid,
// Gone, NotFound or Forbidden will not pass with time: the letter is dead at once.
type Handler func(ctx context.Context, d Delivery) error

// later is the answer of Later.
type later struct {
	at    time.Time
	cause error
}

func (l later) Error() string {
	if l.cause != nil {
		return l.cause.Error()
	}
	return "not yet"
}

// Later is what a handler answers for a message whose time has not come, or for which it
// will wait longer than for others: the letter is tried again at that moment, and this try
// is not counted. Whoever answers so again and again must end it. cause may be nil.
func Later(at time.Time, cause error) error { return later{at, cause} }

// Limits of the outbox.
const (
	MaxTries   = 10                  // 10 s, 20 s, … up to an hour apart: about three hours in all
	KeepDone   = 30 * 24 * time.Hour // how long an id is remembered after it was done
	claimTime  = 2 * time.Minute
	handleTime = 90 * time.Second // under claimTime: nobody else has it while it is handled
	tryFirst   = 10 * time.Second
	tryLongest = time.Hour
	workBatch  = 50
)

// Outbox holds messages until their handlers agree. It is safe for concurrent use;
// set all handlers before Work.
type Outbox struct {
	letters  *store.Collection[Letter, *Letter]
	now      func() time.Time
	log      *slog.Logger
	holder   string
	handlers map[string]Handler
}

// NewOutbox opens the collection. log may be nil.
func NewOutbox(engine store.Engine, holder string, log *slog.Logger, now func() time.Time) (o *Outbox, err error) {
	defer fault.Wrap(&err, "job.NewOutbox")
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	letters, err := store.Open[Letter](engine, OutboxSpec)
	if err != nil {
		return nil, err
	}
	return &Outbox{letters: letters, now: now, log: log, holder: holder, handlers: map[string]Handler{}}, nil
}

// Handle names the handler of a topic. Errors: Conflict when it has one.
func (o *Outbox) Handle(topic string, h Handler) error {
	if !nameForm.MatchString(topic) {
		return fault.Newf(fault.Invalid, "", "topic %q is not kebab-case", topic)
	}
	if o.handlers[topic] != nil {
		return fault.Newf(fault.Conflict, "", "topic %q has its handler", topic)
	}
	o.handlers[topic] = h
	return nil
}

// Add puts a message into the outbox. A message whose id is there already, done or
// not, is left as it is: adding again after a crash is harmless.
func (o *Outbox) Add(ctx context.Context, m Message) (err error) {
	defer fault.Wrap(&err, "job.Add")
	if !nameForm.MatchString(m.Topic) {
		return fault.Newf(fault.Invalid, "", "topic %q is not kebab-case", m.Topic)
	}
	payload, err := json.Marshal(m.Payload)
	if err != nil {
		return fault.From(err, fault.Invalid, "")
	}
	now := o.now()
	due := now
	if m.NotBefore.After(now) {
		due = m.NotBefore
	}
	err = o.letters.Insert(ctx, &Letter{Doc: store.Doc{ID: m.ID}, Topic: m.Topic, Payload: payload,
		Made: store.At(now), Due: store.At(due).String()})
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}

// Work hands over what is due, one message after another, and returns how many were
// done. Messages of topics without a handler here wait for a replica that has one.
func (o *Outbox) Work(ctx context.Context) (done int, err error) {
	defer fault.Wrap(&err, "job.Work")
	due := store.Query{Index: indexDue, From: "2", To: store.At(o.now()).String() + "~"}
	handed := 0
	for l, err := range o.letters.Find(ctx, due) {
		if err != nil {
			return done, err
		}
		handler := o.handlers[l.Topic]
		if handler == nil {
			continue
		}
		ok, err := o.deliver(ctx, l, handler)
		if err != nil {
			return done, err
		}
		if ok {
			done++
		}
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		if handed++; handed == workBatch {
			break
		}
	}
	return done, nil
}

// deliver claims a letter, hands it over and writes down how it went.
func (o *Outbox) deliver(ctx context.Context, l *Letter, h Handler) (done bool, err error) {
	if l.Due > store.At(o.now()).String() {
		return false, nil
	}
	until := o.now().Add(claimTime)
	l.Due, l.Holder = store.At(until).String(), o.holder
	l.Try++
	l.Token++
	if err := o.letters.Replace(ctx, l); err != nil {
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			return false, nil // another replica was faster
		}
		return false, err
	}
	failure := o.hand(ctx, l, h)
	if ctx.Err() != nil && failure != nil {
		return false, ctx.Err() // stopping: the claim runs out and the letter is tried again
	}
	now := o.now()
	wait := later{}
	switch {
	case errors.As(failure, &wait):
		l.Due, l.Error = store.At(latest(wait.at, now.Add(tryFirst))).String(), ""
		l.Try--
		if wait.cause != nil {
			l.Error = fault.KindOf(wait.cause).String()
			o.log.Warn("letter waits", "topic", l.Topic, "until", l.Due, "error", wait.cause.Error())
		}
	case failure == nil:
		l.Done, l.Due, l.Error, l.Payload = store.At(now).String(), "", "", nil
		l.Expires = store.At(now.Add(KeepDone)).String()
	case final(failure) || l.Try >= MaxTries:
		l.Dead, l.Due, l.Error = store.At(now).String(), "", fault.KindOf(failure).String()
		o.log.Error("dead letter", "topic", l.Topic, "try", l.Try, "error", failure.Error())
	default:
		l.Due, l.Error = store.At(now.Add(pause(l.Try, tryFirst, tryLongest))).String(), fault.KindOf(failure).String()
		o.log.Warn("letter will be tried again", "topic", l.Topic, "try", l.Try, "error", failure.Error())
	}
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = o.letters.Replace(clean, l)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return false, nil // fenced off: the claim ran out and another replica took it
	}
	return failure == nil && err == nil, err
}

func (o *Outbox) hand(ctx context.Context, l *Letter, h Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, handleTime)
	defer cancel()
	return h(ctx, Delivery{ID: l.ID, Topic: l.Topic, Payload: l.Payload, Try: l.Try, Token: l.Token})
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// final tells whether a failure will not pass with time.
func final(err error) bool {
	var f *fault.Error
	if !errors.As(err, &f) {
		return false
	}
	switch f.Kind {
	case fault.Invalid, fault.Gone, fault.NotFound, fault.Forbidden:
		return true
	}
	return false
}

// Loop works until ctx ends, pausing only when there was nothing to do.
func (o *Outbox) Loop(ctx context.Context, pause time.Duration) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		n, err := o.Work(ctx)
		if err != nil && ctx.Err() == nil {
			o.log.Error("outbox", "error", err.Error())
		}
		if n > 0 && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Dead reads a page of dead letters, oldest first.
func (o *Outbox) Dead(ctx context.Context, cursor store.Cursor, limit int) (page store.Page[Letter], err error) {
	defer fault.Wrap(&err, "job.Dead")
	return o.letters.Page(ctx, store.Query{Index: indexDead, From: "2", Cursor: cursor, Limit: limit})
}

// Revive gives a dead letter all its tries again. Errors: NotFound.
func (o *Outbox) Revive(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "job.Revive")
	l, err := o.letters.Get(ctx, id)
	if err != nil {
		return err
	}
	if l.Dead == "" {
		return fault.New(fault.NotFound, "job.not_dead")
	}
	l.Dead, l.Due, l.Try = "", store.At(o.now()).String(), 0
	return o.letters.Replace(ctx, l)
}

// Discard takes a dead letter's payload away; its id stays known for KeepDone.
func (o *Outbox) Discard(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "job.Discard")
	l, err := o.letters.Get(ctx, id)
	if err != nil {
		return err
	}
	if l.Dead == "" {
		return fault.New(fault.NotFound, "job.not_dead")
	}
	l.Dead, l.Payload, l.Expires = "", nil, store.At(o.now().Add(KeepDone)).String()
	return o.letters.Replace(ctx, l)
}

// Cancel takes a message back that nobody has begun to hand over. False when it is
// too late or there is none.
func (o *Outbox) Cancel(ctx context.Context, id string) (ok bool, err error) {
	defer fault.Wrap(&err, "job.Cancel")
	l, err := o.letters.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil || l.Due == "" || l.Try > 0 {
		return false, err
	}
	l.Due, l.Payload, l.Expires = "", nil, store.At(o.now().Add(KeepDone)).String()
	err = o.letters.Replace(ctx, l)
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// Backlog counts what is due now and what is dead, up to most of each.
func (o *Outbox) Backlog(ctx context.Context, most int) (due, dead int, err error) {
	defer fault.Wrap(&err, "job.Backlog")
	for _, err := range o.letters.Keys(ctx, store.Query{Index: indexDue, From: "2", To: store.At(o.now()).String() + "~", Limit: most}) {
		if err != nil {
			return 0, 0, err
		}
		due++
	}
	for _, err := range o.letters.Keys(ctx, store.Query{Index: indexDead, From: "2", Limit: most}) {
		if err != nil {
			return 0, 0, err
		}
		dead++
	}
	return due, dead, nil
}

// Sweep removes what is left of letters done long ago and returns how many.
func (o *Outbox) Sweep(ctx context.Context) (gone int, err error) {
	defer fault.Wrap(&err, "job.Sweep")
	for k, err := range o.letters.Keys(ctx, store.Query{Index: indexExpires, From: "2", To: store.At(o.now()).String()}) {
		if err != nil {
			return gone, err
		}
		switch err := o.letters.Delete(ctx, k.ID, 0); {
		case err == nil:
			gone++
		case !fault.Is(err, fault.NotFound):
			return gone, err
		}
	}
	return gone, nil
}
