package app

import (
	"bytes"
	"context"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/gate"
)

// foreign are things of another venue, and ones that never were.
type foreign struct {
	learner, second, worker person.ID
	token                   string
	sitting                 string
}

// elsewhere makes people and a token of the venue "lib-2", where nobody of the demo works.
func elsewhere(t *testing.T, a *App) foreign {
	t.Helper()
	ctx, op := context.Background(), person.Operator("test")
	learner := func(name string) person.ID {
		out, err := a.People.Register(ctx, op, person.Registration{Name: name, Born: 1950, Venue: "lib-2"})
		if err != nil {
			t.Fatal(err)
		}
		return out.Person.ID
	}
	f := foreign{learner: learner("Чужа Особа"), second: learner("Чужа Особо"), sitting: "01a00000-0000-7000-8000-0000000000ff"}
	worker, err := a.People.AddStaff(ctx, op, person.Mentor, "lib-2", "test")
	if err != nil {
		t.Fatal(err)
	}
	f.worker = worker.ID
	if _, _, err := a.People.IssueToken(ctx, op, person.VenueToken, "lib-2", "", "стіл", 0); err != nil {
		t.Fatal(err)
	}
	tokens, err := a.People.Tokens(ctx, op, "lib-2")
	if err != nil || len(tokens) == 0 {
		t.Fatalf("%v, %v", tokens, err)
	}
	f.token = tokens[0].ID
	return f
}

// fill puts things of others, or ones that are not there, into an address.
func (f foreign) fill(pattern string, there bool) string {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if !strings.HasPrefix(p, ":") && !strings.HasPrefix(p, "*") {
			continue
		}
		value := "nothing-there"
		switch {
		case strings.Contains(pattern, "/learners/") && p == ":id", p == ":a":
			value = string(f.learner)
		case p == ":b":
			value = string(f.second)
		case strings.HasPrefix(pattern, "/office/people/"):
			value = string(f.worker)
		case strings.HasPrefix(pattern, "/office/tokens/"):
			value = f.token
		case p == ":sitting":
			value = f.sitting
		case p == ":number":
			value = "1"
		}
		if !there && p != ":number" && p != ":sitting" {
			value = value[:len(value)-3] + "zzz"
			if len(value) == 27 && value[0] == 'p' {
				value = "p" + strings.Repeat("a", 26)
			}
		}
		parts[i] = url.PathEscape(value)
	}
	return strings.Join(parts, "/")
}

// TestNothingOfOthersIsFoundByItsID walks every address that names a thing, as every
// role that may come in, with things of another venue and with ones that never were:
// the answer is that nothing is there, for both alike, and never a page or a refusal
// that tells them apart.
func TestNothingOfOthersIsFoundByItsID(t *testing.T) {
	t.Parallel()
	a := small(t)
	f := elsewhere(t, a)
	// Whose links have their own page for used, expired and unknown ones alike; and
	// doors that say the same to every name.
	own := map[string]bool{"/sign-in/link/:token": true, "/guardian/:token": true, "/join/:code": true, "/sign-in/oidc/:id": true, "/sign-in/oidc/:id/callback": true}
	tried := map[string]int{}
	for _, r := range a.handlers.Pages() {
		if !strings.ContainsAny(r.Path, ":*") || own[r.Path] {
			continue
		}
		for _, role := range person.Roles() {
			cookie := signedIn(t, a, role)
			if !comesIn(t, a, r, role) {
				continue
			}
			for _, there := range []bool{true, false} {
				if there && everywhere(r, role) {
					continue // who works for the whole city finds everybody
				}
				path := f.fill(r.Path, there)
				if r.Path == "/office/learners/:id" {
					path += "?why=request" // it asks everybody for a reason first, whatever the id
				}
				req := httptest.NewRequest(r.Method, path, strings.NewReader(""))
				if r.Method == http.MethodPost {
					req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				}
				if cookie != nil {
					req.AddCookie(cookie)
				}
				w := httptest.NewRecorder()
				a.site.ServeHTTP(w, req)
				tried[role.String()]++
				if w.Code != http.StatusNotFound {
					t.Errorf("%s %s as %s (there: %v): %d %s", r.Method, r.Path, role, there, w.Code, w.Header().Get("Location"))
				}
				if strings.Contains(w.Body.String(), "Чужа") {
					t.Errorf("%s %s as %s shows the name of somebody else's learner", r.Method, r.Path, role)
				}
			}
		}
	}
	for _, role := range []person.Role{person.Mentor, person.VenueLead, person.Administrator} {
		if tried[role.String()] < 20 {
			t.Errorf("as %s only %d addresses were tried", role, tried[role.String()])
		}
	}
}

// comesIn tells whether the role passes the gate of a route.
func comesIn(t *testing.T, a *App, r gate.Route, role person.Role) bool {
	t.Helper()
	if r.Need.Public() {
		return role == person.Visitor || role == person.Resident
	}
	actor := person.Actor{Strong: true, Fresh: true}
	if role != person.Visitor {
		actor.Person = demoOf(t, a, role)
		grants, err := a.People.Grants(context.Background(), actor.Person)
		if err != nil {
			t.Fatal(err)
		}
		actor.Grants = grants
	}
	return r.Need.Ask(&actor).OK()
}

