package audit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// rig is a store, a seal file and a key that outlive the runs of a log.
type rig struct {
	engine store.Engine
	rows   *store.Collection[audit.Row, *audit.Row]
	cfg    audit.Config
	mu     sync.Mutex
	t      time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(ctx, audit.Specs()); err != nil {
		t.Fatal(err)
	}
	r := &rig{engine: engine, t: noon}
	if r.rows, err = store.Open[audit.Row](engine, audit.Spec); err != nil {
		t.Fatal(err)
	}
	key, err := audit.LoadKey(filepath.Join(dir, "audit-key"))
	if err != nil {
		t.Fatal(err)
	}
	r.cfg = audit.Config{Seals: filepath.Join(dir, "audit-seals"), Key: key, Now: func() time.Time {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.t = r.t.Add(time.Second)
		return r.t
	}}
	return r
}

func (r *rig) log(t *testing.T) *audit.Log {
	t.Helper()
	l, err := audit.New(context.Background(), r.engine, r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// act records n events of one actor.
func act(t *testing.T, l *audit.Log, actor string, n int) {
	t.Helper()
	for i := range n {
		if err := l.Record(context.Background(), audit.Event{Actor: actor, Action: "person.read",
			Subject: fmt.Sprintf("person:p%d", i), Where: "venue:lib-1", Why: "duty"}); err != nil {
			t.Fatal(err)
		}
	}
}

func (r *rig) verify(t *testing.T) *audit.Report {
	t.Helper()
	report, err := audit.Verify(context.Background(), r.engine, r.cfg.Seals, r.cfg.Key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// wants fails unless exactly this trouble at this row is among the findings.
func wants(t *testing.T, r *audit.Report, trouble audit.Trouble, chain string, n int64) {
	t.Helper()
	if !slices.Contains(r.Findings, audit.Finding{Trouble: trouble, Chain: chain, N: n}) {
		t.Fatalf("no %s at %s:%d in %+v", trouble, chain, n, r.Findings)
	}
}

func TestAWholeLogOverThreeRunsVerifies(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for run := range 3 {
		l := r.log(t)
		act(t, l, fmt.Sprintf("p-run%d", run), 5)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := l.Record(context.Background(), audit.Event{Actor: "a", Action: "b", Where: "c"}); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("a closed log took a row: %v", err)
		}
	}
	report := r.verify(t)
	if !report.OK() || report.Chains != 3 || report.Rows != 15 {
		t.Fatalf("got %+v", report)
	}
}

func TestVerifyFindsARemovedRow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.log(t)
	act(t, l, "p-a", 6)
	chain := l.Chain()
	_ = l.Close()
	if err := r.rows.Delete(context.Background(), chain+":0000000003", 0); err != nil {
		t.Fatal(err)
	}
	wants(t, r.verify(t), audit.Removed, chain, 3)
}

func TestVerifyFindsAChangedRowEvenWithANewHash(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.log(t)
	act(t, l, "p-a", 4)
	chain := l.Chain()
	_ = l.Close()
	row, err := r.rows.Get(context.Background(), chain+":0000000002")
	if err != nil {
		t.Fatal(err)
	}
	row.Actor = "p-somebody-else"
	if err := r.rows.Replace(context.Background(), row); err != nil {
		t.Fatal(err)
	}
	wants(t, r.verify(t), audit.Changed, chain, 2)
}

func TestVerifyFindsACutTailAndALostChain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.log(t)
	act(t, first, "p-a", 6)
	_ = first.Close()
	second := r.log(t)
	act(t, second, "p-b", 2)
	_ = second.Close()
	for n := 4; n <= 6; n++ {
		if err := r.rows.Delete(context.Background(), fmt.Sprintf("%s:%010d", first.Chain(), n), 0); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= 2; n++ {
		if err := r.rows.Delete(context.Background(), fmt.Sprintf("%s:%010d", second.Chain(), n), 0); err != nil {
			t.Fatal(err)
		}
	}
	report := r.verify(t)
	wants(t, report, audit.Cut, first.Chain(), 4)
	wants(t, report, audit.Cut, second.Chain(), 1)
}

func TestTheNextRunSealsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	crashed := r.log(t) // never closed: its rows stand behind its last seal
	act(t, crashed, "p-a", 3)
	r.log(t)
	if err := r.rows.Delete(context.Background(), crashed.Chain()+":0000000003", 0); err != nil {
		t.Fatal(err)
	}
	wants(t, r.verify(t), audit.Cut, crashed.Chain(), 3)
}

func TestForgedAndBrokenSealsShow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.log(t)
	act(t, l, "p-a", 2)
	_ = l.Close()
	raw, err := os.ReadFile(r.cfg.Seals)
	if err != nil {
		t.Fatal(err)
	}
	forged := bytes.Replace(raw, []byte(`"n":2`), []byte(`"n":1`), 1)
	if bytes.Equal(forged, raw) {
		t.Fatal("there is no seal of row 2")
	}
	if err := os.WriteFile(r.cfg.Seals, append(forged, "half a li"...), 0o600); err != nil {
		t.Fatal(err)
	}
	report := r.verify(t)
	wants(t, report, audit.BadSeal, l.Chain(), 1)
	wants(t, report, audit.NoSeal, "", 0)
}

