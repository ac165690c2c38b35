package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// step is one request of a sitting. Where the address or the body names the sitting,
// {id} stands; where the body names the time, nothing changes.
type step struct {
	method string
	path   string
	body   string
	status int
	page   any    // what the bare handler renders; nil for an answer that only leads on
	next   string // where it leads
}

// script is a whole sitting as it was written down.
type script struct {
	steps []step
	bytes int // of pages, before gzip
}

const idMark = "{id}"

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// record takes one sitting with a reader of forms and writes down what it sent.
func record(h http.Handler) (*script, error) {
	srv := httptest.NewServer(h)
	defer srv.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	r := &recorder{site: srv.URL, s: &script{}, client: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	page, err := r.page(http.MethodGet, "/surveys/resident-test", nil)
	if err != nil {
		return nil, err
	}
	for range 80 {
		form := page.Find("main form[method=post]").First()
		action, ok := form.Attr("action")
		if !ok {
			return nil, errors.New("a page without a form")
		}
		if page, err = r.page(http.MethodPost, action, answers(form)); err != nil {
			return nil, err
		}
		if page.Find(".os-level").Length() > 0 {
			return r.s, nil
		}
	}
	return nil, errors.New("the result did not come")
}

type recorder struct {
	site   string
	client *http.Client
	s      *script
	id     string
}

// page sends a request, follows where it leads, and writes both down.
func (r *recorder) page(method, path string, values url.Values) (*goquery.Document, error) {
	for {
		req, err := http.NewRequest(method, r.site+path, strings.NewReader(values.Encode()))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Accept-Language", "uk")
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		resp, err := r.client.Do(req)
		if err != nil {
			return nil, err
		}
		raw, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return nil, err
		}
		next := resp.Header.Get("Location")
		if id := uuids.FindString(next); r.id == "" && id != "" {
			r.id = id
		}
		st := step{method: method, path: r.mark(path), body: values.Encode(), status: resp.StatusCode, next: r.mark(next)}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(raw)))
		if err != nil {
			return nil, err
		}
		if resp.StatusCode == http.StatusOK {
			if st.page, err = capture(doc); err != nil {
				return nil, err
			}
			r.s.bytes += len(raw)
		}
		r.s.steps = append(r.s.steps, st)
		switch resp.StatusCode {
		case http.StatusOK:
			return doc, nil
		case http.StatusSeeOther:
			method, path, values = http.MethodGet, next, nil
		default:
			return nil, fmt.Errorf("%s %s: %d", method, path, resp.StatusCode)
		}
	}
}

func (r *recorder) mark(s string) string {
	if r.id == "" {
		return s
	}
	return strings.ReplaceAll(s, r.id, idMark)
}

// answers fills a form: the first choice, the lists in their order, a number.
func answers(form *goquery.Selection) url.Values {
	values := url.Values{}
	chosen := map[string]bool{}
	for _, in := range form.Find("input").EachIter() {
		name, _ := in.Attr("name")
		value, _ := in.Attr("value")
		kind, _ := in.Attr("type")
		switch {
		case name == "" || name == "dont_know" || name == "refused" || strings.HasPrefix(value, "@"):
		case kind == "radio" || kind == "checkbox":
			if !chosen[name] || value == "30-39" { // a grown-up's answers count
				values.Set(name, value)
				chosen[name] = true
			}
		case name == "answer":
			values.Set(name, "1")
		default:
			values.Set(name, value)
		}
	}
	for i, list := range form.Find("select").EachIter() {
		name, _ := list.Attr("name")
		options := list.Find("option[value!='']")
		value, _ := options.Eq(i % max(options.Length(), 1)).Attr("value")
		values.Set(name, value)
	}
	for _, b := range form.Find("button[name=stop][value='0']").EachIter() {
		values.Set("stop", b.AttrOr("value", ""))
	}
	return values
}
