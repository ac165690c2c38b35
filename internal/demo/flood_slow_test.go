//go:build slow

package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/audit"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/sitting"
)

// silent takes the acts of staff.
type silent struct{ acts int }

func (s *silent) RecordAll(_ context.Context, events []audit.Event) error {
	s.acts += len(events)
	return nil
}

// CONTRACT §5, issue People: in guarded, 5,000 invented open sittings within an
// hour leave the published index within its interval and raise an alert; an
// analyst finds them, and rejecting them changes no figure.
func TestFiveThousandInventedSittingsDoNotMoveTheIndex(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	if _, err := Generate(ctx, r.deps, Options{People: 3000, Seed: 1, Now: now}); err != nil {
		t.Fatal(err)
	}
	clock := now
	at := func() time.Time { return clock }
	acts := &silent{}
	guarded, err := sitting.New(ctx, r.engine, r.sit.Catalogue(), r.waves, sitting.Config{Secret: []byte("a secret of this test, 32 bytes!"),
		Guarded: true, Structure: r.structure, Audit: acts, Now: at})
	if err != nil {
		t.Fatal(err)
	}
	index, err := cityindex.New(ctx, cityindex.Deps{Engine: r.engine, Sittings: guarded, Waves: r.waves, Now: at,
		Settings: cityindex.Settings{Demo: true, Method: "1", BasicLevel: "A2", Margins: r.deps.Margins}})
	if err != nil {
		t.Fatal(err)
	}
	before := index.Snapshot().View.Live
	if before.Index.Low == nil || before.N < 2500 || *before.Held != 0 {
		t.Fatalf("%+v", before.OpenIndex)
	}

	const invented = 5000
	forms, err := newForms(r.deps)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]any{}
	for id, p := range forms.pairs {
		raw, err := json.Marshal(p.right)
		if err != nil {
			t.Fatal(err)
		}
		answers[id] = json.RawMessage(raw)
	}
	ages := []string{"14-17", "18-29", "30-39", "40-49", "50-59", "60-69", "70+"}
	states := map[sitting.State]int{}
	clock = clock.Add(25 * time.Minute) // over a full hour of the clock
	for i := range invented {
		clock = clock.Add(time.Hour / invented)
		raw, err := json.Marshal(map[string]any{"instrument": forms.test.Slug, "version": forms.test.Version, "language": "uk", "mode": "self",
			"purpose": "measurement", "campaign": nil, "invitation": nil, "consent": []string{"statistics"},
			"respondent": map[string]any{"sex": []string{"female", "male"}[i%2], "age_group": ages[i%7], "lives": "community", "internet": "yes"},
			"started_at": clock.Add(-20 * time.Minute), "submitted_at": clock, "answers": answers})
		if err != nil {
			t.Fatal(err)
		}
		sub, derr := sitting.Decode(raw)
		out, err := guarded.Put(ctx, uuid.NewString(), sub, derr, sitting.From{})
		if err != nil {
			t.Fatal(err)
		}
		states[out.Sitting.State]++
		if i%500 == 0 {
			if err := index.Tick(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := index.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	after := index.Snapshot().View.Live
	t.Logf("index %.1f (%.1f to %.1f) of %d, afterwards %.1f of %d; %v; shown as held: %d", *before.Index.Value, *before.Index.Low, *before.Index.High, before.N,
		*after.Index.Value, after.N, states, *after.Held)
	if *after.Index.Value < *before.Index.Low || *after.Index.Value > *before.Index.High {
		t.Error("the index left its interval")
	}
	if states[sitting.Held] < invented-100 || *after.Held != int64(states[sitting.Held])/10*10 {
		t.Errorf("%v, shown %d", states, *after.Held)
	}
	var alert sitting.Admission
	for _, a := range guarded.Admission() {
		if a.Instrument == forms.test.Slug {
			alert = a
		}
	}
	if !alert.Alert || alert.Held < 4000 {
		t.Errorf("no alert: %+v", alert)
	}

	// The analyst looks, and rejects all; twice changes nothing.
	by := sitting.By{Person: "panalyst"}
	var ids []string
	alike := 0
	for q := (sitting.HeldQuery{Limit: 200}); ; {
		page, err := guarded.Held(ctx, by, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Items {
			ids = append(ids, h.ID)
			if h.Quality.Has("duplicate") {
				alike++
			}
		}
		if q.After = page.Next; page.Next == 0 {
			break
		}
	}
	if len(ids) != states[sitting.Held] || alike < len(ids)*9/10 {
		t.Fatalf("%d listed, %d flagged as alike", len(ids), alike)
	}
	for round := range 2 {
		changed := 0
		for from := 0; from < len(ids); from += 1000 {
			d, err := guarded.Reject(ctx, by, ids[from:min(from+1000, len(ids))], "flood")
			if err != nil || len(d.Other) > 0 {
				t.Fatal(d, err)
			}
			changed += d.Changed
		}
		if want := []int{len(ids), 0}[round]; changed != want {
			t.Fatalf("round %d: %d changed", round, changed)
		}
	}
	if err := index.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	last := index.Snapshot().View.Live
	if *last.Held != 0 || last.N != after.N || math.Abs(*last.Index.Value-*after.Index.Value) > 1e-9 {
		t.Errorf("rejecting changed the figures: %s", fmt.Sprint(last.N, *last.Index.Value, *last.Held))
	}
	if acts.acts < len(ids) {
		t.Errorf("only %d acts were written down", acts.acts)
	}
}
