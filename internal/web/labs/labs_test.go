package labs

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"
	"github.com/xuri/excelize/v2"

	"osvitlo/internal/audit"
	"osvitlo/internal/docx"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/testkit"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

var noon = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

var messages = sync.OnceValues(func() (*i18n.Bundle, error) { return i18n.Load(locales.FS) })

type journal struct{ acts []string }

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.acts = append(j.acts, e.Action)
	return e.Check()
}

type rig struct {
	t     *testing.T
	site  http.Handler
	labs  *lab.Service
	actor person.Actor
	lang  string
	log   *journal
}

var (
	coordinator = person.Actor{Person: "pcoordinatoraaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Coordinator, Place: "s1"}}, Strong: true, Fresh: true, Where: "web"}
	stranger    = person.Actor{Person: "pstrangeraaaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Coordinator, Place: "s2"}}, Strong: true, Fresh: true, Where: "web"}
	department  = person.Actor{Person: "pdepartmentaaaaaaaaaaaaaaa", Grants: []person.Grant{{Role: person.Analyst}}, Strong: true, Fresh: true, Where: "web"}
	visitor     = person.Actor{Where: "web"}
)

func newRig(t *testing.T) *rig {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	words, err := messages()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(page.Options{Words: words})
	if err != nil {
		t.Fatal(err)
	}
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), append(lab.Specs(), institution.Spec)); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return noon }
	bodies, err := institution.New(t.Context(), institution.Options{Engine: e, Districts: []string{"a", "b"}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	operator := person.Operator("test")
	for _, i := range []institution.Institution{
		{Doc: store.Doc{ID: "s1"}, Kind: institution.School, District: "a", Address: i18n.Text{UK: "вул. Таємна, 5"}, Names: []institution.Name{{Name: i18n.Text{UK: "Ліцей перший"}}}},
		{Doc: store.Doc{ID: "s2"}, Kind: institution.School, District: "a", Names: []institution.Name{{Name: i18n.Text{UK: "Гімназія друга"}}}},
		{Doc: store.Doc{ID: "s3"}, Kind: institution.School, District: "b", Names: []institution.Name{{Name: i18n.Text{UK: "Школа третя"}}}},
	} {
		if _, err := bodies.Add(t.Context(), &operator, i); err != nil {
			t.Fatal(err)
		}
	}
	r := &rig{t: t, actor: coordinator, lang: i18n.Ukrainian, log: &journal{}}
	if r.labs, err = lab.New(t.Context(), lab.Options{Engine: e, Bodies: bodies, Audit: r.log, Now: now}); err != nil {
		t.Fatal(err)
	}
	h, err := New(Options{Pages: pages, Words: words, Bodies: bodies, Labs: r.labs, Now: now, Districts: []Named{{"a", i18n.Text{UK: "Перший район", EN: "First district"}}, {"b", i18n.Text{UK: "Другий район", EN: "Second district"}}},
		Task: func(q *lab.Request, i *institution.Institution, _ string) (*docx.Document, error) {
			return paper.RequirementOf(paper.City{}, paper.Requirement{Institution: i.Name().UK, Subject: q.What}, noon), nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	g := gin.New()
	for _, route := range h.Routes() {
		g.Handle(route.Method, route.Path, func(c *gin.Context) {
			a := r.actor
			c.Set("gate.actor", &a)
			if err := route.Need.Ask(&a).Err(); err != nil {
				c.String(http.StatusForbidden, "refused")
				return
			}
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), r.lang))
			if err := route.Do(c); err != nil {
				c.String(page.Status(fault.KindOf(err)), "%v", err)
			}
		})
	}
	r.site = g
	return r
}

func (r *rig) send(req *http.Request) (*httptest.ResponseRecorder, *goquery.Document) {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, req)
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		r.t.Fatal(err)
	}
	return w, doc
}

func (r *rig) get(path string, status int) (*httptest.ResponseRecorder, *goquery.Document) {
	r.t.Helper()
	w, doc := r.send(httptest.NewRequestWithContext(r.t.Context(), http.MethodGet, path, nil))
	if w.Code != status {
		r.t.Fatalf("GET %s: %d, want %d: %.300s", path, w.Code, status, w.Body.String())
	}
	return w, doc
}

