package credential

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	files "osvitlo/content"
	"osvitlo/internal/audit"
	"osvitlo/internal/content"
	"osvitlo/internal/course"
	"osvitlo/internal/credential"
	"osvitlo/internal/credential/badge"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

var (
	ctx   = context.Background()
	noon  = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	words *i18n.Bundle
	pages *page.Renderer
	lib   *content.Library
)

const (
	holder = person.ID("paaaaaaaaaaaaaaaaaaaaaaaaaa")
	name   = "Марія Ґалаґан"
	slug   = "fraud-protection"
	device = "abcdefghijklmnopqrstuvwxyz"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	var err error
	if words, err = i18n.Load(locales.FS); err != nil {
		panic(err)
	}
	if pages, err = page.New(page.Options{Words: words, Sets: []page.Set{Set()}}); err != nil {
		panic(err)
	}
	lib, _ = content.LoadAt(files.FS, noon)
	m.Run()
}

// shelf gives the course an audience that a council of teachers asks about.
type shelf struct{ *content.Library }

func (s shelf) Course(slug string) (*course.Course, error) {
	k, err := s.Library.Course(slug)
	if err != nil {
		return nil, err
	}
	c := *k
	c.Audience = []string{"teachers"}
	return &c, nil
}

type journal struct{}

func (journal) Record(_ context.Context, e audit.Event) error { return e.Check() }

type rig struct {
	*credential.Service
	site   http.Handler
	actors map[string]*person.Actor
	name   string
	at     string // the site's address

	tests    *tests
	approved bool // the form for certificates is «апробовано»
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newRig(t *testing.T) *rig {
	t.Helper()
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	must(t, err)
	t.Cleanup(func() { _ = engine.Close() })
	must(t, engine.Migrate(ctx, credential.Specs()))
	keys, err := vault.ParseKeys("a:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
	must(t, err)
	ring, err := vault.New(keys)
	must(t, err)
	r := &rig{name: name, at: "https://osvitlo.example", actors: map[string]*person.Actor{
		"": {Where: "web"}, "holder": {Person: holder, Where: "web"}, "other": {Person: "pbbbbbbbbbbbbbbbbbbbbbbbbbb", Where: "web"},
		"mentor": {Person: "pmmmmmmmmmmmmmmmmmmmmmmmmmm", Where: "web", Strong: true, Fresh: true, Grants: []person.Grant{{Role: person.Mentor, Place: "lib-1"}}},
		"editor": {Person: "peeeeeeeeeeeeeeeeeeeeeeeeee", Where: "web", Strong: true, Fresh: true, Grants: []person.Grant{{Role: person.Editor}}},
	}}
	r.tests = &tests{stored: map[string]credential.LevelResult{}}
	r.Service, err = credential.New(credential.Config{Tests: r.tests, Proctored: true, Approved: func(string, int) bool { return r.approved },
		Engine: engine, Catalogue: shelf{lib}, Ring: ring, Secret: []byte("a secret of this test, 32 bytes!"), Audit: journal{},
		Address: func() string { return r.at }, Issuer: i18n.Text{UK: "Міська рада", EN: "City council"},
		Name: func(context.Context, person.ID) (string, error) { return r.name, nil }, Now: func() time.Time { return noon }})
	must(t, err)
	h, err := New(Options{Pages: pages, Words: words, Credentials: r.Service, Catalogue: lib, Address: func() string { return r.at }, Now: func() time.Time { return noon },
		Enter: func(_ *gin.Context, sitting, _ string) string { return "/s/" + sitting },
		Facts: func(context.Context, string, string) (*TestFacts, error) {
			return &TestFacts{Items: 24, Sure: 0.83}, nil
		},
		Places: func() []Place { return []Place{{"lib-1", i18n.Text{UK: "Бібліотека", EN: "Library"}}} },
		Learner: func(_ context.Context, a person.Actor, id person.ID) (*Learner, error) {
			if id != holder {
				return nil, fault.New(fault.NotFound, "")
			}
			return &Learner{ID: id, Name: name}, nil
		}})
	must(t, err)
	g := gin.New()
	doors := gate.New(nil, slog.New(slog.DiscardHandler))
	fail := func(c *gin.Context, err error) { c.String(page.Status(fault.KindOf(err)), "%s", err.Error()) }
	for _, route := range h.Routes() {
		g.Handle(route.Method, route.Path, func(c *gin.Context) {
			a := *r.actors[c.GetHeader("Actor")]
			c.Set("gate.actor", &a)
			lang := c.Query("lang")
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), i18n.Choose(lang, "", "")))
			if !route.Need.Public() {
				doors.Guard(route.Need, fail)(c)
			}
			if !c.IsAborted() {
				if err := route.Do(c); err != nil {
					fail(c, err)
				}
			}
		})
	}
	r.site = g
	return r
}

