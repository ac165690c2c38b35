package chart

import (
	"html/template"
	"strconv"
	"strings"
)

// Series are values over time from zero. Where the way of measuring changed the line
// is broken by a zigzag and what stands before it is grey: the two are not compared.
type Series struct {
	Head
	Max, Step float64
	Points    []Moment
	Write     Number
}

// Moment is one point of a series.
type Moment struct {
	Name  string // «осінь»
	Under string // "2026"
	Value
	Break bool // the way of measuring changed before this point
}

const (
	seriesTop    = 1.6
	seriesHeight = 11.5
)

// SVG draws the series.
func (d Series) SVG() template.HTML {
	bottom := seriesTop + seriesHeight
	var s sheet
	s.open("os-series os-series--"+strconv.Itoa(min(len(d.Points), 12)), d.Head, bottom+3.4)
	y := func(v float64) float64 {
		return seriesTop + (1-scale{0, d.Max}.x(v)/100)*seriesHeight
	}
	for _, v := range ticks(0, d.Max, d.Step) {
		s.line("c-grid", 0, y(v), 100, y(v))
		s.text("c-axis", "start", "-2em", em(y(v)+0.35), "", d.Write.write(v))
	}
	last := d.lastBreak()
	x := func(i int) float64 { return (float64(i) + 0.5) / float64(len(d.Points)) * 100 }
	for i, m := range d.Points {
		if m.Break && i > 0 {
			s.put(`<svg x="`, pct(float64(i)/float64(len(d.Points))*100), `" y="`, em(seriesTop-0.8), `" width="8" height="`, em(seriesHeight+1.2),
				`" viewBox="0 0 8 144" preserveAspectRatio="none" overflow="visible"><path class="c-break" vector-effect="non-scaling-stroke" d="`, zigzag, `"/></svg>`)
		}
		old := i < last
		if old {
			s.put(`<g class="c-old">`)
		}
		if m.Known() {
			if i > 0 && !m.Break && d.Points[i-1].Known() {
				s.line("c-line", x(i-1), y(d.Points[i-1].At), x(i), y(m.At))
			}
			top := m.At
			if m.hasInterval() {
				top = m.High
				s.line("c-err", x(i), y(m.Low), x(i), y(m.High))
				for _, end := range []float64{m.Low, m.High} {
					s.put(`<svg x="`, pct(x(i)), `" y="`, em(y(end)), `" overflow="visible"><path class="c-err" d="M-6 0H6"/></svg>`)
				}
			}
			s.put(`<circle class="c-dot" cx="`, pct(x(i)), `" cy="`, em(y(m.At)), `" r="6"/>`)
			s.text("c-strong", "middle", pct(x(i)), em(y(top)-0.55), "", d.Write.write(m.At))
		} else {
			s.text("c-axis", "middle", pct(x(i)), em(bottom-0.6), "", m.Missing)
		}
		if old {
			s.put(`</g>`)
		}
		s.text("c-axis", "middle", pct(x(i)), em(bottom+1.5), "", m.Name)
		s.text("c-axis", "middle", pct(x(i)), em(bottom+2.8), "", m.Under)
	}
	return s.close()
}

// lastBreak is the index of the point behind the last break; 0 without one.
func (d Series) lastBreak() int {
	for i := len(d.Points) - 1; i > 0; i-- {
		if d.Points[i].Break {
			return i
		}
	}
	return 0
}

// zigzag is the drawn break in a field 8 wide and 144 high.
var zigzag = func() string {
	var b strings.Builder
	b.WriteString("M0 0")
	for i, x := 0, -4; i < 12; i, x = i+1, -x {
		b.WriteString("L" + strconv.Itoa(x) + " " + strconv.Itoa(6+i*12))
	}
	return b.String()
}()

// Small is a series without axes for one of many small pictures; the last value is
// written at its end.
type Small struct {
	Head
	Max    float64
	Points []Value
	Write  Number
}

// SVG draws the small picture.
func (d Small) SVG() template.HTML {
	var s sheet
	const height, top = 2.6, 1.5
	s.open("os-small-chart", d.Head, top+height+0.3)
	y := func(v float64) float64 { return top + (1-scale{0, d.Max}.x(v)/100)*height }
	s.line("c-grid", 0, top+height, 100, top+height)
	n := len(d.Points)
	x := func(i int) float64 { return 4 + float64(i)*88/float64(max(1, n-1)) }
	for i, v := range d.Points {
		if !v.Known() {
			continue
		}
		if i > 0 && d.Points[i-1].Known() {
			s.line("c-line", x(i-1), y(d.Points[i-1].At), x(i), y(v.At))
		}
		if v.hasInterval() {
			s.line("c-err", x(i), y(v.Low), x(i), y(v.High))
		}
		if i == n-1 {
			s.put(`<circle class="c-dot" cx="`, pct(x(i)), `" cy="`, em(y(v.At)), `" r="5"/>`)
			s.text("c-strong", "end", "100%", em(y(v.At)-0.6), "", d.Write.write(v.At))
		}
	}
	return s.close()
}
