// Package labs holds the pages of digital laboratories: an institution keeps its rooms,
// equipment and requests, the education department sees all of them and decides.
//
// Guarantees: everything but one file of counts by district is for staff only; a list and
// its file show the same rows; a refused form keeps what was typed, and where a colleague
// was faster both texts stand beside each other.
//
// It does not: know prices, brands or names of people, or keep documents: a technical
// requirement is made of the request each time it is read.
package labs
