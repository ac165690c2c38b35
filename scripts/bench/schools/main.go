// Command schools measures what yearly rounds cost: the education department's tables and
// a school's PDF over 500 institutions, five years and four roles, and the cut of a round
// with 400,000 answers.
//
//	go run ./scripts/bench/schools -institutions 500 -years 5 -answers 400000
//
// Requests run through the handlers with their templates in this process. It prints p50,
// p99 and the largest of every kind of table, the time of the cut and the most memory it
// needed, and exits with 1 when an order of issue 7 is not met: p99 of tables 80 ms, PDF
// 1 s.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/demo"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/schools"
	"osvitlo/locales"
)

// Orders of issue 7.
const (
	orderTable = 80 * time.Millisecond
	orderPDF   = time.Second
)

// roles are asked in every institution.
var roles = []institution.Role{institution.Administration, institution.Teacher, institution.Educator, institution.Graduate}

var districts = []string{"fortechnyi", "podilskyi", "nove"}

func main() {
	bodies := flag.Int("institutions", 500, "institutions")
	years := flag.Int("years", 5, "rounds with a report")
	answers := flag.Int("answers", 400_000, "answers of the round that is cut; 0: none is cut")
	passes := flag.Int("passes", 5, "how often every table is asked")
	profile := flag.String("cpuprofile", "", "file for a CPU profile")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "schools:", err)
			os.Exit(2)
		}
	}
	ok, err := run(*bodies, *years, *answers, *passes)
	pprof.StopCPUProfile()
	if err != nil {
		fmt.Fprintln(os.Stderr, "schools:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// bench is a city in the making.
type bench struct {
	ctx    context.Context
	engine store.Engine
	bodies *institution.Service
	rounds *round.Service
	now    time.Time
	ids    []string
	site   *gin.Engine
	met    bool
}

func run(bodies, years, answers, passes int) (bool, error) {
	gin.SetMode(gin.ReleaseMode)
	dir, err := os.MkdirTemp("", "osvitlo-schools-")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := &bench{ctx: context.Background(), now: time.Date(2026, 12, 21, 10, 0, 0, 0, time.UTC), met: true}
	engine, err := sqlite.Open(b.ctx, sqlite.Config{Path: filepath.Join(dir, "t.db")})
	if err != nil {
		return false, err
	}
	defer func() { _ = engine.Close() }()
	b.engine = engine
	if err := engine.Migrate(b.ctx, append(round.Specs(), institution.Spec)); err != nil {
		return false, err
	}
	files, err := disk.Open(filepath.Join(dir, "media"))
	if err != nil {
		return false, err
	}
	defer func() { _ = files.Close() }()
	clock := func() time.Time { return b.now }
	if b.bodies, err = institution.New(b.ctx, institution.Options{Engine: engine, Now: clock}); err != nil {
		return false, err
	}
	if b.rounds, err = round.New(b.ctx, round.Options{Engine: engine, Media: files, Bodies: b.bodies, Secret: []byte(strings.Repeat("s", 32)), Known: func(string) bool { return true }, Now: clock}); err != nil {
		return false, err
	}
	if err := b.draw(bodies, years); err != nil {
		return false, err
	}
	if err := b.serve(); err != nil {
		return false, err
	}
	b.tables(years, passes)
	if answers > 0 {
		if err := b.cut(answers); err != nil {
			return false, err
		}
	}
	return b.met, nil
}

// frame is how many people an institution has in a role: some have few.
func frame(k int, role institution.Role) int {
	switch role {
	case institution.Administration:
		return 2 + k%4
	case institution.Graduate:
		return 15 + k*7%60
	}
	return 5 + k*13%55
}

// values are one person's points.
func values(r *rand.Rand, ease float64) map[string]float64 {
	v := map[string]float64{report.Knowledge: 12.5 * float64(r.IntN(9))}
	for _, id := range demo.EduCompetences() {
		v[id] = 20 * float64(min(5, max(0, int(2.5+ease+r.NormFloat64()))))
	}
	return v
}

func (b *bench) draw(bodies, years int) error {
	var list []*institution.Institution
	for k := range bodies {
		i := &institution.Institution{Doc: store.Doc{ID: fmt.Sprintf("b%04d", k)}, Kind: institution.School, State: institution.Working, District: districts[k%len(districts)], Source: "bench",
			Names: []institution.Name{{Name: i18n.Text{UK: fmt.Sprintf("Заклад %d", k+1), EN: fmt.Sprintf("Institution %d", k+1)}}}}
		for y := 2025 - years; y <= 2026; y++ {
			f := institution.Frame{Year: y, Source: "bench", Count: map[institution.Role]int{}}
			for _, role := range institution.RolesOf(i.Kind) {
				f.Count[role] = frame(k, role)
			}
			i.Frames = append(i.Frames, f)
		}
		list, b.ids = append(list, i), append(b.ids, i.ID)
	}
	if _, err := b.bodies.Seed(b.ctx, list); err != nil {
		return err
	}
	who := person.Operator("bench")
	for y := 2026 - years; y < 2026; y++ {
		sums := &report.Sums{}
		people := 0
		for k, id := range b.ids {
			r := rand.New(rand.NewPCG(uint64(k), uint64(y)))
			for _, role := range institution.RolesOf(institution.School) {
				if !slices.Contains(roles, role) {
					continue
				}
				for range frame(k, role) * 8 / 10 {
					if err := sums.Add(report.Unit{Institution: id, Role: string(role)}, values(r, float64(k%7)/10)); err != nil {
						return err
					}
					people++
				}
			}
		}
		opens := time.Date(y, 10, 14, 9, 0, 0, 0, i18n.Kyiv)
		r := b.plan(y, opens)
		r.ID = fmt.Sprintf("r%d", y)
		started := time.Now()
		if _, err := b.rounds.Past(b.ctx, &who, r, sums); err != nil {
			return err
		}
		fmt.Printf("report of %d: %d people, made and filed in %s\n", y, people, time.Since(started).Round(time.Millisecond))
	}
	return nil
}

func (b *bench) plan(y int, opens time.Time) round.Round {
	r := round.Round{Year: y, Title: i18n.Text{UK: "Збір", EN: "Round"}, Bodies: b.ids, Opens: store.At(opens), Closes: store.At(opens.AddDate(0, 0, 20)),
		Order: round.Order{Number: "1", Date: opens.In(i18n.Kyiv).Format(time.DateOnly), Promise: true}}
	for _, role := range roles {
		r.Asked = append(r.Asked, round.Asked{Role: role, Instrument: "q"})
	}
	return r
}

func (b *bench) serve() error {
	words, err := i18n.Load(locales.FS)
	if err != nil {
		return err
	}
	pages, err := page.New(page.Options{Words: words, Sets: []page.Set{schools.Set()}})
	if err != nil {
		return err
	}
	hs, err := schools.New(schools.Options{Pages: pages, Words: words, Bodies: b.bodies, Rounds: b.rounds, Now: func() time.Time { return b.now }})
	if err != nil {
		return err
	}
	b.site = gin.New()
	for _, r := range hs.Routes() {
		b.site.Handle(r.Method, r.Path, func(c *gin.Context) {
			c.Set("gate.actor", &person.Actor{Person: "p1", Where: "web", Strong: true, Fresh: true, Grants: []person.Grant{{Role: person.Analyst}}})
			if err := r.Do(c); err != nil {
				c.String(http.StatusInternalServerError, "%v", err)
			}
		})
	}
	return nil
}

// ask measures an address.
func (b *bench) ask(path string) (time.Duration, int) {
	w := httptest.NewRecorder()
	started := time.Now()
	b.site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	took := time.Since(started)
	if w.Code != http.StatusOK {
		fmt.Printf("%s answers %d: NOT met\n", path, w.Code)
		b.met = false
	}
	return took, w.Body.Len()
}

func (b *bench) print(name string, times []time.Duration, size int, order time.Duration) {
	slices.Sort(times)
	p99 := times[min(len(times)-1, len(times)*99/100)]
	words := ""
	if order > 0 {
		words = fmt.Sprintf("  order %s met", order)
		if p99 > order {
			words, b.met = fmt.Sprintf("  order %s NOT met", order), false
		}
	}
	round := func(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
	fmt.Printf("%-34s %5d requests  p50 %8s  p99 %8s  most %8s  %4d kB%s\n", name, len(times), round(times[len(times)/2]), round(p99), round(times[len(times)-1]), size>>10, words)
}

// tables asks every declared table: year × role × kind × district × view.
func (b *bench) tables(years, passes int) {
	first := time.Now()
	b.ask(schools.Office)
	fmt.Printf("first request of a year and role after a start (reads two reports, compares them): %s\n", time.Since(first).Round(time.Millisecond))
	each := func(do func(q string)) {
		for y := 2026 - years; y < 2026; y++ {
			for _, role := range roles {
				for _, kind := range []string{"", "school"} {
					for _, district := range append([]string{""}, districts...) {
						do(fmt.Sprintf("?round=r%d&role=%s&kind=%s&district=%s", y, role, kind, district))
					}
				}
			}
		}
	}
	each(func(q string) { b.ask(schools.Office + q) }) // warm
	for _, view := range []string{"areas", "all"} {
		var times []time.Duration
		size := 0
		for range passes {
			each(func(q string) {
				d, n := b.ask(schools.Office + q + "&view=" + view)
				times, size = append(times, d), max(size, n)
			})
		}
		b.print("table, "+view, times, size, orderTable)
	}
	one := func(name, format string, order time.Duration) {
		var times []time.Duration
		size := 0
		for k := range 100 {
			d, n := b.ask(schools.Office + "/one/" + b.ids[k*7%len(b.ids)] + format + "?role=teacher")
			times, size = append(times, d), max(size, n)
		}
		b.print(name, times, size, order)
	}
	one("an institution", "", orderTable)
	one("an institution's PDF", "/pdf", orderPDF)
	for _, format := range []string{"xlsx", "csv", "pdf"} {
		var times []time.Duration
		size := 0
		for range 5 {
			d, n := b.ask(schools.Office + "/file/" + format + "?role=teacher")
			times, size = append(times, d), max(size, n)
		}
		b.print("the whole table as "+format, times, size, 0)
	}
}

// answer is a row of a round as the store keeps it.
type answer struct {
	store.Doc
	Round  string           `json:"round"`
	Unit   string           `json:"unit"`
	Points map[string]int64 `json:"points"`
}

// cut fills an open round with answers and cuts its report.
func (b *bench) cut(answers int) error {
	who := person.Operator("bench")
	b.now = time.Date(2026, 10, 20, 10, 0, 0, 0, time.UTC)
	planned, err := b.rounds.Plan(b.ctx, &who, b.plan(2026, b.now.Add(-24*time.Hour)))
	if err != nil {
		return err
	}
	paper := httptest.NewRecorder() // any PDF stands for the signed order
	b.site.ServeHTTP(paper, httptest.NewRequest(http.MethodGet, schools.Office+"/one/"+b.ids[0]+"/pdf?role=teacher", nil))
	if planned, err = b.rounds.KeepOrder(b.ctx, &who, planned.ID, planned.Rev, "order.pdf", paper.Body.Bytes()); err != nil {
		return err
	}
	opened, err := b.rounds.Open(b.ctx, &who, planned.ID, planned.Rev)
	if err != nil {
		return err
	}
	specs := round.Specs()
	at := slices.IndexFunc(specs, func(s store.Spec) bool { return s.Name == "round_rows" })
	rows, err := store.Open[answer](b.engine, specs[at])
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 2))
	started := time.Now()
	var batch []*answer
	for n := range answers {
		m := opened.Members[n%len(opened.Members)]
		one := &answer{Doc: store.Doc{ID: fmt.Sprintf("%032x", n)}, Round: opened.ID, Unit: m.Institution + "|" + string(m.Role), Points: map[string]int64{}}
		for id, v := range values(r, 0.3) {
			one.Points[id] = int64(100 * v)
		}
		if batch = append(batch, one); len(batch) == 500 || n == answers-1 {
			if err := rows.InsertMany(b.ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	fmt.Printf("%d answers stored in %s\n", answers, time.Since(started).Round(time.Second))
	started = time.Now()
	if err := b.rounds.Count(b.ctx); err != nil {
		return err
	}
	fmt.Printf("the daily count of %d answers: %s\n", answers, time.Since(started).Round(time.Millisecond))
	b.now = opened.Closes.Add(round.Grace + time.Hour)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	most, stop, done := uint64(0), make(chan struct{}), make(chan struct{})
	reported := make(chan time.Time, 1)
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapInuse)
				if r, ok := b.rounds.ByID(opened.ID); ok && r.State == round.Reported && len(reported) == 0 {
					reported <- time.Now()
				}
			}
		}
	}()
	started = time.Now()
	_, err = b.rounds.Cut(b.ctx, &who, opened.ID)
	took := time.Since(started)
	close(stop)
	<-done
	if err != nil {
		return err
	}
	seen := took
	if len(reported) > 0 {
		seen = (<-reported).Sub(started)
	}
	fmt.Printf("cut of %d answers: the report stands after %s, all rows are deleted after %s; heap %d MB before, at most %d MB\n", answers, seen.Round(10*time.Millisecond), took.Round(10*time.Millisecond), before.HeapInuse>>20, most>>20)
	return nil
}
