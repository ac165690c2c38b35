// Package institution is the register of bodies whose people the city asks once a year:
// schools, kindergartens, colleges, enterprises, departments of the council, community
// organisations.
//
// Guarantees: a body keeps its id through every change of name, merger and move, and its
// name of any day can be told; the frame (how many people of a role it has in a school
// year) is what response is counted against and carries where it comes from; two people
// who change one body never overwrite each other.
//
// It does not: know who works there, who has answered, or what was answered. Rounds stand
// in institution/round, what is made of them in institution/report.
package institution
