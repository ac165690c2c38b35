// Package place keeps the doors a resident can walk through: libraries, hubs, service
// centres, clubs. What each offers, when it is open, how one gets in, and what of that
// the public may know.
//
// Guarantees:
//   - every field has a publication class (public, after booking, staff); Service.Face is
//     the one way from a place to what somebody outside sees, and staff-only fields cannot
//     be opened by any setting (USERS 11);
//   - a hidden place is gone from every face, list, feed and file at once on this process
//     and within two seconds on the others; each act of staff stands in the audit log
//     before it is done;
//   - lists, filters and distances are answered from memory: no query touches the store;
//   - an import changes nothing before it is confirmed, names every wrong row with what
//     to do, and can be undone;
//   - an address or a point is never invented: a place without a point is listed and is
//     not on the map.
//
// It does not: render pages, keep bookings, know events or people's positions (a point
// somebody searches near is rounded by the caller and not kept).
package place
