// Package chart draws server-side SVG: bars with whiskers, points with intervals,
// a series with its break, a hundred dots, small multiples and the glyph that
// compares an area with the whole.
//
// Guarantees: the same input gives the same bytes; no style attributes and no
// scripts, colours come from classes; horizontal places are per cent of the width
// and vertical ones em, so a chart is fluid and its letters follow the reader's text
// size; bars begin at zero; a missing value is a gap with a reason, never a zero;
// every chart has role="img", a title and a description.
//
// The package does not translate, round or suppress: words and the writing of
// numbers are given by the caller, as are values that may be shown.
package chart

import (
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Number writes a value in the reader's language, such as "47,3".
type Number func(float64) string

// Value is an estimate with its interval. A Value that is not finite is missing; an
// interval whose end is not finite is not drawn.
type Value struct {
	At, Low, High float64
	Missing       string // why there is no value, one short word («замало»), printed in its place
}

// Known tells whether there is a value to draw.
func (v Value) Known() bool { return finite(v.At) }

func (v Value) hasInterval() bool { return v.Known() && finite(v.Low) && finite(v.High) }

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Gap is a missing value with its reason.
func Gap(why string) Value {
	return Value{At: math.NaN(), Low: math.NaN(), High: math.NaN(), Missing: why}
}

// Head are the words that every chart has.
type Head struct {
	ID    string // unique on the page; made of letters, digits and "-"
	Title string // what the chart shows, one sentence
	Desc  string // the values in words, for people who do not see the chart
}

// scale maps values onto per cent of the width.
type scale struct{ min, max float64 }

// x is the place of v in per cent, held inside 0…100.
func (s scale) x(v float64) float64 {
	if !(s.max > s.min) || !finite(s.max) || !finite(s.min) || !finite(v) {
		return 0
	}
	return math.Min(100, math.Max(0, (v-s.min)/(s.max-s.min)*100))
}

// sheet collects the markup of one chart.
type sheet struct{ strings.Builder }

func (s *sheet) put(parts ...string) {
	for _, p := range parts {
		s.WriteString(p)
	}
}

func (s *sheet) open(class string, h Head, height float64) {
	id := html.EscapeString(h.ID)
	s.put(`<div class="`, class, `"`)
	if strings.HasPrefix(class, "os-series") {
		// The only chart that may be wider than its place: a keyboard must be able to scroll it.
		s.put(` tabindex="0" role="group" aria-label="`, html.EscapeString(h.Title), `"`)
	}
	s.put(`><svg class="os-svg" width="100%" height="`, em(height),
		`" role="img" aria-labelledby="`, id, `-t `, id, `-d" focusable="false"><title id="`, id, `-t">`,
		html.EscapeString(h.Title), `</title><desc id="`, id, `-d">`, html.EscapeString(h.Desc), `</desc>`)
}

func (s *sheet) close() template.HTML {
	s.put(`</svg></div>`)
	return template.HTML(s.String())
}

// line draws from (x1 %, y1 em) to (x2 %, y2 em).
func (s *sheet) line(class string, x1, y1, x2, y2 float64) {
	s.put(`<line class="`, class, `" x1="`, pct(x1), `" y1="`, em(y1), `" x2="`, pct(x2), `" y2="`, em(y2), `"/>`)
}

// whisker draws a horizontal interval with end caps of half-height cap em.
func (s *sheet) whisker(class string, low, high, y, cap float64) {
	s.line(class, low, y, high, y)
	s.line(class, low, y-cap, low, y+cap)
	s.line(class, high, y-cap, high, y+cap)
}

func (s *sheet) text(class, anchor, x, y, dx, words string) {
	s.put(`<text class="`, class, `" x="`, x, `" y="`, y, `"`)
	if dx != "" {
		s.put(` dx="`, dx, `"`)
	}
	if anchor != "start" {
		s.put(` text-anchor="`, anchor, `"`)
	}
	s.put(`>`, html.EscapeString(words), `</text>`)
}

func pct(v float64) string { return number(v) + "%" }

func em(v float64) string { return number(v) + "em" }

// number writes a coordinate with at most two decimals.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

// ticks are the multiples of step from min to max, at most 21; only the ends where the
// step makes no sense, none where the axis does not.
func ticks(min, max, step float64) []float64 {
	if !finite(min) || !finite(max) || !(max > min) {
		return nil
	}
	if step <= 0 || !finite(step) || (max-min)/step > 20 {
		return []float64{min, max}
	}
	var out []float64
	for i := 0; i <= 20; i++ {
		v := math.Ceil(min/step)*step + float64(i)*step
		if v > max+step*1e-9 {
			break
		}
		out = append(out, v)
	}
	return out
}

// write writes v with the caller's function, or as a plain number.
func (n Number) write(v float64) string {
	if n == nil {
		return number(v)
	}
	return n(v)
}
