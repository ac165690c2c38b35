package app

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"osvitlo/internal/demo"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// workplace is an employer of the test with one coordinator, and whoever reads its pages.
type workplace struct {
	*monitoring
	body         *institution.Institution
	uk, en       *testkit.Visitor // its coordinator
	learner, abr *testkit.Visitor // one resident in both languages
}

// both reads a page in both languages and gives the Ukrainian one.
func both(t *testing.T, uk, en *testkit.Visitor, path string, words ...string) *testkit.Answered {
	t.Helper()
	if text := sound(t, en.Get(path).Want(t, http.StatusOK)).Text("h1"); cyrillic.MatchString(text) && !strings.Contains(text, "«") {
		t.Errorf("%s: an English page is called %q", path, text)
	}
	return has(t, sound(t, uk.Get(path).Want(t, http.StatusOK)), words...)
}

var cyrillic = regexp.MustCompile(`\p{Cyrillic}`)

// employer enters an enterprise.
func (m *monitoring) employer(t *testing.T, name string, frame int) *institution.Institution {
	t.Helper()
	op := person.Operator("test")
	i, err := m.Institutions.Add(t.Context(), &op, institution.Institution{Kind: institution.Enterprise, Names: []institution.Name{{Name: i18n.Text{UK: name, EN: "Works of the test"}}},
		Frames: []institution.Frame{{Year: institution.YearOf(m.clock.Now()), Count: map[institution.Role]int{institution.Employee: frame}}}})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// An employer over HTTP, from the first slip to the day somebody leaves, with what people
// do wrong on the way; then what the city and everybody else see.
func TestAnEmployerFromItsCodesToTheReport(t *testing.T) {
	t.Parallel()
	m := newMonitoring(t)
	body := m.employer(t, "Пекарня для перевірки", 20)
	w := &workplace{monitoring: m, body: body, uk: m.coordinator(t, "uk", body), en: m.coordinator(t, "en", body),
		learner: m.staff(t, person.Resident, "uk"), abr: m.staff(t, person.Resident, "en")}
	codes := w.slips(t)
	w.plans(t)
	w.typed(t, codes)
	w.joined(t, codes)
	w.figures(t)
	w.certificates(t)
	w.mailed(t)
	w.left(t)
	w.others(t)
	w.city(t)
	w.closed(t, codes)
}

func (w *workplace) at(rest string) string { return "/employer/at/" + w.body.ID + rest }

// slips makes codes, which are shown once.
func (w *workplace) slips(t *testing.T) (codes []string) {
	if got := w.uk.Get("/employer").Want(t, http.StatusOK).Path; got != w.at("") {
		t.Errorf("the only employer does not open: %s", got)
	}
	both(t, w.uk, w.en, w.at(""), "Пекарня для перевірки", "Чисел ще не показуємо")
	page := both(t, w.uk, w.en, w.at("/people"), "Зараз діє кодів: 0. Можна зробити ще: 34", "Роботодавець бачить лише числа про всіх разом")
	for typed, want := range map[string]string{"багато": "число", "0": "1", "90": "Можна зробити ще 34"} { // twenty, a fifth and ten
		action, values := filled(page, "main form[action$='/codes']", "codes", typed)
		bad := has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity)), want)
		if got, _ := bad.Doc().Find("[name=codes]").Attr("value"); got != typed {
			t.Errorf("the number of codes %q became %q", typed, got)
		}
		sound(t, w.en.Post(action, values).Want(t, http.StatusUnprocessableEntity))
	}
	action, values := filled(page, "main form[action$='/codes']", "codes", "3", "days", "1000")
	has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity)), "Виберіть, скільки днів діють коди")
	values.Set("days", "14")
	slips := has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusOK)), "Ці коди видно лише зараз", "Код діє до ")
	if slips.Header.Get("Cache-Control") != "no-store" {
		t.Error("codes may be kept by a cache")
	}
	again := has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusConflict)))
	for _, s := range slips.Doc().Find(".os-slip__code span").EachIter() {
		codes = append(codes, strings.TrimSpace(s.Text()))
	}
	if len(codes) != 3 || slips.Doc().Find(".os-slip svg").Length() != 3 {
		t.Fatalf("%d slips", len(codes))
	}
	if text := again.Text("main") + w.uk.Get(w.at("/people")).Text("main"); strings.Contains(text, codes[0]) {
		t.Error("a code is shown again")
	}
	action, values = filled(w.en.Get(w.at("/people")), "main form[action$='/codes']", "codes", "1")
	if values.Get("days") != "60" {
		t.Errorf("codes work %q days unless somebody chooses", values.Get("days"))
	}
	sound(t, w.en.Post(action, values).Want(t, http.StatusOK))
	both(t, w.uk, w.en, w.at("/people"), "Зараз діє кодів: 4. Можна зробити ще: 30", "Коди, які діють", "папірці")
	return codes
}

