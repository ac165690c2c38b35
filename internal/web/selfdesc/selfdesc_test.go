package selfdesc

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"osvitlo/content"
	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/portrait"
	domain "osvitlo/internal/institution/selfdesc"
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
	h     *Handlers
	all   *portrait.Service
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
	if err := e.Migrate(t.Context(), []store.Spec{portrait.Spec, institution.Spec}); err != nil {
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
	book, err := domain.Load(content.FS, "institutions")
	if err != nil {
		t.Fatal(err)
	}
	if r.all, err = portrait.New(t.Context(), portrait.Options{Engine: e, Book: book, Bodies: bodies, Audit: r.log, Now: now}); err != nil {
		t.Fatal(err)
	}
	h, err := New(Options{Pages: pages, Words: words, Bodies: bodies, Portraits: r.all, Owner: "Рада", Now: now, Districts: []Named{{"a", i18n.Text{UK: "Перший район", EN: "First district"}}, {"b", i18n.Text{UK: "Другий район", EN: "Second district"}}}})
	if err != nil {
		t.Fatal(err)
	}
	r.h = h
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

const at1 = School + "/at/s1"

// fill saves what must be answered, section by section, as a browser without a script does.
func (r *rig) fill() {
	r.t.Helper()
	for _, x := range [][]string{{"people", "learners", "640", "educators", "48"}, {"equipment", "devices-learners", "90"}, {"rules", "plan", "no", "need", "Ноутбуки"}, {"power", "power-backup", "light"}} {
		path := at1 + "/section/" + x[0]
		_, doc := r.get(path, 200)
		r.post(path, 303, append([]string{"mark", doc.Find("[name=mark]").AttrOr("value", "")}, x[1:]...)...)
	}
}

func (r *rig) sign() {
	r.t.Helper()
	_, doc := r.get(School, 200)
	r.post(at1+"/sign", 303, "rev", doc.Find("#sign [name=rev]").AttrOr("value", ""), "signer", "Олена Вигадана", "post", "директорка", "day", "2026-11-22", "sure", "yes")
}

func TestAHeadFillsInAndSigns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, doc := r.get(School, 200)
	if doc.Find("#sections tbody tr").Length() != 7 || doc.Find("#sign form").Length() != 0 {
		t.Error("sections to fill in, nothing to sign yet")
	}
	path := at1 + "/section/people"
	_, doc = r.post(path, 422, "mark", "0", "learners", "багато", "educators", "48")
	if doc.Find("[name=learners]").AttrOr("value", "") != "багато" || doc.Find("#f-learners[aria-invalid]").Length() != 1 {
		t.Error("what was typed is gone, or the field does not say what is wrong")
	}
	if _, doc = r.get(at1+"/section/power", 200); !strings.Contains(testkit.Plain(doc.Text()), "Лише якщо") {
		t.Error("a field that depends on another one does not say so")
	}
	w, _ := r.post(path, 303, "mark", "0", "learners", "1", "educators", "1", "go", "next")
	if !strings.HasPrefix(w.Header().Get("Location"), at1+"/section/network") {
		t.Errorf("next: %s", w.Header().Get("Location"))
	}
	r.fill()
	_, doc = r.get(School, 200)
	rev := doc.Find("#sign [name=rev]").AttrOr("value", "")
	_, doc = r.post(at1+"/sign", 422, "rev", rev, "signer", "Олена", "post", "", "day", "2026-11-22")
	if doc.Find("[name=signer]").AttrOr("value", "") != "Олена" || doc.Find("#f-post[aria-invalid]").Length() != 1 {
		t.Error("the signature's form lost what was typed")
	}
	r.sign()
	_, doc = r.get(School, 200)
	if !strings.Contains(testkit.Plain(doc.Text()), "640") || doc.Find("form[action$='/anew']").Length() != 1 || doc.Find("#sections").Length() != 0 {
		t.Error("the signed document is not shown as signed")
	}
	_, doc = r.post(path, 409, "mark", "0", "learners", "2")
	if !strings.Contains(testkit.Plain(doc.Text()), "не змінюється") {
		t.Error("a frozen document does not say so")
	}
	_, doc = r.get(at1+"/signed/2026/1", 200)
	if text := testkit.Plain(doc.Text()); !strings.Contains(text, "Олена Вигадана") || !strings.Contains(text, "Ліцей перший") {
		t.Error("the paper lacks the signature or the name")
	}
	if w, _ := r.get(at1+"/signed/2026/1/file", 200); !strings.HasPrefix(w.Body.String(), "PK") {
		t.Error("no DOCX")
	}
	r.get(at1+"/signed/2026/2", 404)
	r.post(at1+"/anew", 303)
	if _, doc = r.get(School, 200); doc.Find("#sections tbody tr").Length() != 7 {
		t.Error("a new version is not open")
	}
	r.post(at1+"/drop", 303)
	if b, ok := r.h.Beside("s1", 2026, r.h.o.Words.Lang(i18n.English)); !ok || len(b.Facts) < 5 {
		t.Errorf("beside the results: %v %+v", ok, b)
	}
	if _, ok := r.h.Beside("s1", 2025, r.h.o.Words.Lang(i18n.English)); ok {
		t.Error("a later year's stands beside an earlier round")
	}
}

