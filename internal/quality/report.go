package quality

import (
	"math"
	"slices"
	"time"

	"osvitlo/internal/instrument"
	"osvitlo/internal/psychometrics"
)

// Rules is the version of the rules below.
const Rules = 1

// The thresholds of METHOD §8, version 1 of the rules.
const (
	fast      = 0.33 // of the median: one point
	veryFast  = 0.2  // of the median: two points
	hasty     = 2    // seconds on a screen with one item
	hastyMost = 0.5  // share of screens from which haste is a flag
	hastyFew  = 5    // screens with a known time, at least
	longLine  = 10   // equal answers in a row on a grid, at least
	lineShare = 0.5  // of the grid's items, at least

	// Doubtful is how many points make a sitting one that an analyst may set aside.
	Doubtful = 2
)

// Code names a flag; it is stable, and its words are "quality.<code>".
type Code string

// The flags.
const (
	Speed     Code = "speed"     // much faster than people answer; 2 points when under a fifth of the median
	Straight  Code = "straight"  // one answer all along a grid with reversed items
	Attention Code = "attention" // an item that names its own answer was answered otherwise
	Duplicate Code = "duplicate" // nearly the answers of another sitting of the hour, same sex, age and district
	Device    Code = "device"    // this device has a sitting in the wave
	Dictation Code = "dictation" // nearly the answers of another sitting of the same venue and hour; no points
)

// Flag is one reason with the figure it rests on.
type Flag struct {
	Code   Code    `json:"code"`
	Points int     `json:"points"`
	Value  float64 `json:"value"`           // what was found
	Bound  float64 `json:"bound,omitempty"` // the threshold it crossed
}

// Report is what is known about the quality of one sitting.
type Report struct {
	Rules  int    `json:"rules"`
	Basis  string `json:"basis,omitempty"` // of the frozen times; empty: none are frozen
	Points int    `json:"points"`
	Flags  []Flag `json:"flags,omitempty"`

	Items   int      `json:"items"`             // asked and timed, or asked
	Seconds *float64 `json:"seconds,omitempty"` // for them, breaks aside; absent when not known
	Pace    *float64 `json:"pace,omitempty"`    // Seconds against the frozen median; 1 is usual
	Hasty   *float64 `json:"hasty,omitempty"`   // share of screens under two seconds
	// Longstring, IRV and EvenOdd are the indices of careless answering of package
	// psychometrics: the first two over the scale items, the last over the
	// competences of the areas. They raise no flag by themselves.
	Longstring int      `json:"longstring,omitempty"`
	IRV        *float64 `json:"irv,omitempty"`
	EvenOdd    *float64 `json:"even_odd,omitempty"`
	Alike      float64  `json:"alike,omitempty"` // share of equal answers with the most alike sitting of the hour
}

// Doubtful tells whether the points suffice to set the sitting aside. Nobody does
// that but an analyst, and the figure without such sittings is published beside.
func (r *Report) Doubtful() bool { return r != nil && r.Points >= Doubtful }

// Has tells whether a flag was raised.
func (r *Report) Has(c Code) bool {
	return r != nil && slices.ContainsFunc(r.Flags, func(f Flag) bool { return f.Code == c })
}

func (r *Report) flag(c Code, points int, value, bound float64) {
	r.Flags = append(r.Flags, Flag{Code: c, Points: points, Value: round(value), Bound: bound})
	r.Points += points
}

// Input is one finished sitting.
type Input struct {
	Instrument *instrument.Instrument
	Path       instrument.Path
	Answers    instrument.Answers
	Spent      map[string]int // seconds per block, breaks aside
	Breaks     []string       // blocks with a break in them
	Lasted     time.Duration  // from start to submit, by the device
	Untimed    bool           // the times are somebody else's: paper typed in later
	Timing     *Timing        // nil: none is frozen
	Likeness   Likeness
	SameDevice bool
}

// Judge makes the report.
func Judge(in Input) *Report {
	r := &Report{Rules: Rules}
	asked := in.asked()
	r.Items = len(asked)
	if in.Timing != nil {
		r.Basis = in.Timing.Basis
	}
	if !in.Untimed {
		in.pace(r, asked)
	}
	in.lines(r)
	in.consistency(r)
	if in.Timing != nil {
		failed := 0
		for id, right := range in.Timing.Attention {
			if v, given := in.Answers[id]; given {
				if w, ok := v.Word(); !ok || w != right {
					failed++
				}
			}
		}
		if failed > 0 {
			r.flag(Attention, 1, float64(failed), 1)
		}
	}
	r.Alike = round(in.Likeness.Share)
	if in.Likeness.Share >= alike {
		if in.Likeness.Group {
			r.flag(Dictation, 0, in.Likeness.Share, alike)
		} else {
			r.flag(Duplicate, 1, in.Likeness.Share, alike)
		}
	}
	if in.SameDevice {
		r.flag(Device, 1, 1, 0)
	}
	return r
}

