package export_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/export"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
)

var (
	opens  = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	closes = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	later  = closes.Add(survey.Grace)
)

type calendar struct{}

func (calendar) ByID(id string) (*survey.Wave, bool) {
	if id != "w1" && id != "w2" {
		return nil, false
	}
	return &survey.Wave{Doc: store.Doc{ID: id}, Title: i18n.Text{UK: id, EN: id}, Opens: store.At(opens), Closes: store.At(closes)}, true
}

// index is the index over sittings.
type index []sitting.Entry

func (x index) Entries(context.Context, int64) func(yield func(sitting.Entry, error) bool) {
	return func(yield func(sitting.Entry, error) bool) {
		for _, e := range x {
			if !yield(e, nil) {
				return
			}
		}
	}
}

type openLedger struct{}

func (openLedger) Give(context.Context, string, string, time.Time) error { return nil }

func deps(x index, l export.Ledger) export.MicroDeps {
	return export.MicroDeps{Sittings: x, Waves: calendar{}, Ledger: l, Districts: []string{"fortechnyi", "podilskyi", "nove"}, Demo: true,
		Now: func() time.Time { return later }}
}

// town draws the index of a wave, rare people among them.
func town(t *rapid.T, wave string, least int) (x index) {
	n := rapid.IntRange(least, least+150).Draw(t, "people")
	g := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	pick := func(usual int, most int) int {
		if g.IntN(10) < 7 {
			return usual
		}
		return g.IntN(most + 1)
	}
	for i := range n {
		r := sitting.Row{Wave: wave, Instrument: "resident-test", Role: sitting.RoleTest, State: sitting.Counted, Evidence: sitting.EvidenceOpen,
			Sex: []sitting.Sex{sitting.Female, sitting.Male, ""}[pick(0, 2)], Age: sitting.AgeGroups[pick(3, 6)],
			District: []string{"fortechnyi", "podilskyi", "nove", ""}[pick(0, 3)], Mode: export.Modes[pick(0, 3)],
			Overall: sitting.ToPoints(float64(g.IntN(101)))}
		if r.Sex == "" {
			r.State = sitting.Unweightable
		}
		for a := range r.Areas {
			r.Areas[a] = sitting.ToPoints(float64(g.IntN(101)))
		}
		if pick(0, 3) == 3 {
			r.Role, r.Internet, r.Overall, r.Instrument = sitting.RoleOffline, sitting.InternetNo, sitting.Missing, "short-form"
			for a := range r.Areas {
				r.Areas[a] = sitting.Missing
			}
		}
		x = append(x, sitting.Entry{ID: fmt.Sprintf("%s-%d", wave, i), Seq: int64(i + 1), Tally: sitting.Tally{Now: &r}.Format()})
	}
	return x
}

func fileOf(t interface{ Fatal(...any) }, m *export.Microdata) (head []string, rows [][]string) {
	all, err := csv.NewReader(bytes.NewReader(m.CSV())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

func TestMicrodataNameNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := town(t, "w1", export.MicroMin)
		m, err := export.MakeMicrodata(context.Background(), deps(x, openLedger{}), "w1")
		if err != nil {
			t.Fatal(err)
		}
		head, rows := fileOf(t, m)
		if len(rows) != len(x) || m.Report.N != len(x) {
			t.Fatalf("%d rows of %d people", len(rows), len(x))
		}
		if got := strings.Join(head, ","); got != "row,demo,wave,tested,sex,age_group,district,mode,score,ua1,ua2,ua3,ua4,ua5,ua6" {
			t.Fatalf("columns %s", got)
		}
		count := map[string]int{}
		for i, row := range rows {
			count[strings.Join(row[3:8], "|")]++
			if row[0] != fmt.Sprint(i+1) || row[1] != "true" || row[2] != "w1" {
				t.Fatalf("row %v", row)
			}
			for j, cell := range row[8:] {
				if cell == "" {
					continue
				}
				var points int
				if _, err := fmt.Sscan(cell, &points); err != nil || points < 0 || points > 100 || j == 0 && points%5 != 0 || j > 0 && points%10 != 0 {
					t.Fatalf("score %q", cell)
				}
				if row[3] != "yes" {
					t.Fatalf("a score stands beside tested=%q", row[3])
				}
			}
		}
		for combination, n := range count {
			if n < export.MicroK {
				t.Fatalf("%s stands for %d", combination, n)
			}
		}
		if body := string(m.CSV()); strings.Contains(body, "w1-") || strings.Contains(body, "2026") {
			t.Fatal("an id or a day stands in the file")
		}
	})
}

