package survey

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

var (
	ctx  = context.Background()
	now  = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	city = Config{Production: true, Owner: "council", Decree: "1-r", Phone: "0 800"}
)

func fixedClock() time.Time { return now }

func engine(t *testing.T) store.Engine {
	t.Helper()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, []store.Spec{Spec}); err != nil {
		t.Fatal(err)
	}
	return e
}

func wave(id, campaign string, from, to time.Time, instruments ...string) Wave {
	return Wave{Doc: store.Doc{ID: id}, Campaign: campaign, Title: i18n.Text{UK: id, EN: id}, Opens: store.At(from), Closes: store.At(to), Instruments: instruments}
}

func TestProductionWaveNeedsOwnerDecreeAndPhone(t *testing.T) {
	t.Parallel()
	autumn := wave("autumn", "city", Day(2026, 11, 1), Day(2026, 12, 1))
	for _, c := range []Config{{Production: true}, {Production: true, Owner: "x", Decree: "y"}, {Production: true, Owner: "x", Phone: " ", Decree: "y"}, {Production: true, Decree: "y", Phone: "z"}} {
		s, err := New(ctx, engine(t), c, fixedClock)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(ctx, autumn); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	e := engine(t)
	s, err := New(ctx, e, city, fixedClock)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(ctx, autumn); err != nil {
		t.Fatal(err)
	}
	if _, err := New(ctx, e, Config{Production: true}, fixedClock); !fault.Is(err, fault.Invalid) {
		t.Fatalf("started over an open wave without an owner: %v", err)
	}
	after := func() time.Time { return Day(2026, 12, 1) }
	if _, err := New(ctx, e, Config{Production: true}, after); err != nil {
		t.Fatalf("a closed wave stops the start: %v", err)
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	e := engine(t)
	s, err := New(ctx, e, Config{}, fixedClock)
	if err != nil {
		t.Fatal(err)
	}
	autumn := wave("autumn", "city", Day(2026, 11, 1), Day(2026, 12, 1), "test")
	if err := s.Add(ctx, autumn); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(ctx, autumn); err != nil {
		t.Fatalf("the same wave again: %v", err)
	}
	for name, c := range map[string]struct {
		w    Wave
		kind fault.Kind
	}{
		"moved":           {wave("autumn", "city", Day(2026, 11, 1), Day(2026, 12, 2), "test"), fault.Conflict},
		"overlapping":     {wave("late", "city", Day(2026, 11, 30), Day(2026, 12, 9)), fault.Conflict},
		"bad id":          {wave("Late!", "city", Day(2027, 1, 1), Day(2027, 2, 1)), fault.Invalid},
		"bad campaign":    {wave("late", "", Day(2027, 1, 1), Day(2027, 2, 1)), fault.Invalid},
		"backward":        {wave("late", "city", Day(2027, 2, 1), Day(2027, 1, 1)), fault.Invalid},
		"without a title": {Wave{Doc: store.Doc{ID: "late"}, Campaign: "city", Opens: store.At(Day(2027, 1, 1)), Closes: store.At(Day(2027, 2, 1))}, fault.Invalid},
	} {
		if err := s.Add(ctx, c.w); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Add(ctx, wave("survey", "city", Day(2026, 11, 1), Day(2026, 12, 1), "poll")); err != nil {
		t.Fatalf("another instrument at the same time: %v", err)
	}
	if len(s.Waves()) != 2 || !s.KnowsCampaign("city") || s.KnowsCampaign("schools") {
		t.Fatal(s.Waves())
	}
	other, err := New(ctx, e, Config{}, fixedClock)
	if err != nil {
		t.Fatal(err)
	}
	if w, ok := other.ByID("autumn"); !ok || w.Title.UK != "autumn" || !w.Opens.Equal(Day(2026, 11, 1)) {
		t.Fatal("a stored wave is not read back")
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	s, err := New(ctx, engine(t), Config{}, fixedClock)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []Wave{
		wave("first", "city", Day(2026, 10, 1), Day(2026, 11, 15)),
		wave("second", "city", Day(2026, 11, 15), Day(2026, 12, 15)),
		wave("school", "schools", Day(2026, 11, 1), Day(2026, 12, 1), "teacher"),
	} {
		if err := s.Add(ctx, w); err != nil {
			t.Fatal(err)
		}
	}
	hour := time.Hour
	inFirst, inSecond := Day(2026, 11, 14), Day(2026, 11, 16)
	for name, c := range map[string]struct {
		p    Placement
		id   string
		late bool
	}{
		"open":                     {Placement{"test", "", inSecond, inSecond.Add(hour), inSecond.Add(hour)}, "second", false},
		"late goes to its time":    {Placement{"test", "", inFirst, inFirst.Add(hour), inSecond}, "first", true},
		"begun before, ended now":  {Placement{"test", "", inFirst, inSecond, inSecond}, "second", false},
		"too late for the first":   {Placement{"test", "", inFirst, inFirst.Add(hour), Day(2026, 11, 29)}, "second", false},
		"a moment before too late": {Placement{"test", "", inFirst, inFirst.Add(hour), Day(2026, 11, 29).Add(-time.Second)}, "first", true},
		"campaign":                 {Placement{"teacher", "schools", inSecond, inSecond, inSecond}, "school", false},
		"instrument not taken":     {Placement{"test", "schools", inSecond, inSecond, inSecond}, "", false},
		"before all":               {Placement{"test", "", inFirst, inFirst, Day(2026, 9, 30)}, "", false},
		"unknown campaign":         {Placement{"test", "x", inSecond, inSecond, inSecond}, "", false},
	} {
		w, late, ok := s.Place(c.p)
		if ok != (c.id != "") || late != c.late || ok && w.ID != c.id {
			t.Errorf("%s: %+v late %v", name, w, late)
		}
	}
	if w, ok := s.Open("test"); !ok || w.ID != "second" {
		t.Error("no wave is open now")
	}
	if Day(2026, 11, 15).UTC().Hour() != 22 {
		t.Error("a day begins in Kyiv")
	}
}
