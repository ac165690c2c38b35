//go:build e2e

package e2e

import (
	"regexp"
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// words are what a journey reads and presses in one language.
type words struct {
	take, start, next, consent, yes, review, finish, see, stop, on, result, counted, erase, forever, gone string
	alarm, safe, back                                                                                     string
}

var uk = words{take: "Пройти тест", start: "Почати", next: "Далі", yes: "Так", review: "Перевірте відповіді",
	see: "Завершити й побачити результат", finish: "Завершити", stop: "Побачити результат", on: "Продовжити тест",
	result: "Ось що ви вже вмієте", counted: "Вашу відповідь зараховано", erase: "Стерти мої відповіді",
	forever: "Стерти назавжди", gone: "Відповіді стерто", consent: "Врахуйте мої відповіді",
	alarm: "Тривога: зберегти й вийти", safe: "Усе збережено", back: "Назад"}

var en = words{take: "Take the test", start: "Start", next: "Next", yes: "Yes", review: "Check your answers",
	see: "Finish and see the result", finish: "Finish", stop: "See the result", on: "Continue the test",
	result: "This is what you can already do", counted: "Your answer is counted", erase: "Erase my answers",
	forever: "Erase for ever", gone: "The answers are erased", consent: "Count my answers",
	alarm: "Air raid: save and leave", safe: "All is saved", back: "Back"}

// begin goes from the first page to the first question, with consent.
func begin(tab *testkit.Tab, w words) {
	want(tab, 200, tab.Open("/"))
	want(tab, 200, tab.Follow(w.take))
	tab.Press(w.consent)
	want(tab, 200, tab.Follow(w.start))
}

func want(tab *testkit.Tab, status, got int) {
	if got != status {
		tab.Fail("the server answered another status")
	}
}

var sittingID = regexp.MustCompile(`^/s/([0-9a-f-]{36})`)

// id is the sitting of the page.
func id(tab *testkit.Tab) string {
	m := sittingID.FindStringSubmatch(tab.Path())
	if m == nil {
		tab.Fail("this is no page of a sitting")
	}
	return m[1]
}

// answer answers the screen and goes on, and counts what kind of question it was.
func answer(tab *testkit.Tab, w words, kinds map[string]int) {
	kind := tab.Answer()
	if kinds != nil {
		kinds[kind]++
	}
	want(tab, 200, tab.Follow(w.next))
}

// answerUntil answers screens until one has the heading.
func answerUntil(tab *testkit.Tab, w words, heading string, kinds map[string]int) {
	for range 60 {
		if h := tab.Headings(); len(h) == 1 && h[0] == heading {
			return
		}
		answer(tab, w, kinds)
	}
	tab.Fail("the screen «" + heading + "» did not come")
}

// pressOn leads from the pause to the second half.
func pressOn(tab *testkit.Tab, w words) { want(tab, 200, tab.Follow(w.on)) }

// code is the six letters that the page shows.
func code(tab *testkit.Tab) string {
	c := strings.ReplaceAll(tab.Text(".os-code"), " ", "")
	if n := len([]rune(c)); n != 6 {
		tab.Fail("no code of six letters on the page: " + c)
	}
	return c
}

// plain fails the test for the things no page may have.
func plain(t *testing.T, tab *testkit.Tab) {
	t.Helper()
	if keys := tab.Keys(); len(keys) > 0 {
		t.Errorf("%s: keys instead of words: %v", tab.Path(), keys)
	}
	if h := tab.Headings(); len(h) != 1 {
		t.Errorf("%s: %d headings of the first rank: %q", tab.Path(), len(h), h)
	}
}
