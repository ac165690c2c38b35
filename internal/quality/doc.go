// Package quality looks at how one sitting was answered (METHOD §8): the pace
// against thresholds frozen with the instrument's version, straight lines on
// grids of scales, failed attention items, and likeness to other sittings of the
// last hour.
//
// Guarantees:
//   - figures and reasons only: nothing here excludes, hides or changes a sitting;
//   - slow answering is never a flag, and time across a break is not used;
//   - likeness under a venue's or operator's token is reported as possible
//     dictation with no points; it never counts against the person;
//   - a report names the version of the rules it was made by.
//
// It does not: keep reports (package sitting does), know people, addresses or
// devices, or judge a whole wave: Mahalanobis distances need all rows and lie in
// package psychometrics.
package quality
