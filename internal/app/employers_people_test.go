package app

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/testkit"
)

// typed are codes that lead nowhere: it is said where they were typed.
func (w *workplace) typed(t *testing.T, codes []string) {
	guest, abroad := testkit.NewVisitor(t, w.URL, "uk"), testkit.NewVisitor(t, w.URL, "en")
	for _, code := range []string{"БКМНР-БКМНР-БК", "BCDF-GHKM-NPRT", "ані букви"} {
		bad := has(t, sound(t, guest.Post("/join", map[string][]string{"code": {code}}).Want(t, http.StatusUnprocessableEntity)), "Такого коду немає")
		if got, _ := bad.Doc().Find("[name=code]").Attr("value"); got != code {
			t.Errorf("the code typed, %q, became %q", code, got)
		}
		has(t, sound(t, abroad.Post("/join", map[string][]string{"code": {code}}).Want(t, http.StatusUnprocessableEntity)), "There is no such code")
	}
	wrong := strings.Repeat("B", staffing.CodeLetters)
	has(t, sound(t, guest.Get("/join/"+wrong).Want(t, http.StatusNotFound)), "Такого коду немає", "Ввести код ще раз")
	has(t, sound(t, abroad.Get("/join/"+wrong).Want(t, http.StatusNotFound)))
	// somebody without an account sees who asks, and the door
	page := has(t, sound(t, guest.Post("/join", map[string][]string{"code": {codes[0]}}).Want(t, http.StatusOK)), "Пекарня для перевірки", "Роботодавець бачить лише числа про всіх разом", "Створити рахунок")
	if page.Doc().Find("main form[method=post]").Length() > 0 || page.Doc().Find(`a[href*="back="]`).Length() < 2 {
		t.Errorf("a visitor reads: %s", page.Text("main"))
	}
	if got := guest.Post(page.Path, nil).Want(t, http.StatusOK).Path; got != page.Path {
		t.Errorf("agreeing without an account leads to %s", got)
	}
	has(t, sound(t, abroad.Get(page.Path).Want(t, http.StatusOK)), "Works of the test")
}

// joined goes from the typed code to the person's own pages, which advise.
func (w *workplace) joined(t *testing.T, codes []string) {
	greet := has(t, sound(t, w.learner.Post("/join", map[string][]string{"code": {strings.ToLower(codes[0])}}).Want(t, http.StatusOK)), "Вас запрошує вчитися Пекарня для перевірки")
	sound(t, w.abr.Get(greet.Path).Want(t, http.StatusOK))
	action, values := filled(greet, "main form[method=post]", "all", "yes")
	mine := has(t, sound(t, w.learner.Post(action, values).Want(t, http.StatusOK)), "Ви приєдналися", "Пекарня для перевірки радить", "Учитися можна щосереди.", "20 грудня 2026", "Це порада")
	if _, typed := mine.Form("#c-" + w.body.ID + " form"); typed.Get("all") != "yes" || typed.Get("remind") != "" {
		t.Errorf("agreed to %v", typed)
	}
	has(t, w.learner.Post(action, values).Want(t, http.StatusOK), "Пекарня для перевірки радить") // tapped twice
	both(t, w.learner, w.abr, "/me/employer", "Що бачить роботодавець", "Вийти звідси")
	for _, id := range mine.Doc().Find("main [id]").EachIter() { // the demo's employer stands on the page as well
		if at, _ := id.Attr("id"); mine.Doc().Find("[id='"+at+"']").Length() > 1 {
			t.Errorf("two things are called %s", at)
		}
	}
	both(t, w.learner, w.abr, "/me", "Ваш роботодавець радить", "20 грудня 2026")
	both(t, w.learner, w.abr, "/courses", "Ваш роботодавець радить", "20 грудня 2026")
	if strings.Contains(testkit.NewVisitor(t, w.URL, "uk").Get("/courses").Want(t, http.StatusOK).Text("main"), "Ваш роботодавець") {
		t.Error("everybody is advised")
	}
	// consent may be changed; reminders say what they lack
	action, values = filled(w.learner.Get("/me/employer"), "#c-"+w.body.ID+" form[action='/me/employer']", "remind", "yes")
	has(t, sound(t, w.learner.Post(action, values).Want(t, http.StatusOK)), "Збережено")
	// the code is spent, which is told to those who agree with it
	other, abroad := w.staff(t, person.Mentor, "uk"), w.staff(t, person.Mentor, "en")
	action, values = filled(other.Post("/join", map[string][]string{"code": {codes[0]}}).Want(t, http.StatusOK), "main form[method=post]", "remind", "yes")
	refused := has(t, sound(t, other.Post(action, values).Want(t, http.StatusForbidden)), "Цим кодом уже хтось скористався")
	if _, typed := refused.Form("main form[method=post]"); typed.Get("remind") != "yes" || typed.Get("all") != "" {
		t.Errorf("what was ticked became %v", typed)
	}
	has(t, sound(t, abroad.Post(action, values).Want(t, http.StatusForbidden)), "Somebody has used this code already")
}

