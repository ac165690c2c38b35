package app

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/testkit"
)

var teachers = institution.Teacher

// From the plan to what a school sees, over HTTP, with what people do wrong on the way.
func TestARoundFromItsPlanToItsResults(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	ctx := t.Context()
	school := m.school(t, "Гімназія для перевірки", map[institution.Role]int{institution.Administration: 1, teachers: 12, institution.Graduate: 25})
	// what people are promised is what the order promises, word for word
	promise := m.textOf("round-promise")
	for lang, want := range map[string]string{"uk": promise.UK, "en": promise.EN} {
		if got := m.words.Lang(lang).T("rounds.promise.text", nil); got != want || want == "" {
			t.Errorf("%s: people read %q, the order says %q", lang, got, want)
		}
	}
	office, english := m.staff(t, person.Analyst, "uk"), m.staff(t, person.Analyst, "en")
	both := func(path string, words ...string) *testkit.Answered {
		sound(t, english.Get(path).Want(t, http.StatusOK))
		return has(t, sound(t, office.Get(path).Want(t, http.StatusOK)), words...)
	}

	// the plan: what was typed stays beside what is wrong
	both("/office/rounds", "Моніторинг закладів")
	action, values := filled(both("/office/rounds/new"), "main form[method=post]", "title_uk", "Збір 2026", "title_en", "Round 2026", "opens", "2026-11-21",
		"closes", "учора", "instrument_teacher", "teacher-round", "instrument_graduate", "graduate-round", "instrument_administration", "head-round")
	bad := sound(t, office.Post(action, values).Want(t, http.StatusUnprocessableEntity))
	if _, typed := bad.Form("main form[method=post]"); typed.Get("title_uk") != "Збір 2026" || typed.Get("closes") != "учора" || typed.Get("instrument_teacher") != "teacher-round" {
		t.Errorf("what was typed is lost: %v", typed)
	}
	values.Set("closes", "2026-12-04")
	values.Set("kinds", "school")
	planned := has(t, office.Post(action, values).Want(t, http.StatusOK), "Сплановано")
	at, _, _ := strings.Cut(planned.Path, "?")
	both(at + "/edit")
	// only the one school: all others are left out
	action, values = filled(both(at+"/bodies"), "#choose")
	values.Set("do", "none")
	if got := office.Post(action, values).Status; got != http.StatusUnprocessableEntity {
		t.Errorf("a round of no school: %d", got)
	}
	values.Set("do", "drop")
	for _, id := range values["shown"] {
		if id != school.ID {
			values.Add("body", id)
		}
	}
	office.Post(action, values).Want(t, http.StatusOK)

	// no round without the order and its promise
	action, values = filled(both(at+"/open", "Відповіді не впливають на атестацію, премію чи навантаження"), "main form[action$='/open']", "order_number", "15-о", "order_date", "2026-11-10")
	bad = has(t, office.Post(action, values).Want(t, http.StatusUnprocessableEntity), "Без наказу з обіцянкою збір не відкривають")
	if _, typed := bad.Form("main form[action$='/open']"); typed.Get("order_number") != "15-о" {
		t.Error("the number of the order is lost")
	}
	values.Set("order_promise", "true")
	if got := office.Post(action, values).Status; got != http.StatusUnprocessableEntity {
		t.Errorf("opened without the signed order: %d", got)
	}
	signed, rest := uploaded(t, values.Get("rev"))
	office.Send(http.MethodPost, at+"/order", rest, signed).Want(t, http.StatusOK)
	_, now := filled(office.Get(at+"/open"), "main form[action$='/open']")
	values.Set("rev", now.Get("rev"))
	has(t, office.Post(action, values).Want(t, http.StatusOK), "Збір відкрито")
	both(at, "№ 15-о від 10 листопада 2026", "Ще не рахували")
	id := strings.TrimPrefix(at, "/office/rounds/")
	r, _ := m.Rounds.ByID(id)
	if len(r.Bodies) != 1 {
		t.Fatalf("%d schools are asked", len(r.Bodies))
	}

	// the coordinator: codes once
	coordinator, abroad := m.coordinator(t, "uk", school), m.coordinator(t, "en", school)
	has(t, sound(t, coordinator.Get("/school").Want(t, http.StatusOK)), "Гімназія для перевірки", "Збір 2026")
	here := "/school/at/" + school.ID + "/" + id
	for _, path := range []string{"/school", here, here + "/poster?role=teacher", here + "/poster?role=graduate", here + "/other-task"} {
		sound(t, abroad.Get(path).Want(t, http.StatusOK))
		sound(t, coordinator.Get(path).Want(t, http.StatusOK))
	}
	has(t, coordinator.Get(here+"/poster?role=teacher"), "У закладі ніхто не побачить, хто що відповів", "атестацію, премію чи навантаження")
	has(t, coordinator.Get(here+"/other-task"), "ніхто не збирає і не оцінює")
	action, values = filled(coordinator.Get(here), "main form[action$='/codes']", "role", "teacher", "codes", "багато")
	bad = sound(t, coordinator.Post(action, values).Want(t, http.StatusUnprocessableEntity))
	if got, _ := bad.Doc().Find("[name=codes]").Attr("value"); got != "багато" {
		t.Errorf("the number of codes became %q", got)
	}
	values.Set("codes", "90")
	has(t, coordinator.Post(action, values).Want(t, http.StatusUnprocessableEntity), "24") // twelve, a fifth and ten
	values.Set("codes", "14")
	slips := sound(t, coordinator.Post(action, values).Want(t, http.StatusOK))
	if slips.Header.Get("Cache-Control") != "no-store" {
		t.Error("codes may be kept by a cache")
	}
	if got := coordinator.Post(action, values).Status; got != http.StatusConflict {
		t.Errorf("the same form again: %d", got)
	}
	var codes []string
	for _, s := range slips.Doc().Find(".os-slip__code span").EachIter() {
		codes = append(codes, strings.ReplaceAll(s.Text(), "-", ""))
	}
	if len(codes) != 14 || slips.Doc().Find(".os-slip svg").Length() != 14 {
		t.Fatalf("%d slips", len(codes))
	}
	_, values = filled(abroad.Get(here), "main form[action$='/codes']", "role", "graduate", "codes", "3", "as", "list")
	list := sound(t, abroad.Post(here+"/codes", values).Want(t, http.StatusOK))
	if n := list.Doc().Find(".os-codes__list li").Length(); n != 3 {
		t.Errorf("%d codes on the sheet of a class", n)
	}
	young := strings.ReplaceAll(list.Doc().Find(".os-codes__list li span").First().Text(), "-", "")

	// teachers, one of them in English and in no hurry
	slow := testkit.NewVisitor(t, m.URL, "en")
	sound(t, slow.Get("/join/"+codes[13]).Want(t, http.StatusOK))
	middle := step(t, slow, m.began(t, slow, codes[13])).Want(t, http.StatusOK)
	v := testkit.NewVisitor(t, m.URL, "uk")
	wrong := has(t, v.Post("/join", map[string][]string{"code": {"БКМНР-БКМНР"}}).Want(t, http.StatusUnprocessableEntity), "Такого коду немає")
	if got, _ := wrong.Doc().Find("[name=code]").Attr("value"); got != "БКМНР-БКМНР" {
		t.Errorf("the code typed became %q", got)
	}
	has(t, sound(t, v.Get("/join/"+codes[0]).Want(t, http.StatusOK)), "Ваш керівник і управління освіти бачать лише підсумки груп від 10 людей. Відповіді не впливають на атестацію, премію чи навантаження.",
		"У закладі ніхто не побачить, хто що відповів", "Гімназія для перевірки")
	profile := has(t, sound(t, ended(t, v, m.began(t, v, codes[0])).Want(t, http.StatusOK)), "Ваш профіль", "Цю сторінку бачите лише ви", "Відкрити курс")
	if strings.Contains(profile.Text("main"), "116 111") {
		t.Error("a teacher is sent to the children's line")
	}
	graduate := testkit.NewVisitor(t, m.URL, "uk")
	has(t, sound(t, graduate.Get("/join/"+young).Want(t, http.StatusOK)), "Відмовитися можна без пояснень", "інше завдання")
	// a code used twice: after it was used, by typing and over the wire
	second := testkit.NewVisitor(t, m.URL, "uk")
	has(t, sound(t, step(t, second, m.began(t, second, codes[0])).Want(t, http.StatusForbidden)), "Цим кодом уже відповіли")
	if got := m.sent(t, "teacher-round", codes[0]); got != http.StatusForbidden {
		t.Errorf("a used code over the wire: %d", got)
	}
	// eleven more come from devices that were offline; one sends it twice
	sheet, sitting := m.sheetOf(t, "teacher-round", codes[1]), uuid.Must(uuid.NewV7()).String()
	if first, again := m.put(t, sitting, sheet), m.put(t, sitting, sheet); first != http.StatusCreated || again != http.StatusOK {
		t.Errorf("sent twice: %d, %d", first, again)
	}
	for _, code := range codes[2:13] {
		if got := m.sent(t, "teacher-round", code); got != http.StatusCreated {
			t.Errorf("a questionnaire from a device that was offline: %d", got)
		}
	}
	has(t, coordinator.Get(here), "Ще не рахували") // nobody sees a colleague arrive
	if err := m.Rounds.Count(ctx); err != nil {
		t.Fatal(err)
	}
	// thirteen answers in a school of twelve teachers: the frame is smaller
	has(t, both(at+"?sort=share"), "Відповідей більше, ніж людей. Уточніть число.")
	seen := has(t, coordinator.Get(here), "Керівник і заступники, Випускники", "менше 10", "13", "Хто саме не відповів, дізнатися не можна")
	if rows := seen.Doc().Find("#response tbody tr"); rows.Length() != 2 || !strings.Contains(testkit.Plain(rows.Last().Text()), "–") {
		t.Errorf("roles under ten: %s", rows.Text())
	}

	has(t, sound(t, ended(t, graduate, m.began(t, graduate, young)).Want(t, http.StatusOK)), "116 111")

	// the close: put off, then now; who began ends it, nobody begins
	closing := both(at + "/close")
	action, values = filled(closing, "form[action$='/extend']", "closes", "2026-11-25")
	bad = office.Post(action, values).Want(t, http.StatusUnprocessableEntity)
	if _, typed := bad.Form("form[action$='/extend']"); typed.Get("closes") != "2026-11-25" {
		t.Errorf("the day typed is lost: %v", typed)
	}
	values.Set("closes", "2026-12-09")
	has(t, office.Post(action, values).Want(t, http.StatusOK), "Збір подовжено", "2026")
	action, values = filled(office.Get(at+"/close"), "form[action$='/close']")
	has(t, office.Post(action, values).Want(t, http.StatusUnprocessableEntity), "Позначте")
	stale := values.Get("rev")
	values.Set("sure", "true")
	has(t, office.Post(action, values).Want(t, http.StatusOK), "Збір завершено")
	values.Set("rev", stale)
	if got := office.Post(action, values).Status; got != http.StatusConflict {
		t.Errorf("closed twice: %d", got)
	}
	late := testkit.NewVisitor(t, m.URL, "uk")
	has(t, sound(t, late.Get("/join/"+young).Want(t, http.StatusOK)), "Почати вже не можна", "шістьма літерами")
	sound(t, late.Get("/join/"+young+"?lang=en").Want(t, http.StatusOK))
	has(t, ended(t, slow, middle).Want(t, http.StatusOK), "Your profile")
	has(t, office.Post(at+"/cut", map[string][]string{"rev": {"0"}}).Want(t, http.StatusConflict), "дві доби")

	// the report, for everybody at once
	m.clock.Pass(round.Grace + time.Minute)
	office, english = m.staff(t, person.Analyst, "uk"), m.staff(t, person.Analyst, "en")
	has(t, testkit.NewVisitor(t, m.URL, "uk").Get("/join/"+young).Want(t, http.StatusGone), "Цей збір зараз не триває")
	both(at, "Скласти підсумки")
	var wait sync.WaitGroup
	for range 2 { // two people press at once
		wait.Go(func() {
			a := m.staff(t, person.Analyst, "uk").Post(at+"/cut", map[string][]string{"rev": {"0"}})
			if a.Status != http.StatusOK {
				t.Errorf("cut: %d %.300s", a.Status, a.Text("main"))
			}
		})
	}
	wait.Wait()
	both(at, "Підсумки складено")
	coordinator = m.coordinator(t, "uk", school)
	has(t, sound(t, coordinator.Get(here).Want(t, http.StatusOK)), "Підсумки закладу")
	sound(t, coordinator.Get("/school/results/"+id).Want(t, http.StatusOK))
	made, err := m.Rounds.Report(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if n := made.Table("teacher", report.Filter{}).Total.N; n != 14 {
		t.Errorf("%d teachers in the report, 14 answered", n)
	}
	// every act of staff is written down
	written := map[string]bool{}
	page, err := m.Audit.Search(ctx, audit.Filter{Subject: "round:" + id})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range page.Items {
		written[row.Action] = true
	}
	for _, act := range []string{"plan", "edit", "open", "codes", "extend", "close", "cut"} {
		if !written["round."+act] {
			t.Errorf("%s is not written down", act)
		}
	}
}

// What goes wrong in rounds, each in schools of its own.
func TestWhatGoesWrongInRounds(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	for name, check := range map[string]func(*testing.T, *monitoring){"a coordinator of two schools, one renamed, one with a single teacher": coordinatorOfTwo,
		"a pilot is thrown away": pilotThrownAway, "two classes behind one address": twoClasses, "not yet open": notYetOpen} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, m)
		})
	}
}

