package office

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"io/fs"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/quality"
	"osvitlo/internal/sitting"
	"osvitlo/static"
)

// messageKey finds words that a locale lacks.
var messageKey = regexp.MustCompile(`\b(office|page|person|account|role|purpose|quality)\.[a-z][a-z0-9._-]+`)

// every page that a GET reaches, with an actor who may see it.
func everyPage(r *rig) map[string]string {
	admin := r.staff("admin", "Адмін Адміненко", person.Administrator, "")
	r.staff("analyst", "Ганна Лічильна", person.Analyst, "")
	lead := r.staff("lead", "Марія Веде", person.VenueLead, "lib-1")
	r.staff("mentor", "Оксана Вчить", person.Mentor, "lib-1")
	a := r.learner(person.Registration{Name: "Олена Коваль", Born: 1956, Phone: "050 123 45 67", Venue: "lib-1"})
	b := r.learner(person.Registration{Name: "Єлена Коваль", Born: 1956, Phone: "050 123 45 67", SharedPhone: true, Venue: "lib-1"})
	c := r.learner(person.Registration{Name: "Іван Петренко", Born: 1960, Venue: "lib-1"})
	d := r.learner(person.Registration{Name: "Петро Петренко", Born: 1960, Venue: "lib-1"})
	op := person.Operator("test")
	if err := r.Consent(ctx, op, a, person.Learning, true, 3, person.ModePaper, "12-1"); err != nil {
		r.t.Fatal(err)
	}
	merge, err := r.Merge(ctx, op, c, d)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.Invite(ctx, *r.actors["admin"], person.Mentor, "lib-2", time.Time{}); err != nil {
		r.t.Fatal(err)
	}
	_, token, err := r.IssueToken(ctx, *r.actors["admin"], person.VenueToken, "lib-1", "", "стіл", 0)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.Sweep(ctx); err != nil {
		r.t.Fatal(err)
	}
	if err := r.outbox.Handle("broken", func(context.Context, job.Delivery) error { return fault.New(fault.Invalid, "") }); err != nil {
		r.t.Fatal(err)
	}
	if err := r.outbox.Add(ctx, job.Message{ID: "m-1", Topic: "broken", Payload: 1}); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.StartCode(ctx, "olena@example.ua", "uk"); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.outbox.Work(ctx); err != nil {
		r.t.Fatal(err)
	}
	if err := r.jobs.Add(job.Job{Name: "retention", When: job.Every(time.Hour), Run: func(context.Context, job.Run) error { return nil }}); err != nil {
		r.t.Fatal(err)
	}
	pace, seconds := 0.18, 41.0
	r.held.list = []sitting.HeldSitting{{ID: "s-1", Instrument: "resident-test", Wave: "2026-11", Mode: "self", Sex: "female", Age: "60-69", District: "nove", Level: "A2", Answers: 30, Received: noon,
		Quality: &quality.Report{Pace: &pace, Seconds: &seconds, Points: 2, Flags: []quality.Flag{{Code: quality.Speed, Points: 2}}}},
		{ID: "s-2", Instrument: "resident-survey", Mode: "self", Received: noon}, {ID: "s-3", Mode: "self", Received: noon}}
	_ = admin
	at := "/office/people/" + string(lead)
	return map[string]string{
		"/office": "admin", "/office/": "", "/office/roles": "admin", "/office/people": "admin", "/office/people?role=mentor&place=lib-1&sort=role": "lead", "/office/people/invite": "admin", at: "admin", at + "/grant": "admin",
		at + "/revoke?role=venue-lead&place=lib-1": "admin", at + "/reset": "admin", at + "/end": "admin",
		"/office/learners": "admin", "/office/learners/" + string(a): "admin", "/office/learners/" + string(a) + "?why=request": "admin", "/office/learners/" + string(c) + "?why=duplicates": "admin",
		"/office/learners/" + string(c) + "/undo/" + merge.ID: "admin", "/office/learners/" + string(b) + "/erase": "admin", "/office/duplicates": "lead", "/office/duplicates/" + string(a) + "/" + string(b): "lead",
		"/office/tokens": "admin", "/office/tokens/new": "admin", "/office/tokens/" + token.ID + "/revoke": "admin", "/office/audit": "admin", "/office/audit?action=person.read&from=2026-11-21": "admin",
		"/office/retention": "admin", "/office/privacy-fields": "admin", "/office/consent-texts": "admin", "/office/jobs": "admin", "/office/mail": "admin", "/office/held": "analyst", "/office/index": "analyst",
	}
}

