package places

import (
	"html/template"
	"math"
	"strconv"
	"strings"

	"osvitlo/internal/place"
)

// Size of the drawing over the list, in its own units.
const (
	sketchW = 328.0
	sketchH = 168.0
	edge    = 26.0
	maxPins = 9 // pins with numbers; the list goes on below
)

// sketch draws the first places of the list on plain ground, with the outlines of the
// districts, without asking anybody for a map. The text says what it shows.
func (v *view) sketch(hits []place.Hit, skip int, near *place.Point) (template.HTML, string) {
	var pins []place.Point
	var numbers []int
	for i, h := range hits {
		if h.Face.Point != nil && len(pins) < maxPins {
			pins, numbers = append(pins, *h.Face.Point), append(numbers, skip+i+1)
		}
	}
	if len(pins) == 0 {
		return "", ""
	}
	all := append([]place.Point(nil), pins...)
	if near != nil && v.h.o.Places.City().Box.Has(*near) {
		all = append(all, *near)
	}
	to := fit(all)
	var b strings.Builder
	b.WriteString(`<svg class="os-sketch" viewBox="0 0 328 168" aria-hidden="true" focusable="false">`)
	for _, d := range v.h.o.Places.City().Districts {
		for _, r := range d.Rings {
			b.WriteString(`<path class="os-sketch__area" d="` + path(r, to) + `"/>`)
		}
	}
	for i := 1; i < 6; i++ { // a quiet grid gives the eye a ground to stand on
		x, y := number(sketchW/6*float64(i)), number(sketchH/6*float64(i))
		b.WriteString(`<path class="os-sketch__grid" d="M` + x + ` 0V168M0 ` + y + `H328"/>`)
	}
	if near != nil && len(all) > len(pins) {
		x, y := to(*near)
		b.WriteString(`<circle class="os-sketch__me" cx="` + number(x) + `" cy="` + number(y) + `" r="8"/>`)
	}
	for i := len(pins) - 1; i >= 0; i-- {
		x, y := to(pins[i])
		b.WriteString(`<g class="os-sketch__pin" transform="translate(` + number(x) + " " + number(y) + `)"><path d="M0 0c-7-8-11-13-11-19a11 11 0 0 1 22 0c0 6-4 11-11 19z"/><text y="-14.5">` + strconv.Itoa(numbers[i]) + `</text></g>`)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()), v.n("sketch", len(pins))
}

func number(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

// fit maps points into the drawing: equal scales, north up.
func fit(all []place.Point) func(place.Point) (x, y float64) {
	box := place.Box{South: 90, West: 180, North: -90, East: -180}
	for _, p := range all {
		box = place.Box{South: min(box.South, p.Lat), West: min(box.West, p.Lon), North: max(box.North, p.Lat), East: max(box.East, p.Lon)}
	}
	mid := box.Centre()
	k := math.Cos(mid.Lat * math.Pi / 180)
	span := func(d, least float64) float64 { return max(d, least) }
	scale := min((sketchW-2*edge)/span((box.East-box.West)*k, 0.004), (sketchH-2*edge-8)/span(box.North-box.South, 0.003))
	return func(p place.Point) (x, y float64) {
		return sketchW/2 + (p.Lon-mid.Lon)*k*scale, sketchH/2 + 10 - (p.Lat-mid.Lat)*scale
	}
}

func path(r place.Ring, to func(place.Point) (x, y float64)) string {
	var b strings.Builder
	for i, p := range r {
		x, y := to(p)
		x, y = min(max(x, -2000), 2000), min(max(y, -2000), 2000)
		if i == 0 {
			b.WriteString("M")
		} else {
			b.WriteString("L")
		}
		b.WriteString(number(x) + " " + number(y))
	}
	return b.String() + "z"
}

// tileBox is the stretch a tile of the usual scheme covers.
func tileBox(z, x, y int) place.Box {
	n := math.Exp2(float64(z))
	lat := func(y float64) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*y/n))) * 180 / math.Pi }
	return place.Box{South: lat(float64(y + 1)), North: lat(float64(y)), West: float64(x)/n*360 - 180, East: float64(x+1)/n*360 - 180}
}
