package chart

import (
	"html"
	"html/template"
	"strconv"
)

// Kind is what a dot of a Hundred stands for; it chooses the look.
type Kind string

// The kinds, in the order they are usually drawn.
const (
	Yes   Kind = "yes"   // have it
	Maybe Kind = "maybe" // may have it: the width of the interval
	No    Kind = "no"    // do not have it yet
	Off   Kind = "off"   // do not use the internet
)

// Part is a group of the hundred people.
type Part struct {
	Kind  Kind
	Count int
	Name  string
}

// Hundred shows a share as a hundred people. Counts that do not add up to a hundred are
// cut or filled with No at the end, so that there are always exactly 100 dots.
type Hundred struct {
	Head
	Parts []Part
}

const (
	hundredRows  = 5
	hundredPitch = 20
)

// SVG draws the dots, column by column, and the legend under them.
func (h Hundred) SVG() template.HTML {
	var s sheet
	id := html.EscapeString(h.ID)
	s.put(`<div class="os-hundred"><svg width="100%" viewBox="0 0 400 100" role="img" aria-labelledby="`, id, `-t `, id,
		`-d" focusable="false"><title id="`, id, `-t">`, html.EscapeString(h.Title), `</title><desc id="`, id, `-d">`,
		html.EscapeString(h.Desc), `</desc>`)
	at := 0
	dots := func(kind Kind, count int) {
		if count <= 0 || at >= 100 {
			return
		}
		s.put(`<g class="`, kind.class(), `">`)
		for ; count > 0 && at < 100; count, at = count-1, at+1 {
			s.put(`<circle cx="`, strconv.Itoa(at/hundredRows*hundredPitch+10), `" cy="`,
				strconv.Itoa(at%hundredRows*hundredPitch+10), `" r="7.4"/>`)
		}
		s.put(`</g>`)
	}
	for _, p := range h.Parts {
		dots(p.Kind, p.Count)
	}
	dots(No, 100-at)
	s.put(`</svg><ul class="os-legend">`)
	for _, p := range h.Parts {
		if p.Count > 0 {
			s.put(`<li><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><circle class="`,
				p.Kind.class(), `" cx="8" cy="8" r="6.6"/></svg><span>`, html.EscapeString(p.Name), `</span></li>`)
		}
	}
	s.put(`</ul></div>`)
	return template.HTML(s.String())
}

func (k Kind) class() string {
	switch k {
	case Yes, Maybe, Off:
		return "h-" + string(k)
	}
	return "h-no"
}
