// Command index measures the city index: start with many stored scores, recompute
// from cells, a step, and the open-data handler, at 1,000 and at N sittings.
//
//	go run ./scripts/bench/index [-n 1000000] [-dir DIR]
//
// It prints each figure beside its limit and exits 1 when one is missed.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/cityindex"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/opendata"
)

const wave = "bench"

// perSitting is the time between two submits in microseconds: 2,500 a second.
const perSitting = 400

func main() {
	n := flag.Int("n", 1_000_000, "sittings")
	dir := flag.String("dir", "", "folder for the store; a temporary one by default")
	margins := flag.String("margins", "content/city/kropyvnytskyi.margins.yaml", "population margins")
	flag.Parse()
	ok, err := run(*n, *dir, *margins)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if !ok {
		os.Exit(1)
	}
}

type figures struct {
	full, checkpoint, recompute, step, p50, p99 time.Duration
	heap                                        uint64
}

func run(n int, dir, marginsFile string) (bool, error) {
	src, err := os.ReadFile(marginsFile)
	if err != nil {
		return false, err
	}
	m, err := cityindex.ParseMargins(src)
	if err != nil {
		return false, err
	}
	if dir == "" {
		if dir, err = os.MkdirTemp("", "osvitlo-bench"); err != nil {
			return false, err
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	}
	small, err := measure(1000, filepath.Join(dir, "small.db"), m)
	if err != nil {
		return false, err
	}
	big, err := measure(n, filepath.Join(dir, "big.db"), m)
	if err != nil {
		return false, err
	}
	ok := true
	row := func(name string, a, b, limit time.Duration) {
		verdict := ""
		if limit > 0 {
			verdict = fmt.Sprintf("limit %v: held", limit)
			if b > limit {
				verdict, ok = fmt.Sprintf("limit %v: MISSED", limit), false
			}
		}
		fmt.Printf("%-44s %12v %12v   %s\n", name, a.Round(time.Microsecond), b.Round(time.Microsecond), verdict)
	}
	fmt.Printf("%-44s %12s %12d\n", "sittings", "1000", n)
	row("start, all tallies read anew", small.full, big.full, 15*time.Second)
	row("start, checkpoint and tail", small.checkpoint, big.checkpoint, 15*time.Second)
	row("whole release recomputed from cells", small.recompute, big.recompute, 50*time.Millisecond)
	row("forty submits: read, public step, new page", small.step, big.step, 0)
	row("open-data/index.json over HTTP, median", small.p50, big.p50, 0)
	row("open-data/index.json over HTTP, p99", small.p99, big.p99, 5*time.Millisecond)
	fmt.Printf("%-44s %9d kB %9d kB\n", "heap of the running index", small.heap>>10, big.heap>>10)
	for name, pair := range map[string][2]time.Duration{"recompute": {small.recompute, big.recompute}, "step": {small.step, big.step}, "request": {small.p50, big.p50}} {
		ratio := float64(pair[1]) / float64(pair[0])
		fmt.Printf("cost of %-36s x %.2f from 1,000 to %d\n", name, ratio, n)
		if ratio > 3 { // a cost that grew with the sittings would be x 1000
			ok = false
		}
	}
	return ok, nil
}

type plan []*survey.Wave

func (p plan) Waves() []*survey.Wave { return p }

// feed lets the bench add sittings and hands the tallies on.
type feed struct {
	docs *store.Collection[sitting.Sitting, *sitting.Sitting]
	r    *rand.Rand
	seq  int64
}

func (f *feed) Entries(ctx context.Context, after int64) func(yield func(sitting.Entry, error) bool) {
	return func(yield func(sitting.Entry, error) bool) {
		for k, err := range f.docs.Keys(ctx, store.Query{Index: sitting.IndexTally, After: after}) {
			var e sitting.Entry
			if err == nil {
				e.ID = k.ID
				e.Seq, _ = k.Values[0].(int64)
				e.Tally, _ = k.Values[1].(string)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// row draws a scored sitting of a random class.
func (f *feed) row() *sitting.Row {
	r := f.r
	row := &sitting.Row{Wave: wave, Instrument: "resident-test", Role: sitting.RoleTest, State: sitting.Counted,
		Sex: []sitting.Sex{sitting.Female, sitting.Male}[r.IntN(2)], Age: sitting.AgeGroups[r.IntN(7)], Broad: sitting.Broads[r.IntN(3)],
		District: []string{"fortechnyi", "podilskyi", "nove"}[r.IntN(3)], Mode: sitting.ModeSelf, Internet: sitting.InternetYes,
		Evidence: sitting.EvidenceOpen, Level: "B1", Low: "A2", Reached: true, Overall: sitting.Points(r.Int32N(1_000_001))}
	for i := range row.Areas {
		row.Areas[i] = sitting.Points(r.Int32N(1_000_001))
	}
	switch {
	case r.IntN(8) == 0:
		row.Role, row.Internet, row.Overall, row.Reached, row.Level, row.Low = sitting.RoleOffline, sitting.InternetNo, sitting.Missing, false, "", ""
		for i := range row.Areas {
			row.Areas[i] = sitting.Missing
		}
	case row.Overall < 200_000:
		row.Level, row.Low, row.Reached = "A1", "A1", false
	}
	return row
}

func (f *feed) add(ctx context.Context, n int) error {
	for n > 0 {
		k := min(n, 5000)
		docs := make([]*sitting.Sitting, k)
		for i := range docs {
			f.seq += perSitting
			docs[i] = &sitting.Sitting{Doc: store.Doc{ID: fmt.Sprintf("%08x-0000-4000-8000-000000000000", f.seq)}, Seq: f.seq, Tally: sitting.Tally{Now: f.row()}.Format()}
		}
		if err := f.docs.InsertMany(ctx, docs); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

func measure(n int, path string, m *cityindex.Margins) (out figures, err error) {
	ctx := context.Background()
	specs := append(sitting.Specs(), cityindex.Specs()...)
	e, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		return out, err
	}
	defer e.Close() //nolint:errcheck // the end of a measurement
	if err := e.Migrate(ctx, specs); err != nil {
		return out, err
	}
	f := &feed{r: rand.New(rand.NewPCG(1, 2))}
	if f.docs, err = store.Open[sitting.Sitting](e, sitting.Spec); err != nil {
		return out, err
	}
	began := time.Now()
	f.seq = began.UnixMicro() - int64(n)*perSitting - 60_000_000 // until a minute ago
	fmt.Fprintf(os.Stderr, "storing %d sittings …", n)
	if err := f.add(ctx, n); err != nil {
		return out, err
	}
	fmt.Fprintf(os.Stderr, " %v\n", time.Since(began).Round(time.Second))
	d := cityindex.Deps{
		Engine: e, Sittings: f, Now: time.Now,
		Waves:    plan{{Doc: store.Doc{ID: wave}, Campaign: wave, Title: i18n.Text{UK: wave, EN: wave}, Opens: store.At(time.Now().Add(-time.Hour)), Closes: store.At(time.Now().Add(time.Hour))}},
		Settings: cityindex.Settings{Demo: true, Method: "1", BasicLevel: "A2", City: i18n.Text{UK: "Місто", EN: "City"}, Margins: m},
	}
	var s *cityindex.Service
	timed := func(do func() error) (time.Duration, error) {
		runtime.GC()
		at := time.Now()
		err := do()
		return time.Since(at), err
	}
	open := func() (err error) { s, err = cityindex.New(ctx, d); return err }
	if out.full, err = timed(open); err != nil {
		return out, err
	}
	if err := s.Checkpoint(ctx); err != nil {
		return out, err
	}
	if err := f.add(ctx, min(n/100, 5000)); err != nil { // the tail
		return out, err
	}
	if out.checkpoint, err = timed(open); err != nil {
		return out, err
	}
	if got := s.Staff("").Counted; got != int64(n+min(n/100, 5000)) {
		return out, fmt.Errorf("the index holds %d of %d sittings", got, n+min(n/100, 5000))
	}
	if out.recompute, err = median(50, func() error { _, _, err := s.Preview(""); return err }); err != nil {
		return out, err
	}
	if out.step, err = median(20, func() error {
		before := s.Snapshot()
		f.seq = max(f.seq, time.Now().UnixMicro())
		if err := f.add(ctx, 40); err != nil {
			return err
		}
		if err := s.Tick(ctx); err != nil {
			return err
		}
		if s.Snapshot() == before {
			return fmt.Errorf("forty submits made no step")
		}
		return nil
	}); err != nil {
		return out, err
	}
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	out.heap = mem.HeapAlloc
	out.p50, out.p99, err = requests(s)
	return out, err
}

func median(times int, do func() error) (time.Duration, error) {
	var all []time.Duration
	for range times {
		at := time.Now()
		if err := do(); err != nil {
			return 0, err
		}
		all = append(all, time.Since(at))
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

// requests asks for the open data over HTTP from four connections, half of them
// with the ETag they hold.
func requests(s *cityindex.Service) (p50, p99 time.Duration, err error) {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	if err := opendata.Routes(g, opendata.Deps{Index: s}); err != nil {
		return 0, 0, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	srv := &http.Server{Handler: g, ReadHeaderTimeout: time.Second}
	go srv.Serve(l)   //nolint:errcheck // ends with Close
	defer srv.Close() //nolint:errcheck // the end of a measurement
	const conns, each = 4, 5000
	var mu sync.Mutex
	var all []time.Duration
	var first error
	var wg sync.WaitGroup
	for c := range conns {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			var own []time.Duration
			for i := range each {
				req, _ := http.NewRequest(http.MethodGet, "http://"+l.Addr().String()+opendata.PathIndex, nil)
				if (c+i)%2 == 0 {
					req.Header.Set("If-None-Match", s.Snapshot().ETag)
				}
				at := time.Now()
				resp, err := client.Do(req)
				if err == nil {
					_, err = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close() // read to its end
				}
				if err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
					return
				}
				own = append(own, time.Since(at))
			}
			mu.Lock()
			all = append(all, own...)
			mu.Unlock()
		})
	}
	wg.Wait()
	if first != nil {
		return 0, 0, first
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)*99/100], nil
}