func (r *rig) ask(method, path, who string, form url.Values, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	var body *strings.Reader
	if form == nil {
		body = strings.NewReader("")
	} else {
		body = strings.NewReader(form.Encode())
	}
	q := httptest.NewRequest(method, path, body)
	q.Header.Set("Actor", who)
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range cookies {
		q.AddCookie(c)
	}
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, q)
	return w
}

func (r *rig) get(path, who string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	return r.ask(http.MethodGet, path, who, nil, cookies...)
}

func (r *rig) issue(t *testing.T, l course.Learner) string {
	t.Helper()
	doc, err := r.IssueCourse(ctx, course.Completion{Learner: l, Course: slug, Version: 1, At: noon, Lessons: 6, Minutes: 95})
	must(t, err)
	return doc.ID
}

var rawKey = regexp.MustCompile(`\b(credential|page|person)\.[a-z_]+(\.[a-z_]+)*\b`)

// sound checks what every page here promises, and gives its text.
func sound(t *testing.T, what string, w *httptest.ResponseRecorder) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(w.Body)
	must(t, err)
	text := doc.Find("body").Text()
	if k := rawKey.FindString(text); k != "" {
		t.Errorf("%s shows the key %s", what, k)
	}
	if doc.Find("h1").Length() != 1 {
		t.Errorf("%s has %d headings of the first order", what, doc.Find("h1").Length())
	}
	if doc.Find("[style], script:not([src])").Length() > 0 {
		t.Errorf("%s has something inline", what)
	}
	if doc.Find("img:not([alt])").Length() > 0 {
		t.Errorf("%s has a picture without words", what)
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), " ")
}

func TestAnybodyMayCheck(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.issue(t, course.OfPerson(holder))
	for lang, want := range map[string][]string{
		"uk": {"Чинне", "Це підтвердження міста, не Цифрограм", "М. Ґ.", "21 листопада 2026", "Міська рада", "6 уроків, 1,6 год", "Чи зараховувати, вирішує педагогічна рада / кадрова служба"},
		"en": {"Valid", "not Cyfrogram", "М. Ґ.", "21 November 2026", "City council", "6 lessons, 1.6 h", "The teachers’ council"},
	} {
		for _, page := range []string{"/verify/" + id, "/verify/" + id + "/certificate"} {
			w := r.get(page+"?lang="+lang, "")
			if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Body.String(), `<meta name="robots" content="noindex">`) {
				t.Errorf("%s: %d, %q", page, w.Code, w.Header().Get("Cache-Control"))
			}
			text := sound(t, page+" "+lang, w)
			for _, one := range want {
				if one == "Чинне" || one == "Valid" {
					if strings.HasSuffix(page, "certificate") {
						continue
					}
				}
				if !strings.Contains(text, one) {
					t.Errorf("%s in %s does not say %q: %s", page, lang, one, text)
				}
			}
			if strings.Contains(text, "Ґалаґан") || strings.Contains(text, string(holder)) {
				t.Errorf("%s in %s tells more than was agreed", page, lang)
			}
		}
	}
	for _, unknown := range []string{"c" + strings.Repeat("a", 26), "x", strings.Repeat("c", 300), "%3Cb%3E"} {
		if w := r.get("/verify/"+unknown, ""); w.Code != 404 || !strings.Contains(sound(t, unknown, w), "Такого підтвердження немає") {
			t.Errorf("%q: %d", unknown, w.Code)
		}
	}
	if w := r.get("/verify?id=https://osvitlo.example/verify/"+id, ""); w.Header().Get("Location") != "/verify/"+id {
		t.Errorf("a pasted address leads to %q", w.Header().Get("Location"))
	}
}