// A slip is tried before the first day: it says when, and the code stays.
func notYetOpen(t *testing.T, m *monitoring) {
	school := m.school(t, "Школа, що чекає", map[institution.Role]int{teachers: 20})
	r := m.openedOn(t, m.clock.Now().AddDate(0, 0, 3), false, school)
	code := m.codes(t, r, school, teachers, 1)[0]
	v := testkit.NewVisitor(t, m.URL, "uk")
	page := has(t, sound(t, v.Get("/join/"+code).Want(t, http.StatusOK)), "Збір ще не почався", "24 листопада 2026")
	sound(t, v.Get("/join/"+code+"?lang=en").Want(t, http.StatusOK))
	if page.Doc().Find("main form[method=post]").Length() > 0 {
		t.Error("one can begin before the first day")
	}
	if got := v.Post("/join/"+code, nil).Status; got != http.StatusGone {
		t.Errorf("begun before the first day: %d", got)
	}
	if got := m.sent(t, "teacher-round", code); got != http.StatusGone {
		t.Errorf("sent before the first day: %d", got)
	}
}

// A coordinator of two schools has both and no third; a school that was renamed keeps the
// name of the opening day and shows the one of today; one teacher is never a line.
func coordinatorOfTwo(t *testing.T, m *monitoring) {
	op := person.Operator("test")
	many := map[institution.Role]int{teachers: 30, institution.Graduate: 20}
	old, small, other := m.school(t, "Школа зі старою назвою", many), m.school(t, "Мала школа", map[institution.Role]int{teachers: 1, institution.Graduate: 20}), m.school(t, "Чужа школа", many)
	r := m.opened(t, false, old, small, other)
	v := m.coordinator(t, "uk", old, small)
	has(t, sound(t, v.Get("/school").Want(t, http.StatusOK)), "Школа зі старою назвою", "Мала школа")
	for s, want := range map[*institution.Institution]int{old: http.StatusOK, small: http.StatusOK, other: http.StatusNotFound} {
		at := "/school/at/" + s.ID + "/" + r.ID
		if got := v.Get(at).Status; got != want {
			t.Errorf("%s: %d", s.Name().UK, got)
		}
		if got := v.Post(at+"/codes", map[string][]string{"role": {"teacher"}, "codes": {"1"}, "issued": {"0"}}).Status; got != want {
			t.Errorf("codes of %s: %d", s.Name().UK, got)
		}
	}
	name := institution.Name{Name: i18n.Text{UK: "Ліцей із новою назвою", EN: "Lyceum with a new name"}, From: m.clock.Now().Format(time.DateOnly)}
	if _, err := m.Institutions.Rename(t.Context(), &op, old.ID, old.Rev, name); err != nil {
		t.Fatal(err)
	}
	code := m.codes(t, r, old, teachers, 1)[0]
	has(t, sound(t, testkit.NewVisitor(t, m.URL, "uk").Get("/join/"+code)), "Ліцей із новою назвою (коли збір відкрили: Школа зі старою назвою)")
	has(t, v.Get("/school/at/"+old.ID+"/"+r.ID), "Ліцей із новою назвою", "так, як у день відкриття: «Школа зі старою назвою»")
	for _, c := range append(m.codes(t, r, small, teachers, 1), m.codes(t, r, old, teachers, 12)...) {
		if got := m.sent(t, "teacher-round", c); got != http.StatusCreated {
			t.Fatal(got)
		}
	}
	if err := m.Rounds.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	has(t, m.staff(t, person.Analyst, "uk").Get("/office/rounds/"+r.ID), "Школа зі старою назвою", "тепер: Ліцей із новою назвою")
	// one teacher, who answered: the line says as much as if nobody had
	one := v.Get("/school/at/" + small.ID + "/" + r.ID).Text("#response")
	if !strings.Contains(one, "Учителі й викладачі, Випускники") || !strings.Contains(one, "менше 10") || strings.Contains(one, "100 %") {
		t.Errorf("a single teacher: %s", one)
	}
}

