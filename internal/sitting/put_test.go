package sitting

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/store"
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

func TestPutScores(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out := mustPut(t, r.Service, uid(1), body(full(30))).Sitting.Score
	if *out.Overall != 100 || out.Level != "C2" || out.Form != FormFull || len(out.Right) != 30 || len(out.Areas) != Areas {
		t.Fatalf("all right: %+v", out)
	}
	out = mustPut(t, r.Service, uid(2), body(full(0))).Sitting.Score
	if *out.Overall != 0 || out.Level != "A1" || len(out.Steps) != 3 || out.Steps[0].Page != "ua1-start" || out.Steps[2].Page != "ua4-start" {
		t.Fatalf("all wrong: %+v", out)
	}
	// two of five right in each area: 40, the lower bound of B1 is inclusive
	out = mustPut(t, r.Service, uid(3), body(full(12))).Sitting.Score
	if *out.Overall != 40 || out.Level != "B1" || out.LevelLow != "A2" || out.Areas[0].Word != Same {
		t.Fatalf("40 points: %+v", out)
	}
	if want := 100 * math.Sqrt(.4*.6/4) / math.Sqrt(6); math.Abs(*out.SEM-want) > 1e-9 {
		t.Fatalf("SEM %v, want %v", *out.SEM, want)
	}
	// one area all wrong, the others all right
	answers := full(30)
	for n := range 5 {
		answers["k5"+string(rune('1'+n))] = "b"
	}
	out = mustPut(t, r.Service, uid(4), body(answers)).Sitting.Score
	if out.Areas[4].Word != StartHere || out.Areas[0].Word != Stronger || out.Steps[0].Area != "ua5" {
		t.Fatalf("weak in one area: %+v", out)
	}
	// unanswered and not known are 0 in a whole form
	answers = full(30)
	delete(answers, "k13")
	answers["k14"] = map[string]any{"dont_know": true}
	out = mustPut(t, r.Service, uid(5), body(answers)).Sitting.Score
	if math.Abs(*out.Areas[0].Value-60) > 1e-9 || out.Asked != 30 {
		t.Fatalf("skipped items: %+v", out)
	}
	// the stop after the first half: the rest was not administered
	first := map[string]any{}
	for _, p := range fixture(t).Versions("test")[1].Items() {
		if fixture(t).Versions("test")[1].InFirst(p.ID) {
			first[p.ID] = "a"
		}
	}
	delete(first, "helped")
	stopped := mustPut(t, r.Service, uid(6), body(first)).Sitting
	out = stopped.Score
	if out.Form != FormStopped || stopped.Disposition != Partial || out.Asked != 12 || out.Areas[0].Word != Unknown || out.Areas[0].Value != nil {
		t.Fatalf("stopped: %+v", out)
	}
	if *out.Overall <= 40 || *out.Overall >= 100 || *out.Low >= *out.Overall || *out.High <= *out.Overall || *out.High-*out.Low < 2**mustPut(t, r.Service, uid(7), body(full(15))).Sitting.Score.SEM {
		t.Fatalf("a stop is no 40 of 100 and has a wider interval: %+v", out)
	}
}

