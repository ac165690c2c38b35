// Package portrait keeps what institutions say of themselves each school year: the form of
// selfdesc filled in by section, signed as a document, published by the education department.
//
// Guarantees: two people who fill in one section never overwrite each other, and two who
// fill in different ones never meet; a signed version never changes, and the form it was
// filled in with stays with it; what is published is one signed version, and Open gives
// only its fields that may be published.
//
// It does not: check an electronic signature (a name and a position are typed, and the act
// stands in the audit log), or know what people of the institution answered in a round.
package portrait