func (r *rig) post(path string, status int, pairs ...string) (*httptest.ResponseRecorder, *goquery.Document) {
	r.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequestWithContext(r.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w, doc := r.send(req)
	if w.Code != status {
		r.t.Fatalf("POST %s: %d, want %d: %.300s", path, w.Code, status, w.Body.String())
	}
	return w, doc
}

func (r *rig) room(body, name string) *lab.Lab {
	r.t.Helper()
	operator := person.Operator("test")
	l, err := r.labs.Add(r.t.Context(), &operator, lab.Lab{Institution: body, Name: name, Purpose: lab.Informatics, Seats: 15, State: lab.Good, Hours: lab.Hours{Lessons: 20},
		Lines: []lab.Line{{ID: "e1", Kind: lab.Laptop, Count: 12, Year: 2015, Condition: lab.Works, Inventory: "інв-77"}}})
	if err != nil {
		r.t.Fatal(err)
	}
	return l
}

// A room from the empty form to its equipment, by hand and from a table.
func TestASchoolKeepsItsRoom(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, doc := r.get(School, 200)
	if !strings.Contains(doc.Text(), "ще немає жодної лабораторії") {
		t.Error("no words for an empty list")
	}
	_, doc = r.post(School, 422, "school", "s1", "name", "", "purpose", "informatics", "state", "good", "seats", "999", "responsible", "учитель")
	if got := doc.Find("[name=responsible]").AttrOr("value", ""); got != "учитель" {
		t.Errorf("what was typed is gone: %q", got)
	}
	if doc.Find("#f-name[aria-invalid], #f-seats[aria-invalid]").Length() != 2 {
		t.Error("the fields do not say what is wrong")
	}
	w, _ := r.post(School, 303, "school", "s1", "name", "Кабінет 5", "purpose", "informatics", "state", "good", "seats", "15", "lessons", "20", "programs", "Редактор; 31.08.2026")
	at, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	w, _ = r.get(at, 200)
	said := testkit.Plain(w.Body.String())
	if !strings.Contains(said, "ліцензія закінчилася") || !strings.Contains(said, "не перевіряли понад рік") {
		t.Error("the page does not say what is due")
	}
	rev := func() string {
		l, _ := r.labs.ByID(at[strings.LastIndex(at, "/")+1:])
		return itoa(l.Rev)
	}
	r.post(at+"/line/new", 422, "rev", rev(), "kind", "laptop", "count", "0", "condition", "works")
	r.post(at+"/line/new", 303, "rev", rev(), "kind", "laptop", "count", "10", "year", "2020", "condition", "works", "note", "для читання")
	r.table(at, "Ноутбук;5;2021;працює\nPrinter;1;;needs repair")
	r.post(at+"/checked", 303, "rev", rev())
	_, doc = r.get(at, 200)
	if n := doc.Find("#equipment tbody tr").Length(); n != 3 || strings.Contains(testkit.Plain(doc.Text()), "понад рік") {
		t.Errorf("%d rows of equipment, want 3", n)
	}
	out := doc.Find("#equipment form[action$='/out']").First().AttrOr("action", "")
	w, _ = r.post(out, 303)
	_, doc = r.get(w.Header().Get("Location"), 200)
	if n := doc.Find("#equipment tbody tr").Length(); n != 2 {
		t.Errorf("%d rows after one was taken out", n)
	}
	r.post(doc.Find("#equipment form[action$='/back']").AttrOr("action", "none"), 303)
	w, _ = r.post(at+"/out", 303, "rev", rev())
	_, doc = r.get(w.Header().Get("Location"), 200)
	r.post(doc.Find("form[action$='/back']").AttrOr("action", "none"), 303)
	if l := r.labs.Of("s1"); len(l) != 1 || len(l[0].Shown()) != 3 {
		t.Errorf("%+v", l)
	}
}

// table adds pasted rows to a room: tried first, then added.
func (r *rig) table(at, rows string) (trial string) {
	r.t.Helper()
	w, _ := r.post(at+"/rows", 303, "rows", rows)
	trial, _, _ = strings.Cut(w.Header().Get("Location"), "?")
	_, doc := r.get(trial, 200)
	w, _ = r.post(trial+"/apply", 303, "seen", doc.Find("input[name=seen]").AttrOr("value", "none"))
	if w.Header().Get("Location") != trial+"?done=rows" {
		r.t.Errorf("added, it leads to %s", w.Header().Get("Location"))
	}
	return trial
}

// A file of equipment from a browser: its faults by row, other columns, added, taken back.
func TestATableOfEquipment(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.room("s1", "Кабінет 5")
	at := School + "/room/" + l.ID
	send := func(name, text string) (*httptest.ResponseRecorder, *goquery.Document) {
		t.Helper()
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		part, err := m.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(text)) // to memory
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		req := httptest.NewRequest(http.MethodPost, at+"/rows", &b)
		req.Header.Set("Content-Type", m.FormDataContentType())
		w := httptest.NewRecorder()
		r.site.ServeHTTP(w, req)
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		return w, doc
	}
	for name, text := range map[string]string{"": "x", "a.csv": "Вид;Кількість\n", "a.json": `{"type":"FeatureCollection","features":[]}`} {
		if w, doc := send(name, text); w.Code != 422 || doc.Find("#f-rows[type=file][aria-describedby]").Length() != 1 || doc.Find("textarea[aria-invalid]").Length() > 0 {
			t.Errorf("%q: %d", name, w.Code)
		}
	}
	if _, doc := r.post(at+"/rows", 422, "rows", " "); doc.Find("textarea#f-rows[aria-describedby]").Length() != 1 {
		t.Error("nothing was pasted, and the page does not say so there")
	}
	w, _ := send("майно.csv", "Що;Скільки\nНоутбук;5\nТелефакс;1\n")
	trial, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	_, doc := r.get(trial, 200)
	if text := testkit.Plain(doc.Find("#rows").Text()); w.Code != 303 || !strings.Contains(text, "невідомий вид") {
		t.Fatalf("%d, the dry run says %s", w.Code, text)
	}
	r.post(trial, 303, "to.kind", "Що", "to.count", "Скільки")
	_, doc = r.get(trial, 200)
	if text := testkit.Plain(doc.Find("#rows").Text()); strings.Count(text, "невідомий вид") != 1 || !strings.Contains(text, "Телефакс") {
		t.Errorf("with the right columns it says %s", text)
	}
	r.post(trial+"/apply", 409, "seen", "something else")
	r.post(trial+"/apply", 303, "seen", doc.Find("input[name=seen]").AttrOr("value", "none"))
	if now, _ := r.labs.ByID(l.ID); len(now.Shown()) != 2 || now.Shown()[1].Count != 5 {
		t.Fatalf("the room has %+v", now.Shown())
	}
	if _, doc = r.get(at+"/rows", 200); doc.Find("#done a").AttrOr("href", "") != trial {
		t.Error("what was added from tables cannot be found again")
	}
	r.post(trial+"/undo", 303)
	if now, _ := r.labs.ByID(l.ID); len(now.Shown()) != 1 {
		t.Errorf("taken back, the room has %+v", now.Shown())
	}
	r.actor = stranger
	r.get(trial, 404)
	r.post(trial+"/apply", 404, "seen", "x")
}

