//go:build e2e

package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"

	"osvitlo/internal/testkit"
)

// stop is one page of the tour: how a tab gets there. A stop may be shown by an
// address, or by something that is done on the page before.
type stop struct {
	name string
	path string
	as   []*network.Cookie               // of the person whose page it is
	do   func(tab *testkit.Tab, w words) // after the address is open
	code int                             // expected status; 0 is 200
}

// tour lists every page that a resident can see, in all its states. The pages of a
// sitting are those of people who answered over HTTP.
func tour(t *testing.T, lang string) []stop {
	t.Helper()
	var list []stop
	public := func(paths ...string) {
		for _, p := range paths {
			list = append(list, stop{name: strings.Trim(strings.NewReplacer("/", "-", "+", "-").Replace(p), "-"), path: p})
		}
	}
	public("/", "/surveys", "/surveys/resident-test", "/surveys/resident-survey", "/surveys/short-form", "/surveys/short-form/sheet",
		"/help", "/privacy", "/accessibility", "/framework", "/courses", "/index", "/index/method", "/open-data", "/r")
	list[0].name = "landing"
	list = append(list, stop{name: "advice", path: advice(t, lang)},
		stop{name: "error-404", path: "/no-such-page", code: 404},
		stop{name: "lost", path: "/s/01a00000-0000-7000-8000-000000000000", code: 404},
		stop{name: "code-unknown", path: "/r", do: func(tab *testkit.Tab, _ words) {
			tab.Type("#code", "КККККК")
			want(tab, 422, tab.FollowTo("form[action='/r'] button[type=submit]"))
		}})

	whole := walker(t, lang, "resident-test")
	screens := whole.until("/review", 60)
	for _, s := range screens {
		list = append(list, stop{name: "test-" + s, path: whole.at + "/" + s, as: whole.cookies()})
	}
	list = append(list, stop{name: "test-review", path: whole.at + "/review", as: whole.cookies()},
		stop{name: "test-safe", path: whole.at + "/safe", as: whole.cookies()},
		stop{name: "test-erase-ask", path: strings.Replace(whole.at, "/s/", "/results/", 1) + "/erase", as: whole.cookies()})

	fresh := walker(t, lang, "resident-test")
	fresh.next(1)
	list = append(list, stop{name: "test-nothing-chosen", path: fresh.at, as: fresh.cookies(), do: func(tab *testkit.Tab, w words) {
		tab.Press(w.next)
		tab.Wait(`document.querySelector('.os-error')`)
	}})
	typing := walker(t, lang, "resident-test")
	typing.untilField()
	list = append(list, stop{name: "test-typed-wrong", path: typing.at, as: typing.cookies(), do: func(tab *testkit.Tab, w words) {
		tab.Type("#answer input[name=answer]", "багато")
		tab.Press(w.next)
		tab.Wait(`document.querySelector('.os-error')`)
	}})

	done := walker(t, lang, "resident-test")
	done.until("/review", 60)
	done.submit()
	result := strings.Replace(done.at, "/s/", "/results/", 1)
	list = append(list, stop{name: "result", path: result, as: done.cookies()},
		stop{name: "result-open", path: result, as: done.cookies(), do: func(tab *testkit.Tab, _ words) {
			testkit.Eval[int](tab, `[...document.querySelectorAll('details')].map(e => e.open = true).length`)
		}},
		stop{name: "result-answers", path: result + "/answers", as: done.cookies()},
		stop{name: "result-erase", path: result + "/erase", as: done.cookies()})

	twelve := walker(t, lang, "resident-test")
	twelve.stopped = true
	twelve.until("/review", 60)
	twelve.submit()
	list = append(list, stop{name: "result-after-12", path: strings.Replace(twelve.at, "/s/", "/results/", 1), as: twelve.cookies()})

	erased := walker(t, lang, "resident-test")
	erased.until("/review", 60)
	erased.submit()
	list = append(list, stop{name: "erased", path: strings.Replace(erased.at, "/s/", "/results/", 1) + "/erase", as: erased.cookies(),
		do: func(tab *testkit.Tab, w words) { want(tab, 200, tab.Follow(w.forever)) }})
	gone := strings.Replace(erased.at, "/s/", "/results/", 1)
	list = append(list, stop{name: "gone", path: gone, as: erased.cookies(), code: 410})

	for _, slug := range []string{"short-form", "resident-survey"} {
		other := walker(t, lang, slug)
		other.offline = slug == "short-form"
		for _, s := range other.until("/review", 80) {
			list = append(list, stop{name: slug + "-" + s, path: other.at + "/" + s, as: other.cookies()})
		}
		list = append(list, stop{name: slug + "-review", path: other.at + "/review", as: other.cookies()})
		filled := walker(t, lang, slug)
		filled.offline = slug == "short-form"
		filled.until("/review", 80)
		filled.submit()
		list = append(list, stop{name: slug + "-done", path: strings.Replace(filled.at, "/s/", "/results/", 1), as: filled.cookies()})
	}
	return list
}

