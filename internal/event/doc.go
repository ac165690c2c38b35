// Package event keeps what is on in the city: courses, lectures, consultations, the forum
// for older people, meetings of clubs; computers and short consultations that are booked
// by the hour; and who has a seat.
//
// Guarantees:
//   - a seat is a document whose id is the seat (`seat:{event}:{occurrence}:{n}`), so two
//     people never hold one, whatever races or crashes on however many replicas;
//   - whoever waits is asked in the order of coming; an offer ends after a bounded time,
//     in which the night does not count, and then goes to the next one;
//   - name, phone, card and mail of a booking are sealed, and gone some days after;
//   - an event for children, or a large one, shows strangers its day and district only:
//     time, address and number of seats go to those booked (USERS 11);
//   - nobody is written to between 21:00 and 8:00 of Kyiv, except that an event that
//     begins before 10:00 is called off at once; short messages hold no link;
//   - an alarm is nobody's fault: absence there is excused (USERS 12).
//
// Times are wall clock of Kyiv: a lesson at 11:00 stays at 11:00 when clocks change. An
// hour that does not exist begins an hour later; of an hour that comes twice the first
// one counts.
//
// It does not: render pages, draw posters, know what a place is (Venues tells), or send
// anything itself (package notify does).
package event
