package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/getkin/kin-openapi/openapi3"

	"osvitlo/internal/app"
	"osvitlo/internal/config"
	"osvitlo/internal/telemetry"
)

// clock stands at a Saturday noon; tests move it.
func clock() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }

// testKey seals the people of real installations in tests.
var testKey = "t1:" + strings.Repeat("QUJD", 12)

func configure(t *testing.T, vars map[string]string) *config.Config {
	t.Helper()
	all := map[string]string{"OSVITLO_LISTEN": "127.0.0.1:0", "OSVITLO_ADMIN_LISTEN": "127.0.0.1:0", "OSVITLO_DEMO_PEOPLE": "150", "OSVITLO_KEYS": testKey}
	for k, v := range vars {
		all[k] = v
	}
	if all["OSVITLO_DATA"] == "" {
		all["OSVITLO_DATA"] = t.TempDir()
	}
	c, _, err := config.Load("serve", nil, func(k string) string { return all[k] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func build(t *testing.T, c *config.Config, log io.Writer) *app.App {
	t.Helper()
	a, err := app.New(context.Background(), c, app.Options{Log: telemetry.NewLogger(log, "info"), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return a
}

// demo is one demo city that the read-only tests share.
var demo = sync.OnceValues(func() (*app.App, error) {
	c, _, err := config.Load("serve", []string{"--demo", "--demo-people", "150", "--data", demoDir}, func(string) string { return "" }, io.Discard)
	if err != nil {
		return nil, err
	}
	return app.New(context.Background(), c, app.Options{Log: slog.New(slog.DiscardHandler), Now: clock})
})

func site(t *testing.T) http.Handler {
	t.Helper()
	a, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	return a.Handler()
}

func ask(h http.Handler, method, target string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryPublicAddressAnswersWithTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	h := site(t)
	for _, path := range []string{"/", "/surveys", "/surveys/resident-test", "/surveys/resident-survey", "/surveys/short-form", "/index", "/index/method",
		"/open-data", "/open-data/index.json", "/framework", "/courses", "/help", "/privacy", "/accessibility", "/r", "/healthz",
		"/api/openapi.json", "/api/v1/instruments", "/api/v1/instruments/resident-test", "/api/v1/instruments/resident-test/1",
		"/.well-known/osvitlo-release-key"} {
		w := ask(h, http.MethodGet, path, nil)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		csp := w.Header().Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "script-src 'self'", "style-src 'self'"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: policy lacks %s", path, part)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
}

func TestLanguageIsDefaultedAskedAndRemembered(t *testing.T) {
	t.Parallel()
	h := site(t)
	if w := ask(h, http.MethodGet, "/", nil); !strings.Contains(w.Body.String(), `<html lang="uk"`) {
		t.Errorf("default: %.200s", w.Body)
	}
	w := ask(h, http.MethodGet, "/?lang=en", nil)
	if !strings.Contains(w.Body.String(), `<html lang="en"`) || !strings.Contains(w.Header().Get("Set-Cookie"), "lang=en") {
		t.Errorf("asked: %q", w.Header().Get("Set-Cookie"))
	}
	if w := ask(h, http.MethodGet, "/", nil, "Cookie", "lang=en"); !strings.Contains(w.Body.String(), `<html lang="en"`) {
		t.Error("the cookie is not believed")
	}
	if w := ask(h, http.MethodGet, "/", nil, "Accept-Language", "en-GB"); !strings.Contains(w.Body.String(), `<html lang="en"`) {
		t.Error("the browser's wish is not heard")
	}
}

func TestAnotherSiteCannotPost(t *testing.T) {
	t.Parallel()
	h := site(t)
	form := strings.NewReader(url.Values{"consent": {"statistics"}}.Encode())
	w := ask(h, http.MethodPost, "/surveys/resident-test", form, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site")
	if w.Code != http.StatusForbidden {
		t.Errorf("cross-site post: %d", w.Code)
	}
	w = ask(h, http.MethodPost, "/surveys/resident-test", strings.NewReader(""), "Content-Type", "application/x-www-form-urlencoded", "Origin", "https://evil.example")
	if w.Code != http.StatusForbidden {
		t.Errorf("foreign origin: %d", w.Code)
	}
}

func TestAnUnknownAddressIsAWholePageWithoutItsPath(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	a := build(t, configure(t, map[string]string{"OSVITLO_DEMO": "true", "OSVITLO_DEMO_PEOPLE": "0"}), &log)
	w := ask(a.Handler(), http.MethodGet, "/secret-380501234567?name=Олена", nil)
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "</html>") {
		t.Fatalf("%d %.200s", w.Code, w.Body)
	}
	if strings.Contains(log.String(), "380501234567") || strings.Contains(log.String(), "Олена") {
		t.Fatalf("the log holds the path: %s", log.String())
	}
	if !strings.Contains(log.String(), `"route":"unmatched"`) {
		t.Fatalf("no event: %s", log.String())
	}
}

func TestAnUnknownAddressOfTheAPIIsAProblemDocument(t *testing.T) {
	t.Parallel()
	w := ask(site(t), http.MethodGet, "/api/v2/people", nil)
	if w.Code != http.StatusNotFound || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") || !json.Valid(w.Body.Bytes()) {
		t.Fatalf("%d %s %s", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
}

// The description of the API tells the figures' shape: that of a city with a
// release and that of one nobody has answered in yet.
func TestTheIndexFitsItsDescription(t *testing.T) {
	t.Parallel()
	empty := build(t, configure(t, nil), io.Discard).Handler()
	for name, h := range map[string]http.Handler{"demo": site(t), "empty": empty} {
		doc, err := openapi3.NewLoader().LoadFromData(ask(h, http.MethodGet, "/api/openapi.json", nil).Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		var body any
		if err := json.Unmarshal(ask(h, http.MethodGet, "/open-data/index.json", nil).Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		if err := doc.Components.Schemas["Index"].Value.VisitJSON(body, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A table shows the people its shares are of, as the open data do: non-users too.
func TestThePageOfTheIndexCountsAsTheOpenDataDo(t *testing.T) {
	t.Parallel()
	h := build(t, configure(t, map[string]string{"OSVITLO_DEMO": "true", "OSVITLO_DEMO_PEOPLE": "700"}), io.Discard).Handler() // enough for shares by sex
	var open struct {
		Release struct {
			Breakdowns map[string][]struct {
				ID    string `json:"id"`
				Basic *struct {
					N *int64 `json:"n"`
				} `json:"at_least_basic"`
			} `json:"breakdowns"`
		} `json:"release"`
	}
	if err := json.Unmarshal(ask(h, http.MethodGet, "/open-data/index.json", nil).Body.Bytes(), &open); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(ask(h, http.MethodGet, "/index?lang=en", nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	doc.Find("table tr").Each(func(_ int, row *goquery.Selection) {
		cells := row.Find("th, td")
		shown[strings.TrimSpace(cells.First().Text())] = strings.TrimSpace(cells.Last().Text())
	})
	checked := 0
	for _, g := range open.Release.Breakdowns["sex"] {
		if g.Basic == nil || g.Basic.N == nil {
			continue
		}
		checked++
		name := map[string]string{"female": "Women", "male": "Men"}[g.ID]
		if shown[name] != strconv.FormatInt(*g.Basic.N, 10) {
			t.Errorf("%s: the page says %q people, the open data %d", name, shown[name], *g.Basic.N)
		}
	}
	if checked != 2 {
		t.Fatalf("%d sexes have a share", checked)
	}
}

func TestAnotherMethodOfTheAPIIsAProblemDocument(t *testing.T) {
	t.Parallel()
	w := ask(site(t), http.MethodPatch, "/api/v1/sittings/0198c5a0-7f3e-7c11-9d52-3a1f0e6b8d47", nil)
	if w.Code != http.StatusMethodNotAllowed || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") ||
		!strings.Contains(w.Header().Get("Allow"), http.MethodPut) || !json.Valid(w.Body.Bytes()) {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestEveryPageOfADemoSaysSo(t *testing.T) {
	t.Parallel()
	h := site(t)
	for _, path := range []string{"/", "/surveys", "/surveys/resident-test", "/index", "/open-data", "/framework", "/courses", "/help", "/privacy", "/nothing-here"} {
		if w := ask(h, http.MethodGet, path, nil); !strings.Contains(w.Body.String(), "демонстраційні дані") {
			t.Errorf("%s does not say that it is a demo", path)
		}
	}
	var open struct{ Demo bool }
	if err := json.Unmarshal(ask(h, http.MethodGet, "/open-data/index.json", nil).Body.Bytes(), &open); err != nil || !open.Demo {
		t.Errorf("open data: %v %+v", err, open)
	}
}

func TestADataFolderIsDemoOrRealForEver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := app.New(context.Background(), configure(t, map[string]string{"OSVITLO_DATA": dir}), app.Options{Log: slog.New(slog.DiscardHandler), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = app.New(context.Background(), configure(t, map[string]string{"OSVITLO_DATA": dir, "OSVITLO_DEMO": "true"}), app.Options{Log: slog.New(slog.DiscardHandler), Now: clock})
	if err == nil || !strings.Contains(err.Error(), "--demo") {
		t.Fatalf("a real folder was opened as a demo: %v", err)
	}
}

func TestTheSameSeedDrawsTheSameFigures(t *testing.T) {
	t.Parallel()
	body := func() string {
		a := build(t, configure(t, map[string]string{"OSVITLO_DEMO": "true", "OSVITLO_DEMO_SEED": "7"}), io.Discard)
		snap := a.Index.Snapshot()
		if snap.View.Live.N < 100 {
			t.Fatalf("only %d people are public", snap.View.Live.N)
		}
		return string(snap.Index)
	}
	if one, two := body(), body(); one != two {
		t.Fatalf("%s and %s", one, two)
	}
}

func TestAProductionWaveOpensFromConfiguration(t *testing.T) {
	t.Parallel()
	a := build(t, configure(t, map[string]string{
		"OSVITLO_WAVE_ID": "2026-autumn", "OSVITLO_WAVE_TITLE_UK": "осінь 2026", "OSVITLO_WAVE_TITLE_EN": "autumn 2026",
		"OSVITLO_WAVE_OPENS": "2026-11-01T00:00:00+02:00", "OSVITLO_WAVE_CLOSES": "2026-12-01T00:00:00+02:00",
		"OSVITLO_CITY_OWNER_UK": "Рада", "OSVITLO_CITY_DECREE_UK": "№ 14", "OSVITLO_CITY_PHONE": "(0522) 11-22-33"}), io.Discard)
	if w, ok := a.Waves.Open("resident-test"); !ok || w.ID != "2026-autumn" {
		t.Fatalf("open wave: %+v %v", w, ok)
	}
	page := ask(a.Handler(), http.MethodGet, "/surveys/resident-test", nil).Body.String()
	if strings.Contains(page, "демонстраційні дані") || !strings.Contains(page, "tel:+380522112233") {
		t.Fatal("the trust page lacks the phone or claims to be a demo")
	}
}

func TestStoppingLetsARequestFinish(t *testing.T) {
	t.Parallel()
	c := configure(t, map[string]string{"OSVITLO_DEMO": "true", "OSVITLO_DEMO_PEOPLE": "0"})
	l, err := app.Listen(c)
	if err != nil {
		t.Fatal(err)
	}
	a := build(t, c, io.Discard)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, l) }()
	base, admin := "http://"+l.Site.Addr().String(), "http://"+l.Admin.Addr().String()
	waitFor(t, admin+"/readyz", http.StatusOK)

	var count struct{ Wave string }
	if resp, err := http.Get(admin + "/index/count"); err != nil {
		t.Error(err)
	} else if err := errors.Join(json.NewDecoder(resp.Body).Decode(&count), resp.Body.Close()); err != nil || count.Wave == "" {
		t.Errorf("the operator's count: %+v, %v", count, err)
	}

	// A body that comes slowly: the request is under way when the stop begins. The client
	// sends its body only when asked to, and is asked when the handler begins to read.
	slow, feed := io.Pipe()
	reading := make(chan struct{})
	answered := make(chan error, 1)
	go func() {
		trace := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{Got100Continue: func() { close(reading) }})
		req, _ := http.NewRequestWithContext(trace, http.MethodPost, base+"/surveys/resident-test", slow)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Expect", "100-continue")
		resp, err := (&http.Transport{ExpectContinueTimeout: time.Minute}).RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusSeeOther {
				err = fmt.Errorf("status %d", resp.StatusCode)
			}
		}
		answered <- err
	}()
	select {
	case <-reading:
	case err := <-answered:
		t.Fatalf("the request ended before its body was read: %v", err)
	}
	stop()
	waitFor(t, admin+"/readyz", http.StatusServiceUnavailable)
	if _, err := io.WriteString(feed, "consent=statistics"); err != nil {
		t.Fatal(err)
	}
	_ = feed.Close()
	if err := <-answered; err != nil {
		t.Errorf("the request under way: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("serve: %v", err)
	}
	if _, err := http.Get(base + "/healthz"); err == nil {
		t.Error("still listening after the stop")
	}
}

func waitFor(t *testing.T, address string, status int) {
	t.Helper()
	for range 200 {
		resp, err := http.Get(address)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == status {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s never answered %d", address, status)
}

func TestThreeHundredBeginAtOnceFromOneAddress(t *testing.T) {
	t.Parallel()
	h := site(t)
	var wg sync.WaitGroup
	codes := make([]int, 300)
	for i := range codes {
		wg.Add(1)
		go func() {
			defer wg.Done()
			form := strings.NewReader("consent=statistics")
			codes[i] = ask(h, http.MethodPost, "/surveys/resident-test", form, "Content-Type", "application/x-www-form-urlencoded").Code
		}()
	}
	wg.Wait()
	for i, code := range codes {
		if code != http.StatusSeeOther {
			t.Fatalf("person %d got %d", i, code)
		}
	}
}
