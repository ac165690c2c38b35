package sitting

import (
	"testing"
	"time"
)

func TestWaves(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	span := func(from, to time.Time) []func(map[string]any) {
		return []func(map[string]any){set("started_at", from.Format(time.RFC3339)), set("submitted_at", to.Format(time.RFC3339))}
	}
	for name, c := range map[string]struct {
		at, from, to time.Time
		wave         string
		late         bool
	}{
		"open":                        {noon, noon.Add(-time.Hour), noon, "autumn", false},
		"begun before the opening":    {opens.Add(time.Minute), opens.Add(-time.Hour), opens, "autumn", false},
		"last moment":                 {closes.Add(-time.Second), closes.Add(-time.Hour), closes.Add(-time.Minute), "autumn", false},
		"late, inside":                {closes.Add(13 * day), closes.Add(-time.Hour), closes.Add(-time.Minute), "autumn", true},
		"late, ended outside":         {closes.Add(time.Hour), closes.Add(-time.Hour), closes.Add(time.Minute), "", false},
		"late, begun outside":         {closes.Add(time.Hour), opens.Add(-time.Minute), closes.Add(-time.Minute), "", false},
		"15 days late":                {closes.Add(15 * day), closes.Add(-time.Hour), closes.Add(-time.Minute), "", false},
		"before":                      {opens.Add(-time.Hour), opens.Add(-2 * time.Hour), opens.Add(-time.Hour), "", false},
		"clock ahead, set back":       {closes.Add(-time.Minute), closes.Add(time.Hour), closes.Add(2 * time.Hour), "autumn", false},
		"late, clock ahead, set back": {closes.Add(2 * time.Hour), closes.Add(time.Hour), closes.Add(3 * time.Hour), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.clock.t = c.at
			doc := mustPut(t, r.Service, uid(1), body(full(30), span(c.from, c.to)...)).Sitting
			if doc.Wave != c.wave || doc.Late != c.late {
				t.Fatalf("wave %q late %v", doc.Wave, doc.Late)
			}
			if c.wave == "" && (doc.State != Practice || doc.Reasons[0] != ReasonNoWave) {
				t.Fatalf("%s %v", doc.State, doc.Reasons)
			}
		})
	}
}
