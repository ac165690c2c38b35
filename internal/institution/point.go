package institution

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
)

// Point is where an institution's door stands, in degrees (WGS 84).
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// String writes a point so that ReadPoint reads it again.
func (p *Point) String() string {
	if p == nil {
		return ""
	}
	return degrees(p.Lat) + ", " + degrees(p.Lon)
}

func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }

// Cells are latitude and longitude as a form shows them; empty without a point.
func (p *Point) Cells() (lat, lon string) {
	if p == nil {
		return "", ""
	}
	return degrees(p.Lat), degrees(p.Lon)
}

func (p *Point) is(other *Point) bool {
	return p == other || p != nil && other != nil && *p == *other
}

var degreeForm = regexp.MustCompile(`-?\d{1,3}(?:[.,]\d{1,15})?`)

// ReadPoint reads latitude and longitude as people write them, each in its own field, or
// both in the first ("48.5106, 32.2600"). Both empty: no point. Digits past the sixth,
// some ten centimetres, are dropped. Errors: Invalid, of the fields lat and lon.
func ReadPoint(lat, lon string) (*Point, error) {
	lat, lon = strings.TrimSpace(lat), strings.TrimSpace(lon)
	if lat == "" && lon == "" {
		return nil, nil
	}
	found := degreeForm.FindAllString(lat, -1)
	if lon == "" && len(found) == 2 && strings.Trim(degreeForm.ReplaceAllString(lat, ""), " ,;/()") == "" {
		return ReadPoint(found[0], found[1])
	}
	if lat == "" || lon == "" {
		return nil, fault.InvalidFields(fault.Field{Pointer: "lat", Key: "institution.point_half"})
	}
	var p Point
	var faults []fault.Field
	for _, one := range []struct {
		pointer, text string
		to            *float64
	}{{"lat", lat, &p.Lat}, {"lon", lon, &p.Lon}} {
		x, err := strconv.ParseFloat(strings.Replace(one.text, ",", ".", 1), 64)
		if err != nil || degreeForm.FindString(one.text) != one.text {
			faults = append(faults, fault.Field{Pointer: one.pointer, Key: "institution.point_number"})
		}
		*one.to = math.Round(x*1e6) / 1e6
	}
	if len(faults) > 0 {
		return nil, fault.InvalidFields(faults...)
	}
	return &p, nil
}

// check is Check with what only the city knows: whether a point lies in it.
func (s *Service) check(i *Institution) error {
	err := i.Check(s.o.Districts)
	if i.Point == nil || s.o.Inside == nil {
		return err
	}
	outside := s.o.Inside(i.Point.Lat, i.Point.Lon)
	if f := fault.As(err); f != nil {
		outside = append(outside, f.Fields...)
	}
	if len(outside) == 0 {
		return nil
	}
	return fault.InvalidFields(outside...)
}