// A pilot is thrown away over HTTP: its answers and numbers are gone from the store, and a
// slip of it says that the round is over.
func pilotThrownAway(t *testing.T, m *monitoring) {
	school := m.school(t, "Школа пробного збору", map[institution.Role]int{teachers: 20})
	r := m.opened(t, true, school)
	codes := m.codes(t, r, school, teachers, 12)
	for _, c := range codes[:11] {
		if got := m.sent(t, "teacher-round", c); got != http.StatusCreated {
			t.Fatal(got)
		}
	}
	v := testkit.NewVisitor(t, m.URL, "uk")
	middle := step(t, v, m.began(t, v, codes[11])).Want(t, http.StatusOK)
	office := m.staff(t, person.Analyst, "uk")
	at := "/office/rounds/" + r.ID
	has(t, office.Get(at), "Пробний", "Відкинути пробний збір")
	for _, act := range []string{"cut", "discard"} { // it is still open
		has(t, office.Get(at+"/"+act).Want(t, http.StatusConflict), "Зараз цього зробити не можна", "Пробний")
	}
	for _, act := range []string{"edit", "bodies", "open"} { // a page that was left open
		has(t, office.Get(at+"/"+act).Want(t, http.StatusConflict), "Збір уже відкрито", "Пробний")
	}
	sound(t, m.staff(t, person.Analyst, "en").Get(at+"/throw").Want(t, http.StatusOK))
	action, values := filled(has(t, office.Get(at+"/throw"), "Повернути їх не можна"), "form[action$='/throw']")
	has(t, office.Post(action, values).Want(t, http.StatusOK), "Відповіді пробного збору відкинуто")
	sound(t, m.staff(t, person.Analyst, "en").Get(at).Want(t, http.StatusOK))
	has(t, testkit.NewVisitor(t, m.URL, "uk").Get("/join/"+codes[3]).Want(t, http.StatusGone), "Цей збір зараз не триває")
	has(t, sound(t, ended(t, v, middle).Want(t, http.StatusGone)), "Збір уже завершено")
	if err := m.Rounds.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, spec := range round.Specs() {
		if spec.Name == "rounds" {
			continue
		}
		raw, err := m.engine.Raw(spec)
		if err != nil {
			t.Fatal(err)
		}
		for doc, err := range raw.Find(t.Context(), store.Query{Index: store.BuiltinID}) {
			if err != nil {
				t.Fatal(err)
			}
			if text := fmt.Sprintf("%s %s", doc.ID, doc.Body); strings.Contains(text, school.ID) || spec.Name != "round_codes" && strings.Contains(text, r.ID) {
				t.Errorf("%s holds %s", spec.Name, text)
			}
		}
	}
	if _, err := m.Rounds.Report(t.Context(), r.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a report: %v", err)
	}
}

