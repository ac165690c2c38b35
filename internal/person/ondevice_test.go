package person

import (
	"strings"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
)

func TestADeviceShowsItsOwnLearnersAndNoWholeNames(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	learner := func(name, venue string, card bool) ID {
		p := r.adult(t, Registration{Name: name, Venue: venue, Phone: ""})
		if card {
			_, err := r.IssueCard(ctx, operator, p.ID, Words, venue)
			must(t, err)
		}
		return p.ID
	}
	mine := learner("Марія Коваль", "lib-1", true)
	learner("Марія Коваленко", "lib-2", true) // of another venue
	learner("Марія Бойко", "lib-1", false)    // has no card
	device, issued, err := r.IssueToken(ctx, operator, DeviceToken, "lib-1", "", "", time.Hour)
	must(t, err)
	list, err := r.OnDevice(ctx, device, "мар")
	must(t, err)
	if len(list) != 1 || list[0].ID != mine || list[0].Label != "Марія К." || list[0].Kind != Words {
		t.Errorf("%+v", list)
	}
	for _, row := range list {
		if strings.Contains(row.Label, "Коваль") {
			t.Errorf("a whole name: %s", row.Label)
		}
	}
	page, err := r.log.Search(ctx, audit.Filter{Subject: subjectOf(mine), Limit: 50})
	must(t, err)
	seen := false
	for _, e := range page.Items {
		seen = seen || e.Action == PersonRead.String() && e.Where == "device:lib-1"
	}
	if !seen {
		t.Error("the row that was shown is not in the log")
	}
	for text, key := range map[string]string{"ма": "person.search_more", "12": "person.search_more", "": "person.search_more"} {
		_, err := r.OnDevice(ctx, device, text)
		wants(t, err, fault.Invalid, key)
	}
	other, _, err := r.IssueToken(ctx, operator, VenueToken, "lib-1", "", "", time.Hour)
	must(t, err)
	must(t, r.RevokeToken(ctx, operator, issued.ID))
	for _, token := range []string{"forged", other, device} {
		_, err := r.OnDevice(ctx, token, "марія")
		wants(t, err, fault.Unauthenticated, "person.token_unknown")
	}
}

func TestShortNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"": "", "Марія": "Марія", "Марія Коваль": "Марія К.", "Анна-Марія Петрівна Ґалаґан": "Анна-Марія П. Ґ."} {
		if got := shortName(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}
