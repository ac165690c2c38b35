//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"osvitlo/internal/testkit"
)

// The main job: a person with an old telephone and no script goes from the first
// page to the result, and takes everything back.
func TestWholeTestOnATelephoneWithoutScript(t *testing.T) {
	t.Parallel()
	screen := testkit.Phone
	screen.NoScript = true
	tab := chrome.Tab(t, screen)

	want(tab, 200, tab.Open("/"))
	if n := len(tab.Cookies()); n != 0 {
		t.Errorf("%d cookies before anything was answered", n)
	}
	want(tab, 200, tab.Follow(uk.take))
	for _, line := range []string{"Хто питає", "Навіщо", "Скільки часу", "12–40 хвилин", "Чого ніколи не питаємо", "Номер картки",
		"Чого ніхто не отримає", "Як перевірити", "Що отримаєте ви"} {
		tab.See(line)
	}
	if testkit.Eval[bool](tab, `document.querySelector('form[method=post] input[type=checkbox]').checked`) {
		t.Error("the consent is ticked before the person ticks it")
	}
	tab.Press(uk.consent)
	want(tab, 200, tab.Follow(uk.start))
	tab.See("Чи користувалися ви інтернетом за останні 3 місяці?")
	if n := testkit.Eval[int](tab, `document.querySelectorAll('.os-code').length`); n != 0 {
		t.Error("a code is shown before the first answer is stored")
	}
	kinds := map[string]int{}
	answer(tab, uk, nil)
	sitting := id(tab)
	tab.See("1 з 30")
	code(tab)
	for range 12 {
		plain(t, tab)
		answer(tab, uk, kinds)
	}
	tab.See("Перша частина позаду")
	pressOn(tab, uk)
	for range 18 {
		plain(t, tab)
		answer(tab, uk, kinds)
	}
	for _, kind := range []string{"radio", "checkbox", "select", "text"} {
		if kinds[kind] == 0 {
			t.Errorf("no task was answered by %s: %v", kind, kinds)
		}
	}
	background := map[string]int{}
	answerUntil(tab, uk, uk.review, background)
	if background["radio"] < 4 {
		t.Errorf("%d background questions, want where, sex, age and district at least", background["radio"])
	}
	plain(t, tab)
	if n := testkit.Eval[int](tab, `document.querySelectorAll('.os-rows__row').length`); n < 35 {
		t.Errorf("the review has %d rows, want all 35 answers", n)
	}
	want(tab, 200, tab.Follow(uk.see))
	if h := tab.Headings(); len(h) != 1 || h[0] != uk.result {
		t.Fatalf("headings %q", h)
	}
	plain(t, tab)
	for _, line := range []string{"Ваш рівень", "Шість напрямів", "Три кроки далі", uk.counted, "групами по 10"} {
		tab.See(line)
	}
	body := tab.Text("body")
	for _, never := range []string{"низький рівень", "не склали", "помилок", "зі 100."} {
		if strings.Contains(body, never) {
			t.Errorf("the result says «%s»", never)
		}
	}
	if n := testkit.Eval[int](tab, `document.querySelector('.os-steps').querySelectorAll('.os-step').length`); n != 3 {
		t.Errorf("%d next steps, want 3", n)
	}

	want(tab, 200, tab.Follow(uk.erase))
	want(tab, 200, tab.Follow(uk.forever))
	tab.See(uk.gone)
	want(tab, 410, tab.Open("/results/"+sitting))
	tab.See("Цих відповідей уже немає")
	want(tab, 410, tab.Open("/s/"+sitting))
}

// The same by keyboard alone, in English: Tab, Space, arrows and Enter.
func TestWholeTestByKeyboardInEnglish(t *testing.T) {
	t.Parallel()
	screen := testkit.Desktop
	screen.Lang = "en"
	tab := chrome.Tab(t, screen)
	want(tab, 200, tab.Open("/"))
	if lang := testkit.Eval[string](tab, `document.documentElement.lang`); lang != "en" {
		t.Fatalf("the page speaks %q", lang)
	}
	tab.Key(kb.Tab)
	if f := tab.Focus(); f.Words != "Skip to the main part" {
		t.Errorf("the first Tab leads to %q, not past the header", f.Words)
	}
	tab.Key(kb.Enter)
	press(tab, en.take)
	tab.TabTo(en.consent)
	tab.Key(" ")
	press(tab, en.start)
	for range 60 {
		switch h := tab.Headings(); {
		case len(h) == 1 && h[0] == en.review:
			press(tab, en.see)
			tab.See(en.counted)
			press(tab, en.erase)
			press(tab, en.forever)
			tab.See(en.gone)
			return
		case len(h) == 1 && h[0] == "The first part is behind you":
			press(tab, en.on)
		default:
			byKeys(tab, en)
		}
	}
	t.Error("the review did not come")
}

// press goes with Tab to what has these words and presses it.
func press(tab *testkit.Tab, words string) {
	tab.TabTo(words)
	want(tab, 200, tab.Enter())
}

// byKeys answers the screen with the keyboard, beginning at the top of the page.
func byKeys(tab *testkit.Tab, w words) {
	ticked, lists := false, 0
	for range 90 {
		tab.Key(kb.Tab)
		f := tab.Focus()
		switch {
		case f.Type == "radio":
			if f.Value == "under-14" { // a child's answers would not count
				tab.Key(kb.ArrowDown)
				tab.Key(kb.ArrowDown)
				continue
			}
			tab.Key(" ")
		case f.Type == "checkbox" && !ticked && lists == 0:
			tab.Key(" ")
			ticked = true
		case f.Tag == "select":
			lists++
			offered := testkit.Eval[int](tab, `document.activeElement.options.length`) - 1
			for range (lists-1)%offered + 1 {
				tab.Key(kb.ArrowDown)
			}
		case f.Type == "text":
			tab.Key("1")
			ticked = true
		case f.Tag == "button" && f.Words == w.next:
			want(tab, 200, tab.Enter())
			return
		}
	}
	tab.Fail("the Tab key does not lead to " + w.next)
}