func TestTallyOfASitting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := mustPut(t, r.Service, uid(1), body(full(12), about("age_group", "30-39"), about("age", 36))).Sitting
	tally, err := ParseTally(doc.Tally)
	if err != nil {
		t.Fatal(err)
	}
	want := Row{Wave: "autumn", Instrument: "test", Role: RoleTest, State: Counted, Sex: Female, Age: Age30to39, Broad: Broad35to59,
		District: "podilskyi", Mode: ModeSelf, Internet: InternetYes, Evidence: EvidenceOpen, Level: "B1", Low: "A2", Reached: true,
		Overall: 400000, Areas: [Areas]Points{400000, 400000, 400000, 400000, 400000, 400000}}
	if *tally.Now != want || len(tally.Was) != 0 {
		t.Fatalf("%+v\nwant %+v", *tally.Now, want)
	}
	if doc.Seq != noon.UnixMicro() {
		t.Fatalf("seq %d", doc.Seq)
	}
	if doc.Respondent.AgeBand != "35-39" || strings.Contains(string(mustJSON(t, doc)), "36") {
		t.Fatal("the age in years was kept")
	}
	offline := mustPut(t, r.Service, uid(2), body(map[string]any{"device": "none"}, set("instrument", "short"), set("version", 1), about("internet", "no"))).Sitting
	tally, _ = ParseTally(offline.Tally)
	if tally.Now.Overall != Missing || tally.Now.Reached || tally.Now.Role != RoleOffline {
		t.Fatalf("%+v", tally.Now)
	}
	if offline.Seq <= doc.Seq {
		t.Fatal("seq does not grow while the clock stands")
	}
	if next := r.again(t); next.seq.last != offline.Seq {
		t.Fatalf("a new start continues at %d, not %d", next.seq.last, offline.Seq)
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	long := strings.Repeat("x", 70)
	for name, c := range map[string]struct {
		raw     []byte
		kind    fault.Kind
		pointer string
	}{
		"empty":                   {[]byte(""), fault.Invalid, ""},
		"not an object":           {[]byte("[]"), fault.Invalid, ""},
		"trailing":                {append(body(full(1)), "{}"...), fault.Invalid, ""},
		"broken UTF-8":            {[]byte("{\"instrument\":\"\xff\xfe\"}"), fault.Invalid, "/instrument"},
		"name twice":              {[]byte(`{"answers":{"k11":"a","k11":"b"}}`), fault.Invalid, "/answers/k11"},
		"NaN":                     {[]byte(`{"version":NaN}`), fault.Invalid, "/version"},
		"deep":                    {[]byte(strings.Repeat(`{"answers":`, 5000)), fault.Invalid, strings.Repeat("/answers", 32)},
		"unknown member":          {body(full(1), set("name", "Olena")), fault.Invalid, "/name"},
		"unknown in respondent":   {body(full(1), about("phone", "1")), fault.Invalid, "/respondent/phone"},
		"no instrument":           {body(full(1), without("instrument")), fault.Invalid, "/instrument"},
		"no answers member":       {body(full(1), without("answers")), fault.Invalid, "/answers"},
		"no respondent":           {body(full(1), without("respondent")), fault.Invalid, "/respondent"},
		"other instrument":        {body(full(1), set("instrument", "nothing")), fault.Invalid, "/instrument"},
		"long instrument":         {body(full(1), set("instrument", long)), fault.Invalid, "/instrument"},
		"other version":           {body(full(1), set("version", 9)), fault.Invalid, "/version"},
		"version 1.5":             {body(full(1), set("version", 1.5)), fault.Invalid, "/version"},
		"version text":            {body(full(1), set("version", "2")), fault.Invalid, "/version"},
		"version null":            {body(full(1), set("version", nil)), fault.Invalid, "/version"},
		"language":                {body(full(1), set("language", "ru")), fault.Invalid, "/language"},
		"mode":                    {body(full(1), set("mode", "robot")), fault.Invalid, "/mode"},
		"mentor":                  {body(full(1), set("mode", "mentor")), fault.Forbidden, ""},
		"paper":                   {body(full(1), set("mode", "paper")), fault.Forbidden, ""},
		"phone":                   {body(full(1), set("mode", "phone")), fault.Forbidden, ""},
		"purpose":                 {body(full(1), set("purpose", "fun")), fault.Invalid, "/purpose"},
		"consent text":            {body(full(1), set("consent", "statistics")), fault.Invalid, "/consent"},
		"consent unknown":         {body(full(1), set("consent", []string{"statistics", "ads"})), fault.Invalid, "/consent/1"},
		"consent twice":           {body(full(1), set("consent", []string{"statistics", "statistics"})), fault.Invalid, "/consent/1"},
		"campaign":                {body(full(1), set("campaign", "other")), fault.Invalid, "/campaign"},
		"invitation":              {body(full(1), set("invitation", "ABC")), fault.Invalid, "/invitation"},
		"sex":                     {body(full(1), about("sex", "other")), fault.Invalid, "/respondent/sex"},
		"age group":               {body(full(1), about("age_group", "60-70")), fault.Invalid, "/respondent/age_group"},
		"age against group":       {body(full(1), about("age", 44)), fault.Invalid, "/respondent/age"},
		"age -1":                  {body(full(1), about("age", -1)), fault.Invalid, "/respondent/age"},
		"age 121":                 {body(full(1), about("age", 121)), fault.Invalid, "/respondent/age"},
		"age 63.5":                {body(full(1), about("age", 63.5)), fault.Invalid, "/respondent/age"},
		"district":                {body(full(1), about("district", "kyiv")), fault.Invalid, "/respondent/district"},
		"lives":                   {body(full(1), about("lives", "moon")), fault.Invalid, "/respondent/lives"},
		"internet":                {body(full(1), about("internet", true)), fault.Invalid, "/respondent/internet"},
		"started":                 {body(full(1), set("started_at", "yesterday")), fault.Invalid, "/started_at"},
		"started number":          {body(full(1), set("started_at", 5)), fault.Invalid, "/started_at"},
		"started 1970":            {body(full(1), set("started_at", "1970-01-01T00:00:00Z")), fault.Invalid, "/started_at"},
		"started long ago":        {body(full(1), set("started_at", "2025-01-01T00:00:00Z")), fault.Invalid, "/started_at"},
		"ends before it starts":   {body(full(1), set("submitted_at", "2026-11-21T09:39:00Z")), fault.Invalid, "/submitted_at"},
		"ends in a year":          {body(full(1), set("submitted_at", "2027-11-01T00:00:00Z")), fault.Invalid, "/submitted_at"},
		"answers list":            {body(full(1), set("answers", []string{})), fault.Invalid, "/answers"},
		"unknown item":            {body(map[string]any{"k99": "a"}), fault.Invalid, "/answers/k99"},
		"item with a slash":       {body(map[string]any{"a/b~": "a"}), fault.Invalid, "/answers/a~1b~0"},
		"unknown option":          {body(map[string]any{"k11": "z"}), fault.Invalid, "/answers/k11"},
		"answer null":             {body(map[string]any{"k11": nil}), fault.Invalid, "/answers/k11"},
		"answer true":             {body(map[string]any{"k11": true}), fault.Invalid, "/answers/k11"},
		"answer of another type":  {body(map[string]any{"k11": []string{"a"}}), fault.Invalid, "/answers/k11"},
		"dont_know false":         {body(map[string]any{"k11": map[string]any{"dont_know": false}}), fault.Invalid, "/answers/k11"},
		"long answer":             {body(map[string]any{"k11": strings.Repeat("a", 20000)}), fault.Invalid, "/answers/k11"},
		"required":                {body(map[string]any{"gate": "shut"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/must"},
		"required by a rule":      {body(map[string]any{"gate": "open", "must": "x"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/last"},
		"list of an option twice": {body(map[string]any{"many": []string{"open", "open"}, "must": "x"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/many"},
		"list of numbers":         {body(map[string]any{"many": []int{1}, "must": "x"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/many"},
		"pairs to nowhere":        {body(map[string]any{"pairs": map[string]any{"open": "q"}, "must": "x"}, set("instrument", "poll"), set("version", 1)), fault.Invalid, "/answers/pairs"},
	} {
		_, err := put(t, r.Service, uid(1), c.raw)
		f := fault.As(err)
		if f == nil || f.Kind != c.kind {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.kind == fault.Invalid && !slices.ContainsFunc(f.Fields, func(e fault.Field) bool {
			return strings.HasPrefix(e.Pointer, c.pointer) && (len(e.Pointer) == len(c.pointer) || e.Pointer[len(c.pointer)] == '/')
		}) {
			t.Errorf("%s: the fault is at %+v, not at %q", name, f.Fields, c.pointer)
		}
	}
	if _, err := r.sittings.Get(context.Background(), uid(1)); !fault.Is(err, fault.NotFound) {
		t.Fatal("something was stored")
	}
	// faults are named together
	_, err := put(t, r.Service, uid(1), body(map[string]any{"k11": "z", "k12": 5}, set("language", "x"), about("sex", 1)))
	if f := fault.As(err); len(f.Fields) != 2 { // the shape first
		t.Fatalf("%+v", f.Fields)
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

func TestDevice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	with := func(id int, device string, raw []byte) *Sitting {
		t.Helper()
		sub, err := Decode(raw)
		out, err := r.Put(ctx, uid(id), sub, err, device)
		if err != nil {
			t.Fatal(err)
		}
		return out.Sitting
	}
	first := with(1, "tablet", body(full(30)))
	if first.State != Counted {
		t.Fatal(first.State)
	}
	if s := with(1, "tablet", body(full(30))); s.State != Counted {
		t.Fatal("a replay is no second sitting")
	}
	if s := with(2, "tablet", body(full(30))); s.State != Excluded || s.Reasons[0] != ReasonDuplicate {
		t.Fatal(s.State, s.Reasons)
	}
	if s := with(3, "", body(full(30))); s.State != Counted {
		t.Fatal("no cookie, no duplicate")
	}
	if s := with(4, "tablet", body(full(30), set("purpose", "practice"))); s.State != Practice {
		t.Fatal(s.State)
	}
	if s := with(5, "tablet", body(map[string]any{"must": "x"}, set("instrument", "poll"), set("version", 1))); s.State != Counted {
		t.Fatal("another role is another sitting: ", s.State)
	}
	if strings.Contains(first.Device, "tablet") {
		t.Fatal("the cookie stands in the store")
	}
	// erased: the device is free again
	if err := r.Erase(ctx, uid(1), Access{Key: r.locks.resultKey(uid(1))}); err != nil {
		t.Fatal(err)
	}
	if s := with(6, "tablet", body(full(30))); s.State != Counted {
		t.Fatal(s.State)
	}
	// a crash after the tombstone: the claim still names the erased sitting
	claim, err := r.claims.Get(ctx, first.Device)
	if err != nil {
		t.Fatal(err)
	}
	claim.Sitting = uid(1)
	if err := r.claims.Replace(ctx, claim); err != nil {
		t.Fatal(err)
	}
	if s := with(7, "tablet", body(full(30))); s.State != Counted {
		t.Fatal("the claim of an erased sitting blocks the device")
	}
	// a crash after the claim: its sitting was never stored
	stale := &Claim{Doc: store.Doc{ID: claim.ID}, Sitting: uid(99), Made: store.At(r.clock.now()), Expires: claim.Expires}
	if err := r.claims.Upsert(ctx, stale); err != nil {
		t.Fatal(err)
	}
	if s := with(8, "tablet", body(full(30))); s.State != Excluded {
		t.Fatal("a write under way was overtaken")
	}
	r.clock.pass(2 * claimSlack)
	if s := with(9, "tablet", body(full(30))); s.State != Counted {
		t.Fatal("a claim without a sitting blocks the device")
	}
}

func TestOneDeviceAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var counted atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			sub, err := Decode(body(full(30)))
			out, err := r.Put(context.Background(), uid(i), sub, err, "tablet")
			if err != nil {
				t.Error(err)
			} else if out.Sitting.State == Counted {
				counted.Add(1)
			}
		})
	}
	wg.Wait()
	if counted.Load() != 1 {
		t.Fatalf("%d counted", counted.Load())
	}
}

func TestGuardedAdmission(t *testing.T) {
	t.Parallel()
	guarded := func(c *Config) { c.Guarded = true }
	r := newRig(t, guarded)
	ctx := context.Background()
	states := map[State]int{}
	var held string
	for i := range 40 {
		doc := mustPut(t, r.Service, uid(i), body(full(12))).Sitting
		states[doc.State]++
		if doc.State == Held {
			held = doc.ID
		}
	}
	if states[Counted] != 30 || states[Held] != 10 {
		t.Fatalf("%v", states)
	}
	if doc := mustPut(t, r.Service, uid(0), body(full(12))); doc.Created || doc.Sitting.State != Counted {
		t.Fatal("a replay at the full door changed its state")
	}
	if doc := mustPut(t, r.Service, uid(50), body(map[string]any{"must": "x"}, set("instrument", "poll"), set("version", 1))).Sitting; doc.State != Counted {
		t.Fatal("the bound is per instrument")
	}
	// a new start of the program knows the hour
	if doc := mustPut(t, r.again(t, guarded), uid(51), body(full(12))).Sitting; doc.State != Held {
		t.Fatal("a restart opens the door")
	}
	n := 0
	for e, err := range r.Held(ctx, "autumn") {
		if err != nil {
			t.Fatal(err)
		}
		_ = e
		n++
	}
	if n != 11 {
		t.Fatalf("%d held", n)
	}
	if err := r.Release(ctx, held, "analyst"); err != nil {
		t.Fatal(err)
	}
	if err := r.Release(ctx, held, "analyst"); !fault.Is(err, fault.NotFound) {
		t.Fatal("released twice")
	}
	doc, _ := r.sittings.Get(ctx, held)
	tally, err := ParseTally(doc.Tally)
	if err != nil || doc.State != Counted || tally.Now.State != Counted || len(tally.Was) != 1 || tally.Was[0].Row.State != Held {
		t.Fatalf("%+v %v", tally, err)
	}
	// the next hour has room again; a busy week raises the bound
	r.clock.pass(time.Hour)
	if doc := mustPut(t, r.Service, uid(60), body(full(12))).Sitting; doc.State != Counted {
		t.Fatal(doc.State)
	}
	h := r.admission.of("test")
	for i := range 100 * admissionHours {
		h.add(hourOf(r.clock.now()) - 1 - int64(i%admissionHours))
	}
	if b := h.bound(); b != 300 {
		t.Fatalf("bound %d after a week of 100 an hour", b)
	}
	r.clock.pass(9 * 24 * time.Hour)
	h.roll(hourOf(r.clock.now()))
	if h.sum != 0 || h.bound() != admissionFloor {
		t.Fatalf("a quiet week leaves %d", h.sum)
	}
}

func TestReplaysAtTheGuardedDoorCountOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Guarded = true })
	raw := body(full(12))
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if out, err := put(t, r.Service, uid(1), raw); err != nil || out.Sitting.State != Counted {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if n := r.admission.of("test").present(); n != 1 {
		t.Fatalf("%d counted at the door", n)
	}
}

func TestReject(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Guarded = true })
	for i := range 31 {
		mustPut(t, r.Service, uid(i), body(full(12)))
	}
	if err := r.Reject(context.Background(), uid(30), "analyst"); err != nil {
		t.Fatal(err)
	}
	out, err := r.Result(context.Background(), uid(30), Access{Key: r.locks.resultKey(uid(30))})
	if err != nil || out.Sitting.State != Excluded || out.Sitting.Reasons[0] != ReasonRejected {
		t.Fatalf("%+v %v", out, err)
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"0190a000-0000-7000-8000-000000000001":          true,
		"8C7F5F9E-3B0F-4B5A-9D3F-2F9A5C1B7E11":          true, // RFC 9562: read in any case
		"0190a000-0000-1000-8000-000000000001":          false,
		"0190a000-0000-7000-c000-000000000001":          false,
		"0190a000000070008000000000000001":              false,
		"{0190a000-0000-7000-8000-000000000001}":        false,
		"urn:uuid:0190a000-0000-7000-8000-000000000001": false,
		"00000000-0000-0000-0000-000000000000":          false,
		"":                                              false, "../../etc/passwd": false, strings.Repeat("a", 36): false,
	} {
		id, err := ParseID(text)
		if (err == nil) != ok || ok && id != strings.ToLower(text) {
			t.Errorf("%q: %q %v", text, id, err)
		}
	}
}

func TestAnswersEqualTheInstrumentsOwnReading(t *testing.T) {
	t.Parallel()
	poll := fixture(t).Versions("poll")[0]
	for _, raw := range []string{`"open"`, `"x"`, `["open","shut"]`, `[]`, `{"open":"x"}`, `{}`, `{"dont_know":true}`, `{"refused":true}`, `{"dont_know":false}`,
		`5`, `-1.5`, `true`, `null`, `[1]`, `[null]`, `{"open":null}`, `{"open":1}`, `["open","open"]`, `{"dont_know":true,"refused":true}`} {
		for _, it := range poll.Items() {
			want, wantErr := it.Parse(json.RawMessage(raw))
			sub, err := Decode([]byte(`{"answers":{"` + it.ID + `":` + raw + `}}`))
			if !fault.Is(err, fault.Invalid) || sub == nil {
				t.Fatal(err)
			}
			r := reader{}
			got := r.answers(poll.Instrument, sub.answers)
			if (len(r.faults) > 0) != (wantErr != nil) {
				t.Errorf("%s %s: %+v, the instrument says %+v", it.ID, raw, r.faults, wantErr)
			}
			if wantErr == nil && !got[it.ID].Equal(want) {
				t.Errorf("%s %s: %v, the instrument says %v", it.ID, raw, got[it.ID], want)
			}
		}
	}
	_ = instrument.Value{}
}
