package canvas

import (
	"image/color"
	"math"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/web/typeface"
)

// MaxText bounds a text, in letters: what is behind it is cut with an ellipsis.
const MaxText = 4000

// Align says where lines stand in their box.
type Align uint8

// The alignments; Left is also the top.
const (
	Left Align = iota
	Center
	Right
)

// Box is a place for a text.
type Box struct{ X, Y, W, H float64 }

// Style says how a text is written.
type Style struct {
	Size     float64 // wanted, of the em square
	Min      float64 // smallest size before lines are cut; 0 means half of Size
	Bold     bool
	Color    color.Color // nil: black
	Align    Align       // of the lines, across
	Down     Align       // of the whole, in the height: Left is the top, Right the bottom
	Leading  float64     // from line to line in parts of the size; 0 means 1.25
	MaxLines int         // 0: as many as the height takes
	Balance  bool        // lines of nearly one length, as a title on a poster
}

// Setting is a text broken into lines.
type Setting struct {
	Lines  []string
	Widths []float64
	Size   float64 // what it became
	Step   float64 // from line to line
	Cut    bool    // an ellipsis stands for the rest
}

// Height is what the lines take.
func (s Setting) Height() float64 { return float64(len(s.Lines)) * s.Step }

// Base is where the baseline of the first line stands below the top.
func (s Setting) Base() float64 { return s.Step/2 + (capHeight-descent/2)*s.Size/2 + descent*s.Size/4 }

// Measure is the width of one line.
func Measure(text string, size float64, bold bool) float64 {
	f := face(bold)
	if f == nil {
		return 0
	}
	return f.width(typeface.Fit(text), size)
}

// Set breaks a text into lines that fit a width and a height: first at the wanted size,
// then smaller by steps of a twentieth, at last cut. Line feeds begin lines.
func Set(w, h float64, st Style, text string) (out Setting) {
	f := face(st.Bold)
	if f == nil || !(w > 0) || !(h > 0) || !(st.Size > 0) {
		return Setting{}
	}
	if utf8.RuneCountInString(text) > MaxText {
		text = string([]rune(text)[:MaxText]) + "…"
	}
	var paragraphs [][]string
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if words := pieces(typeface.Fit(strings.TrimSpace(part))); len(words) > 0 {
			paragraphs = append(paragraphs, words)
		}
	}
	if len(paragraphs) == 0 {
		return Setting{}
	}
	leading := st.Leading
	if !(leading > 0) {
		leading = 1.25
	}
	least := st.Min
	if !(least > 0) || least > st.Size {
		least = st.Size / 2
	}
	for size := st.Size; ; size = math.Max(least, size-st.Size/20) {
		most := int(h/(size*leading) + 1e-9)
		if st.MaxLines > 0 {
			most = min(most, st.MaxLines)
		}
		lines, broken := breakAll(f, paragraphs, w, size)
		last := size <= least
		if len(lines) > most || broken && !last {
			if !last {
				continue
			}
			lines, out.Cut = cut(f, lines, max(most, 1), w, size), len(lines) > max(most, 1)
		} else if st.Balance && len(paragraphs) == 1 && len(lines) > 1 {
			lines = balance(f, paragraphs, w, size, lines)
		}
		out.Lines, out.Size, out.Step = lines, size, size*leading
		for _, l := range lines {
			out.Widths = append(out.Widths, f.width(l, size))
		}
		return out
	}
}

// pieces are the parts of a text between which a line may end; a part keeps its hyphen.
func pieces(text string) (out []string) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' }) {
		out = append(out, word)
	}
	return out
}

// breakAll fills lines greedily. broken tells that a word had to be torn apart.
func breakAll(f *letters, paragraphs [][]string, w, size float64) (lines []string, broken bool) {
	space := f.advance(' ') * size
	for _, words := range paragraphs {
		line, used := "", 0.0
		for _, word := range words {
			wide := f.width(word, size)
			if line != "" && used+space+wide <= w {
				line += " " + word
				used += space + wide
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			for wide > w {
				head, rest := tear(f, word, w, size)
				if rest == "" {
					break
				}
				if !strings.HasSuffix(head, "-") {
					broken = true
				}
				lines = append(lines, head)
				word, wide = rest, f.width(rest, size)
			}
			line, used = word, wide
		}
		lines = append(lines, line)
	}
	return lines, broken
}

// tear splits a word that is wider than a line: behind its last hyphen that fits, else
// behind the last letter that does.
func tear(f *letters, word string, w, size float64) (head, rest string) {
	used, hyphen := 0.0, 0
	for i, r := range word {
		used += f.advance(r) * size
		if used > w && i > 0 {
			if hyphen > 0 {
				i = hyphen
			}
			return word[:i], word[i:]
		}
		if r == '-' && i+1 < len(word) {
			hyphen = i + 1
		}
	}
	return word, ""
}

// balance finds the narrowest width at which a text keeps its count of lines.
func balance(f *letters, paragraphs [][]string, w, size float64, lines []string) []string {
	low, high := w/2, w
	for range 12 {
		mid := (low + high) / 2
		if got, broken := breakAll(f, paragraphs, mid, size); len(got) <= len(lines) && !broken {
			lines, high = got, mid
		} else {
			low = mid
		}
	}
	return lines
}

func cut(f *letters, lines []string, most int, w, size float64) []string {
	if len(lines) <= most {
		return lines
	}
	lines = lines[:most]
	last := []rune(lines[most-1])
	for len(last) > 0 && f.width(strings.TrimRight(string(last), " ,.;:–—-")+"…", size) > w {
		last = last[:len(last)-1]
	}
	lines[most-1] = strings.TrimRight(string(last), " ,.;:–—-") + "…"
	return lines
}
