package demo

import (
	"strings"
	"testing"

	"osvitlo/internal/institution"
)

func TestInventedSchoolsAreSoundAndAlwaysTheSame(t *testing.T) {
	t.Parallel()
	list := Institutions(2026, 3)
	if len(list) != 40 {
		t.Fatalf("%d institutions", len(list))
	}
	seen := map[string]bool{}
	for _, i := range list {
		if err := i.Check([]string{"fortechnyi", "podilskyi"}); err != nil {
			t.Errorf("%s: %v", i.ID, err)
		}
		if seen[i.ID] || !strings.HasPrefix(i.ID, "demo-") || i.Source != demoSource {
			t.Errorf("%s: twice, or not marked as invented", i.ID)
		}
		seen[i.ID] = true
		where := i.Point.String()
		if i.Point == nil || seen[where] || i.Point.Lat < 48.45 || i.Point.Lat > 48.56 || i.Point.Lon < 32.18 || i.Point.Lon > 32.34 {
			t.Errorf("%s stands outside the city or on another one: %v", i.ID, i.Point)
		}
		seen[where] = true
		if _, ok := i.FrameOf(2024); !ok {
			t.Errorf("%s has no frame of 2024", i.ID)
		}
	}
	one, err := SchoolSums(7, list, 2025)
	if err != nil {
		t.Fatal(err)
	}
	two, err := SchoolSums(7, Institutions(2026, 3), 2025)
	if err != nil {
		t.Fatal(err)
	}
	people := int64(0)
	for _, i := range list {
		for _, role := range institution.RolesOf(i.Kind) {
			u := unitOf(i, role)
			if one.N(u) != two.N(u) {
				t.Errorf("%s differs: %d and %d", u, one.N(u), two.N(u))
			}
			people += one.N(u)
		}
	}
	if people < 1000 {
		t.Errorf("only %d people", people)
	}
}
