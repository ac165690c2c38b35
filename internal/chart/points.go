package chart

import (
	"html"
	"html/template"
)

// Points are one dot with its interval per area, and the whole as a dashed line.
// The axis need not begin at zero: the caller says so under the chart.
type Points struct {
	Head
	Min, Max, Step float64
	Rows           []Point
	Whole          Value  // the dashed line; missing: none
	WholeName      string // «місто 47,3»
	Write          Number
}

// Point is the row of an area.
type Point struct {
	Area int // 1…6: its number, plate and colour
	Value
}

const pointPitch = 2.45

// SVG draws the points.
func (p Points) SVG() template.HTML {
	bottom := float64(len(p.Rows))*pointPitch + 0.2
	foot := axisHeight
	if p.Whole.Known() {
		foot += 1.3
	}
	var s sheet
	s.open("os-dotint", p.Head, bottom+foot)
	sc := scale{p.Min, p.Max}
	for _, v := range ticks(p.Min, p.Max, p.Step) {
		s.line("c-grid", sc.x(v), 0, sc.x(v), bottom)
		s.text("c-axis", "middle", pct(sc.x(v)), em(bottom+1.3), "", p.Write.write(v))
	}
	if p.Whole.Known() {
		x := sc.x(p.Whole.At)
		s.line("c-dash", x, 0, x, bottom+0.3)
		anchor := "middle"
		switch {
		case x < 15:
			anchor = "start"
		case x > 85:
			anchor = "end"
		}
		s.text("c-strong", anchor, pct(x), em(bottom+2.7), "", p.WholeName)
	}
	for i, row := range p.Rows {
		mid := float64(i)*pointPitch + pointPitch/2
		n := number(float64(row.Area))
		s.put(`<g class="os-a`, html.EscapeString(n), `"><rect class="c-plate" x="-2.5em" y="`, em(mid-0.88),
			`" width="1.75em" height="1.75em" rx="6"/>`)
		s.text("c-num", "middle", "-1.62em", em(mid+0.36), "", n)
		switch {
		case !row.Known():
			s.text("c-axis", "start", "0", em(mid+0.35), ".6em", row.Missing)
		default:
			if row.hasInterval() {
				s.whisker("c-area", sc.x(row.Low), sc.x(row.High), mid, 0.5)
			}
			s.put(`<circle class="c-adot" cx="`, pct(sc.x(row.At)), `" cy="`, em(mid), `" r="6.5"/>`)
		}
		s.put(`</g>`)
	}
	return s.close()
}