func TestTwoEditorsOfASectionSeeBothTexts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := at1 + "/section/people"
	r.post(path, 303, "mark", "0", "learners", "640", "educators", "48")
	_, doc := r.post(path, 409, "mark", "0", "learners", "650", "educators", "48")
	both := doc.Find("#both").Text()
	if !strings.Contains(both, "650") || !strings.Contains(both, "640") || doc.Find("#both tbody tr").Length() != 1 || doc.Find("[name=learners]").AttrOr("value", "") != "650" {
		t.Errorf("both: %q", both)
	}
	r.post(path, 303, "mark", doc.Find("[name=mark]").AttrOr("value", ""), "learners", "650", "educators", "48")
}

func TestTheDepartmentSeesAndPublishes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.fill()
	r.actor = department
	_, doc := r.get(Office+"/one/s1", 200)
	if strings.Contains(doc.Text(), "640") {
		t.Error("the department reads a draft")
	}
	r.actor = coordinator
	r.sign()
	r.get(Office, 404)
	r.post(Office+"/publish", 403, "year", "2026", "body", "s1", "decision", "наказ")
	r.actor = department
	for query, want := range map[string]int{"": 3, "?state=unsigned": 2, "?state=signed": 1, "?state=shown": 0, "?district=b": 1, "?kind=preschool": 0, "?year=2025": 3, "?year=9999&state=x": 0} {
		if _, doc := r.get(Office+query, 200); doc.Find("table tbody tr").Length() != want {
			t.Errorf("%s: %d rows, want %d", query, doc.Find("table tbody tr").Length(), want)
		}
	}
	if w, _ := r.get(Office+"/file/csv", 200); !strings.Contains(w.Body.String(), "640") {
		t.Error("the file lacks the answers")
	}
	r.get(Office+"/file/xlsx", 200)
	_, doc = r.get(Office+"/publish?year=2026", 200)
	if doc.Find("form[method=post]").Length() != 0 {
		t.Error("nothing was chosen and something could be published")
	}
	_, doc = r.post(Office+"/publish", 422, "year", "2026", "body", "s1", "body", "s2", "decision", "")
	if doc.Find("[name=body]").Length() != 1 || doc.Find("[name=body]").AttrOr("value", "") != "s1" {
		t.Error("what was chosen is gone, or what is not signed stayed")
	}
	r.post(Office+"/publish", 303, "year", "2026", "body", "s1", "decision", "наказ № 45")
	r.actor = visitor
	w, _ := r.get(OpenData, 200)
	text := w.Body.String()
	if !strings.Contains(text, "Ліцей перший") || !strings.Contains(text, "наказ № 45") {
		t.Errorf("the open file: %s", text)
	}
	for _, secret := range []string{"Вигадана", "power-backup", "devices-learners,", "Ноутбуки", "вул."} {
		if strings.Contains(text, secret) {
			t.Errorf("the open file holds %q", secret)
		}
	}
	r.get(Office, 403)
	r.actor = department
	r.post(Office+"/hide", 303, "year", "2026", "body", "s1")
	if w, _ := r.get(OpenData, 200); strings.Count(w.Body.String(), "\n") != 1 {
		t.Error("what was taken back is still published")
	}
	r.actor = stranger
	r.get(at1, 404)
	r.post(at1+"/section/people", 404, "mark", "0", "learners", "1")
	r.get(at1+"/signed/2026/1", 404)
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.fill()
	r.sign()
	r.post(at1+"/anew", 303)
	for _, lang := range []string{i18n.Ukrainian, i18n.English} {
		r.lang = lang
		for _, p := range []struct {
			who  person.Actor
			path string
		}{{coordinator, School}, {coordinator, at1 + "/section/people"}, {coordinator, at1 + "/section/network"}, {coordinator, at1 + "/section/support"}, {coordinator, at1 + "/section/power"}, {coordinator, at1 + "/signed/2026/1"},
			{department, Office}, {department, Office + "/one/s1"}, {department, Office + "/one/s2"}, {department, Office + "/publish?year=2026&body=s1"}, {department, Office + "/one/s1/signed/2026/1"}} {
			r.actor = p.who
			_, doc := r.get(p.path, 200)
			if text := doc.Text(); strings.Contains(text, "portrait.") || strings.Contains(text, "selfdesc.") {
				t.Errorf("%s %s: a message without words", lang, p.path)
			}
			if doc.Find("html").AttrOr("lang", "") != lang || doc.Find("h1").Length() != 1 {
				t.Errorf("%s %s: language or heading", lang, p.path)
			}
		}
	}
}
