package sqlite

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"osvitlo/internal/fault"
)

// code is SQLite's primary result code of an error, 0 when it is not SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// translate turns an error into a fault. What may pass (a lock, a full or failing
// disk) is Unavailable; what the document itself causes is Invalid.
func translate(err error) error {
	if err == nil {
		return nil
	}
	switch code(err) {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fault.Newf(fault.Unavailable, "", "the database file is locked: %w", err)
	case lib.SQLITE_FULL:
		return fault.Newf(fault.Unavailable, "", "the disk is full: %w", err)
	case lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_NOMEM,
		lib.SQLITE_INTERRUPT, lib.SQLITE_PROTOCOL, lib.SQLITE_NOLFS, lib.SQLITE_PERM:
		return fault.Newf(fault.Unavailable, "", "the database file does not answer: %w", err)
	case lib.SQLITE_TOOBIG, lib.SQLITE_CONSTRAINT, lib.SQLITE_MISMATCH:
		return fault.Newf(fault.Invalid, "", "the document cannot be stored: %w", err)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.From(err, fault.Unavailable, "")
	}
	return fault.From(err, fault.Internal, "")
}

// ofOneWrite tells whether an error belongs to the statement alone, so that the other
// writes of the batch can go on without it.
func ofOneWrite(err error) bool {
	switch code(err) {
	case lib.SQLITE_TOOBIG, lib.SQLITE_CONSTRAINT, lib.SQLITE_MISMATCH, lib.SQLITE_ERROR:
		return true
	}
	return code(err) == 0
}

// broken tells whether a connection should be thrown away after this error.
func broken(err error) bool {
	switch code(err) {
	case 0, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_FULL, lib.SQLITE_INTERRUPT,
		lib.SQLITE_TOOBIG, lib.SQLITE_CONSTRAINT, lib.SQLITE_MISMATCH, lib.SQLITE_ERROR:
		return false
	}
	return true
}

var errClosed = fault.Newf(fault.Unavailable, "", "the store is closed")