// Words of both languages, as the page lists them, are understood in a table.
func TestTheWordsOfThePageAreUnderstood(t *testing.T) {
	t.Parallel()
	words, err := messages()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{i18n.Ukrainian, i18n.English} {
		w := words.Lang(lang)
		for _, k := range lab.Kinds() {
			if got, ok := lab.KindOf(w.T("lab.kind."+string(k), nil)); !ok || got != k {
				t.Errorf("%s is taken for %q", w.T("lab.kind."+string(k), nil), got)
			}
		}
		for _, k := range lab.Conditions() {
			if got, ok := lab.ConditionOf(w.T("lab.condition."+string(k), nil)); !ok || got != k {
				t.Errorf("%s is taken for %q", w.T("lab.condition."+string(k), nil), got)
			}
		}
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestTwoEditorsSeeBothTexts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.room("s1", "Кабінет 5")
	at := School + "/room/" + l.ID
	same := []string{"purpose", "informatics", "state", "good", "seats", "15", "lessons", "20"}
	r.post(at, 303, append([]string{"rev", itoa(l.Rev), "name", "Назва колеги"}, same...)...)
	_, doc := r.post(at, 409, append([]string{"rev", itoa(l.Rev), "name", "Моя назва"}, same...)...)
	both := doc.Find("#both").Text()
	if !strings.Contains(both, "Моя назва") || !strings.Contains(both, "Назва колеги") || doc.Find("[name=name]").AttrOr("value", "") != "Моя назва" {
		t.Errorf("both texts: %q", both)
	}
	if doc.Find("#both tbody tr").Length() != 1 {
		t.Error("what is the same stands among what differs")
	}
	r.post(at, 303, append([]string{"rev", doc.Find("form[action='"+at+"'] [name=rev]").AttrOr("value", ""), "name", "Моя назва"}, same...)...)
	if now, _ := r.labs.ByID(l.ID); now.Name != "Моя назва" {
		t.Errorf("saved: %s", now.Name)
	}
}

func TestARequestGoesItsWay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.room("s1", "Кабінет 5")
	_, doc := r.post(School+"/requests", 422, "school", "s1", "what", "Ноутбуки", "kind", "laptop", "count", "10", "priority", "urgent")
	if doc.Find("[name=what]").AttrOr("value", "") != "Ноутбуки" || doc.Find("#f-why[aria-invalid]").Length() != 1 {
		t.Error("a request without a reason")
	}
	w, _ := r.post(School+"/requests", 303, "school", "s1", "lab", l.ID, "what", "Ноутбуки", "why", "Працюють по двоє", "needs", "Батарея 6 годин", "kind", "laptop", "count", "10", "priority", "urgent")
	at, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	id := at[strings.LastIndex(at, "/")+1:]
	r.get(at+"/task", 200)
	if w, _ := r.get(at+"/task.docx", 200); !strings.HasPrefix(w.Body.String(), "PK") {
		t.Error("the requirement is no DOCX")
	}
	w, _ = r.post(at+"/out", 303)
	_, doc = r.get(w.Header().Get("Location"), 200)
	r.post(doc.Find("form[action$='/back']").AttrOr("action", "none"), 303)
	r.post(Office+"/request/"+id, 403, "to", "agreed") // a school does not decide

	r.actor = department
	office := Office + "/request/" + id
	_, doc = r.get(office, 200)
	rev := doc.Find("#decide [name=rev]").AttrOr("value", "")
	_, doc = r.post(office, 422, "rev", rev, "to", "refused", "reason", "")
	if doc.Find("#decide [value=refused][checked]").Length() != 1 || doc.Find("#f-reason[aria-invalid]").Length() != 1 {
		t.Error("a refusal without a reason")
	}
	r.post(office, 303, "rev", rev, "to", "weighed")
	r.post(office, 409, "rev", rev, "to", "agreed") // somebody was faster
	r.get(office+"/task", 200)
	r.actor = coordinator
	r.post(at, 409, "rev", "0", "what", "x", "why", "y", "kind", "laptop", "count", "1", "priority", "usual")
	_, doc = r.get(at, 200)
	if !strings.Contains(doc.Text(), "Розглядаємо") {
		t.Error("the school does not see the decision")
	}
}

