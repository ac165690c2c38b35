package itembank

import (
	"slices"
	"strings"
	"time"

	"osvitlo/internal/instrument"
)

// Check is a kind of mistake that a program finds in the words of an item. What it finds
// is recorded as a machine's and is never a review.
type Check string

// The checks.
const (
	CheckLength    Check = "length"    // texts or sentences that are too long
	CheckNegative  Check = "negative"  // a question with «не»
	CheckAllOf     Check = "all_of"    // an option «усе перелічене»
	CheckTells     Check = "tells"     // the right option is known by its length
	CheckWords     Check = "words"     // language, letters, signs, words we do not use
	CheckDates     Check = "dates"     // a date that has passed or makes no sense
	CheckStructure Check = "structure" // options, key, level, explanation
)

// Checks lists the checks in the order of their table.
func Checks() []Check {
	return []Check{CheckLength, CheckNegative, CheckAllOf, CheckTells, CheckWords, CheckDates, CheckStructure}
}

// checkOf puts the rules of instrument.Item.Lint together; what is not here is structure.
var checkOf = map[string]Check{
	"too-long-text": CheckLength, "long-sentence": CheckLength, "ordering-long": CheckLength,
	"negative-stem": CheckNegative, "all-of-the-above": CheckAllOf, "length-tells": CheckTells,
	"voice-word": CheckWords, "exclamation": CheckWords, "apostrophe": CheckWords, "russian-letters": CheckWords,
	"language-missing": CheckWords, "markup": CheckWords,
	"expired": CheckDates, "date": CheckDates,
}

// Mark is one thing that a machine check found.
type Mark struct {
	Check   Check
	Rule    string // of instrument.Item.Lint
	Pointer string // where in the item
}

// Marks checks one item on a day: what people should look at, notes left out.
func Marks(it *instrument.Item, now time.Time) (out []Mark) {
	for _, f := range it.Lint(now) {
		if f.Severity == instrument.Note {
			continue
		}
		c, ok := checkOf[f.Rule]
		if !ok {
			c = CheckStructure
		}
		out = append(out, Mark{Check: c, Rule: f.Rule, Pointer: f.Pointer})
	}
	return out
}

// Demand is something asked of the whole bank.
type Demand string

// The demands (CONTENT §2, §4).
const (
	DemandItems     Demand = "items"      // at least 240
	DemandEach      Demand = "each"       // at least 8 in the poorest competence
	DemandEarly     Demand = "early"      // 60 % at A1 to B1
	DemandTop       Demand = "top"        // at least 2 at C2 in the poorest area
	DemandNotPlain  Demand = "not_plain"  // a third is not plain single choice
	DemandFraud     Demand = "fraud"      // at least 40 on the schemes
	DemandSchemes   Demand = "schemes"    // all twelve schemes
	DemandLookAlike Demand = "look_alike" // honest messages that look like fraud
	DemandOffline   Demand = "offline"    // at least 10 of button phones and offline life
)

// Met is a demand with its count.
type Met struct {
	Demand Demand
	Have   int
	Need   int
}

// OK tells whether the demand is met.
func (m Met) OK() bool { return m.Have >= m.Need }

// Place is how often the right option of plain single items stands at a place in the
// file, which is the place on paper.
type Place struct {
	N    int
	Even float64 // what an even spread gives
}

// Uneven tells whether right options gather here: more than 5 % of all items above or
// below the even spread.
func (p Place) Uneven(all int) bool {
	d := float64(p.N) - p.Even
	return 20*d > float64(all) || 20*d < -float64(all)
}

// Machine is what the machine checks say of the bank on a day.
type Machine struct {
	Day    time.Time
	Items  int
	Failed map[Check][]string // ids of items, by check
	Places []Place
	Plain  int // single items that Places counts
	Met    []Met
	Dated  int // items whose fact has a last day
	Source int // of them, those that name a source
	Seen   int // of them, those whose fact somebody has checked on a day
}

// Machine runs the machine checks over all knowledge items.
func (s *Service) Machine() Machine {
	now := s.o.Now()
	m := Machine{Day: now, Failed: map[Check][]string{}}
	each, top, schemes := map[string]int{}, map[string]int{}, map[string]bool{}
	early, fraud, alike, offline := 0, 0, 0, 0
	for _, it := range s.o.Library.Items() {
		if !it.Scored() {
			continue
		}
		m.Items++
		for _, mark := range Marks(it, now) {
			if list := m.Failed[mark.Check]; len(list) == 0 || list[len(list)-1] != it.ID {
				m.Failed[mark.Check] = append(list, it.ID)
			}
		}
		area, _, _ := strings.Cut(it.Competence, ".")
		each[it.Competence]++
		top[area] += 0 // an area without such an item counts too
		switch it.Level {
		case "A1", "A2", "B1":
			early++
		case "C2":
			top[area]++
		}
		of := slices.DeleteFunc(slices.Clone(it.Tags), func(t string) bool { return !strings.HasPrefix(t, "fraud-") })
		for _, t := range of {
			schemes[t] = true
		}
		fraud += min(len(of), 1)
		if slices.Contains(it.Tags, "look-alike") {
			alike++
		}
		if slices.Contains(it.Tags, "offline") || slices.Contains(it.Tags, "button-phone") {
			offline++
		}
		if it.ValidUntil != "" {
			m.dated(it)
		}
		if it.Type == instrument.Single && len(it.Key.IDs) == 1 {
			m.place(it)
		}
	}
	m.Met = []Met{{DemandItems, m.Items, 240}, {DemandEach, fewest(each), 8}, {DemandEarly, early, (6*m.Items + 9) / 10},
		{DemandTop, fewest(top), 2}, {DemandNotPlain, m.Items - m.Plain, (m.Items + 2) / 3}, {DemandFraud, fraud, 40},
		{DemandSchemes, len(schemes), 12}, {DemandLookAlike, alike, 10}, {DemandOffline, offline, 10}}
	return m
}

// dated counts what stands behind a fact that ages.
func (m *Machine) dated(it *instrument.Item) {
	m.Dated++
	if it.Source != nil {
		m.Source++
	}
	if it.CheckedOn != "" {
		m.Seen++
	}
}

// place counts where the right option of a plain item stands.
func (m *Machine) place(it *instrument.Item) {
	m.Plain++
	for len(m.Places) < len(it.Options) {
		m.Places = append(m.Places, Place{})
	}
	for i, o := range it.Options {
		m.Places[i].Even += 1 / float64(len(it.Options))
		if o.ID == it.Key.IDs[0] {
			m.Places[i].N++
		}
	}
}

func fewest(counts map[string]int) int {
	least := -1
	for _, n := range counts {
		if least < 0 || n < least {
			least = n
		}
	}
	return max(least, 0)
}
