package weighting

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// kropyvnytskyi is the official table of 1 January 2022 with a map of joins
// that leaves the middle ages alone.
func kropyvnytskyi() SexAge {
	ages := []string{"14-17", "18-29", "30-39", "40-49", "50-59", "60-69", "70+"}
	d := SexAge{
		Sexes: []string{"female", "male"},
		Bands: []AgeBand{
			{"14-17", "14-17", "14-34"}, {"18-29", "18-29", "14-34"}, {"30-34", "30-39", "14-34"}, {"35-39", "30-39", "35-59"},
			{"30-39", "30-39", ""}, {"40-49", "40-49", "35-59"}, {"50-59", "50-59", "35-59"}, {"60-69", "60-69", "60+"}, {"70+", "70+", "60+"},
		},
		People: map[string]map[string]float64{"female": {}, "male": {}},
		Broad:  map[string]float64{"14-34": 9201 + 44511, "35-59": 82596, "60+": 49401},
		Join:   map[string]string{"14-17": "18-29", "70+": "60-69"},
	}
	for i, a := range ages {
		d.People["female"][a], d.People["male"][a] = simPeople[i], simPeople[simAges+i]
	}
	return d
}

// choose fills counts by sex and band and asks the ladder.
func choose(t *testing.T, fill func(sex, band string) int64) (*Scheme, []int64, error) {
	t.Helper()
	d := kropyvnytskyi()
	l, err := d.Ladder()
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]int64, len(l.Classes))
	for _, s := range d.Sexes {
		for _, b := range d.Bands {
			i, ok := d.Class(s, b.ID)
			if !ok {
				t.Fatal(s, b.ID)
			}
			counts[i] = fill(s, b.ID)
		}
	}
	s, err := l.Choose(counts)
	return s, counts, err
}

func TestLadderRungs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fill  func(sex, band string) int64
		rung  string
		cells int
		small int
	}{
		{"plenty", func(_, _ string) int64 { return 20 }, RungPostStratify, 14, 0},
		{"men of 70 joined with 60-69", func(s, b string) int64 {
			if s == "male" && b == "70+" {
				return 4
			}
			return 15
		}, RungPostStratify, 13, 0},
		{"young and old of both sexes joined", func(_, b string) int64 {
			if b == "70+" || b == "14-17" {
				return 0
			}
			return 15
		}, RungPostStratify, 10, 0},
		{"nine men of 40-49 have no neighbour in the map", func(s, b string) int64 {
			if s == "male" && b == "40-49" {
				return 9
			}
			return 15
		}, RungRakeSeven, 14, 1},
		{"old men too few even together", func(s, b string) int64 {
			if s == "male" && (b == "60-69" || b == "70+") {
				return 3
			}
			return 20
		}, RungRakeSeven, 14, 2},
		{"nobody of 50-59", func(_, b string) int64 {
			if b == "50-59" {
				return 0
			}
			return 15
		}, RungRakeThree, 6, 0},
	} {
		s, counts, err := choose(t, c.fill)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if s.Rung != c.rung || len(s.Cells) != c.cells || len(s.Small()) != c.small {
			t.Errorf("%s: rung %s with %d cells, %d small, passed %v", c.name, s.Rung, len(s.Cells), len(s.Small()), s.Passed)
		}
		var rows, people float64
		for _, cell := range s.Cells {
			rows += float64(cell.N)
			people += float64(cell.N) * cell.Weight
			if cell.N > 0 && !(cell.Weight > 0) {
				t.Errorf("%s: cell %s has weight %v", c.name, cell.ID, cell.Weight)
			}
		}
		var all float64
		for _, n := range counts {
			all += float64(n)
		}
		if rows+float64(s.Unplaced) != all || math.Abs(people-185709) > 1e-4 {
			t.Errorf("%s: %v rows and %d unplaced of %v, %v people", c.name, rows, s.Unplaced, all, people)
		}
		if s.Raking != (s.Rung != RungPostStratify) {
			t.Errorf("%s: raking %v", c.name, s.Raking)
		}
	}
}

