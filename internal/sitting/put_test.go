package sitting

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"osvitlo/internal/fault"
)

func TestPutStates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw    []byte
		state  State
		reason string
	}{
		"counted":                        {body(full(30)), Counted, ""},
		"no sex":                         {body(full(30), about("sex", nil)), Unweightable, ReasonNoSex},
		"no age":                         {body(full(30), about("age_group", nil), about("age", nil)), Unweightable, ReasonNoAge},
		"age alone":                      {body(full(30), about("age_group", nil)), Counted, ""},
		"no consent":                     {body(full(30), set("consent", []string{})), NotConsented, ReasonNoConsent},
		"practice":                       {body(full(30), set("purpose", "practice")), Practice, ReasonPurpose},
		"certificate":                    {body(full(30), set("purpose", "certificate")), Practice, ReasonPurpose},
		"under 14":                       {body(full(30), about("age_group", "under-14"), about("age", nil)), Excluded, ReasonUnder14},
		"13 years":                       {body(full(30), about("age_group", nil), about("age", 13)), Excluded, ReasonUnder14},
		"abroad":                         {body(full(30), about("lives", "abroad")), Excluded, ReasonElsewhere},
		"elsewhere":                      {body(full(30), about("lives", "elsewhere-ua")), Excluded, ReasonElsewhere},
		"lives refused":                  {body(full(30), about("lives", "refused")), Excluded, ReasonLivesUnsaid},
		"no answers":                     {body(map[string]any{}), Excluded, ReasonNoAnswers},
		"background only":                {body(map[string]any{"helped": "no"}), Excluded, ReasonNoAnswers},
		"stopped":                        {body(map[string]any{"k11": "a", "k21": "b"}), Counted, ""},
		"took the test without internet": {body(full(12), about("internet", "no")), Counted, ""},
		"survey":                         {body(map[string]any{"gate": "shut", "must": "x"}, set("instrument", "poll"), set("version", 1)), Counted, ""},
		"short form":                     {body(map[string]any{"device": "none"}, set("instrument", "short"), set("version", 1), about("internet", "no")), Counted, ""},
		"short form online":              {body(map[string]any{"device": "none"}, set("instrument", "short"), set("version", 1)), Excluded, ReasonUsesNet},
		"known campaign":                 {body(full(1), set("campaign", "city")), Counted, ""},
		"retired 80 days ago":            {body(full(1), set("version", 1)), Counted, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			out := mustPut(t, r.Service, uid(1), c.raw)
			if out.Sitting.State != c.state || c.reason != "" && !slices.Contains(out.Sitting.Reasons, c.reason) || c.reason == "" && len(out.Sitting.Reasons) > 0 {
				t.Fatalf("%s %v, want %s %s", out.Sitting.State, out.Sitting.Reasons, c.state, c.reason)
			}
			inStream := 0
			for e, err := range r.Entries(context.Background(), 0) {
				if err != nil {
					t.Fatal(err)
				}
				tally, err := ParseTally(e.Tally)
				if err != nil || tally.Now.State != c.state {
					t.Fatalf("%q: %v", e.Tally, err)
				}
				inStream++
			}
			if want := c.state != NotConsented && c.state != Practice; (inStream == 1) != want {
				t.Fatalf("%d entries for the cells", inStream)
			}
		})
	}
}

// Faults of the body's shape do not hide those of what stands in it.
func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	raw := body(map[string]any{"k11": "zzz", "nothing": "a", "k12": "a"}, set("language", "ru"), set("mode", "telepathy"),
		set("consent", []any{"statistics", 1, "sale"}), set("campaign", "none"), set("invitation", "none"), set("submitted_at", "2026-12-24T09:54:00Z"),
		about("sex", "x"), about("district", "moon"))
	_, err := put(t, r.Service, uid(1), raw)
	count := map[string]int{}
	for _, f := range fault.As(err).Fields {
		count[f.Pointer]++
	}
	for _, p := range []string{"/language", "/mode", "/consent/1", "/consent/2", "/campaign", "/invitation", "/submitted_at", "/respondent/sex",
		"/respondent/district", "/answers/k11", "/answers/nothing"} {
		if count[p] != 1 {
			t.Errorf("%s is named %d times: %v", p, count[p], err)
		}
		delete(count, p)
	}
	if len(count) > 0 {
		t.Errorf("named without a fault: %v", count)
	}
	// a required item with a wrong answer is wrong, not absent
	_, err = put(t, r.Service, uid(1), body(map[string]any{"gate": "shut", "must": 7}, set("instrument", "poll"), set("version", 1), set("purpose", "fun")))
	if f := fault.As(err).Fields; len(f) != 2 || f[0].Pointer != "/purpose" || f[1].Pointer != "/answers/must" {
		t.Errorf("%v", err)
	}
	if _, err := put(t, r.Service, uid(1), body(full(1), set("instrument", 7), set("version", "one"))); len(fault.As(err).Fields) != 2 {
		t.Errorf("%v", err)
	}
}

