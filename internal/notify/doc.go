// Package notify sends messages to people, through the outbox.
//
// Guarantees: a message is queued once under its id and sent at least once until the
// server took it; a retry carries the same Message-ID, so that a mail server or a
// reader can drop the double; what waits is sealed; a message past its end is not
// sent; what may wait is not sent at night and waits for a server that is away; without a configured server Queue refuses and says so: nothing is dropped in
// silence. Short messages go to the city's gateway by a signed webhook in the same
// way, and are not offered without one. In demo an inbox takes the place of the server and shows what was sent.
//
// It does not: write texts, choose whom to write to, or know whether a person reads.
package notify