func TestEveryPageSpeaksBothLanguagesAndIsWellMade(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	shared := 0
	for _, name := range []string{"resident.css", "resident.js", "staff.css"} {
		b, err := fs.ReadFile(static.FS(), strings.TrimPrefix(static.Path(name), static.Prefix))
		if err != nil {
			t.Fatal(err)
		}
		shared += squeeze(t, b)
	}
	seen := map[string]bool{}
	for path, actor := range everyPage(r) {
		if actor == "" {
			continue
		}
		seen[pattern(r, path)] = true
		for _, lang := range i18n.Languages {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			a := r.get(actor, path+sep+"lang="+lang).want(200)
			if got := a.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("%s: Cache-Control %q", path, got)
			}
			if n := a.doc.Find("h1").Length(); n != 1 {
				t.Errorf("%s: %d headings of the first level", path, n)
			}
			main := a.doc.Find("main").Clone()
			main.Find(".os-mono, .os-grid-t__small, dd").Remove()
			if key := messageKey.FindString(main.Text()); key != "" {
				t.Errorf("%s (%s): the key %s stands on the page", path, lang, key)
			}
			if strings.Contains(a.Body.String(), "style=") || strings.Contains(a.Body.String(), "<script>") {
				t.Errorf("%s: inline style or script", path)
			}
			ids := map[string]bool{}
			for _, n := range a.doc.Find("[id]").Nodes {
				for _, at := range n.Attr {
					if at.Key == "id" {
						if ids[at.Val] {
							t.Errorf("%s: the id %s stands twice", path, at.Val)
						}
						ids[at.Val] = true
					}
				}
			}
			for _, n := range a.doc.Find("label[for]").Nodes {
				for _, at := range n.Attr {
					if at.Key == "for" && !ids[at.Val] {
						t.Errorf("%s: a label of nothing: %s", path, at.Val)
					}
				}
			}
			if size := squeeze(t, a.Body.Bytes()) + shared; size > 250_000 {
				t.Errorf("%s: %d bytes for the first view", path, size)
			}
		}
	}
	for _, route := range r.h.Routes() {
		if route.Method == "GET" && !seen[route.Path] && !strings.HasSuffix(route.Path, ".csv") {
			t.Errorf("%s is not looked at", route.Path)
		}
	}
}

