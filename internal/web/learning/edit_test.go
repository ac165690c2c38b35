package learning

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	files "osvitlo/content"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/person"
)

// desk is a rig whose editors write.
func desk(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	if err := r.engine.Migrate(ctx, draft.Specs()); err != nil {
		t.Fatal(err)
	}
	drafts := must(draft.New(ctx, draft.Options{Engine: r.engine, Library: must(library())(t), Files: files.FS, Now: r.now}))(t)
	o := r.h.o
	o.Drafts, o.Catalogue = drafts, drafts
	r.h = must(New(o))(t)
	r.site = r.mount(r.h.Routes())
	r.actors["reader"] = &person.Actor{Person: pid("reader"), Grants: []person.Grant{{Role: person.Administrator}}, Strong: true, Fresh: true, Where: "web"}
	return r
}

// filled is what a form of the page holds, as a browser would send it.
func (a *answer) filled(selector string) url.Values {
	a.t.Helper()
	f := a.doc.Find(selector).First()
	if f.Length() == 0 {
		a.t.Fatalf("there is no form %s", selector)
	}
	values := url.Values{}
	f.Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name, ok := s.Attr("name")
		if !ok {
			return
		}
		switch goquery.NodeName(s) {
		case "textarea":
			values.Add(name, strings.TrimPrefix(s.Text(), "\n"))
		case "select":
			if one := s.Find("option[selected]"); one.Length() > 0 {
				values.Add(name, one.AttrOr("value", ""))
			} else {
				values.Add(name, s.Find("option").First().AttrOr("value", ""))
			}
		default:
			kind := s.AttrOr("type", "text")
			if _, on := s.Attr("checked"); (kind == "checkbox" || kind == "radio") && !on {
				return
			}
			values.Add(name, s.AttrOr("value", ""))
		}
	})
	return values
}

const (
	at   = "/office/courses/fraud-protection"
	call = at + "/edit/call-from-bank"
)

func begin(t *testing.T) (*rig, *browser) {
	r := desk(t)
	b := r.browser("editor")
	if to := b.post(at+"/draft", url.Values{"do": {"copy"}}).to(); to != at+"/edit?done=copied" {
		t.Fatal(to)
	}
	return r, b
}

// A form that is sent as it came changes nothing: every page of every course.
func TestSavingAnUntouchedFormChangesNothing(t *testing.T) {
	t.Parallel()
	r := desk(t)
	b := r.browser("editor")
	n := 0
	for _, c := range must(library())(t).Courses() {
		if c.Slug != "fraud-protection" && c.Slug != "blackout" && c.Slug != "displaced" {
			continue
		}
		b.post("/office/courses/"+c.Slug+"/draft", url.Values{"do": {"copy"}}).to()
		before := must(r.h.o.Drafts.Get(ctx, c.Slug))(t)
		base := "/office/courses/" + c.Slug + "/edit"
		pages := []string{base}
		for _, l := range c.Lessons {
			pages = append(pages, base+"/"+l.Slug)
			for _, a := range l.Activities {
				pages = append(pages, base+"/"+l.Slug+"/"+a.ID)
			}
		}
		if c.Final != nil {
			pages = append(pages, base+"/final")
			for _, it := range c.Final.Items {
				pages = append(pages, base+"/final/"+it.ID)
			}
		}
		hash := r.h.o.Drafts.Check(before).Course.Hash
		for _, p := range pages {
			b.post(p, b.get(p).want(200).filled("form.os-edit")).to()
			n++
			after := must(r.h.o.Drafts.Get(ctx, c.Slug))(t)
			if got := r.h.o.Drafts.Check(after); got.Course == nil || got.Course.Hash != hash {
				d := draft.Compare(before.FilesOf(), after.FilesOf())
				t.Errorf("%s: %+v", p, d)
				break
			}
		}
	}
	if n < 80 {
		t.Errorf("%d pages", n)
	}
}

