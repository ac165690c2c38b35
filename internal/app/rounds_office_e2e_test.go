//go:build e2e

package app

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// desk is the department at its desk: a tab that looks at every page it comes to.
type desk struct {
	*testkit.Tab
	t *testing.T
}

// follow presses words, expects a status and looks at the page.
func (o desk) follow(words string, status int) {
	o.t.Helper()
	o.came(o.Follow(words), status)
}

// press is follow for what has no words of its own.
func (o desk) press(selector string, status int) {
	o.t.Helper()
	o.came(o.FollowTo(selector), status)
}

func (o desk) came(got, status int) {
	o.t.Helper()
	if got != status {
		o.Fail("the server answered another status")
	}
	fit(o.t, o.Tab)
}

// pick chooses in a list by arrows, as a hand does.
func (o desk) pick(name, value string) {
	o.t.Helper()
	at := `document.querySelector('select[name="` + name + `"]')`
	testkit.Eval[bool](o.Tab, `(`+at+`.focus(), true)`)
	for range 40 {
		if testkit.Eval[string](o.Tab, at+`.value`) == value {
			return
		}
		o.Key(kb.ArrowDown)
	}
	o.Fail(name + " has no " + value)
}

// agreed tells what the page asked before it did something that stays.
func (o desk) agreed(words string) {
	o.t.Helper()
	if asked := o.Sure(); len(asked) != 1 || !strings.Contains(asked[0], words) {
		o.t.Errorf("%s asked %q before it was done, want «%s»", o.Path(), asked, words)
	}
}

// signedOrder is the order on the disk of whoever uploads it.
func signedOrder(t *testing.T) string {
	t.Helper()
	raw, err := demoOrder()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "nakaz.png")
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// The department's year by hand: a round is planned, opened with its signed order, looked
// at, put off, closed and cut; its table is read; a pilot is thrown away. On a desk and on
// a telephone of 360 px.
func TestARoundOfTheDepartmentInTheBrowser(t *testing.T) {
	t.Parallel()
	for name, screen := range map[string]testkit.Screen{"desk": testkit.Desktop, "phone": testkit.Phone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			departmentsYear(t, screen)
		})
	}
}

