// Package spelling brings what people write about themselves to one form: names,
// phone numbers, e-mail addresses.
//
// Guarantees: a name typed in Ukrainian, in Russian spelling, in Latin letters or
// with any apostrophe folds to shared keys; a phone becomes E.164; an address with
// letters that only look Latin is refused with the letter named. Every function is
// linear in the length of its input and never panics.
//
// It does not: tell whether a name, phone or address exists, or know first names
// from surnames.
package spelling
