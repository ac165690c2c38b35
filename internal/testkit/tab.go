package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Screen is the device and how its owner has set it.
type Screen struct {
	Width, Height int64
	Phone         bool // a touch screen
	NoScript      bool
	Dark          bool
	Lang          string // of the browser; "" is uk
	// Slow limits the network: bits per second both ways, and the delay of each answer.
	Slow  int64
	Delay time.Duration
	// Patience is how long a page may take; 0 is two minutes, as machines that test are busy.
	Patience time.Duration
}

// Screens that journeys use.
var (
	Phone   = Screen{Width: 360, Height: 640, Phone: true}
	Desktop = Screen{Width: 1280, Height: 900}
)

// Tab is one tab of one person's browser.
type Tab struct {
	t      testing.TB
	b      *Browser
	screen Screen
	ctx    context.Context

	mu     sync.Mutex
	status map[string]int // by document address: the last answer
	asked  []string       // hosts of others
	broken []string       // rules that a page broke, errors of its script
	sure   []string       // questions of the page's script that were answered with yes
	step   string         // what is being done, for the message
}

// Tab opens a tab with no cookies.
func (b *Browser) Tab(t testing.TB, s Screen) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return b.open(t, s, ctx)
}

// Beside opens another tab of the same person.
func (tab *Tab) Beside() *Tab {
	tab.t.Helper()
	ctx, cancel := chromedp.NewContext(tab.ctx)
	tab.t.Cleanup(cancel)
	return tab.b.open(tab.t, tab.screen, ctx)
}

func (b *Browser) open(t testing.TB, s Screen, ctx context.Context) *Tab {
	t.Helper()
	if s.Lang == "" {
		s.Lang = "uk"
	}
	if s.Patience == 0 {
		s.Patience = 2 * time.Minute
	}
	tab := &Tab{t: t, b: b, screen: s, ctx: ctx, status: map[string]int{}, step: "open"}
	tab.must(chromedp.Do(ctx))
	tab.must(chromedp.Listen(ctx, tab.hear))
	tab.must(tab.dress())
	t.Cleanup(tab.judge)
	return tab
}