func TestAFaultStandsBesideItsField(t *testing.T) {
	t.Parallel()
	r, b := begin(t)
	page := b.get(call).want(200)
	values := page.filled("form.os-edit")
	values.Set("/goal/uk", "Упізнавати дзвінок!")
	values.Set("/minutes", "сім")
	b.post(call, values).to()
	for lang, want := range map[string][2]string{"": {"Без знаків оклику", "Тут має бути інше"}, "?lang=en": {"The text has an exclamation mark", "Something else belongs here"}} {
		page := b.get(call + lang).want(200)
		if got := page.text("#f-minutes-fault, #f-minutes-error, .os-field--bad"); !strings.Contains(got, want[1]) {
			t.Errorf("%q: %s", lang, got)
		}
		if in := page.doc.Find("input[name='/minutes']"); in.AttrOr("value", "") != "сім" || in.AttrOr("aria-invalid", "") != "true" {
			t.Error("what was typed is gone")
		}
	}
	values.Set("/minutes", "7")
	values.Set("rev", b.get(call).filled("form.os-edit").Get("rev"))
	b.post(call, values).to()
	if got := b.get(call).want(200).text("#edit .os-field--bad"); !strings.Contains(got, "Без знаків оклику") {
		t.Error(got)
	}
	if got := b.get(at + "/edit").text("#flow"); !strings.Contains(got, "1 помилка") {
		t.Error(got)
	}
	_ = r
}

func TestListsGrowAndMoveWithoutAScript(t *testing.T) {
	t.Parallel()
	r, b := begin(t)
	cards := call + "/three-signs"
	page := b.get(cards).want(200)
	values := page.filled("form.os-edit")
	values.Set("do", "add /cards")
	values.Set("/cards/0/front/uk", "Вас лякають дуже")
	if to := b.post(cards, values).to(); !strings.HasSuffix(to, "#f-cards-3") && !strings.Contains(to, "#f-") {
		t.Error(to)
	}
	page = b.get(cards)
	if n := page.doc.Find(".os-edit__entry").Length(); n != 4 || !strings.Contains(page.filled("form.os-edit").Get("/cards/0/front/uk"), "дуже") {
		t.Errorf("%d cards", n)
	}
	values = page.filled("form.os-edit")
	values.Set("/cards/3/front/uk", "Четверта")
	values.Set("/cards/3/back/uk", "Зворот")
	values.Set("do", "up /cards/3")
	b.post(cards, values).to()
	values = b.get(cards).filled("form.os-edit")
	if values.Get("/cards/2/front/uk") != "Четверта" {
		t.Error(values)
	}
	values.Set("do", "drop /cards/0")
	b.post(cards, values).to()
	if got := b.get(cards).filled("form.os-edit"); got.Get("/cards/1/front/uk") != "Четверта" || got.Get("/cards/3/front/uk") != "" {
		t.Error(got)
	}
	for range 3 {
		b.post(at+"/draft", url.Values{"do": {"undo"}}).to()
	}
	d := must(r.h.o.Drafts.Get(ctx, "fraud-protection"))(t)
	if len(d.Undo) != 0 || r.h.o.Drafts.Check(d).Errors() != 0 {
		t.Error("undone, and not as before")
	}
}

// Two people save the same lesson: the second sees who was first and what differs, with
// the own words still in the form.
func TestASecondWriterLosesNothing(t *testing.T) {
	t.Parallel()
	r, b := begin(t)
	other := r.browser("reader")
	mine := b.get(call).filled("form.os-edit")
	theirs := other.get(call).filled("form.os-edit")
	theirs.Set("/title/uk", "Заголовок колеги")
	other.post(call, theirs).to()
	mine.Set("/goal/uk", "Моя нова мета уроку.")
	page := b.post(call, mine).want(http.StatusConflict).says("Поки ви писали", "Заголовок колеги")
	again := page.filled("form.os-edit")
	if again.Get("/goal/uk") != "Моя нова мета уроку." {
		t.Error("what was typed is gone")
	}
	b.post(call, again).to()
	if got := b.get(call).filled("form.os-edit"); got.Get("/goal/uk") != "Моя нова мета уроку." {
		t.Error(got.Get("/goal/uk"))
	}
	if got := b.post(at+"/text/call-from-bank", url.Values{"rev": {"1"}, "text": {"slug: інше"}}).want(http.StatusConflict); got.filled("form.os-edit").Get("text") != "slug: інше" {
		t.Error("the typed text is gone")
	}
}

// What was typed stays on the page while the store is away.
func TestAStoreThatIsAwayLosesNoWords(t *testing.T) {
	t.Parallel()
	r, b := begin(t)
	check := call + "/what-to-do"
	for _, p := range []string{call, check, at + "/edit", at + "/edit/final"} {
		values := b.get(p).want(200).filled("form.os-edit")
		name := "/title/uk"
		if values.Get("/item/stem/uk") != "" {
			name = "/item/stem/uk"
		}
		if strings.HasSuffix(p, "final") {
			name = "/intro/uk"
		}
		values.Set(name, "Довго писали й не втратили")
		dead := r.dead()
		page := dead.post(p, values)
		if page.Code != http.StatusServiceUnavailable && page.Code != http.StatusInternalServerError {
			t.Errorf("%s: %d", p, page.Code)
		}
		if got := page.filled("form.os-edit"); got.Get(name) != "Довго писали й не втратили" || got.Get("rev") != values.Get("rev") {
			t.Errorf("%s: %q, revision %s of %s", p, got.Get(name), got.Get("rev"), values.Get("rev"))
		}
	}
}

