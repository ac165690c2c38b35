// Package school is the pages of an institution's coordinator and of the people who
// answer there with a code.
//
// Duty: the coordinator's own institutions and what came in, codes on slips and lists,
// the poster of the staff room; the page that greets whoever has a code; the own profile
// at the end.
//
// Guarantees: codes are shown once, on the page that made them, and that page is kept by
// no cache; sending its form again makes no further codes; nobody in the institution is
// told who took which code, or when one was used; the profile is for who answered.
//
// It does not: decide who may see what (institution/round gives the counts as they may be
// seen), show results of an institution, or keep anything.
package school
