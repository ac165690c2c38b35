// Package fault is the one error type of the program.
//
// A fault says which operation failed (Op), of what kind it is (Kind), which
// message a person may be shown (Key with Args, translated at the edge) and, for
// bad input, which fields are wrong (Fields). Errors from outside the program
// become Internal: their text goes to the log under an incident number and never
// to a page.
//
// The package does not translate, does not log and knows neither HTTP nor a store.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Kind is what a caller may decide on.
type Kind uint8

// The kinds. Internal is the zero value: an error of unknown kind is internal.
const (
	Internal        Kind = iota // a bug or an unknown error; never shown
	Invalid                     // the input breaks a rule; Fields say which
	NotFound                    // nothing by that name, or not for the asker to know
	Conflict                    // exists already, or was changed by somebody else
	Forbidden                   // known actor, not allowed
	Unauthenticated             // unknown actor
	Gone                        // was there, erased for ever
	TooMany                     // slow down; try later
	TooLarge                    // the body is over its bound
	Unavailable                 // a service we need is away; try later
)

var kindNames = [...]string{"internal", "invalid", "not_found", "conflict", "forbidden",
	"unauthenticated", "gone", "too_many", "too_large", "unavailable"}

// String returns the snake_case name used in logs, metrics and message keys.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Field is one fault in the input.
type Field struct {
	Pointer string         // JSON pointer (RFC 6901) or form field name
	Key     string         // message key, such as "fault.required"
	Args    map[string]any // values for the message
}

// Error is a fault. Build it with New, Invalidf and friends; read it with KindOf.
type Error struct {
	Kind   Kind
	Op     string         // innermost-first operations, "sitting.Answer: store.Replace"
	Key    string         // message key; empty means the kind's own message
	Args   map[string]any // values for the message
	Fields []Field
	Err    error // cause, for logs only
}

// Error is for logs. It never goes to a page.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	b.WriteString(e.Kind.String())
	if e.Key != "" {
		b.WriteString(" " + e.Key)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s %s]", f.Pointer, f.Key)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes a fault of a kind with a message key (may be empty).
func New(kind Kind, key string) *Error { return &Error{Kind: kind, Key: key} }

// Newf makes a fault whose cause is a formatted text for the log.
func Newf(kind Kind, key, format string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Err: fmt.Errorf(format, args...)}
}

// InvalidFields makes an Invalid fault that names every wrong field.
func InvalidFields(fields ...Field) *Error {
	return &Error{Kind: Invalid, Key: "fault.invalid", Fields: fields}
}

// From turns any error into a fault of the given kind, keeping it as the cause.
// A nil error stays nil; an error that is a fault already keeps its own kind.
func From(err error, kind Kind, key string) error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return err
	}
	return &Error{Kind: kind, Key: key, Err: err}
}

// Wrap notes the operation on a returned error. Use it deferred:
//
//	defer fault.Wrap(&err, "sitting.Answer")
//
// A nil error stays nil. Deadline and cancellation become Unavailable.
func Wrap(err *error, op string) {
	if *err == nil {
		return
	}
	var f *Error
	if errors.As(*err, &f) {
		c := *f
		if c.Op == "" {
			c.Op = op
		} else {
			c.Op = op + ": " + c.Op
		}
		*err = &c
		return
	}
	kind := Internal
	if errors.Is(*err, context.DeadlineExceeded) || errors.Is(*err, context.Canceled) {
		kind = Unavailable
	}
	*err = &Error{Kind: kind, Op: op, Err: *err}
}

// KindOf tells an error's kind: Internal for anything that is not a fault.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// Is tells whether err is a fault of this kind. A nil error is of no kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// As returns the fault inside err, or an Internal one around it; nil for nil.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return &Error{Kind: Internal, Err: err}
}
