//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	people "osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// The whole life of people in one city: what one does must not disturb another.
func TestPeople(t *testing.T) {
	t.Parallel()
	p := town(t)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	for name, journey := range map[string]func(*testing.T, *testkit.Program, *testkit.Browser){
		"invite": journeyInvite, "card": journeyCard, "claim": journeyClaim, "shared": journeyShared, "keyboard": journeyKeyboard, "data": journeyData,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			journey(t, p, b)
		})
	}
}

// An administrator comes in by the link and the digits, invites an analyst by a link,
// and the invited person takes it up with an authenticator of their own.
func journeyInvite(t *testing.T, p *testkit.Program, b *testkit.Browser) {
	e := entranceOf(t, p, "administrator")
	tab := b.Tab(t, testkit.Desktop)
	want(tab, 200, tab.Open(e.Address))
	if !strings.HasPrefix(tab.Path(), "/sign-in") {
		t.Fatalf("the link leads to %s", tab.Path())
	}
	if tab.Has("main form[action^='/sign-in/link/']") { // opened as if from elsewhere: a button first
		want(tab, 200, tab.FollowTo("main form[action^='/sign-in/link/'] button"))
	}
	if got := tab.Open("/office/people"); got != 200 || !strings.HasPrefix(tab.Path(), "/sign-in/factor") {
		t.Fatalf("without the second factor: %d at %s", got, tab.Path())
	}
	tab.Type("input[name=digits]", e.Digits)
	want(tab, 200, tab.FollowTo("main form[action='/sign-in/factor'] button"))
	if tab.Path() != "/office/people" {
		t.Fatalf("the factor leads to %s", tab.Path())
	}
	want(tab, 200, tab.Open("/office/people/invite"))
	tab.Touch("input[name=role][value=analyst]")
	want(tab, 200, tab.FollowTo("main form[action='/office/people/invite'] button[type=submit]"))
	link := testkit.Eval[string](tab, `(document.querySelector('main').innerText.match(/\/join\/[^\s]+/) || [''])[0]`)
	if link == "" {
		tab.Fail("no link of invitation is shown")
	}

	guest := b.Tab(t, testkit.Phone)
	want(guest, 200, guest.Open(link))
	want(guest, 200, guest.FollowTo("main a[href^='/register?']"))
	guest.Touch("#f-adult")
	want(guest, 200, guest.FollowTo("main form[action='/register'] button"))
	if guest.Path() != link {
		t.Fatalf("after making an account: %s, not the invitation", guest.Path())
	}
	want(guest, 200, guest.FollowTo("main form[action^='/join/'] button"))
	if !strings.HasPrefix(guest.Path(), "/sign-in/totp") {
		t.Fatalf("an accepted role leads to %s", guest.Path())
	}
	secret := testkit.Eval[string](guest, `([...document.querySelectorAll('main dd')].map(e => e.innerText.replace(/\s/g, '')).find(t => /^[A-Z2-7]{32}$/.test(t)) || '')`)
	digits, err := people.TOTPDigits(secret, time.Now())
	if err != nil || secret == "" {
		guest.Fail("no secret for the authenticator is shown")
	}
	guest.Type("input[name=digits]", digits)
	want(guest, 200, guest.FollowTo("main form[action='/sign-in/totp'] button"))
	want(guest, 200, guest.Open("/office/answers"))
	want(guest, 403, guest.Open("/office/people"))
	again := b.Tab(t, testkit.Phone)
	if got := again.Open(link); got == 200 || strings.Contains(again.Text("main"), "аналітик") {
		t.Errorf("the invitation opens twice: %d", got)
	}
}