// squeeze is how many bytes something is on the wire.
func squeeze(t *testing.T, b []byte) int {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// pattern is the route that answers a path.
func pattern(r *rig, path string) string {
	path, _, _ = strings.Cut(path, "?")
	for _, route := range r.h.Routes() {
		expr := regexp.MustCompile(`^` + regexp.MustCompile(`:[a-z]+`).ReplaceAllString(route.Path, `[^/]+`) + `$`)
		if route.Method == "GET" && (route.Path == path || strings.Contains(route.Path, ":") && expr.MatchString(path)) {
			exact := false
			for _, other := range r.h.Routes() {
				exact = exact || other.Path == path
			}
			if exact && route.Path != path {
				continue
			}
			return route.Path
		}
	}
	return ""
}

func TestSectionsAreShownByRights(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	everyPage(r)
	out := r.learner(person.Registration{Name: "Проста Людина", Adult: true})
	r.actors["resident"] = &person.Actor{Person: out, Strong: true, Fresh: true, Where: "web"}
	r.get("resident", "/office").want(403)
	r.get("visitor", "/office").want(401)
	for actor, want := range map[string][]string{
		"admin":   {"/office/audit", "/office/mail", "/office/jobs", "/office/people", "!/office/held", "!/office/index", "!/mentor"},
		"analyst": {"/office/held", "/office/index", "/office/retention", "!/office/audit", "!/office/people", "!/office/learners"},
		"lead":    {"/mentor", "/office/people", "/office/tokens", "/office/duplicates", "!/office/audit", "!/office/jobs"},
		"mentor":  {"/mentor", "/office/learners", "!/office/people", "!/office/tokens"},
	} {
		a := r.get(actor, "/office").want(200)
		for _, href := range want {
			href, no := strings.CutPrefix(href, "!")
			if shown := a.doc.Find(`.os-staff a[href="`+href+`"]`).Length() > 0; shown == no {
				t.Errorf("%s: %s shown: %v", actor, href, shown)
			}
		}
		// What is shown opens.
		for _, n := range a.doc.Find(".os-staff__open a").Nodes {
			for _, at := range n.Attr {
				if at.Key == "href" && at.Val != "/mentor" {
					r.get(actor, at.Val).want(200)
				}
			}
		}
	}
}

func TestRolesShowTheWholeTable(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.staff("admin", "Адмін", person.Administrator, "")
	a := r.get("admin", "/office/roles?lang=en").want(200)
	if got, want := a.doc.Find("table").Last().Find("tbody tr").Length(), len(person.Table()); got != want {
		t.Fatalf("%d rows, the table has %d", got, want)
	}
	heads := a.doc.Find("table").Last().Find("thead th")
	table := person.Table()
	for i, right := range table {
		row := a.doc.Find("table").Last().Find("tbody tr").Eq(i)
		for col, role := range person.Roles()[1:] { // all but visitors
			got := plain(row.Children().Eq(col + 1).Text())
			want := map[person.Scope]string{person.Nothing: "–", person.OwnData: "own", person.OwnPlace: "own place", person.All: "whole city"}[right.Reach[role]]
			if !strings.HasSuffix(got, want) {
				t.Errorf("%s, %s: %q, want %q (%s)", right.Action, role, got, want, heads.Eq(col+1).Text())
			}
		}
	}
	a.says("Join duplicates", "own place", "whole city")
}

func TestTheLogIsSearchedAndVerified(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff("admin", "Адмін", person.Administrator, "")
	r.staff("lead", "Марія Веде", person.VenueLead, "lib-1")
	for range 60 {
		if _, err := r.StaffAt(ctx, *r.actors["admin"], person.Mentor, ""); err != nil {
			t.Fatal(err)
		}
	}
	r.get("lead", "/office/audit").want(403)
	a := r.get("admin", "/office/audit?actor="+string(admin)).want(200)
	next, ok := a.doc.Find(`a[rel=next]`).Attr("href")
	if !ok || a.doc.Find("tbody tr").Length() != 50 {
		t.Fatalf("%d rows, next %q", a.doc.Find("tbody tr").Length(), next)
	}
	if second := r.get("admin", next).want(200); second.doc.Find("tbody tr").Length() == 0 || second.doc.Find(`a[rel=prev]`).Length() != 1 {
		t.Fatal("the second page is empty")
	}
	r.get("admin", "/office/audit?actor=a&action=b").want(422)
	r.get("admin", "/office/audit?actor="+url.QueryEscape("Олена Коваль")).want(422).says("без імен")
	r.get("admin", "/office/audit?from=gestern").want(422)
	r.get("admin", "/office/audit?to=2026-11-20").want(200).says("Таких записів немає")
	r.get("admin", "/office/audit").want(200).says("ще не перевіряли")
	to := r.post("admin", "/office/audit/verify").want(303).Header().Get("Location")
	r.get("admin", to).want(200).says("Журнал цілий")
	if !r.noted(admin, "audit.verify") || !r.noted(admin, "audit.search") {
		t.Fatal("looking at the log is not in the log")
	}
}

func TestTheLawyersFileCarriesNoFormula(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.staff("admin", "Адмін", person.Administrator, "")
	for _, lang := range i18n.Languages {
		a := r.get("admin", "/office/privacy-fields.csv?lang="+lang).want(200)
		if !strings.Contains(a.Header().Get("Content-Disposition"), lang) {
			t.Error(a.Header().Get("Content-Disposition"))
		}
		reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Body.String(), "\ufeff")))
		reader.FieldsPerRecord = -1
		rows, err := reader.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) < len(person.Fields())+4 || rows[0][1][0] != '\'' {
			t.Fatalf("%d rows, owner %q", len(rows), rows[0])
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t") {
					t.Errorf("a formula: %q", cell)
				}
			}
		}
	}
}

