package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"osvitlo/internal/demo"
	"osvitlo/internal/disclosure"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/person"
	"osvitlo/internal/web/api"
	"osvitlo/internal/web/schools"
)

// feed is everything that was published about the people of a role in a year in one
// variable: sets of institutions with their number of people.
type feed struct {
	sets   map[string]float64
	list   [][]string
	faults []string
}

// see adds what an answer says.
func (f *feed) see(where string, names []string, n float64) {
	names = slices.Sorted(slices.Values(names))
	if n < report.K {
		f.faults = append(f.faults, fmt.Sprintf("%s shows %v people of %v", where, n, names))
	}
	k := strings.Join(names, "|")
	if have, ok := f.sets[k]; ok {
		if have != n {
			f.faults = append(f.faults, fmt.Sprintf("%s: %v have %v people, elsewhere %v", where, names, n, have))
		}
		return
	}
	f.sets[k] = n
	f.list = append(f.list, names)
}

// solve is the attack: all sets as one system of equations over the institutions' numbers,
// solved exactly where it can be and bounded by linear programs where not. Nobody of 1 to
// 9 people may be found, alone or as what is left of a set without others.
func (f *feed) solve(truth map[string]int64) (found []string) {
	found = append(found, f.faults...)
	s := disclosure.System{}
	known := map[string]bool{}
	for _, names := range f.list {
		e := disclosure.Equation{Coef: map[string]float64{}, Value: f.sets[strings.Join(names, "|")]}
		for _, name := range names {
			e.Coef[name] = 1
			if !known[name] {
				known[name] = true
				s.Vars = append(s.Vars, name)
			}
		}
		s.Equations = append(s.Equations, e)
	}
	slices.Sort(s.Vars)
	for _, name := range s.Vars {
		if n := truth[name]; n > 0 && n < report.K {
			s.Sensitive = append(s.Sensitive, name)
		}
	}
	list, err := s.Attack(disclosure.DefaultRule())
	if err != nil {
		return append(found, err.Error())
	}
	for _, one := range list {
		found = append(found, fmt.Sprintf("%s: %s (%v to %v)", one.ID, one.Why, one.Low, one.High))
	}
	// what is always in the same sets cannot be told apart: each such part has to be large
	parts := map[string]int64{}
	for _, name := range s.Vars {
		in := ""
		for i, names := range f.list {
			if slices.Contains(names, name) {
				in += strconv.Itoa(i) + " "
			}
		}
		parts[in] += truth[name]
	}
	for in, n := range parts {
		if n > 0 && n < report.K {
			found = append(found, fmt.Sprintf("%d people stand apart in the sets %s", n, in))
		}
	}
	return found
}

// reader asks the whole program and keeps what it says.
type reader struct {
	t     *testing.T
	app   *App
	names []string         // of all institutions
	feeds map[string]*feed // year, role and variable
	asked map[string]int   // answers by kind
}

func (r *reader) get(cookie *http.Cookie, path string, q url.Values) *httptest.ResponseRecorder {
	r.t.Helper()
	q.Set("lang", "uk")
	one := httptest.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil)
	if cookie != nil {
		one.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	r.app.Handler().ServeHTTP(w, one)
	if w.Code != http.StatusOK {
		r.t.Fatalf("%s answers %d", one.URL, w.Code)
	}
	return w
}

func (r *reader) feed(round, role, variable string) *feed {
	k := round + " " + role + " " + variable
	if r.feeds[k] == nil {
		r.feeds[k] = &feed{sets: map[string]float64{}}
	}
	return r.feeds[k]
}

// inside are the institutions that a text names.
func (r *reader) inside(text string) (list []string) {
	text = strings.ReplaceAll(text, "\u00a0", " ")
	for _, name := range r.names {
		if strings.Contains(text, name) {
			list = append(list, name)
		}
	}
	return list
}

var digits = regexp.MustCompile(`[0-9]+`)

// rows reads a table: name, who is joined in it, people; the last row is the sum.
func (r *reader) rows(f *feed, where string, rows [][3]string) {
	r.t.Helper()
	var whole []string
	for i, row := range rows {
		n, err := strconv.Atoi(strings.Join(digits.FindAllString(row[2], -1), ""))
		if err != nil {
			r.t.Fatalf("%s: %q is no number of people", where, row[2])
		}
		names := r.inside(row[0])
		if row[1] != "" {
			names = r.inside(row[1])
			r.asked["joined"]++
		}
		if i == len(rows)-1 {
			names = whole
		}
		if len(names) == 0 {
			r.t.Fatalf("%s: nobody is named in %q", where, row)
		}
		whole = append(whole, names...)
		f.see(where, names, float64(n))
	}
}

