package app

import (
	"sync"
	"time"

	"osvitlo/content"
	inner "osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/locales"
)

// reading is the embedded content as one day reads it.
type reading struct {
	lib      *inner.Library
	problems []inner.Problem
}

// keptReadings bounds how many days are kept: a program that runs needs one, tests with
// several clocks a few.
const keptReadings = 4

// readings keeps the last ones: what is embedded does not change while a program runs, and
// several programs in one process need not read it each.
var readings struct {
	sync.Mutex
	days []time.Time
	read map[time.Time]reading
}

// Shipped is the content inside the program as it holds at a time: an item past its last
// day leaves its pool. It is shared: read only.
func Shipped(now time.Time) (*inner.Library, []inner.Problem) {
	day := now.UTC().Truncate(time.Hour) // days of Kyiv begin at an hour of UTC
	readings.Lock()
	defer readings.Unlock()
	r, known := readings.read[day]
	if !known {
		r.lib, r.problems = inner.LoadAt(content.FS, now)
		if readings.read == nil {
			readings.read = map[time.Time]reading{}
		}
		if len(readings.days) == keptReadings {
			delete(readings.read, readings.days[0])
			readings.days = readings.days[1:]
		}
		readings.days, readings.read[day] = append(readings.days, day), r
	}
	return r.lib, r.problems
}

// shippedWords are the texts inside the program. They are shared: read only.
var shippedWords = sync.OnceValues(func() (*i18n.Bundle, error) { return i18n.Load(locales.FS) })
