package chart

import (
	"html/template"
	"math"
)

// Goals are counts as bars from zero, each with a mark where it should come to.
type Goals struct {
	Head
	Rows  []Goal
	Write Number
}

// Goal is one count; Target 0 has no mark.
type Goal struct {
	Name      string
	N, Target float64
}

const goalPitch = 2.5

// SVG draws the bars.
func (d Goals) SVG() template.HTML {
	top := 1.0
	for _, r := range d.Rows {
		top = math.Max(top, math.Max(r.N, r.Target))
	}
	step := math.Max(1, niceStep(top))
	top = math.Ceil(top/step) * step
	bottom := float64(len(d.Rows))*goalPitch + 0.3
	var s sheet
	s.open("os-bars os-bars--stacked", d.Head, bottom+axisHeight)
	sc := scale{0, top}
	for _, v := range ticks(0, top, step) {
		anchor := "middle"
		if v == 0 {
			anchor = "start"
		}
		for i := range d.Rows { // the lines leave room for the names
			s.line("c-grid", sc.x(v), float64(i)*goalPitch+1.25, sc.x(v), float64(i)*goalPitch+2.4)
		}
		s.text("c-axis", anchor, pct(sc.x(v)), em(bottom+1.35), "", d.Write.write(v))
	}
	for i, r := range d.Rows {
		y := float64(i) * goalPitch
		s.text("c-strong", "start", "0", em(y+1.1), "", r.Name)
		text := d.Write.write(r.N)
		if r.Target > 0 {
			text += " / " + d.Write.write(r.Target)
		}
		s.text("c-strong", "end", "100%", em(y+1.1), "2.4em", text)
		s.put(`<rect class="c-bar" x="0" y="`, em(y+1.4), `" width="`, pct(sc.x(r.N)), `" height=".85em"/>`)
		if r.Target > 0 {
			s.line("c-whisker", sc.x(r.Target), y+1.25, sc.x(r.Target), y+2.4)
		}
	}
	for i := range d.Rows {
		s.line("c-zero", 0, float64(i)*goalPitch+1.25, 0, float64(i)*goalPitch+2.4)
	}
	return s.close()
}

// Columns are counts over time, one column each, from zero; names stand under the
// first and the last.
type Columns struct {
	Head
	Rows        []float64
	First, Last string
	Write       Number
}

// SVG draws the columns.
func (d Columns) SVG() template.HTML {
	top := 1.0
	for _, v := range d.Rows {
		if finite(v) {
			top = math.Max(top, v)
		}
	}
	step := math.Max(1, niceStep(top))
	top = math.Ceil(top/step) * step
	const height, above = 9.0, 0.8
	var s sheet
	s.open("os-series", d.Head, above+height+2.2)
	y := func(v float64) float64 { return above + (1-scale{0, top}.x(v)/100)*height }
	for _, v := range ticks(0, top, step) {
		s.line("c-grid", 0, y(v), 100, y(v))
		s.text("c-axis", "start", "-2em", em(y(v)+0.35), "", d.Write.write(v))
	}
	n := float64(max(1, len(d.Rows)))
	gap := 0.15
	if n > 60 {
		gap = 0
	}
	for i, v := range d.Rows {
		if finite(v) && v > 0 {
			s.put(`<rect class="c-bar" x="`, pct((float64(i)+gap)/n*100), `" y="`, em(y(v)), `" width="`, pct((1-2*gap)/n*100), `" height="`, em(above+height-y(v)), `"/>`)
		}
	}
	s.line("c-zero", 0, above+height, 100, above+height)
	s.text("c-axis", "start", "0", em(above+height+1.5), "", d.First)
	if d.Last != d.First {
		s.text("c-axis", "end", "100%", em(above+height+1.5), "", d.Last)
	}
	return s.close()
}
