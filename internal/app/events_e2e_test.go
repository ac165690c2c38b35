//go:build e2e

package app

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// bare is a telephone of 360 px without scripts; every page it comes to is looked at by
// another tab of the same person.
type bare struct {
	*testkit.Tab
	t *testing.T
	b *testkit.Browser
}

func newBare(t *testing.T, b *testkit.Browser) bare {
	t.Helper()
	screen := testkit.Phone
	screen.NoScript = true
	return bare{b.Tab(t, screen), t, b}
}

func (o bare) open(path string) {
	o.t.Helper()
	o.came(o.Open(path), http.StatusOK)
}

func (o bare) follow(words string, status int) {
	o.t.Helper()
	o.came(o.Follow(words), status)
}

func (o bare) came(got, status int) {
	o.t.Helper()
	if got != status {
		o.Fail("the server answered another status")
	}
	if status == http.StatusOK {
		inspected(o.t, o.b, o.Tab)
	}
}

// set fills a field whose typing the browser guides itself: a day, an hour.
func (o bare) set(name, value string) {
	o.t.Helper()
	testkit.Eval[string](o.Tab, `document.querySelector('[name="`+name+`"]').value = '`+value+`'`)
}

// A lesson of two seats by hand, on telephones without scripts: a mentor enters it, people
// without accounts book with a phone number, the third waits, one gives the seat back by
// the link, the third takes it; the mentor ticks who came, and they say whether it helped.
func TestALessonIsBookedInTheBrowser(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	b := visited(t, m.URL)
	mentor := newBare(t, b)
	lent(mentor.Tab, m.staff(t, person.Mentor, "uk"))
	mentor.open("/office/events")
	mentor.follow("Нова подія", http.StatusOK)
	mentor.follow("Зберегти", http.StatusUnprocessableEntity)
	mentor.Type("[name=title]", "Гурток на двох")
	mentor.Type("[name=about]", "Вчимося надсилати фото.")
	for name, value := range map[string]string{"day": "2026-11-24", "clock": "18:00", "end": "19:30"} {
		mentor.set(name, value)
	}
	for _, name := range []string{"book", "waiting"} {
		if !testkit.Eval[bool](mentor.Tab, `document.querySelector('[name=`+name+`]').checked`) {
			mentor.Touch("label[for=f-" + name + "]")
		}
	}
	mentor.Type("[name=seats]", "2")
	mentor.follow("Зберегти", http.StatusOK)
	const title = "Гурток на двох"

	book := func(name, phone, press string) bare {
		t.Helper()
		who := newBare(t, b)
		who.open("/events")
		who.follow(title, http.StatusOK)
		who.Type("#f-name", name)
		who.follow(press, http.StatusUnprocessableEntity)
		if got := testkit.Eval[string](who.Tab, `document.querySelector('#f-name').value`); got != name {
			t.Errorf("the name typed became %q", got)
		}
		who.Type("#f-phone", phone)
		who.follow(press, http.StatusOK)
		if !strings.HasPrefix(who.Path(), "/events/booking/") {
			t.Errorf("booked at %s", who.Path())
		}
		return who
	}
	first := book("Оля", "067 000 00 01", "Записатися")
	first.See("Ви записані")
	second := book("Петро", "067 000 00 02", "Записатися")
	second.See("Ви записані")
	third := book("Ганна", "067 000 00 03", "Стати в чергу")
	third.See("Ви в черзі")
	waiting := third.Path()

	// by the link on another telephone, without a word about why
	lost := newBare(t, b)
	lost.open(first.Path())
	lost.follow("Скасувати запис", http.StatusOK)
	lost.See("Запис скасовано")
	third.open(waiting)
	third.See("Для вас є місце")
	third.follow("Так, я прийду", http.StatusOK)
	third.See("Ви записані")

	// what leads there from paper and from a calendar
	v := testkit.NewVisitor(t, m.URL, "uk")
	third.open("/events")
	third.follow(title, http.StatusOK)
	links := testkit.Eval[[]string](third.Tab, `[...document.querySelectorAll('main a')].map(a => a.getAttribute('href')).filter(h => /poster|[.]ics$/.test(h))`)
	posters, feeds := 0, 0
	for _, at := range links {
		got := v.Get(at).Want(t, http.StatusOK)
		switch kind := got.Header.Get("Content-Type"); {
		case strings.HasPrefix(kind, "text/calendar"):
			feeds++
			if text := strings.ReplaceAll(string(got.Body), "\r\n ", ""); !strings.Contains(text, "SUMMARY:"+title) || !strings.Contains(text, "DTSTART:20261124T160000Z") {
				t.Errorf("%s: %.600s", at, text)
			}
		case kind == "application/pdf" || kind == "image/png":
			posters++
		default:
			t.Errorf("%s is %q", at, kind)
		}
	}
	if posters != 4 || feeds != 1 {
		t.Errorf("%d posters and %d calendars: %v", posters, feeds, links)
	}

	// the evening comes
	m.clock.Pass(time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC).Sub(m.clock.Now()))
	lent(mentor.Tab, m.staff(t, person.Mentor, "uk"))
	mentor.open("/office/events")
	mentor.follow(title, http.StatusOK)
	if !mentor.Has("input[name=here]") {
		mentor.came(mentor.FollowTo("main td a, main tbody a"), http.StatusOK)
	}
	mentor.See("Петро")
	mentor.See("Ганна")
	if text := mentor.Text("main"); strings.Contains(text, "Оля") {
		t.Error("who gave the seat back is still on the list")
	}
	mentor.Touch("label:has(input[name=here])")
	mentor.follow("Зберегти відвідування", http.StatusOK)
	mentor.See("Був чи була")
	mentor.See("Не було")

	m.clock.Pass(3 * time.Hour)
	third.open(waiting)
	third.See("Уже відбулося")
	third.follow("Так", http.StatusOK)
	third.See("Дякуємо за відповідь")
}
