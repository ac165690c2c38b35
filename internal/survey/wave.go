package survey

import (
	"regexp"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// Grace is how long after the close a sitting begun and ended inside the wave
// still enters its revision 2.
const Grace = 14 * 24 * time.Hour

// Wave is the n-th repetition of a campaign. It is open in [Opens, Closes).
type Wave struct {
	store.Doc
	Campaign    string     `json:"campaign"` // id of the campaign, kebab-case
	Title       i18n.Text  `json:"title"`
	Opens       store.Time `json:"opens"`
	Closes      store.Time `json:"closes"`
	Instruments []string   `json:"instruments,omitempty"` // slugs; none means every instrument
	// Modes are the ways of answering that are planned; none means all. A sitting in
	// another mode is not refused: fieldwork tells of it.
	Modes []string `json:"modes,omitempty"`
	// Form names the set of items of the test, for linking; "" is the reference form.
	Form    string   `json:"form,omitempty"`
	Targets []Target `json:"targets,omitempty"`
	Frame   *Frame   `json:"frame,omitempty"`
	Sample  *Sample  `json:"sample,omitempty"`
	History []Moved  `json:"history,omitempty"` // changes of the close after the opening, oldest first
}

// Target is how many answers a class of people should give. Sex, Age and
// District narrow it; an empty one means all. Sex with Age is one cell.
type Target struct {
	Sex      string `json:"sex,omitempty"`
	Age      string `json:"age,omitempty"`
	District string `json:"district,omitempty"`
	N        int64  `json:"n"`
}

// Frame is the list people were invited from, for the response rate RR1.
type Frame struct {
	Size int64     `json:"size"` // people or addresses invited
	What i18n.Text `json:"what"` // what they are: households of a street list, phone numbers
}

// Sample is a probability sub-sample: people drawn by the city and invited by
// name of address or number. Its sittings are those with the evidence "invited".
type Sample struct {
	ID    string    `json:"id"` // of the draw, kebab-case
	Title i18n.Text `json:"title"`
	Drawn string    `json:"drawn"` // day of the draw, 2026-11-21
	Size  int64     `json:"size"`  // people drawn
}

// Moved is a change of the close.
type Moved struct {
	At   store.Time `json:"at"`
	From store.Time `json:"from"`
	To   store.Time `json:"to"`
}

// Spec declares the collection of waves.
var Spec = store.Spec{Name: "waves", Indexes: []store.Index{{Name: "opens", Fields: []string{"opens"}}}}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{Spec, CampaignSpec} }

// The vocabularies a plan may use; the words are those of a sitting.
var (
	Modes = []string{"self", "mentor", "paper", "phone"}
	Sexes = []string{"female", "male"}
	Ages  = []string{"14-17", "18-29", "30-39", "40-49", "50-59", "60-69", "70+"}
)

// Bounds of a plan.
const (
	maxTargets  = 200
	maxTarget   = 10_000_000
	maxHistory  = 100
	maxTitle    = 200
	longestWave = 2 * 366 * 24 * time.Hour
)

var idForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// Day is the first moment of a day in Kyiv; a wave that lasts through the day d
// closes at Day of the next one.
func Day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, i18n.Kyiv)
}

// faults collects the fields that are wrong.
type faults []fault.Field

func (f *faults) add(pointer, key string) { *f = append(*f, fault.Field{Pointer: pointer, Key: key}) }

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return fault.InvalidFields(f...)
}

// Check names every fault of a wave's declaration.
func (w *Wave) Check() error {
	var f faults
	if !idForm.MatchString(w.ID) {
		f.add("/id", "wave.id")
	}
	if !idForm.MatchString(w.Campaign) {
		f.add("/campaign", "wave.id")
	}
	if bad(w.Title) {
		f.add("/title", "wave.title")
	}
	switch {
	case w.Opens.IsZero():
		f.add("/opens", "wave.day")
	case w.Closes.IsZero() || !w.Opens.Before(w.Closes.Time):
		f.add("/closes", "wave.span")
	case w.Closes.Sub(w.Opens.Time) > longestWave:
		f.add("/closes", "wave.long")
	}
	if w.Form != "" && !idForm.MatchString(w.Form) {
		f.add("/form", "wave.id")
	}
	if !known(w.Modes, Modes) {
		f.add("/modes", "wave.mode")
	}
	checkTargets(&f, w.Targets)
	if fr := w.Frame; fr != nil {
		if fr.Size < 1 || fr.Size > maxTarget {
			f.add("/frame/size", "wave.frame_size")
		}
		if bad(fr.What) {
			f.add("/frame/what", "wave.frame_what")
		}
	}
	if s := w.Sample; s != nil {
		if !idForm.MatchString(s.ID) {
			f.add("/sample/id", "wave.id")
		}
		if bad(s.Title) {
			f.add("/sample/title", "wave.sample_title")
		}
		if day, err := time.Parse(time.DateOnly, s.Drawn); err != nil || !w.Closes.IsZero() && day.After(w.Closes.Time) {
			f.add("/sample/drawn", "wave.sample_drawn")
		}
		if s.Size < 1 || s.Size > maxTarget {
			f.add("/sample/size", "wave.sample_size")
		}
	}
	return f.err()
}

// checkTargets refuses a class twice, an unknown word and an empty category: a
// class with no people to reach is left out, not written as 0.
func checkTargets(f *faults, list []Target) {
	if len(list) > maxTargets {
		f.add("/targets", "wave.targets_many")
		return
	}
	seen := map[[3]string]bool{}
	for _, t := range list {
		key := [3]string{t.Sex, t.Age, t.District}
		at := "/targets/" + t.Key()
		switch {
		case seen[key]:
			f.add(at, "wave.target_twice")
		case t.N < 1 || t.N > maxTarget:
			f.add(at, "wave.target_empty")
		case t.Sex != "" && !slices.Contains(Sexes, t.Sex), t.Age != "" && !slices.Contains(Ages, t.Age), t.District != "" && !idForm.MatchString(t.District), key == [3]string{}:
			f.add(at, "wave.target_unknown")
		}
		seen[key] = true
	}
}

// Key names the class of a target: sex.age, or the district.
func (t Target) Key() string {
	switch {
	case t.District != "" && t.Sex == "" && t.Age == "":
		return t.District
	case t.District != "":
		return t.District + "." + t.Sex + "." + t.Age
	}
	return t.Sex + "." + t.Age
}

func bad(t i18n.Text) bool {
	return t.UK == "" || t.EN == "" || len([]rune(t.UK)) > maxTitle || len([]rune(t.EN)) > maxTitle
}

// known tells whether all words are of the vocabulary, each once.
func known(words, all []string) bool {
	for i, w := range words {
		if !slices.Contains(all, w) || slices.Contains(words[:i], w) {
			return false
		}
	}
	return true
}

// OpenAt tells whether the wave takes sittings at the moment t.
func (w *Wave) OpenAt(t time.Time) bool { return !t.Before(w.Opens.Time) && t.Before(w.Closes.Time) }

// Takes tells whether the wave collects with this instrument.
func (w *Wave) Takes(instrument string) bool {
	return len(w.Instruments) == 0 || slices.Contains(w.Instruments, instrument)
}

// TakesMode tells whether the wave is planned with this way of answering.
func (w *Wave) TakesMode(mode string) bool {
	return len(w.Modes) == 0 || slices.Contains(w.Modes, mode)
}

// inside tells whether a sitting was begun and ended while the wave was open.
func (w *Wave) inside(started, ended time.Time) bool { return w.OpenAt(started) && w.OpenAt(ended) }