// everywhere tells whether the role does this in the whole city.
func everywhere(r gate.Route, role person.Role) bool {
	act, ok := r.Need.Action()
	return ok && person.Table()[act].Reach[role] == person.All
}

// TestFormsSetNothingTheyDoNotShow sends what only the server decides along with forms:
// unknown members are passed over, and nothing of it happens.
func TestFormsSetNothingTheyDoNotShow(t *testing.T) {
	t.Parallel()
	a := small(t)
	extra := url.Values{"role": {"administrator"}, "roles": {"administrator"}, "grants": {"administrator"}, "place": {"lib-1"}, "places": {"lib-1"}, "venue": {"lib-1"},
		"id": {"p" + strings.Repeat("a", 26)}, "person": {"p" + strings.Repeat("a", 26)}, "state": {"active"}, "email": {"a@example.org"}, "email_proved": {"1"},
		"strong": {"1"}, "fresh": {"1"}, "staff": {"1"}, "paper": {"12-3"}, "proof": {"x"}, "via": {"card"}, "made": {"2000-01-01"}, "Sealed": {"x"}, "phone_shared": {"1"}}
	with := func(form url.Values) url.Values {
		all := url.Values{}
		for _, m := range []url.Values{extra, form} {
			for k, v := range m {
				all[k] = v
			}
		}
		return all
	}
	before := count(t, a)
	w := send(a, "/register", with(url.Values{"adult": {"1"}, "name": {"Хтось Новий"}}), nil)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("registering: %d\n%s", w.Code, w.Body)
	}
	cookie := cookieOf(t, a, w)
	id := whose(t, a, cookie)
	look := func(step string) {
		t.Helper()
		ctx, op := context.Background(), person.Operator("test")
		p, err := a.People.ByID(ctx, op, id)
		if err != nil {
			t.Fatal(err)
		}
		grants, err := a.People.Grants(ctx, id)
		if err != nil || len(grants) != 0 || len(p.Places) != 0 || p.Email != "" || p.EmailProved || p.Made.Year() != 2026 || p.PhoneShared {
			t.Errorf("%s set what it does not show: %+v, %v, %v", step, p, grants, err)
		}
	}
	look("registering")
	if w := send(a, "/me/contact", with(url.Values{"name": {"Інше Ім’я"}, "born": {"2020"}, "adult": {"0"}}), cookie); w.Code != http.StatusSeeOther {
		t.Errorf("changing one's data: %d", w.Code)
	}
	look("changing one's data")
	if w := send(a, "/preferences", with(url.Values{"text": {"125"}}), cookie); w.Code != http.StatusSeeOther {
		t.Errorf("preferences: %d", w.Code)
	}
	look("preferences")
	if w := get(a, "/office/people", cookie); w.Code != http.StatusForbidden {
		t.Errorf("whoever asked for a role in a form: %d at /office/people", w.Code)
	}
	if after := count(t, a); after != before+1 {
		t.Errorf("%d people were made", after-before)
	}
	// The desk: a mentor of one venue writes a person into that one, whatever the form says.
	mentor := signedIn(t, a, person.Mentor)
	w = send(a, "/mentor/register", with(url.Values{"name": {"Нова Людина"}, "born": {"1950"}, "venue": {"lib-9"}, "paper": {""}}), mentor)
	at, _, _ := strings.Cut(strings.TrimPrefix(w.Header().Get("Location"), "/mentor/learners/"), "?")
	p, err := a.People.ByID(context.Background(), person.Operator("test"), person.ID(at))
	if err != nil || len(p.Places) != 1 || p.Places[0] != DemoPlace(person.Mentor) || p.EmailProved || p.Email != "" {
		t.Errorf("at the desk: %v, %v (%d)", p.Places, err, w.Code)
	}
}

