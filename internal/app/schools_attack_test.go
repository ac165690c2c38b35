package app

import (
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"osvitlo/internal/institution/report"
	"osvitlo/internal/person"
	"osvitlo/internal/web/schools"
)

// shownSet is what an attacker learns from a row: these institutions have so many people.
type shownSet struct {
	names []string
	n     int
}

var countCell = regexp.MustCompile(`<td class="os-heat__n"><b>([^<]*)</b>`)

// TestNobodyUnderTenIsSubtracted asks every round, role, kind, district and view as the
// education department, as a page and as a file, and subtracts every pair of answers.
func TestNobodyUnderTenIsSubtracted(t *testing.T) {
	t.Parallel()
	a := small(t)
	cookie := signedIn(t, a, person.Analyst)
	get := func(path string, q url.Values) string {
		r := httptest.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%s?%s answers %d", path, q.Encode(), w.Code)
		}
		return w.Body.String()
	}
	joined, asked := 0, 0
	for _, round := range []string{"demo-round-2024", "demo-round-2025"} {
		for _, role := range []string{"administration", "teacher", "educator", "graduate"} {
			var seen []shownSet
			for _, kind := range []string{"", "school", "preschool"} {
				for _, district := range []string{"", "fortechnyi", "podilskyi"} {
					for _, view := range []string{"areas", "all"} {
						q := url.Values{"round": {round}, "role": {role}, "kind": {kind}, "district": {district}, "view": {view}}
						asked++
						page := get(schools.Office, q)
						counts := countCell.FindAllStringSubmatch(page, -1)
						if len(counts) == 0 && strings.Contains(page, `class="os-heat__t"`) {
							t.Fatal("the page has no numbers of people")
						}
						for _, m := range counts {
							if number(t, m[1]) < report.K {
								t.Errorf("the page of %s shows %s people", q.Encode(), m[1])
							}
						}
						rows := table(t, get(schools.Office+"/file/csv", q))
						var whole shownSet
						for i, row := range rows {
							one := shownSet{names: strings.Split(row[0], ", "), n: number(t, row[3])}
							if row[1] != "" {
								one.names, joined = strings.Split(row[1], ", "), joined+1
							}
							if i == len(rows)-1 {
								one.names = whole.names // the sum of all lines
							} else {
								whole.names = append(whole.names, one.names...)
							}
							slices.Sort(one.names)
							seen = append(seen, one)
						}
					}
				}
			}
			subtract(t, round+" "+role, seen)
		}
	}
	if joined == 0 || asked != 144 {
		t.Errorf("the demo city tries nothing: %d joined rows in %d tables", joined, asked)
	}
}

// subtract takes every set from every other that holds it.
func subtract(t *testing.T, where string, seen []shownSet) {
	t.Helper()
	byNames := map[string]int{}
	var list []shownSet
	for _, s := range seen {
		k := strings.Join(s.names, "|")
		if n, ok := byNames[k]; ok {
			if n != s.n {
				t.Errorf("%s: the same institutions have %d and %d people", where, n, s.n)
			}
			continue
		}
		byNames[k] = s.n
		list = append(list, s)
	}
	if len(list) < 3 {
		t.Errorf("%s: only %d sets to subtract", where, len(list))
	}
	for _, a := range list {
		if a.n < report.K {
			t.Errorf("%s: %v has %d people", where, a.names, a.n)
		}
		for _, b := range list {
			inside := len(a.names) < len(b.names)
			for _, name := range a.names {
				inside = inside && slices.Contains(b.names, name)
			}
			if left := b.n - a.n; inside && left != 0 && left < report.K {
				t.Errorf("%s: %v without %v leaves %d people", where, b.names, a.names, left)
			}
		}
	}
}

// table reads the rows of a file under its head.
func table(t *testing.T, file string) (rows [][]string) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff")))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = ';', -1, true
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range all {
		if len(row) > 5 {
			return all[i+1:]
		}
	}
	return nil
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text))
	if err != nil {
		t.Fatalf("%q is no number", text)
	}
	return n
}
