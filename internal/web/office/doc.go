// Package office is the pages of the city's staff: who works here, who learns, what
// waits for a decision, and what was done.
//
// Guarantees: a section is shown to whom the table of rights opens it; every page
// works without script, at 360 px and with a keyboard; a dangerous act asks before it
// is done and says afterwards what happened; what is shown once is never cached;
// reading of people and of the log is itself written down; no address holds a name, a
// phone or an e-mail.
//
// It holds no rule of the domain: what may be done decide person, sitting, cityindex
// and job.
package office
