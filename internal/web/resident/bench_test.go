package resident_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkSitting is one whole test page by page: trust screen, every question with
// GET and POST, review, result. A sitting is some 75 requests.
func BenchmarkSitting(b *testing.B) {
	w := open(b)
	h := w.Handler()
	p := w.person(b, "uk")
	p.begins("resident-test", true)
	type step struct {
		block  string
		values url.Values
	}
	var steps []step
	for p.block() != "" {
		_, values := p.page.Form("#answer")
		p.page.Fill(values)
		steps = append(steps, step{p.block(), values})
		p.answers()
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	site, err := url.Parse("http://osvitlo.test")
	if err != nil {
		b.Fatal(err)
	}
	ask := func(method, path string, values url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, site.String()+path, strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept-Encoding", "gzip")
		for _, c := range jar.Cookies(site) {
			r.AddCookie(c)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		jar.SetCookies(site, rec.Result().Cookies())
		return rec
	}
	requests := 0
	b.ResetTimer()
	for range b.N {
		ask(http.MethodGet, "/surveys/resident-test", nil)
		at := ask(http.MethodPost, "/surveys/resident-test", url.Values{"consent": {"statistics"}}).Header().Get("Location")
		id := strings.TrimPrefix(at, "/s/")
		requests += 2
		for rev, s := range steps {
			if rec := ask(http.MethodGet, at, nil); rec.Code != http.StatusOK {
				b.Fatalf("GET %s: %d", at, rec.Code)
			}
			s.values.Set("rev", strconv.Itoa(rev))
			rec := ask(http.MethodPost, "/s/"+id+"/"+s.block, s.values)
			if rec.Code != http.StatusSeeOther {
				b.Fatalf("POST %s: %d", s.block, rec.Code)
			}
			at = rec.Header().Get("Location")
			requests += 2
		}
		ask(http.MethodGet, at, nil)
		at = ask(http.MethodPost, "/s/"+id+"/submit", nil).Header().Get("Location")
		if rec := ask(http.MethodGet, at, nil); rec.Code != http.StatusOK {
			b.Fatalf("GET %s: %d", at, rec.Code)
		}
		requests += 3
	}
	b.ReportMetric(float64(requests)/b.Elapsed().Seconds(), "requests/s")
}