func TestSearchRunsOnItsIndexNewestFirst(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.log(t)
	act(t, l, "p-a", 7)
	act(t, l, "p-b", 3)
	page, err := l.Search(context.Background(), audit.Filter{Actor: "p-a", Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 5 || page.Next == "" || page.Items[0].N != 7 {
		t.Fatalf("got %d rows, first %d, next %q", len(page.Items), page.Items[0].N, page.Next)
	}
	page, err = l.Search(context.Background(), audit.Filter{Actor: "p-a", Limit: 5, Cursor: page.Next})
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("second page: %d rows, %v", len(page.Items), err)
	}
	page, err = l.Search(context.Background(), audit.Filter{Subject: "person:p1"})
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("by subject: %d rows, %v", len(page.Items), err)
	}
	if _, err = l.Search(context.Background(), audit.Filter{Subject: "x", Actor: "y"}); !fault.Is(err, fault.Invalid) {
		t.Fatalf("two filters: %v", err)
	}
}

func TestNoPersonalDataPasses(t *testing.T) {
	t.Parallel()
	good := audit.Event{Actor: "p-a", Action: "person.read", Where: "web"}
	for name, e := range map[string]audit.Event{
		"a name":       {Actor: "Олена Коваль", Action: good.Action, Where: good.Where},
		"an e-mail":    {Actor: good.Actor, Action: good.Action, Subject: "olena@example.org", Where: good.Where},
		"a phone":      {Actor: good.Actor, Action: good.Action, Where: good.Where, Why: "call:380501234567"},
		"plus a phone": {Actor: good.Actor, Action: good.Action, Where: good.Where, Why: "+380501234567"},
		"free text":    {Actor: good.Actor, Action: good.Action, Where: good.Where, Why: "she asked me"},
		"nobody":       {Action: good.Action, Where: good.Where},
		"a new line":   {Actor: good.Actor, Action: "a\nb", Where: good.Where},
	} {
		if err := e.Check(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s passed: %v", name, err)
		}
	}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestManyWritersMakeOneChain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.log(t)
	var all sync.WaitGroup
	for w := range 16 {
		all.Go(func() { act(t, l, fmt.Sprintf("p-%d", w), 20) })
	}
	all.Wait()
	report, err := l.Verify(context.Background())
	if err != nil || !report.OK() || report.Rows != 320 {
		t.Fatalf("%+v, %v", report, err)
	}
}

func TestAListIsRecordedRowByRow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.log(t)
	var events []audit.Event
	for i := range 200 {
		events = append(events, audit.Event{Actor: "p-a", Action: "person.read", Subject: fmt.Sprintf("person:p%d", i), Where: "web"})
	}
	if err := l.RecordAll(context.Background(), events); err != nil {
		t.Fatal(err)
	}
	if err := l.RecordAll(context.Background(), append(events, audit.Event{Actor: "Олена"})); !fault.Is(err, fault.Invalid) {
		t.Fatalf("got %v", err)
	}
	if report, err := l.Verify(context.Background()); err != nil || !report.OK() || report.Rows != 200 {
		t.Fatalf("%+v, %v", report, err)
	}
}

func TestPrunedChainsAreNoTrouble(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.log(t)
	act(t, old, "p-a", 3)
	_ = old.Close()
	r.mu.Lock()
	r.t = r.t.Add(4 * 365 * 24 * time.Hour)
	r.mu.Unlock()
	l := r.log(t)
	act(t, l, "p-b", 2)
	gone, err := l.Prune(context.Background(), r.t.Add(-3*365*24*time.Hour))
	if err != nil || gone != 3 {
		t.Fatalf("%d rows went, %v", gone, err)
	}
	if report := r.verify(t); !report.OK() || report.Rows != 2 {
		t.Fatalf("got %+v", report)
	}
}

func TestTheKeyIsMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "key")
	a, err := audit.LoadKey(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := audit.LoadKey(name)
	if err != nil || !a.Equal(b) {
		t.Fatalf("another key: %v", err)
	}
	if err := os.WriteFile(name, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.LoadKey(name); !fault.Is(err, fault.Invalid) {
		t.Fatalf("a cut key was taken: %v", err)
	}
}
