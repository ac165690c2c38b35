// Package draft is how courses are written in the browser: drafts, their check, the
// review by another person, and the versions that are published.
//
// Duty: a draft is the files of one course as text, each with who changed it last; the
// loader and lint of the content files read it. A published version is an immutable
// document «slug@n» with its hash. The newest version of each course, of the files or
// of the store, is the catalogue that learners see.
//
// Guarantees: nothing typed is written over unseen (a change names the revision of the
// file it rests on); a change can be undone; a version is published once, whoever else
// publishes at the same moment; only words that another named person has signed become
// a reviewed version; a course with errors is not published; other replicas serve a new
// version after their next Refresh.
//
// It does not make pages, does not keep what learners do (package course does), and does
// not write content files: Export gives their bytes.
package draft
