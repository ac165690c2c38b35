package disclosure

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "suppress", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

func audit(t *testing.T, table Table) []Finding {
	t.Helper()
	found, err := DefaultRule().AuditTable(table)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSuppressVectors(t *testing.T) {
	t.Parallel()
	var good Table
	readJSON(t, "good_complementary", &good)
	if found := audit(t, good); len(found) != 0 {
		t.Errorf("good: %+v", found)
	}
	var primary Table
	readJSON(t, "bad_primary_only", &primary)
	want := []Finding{{"cell 0,1", 7, 7, WhyExact}}
	if diff := cmp.Diff(want, audit(t, primary)); diff != "" {
		t.Error(diff)
	}
	var small Table
	readJSON(t, "bad_published_small", &small)
	want = []Finding{{"cell 0,1", 4, 4, WhyPublished}}
	if diff := cmp.Diff(want, audit(t, small)); diff != "" {
		t.Error(diff)
	}
	var leak System
	readJSON(t, "bad_rate_leak", &leak)
	found, err := leak.Attack(DefaultRule())
	if err != nil {
		t.Fatal(err)
	}
	want = []Finding{{"s3", 7, 7, WhyExact}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"raw_0", "raw_1"} {
		var raw struct{ True [][]int64 }
		readJSON(t, name, &raw)
		table, err := DefaultRule().ProtectTable(raw.True)
		if err != nil {
			t.Fatal(err)
		}
		if found := audit(t, table); len(found) != 0 {
			t.Errorf("%s: %+v", name, found)
		}
		shown, could := 0, 0
		for i, row := range raw.True {
			for j, n := range row {
				p := table.Cells[i][j]
				if n >= 10 {
					could++
				}
				if p == nil {
					continue
				}
				shown++
				if *p != n || n < 10 {
					t.Errorf("%s: cell %d,%d shows %d for %d", name, i, j, *p, n)
				}
			}
		}
		if table.Grand == nil || 2*shown < could {
			t.Errorf("%s: %d of %d cells shown, grand total %v", name, shown, could, table.Grand)
		}
		t.Logf("%s: %d of %d showable cells shown", name, shown, could)
	}
}

func TestPrimaryRules(t *testing.T) {
	t.Parallel()
	r := DefaultRule()
	for _, c := range []struct{ got, want Reason }{
		{r.Count(10), Shown}, {r.Count(9), TooFew}, {r.Count(0), TooFew}, {Rule{MinCount: 10, ZeroPublic: true}.Count(0), Shown},
		{r.Mean(10, 0.49), Shown}, {r.Mean(10, 0.5), Dominated}, {r.Mean(9, 0.1), TooFew}, {r.Mean(10, math.NaN()), Dominated},
		{r.Share(10, 3), Shown}, {r.Share(10, 7), Shown}, {r.Share(10, 2), TooOneSided}, {r.Share(10, 8), TooOneSided}, {r.Share(9, 4), TooFew}, {r.Share(10, 11), TooFew},
		{r.Query(30, 40), Shown}, {r.Query(30, 30), Shown}, {r.Query(31, 40), Complementary}, {r.Query(9, 40), TooFew}, {r.Query(41, 40), Complementary},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	for n, want := range map[int64][2]bool{19: {false, false}, 20: {true, false}, 99: {true, false}, 100: {true, true}} {
		if q, d := r.Quantiles(n); q != want[0] || d != want[1] {
			t.Errorf("quantiles of %d: %v %v", n, q, d)
		}
	}
	if PercentDecimals(99) != 0 || PercentDecimals(100) != 1 || RoundTo5(12) != 10 || RoundTo5(13) != 15 {
		t.Error("rounding")
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	r := DefaultRule()
	for _, c := range []struct {
		published, came, went int64
		want                  Step
	}{
		{100, 0, 0, Same}, {100, 9, 0, Wait}, {100, 10, 0, Move}, {100, 11, 2, Wait}, {100, 12, 2, Move}, {100, 5, 5, Move}, {100, 4, 4, Wait},
		{100, 0, 9, Wait}, {100, 0, 10, Move}, {100, 6, 5, Wait}, {0, 9, 0, Wait}, {0, 10, 0, Move}, {0, 12, 12, Wait}, {15, 0, 15, Move},
	} {
		got, err := r.Gate(c.published, Change{c.came, c.went})
		if err != nil || got != c.want {
			t.Errorf("%+v: %v %v", c, got, err)
		}
	}
	for _, bad := range []Change{{-1, 0}, {0, -1}, {0, 101}} {
		if step, err := r.Gate(100, bad); !errors.Is(err, ErrInput) || step != Wait {
			t.Errorf("%+v: %v %v", bad, step, err)
		}
	}
	blocked, err := r.Release([]CellChange{
		{"a", 50, Change{0, 0}}, {"b", 50, Change{10, 0}}, {"c", 50, Change{3, 0}}, {"d", 0, Change{3, 0}}, {"e", 50, Change{12, 9}},
	})
	if diff := cmp.Diff([]string{"c", "e"}, blocked); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// TestNobodyIsSeenArriving plays the public against a stream of submits and
// erasures: no two consecutive public counts differ by 1 to 9.
func TestNobodyIsSeenArriving(t *testing.T) {
	t.Parallel()
	r := DefaultRule()
	rapid.Check(t, func(t *rapid.T) {
		var public, now int64
		var since Change
		moves := 0
		for range rapid.IntRange(1, 300).Draw(t, "events") {
			if now > 0 && rapid.IntRange(0, 3).Draw(t, "erase") == 0 {
				now--
				since.Went++
			} else {
				now++
				since.Came++
			}
			step, err := r.Gate(public, since)
			if err != nil {
				t.Fatal(err)
			}
			if step != Move {
				continue
			}
			if d := max(now-public, public-now); d > 0 && d < 10 {
				t.Fatalf("public count moved from %d to %d", public, now)
			}
			if since.Came+since.Went < 10 {
				t.Fatalf("a step after %+v", since)
			}
			public, since = now, Change{}
			moves++
		}
		if now >= 40 && moves == 0 {
			t.Fatalf("%d people and never a step", now)
		}
	})
}

func TestJoinSmall(t *testing.T) {
	t.Parallel()
	r := DefaultRule()
	group, sizes, err := r.JoinSmall([]int64{3, 4, 20, 30, 2}, []int{1, 2, -1, -1, -1})
	if diff := cmp.Diff([]int{0, 0, 0, 1, 2}, group); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if diff := cmp.Diff([]int64{27, 30, 2}, sizes); diff != "" {
		t.Error(diff)
	}
	if _, _, err := r.JoinSmall([]int64{3}, []int{0}); !errors.Is(err, ErrInput) {
		t.Errorf("joined with itself: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(0, 30), 2, 12).Draw(t, "counts")
		neighbour := make([]int, len(counts))
		var total int64
		for i := range neighbour {
			total += counts[i]
			neighbour[i] = i - 1
			if i == 0 {
				neighbour[i] = 1
			}
		}
		group, sizes, err := r.JoinSmall(counts, neighbour)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]int64, len(sizes))
		for i, g := range group {
			got[g] += counts[i]
		}
		if diff := cmp.Diff(sizes, got); diff != "" {
			t.Fatal(diff)
		}
		// What is left small has no neighbour outside itself.
		for i, to := range neighbour {
			if sizes[group[i]] < 10 && group[to] != group[i] {
				t.Fatalf("%v: class %d in a group of %d could join %d", counts, i, sizes[group[i]], to)
			}
		}
	})
}

func TestProtectionHoldsAgainstTheAttacker(t *testing.T) {
	t.Parallel()
	r := DefaultRule()
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 6).Draw(t, "rows"), rapid.IntRange(1, 6).Draw(t, "cols")
		top := rapid.SampledFrom([]int64{5, 12, 40, 3000}).Draw(t, "top")
		counts := make([][]int64, rows)
		for i := range counts {
			counts[i] = rapid.SliceOfN(rapid.Int64Range(0, top), cols, cols).Draw(t, "row")
		}
		table, err := r.ProtectTable(counts)
		if err != nil {
			t.Fatal(err)
		}
		found, err := r.AuditTable(table)
		if err != nil || len(found) > 0 {
			t.Fatalf("%v %v: %+v", counts, err, found)
		}
		for i, row := range table.Cells {
			for j, p := range row {
				if p != nil && *p != counts[i][j] {
					t.Fatalf("cell %d,%d changed", i, j)
				}
			}
		}
	})
}

// TestLinkedTablesAreOneSystem: sexes and ages of the same people protect each
// other badly if looked at apart.
func TestLinkedTablesAreOneSystem(t *testing.T) {
	t.Parallel()
	r := DefaultRule()
	cells := []Cell{
		{ID: "north", N: 4}, {ID: "south", N: 46}, {ID: "east", N: 60},
		{ID: "north or south", N: 50}, {ID: "all", N: 110},
	}
	relations := []Relation{{"all", []string{"north", "south", "east"}}, {"north or south", []string{"north", "south"}}, {"all", []string{"north or south", "east"}}}
	why, err := r.Protect(cells, relations)
	if err != nil {
		t.Fatal(err)
	}
	if why[0] != TooFew || why[1] != Complementary || why[4] != Shown {
		t.Errorf("%v", why)
	}
	for i := range cells {
		cells[i].Suppressed = why[i] != Shown
	}
	if found, err := r.Audit(cells, relations); err != nil || len(found) > 0 {
		t.Errorf("%+v %v", found, err)
	}
}