func TestTheHolderDecidesAndDownloads(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.issue(t, course.OfPerson(holder))
	for _, file := range []string{"badge.json", "badge.jwt", "badge.png", "badge.svg"} {
		if w := r.get("/verify/"+id+"/"+file, "holder"); w.Code != 200 || w.Body.Len() == 0 {
			t.Errorf("%s for its holder: %d %s", file, w.Code, w.Body)
		}
		for _, who := range []string{"", "other", "mentor", "editor"} {
			if w := r.get("/verify/"+id+"/"+file, who); w.Code != 404 {
				t.Errorf("%s for %q: %d", file, who, w.Code)
			}
		}
	}
	if text := sound(t, "list", r.get("/me/certificates", "holder")); !strings.Contains(text, "Показувати ім’я") || !strings.Contains(text, "не апробував") {
		t.Errorf("my list: %s", text)
	}
	sound(t, "list", r.get("/me/certificates?lang=en", "other"))
	if w := r.ask("POST", "/me/certificates/"+id+"/name", "other", url.Values{"on": {"true"}}); w.Code != 404 {
		t.Errorf("somebody else switches my name: %d", w.Code)
	}
	if w := r.ask("POST", "/me/certificates/"+id+"/name", "holder", url.Values{"on": {"true"}}); w.Code != 303 {
		t.Errorf("I do: %d %s", w.Code, w.Body)
	}
	if text := sound(t, "check", r.get("/verify/"+id, "")); !strings.Contains(text, name) {
		t.Error("the name was switched on and is not shown")
	}
	if w := r.ask("POST", "/mentor/learners/"+string(holder)+"/certificates/"+id+"/name", "mentor", url.Values{}); w.Code != 303 {
		t.Errorf("the mentor switches it off: %d %s", w.Code, w.Body)
	}
	if text := sound(t, "check", r.get("/verify/"+id, "")); strings.Contains(text, name) {
		t.Error("the name is still shown")
	}
	r.name = ""
	w := r.ask("POST", "/me/certificates/"+id+"/name", "holder", url.Values{"on": {"true"}})
	if text := sound(t, "refusal", w); w.Code != 422 || !strings.Contains(text, "Ми не знаємо імені") {
		t.Errorf("without a name: %d %s", w.Code, text)
	}
	if w := r.ask("POST", "/me/level", "holder", url.Values{}); w.Code != 403 {
		t.Errorf("a level from an instrument that nobody approved: %d", w.Code)
	}
	mine := r.issue(t, course.OfDevice(device))
	if w := r.get("/verify/"+mine+"/badge.json", "", &http.Cookie{Name: learnerCookie, Value: device}); w.Code != 200 {
		t.Errorf("the device's own badge: %d", w.Code)
	}
}

func TestPDFHoldsAnyName(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, n := range []string{"", "Я", name, strings.Repeat("Щ", 200), strings.Repeat("Ґалаґан-", 24), "王小明 José", strings.Repeat("я ", 100)} {
		r.name = n
		id := r.issue(t, course.OfDevice(n))
		if n != "" {
			must(t, r.Adopt(ctx, course.OfDevice(n), course.OfPerson(holder)))
			must(t, r.ShowName(ctx, person.Actor{Person: holder, Where: "web"}, id, true))
		}
		for _, lang := range []string{"uk", "en"} {
			w := r.get("/verify/"+id+"/certificate.pdf?lang="+lang, "")
			if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF-") || strings.Count(w.Body.String(), "/Type /Page\n") != 1 {
				t.Errorf("%q %s: %d, %d bytes, %d pages", n, lang, w.Code, w.Body.Len(), strings.Count(w.Body.String(), "/Type /Page\n"))
			}
		}
	}
}

func TestStaffTakeBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.issue(t, course.OfPerson(holder))
	for _, path := range []string{"", "/keys", "/of/" + id, "/of/" + id + "/revoke", "?id=nothing"} {
		for _, lang := range []string{"uk", "en"} {
			at := office + path
			if strings.Contains(at, "?") {
				at += "&lang=" + lang
			} else {
				at += "?lang=" + lang
			}
			if w := r.get(at, "editor"); w.Code != 200 || strings.Contains(sound(t, at, w), "Ґалаґан") {
				t.Errorf("%s: %d", at, w.Code)
			}
		}
	}
	if w := r.get(office+"?id="+strings.ToUpper(id), "editor"); w.Header().Get("Location") != office+"/of/"+id {
		t.Errorf("the search leads to %q", w.Header().Get("Location"))
	}
	at := office + "/of/" + id + "/revoke"
	for what, form := range map[string]url.Values{"not sure": {"reason": {"mistake"}}, "no reason": {"sure": {"true"}}, "nothing": {}, "a strange reason": {"reason": {"x"}, "sure": {"true"}}} {
		w := r.ask("POST", at, "editor", form)
		if text := sound(t, what, w); w.Code != 422 || text == "" {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	if w := r.ask("POST", at, "editor", url.Values{"reason": {"mistake"}, "sure": {"true"}}); w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for lang, want := range map[string]string{"uk": "Відкликано 21 листопада 2026: видано помилково", "en": "Revoked on 21 November 2026: issued by mistake"} {
		if text := sound(t, "revoked", r.get("/verify/"+id+"?lang="+lang, "")); !strings.Contains(text, want) {
			t.Errorf("%s: %s", lang, text)
		}
	}
	for _, file := range []string{"badge.json", "certificate.pdf", "certificate"} {
		if w := r.get("/verify/"+id+"/"+file, "holder"); w.Code != 303 {
			t.Errorf("%s of a revoked one: %d", file, w.Code)
		}
	}
	if w := r.ask("POST", office+"/keys", "editor", url.Values{}); w.Code != 303 {
		t.Errorf("a new key: %d %s", w.Code, w.Body)
	}
	sound(t, "keys", r.get(office+"/keys", "editor"))
}

func TestTheDeskPrints(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.issue(t, course.OfPerson(holder))
	for _, lang := range []string{"uk", "en"} {
		w := r.get("/mentor/learners/"+string(holder)+"/certificates?lang="+lang, "mentor")
		if w.Code != 200 || !strings.Contains(w.Body.String(), "/verify/"+id+"/certificate.pdf") {
			t.Errorf("%d", w.Code)
		}
		sound(t, "desk", w)
	}
	if w := r.get("/mentor/learners/pzzzzzzzzzzzzzzzzzzzzzzzzzz/certificates", "mentor"); w.Code != 404 {
		t.Errorf("somebody of another venue: %d", w.Code)
	}
}

func TestFilesForProgramsMayBeKept(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.issue(t, course.OfPerson(holder))
	b, err := lib.CourseBadge(slug)
	must(t, err)
	for path, kind := range map[string]string{"/.well-known/did.json": typeDID, "/credentials/status/1": typeVC, "/badges/" + b.Slug + "/achievement.json": typeLD,
		"/badges/" + b.Slug + "/image.png": typePNG, "/badges/" + b.Slug + "/image.svg": typeSVG} {
		w := r.get(path, "")
		if w.Code != 200 || w.Header().Get("Content-Type") != kind || !strings.HasPrefix(w.Header().Get("Cache-Control"), "public, max-age=") || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
	for _, path := range []string{"/credentials/status/0", "/credentials/status/2", "/credentials/status/01", "/credentials/status/x", "/badges/none", "/badges/" + b.Slug + "/x"} {
		if w := r.get(path, ""); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	for _, lang := range []string{"uk", "en"} {
		for _, one := range append(lib.Badges(), &badge.Badge{}) {
			path := strings.TrimSuffix("/badges/"+one.Slug, "/")
			if w := r.get(path+"?lang="+lang, ""); w.Code != 200 {
				t.Errorf("%s: %d", path, w.Code)
			} else {
				sound(t, path, w)
			}
		}
	}
	r.at = ""
	for _, path := range []string{"/.well-known/did.json", "/credentials/status/1"} {
		if w := r.get(path, ""); w.Code != 404 {
			t.Errorf("%s without an address: %d", path, w.Code)
		}
	}
	if text := sound(t, "list", r.get("/me/certificates", "holder")); !strings.Contains(text, words.Lang("uk").T("credential.no_address", nil)) {
		t.Errorf("my list without an address: %s", text)
	}
}
