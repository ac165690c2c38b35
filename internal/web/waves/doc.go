// Package waves is the staff's pages of campaigns and waves: plan, fieldwork,
// release, withdrawal and erratum.
//
// Duty: forms to survey and cityindex and back; tables first, a drawing beside them.
//
// Guarantees: what moves with every single answer is shown only to who may see the
// internal index; every act stands in the audit log before it is done; nothing is
// released without a page that says what will be published; a form that is refused
// comes back with what was typed.
//
// It computes no figure, decides nothing of the domain and shows nothing public.
package waves
