// Package job runs what must happen once, although many replicas could run it.
//
// It holds three things: a lease with a fencing token, a schedule of repeated jobs
// (a slot of each is run once, days are those of Kyiv), and an outbox of messages
// that are handed to their handlers.
//
// Guarantees:
//   - two replicas never hold one lease at a time by the store's word, and a holder
//     that slept past its end is refused by its fencing token at the next write;
//   - a slot of a job that was finished never runs again; one that was broken off is
//     run again by whoever comes next, so a job must bear being run twice;
//   - a message is added once under its id, and handed over at least once until its
//     handler agrees; it is handed to one replica at a time; after the last try it
//     stays as a dead letter that an operator sees.
//
// It does not: send anything itself, order messages, or wake up at an exact second.
package job