// dead is an editor whose store is closed.
func (r *rig) dead() *browser {
	r.t.Helper()
	o := r.h.o
	gone := newRig(r.t)
	if err := gone.engine.Migrate(ctx, draft.Specs()); err != nil {
		r.t.Fatal(err)
	}
	o.Drafts = must(draft.New(ctx, draft.Options{Engine: gone.engine, Library: must(library())(r.t), Files: files.FS, Now: r.now}))(r.t)
	if err := gone.engine.Close(); err != nil {
		r.t.Fatal(err)
	}
	dead := *r
	dead.h = must(New(o))(r.t)
	dead.site = dead.mount(dead.h.Routes())
	return dead.browser("editor")
}

func TestEveryTypeIsAddedAndShown(t *testing.T) {
	t.Parallel()
	_, b := begin(t)
	page := b.get(call).want(200)
	var kinds []string
	page.doc.Find("select[name=kind] option").Each(func(_ int, s *goquery.Selection) { kinds = append(kinds, s.AttrOr("value", "")) })
	if len(kinds) < 12 || !slices.Contains(kinds, "check.matching") {
		t.Fatal(kinds)
	}
	for _, k := range kinds {
		for _, lang := range []string{"uk", "en"} {
			to := b.post(call+"/acts", url.Values{"do": {"add"}, "kind": {k}}).to()
			path, _, _ := strings.Cut(to, "?")
			got := b.get(path + "?lang=" + lang)
			if k == "package" {
				got.want(http.StatusSeeOther)
				continue
			}
			got.want(200)
			if strings.Contains(got.Body.String(), "courseedit.") {
				t.Errorf("%s %s: words are missing", k, lang)
			}
			b.post(path, got.filled("form.os-edit")).to()
		}
	}
	b.get(at + "/preview/call-from-bank").to()
	final := at + "/edit/final"
	for _, k := range []string{"check.single", "check.matching", "check.spot", "check.ordering", "check.multiple"} {
		path, _, _ := strings.Cut(b.post(final+"/acts", url.Values{"do": {"add"}, "kind": {k}}).to(), "?")
		b.post(path, b.get(path).want(200).filled("form.os-edit")).to()
	}
	b.get(final).want(200)
	b.post(call+"/acts", url.Values{"do": {"add"}, "kind": {"game"}}).want(http.StatusUnprocessableEntity)
}

// The whole way in pages, in both languages: fault, review by another, publication, what
// learners see, comparison, undo.
func TestFromDraftToLearnersAndBack(t *testing.T) {
	t.Parallel()
	r, b := begin(t)
	reader := r.browser("reader")
	values := b.get(call).filled("form.os-edit")
	values.Set("/title/uk", "Дзвінок із невідомого номера")
	b.post(call, values).to()
	r.browser("").get("/courses/fraud-protection").want(200).says("Дзвінок «із банку»", "людина ще не перевірила")
	b.get(at+"/preview").want(200).says("Попередній перегляд", "Дзвінок із невідомого номера")
	step := b.get(at + "/preview/call-from-bank/what-to-do").want(200).says("Попередній перегляд")
	if step.doc.Find("form[data-learn], form[data-keep]").Length() != 0 || step.doc.Find("[name=alarm]").Length() != 0 {
		t.Error("a preview that records")
	}
	b.get(b.post(at+"/preview/call-from-bank/what-to-do", url.Values{"a": {"b"}, "answer": {"b"}}).to()).want(200)
	b.get(at + "/print/call-from-bank").want(200)
	b.post(at+"/flow", url.Values{"do": {"ask"}, "note": {"Гляньте заголовок"}}).to()
	b.get(at+"/edit").want(200).says("чекає на перевірку", "має хтось інший").silent("Підписати")
	page := reader.get(at + "/edit").want(200).says("Гляньте заголовок")
	form := page.filled("#flow form.os-card")
	form.Set("do", "sign")
	form.Set("name", "")
	reader.post(at+"/flow", form).want(http.StatusUnprocessableEntity).says("Напишіть ім’я")
	form.Set("name", "Ірина Рецензентка")
	reader.post(at+"/flow", form).to()
	b.get(at+"/edit?lang=en").want(200).says("Reviewed by a person: Ірина Рецензентка", "Publish version 2")
	if to := b.post(at+"/publish", nil).to(); to != at+"/versions?done=published" {
		t.Fatal(to)
	}
	learner := r.browser("").get("/courses/fraud-protection").want(200).says("Дзвінок із невідомого номера", "Перевірила людина: Ірина Рецензентка").silent("людина ще не перевірила")
	_ = learner
	for _, lang := range []string{"uk", "en"} {
		b.get(at+"/versions?lang="+lang).want(200).says("Ірина Рецензентка", "2")
		b.get(at+"/compare?a=1&b=2&lang="+lang).want(200).says("невідомого номера", "банку")
	}
	reader.post(at+"/again", url.Values{"version": {"1"}}).to()
	r.browser("").get("/courses/fraud-protection").want(200).says("Дзвінок «із банку»", "людина ще не перевірила")
}

