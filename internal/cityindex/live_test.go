package cityindex

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/sitting"
)

// public is who stands behind the public figure, per gate.
type public [gates]map[string]bool

func membersNow(c *city, wave string) (p public) {
	for g := range p {
		p[g] = map[string]bool{}
	}
	for id, t := range c.now {
		if t.Now == nil || t.Now.Wave != wave {
			continue
		}
		if g, _, _, ok := gateOf(t.Now); ok {
			p[g][id] = true
		}
	}
	return p
}

func symmetric(a, b map[string]bool) (n int) {
	for id := range a {
		if !b[id] {
			n++
		}
	}
	for id := range b {
		if !a[id] {
			n++
		}
	}
	return n
}

// Two public states in a row never differ by 1 to 9 people: in no count, and
// among the people themselves in no gate. Two replicas, restarts from
// checkpoints and rebuilds take part; submits and erasures come at random, some
// people come and go at once, as somebody would who wants to push another out.
func TestThePublicNeverSeesASmallChange(t *testing.T) {
	t.Parallel()
	playSteps(t, 120, 40)
}

// playSteps plays histories of so many acts; about one reading in restart
// begins from a stored checkpoint.
func playSteps(t *testing.T, acts, restart int) {
	t.Helper()
	ctx := context.Background()
	engine := openEngine(t, CheckpointSpec)
	keep, err := openCheckpoints(engine)
	if err != nil {
		t.Fatal(err)
	}
	stepsSeen := 0
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		c := newCity()
		replicas := [2]*follower{newFollower(testDistricts, 5*time.Microsecond), newFollower(testDistricts, 5*time.Microsecond)}
		shown := &step{wave: newWave(newLayout(testDistricts))}
		shown.ID = "w1"
		members := public{{}, {}, {}, {}}
		clock := func() time.Time { return time.UnixMicro(c.next) }
		leaning := r.Float64() // towards erasure
		for range acts {
			c.next++
			if r.Float64() < 0.25+0.5*leaning*float64(min(len(c.ids), 1)) && len(c.ids) > 20 {
				id := c.ids[r.IntN(len(c.ids))]
				if tally := c.now[id]; tally.Now != nil {
					c.change(id, nil, c.next)
				}
			} else {
				row := &sitting.Row{Wave: "w1", Role: sitting.RoleTest, State: sitting.Counted, Sex: sitting.Female, Age: sitting.Age70plus, Mode: sitting.ModeSelf,
					Internet: sitting.InternetYes, Evidence: sitting.EvidenceOpen, Level: "B1", Low: "B1", Overall: sitting.Points(r.Int32N(1_000_000))}
				switch r.IntN(6) {
				case 0:
					row.Role, row.Internet, row.Overall = sitting.RoleOffline, sitting.InternetNo, sitting.Missing
				case 1:
					row.Sex, row.State = "", sitting.Unweightable
				case 2:
					row.Internet = sitting.InternetNo
				}
				c.set(fmt.Sprintf("s%d", len(c.ids)), sitting.Tally{Now: row}, c.next)
			}
			if r.IntN(3) > 0 {
				continue
			}
			k := r.IntN(2)
			f := replicas[k]
			switch r.IntN(restart) {
			case 0:
				if saved, err := keep.save(ctx, f, clock()); err != nil || !saved {
					rt.Fatal(saved, err)
				}
				var ok bool
				if f, ok, err = keep.load(ctx, testDistricts, 5*time.Microsecond, clock()); err != nil || !ok {
					rt.Fatal(ok, err)
				}
				replicas[k] = f
			case 1:
				f = newFollower(testDistricts, 5*time.Microsecond)
				replicas[k] = f
			}
			for g := range shown.Flushed { // the replica loads the step it finds
				f.flushedTo("w1", gate(g), shown.Flushed[g])
			}
			if _, err := f.read(ctx, c.index, clock()); err != nil {
				rt.Fatal(err)
			}
			next := shown.next(f, clock())
			if next == nil {
				continue
			}
			stepsSeen++
			a, b := countsOf(shown.N), countsOf(next.N)
			if !movesSafely(a.n, b.n) || !movesSafely(a.weighted, b.weighted) || !movesSafely(a.unweightable, b.unweightable) {
				rt.Fatalf("counts moved from %+v to %+v", a, b)
			}
			now := membersNow(c, "w1")
			for g := range gates {
				if next.Flushed[g] == shown.Flushed[g] {
					if next.N[g] != shown.N[g] || !slices.Equal(next.wave.sums[g], shown.wave.sums[g]) {
						rt.Fatalf("gate %d moved without a flush", g)
					}
					continue
				}
				if int64(len(now[g])) != next.N[g] {
					rt.Fatalf("gate %d shows %d of %d", g, next.N[g], len(now[g]))
				}
				if d := symmetric(members[g], now[g]); d < StepSize {
					rt.Fatalf("gate %d changed by %d people", g, d)
				}
				members[g] = maps.Clone(now[g])
			}
			shown = next
		}
	})
	if stepsSeen < 50 {
		t.Fatalf("only %d steps were seen: the test says little", stepsSeen)
	}
}

