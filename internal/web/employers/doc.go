// Package employers shows enterprises, departments of the council and organisations how
// far their people are as a whole, gives people the page on which they agree and leave,
// and the public the list of digitally literate employers.
//
// Guarantees: every number comes from staffing.Look; a name stands only where the person
// ticked it, and the page says what they agreed to; nobody is told who has not joined.
//
// It does not decide what is counted or shown: package staffing does.
package employers
