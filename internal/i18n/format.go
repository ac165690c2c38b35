package i18n

import (
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // days are counted in Kyiv even where the system has no zones
	"unicode"
	"unicode/utf8"
)

// Spaces and signs that numbers and lines are written with.
const (
	ThinSpace    = "\u202f" // narrow no-break space between thousands
	NoBreakSpace = "\u00a0"
	Minus        = "\u2212"
	EnDash       = "\u2013"
)

// Kyiv is the time zone in which days begin and dates are shown.
var Kyiv = mustZone("Europe/Kyiv")

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic("i18n: time zone " + name + ": " + err.Error()) // tzdata is linked in; cannot happen on input
	}
	return loc
}

// Int writes a whole number with thin spaces between thousands and a true minus.
func (l *Localizer) Int(n int64) string {
	digits := strconv.FormatUint(absolute(n), 10)
	sep := ThinSpace
	if l.Language == English {
		sep = ","
	}
	var b strings.Builder
	if n < 0 {
		b.WriteString(Minus)
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(d)
	}
	return b.String()
}

func absolute(n int64) uint64 {
	if n < 0 {
		return uint64(-(n + 1)) + 1
	}
	return uint64(n)
}

// Number writes x with a fixed count of decimals (0 to 6), a decimal comma in
// Ukrainian, and a true minus. A value that is not finite is written as a dash.
func (l *Localizer) Number(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return EnDash
	}
	decimals = min(max(decimals, 0), 6)
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err == nil {
		whole = l.Int(n)
	}
	zero := strings.Trim(s, "0.") == ""
	out := whole
	if frac != "" {
		mark := ","
		if l.Language == English {
			mark = "."
		}
		out += mark + frac
	}
	if x < 0 && !zero {
		out = Minus + out
	}
	return out
}

var monthsUK = [...]string{"січня", "лютого", "березня", "квітня", "травня", "червня",
	"липня", "серпня", "вересня", "жовтня", "листопада", "грудня"}

// Date writes the day in Kyiv: «21 листопада 2026» or "21 November 2026". The zero time is a dash.
func (l *Localizer) Date(t time.Time) string {
	if t.IsZero() {
		return EnDash
	}
	t = t.In(Kyiv)
	month := t.Month().String()
	if l.Language != English {
		month = monthsUK[t.Month()-1]
	}
	return strconv.Itoa(t.Day()) + NoBreakSpace + month + NoBreakSpace + strconv.Itoa(t.Year())
}

// DateTime writes the day and the minute in Kyiv.
func (l *Localizer) DateTime(t time.Time) string {
	if t.IsZero() {
		return EnDash
	}
	return l.Date(t) + ", " + t.In(Kyiv).Format("15:04")
}

// shortWords never stand alone at the end of a line.
var shortWords = map[string]bool{
	"а": true, "в": true, "е": true, "є": true, "з": true, "зі": true, "із": true,
	"і": true, "й": true, "о": true, "у": true, "я": true, "до": true, "за": true, "на": true, "не": true,
	"ні": true, "по": true, "та": true, "те": true, "це": true, "чи": true, "що": true, "як": true, "ви": true,
	"ми": true, "бо": true, "№": true,
}

// particles lean on the word before them.
var particles = map[string]bool{"б": true, "би": true, "ж": true, "же": true}

// tiedRun is how many letters a number and its word may have together with what is
// tied to them already: more would not fit a narrow phone with large text.
const tiedRun = 13

// NoBreak ties one- and two-letter words to the word behind them, a particle and a
// dash to the word before, and a number to what it counts.
func NoBreak(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	run := 0 // letters since the last place where the line may break
	prev, first := "", true
	for rest, more := s, true; more; first = false {
		var w string
		w, rest, more = strings.Cut(rest, " ")
		n := utf8.RuneCountInString(w)
		switch {
		case first:
			run = n
		case ties(prev, w, n, run):
			b.WriteString(NoBreakSpace)
			run += 1 + n
		default:
			b.WriteByte(' ')
			run = n
		}
		b.WriteString(w)
		prev = w
	}
	return b.String()
}

// ties tells whether the line may not break between two words; the second has n letters.
func ties(prev, w string, n, run int) bool {
	if w == "—" || w == EnDash || strings.HasPrefix(w, "%") && counts(strings.Trim(prev, "«(~")) {
		return true
	}
	prev = strings.Trim(prev, "«(„\"")
	if tiny(prev, shortWords) {
		return true
	}
	bare := strings.Trim(w, ".,;:?»)")
	return tiny(bare, particles) || counts(prev) && !tiny(bare, shortWords) && letters(bare) && run+1+n <= tiedRun
}

// tiny looks a word up in a list of words of at most two letters.
func tiny(w string, list map[string]bool) bool {
	return len(w) <= 4 && list[strings.ToLower(w)]
}

// counts tells whether a word is a whole number.
func counts(w string) bool {
	return w != "" && strings.Trim(w, "0123456789") == ""
}

// letters tells whether a word begins with a letter.
func letters(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.IsLetter(r)
}