func TestTenComingAndGoingAreNotTenPeople(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shown, now, came int64
		want             bool
	}{
		"nine came":                   {100, 109, 9, false},
		"ten came":                    {100, 110, 10, true},
		"ten went":                    {100, 90, 0, true},
		"nine went":                   {100, 91, 0, false},
		"five came, five others went": {100, 100, 5, true},
		"four came, four others went": {100, 100, 4, false},
		"twenty came, thirteen went":  {100, 107, 20, false},
		"one came; own five came and went at once": {100, 101, 1, false},
		"the first ten":  {0, 10, 10, true},
		"the first nine": {0, 9, 9, false},
		"all went":       {12, 0, 0, true},
	} {
		shown, now, came := [gates]int64{c.shown}, [gates]int64{c.now}, [gates]int64{c.came}
		if _, got := due(shown, now, came); got != c.want {
			t.Errorf("%s: due is %v", name, got)
		}
	}
	// Two gates that move by 3 and 9 make 12 together, but each shows its own.
	if flush, ok := due([gates]int64{100, 50, 0, 0}, [gates]int64{103, 59, 0, 0}, [gates]int64{20, 20, 0, 0}); ok {
		t.Errorf("three and nine: %v", flush)
	}
	// Each gate alone is safe, together n would move by two: only one goes.
	flush, ok := due([gates]int64{100, 0, 0, 50}, [gates]int64{112, 0, 0, 40}, [gates]int64{12, 0, 0, 0})
	if !ok || flush[gateTested] == flush[gateUnweightable] {
		t.Errorf("twelve came here and ten went there: %v", flush)
	}
}

func TestStepsSurviveRestartsAndReplicas(t *testing.T) {
	t.Parallel()
	c := newCity()
	c.people(9, 300, testMargins(t), "w1")
	r := newRig(t, c)
	first := r.Snapshot()
	var open OpenIndex
	if err := json.Unmarshal(first.Index, &open); err != nil {
		t.Fatal(err)
	}
	if open.Status != StatusProvisional || open.Index.Value == nil || open.N < 290 || open.Release != nil {
		t.Fatalf("%s", first.Index)
	}
	c.people(10, 9, testMargins(t), "w1")
	r.tick(t)
	if r.Snapshot() != first {
		t.Fatal("the public saw nine people")
	}
	if got := r.Staff(""); got.Counted != 309 || got.Waiting < 9 {
		t.Fatalf("staff see %+v", got)
	}
	r.restart(t)
	if string(r.Snapshot().Index) != string(first.Index) {
		t.Fatal("a restart shows another step")
	}
	if err := r.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	c.people(11, 40, testMargins(t), "w1")
	other, err := New(context.Background(), r.deps(t))
	if err != nil {
		t.Fatal(err)
	}
	r.tick(t)
	if string(other.Snapshot().Index) != string(r.Snapshot().Index) || string(r.Snapshot().Index) == string(first.Index) {
		t.Fatalf("two replicas differ:\n%s\n%s", other.Snapshot().Index, r.Snapshot().Index)
	}
	if same, err := r.Reconcile(context.Background()); err != nil || !same {
		t.Fatalf("reconcile: %v %v", same, err)
	}
	r.f.cells.waves["w1"].sums[gateTested][0]++ // what a bug or a missed entry would do
	if same, err := r.Reconcile(context.Background()); err != nil || same {
		t.Fatalf("a wrong cell was not found: %v %v", same, err)
	}
	if err := r.f.cells.equal(c.sum()); err != nil {
		t.Fatal(err)
	}
}

// Readers see whole states while sittings come in, steps are made and a release is cut.
func TestReadersNeverWaitNorTear(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCity()
	m := testMargins(t)
	c.people(61, 400, m, "w1")
	r := newRig(t, c)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				s := r.Snapshot()
				var open OpenIndex
				if err := json.Unmarshal(s.Index, &open); err != nil || open.N != s.View.Live.N || open.N != open.Weighted+open.Unweightable {
					t.Errorf("torn: %v %d %d", err, open.N, s.View.Live.N)
					return
				}
				_ = r.Staff("")
				if open.Release != nil {
					if _, err := r.ReleaseFile(ctx, open.Release.ID, FileCells); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	for i := range 8 {
		c.people(uint64(70+i), 40, m, "w1")
		r.tick(t)
		if i == 2 {
			if _, err := r.Release(ctx, ""); err != nil {
				t.Error(err)
			}
		}
	}
	close(done)
	wg.Wait()
}
