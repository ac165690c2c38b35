// Package staffing lets an enterprise, a department of the council or a community
// organisation learn together: people enrol of their own will, the employer proposes
// courses and sees how far its people are as a whole.
//
// Guarantees: an employer sees names only of those who ticked it, certificate by
// certificate or all of them, and until they untick it; everything else it sees are
// counts. Every count that leaves this package is a multiple of ten that is looked at
// once a day and moves only when ten people more or fewer stand behind it (see Move).
// Whatever is added, subtracted and compared over pages, files, employers and days
// therefore stays a multiple of ten: nobody's coming, leaving, erasure, level or course
// can be told, and a body with fewer than ten people shows nothing. A code enrols one
// person, whoever uses it at once, and ends by itself; how many codes an employer has and
// may make says nothing of who used them. Leaving takes everything along that stood here.
//
// It does not: know names (the page asks the accounts for those who agreed), send
// anything, judge anybody, make a course obligatory, or check that somebody works where
// they enrolled: whoever has a slip enrols.
package staffing
