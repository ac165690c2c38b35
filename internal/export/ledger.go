package export

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// LedgerSpec declares the waves whose microdata were given; the id is the wave.
var LedgerSpec = store.Spec{Name: "microdata_given"}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{LedgerSpec} }

// given is one wave's file. It outlives any erasure: it holds no person.
type given struct {
	store.Doc
	Hash string     `json:"sha256"`
	At   store.Time `json:"at"`
}

// StoredLedger is a Ledger in the store.
type StoredLedger struct {
	docs *store.Collection[given, *given]
}

// OpenLedger opens the ledger.
func OpenLedger(e store.Engine) (*StoredLedger, error) {
	docs, err := store.Open[given](e, LedgerSpec)
	return &StoredLedger{docs: docs}, err
}

// Give remembers the hash of a wave. Errors: Conflict when another one was given.
func (l *StoredLedger) Give(ctx context.Context, wave, hash string, at time.Time) (err error) {
	defer fault.Wrap(&err, "export.Give")
	err = l.docs.Insert(ctx, &given{Doc: store.Doc{ID: wave}, Hash: hash, At: store.At(at)})
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	had, err := l.docs.Get(ctx, wave)
	if err != nil {
		return err
	}
	if had.Hash != hash {
		return fault.New(fault.Conflict, "export.micro.moved")
	}
	return nil
}
