// Package lesson says what a course, a lesson and an activity are.
//
// Duty: the typed shape of content/courses, the registry of activity types (one
// file per type: fields, texts, lint), the lint of a lesson and of a course by
// itself, and the hash that guards a published version.
//
// Guarantees: everything is immutable once loaded and safe for concurrent use;
// nothing panics on a writer's input; a finding carries the JSON pointer of what
// is wrong.
//
// It does not read files or know other files (content does), and does not store
// what a person has done (course does).
package lesson
