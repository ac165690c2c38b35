package place

import (
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Kind is what a place is.
type Kind string

// The kinds, in the order of pages.
const (
	SmartLibrary Kind = "smart-library"
	Library      Kind = "library"
	Hub          Kind = "hub"
	CNAP         Kind = "cnap" // access point in a centre of administrative services
	Club         Kind = "club"
	Laboratory   Kind = "laboratory"
	Competence   Kind = "competence-centre"
	University   Kind = "university"
	Other        Kind = "other"
)

// Kinds lists the kinds in the order of pages.
func Kinds() []Kind {
	return []Kind{SmartLibrary, Library, Hub, CNAP, Club, Laboratory, Competence, University, Other}
}

// Offer is something one can get at a place.
type Offer string

// The offers, in the order of pages.
const (
	Workplaces   Offer = "workplaces"    // a computer to sit down at
	Internet     Offer = "internet"      // Wi-Fi or a cable
	Consultation Offer = "consultation"  // somebody who shows and explains
	OnlineCourse Offer = "online-course" // a room for courses on the screen
	Course       Offer = "course"        // courses on the spot; Subjects say of what
	Printing     Offer = "printing"
	Equipment    Offer = "equipment" // scanner, camera, 3D printer
	TestHelp     Offer = "test-help" // the city's test, with a mentor or on paper
)

// Offers lists the offers in the order of pages.
func Offers() []Offer {
	return []Offer{Consultation, Workplaces, Internet, Course, OnlineCourse, Printing, Equipment, TestHelp}
}

// Access is a way in, or a help inside.
type Access string

// The ways.
const (
	Step     Access = "step-free" // no steps at the entrance
	Ramp     Access = "ramp"
	Lift     Access = "lift"
	Tactile  Access = "tactile"
	Sign     Access = "sign-language"
	Toilet   Access = "toilet" // one that a wheelchair fits into
	Reader   Access = "screen-reader"
	HearLoop Access = "hearing-loop"
)

// Accesses lists the ways in the order of pages.
func Accesses() []Access {
	return []Access{Step, Ramp, Lift, Toilet, Tactile, Sign, Reader, HearLoop}
}

// Tri is yes, no, or nobody has said.
type Tri string

// The values of a Tri.
const (
	Unknown Tri = ""
	Yes     Tri = "yes"
	No      Tri = "no"
)

// Point is a position on earth, WGS 84, in degrees.
type Point struct {
	Lat float64 `json:"lat" yaml:"lat"`
	Lon float64 `json:"lon" yaml:"lon"`
}

// Photo is a picture of package asset.
type Photo struct {
	Asset string          `json:"asset"`
	Alt   i18n.Text       `json:"alt"`
	By    person.ID       `json:"by"` // who confirmed that it shows no people, plates, windows
	At    store.Time      `json:"at"`
	Files []PhotoRendered `json:"files"`
}

// PhotoRendered is one width of a photo.
type PhotoRendered struct {
	Name   string `json:"name"` // in package media
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Inside is what only staff see, whatever the settings: it would help a thief or an enemy.
type Inside struct {
	Generator string `json:"generator,omitempty"` // power, its stock
	Links     string `json:"links,omitempty"`     // communication equipment
	Shelter   string `json:"shelter,omitempty"`   // capacity, plan
	Stock     string `json:"stock,omitempty"`     // inventory, head counts
	Note      string `json:"note,omitempty"`
}

// Hidden says that a place is not shown, since when and why.
type Hidden struct {
	At  store.Time `json:"at"`
	By  person.ID  `json:"by"`
	Why string     `json:"why"`
}

// Certainty tells how well a shipped place is known.
type Certainty string

// The values of a Certainty; empty is a place that staff entered.
const (
	FromFile Certainty = "verified_in_file" // stands in a file that was read
	Excerpt  Certainty = "excerpt"
)

// Place is a door to walk through.
type Place struct {
	store.Doc
	Slug     string    `json:"slug"` // in the address /places/{slug}
	Kind     Kind      `json:"kind"`
	Name     i18n.Text `json:"name"`
	Summary  i18n.Text `json:"summary"`            // a sentence: what one gets here
	Address  i18n.Text `json:"address"`            // of the entrance
	District string    `json:"district,omitempty"` // id of the margins file
	Point    *Point    `json:"point,omitempty"`    // of the entrance; nil: nobody has set it
	Offers   []Offer   `json:"offers,omitempty"`
	Subjects []string  `json:"subjects,omitempty"` // areas of the framework that courses here teach
	Hours    Hours     `json:"hours"`
	Access   []Access  `json:"access,omitempty"`
	NoPower  Tri       `json:"no_power,omitempty"` // works without mains power
	Shelter  Tri       `json:"shelter,omitempty"`  // a shelter is near
	Speaks   []string  `json:"speaks,omitempty"`   // languages, BCP 47
	Photos   []Photo   `json:"photos,omitempty"`
	Phone    string    `json:"phone,omitempty"`
	Email    string    `json:"email,omitempty"`
	Web      string    `json:"web,omitempty"`
	Inviting i18n.Text `json:"inviting"` // how to find the room: told after booking
	Inside   Inside    `json:"inside"`
	Lead     person.ID `json:"lead,omitempty"` // who answers for the entry: staff only

	Classes map[FieldName]Class `json:"classes,omitempty"` // stricter than the defaults

	Confirmed   store.Time `json:"confirmed"` // when somebody last said that all this is true
	ConfirmedBy person.ID  `json:"confirmed_by,omitempty"`
	Reminded    store.Time `json:"reminded"`

	Hidden    *Hidden   `json:"hidden,omitempty"`
	Demo      bool      `json:"demo,omitempty"`
	Verified  bool      `json:"verified"` // the city has looked at it
	Certainty Certainty `json:"certainty,omitempty"`
	Sources   []string  `json:"sources,omitempty"`
	Area      float64   `json:"area_m2,omitempty"` // staff: floor area
	Import    string    `json:"import,omitempty"`  // the import it came with

	Made    store.Time `json:"made"`
	Changed int64      `json:"changed"` // stamp of the mirror
	Gone    bool       `json:"gone,omitempty"`
}

// Clone copies a place deeply enough to be edited.
func (p *Place) Clone() *Place {
	q := *p
	q.Offers, q.Subjects = append([]Offer(nil), p.Offers...), append([]string(nil), p.Subjects...)
	q.Access, q.Speaks = append([]Access(nil), p.Access...), append([]string(nil), p.Speaks...)
	q.Photos, q.Sources = append([]Photo(nil), p.Photos...), append([]string(nil), p.Sources...)
	if p.Point != nil {
		at := *p.Point
		q.Point = &at
	}
	if p.Hidden != nil {
		h := *p.Hidden
		q.Hidden = &h
	}
	if p.Classes != nil {
		q.Classes = make(map[FieldName]Class, len(p.Classes))
		for k, v := range p.Classes {
			q.Classes[k] = v
		}
	}
	q.Hours = p.Hours.Clone()
	return &q
}

// Freshness is how new the last confirmation is.
type Freshness uint8

// The values of Freshness.
const (
	Never Freshness = iota // nobody of the city has confirmed it
	Fresh
	Stale // older than StaleAfter
)

// Age of a confirmation from which a place is shown as old and its lead reminded.
const (
	StaleAfter      = 90 * 24 * time.Hour
	OutageAfter     = 2 * 24 * time.Hour  // of hours that follow the power cuts
	RemindNotBefore = 14 * 24 * time.Hour // between two reminders
)

// Freshness tells how new what is written here is.
func (p *Place) Freshness(now time.Time) Freshness {
	switch {
	case p.Confirmed.IsZero():
		return Never
	case now.Sub(p.Confirmed.Time) > StaleAfter:
		return Stale
	}
	return Fresh
}

const indexChanged = "changed"

// Spec declares the collection of places.
var Spec = store.Spec{Name: "places", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{Spec, workSpec, importSpec, importRowSpec} }

func mirrored(p *Place) mirror.Doc { return mirror.Doc{ID: p.ID, Changed: p.Changed, Gone: p.Gone} }