var whole = regexp.MustCompile(`\d+`)

// A class of thirty-five hands in at the same second, another one behind the same address
// begins meanwhile, and two of its pupils have typed the same code: nobody else is refused.
func twoClasses(t *testing.T, m *monitoring) {
	school := m.school(t, "Школа з двома класами", map[institution.Role]int{institution.Graduate: 80})
	r := m.opened(t, false, school)
	codes := m.codes(t, r, school, institution.Graduate, 70)
	sheets := make([][]byte, 35)
	for i := range sheets {
		sheets[i] = m.sheetOf(t, "graduate-round", codes[i])
	}
	statuses := map[int]int{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	count := func(status int) {
		mu.Lock()
		statuses[status]++
		mu.Unlock()
	}
	for i := range 35 {
		wait.Go(func() { count(m.put(t, uuid.Must(uuid.NewV7()).String(), sheets[i])) })
		wait.Go(func() {
			v := testkit.NewVisitor(t, m.URL, "uk")
			if got := step(t, v, m.began(t, v, codes[35+max(i, 1)])).Status; got != http.StatusOK { // the first two share a code
				count(-got)
			}
		})
	}
	wait.Wait()
	if statuses[http.StatusCreated] != 35 || statuses[-http.StatusForbidden] != 1 || len(statuses) != 2 {
		t.Errorf("statuses %v, want 35 taken and one of two refused", statuses)
	}
	if err := m.Rounds.Count(context.Background()); err != nil {
		t.Fatal(err)
	}
	text := m.staff(t, person.Analyst, "uk").Get("/office/rounds/" + r.ID).Text("#responses")
	if n := whole.FindAllString(text, -1); !slices.Contains(n, strconv.Itoa(35)) {
		t.Errorf("thirty-five are counted nowhere: %s", text)
	}
}