// A mentor registers somebody without e-mail and prints a card with
// pictures; that person comes in on another telephone, 360 px wide, without scripts.
func journeyCard(t *testing.T, p *testkit.Program, b *testkit.Browser) {
	v := staffAt(t, p, "mentor")
	desk := b.Tab(t, testkit.Screen{Width: 1280, Height: 900})
	desk.Open("/help")
	desk.Take(asBrowser(v))
	want(desk, 200, desk.Open("/mentor/register"))
	desk.Type("input[name=name]", "Параска Зозуля")
	desk.Type("input[name=born]", "1948")
	desk.Touch("input[name=agreed][value=learning]")
	want(desk, 200, desk.FollowTo("main form[action='/mentor/register'] button[type=submit]"))
	at, _, _ := strings.Cut(desk.Path(), "?")
	if !strings.HasPrefix(at, "/mentor/learners/") {
		desk.Fail("nobody was registered")
	}
	want(desk, 200, desk.Open(at+"/card"))
	desk.Touch("input[name=kind][value=pictures]")
	want(desk, 200, desk.FollowTo("main form[action$='/card'] button[type=submit]"))
	code := strings.ReplaceAll(desk.Text(".os-a6__code"), " ", "")
	pictures := testkit.Eval[[]string](desk, `[...document.querySelectorAll('.os-a6__pics li span')].map(e => e.innerText.trim())`)
	if code == "" || len(pictures) != 3 {
		t.Fatalf("the card shows %q and %q", code, pictures)
	}
	if pdf := desk.Paper(); len(pdf) < 1000 {
		t.Error("the card does not print")
	}

	screen := testkit.Phone
	screen.NoScript = true
	who := b.Tab(t, screen)
	want(who, 200, who.Open("/sign-in"))
	want(who, 200, who.FollowTo("main button[value=card]"))
	who.Type("input[name=card]", code)
	want(who, 200, who.FollowTo("main form[action='/sign-in/card'] button"))
	for _, one := range pictures {
		for _, wide := range who.Wider() {
			t.Errorf("%s: %s", who.Path(), wide)
		}
		want(who, 200, who.Follow(one))
	}
	if who.Path() != "/me" {
		t.Fatalf("the pictures lead to %s: %s", who.Path(), who.Text("main"))
	}
	who.See("Параска Зозуля")
	if got := who.Open("/mentor"); got != 403 {
		t.Errorf("a learner at the desk: %d", got)
	}
}

// tested has finished the test without an account.
func tested(t *testing.T, p *testkit.Program) *person {
	t.Helper()
	one := walkerAt(t, p.Site, "uk", "resident-test")
	one.stopped = true
	one.until("/review", 60)
	one.submit()
	return one
}

// registered makes an account in a tab, and leaves it on one's own page.
func registered(t *testing.T, tab *testkit.Tab) {
	t.Helper()
	want(tab, 200, tab.Open("/register"))
	tab.Touch("#f-adult")
	want(tab, 200, tab.FollowTo("main form[action='/register'] button"))
	want(tab, 200, tab.Open("/me"))
}

// A resident takes the test without a name, makes an account, and attaches the sitting
// once; another account cannot, with the id, with the cookie, or with a guess.
func journeyClaim(t *testing.T, p *testkit.Program, b *testkit.Browser) {
	one := tested(t, p)
	tab := b.Tab(t, testkit.Phone)
	tab.Open("/help")
	tab.Take(one.cookies())
	registered(t, tab)
	if !tab.Has("main form[action='/me/sittings'] button") {
		tab.Fail("the sitting of this browser is not offered")
	}
	want(tab, 200, tab.FollowTo("main form[action='/me/sittings'] button"))
	if tab.Has("main form[action='/me/sittings']") {
		t.Error("an attached sitting is offered again")
	}
	id := strings.TrimPrefix(one.at, "/s/")
	if !strings.Contains(testkit.Eval[string](tab, `document.querySelector('main').innerHTML`), id) {
		t.Error("the attached sitting is not on one's own page")
	}

	other := visitor(t, p) // with no cookie of that sitting
	made := func(v *testkit.Visitor) {
		t.Helper()
		action, form := v.Get("/register").Want(t, 200).Form("main form[action='/register']")
		form.Set("adult", "1")
		v.Post(action, form).Want(t, 200)
	}
	made(other)
	for name, form := range map[string]url.Values{"the id": {"sitting": {id}}, "a guessed key": {"sitting": {id}, "key": {"AAAAAAAAAAAAAAAAAAAAAA"}}} {
		if a := other.Post("/me/sittings", form); a.Status != 404 {
			t.Errorf("%s alone attaches: %d", name, a.Status)
		}
	}
	made(one.v) // the same browser, a second account: the proof is there, the sitting is taken
	a := one.v.Post("/me/sittings", url.Values{"sitting": {id}})
	if a.Status != 404 { // that somebody else holds it is nobody's business
		t.Errorf("a second account attaches the sitting: %d", a.Status)
	}
	mine := one.v.Get("/me").Want(t, 200)
	for _, link := range mine.Doc().Find("main a").EachIter() {
		if href, _ := link.Attr("href"); strings.Contains(href, id) {
			t.Errorf("a second account holds the sitting: %s", href)
		}
	}
}

