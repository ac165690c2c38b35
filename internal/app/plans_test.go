package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"osvitlo/internal/institution"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/web/plans"
)

func postPlan(a *App, path string, cookie *http.Cookie, f url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(f.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(cookie)
	w := httptest.NewRecorder()
	a.site.ServeHTTP(w, r)
	return w
}

var unspokenPlan = regexp.MustCompile(`\bplans?\.[a-z_]+(\.[a-z_]+)*\b`)

// A plan from its offers to its close, as an institution's coordinator and the department
// see it.
func TestPlansOfAnInstitution(t *testing.T) {
	t.Parallel()
	a := small(t)
	mine, city := signedIn(t, a, person.Coordinator), signedIn(t, a, person.Analyst)
	year := institution.YearOf(a.now())
	id := plan.IDOf(demoSchool, year)
	p, ok := a.Plans.ByID(id)
	if !ok || len(p.Live()) < 4 {
		t.Fatalf("the demo school has no plan: %+v", p)
	}
	old := plan.IDOf(demoSchool, year-1)
	at := plans.Own + "/" + id
	for _, lang := range []string{"uk", "en"} {
		for _, path := range []string{plans.Own + "?all=1", at, at + "/offers", at + "/new", at + "/measure/m1", at + "/close", at + "/print", plans.Own + "/" + old, plans.Own + "/" + old + "/close"} {
			w := get(a, path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"lang="+lang, mine)
			if w.Code != 200 || unspokenPlan.MatchString(planText(w.Body.String())) {
				t.Errorf("%s %s: %d, %q", lang, path, w.Code, unspokenPlan.FindString(planText(w.Body.String())))
			}
		}
		for _, path := range []string{plans.Office, plans.Office + "?only=overdue&sort=cost&dir=down", plans.Office + "?year=2019", plans.Office + "/one/" + id, plans.Office + "/one/" + id + "/measure/m1", plans.Office + "/one/" + id + "/print"} {
			w := get(a, path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+"lang="+lang, city)
			if w.Code != 200 || unspokenPlan.MatchString(planText(w.Body.String())) {
				t.Errorf("%s %s: %d, %q", lang, path, w.Code, unspokenPlan.FindString(planText(w.Body.String())))
			}
			if strings.Contains(path, "/one/") && strings.Contains(w.Body.String(), `method="post" action="/school/plan`) {
				t.Errorf("%s: the department may write in it", path)
			}
		}
	}
	for _, path := range []string{at + "/file/xlsx", at + "/file/docx"} {
		if w := get(a, path, mine); w.Code != 200 || !strings.HasPrefix(w.Body.String(), "PK") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := get(a, plans.Own+"/"+plan.IDOf("demo-school-2", year), mine); w.Code != http.StatusNotFound && w.Code != http.StatusForbidden {
		t.Errorf("another school's plan: %d", w.Code)
	}
	if w := postPlan(a, at+"/new", city, url.Values{"title": {"x"}, "status": {"planned"}}); w.Code != http.StatusForbidden {
		t.Errorf("the department writes in a plan: %d", w.Code)
	}

	// what was typed stays where something is wrong
	w := postPlan(a, at+"/new", mine, url.Values{"title": {""}, "text": {"Спробуємо так"}, "status": {"planned"}, "cost": {"багато"}, "deadline": {"2027-01-15"}})
	if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "Спробуємо так") || !strings.Contains(body, "багато") || !strings.Contains(body, "2027-01-15") {
		t.Errorf("a faulty measure: %d", w.Code)
	}
	// a goal in numbers: of own words, and of a figure whose start is filled in
	goal := url.Values{"title": {"Паролі"}, "status": {"planned"}, "goal_to": {"40,5"}, "goal_from": {"12"}, "goal_unit": {"осіб"}, "goal_year": {strconv.Itoa(year + 1)}}
	if w = postPlan(a, at+"/new", mine, goal); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="40,5"`) || !strings.Contains(w.Body.String(), "#f-indicator") {
		t.Errorf("a goal of nothing: %d", w.Code)
	}
	goal.Set("indicator", "Учителі з менеджером паролів")
	if w = postPlan(a, at+"/new", mine, goal); w.Code != http.StatusSeeOther {
		t.Fatalf("a goal of own words: %d", w.Code)
	}
	goal = url.Values{"title": {"Уроки"}, "status": {"planned"}, "answers": {"teacher edu3"}, "goal_to": {"99"}, "goal_year": {strconv.Itoa(year + 1)}}
	if w = postPlan(a, at+"/new", mine, goal); w.Code != http.StatusSeeOther {
		t.Fatalf("a goal of a figure: %d", w.Code)
	}
	for lang, words := range map[string][]string{"uk": {"12 → 40,5\u00a0осіб", "99 зі 100", "ще не знаємо"}, "en": {"12 → 40.5\u00a0осіб", "99 of 100", "not known yet"}} {
		text := strings.ReplaceAll(get(a, at+"?lang="+lang, mine).Body.String(), "&nbsp;", "\u00a0")
		for _, one := range words {
			if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), strings.ReplaceAll(one, "\u00a0", " ")) {
				t.Errorf("%s: the plan does not say %q", lang, one)
			}
		}
	}
	// two editors: the second sees both texts
	m, _ := p.Measure("m1")
	draft := m.Draft
	draft.Owner = "Завуч перший"
	who := person.Operator("test")
	if _, err := a.Plans.Edit(context.Background(), &who, id, "m1", m.Version, draft); err != nil {
		t.Fatal(err)
	}
	f := url.Values{"version": {"1"}, "title": {m.Title}, "owner": {"Директор другий"}, "status": {"planned"}}
	w = postPlan(a, at+"/measure/m1", mine, f)
	if body := w.Body.String(); w.Code != http.StatusConflict || !strings.Contains(body, "Завуч перший") || !strings.Contains(body, "Директор другий") || !strings.Contains(body, `name="version" value="2"`) {
		t.Fatalf("the second editor: %d", w.Code)
	}
	f.Set("version", "2")
	if w = postPlan(a, at+"/measure/m1", mine, f); w.Code != http.StatusSeeOther {
		t.Errorf("after reading both: %d", w.Code)
	}
	// out and back, an offer taken and one refused
	if w = postPlan(a, at+"/measure/m1/out", mine, url.Values{"version": {"3"}}); w.Code != http.StatusSeeOther || !strings.Contains(get(a, at, mine).Body.String(), "/measure/m1/back") {
		t.Errorf("taken out: %d", w.Code)
	}
	if w = postPlan(a, at+"/measure/m1/back", mine, nil); w.Code != http.StatusSeeOther {
		t.Errorf("put back: %d", w.Code)
	}
	for rule, act := range map[string]string{"site-access": "take", "e-documents": "refuse"} {
		if w = postPlan(a, at+"/offers", mine, url.Values{"rule": {rule}, "act": {act}}); w.Code != http.StatusSeeOther {
			t.Errorf("%s %s: %d", act, rule, w.Code)
		}
	}
	if w = postPlan(a, at+"/offers", mine, url.Values{"rule": {"screen-time"}, "act": {"take"}}); w.Code != http.StatusNotFound {
		t.Errorf("a school takes what is for kindergartens: %d", w.Code)
	}
	if p, _ = a.Plans.ByID(id); !p.IsRefused("e-documents") || p.Live()[len(p.Live())-1].Rule != "site-access" {
		t.Error("the offers were not answered")
	}
	if w = postPlan(a, at+"/close", mine, url.Values{"result.m1": {"Вийшло добре"}}); w.Code != http.StatusSeeOther || !strings.Contains(get(a, at+"/close", mine).Body.String(), "Вийшло добре") {
		t.Errorf("closing: %d", w.Code)
	}
	if w = postPlan(a, at+"/measure/m1", mine, f); w.Code != http.StatusConflict {
		t.Errorf("a closed plan is written in: %d", w.Code)
	}
	if w = postPlan(a, at+"/reopen", mine, nil); w.Code != http.StatusSeeOther {
		t.Errorf("reopening: %d", w.Code)
	}
	next := url.Values{"body": {demoSchool}, "from": {strconv.Itoa(year + 1)}, "years": {"1"}}
	if w = postPlan(a, plans.Own, mine, next); w.Code != http.StatusSeeOther {
		t.Fatalf("next year's plan: %d", w.Code)
	}
	if w = postPlan(a, plans.Own+"/"+plan.IDOf(demoSchool, year+1)+"/copy", mine, nil); !strings.Contains(w.Header().Get("Location"), "copied") {
		t.Errorf("copying: %d to %s", w.Code, w.Header().Get("Location"))
	}

	// a file holds exactly what its page shows
	q := "?only=overdue&sort=overdue&dir=down"
	shown := get(a, plans.Office+q, city).Body.String()
	n := 0
	for _, l := range a.Plans.Progress(year, institution.Filter{}) {
		in := l.Plan != nil && l.Overdue > 0
		if in {
			n++
		}
		if strings.Contains(shown, ">"+l.Body.Name().UK+"<") != in {
			t.Errorf("%s stands wrongly on the page", l.Body.Name().UK)
		}
	}
	file := get(a, plans.Office+"/file/csv"+q, city).Body.String()
	if got := strings.Count(file, "район;"); n == 0 || got != n {
		t.Errorf("the file has %d institutions, the page %d", got, n)
	}
}

var planTags = regexp.MustCompile(`<[^>]*>`)

func planText(html string) string { return planTags.ReplaceAllString(html, " ") }
