// Package places is the list and map of places for everybody, and the register of places
// for staff.
//
// Guarantees: the list is the page, the map is drawn only when somebody asks for it; a
// page asks no other site for anything, tiles come through this site; where somebody
// searches near is rounded before it leaves their device and is not kept; what is
// hidden is on no page, file or map from the next request on.
//
// It does not decide who may know what of a place: package place does.
package places
