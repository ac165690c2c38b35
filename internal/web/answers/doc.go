// Package answers is the staff page of answers: row by row, without names, and the
// files that hold the same.
//
// Duty: one address for the page and one for each format, all with the same query;
// both read export.Table, so the screen and the file cannot differ.
//
// Guarantees: whoever may see the internal index sees the rows; a selection of 1 to 9
// sittings, people's own words and answers of special risk are for those who may review
// sittings; every view and every file stands in the audit log with its reason before
// the first row leaves; a file that breaks off does not look whole.
//
// It does not change an answer, and it gives nothing to the public.
package answers
