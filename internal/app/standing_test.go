package app_test

import (
	"context"
	"math"
	"testing"
)

// What gains of courses are compared with is the latest release, no other.
func TestTheStandingIsThatOfTheLatestRelease(t *testing.T) {
	t.Parallel()
	a, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	at, err := a.Standing(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := a.Index.Snapshot().View.Official
	if at == nil || out == nil || at.Release != out.ID || at.Whole.Mean != *out.Index.Value || at.Wave != out.WaveTitle {
		t.Fatalf("%+v", at)
	}
	if at.People < 100 || !(at.Whole.Alpha > 0.5 && at.Whole.Alpha < 1) || len(at.Whole.Items) < 12 {
		t.Errorf("%d whole forms, alpha %v of %d items", at.People, at.Whole.Alpha, len(at.Whole.Items))
	}
	items := 0
	for _, g := range out.Areas {
		s, published := at.Areas[g.ID]
		if published != (g.Value != nil) || published && (s.Mean != *g.Value || s.SE != *g.SE || len(s.Items) < 3 || math.IsNaN(s.Alpha)) {
			t.Errorf("%s: %+v", g.ID, s)
		}
		items += len(s.Items)
	}
	if items > len(at.Whole.Items) {
		t.Errorf("%d items in areas, %d in all", items, len(at.Whole.Items))
	}
}
