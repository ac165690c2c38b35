package place

import (
	"math"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
)

// earth is the mean radius of the earth in metres (IUGG).
const earth = 6_371_008.8

// Metres is the great-circle distance of two points (haversine).
func Metres(a, b Point) float64 {
	const rad = math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*rad, (b.Lon-a.Lon)*rad
	s, t := math.Sin(dLat/2), math.Sin(dLon/2)
	h := s*s + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*t*t
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(h)))
}

// near is Metres to within 0.1 % inside a city, without trigonometry per point: the
// plane that touches the earth at a.
type nearby struct {
	a          Point
	kLat, kLon float64
}

func nearPoint(a Point) nearby {
	const rad = math.Pi / 180
	return nearby{a, earth * rad, earth * rad * math.Cos(a.Lat*rad)}
}

func (n nearby) metres(b Point) float64 {
	return math.Hypot((b.Lat-n.a.Lat)*n.kLat, (b.Lon-n.a.Lon)*n.kLon)
}

// Rounded is a point on a grid of about 100 m, so that what somebody searches near does
// not tell their house.
func (p Point) Rounded() Point {
	return Point{math.Round(p.Lat*1000) / 1000, math.Round(p.Lon*700) / 700}
}

// Valid tells whether the point is one of the earth.
func (p Point) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180 && !math.IsNaN(p.Lat) && !math.IsNaN(p.Lon)
}

// Box is a stretch of latitudes and longitudes.
type Box struct{ South, West, North, East float64 }

// Has tells whether a point lies in the box.
func (b Box) Has(p Point) bool {
	return p.Lat >= b.South && p.Lat <= b.North && p.Lon >= b.West && p.Lon <= b.East
}

// ParseBox reads "south,west,north,east" as a map asks for it, cut to the world.
func ParseBox(text string) (b Box, ok bool) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 || len(text) > 100 {
		return b, false
	}
	var n [4]float64
	for i, p := range parts {
		x, err := strconv.ParseFloat(p, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return b, false
		}
		n[i] = x
	}
	b = Box{max(n[0], -90), max(n[1], -180), min(n[2], 90), min(n[3], 180)}
	return b, !b.Empty()
}

// Empty tells that the box has no inside.
func (b Box) Empty() bool { return b.North <= b.South || b.East <= b.West }

// Centre of the box.
func (b Box) Centre() Point { return Point{(b.South + b.North) / 2, (b.West + b.East) / 2} }

// Ring is a closed line; the last point may repeat the first.
type Ring []Point

// has tells by the even-odd rule whether a point lies inside.
func (r Ring) has(p Point) bool {
	in := false
	for i, j := 0, len(r)-1; i < len(r); j, i = i, i+1 {
		a, b := r[i], r[j]
		if (a.Lat > p.Lat) != (b.Lat > p.Lat) && p.Lon < (b.Lon-a.Lon)*(p.Lat-a.Lat)/(b.Lat-a.Lat)+a.Lon {
			in = !in
		}
	}
	return in
}

// District is an outline of the city's map.
type District struct {
	ID    string
	Name  string
	Rings []Ring // even-odd: holes are rings too
}

// Has tells whether a point lies in the district.
func (d *District) Has(p Point) bool {
	in := false
	for _, r := range d.Rings {
		if r.has(p) {
			in = !in
		}
	}
	return in
}

// City is where places may lie.
type City struct {
	Box       Box
	Districts []District // outlines, if a file gives them; then a point must lie in one
}

// Has tells whether a point lies in the city.
func (c *City) Has(p Point) bool {
	if !c.Box.Has(p) {
		return false
	}
	if len(c.Districts) == 0 {
		return true
	}
	return c.DistrictOf(p) != ""
}

// DistrictOf names the district of a point; empty when no outline holds it.
func (c *City) DistrictOf(p Point) string {
	for i := range c.Districts {
		if c.Districts[i].Has(p) {
			return c.Districts[i].ID
		}
	}
	return ""
}

// Check names what is wrong with a point.
func (c *City) Check(p Point) []fault.Field {
	switch {
	case !p.Valid():
		return []fault.Field{{Pointer: "lat", Key: "place.point_range"}}
	case c.Box.Has(Point{p.Lon, p.Lat}) && !c.Has(p):
		return []fault.Field{{Pointer: "lat", Key: "place.point_swapped"}}
	case !c.Has(p):
		return []fault.Field{{Pointer: "lat", Key: "place.point_outside"}}
	}
	return nil
}

// Lines are the outlines of the districts as rings of latitude and longitude; nil: there
// are none.
func (c *City) Lines() (all [][][2]float64) {
	for _, d := range c.Districts {
		for _, r := range d.Rings {
			ring := make([][2]float64, len(r))
			for i, p := range r {
				ring[i] = p.Pair()
			}
			all = append(all, ring)
		}
	}
	return all
}

// Pair is latitude and longitude as a map takes them, to about a metre.
func (p Point) Pair() [2]float64 {
	return [2]float64{math.Round(p.Lat*1e5) / 1e5, math.Round(p.Lon*1e5) / 1e5}
}
