// Package schools shows what yearly rounds found: to the education department as a heat
// map of institutions, a distribution and a map of the city, to a school its own results,
// and both as files.
//
// Guarantees: every number comes from a report's Table or Changes (institution/report), so
// nothing under ten people can be seen or subtracted; a file holds exactly what its page
// shows; a self-rating never stands without the knowledge part beside it; no institution
// gets a place in a ranking.
//
// It does not: open or close rounds, hand out codes, or read answers.
package schools
