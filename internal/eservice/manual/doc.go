// Package manual says what an e-service instruction is, as its writer wrote it.
//
// Duty: the typed shape of content/services, the seven headings that are the same for
// every instruction, and the lint of one instruction by itself.
//
// Guarantees: everything is immutable once loaded and safe for concurrent use;
// nothing panics on a writer's input; a finding carries the JSON pointer of what is
// wrong. A file can never call itself verified: a named person does that (eservice).
//
// It does not read files or know other files (content does), and does not store what
// the city has confirmed, hidden or corrected (eservice does).
package manual
