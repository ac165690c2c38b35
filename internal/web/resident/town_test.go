package resident_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"osvitlo/internal/app"
	"osvitlo/internal/config"
	"osvitlo/internal/testkit"
)

// town is the whole program over a folder of its own, with a clock that tests move.
type town struct {
	*app.App
	site string
	mu   sync.Mutex
	now  time.Time
}

var noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func (w *town) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *town) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// open builds a real town whose wave is open.
func open(t testing.TB) *town {
	t.Helper()
	vars := map[string]string{
		"OSVITLO_DATA": t.TempDir(), "OSVITLO_ADMISSION": "open", "OSVITLO_KEYS": "t1:" + strings.Repeat("QUJD", 12),
		"OSVITLO_CITY_OWNER_UK": "Кропивницька міська рада", "OSVITLO_CITY_OWNER_EN": "Kropyvnytskyi city council",
		"OSVITLO_CITY_DECREE_UK": "розпорядження від 9 лютого 2022 року № 14", "OSVITLO_CITY_DECREE_EN": "order No 14 of 9 February 2022",
		"OSVITLO_CITY_PHONE": "(0522) 00-00-00", "OSVITLO_CITY_PHONE_HOURS": "пн–пт, 9:00–18:00",
		"OSVITLO_WAVE_ID": "2026-autumn", "OSVITLO_WAVE_TITLE_UK": "осінь 2026", "OSVITLO_WAVE_TITLE_EN": "autumn 2026",
		"OSVITLO_WAVE_OPENS": "2026-11-01T00:00:00Z", "OSVITLO_WAVE_CLOSES": "2027-03-01T00:00:00Z",
	}
	c, _, err := config.Load("serve", nil, func(name string) string { return vars[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	w := &town{now: noon}
	if w.App, err = app.New(context.Background(), c, app.Options{Log: slog.New(slog.DiscardHandler), Now: w.clock}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.Handler())
	w.site = server.URL
	t.Cleanup(func() {
		server.Close()
		if err := w.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return w
}

// person is one resident's browser.
type person struct {
	*testkit.Visitor
	t    testing.TB
	lang string
	town *town
	page *testkit.Answered
}

func (w *town) person(t testing.TB, lang string) *person {
	return &person{Visitor: testkit.NewVisitor(t, w.site, lang), t: t, lang: lang, town: w}
}

// sees opens an address and expects a status.
func (p *person) sees(status int, path string) *testkit.Answered {
	p.t.Helper()
	p.page = p.Get(path).Want(p.t, status)
	return p.page
}

// begins starts an instrument and stands before its first screen.
func (p *person) begins(slug string, consent bool) {
	p.t.Helper()
	values := url.Values{}
	if consent {
		values.Set("consent", "statistics")
	}
	p.page = p.Post("/surveys/"+slug, values).Want(p.t, http.StatusOK)
}

// block is the screen the person stands before; empty on other pages.
func (p *person) block() string {
	action, ok := p.page.Doc().Find("#answer").Attr("action")
	if !ok {
		return ""
	}
	path, _, _ := strings.Cut(action, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// sends posts the screen's form with some of its fields set, "" removing one.
func (p *person) sends(set map[string]string) *testkit.Answered {
	p.t.Helper()
	action, values := p.page.Form("#answer")
	for k, v := range set {
		values.Set(k, v)
	}
	p.page = p.Post(action, values)
	return p.page
}

// answers goes on with the first thing that can be answered.
func (p *person) answers() {
	p.t.Helper()
	action, values := p.page.Form("#answer")
	p.page.Fill(values)
	switch p.block() {
	case "tsyfrohram-year":
		values.Set("answer", "2025")
	case "tsyfrohram-score":
		values.Set("answer", "60")
	}
	if p.page.Doc().Find("#answer button[name=stop]").Length() > 0 {
		values.Set("stop", "0")
	}
	p.page = p.Post(action, values).Want(p.t, http.StatusOK)
}

// until answers screen by screen up to a block; "" goes to the review.
func (p *person) until(block string) {
	p.t.Helper()
	for range 80 {
		if p.block() == block {
			return
		}
		p.answers()
	}
	p.t.Fatalf("the block %q did not come, the last was %q", block, p.block())
}

var sittingPath = regexp.MustCompile(`^/(?:s|results)/([0-9a-f-]{36})`)

// id is the sitting of the page.
func (p *person) id() string {
	p.t.Helper()
	m := sittingPath.FindStringSubmatch(p.page.Path)
	if m == nil {
		p.t.Fatalf("%s is no page of a sitting", p.page.Path)
	}
	return m[1]
}

// submits hands in from the review.
func (p *person) submits() *testkit.Answered {
	p.t.Helper()
	action, ok := p.page.Doc().Find("#submit").Attr("action")
	if !ok {
		p.t.Fatalf("%s is no review", p.page.Path)
	}
	p.page = p.Post(action, nil).Want(p.t, http.StatusOK)
	return p.page
}

// link is the address the result page gives to keep.
func (p *person) link() string {
	p.t.Helper()
	m := regexp.MustCompile(`/r/[A-Za-z0-9_-]{44}`).FindString(string(p.page.Body))
	if m == "" {
		p.t.Fatalf("no link on %s", p.page.Path)
	}
	return m
}

// residents hands in n whole tests through the API, so that there is a figure.
func (w *town) residents(t testing.TB, n int) {
	t.Helper()
	ages := []string{"14-17", "18-29", "30-39", "40-49", "50-59", "60-69", "70+"}
	v := testkit.NewVisitor(t, w.site, "uk")
	for i := range n {
		answers := map[string]any{"scroll-page": "b"}
		if i%3 > 0 {
			answers["crop-photo"] = "a"
		}
		body, err := json.Marshal(map[string]any{
			"instrument": "resident-test", "version": 1, "language": "uk", "mode": "self", "purpose": "measurement",
			"campaign": nil, "invitation": nil, "consent": []string{"statistics"},
			"respondent": map[string]any{"sex": []string{"female", "male"}[i/7%2], "age_group": ages[i%7],
				"district": []string{"fortechnyi", "podilskyi"}[i%2], "lives": "community", "internet": "yes"},
			"started_at": "2026-11-21T09:00:00Z", "submitted_at": "2026-11-21T09:30:00Z", "answers": answers})
		if err != nil {
			t.Fatal(err)
		}
		v.Send(http.MethodPut, "/api/v1/sittings/"+uuid.NewString(), "application/json", body).Want(t, http.StatusCreated)
	}
	if err := w.Index.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// forbidden words: scolding, and words of an office.
var forbidden = []string{"низький рівень", "не склали", "користувач", "контент", "клікн", "low level", "failed the"}

// official are names that others gave and that we quote; they may hold such a word.
var official = regexp.MustCompile(`(?i)(цифров\S+|авторські права, ліцензії на) контент\S*`)

// proper checks what must hold on every page.
func proper(t testing.TB, lang string, a *testkit.Answered) {
	t.Helper()
	doc := a.Doc()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s (%s): %s", a.Path, lang, fmt.Sprintf(format, args...))
	}
	if got := doc.Find("html").AttrOr("lang", ""); got != lang {
		fail("the page speaks %q", got)
	}
	if n := doc.Find("h1").Length(); n != 1 {
		fail("%d headings of the first rank", n)
	}
	if doc.Find("main").Length() != 1 || doc.Find("title").Text() == "" {
		fail("no main part or no title")
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if ids[id] {
			fail("the id %q stands twice", id)
		}
		ids[id] = true
	})
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if doc.Find(`label[for="`+id+`"]`).Length() != 1 {
			fail("the field %q has no label of its own", id)
		}
	})
	doc.Find("[aria-describedby], [aria-labelledby]").Each(func(_ int, s *goquery.Selection) {
		for _, id := range strings.Fields(s.AttrOr("aria-describedby", "") + " " + s.AttrOr("aria-labelledby", "")) {
			if !ids[id] {
				fail("%q is described by %q, which is not there", s.AttrOr("id", goquery.NodeName(s)), id)
			}
		}
	})
	doc.Find(".os-error a").Each(func(_ int, s *goquery.Selection) {
		if href := s.AttrOr("href", ""); strings.HasPrefix(href, "#") && !ids[href[1:]] {
			fail("the summary leads to %q, which is not there", href)
		}
	})
	doc.Find("[style], style, script:not([src]), [onclick], [onload]").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("type", "") != "application/ld+json" {
			fail("inline style or script in <%s>", goquery.NodeName(s))
		} else if !json.Valid([]byte(s.Text())) { // data for search engines is never run
			fail("data for search engines that is no JSON")
		}
	})
	doc.Find("a[href], link[href], script[src], img[src], form[action]").Each(func(_ int, s *goquery.Selection) {
		at := s.AttrOr("href", s.AttrOr("src", s.AttrOr("action", "")))
		if !strings.HasPrefix(at, "/") && !strings.HasPrefix(at, "#") && !strings.HasPrefix(at, "tel:") || strings.HasPrefix(at, "//") {
			fail("leads outside: %q", at)
		}
	})
	doc.Find("img:not([alt])").Each(func(_ int, _ *goquery.Selection) { fail("a picture without words") })
	text := testkit.Plain(doc.Find("body").Text() + " " + doc.Find("title").Text())
	lower := strings.ToLower(official.ReplaceAllString(text, ""))
	for _, word := range forbidden {
		if strings.Contains(lower, word) {
			fail("says «%s»", word)
		}
	}
	if key := regexp.MustCompile(`\b(resident|page|fault|answer)\.[a-z][a-z0-9_.]+\b|<no value>|\{\{`).FindString(text); key != "" {
		fail("a key instead of words: %s", key)
	}
	if lang == "en" {
		quotes := doc.Find("main").Clone()
		quotes.Find("[lang=uk]").Remove()
		for _, word := range regexp.MustCompile(`[а-яіїєґ]{4,}`).FindAllString(strings.ToLower(quotes.Text()), -1) {
			if word != "дсту" { // the name of a standard
				fail("Ukrainian on an English page: %s", word)
			}
		}
	}
}

// personal checks what holds on pages about one person.
func personal(t testing.TB, a *testkit.Answered) {
	t.Helper()
	if a.Doc().Find(`meta[name=robots][content=noindex]`).Length() != 1 {
		t.Errorf("%s: a personal page without noindex", a.Path)
	}
	if cc := a.Header.Get("Cache-Control"); cc != "no-store" {
		t.Errorf("%s: Cache-Control %q", a.Path, cc)
	}
}