func TestLadderNamesItsCells(t *testing.T) {
	t.Parallel()
	s, _, err := choose(t, func(sex, band string) int64 {
		if band == "70+" || sex == "male" && band == "14-17" {
			return 4
		}
		return 15
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range s.Cells {
		ids = append(ids, c.ID)
	}
	want := []string{
		"female:14-17", "female:18-29", "female:30-39", "female:40-49", "female:50-59", "female:60-69+female:70+",
		"male:14-17+male:18-29", "male:30-39", "male:40-49", "male:50-59", "male:60-69+male:70+",
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
	near(t, "joined weight", s.Cells[5].Weight, (16649+15988)/19.0, 1e-12)
}

func TestLadderTooFew(t *testing.T) {
	t.Parallel()
	for name, fill := range map[string]func(sex, band string) int64{
		"under 100": func(_, b string) int64 {
			if b == "18-29" {
				return 40
			}
			return 1
		},
		"no men": func(s, _ string) int64 {
			if s == "male" {
				return 0
			}
			return 50
		},
		"no young": func(_, b string) int64 {
			if b == "14-17" || b == "18-29" || b == "30-34" {
				return 0
			}
			return 50
		},
		"nobody": func(_, _ string) int64 { return 0 },
	} {
		s, _, err := choose(t, fill)
		if !errors.Is(err, ErrTooFew) || s != nil {
			t.Errorf("%s: %v %v", name, s, err)
			continue
		}
		for _, rung := range []string{RungPostStratify, RungRakeSeven, RungRakeThree} {
			if !strings.Contains(err.Error(), rung) {
				t.Errorf("%s: %v does not say why not %s", name, err, rung)
			}
		}
	}
}

func TestLadderCountsThoseItCannotPlace(t *testing.T) {
	t.Parallel()
	s, _, err := choose(t, func(_, b string) int64 {
		if b == "50-59" {
			return 0
		}
		if b == "30-39" {
			return 7 // without the exact age
		}
		return 25
	})
	if err != nil || s.Rung != RungRakeThree || s.Unplaced != 14 {
		t.Fatalf("%+v %v", s, err)
	}
	fine := make([]int64, len(s.Of))
	for i := range fine {
		fine[i] = 1
	}
	folded, err := s.FoldCounts(fine)
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, n := range folded {
		total += n
	}
	if total != int64(len(fine)-2) {
		t.Errorf("%d folded of %d", total, len(fine))
	}
	if _, err := s.Fold(nil); !errors.Is(err, ErrInput) {
		t.Errorf("fold: %v", err)
	}
}

func TestLadderRefusesBadData(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*SexAge){
		"totals differ":    func(d *SexAge) { d.Broad["60+"] += 1000 },
		"no total of age":  func(d *SexAge) { delete(d.People["male"], "70+") },
		"unknown sex":      func(d *SexAge) { d.Sexes = append(d.Sexes, "x") },
		"join to nowhere":  func(d *SexAge) { d.Join["14-17"] = "15-19" },
		"join with itself": func(d *SexAge) { d.Join["14-17"] = "14-17" },
		"spare broad age":  func(d *SexAge) { d.Broad["80+"] = 1 },
		"negative":         func(d *SexAge) { d.People["male"]["70+"] = -1 },
		"no bands":         func(d *SexAge) { d.Bands = nil },
	} {
		d := kropyvnytskyi()
		spoil(&d)
		if _, err := d.Ladder(); !errors.Is(err, ErrInput) && !errors.Is(err, ErrTotalsDiffer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l, err := kropyvnytskyi().Ladder()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Choose(make([]int64, 3)); !errors.Is(err, ErrInput) {
		t.Errorf("three counts: %v", err)
	}
	bad := make([]int64, len(l.Classes))
	bad[0] = -1
	if _, err := l.Choose(bad); !errors.Is(err, ErrInput) {
		t.Errorf("negative count: %v", err)
	}
}

func TestLadderAlwaysReproducesTheCity(t *testing.T) {
	t.Parallel()
	l, err := kropyvnytskyi().Ladder()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(0, 40), len(l.Classes), len(l.Classes)).Draw(t, "counts")
		s, err := l.Choose(counts)
		if err != nil {
			if !errors.Is(err, ErrTooFew) {
				t.Fatal(err)
			}
			return
		}
		for _, m := range s.Margins {
			got := make([]float64, len(m.Categories))
			for c, cell := range s.Cells {
				got[m.Of[c]] += float64(cell.N) * cell.Weight
			}
			for k, cat := range m.Categories {
				if math.Abs(got[k]-cat.Target) > 1e-8*cat.Target {
					t.Fatalf("%s %s: %v of %v", m.Name, cat.ID, got[k], cat.Target)
				}
			}
		}
		if !s.Raking && len(s.Small()) > 0 {
			t.Fatalf("a post-stratified cell under %d", MinClass)
		}
		again, err := l.Choose(counts)
		if err != nil || again.Rung != s.Rung || !cmp.Equal(again.Cells, s.Cells) {
			t.Fatalf("a second time: %v", err)
		}
	})
}

func BenchmarkChoose(b *testing.B) {
	l, err := kropyvnytskyi().Ladder()
	if err != nil {
		b.Fatal(err)
	}
	counts := make([]int64, len(l.Classes))
	for i := range counts {
		counts[i] = 50_000
	}
	for b.Loop() {
		if _, err := l.Choose(counts); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClassMean(b *testing.B) {
	counts, sums := make([]int64, len(simPeople)), make([]Sums, len(simPeople))
	cats := make([]Category, len(simPeople))
	for i := range counts {
		counts[i] = 70_000
		sums[i] = Sums{60_000, 60_000 * 550_000, 60_000 * 320_000_000_000}
		cats[i] = Category{"", simPeople[i]}
	}
	cw, err := PostStratifyClasses(counts, cats)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := cw.Mean(sums, 1e-4); err != nil {
			b.Fatal(err)
		}
	}
}
