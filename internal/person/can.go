package person

import (
	"slices"

	"osvitlo/internal/fault"
)

// Actor is who acts, as the session or the token shows it. The zero Actor is a
// visitor. Grants hold live grants only.
type Actor struct {
	Person   ID
	Grants   []Grant
	Strong   bool   // signed in with two factors, or a passkey with the person verified
	Fresh    bool   // signed in or proved again within FreshFor
	Operator bool   // the operator's command line: outside the table
	Where    string // for the audit log: "web", "cli", "venue:lib-1"
	Why      string // for the audit log: reason code or reference
}

// Operator is whoever runs the program's commands on the machine.
func Operator(why string) Actor { return Actor{Operator: true, Where: "cli", Why: why} }

// Holds tells whether the actor holds a role, anywhere.
func (a *Actor) Holds(r Role) bool {
	switch r {
	case Visitor:
		return true
	case Resident:
		return a.Person != ""
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == r })
}

// Staff tells whether the actor holds any role that somebody gave.
func (a *Actor) Staff() bool { return len(a.Grants) > 0 }

// Subject is to what something is done: somebody's own data, things of a venue, of
// an institution, or of the city (the zero Subject).
type Subject struct {
	Owner       ID
	Venues      []string
	Institution string
	// Somewhere asks whether the actor may do it at any place at all: for pages that
	// then list the places themselves. Never use it for reading or changing a thing.
	Somewhere bool
}

// Own is data of one person.
func Own(id ID) Subject { return Subject{Owner: id} }

// At is a thing of a venue.
func At(venue string) Subject { return Subject{Venues: []string{venue}} }

// Of is a thing of an institution.
func Of(institution string) Subject { return Subject{Institution: institution} }

// City is what belongs to no place.
var City = Subject{}

// Somewhere is for pages that list the actor's places.
var Somewhere = Subject{Somewhere: true}

// Scope is how far a role reaches in an action.
type Scope uint8

// The scopes.
const (
	Nothing  Scope = iota
	OwnData        // what the person owns
	OwnPlace       // what lies at the place of the grant
	All
)

var scopeNames = [...]string{"", "own", "place", "all"}

// String is the scope's id.
func (s Scope) String() string { return scopeNames[min(int(s), len(scopeNames)-1)] }

// Verdict is the answer of Can.
type Verdict uint8

// The verdicts.
const (
	Refused     Verdict = iota // the role has no such right: 403
	Hidden                     // the role has it, but not over this subject: 404
	SignIn                     // a visitor: sign in first
	WantsFactor                // the right needs a second factor in this session
	WantsProof                 // the right needs a sign-in of the last minutes
	Allowed
)

// OK tells whether the act may go on.
func (v Verdict) OK() bool { return v == Allowed }

var verdictErrors = [...]error{
	Refused:     fault.New(fault.Forbidden, "person.refused"),
	Hidden:      fault.New(fault.NotFound, "person.not_here"),
	SignIn:      fault.New(fault.Unauthenticated, "person.sign_in_first"),
	WantsFactor: fault.New(fault.Unauthenticated, "person.second_factor_first"),
	WantsProof:  fault.New(fault.Unauthenticated, "person.prove_again"),
	Allowed:     nil,
}

// Err is the fault to return; nil when allowed.
func (v Verdict) Err() error { return verdictErrors[min(int(v), len(verdictErrors)-1)] }

// Can is the one answer to who may do what to what. It allocates nothing.
func Can(a *Actor, act Action, s Subject) Verdict {
	if act >= actionCount {
		return Refused
	}
	if a.Operator {
		return Allowed
	}
	row := &rights[act]
	if row.reach[Visitor] == All {
		return Allowed
	}
	if a.Person == "" {
		return SignIn
	}
	verdict := Refused
	switch row.reach[Resident] {
	case All:
		return fresh(a, row)
	case OwnData:
		if s.Owner == a.Person {
			return fresh(a, row)
		}
		verdict = Hidden
	}
	for i := range a.Grants {
		g := &a.Grants[i]
		scope := row.reach[g.Role%roleCount]
		if scope == Nothing {
			continue
		}
		if scope == OwnPlace && !s.at(g) {
			verdict = Hidden
			continue
		}
		if !a.Strong {
			return WantsFactor
		}
		return fresh(a, row)
	}
	return verdict
}

func fresh(a *Actor, row *right) Verdict {
	if row.fresh && !a.Fresh {
		return WantsProof
	}
	return Allowed
}

func (s *Subject) at(g *Grant) bool {
	if s.Somewhere {
		return true
	}
	switch g.Role.PlaceKind() {
	case Venue:
		return slices.Contains(s.Venues, g.Place)
	case Institution:
		return g.Place != "" && s.Institution == g.Place
	}
	return false
}

// Venues tells over which venues the actor's roles reach in an action; all when one
// of them reaches everywhere.
func (a *Actor) Venues(act Action) (venues []string, all bool) {
	if a.Operator {
		return nil, true
	}
	if act >= actionCount || !a.Strong {
		return nil, false
	}
	for _, g := range a.Grants {
		switch rights[act].reach[g.Role%roleCount] {
		case All:
			return nil, true
		case OwnPlace:
			if g.Role.PlaceKind() == Venue && !slices.Contains(venues, g.Place) {
				venues = append(venues, g.Place)
			}
		}
	}
	return venues, false
}
