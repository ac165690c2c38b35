package demo

import (
	"reflect"
	"testing"
	"time"

	"osvitlo/internal/place"
)

// The invented places are the same each time, lie inside the city, say that they are
// invented, and pass the checks of real ones.
func TestDemoPlaces(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	list := Places(now)
	if len(list) < 8 || !reflect.DeepEqual(list, Places(now)) {
		t.Fatalf("%d places, or others the second time", len(list))
	}
	city := &place.City{Box: place.Box{South: 48.40, West: 32.05, North: 48.62, East: 32.50}}
	ids := map[string]bool{}
	for _, p := range list {
		if ids[p.ID] || !p.Demo || p.Point == nil || p.Hours.Minutes() == 0 {
			t.Errorf("%s: twice, not marked, without a point or hours", p.ID)
		}
		ids[p.ID] = true
		if err := p.Check(city, []string{"fortechnyi", "podilskyi", "nove"}); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
	for _, p := range Population() {
		if !city.Has(p.Point) || p.People <= 0 {
			t.Errorf("%+v", p)
		}
	}
}
