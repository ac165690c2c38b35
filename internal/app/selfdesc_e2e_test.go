//go:build e2e

package app

import (
	"net/http"
	"testing"

	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// A head describes the school on a telephone without scripts, corrects what was refused,
// signs, and the education department publishes it.
func TestASelfDescriptionInTheBrowser(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	school := m.school(t, "Школа в браузері", map[institution.Role]int{institution.Teacher: 20})
	b := visited(t, m.URL)
	at := "/school/self-description/at/" + school.ID
	bare := testkit.Phone
	bare.NoScript = true
	phone := b.Tab(t, bare)
	lent(phone, m.coordinator(t, "uk", school))
	phone.Open("/school/self-description")
	phone.See("Підписати можна, коли заповнено всі обов’язкові поля")
	inspected(t, b, phone)
	save := func(section string, fields ...string) {
		t.Helper()
		phone.Open(at + "/section/" + section)
		for k := 0; k+1 < len(fields); k += 2 {
			phone.Type("#f-"+fields[k], fields[k+1])
		}
		phone.Follow("Зберегти")
	}
	save("people", "learners", "багато", "educators", "20")
	phone.See("Перевірте ще 1 місце")
	if got := testkit.Eval[string](phone, `document.querySelector('#f-learners').value + document.querySelector('#f-educators').value`); got != "багато20" {
		t.Errorf("what was typed became %q", got)
	}
	phone.Forgive()
	save("people", "learners", "310", "educators", "20")
	inspected(t, b, phone)
	save("equipment", "devices-learners", "40")
	phone.Open(at + "/section/rules")
	testkit.Eval[string](phone, `document.querySelector('#f-plan').value = 'no'`)
	phone.Follow("Зберегти")
	phone.Open(at)
	phone.Type("#f-signer", "Олена Вигадана")
	phone.Type("#f-post", "директорка")
	phone.Touch("#f-sure")
	inspected(t, b, phone)
	if got := phone.FollowTo("#sign button"); got != http.StatusOK {
		t.Fatalf("signing: %d", got)
	}
	phone.See("310")
	inspected(t, b, phone)

	desk := b.Tab(t, testkit.Desktop)
	lent(desk, m.staff(t, person.Analyst, "uk"))
	const office = "/office/schools/self-descriptions"
	opens(t, desk, office+"/publish")
	desk.See("Позначте заклади у списку")
	opens(t, desk, office+"/one/"+school.ID)
	desk.FollowTo(`main a[href*="/publish?"]`)
	fit(t, desk)
	desk.Type("#f-decision", "наказ від 20 листопада 2026 року № 45")
	desk.Follow("Оприлюднити")
	desk.See("Школа в браузері")
	fit(t, desk)
	opens(t, desk, office+"/one/"+school.ID+"?lang=en")
	desk.Dark(true)
	for _, barrier := range desk.Contrast() {
		t.Errorf("dark: %v", barrier)
	}
}
