package credential

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/course"
	"osvitlo/internal/credential/badge"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store/sqlite"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
)

const somebody = person.ID("paaaaaaaaaaaaaaaaaaaaaaaaaa")

// shelf is one course with its badge, and the badge of levels.
type shelf struct{}

func (shelf) Badges() []*badge.Badge {
	return []*badge.Badge{
		{Slug: "safe", Version: 2, Kind: badge.Course, Course: "safety", Art: "shield", Title: i18n.Text{UK: "Безпека", EN: "Safety"},
			Description: i18n.Text{UK: "Опис", EN: "Text"}, Criteria: i18n.Text{UK: "Умова", EN: "Rule"}, Competences: []string{"ua5.3"}},
		{Slug: TakenSlug, Version: 1, Kind: badge.Taken, Art: "shield", Title: i18n.Text{UK: "Участь", EN: "Taking part"}},
		{Slug: LevelSlug, Version: 1, Kind: badge.Level, Art: "shield", Title: i18n.Text{UK: "Рівень", EN: "Level"}, Competences: []string{"ua1.1"}},
	}
}
func (s shelf) Badge(slug string) (*badge.Badge, error) {
	for _, b := range s.Badges() {
		if b.Slug == slug {
			return b, nil
		}
	}
	return nil, fault.New(fault.NotFound, "")
}
func (s shelf) CourseBadge(slug string) (*badge.Badge, error) {
	if slug != "safety" {
		return nil, fault.New(fault.NotFound, "")
	}
	return s.Badge("safe")
}
func (shelf) BadgeArt(string) (svg, png []byte, err error) {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>`), tinyPNG(), nil
}
func (shelf) Course(slug string) (*course.Course, error) {
	return &course.Course{Slug: slug, Audience: []string{"teachers"}}, nil
}
func (shelf) CompetenceTitle(id string) i18n.Text {
	return i18n.Text{UK: "Уміння " + id, EN: "Skill " + id}
}

type rig struct {
	*Service
	ring *vault.Ring

	mu   sync.Mutex
	at   time.Time
	acts []string
	name string
	site string
}

func (r *rig) Record(_ context.Context, e audit.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acts = append(r.acts, e.Action+" "+e.Actor+" "+e.Why)
	return e.Check()
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = r.at.Add(d)
}

func newRig(t testing.TB, change ...func(*Config)) *rig {
	t.Helper()
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	must(t, err)
	t.Cleanup(func() { _ = engine.Close() })
	must(t, engine.Migrate(ctx, Specs()))
	keys, err := vault.ParseKeys("a:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
	must(t, err)
	r := &rig{at: noon, name: "Марія Ґалаґан", site: "https://osvitlo.example"}
	r.ring, err = vault.New(keys)
	must(t, err)
	c := Config{Engine: engine, Catalogue: shelf{}, Ring: r.ring, Secret: []byte("a secret of this test, 32 bytes!"), Audit: r,
		Address: func() string { return r.site }, Issuer: i18n.Text{UK: "Міська рада", EN: "City council"},
		Name: func(context.Context, person.ID) (string, error) { return r.name, nil }, Now: r.now}
	for _, f := range change {
		f(&c)
	}
	r.Service, err = New(c)
	must(t, err)
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// issue completes the course for a learner.
func (r *rig) issue(t testing.TB, l course.Learner) *Credential {
	t.Helper()
	doc, err := r.IssueCourse(ctx, course.Completion{Learner: l, Course: "safety", Version: 3, At: noon, Lessons: 6, Minutes: 45})
	must(t, err)
	return doc
}

// published reads the keys out of the did document, as a verifier does.
func (r *rig) published(t testing.TB) func(string) (ed25519.PublicKey, error) {
	t.Helper()
	raw, err := r.DID(ctx)
	must(t, err)
	var doc struct {
		VerificationMethod []struct{ ID, PublicKeyMultibase string }
	}
	must(t, json.Unmarshal(raw, &doc))
	return func(method string) (ed25519.PublicKey, error) {
		for _, m := range doc.VerificationMethod {
			if m.ID == method && m.PublicKeyMultibase != "" {
				return ParseMultikey(m.PublicKeyMultibase)
			}
		}
		return nil, fault.Newf(fault.Invalid, "", "no key %s", method)
	}
}

func holds(t testing.TB, text []byte, what string, yes bool) {
	t.Helper()
	if strings.Contains(string(text), what) != yes {
		t.Errorf("%q in it: %v, should be %v:\n%s", what, !yes, yes, text)
	}
}