// Everything held about a person is shown, taken along as two kinds of file, and erased;
// the receipt is checked; the public index does not show that somebody left.
func journeyData(t *testing.T, p *testkit.Program, b *testkit.Browser) {
	public := testkit.NewVisitor(t, p.Site, "uk")
	before := liveOf(t, public)
	one := tested(t, p)
	tab := b.Tab(t, testkit.Phone)
	tab.Open("/help")
	tab.Take(one.cookies())
	registered(t, tab)
	want(tab, 200, tab.FollowTo("main form[action='/me/sittings'] button"))
	want(tab, 200, tab.Open("/me/data"))
	for _, barrier := range tab.Axe() {
		t.Errorf("/me/data: %v", barrier)
	}
	kept := tab.Beside() // a second tab of the same browser
	id := strings.TrimPrefix(one.at, "/s/")
	for path, kind := range map[string]string{"/me/data/json": "application/json", "/me/data/csv": "text/csv"} {
		a := read(t, p, tab, path).Want(t, 200)
		if !strings.HasPrefix(a.Header.Get("Content-Type"), kind) || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") ||
			!strings.Contains(a.Header.Get("Cache-Control"), "no-store") || !strings.Contains(string(a.Body), id) {
			t.Errorf("%s: %v, %d bytes", path, a.Header, len(a.Body))
		}
		if kind == "application/json" && !json.Valid(a.Body) {
			t.Errorf("%s is no JSON", path)
		}
	}
	want(tab, 200, tab.Open("/me/erase"))
	if strings.HasPrefix(tab.Path(), "/sign-in/again") {
		want(tab, 200, tab.FollowTo("main form[action='/sign-in/again'] button"))
	}
	staff := staffAt(t, p, "analyst")
	inside := counted(t, staff)
	tab.Touch("input[name=sure]")
	want(tab, 200, tab.FollowTo("main form[action='/me/erase'] button"))
	number := tab.Text(".os-number")
	if number == "" {
		tab.Fail("no number of a receipt is shown")
	}
	want(tab, 200, tab.Open("/me"))
	if !strings.HasPrefix(tab.Path(), "/sign-in") {
		t.Errorf("an erased person is still in, at %s", tab.Path())
	}
	if got := tab.Open(one.at); got == 200 {
		t.Errorf("the sitting of an erased person opens: %d", got)
	}
	want(tab, 200, tab.Open("/receipts"))
	tab.Type("input[name=number]", number)
	want(tab, 200, tab.FollowTo("main form[action='/receipts'] button"))
	if !tab.Has(".os-note--good") {
		tab.Fail("the receipt proves nothing")
	}
	if kept.Open("/me/data"); !strings.HasPrefix(kept.Path(), "/sign-in") {
		t.Errorf("another tab of the erased person still reads at %s", kept.Path())
	}
	for range 5 { // fewer than a step; two more may come from the other journeys
		put(t, p.Site, whole(t))
	}
	awaitCounted(t, staff, func(n int) bool { return n >= inside+4 })
	if after := liveOf(t, public); after.N != before.N || deref(after.Index.Value) != deref(before.Index.Value) {
		t.Errorf("the public figure moved from %d to %d people", before.N, after.N)
	}
}

