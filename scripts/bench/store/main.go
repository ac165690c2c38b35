// Command store measures the embedded document store against the bare SQLite library
// in one run, on one machine, with durable writes (WAL, synchronous=FULL):
//
//	go run ./scripts/bench/store [-dir folder] [-seconds 2] [-rounds 3]
//	go run ./scripts/bench/store -grow 1000000    how the cost of a write and a read grows
//
// The bare side keeps the same document in the same file format, prepares its
// statements, and batches its inserts by hand into transactions of as many documents
// as the port has writers. Both sides take turns; each figure is the median round.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite"

	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

// sitting is a document like a submitted test: about 2 kB of JSON.
type sitting struct {
	store.Doc
	Seq      int64             `json:"seq"`
	Tally    string            `json:"tally"`
	Received store.Time        `json:"received"`
	Key      string            `json:"key"`
	Answers  map[string]answer `json:"answers"`
}

type answer struct {
	Value []string `json:"value"`
	Ms    int64    `json:"ms"`
}

var (
	plain   = store.Spec{Name: "plain"}
	indexed = store.Spec{Name: "sittings", Indexes: []store.Index{
		{Name: "by_seq", Fields: []string{"seq", "tally"}},
		{Name: "by_received", Fields: []string{"received"}},
		{Name: "by_key", Fields: []string{"key"}},
	}}
)

// hash spreads ids and keys like random ones, the same in each run.
func hash(n int64) string {
	x := uint64(n) * 0x9e3779b97f4a7c15
	x ^= x >> 31
	return fmt.Sprintf("%016x%06x", x*0xbf58476d1ce4e5b9, n)
}

// answers are shared by all documents, so that making one costs nothing.
var answers = func() map[string]answer {
	m := make(map[string]answer, 30)
	for i := range 30 {
		m[fmt.Sprintf("resident-item-%02d", i)] = answer{Value: []string{"option-a"}, Ms: int64(10_000 + 37*i)}
	}
	return m
}()

var tally = "1;w1;counted;f2a3;" + strings.Repeat("4321,", 8)

func makeSitting(n int64) *sitting {
	return &sitting{
		Doc: store.Doc{ID: hash(n)}, Seq: 1_790_000_000_000_000 + n, Tally: tally,
		Received: store.At(time.UnixMicro(1_790_000_000_000_000 + n)), Key: hash(-n) + "kkkkkkkkkkkkkkkkkkkk",
		Answers: answers,
	}
}

// textOf is the JSON of a sitting, marshalled or (ready) only put together: then the
// bare side pays for nothing but SQLite.
func textOf(s *sitting, ready bool) (string, error) {
	if ready {
		return fmt.Sprintf(`{"seq":%d,"tally":"%s","received":"%s","key":"%s","answers":%s}`, s.Seq, s.Tally, s.Received, s.Key, answersText), nil
	}
	body, err := json.Marshal(s)
	return string(body), err
}

var answersText = func() string {
	body, err := json.Marshal(answers)
	if err != nil { // strings and integers always marshal
		return "{}"
	}
	return string(body)
}()

type bench struct {
	dir    string
	length time.Duration
	next   atomic.Int64
}