// heat reads a table of the department as a page and as files.
func (r *reader) heat(cookie *http.Cookie, round, role string, q url.Values, formats []string) {
	q.Set("round", round)
	q.Set("role", role)
	f := r.feed(round, role, "")
	doc, err := goquery.NewDocumentFromReader(r.get(cookie, schools.Office, q).Body)
	if err != nil {
		r.t.Fatal(err)
	}
	var rows [][3]string
	doc.Find("table.os-heat__t tbody tr, table.os-heat__t tfoot tr").Each(func(_ int, tr *goquery.Selection) {
		name := tr.Find("th a").Text()
		rows = append(rows, [3]string{name, tr.Find("th small").Text(), tr.Find("td.os-heat__n b").Text()})
	})
	r.rows(f, "page "+q.Encode(), rows)
	r.asked["page"]++
	for _, format := range formats {
		r.asked[format]++
		w := r.get(cookie, schools.Office+"/file/"+format, q)
		switch format {
		case "csv":
			r.rows(f, "csv "+q.Encode(), under(csvRows(r.t, w.Body.Bytes())))
		case "xlsx":
			r.rows(f, "xlsx "+q.Encode(), under(sheetRows(r.t, w.Body.Bytes())))
		case "pdf":
			text := pdfWords(r.t, w.Body.Bytes())
			for _, row := range rows { // no number of people that the page does not have
				if text != "" && len(rows) > 1 && !strings.Contains(text, " "+strings.Join(digits.FindAllString(row[2], -1), "")) {
					r.t.Errorf("pdf %s does not say %q", q.Encode(), row)
				}
			}
		}
	}
}

// one reads what is shown of one institution, as a page and as a file.
func (r *reader) one(cookie *http.Cookie, path string, name, round, role string, q url.Values, file bool) {
	doc, err := goquery.NewDocumentFromReader(r.get(cookie, path, q).Body)
	if err != nil {
		r.t.Fatal(err)
	}
	r.asked["profile"]++
	names := []string{name}
	for _, other := range r.inside(doc.Find("#why").Text()) {
		if other != name {
			names = append(names, other)
		}
	}
	n := digits.FindString(doc.Find("#people").Text())
	if n == "" {
		return // hidden
	}
	people, _ := strconv.ParseFloat(n, 64)
	r.feed(round, role, "").see("profile of "+name, names, people)
	if !file {
		return
	}
	r.asked["profile xlsx"]++
	rows := sheetRows(r.t, r.get(cookie, path+"/xlsx", q).Body.Bytes())
	for i, row := range rows {
		if len(row) > 5 && i > 0 {
			if n, err := strconv.ParseFloat(row[2], 64); err == nil {
				f := r.feed(round, role, "in files: "+row[0])
				if n != people && people-n < report.K {
					r.t.Errorf("%s: %v of %v answered %q", name, n, people, row[0])
				}
				f.see("profile file of "+name, names, n)
			}
		}
	}
}

// service reads the data service.
func (r *reader) service(round, role string) {
	q := url.Values{"role": {role}}
	for {
		var out api.RoundFigures
		if err := json.Unmarshal(r.get(nil, "/api/v1/rounds/"+round+"/figures", q).Body.Bytes(), &out); err != nil {
			r.t.Fatal(err)
		}
		r.asked["api"]++
		for i, row := range append(out.Rows, out.Total) {
			var names []string
			for _, one := range row.Institutions {
				names = append(names, one.Name.UK)
			}
			if len(names) == 0 {
				continue
			}
			r.feed(round, role, "").see("api", names, float64(row.N))
			for variable, figure := range row.Figures {
				who := names
				if len(figure.SharedWith) > 0 {
					who = nil
					for _, id := range figure.SharedWith {
						if b, ok := r.app.Institutions.ByID(id); ok {
							who = append(who, b.Names[0].Name.UK)
						}
					}
				} else if left := row.N - figure.N; left != 0 && left < report.K {
					r.t.Errorf("api: %d of %d people of %v answered %s", figure.N, row.N, names, variable)
				}
				if i < len(out.Rows) { // the sum is over those rows that have the variable
					r.feed(round, role, variable).see("api "+variable, who, float64(figure.N))
				}
			}
		}
		if out.Next == "" {
			return
		}
		q.Set("after", out.Next)
	}
}

