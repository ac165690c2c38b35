// Package report makes of a round's answers what schools and the education department
// may see.
//
// Answers become sums per institution and role; institutions become blocks of at least K
// people (disclosure.Join); a report holds the sums of blocks and nothing finer. Every
// page, filter, file, data service and comparison of years is made of a report's blocks,
// so they are one system: whatever somebody asks and subtracts stays a sum over whole
// blocks. See disclosure.Blocks for why nothing under K people follows from that.
//
// Guarantees: the same answers give the same report; sums are whole numbers, so their
// order does not matter; a figure always comes with its number of people and its error.
//
// It does not: read answers, know people, store anything, or speak a language.
package report
