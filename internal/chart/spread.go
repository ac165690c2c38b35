package chart

import (
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"
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

// Strip is one row. Its name stands above it with the median; a long one takes more lines,
// so that it fits a telephone.
type Strip struct {
	Name    string
	Quarter []float64 // lower quartile, median, upper quartile; other lengths: Missing is written
	Tenth   []float64 // nine deciles; other lengths: none are drawn
	Missing string
}

const (
	stripLine  = 1.3 // em, of a name
	stripUnder = 1.6 // em, under a name
	stripThick = 1.0
	stripRunes = 30 // of a line beside the median
)

// SVG draws the strips.
func (d Spread) SVG() template.HTML {
	names, tops := make([][]string, len(d.Rows)), make([]float64, len(d.Rows)+1)
	for i, row := range d.Rows {
		names[i] = wrapped(row.Name, stripRunes)
		tops[i+1] = tops[i] + stripLine*float64(len(names[i])) + stripUnder
	}
	bottom := tops[len(d.Rows)] + 0.1
	var s sheet
	s.open("os-bars os-bars--stacked", d.Head, bottom+axisHeight)
	sc := scale{0, d.Max}
	for _, v := range ticks(0, d.Max, d.Step) {
		for i := range d.Rows { // the lines leave room for the names
			s.line("c-grid", sc.x(v), tops[i+1]-stripUnder+0.1, sc.x(v), tops[i+1]-0.1)
		}
		anchor := "middle"
		if sc.x(v) < 2 {
			anchor = "start"
		}
		s.text("c-axis", anchor, pct(sc.x(v)), em(bottom+1.35), "", d.Write.write(v))
	}
	for i, row := range d.Rows {
		mid := tops[i+1] - stripUnder/2
		for k, line := range names[i] {
			s.text("c-strong", "start", "0", em(tops[i]+stripLine*float64(k)+1.05), "", line)
		}
		if len(row.Quarter) != 3 || !known(row.Quarter) {
			s.text("c-axis", "start", "0", em(mid+0.35), "", row.Missing)
			continue
		}
		if len(row.Tenth) == 9 && known(row.Tenth) {
			s.strip("c-strip", sc, row.Tenth[0], row.Tenth[8], mid)
		}
		s.strip("c-bar", sc, row.Quarter[0], row.Quarter[2], mid)
		x := sc.x(row.Quarter[1])
		s.line("c-median", x, mid-stripThick/2-0.12, x, mid+stripThick/2+0.12)
		s.text("c-strong", "end", "100%", em(tops[i]+1.05), "2.4em", d.Write.write(row.Quarter[1]))
	}
	return s.close()
}

// wrapped breaks a text between words into lines of at most so many letters; a longer word
// has a line of its own. There is one line at least.
func wrapped(text string, most int) (lines []string) {
	for _, word := range strings.Fields(text) {
		if n := len(lines); n > 0 && utf8.RuneCountInString(lines[n-1])+1+utf8.RuneCountInString(word) <= most {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}

// strip draws a part of a row; one without width is still seen by its edges.
func (s *sheet) strip(class string, sc scale, from, to, mid float64) {
	a, b := sc.x(from), sc.x(to)
	s.put(`<rect class="`, class, `" x="`, pct(a), `" y="`, em(mid-stripThick/2), `" width="`, pct(max(0, b-a)), `" height="`, em(stripThick), `"/>`)
}

func known(list []float64) bool {
	return !slices.ContainsFunc(list, func(x float64) bool { return !finite(x) })
}
