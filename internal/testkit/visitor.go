package testkit

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// Visitor reads pages and sends forms without a browser, with cookies of its own.
// A redirect is followed, as browsers do.
type Visitor struct {
	t      testing.TB
	site   string
	client *http.Client
	lang   string
}

// NewVisitor visits the site at an address such as http://127.0.0.1:8080, reading
// in lang.
func NewVisitor(t testing.TB, site, lang string) *Visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 4}
	t.Cleanup(transport.CloseIdleConnections)
	return &Visitor{t: t, site: site, lang: lang, client: &http.Client{Jar: jar, Transport: transport, Timeout: time.Minute}}
}

// Answered is what came back.
type Answered struct {
	Status int
	Header http.Header
	Path   string // address after redirects, with its query
	Body   []byte // unpacked
	Wire   int    // bytes of the body as they were sent
	doc    *goquery.Document
}

// Get reads an address of the site.
func (v *Visitor) Get(path string) *Answered {
	v.t.Helper()
	return v.Do(v.request(http.MethodGet, path, nil))
}

// Post sends a form.
func (v *Visitor) Post(path string, values url.Values) *Answered {
	v.t.Helper()
	r := v.request(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.Do(r)
}

// Send sends a body as it is.
func (v *Visitor) Send(method, path, kind string, body []byte) *Answered {
	v.t.Helper()
	r := v.request(method, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return v.Do(r)
}

func (v *Visitor) request(method, path string, body io.Reader) *http.Request {
	v.t.Helper()
	r, err := http.NewRequest(method, v.site+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Accept-Language", v.lang)
	r.Header.Set("Accept", "text/html,*/*")
	return r
}

// Do sends a request with this visitor's cookies.
func (v *Visitor) Do(r *http.Request) *Answered {
	v.t.Helper()
	a, err := v.Try(r)
	if err != nil {
		v.t.Fatal(err)
	}
	return a
}

// Try is Do for a place that may not fail the test at once.
func (v *Visitor) Try(r *http.Request) (*Answered, error) {
	resp, err := v.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	a := &Answered{Status: resp.StatusCode, Header: resp.Header, Path: resp.Request.URL.RequestURI(), Body: raw, Wire: len(raw)}
	if resp.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.URL.Path, err)
		}
		if a.Body, err = io.ReadAll(z); err != nil {
			return nil, fmt.Errorf("%s: %w", r.URL.Path, err)
		}
	}
	return a, nil
}

// Cookies are those the visitor holds.
func (v *Visitor) Cookies() []*http.Cookie {
	u, err := url.Parse(v.site)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.client.Jar.Cookies(u)
}

// Hold gives the visitor a cookie, such as that of a session begun elsewhere.
func (v *Visitor) Hold(c *http.Cookie) {
	u, err := url.Parse(v.site)
	if err != nil {
		v.t.Fatal(err)
	}
	v.client.Jar.SetCookies(u, []*http.Cookie{c})
}

// Want fails the test when the status is another one.
func (a *Answered) Want(t testing.TB, status int) *Answered {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%s: status %d, want %d\n%.600s", a.Path, a.Status, status, a.Body)
	}
	return a
}

// Doc is the page.
func (a *Answered) Doc() *goquery.Document {
	if a.doc == nil {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(a.Body))
		if err != nil {
			doc = &goquery.Document{Selection: &goquery.Selection{}}
		}
		a.doc = doc
	}
	return a.doc
}

// Text is the readable text of what the selector finds, with plain spaces.
func (a *Answered) Text(selector string) string { return Plain(a.Doc().Find(selector).Text()) }

// Plain turns no-break and thin spaces into plain ones and joins runs of them.
func Plain(s string) string { return strings.Join(strings.Fields(s), " ") }

// Form reads the form that the selector finds as a browser would send it.
func (a *Answered) Form(selector string) (action string, values url.Values) {
	form := a.Doc().Find(selector).First()
	action, _ = form.Attr("action")
	values = url.Values{}
	form.Find("input").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		kind, _ := in.Attr("type")
		_, checked := in.Attr("checked")
		if name == "" || (kind == "radio" || kind == "checkbox") && !checked {
			return
		}
		value, _ := in.Attr("value")
		values.Add(name, value)
	})
	form.Find("select").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		value, _ := in.Find("option[selected]").Attr("value")
		values.Set(name, value)
	})
	form.Find("textarea").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		values.Set(name, in.Text())
	})
	return action, values
}

// grown is the age that answers give: a child's would not count.
const grown = "30-39"

// Fill answers the question of a screen with something that may be answered: the
// first choice, the lists in their order, a number or a word.
func (a *Answered) Fill(values url.Values) {
	form := a.Doc().Find("#answer")
	chosen := false
	form.Find("input[type=radio], input[type=checkbox]").EachWithBreak(func(_ int, in *goquery.Selection) bool {
		name, _ := in.Attr("name")
		value, _ := in.Attr("value")
		if name == "answer" && !strings.HasPrefix(value, "@") && (!chosen || value == grown) {
			values.Set(name, value)
			chosen = true
		}
		return true
	})
	form.Find("select").Each(func(i int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		var offered []string
		in.Find("option").Each(func(_ int, o *goquery.Selection) {
			if v, _ := o.Attr("value"); v != "" {
				offered = append(offered, v)
			}
		})
		if len(offered) > 0 {
			values.Set(name, offered[i%len(offered)])
		}
	})
	if _, typed := values["answer"]; typed && !chosen {
		values.Set("answer", "1")
	}
}
