// Package mentor is the desk of a library's mentor: registering a person in under a
// minute, finding one, consents that were spoken, a parent's paper, and the card.
//
// Guarantees: pages are made for a telephone first and work without script; the desk
// shows people of the mentor's own venues only, everybody else is not there; before a
// second account is made the mentor sees who is alike; a card is shown once and never
// cached; no address holds a name or a phone; every reading and change is in the log.
//
// It holds no rule of the domain: package person decides who may do what.
package mentor
