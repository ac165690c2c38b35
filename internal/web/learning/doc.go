// Package learning is where residents learn: the list of courses, a course, a lesson
// one activity at a time, the final check, handouts and groups; and where mentors and
// editors see how it goes.
//
// Guarantees: every page does its whole job without script; what a learner does is
// stored before the next page opens; a device is known only by a random key in its
// cookie, made at the first act and never by looking at a course; nothing typed into an imitation
// has a name, so no browser can send it; no address holds a person.
//
// It holds no rule of the domain: package course decides what counts as done, what is
// next, who gets a seat and whether a course has worked.
package learning
