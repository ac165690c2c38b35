// Package help answers the pages of the hotline: /help for everybody, /office/help for
// those who answer.
//
// Guarantees: the first branch of every page is «Мене щойно обдурили»; everything works
// without a script; whoever writes a number of a passport or a card is told before it is
// sent; no address holds what somebody wrote; a form sent twice makes one question; staff
// see a question's own text only while they hold it.
//
// It does not: keep anything itself (package osvitlo/internal/help does), call, or send.
package help
