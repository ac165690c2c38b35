package paper

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/docx"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/store"
)

var now = time.Date(2026, 9, 21, 9, 0, 0, 0, i18n.Kyiv)

func monitoring(c City) Monitoring {
	opens := time.Date(2026, 10, 12, 0, 0, 0, 0, i18n.Kyiv)
	return Monitoring{City: c, Now: now, Bodies: []Body{{ID: "a", Name: "Ліцей «Зоря»", Address: "вул. Ясна, 1", Roles: []institution.Role{institution.Teacher, institution.Graduate}}},
		Round: &round.Round{Doc: store.Doc{ID: "r1"}, Year: 2026, Title: i18n.Text{UK: "Моніторинг 2026"}, Opens: store.At(opens), Closes: store.At(opens.AddDate(0, 0, 21)),
			Asked: []round.Asked{{Role: institution.Teacher, Instrument: "teacher-round"}, {Role: institution.Graduate, Instrument: "graduate-round"}}}}
}

var known = City{Name: "Кропивницький", Owner: "Кропивницька міська рада", Decree: "розпорядження № 14", Phone: "(0522) 11-22-33", Hours: "пн–пт", Origin: "https://osvitlo.example"}

var markup = regexp.MustCompile(`<[^>]*>`)

func text(d *docx.Document) string {
	return strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(string(d.HTML()), " "))), " ")
}

func TestTheOrderHoldsThePromiseWordForWordAndItsAnnexes(t *testing.T) {
	t.Parallel()
	got := text(Order(monitoring(known)))
	for _, want := range []string{
		"«Ваш керівник і управління освіти бачать лише підсумки груп від 10 людей. Відповіді не впливають на атестацію, премію чи навантаження.»",
		"КРОПИВНИЦЬКА МІСЬКА РАДА", "розпорядження № 14", "12 жовтня 2026 року", "1 листопада 2026 року", "ПЕРЕЛІК ЗАКЛАДІВ", "Ліцей «Зоря»", "вул. Ясна, 1",
		"КАЛЕНДАР МОНІТОРИНГУ", "ВІДПОВІДАЛЬНІ ОСОБИ", "учителів і викладачів, випускників", "Участь добровільна", "До 29 січня 2027 року подати довідку", "до 28.09.2026",
	} {
		if !strings.Contains(strings.ReplaceAll(got, i18n.NoBreakSpace, " "), want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if strings.Contains(got, "вихователів") {
		t.Error("who is not asked is invited")
	}
}

func TestWhatIsNotKnownIsALineAndNothingIsInvented(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*docx.Document{"order": Order(monitoring(City{})), "letter": Letter(monitoring(City{})), "parents": Parents(monitoring(City{}), ""), "act": Destroyed(monitoring(City{}), "", nil),
		"minutes": Minutes(monitoring(City{}), "", nil), "certificates": CertificateList(City{}, Certificates{}, now), "requirement": RequirementOf(City{}, Requirement{}, now), "plan": PlanAnnex(City{}, Plan{}, now)} {
		got := text(d)
		if !strings.Contains(got, "____") {
			t.Errorf("%s: no room to write in", name)
		}
		for _, made := range []string{"Кропивниць", "№ 14", "0522", "%!", "<nil>", "0001"} {
			if strings.Contains(got, made) {
				t.Errorf("%s: %q is invented", name, made)
			}
		}
		if raw, err := d.Bytes(); err != nil || len(raw) < 2000 {
			t.Error(name, len(raw), err)
		}
	}
}

func TestParentsAreToldOfRefusalAndWhatIsNeverAsked(t *testing.T) {
	t.Parallel()
	got := text(Parents(monitoring(known), "Ліцей «Зоря»"))
	for _, want := range []string{"Причини пояснювати не треба", "Не питаємо про рідних на службі, втрати, місце, звідки родина приїхала, і насильство", "116 111", "Завдання на цей час", "Ліцей «Зоря»"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
}

func outcome(cells map[string]report.Figures) Outcome {
	return Outcome{Role: institution.Teacher, Variables: []Variable{{ID: Knowledge, Name: "Завдання"}, {ID: "edu1.1", Name: "Спілкування", Self: true}},
		Table: report.Table{Total: report.Row{N: 40, Frame: 50, Cells: cells}, Rows: []report.Row{{Units: []string{"a", "b"}, N: 40, Cells: cells}}},
		Changes: []report.Change{{Units: []string{"a"}, Variable: "edu1.1", Before: report.Figures{Mean: 40}, Now: report.Figures{Mean: 50}, Difference: 10, Real: true},
			{Units: []string{"b"}, Variable: "edu1.1", Before: report.Figures{Mean: 41}, Now: report.Figures{Mean: 49}, Difference: 8}}}
}

func TestResultsCarryTheirVersionAndOnlyRealChanges(t *testing.T) {
	t.Parallel()
	m := monitoring(known)
	m.Round.Cut = store.At(time.Date(2026, 11, 5, 9, 0, 0, 0, i18n.Kyiv))
	cells := map[string]report.Figures{Knowledge: {N: 40, Mean: 61.3, Low: 58, High: 64.5}, "edu1.1": {N: 40, Mean: 48, Low: 45, High: 51}}
	name := func(id string) string { return "Заклад " + id }
	got := strings.ReplaceAll(text(Results(m, []Outcome{outcome(cells)}, name)), i18n.NoBreakSpace, " ")
	for _, want := range []string{"складені 5 листопада 2026 року, версія r1", "61,3 (58,0–64,5)", "80 %", "Заклад a; Заклад b", "+10,0"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if strings.Contains(got, "+8,0") {
		t.Error("a change within its error is told")
	}
	// a self-rating is never shown without the tasks
	delete(cells, Knowledge)
	alone := outcome(cells)
	if v := alone.shown(); len(v) != 1 || v[0].ID != Knowledge {
		t.Errorf("shown: %v", v)
	}
	if got := text(Results(m, []Outcome{alone}, name)); strings.Contains(got, "48,0") || strings.Contains(got, "+10,0") {
		t.Error("a self-rating stands alone:", got)
	}
}

func TestDaysOfOrdersAreWorkingDays(t *testing.T) {
	t.Parallel()
	for day := range 400 {
		at := now.AddDate(0, 0, day)
		for _, got := range []time.Time{before(at, day%15), after(at, day%15)} {
			if slices.Contains([]time.Weekday{time.Saturday, time.Sunday}, got.Weekday()) {
				t.Fatal(got)
			}
		}
	}
}

func TestARequirementNamesNeeds(t *testing.T) {
	t.Parallel()
	got := text(RequirementOf(known, Requirement{Institution: "Ліцей «Зоря»", Subject: "ноутбуки", Why: "мало пристроїв", Figures: "самоопис 2026", Needs: []Need{{What: "Ноутбук", For: "уроки", N: 15, Where: "каб. 3"}}}, now))
	for _, want := range []string{"потреби, а не марки", "15 шт.", "Де: каб. 3", "мало пристроїв", "самоопис 2026"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	list := text(CertificateList(known, Certificates{Office: true, List: []Given{{Name: "Олена Коваль", Hours: "12", Day: now}}}, now))
	if !strings.Contains(list, "Чи зараховувати, вирішує кадрова служба.") || !strings.Contains(list, "21.09.2026") {
		t.Error(list)
	}
}
