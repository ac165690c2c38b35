// Package content reads the content files and ties them together.
//
// Duty: YAML to typed values with the line of everything, JSON Schema, the lint
// of instrument and framework, and what only the whole shows: references,
// coverage, published versions guarded by content.sum. The result is a Library,
// immutable and safe for concurrent use, and a list of Problems; a Library with
// errors among its problems must not be served.
//
// It does not decide what a person sees, does not store, and does not write
// content files.
package content
