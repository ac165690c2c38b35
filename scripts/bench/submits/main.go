// Command submits measures whole-test submits through PUT against a bare handler
// in the same run: real content, the real handlers on loopback, durable SQLite,
// and the load generator in the same process on the same cores.
//
// The bare handler is Gin, one decode of the same body into a struct, and one
// durable, group-committed insert of it without any index.
//
//	go run ./scripts/bench/submits -connections 16 -seconds 5
//
// It prints both rates, p50 and p99, and their ratio, and exits with 1 when an
// order is not met: 2,500/s, p99 under 40 ms, 40 % of bare.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/api"
	"osvitlo/locales"
)

func main() {
	connections := flag.Int("connections", 16, "connections at once")
	seconds := flag.Float64("seconds", 5, "seconds per measurement")
	rounds := flag.Int("rounds", 3, "rounds, taking turns; the median is printed")
	profile := flag.String("cpuprofile", "", "file for a CPU profile of the submits")
	only := flag.String("only", "", "submits or bare: measure one of the two")
	flag.Parse()
	ok, err := run(*connections, time.Duration(*seconds*float64(time.Second)), *rounds, *profile, *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "submits:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// The orders of the issue.
const (
	leastRate  = 2500
	mostP99    = 40 * time.Millisecond
	leastRatio = 0.4
)

func run(connections int, lasting time.Duration, rounds int, profile, only string) (bool, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "osvitlo-submits-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	body, err := files.FS.ReadFile("fixture/api/sitting-whole.json")
	if err != nil {
		return false, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return false, err
	}
	// the store keeps no null, and the bare handler stores the body as it came
	body = bytes.Replace(compact.Bytes(), []byte(`"campaign":null,"invitation":null,`), nil, 1)
	gin.SetMode(gin.ReleaseMode)
	real, closeReal, err := realHandler(ctx, filepath.Join(dir, "real.db"))
	if err != nil {
		return false, err
	}
	defer closeReal()
	bare, closeBare, err := bareHandler(ctx, filepath.Join(dir, "bare.db"))
	if err != nil {
		return false, err
	}
	defer closeBare()
	var reals, bares []figures
	for round := range rounds {
		if only != "bare" {
			if profile != "" && round == 0 {
				f, err := os.Create(profile)
				if err != nil {
					return false, err
				}
				if err := pprof.StartCPUProfile(f); err != nil {
					return false, err
				}
			}
			got, err := measure(real, body, connections, lasting)
			if profile != "" && round == 0 {
				pprof.StopCPUProfile()
			}
			if err != nil {
				return false, fmt.Errorf("submits: %w", err)
			}
			reals = append(reals, got)
		}
		if only != "submits" {
			got, err := measure(bare, body, connections, lasting)
			if err != nil {
				return false, fmt.Errorf("bare: %w", err)
			}
			bares = append(bares, got)
		}
	}
	fmt.Printf("body %d bytes, %d connections, %d rounds of %v each, medians\n", len(body), connections, rounds, lasting)
	r, b := median(reals), median(bares)
	if only != "bare" {
		fmt.Printf("submits through PUT  %7.0f/s  p50 %6.2f ms  p99 %6.2f ms  processor %4.0f µs each\n", r.rate, ms(r.p50), ms(r.p99), r.cpu)
	}
	if only != "submits" {
		fmt.Printf("bare Gin and insert  %7.0f/s  p50 %6.2f ms  p99 %6.2f ms  processor %4.0f µs each\n", b.rate, ms(b.p50), ms(b.p99), b.cpu)
	}
	if only != "" {
		return true, nil
	}
	ratio := r.rate / b.rate
	fmt.Printf("ratio %.2f\n", ratio)
	ok := true
	for _, order := range []struct {
		name string
		met  bool
	}{{fmt.Sprintf("at least %d/s", leastRate), r.rate >= leastRate}, {fmt.Sprintf("p99 under %v", mostP99), r.p99 < mostP99},
		{fmt.Sprintf("ratio at least %.1f", leastRatio), ratio >= leastRatio}} {
		word := "met"
		if !order.met {
			word, ok = "NOT met", false
		}
		fmt.Printf("%-20s %s\n", order.name, word)
	}
	return ok, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// figures are one measurement.
type figures struct {
	rate     float64
	p50, p99 time.Duration
	cpu      float64 // processor microseconds of the whole process per request
}

func median(list []figures) figures {
	if len(list) == 0 {
		return figures{}
	}
	mid := func(of func(figures) float64) float64 {
		var values []float64
		for _, f := range list {
			values = append(values, of(f))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	return figures{rate: mid(func(f figures) float64 { return f.rate }), cpu: mid(func(f figures) float64 { return f.cpu }),
		p50: time.Duration(mid(func(f figures) float64 { return float64(f.p50) })), p99: time.Duration(mid(func(f figures) float64 { return float64(f.p99) }))}
}

// measure serves the handler on loopback and sends bodies over so many
// connections for so long, after a warm-up of a fifth of it.
func measure(h http.Handler, body []byte, connections int, lasting time.Duration) (figures, error) {
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
	sent := 0
	before := processor()
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			took, n, err := send(listener.Addr().String(), body, warm, end)
			mu.Lock()
			defer mu.Unlock()
			sent += n
			all = append(all, took...)
			failed = errors.Join(failed, err)
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
	return figures{rate: float64(len(all)) / lasting.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100],
		cpu: float64((processor() - before).Microseconds()) / float64(sent)}, nil
}

// processor is the processor time this process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// send is a client as light as can be, so that the cores work for the server: it
// writes prepared bytes and reads by Content-Length.
func send(addr string, body []byte, warm, end time.Time) (took []time.Duration, sent int, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	r := bufio.NewReaderSize(conn, 16<<10)
	request := make([]byte, 0, len(body)+512)
	for {
		start := time.Now()
		if start.After(end) {
			return took, sent, nil
		}
		request = append(request[:0], "PUT /api/v1/sittings/"...)
		request = append(request, uuid.NewString()...)
		request = append(request, " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "...)
		request = strconv.AppendInt(request, int64(len(body)), 10)
		request = append(append(request, "\r\n\r\n"...), body...)
		if _, err := conn.Write(request); err != nil {
			return nil, sent, err
		}
		if err := answer(r); err != nil {
			return nil, sent, err
		}
		sent++
		if start.After(warm) {
			took = append(took, time.Since(start))
		}
	}
}

func answer(r *bufio.Reader) error {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	status := string(line)
	length := -1
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return err
			}
		}
	}
	if !strings.HasPrefix(status, "HTTP/1.1 201") || length < 0 {
		text, _ := io.ReadAll(io.LimitReader(r, int64(max(length, 0))))
		return fmt.Errorf("%s %s", strings.TrimSpace(status), text)
	}
	_, err = r.Discard(length)
	return err
}

// realHandler is what runs in production, without the middleware of the pages.
func realHandler(ctx context.Context, path string) (http.Handler, func(), error) {
	lib, problems := content.Load(files.FS)
	if content.Failed(problems) {
		return nil, nil, fmt.Errorf("content: %v", problems)
	}
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		return nil, nil, err
	}
	stop := func() { _ = engine.Close() }
	if err := engine.Migrate(ctx, append(sitting.Specs(), survey.Spec)); err != nil {
		return nil, stop, err
	}
	waves, err := survey.New(ctx, engine, survey.Config{}, time.Now)
	if err != nil {
		return nil, stop, err
	}
	if err := waves.Add(ctx, survey.Wave{Doc: store.Doc{ID: "bench"}, Campaign: "bench", Title: i18n.Text{UK: "замір", EN: "bench"},
		Opens: store.At(time.Now().Add(-time.Hour)), Closes: store.At(time.Now().Add(time.Hour))}); err != nil {
		return nil, stop, err
	}
	var published []*instrument.Instrument
	var structure scoring.Structure
	for _, in := range lib.Instruments() {
		published = append(published, lib.Versions(in.Slug)...)
	}
	for a := '1'; a <= '6'; a++ {
		area := scoring.AreaStructure{ID: "ua" + string(a)}
		for n := '1'; n <= '5'; n++ {
			area.Competences = append(area.Competences, area.ID+"."+string(n))
		}
		structure = append(structure, area)
	}
	catalogue, err := sitting.Publish(published...)
	if err != nil {
		return nil, stop, err
	}
	service, err := sitting.New(ctx, engine, catalogue, waves, sitting.Config{Secret: bytes.Repeat([]byte("s"), 32), Structure: structure})
	if err != nil {
		return nil, stop, err
	}
	messages, err := i18n.Load(locales.FS)
	if err != nil {
		return nil, stop, err
	}
	g := gin.New()
	return g, stop, api.Routes(g, api.Deps{Sittings: service, Messages: messages})
}

