// Package selfdesc holds the pages of self-descriptions: an institution fills the form in by
// section and signs it, the education department sees what is signed and publishes it by
// its decision.
//
// Guarantees: every section is saved by itself and without a script; a refused form keeps
// what was typed, and where a colleague was faster both texts stand beside each other; a
// signed document is shown as it was signed, by the form of that day.
//
// It does not: show drafts to the department, or publish a field that may not be published.
package selfdesc
