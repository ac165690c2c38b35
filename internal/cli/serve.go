package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"runtime/debug"

	"github.com/schollz/progressbar/v3"

	"osvitlo/internal/app"
	"osvitlo/internal/config"
	"osvitlo/internal/fault"
	"osvitlo/internal/telemetry"
)

// load reads flags and environment and refuses words that are left over.
func (t *term) load(name string) (*config.Config, error) {
	c, rest, err := config.Load(name, t.args, t.getenv, t.err)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %v", errUsage, rest)
	}
	return c, nil
}

// serve runs the site until it is told to stop.
func serve(ctx context.Context, t *term) (err error) {
	c, err := t.load("serve")
	if err != nil {
		return err
	}
	listening, err := app.Listen(c)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, c, app.Options{Log: telemetry.NewLogger(t.err, c.LogLevel), Progress: t.progress()})
	if err != nil {
		return errors.Join(err, listening.Close())
	}
	if t.getenv("GOGC") == "" {
		debug.SetGCPercent(app.GCPercent)
	}
	debug.FreeOSMemory() // starting reads all content once; give that back
	site, admin := listening.Site.Addr(), listening.Admin.Addr()
	fmt.Fprintf(t.out, t.say("Сайт: http://%s\nДля оператора: http://%s\n", "Site: http://%s\nFor the operator: http://%s\n"), site, admin)
	if c.Demo {
		fmt.Fprintln(t.out, t.say("Місто й дані вигадані.", "The city and the data are invented."))
	}
	fmt.Fprintf(t.out, "OSVITLO_READY site=http://%s admin=http://%s\n", site, admin)
	return errors.Join(a.Serve(ctx, listening), a.Close())
}

// makeDemo draws the demo city, prints the truth beside the estimate, and ends.
func makeDemo(ctx context.Context, t *term) (err error) {
	c, err := t.load("demo")
	if err != nil {
		return err
	}
	c.Demo = true
	a, err := app.New(ctx, c, app.Options{Log: telemetry.NewLogger(t.err, "warn"), Progress: t.progress()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	truth, err := a.DemoTruth(ctx)
	if err != nil {
		return err
	}
	view := a.Index.Snapshot().View
	fmt.Fprintf(t.out, t.say("Вигадане місто, хвиля «%s»: відповідей %d.\n", "Invented city, wave %q: %d sittings.\n"), truth.Title.In(t.lang), truth.People)
	fmt.Fprintf(t.out, t.say("Середній бал, як він є насправді: %.2f.\n", "The true mean score: %.2f.\n"), truth.Index)
	if e := view.Live.Index; e.Value != nil && e.Low != nil && e.High != nil {
		fmt.Fprintf(t.out, t.say("Оцінка за відповідями: %.2f, від %.2f до %.2f.\n", "The estimate from the answers: %.2f, from %.2f to %.2f.\n"), *e.Value, *e.Low, *e.High)
	}
	return nil
}

// migrate prepares the store.
func migrate(ctx context.Context, t *term) error {
	c, err := t.load("migrate")
	if err != nil {
		return err
	}
	if err := app.Migrate(ctx, c); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, t.say("Сховище готове.", "The store is ready."))
	return err
}

// progress draws a bar on a terminal and stays silent elsewhere.
func (t *term) progress() func(done, all int) {
	f, ok := t.err.(*os.File)
	if !ok {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, all int) {
		if bar == nil {
			bar = progressbar.NewOptions(all, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(t.say("вигадуємо місто", "inventing the city")),
				progressbar.OptionShowCount(), progressbar.OptionSetWidth(30), progressbar.OptionOnCompletion(func() { fmt.Fprintln(f) }))
		}
		_ = bar.Set(done) // a bar that cannot be drawn is no reason to stop
	}
}

// toFile opens where an export goes: a new file, or standard output for "" and "-".
func (t *term) toFile(name string) (io.Writer, func() error, error) {
	if name == "" || name == "-" {
		return t.out, func() error { return nil }, nil
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fault.From(err, fault.Invalid, "")
	}
	return f, func() error { return errors.Join(f.Sync(), f.Close()) }, nil
}
