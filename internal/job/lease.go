package job

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// leaseDoc is a lease as it is stored. Its token only grows.
type leaseDoc struct {
	store.Doc
	Holder string     `json:"holder,omitempty"`
	Token  int64      `json:"token"`
	Until  store.Time `json:"until"`
}

// Lease is the right to do something alone until Until. Token grows with every new
// holder: what is written under an older token must be refused.
type Lease struct {
	Name   string
	Holder string
	Token  int64
	Until  time.Time
	rev    int64
}

// Leases gives out leases. It is safe for concurrent use.
type Leases struct {
	docs   *store.Collection[leaseDoc, *leaseDoc]
	now    func() time.Time
	holder string
}

// LeaseSpec, JobSpec and OutboxSpec declare the collections of this package.
var (
	LeaseSpec  = store.Spec{Name: "leases"}
	JobSpec    = store.Spec{Name: "jobs"}
	OutboxSpec = store.Spec{Name: "outbox", Indexes: []store.Index{
		{Name: indexDue, Fields: []string{"due"}},
		{Name: indexDead, Fields: []string{"dead"}},
		{Name: indexExpires, Fields: []string{"expires"}},
	}}
)

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{LeaseSpec, JobSpec, OutboxSpec} }

// Holder makes a name for this process run.
func Holder() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// NewLeases opens the collection. holder names this process run (see Holder).
func NewLeases(engine store.Engine, holder string, now func() time.Time) (l *Leases, err error) {
	defer fault.Wrap(&err, "job.NewLeases")
	docs, err := store.Open[leaseDoc](engine, LeaseSpec)
	if err != nil {
		return nil, err
	}
	return &Leases{docs: docs, now: now, holder: holder}, nil
}

// Acquire takes the lease for ttl. Errors: Conflict when somebody holds it, this
// process included: a lease is held once.
func (l *Leases) Acquire(ctx context.Context, name string, ttl time.Duration) (lease *Lease, err error) {
	defer fault.Wrap(&err, "job.Acquire")
	now := l.now()
	doc, err := l.docs.Get(ctx, name)
	if fault.Is(err, fault.NotFound) {
		doc = &leaseDoc{Doc: store.Doc{ID: name}, Holder: l.holder, Token: 1, Until: store.At(now.Add(ttl))}
		if err := l.docs.Insert(ctx, doc); err != nil {
			return nil, err
		}
		return l.lease(doc), nil
	}
	if err != nil {
		return nil, err
	}
	if now.Before(doc.Until.Time) {
		return nil, fault.New(fault.Conflict, "job.held")
	}
	doc.Holder, doc.Token, doc.Until = l.holder, doc.Token+1, store.At(now.Add(ttl))
	if err := l.docs.Replace(ctx, doc); err != nil {
		return nil, err
	}
	return l.lease(doc), nil
}

func (l *Leases) lease(doc *leaseDoc) *Lease {
	return &Lease{Name: doc.ID, Holder: doc.Holder, Token: doc.Token, Until: doc.Until.Time, rev: doc.Rev}
}

// Renew lengthens a lease that is still held. Errors: Conflict when it was lost,
// also when it has run out and nobody has taken it yet.
func (l *Leases) Renew(ctx context.Context, lease *Lease, ttl time.Duration) (err error) {
	defer fault.Wrap(&err, "job.Renew")
	now := l.now()
	if !now.Before(lease.Until) {
		return fault.New(fault.Conflict, "job.lost")
	}
	doc := &leaseDoc{Doc: store.Doc{ID: lease.Name, Rev: lease.rev}, Holder: lease.Holder, Token: lease.Token, Until: store.At(now.Add(ttl))}
	if err := l.docs.Replace(ctx, doc); err != nil {
		return err
	}
	lease.rev, lease.Until = doc.Rev, doc.Until.Time
	return nil
}

// Release gives the lease back; the token stays. A lost lease is no error.
func (l *Leases) Release(ctx context.Context, lease *Lease) (err error) {
	defer fault.Wrap(&err, "job.Release")
	doc := &leaseDoc{Doc: store.Doc{ID: lease.Name, Rev: lease.rev}, Token: lease.Token}
	err = l.docs.Replace(ctx, doc)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
