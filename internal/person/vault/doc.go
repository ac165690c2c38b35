// Package vault seals fields that name a person, and hashes what is searched.
//
// A ring holds keys with ids. The first one seals; all of them open, so that a key
// can be exchanged while the program runs: add the new key behind the old one on
// every replica, then put it first, let the background job seal everything anew,
// then take the old one out.
//
// Guarantees: AES-256-GCM with a random nonce; a sealed text opens only in the
// context (collection, document, field) it was sealed for; hashes are keyed, so the
// store alone does not tell the value behind them.
//
// It does not: keep keys, hide that two hashes under one key are equal, or hide the
// length of what is sealed.
package vault
