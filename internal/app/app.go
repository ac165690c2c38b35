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
	"os"
	"path/filepath"
	"sync"
	"time"

	"osvitlo/content"
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
	"osvitlo/internal/export"
	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/institution/portrait"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/instrument"
	"osvitlo/internal/itembank"
	"osvitlo/internal/job"
	"osvitlo/internal/media"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/media/s3"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/place"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mongodb"
	"osvitlo/internal/store/sqlite"
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

// specs lists every collection of the program, in the order they are migrated.
func specs() []store.Spec {
	all := append([]store.Spec{settingsSpec, publishedSpec}, survey.Specs()...)
	for _, more := range [][]store.Spec{sitting.Specs(), cityindex.Specs(), audit.Specs(), job.Specs(), notify.Specs(), person.Specs(), export.Specs(), itembank.Specs(), course.Specs(), draft.Specs(), credential.Specs(), asset.Specs(), eservice.Specs(), place.Specs(), coursepack.Specs(), help.Specs(), event.Specs(), institution.Specs(), round.Specs(), staffing.Specs(), {plan.Spec}, lab.Specs(), {portrait.Spec}} {
		all = append(all, more...)
	}
	return all
}

// Migrate prepares the store for this version of the program and nothing else.
func Migrate(ctx context.Context, c *config.Config) (err error) {
	defer fault.Wrap(&err, "app.Migrate")
	a := &App{config: c}
	return errors.Join(a.openStores(ctx, true), a.Close())
}

// databaseFile is the embedded store in the data folder.
const databaseFile = "osvitlo.db"

func (a *App) openStores(ctx context.Context, migrate bool) (err error) {
	if a.config.MongoURI == "" || a.config.S3Endpoint == "" {
		if err := os.MkdirAll(a.config.Data, 0o750); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
	}
	if a.config.MongoURI != "" {
		a.engine, err = mongodb.Open(ctx, mongodb.Config{URI: a.config.MongoURI.Reveal(), Database: a.config.MongoDatabase})
	} else {
		a.engine, err = sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(a.config.Data, databaseFile)})
	}
	if err != nil {
		return err
	}
	a.closers = append(a.closers, a.engine.Close)
	if migrate {
		if err := a.engine.Migrate(ctx, specs()); err != nil {
			return err
		}
	} else if err := a.engine.Check(ctx, specs()); err != nil {
		return err
	}
	if a.config.S3Endpoint != "" {
		a.media, err = s3.Open(ctx, s3.Config{
			Endpoint: a.config.S3Endpoint, Bucket: a.config.S3Bucket, Region: a.config.S3Region,
			AccessKey: a.config.S3AccessKey.Reveal(), SecretKey: a.config.S3SecretKey.Reveal(), TLS: a.config.S3TLS, Public: a.config.S3Public,
		})
		return err
	}
	folder, err := disk.Open(filepath.Join(a.config.Data, "media"))
	if err != nil {
		return err
	}
	a.media, a.closers = folder, append(a.closers, folder.Close)
	return nil
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

// startWork begins what runs beside the requests.
func (a *App) startWork(ctx context.Context) {
	a.workers.Add(1)
	go func() {
		defer a.workers.Done()
		a.Index.Run(ctx)
	}()
	a.every(ctx, "sweep", time.Hour, func(ctx context.Context) error {
		n, err := a.Sittings.Sweep(ctx, a.now())
		if err == nil {
			a.log.Info("sweep", "result", n)
		}
		return err
	})
	a.every(ctx, "waves", 30*time.Second, a.Waves.Reload)
	a.every(ctx, "items", time.Minute, a.Bank.Refresh)
	a.every(ctx, "courses", time.Second, a.Drafts.Refresh)
	if a.Services != nil {
		a.every(ctx, "services", time.Second, a.refreshServices)
	}
	if a.Places != nil {
		a.every(ctx, "places", time.Second, a.Places.Refresh)
	}
	if a.Events != nil {
		a.every(ctx, "events", time.Second, a.Events.Refresh)
	}
	if a.Help != nil {
		a.every(ctx, "help", time.Second, a.Help.Mirror().Refresh)
	}
	a.every(ctx, "institutions", time.Second, a.refreshSchools)
	a.every(ctx, "memory", time.Minute, giveBack)
	a.every(ctx, "banks", 10*time.Minute, a.Sittings.Warm)
	for _, work := range []func(context.Context){
		a.Audit.Run,
		func(ctx context.Context) { a.Outbox.Loop(ctx, time.Second) },
		func(ctx context.Context) { a.Jobs.Loop(ctx, 20*time.Second) },
		a.Statements.Run,
	} {
		a.workers.Add(1)
		go func() {
			defer a.workers.Done()
			work(ctx)
		}()
	}
}
