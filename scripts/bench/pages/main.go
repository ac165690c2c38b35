// Command pages measures sittings page by page, as browsers take them, against a
// bare handler in the same run: the whole program on loopback over durable SQLite
// with gzip, and the load generator in the same process on the same cores.
//
//	go run ./scripts/bench/pages [-people 24] [-seconds 6] [-rounds 3] [-cpuprofile FILE]
//
// A person begins, looks at every screen, answers all 30 tasks and the questions
// about themselves, looks the answers over, submits and reads the result: some 75
// requests. What is sent was written down from one sitting taken with a form reader;
// the load only replays it, so that the cores work for the server.
//
// The bare handler is Gin with gzip: the same templates rendered by the same renderer
// from captured values of the same pages, and one durable, group-committed write of a
// document of the stored size for each answer. It keeps no rule, no path, no session.
//
// It prints both rates, p50 and p99 of a request, and their ratio, and exits with 1
// when an order is not met: 60 sittings/s, p99 under 60 ms, 40 % of bare.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"sync"
	"syscall"
	"time"

	"osvitlo/internal/app"
)

// The orders of the issue.
const (
	leastRate  = 60
	mostP99    = 60 * time.Millisecond
	leastRatio = 0.4
)

func main() {
	people := flag.Int("people", 24, "people at once")
	seconds := flag.Float64("seconds", 6, "seconds per measurement")
	rounds := flag.Int("rounds", 3, "rounds, taking turns; the median is printed")
	profile := flag.String("cpuprofile", "", "file for a CPU profile of the sittings")
	flag.Parse()
	debug.SetGCPercent(app.GCPercent) // as serve does; the bare side has it too
	ok, err := run(*people, time.Duration(*seconds*float64(time.Second)), *rounds, *profile)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func run(people int, lasting time.Duration, rounds int, profile string) (bool, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "osvitlo-pages-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	program, closeProgram, err := program(ctx, filepath.Join(dir, "program"))
	if err != nil {
		return false, err
	}
	defer closeProgram()
	script, err := record(program)
	if err != nil {
		return false, fmt.Errorf("record: %w", err)
	}
	bare, closeBare, err := bareHandler(ctx, filepath.Join(dir, "bare.db"), script)
	if err != nil {
		return false, err
	}
	defer closeBare()

	var ours, theirs []figures
	for round := range rounds {
		stop := func() {}
		if profile != "" && round == 0 {
			if stop, err = startProfile(profile); err != nil {
				return false, err
			}
		}
		got, err := measure(program, script, people, lasting)
		stop()
		if err != nil {
			return false, fmt.Errorf("sittings: %w", err)
		}
		ours = append(ours, got)
		if got, err = measure(bare, script, people, lasting); err != nil {
			return false, fmt.Errorf("bare: %w", err)
		}
		theirs = append(theirs, got)
	}
	o, b := median(ours), median(theirs)
	fmt.Printf("%d requests a sitting, %d bytes of pages before gzip, %d people, %d rounds of %v each, medians\n",
		len(script.steps), script.bytes, people, rounds, lasting)
	fmt.Printf("sittings page by page  %7.1f/s  %7.0f requests/s  p50 %6.2f ms  p99 %6.2f ms  %6.2f ms of a core each\n", o.rate, o.requests, ms(o.p50), ms(o.p99), ms(o.busy))
	fmt.Printf("bare Gin               %7.1f/s  %7.0f requests/s  p50 %6.2f ms  p99 %6.2f ms  %6.2f ms of a core each\n", b.rate, b.requests, ms(b.p50), ms(b.p99), ms(b.busy))
	ratio := o.rate / b.rate
	fmt.Printf("ratio %.2f (by the time of the cores %.2f, which other work on the machine disturbs less)\n", ratio, float64(b.busy)/float64(o.busy))
	ok := true
	for _, order := range []struct {
		name string
		met  bool
	}{{fmt.Sprintf("at least %d/s", leastRate), o.rate >= leastRate}, {fmt.Sprintf("p99 under %v", mostP99), o.p99 < mostP99},
		{fmt.Sprintf("ratio at least %.1f", leastRatio), ratio >= leastRatio}} {
		word := "met"
		if !order.met {
			word, ok = "NOT met", false
		}
		fmt.Printf("%-20s %s\n", order.name, word)
	}
	return ok, nil
}

func startProfile(name string) (func(), error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close() // the profile is a tool of the moment
	}, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// figures are one measurement.
type figures struct {
	rate, requests float64 // whole sittings and requests per second
	p50, p99       time.Duration
	busy           time.Duration // of the cores, client and server together, per sitting
}

func median(list []figures) figures {
	mid := func(of func(figures) float64) float64 {
		var values []float64
		for _, f := range list {
			values = append(values, of(f))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return figures{mid(func(f figures) float64 { return f.rate }), mid(func(f figures) float64 { return f.requests }),
		time.Duration(mid(func(f figures) float64 { return float64(f.p50) })), time.Duration(mid(func(f figures) float64 { return float64(f.p99) })),
		time.Duration(mid(func(f figures) float64 { return float64(f.busy) }))}
}

// measure lets so many people take sittings for so long, after a warm-up of a fifth
// of it. A sitting counts by the part of its requests that fell into the time.
func measure(h http.Handler, s *script, people int, lasting time.Duration) (figures, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return figures{}, err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(listener) }()
	defer func() { _ = srv.Close(); <-done }()

	warm := time.Now().Add(lasting / 5)
	end := warm.Add(lasting)
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var before, after syscall.Rusage
	sent := 0
	var wg sync.WaitGroup
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		return figures{}, err
	}
	for i := range people {
		wg.Go(func() {
			// People do not begin in step: each is somewhere else in the test.
			took, n, err := play(listener.Addr().String(), s, i*len(s.steps)/people, warm, end)
			mu.Lock()
			defer mu.Unlock()
			all, sent = append(all, took...), sent+n
			failed = errors.Join(failed, err)
		})
	}
	wg.Wait()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		return figures{}, err
	}
	if failed != nil {
		return figures{}, failed
	}
	if len(all) == 0 {
		return figures{}, errors.New("nothing was measured")
	}
	slices.Sort(all)
	perSecond := float64(len(all)) / lasting.Seconds()
	sittings := float64(sent) / float64(len(s.steps))
	return figures{perSecond / float64(len(s.steps)), perSecond, all[len(all)/2], all[len(all)*99/100],
		time.Duration(float64(spent(after)-spent(before)) / sittings)}, nil
}

// spent is the time of the cores that a process has used.
func spent(u syscall.Rusage) time.Duration {
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