// bareBody is the body as a program without rules would decode it.
type bareBody struct {
	Instrument  string                     `json:"instrument"`
	Version     int                        `json:"version"`
	Language    string                     `json:"language"`
	Mode        string                     `json:"mode"`
	Purpose     string                     `json:"purpose"`
	Campaign    *string                    `json:"campaign"`
	Invitation  *string                    `json:"invitation"`
	Consent     []string                   `json:"consent"`
	Respondent  map[string]any             `json:"respondent"`
	StartedAt   time.Time                  `json:"started_at"`
	SubmittedAt time.Time                  `json:"submitted_at"`
	Answers     map[string]json.RawMessage `json:"answers"`
}

func bareHandler(ctx context.Context, path string) (http.Handler, func(), error) {
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		return nil, nil, err
	}
	stop := func() { _ = engine.Close() }
	spec := store.Spec{Name: "bare"}
	if err := engine.Migrate(ctx, []store.Spec{spec}); err != nil {
		return nil, stop, err
	}
	rows, err := engine.Raw(spec)
	if err != nil {
		return nil, stop, err
	}
	g := gin.New()
	g.PUT("/api/v1/sittings/:sitting", func(c *gin.Context) {
		raw, err := io.ReadAll(c.Request.Body)
		if err != nil {
			c.AbortWithStatus(http.StatusBadRequest)
			return
		}
		var b bareBody
		if err := json.Unmarshal(raw, &b); err != nil {
			c.AbortWithStatus(http.StatusUnprocessableEntity)
			return
		}
		if err := rows.Insert(c.Request.Context(), c.Param("sitting"), raw); err != nil {
			c.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		c.JSON(http.StatusCreated, gin.H{"id": c.Param("sitting"), "instrument": b.Instrument, "answers": len(b.Answers)})
	})
	return g, stop, nil
}
