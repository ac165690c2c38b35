// Package course keeps what learners do with courses.
//
// Duty: progress of a person or of an anonymous device per activity; the final
// check and completion; what to learn next and why; feedback on lessons; groups
// with seats, a waiting list and attendance; the proof that a course worked.
//
// Guarantees: an acknowledged mark is durable; marks may come twice, late, in any
// order and from several devices, and the result is the same; a group never holds
// more people than seats, whoever joins at once; completion of a course is told to
// the outbox at least once under one id; free text loses phone numbers, addresses
// and card numbers before it is stored; a gain is shown from ten people on.
//
// It does not read course files (content does), does not check who may do what
// (the web does, with person.Can), and issues no certificate.
package course