func main() {
	dir := flag.String("dir", "", "folder for the files; a temporary one when empty")
	seconds := flag.Float64("seconds", 2, "length of one round")
	rounds := flag.Int("rounds", 3, "rounds of each figure")
	grow := flag.Int64("grow", 0, "instead of comparing, fill one file with this many documents")
	profile := flag.String("cpuprofile", "", "write a CPU profile to this file")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if err := run(*dir, *seconds, *rounds, *grow); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string, seconds float64, rounds int, grow int64) error {
	tmp, err := os.MkdirTemp(dir, "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	b := &bench{dir: tmp, length: time.Duration(seconds * float64(time.Second))}
	body, err := textOf(makeSitting(1), false)
	if err != nil {
		return err
	}
	fmt.Printf("document %d bytes of JSON, %d rounds of %s\n\n", len(body), rounds, b.length)
	if grow > 0 {
		return b.grow(grow)
	}
	if err := b.inserts(rounds); err != nil {
		return err
	}
	return b.reads(rounds)
}

func (b *bench) inserts(rounds int) error {
	type row struct {
		name    string
		writers int
		indexes bool
		ready   bool
	}
	fmt.Printf("%-34s %10s %10s %6s   %s\n", "durable inserts", "bare/s", "port/s", "ratio", "latency through the port")
	for _, r := range []row{
		{"64 writers, text ready for bare", 64, false, true},
		{"64 writers", 64, false, false},
		{"64 writers, 3 indexes", 64, true, false},
		{"16 writers, 3 indexes", 16, true, false},
		{"1 writer, 3 indexes", 1, true, false},
	} {
		var bare, port []float64
		var lat []time.Duration
		for i := range rounds {
			v, err := b.bareInserts(fmt.Sprintf("bare-%d-%v-%v-%d", r.writers, r.indexes, r.ready, i), r.writers, r.indexes, r.ready)
			if err != nil {
				return err
			}
			bare = append(bare, v)
			v, l, err := b.portInserts(fmt.Sprintf("port-%d-%v-%v-%d", r.writers, r.indexes, r.ready, i), r.writers, r.indexes)
			if err != nil {
				return err
			}
			port, lat = append(port, v), append(lat, l...)
		}
		slices.Sort(lat)
		fmt.Printf("%-34s %10.0f %10.0f %6.2f   p50 %s p99 %s max %s\n", r.name, median(bare), median(port), median(port)/median(bare),
			ms(lat[len(lat)/2]), ms(lat[len(lat)*99/100]), ms(lat[len(lat)-1]))
	}
	fmt.Println()
	return nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

func (b *bench) bare(name string, indexes bool) (*sql.DB, error) {
	db, err := sql.Open("sqlite", filepath.Join(b.dir, name+".db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16384)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	list := []string{"CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, rev INTEGER NOT NULL, doc TEXT NOT NULL)"}
	if indexes {
		list = append(list, "CREATE INDEX a ON t(json_extract(doc,'$.seq'), json_extract(doc,'$.tally'), id)",
			"CREATE INDEX b ON t(json_extract(doc,'$.received'), id)", "CREATE INDEX c ON t(json_extract(doc,'$.key'), id)")
	}
	for _, q := range list {
		if _, err := db.Exec(q); err != nil {
			return nil, err
		}
	}
	return db, nil
}

// bareInserts writes batches of as many documents as the other side has writers.
func (b *bench) bareInserts(name string, batch int, indexes, ready bool) (float64, error) {
	db, err := b.bare(name, indexes)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	st, err := conn.PrepareContext(ctx, "INSERT INTO t(id,rev,doc) VALUES(?,1,?)")
	if err != nil {
		return 0, err
	}
	done, start := 0, time.Now()
	for time.Since(start) < b.length {
		if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
			return 0, err
		}
		for range batch {
			s := makeSitting(b.next.Add(1))
			body, err := textOf(s, ready)
			if err != nil {
				return 0, err
			}
			if _, err := st.ExecContext(ctx, s.ID, body); err != nil {
				return 0, err
			}
		}
		if _, err := conn.ExecContext(ctx, "COMMIT"); err != nil {
			return 0, err
		}
		done += batch
	}
	return float64(done) / time.Since(start).Seconds(), nil
}

func (b *bench) open(name string, spec store.Spec) (store.Engine, *store.Collection[sitting, *sitting], error) {
	e, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(b.dir, name+".db")})
	if err != nil {
		return nil, nil, err
	}
	if err := e.Migrate(context.Background(), []store.Spec{spec}); err != nil {
		return nil, nil, err
	}
	c, err := store.Open[sitting](e, spec)
	return e, c, err
}

