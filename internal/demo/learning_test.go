package demo

import (
	"context"
	"path/filepath"
	"testing"

	"osvitlo/content"
	inner "osvitlo/internal/content"
	"osvitlo/internal/course"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

// drawn draws the learners of a city of 300 and gives what came of them.
func drawn(t *testing.T, seed int64) (*course.Service, Learning) {
	t.Helper()
	ctx := context.Background()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(ctx, course.Specs()); err != nil {
		t.Fatal(err)
	}
	lib, _ := inner.LoadAt(content.FS, now)
	d := Learning{Clock: &Clock{}, Catalogue: lib, Bank: lib.Items(), Venues: []string{"one", "two"}, Mentor: "pmmmmmmmmmmmmmmmmmmmmmmmmmm",
		Learners: []course.Learner{"paaaaaaaaaaaaaaaaaaaaaaaaaa", "pbbbbbbbbbbbbbbbbbbbbbbbbbb"}}
	if d.Courses, err = course.New(course.Config{Engine: e, Catalogue: lib, Now: d.Clock.Now}); err != nil {
		t.Fatal(err)
	}
	o := Options{People: 300, Seed: seed, Now: now}
	for range 2 { // a start that was cut off draws again
		if err := DrawLearning(ctx, d, o); err != nil {
			t.Fatal(err)
		}
	}
	d.Clock.at = now
	return d.Courses, d
}

func TestLearnersAreDrawnAlike(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	one, d := drawn(t, 1)
	two, _ := drawn(t, 1)
	for _, s := range []*course.Service{one, two} {
		if err := s.CountGains(ctx); err != nil {
			t.Fatal(err)
		}
	}
	a, err := one.GainOf(ctx, busy[0].slug, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := two.GainOf(ctx, busy[0].slug, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a != b || a.N == 0 {
		t.Errorf("the same seed gives %+v and %+v", a, b)
	}
	votes, err := one.VotesOf(ctx, busy[0].slug)
	if err != nil || len(votes) == 0 {
		t.Errorf("nobody said anything: %v, %v", votes, err)
	}
	groups, err := one.Cohorts(ctx, course.ByMentor, string(d.Mentor), true, store.Cursor(""), 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(groups.Items) != 3 {
		t.Fatalf("%d groups", len(groups.Items))
	}
	waiting := 0
	for _, g := range groups.Items {
		_, list, err := one.Roster(ctx, g.ID)
		if err != nil {
			t.Fatal(err)
		}
		waiting += len(list)
	}
	if waiting != 2 {
		t.Errorf("%d wait, want 2", waiting)
	}
	tracks, err := one.Tracks(ctx, d.Learners[0])
	if err != nil || len(tracks) == 0 {
		t.Errorf("a named learner has no progress: %v", err)
	}
}
