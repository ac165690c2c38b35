package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"osvitlo/internal/config"
	"osvitlo/internal/fault"
)

// GCPercent lets the heap grow to four times what is in use before it is collected:
// the heap is small (about 20 MB) and a request is mostly short-lived memory, so this
// buys a fifth of the processor for some tens of megabytes under load.
const GCPercent = 300

// spare is how much memory without any object the program keeps for the next request.
const spare = 16 << 20

// giveBack hands memory that a job needed back to the system: jobs come once a day, and
// a small server has other work for it.
func giveBack(context.Context) error {
	free := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(free)
	idle := free[0].Value.Uint64()
	if used, live := free[1].Value.Uint64(), free[2].Value.Uint64(); used > live {
		idle += used - live // what the next collection finds
	}
	if idle > spare {
		debug.FreeOSMemory()
	}
	return nil
}

// Listening are the two open sockets of a running program.
type Listening struct {
	Site, Admin net.Listener
}

// Listen opens both sockets before anything else is done, so that a port in use is
// said at once.
func Listen(c *config.Config) (_ *Listening, err error) {
	defer fault.Wrap(&err, "app.Listen")
	site, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, err
	}
	admin, err := net.Listen("tcp", c.AdminListen)
	if err != nil {
		_ = site.Close() // the first error says more
		return nil, err
	}
	return &Listening{Site: site, Admin: admin}, nil
}

// Close gives the sockets back when the program could not start.
func (l *Listening) Close() error { return errors.Join(l.Site.Close(), l.Admin.Close()) }

// Serve answers requests until ctx ends, then stops in order: readiness first, a
// pause for the balancer, requests finish, background work ends. The engines are
// closed by Close, which the caller calls last.
func (a *App) Serve(ctx context.Context, l *Listening) (err error) {
	defer fault.Wrap(&err, "app.Serve")
	defer a.noteAddress(l.Site.Addr().String())()
	site := a.server(a.site)
	admin := a.server(a.admin)
	admin.WriteTimeout = 5 * time.Minute // a CPU profile takes as long as it was asked for
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	a.startWork(work)

	failed := make(chan error, 2)
	go func() { failed <- site.Serve(l.Site) }()
	go func() { failed <- admin.Serve(l.Admin) }()
	a.health.SetServing(true)
	a.log.Info("serving", "site", l.Site.Addr().String(), "admin", l.Admin.Addr().String())

	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	a.health.SetServing(false)
	if err == nil {
		wait(a.config.DrainDelay)
	}
	stop, cancel := context.WithTimeout(context.Background(), a.config.StopLimit)
	defer cancel()
	if serr := site.Shutdown(stop); serr != nil {
		a.log.Warn("requests were cut off at stop", "error", serr.Error())
		_ = site.Close() // nothing more can be done for them
	}
	stopWork()
	a.workers.Wait()
	err = errors.Join(err, ignoreClosed(admin.Shutdown(stop)))
	a.log.Info("stopped")
	return err
}

func wait(d time.Duration) {
	if d > 0 {
		time.Sleep(d)
	}
}

func ignoreClosed(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // somebody held a profile open; the process ends anyway
	}
	return err
}

func (a *App) server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: a.config.ReadHeaderLimit,
		ReadTimeout:       a.config.ReadLimit,
		WriteTimeout:      a.config.WriteLimit,
		IdleTimeout:       a.config.IdleLimit,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
}

// every runs do at once and then again and again until ctx ends; what fails is logged and tried again.
func (a *App) every(ctx context.Context, name string, pause time.Duration, do func(context.Context) error) {
	a.workers.Add(1)
	go func() {
		defer a.workers.Done()
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			if err := a.guard(ctx, do); err != nil && ctx.Err() == nil {
				a.log.Error("background work", "job", name, "error", err.Error())
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
}

// guard turns a panic of background work into an error, so that the site goes on.
func (a *App) guard(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do(ctx)
}

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