func (b *bench) portInserts(name string, writers int, indexes bool) (float64, []time.Duration, error) {
	spec := plain
	if indexes {
		spec = indexed
	}
	e, c, err := b.open(name, spec)
	if err != nil {
		return 0, nil, err
	}
	defer e.Close()
	var wg sync.WaitGroup
	var failed atomic.Value
	lat := make([][]time.Duration, writers)
	start := time.Now()
	for w := range writers {
		wg.Go(func() {
			for time.Since(start) < b.length {
				s := makeSitting(b.next.Add(1))
				at := time.Now()
				if err := c.Insert(context.Background(), s); err != nil {
					failed.Store(err)
					return
				}
				lat[w] = append(lat[w], time.Since(at))
			}
		})
	}
	wg.Wait()
	took := time.Since(start).Seconds()
	if err, ok := failed.Load().(error); ok {
		return 0, nil, err
	}
	all := slices.Concat(lat...)
	return float64(len(all)) / took, all, nil
}

const stored = 20_000 // documents of the read figures

func (b *bench) reads(rounds int) error {
	ctx := context.Background()
	db, err := b.bare("bare-reads", true)
	if err != nil {
		return err
	}
	defer db.Close()
	e, c, err := b.open("port-reads", indexed)
	if err != nil {
		return err
	}
	defer e.Close()
	raw, err := e.Raw(indexed)
	if err != nil {
		return err
	}
	var ids []string
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	var batch []*sitting
	for range stored {
		s := makeSitting(b.next.Add(1))
		body, err := textOf(s, false)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO t(id,rev,doc) VALUES(?,1,?)", s.ID, body); err != nil {
			return err
		}
		ids = append(ids, s.ID)
		if batch = append(batch, s); len(batch) == 1000 {
			if err := c.InsertMany(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	st, err := db.Prepare("SELECT rev, doc FROM t WHERE id=?")
	if err != nil {
		return err
	}
	bareRead := func(id string) (int64, string, error) {
		var rev int64
		var doc string
		err := st.QueryRow(id).Scan(&rev, &doc)
		return rev, doc, err
	}
	type pair struct {
		name       string
		bare, port func(id string) error
	}
	pairs := []pair{
		{"point read, text", func(id string) error { _, _, err := bareRead(id); return err },
			func(id string) error { _, err := raw.Get(ctx, id); return err }},
		{"point read, decoded both sides", func(id string) error {
			rev, doc, err := bareRead(id)
			if err != nil {
				return err
			}
			var s sitting
			err = json.Unmarshal([]byte(doc), &s)
			s.Rev = rev
			return err
		}, func(id string) error { _, err := c.Get(ctx, id); return err }},
		{"decoded port, text bare", func(id string) error { _, _, err := bareRead(id); return err },
			func(id string) error { _, err := c.Get(ctx, id); return err }},
	}
	fmt.Printf("%-34s %10s %10s %6s\n", "reads, one goroutine", "bare/s", "port/s", "ratio")
	for _, p := range pairs {
		var bare, port []float64
		for range rounds {
			for _, side := range []struct {
				f   func(string) error
				out *[]float64
			}{{p.bare, &bare}, {p.port, &port}} {
				v, err := b.loop(ids, side.f)
				if err != nil {
					return err
				}
				*side.out = append(*side.out, v)
			}
		}
		fmt.Printf("%-34s %10.0f %10.0f %6.2f\n", p.name, median(bare), median(port), median(port)/median(bare))
	}
	fmt.Println()
	return b.streams(ctx, c)
}

func (b *bench) loop(ids []string, f func(id string) error) (float64, error) {
	n, start := 0, time.Now()
	for time.Since(start) < b.length/2 {
		for range 64 {
			if err := f(ids[(n*7919)%len(ids)]); err != nil {
				return 0, err
			}
			n++
		}
	}
	return float64(n) / time.Since(start).Seconds(), nil
}

func (b *bench) streams(ctx context.Context, c *store.Collection[sitting, *sitting]) error {
	start, n := time.Now(), 0
	for _, err := range c.Keys(ctx, store.Query{Index: "by_seq"}) {
		if err != nil {
			return err
		}
		n++
	}
	fmt.Printf("keys of an index  %10.0f/s\n", float64(n)/time.Since(start).Seconds())
	start, n = time.Now(), 0
	for _, err := range c.Find(ctx, store.Query{Index: "by_seq"}) {
		if err != nil {
			return err
		}
		n++
	}
	fmt.Printf("documents streamed %9.0f/s\n", float64(n)/time.Since(start).Seconds())
	return nil
}
