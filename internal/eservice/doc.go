// Package eservice keeps what the city adds to the written instructions of e-services:
// who has confirmed them, corrections, what is hidden, warnings against fraud, and how
// the services are used.
//
// Duty: the read model of the manual (files, corrections and confirmations joined, with
// search and the index by life event), warnings that expire by themselves, counters and
// monthly counts of the service centre with their series.
//
// Guarantees: a confirmation names a person and holds only for the very text that was
// confirmed, so that a changed file or a correction takes it away; nothing that is hidden
// or expired is shown as confirmed; every act of staff is written down before it is done;
// counters know an instruction, a step and a day, never a person; what the public sees of
// them is rounded and small numbers are left out.
//
// It does not write pages or files (web/services), and does not open official sites.
package eservice
