package chart

import (
	"html/template"
	"math"
)

// Effects are differences around zero, each a dot with its interval: a change between
// waves, a way of answering against another, a group against the first one. The name
// and the number stand above the line, so nothing runs into the interval.
type Effects struct {
	Head
	Step  float64 // between the marks of the axis; 0: chosen
	Rows  []Effect
	Write Number // writes with a sign
	Axis  Number // of the marks; nil: Write
}

// Effect is one difference. Sure draws the dot full, otherwise it is hollow: «ще не
// видно» looks different without colour too.
type Effect struct {
	Name string
	Value
	Sure bool
}

const effectPitch = 2.7

// SVG draws the differences. The axis always holds zero and all intervals.
func (d Effects) SVG() template.HTML {
	lo, hi := -1.0, 1.0
	for _, r := range d.Rows {
		for _, v := range []float64{r.At, r.Low, r.High} {
			if finite(v) {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	step := d.Step
	if step <= 0 {
		step = niceStep(hi - lo)
	}
	lo, hi = math.Floor(lo/step)*step, math.Ceil(hi/step)*step
	bottom := float64(len(d.Rows))*effectPitch + 0.3
	var s sheet
	s.open("os-bars os-bars--stacked", d.Head, bottom+axisHeight)
	sc := scale{lo, hi}
	axis := d.Axis
	if axis == nil {
		axis = d.Write
	}
	marks := ticks(lo, hi, step)
	for _, v := range marks {
		// The lines leave room for the names.
		for i := range d.Rows {
			class := "c-grid"
			if math.Abs(v) < step*1e-6 {
				class = "c-zero"
			}
			s.line(class, sc.x(v), float64(i)*effectPitch+1.35, sc.x(v), float64(i)*effectPitch+2.35)
		}
		anchor := "middle"
		if sc.x(v) < 2 {
			anchor = "start"
		}
		s.text("c-axis", anchor, pct(sc.x(v)), em(bottom+1.35), "", axis.write(v))
	}
	for i, row := range d.Rows {
		top := float64(i) * effectPitch
		s.text("c-strong", "start", "0", em(top+1.05), "", row.Name)
		if !row.Known() {
			s.text("c-axis", "start", "0", em(top+2.1), "", row.Missing)
			continue
		}
		mid := top + 1.85
		if row.hasInterval() {
			s.whisker("c-whisker", sc.x(row.Low), sc.x(row.High), mid, 0.35)
		}
		class := "c-dot"
		if !row.Sure {
			class = "c-dot c-dot--open"
		}
		s.put(`<circle class="`, class, `" cx="`, pct(sc.x(row.At)), `" cy="`, em(mid), `" r="6"/>`)
		s.text("c-strong", "end", "100%", em(top+1.05), "2.4em", d.Write.write(row.At))
	}
	return s.close()
}

// niceStep is 1, 2 or 5 times a power of ten: four to nine marks on the span.
func niceStep(span float64) float64 {
	if !(span > 0) || !finite(span) {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(span)))
	for _, k := range []float64{0.1, 0.2, 0.5, 1} {
		if span/(p*k) <= 7 {
			return p * k
		}
	}
	return p * 2
}
