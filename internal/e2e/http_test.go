//go:build e2e

package e2e

import (
	"net/http"
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// Budgets of a first view, in bytes as they are sent (DESIGN §7).
const (
	mostHTML = 14 << 10
	mostCSS  = 12 << 10
	mostJS   = 10 << 10
	mostAll  = 40 << 10
)

// The first view of the first page, of the test and of the index: every byte that a
// browser fetches for it, gzip as a browser asks for it.
func TestFirstViewIsLight(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"uk", "en"} {
		test := walker(t, lang, "resident-test")
		test.next(1)
		for _, path := range []string{"/", "/surveys/resident-test", test.at, "/index"} {
			v := test.v
			page := v.Get(path).Want(t, 200)
			if page.Header.Get("Content-Encoding") != "gzip" {
				t.Errorf("%s: the page is not compressed", path)
			}
			sizes := map[string]int{"html": page.Wire}
			fetch := func(kind, selector, attribute string) {
				for _, n := range page.Doc().Find(selector).EachIter() {
					at, _ := n.Attr(attribute)
					if strings.HasPrefix(at, "data:") {
						continue
					}
					part := v.Get(at).Want(t, 200)
					sizes[kind] += part.Wire
					if !strings.Contains(part.Header.Get("Cache-Control"), "immutable") && strings.HasPrefix(at, "/static/") {
						t.Errorf("%s: %s may not be cached for ever: %q", path, at, part.Header.Get("Cache-Control"))
					}
				}
			}
			fetch("css", "link[rel=stylesheet]", "href")
			fetch("js", "script[src]", "src")
			fetch("img", "img[src]", "src")
			fetch("icon", "link[rel=icon]", "href")
			fetch("icon", "link[rel=manifest]", "href")
			all := sizes["html"] + sizes["css"] + sizes["js"] + sizes["img"] + sizes["icon"]
			t.Logf("%s %s: %v, all %d", path, lang, sizes, all)
			for kind, most := range map[string]int{"html": mostHTML, "css": mostCSS, "js": mostJS} {
				if sizes[kind] > most {
					t.Errorf("%s %s: %s is %d bytes, at most %d", path, lang, kind, sizes[kind], most)
				}
			}
			if sizes["css"] == 0 || sizes["html"] == 0 {
				t.Errorf("%s: nothing was measured: %v", path, sizes)
			}
			if all > mostAll {
				t.Errorf("%s %s: the first view is %d bytes, at most %d", path, lang, all, mostAll)
			}
		}
	}
}

// headers that every answer carries, whatever the route and the status.
var headers = map[string]string{
	"X-Content-Type-Options":     "nosniff",
	"Referrer-Policy":            "same-origin",
	"Cross-Origin-Opener-Policy": "same-origin",
}

func TestEveryRouteKeepsToItself(t *testing.T) {
	t.Parallel()
	p := walker(t, "uk", "resident-test")
	p.next(1)
	paths := []string{"/", "/surveys", "/surveys/resident-test", "/surveys/short-form/sheet", "/help", "/privacy", "/accessibility",
		"/framework", "/courses", advice(t, "uk"), "/index", "/index/method", "/open-data", "/open-data/index.json", "/r", "/r/nothing",
		"/no-such-page", "/s/nothing", "/results/01a00000-0000-7000-8000-000000000000", p.at, "/api/v1/instruments", "/api/openapi.json",
		"/api/v1/nothing", "/healthz", "/readyz", "/.well-known/osvitlo-release-key"}
	for _, path := range paths {
		a := p.v.Get(path)
		if a.Status >= 500 {
			t.Errorf("%s: %d", path, a.Status)
		}
		for name, value := range headers {
			if got := a.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got, value)
			}
		}
		csp := a.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: the policy lacks %s: %q", path, part, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: the policy lets others in: %q", path, csp)
		}
		if strings.HasPrefix(path, "/s/") || strings.HasPrefix(path, "/results/") || strings.HasPrefix(path, "/r/") {
			if c := a.Header.Get("Cache-Control"); !strings.Contains(c, "no-store") {
				t.Errorf("%s: a personal page may be kept by others: %q", path, c)
			}
		}
		if strings.Contains(a.Header.Get("Content-Type"), "text/html") {
			if n := a.Doc().Find("script:not([src]):not([type='application/ld+json']), style, [style], [onclick], [onload]").Length(); n > 0 {
				t.Errorf("%s: %d scripts or styles stand in the page itself", path, n)
			}
		}
	}
}

// No cookie before there is something to remember: reading sets none, asking for a
// language one, starting those of the sitting.
func TestNoCookieBeforeItIsNeeded(t *testing.T) {
	t.Parallel()
	v := testkit.NewVisitor(t, city.Site, "uk")
	for _, path := range []string{"/", "/surveys", "/surveys/resident-test", "/help", "/privacy", "/framework", "/courses", "/index", "/open-data", "/r", "/no-such-page"} {
		a := v.Get(path)
		if c := a.Header.Values("Set-Cookie"); len(c) > 0 {
			t.Errorf("%s sets %q", path, c)
		}
	}
	if c := v.Get("/help?lang=en").Header.Values("Set-Cookie"); len(c) != 1 || !strings.HasPrefix(c[0], "lang=en") {
		t.Errorf("choosing a language sets %q", c)
	}
	p := walker(t, "uk", "resident-test")
	before := len(p.v.Cookies())
	p.next(1)
	for _, c := range p.v.Cookies() {
		if c.Name == "lang" {
			t.Error("the language was not chosen, and is remembered")
		}
	}
	t.Logf("cookies: %d when started, %d after the first answer", before, len(p.v.Cookies()))
}

// Ten megabytes where an answer should be: refused kindly, and the sitting goes on.
func TestBodyOfTenMegabytes(t *testing.T) {
	t.Parallel()
	p := walker(t, "uk", "resident-test")
	p.next(2)
	action, values := p.page.Form("#answer")
	huge := []byte(values.Encode() + "&answer=" + strings.Repeat("x", 10<<20))
	for _, try := range []struct{ method, path, kind string }{
		{http.MethodPost, action, "application/x-www-form-urlencoded"},
		{http.MethodPost, "/r", "application/x-www-form-urlencoded"},
		{http.MethodPut, "/api/v1/sittings/01a00000-0000-7000-8000-00000000000b", "application/json"},
	} {
		r, err := http.NewRequest(try.method, city.Site+try.path, strings.NewReader(string(huge)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", try.kind)
		r.Header.Set("Accept-Language", "uk")
		a, err := p.v.Try(r)
		if err != nil {
			continue // the server may close the connection on a body it will not read
		}
		if a.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s %s: %d, want 413", try.method, try.path, a.Status)
		}
	}
	p.page = p.v.Get(p.at).Want(t, 200)
	p.step()
}
