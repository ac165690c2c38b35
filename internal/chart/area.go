package chart

import (
	"html/template"
	"strconv"
)

// State is how an area compares with the person's whole.
type State uint8

// The states, as the words beside the glyph say.
const (
	Unknown  State = iota // «ще не знаємо»
	Start                 // «варто почати звідси»
	Same                  // «так само»
	Stronger              // «сильніше»
)

// AreaGlyph draws the comparison of an area (1…6) as a dot on a rail whose middle is
// the person's own level. The words beside it say the same, so it is hidden from
// screen readers. It is a sign, not a measure: three places only.
func AreaGlyph(area int, state State) template.HTML {
	open := `<svg class="os-a` + strconv.Itoa(area) + `" width="88" height="24" viewBox="0 0 88 24" aria-hidden="true" focusable="false"><path class="c-rail" d="M2 12h84"/>`
	x := 44
	switch state {
	case Unknown:
		return template.HTML(open + `<rect class="c-unknown" x="12" y="5" width="64" height="14" rx="7"/></svg>`)
	case Start:
		x = 25
	case Stronger:
		x = 63
	}
	at := strconv.Itoa(x)
	return template.HTML(open + `<path class="c-mid" d="M44 3v18"/><rect class="c-aband" x="` + strconv.Itoa(x-17) +
		`" y="6" width="34" height="12" rx="6"/><circle class="c-adot" cx="` + at + `" cy="12" r="7"/></svg>`)
}
