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
}

// Spec declares the collection of waves.
var Spec = store.Spec{Name: "waves", Indexes: []store.Index{{Name: "opens", Fields: []string{"opens"}}}}

var idForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// Day is the first moment of a day in Kyiv; a wave that lasts through the day d
// closes at Day of the next one.
func Day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, i18n.Kyiv)
}

// Check names every fault of a wave's declaration.
func (w *Wave) Check() error {
	var faults []fault.Field
	add := func(pointer, key string) { faults = append(faults, fault.Field{Pointer: pointer, Key: key}) }
	if !idForm.MatchString(w.ID) {
		add("/id", "wave.id")
	}
	if !idForm.MatchString(w.Campaign) {
		add("/campaign", "wave.id")
	}
	if w.Title.UK == "" || w.Title.EN == "" {
		add("/title", "wave.title")
	}
	if w.Opens.IsZero() || !w.Opens.Before(w.Closes.Time) {
		add("/closes", "wave.span")
	}
	if len(faults) > 0 {
		return fault.InvalidFields(faults...)
	}
	return nil
}

// OpenAt tells whether the wave takes sittings at the moment t.
func (w *Wave) OpenAt(t time.Time) bool { return !t.Before(w.Opens.Time) && t.Before(w.Closes.Time) }

// Takes tells whether the wave collects with this instrument.
func (w *Wave) Takes(instrument string) bool {
	return len(w.Instruments) == 0 || slices.Contains(w.Instruments, instrument)
}

// inside tells whether a sitting was begun and ended while the wave was open.
func (w *Wave) inside(started, ended time.Time) bool { return w.OpenAt(started) && w.OpenAt(ended) }
