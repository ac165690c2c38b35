package app

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"osvitlo/internal/person"
)

// nameless are collections that hold nothing about anybody, with the reason.
var nameless = map[string]string{
	"access_tokens": "of venues and devices", "person_tickets": "see codes: up to a day, sealed", "retention_reports": "counts",
	"leases": "of programs", "jobs": "of programs", "settings": "of the site", "instruments": "texts", "demo_mail": "demo only",
	"index_steps": "counts", "index_keys": "keys", "index_checkpoints": "counts", "index_releases": "published", "index_files": "published",
	"campaigns": "texts", "waves": "texts", "microdata_given": "hashes of files", "sitting_banks": "items", "item_statistics": "counts",
	"item_calibrations": "counts", "course_cohorts": "the mentor's number is in the lawyer's row of groups", "course_gains": "counts",
	"workplaces": "devices", "help_counts": "counts", "credential_keys": "keys", "credential_slots": "places of status lists", "credential_counts": "counts",
	"events": "texts; the leader's number is in the row of acts of staff", "event_desks": "texts", "event_feedback": "yes or no without who",
	"service_counters": "counts by day",
	"institutions":     "bodies, not people", "employers": "plans of bodies", "employer_progress": "counts in steps of ten", "employer_lots": "numbers of codes", "institution_import_rows": "bodies, not people", "rounds": "plans", "round_issued": "numbers of codes", "round_counts": "counts",
	"labs": "rooms and equipment; a position, no name",
}

// The lawyer's table names every collection of the whole program, or the list above
// says why it holds nobody's data; every row has its period.
func TestTheLawyersTableIsComplete(t *testing.T) {
	t.Parallel()
	a := small(t)
	var table strings.Builder
	for _, f := range a.People.Fields() {
		table.WriteString(" " + f.Stored)
	}
	tried := 0
	for _, spec := range specs() {
		tried++
		if !strings.Contains(table.String(), spec.Name) && nameless[spec.Name] == "" {
			t.Errorf("the collection %s is neither in the lawyer's table nor known to hold nobody's data", spec.Name)
		}
	}
	if tried < 30 {
		t.Fatalf("only %d collections were looked at", tried)
	}
	for _, lang := range []string{"uk", "en"} {
		var file bytes.Buffer
		if err := a.People.WriteFields(&file, lang); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(&file)
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(a.People.Fields())+4 {
			t.Errorf("%s: %d rows", lang, len(rows))
		}
		for _, row := range rows[4:] {
			for i, cell := range row {
				if cell == "" {
					t.Errorf("%s: cell %d of %q is empty", lang, i, row)
				}
			}
		}
	}
	admin := signedIn(t, a, person.Administrator)
	for _, path := range []string{"/office/privacy-fields", "/office/retention"} {
		for _, lang := range []string{"uk", "en"} {
			if page := get(a, path+"?lang="+lang, admin); page.Code != 200 || strings.Contains(page.Body.String(), "office.kind.") {
				t.Errorf("%s %s: %d, or a kind without words", path, lang, page.Code)
			}
		}
	}
	if page := get(a, "/me/data", admin); page.Code != 200 || strings.Contains(page.Body.String(), "account.kind.") {
		t.Errorf("/me/data: %d, or a kind without words", page.Code)
	}
}

// A page that says that nothing is there still knows its reader: the way to one's own
// pages stands in its header, and a visitor gets no cookie from it.
func TestAMissingPageKnowsItsReader(t *testing.T) {
	t.Parallel()
	a := small(t)
	resident := signedIn(t, a, person.Resident)
	for _, path := range []string{"/no-such-page", "/framework/nowhere", "/me/nothing"} {
		in, out := get(a, path, resident), get(a, path, nil)
		if in.Code != http.StatusNotFound || out.Code != http.StatusNotFound {
			t.Errorf("%s: %d and %d", path, in.Code, out.Code)
		}
		if !strings.Contains(in.Body.String(), `href="/me"`) || !strings.Contains(out.Body.String(), `href="/sign-in`) || strings.Contains(out.Body.String(), `href="/me"`) {
			t.Errorf("%s: the header does not know who reads", path)
		}
		if c := out.Header().Values("Set-Cookie"); len(c) > 0 {
			t.Errorf("%s sets %q", path, c)
		}
	}
	r := httptest.NewRequest("DELETE", "/help", nil)
	r.AddCookie(resident)
	w := httptest.NewRecorder()
	a.site.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `href="/me"`) {
		t.Errorf("another method: %d without its reader", w.Code)
	}
}

func get(a *App, path string, cookie *http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	a.site.ServeHTTP(w, r)
	return w
}

// TestMetricsTellOfTroubleAtTheDoors: more wrong tries or accounts than people make ring
// the operator's alarm.
func TestMetricsTellOfTroubleAtTheDoors(t *testing.T) {
	t.Parallel()
	a := small(t)
	read := func() string {
		w := httptest.NewRecorder()
		a.admin.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		return w.Body.String()
	}
	if quiet := read(); !strings.Contains(quiet, `osvitlo_doors_alert{what="new_accounts"} 0`) || !strings.Contains(quiet, `osvitlo_doors{what="wrong_tries"} 0`) {
		t.Error("in peace the metrics tell of trouble, or of nothing")
	}
	for range 300 {
		if err := a.People.MayRegister("", ""); err != nil {
			t.Fatal(err)
		}
	}
	if loud := read(); !strings.Contains(loud, `osvitlo_doors_alert{what="new_accounts"} 1`) || !strings.Contains(loud, `osvitlo_doors{what="new_accounts"} 300`) || !strings.Contains(loud, `osvitlo_doors_alert{what="wrong_tries"} 0`) {
		t.Error("three hundred accounts within an hour ring no alarm")
	}
}
