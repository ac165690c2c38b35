//go:build e2e

package app

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/demo"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// An employer and one of its people: slips are printed, the person reads on a telephone
// without scripts what the employer will see, joins, agrees and leaves; nothing on the
// employer's pages moves meanwhile. Then the slips that are left over are taken back.
func TestAnEmployerInTheBrowser(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	body := m.employer(t, "Майстерня в браузері", 60)
	var people []person.ID
	for n := range 24 {
		people = append(people, person.ID(demo.Employee(body.ID, n)))
	}
	if err := m.Staffing.Seed(t.Context(), body.ID, people); err != nil {
		t.Fatal(err)
	}
	b := visited(t, m.URL)
	at := "/employer/at/" + body.ID

	desk := b.Tab(t, testkit.Desktop)
	lent(desk, m.coordinator(t, "uk", body))
	opens(t, desk, at+"/plan")
	testkit.Eval[string](desk, `document.querySelector('#f-course').value = 'officials/office-mail'`)
	desk.Touch("#f-must")
	desk.Follow("Додати")
	desk.See("урок із курсу")
	fit(t, desk)
	opens(t, desk, at+"/people")
	desk.Type("#f-codes", "3")
	testkit.Eval[string](desk, `document.querySelector('#f-days').value = '30'`)
	if got := desk.Follow("Зробити коди"); got != http.StatusOK {
		t.Fatalf("codes: %d", got)
	}
	fit(t, desk)
	codes := strings.Fields(testkit.Eval[string](desk, `Array.from(document.querySelectorAll('.os-slip__code span')).map(e => e.textContent.replace('-', '')).join(' ')`))
	if len(codes) != 3 {
		t.Fatalf("%d slips", len(codes))
	}
	look := func() (progress, people, certificates string) {
		m.clock.Pass(time.Minute)
		if err := m.Staffing.Count(t.Context()); err != nil {
			t.Fatal(err)
		}
		opens(t, desk, at)
		progress = desk.Text("main")
		opens(t, desk, at+"/people")
		people = desk.Text("main")
		opens(t, desk, at+"/certificates")
		return progress, people, desk.Text("main")
	}
	progress, made, shown := look()
	for _, words := range []string{"20 людей приєдналися", "Пораховано"} {
		if !strings.Contains(strings.Join(strings.Fields(progress), " "), words) {
			t.Errorf("the employer does not read %q: %s", words, progress)
		}
	}
	if strings.Contains(progress, "24") {
		t.Errorf("the employer reads a number of people that is not round: %s", progress)
	}
	same := func(what string) {
		t.Helper()
		p, c, s := look()
		if p != progress || c != made || s != shown {
			t.Errorf("%s is seen by the employer:\n%s\n%s\n%s", what, p, c, s)
		}
	}

	// a telephone of 360 px without scripts: first a stranger, then with an account
	bare := testkit.Phone
	bare.NoScript = true
	phone := b.Tab(t, bare)
	phone.Open("/join")
	phone.Type("#f-code", strings.ToLower(codes[0][:6])+" "+codes[0][6:])
	phone.Follow("Далі")
	phone.See("Вас запрошує вчитися Майстерня в браузері")
	phone.See("Створити рахунок")
	inspected(t, b, phone)
	learner := m.staff(t, person.Resident, "uk")
	lent(phone, learner)
	phone.Open("/join/" + codes[0])
	phone.See("Роботодавець бачить лише числа про всіх разом")
	inspected(t, b, phone)
	phone.Touch("#f-all")
	phone.Follow("Приєднатися")
	phone.See("Ви приєдналися")
	phone.See("урок із курсу")
	if !testkit.Eval[bool](phone, `document.querySelector('#f-all-`+body.ID+`').checked`) {
		t.Error("what was ticked is not kept")
	}
	inspected(t, b, phone)
	same("joining")
	phone.Touch("#f-all-" + body.ID)
	phone.FollowTo(`#c-` + body.ID + ` form[action="/me/employer"] button[type=submit]`)
	phone.See("Збережено")
	phone.FollowTo(`form[action="/me/employer/ask"]:has([value="` + body.ID + `"]) button`)
	phone.See("Вийти з навчання від роботодавця?")
	phone.Follow("Так, вийти")
	phone.See("Ви вийшли")
	inspected(t, b, phone)
	same("leaving")

	// the question before leaving, with scripts, by keyboard and in English
	screen := testkit.Phone
	screen.Lang = "en"
	keys := b.Tab(t, screen)
	lent(keys, m.staff(t, person.Resident, "en"))
	opens(t, keys, "/join/"+codes[0])
	keys.TabTo("Join")
	keys.Enter()
	fit(t, keys)
	keys.FollowTo(`form[action="/me/employer/ask"]:has([value="` + body.ID + `"]) button`)
	fit(t, keys)
	keys.TabTo("No, stay")
	keys.Enter()
	keys.See("Works of the test")

	// what is left over is taken back, and says so
	opens(t, desk, at+"/people")
	desk.Follow("Забрати")
	desk.See("Зараз діє кодів: 0")
	fit(t, desk)
	late := b.Tab(t, testkit.Phone)
	late.Open("/join/" + codes[1])
	late.See("Попросіть на роботі новий код")
	late.Forgive()
	fit(t, late)

	office := b.Tab(t, testkit.Desktop)
	lent(office, m.staff(t, person.CDTO, "uk"))
	opens(t, office, "/office/officials")
	opens(t, office, "/office/officials/programme")
}
