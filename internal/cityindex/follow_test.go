package cityindex

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

var testDistricts = []string{"fortechnyi", "podilskyi", "nove"}

// fakeIndex stands for the stream of tallies. Lists are sorted lazily: tests
// read far more often than they write.
type fakeIndex struct {
	entries map[string]sitting.Entry
	sorted  []sitting.Entry
	fail    error
}

func (f *fakeIndex) Entries(_ context.Context, after int64) func(yield func(sitting.Entry, error) bool) {
	return func(yield func(sitting.Entry, error) bool) {
		if f.fail != nil {
			yield(sitting.Entry{}, f.fail)
			return
		}
		if f.sorted == nil {
			for _, e := range f.entries {
				f.sorted = append(f.sorted, e)
			}
			sort.Slice(f.sorted, func(i, j int) bool {
				a, b := f.sorted[i], f.sorted[j]
				return a.Seq < b.Seq || a.Seq == b.Seq && a.ID < b.ID
			})
		}
		from := sort.Search(len(f.sorted), func(i int) bool { return f.sorted[i].Seq > after })
		for _, e := range f.sorted[from:] {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (f *fakeIndex) put(id string, seq int64, t sitting.Tally) {
	f.entries[id] = sitting.Entry{ID: id, Seq: seq, Tally: t.Format()}
	f.sorted = nil
}

func pick[T any](t *rapid.T, name string, list ...T) T { return rapid.SampledFrom(list).Draw(t, name) }

func drawRow(t *rapid.T) *sitting.Row {
	r := &sitting.Row{
		Wave: pick(t, "wave", "w1", "w1", "w2"), Instrument: "resident-test",
		Role:     pick(t, "role", sitting.RoleTest, sitting.RoleTest, sitting.RoleOffline, sitting.RoleSurvey),
		State:    pick(t, "state", sitting.Counted, sitting.Counted, sitting.Counted, sitting.Held, sitting.Unweightable, sitting.Excluded),
		Sex:      pick(t, "sex", sitting.Sex(""), sitting.Female, sitting.Male),
		Age:      pick(t, "age", append([]sitting.AgeGroup{""}, sitting.AgeGroups...)...),
		Broad:    pick(t, "broad", append([]sitting.Broad{""}, sitting.Broads...)...),
		District: pick(t, "district", "", "nove", "podilskyi", "elsewhere"),
		Mode:     pick(t, "mode", sitting.ModeSelf, sitting.ModePaper, sitting.ModePhone),
		Internet: pick(t, "internet", sitting.Internet(""), sitting.InternetYes, sitting.InternetNo),
		Evidence: sitting.EvidenceOpen,
		Level:    pick(t, "level", levelIDs[:]...),
		Reached:  rapid.Bool().Draw(t, "reached"),
		Overall:  sitting.Points(rapid.Int32Range(-1, 1_000_000).Draw(t, "overall")),
	}
	r.Low = r.Level
	for i := range r.Areas {
		r.Areas[i] = sitting.Points(rapid.Int32Range(-1, 1_000_000).Draw(t, "area"))
	}
	return r
}

// city plays submits, releases of held sittings, erasures and strippings.
type city struct {
	index *fakeIndex
	now   map[string]sitting.Tally
	seq   map[string]int64
	next  int64
	ids   []string
}

func newCity() *city {
	return &city{index: &fakeIndex{entries: map[string]sitting.Entry{}}, now: map[string]sitting.Tally{}, seq: map[string]int64{}}
}

func (c *city) set(id string, t sitting.Tally, seq int64) {
	if _, known := c.now[id]; !known {
		c.ids = append(c.ids, id)
	}
	c.now[id], c.seq[id] = t, seq
	c.index.put(id, seq, t)
}

func (c *city) change(id string, row *sitting.Row, seq int64) {
	t := c.now[id]
	t.Was = append(slices.Clone(t.Was), sitting.Past{Seq: c.seq[id], Row: *t.Now})
	t.Now = row
	c.set(id, t, seq)
}

// sum is the direct sum over everything that stands now.
func (c *city) sum() *Cells {
	out := NewCells(testDistricts)
	for id, t := range c.now {
		out.applyOn(t.Now, 1, (&follower{}).dayOf(t, c.seq[id]))
	}
	return out
}

// Any interleaving of submits, changes, erasures, repeated and late entries,
// restarts from a checkpoint and full rebuilds equals the direct sum.
func TestCellsFollowAnyHistory(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	engine := openEngine(t, CheckpointSpec)
	store, err := openCheckpoints(engine)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := newCity()
		clock := time.UnixMicro(1_000_000)
		f := newFollower(testDistricts, time.Millisecond) // 1000 microseconds of overlap
		read := func() {
			if _, err := f.read(ctx, c.index, clock); err != nil {
				rt.Fatal(err)
			}
			if err := f.cells.equal(c.sum()); err != nil {
				rt.Fatalf("after a reading: %v", err)
			}
			if f.cells.negative() {
				rt.Fatal("a count is negative")
			}
		}
		for range rapid.IntRange(1, 40).Draw(rt, "acts") {
			c.next += rapid.Int64Range(1, 700).Draw(rt, "gap")
			clock = time.UnixMicro(c.next)
			// An entry may be visible later than one with a higher seq: within a
			// fifth of the overlap each reading finds it.
			seq := max(1, c.next-rapid.Int64Range(0, 190).Draw(rt, "behind"))
			switch act := rapid.IntRange(0, 9).Draw(rt, "act"); {
			case act <= 4 || len(c.ids) == 0:
				c.set(fmt.Sprintf("s%d", len(c.ids)), sitting.Tally{Now: drawRow(rt)}, seq)
			case act <= 6:
				id := rapid.SampledFrom(c.ids).Draw(rt, "id")
				if tally := c.now[id]; tally.Now != nil && len(tally.Was) < 5 && seq > c.seq[id] {
					var row *sitting.Row // erased
					if rapid.Bool().Draw(rt, "released") {
						row = drawRow(rt)
					}
					c.change(id, row, seq)
				}
			case act == 7:
				read()
			case act == 8:
				read()
				if saved, err := store.save(ctx, f, clock); err != nil || !saved {
					rt.Fatalf("checkpoint: %v %v", saved, err)
				}
				back, ok, err := store.load(ctx, testDistricts, time.Millisecond, clock)
				if err != nil || !ok {
					rt.Fatalf("load: %v %v", ok, err)
				}
				if err := back.cells.equal(f.cells); err != nil {
					rt.Fatal(err)
				}
				f = back
			default:
				f = newFollower(testDistricts, time.Millisecond)
				read()
			}
		}
		read()
		read() // nothing new changes nothing
		// A replica whose clock is behind by nearly the overlap is found when
		// the whole overlap is read next.
		c.set("late", sitting.Tally{Now: drawRow(rt)}, max(1, c.next-rapid.Int64Range(191, 900).Draw(rt, "far behind")))
		clock = time.UnixMicro(c.next + 501)
		read()
	})
}

func openEngine(t testing.TB, specs ...store.Spec) store.Engine {
	t.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, specs); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestApplyIsUndoneByItsInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var rows []*sitting.Row
		for range rapid.IntRange(1, 20).Draw(rt, "rows") {
			rows = append(rows, drawRow(rt))
		}
		a := NewCells(testDistricts)
		for _, r := range rows {
			a.Apply(r, 1)
		}
		keep := rapid.IntRange(0, len(rows)).Draw(rt, "keep")
		b := NewCells(testDistricts)
		for _, r := range rows[:keep] {
			b.Apply(r, 1)
		}
		for _, i := range rapid.Permutation(indices(len(rows)-keep)).Draw(rt, "order") {
			a.Apply(rows[keep+i], -1)
		}
		if err := a.equal(b); err != nil {
			rt.Fatal(err)
		}
	})
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func TestSumsSurviveStorage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		v := rapid.SliceOf(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64())).Draw(rt, "sums")
		got, err := decodeSums(encodeSums(v), len(v))
		if err != nil || !slices.Equal(got, v) {
			rt.Fatalf("%v became %v: %v", v, got, err)
		}
		if _, err := decodeSums(encodeSums(v), len(v)+1); err == nil {
			rt.Fatal("a short vector was read")
		}
	})
	for _, s := range []string{"!", "AA", "AP////8P", "gICAgICAgICAgICA"} {
		if _, err := decodeSums(s, 3); err == nil {
			t.Errorf("%q was read", s)
		}
	}
}

func TestDamagedEntriesAreCountedAndSkipped(t *testing.T) {
	t.Parallel()
	c := newCity()
	good := sitting.Tally{Now: &sitting.Row{Wave: "w1", Role: sitting.RoleTest, State: sitting.Counted, Sex: sitting.Female, Age: sitting.Age70plus, Mode: sitting.ModeSelf, Evidence: sitting.EvidenceOpen, Overall: 5}}
	c.set("a", good, 10)
	c.index.entries["bad"] = sitting.Entry{ID: "bad", Seq: 11, Tally: "9zzz"}
	c.index.entries["worse"] = sitting.Entry{ID: "worse", Seq: 12}
	f := newFollower(testDistricts, time.Millisecond)
	if _, err := f.read(context.Background(), c.index, time.UnixMicro(50)); err != nil {
		t.Fatal(err)
	}
	if f.damaged != 2 || f.cells.waves["w1"].n(f.cells.layout, gateTested) != 1 {
		t.Fatalf("%d damaged, cells %v", f.damaged, f.cells.waves)
	}
	c.index.fail = errors.New("away")
	if _, err := f.read(context.Background(), c.index, time.UnixMicro(60)); err == nil {
		t.Fatal("a failing source gave no error")
	}
}
