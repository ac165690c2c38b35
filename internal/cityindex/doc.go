// Package cityindex turns submitted sittings into the figures of the city and
// publishes them: cells, estimates, live steps, releases, open data, and the
// check that recomputes a download.
//
// Guarantees:
//   - the index never scans people: cells are exact integer sums per class that
//     take any order of additions and removals (CONTRACT §7), so an estimate
//     costs the same for a thousand and for a million respondents;
//   - what the public sees changes only by groups of 0 or at least 10 people
//     (CONTRACT §6, USERS 1), and every replica and restart shows the same step;
//   - a release is frozen, numbered, signed, and can be recomputed from its own
//     download; figures of fewer than 10 people are suppressed together with
//     what would give them away;
//   - what sums cannot give (the table of drivers, the drawn sample, another form on
//     the reference scale) is made from the rows once per release, as they stood at
//     the public step, and leaves no trace of their order;
//   - a difference between waves is called a change only after Holm's correction, and
//     a break of the series is told, never bridged;
//   - every figure carries its error and its n, or a reason why there is none.
//
// It does not: read answers, know people, render pages, impute, or call an
// opt-in sample a probability sample.
package cityindex
