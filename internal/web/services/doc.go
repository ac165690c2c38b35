// Package services is the pages of the e-service manual: the list by life event with its
// search, every instruction in its seven headings, sheets, the whole manual as a page, a
// PDF, a brochure and one file without the network, warnings against fraud with their
// feed, and the staff's pages of all that with the index of use.
//
// Guarantees: a text that nobody has confirmed says so on every form it takes; one goes to
// an official address only by a page that names it, and only to addresses that stand in an
// instruction; nothing about a reader is stored; every page works without script.
//
// It decides nothing of the domain (eservice) and writes no text of its own about a service.
package services
