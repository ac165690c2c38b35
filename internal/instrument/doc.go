// Package instrument holds items, options, rules and instruments: what is asked.
//
// Duty: the types of published questionnaires and tests, the registry of item
// types (one file per type: check, score, form, export columns, public view,
// lint), the registry of rule operators, the path of a sitting derived from its
// answers, and the hash that guards a published version.
//
// Guarantees: everything is immutable once linked and safe for concurrent use;
// a public view never carries a key; nothing panics on a respondent's input;
// answers off the path never reach a condition.
//
// It does not read files (content does), does not store answers (sitting does),
// and does not aggregate scores (scoring does).
package instrument
