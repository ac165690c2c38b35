// Package survey holds planned collections: campaigns and their waves.
//
// Duty: which wave a sitting belongs to (CONTRACT §5), and the guard that a
// production wave does not start before the city has said who asks, by which
// decree and at which phone people can check it.
//
// Guarantees: waves are few and served from memory; a stored wave keeps its
// opening and, once open, what decides who is counted; two people who change one
// plan never overwrite each other; the moment of closing belongs to the next
// state (half-open span).
//
// It does not: send invitations, count quotas, or know who answered.
package survey