// plans sets what people are advised.
func (w *workplace) plans(t *testing.T) {
	add := "main form[action$='/plan/add']"
	action, values := filled(both(t, w.uk, w.en, w.at("/plan"), "План ще порожній"), add, "course", "first-steps", "must", "yes", "due", "2026-02-30")
	for _, due := range []string{"2026-02-30", "післязавтра вранці"} {
		values.Set("due", due)
		bad := sound(t, w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity))
		if _, typed := bad.Form(add); typed.Get("due") != due || typed.Get("course") != "first-steps" || typed.Get("must") != "yes" || bad.Doc().Find("#f-due-error").Length() == 0 {
			t.Errorf("%s: %v, %s", due, typed, bad.Text(".os-errors"))
		}
		sound(t, w.en.Post(action, values).Want(t, http.StatusUnprocessableEntity))
	}
	values.Set("due", "2026-12-20")
	values.Set("course", "")
	if _, typed := w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity).Form(add); typed.Get("due") != "2026-12-20" || typed.Get("must") != "yes" {
		t.Errorf("no course chosen, and the rest is lost: %v", typed)
	}
	values.Set("course", "no-such-course")
	has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity)), "Такого курсу чи уроку немає")
	values.Set("course", "first-steps")
	has(t, w.uk.Post(action, values).Want(t, http.StatusOK), "План збережено", "обов’язкова частина", "20 грудня 2026")
	has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity)), "уже в плані") // tapped twice
	values.Set("course", "officials")
	has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusConflict)), "Хтось змінив план раніше за вас")
	action, values = filled(w.uk.Get(w.at("/plan")), add, "course", "fraud-protection")
	page := w.uk.Post(action, values).Want(t, http.StatusOK)
	if n := page.Doc().Find("#plan tbody tr").Length(); n != 2 {
		t.Errorf("%d courses in the plan", n)
	}
	action, values = filled(page, add, "course", "fraud-protection/no-such-lesson")
	has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity)), "Такого курсу чи уроку немає")
	lesson, _ := page.Doc().Find("#add optgroup option[value^='officials/']").First().Attr("value")
	action, values = filled(page, add, "course", lesson, "must", "yes")
	page = has(t, w.uk.Post(action, values).Want(t, http.StatusOK), "урок із курсу")
	if page.Doc().Find("#add option[value='"+lesson+"']").Length() > 0 || page.Doc().Find("#plan a[href='/courses/"+lesson+"']").Length() != 1 {
		t.Errorf("the lesson %q in the plan: %s", lesson, page.Text("#plan"))
	}
	w.uk.Get("/courses/"+lesson).Want(t, http.StatusOK)
	both(t, w.uk, w.en, w.at("/plan"), "урок із курсу")
	action, values = filled(page, "#plan form:has([value='"+lesson+"'])")
	page = w.uk.Post(action, values).Want(t, http.StatusOK)
	action, values = filled(page, "main form[action$='/plan/note']", "note", strings.Repeat("я", 700))
	bad := sound(t, w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity))
	if got := bad.Text("[name=note]"); got != strings.Repeat("я", 700) {
		t.Errorf("the words became %.40q", got)
	}
	values.Set("note", "Учитися можна щосереди.")
	page = w.uk.Post(action, values).Want(t, http.StatusOK)
	action, values = filled(page, "#plan form:has([value='fraud-protection'])")
	has(t, w.uk.Post(action, values).Want(t, http.StatusOK), "План збережено", "Учитися можна щосереди.")
	both(t, w.uk, w.en, w.at("/plan"), "20 грудня 2026")
}

