// Package xapi tells learning acts as statements of the Experience API 1.0.3.
//
// Duty: makes statements of a learner's progress (lesson opened and completed, check
// answered, result of a package, final check passed or failed, course completed); exports
// them for a course and a time; sends them to a Learning Record Store where one is set up.
//
// Guarantees: a statement is derived from what is stored, with an id made of what it says,
// so it can be made and sent again without becoming two; the actor is an account with a
// pseudonym of this installation's secret, never a name; only acts of people who agreed to
// a record of learning are exported or sent, and the consent is asked again right before
// sending; devices without an account are never told of; an LRS that is away, slow or
// wrong holds up no learner, and what it did not take waits.
//
// It does not store statements, does not read an LRS, and cannot take back from an LRS
// what it has sent: the text of consent names the LRS as a recipient.
package xapi