func TestAReviewerSendsBack(t *testing.T) {
	t.Parallel()
	r, b := begin(t)
	reader := r.browser("reader")
	values := b.get(call).filled("form.os-edit")
	values.Set("/title/uk", "Дзвінок")
	b.post(call, values).to()
	b.post(at+"/publish", nil).want(http.StatusConflict).says("ще ніхто не перевірив")
	b.post(at+"/flow", url.Values{"do": {"ask"}}).to()
	reader.post(at+"/flow", url.Values{"do": {"return"}}).want(http.StatusUnprocessableEntity)
	reader.post(at+"/flow", url.Values{"do": {"return"}, "note": {"Заголовок закороткий"}}).to()
	b.get(at+"/edit").want(200).says("Заголовок закороткий", "Пишемо")
}

func TestANewCourse(t *testing.T) {
	t.Parallel()
	_, b := begin(t)
	new := "/office/courses/new"
	b.get(new).want(200).says("Новий курс")
	b.post(new, url.Values{"title_uk": {"Захист"}, "slug": {"fraud-protection"}}).want(http.StatusUnprocessableEntity).says("зайнята")
	b.post(new, url.Values{"title_uk": {""}}).want(http.StatusUnprocessableEntity)
	if to := b.post(new, url.Values{"title_uk": {"Щоденник здоров’я в телефоні"}, "title_en": {""}}).to(); to != "/office/courses/shchodennyk-zdorovia-v-telefoni/edit?done=made" {
		t.Fatal(to)
	}
	at := "/office/courses/shchodennyk-zdorovia-v-telefoni"
	b.post(at+"/lessons", url.Values{"do": {"add"}, "title_uk": {"Перший урок"}, "slug": {"final"}}).want(http.StatusUnprocessableEntity).says("належить іншій сторінці")
	to := b.post(at+"/lessons", url.Values{"do": {"add"}, "title_uk": {"Перший урок"}}).to()
	b.get(to).want(200).says("Заповніть це поле")
	b.get(at+"/edit?lang=en").want(200).says("Fill this in", "faults are left")
	b.post(at+"/lessons", url.Values{"do": {"final"}}).to()
	b.post(at+"/lessons", url.Values{"do": {"remove"}, "lesson": {"pershyi-urok"}}).to()
	b.get(at + "/edit").want(200).says("Скасувати: вилучення уроку")
	b.post(at+"/draft", url.Values{"do": {"undo"}}).to()
	b.get(at + "/edit").want(200).says("Перший урок")
	b.post(at+"/draft", url.Values{"do": {"away"}}).to()
	b.get("/office/courses?done=away").want(200).says("Чернетку відкладено", "Відкладено")
	b.get("/courses/shchodennyk-zdorovia-v-telefoni").want(http.StatusNotFound)
}

func TestOnlyEditorsMeetTheDesk(t *testing.T) {
	t.Parallel()
	r, _ := begin(t)
	for _, who := range []string{"mentor", "resident", ""} {
		for _, p := range []string{at + "/edit", at + "/versions", at + "/preview", call, "/office/courses/new"} {
			if got := r.browser(who).get(p); got.Code == 200 {
				t.Errorf("%q reads %s", who, p)
			}
		}
		if got := r.browser(who).post(at+"/draft", url.Values{"do": {"undo"}}); got.Code == 303 && !strings.Contains(got.Header().Get("Location"), "sign-in") {
			t.Errorf("%q acts", who)
		}
	}
}
