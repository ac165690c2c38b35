// Package app builds the whole program from its configuration: engines, services,
// pages, background work. main and the end-to-end tests use the same three acts:
// New, Serve, Close.
//
// It is the only package that knows every other one and the only one that opens
// an engine. It holds no rule of the domain.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"osvitlo/internal/asset"
	"osvitlo/internal/audit"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/config"
	inner "osvitlo/internal/content"
	"osvitlo/internal/course"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/coursepack"
	"osvitlo/internal/credential"
	"osvitlo/internal/eservice"
	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/institution/portrait"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/itembank"
	"osvitlo/internal/job"
	"osvitlo/internal/media"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/place"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
	"osvitlo/internal/telemetry"
	"osvitlo/internal/web"
	"osvitlo/internal/web/account"
	"osvitlo/internal/web/office"
	"osvitlo/internal/web/page"
	"osvitlo/internal/xapi"
)

// App is the built program. Its exported parts are for the commands of cli.
type App struct {
	Library      *inner.Library
	Waves        *survey.Service
	Sittings     *sitting.Service
	Index        *cityindex.Service
	Bank         *itembank.Service
	Drafts       *draft.Service
	Courses      *course.Service      // nil for the same commands as People
	Credentials  *credential.Service  // as Courses
	Assets       *asset.Service       // as Courses
	Packages     *coursepack.Service  // as Courses
	Statements   *xapi.Service        // as Courses
	Places       *place.Service       // as Courses
	Institutions *institution.Service // as Courses
	Rounds       *round.Service       // as Courses
	Plans        *plan.Service        // as Courses
	Labs         *lab.Service         // as Courses
	Portraits    *portrait.Service    // as Courses
	Staffing     *staffing.Service    // as Courses
	Help         *help.Service        // as Courses
	Services     *eservice.Service    // as Courses
	Events       *event.Service       // as Courses
	People       *person.Service      // nil for a command that only looks at answers and has no keys
	Audit        *audit.Log
	Outbox       *job.Outbox
	Jobs         *job.Schedule
	Inbox        *notify.Inbox // demo without a mail server

	warnings func(lang string) ([]page.Note, string)  // of fraud, for other pages; set by servicePages
	week     func(lang string) ([]page.Event, string) // what is on, for the landing; set by eventPages
	onAt     func(place, lang string) []page.Event    // what is on at a place; as week
	config   *config.Config
	log      *slog.Logger
	now      func() time.Time
	reading  bool
	words    *i18n.Bundle
	engine   store.Engine
	media    media.Store
	secret   []byte
	kind     *installation
	known    *store.Collection[installation, *installation]
	margins  *cityindex.Margins
	post     *notify.Post
	keys     *vault.Ring
	metrics  *telemetry.Metrics
	health   *telemetry.Health
	options  web.Options
	handlers web.Handlers
	desk     *office.Handlers                                                          // its menu stands on all pages of staff
	account  *account.Handlers                                                         // hands codes of rounds and employers at /join on
	advised  func(ctx context.Context, who person.ID, lang string) (*page.Note, error) // what somebody's employers propose; set by employerPages
	site     http.Handler
	admin    http.Handler
	closers  []func() error
	workers  sync.WaitGroup
}

// Options are what New takes besides the configuration.
type Options struct {
	Log *slog.Logger
	Now func() time.Time // nil: the system's clock
	// Reading opens no wave and so does not ask who answers for one: for commands
	// that only look at a store.
	Reading bool
	// Progress hears how far the drawing of a demo city is; nil: nobody listens.
	Progress func(done, all int)
}

// New builds everything, draws the demo city if the store is a new demo one, and
// checks that content, schema and kind of data fit. Nothing listens yet.
func New(ctx context.Context, c *config.Config, o Options) (a *App, err error) {
	defer fault.Wrap(&err, "app.New")
	if o.Now == nil {
		o.Now = time.Now
	}
	a = &App{config: c, log: o.Log, now: o.Now, reading: o.Reading, metrics: telemetry.NewMetrics()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
			a = nil
		}
	}()
	if err := a.readContent(); err != nil {
		return a, err
	}
	if err := a.openStores(ctx, c.MongoURI == ""); err != nil {
		return a, err
	}
	if err := a.openDomain(ctx); err != nil {
		return a, err
	}
	if err := a.openPeople(ctx); err != nil {
		return a, err
	}
	if err := a.fillDemo(ctx, o.Progress); err != nil {
		return a, err
	}
	deps, err := a.indexDeps()
	if err != nil {
		return a, err
	}
	if a.Index, err = cityindex.New(ctx, deps); err != nil {
		return a, err
	}
	if err := a.finishDemo(ctx); err != nil {
		return a, err
	}
	if err := a.demoPeople(ctx); err != nil {
		return a, err
	}
	if err := a.demoLearning(ctx); err != nil {
		return a, err
	}
	if err := a.drawEmployers(ctx); err != nil {
		return a, err
	}
	return a, a.buildSite()
}

// Close gives everything back, the engines last. It may be called on a half-built App.
func (a *App) Close() (err error) {
	for i := len(a.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, a.closers[i]())
	}
	a.closers = nil
	return err
}

// openDomain opens the services in the order of their rings.
func (a *App) openDomain(ctx context.Context) (err error) {
	if a.secret, err = loadSecret(a.config.Data, a.config.Secret.Reveal()); err != nil {
		return err
	}
	if a.kind, a.known, err = settle(ctx, a.engine, a.config, a.now()); err != nil {
		return err
	}
	if err := a.openRecords(ctx); err != nil {
		return err
	}
	instruments, err := publishInstruments(ctx, a.engine, a.Library)
	if err != nil {
		return err
	}
	catalogue, err := sitting.Publish(instruments...)
	if err != nil {
		return err
	}
	a.Waves, err = survey.New(ctx, a.engine, survey.Config{
		Production: !a.config.Demo && !a.reading, Owner: a.config.City.OwnerUK, Decree: a.config.City.DecreeUK, Phone: a.config.City.Phone,
	}, a.now)
	if err != nil {
		return err
	}
	if err := a.openWave(ctx); err != nil {
		return err
	}
	structure, err := structureOf(a.Library)
	if err != nil {
		return err
	}
	if err := a.openBank(ctx, catalogue); err != nil {
		return err
	}
	if err := a.openSchools(ctx); err != nil {
		return err
	}
	a.Sittings, err = sitting.New(ctx, a.engine, catalogue, a.Waves, sitting.Config{
		Secret: a.secret, Guarded: a.config.Guarded(), Districts: a.margins.DistrictIDs(), Structure: structure,
		Basic: basicLevel, Advice: a.advice, Audit: a.auditor(),
		Pool: a.Bank.Source(), Approved: a.Bank.Marked, Watch: a.watch, Rounds: a.Rounds, Log: a.log, Now: a.now,
	})
	return err
}

// auditor is the log for the acts of staff; nil when there is none.
func (a *App) auditor() sitting.Auditor {
	if a.Audit == nil {
		return nil
	}
	return a.Audit
}