// TestNoAddressLeadsToAnotherSite asks every page with addresses of another site where
// it takes a way back, and follows what it says.
func TestNoAddressLeadsToAnotherSite(t *testing.T) {
	t.Parallel()
	a := small(t)
	resident := signedIn(t, a, person.Resident)
	tried := 0
	for _, r := range a.handlers.Pages() {
		for _, to := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "/%09/evil.example", "https:evil.example", "javascript:alert(1)", "/\t/evil.example"} {
			q := url.Values{}
			for _, name := range []string{"back", "next", "return", "to", "url", "redirect"} {
				q.Set(name, to)
			}
			for _, cookie := range []*http.Cookie{nil, resident} {
				if cookie != nil && (r.Path == "/sign-out" || strings.HasPrefix(r.Path, "/me/devices/")) {
					continue // they end the session that the others need
				}
				var w *httptest.ResponseRecorder
				if r.Method == http.MethodPost {
					w = send(a, concrete(r.Path), q, cookie)
				} else {
					w = get(a, concrete(r.Path)+"?"+q.Encode(), cookie)
				}
				tried++
				if loc := w.Header().Get("Location"); leaves(loc) {
					t.Errorf("%s %s with %q leads to %q", r.Method, r.Path, to, loc)
				}
				if body := w.Body.String(); strings.Contains(body, `href="https://evil`) || strings.Contains(body, `href="//evil`) || strings.Contains(body, `action="//evil`) ||
					strings.Contains(body, `value="https://evil.example/"`) && strings.Contains(body, `name="back"`) {
					t.Errorf("%s %s with %q carries the address on", r.Method, r.Path, to)
				}
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d answers were looked at", tried)
	}
}

func leaves(loc string) bool {
	if loc == "" {
		return false
	}
	u, err := url.Parse(loc)
	return err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(loc, "//") || strings.HasPrefix(loc, `/\`) || strings.HasPrefix(loc, `\`)
}

func send(a *App, path string, form url.Values, cookie *http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	a.site.ServeHTTP(w, r)
	return w
}

// cookieOf is the session that an answer began.
func cookieOf(t *testing.T, a *App, w *httptest.ResponseRecorder) *http.Cookie {
	t.Helper()
	for _, c := range w.Result().Cookies() {
		if c.Name == a.options.Sessions.Manager.Cookie.Name {
			return c
		}
	}
	t.Fatal("no session was begun")
	return nil
}

// whose is the person of a session.
func whose(t *testing.T, a *App, cookie *http.Cookie) person.ID {
	t.Helper()
	ctx, err := a.options.Sessions.Manager.Load(context.Background(), cookie.Value)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := a.options.Sessions.Actor(ctx, "web")
	if err != nil || actor.Person == "" {
		t.Fatalf("nobody is signed in: %v", err)
	}
	return actor.Person
}

// count is how many people there are.
func count(t *testing.T, a *App) int {
	t.Helper()
	n := 0
	for _, spec := range person.Specs() {
		if spec.Name != "people" {
			continue
		}
		raw, err := a.engine.Raw(spec)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range raw.Find(context.Background(), store.Query{Index: store.BuiltinID}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	return n
}

// TestNoPageTakesAFile sends files under the names of fields, with types that lie, to
// every form: none fails, none keeps anything, and nothing lies around afterwards.
// Pictures of the site come with its content, and are served by what they are named.
func TestNoPageTakesAFile(t *testing.T) {
	t.Parallel()
	a := small(t)
	temporary := func() int {
		found, err := filepath.Glob(filepath.Join(os.TempDir(), "multipart-*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	stored := func() (list []string) {
		err := filepath.WalkDir(filepath.Join(a.config.Data, "media"), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				list = append(list, path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	before, files := temporary(), stored()
	resident := signedIn(t, a, person.Resident)
	tried := 0
	for _, r := range a.handlers.Pages() {
		if r.Method != http.MethodPost || r.Path == "/sign-out" || strings.HasPrefix(r.Path, "/me/devices/") {
			continue
		}
		for name, text := range map[string]string{"a.png": "<script>alert(1)</script>", "b.svg": `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, "c.jpg": "PK\x03\x04" + strings.Repeat("\x00", 20_000)} {
			var body bytes.Buffer
			w := multipart.NewWriter(&body)
			for _, field := range []string{"name", "file", "picture", "answer"} {
				part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + field + `"; filename="` + name + `"`}, "Content-Type": {"image/png"}})
				if err != nil {
					t.Fatal(err)
				}
				_, _ = part.Write([]byte(text)) // a buffer takes everything
			}
			_ = w.Close()
			for kind, sent := range map[string][]byte{w.FormDataContentType(): body.Bytes(), "image/svg+xml": []byte(text), "application/zip": []byte(text)} {
				req := httptest.NewRequest(http.MethodPost, concrete(r.Path), bytes.NewReader(sent))
				req.Header.Set("Content-Type", kind)
				req.AddCookie(resident)
				got := httptest.NewRecorder()
				a.site.ServeHTTP(got, req)
				tried++
				if got.Code >= 500 {
					t.Errorf("%s with %s as %.20s: %d", r.Path, name, kind, got.Code)
				}
				if strings.Contains(got.Body.String(), "<script>alert(1)") {
					t.Errorf("%s gives what was sent back", r.Path)
				}
			}
		}
	}
	if after := stored(); len(after) != len(files) {
		t.Errorf("a form kept a file: %v", after)
	}
	if after := temporary(); after > before {
		t.Errorf("%d temporary files were left", after-before)
	}
	if tried < 300 {
		t.Errorf("only %d forms were tried", tried)
	}
	for _, name := range []string{"/media/a.html", "/media/a.svg", "/media/../people", "/media/a.png.html", "/media/%2e%2e/settings"} {
		if w := get(a, name, nil); w.Code != http.StatusNotFound || strings.HasPrefix(w.Header().Get("Content-Type"), "image/svg") {
			t.Errorf("%s: %d %s", name, w.Code, w.Header().Get("Content-Type"))
		}
	}
}
