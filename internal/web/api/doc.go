// Package api is the public interface for programs: instruments, whole sittings
// and their description in OpenAPI 3.1 (CONTRACT §3, §4).
//
// Guarantees: every fault is a problem document (RFC 9457) with a JSON pointer
// per wrong place; a body over its bound is refused without being read; nothing
// in a log or a header names a sitting; no limit goes by address.
//
// It holds no rule of the domain: what a sitting is worth and whether it counts
// decides package sitting. It renders no pages.
package api
