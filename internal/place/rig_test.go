package place

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/i18n"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

// rig is a register in a fresh store with a clock of its own.
type rig struct {
	*Service
	t      *testing.T
	ctx    context.Context
	mu     sync.Mutex
	at     time.Time
	acts   []audit.Event
	editor *person.Actor
	engine store.Engine
}

func (r *rig) Record(_ context.Context, e audit.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acts = append(r.acts, e)
	return nil
}

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = r.at.Add(d)
}

var town = City{Box: Box{48.40, 32.05, 48.62, 32.50}}

var quarters = []Named{{"fortechnyi", i18n.Text{UK: "Фортечний", EN: "Fortechnyi"}}, {"podilskyi", i18n.Text{UK: "Подільський", EN: "Podilskyi"}}, {"nove", i18n.Text{UK: "Нове", EN: "Nove"}}}

func newRig(t *testing.T) *rig {
	t.Helper()
	ctx := context.Background()
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(ctx, Specs()); err != nil {
		t.Fatal(err)
	}
	files, err := disk.Open(filepath.Join(t.TempDir(), "media"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	r := &rig{t: t, ctx: ctx, at: time.Date(2026, 11, 25, 8, 30, 0, 0, time.UTC), engine: engine} // Wednesday 10:30 in Kyiv
	r.editor = staff(person.Editor, "")
	r.Service, err = New(ctx, Options{Engine: engine, Media: files, Audit: r, City: town, Districts: quarters, Now: r.clock})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func staff(role person.Role, at string) *person.Actor {
	return &person.Actor{Person: person.ID("u-" + role.String()), Grants: []person.Grant{{Role: role, Place: at}}, Strong: true, Fresh: true, Where: "test"}
}

func (r *rig) add(p *Place) *Place {
	r.t.Helper()
	if p.Kind == "" {
		p.Kind = Hub
	}
	q, err := r.Add(r.ctx, r.editor, p)
	if err != nil {
		r.t.Fatal(err)
	}
	return q
}

func named(name string) *Place {
	return &Place{Kind: Library, Name: i18n.Text{UK: name, EN: name + " (en)"}, Address: i18n.Text{UK: "вул. Вигадана, 1"}, Point: &Point{48.51, 32.26}}
}
