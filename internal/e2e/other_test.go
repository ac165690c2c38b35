//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// Twelve tasks and an honest stop: a result, wider, and no word about areas.
func TestStopsAfterTwelve(t *testing.T) {
	t.Parallel()
	tab := chrome.Tab(t, testkit.Phone)
	begin(tab, uk)
	answerUntil(tab, uk, "Перша частина позаду", nil)
	tab.See("Запитання, яких ви не бачили, не шкодять")
	want(tab, 200, tab.Follow(uk.stop))
	answerUntil(tab, uk, uk.review, nil)
	want(tab, 200, tab.Follow(uk.see))
	tab.See(uk.result)
	tab.See(uk.counted)
	tab.See("Ви зупинилися після 12 завдань")
}

// A person who does not use the internet gets eight questions and the nearest help.
func TestPersonWithoutTheInternet(t *testing.T) {
	t.Parallel()
	tab := chrome.Tab(t, testkit.Phone)
	begin(tab, uk)
	tab.Press("Ні")
	want(tab, 200, tab.Follow(uk.next))
	questions := 0
	for range 30 {
		if tab.Headings()[0] == uk.review {
			break
		}
		if strings.Contains(tab.Text("body"), "з 30") {
			tab.Fail("the test goes on for a person without the internet")
		}
		plain(t, tab)
		answer(tab, uk, nil)
		questions++
	}
	if questions < 8 || questions > 13 {
		t.Errorf("%d questions, want 8 and the background", questions)
	}
	want(tab, 200, tab.Follow(uk.finish))
	tab.See("Дякуємо. Допомога є поруч")
	if body := tab.Text("body"); strings.Contains(body, "Ваш рівень") || strings.Contains(body, "A1") {
		t.Error("a person without the internet is shown a level")
	}
	plain(t, tab)
}

// A slip is said kindly, what was typed stays, and the summary leads to the field.
func TestTypedWrong(t *testing.T) {
	t.Parallel()
	for _, script := range []bool{true, false} {
		screen := testkit.Phone
		screen.NoScript = !script
		tab := chrome.Tab(t, screen)
		begin(tab, uk)
		for range 40 {
			if testkit.Eval[bool](tab, `!!document.querySelector('#answer input[inputmode]')`) {
				break
			}
			answer(tab, uk, nil)
			if tab.Headings()[0] == "Перша частина позаду" {
				pressOn(tab, uk)
			}
		}
		tab.Type("#answer input[name=answer]", "багато")
		tab.Press(uk.next)
		tab.Wait(`document.querySelector('.os-error')`)
		tab.See("Напишіть число цифрами")
		if v := testkit.Eval[string](tab, `document.querySelector('#answer input[name=answer]').value`); v != "багато" {
			t.Errorf("what was typed became %q", v)
		}
		if script {
			if f := testkit.Eval[string](tab, `document.activeElement.id`); f != "os-error" {
				t.Errorf("the focus stands on %q, not on the summary", f)
			}
		}
		link := testkit.Eval[string](tab, `document.querySelector('.os-error a').getAttribute('href')`)
		if link != "#a" || !testkit.Eval[bool](tab, `document.querySelector('`+link+`').name === 'answer'`) {
			t.Errorf("the summary leads to %q, which is not the field", link)
		}
		if !strings.HasPrefix(testkit.Eval[string](tab, `document.title`), "Помилка:") {
			t.Error("the title does not say that something is wrong")
		}
		tab.Touch(".os-error a")
		if script {
			tab.Wait(`document.activeElement.name === 'answer'`)
		}
		tab.Type("#answer input[name=answer]", "3")
		want(tab, 200, tab.Follow(uk.next))
	}
}

// Nothing chosen: the page asks again, and offers a way past it.
func TestNothingChosen(t *testing.T) {
	t.Parallel()
	screen := testkit.Phone
	screen.NoScript = true
	tab := chrome.Tab(t, screen)
	begin(tab, uk)
	want(tab, 422, tab.Follow(uk.next))
	if !tab.Has(".os-error") {
		t.Fatal("there is no summary")
	}
	want(tab, 200, tab.Follow("Пропустити"))
	tab.See("1 з 30")
}

// Two windows of one person: the later one is told, and nothing is written over.
func TestTwoWindows(t *testing.T) {
	t.Parallel()
	screen := testkit.Phone
	screen.NoScript = true
	one := chrome.Tab(t, screen)
	begin(one, uk)
	answer(one, uk, nil)
	question := one.Path()
	two := one.Beside()
	want(two, 200, two.Open(question))
	chosen := testkit.Eval[[]string](one, `[...document.querySelectorAll('#answer label')].map(e => e.innerText.split('\n')[0])`)
	one.Press(chosen[0])
	want(one, 200, one.Follow(uk.next))
	two.Press(chosen[1])
	want(two, 409, two.Follow(uk.next))
	two.See("Цю відповідь уже змінили в іншому вікні")
	two.See(testkit.Plain(chosen[0]))
	two.See(testkit.Plain(chosen[1]))
	if n := testkit.Eval[int](two, `document.querySelectorAll('#answer :checked').length`); n != 1 {
		t.Errorf("%d choices are marked", n)
	}
	two.Press(chosen[1])
	want(two, 200, two.Follow(uk.next))
	want(one, 200, one.Open(question))
	if v := testkit.Plain(testkit.Eval[string](one, `document.querySelector('#answer :checked').labels[0].innerText`)); v != testkit.Plain(chosen[1]) {
		t.Errorf("stored is %q, the last choice was %q", v, chosen[1])
	}
}