func TestTheDepartmentsListAndItsFileShowTheSame(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.room("s1", "Стара")
	r.room("s2", "Друга")
	r.actor = department
	_, doc := r.get(Office, 200)
	if n := doc.Find("table tbody tr").Length(); n != 2 {
		t.Errorf("%d rooms", n)
	}
	for query, want := range map[string]int{"?q=ліцей": 1, "?district=b": 0, "?show=old": 2, "?show=broken": 0, "?show=due": 2, "?show=asked": 0, "?show=idle": 0, "?sort=hours": 2, "?page=9": 2, "?sort=nonsense&show=nonsense": 2} {
		_, doc := r.get(Office+query, 200)
		rows := doc.Find("table tbody tr").Length()
		if rows != want || want == 0 && doc.Find(".os-empty").Length() == 0 {
			t.Errorf("%s: %d rows, want %d", query, rows, want)
		}
		w, _ := r.get(Office+"/file/xlsx"+query, 200)
		f, err := excelize.OpenReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		all, err := f.GetRows("Sheet1")
		if err != nil {
			t.Fatal(err)
		}
		inFile, head := 0, false
		for _, row := range all {
			if head {
				inFile++
			}
			head = head || len(row) > 0 && row[0] == "Лабораторія"
		}
		if inFile != want {
			t.Errorf("%s: %d rows in the file, want %d", query, inFile, want)
		}
	}
	r.get(Office+"/file/exe", 404)
	r.get(Office+"/requests", 200)
	r.get(Office+"/requests/file/csv", 200)
}

