package chart

import (
	"html/template"
	"slices"
)

// Spread shows how people lie on a scale: per row a pale strip from the first to the ninth
// decile, a full one between the quartiles and a line at the median. Where there are too
// few people for deciles, the strip of quartiles stands alone.
type Spread struct {
	Head
	Max, Step float64 // end of the axis, which begins at zero, and what lies between its marks
	Rows      []Strip
	Write     Number
}

// Strip is one row. Its name stands above it with the median.
type Strip struct {
	Name    string
	Quarter []float64 // lower quartile, median, upper quartile; other lengths: Missing is written
	Tenth   []float64 // nine deciles; other lengths: none are drawn
	Missing string
}

const (
	spreadPitch = 2.9
	spreadThick = 1.0
)

// SVG draws the strips.
func (d Spread) SVG() template.HTML {
	bottom := float64(len(d.Rows))*spreadPitch + 0.2
	var s sheet
	s.open("os-bars os-bars--stacked", d.Head, bottom+axisHeight)
	sc := scale{0, d.Max}
	for _, v := range ticks(0, d.Max, d.Step) {
		for i := range d.Rows { // the lines leave room for the names
			s.line("c-grid", sc.x(v), float64(i)*spreadPitch+1.4, sc.x(v), float64(i)*spreadPitch+2.8)
		}
		anchor := "middle"
		if sc.x(v) < 2 {
			anchor = "start"
		}
		s.text("c-axis", anchor, pct(sc.x(v)), em(bottom+1.35), "", d.Write.write(v))
	}
	for i, row := range d.Rows {
		top := float64(i) * spreadPitch
		mid := top + 2.1
		s.text("c-strong", "start", "0", em(top+1.05), "", row.Name)
		if len(row.Quarter) != 3 || !known(row.Quarter) {
			s.text("c-axis", "start", "0", em(mid+0.35), "", row.Missing)
			continue
		}
		if len(row.Tenth) == 9 && known(row.Tenth) {
			s.strip("c-strip", sc, row.Tenth[0], row.Tenth[8], mid)
		}
		s.strip("c-bar", sc, row.Quarter[0], row.Quarter[2], mid)
		x := sc.x(row.Quarter[1])
		s.line("c-median", x, mid-spreadThick/2-0.12, x, mid+spreadThick/2+0.12)
		s.text("c-strong", "end", "100%", em(top+1.05), "2.4em", d.Write.write(row.Quarter[1]))
	}
	return s.close()
}

// strip draws a part of a row; one without width is still seen by its edges.
func (s *sheet) strip(class string, sc scale, from, to, mid float64) {
	a, b := sc.x(from), sc.x(to)
	s.put(`<rect class="`, class, `" x="`, pct(a), `" y="`, em(mid-spreadThick/2), `" width="`, pct(max(0, b-a)), `" height="`, em(spreadThick), `"/>`)
}

func known(list []float64) bool {
	return !slices.ContainsFunc(list, func(x float64) bool { return !finite(x) })
}
