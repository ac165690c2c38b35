package chart

import "html/template"

// Bars are horizontal bars from zero, each with its interval as a whisker.
type Bars struct {
	Head
	Max     float64 // end of the axis, above zero
	Step    float64 // between the marks of the axis
	Rows    []Bar
	Write   Number
	Stacked bool // the name stands above its bar: for names longer than "60–69"
}

// Bar is one row.
type Bar struct {
	Name string
	Value
	Level int // 1…6: the bar takes the colour of level A1…C2; 0: the usual one
}

const (
	barPitch    = 2.3 // em from row to row
	barHeight   = 1.5
	stackedGrow = 1.35 // em more when the name stands above
	axisHeight  = 1.9
)

// SVG draws the bars.
func (b Bars) SVG() template.HTML {
	pitch, class, drop := barPitch, "os-bars", 0.0
	if b.Stacked {
		pitch, class, drop = barPitch+stackedGrow, "os-bars os-bars--stacked", stackedGrow
	}
	bottom := float64(len(b.Rows))*pitch + 0.3
	var s sheet
	s.open(class, b.Head, bottom+axisHeight)
	sc := scale{0, b.Max}
	for _, v := range ticks(0, b.Max, b.Step) {
		s.line("c-grid", sc.x(v), 0, sc.x(v), bottom)
		s.text("c-axis", "middle", pct(sc.x(v)), em(bottom+1.35), "", b.Write.write(v))
	}
	for i, row := range b.Rows {
		mid := float64(i)*pitch + drop + pitch/2 - drop/2
		if b.Stacked {
			s.text("c-strong", "start", "0", em(float64(i)*pitch+1.15), ".5em", row.Name)
		} else {
			s.text("c-strong", "start", "-4em", em(mid+0.35), "", row.Name)
		}
		if !row.Known() {
			s.text("c-axis", "start", "0", em(mid+0.35), ".6em", row.Missing)
			continue
		}
		fill := "c-bar"
		if row.Level >= 1 && row.Level <= 6 {
			fill = "c-level c-l" + number(float64(row.Level))
		}
		s.put(`<rect class="`, fill, `" x="0" y="`, em(mid-barHeight/2), `" width="`, pct(sc.x(row.At)),
			`" height="`, em(barHeight), `"/>`)
		end := sc.x(row.At)
		if row.hasInterval() {
			if row.Level > 0 {
				s.line("c-halo", sc.x(row.Low), mid, sc.x(row.High), mid)
			}
			s.whisker("c-whisker", sc.x(row.Low), sc.x(row.High), mid, 0.4)
			end = sc.x(row.High)
		}
		s.text("c-strong", "start", pct(end), em(mid+0.35), ".55em", b.Write.write(row.At))
	}
	s.line("c-zero", 0, 0, 0, bottom)
	return s.close()
}