// TestTwoReleasesDifferByWholeWaves: what is public after the second wave is the file of
// the first, unchanged, and that of the second.
func TestTwoReleasesDifferByWholeWaves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := town(t, "w1", export.MicroMin)
		m1, err := export.MakeMicrodata(context.Background(), deps(first, openLedger{}), "w1")
		if err != nil {
			t.Fatal(err)
		}
		both := append(slices.Clone(first), town(t, "w2", export.MicroMin)...)
		again, err := export.MakeMicrodata(context.Background(), deps(both, openLedger{}), "w1")
		if err != nil || !bytes.Equal(m1.CSV(), again.CSV()) {
			t.Fatalf("the second wave changed the first file: %v", err)
		}
		m2, err := export.MakeMicrodata(context.Background(), deps(both, openLedger{}), "w2")
		if err != nil || len(m2.Rows) != len(both)-len(first) {
			t.Fatalf("%d rows, %v", len(m2.Rows), err)
		}
	})
}

func ledger(t *testing.T) *export.StoredLedger {
	t.Helper()
	e, err := sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(context.Background(), export.Specs()); err != nil {
		t.Fatal(err)
	}
	l, err := export.OpenLedger(e)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAWaveIsGivenOnce(t *testing.T) {
	t.Parallel()
	x := rapid.Custom(func(t *rapid.T) index { return town(t, "w1", 200) }).Example(5)
	l := ledger(t)
	first, err := export.MakeMicrodata(context.Background(), deps(x, l), "w1")
	if err != nil {
		t.Fatal(err)
	}
	same, err := export.MakeMicrodata(context.Background(), deps(x, l), "w1")
	if err != nil || !bytes.Equal(first.CSV(), same.CSV()) {
		t.Fatalf("the same wave again: %v", err)
	}
	if _, err := export.MakeMicrodata(context.Background(), deps(x[1:], l), "w1"); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "export.micro.moved" {
		t.Fatalf("after an erasure: %v", err)
	}
}

func TestAWaveThatIsNotOverIsNotGiven(t *testing.T) {
	t.Parallel()
	x := rapid.Custom(func(t *rapid.T) index { return town(t, "w1", 200) }).Example(5)
	d := deps(x, openLedger{})
	d.Now = func() time.Time { return later.Add(-time.Second) }
	if _, err := export.MakeMicrodata(context.Background(), d, "w1"); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "export.micro.open" {
		t.Errorf("an open wave: %v", err)
	}
	if _, err := export.MakeMicrodata(context.Background(), deps(x, openLedger{}), "w9"); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such wave: %v", err)
	}
	if _, err := export.MakeMicrodata(context.Background(), deps(x[:99], openLedger{}), "w1"); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "export.micro.few" {
		t.Errorf("few people: %v", err)
	}
	if _, err := export.MakeMicrodata(context.Background(), deps(nil, openLedger{}), "w2"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a wave without respondents: %v", err)
	}
	bad := append(slices.Clone(x), sitting.Entry{ID: "z", Seq: 999, Tally: "1nonsense"})
	if _, err := export.MakeMicrodata(context.Background(), deps(bad, openLedger{}), "w1"); err == nil {
		t.Error("a tally that cannot be read was passed over")
	}
}

func TestTheOrderOfComingSaysNothing(t *testing.T) {
	t.Parallel()
	x := rapid.Custom(func(t *rapid.T) index { return town(t, "w1", 200) }).Example(7)
	first, err := export.MakeMicrodata(context.Background(), deps(x, openLedger{}), "w1")
	if err != nil {
		t.Fatal(err)
	}
	back := slices.Clone(x)
	slices.Reverse(back)
	second, err := export.MakeMicrodata(context.Background(), deps(back, openLedger{}), "w1")
	if err != nil || !bytes.Equal(first.CSV(), second.CSV()) {
		t.Fatalf("the file shows the order in which people came: %v", err)
	}
}

func TestThePackageDescribesTheFile(t *testing.T) {
	t.Parallel()
	x := rapid.Custom(func(t *rapid.T) index { return town(t, "w1", 150) }).Example(3)
	m, err := export.MakeMicrodata(context.Background(), deps(x, openLedger{}), "w1")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := m.Package()
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Report    export.MicroReport
		Resources []struct {
			Bytes  int
			Hash   string
			Schema struct{ Fields []struct{ Name, Type string } }
		}
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	head, _ := fileOf(t, m)
	res := p.Resources[0]
	if res.Bytes != len(m.CSV()) || res.Hash != "sha256:"+m.Report.Hash || len(res.Schema.Fields) != len(head) || p.Report.K != 5 {
		t.Fatalf("%+v", p)
	}
	for i, f := range res.Schema.Fields {
		if f.Name != head[i] {
			t.Errorf("field %s describes column %s", f.Name, head[i])
		}
	}
}