// read fetches an address with the cookies of a tab.
func read(t *testing.T, p *testkit.Program, tab *testkit.Tab, path string) *testkit.Answered {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, p.Site+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range tab.Cookies() {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	return visitor(t, p).Do(r)
}

// At a shared computer the button on every page ends and clears everything, and the
// way back shows nothing of the person.
func journeyShared(t *testing.T, p *testkit.Program, b *testkit.Browser) {
	v := staffAt(t, p, "venue-lead")
	code, digits := digitsCard(t, v, "Ганна Спільна")
	tab := b.Tab(t, testkit.Desktop)
	want(tab, 200, tab.Open("/sign-in/card"))
	tab.Type("input[name=card]", code)
	tab.Touch("input[name=shared]")
	want(tab, 200, tab.FollowTo("main form[action='/sign-in/card'] button"))
	tab.Type("input[name=secret]", digits)
	want(tab, 200, tab.FollowTo("main form[action='/sign-in/card/secret'] button"))
	tab.See("Ганна Спільна")
	want(tab, 200, tab.Open("/preferences"))
	tab.Touch("input[name=contrast]")
	want(tab, 200, tab.FollowTo("main form[action='/preferences'] button"))
	want(tab, 200, tab.Open("/me/data"))
	tab.See("Ганна Спільна")
	for _, path := range []string{"/", "/index", "/courses", "/no-such-page"} {
		tab.Open(path)
		if !tab.Has("form.os-shared button[name=clear]") {
			t.Errorf("%s has no button that ends the session", path)
		}
	}
	tab.Open("/me/data")
	want(tab, 200, tab.FollowTo("form.os-shared button[name=clear]"))
	for _, c := range tab.Cookies() {
		t.Errorf("the cookie %s stays", c.Name)
	}
	for range 3 {
		testkit.Eval[bool](tab, `(window.left = true, history.back(), true)`)
		tab.Wait(`!window.left && document.readyState === 'complete'`)
		if text := testkit.Eval[string](tab, `document.body ? document.body.innerText : ''`); strings.Contains(text, "Ганна") {
			t.Fatalf("the way back shows the person at %s", tab.Path())
		}
	}
	want(tab, 200, tab.Open("/me/data"))
	if !strings.HasPrefix(tab.Path(), "/sign-in") {
		t.Errorf("after the end /me/data leads to %s", tab.Path())
	}
}

// digitsCard registers a learner and gives a card with digits.
func digitsCard(t *testing.T, v *testkit.Visitor, name string) (code, digits string) {
	t.Helper()
	action, form := v.Get("/mentor/register").Want(t, 200).Form("main form")
	form.Set("name", name)
	form.Set("born", "1950")
	form.Add("agreed", "learning")
	at, _, _ := strings.Cut(v.Post(action, form).Want(t, 200).Path, "?")
	card := v.Post(at+"/card", url.Values{"kind": {"digits"}}).Want(t, 200)
	return card.Text(".os-a6__code"), card.Text(".os-a6__digits")
}

// The language is changed on the way, and the keyboard alone leads in.
func journeyKeyboard(t *testing.T, p *testkit.Program, b *testkit.Browser) {
	code, digits := digitsCard(t, staffAt(t, p, "venue-lead"), "Ann Keys")
	tab := b.Tab(t, testkit.Desktop)
	want(tab, 200, tab.Open("/sign-in"))
	want(tab, 200, tab.FollowTo("a.os-lang"))
	if lang := testkit.Eval[string](tab, `document.documentElement.lang`); lang != "en" || !strings.HasPrefix(tab.Path(), "/sign-in") {
		t.Fatalf("the language leads to %s in %s", tab.Path(), lang)
	}
	tabTo(tab, "way", "card")
	want(tab, 200, tab.Enter())
	tabTo(tab, "card", "")
	tab.Key(code)
	want(tab, 200, tab.Enter())
	tabTo(tab, "secret", "")
	tab.Key("000000")
	want(tab, 422, tab.Enter())
	if !tab.Has(".os-errors, [role=alert]") {
		t.Error("a wrong secret has no summary of errors")
	}
	tabTo(tab, "secret", "")
	tab.Key(digits)
	want(tab, 200, tab.Enter())
	if tab.Path() != "/me" || testkit.Eval[string](tab, `document.documentElement.lang`) != "en" {
		t.Fatalf("the keyboard leads to %s: %s", tab.Path(), tab.Text("main"))
	}
	tab.See("Ann Keys")
}

// tabTo presses Tab until a control has the focus, which must be seen.
func tabTo(tab *testkit.Tab, name, value string) {
	for range 60 {
		tab.Key("\t")
		if f := tab.Focus(); f.Name == name && (value == "" || f.Value == value) {
			if !f.Ring || !f.Inside {
				tab.Fail("the focus cannot be seen on " + name)
			}
			return
		}
	}
	tab.Fail("the Tab key does not lead to " + name)
}
