package person

import (
	"strings"
)

// Prefs are accessibility preferences. They live with the person, and in a cookie
// for those who have not signed in.
type Prefs struct {
	Text     int  `json:"text,omitempty"`     // size in per cent: 100, 125, 150, 200; 0 is as the device has it
	Contrast bool `json:"contrast,omitempty"` // stronger contrast
	Easy     bool `json:"easy,omitempty"`     // easy words
	Still    bool `json:"still,omitempty"`    // no motion
}

// TextSizes lists the sizes that can be chosen.
func TextSizes() []int { return []int{100, 125, 150, 200} }

func (p Prefs) valid() bool {
	switch p.Text {
	case 0, 100, 125, 150, 200:
		return true
	}
	return false
}

// Cookie writes the preferences for a cookie: "t150.c.e.s"; empty for none.
func (p Prefs) Cookie() string {
	var parts []string
	switch p.Text {
	case 100, 125, 150, 200:
		parts = append(parts, map[int]string{100: "t100", 125: "t125", 150: "t150", 200: "t200"}[p.Text])
	}
	for _, f := range [...]struct {
		on   bool
		name string
	}{{p.Contrast, "c"}, {p.Easy, "e"}, {p.Still, "s"}} {
		if f.on {
			parts = append(parts, f.name)
		}
	}
	return strings.Join(parts, ".")
}

// ParsePrefs reads a cookie; what it does not know it leaves out.
func ParsePrefs(cookie string) (p Prefs) {
	if len(cookie) > 32 {
		return p
	}
	for part := range strings.SplitSeq(cookie, ".") {
		switch part {
		case "t100":
			p.Text = 100
		case "t125":
			p.Text = 125
		case "t150":
			p.Text = 150
		case "t200":
			p.Text = 200
		case "c":
			p.Contrast = true
		case "e":
			p.Easy = true
		case "s":
			p.Still = true
		}
	}
	return p
}
