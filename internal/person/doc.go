// Package person knows who acts: people, their ways in, their roles, what they
// agreed to, and how all of it ends.
//
// Guarantees:
//   - a person is a random pseudonym; name, phone, address and birth year are sealed
//     (AES-GCM) and searched through keyed hashes only;
//   - Can is the one table of who may do what to what; what lies outside a person's
//     own data, venue or school answers NotFound, as if it were not there;
//   - every way in is slowed per account and card, never per network address; wrong
//     and unknown look alike; secrets are stored as keyed hashes, tokens as hashes;
//   - reading or changing another person's data is written to the audit log first;
//   - erasure begins with a tombstone outside the store and can be run again from
//     there after any restore;
//   - two documents are never changed as one: each act is a row of steps that may be
//     cut short anywhere and run again.
//
// It does not: render pages, set cookies, know what a sitting or a course holds
// (Holder and Sittings tell it), or find out whether somebody is who they say.
package person
