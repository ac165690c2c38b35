package chart

import (
	"html/template"
	"math"
	"slices"
)

// Curve is one line of Curves; a value that is not finite is a gap.
type Curve struct {
	Mark   string // one or two letters at its end; the table beside explains them
	Strong bool   // the line that is meant to rise
	Shares []float64
}

// Curves are shares from 0 to 1 over groups of people in rising order, such as how
// often the options of a question are taken by people who know little and much.
type Curves struct {
	Head
	Groups []string // under the axis
	Lines  []Curve
	Write  Number // of a share
}

const (
	curvesTop    = 1.2
	curvesHeight = 11.0
	curvesWidth  = 88.0 // per cent; the marks stand right of it
	markHeight   = 1.15 // em between two marks
)

// SVG draws the curves: strong ones last, in the page's colour, the others grey.
func (d Curves) SVG() template.HTML {
	bottom := curvesTop + curvesHeight
	var s sheet
	s.open("os-series os-series--"+number(float64(min(max(len(d.Groups), 4), 12))), d.Head, bottom+2)
	y := func(v float64) float64 { return curvesTop + (1-math.Min(1, math.Max(0, v)))*curvesHeight }
	for _, v := range ticks(0, 1, 0.25) {
		s.line("c-grid", 0, y(v), curvesWidth, y(v))
		s.text("c-axis", "start", "-2em", em(y(v)+0.35), "", d.Write.write(v))
	}
	x := func(i int) float64 { return (float64(i) + 0.5) / float64(max(1, len(d.Groups))) * curvesWidth }
	for i, g := range d.Groups {
		s.text("c-axis", "middle", pct(x(i)), em(bottom+1.4), "", g)
	}
	for _, strong := range []bool{false, true} {
		for _, l := range d.Lines {
			if l.Strong == strong {
				d.line(&s, l, x, y)
			}
		}
	}
	for i, at := range d.marks(y) {
		if l := d.Lines[i]; finite(at) {
			class := "c-axis"
			if l.Strong {
				class = "c-strong"
			}
			s.text(class, "start", pct(curvesWidth), em(at+0.35), "0.5em", l.Mark)
		}
	}
	return s.close()
}

func (d Curves) line(s *sheet, l Curve, x func(int) float64, y func(float64) float64) {
	if !l.Strong {
		s.put(`<g class="c-old">`)
		defer s.put(`</g>`)
	}
	for i, v := range l.Shares {
		if i >= len(d.Groups) || !finite(v) {
			continue
		}
		if i > 0 && finite(l.Shares[i-1]) {
			s.line("c-line", x(i-1), y(l.Shares[i-1]), x(i), y(v))
		}
		s.put(`<circle class="c-dot" cx="`, pct(x(i)), `" cy="`, em(y(v)), `" r="4"/>`)
	}
}

// marks places the marks beside the ends of their lines, none over another; NaN for a
// line without an end.
func (d Curves) marks(y func(float64) float64) []float64 {
	at := make([]float64, len(d.Lines))
	var order []int
	for i, l := range d.Lines {
		at[i] = math.NaN()
		if n := min(len(l.Shares), len(d.Groups)); n > 0 && finite(l.Shares[n-1]) {
			at[i] = y(l.Shares[n-1])
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case at[a] < at[b]:
			return -1
		case at[a] > at[b]:
			return 1
		}
		return 0
	})
	for k := 1; k < len(order); k++ {
		at[order[k]] = math.Max(at[order[k]], at[order[k-1]]+markHeight)
	}
	// what was pushed under the axis goes up again
	low := curvesTop + curvesHeight
	for k := len(order) - 1; k >= 0; k-- {
		at[order[k]] = math.Min(at[order[k]], low)
		low = at[order[k]] - markHeight
	}
	return at
}
