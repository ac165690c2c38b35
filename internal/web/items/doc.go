// Package items is the office's view of the item bank: the list with its gaps, one
// item as the resident sees it with its key, figures and history, and the
// instruments with their reliability and approval.
//
// Guarantees: a reader signs for themselves, for the words shown on the page that was
// sent; every figure stands in a table before it is drawn, and a missing one says why;
// what was typed is on the page again when it was refused.
//
// It does not edit items (they are files), compute figures or decide anything: package
// itembank does.
package items
