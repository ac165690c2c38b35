package register

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// names are the names of a table in their order.
func names(doc *goquery.Document) (list []string) {
	doc.Find("tbody tr th a").Each(func(_ int, s *goquery.Selection) {
		list = append(list, strings.TrimSpace(strings.ReplaceAll(s.Text(), "\u00a0", " ")))
	})
	return list
}

func TestCoordinatorsAndTheYearArePagedSearchedAndSorted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var bodies []*institution.Institution
	for n := range perPage + 5 {
		bodies = append(bodies, r.add(fmt.Sprint(n+1), fmt.Sprintf("Школа %03d", n+1), institution.School,
			institution.Frame{Year: 2026, Count: map[institution.Role]int{institution.Teacher: 100 - n}, Carried: n%2 == 0}, institution.Frame{Year: 2025, Count: map[institution.Role]int{institution.Teacher: n + 1}}))
	}
	till := store.At(time.Date(2026, 12, 31, 10, 0, 0, 0, time.UTC))
	r.people.staff = []person.Staff{{Person: &person.Person{ID: "p1", Name: "Олена"}, Grants: []person.Grant{{Role: person.Coordinator, Place: bodies[64].ID, Until: till}, {Role: person.Coordinator, Place: bodies[3].ID}}}}
	for _, c := range []struct {
		path, first, last string
		n                 int
	}{
		{Coordinators, "Школа 001", "Школа 060", 60}, {Coordinators + "?page=2", "Школа 061", "Школа 065", 5}, {Coordinators + "?page=900&sort=name", "Школа 061", "Школа 065", 5},
		{Coordinators + "?sort=-name", "Школа 065", "Школа 006", 60}, {Coordinators + "?sort=-until", "Школа 004", "", 60}, {Coordinators + "?sort=-person&q=школа+06", "Школа 065", "Школа 006", 7},
		{Coordinators + "?which=none", "Школа 001", "", 60}, {Coordinators + "?which=soon", "Школа 065", "Школа 065", 1}, {Coordinators + "?q=Школа+064", "Школа 064", "Школа 064", 1}, {Coordinators + "?district=fortechnyi", "", "", 0},
		{yearAt, "Школа 001", "Школа 065", 33}, {yearAt + "?sort=people", "Школа 065", "Школа 001", 33}, {yearAt + "?sort=-before", "Школа 065", "Школа 001", 33}, {yearAt + "?which=carried&q=06", "Школа 061", "Школа 065", 3},
		{yearAt + "?which=missing", "", "", 0}, {Institutions + "?sort=-code", "Школа 065", "Школа 006", 60},
	} {
		doc := r.get(c.path, http.StatusOK)
		list := names(doc)
		if len(list) != c.n || c.n > 0 && (list[0] != c.first || c.last != "" && list[c.n-1] != c.last) {
			t.Errorf("%s: %d, %v", c.path, len(list), list)
		}
		if c.n == 0 && doc.Find(".os-empty").Length() != 1 {
			t.Errorf("%s: nothing says that nothing was found", c.path)
		}
		doc.Find(`a[href*="page="], thead a`).Each(func(_ int, s *goquery.Selection) {
			if href := s.AttrOr("href", ""); !strings.HasPrefix(href, strings.Split(c.path, "?")[0]+"?") || strings.Contains(c.path, "q=") && !strings.Contains(href, "q=") {
				t.Errorf("%s: %q loses the search", c.path, href)
			}
		})
	}
	// what is confirmed leaves the search as it was
	doc := r.get(yearAt+"?q=%D0%A8%D0%BA%D0%BE%D0%BB%D0%B0+06&sort=-people", http.StatusOK)
	doc = r.post(doc.Find("form#confirm").AttrOr("action", ""), http.StatusSeeOther, "body", bodies[60].ID)
	if got := names(doc); len(got) != 2 || doc.Find("#f-q").AttrOr("value", "") != "Школа 06" || doc.Find(".os-done").Length() != 1 {
		t.Errorf("after confirming: %v", got)
	}
}

func TestTheDepartmentSeesWhereTheComingRoundHasNoCoordinator(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		one, two, three := r.add("1", "Школа № 1", institution.School), r.add("2", "Школа № 2", institution.School), r.add("3", "Школа № 3", institution.School)
		r.people.staff = []person.Staff{{Person: &person.Person{ID: "p1", Name: "Олена"}, Grants: []person.Grant{{Role: person.Coordinator, Place: one.ID},
			{Role: person.Coordinator, Place: two.ID, Until: store.At(now.Add(24 * time.Hour))}}}}
		if text := r.get(Coordinators, http.StatusOK).Find(`a[href$="which=round"]`).Text(); text != "" {
			t.Errorf("there is no round, yet %q", text)
		}
		next := &round.Round{Title: i18n.Text{UK: "Збір зими", EN: "Winter round"}, State: round.Planned, Opens: store.At(now.AddDate(0, 0, 20)), Closes: store.At(now.AddDate(0, 1, 20)), Bodies: []string{one.ID, two.ID}}
		later := *next
		later.Opens, later.Bodies = store.At(now.AddDate(0, 6, 0)), []string{three.ID}
		past := *next
		past.State, past.Bodies = round.Reported, []string{three.ID}
		r.rounds = []*round.Round{&later, next, &past}
		holds(t, r.get(Coordinators, http.StatusOK), next.Title.In(r.lang))
		if got := names(r.get(Coordinators+"?which=round", http.StatusOK)); len(got) != 1 || got[0] != "Школа № 2" {
			t.Errorf("without a coordinator on the first day: %q", got)
		}
	})
}
