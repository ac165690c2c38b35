// Package itembank is the life of the items after they are written: who has read
// them, which are set aside and why, what the answers say about them, and which of
// them an adaptive test may draw from today.
//
// Guarantees: what a person did to an item is an event that is added and never
// changed; a review is signed by the person who is signed in, for the words the
// item had then, and by nobody for another; figures come from one pass over the
// sittings with bounded memory and are the same for the same sittings in any order;
// a figure that may not be told says why; a quarantine is proposed by figures and
// decided by people; parameters come into use only when a person has released them,
// and stand on the running scale.
//
// It does not write content files, does not choose items for a sitting, does not fit
// models itself (packages psychometrics and adaptive do), and holds no names: people
// are pseudonyms here.
package itembank