// rows are those of the file of an employer's figures.
func (w *workplace) rows(t *testing.T, v *testkit.Visitor) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(v.Get(w.at("/progress/xlsx")).Want(t, http.StatusOK).Body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1")
	if err != nil || len(rows) < 6 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows
}

// figures: of a group under ten neither page nor file tells anything.
func (w *workplace) figures(t *testing.T) {
	before, table := w.uk.Get(w.at("")).Text("main"), w.rows(t, w.uk)
	if err := w.Staffing.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	page := both(t, w.uk, w.en, w.at(""), "Приєдналося менше 10 людей")
	if page.Text("main") != before || !slices.EqualFunc(table, w.rows(t, w.uk), slices.Equal) {
		t.Errorf("the first who joined is seen: %s, before: %s", page.Text("main"), before)
	}
	if page.Doc().Find("#levels, #courses, .os-fig").Length() > 0 {
		t.Errorf("of one person is shown: %s", page.Text("main"))
	}
	for _, v := range []*testkit.Visitor{w.uk, w.en} {
		for _, r := range w.rows(t, v) {
			if len(r) == 2 && regexp.MustCompile(`^\d+$`).MatchString(r[1]) {
				t.Errorf("the file tells %v", r)
			}
		}
	}
	w.uk.Get(w.at("/progress/csv")).Want(t, http.StatusNotFound)
	// an employer that holds the mark shows figures, in words that do not promise too much
	known, _ := w.Institutions.ByID(demo.DemoEmployer)
	big, abroad := w.coordinator(t, "uk", known), w.coordinator(t, "en", known)
	page = both(t, big, abroad, "/employer/at/"+known.ID, "людей приєдналися", "Знак отримано", "Завантажити код для вашого сайту", "Пораховано")
	if strings.Contains(page.Text("main"), "100 %") {
		t.Error("everybody is said to be somewhere")
	}
	if _, values := page.Form("form[action$='/listed']"); values.Get("on") != "" {
		t.Error("it is listed already, and is asked again")
	}
}

// mailed are invitations by a list.
func (w *workplace) mailed(t *testing.T) {
	const list = "olena@example.com\nце не адреса, petro@example"
	action, values := filled(w.uk.Get(w.at("/people")), "main form[action$='/mails']", "mails", list)
	bad := has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity)), "Це не схоже на адреси пошти", "petro@example")
	if _, typed := bad.Form("main form[action$='/mails']"); typed.Get("mails") != list {
		t.Errorf("the list became %q", typed.Get("mails"))
	}
	sound(t, w.en.Post(action, values).Want(t, http.StatusUnprocessableEntity))
	values.Set("mails", "")
	sound(t, w.uk.Post(action, values).Want(t, http.StatusUnprocessableEntity))
	values.Set("mails", "olena@example.com; petro@example.com olena@example.com")
	page := has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusOK)), "Запрошення надсилаються")
	if strings.Contains(page.Text("main"), "olena@") {
		t.Error("an address is shown")
	}
	page = has(t, w.uk.Get(w.at("/people")), "Зараз діє кодів: 6")
	back, values2 := page.Form("#lots tbody tr:first-child form") // the letters
	for range 2 {
		has(t, sound(t, w.uk.Post(back, values2).Want(t, http.StatusOK)), "Забрано", "Зараз діє кодів: 4")
	}
	has(t, sound(t, w.uk.Post(action, values).Want(t, http.StatusConflict)), "olena@example.com")
}

// others are refused: a coordinator of another employer, and of a school.
func (w *workplace) others(t *testing.T) {
	for name, v := range map[string]*testkit.Visitor{"another employer's": w.coordinator(t, "uk", w.employer(t, "Чужа пекарня", 5)),
		"a school's": w.coordinator(t, "uk", w.school(t, "Школа поруч", map[institution.Role]int{teachers: 12}))} {
		for _, path := range []string{"", "/people", "/plan", "/certificates", "/progress/xlsx", "/certificates/xlsx"} {
			if got := v.Get(w.at(path)).Status; got != http.StatusNotFound {
				t.Errorf("%s coordinator at %q: %d", name, path, got)
			}
		}
		for _, path := range []string{"/codes", "/codes/back", "/mails", "/plan/add", "/plan/drop", "/plan/note", "/listed"} {
			if got := v.Post(w.at(path), map[string][]string{"codes": {"1"}, "mails": {"a@example.com"}, "course": {"officials"}, "lot": {"1"}, "rev": {"1"}}).Status; got != http.StatusNotFound {
				t.Errorf("%s coordinator posts %q: %d", name, path, got)
			}
		}
	}
	if got := w.learner.Get(w.at("")).Status; got != http.StatusForbidden {
		t.Errorf("a resident: %d", got)
	}
	has(t, sound(t, w.coordinator(t, "uk", w.employer(t, "Друга пекарня", 5), w.body).Get("/employer")), "Друга пекарня", "Пекарня для перевірки")
}

