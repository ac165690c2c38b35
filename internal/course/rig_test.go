package course

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/job"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
)

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

type shelf []*Course

func (s shelf) Courses() []*Course { return s }
func (s shelf) Course(slug string) (*Course, error) {
	for _, c := range s {
		if c.Slug == slug {
			return c, nil
		}
	}
	return nil, fault.New(fault.NotFound, "")
}

// knowledge is a single item whose right option is a.
func knowledge(t testing.TB, id, competence string, b float64) *instrument.Item {
	t.Helper()
	it, err := instrument.DecodeItem([]byte(fmt.Sprintf(`{"id":%q,"version":1,"type":"single","measures":"knowledge","level":"A1","difficulty":%g,
		"stem":{"uk":"Що"},"options":[{"id":"a","text":{"uk":"Так"}},{"id":"b","text":{"uk":"Ні"}}],"key":["a"],"explain":{"uk":"Бо"}}`, id, b)), competence)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// made is a course of lessons at the levels given, with a final check of four items.
func made(t testing.TB, slug, competence string, levels ...string) *Course {
	t.Helper()
	c := &Course{Slug: slug, Version: 1, Competences: []string{competence}, Audience: []string{"everyone"},
		Levels: lesson.Span{From: levels[0], To: levels[len(levels)-1]}}
	for i, level := range levels {
		l := &Lesson{Slug: fmt.Sprintf("l%d", i+1), Level: level, Minutes: 5, Competences: []string{competence}}
		for _, raw := range []string{
			`{"id":"read","type":"text","text":{"uk":"Читаємо."}}`,
			`{"id":"film","type":"video","seconds":30,"transcript":{"uk":"Слова."}}`,
			`{"id":"spot","type":"imitation","kind":"message","brand":"Банк","task":{"uk":"Де"},"feedback":{"uk":"Ось"},"elements":[
				{"id":"x","kind":"text","text":{"uk":"Код"},"suspicious":true,"feedback":{"uk":"Так"}},
				{"id":"y","kind":"text","text":{"uk":"День"},"feedback":{"uk":"Ні"}}]}`,
			`{"id":"quiz","type":"check","item":{}}`,
			`{"id":"todo","type":"checklist","items":[{"id":"one","text":{"uk":"Раз"}},{"id":"two","text":{"uk":"Два"}}]}`,
			`{"id":"end","type":"summary","sentences":[{"uk":"Все."}]}`,
		} {
			var a Activity
			if err := json.Unmarshal([]byte(raw), &a); err != nil {
				t.Fatal(err)
			}
			if check, ok := a.Body.(*lesson.Check); ok {
				check.Item = knowledge(t, slug+"-"+l.Slug, competence, -2)
			}
			l.Activities = append(l.Activities, a)
		}
		c.Lessons = append(c.Lessons, l)
		c.Order = append(c.Order, l.Slug)
	}
	c.Final = &Final{Course: slug, Pass: 70}
	for i := range 4 {
		c.Final.Items = append(c.Final.Items, knowledge(t, fmt.Sprintf("f%d", i), competence, -2))
	}
	return c
}

type rig struct {
	*Service
	clock  *clock
	engine store.Engine
	outbox *job.Outbox
	cfg    Config
	told   map[string][]json.RawMessage
	city   *city
}

// city is what the index says; nothing at first.
type city struct{ at *Standing }

func (c *city) Standing(context.Context) (*Standing, error) { return c.at, nil }

func newRig(t testing.TB) *rig {
	t.Helper()
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "course.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(ctx, append(Specs(), job.Specs()...)); err != nil {
		t.Fatal(err)
	}
	r := &rig{clock: &clock{t: noon}, engine: engine, told: map[string][]json.RawMessage{}, city: &city{}}
	if r.outbox, err = job.NewOutbox(engine, "test", nil, r.clock.now); err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{TopicCompleted, TopicSeat, TopicProofDue} {
		if err := r.outbox.Handle(topic, func(_ context.Context, d job.Delivery) error {
			r.told[d.Topic] = append(r.told[d.Topic], d.Payload)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	r.cfg = Config{Engine: engine, Outbox: r.outbox, City: r.city, Now: r.clock.now,
		Catalogue: shelf{made(t, "fraud", "ua5.3", "A1", "A1", "A2"), made(t, "phone", "ua1.1", "A1", "A2"), made(t, "search", "ua2.1", "B1", "B2")}}
	if r.Service, err = New(r.cfg); err != nil {
		t.Fatal(err)
	}
	return r
}

// work empties the outbox.
func (r *rig) work(t testing.TB) {
	t.Helper()
	if _, err := r.outbox.Work(ctx); err != nil {
		t.Fatal(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pupil is the n-th person.
func pupil(n int) Learner {
	return Learner("p" + strings.Repeat("a", 20) + strings.NewReplacer("0", "a", "1", "b", "8", "c", "9", "d").Replace(fmt.Sprintf("%06d", n)))
}

// right answers every item of a list with a, or b.
func answers(items []*instrument.Item, option string) instrument.Answers {
	out := instrument.Answers{}
	for _, it := range items {
		var v instrument.Value
		_ = json.Unmarshal([]byte(`"`+option+`"`), &v)
		out[it.ID] = v
	}
	return out
}

func finishLesson(course, slug string, at time.Time) []Mark {
	return []Mark{
		{Kind: Opened, Course: course, Lesson: slug, At: at},
		{Kind: Done, Course: course, Lesson: slug, Activity: "read", At: at},
		{Kind: Answered, Course: course, Lesson: slug, Activity: "spot", Chosen: []string{"x"}, At: at},
		{Kind: Answered, Course: course, Lesson: slug, Activity: "quiz", Answer: json.RawMessage(`"a"`), At: at},
		{Kind: Done, Course: course, Lesson: slug, Activity: "end", At: at},
	}
}

func (r *rig) final(course string) []*instrument.Item {
	c, err := r.cfg.Catalogue.Course(course)
	if err != nil {
		return nil
	}
	return c.Final.Items
}
