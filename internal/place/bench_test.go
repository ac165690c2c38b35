package place

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

// crowded is a register of n places spread over the city.
func crowded(tb testing.TB, n int) *Service {
	tb.Helper()
	engine, err := sqlite.Open(tb.Context(), sqlite.Config{Path: filepath.Join(tb.TempDir(), "t.db")})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(tb.Context(), Specs()); err != nil {
		tb.Fatal(err)
	}
	now := time.Date(2026, 11, 25, 8, 30, 0, 0, time.UTC)
	s, err := New(tb.Context(), Options{Engine: engine, City: town, Districts: quarters, Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	week, _ := ParseWeek("пн-пт 9:00-18:00; сб 10:00-15:00")
	var list []*Place
	for i := range n {
		p := &Place{Doc: store.Doc{ID: fmt.Sprintf("p%06d", i)}, Slug: fmt.Sprintf("place-%d", i), Kind: Kinds()[i%len(Kinds())], District: quarters[i%3].ID,
			Name:    i18n.Text{UK: fmt.Sprintf("Місце %d %s", i, []string{"Клен", "Липа", "Сонце", "Річка"}[i%4]), EN: fmt.Sprintf("Place %d", i)},
			Address: i18n.Text{UK: fmt.Sprintf("вул. Вигадана %d, %d", i%97, i)}, Point: &Point{48.42 + float64(i%401)*0.0004, 32.10 + float64(i%397)*0.0008},
			Offers: Offers()[i%5 : i%5+3], Access: Accesses()[i%4 : i%4+2], NoPower: []Tri{Yes, No, Unknown}[i%3]}
		p.Hours.Week, p.Hours.Known = week, true
		list = append(list, p)
	}
	if err := s.Ship(tb.Context(), list); err != nil {
		tb.Fatal(err)
	}
	return s
}

// asks are what people ask of the list, the heaviest included.
func asks(i int) Filter {
	now := time.Date(2026, 11, 25, 8, 30, 0, 0, time.UTC)
	return []Filter{
		{Limit: 20}, {OpenAt: now, NoPower: true, Limit: 20}, {Near: &Point{48.50, 32.26}, Limit: 20},
		{Near: &Point{48.50, 32.26}, OpenAt: now, Offers: []Offer{Internet}, Limit: 20}, {Kind: Hub, District: "nove", Limit: 20, Skip: 40}, {Words: "клен 17", Limit: 20},
	}[i%6]
}

// 10,000 places: list and filter within 20 ms, 99 times of 100.
func BenchmarkList(b *testing.B) {
	s := crowded(b, 10_000)
	for i := range 12 {
		s.List(asks(i))
	}
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		if s.List(asks(i)).Total == 0 && i%6 != 5 {
			b.Fatal("nothing was found")
		}
		took = append(took, time.Since(began))
	}
	b.StopTimer()
	for k := range 6 {
		var one []time.Duration
		for i := k; i < len(took); i += 6 {
			one = append(one, took[i])
		}
		slices.Sort(one)
		b.Logf("ask %d: p50 %s, p99 %s", k, one[len(one)/2], one[len(one)*99/100])
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
}

// However many places there are, an answer of the map has few marks, and none is lost.
func TestClustersLoseNobody(t *testing.T) {
	t.Parallel()
	s := crowded(t, 3000)
	box := town.Box
	for zoom := MinZoom; zoom <= MaxZoom; zoom++ {
		list, total := s.Clusters(Filter{Box: &box}, zoom)
		sum := 0
		for _, m := range list {
			sum += m.Count
			if !box.Has(m.At) || m.Count == 1 && len(m.Places) != 1 || len(m.Places) > maxNamed {
				t.Fatalf("zoom %d: %+v", zoom, m)
			}
		}
		if sum != 3000 || total != 3000 || len(list) > maxClusters {
			t.Errorf("zoom %d: %d marks of %d places, %d in all", zoom, len(list), sum, total)
		}
	}
	near := Box{48.42, 32.10, 48.4225, 32.105}
	if list, total := s.Clusters(Filter{Box: &near}, MaxZoom); total == 0 || total == 3000 || len(list) == 0 {
		t.Errorf("%d marks, %d places in a corner", len(list), total)
	}
}
