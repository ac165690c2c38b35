package app

import (
	"sync"
	"time"

	"osvitlo/content"
	"osvitlo/internal/cityindex"
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

// contentError lists what is wrong with the content.
type contentError []inner.Problem

func (e contentError) Error() string {
	text := "зміст має помилки, сайт не запущено / the content is broken, the site was not started:"
	for _, p := range e {
		text += "\n  " + p.String()
	}
	return text
}

func (a *App) readContent() (err error) {
	lib, problems := Shipped(a.now())
	if inner.Failed(problems) {
		var wrong contentError
		for _, p := range problems {
			if inner.Failed([]inner.Problem{p}) {
				wrong = append(wrong, p)
			}
		}
		return wrong
	}
	a.Library = lib
	if a.words, err = shippedWords(); err != nil {
		return err
	}
	raw, err := content.FS.ReadFile(marginsFile)
	if err != nil {
		return err
	}
	a.margins, err = cityindex.ParseMargins(raw)
	return err
}

// Files of the city this program is for.
const (
	marginsFile    = "city/kropyvnytskyi.margins.yaml"
	benchmarksFile = "city/benchmarks.yaml"
)