// city are the report on officials with its programme, and what everybody sees.
func (w *workplace) city(t *testing.T) {
	guest, abroad := testkit.NewVisitor(t, w.URL, "uk"), testkit.NewVisitor(t, w.URL, "en")
	page := both(t, guest, abroad, "/employers", "Завод «Вітряк»", "За що дають знак")
	if strings.Contains(page.Text("main"), "Пекарня") {
		t.Error("who has no mark is listed")
	}
	for _, v := range []*testkit.Visitor{guest, abroad} {
		badge := v.Get("/employers/"+demo.DemoEmployer+"/badge.svg").Want(t, http.StatusOK)
		if text := string(badge.Body); badge.Header.Get("Content-Type") != "image/svg+xml; charset=utf-8" || strings.Contains(text, "href") || strings.Contains(text, "employer.") {
			t.Errorf("%s %s", badge.Header, text)
		}
	}
	code := guest.Get("/employers/"+demo.DemoEmployer+"/embed.txt").Want(t, http.StatusOK)
	if text := string(code.Body); !strings.HasPrefix(text, `<a href="http`) || !strings.Contains(text, "<svg") || !strings.Contains(code.Header.Get("Content-Disposition"), "znak.txt") {
		t.Errorf("%s %s", code.Header, text)
	}
	for _, file := range []string{"badge.svg", "embed.txt"} {
		guest.Get("/employers/"+w.body.ID+"/"+file).Want(t, http.StatusNotFound)
	}

	cdto, english := w.staff(t, person.CDTO, "uk"), w.staff(t, person.CDTO, "en")
	for kind, words := range map[string]string{"": "Архівний відділ", "?kind=enterprise": "Пекарня для перевірки", "?kind=organisation": "У реєстрі ще немає таких установ"} {
		both(t, cdto, english, "/office/officials"+kind, words)
		for _, v := range []*testkit.Visitor{cdto, english} {
			if !bytes.HasPrefix(v.Get("/office/officials/files/xlsx"+kind).Want(t, http.StatusOK).Body, []byte("PK")) {
				t.Errorf("%s: no table", kind)
			}
		}
	}
	cdto.Get("/office/officials?kind=school").Want(t, http.StatusNotFound)
	analyst := w.staff(t, person.Analyst, "uk")
	has(t, sound(t, analyst.Get("/office/officials").Want(t, http.StatusOK)), "Цифровий посадовець", "менше 10")
	action, values := filled(both(t, analyst, english, "/office/officials/programme", "Програма «Цифровий посадовець»"), "main form[action$='/programme/add']", "course", "first-steps", "due", "2026-13-01")
	bad := sound(t, analyst.Post(action, values).Want(t, http.StatusUnprocessableEntity))
	if _, typed := bad.Form("main form[action$='/programme/add']"); typed.Get("due") != "2026-13-01" || typed.Get("course") != "first-steps" {
		t.Errorf("%v", typed)
	}
	values.Set("due", "")
	page = has(t, analyst.Post(action, values).Want(t, http.StatusOK), "План збережено")
	action, values = filled(page, "#plan form:has([value='first-steps'])")
	has(t, analyst.Post(action, values).Want(t, http.StatusOK), "План збережено")
	for _, role := range []person.Role{person.Resident, person.Mentor, person.Editor, person.Administrator, person.Coordinator} {
		if got := w.staff(t, role, "uk").Get("/office/officials").Status; got != http.StatusForbidden {
			t.Errorf("%v reads the report on officials: %d", role, got)
		}
	}
}
