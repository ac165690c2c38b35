// Package jcs reads JSON strictly and writes it canonically (RFC 8785, JCS).
//
// Duty: one pass over a body gives a tree in which every place can be named by
// a JSON pointer (RFC 6901), and one more gives the canonical bytes by which two
// bodies are compared.
//
// Guarantees: what RFC 8259 leaves open is refused (a name twice in an object,
// broken UTF-8, a lone surrogate, a number outside the doubles, anything behind
// the value), nesting is bounded, and no input panics. Memory grows linearly
// with the input, which the caller bounds.
//
// It does not bind to Go types and knows nothing of sittings.
package jcs
