// Package packages serves packages of other programs (SCORM, H5P) into their frames, and
// has the pages of staff that bring them in and carry whole courses in and out.
//
// Guarantees: what comes out of a package never runs with this site's origin: each answer
// says "sandbox" and a policy that lets it load only its own folder; when an origin of
// their own is set up, files are served nowhere else; an upload is taken whole or refused
// with words, and one that is too large is refused before it is read.
//
// It does not record what learners do (web/learning does, on the lesson's own address),
// and ships no player of H5P.
package packages