// visit brings a tab to a stop.
func (s stop) visit(t *testing.T, tab *testkit.Tab, w words) {
	t.Helper()
	tab.Forget()
	tab.Take(s.as)
	code := s.code
	if code == 0 {
		code = 200
	}
	want(tab, code, tab.Open(s.path))
	if s.do != nil {
		s.do(tab, w)
	}
}

// advice is the address of one page of advice.
func advice(t *testing.T, lang string) string {
	t.Helper()
	v := testkit.NewVisitor(t, city.Site, lang)
	page := v.Get("/courses").Want(t, 200)
	href, ok := page.Doc().Find("main .os-links a[href^='/courses/']").First().Attr("href")
	if !ok {
		t.Fatal("the list of advice is empty")
	}
	return href
}

// person answers an instrument over HTTP, without a browser.
type person struct {
	t       *testing.T
	v       *testkit.Visitor
	page    *testkit.Answered
	at      string // /s/{id}
	offline bool   // says that they do not use the internet
	stopped bool   // stops after twelve
}

// walker has begun an instrument of the shared city, with consent.
func walker(t *testing.T, lang, slug string) *person {
	t.Helper()
	return walkerAt(t, city.Site, lang, slug)
}

func walkerAt(t *testing.T, site, lang, slug string) *person {
	t.Helper()
	p := &person{t: t, v: testkit.NewVisitor(t, site, lang)}
	trust := p.v.Get("/surveys/"+slug).Want(t, 200)
	action, values := trust.Form("main form[method=post]")
	box := trust.Doc().Find("main form[method=post] input[type=checkbox]").First()
	name, _ := box.Attr("name")
	value, _ := box.Attr("value")
	values.Set(name, value)
	p.page = p.v.Post(action, values).Want(t, 200)
	p.mark()
	return p
}

func (p *person) mark() {
	if m := sittingID.FindString(p.page.Path); m != "" {
		p.at = m
	}
}

// step answers the screen and goes on; it returns the screen's name.
func (p *person) step() string {
	p.t.Helper()
	action, values := p.page.Form("#answer")
	if action == "" {
		p.t.Fatalf("%s: nothing to answer\n%.400s", p.page.Path, p.page.Text("main"))
	}
	p.page.Fill(values)
	name := action[strings.LastIndexByte(action, '/')+1:]
	switch {
	case name == "internet" && p.offline:
		values.Set("answer", "no")
	case name == "stop-after-12" && p.stopped:
		values.Set("stop", "1")
	case name == "tsyfrohram-year":
		values.Set("answer", "2024")
	}
	p.page = p.v.Post(action, values).Want(p.t, 200)
	p.mark()
	return name
}

func (p *person) next(n int) {
	p.t.Helper()
	for range n {
		p.step()
	}
}

// until answers screens until the address ends so, and returns their names.
func (p *person) until(end string, most int) (names []string) {
	p.t.Helper()
	for range most {
		if p.page.Doc().Find("#submit").Length() > 0 || strings.HasSuffix(p.page.Path, end) {
			return names
		}
		names = append(names, p.step())
	}
	p.t.Fatalf("%s did not come within %d screens: %v", end, most, names)
	return nil
}

// untilField answers screens until a number is asked.
func (p *person) untilField() {
	p.t.Helper()
	for range 40 {
		if p.page.Doc().Find("#answer input[inputmode]").Length() > 0 {
			return
		}
		p.step()
	}
	p.t.Fatal("no screen asks for a number")
}

// submit finishes the sitting.
func (p *person) submit() {
	p.t.Helper()
	action, values := p.page.Form("#submit")
	if action == "" {
		action, values = p.at+"/submit", url.Values{}
	}
	p.page = p.v.Post(action, values).Want(p.t, 200)
	if !strings.HasPrefix(p.page.Path, "/results/") {
		p.t.Fatalf("after the submit at %s", p.page.Path)
	}
}

// cookies are the person's, as a browser holds them.
func (p *person) cookies() (list []*network.Cookie) {
	for _, c := range p.v.Cookies() {
		list = append(list, &network.Cookie{Name: c.Name, Value: c.Value, Domain: "127.0.0.1", Path: "/", HTTPOnly: true, SameSite: "Lax"})
	}
	return list
}

// in names a stop in a message.
func (s stop) in(lang, how string) string {
	return fmt.Sprintf("%s %s %s (%s)", s.name, lang, how, s.path)
}
