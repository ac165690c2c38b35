// Package register is the pages of the register of institutions.
//
// Duty: forms to institution and back: the list, one body with its names, people, mergers
// and coordinators, the import of a file, the turn of the school year; and the page on
// which a coordinator confirms the numbers of people and hands the duty over.
//
// Guarantees: a form that is refused comes back with what was typed; a merger and an
// import show what they will do before they do it and can be undone; nothing is kept by
// caches.
//
// It decides nothing of the domain, keeps nothing and shows nothing public.
package register
