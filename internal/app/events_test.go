package app

import (
	"strings"
	"testing"
	"time"

	"osvitlo/internal/event"
)

// What is told by its district only must not stand on the page of its place, which gives
// the address away; what is open to everybody does.
func TestAPlaceKeepsQuietAboutGuardedEvents(t *testing.T) {
	t.Parallel()
	a := small(t)
	guarded, open := 0, 0
	for _, o := range a.Events.Occurrences(event.Filter{From: a.now(), To: a.now().Add(30 * 24 * time.Hour)}) {
		if o.Event.Place == "" {
			continue
		}
		shown := false
		for _, e := range a.eventsAt(o.Event.Place, "uk") {
			shown = shown || strings.Contains(e.Href, "/"+o.Event.Slug+"/")
		}
		if a.Events.Guarded(o) {
			guarded++
			if shown {
				t.Errorf("%s is told by district and stands on the page of its place", o.Event.Slug)
			}
		} else if shown {
			open++
		}
	}
	if guarded == 0 || open == 0 {
		t.Fatalf("the demo city has %d guarded events and %d open ones at places", guarded, open)
	}
}
