package draft_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	files "osvitlo/content"
	"osvitlo/internal/audit"
	"osvitlo/internal/content"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

var library = sync.OnceValue(func() *content.Library {
	lib, _ := content.LoadAt(files.FS, noon)
	return lib
})

func actor(name string, role person.Role) *person.Actor {
	id := person.ID("p" + (name + strings.Repeat("0", 26))[:26])
	return &person.Actor{Person: id, Grants: []person.Grant{{Role: role}}, Strong: true, Fresh: true, Where: "web"}
}

var (
	olena = actor("olena", person.Editor)
	petro = actor("petro", person.Editor)
	admin = actor("admin", person.Administrator)
)

type journal struct {
	mu   sync.Mutex
	acts []string
}

func (j *journal) Record(_ context.Context, e audit.Event) error {
	if err := e.Check(); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acts = append(j.acts, e.Action+" "+e.Subject)
	return nil
}

type rig struct {
	t       testing.TB
	path    string
	engine  store.Engine
	s       *draft.Service
	journal *journal
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "t.db"), journal: &journal{}}
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: r.path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(ctx, draft.Specs()); err != nil {
		t.Fatal(err)
	}
	r.engine = engine
	r.s = r.again()
	return r
}

// again is another replica on the same store.
func (r *rig) again() *draft.Service {
	r.t.Helper()
	s, err := r.open(library())
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

func (r *rig) open(lib *content.Library) (*draft.Service, error) {
	return draft.New(ctx, draft.Options{Engine: r.engine, Library: lib, Files: files.FS, Audit: r.journal, Now: func() time.Time { return noon }})
}

const slug = "fraud-protection"

func (r *rig) copy() *draft.Draft {
	r.t.Helper()
	d, err := r.s.Copy(ctx, olena, "Олена", slug, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

func title(uk string) func(draft.Tree) error {
	return func(t draft.Tree) error { draft.Put(t, "/title/uk", uk); return nil }
}

func (r *rig) write(a *person.Actor, file string, do func(draft.Tree) error) *draft.Draft {
	r.t.Helper()
	d, err := r.s.Write(ctx, a, "Хтось", slug, draft.Edit{File: file, What: "save"}, do)
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

// sign has the draft read by Petro.
func (r *rig) sign() *draft.Draft {
	r.t.Helper()
	d, err := r.s.Ask(ctx, olena, "Олена", slug, "Прочитайте, будь ласка")
	if err != nil {
		r.t.Fatal(err)
	}
	if d, err = r.s.Sign(ctx, petro, "Петро Рецензент", slug, r.s.Check(d).Course.Hash, ""); err != nil {
		r.t.Fatal(err)
	}
	return d
}

func (r *rig) publish() *draft.Version {
	r.t.Helper()
	r.sign()
	v, err := r.s.Publish(ctx, olena, "Олена", slug)
	if err != nil {
		r.t.Fatal(err)
	}
	return v
}

func kind(t testing.TB, err error, want fault.Kind, key string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != want || key != "" && f.Key != key && (len(f.Fields) == 0 || f.Fields[0].Key != key) {
		t.Fatalf("got %v, want %s %s", err, want, key)
	}
}

func conflict(t testing.TB, err error) *draft.Conflict {
	t.Helper()
	var c *draft.Conflict
	if !errors.As(err, &c) {
		t.Fatalf("got %v, want a conflict", err)
	}
	return c
}
