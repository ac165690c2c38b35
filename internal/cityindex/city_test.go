package cityindex

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
)

var testNow = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func testMargins(t testing.TB) *Margins {
	t.Helper()
	src, err := os.ReadFile("../../content/city/kropyvnytskyi.margins.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseMargins(src)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func testBenchmarks(t testing.TB) *Benchmarks {
	t.Helper()
	src, err := os.ReadFile("../../content/city/benchmarks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParseBenchmarks(src)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func testSettings(t testing.TB) Settings {
	return Settings{Demo: true, Method: "1", BasicLevel: "A2", BasicRule: 1, City: i18n.Text{UK: "Місто", EN: "City"}, Margins: testMargins(t)}
}

// wavesStub plans waves.
type wavesStub []*survey.Wave

func (w wavesStub) Waves() []*survey.Wave { return w }

func testWaves() wavesStub {
	return wavesStub{
		{Doc: store.Doc{ID: "w0"}, Campaign: "c", Title: i18n.Text{UK: "весна 2026", EN: "spring 2026"}, Opens: store.At(testNow.AddDate(0, -7, 0)), Closes: store.At(testNow.AddDate(0, -6, 0))},
		{Doc: store.Doc{ID: "w1"}, Campaign: "c", Title: i18n.Text{UK: "осінь 2026", EN: "autumn 2026"}, Opens: store.At(testNow.AddDate(0, 0, -20)), Closes: store.At(testNow.AddDate(0, 1, 0))},
	}
}

// person draws one index row: skill falls with age, the young answer more often,
// the old are more often offline, some stop after the first half.
func person(r *rand.Rand, m *Margins, wave string) *sitting.Row {
	v := m.Variant(m.Default)
	x := r.Int64N(v.Total)
	var s, a int
pick:
	for s = range sexes {
		for a = range ages {
			if x -= v.target(s, a); x < 0 {
				break pick
			}
		}
	}
	row := &sitting.Row{Wave: wave, Instrument: "resident-test", Role: sitting.RoleTest, State: sitting.Counted,
		Sex: sitting.Sex(sexIDs[s]), Age: sitting.AgeGroups[a], Broad: sitting.Broads[min(2, a*3/7)], Mode: sitting.ModeSelf,
		Internet: sitting.InternetYes, Evidence: sitting.EvidenceOpen}
	row.District = testDistricts[[...]int{0, 0, 0, 1, 1, 1, 1, 2}[r.IntN(8)]]
	if r.Float64() < 0.03 {
		row.District = ""
	}
	if r.Float64() < 0.08 {
		row.Mode = []sitting.Mode{sitting.ModeMentor, sitting.ModePaper, sitting.ModePhone}[r.IntN(3)]
	}
	if r.Float64() < []float64{0.002, 0.004, 0.01, 0.03, 0.09, 0.25, 0.5}[a] {
		row.Role, row.Internet, row.Overall = sitting.RoleOffline, sitting.InternetNo, sitting.Missing
		for i := range row.Areas {
			row.Areas[i] = sitting.Missing
		}
		return row
	}
	skill := 70 - 6*float64(a) + 2*float64(s) + 15*r.NormFloat64()
	stopped := r.Float64() < 0.18
	var sum float64
	for i := range row.Areas {
		y := math.Round(min(100, max(0, skill+8*r.NormFloat64()))*3) / 3
		row.Areas[i] = sitting.ToPoints(y)
		sum += y
	}
	row.Overall = sitting.ToPoints(sum / areas)
	if stopped {
		for i := range row.Areas {
			row.Areas[i] = sitting.Missing
		}
	}
	y, _ := row.Overall.Value()
	for i, from := range []float64{0, 20, 40, 60, 75, 90} {
		if y >= from {
			row.Level = levelIDs[i]
		}
		if y-5 >= from {
			row.Low = levelIDs[i]
		}
	}
	if row.Low == "" {
		row.Low = levelIDs[0]
	}
	row.Reached = row.Level != "A1"
	if r.Float64() < 0.02 {
		row.Sex, row.State = "", sitting.Unweightable
	}
	return row
}

// people fills the index with a city's answers.
func (c *city) people(seed uint64, n int, m *Margins, wave string) {
	r := rand.New(rand.NewPCG(seed, 7))
	for range n {
		c.next++
		c.set(fmt.Sprintf("p%07d", len(c.ids)), sitting.Tally{Now: person(r, m, wave)}, c.next)
	}
}

// rig is a service over a fake index and a real embedded store.
type rig struct {
	*Service
	city   *city
	engine store.Engine
	clock  atomic.Int64 // Unix microseconds
}

func newRig(t testing.TB, c *city) *rig {
	t.Helper()
	r := &rig{city: c, engine: openEngine(t, Specs()...)}
	r.clock.Store(testNow.UnixMicro())
	r.restart(t)
	return r
}

func (r *rig) deps(t testing.TB) Deps {
	return Deps{Engine: r.engine, Sittings: r.city.index, Waves: testWaves(), Settings: testSettings(t), Benchmarks: testBenchmarks(t), Now: func() time.Time { return time.UnixMicro(r.clock.Load()).UTC() }, Overlap: time.Microsecond}
}

func (r *rig) restart(t testing.TB) {
	t.Helper()
	s, err := New(context.Background(), r.deps(t))
	if err != nil {
		t.Fatal(err)
	}
	r.Service = s
}

func (r *rig) tick(t testing.TB) {
	t.Helper()
	r.clock.Add(time.Second.Microseconds())
	if err := r.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
}