func TestRetiredVersion(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	raw := body(full(1), set("version", 1))
	mustPut(t, r.Service, uid(1), raw)
	r.clock.pass(10*24*time.Hour + time.Second) // 90 days and a second
	if _, err := put(t, r.Service, uid(2), raw); !fault.Is(err, fault.Invalid) {
		t.Fatalf("taken after 90 days: %v", err)
	}
	if out := mustPut(t, r.Service, uid(1), raw); out.Created {
		t.Fatal("a replay after the retirement is not the same sitting")
	}
}

func TestPublishReadsTheDayOfRetirement(t *testing.T) {
	t.Parallel()
	old, next := *fixture(t).Versions("test")[0].Instrument, *fixture(t).Versions("test")[1].Instrument
	old.Retired = "2026-12-01"
	c, err := Publish(&next, &old)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := c.Version("test", 1)
	if want := closes; !p.Retired.Equal(want) || !p.Accepts(want.Add(Retirement-time.Second)) || p.Accepts(want.Add(Retirement)) {
		t.Fatalf("retired %v", p.Retired)
	}
	if p, ok := c.Current("test"); !ok || p.Version != 2 {
		t.Fatal(p.Version)
	}
	alone, err := Publish(&old)
	if err != nil {
		t.Fatal(err)
	}
	alone.now = func() time.Time { return noon }
	if _, ok := alone.Current("test"); !ok {
		t.Fatal("a version is current until its day comes")
	}
	alone.now = func() time.Time { return closes }
	if _, ok := alone.Current("test"); ok {
		t.Fatal("a retired version is current")
	}
	old.Retired = "soon"
	if _, err := Publish(&old); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := mustPut(t, r.Service, uid(1), body(full(20)))
	if !first.Created {
		t.Fatal("not created")
	}
	again := mustPut(t, r.Service, uid(1), body(full(20)))
	if again.Created || again.Key != first.Key || *again.Sitting.Score.Overall != *first.Sitting.Score.Overall {
		t.Fatalf("a replay answers %+v", again)
	}
	// the same content in other bytes: order, spaces, escapes, number form
	var m map[string]any
	_ = json.Unmarshal(body(full(20)), &m)
	other, _ := json.MarshalIndent(m, "", "\t")
	text := strings.Replace(strings.Replace(string(other), `"version": 2`, `"version": 2.0e0`, 1), `"female"`, `"f\u0065male"`, 1)
	if text == string(other) {
		t.Fatal("the test changed nothing")
	}
	if out, err := put(t, r.Service, uid(1), []byte(text)); err != nil || out.Created {
		t.Fatalf("JCS equality: %v", err)
	}
	for _, raw := range [][]byte{body(full(19)), body(full(20), about("age", 64)), body(full(20), without("campaign")), body(full(20), set("language", "en"))} {
		if _, err := put(t, r.Service, uid(1), raw); !fault.Is(err, fault.Conflict) {
			t.Fatalf("other content: %v", err)
		}
	}
	if err := r.Erase(context.Background(), uid(1), Access{Key: first.Key}); err != nil {
		t.Fatal(err)
	}
	for _, raw := range [][]byte{body(full(20)), body(full(19)), []byte("{}"), []byte("nonsense")} {
		if _, err := put(t, r.Service, uid(1), raw); !fault.Is(err, fault.Gone) {
			t.Fatalf("after the erasure: %v", err)
		}
	}
}

func TestThousandReplaysAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	raw := body(full(20))
	var created, replayed atomic.Int64
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for range 1000 {
		wg.Go(func() {
			<-gate
			out, err := put(t, r.Service, uid(1), raw)
			switch {
			case err != nil:
				t.Error(err)
			case out.Created:
				created.Add(1)
			default:
				replayed.Add(1)
			}
		})
	}
	close(gate)
	wg.Wait()
	if created.Load() != 1 || replayed.Load() != 999 {
		t.Fatalf("%d created, %d replayed", created.Load(), replayed.Load())
	}
	n := 0
	for _, err := range r.Entries(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1 {
		t.Fatalf("%d entries for the cells", n)
	}
}
