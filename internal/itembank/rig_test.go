package itembank

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	files "osvitlo/content"
	"osvitlo/internal/audit"
	"osvitlo/internal/content"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

var noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// library is the content of the repository, loaded once.
var library = sync.OnceValue(func() *content.Library {
	lib, problems := content.LoadAt(files.FS, noon)
	if content.Failed(problems) {
		panic("the content is broken")
	}
	return lib
})

// answered is a stream of sittings for tests.
type answered struct{ list []*sitting.Sitting }

func (a *answered) All(context.Context) iter.Seq2[*sitting.Sitting, error] {
	return func(yield func(*sitting.Sitting, error) bool) {
		for _, s := range a.list {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// journal is an audit log that takes what the real one takes.
type journal struct {
	mu   sync.Mutex
	acts []string
}

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acts = append(j.acts, e.Action+" "+e.Subject)
	return e.Check()
}

type rig struct {
	*Service
	log      *journal
	sittings *answered
	engine   store.Engine
	opts     Options
	clock    time.Time
}

func newRig(t testing.TB) *rig {
	t.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, Specs()); err != nil {
		t.Fatal(err)
	}
	cat, err := sitting.Publish(library().Instruments()...)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{sittings: &answered{}, engine: e, clock: noon, log: &journal{}}
	r.opts = Options{Engine: e, Library: library(), Catalogue: cat, Sample: 2000, Audit: r.log, Now: func() time.Time { return r.clock }}
	if r.Service, err = New(ctx, r.opts); err != nil {
		t.Fatal(err)
	}
	return r
}

func editor(id person.ID) *person.Actor {
	return &person.Actor{Person: id, Grants: []person.Grant{{Role: person.Editor}}, Strong: true, Fresh: true, Where: "web"}
}

// twist changes how people answer an item.
type twist func(p *personDrawn, it *instrument.Item, chance float64) float64

type personDrawn struct {
	theta float64
	doc   *sitting.Sitting
	wave  int
}

// draw makes n finished sittings of the full test: the one-parameter model on the
// intended difficulties, right or a wrong option, one in ten stopped half-way.
func draw(t testing.TB, in *instrument.Instrument, n int, waves int, seed uint64, change twist) []*sitting.Sitting {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	out := make([]*sitting.Sitting, 0, n)
	for i := range n {
		doc := &sitting.Sitting{Doc: store.Doc{ID: fmt.Sprintf("s%05d", i)}, Instrument: in.Slug, Version: in.Version, Role: sitting.RoleTest,
			Language: "uk", Mode: sitting.ModeSelf, State: sitting.Counted, Submitted: store.At(noon), Score: &sitting.Score{Form: sitting.FormFull},
			Answers: instrument.Answers{}, Spent: map[string]int{}}
		p := &personDrawn{theta: rng.NormFloat64(), doc: doc, wave: i * waves / n}
		doc.Wave = fmt.Sprintf("w%d", p.wave)
		doc.Received = store.At(noon.AddDate(0, 6*p.wave, 0))
		doc.Respondent.Sex = []sitting.Sex{sitting.Female, sitting.Male}[rng.IntN(2)]
		doc.Respondent.AgeGroup = sitting.AgeGroups[rng.IntN(7)]
		if rng.IntN(4) == 0 {
			doc.Mode = sitting.ModeMentor
		}
		stopped := rng.IntN(10) == 0
		if stopped {
			doc.Score.Form = sitting.FormStopped
		}
		for _, it := range in.Items() {
			if !it.Scored() || stopped && !in.InFirst(it.ID) {
				continue
			}
			chance := 1 / (1 + math.Exp(-(p.theta - it.Difficulty)))
			if change != nil {
				chance = change(p, it, chance)
			}
			doc.Spent[it.ID] = 20 + rng.IntN(21)
			switch right := rng.Float64() < chance; {
			case right:
				doc.Answers[it.ID] = rightAnswer(it)
			case rng.IntN(4) == 0:
				doc.Answers[it.ID] = instrument.DontKnow()
			default:
				if v := wrongAnswer(it, rng); !v.IsZero() {
					doc.Answers[it.ID] = v
				}
			}
		}
		out = append(out, doc)
	}
	return out
}

func rightAnswer(it *instrument.Item) instrument.Value {
	switch it.Type {
	case instrument.Single:
		return instrument.Word(it.Key.IDs[0])
	case instrument.Multiple, instrument.Spot, instrument.Ordering:
		return instrument.List(it.Key.IDs...)
	case instrument.Matching:
		return instrument.Pairs(it.Key.Pairs)
	case instrument.Number:
		return instrument.Num(it.Key.Range.Min)
	case instrument.Text:
		return instrument.Word(it.Accept[0])
	}
	return instrument.Value{}
}

func wrongAnswer(it *instrument.Item, rng *rand.Rand) instrument.Value {
	var wrong []string
	for _, o := range it.Options {
		if len(it.Key.IDs) == 0 || !contains(it.Key.IDs, o.ID) {
			wrong = append(wrong, o.ID)
		}
	}
	if len(wrong) == 0 {
		return instrument.Value{}
	}
	one := wrong[rng.IntN(len(wrong))]
	switch it.Type {
	case instrument.Single:
		return instrument.Word(one)
	case instrument.Multiple, instrument.Spot:
		return instrument.List(one)
	}
	return instrument.Value{}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
