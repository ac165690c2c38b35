package place

import (
	"osvitlo/internal/i18n"
)

// Class says who may know a field.
type Class string

// The classes, each wider than the next.
const (
	Public  Class = "public"
	Booking Class = "booking" // after booking
	Staff   Class = "staff"
)

// sees tells whether a reader of class r may know what is of class c.
func (r Class) sees(c Class) bool { return rank(r) >= rank(c) }

func rank(c Class) int {
	switch c {
	case Public:
		return 0
	case Booking:
		return 1
	}
	return 2
}

// FieldName names a part of a place that has a class.
type FieldName string

// The parts whose class may be made stricter.
const (
	FieldAddress  FieldName = "address"
	FieldPoint    FieldName = "point"
	FieldHours    FieldName = "hours"
	FieldOffers   FieldName = "offers"
	FieldAccess   FieldName = "access"
	FieldNoPower  FieldName = "no_power"
	FieldShelter  FieldName = "shelter"
	FieldSpeaks   FieldName = "speaks"
	FieldPhotos   FieldName = "photos"
	FieldContact  FieldName = "contact"
	FieldSummary  FieldName = "summary"
	FieldInviting FieldName = "inviting"
)

// defaults are the classes of USERS 11. Inside, Lead, Hidden, Import and Area are not
// here: they are of staff and no setting opens them.
var defaults = map[FieldName]Class{
	FieldAddress: Public, FieldPoint: Public, FieldHours: Public, FieldOffers: Public, FieldAccess: Public, FieldNoPower: Public,
	FieldShelter: Public, FieldSpeaks: Public, FieldPhotos: Public, FieldContact: Public, FieldSummary: Public, FieldInviting: Booking,
}

// Fields of a place that have a class, in the order of pages.
func ClassFields() []FieldName {
	return []FieldName{FieldSummary, FieldAddress, FieldPoint, FieldHours, FieldOffers, FieldAccess, FieldNoPower, FieldShelter, FieldSpeaks, FieldPhotos, FieldContact, FieldInviting}
}

// ClassOf is the class of a field here: the stricter of the default and the place's own.
func (p *Place) ClassOf(f FieldName) Class {
	base, known := defaults[f]
	if !known {
		return Staff
	}
	if own, ok := p.Classes[f]; ok && rank(own) > rank(base) {
		return own
	}
	return base
}

// Face is a place as somebody outside sees it. What the reader may not know is empty.
// Slices and pointers are shared with the place: read only.
type Face struct {
	ID, Slug  string
	Kind      Kind
	Name      i18n.Text
	Summary   i18n.Text
	Address   i18n.Text
	District  string
	Point     *Point
	Offers    []Offer
	Subjects  []string
	Hours     *Hours // nil: not told
	Access    []Access
	NoPower   Tri
	Shelter   Tri
	Speaks    []string
	Photos    []Photo // without who confirmed them
	Phone     string
	Email     string
	Web       string
	Inviting  i18n.Text
	Fresh     Freshness
	Confirmed int64 // Unix seconds of the last confirmation; 0 for never
	Demo      bool
	Verified  bool
	Certainty Certainty
	Sources   []string
}

// face is what a reader of a class sees. It does not look at Hidden: callers that serve
// anybody go through Service.
func (p *Place) face(reader Class, fresh Freshness) Face {
	may := func(f FieldName) bool { return reader.sees(p.ClassOf(f)) }
	v := Face{ID: p.ID, Slug: p.Slug, Kind: p.Kind, Name: p.Name, District: p.District, Subjects: nil, Fresh: fresh,
		Demo: p.Demo, Verified: p.Verified, Certainty: p.Certainty, Sources: p.Sources}
	if !p.Confirmed.IsZero() {
		v.Confirmed = p.Confirmed.Unix()
	}
	if may(FieldSummary) {
		v.Summary = p.Summary
	}
	if may(FieldAddress) {
		v.Address = p.Address
		if may(FieldPoint) { // a point gives the address away
			v.Point = p.Point
		}
	}
	if may(FieldHours) {
		v.Hours = &p.Hours
	}
	if may(FieldOffers) {
		v.Offers, v.Subjects = p.Offers, p.Subjects
	}
	if may(FieldAccess) {
		v.Access = p.Access
	}
	if may(FieldNoPower) {
		v.NoPower = p.NoPower
	}
	if may(FieldShelter) {
		v.Shelter = p.Shelter
	}
	if may(FieldSpeaks) {
		v.Speaks = p.Speaks
	}
	if may(FieldPhotos) {
		for _, one := range p.Photos {
			one.By = ""
			v.Photos = append(v.Photos, one)
		}
	}
	if may(FieldContact) {
		v.Phone, v.Email, v.Web = p.Phone, p.Email, p.Web
	}
	if may(FieldInviting) {
		v.Inviting = p.Inviting
	}
	return v
}
