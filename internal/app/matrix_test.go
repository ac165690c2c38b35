package app

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/config"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	"osvitlo/internal/web/gate"
)

var update = flag.Bool("update", false, "write testdata/matrix.txt anew; read it before you commit it")

const matrixFile = "testdata/matrix.txt"

// probe stands in for pages behind their doors: the same addresses and needs, and a
// handler that only says that somebody came in.
type probe struct{ pages []gate.Route }

func (p probe) Routes() []gate.Route {
	list := make([]gate.Route, len(p.pages))
	for i, r := range p.pages {
		r.Do = func(c *gin.Context) error { c.Status(http.StatusNoContent); return nil }
		list[i] = r
	}
	return list
}

// TestEveryRouteHasAnAnswerForEveryRole walks all pages as every role, through real
// sessions and the real gate. The expected answers stand in testdata/matrix.txt; a new
// route without a row fails.
func TestEveryRouteHasAnAnswerForEveryRole(t *testing.T) {
	t.Parallel()
	a := small(t)
	guarded := 0
	pages := a.handlers
	pages.Parts = []web.Part{probe{parts(a.handlers)}}
	site, err := web.New(a.options, pages)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	if raw, err := os.ReadFile(matrixFile); err == nil {
		for _, line := range strings.Split(string(raw), "\n") {
			if f := strings.Fields(line); len(f) > 2 && !strings.HasPrefix(line, "#") {
				want[f[0]+" "+f[1]] = strings.Join(f[2:], " ")
			}
		}
	} else if !*update {
		t.Fatal(err)
	}
	cookies := map[person.Role]*http.Cookie{}
	for _, role := range person.Roles() {
		cookies[role] = signedIn(t, a, role)
	}
	var text strings.Builder
	text.WriteString("# route, then every role's answer: in, 403, or sign-in (led to the door).\n# ")
	for _, role := range person.Roles() {
		text.WriteString(" " + role.String())
	}
	text.WriteString("\n")
	for _, r := range parts(a.handlers) {
		name := r.Method + " " + r.Path
		var got []string
		for _, role := range person.Roles() {
			got = append(got, knock(site, r, cookies[role]))
		}
		row := strings.Join(got, " ")
		fmt.Fprintf(&text, "%s %s\n", name, row)
		expected, known := want[name]
		delete(want, name)
		switch {
		case *update:
		case !known:
			t.Errorf("%s has no row in %s; it answers %s", name, matrixFile, row)
		case expected != row:
			t.Errorf("%s answers\n  %s\nand should answer\n  %s", name, row, expected)
		}
		if !r.Need.Public() {
			guarded++
			if got[0] != "sign-in" {
				t.Errorf("%s lets a visitor in", name)
			}
		}
	}
	if *update {
		if err := os.WriteFile(matrixFile, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for name := range want {
		t.Errorf("%s is in %s and not on the site", name, matrixFile)
	}
	if guarded < 30 {
		t.Errorf("only %d guarded routes were tried", guarded)
	}
}

// TestStaffNeedTheirSecondFactor: a sign-in by link alone opens no staff page, and one
// that was proved long ago no dangerous act.
func TestStaffNeedTheirSecondFactor(t *testing.T) {
	t.Parallel()
	a := small(t)
	pages := a.handlers
	pages.Parts = []web.Part{probe{parts(a.handlers)}}
	site, err := web.New(a.options, pages)
	if err != nil {
		t.Fatal(err)
	}
	weak := session(t, a, demoOf(t, a, person.Administrator), false)
	tried := 0
	for _, r := range parts(a.handlers) {
		act, guarded := r.Need.Action()
		if !guarded || person.Can(&person.Actor{Person: "p"}, act, person.Subject{Owner: "p"}).OK() {
			continue // one's own data
		}
		if by := person.Table()[act]; by.Reach[person.Administrator] == person.Nothing || by.Reach[person.Resident] != person.Nothing {
			continue
		}
		tried++
		to := answer(site, r, weak).Header().Get("Location")
		if !strings.HasPrefix(to, gate.FactorPath) {
			t.Errorf("%s %s leads a half-signed-in administrator to %q", r.Method, r.Path, to)
		}
	}
	if tried < 10 {
		t.Fatalf("only %d staff routes were tried", tried)
	}
}

// TestEveryPageCarriesTheHeaders asks every route for the headers that keep it to itself.
func TestEveryPageCarriesTheHeaders(t *testing.T) {
	t.Parallel()
	a := small(t)
	for _, r := range a.handlers.Pages() {
		w := answer(a.site, r, nil)
		h := w.Header()
		csp := h.Get("Content-Security-Policy")
		for _, must := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, must) {
				t.Errorf("%s %s: policy lacks %s", r.Method, r.Path, must)
			}
		}
		if strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || h.Get("Permissions-Policy") == "" {
			t.Errorf("%s %s: %v", r.Method, r.Path, h)
		}
		if h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s %s: HSTS without TLS", r.Method, r.Path)
		}
		if r.Method == "POST" {
			req := httptest.NewRequest("POST", concrete(r.Path), strings.NewReader(""))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", "cross-site")
			w := httptest.NewRecorder()
			a.site.ServeHTTP(w, req)
			if w.Code != http.StatusForbidden {
				t.Errorf("%s %s: another site's form got %d", r.Method, r.Path, w.Code)
			}
		}
	}
}

