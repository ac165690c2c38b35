package person

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
)

// clock is a fixed clock that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// fakeSittings are anonymous sittings: id to proof.
type fakeSittings struct {
	mu     sync.Mutex
	proofs map[string]string
	erased []string
}

func (f *fakeSittings) Opens(_ context.Context, id, proof string) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	want, ok := f.proofs[id]
	if !ok {
		return false, fault.New(fault.NotFound, "")
	}
	return proof != "" && proof == want, nil
}

func (f *fakeSittings) Export(_ context.Context, id string) (any, error) {
	return map[string]string{"id": id, "answer": "=1+1"}, nil
}

func (f *fakeSittings) Erase(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.Contains(f.erased, id) {
		return fault.New(fault.Gone, "")
	}
	f.erased = append(f.erased, id)
	return nil
}

// fakeHolder is another package with data of people.
type fakeHolder struct {
	mu   sync.Mutex
	data map[ID]string
}

func (f *fakeHolder) Name() string { return "lessons" }

func (f *fakeHolder) Export(_ context.Context, ids []ID) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, id := range ids {
		if v, ok := f.data[id]; ok {
			out = append(out, v)
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

func (f *fakeHolder) Erase(_ context.Context, ids []ID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		delete(f.data, id)
	}
	return nil
}

type rig struct {
	*Service
	clock    *clock
	engine   store.Engine
	log      *audit.Log
	outbox   *job.Outbox
	inbox    *notify.Inbox
	sittings *fakeSittings
	holder   *fakeHolder
	dir      string
	cfg      Config
}

func keys(t testing.TB, ids ...string) *vault.Ring {
	t.Helper()
	var list []vault.Key
	for _, id := range ids {
		secret := make([]byte, 32)
		copy(secret, id)
		list = append(list, vault.Key{ID: id, Secret: secret})
	}
	ring, err := vault.New(list)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func newRig(t testing.TB) *rig {
	t.Helper()
	dir := t.TempDir()
	blank, err := blankStore()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "t.db"), blank, 0o600); err != nil {
		t.Fatal(err)
	}
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	return rigOn(t, engine, dir)
}

// blankStore is a migrated file: making its tables takes longer than most tests.
var blankStore = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "osvitlo-person")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	name := filepath.Join(dir, "t.db")
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: name})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(engine.Migrate(ctx, allSpecs()), engine.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(name)
})

func allSpecs() []store.Spec {
	return slices.Concat(Specs(), audit.Specs(), job.Specs(), notify.Specs())
}

func rigOn(t testing.TB, engine store.Engine, dir string) *rig {
	t.Helper()
	if err := engine.Migrate(ctx, allSpecs()); err != nil {
		t.Fatal(err)
	}
	r := &rig{clock: &clock{t: noon}, engine: engine, dir: dir, sittings: &fakeSittings{proofs: map[string]string{}}, holder: &fakeHolder{data: map[ID]string{}}}
	key, err := audit.LoadKey(filepath.Join(dir, "audit-key"))
	if err != nil {
		t.Fatal(err)
	}
	if r.log, err = audit.New(ctx, engine, audit.Config{Seals: filepath.Join(dir, "seals"), Key: key, Now: r.clock.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.log.Close() })
	if r.outbox, err = job.NewOutbox(engine, "test", nil, r.clock.now); err != nil {
		t.Fatal(err)
	}
	if r.inbox, err = notify.NewInbox(engine, r.clock.now); err != nil {
		t.Fatal(err)
	}
	ring := keys(t, "a")
	post, err := notify.New(r.outbox, ring, r.inbox, r.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	r.cfg = Config{Ring: ring, Secret: []byte("a secret of this test, 32 bytes!"), Audit: r.log, Mail: post, Outbox: r.outbox,
		Sittings: r.sittings, Holders: []Holder{r.holder}, Tombstones: NewTombstoneFile(filepath.Join(dir, "tombstones")),
		Notice: Notice{Version: 3, Owner: i18n.Text{UK: "Управління освіти", EN: "Department of education"}, Contact: "0522 24 00 00"}, Now: r.clock.now}
	r.Service = r.open(t, r.cfg)
	return r
}

func (r *rig) open(t testing.TB, cfg Config) *Service {
	t.Helper()
	s, err := New(r.engine, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var operator = Operator("test")

// staff makes a member of staff and the actor of a strong, fresh session.
func (r *rig) staff(t testing.TB, role Role, place string) Actor {
	t.Helper()
	p := r.adult(t, Registration{})
	if err := r.Grant(ctx, operator, p.ID, role, place, time.Time{}); err != nil {
		t.Fatal(err)
	}
	grants, err := r.Grants(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return Actor{Person: p.ID, Grants: grants, Strong: true, Fresh: true, Where: "web"}
}

// adult registers an adult by the operator.
func (r *rig) adult(t testing.TB, reg Registration) *Person {
	t.Helper()
	if reg.Born == 0 {
		reg.Adult = true
	}
	out, err := r.Register(ctx, operator, reg)
	if err != nil {
		t.Fatal(err)
	}
	return out.Person
}

func own(id ID) Actor { return Actor{Person: id, Fresh: true, Where: "web"} }

// lastCode reads the digits of the newest mail in the demo inbox.
func (r *rig) lastCode(t testing.TB, to string) string {
	t.Helper()
	if _, err := r.outbox.Work(ctx); err != nil {
		t.Fatal(err)
	}
	page, err := r.inbox.List(ctx, "", 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page.Items {
		if m.To == to {
			if found := regexp.MustCompile(`(\d{3}) (\d{3})`).FindStringSubmatch(m.Text); found != nil {
				return found[1] + found[2]
			}
		}
	}
	t.Fatalf("no code was sent to %s", to)
	return ""
}

// wants fails unless err is a fault of this kind (and key, if given).
func wants(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != kind {
		t.Fatalf("got %v, want %s %s", err, kind, key)
	}
	if key == "" || f.Key == key {
		return
	}
	for _, field := range f.Fields {
		if field.Key == key {
			return
		}
	}
	t.Fatalf("got %v, want the key %s", err, key)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
