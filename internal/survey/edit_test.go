package survey

import (
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

func edited(t *testing.T, clock func() time.Time) (*Service, store.Engine) {
	t.Helper()
	e := engine(t)
	if err := e.Migrate(ctx, Specs()); err != nil {
		t.Fatal(err)
	}
	s, err := New(ctx, e, Config{}, clock)
	if err != nil {
		t.Fatal(err)
	}
	return s, e
}

// pointers are the fields a fault names.
func pointers(err error) map[string]string {
	out := map[string]string{}
	if f := fault.As(err); f != nil {
		for _, x := range f.Fields {
			out[x.Pointer] = x.Key
		}
	}
	return out
}

func TestAPlanNamesEveryFault(t *testing.T) {
	t.Parallel()
	day := store.At(Day(2027, 1, 10))
	good := wave("spring", "city", Day(2027, 1, 1), Day(2027, 2, 1))
	for name, c := range map[string]struct {
		change       func(*Wave)
		pointer, key string
	}{
		"inverted dates":    {func(w *Wave) { w.Opens, w.Closes = w.Closes, w.Opens }, "/closes", "wave.span"},
		"no opening":        {func(w *Wave) { w.Opens = store.Time{} }, "/opens", "wave.day"},
		"longer than years": {func(w *Wave) { w.Closes = store.At(Day(2030, 1, 1)) }, "/closes", "wave.long"},
		"unknown mode":      {func(w *Wave) { w.Modes = []string{"self", "fax"} }, "/modes", "wave.mode"},
		"mode twice":        {func(w *Wave) { w.Modes = []string{"self", "self"} }, "/modes", "wave.mode"},
		"empty category":    {func(w *Wave) { w.Targets = []Target{{Sex: "female", Age: "70+"}} }, "/targets/female.70+", "wave.target_empty"},
		"category twice":    {func(w *Wave) { w.Targets = []Target{{District: "nove", N: 1}, {District: "nove", N: 2}} }, "/targets/nove", "wave.target_twice"},
		"unknown age":       {func(w *Wave) { w.Targets = []Target{{Sex: "male", Age: "18-24", N: 5}} }, "/targets/male.18-24", "wave.target_unknown"},
		"empty frame":       {func(w *Wave) { w.Frame = &Frame{What: i18n.Text{UK: "x", EN: "x"}} }, "/frame/size", "wave.frame_size"},
		"frame of what":     {func(w *Wave) { w.Frame = &Frame{Size: 5} }, "/frame/what", "wave.frame_what"},
		"sample undrawn":    {func(w *Wave) { w.Sample = &Sample{ID: "a", Title: w.Title, Size: 5, Drawn: "32.13"} }, "/sample/drawn", "wave.sample_drawn"},
		"sample of nobody":  {func(w *Wave) { w.Sample = &Sample{ID: "a", Title: w.Title, Drawn: "2026-12-01"} }, "/sample/size", "wave.sample_size"},
	} {
		w := good
		c.change(&w)
		err := w.Check()
		if !fault.Is(err, fault.Invalid) || pointers(err)[c.pointer] != c.key {
			t.Errorf("%s: %v %v", name, err, pointers(err))
		}
	}
	good.Sample = &Sample{ID: "draw-1", Title: good.Title, Drawn: "2026-12-01", Size: 900}
	good.Frame = &Frame{Size: 900, What: good.Title}
	good.Targets = []Target{{Sex: "female", Age: "70+", N: 40}, {District: "nove", N: 20}}
	good.Modes = []string{"phone", "self"}
	if err := good.Check(); err != nil || !good.OpenAt(day.Time) || !good.TakesMode("phone") || good.TakesMode("paper") {
		t.Error(err)
	}
}

func TestEditExtendClose(t *testing.T) {
	t.Parallel()
	at := now
	s, e := edited(t, func() time.Time { return at })
	if err := s.Add(ctx, wave("winter", "city", Day(2026, 12, 1), Day(2027, 1, 1))); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(ctx, wave("spring", "city", Day(2027, 3, 1), Day(2027, 4, 1))); err != nil {
		t.Fatal(err)
	}
	w, err := s.Get(ctx, "winter")
	if err != nil {
		t.Fatal(err)
	}
	w.Targets = []Target{{Sex: "female", Age: "70+", N: 40}}
	w.Closes = store.At(Day(2027, 1, 5))
	if err := s.Edit(ctx, *w); err != nil {
		t.Fatal(err)
	}
	if err := s.Edit(ctx, *w); !fault.Is(err, fault.Conflict) {
		t.Fatalf("an old revision was taken: %v", err)
	}
	w, _ = s.Get(ctx, "winter")
	over := *w
	over.Closes = store.At(Day(2027, 3, 2))
	if err := s.Edit(ctx, over); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "wave.overlaps" {
		t.Fatalf("overlapping: %v", err)
	}
	past := *w
	past.Opens = store.At(Day(2026, 11, 1))
	if err := s.Edit(ctx, past); pointers(err)["/opens"] != "wave.past" {
		t.Fatalf("an opening in the past: %v", err)
	}
	if err := s.CloseEarly(ctx, "winter", w.Rev); !fault.Is(err, fault.Conflict) {
		t.Fatalf("closed before it opened: %v", err)
	}

	at = Day(2026, 12, 10)
	other := *w
	other.Modes = []string{"paper"}
	if err := s.Edit(ctx, other); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "wave.opened" {
		t.Fatalf("modes changed in an open wave: %v", err)
	}
	titled := *w
	titled.Title = i18n.Text{UK: "зима", EN: "winter"}
	if err := s.Edit(ctx, titled); err != nil {
		t.Fatalf("a title may change: %v", err)
	}
	w, _ = s.Get(ctx, "winter")
	if err := s.Extend(ctx, "winter", w.Rev, Day(2027, 1, 2)); pointers(err)["/closes"] != "wave.extend_later" {
		t.Fatalf("extended backward: %v", err)
	}
	if err := s.Extend(ctx, "winter", w.Rev, Day(2027, 1, 20)); err != nil {
		t.Fatal(err)
	}
	if err := s.CloseEarly(ctx, "winter", w.Rev); !fault.Is(err, fault.Conflict) {
		t.Fatalf("an old revision closed it: %v", err)
	}
	w, _ = s.Get(ctx, "winter")
	if err := s.CloseEarly(ctx, "winter", w.Rev); err != nil {
		t.Fatal(err)
	}
	w, _ = s.Get(ctx, "winter")
	if w.OpenAt(at) || len(w.History) != 2 || !w.History[1].To.Equal(at) {
		t.Fatalf("%+v", w)
	}
	at = at.Add(time.Hour)
	if err := s.Extend(ctx, "winter", w.Rev, Day(2027, 2, 1)); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "wave.closed" {
		t.Fatalf("a closed wave was opened again: %v", err)
	}
	// Another replica sees the same plan.
	again, err := New(ctx, e, Config{}, fixedClock)
	if err != nil {
		t.Fatal(err)
	}
	if h, _ := again.ByID("winter"); h.Title.EN != "winter" || len(h.Targets) != 1 {
		t.Fatalf("%+v", h)
	}
}

func TestCampaigns(t *testing.T) {
	t.Parallel()
	s, _ := edited(t, fixedClock)
	if err := s.Add(ctx, wave("winter", "city", Day(2026, 12, 1), Day(2027, 1, 1))); err != nil {
		t.Fatal(err)
	}
	bad := Campaign{Doc: store.Doc{ID: "A b"}, Modes: []string{"fax"}, Instruments: []string{"x", "x"}}
	if err := s.SaveCampaign(ctx, bad); len(pointers(err)) != 4 {
		t.Fatalf("%v", pointers(err))
	}
	c := Campaign{Doc: store.Doc{ID: "schools"}, Title: i18n.Text{UK: "школи", EN: "schools"}, Instruments: []string{"teacher-test"}}
	if err := s.SaveCampaign(ctx, c); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveCampaign(ctx, c); !fault.Is(err, fault.Conflict) {
		t.Fatalf("stored twice: %v", err)
	}
	list, err := s.Campaigns(ctx)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v %v", list, err)
	}
	for _, x := range list {
		if x.ID == "schools" {
			x.Modes = []string{"self"}
			if err := s.SaveCampaign(ctx, *x); err != nil {
				t.Fatal(err)
			}
		}
	}
}
