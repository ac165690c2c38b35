// Command progress measures how many acts of learning are stored durably in a second:
// through the service, and through the forms of lessons over HTTP with the whole program
// in the same process on the same cores.
//
//	go run ./scripts/bench/progress -connections 64 -seconds 5
//
// Every connection is a device that walks through the lessons, as a class of learners
// does: a form, the answer 303, the next form; each is one durable write into a document
// that grows. It prints rates, p50 and p99, and exits with 1 when an order is not met:
// 1,500 writes a second, through the service and over HTTP.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/app"
	"osvitlo/internal/config"
	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
)

// leastRate is the order of issue 5, durable writes a second.
const leastRate = 1500

func main() {
	connections := flag.Int("connections", 64, "learners at once")
	seconds := flag.Float64("seconds", 5, "seconds per measurement")
	rounds := flag.Int("rounds", 3, "rounds, taking turns; the median is printed")
	profile := flag.String("cpuprofile", "", "file for a CPU profile of the first round over HTTP")
	flag.Parse()
	ok, err := run(*connections, time.Duration(*seconds*float64(time.Second)), *rounds, *profile)
	if err != nil {
		fmt.Fprintln(os.Stderr, "progress:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// act is one activity that is done by reading on.
type act struct{ course, lesson, activity string }

func run(connections int, lasting time.Duration, rounds int, profile string) (bool, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "osvitlo-progress-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	gin.SetMode(gin.ReleaseMode)
	c, _, err := config.Load("progress", []string{"--demo", "--demo-people", "100", "--data", dir}, func(string) string { return "" }, io.Discard)
	if err != nil {
		return false, err
	}
	a, err := app.New(ctx, c, app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return false, err
	}
	defer func() { _ = a.Close() }()
	var acts []act
	for _, one := range a.Library.Courses() {
		for _, l := range one.Lessons {
			for _, x := range l.Activities {
				if x.Type == lesson.TypeText || x.Type == lesson.TypeCards || x.Type == lesson.TypeSummary {
					acts = append(acts, act{one.Slug, l.Slug, x.ID})
				}
			}
		}
	}
	var service, http []figures
	for round := range rounds {
		got, err := measure(connections, lasting, func() (doer, error) { return &direct{a.Courses, course.OfDevice(course.NewDeviceKey())}, nil }, acts)
		if err != nil {
			return false, fmt.Errorf("service: %w", err)
		}
		service = append(service, got)
		if got, err = overHTTP(a.Handler(), connections, lasting, acts, profile, round); err != nil {
			return false, fmt.Errorf("http: %w", err)
		}
		http = append(http, got)
	}
	fmt.Printf("%d learners at once, %d rounds of %v each, medians\n", connections, rounds, lasting)
	ok := true
	for _, one := range []struct {
		name string
		figures
	}{{"through the service", median(service)}, {"forms over HTTP", median(http)}} {
		word := "met"
		if one.rate < leastRate {
			word, ok = "NOT met", false
		}
		fmt.Printf("%-20s %6.0f/s  p50 %6.2f ms  p99 %6.2f ms  at least %d/s %s\n", one.name, one.rate, ms(one.p50), ms(one.p99), leastRate, word)
	}
	return ok, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

type figures struct {
	rate     float64
	p50, p99 time.Duration
}

func median(list []figures) figures {
	slices.SortFunc(list, func(a, b figures) int { return int(a.rate - b.rate) })
	return list[len(list)/2]
}

// doer stores one act.
type doer interface {
	do(act) error
	close()
}

type direct struct {
	courses *course.Service
	who     course.Learner
}

func (d *direct) do(x act) error {
	r, err := d.courses.Record(context.Background(), d.who, []course.Mark{{Kind: course.Done, Course: x.course, Lesson: x.lesson, Activity: x.activity, At: time.Now()}})
	if err == nil && r.Taken != 1 {
		err = fmt.Errorf("not taken: %v", r)
	}
	return err
}

func (*direct) close() {}

// form is a browser on one connection, as light as can be.
type form struct {
	conn net.Conn
	r    *bufio.Reader
	key  string
	buf  []byte
}

func (f *form) close() { _ = f.conn.Close() }

func (f *form) do(x act) error {
	f.buf = fmt.Appendf(f.buf[:0], "POST /courses/%s/%s/step/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: learner=%s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n", x.course, x.lesson, x.activity, f.key)
	if _, err := f.conn.Write(f.buf); err != nil {
		return err
	}
	status, length := "", 0
	for {
		line, err := f.r.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimSpace(line)
		if status == "" {
			status = line
		}
		if line == "" {
			break
		}
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(v); err != nil {
				return err
			}
		}
	}
	if _, err := f.r.Discard(length); err != nil {
		return err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 303") {
		return errors.New(status)
	}
	return nil
}

func overHTTP(h http.Handler, connections int, lasting time.Duration, acts []act, profile string, round int) (out figures, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return out, err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(listener) }()
	defer func() { _ = srv.Close(); <-done }()
	if profile != "" && round == 0 {
		f, err := os.Create(profile)
		if err != nil {
			return out, err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return out, err
		}
		defer pprof.StopCPUProfile()
	}
	return measure(connections, lasting, func() (doer, error) {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			return nil, err
		}
		return &form{conn: conn, r: bufio.NewReaderSize(conn, 16<<10), key: course.NewDeviceKey()}, nil
	}, acts)
}

// measure has so many learners walk for so long, after a warm-up of a fifth of it.
func measure(connections int, lasting time.Duration, open func() (doer, error), acts []act) (figures, error) {
	warm := time.Now().Add(lasting / 5)
	end := warm.Add(lasting)
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var wg sync.WaitGroup
	for n := range connections {
		wg.Go(func() {
			took, err := walk(open, acts, n*37, warm, end)
			mu.Lock()
			defer mu.Unlock()
			all, failed = append(all, took...), errors.Join(failed, err)
		})
	}
	wg.Wait()
	if failed != nil {
		return figures{}, failed
	}
	if len(all) == 0 {
		return figures{}, errors.New("nothing was measured")
	}
	slices.Sort(all)
	return figures{float64(len(all)) / lasting.Seconds(), all[len(all)/2], all[len(all)*99/100]}, nil
}

func walk(open func() (doer, error), acts []act, from int, warm, end time.Time) (took []time.Duration, err error) {
	d, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { d.close() }()
	for i := 0; ; i++ {
		if i > 0 && i%len(acts) == 0 { // everything is done: somebody new
			d.close()
			if d, err = open(); err != nil {
				return nil, err
			}
		}
		start := time.Now()
		if start.After(end) {
			return took, nil
		}
		if err := d.do(acts[(from+i)%len(acts)]); err != nil {
			return nil, err
		}
		if start.After(warm) {
			took = append(took, time.Since(start))
		}
	}
}
