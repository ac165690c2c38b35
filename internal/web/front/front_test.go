package front

import (
	"encoding/xml"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

// site mounts the handlers; an error becomes the status of its kind.
func site(t *testing.T, change func(*Options)) func(path, lang string) *httptest.ResponseRecorder {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	words, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Words: words, City: page.City{Owner: i18n.Text{UK: "Міська рада", EN: "City council"}, Phone: "(0522) 00-00-00", PhoneHref: "tel:+380522000000"},
		Origin: "https://osvitlo.example"}
	change(&o)
	if o.Pages, err = page.New(page.Options{Words: words, Site: page.Site{City: o.City, Demo: o.Demo, Origin: o.Origin}, Sets: []page.Set{Set()}}); err != nil {
		t.Fatal(err)
	}
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	g := gin.New()
	for _, r := range h.Routes() {
		g.GET(r.Path, func(c *gin.Context) {
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), i18n.Choose(c.Query("lang"), "", "")))
			switch err := r.Do(c); {
			case fault.Is(err, fault.NotFound):
				c.Status(http.StatusNotFound)
			case err != nil:
				t.Error(err)
			}
		})
	}
	return func(path, lang string) *httptest.ResponseRecorder {
		out := httptest.NewRecorder()
		g.ServeHTTP(out, httptest.NewRequest("GET", path+"?lang="+lang, nil))
		return out
	}
}

func TestRobotsListTheSiteAndNotADemonstration(t *testing.T) {
	t.Parallel()
	real := site(t, func(o *Options) {})("/robots.txt", "uk").Body.String()
	if !strings.Contains(real, "Sitemap: https://osvitlo.example/sitemap.xml") || !strings.Contains(real, "Disallow: /me\n") || strings.Contains(real, "Disallow: /\n") {
		t.Errorf("robots.txt of a city: %q", real)
	}
	get := site(t, func(o *Options) { o.Demo = true })
	if demo := get("/robots.txt", "uk").Body.String(); !strings.Contains(demo, "Disallow: /\n") || strings.Contains(demo, "Sitemap") {
		t.Errorf("robots.txt of a demonstration that others reach: %q", demo)
	}
	if out := get("/sitemap.xml", "uk"); out.Code != http.StatusNotFound {
		t.Errorf("a demonstration has a sitemap: %d", out.Code)
	}
}

func TestTheSitemapListsEachPageOnceInBothLanguages(t *testing.T) {
	t.Parallel()
	get := site(t, func(o *Options) {
		o.Listed = []func() []string{func() []string { return []string{"/courses/a", "/map"} }, func() []string { return []string{"/courses/a&b"} }}
	})
	out := get("/sitemap.xml", "uk")
	var set struct {
		URL []struct {
			Loc  string `xml:"loc"`
			Link []struct {
				Lang string `xml:"hreflang,attr"`
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(out.Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	var at []string
	for _, u := range set.URL {
		at = append(at, u.Loc)
		if len(u.Link) != 2 || u.Link[1].Lang != "en" || !strings.HasSuffix(u.Link[1].Href, "?lang=en") {
			t.Errorf("%s has the languages %+v", u.Loc, u.Link)
		}
	}
	for _, want := range []string{"https://osvitlo.example/?lang=uk", "https://osvitlo.example/map?lang=uk", "https://osvitlo.example/courses/a&b?lang=uk"} {
		if n := len(slices.DeleteFunc(slices.Clone(at), func(s string) bool { return s != want })); n != 1 {
			t.Errorf("%s stands %d times", want, n)
		}
	}
	for _, path := range private {
		for _, got := range at {
			if strings.HasPrefix(strings.TrimPrefix(got, "https://osvitlo.example"), path) {
				t.Errorf("%s is listed and closed to robots by %s", got, path)
			}
		}
	}
}

func TestACardIsDrawnAgainOnlyWhenItsDataMoved(t *testing.T) {
	t.Parallel()
	version, drawn := "1", 0
	get := site(t, func(o *Options) {
		o.Cards = map[string]func(name, lang string) (Card, string, bool){"course": func(name, lang string) (Card, string, bool) {
			drawn++
			return Card{Over: "Курс", Title: version + strings.Repeat(" дуже довга назва", 40), Text: strings.Repeat("слово ", 300), Low: 40, High: 60}, version, name == "a"
		}}
	})
	first := get("/share/course/a.uk.png", "uk")
	img, err := png.Decode(first.Body)
	if err != nil || img.Bounds().Dx() != 1200 || img.Bounds().Dy() != 630 {
		t.Fatalf("%v, %v", img, err)
	}
	same := get("/share/course/a.uk.png", "uk")
	version = "2"
	other := get("/share/course/a.uk.png", "uk")
	if a, b := first.Header().Get("ETag"), same.Header().Get("ETag"); a == "" || a != b {
		t.Errorf("the same data has the tags %q and %q", a, b)
	}
	if first.Header().Get("ETag") == other.Header().Get("ETag") {
		t.Error("changed data shows the old picture")
	}
	for _, path := range []string{"/share/course/b.uk.png", "/share/course/a.ru.png", "/share/course/a.uk.jpg", "/share/course/a", "/share/none/a.uk.png"} {
		if out := get(path, "uk"); out.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, out.Code)
		}
	}
}

func TestTheOfflinePageSaysWhatWorks(t *testing.T) {
	t.Parallel()
	get := site(t, func(o *Options) {})
	for lang, want := range map[string]string{"uk": "Немає зв", "en": "No connection"} {
		doc, err := goquery.NewDocumentFromReader(get("/offline", lang).Body)
		if err != nil {
			t.Fatal(err)
		}
		if h1 := doc.Find("h1").Text(); !strings.HasPrefix(h1, want) {
			t.Errorf("%s: %q", lang, h1)
		}
		if doc.Find("meta[name=robots][content=noindex]").Length() != 1 || !strings.Contains(doc.Find("main").Text(), "102") {
			t.Errorf("%s: the page may be listed, or does not say whom to call", lang)
		}
	}
	if out := get("/sw.js", "uk"); !strings.HasPrefix(out.Header().Get("Content-Type"), "text/javascript") || !strings.Contains(out.Body.String(), "/offline") {
		t.Errorf("worker: %v", out.Header())
	}
}