// dress gives the tab its screen, language, colours and network.
func (tab *Tab) dress() error {
	s := tab.screen
	var errs []error
	errs = append(errs, call(tab.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: s.Width, Height: s.Height, DeviceScaleFactor: 1, Mobile: s.Phone}))
	errs = append(errs, call(tab.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: s.Phone}))
	errs = append(errs, call(tab.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: s.NoScript}))
	errs = append(errs, call(tab.ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
		Headers: network.Headers{"Accept-Language": s.Lang}}))
	errs = append(errs, tab.media("", s.Dark))
	if s.Slow > 0 {
		bytes := float64(s.Slow) / 8
		_, err := chromedp.Call(tab.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Latency: float64(s.Delay.Milliseconds()), DownloadThroughput: bytes, UploadThroughput: bytes}}})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func call[P any](ctx context.Context, command cdp.Command[P, cdp.Empty], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

func (tab *Tab) media(kind string, dark bool) error {
	colour := "light"
	if dark {
		colour = "dark"
	}
	return call(tab.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind, Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: colour}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}

// Dark sets the colours that the reader asks for.
func (tab *Tab) Dark(on bool) {
	tab.t.Helper()
	tab.must(tab.media("", on))
}

// OnPaper shows the page as it is printed.
func (tab *Tab) OnPaper() {
	tab.t.Helper()
	tab.must(tab.media("print", false))
}

// hear runs on the reader of the browser's messages: it must not wait.
func (tab *Tab) hear(ev any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		tab.ask(e.Request.URL)
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			tab.status[e.Response.URL] = int(e.Response.Status)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "Failed to load resource") {
			tab.broken = append(tab.broken, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		tab.broken = append(tab.broken, e.ExceptionDetails.Text)
	case *page.EventJavascriptDialogOpening:
		tab.sure = append(tab.sure, e.Message)
		go func() { // the page stands still until it is answered; a page that is gone needs no answer
			_ = call(tab.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}
}

// Sure are the questions of the page's script since it was asked last. Each was answered
// with yes.
func (tab *Tab) Sure() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	list := tab.sure
	tab.sure = nil
	return list
}

func (tab *Tab) ask(address string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "data" || u.Scheme == "about" || u.Scheme == "chrome-error" {
		return
	}
	if u.Scheme+"://"+u.Host != tab.b.site {
		tab.asked = append(tab.asked, address)
	}
}

// judge says what was wrong on any page of the tab.
func (tab *Tab) judge() {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	for _, address := range tab.asked {
		tab.t.Errorf("a page asked another host: %s", address)
	}
	for _, text := range tab.broken {
		tab.t.Errorf("a page broke its rules: %s", text)
	}
}

// Forgive drops the complaints so far: after an outage that the test made.
func (tab *Tab) Forgive() {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	tab.broken = nil
}

func (tab *Tab) must(err error) {
	tab.t.Helper()
	if err != nil {
		tab.Fail(err.Error())
	}
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// Fail ends the test with a picture of the screen.
func (tab *Tab) Fail(text string) {
	tab.t.Helper()
	name := ""
	if raw, err := tab.picture(); err == nil {
		if os.MkdirAll(tab.b.shots, 0o755) == nil {
			name = filepath.Join(tab.b.shots, unsafe.ReplaceAllString(tab.t.Name(), "-")+".png")
			if os.WriteFile(name, raw, 0o644) != nil {
				name = ""
			}
		}
	}
	where, _ := chromedp.Run(tab.limited(), chromedp.Evaluate[string](`location.href`))
	tab.t.Fatalf("%s: %s\n  at %s\n  screen: %s", tab.step, text, where, name)
}

// limited is a context for one command.
func (tab *Tab) limited() context.Context {
	ctx, cancel := context.WithTimeout(tab.ctx, tab.screen.Patience)
	context.AfterFunc(ctx, cancel)
	return ctx
}

// Eval runs an expression in the page and decodes what it gives.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	v, err := eval[T](tab, expression)
	tab.must(err)
	return v
}

func eval[T any](tab *Tab, expression string) (v T, err error) {
	raw, err := chromedp.Run(tab.limited(), chromedp.Evaluate[[]byte](`JSON.stringify(`+expression+`) ?? "null"`))
	if err != nil {
		return v, err
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return v, fmt.Errorf("%s: %w", raw, err)
	}
	return v, json.Unmarshal([]byte(text), &v)
}

// quoted writes a Go string as one of JavaScript.
func quoted(s string) string {
	raw, _ := json.Marshal(s) // a string always can
	return string(raw)
}

// Open goes to an address of the site and returns the status.
func (tab *Tab) Open(path string) int {
	tab.t.Helper()
	tab.step = "open " + path
	tab.leave(func() error {
		r, err := chromedp.Call(tab.limited(), page.Navigate, page.NavigateParams{URL: tab.b.site + path})
		if err == nil && r.ErrorText != "" {
			err = errors.New(r.ErrorText)
		}
		return err
	})
	return tab.Status()
}

// leave does something that brings another page, and waits until it is whole.
func (tab *Tab) leave(do func() error) {
	tab.t.Helper()
	const birth = `[performance.timeOrigin, document.readyState]`
	before, err := eval[[2]any](tab, birth)
	tab.must(err)
	tab.must(do())
	end := time.Now().Add(tab.screen.Patience)
	for {
		now, err := eval[[2]any](tab, birth)
		if err == nil && now[0] != before[0] && now[1] == "complete" {
			return
		}
		if time.Now().After(end) {
			tab.Fail("no other page came")
		}
		time.Sleep(8 * time.Millisecond)
	}
}

// Status is what the server answered for the page that is shown.
func (tab *Tab) Status() int {
	tab.t.Helper()
	at := Eval[string](tab, `location.href.split('#')[0]`)
	for range 50 {
		tab.mu.Lock()
		s := tab.status[at]
		tab.mu.Unlock()
		if s != 0 {
			return s
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 0
}

// Path is the address of the page, without the site.
func (tab *Tab) Path() string {
	tab.t.Helper()
	return strings.TrimPrefix(Eval[string](tab, `location.href`), tab.b.site)
}

// Text is what a reader sees of the first element that the selector finds; empty
// when there is none.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return Plain(Eval[string](tab, `(document.querySelector(`+quoted(selector)+`) || {}).innerText || ''`))
}

// Has tells whether the selector finds something that is shown.
func (tab *Tab) Has(selector string) bool {
	tab.t.Helper()
	return Eval[bool](tab, `[...document.querySelectorAll(`+quoted(selector)+`)].some(e => e.getClientRects().length > 0)`)
}

// See fails unless the page shows the words.
func (tab *Tab) See(words string) {
	tab.t.Helper()
	tab.step = "see " + words
	if !strings.Contains(tab.Text("body"), words) {
		tab.Fail("the words are not on the page")
	}
}

// Wait waits until an expression is true in the page.
func (tab *Tab) Wait(expression string) {
	tab.t.Helper()
	tab.step = "wait for " + expression
	for end := time.Now().Add(tab.screen.Patience); ; time.Sleep(15 * time.Millisecond) {
		if ok, err := eval[bool](tab, `!!(`+expression+`)`); err == nil && ok {
			return
		}
		if time.Now().After(end) {
			tab.Fail("it did not come")
		}
	}
}

// Cookies are those of the site.
func (tab *Tab) Cookies() []*network.Cookie {
	tab.t.Helper()
	r, err := chromedp.Call(tab.limited(), network.GetCookies, network.GetCookiesParams{URLs: []string{tab.b.site}})
	tab.must(err)
	return r.Cookies
}

// Take gives this tab the cookies of another person's, as a browser that was closed
// and opened again has them.
func (tab *Tab) Take(cookies []*network.Cookie) {
	tab.t.Helper()
	for _, c := range cookies {
		tab.must(call(tab.ctx, network.SetCookies, network.SetCookiesParams{Cookies: []*network.CookieParam{
			{Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, HTTPOnly: c.HTTPOnly, SameSite: c.SameSite}}}))
	}
}

// Forget removes all cookies.
func (tab *Tab) Forget() {
	tab.t.Helper()
	for _, c := range tab.Cookies() {
		tab.must(call(tab.ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: c.Name, Domain: c.Domain, Path: c.Path}))
	}
	if n := len(tab.Cookies()); n > 0 {
		tab.Fail(fmt.Sprintf("%d cookies stayed", n))
	}
}

// picture is a PNG of the whole page.
func (tab *Tab) picture() ([]byte, error) {
	m, err := chromedp.Call(tab.limited(), page.GetLayoutMetrics, cdp.Empty{})
	if err != nil {
		return nil, err
	}
	whole := true
	r, err := chromedp.Call(tab.limited(), page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &whole,
		Clip: &page.Viewport{Width: m.CSSContentSize.Width, Height: m.CSSContentSize.Height, Scale: 1}})
	return r.Data, err
}

// Paper prints the page to a PDF on A4.
func (tab *Tab) Paper() []byte {
	tab.t.Helper()
	raw, err := chromedp.Run(tab.limited(), chromedp.PrintToPDF(func(p *page.PrintToPDFParams) {
		own := true
		p.PaperWidth, p.PaperHeight, p.PreferCSSPageSize = 8.27, 11.69, &own
	}))
	tab.must(err)
	return raw
}