func departmentsYear(t *testing.T, screen testkit.Screen) {
	m := newMonitoring(t)
	school := m.school(t, "Гімназія управління", map[institution.Role]int{institution.Teacher: 14})
	tried := m.school(t, "Школа пробного збору", map[institution.Role]int{institution.Teacher: 20})
	op := person.Operator("test")
	if _, err := m.Institutions.Add(t.Context(), &op, institution.Institution{Kind: institution.Higher, Names: []institution.Name{{Name: i18n.Text{UK: "Університет без збору"}}}}); err != nil {
		t.Fatal(err)
	}
	b := visited(t, m.URL)
	o := desk{b.Tab(t, screen), t}
	lent(o.Tab, m.staff(t, person.Analyst, "uk"))

	// the plan: a wrong day is said beside its field, and nothing else has to be typed again
	opens(t, o.Tab, "/office/rounds")
	o.follow("Спланувати збір", http.StatusOK)
	o.Type("[name=title_uk]", "Збір у браузері")
	o.Type("[name=title_en]", "A round in the browser")
	o.Type("[name=opens]", "2026-11-21")
	o.Type("[name=closes]", "учора")
	o.pick("instrument_teacher", "teacher-round")
	o.Press("Заклад вищої освіти")
	o.follow("Зберегти", http.StatusUnprocessableEntity)
	if f := o.Focus(); f.ID != "os-error" {
		t.Errorf("the focus stands on %q, not on what is wrong", f.ID)
	}
	for field, want := range map[string]string{"title_uk": "Збір у браузері", "closes": "учора", "instrument_teacher": "teacher-round"} {
		if got := testkit.Eval[string](o.Tab, `document.querySelector('[name=`+field+`]').value`); got != want {
			t.Errorf("%s was %q and became %q", field, want, got)
		}
	}
	o.Type("[name=closes]", "2026-12-04")
	o.follow("Зберегти", http.StatusOK)
	o.See("Збір сплановано")
	at, _, _ := strings.Cut(o.Path(), "?")
	id := strings.TrimPrefix(at, "/office/rounds/")

	// the one school is found and put in, the others are left out; the search stays
	o.follow("Вибрати заклади", http.StatusOK)
	o.Type("#f-q", "Гімназія управління")
	o.follow("Знайти", http.StatusOK)
	o.Touch("input[name=body]")
	o.follow("Додати позначені", http.StatusOK)
	o.See("Зміни збережено")
	if got := testkit.Eval[string](o.Tab, `document.querySelector('#f-q').value`); got != "Гімназія управління" {
		t.Errorf("after the act the search says %q", got)
	}
	o.Type("#f-q", "")
	o.Key(kb.Backspace)
	o.pick("kind", string(institution.Higher))
	o.follow("Знайти", http.StatusOK)
	o.follow("Прибрати всі на сторінці", http.StatusOK)
	o.follow("Готово", http.StatusOK)
	if r, _ := m.Rounds.ByID(id); !slices.Equal(r.Bodies, []string{school.ID}) {
		t.Fatalf("%d institutions are asked", len(r.Bodies))
	}

	// the order: not without the file, the number and the promise
	o.follow("Відкрити збір", http.StatusOK)
	o.See("закладів буде запитано")
	o.Type("[name=order_number]", "15-о")
	o.follow("Відкрити", http.StatusUnprocessableEntity)
	o.agreed("Список закладів більше не зміниться")
	o.Choose("input[name=order_file]", signedOrder(t))
	o.follow("Зберегти файл", http.StatusOK)
	o.See("nakaz.png")
	o.Type("[name=order_number]", "15-о")
	o.Type("[name=order_date]", "2026-11-10")
	o.Press("У наказі є ця обіцянка")
	o.follow("Відкрити", http.StatusOK)
	o.agreed("Список закладів більше не зміниться")
	o.See("Збір відкрито")
	o.See("№ 15-о від 10 листопада 2026")

	// the school makes codes and answers; the department sees how many, never who
	c := desk{b.Tab(t, screen), t}
	lent(c.Tab, m.coordinator(t, "uk", school))
	opens(t, c.Tab, "/school/at/"+school.ID+"/"+id)
	c.pick("role", string(institution.Teacher))
	c.Type("#f-codes", "12")
	c.follow("Зробити коди", http.StatusOK)
	codes := strings.Fields(testkit.Eval[string](c.Tab, `Array.from(document.querySelectorAll('.os-slip__code span')).map(e => e.textContent.replace('-', '')).join(' ')`))
	if len(codes) != 12 {
		t.Fatalf("%d slips", len(codes))
	}
	for _, code := range codes {
		if got := m.sent(t, "teacher-round", code); got != http.StatusCreated {
			t.Fatal(got)
		}
	}
	if err := m.Rounds.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	opens(t, o.Tab, at)
	if row := o.Text("#responses tbody"); !strings.Contains(row, "Гімназія управління") || !strings.Contains(row, "12") || !strings.Contains(row, "86 %") {
		t.Errorf("what came in: %s", row)
	}
	o.press("#responses th a[href*='sort=share']", http.StatusOK)

	// put off, then closed; an earlier day is refused
	o.follow("Подовжити або завершити", http.StatusOK)
	o.Type("[name=closes]", "2026-11-25")
	o.follow("Подовжити", http.StatusUnprocessableEntity)
	o.Type("[name=closes]", "2026-12-09")
	o.follow("Подовжити", http.StatusOK)
	o.See("Збір подовжено")
	o.See("Кінець перенесено")
	o.follow("Подовжити або завершити", http.StatusOK)
	o.follow("Завершити збір", http.StatusUnprocessableEntity)
	o.Press("Так, завершити зараз")
	o.follow("Завершити збір", http.StatusOK)
	o.See("Закінчують розпочате")

	// the report, once everybody has ended
	m.clock.Pass(round.Grace + time.Minute)
	lent(o.Tab, m.staff(t, person.Analyst, "uk"))
	opens(t, o.Tab, at)
	o.follow("Скласти підсумки", http.StatusOK)
	o.See("Окремі відповіді після цього буде видалено")
	o.follow("Так, скласти підсумки", http.StatusOK)
	o.See("Підсумки складено")
	o.follow("Відкрити підсумки", http.StatusOK)
	o.See("Гімназія управління")

	// a pilot leaves nothing
	pilot := m.opened(t, true, tried)
	for _, code := range m.codes(t, pilot, tried, institution.Teacher, 11) {
		if got := m.sent(t, "teacher-round", code); got != http.StatusCreated {
			t.Fatal(got)
		}
	}
	opens(t, o.Tab, "/office/rounds/"+pilot.ID)
	o.follow("Відкинути пробний збір", http.StatusOK)
	o.See("Повернути їх не можна")
	o.follow("Так, відкинути", http.StatusOK)
	o.See("Відповіді пробного збору відкинуто")
	opens(t, o.Tab, "/office/rounds")
	o.See("Відкинуто")
	opens(t, o.Tab, "/office/rounds/calendar")
}

