package person

import (
	"regexp"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// ID is a person's pseudonym: "p" and 26 letters, 128 random bits.
type ID string

// Role is what somebody is here.
type Role uint8

// The roles. Visitor is whoever has not signed in; everybody signed in is a Resident.
const (
	Visitor Role = iota
	Resident
	Mentor
	VenueLead
	Coordinator
	Analyst
	CDTO
	Editor
	HelpOperator
	Administrator
	roleCount
)

var roleNames = [roleCount]string{"visitor", "resident", "mentor", "venue-lead", "school-coordinator", "analyst", "cdto",
	"content-editor", "help-operator", "administrator"}

// String is the role's id in configuration, pages and commands.
func (r Role) String() string {
	if r < roleCount {
		return roleNames[r]
	}
	return "unknown"
}

// MarshalText writes the id.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the id.
func (r *Role) UnmarshalText(b []byte) error {
	got, err := ParseRole(string(b))
	*r = got
	return err
}

// ParseRole reads a role's id. Errors: Invalid.
func ParseRole(s string) (Role, error) {
	if i := slices.Index(roleNames[:], s); i >= 0 {
		return Role(i), nil
	}
	return Visitor, fault.InvalidFields(fault.Field{Pointer: "role", Key: "person.no_such_role"})
}

// Roles lists all roles, Visitor first.
func Roles() []Role {
	list := make([]Role, 0, roleCount)
	for r := range roleCount {
		list = append(list, r)
	}
	return list
}

// Staff tells whether the role is given by somebody and needs a second factor.
func (r Role) Staff() bool { return r > Resident && r < roleCount }

// PlaceKind says what a role is bound to.
type PlaceKind string

// The kinds of places. None means the whole city.
const (
	NoPlace     PlaceKind = ""
	Venue       PlaceKind = "venue"
	Institution PlaceKind = "institution"
)

// PlaceKind tells what the role is bound to.
func (r Role) PlaceKind() PlaceKind {
	switch r {
	case Mentor, VenueLead:
		return Venue
	case Coordinator:
		return Institution
	}
	return NoPlace
}

// Grant is a role held at a place until a moment.
type Grant struct {
	Role  Role       `json:"role"`
	Place string     `json:"place,omitempty"` // id of a venue or institution, see Role.PlaceKind
	Until store.Time `json:"until"`           // zero: until it is taken back
	By    ID         `json:"by,omitempty"`
	Made  store.Time `json:"made"`
}

func (g *Grant) live(now time.Time) bool { return g.Until.IsZero() || now.Before(g.Until.Time) }

var placeForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// checkPlace tells whether a place fits a role. Errors: Invalid.
func checkPlace(r Role, place string) error {
	switch {
	case !r.Staff():
		return fault.InvalidFields(fault.Field{Pointer: "role", Key: "person.no_such_role"})
	case r.PlaceKind() == NoPlace && place != "":
		return fault.InvalidFields(fault.Field{Pointer: "place", Key: "person.role_without_place"})
	case r.PlaceKind() != NoPlace && !placeForm.MatchString(place):
		return fault.InvalidFields(fault.Field{Pointer: "place", Key: "person.role_needs_place"})
	}
	return nil
}