// certificates are those of who agreed, as long as they agree.
func (w *workplace) certificates(t *testing.T) {
	who := demoOf(t, w.App, person.Resident)
	for _, slug := range []string{"first-steps", "fraud-protection"} {
		if _, err := w.Credentials.IssueCourse(t.Context(), course.Completion{Learner: course.OfPerson(who), Person: who, Course: slug, Version: 1, At: w.clock.Now(), Score: 1, Lessons: 5, Minutes: 90}); err != nil {
			t.Fatal(err)
		}
	}
	page := both(t, w.uk, w.en, w.at("/certificates"), "усі свої сертифікати", "Чи зараховувати, вирішує кадрова служба")
	rows := page.Doc().Find("#certificates tbody tr").Length()
	if rows != 2 {
		t.Fatalf("who agreed is not listed: %s", page.Text("main"))
	}
	for _, format := range []string{"xlsx", "docx"} {
		for _, v := range []*testkit.Visitor{w.uk, w.en} {
			if got := v.Get(w.at("/certificates/"+format)).Want(t, http.StatusOK); !bytes.HasPrefix(got.Body, []byte("PK")) || !strings.Contains(got.Header.Get("Content-Disposition"), format) {
				t.Errorf("%s: %v", format, got.Header)
			}
		}
	}
	action, values := filled(w.learner.Get("/me/employer"), "#c-"+w.body.ID+" form[action='/me/employer']")
	one, _ := w.learner.Get("/me/employer").Doc().Find("#c-" + w.body.ID + " [name=show]").First().Attr("value")
	values.Del("all")
	values.Set("show", one)
	w.learner.Post(action, values).Want(t, http.StatusOK)
	page = has(t, w.uk.Get(w.at("/certificates")), "цей сертифікат")
	if n := page.Doc().Find("#certificates tbody tr").Length(); n != 1 {
		t.Errorf("%d rows of one certificate", n)
	}
	values.Del("show")
	w.learner.Post(action, values).Want(t, http.StatusOK)
	page = both(t, w.uk, w.en, w.at("/certificates"), "Ще ніхто не погодився")
	if page.Doc().Find(`a[href$="/docx"]`).Length() > 0 {
		t.Error("an empty list is offered as a paper")
	}
}

// left asks first, then forgets.
func (w *workplace) left(t *testing.T) {
	action, values := filled(w.learner.Get("/me/employer"), "form[action='/me/employer/ask']:has([value='"+w.body.ID+"'])")
	sure := has(t, sound(t, w.learner.Post(action, values).Want(t, http.StatusOK)), "Вийти з навчання від роботодавця?")
	sound(t, w.abr.Post(action, values).Want(t, http.StatusOK))
	action, values = filled(sure, "main form[method=post]")
	page := has(t, sound(t, w.learner.Post(action, values).Want(t, http.StatusOK)), "Ви вийшли")
	if strings.Contains(page.Text("main"), "Пекарня для перевірки") {
		t.Error("the employer still stands there")
	}
	w.learner.Post(action, values).Want(t, http.StatusOK) // tapped twice
	for e, err := range w.enrolments(t) {
		if err != nil || strings.Contains(e, w.body.ID) {
			t.Errorf("kept: %s, %v", e, err)
		}
	}
}

// enrolments are the ids of all that is stored.
func (w *workplace) enrolments(t *testing.T) func(func(string, error) bool) {
	t.Helper()
	for _, spec := range staffing.Specs() {
		if spec.Name != "employer_enrolments" {
			continue
		}
		raw, err := w.engine.Raw(spec)
		if err != nil {
			t.Fatal(err)
		}
		return func(yield func(string, error) bool) {
			for doc, err := range raw.Find(t.Context(), store.Query{Index: store.BuiltinID}) {
				if !yield(doc.ID, err) {
					return
				}
			}
		}
	}
	t.Fatal("no enrolments")
	return nil
}

// closed: a slip of a body that is no more says so, and what was typed stays.
func (w *workplace) closed(t *testing.T, codes []string) {
	w.clock.Pass(15 * 24 * time.Hour)
	for v, words := range map[*testkit.Visitor]string{testkit.NewVisitor(t, w.URL, "uk"): "Попросіть на роботі новий", testkit.NewVisitor(t, w.URL, "en"): "Ask for a new one at work"} {
		page := has(t, sound(t, v.Post("/join", map[string][]string{"code": {codes[1]}}).Want(t, http.StatusGone)), words)
		if got, _ := page.Doc().Find("[name=code]").Attr("value"); got != codes[1] {
			t.Errorf("the code typed became %q", got)
		}
		page = sound(t, v.Get("/join/"+strings.ReplaceAll(codes[1], "-", "")).Want(t, http.StatusGone))
		if page.Doc().Find(`main a[href="/me/employer"]`).Length() != 1 {
			t.Errorf("whoever has joined is led nowhere: %s", page.Text("main"))
		}
	}
	op := person.Operator("test")
	now, _ := w.Institutions.ByID(w.body.ID)
	gone := *now
	gone.State = institution.Closed
	if _, err := w.Institutions.Edit(t.Context(), &op, now.Rev, gone); err != nil {
		t.Fatal(err)
	}
	for v, words := range map[*testkit.Visitor]string{w.learner: "Цей код більше не діє", w.abr: "This code works no more"} {
		page := has(t, sound(t, v.Post("/join", map[string][]string{"code": {codes[1]}}).Want(t, http.StatusGone)), words)
		if got, _ := page.Doc().Find("[name=code]").Attr("value"); got != codes[1] {
			t.Errorf("the code typed became %q", got)
		}
		has(t, sound(t, v.Get("/join/"+strings.ReplaceAll(codes[1], "-", "")).Want(t, http.StatusGone)), words)
	}
}