// The same by keyboard alone, in English, up to the close of a round.
func TestARoundOfTheDepartmentByKeyboardInTheBrowser(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	b := visited(t, m.URL)
	screen := testkit.Desktop
	screen.Lang = "en"
	o := desk{b.Tab(t, screen), t}
	lent(o.Tab, m.staff(t, person.Analyst, "en"))
	enter := func(words string, status int) {
		t.Helper()
		o.TabTo(words)
		if got := o.Enter(); got != status {
			o.Fail("the server answered another status")
		}
		fit(t, o.Tab)
	}
	to := func(name, value string) {
		t.Helper()
		for range 120 {
			o.Key(kb.Tab)
			if f := o.Focus(); f.Name == name && (value == "" || f.Value == value) {
				return
			}
		}
		o.Fail("the Tab key does not lead to " + name)
	}
	typed := func(name, text string) {
		t.Helper()
		to(name, "")
		o.Key("a", chromedp.ModifierCtrl)
		o.Key(text)
	}
	o.Open("/office/rounds?lang=en")
	enter("Plan a round", http.StatusOK)
	typed("title_uk", "Збір клавішами")
	typed("title_en", "A round by keys")
	typed("opens", "2026-11-21")
	typed("closes", "2026-12-04")
	to("instrument_teacher", "")
	o.pick("instrument_teacher", "teacher-round")
	to("kinds", "school")
	o.Key(" ")
	enter("Save", http.StatusOK)
	at, _, _ := strings.Cut(o.Path(), "?")
	enter("Open the round", http.StatusOK)
	o.Choose("input[name=order_file]", signedOrder(t))
	enter("Keep the file", http.StatusOK)
	typed("order_number", "15-o")
	typed("order_date", "2026-11-10")
	to("order_promise", "")
	o.Key(" ")
	enter("Open", http.StatusOK)
	o.agreed("?")
	enter("Extend or close", http.StatusOK)
	typed("closes", "2026-12-09")
	enter("Extend", http.StatusOK)
	enter("Extend or close", http.StatusOK)
	to("sure", "")
	o.Key(" ")
	enter("Close the round", http.StatusOK)
	if r, _ := m.Rounds.ByID(strings.TrimPrefix(at, "/office/rounds/")); !r.Order.Promise || len(r.Moves) != 2 {
		t.Errorf("the keyboard left %+v", r.Moves)
	}
}