// parts are the routes of the handlers' parts: all pages but the residents' own.
func parts(h web.Handlers) (list []gate.Route) {
	for _, p := range h.Parts {
		list = append(list, p.Routes()...)
	}
	return list
}

func small(t *testing.T) *App {
	t.Helper()
	c, _, err := config.Load("serve", []string{"--demo", "--demo-people", "0", "--data", t.TempDir()}, func(string) string { return "" }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	a, err := New(context.Background(), c, Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func demoOf(t *testing.T, a *App, role person.Role) person.ID {
	t.Helper()
	for _, p := range a.kind.Staff {
		if p.Role == role.String() {
			return p.ID
		}
	}
	t.Fatalf("the demo has no %s", role)
	return ""
}

func signedIn(t *testing.T, a *App, role person.Role) *http.Cookie {
	t.Helper()
	if role == person.Visitor {
		return nil
	}
	return session(t, a, demoOf(t, a, role), true)
}

// session signs somebody in as the pages do, and gives the cookie.
func session(t *testing.T, a *App, id person.ID, strong bool) *http.Cookie {
	t.Helper()
	m := a.options.Sessions.Manager
	ctx, err := m.Load(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.options.Sessions.Begin(ctx, &person.SignedIn{Person: id, Via: person.ViaLink, Staff: true}, person.Device{}); err != nil {
		t.Fatal(err)
	}
	if strong {
		if err := a.options.Sessions.Strengthen(ctx); err != nil {
			t.Fatal(err)
		}
	}
	token, _, err := m.Commit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Cookie{Name: m.Cookie.Name, Value: token}
}

// concrete fills the names of a pattern.
func concrete(pattern string) string {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") || strings.HasPrefix(p, "*") {
			parts[i] = "x"
		}
	}
	return strings.Join(parts, "/")
}

func answer(site http.Handler, r gate.Route, cookie *http.Cookie) *httptest.ResponseRecorder {
	req := httptest.NewRequest(r.Method, concrete(r.Path), nil)
	if cookie != nil {
		req.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, req)
	return w
}

func knock(site http.Handler, r gate.Route, cookie *http.Cookie) string {
	w := answer(site, r, cookie)
	switch to := w.Header().Get("Location"); {
	case w.Code == http.StatusNoContent:
		return "in"
	case w.Code == http.StatusSeeOther && strings.HasPrefix(to, gate.SignInPath):
		return "sign-in"
	}
	return fmt.Sprint(w.Code)
}
