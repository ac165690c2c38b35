package demo

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"osvitlo/content"
	"osvitlo/internal/cityindex"
	inner "osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
)

var now = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

type rig struct {
	deps   Deps
	engine store.Engine
	sit    *sitting.Service
	waves  *survey.Service

	structure scoring.Structure
}

func newRig(t testing.TB) *rig {
	t.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, slices.Concat([]store.Spec{survey.Spec}, sitting.Specs(), cityindex.Specs())); err != nil {
		t.Fatal(err)
	}
	lib, problems := inner.LoadAt(content.FS, now)
	if inner.Failed(problems) {
		t.Fatalf("content: %v", problems)
	}
	catalogue, err := sitting.Publish(lib.Instruments()...)
	if err != nil {
		t.Fatal(err)
	}
	f, err := lib.Framework("ua-citizens-2021")
	if err != nil {
		t.Fatal(err)
	}
	var structure scoring.Structure
	for _, a := range f.Areas {
		one := scoring.AreaStructure{ID: a.ID}
		for _, c := range a.Competences {
			one.Competences = append(one.Competences, c.ID)
		}
		structure = append(structure, one)
	}
	src, err := os.ReadFile("../../content/city/kropyvnytskyi.margins.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := cityindex.ParseMargins(src)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	r := &rig{engine: e, structure: structure}
	if r.waves, err = survey.New(ctx, e, survey.Config{}, clock); err != nil {
		t.Fatal(err)
	}
	r.sit, err = sitting.New(ctx, e, catalogue, r.waves, sitting.Config{Secret: []byte("a secret of this test, 32 bytes!"), Structure: structure, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	r.deps = Deps{Sittings: r.sit, Waves: r.waves, Margins: m, BasicFrom: 20}
	return r
}

func (r *rig) index(t testing.TB) *cityindex.Service {
	t.Helper()
	s, err := cityindex.New(context.Background(), cityindex.Deps{Engine: r.engine, Sittings: r.sit, Waves: r.waves, Now: func() time.Time { return now },
		Settings: cityindex.Settings{Demo: true, Method: "1", BasicLevel: "A2", City: i18n.Text{UK: "Місто", EN: "City"}, Margins: r.deps.Margins}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryKnowledgeItemHasARightAndAWrongAnswer(t *testing.T) {
	t.Parallel()
	f, err := newForms(newRig(t).deps)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.pairs) != 30 {
		t.Fatalf("%d knowledge items", len(f.pairs))
	}
	for id, p := range f.pairs {
		if s, right, _ := p.item.Score(p.right); s != 1 || !right {
			t.Errorf("%s: the right answer scores %v", id, s)
		}
		for _, w := range p.wrong {
			if s, _, _ := p.item.Score(w); s != 0 {
				t.Errorf("%s: a wrong answer scores %v", id, s)
			}
		}
	}
}

func TestEveryOpinionIsValid(t *testing.T) {
	t.Parallel()
	f, err := newForms(newRig(t).deps)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	answered := map[instrument.Type]int{}
	for range 30 {
		for _, in := range []sitting.Published{f.short, f.poll} {
			for _, it := range in.Items() {
				if v, ok := opinion(r, it); ok {
					answered[it.Type]++
					if it.Check(v) != nil {
						t.Fatalf("%s: %v", it.ID, v)
					}
				}
			}
		}
	}
	for _, kind := range []instrument.Type{instrument.Single, instrument.Multiple, instrument.Scale} {
		if answered[kind] == 0 {
			t.Errorf("no %s item was answered", kind)
		}
	}
}

// The whole way: people answer the real instruments, the sitting service scores
// them, the index weights them, and comes close to what the model says is true.
func TestTheIndexFindsTheTruth(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	calls := 0
	truth, err := Generate(ctx, r.deps, Options{People: 1500, Seed: 1, Now: now, Progress: func(done, all int) {
		if calls++; done > all || all != 3500 {
			t.Errorf("%d of %d", done, all)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(truth) != 3 || truth[2].Wave != "2026-demo" || truth[2].People != 1500 || calls < 3 {
		t.Fatalf("%+v, %d calls", truth, calls)
	}
	s := r.index(t)
	for i, tr := range truth {
		info, err := s.Release(ctx, tr.Wave)
		if err != nil {
			t.Fatal(err)
		}
		p := s.Snapshot().View.Series[i]
		t.Logf("%s: true index %.2f, estimate %.2f ± %.2f; basic %.3f, estimate %.3f ± %.3f; n %d", info.ID, tr.Index, *p.Index.Value, *p.Index.SE, tr.AtLeastBasic, *p.AtLeastBasic.Share, *p.AtLeastBasic.SE, p.N)
		if d := math.Abs(*p.Index.Value - tr.Index); d > 3.5**p.Index.SE {
			t.Errorf("%s: index %.2f, truth %.2f", tr.Wave, *p.Index.Value, tr.Index)
		}
		if d := math.Abs(*p.AtLeastBasic.Share - tr.AtLeastBasic); d > 3.5**p.AtLeastBasic.SE {
			t.Errorf("%s: at least basic %.3f, truth %.3f", tr.Wave, *p.AtLeastBasic.Share, tr.AtLeastBasic)
		}
	}
	if v := s.Snapshot().View; v.Change == nil || v.Hundred == nil || v.Live.N < 1400 || !v.Demo {
		t.Fatalf("%+v", v.Live)
	}
}

func TestTheSameSeedGivesTheSameCity(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	a, b, c := newRig(t), newRig(t), newRig(t)
	for r, seed := range map[*rig]int64{a: 5, b: 5, c: 6} {
		if _, err := Generate(ctx, r.deps, Options{People: 60, Seed: seed, Now: now}); err != nil {
			t.Fatal(err)
		}
	}
	list := func(r *rig) (out []string) {
		for e, err := range r.sit.Entries(ctx, 0) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, e.ID+e.Tally)
		}
		return out
	}
	before := list(a)
	if !slices.Equal(before, list(b)) || slices.Equal(before, list(c)) || len(before) < 170 {
		t.Fatalf("%d, %d and %d sittings", len(before), len(list(b)), len(list(c)))
	}
	// Running it again changes nothing.
	if _, err := Generate(ctx, a.deps, Options{People: 60, Seed: 5, Now: now}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(before, list(a)) {
		t.Fatal("a second run changed the city")
	}
}
