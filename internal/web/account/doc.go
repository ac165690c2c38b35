// Package account is the face of package person: sign-in, registration, one's own
// page, consents, the way out, and the links that others hand over.
//
// Duty: every page works without a script and in both languages; every failure of
// person has its own words and a next step; what was typed stays on the page, secrets
// excepted.
//
// Guarantees: nothing here tells a stranger whether an account exists; codes of cards,
// flows and tickets stand in cookies and forms, never in addresses; the only addresses
// with a secret are links that somebody hands over once; programs that open them ahead
// of the person use nothing up; every page is kept out of search engines and caches.
//
// It does not: decide who may do what (person and the gate do), keep anything itself,
// or know what a sitting holds (Kept tells it).
package account