// asked lists the items of the path up to the last one that was answered: a
// person who stopped was not asked the rest.
func (in *Input) asked() (items []*instrument.Item) {
	last := 0
	for _, st := range in.Path.Steps {
		if st.Item == nil || !st.Item.TakesAnswer() {
			continue
		}
		items = append(items, st.Item)
		if !in.Answers[st.Item.ID].IsZero() {
			last = len(items)
		}
	}
	return items[:last]
}

// pace compares the time with the frozen median: by the screens where their times
// are known, else from start to submit.
func (in *Input) pace(r *Report, asked []*instrument.Item) {
	seconds, timed, quick := 0, 0, 0
	for _, it := range asked {
		spent, known := in.Spent[it.ID]
		if !known || slices.Contains(in.Breaks, it.ID) {
			continue
		}
		timed++
		seconds += spent
		if spent < hasty {
			quick++
		}
	}
	total, items := float64(seconds), timed
	switch {
	case seconds > 0: // a browser that measures nothing says 0 everywhere
		if share := float64(quick) / float64(timed); timed >= hastyFew {
			r.Hasty = ptr(share)
		}
	case len(in.Spent) > 0 || in.Lasted < 0:
		return
	default:
		total, items = in.Lasted.Seconds(), len(asked)
	}
	r.Seconds, r.Items = ptr(total), items
	if in.Timing == nil || in.Timing.SecondsPerItem <= 0 || items == 0 {
		return
	}
	pace := total / (in.Timing.SecondsPerItem * float64(items))
	r.Pace = ptr(pace)
	switch {
	case pace < veryFast:
		r.flag(Speed, 2, pace, veryFast)
	case pace < fast:
		r.flag(Speed, 1, pace, fast)
	case r.Hasty != nil && *r.Hasty >= hastyMost:
		r.flag(Speed, 1, *r.Hasty, hastyMost)
	}
}

// lines looks for straight lines: over all scale items as a figure, over the
// grids with a reversed item as a flag.
func (in *Input) lines(r *Report) {
	var scales []float64
	for _, st := range in.Path.Steps {
		if st.Item != nil && st.Item.Type == instrument.Scale && st.Item.Measures != instrument.Knowledge {
			scales = append(scales, place(st.Item, in.Answers[st.Item.ID]))
		}
	}
	if len(scales) >= 2 {
		r.Longstring = longest(scales)
		if v, err := psychometrics.IRV(psychometrics.Scores{scales}); err == nil && len(v) == 1 && !math.IsNaN(v[0]) {
			r.IRV = ptr(v[0])
		}
	}
	if in.Timing == nil {
		return
	}
	for _, g := range in.Timing.Grids {
		if len(g.Reversed) == 0 {
			continue
		}
		row := make([]float64, 0, len(g.Items))
		for _, id := range g.Items {
			if it, err := in.Instrument.Item(id); err == nil {
				row = append(row, place(it, in.Answers[id]))
			}
		}
		bound := max(longLine, lineShare*float64(len(g.Items)))
		if n := longest(row); float64(n) >= bound {
			r.flag(Straight, 1, float64(n), bound)
			return
		}
	}
}

// place is the position of the chosen option, counted from 1; NaN for none.
func place(it *instrument.Item, v instrument.Value) float64 {
	if w, ok := v.Word(); ok {
		for i := range it.Options {
			if it.Options[i].ID == w {
				return float64(i + 1)
			}
		}
	}
	return math.NaN()
}

func longest(row []float64) int {
	n, err := psychometrics.Longstring(psychometrics.Scores{row})
	if err != nil || len(n) != 1 {
		return 0
	}
	return n[0]
}

// consistency is the even–odd index over the areas: each area is a scale of its
// knowledge items, in the order of the instrument.
func (in *Input) consistency(r *Report) {
	byArea := map[string][]float64{}
	var order []string
	for _, it := range in.Instrument.Items() {
		if !it.Scored() || it.Competence == "" {
			continue
		}
		area := areaOf(it.Competence)
		if byArea[area] == nil {
			order = append(order, area)
		}
		score := math.NaN()
		if v := in.Answers[it.ID]; !v.IsZero() {
			score, _, _ = it.Score(v)
		}
		byArea[area] = append(byArea[area], score)
	}
	var row []float64
	var factors []int
	for _, area := range order {
		if len(byArea[area]) < 2 {
			continue
		}
		row, factors = append(row, byArea[area]...), append(factors, len(byArea[area]))
	}
	if len(factors) < 3 {
		return
	}
	if v, err := psychometrics.EvenOdd(psychometrics.Scores{row}, factors); err == nil && len(v) == 1 && !math.IsNaN(v[0]) && !math.IsInf(v[0], 0) {
		r.EvenOdd = ptr(v[0])
	}
}

// areaOf is the area of a competence: "ua5" of "ua5.3".
func areaOf(competence string) string {
	for i := range len(competence) {
		if competence[i] == '.' {
			return competence[:i]
		}
	}
	return competence
}

// round keeps four digits: a report is read by people.
func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func ptr(x float64) *float64 {
	x = round(x)
	return &x
}
