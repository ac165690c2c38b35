package portrait

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/content"
	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/locales"
)

type journal struct {
	mu   sync.Mutex
	acts []string
}

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acts = append(j.acts, e.Action)
	return e.Check()
}

type bodies map[string]*institution.Institution

func (b bodies) ByID(id string) (*institution.Institution, bool) { i, ok := b[id]; return i, ok }

var schools = bodies{"s1": {Doc: store.Doc{ID: "s1"}, Kind: institution.School}, "s2": {Doc: store.Doc{ID: "s2"}, Kind: institution.Preschool},
	"e1": {Doc: store.Doc{ID: "e1"}, Kind: institution.Enterprise}}

var (
	head  = &person.Actor{Person: "pheadaaaaaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Coordinator, Place: "s1"}}, Strong: true, Where: "web"}
	other = &person.Actor{Person: "potheraaaaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Coordinator, Place: "s2"}}, Strong: true, Where: "web"}
	dept  = &person.Actor{Person: "pdeptaaaaaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Analyst}}, Strong: true, Fresh: true, Where: "web"}
)

type rig struct {
	*Service
	log *journal
	now time.Time
}

func open(t testing.TB) *rig {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), []store.Spec{Spec}); err != nil {
		t.Fatal(err)
	}
	book, err := selfdesc.Load(content.FS, "institutions")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{log: &journal{}, now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	if r.Service, err = New(t.Context(), Options{Engine: e, Book: book, Bodies: schools, Audit: r.log, Now: func() time.Time { return r.now }}); err != nil {
		t.Fatal(err)
	}
	return r
}

var people = map[string][]string{"learners": {"640"}, "educators": {"48"}, "educators-trained": {"20"}}

// fill answers what must be answered.
func (r *rig) fill(t testing.TB, year int) *Portrait {
	t.Helper()
	var p *Portrait
	var err error
	for _, s := range []struct {
		id     string
		values map[string][]string
	}{{"people", people}, {"equipment", map[string][]string{"devices-learners": {"90"}}}, {"rules", map[string][]string{"plan": {"no"}, "need": {"Ноутбуки"}}}} {
		if p, err = r.Save(t.Context(), head, "s1", year, s.id, r.Of("s1", year).Marks[s.id], s.values); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

var signature = Signature{Name: "Олена Вигадана", Post: "директорка", Day: "2026-11-22", Sure: true}

func TestASignedOneIsFrozen(t *testing.T) {
	t.Parallel()
	r := open(t)
	p := r.fill(t, 2026)
	if p.State() != Begun {
		t.Errorf("state %s", p.State())
	}
	p, err := r.Sign(t.Context(), head, "s1", 2026, p.Rev, signature)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := p.Last()
	if p.State() != Signed || first.N != 1 || first.Answers["learners"][0] != "640" || first.Post != "директорка" {
		t.Errorf("%s %+v", p.State(), first)
	}
	if _, err := r.Save(t.Context(), head, "s1", 2026, "people", p.Marks["people"], people); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "portrait.frozen" {
		t.Errorf("a signed one was changed: %v", err)
	}
	if p, err = r.Anew(t.Context(), head, "s1", 2026); err != nil || p.State() != Redone || p.Draft["learners"][0] != "640" {
		t.Fatalf("%v %+v", err, p)
	}
	if p, err = r.Save(t.Context(), head, "s1", 2026, "people", p.Marks["people"], map[string][]string{"learners": {"650"}, "educators": {"48"}}); err != nil {
		t.Fatal(err)
	}
	if p, err = r.Sign(t.Context(), head, "s1", 2026, p.Rev, signature); err != nil {
		t.Fatal(err)
	}
	one, _ := p.Version(1)
	two, _ := p.Version(2)
	if one.Answers["learners"][0] != "640" || two.Answers["learners"][0] != "650" || len(two.Answers["educators-trained"]) != 0 {
		t.Errorf("%v %v", one.Answers, two.Answers)
	}
	if !slices.Contains(r.log.acts, "self-description.sign") {
		t.Error("the signing is not in the audit log")
	}
}

func TestTwoEditorsOfOneSection(t *testing.T) {
	t.Parallel()
	r := open(t)
	if _, err := r.Save(t.Context(), head, "s1", 2026, "people", 0, people); err != nil {
		t.Fatal(err)
	}
	_, err := r.Save(t.Context(), head, "s1", 2026, "people", 0, map[string][]string{"learners": {"1"}})
	if !fault.Is(err, fault.Conflict) || r.Of("s1", 2026).Draft["learners"][0] != "640" {
		t.Errorf("%v %v", err, r.Of("s1", 2026).Draft)
	}
	// different sections at the same moment: all are kept
	var wg sync.WaitGroup
	failed := make([]error, 4)
	for n, s := range []struct {
		id     string
		values map[string][]string
	}{{"network", map[string][]string{"speed-down": {"94,5"}}}, {"power", map[string][]string{"power-backup": {"none"}}}, {"systems", map[string][]string{"site": {"yes"}}}, {"support", map[string][]string{"it-support": {"city"}}}} {
		wg.Go(func() { _, failed[n] = r.Save(t.Context(), head, "s1", 2026, s.id, 0, s.values) })
	}
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			t.Error(err)
		}
	}
	d := r.Of("s1", 2026).Draft
	if d["speed-down"][0] != "94.5" || d["power-backup"][0] != "none" || d["site"][0] != "yes" || d["it-support"][0] != "city" || d["learners"][0] != "640" {
		t.Errorf("%v", d)
	}
}

func TestSigningAsksForEverythingItNeeds(t *testing.T) {
	t.Parallel()
	r := open(t)
	p, err := r.Save(t.Context(), head, "s1", 2026, "people", 0, people)
	if err != nil {
		t.Fatal(err)
	}
	pointer := func(err error) string {
		if f := fault.As(err); f != nil && len(f.Fields) > 0 {
			return f.Fields[0].Pointer
		}
		return fmt.Sprint(err)
	}
	if _, err := r.Sign(t.Context(), head, "s1", 2026, p.Rev, signature); pointer(err) != "missing" {
		t.Errorf("required fields are empty: %v", err)
	}
	p = r.fill(t, 2026)
	for want, change := range map[string]func(*Signature){
		"signer": func(s *Signature) { s.Name = " " }, "post": func(s *Signature) { s.Post = strings.Repeat("а", 121) },
		"day": func(s *Signature) { s.Day = "2026-11-23" }, "sure": func(s *Signature) { s.Sure = false },
	} {
		s := signature
		change(&s)
		if _, err := r.Sign(t.Context(), head, "s1", 2026, p.Rev, s); pointer(err) != want {
			t.Errorf("want %s: %v", want, err)
		}
	}
	if _, err := r.Sign(t.Context(), head, "s1", 2026, p.Rev-1, signature); !fault.Is(err, fault.Conflict) {
		t.Errorf("a draft that was changed since was signed: %v", err)
	}
	for name, err := range map[string]error{
		"another school": second(r.Sign(t.Context(), other, "s1", 2026, p.Rev, signature)), "the department": second(r.Save(t.Context(), dept, "s1", 2026, "people", 0, people)),
		"an enterprise": second(r.Save(t.Context(), dept, "e1", 2026, "people", 0, people)), "an old year": second(r.Save(t.Context(), head, "s1", 2020, "people", 0, people)),
		"a year to come": second(r.Save(t.Context(), head, "s1", 2027, "people", 0, people)), "no section": second(r.Save(t.Context(), head, "s1", 2026, "sauna", 0, people)),
	} {
		if err == nil {
			t.Errorf("%s was let through", name)
		}
	}
	if _, err := r.Save(t.Context(), head, "s1", 2026, "people", r.Of("s1", 2026).Marks["people"], map[string][]string{"learners": {"багато"}}); pointer(err) != "learners" {
		t.Errorf("a number in words: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestCopyFillsWhatIsEmptyOnly(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.now = r.now.AddDate(-1, 0, 0)
	p := r.fill(t, 2025)
	s := signature
	s.Day = "2025-11-20"
	if _, err := r.Sign(t.Context(), head, "s1", 2025, p.Rev, s); err != nil {
		t.Fatal(err)
	}
	r.now = r.now.AddDate(1, 0, 0)
	if _, err := r.Save(t.Context(), head, "s1", 2026, "people", 0, map[string][]string{"learners": {"700"}}); err != nil {
		t.Fatal(err)
	}
	p, err := r.Copy(t.Context(), head, "s1", 2026)
	if err != nil || p.Draft["learners"][0] != "700" || p.Draft["educators"][0] != "48" || p.Draft["need"][0] != "Ноутбуки" {
		t.Fatalf("%v %v", err, p.Draft)
	}
	if _, err := r.Copy(t.Context(), other, "s2", 2026); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing to copy: %v", err)
	}
	if got := r.Years(); !slices.Equal(got, []int{2025}) {
		t.Errorf("years %v", got)
	}
}

func TestPublishingShowsOnlyWhatMayBeShown(t *testing.T) {
	t.Parallel()
	r := open(t)
	p := r.fill(t, 2026)
	if n, err := r.Publish(t.Context(), dept, 2026, []string{"s1", "s2"}, "наказ № 5"); n != 0 || err != nil {
		t.Errorf("a draft was published: %d %v", n, err)
	}
	if _, err := r.Sign(t.Context(), head, "s1", 2026, p.Rev, signature); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Publish(t.Context(), dept, 2026, []string{"s1"}, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a decision: %v", err)
	}
	if _, err := r.Publish(t.Context(), head, 2026, []string{"s1"}, "наказ"); err == nil {
		t.Error("a school published itself")
	}
	if n, err := r.Publish(t.Context(), dept, 2026, []string{"s1", "s2"}, "наказ № 5"); n != 1 || err != nil {
		t.Fatalf("%d %v", n, err)
	}
	words, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	p = r.Of("s1", 2026)
	lines, err := r.Open(p, words.Lang(i18n.Ukrainian))
	if err != nil || len(lines) == 0 || p.State() != Shown {
		t.Fatalf("%v %d lines, %s", err, len(lines), p.State())
	}
	for _, l := range lines {
		if !l.Open || strings.Contains(l.Value, "Ноутбуки") || l.ID == "devices-learners" {
			t.Errorf("%s %q is for the department only", l.ID, l.Value)
		}
	}
	// a newer version is not published by itself
	if p, err = r.Anew(t.Context(), head, "s1", 2026); err != nil {
		t.Fatal(err)
	}
	if p, err = r.Save(t.Context(), head, "s1", 2026, "people", p.Marks["people"], map[string][]string{"learners": {"1"}, "educators": {"1"}}); err != nil {
		t.Fatal(err)
	}
	if p, err = r.Sign(t.Context(), head, "s1", 2026, p.Rev, signature); err != nil || p.State() != Signed {
		t.Fatalf("%v %s", err, p.State())
	}
	if again, _ := r.Open(p, words.Lang(i18n.Ukrainian)); len(again) != len(lines) || again[0].Value != lines[0].Value {
		t.Errorf("the published version moved: %v", again)
	}
	if n, err := r.Hide(t.Context(), dept, 2026, []string{"s1"}); n != 1 || err != nil || len(r.Public(2026)) != 0 {
		t.Errorf("%d %v", n, err)
	}
}
