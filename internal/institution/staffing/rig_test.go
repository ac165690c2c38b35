package staffing

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

type rig struct {
	*Service
	bodies *institution.Service
	engine store.Engine
	mu     sync.Mutex
	clock  time.Time
	acts   []string
	people map[person.ID]Standing
}

func (r *rig) Record(_ context.Context, e audit.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acts = append(r.acts, e.Action)
	return e.Check()
}

var analyst = &person.Actor{Person: "panalystaaaaaaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Analyst}}, Strong: true, Fresh: true, Where: "web"}

func coordinator(body string) *person.Actor {
	return &person.Actor{Person: "pcoordinatoraaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Coordinator, Place: body}}, Strong: true, Fresh: true, Where: "web"}
}

func newRig(t *testing.T) *rig {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), append(Specs(), institution.Spec)); err != nil {
		t.Fatal(err)
	}
	r := &rig{engine: e, clock: time.Date(2026, 10, 1, 9, 0, 0, 0, i18n.Kyiv), people: map[person.ID]Standing{}}
	now := func() time.Time { return r.clock }
	if r.bodies, err = institution.New(t.Context(), institution.Options{Engine: e, Audit: r, Now: now}); err != nil {
		t.Fatal(err)
	}
	r.Service, err = New(t.Context(), Options{Engine: e, Bodies: r.bodies, Secret: []byte(strings.Repeat("s", 32)), Audit: r, Rule: DefaultMarkRule(),
		Offers: func(slug, lesson string) bool {
			return (strings.HasPrefix(slug, "c") || slug == "officials") && (lesson == "" || strings.HasPrefix(lesson, "l"))
		},
		Standing: func(_ context.Context, id person.ID) (Standing, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			at, ok := r.people[id]
			if !ok {
				return Standing{}, fault.New(fault.NotFound, "")
			}
			return at, nil
		}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) body(t *testing.T, kind institution.Kind, name string, frame int) *institution.Institution {
	t.Helper()
	role := institution.Employee
	if kind == institution.Department {
		role = institution.Official
	}
	in := institution.Institution{Kind: kind, Names: []institution.Name{{Name: i18n.Text{UK: name}}}}
	if frame > 0 {
		in.Frames = []institution.Frame{{Year: 2026, Count: map[institution.Role]int{role: frame}}}
	}
	b, err := r.bodies.Add(t.Context(), analyst, in)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func someone(n int) person.ID { return person.ID(fmt.Sprintf("p%026d", n)) }

// enrol lets people from number on join.
func (r *rig) enrol(t *testing.T, body string, from, n int, at Standing) {
	t.Helper()
	codes := r.codesOf(t, body, n)
	for k, c := range codes {
		r.mu.Lock()
		r.people[someone(from+k)] = at
		r.mu.Unlock()
		if _, err := r.Join(t.Context(), someone(from+k), c.Cyrillic, Wish{}); err != nil {
			t.Fatal(err)
		}
	}
}

func (r *rig) codesOf(t *testing.T, body string, n int) []round.Code {
	t.Helper()
	codes, err := r.order(t, body, n, Term)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

// order makes codes from a page that is up to date.
func (r *rig) order(t *testing.T, body string, n, days int) ([]round.Code, error) {
	t.Helper()
	codes, _, err := r.Codes(t.Context(), coordinator(body), body, Order{N: n, Days: days, Rev: r.have(t, body).Rev})
	return codes, err
}

func (r *rig) have(t *testing.T, body string) Codes {
	t.Helper()
	b, _ := r.bodies.ByID(body)
	c, err := r.CodesOf(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *rig) look(t *testing.T) {
	t.Helper()
	r.clock = r.clock.AddDate(0, 0, 1)
	if err := r.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
}
