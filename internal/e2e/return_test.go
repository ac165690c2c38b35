//go:build e2e

package e2e

import (
	"testing"
	"time"

	"osvitlo/internal/testkit"
)

// The browser is closed and opened again: the cookie leads back to the next screen.
func TestComesBackAfterClosingTheBrowser(t *testing.T) {
	t.Parallel()
	first := chrome.Tab(t, testkit.Phone)
	begin(first, uk)
	for range 4 {
		answer(first, uk, nil)
	}
	at, sitting := first.Headings()[0], id(first)
	for _, c := range first.Cookies() {
		if !c.HTTPOnly || c.SameSite != "Lax" {
			t.Errorf("cookie %.8s: HttpOnly %v, SameSite %s", c.Name, c.HTTPOnly, c.SameSite)
		}
		if c.Session {
			t.Errorf("cookie %.8s dies with the browser", c.Name)
		}
	}
	later := chrome.Tab(t, testkit.Phone)
	later.Take(first.Cookies())
	want(later, 200, later.Open("/s/"+sitting))
	if h := later.Headings()[0]; h != at {
		t.Errorf("came back to «%s», left at «%s»", h, at)
	}
	want(later, 200, later.Follow(uk.back))
	if n := testkit.Eval[int](later, `document.querySelectorAll('#answer :checked').length`); n == 0 {
		t.Error("going back, the given answer is not shown")
	}

	stranger := chrome.Tab(t, testkit.Phone)
	want(stranger, 404, stranger.Open("/s/"+sitting))
	stranger.See("Цей тест тут не відкривається")
}

// Inside another app cookies die all the time: the code leads on, screen after screen.
func TestComesBackByCodeWithCookiesCleared(t *testing.T) {
	t.Parallel()
	tab := chrome.Tab(t, testkit.Phone)
	begin(tab, uk)
	answer(tab, uk, nil)
	letters := code(tab)
	for i := range 6 {
		at := tab.Headings()[0]
		tab.Forget()
		want(tab, 200, tab.Open("/r"))
		if i == 0 {
			tab.Type("#code", "КККККК")
			want(tab, 422, tab.Follow("Продовжити тест"))
			tab.See("Такого коду немає")
		}
		tab.Type("#code", letters)
		want(tab, 200, tab.Follow("Продовжити тест"))
		if h := tab.Headings()[0]; h != at {
			t.Fatalf("the code led to «%s», left at «%s»", h, at)
		}
		answer(tab, uk, nil)
	}
}

// The alarm keeps what is chosen and shows the way back, in one press.
func TestAlarmKeepsTheAnswer(t *testing.T) {
	t.Parallel()
	tab := chrome.Tab(t, testkit.Phone)
	begin(tab, uk)
	answer(tab, uk, nil)
	at := tab.Headings()[0]
	tab.Answer()
	want(tab, 200, tab.Follow(uk.alarm))
	tab.See(uk.safe)
	code(tab)
	want(tab, 200, tab.Follow("Продовжити"))
	if h := tab.Headings()[0]; h == at {
		t.Errorf("the answer chosen before the alarm is lost: again «%s»", h)
	}
}

// 40 kbit/s and two seconds of delay: slow, and everything arrives.
func TestOnAVerySlowNetwork(t *testing.T) {
	t.Parallel()
	screen := testkit.Phone
	screen.Slow, screen.Delay = 40_000, 2*time.Second
	tab := chrome.Tab(t, screen)
	want(tab, 200, tab.Open("/"))
	want(tab, 200, tab.Follow(uk.take))
	tab.Press(uk.consent)
	want(tab, 200, tab.Follow(uk.start))
	for range 3 {
		answer(tab, uk, nil)
	}
	code(tab)
}

// The network goes away: the page says so, keeps the answer and sends it by itself.
func TestAnswersWaitForTheNetwork(t *testing.T) {
	t.Parallel()
	p := town(t)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	tab := b.Tab(t, testkit.Phone)
	begin(tab, uk)
	answer(tab, uk, nil)
	at := tab.Headings()[0]
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	tab.Answer()
	tab.Press(uk.next)
	tab.Wait(`!document.getElementById('os-offline').hidden`)
	tab.See("Немає зв’язку")
	if err := p.Again(); err != nil {
		t.Fatal(err)
	}
	tab.Press("Спробувати зараз")
	tab.Wait(`document.querySelector('h1') && document.querySelector('h1').innerText.replace(/\s+/g, ' ') !== ` + "`" + at + "`")
	tab.Forgive()
	code(tab)
}

// The server dies in the middle of a sitting, without warning, again and again:
// every answer that was acknowledged is there.
func TestServerKilledInTheMiddleOfASitting(t *testing.T) {
	t.Parallel()
	p := town(t)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	screen := testkit.Phone
	screen.NoScript = true
	tab := b.Tab(t, screen)
	begin(tab, uk)
	sitting := ""
	for round := range 4 {
		answer(tab, uk, nil)
		answer(tab, uk, nil)
		at := tab.Headings()[0]
		sitting = id(tab)
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := p.Again(); err != nil {
			t.Fatal(err)
		}
		want(tab, 200, tab.Open("/s/"+sitting))
		if h := tab.Headings()[0]; h != at {
			t.Fatalf("round %d: after the crash «%s», before it «%s»", round, h, at)
		}
	}
	answerUntil(tab, uk, "Перша частина позаду", nil)
	want(tab, 200, tab.Follow(uk.stop))
}
