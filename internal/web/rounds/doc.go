// Package rounds is the staff's pages of the yearly rounds in institutions.
//
// Duty: forms to institution/round and back: a round's plan, its opening with the order,
// its close, its report, and what came in.
//
// Guarantees: what came in is shown as the domain gives it out, roles under ten together;
// a form that is refused comes back with what was typed; nothing of it is kept by caches.
//
// It decides nothing of the domain, keeps nothing and shows nothing public.
package rounds
