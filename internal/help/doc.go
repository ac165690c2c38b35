// Package help is the hotline: questions of people, the queue of those who answer, and
// the articles that both read.
//
// A question has a number that can be said on the telephone and a code that only its
// asker knows. What the asker wrote, the name and the way to reach them are sealed; the
// queue, the search and everything public hold the text after [Mask] only. A question
// and all of its text are erased after [Keep]; what is left are counts by month.
//
// Guarantees: sending one form twice makes one question; a code of another question, a
// wrong code and a number that does not exist answer alike (NotFound), and guessing
// stops; a question is held by one operator at a time; an answer is public only after an
// editor saw what was taken out and confirmed the rest; every act of staff is audited.
//
// It does not: call anybody, keep recordings, connect to messengers, or decide what an
// answer says.
package help