// What a thief would like to know is behind the gate, and the one open file has no name.
func TestRoomsAreNotPublic(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.room("s1", "Кабінет таємний")
	r.room("s2", "Кабінет другий")
	r.actor = visitor
	for _, path := range []string{School, School + "/room/" + l.ID, Office, Office + "/room/" + l.ID, Office + "/file/csv", Office + "/requests"} {
		r.get(path, 403)
	}
	if w, _ := r.get(OpenData, 200); strings.Count(w.Body.String(), "\n") != 1 {
		t.Errorf("two institutions are published: %s", w.Body.String())
	}
	r.room("s3", "Кабінет третій")
	w, _ := r.get(OpenData, 200)
	text := w.Body.String()
	if !strings.Contains(text, "Другий район + Перший район,3,5,45,35,35,60") && !strings.Contains(text, "Перший район + Другий район,3,5,45,35,35,60") {
		t.Errorf("the open file: %s", text)
	}
	for _, secret := range []string{"Кабінет", "Ліцей", "вул.", "інв-77", l.ID, "s1"} {
		if strings.Contains(text, secret) {
			t.Errorf("the open file holds %q", secret)
		}
	}
	r.actor = stranger
	r.get(School+"/room/"+l.ID, 404)
	r.post(School+"/room/"+l.ID+"/out", 404, "rev", itoa(l.Rev))
	r.get(Office, 404) // a coordinator is no department
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := r.room("s1", "5")
	operator := person.Operator("test")
	q, err := r.labs.Ask(t.Context(), &operator, lab.Request{Institution: "s1", Lab: l.ID, Kind: lab.Laptop, What: "x", Why: "y", Count: 1, Priority: lab.Usual})
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{i18n.Ukrainian, i18n.English} {
		r.lang = lang
		for _, p := range []struct {
			who  person.Actor
			path string
		}{{coordinator, School}, {coordinator, School + "/new"}, {coordinator, School + "/room/" + l.ID}, {coordinator, School + "/room/" + l.ID + "/edit"}, {coordinator, School + "/room/" + l.ID + "/line/new"}, {coordinator, School + "/room/" + l.ID + "/line/e1"},
			{coordinator, School + "/room/" + l.ID + "/rows"}, {coordinator, School + "/requests/new"}, {coordinator, School + "/requests/" + q.ID}, {coordinator, School + "/requests/" + q.ID + "/edit"}, {coordinator, School + "/requests/" + q.ID + "/task"},
			{department, Office}, {department, Office + "/room/" + l.ID}, {department, Office + "/requests"}, {department, Office + "/request/" + q.ID}, {department, Office + "/request/" + q.ID + "/task"}} {
			r.actor = p.who
			w, doc := r.get(p.path, 200)
			if text := w.Body.String(); strings.Contains(text, "lab.") && strings.Contains(doc.Text(), "lab.") {
				t.Errorf("%s %s: a message without words", lang, p.path)
			}
			if doc.Find("html").AttrOr("lang", "") != lang || doc.Find("h1").Length() != 1 {
				t.Errorf("%s %s: language or heading", lang, p.path)
			}
		}
	}
}