func TestHeldSittingsAreDecidedWithAReason(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	analyst := r.staff("analyst", "Ганна", person.Analyst, "")
	r.staff("admin", "Адмін", person.Administrator, "")
	for i := range 250 {
		r.held.list = append(r.held.list, sitting.HeldSitting{ID: "s-" + strconv.Itoa(i), Mode: "self", Received: noon})
	}
	r.get("admin", "/office/held").want(403)
	r.post("admin", "/office/held", "id", "s-1", "do", "release:checked").want(403)
	a := r.get("analyst", "/office/held").want(200).says("Надто багато", "250 відповідей")
	next, _ := a.doc.Find("a[rel=next]").Attr("href")
	r.get("analyst", next).want(200).says("На початок")
	r.get("analyst", "/office").want(200).says("Надто багато відкладених")
	r.post("analyst", "/office/held", "id", "s-1").want(422)
	r.post("analyst", "/office/held", "id", "s-1", "do", "release:bribe").want(422)
	r.post("analyst", "/office/held", "id", "s-1", "do", "release:flood").want(422)
	r.post("analyst", "/office/held", "do", "release:checked").want(422).says("Позначте відповіді")
	many := []string{"do", "reject:flood"}
	for i := range 201 {
		many = append(many, "id", "s-"+strconv.Itoa(i))
	}
	r.post("analyst", "/office/held", many...).want(422)
	if len(r.held.log) != 0 {
		t.Fatalf("something was decided: %v", r.held.log)
	}
	r.post("analyst", "/office/held", many[:402]...).want(303)
	if len(r.held.log) != 200 || r.held.log[0] != "reject flood s-0 "+string(analyst) {
		t.Fatalf("%d decided: %v", len(r.held.log), r.held.log[:1])
	}
	to := r.post("analyst", "/office/held", "do", "release:checked", "id", "s-205", "id", "s-0").want(303).Header().Get("Location")
	r.get("analyst", to).want(200).says("вже вирішив хтось інший")
	// All on the page, as a browser sends the form.
	form := url.Values{"do": {"release:plausible"}, "all": {"1"}}
	r.get("analyst", "/office/held").doc.Find("#decide input[type=hidden]").Each(func(_ int, in *goquery.Selection) {
		form.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	})
	r.ask("POST", "analyst", "/office/held", form).want(303)
	if len(r.held.list) != 0 {
		t.Fatalf("%d are left", len(r.held.list))
	}
	r.get("analyst", "/office/held").want(200).says("Відкладених відповідей немає")
}

func TestDeadLettersAreTriedAgainOrDropped(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff("admin", "Адмін", person.Administrator, "")
	broken := true
	if err := r.outbox.Handle("broken", func(context.Context, job.Delivery) error {
		if broken {
			return fault.New(fault.Invalid, "")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"m-1", "m-2"} {
		if err := r.outbox.Add(ctx, job.Message{ID: id, Topic: "broken", Payload: map[string]string{"to": "secret"}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.outbox.Work(ctx); err != nil {
		t.Fatal(err)
	}
	r.get("admin", "/office").want(200).says("2 листи не надіслано")
	a := r.get("admin", "/office/jobs").want(200).says("сервер відхилив")
	if a.doc.Find("#dead tbody tr").Length() != 2 || strings.Contains(a.Body.String(), "secret") {
		t.Fatal("dead letters are not listed, or their text is shown")
	}
	broken = false
	r.post("admin", "/office/jobs/letter", "id", "m-1", "act", "retry").want(303)
	r.post("admin", "/office/jobs/letter", "id", "m-2", "act", "drop").want(303)
	if _, err := r.outbox.Work(ctx); err != nil {
		t.Fatal(err)
	}
	r.get("admin", "/office/jobs").want(200).says("Усе надіслано")
	r.post("admin", "/office/jobs/letter", "id", "m-9", "act", "retry").want(404)
	if !r.noted(admin, "job.revive") || !r.noted(admin, "job.discard") {
		t.Fatal("decisions on letters are not in the log")
	}
}

func TestMailOfTheDemoIsShownAndReadingItIsWrittenDown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	admin := r.staff("admin", "Адмін", person.Administrator, "")
	r.get("admin", "/office/mail").want(200).says("Листів ще не було")
	if _, err := r.StartCode(ctx, "olena@example.ua", "uk"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.outbox.Work(ctx); err != nil {
		t.Fatal(err)
	}
	r.get("admin", "/office/mail").want(200).says("olena@example.ua")
	if !r.noted(admin, "mail.read") {
		t.Fatal("reading mail is not in the log")
	}
	r.h.o.Inbox = nil
	if a := r.get("admin", "/office/mail").want(200); strings.Contains(a.Body.String(), "olena") {
		t.Fatal("mails of people are shown")
	}
}

func TestEveryRouteHasANeed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.actors["nobody"] = &person.Actor{Person: "pnobody", Strong: true, Fresh: true}
	for _, route := range r.h.Routes() {
		if route.Need.Public() {
			t.Errorf("%s %s is open to everybody", route.Method, route.Path)
		}
		path := regexp.MustCompile(`:[a-z]+`).ReplaceAllString(route.Path, "x")
		if got := r.ask(route.Method, "visitor", path, nil).Code; got != 401 {
			t.Errorf("%s %s answers a visitor %d", route.Method, path, got)
		}
		if got := r.ask(route.Method, "nobody", path, url.Values{}).Code; got != 403 {
			t.Errorf("%s %s answers a resident %d", route.Method, path, got)
		}
	}
}
