// Package round holds the yearly monitoring of institutions: who is asked, with which
// questionnaire, between which days, with which codes; what came in; and the report that
// is cut once at its end.
//
// Guarantees:
//   - a code is one answer; nobody can tell who got which code, and nothing says when one
//     was used: codes are kept as keyed hashes, answers without code, time or sitting;
//   - a round opens only with the order that promises people that their answers are theirs;
//   - who is asked, the frames and the reporting groups are settled when it opens;
//   - what was begun before the close may be ended within Grace; the report is cut after
//     that, once, and holds blocks of at least report.K people;
//   - counts of responses are made once a day, and roles under K are counted together.
//
// It does not: render pages, know people, or keep answers to single questions of the
// knowledge part.
package round