// attackSchools asks everything that leaves the building and solves it.
func attackSchools(t *testing.T, wide bool) {
	a := small(t)
	year := institution.YearOf(a.kind.Made.Time)
	list := demo.Institutions(year, 3)
	r := &reader{t: t, app: a, feeds: map[string]*feed{}, asked: map[string]int{}}
	for _, i := range list {
		r.names = append(r.names, i.Names[0].Name.UK)
	}
	office, school := signedIn(t, a, person.Analyst), signedIn(t, a, person.Coordinator)
	roles := []string{"administration", "teacher", "educator", "graduate"}
	truth := map[string]map[string]int64{}
	for y := year - 2; y < year; y++ {
		round := fmt.Sprintf("demo-round-%d", y)
		sums, err := demo.SchoolSums(uint64(a.kind.Seed), list, y)
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range roles {
			of := map[string]int64{}
			for _, i := range list {
				of[i.Names[0].Name.UK] = sums.N(report.Unit{Institution: i.ID, Role: role})
			}
			truth[round+" "+role] = of
			for _, kind := range []string{"", "school", "preschool"} {
				for _, district := range []string{"", "fortechnyi", "podilskyi"} {
					formats := []string{"csv"}
					if wide || kind == "" && district == "" {
						formats = []string{"csv", "xlsx", "pdf"}
					}
					views := []string{"areas"}
					if wide {
						views = []string{"areas", "all"}
					}
					for _, view := range views {
						r.heat(office, round, role, url.Values{"kind": {kind}, "district": {district}, "view": {view}}, formats)
					}
				}
			}
			for _, i := range list {
				if slices.Contains(institution.RolesOf(i.Kind), institution.Role(role)) {
					r.one(office, schools.Office+"/one/"+i.ID, i.Names[0].Name.UK, round, role, url.Values{"round": {round}, "role": {role}}, wide || of[i.Names[0].Name.UK] < report.K)
				}
			}
			r.service(round, role)
		}
		for _, role := range []string{"administration", "teacher", "graduate"} {
			r.one(school, schools.Results+"/"+round, list[0].Names[0].Name.UK, round, role, url.Values{"role": {role}}, true)
		}
	}
	small, solved := 0, map[string]bool{}
	for _, k := range slices.Sorted(maps.Keys(r.feeds)) {
		part := strings.SplitN(k, " ", 3)
		of := truth[part[0]+" "+part[1]]
		for _, n := range of {
			if n > 0 && n < report.K {
				small++
			}
		}
		same := fmt.Sprint(part[0], part[1], r.feeds[k].sets, r.feeds[k].faults)
		if solved[same] {
			continue // most questions were answered by the same people
		}
		solved[same] = true
		for _, leak := range r.feeds[k].solve(of) {
			t.Errorf("%s: %s", k, leak)
		}
	}
	t.Logf("asked %v; %d systems, %d different; %d times an institution of under %d people", r.asked, len(r.feeds), len(solved), small, report.K)
	if r.asked["page"] < 72 || r.asked["csv"] < 72 || r.asked["xlsx"] < 8 || r.asked["profile"] < 200 || r.asked["profile xlsx"] < 50 || r.asked["api"] < 8 || r.asked["joined"] < 100 || small < 100 {
		t.Errorf("the city tries too little: %v, small %d", r.asked, small)
	}
}

// TestNobodyUnderTenIsRecovered asks every declared table as the department, every
// institution, a school's own pages and the data service, in both years and all roles.
func TestNobodyUnderTenIsRecovered(t *testing.T) {
	t.Parallel()
	attackSchools(t, false)
}

// Without protection the same attack finds people: tables that only leave out small rows
// (their totals give them away), and one that shows groups of five.
func TestTheAttackFindsUnprotectedPeople(t *testing.T) {
	t.Parallel()
	list := demo.Institutions(2026, 3)
	sums, err := demo.SchoolSums(7, list, 2025)
	if err != nil {
		t.Fatal(err)
	}
	truth, smallest := map[string]int64{}, ""
	primary, all := &feed{sets: map[string]float64{}}, &feed{sets: map[string]float64{}}
	districts := map[string][]*institution.Institution{}
	for _, i := range list {
		name := i.Names[0].Name.UK
		truth[name] = sums.N(report.Unit{Institution: i.ID, Role: "teacher"})
		if truth[name] > 0 {
			districts[i.District] = append(districts[i.District], i)
		}
	}
	for _, of := range districts {
		var names []string
		total := int64(0)
		hidden := 0
		for _, i := range of {
			name := i.Names[0].Name.UK
			if n := truth[name]; n < report.K {
				if hidden++; hidden > 1 {
					continue // one small school in a district
				}
				smallest = name
			} else {
				primary.see("rows", []string{name}, float64(n))
			}
			names, total = append(names, name), total+truth[name]
			all.see("rows", []string{name}, float64(truth[name]))
		}
		primary.see("total", names, float64(total))
	}
	if smallest == "" {
		t.Fatal("no small school to look for")
	}
	if found := primary.solve(truth); !slices.ContainsFunc(found, func(s string) bool { return strings.HasPrefix(s, smallest) && strings.Contains(s, disclosure.WhyExact) }) {
		t.Errorf("a total without one row does not give %s away: %v", smallest, found)
	}
	if found := all.solve(truth); !slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, "shows") }) {
		t.Errorf("a row of few people is not seen: %v", found)
	}
}

// under are the rows under the head of a file: name, members, people.
func under(rows [][]string) (list [][3]string) {
	head := false
	for _, row := range rows {
		switch {
		case head && len(row) > 3:
			list = append(list, [3]string{row[0], row[1], row[3]})
		case len(row) > 5:
			head = true
		}
	}
	return list
}

func csvRows(t *testing.T, file []byte) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff"))))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = ';', -1, true
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sheetRows(t *testing.T, file []byte) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// pdfWords reads a PDF with a reader of its own; empty where there is none.
func pdfWords(t *testing.T, raw []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return ""
	}
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
