// Package plans shows plans of digitalisation: to an institution its own, to be written,
// printed and closed; to the education department how far all of them are.
//
// Guarantees: what was typed stays on the page after an error; of two people who changed
// one measure the second sees both texts; numbers of people come from institution/plan,
// which takes them from reports only; a file holds exactly what its page shows.
//
// It does not: decide what is offered, or keep anything itself.
package plans
