// Package coursepack keeps packages of other programs that lessons show: SCORM 1.2,
// SCORM 2004 and H5P.
//
// Duty: takes a package apart within bounds, reads its manifest, keeps its files,
// serves them by path, and keeps what a learner's package wants to remember and what
// it said of the learner's result.
//
// Guarantees: a package is there whole or not at all (its document is written last);
// nothing in it can name a file outside of it; bounds hold for files, bytes and the
// ratio of compression before anything is unpacked; a package never changes under its
// name: what is served under an address is the same for good; what a learner's package
// keeps is bounded.
//
// It does not judge what a package teaches, does not sequence SCORM 2004 activities
// (parts stand in a list), ships no player of H5P, and believes a package's score:
// a browser can always say what it likes, so such a score never makes a certificate.
package coursepack
