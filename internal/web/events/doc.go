// Package events shows what is on: the list and the month, an event, booking and the page
// of a booking, calendars to subscribe to, posters; for staff the making of events, lists
// of people, attendance and desks that are booked by the hour.
//
// Guarantees: strangers read faces of package event only, so what is for those booked
// stands on no page, feed, picture or schema.org data; every page and form works without
// scripts; a booking is opened by its code or its secret address, never by a name; names
// and phones of those booked are written into the log of acts before they are shown.
//
// It does not: decide who gets a seat, or send messages.
package events
