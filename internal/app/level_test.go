package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

var (
	pin      = regexp.MustCompile(`\b(\d{3}) (\d{3})\b`)
	verified = regexp.MustCompile(`/verify/[0-9A-Za-z_-]+`)
)

// A certificate of a level from the city's paper to the page anybody can verify: the form
// is approved, a mentor opens a test at their venue, a resident begins with both PINs, is
// interrupted by an alarm, goes on with new ones, and staff decide.
func TestALevelIsTestedUnderWatchAndDecided(t *testing.T) {
	t.Parallel()
	a := small(t)
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	as := func(role person.Role) *testkit.Visitor {
		v := testkit.NewVisitor(t, server.URL, "uk")
		v.Hold(signedIn(t, a, role))
		return v
	}
	learner, mentor, staff := as(person.Resident), as(person.Mentor), as(person.Editor)

	if page := learner.Get("/me/level").Want(t, http.StatusOK); page.Doc().Find(`form[action="/me/level"]`).Length() > 0 {
		t.Error("the test is open before the form is approved")
	}
	staff.Post("/office/instruments/"+certificateSlug+"/approve", url.Values{"version": {"1"}, "number": {"№ 7"}, "dated": {"2026-11-02"}}).Want(t, http.StatusOK)

	desk := mentor.Get("/mentor/exams").Want(t, http.StatusOK)
	action, values := desk.Form(`form[action="/mentor/exams"]`)
	if action == "" {
		t.Fatalf("the mentor can open nothing: %s", desk.Text("main"))
	}
	desk = mentor.Post(action, values).Want(t, http.StatusOK)
	exam, _, _ := strings.Cut(desk.Path, "?")
	begin := func() *testkit.Answered {
		t.Helper()
		pins := pin.FindAllString(mentor.Get(exam).Want(t, http.StatusOK).Text("main"), -1)
		if len(pins) != 2 {
			t.Fatalf("PINs on the desk: %v", pins)
		}
		return learner.Post("/me/level", url.Values{"venue_pin": {pins[0]}, "proctor_pin": {pins[1]}}).Want(t, http.StatusOK)
	}
	learner.Post("/me/level", url.Values{"venue_pin": {"000 000"}, "proctor_pin": {"000 000"}}).Want(t, http.StatusUnprocessableEntity)

	page := begin()
	answer := func() {
		t.Helper()
		action, values := page.Form("#answer")
		page.Fill(values)
		page = learner.Post(action, values).Want(t, http.StatusOK)
	}
	for range 3 {
		answer()
	}
	sitting := strings.Split(page.Path, "/")[2]
	mentor.Post(exam+"/close", url.Values{"how": {"alarm"}}).Want(t, http.StatusOK)
	action, values = page.Form("#answer")
	page.Fill(values)
	if stopped := learner.Post(action, values); !strings.HasPrefix(stopped.Path, "/me/level") {
		t.Errorf("nobody watches and the test goes on: %d %s", stopped.Status, stopped.Path)
	}
	action, values = desk.Form(`form[action="/mentor/exams"]`)
	if action == "" {
		action, values = mentor.Get("/mentor/exams").Form(`form[action="/mentor/exams"]`)
	}
	desk = mentor.Post(action, values).Want(t, http.StatusOK)
	exam, _, _ = strings.Cut(desk.Path, "?")
	if page = begin(); !strings.Contains(page.Path, sitting) {
		t.Fatalf("it goes on as %s, it was %s", page.Path, sitting)
	}
	for range 120 {
		if page.Doc().Find("#answer").Length() == 0 {
			break
		}
		answer()
	}
	submit, ok := page.Doc().Find("#submit").Attr("action")
	if !ok {
		t.Fatalf("%s is no last page: %s", page.Path, page.Text("main"))
	}
	learner.Post(submit, url.Values{}).Want(t, http.StatusOK)
	mentor.Get("/office/certificates/queue").Want(t, http.StatusForbidden)

	queue := staff.Get("/office/certificates/queue").Want(t, http.StatusOK)
	at, ok := queue.Doc().Find(`a[href*="` + sitting + `"]`).Attr("href")
	if !ok {
		t.Fatalf("the test is not in the queue: %s", queue.Text("main"))
	}
	staff.Post(at+"/refuse", url.Values{}).Want(t, http.StatusUnprocessableEntity)
	one := staff.Get(at).Want(t, http.StatusOK)
	approve, ok := one.Doc().Find(`form[action$="/approve"]`).Attr("action")
	if !ok {
		t.Fatalf("it cannot be approved: %s", one.Text("main"))
	}
	before := certificatesOf(t, learner)
	staff.Post(approve, url.Values{}).Want(t, http.StatusOK)
	staff.Post(approve, url.Values{}).Want(t, http.StatusOK) // tapped twice

	after := certificatesOf(t, learner)
	for address := range before {
		delete(after, address)
	}
	if len(after) != 1 {
		t.Fatalf("two taps made %d certificates", len(after))
	}
	for verify := range after {
		if shown := testkit.NewVisitor(t, server.URL, "uk").Get(verify).Want(t, http.StatusOK).Text("main"); !strings.Contains(shown, "Участь у тесті") || strings.Contains(shown, "A1") {
			t.Errorf("who answers at random has taken part, no more: %s", shown)
		}
	}
}

// certificatesOf are the addresses where the certificates of a visitor can be verified.
func certificatesOf(t *testing.T, v *testkit.Visitor) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	v.Get("/me/certificates").Want(t, http.StatusOK).Doc().Find(`a[href*="/verify/"]`).Each(func(_ int, s *goquery.Selection) {
		found[verified.FindString(s.AttrOr("href", ""))] = true // files of one certificate begin alike
	})
	return found
}
