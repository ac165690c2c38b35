// Package lab is the register of digital laboratories in institutions (clause 5.6.3 of the
// Concept): rooms, equipment, software, hours of use, and what is asked for.
//
// Guarantees: two people who change one room never overwrite each other; what is taken out
// can be put back; a request keeps every step with its day and reason; Open gives counts
// of districts only, each over MinBodies institutions or more; a table of equipment is
// tried before anything is written, and what it added can be taken back as a whole.
//
// It does not: hold names of people (a room has a responsible position), brands or prices;
// show anything to the public but Open. Where devices stand is of use to a thief, so no
// page, feed or search for everybody reads this package.
package lab
