package app

import (
	"context"

	"osvitlo/internal/cityindex"
	inner "osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
)

// basicLevel is where "at least basic" begins, and basicRule the version of that
// choice: the project's own until the city decides (CONTRACT §5).
const (
	basicLevel = "A2"
	basicRule  = 1
)

func (a *App) advice(area, group string) (string, bool) {
	page, err := a.Library.Advice(area, inner.Group(group))
	if err != nil {
		return "", false
	}
	return page.ID, true
}

// openWave plans the wave of the configuration. A wave that is there already keeps
// what it was opened with.
func (a *App) openWave(ctx context.Context) error {
	w := a.config.Wave
	if a.config.Demo || a.reading || w.ID == "" {
		return nil
	}
	if _, there := a.Waves.ByID(w.ID); there {
		return nil
	}
	return a.Waves.Add(ctx, survey.Wave{
		Doc: store.Doc{ID: w.ID}, Campaign: "residents", Title: either(i18n.Text{UK: w.TitleUK, EN: w.TitleEN}),
		Opens: store.At(w.Opens), Closes: store.At(w.Closes),
	})
}

func (a *App) indexDeps() (cityindex.Deps, error) {
	benchmarks, err := a.benchmarks()
	deps := cityindex.Deps{
		Engine: a.engine, Sittings: a.Sittings, Waves: a.Waves, Now: a.now, Log: a.log,
		Settings: a.indexSettings(), Benchmarks: benchmarks, Forms: a.forms(),
	}
	if a.People != nil {
		deps.Panel = a.People
	}
	return deps, err
}

// forms are the versions of the test of residents; waves of another one than the
// first are linked by their common items.
func (a *App) forms() *cityindex.Forms {
	var tests []*instrument.Instrument
	for _, in := range a.Library.Instruments() {
		if in.Slug == testSlug {
			tests = append(tests, in)
		}
	}
	return cityindex.FormsOf(tests...)
}

// testSlug is the instrument whose scores make the index.
const testSlug = "resident-test"

func (a *App) indexSettings() cityindex.Settings {
	return cityindex.Settings{
		Demo: a.config.Demo, Method: methodVersion, BasicLevel: basicLevel, BasicRule: basicRule,
		City:      i18n.Text{UK: a.config.City.NameUK, EN: a.config.City.NameEN},
		Owner:     i18n.Text{UK: a.config.City.OwnerUK, EN: a.config.City.OwnerEN},
		PublicURL: a.config.PublicURL, Margins: a.margins,
	}
}

// methodVersion names the way the index is counted; a change of METHOD is a new one.
const methodVersion = "1"
