// Package audit writes down who did what to what, from where and why.
//
// Guarantees:
//   - the log is append-only: rows form one hash chain per process run, and an
//     acknowledged Record is stored;
//   - the head of a chain is signed (Ed25519) and appended to a file outside the
//     store at start, every minute and at stop, so that a removed or changed row
//     and a cut tail show in Verify;
//   - a row holds pseudonyms and codes only: names, addresses, phone numbers and
//     free text do not pass Event's check.
//
// It does not: hide from somebody who holds the store, the seal file and the
// signing key together; prove what happened in the last minute before both the
// store and the seal file were cut; decide who may read (person.Can does).
package audit
