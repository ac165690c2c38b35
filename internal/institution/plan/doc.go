// Package plan keeps the plans of digitalisation of institutions (Concept 5.6.2): what an
// institution means to do in some school years, why, who answers for it, until when, for
// how much, and what came of it.
//
// Guarantees: every number of people in a plan comes from a report's Table or Changes
// (institution/report), and stands with its interval and its date; two people who change
// one measure never overwrite each other, two who change different ones never wait; a goal
// of a report's figure is called reached, or nearer, only where the change is real; what was
// taken out can be put back; every act is written down, in the audit log and in the
// measure's own history by account.
//
// It does not: read answers, know what a measure costs, or write documents.
package plan
