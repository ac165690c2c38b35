package learning

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/static"
)

const slug = "fraud-protection"

// the course of the tests and its first lesson
func first(t testing.TB) (*course.Course, *course.Lesson) {
	t.Helper()
	c := must(must(library())(t).Course(slug))(t)
	return c, c.Lessons[0]
}

// right is the right answer to an activity as a form.
func right(a *course.Activity) url.Values {
	values := url.Values{}
	switch b := a.Body.(type) {
	case *lesson.Check:
		if v, ok := keyValue(b.Item); ok {
			return b.Item.ToForm(v)
		}
	case *lesson.Imitation:
		for _, e := range b.Elements {
			if e.Suspicious {
				values.Add(fieldMark, e.ID)
			}
		}
	case *lesson.Checklist:
		values.Add(fieldTick, b.Items[0].ID)
	}
	return values
}

// learn goes through a lesson as a person without script does; it returns where the last
// form led.
func (b *browser) learn(c *course.Course, l *course.Lesson) (at string) {
	b.t.Helper()
	for i := range l.Activities {
		a := &l.Activities[i]
		at = b.post(atStep(c.Slug, l.Slug, a.ID), right(a)).to()
		if a.Practice() {
			said := b.get(at).want(http.StatusOK)
			if said.doc.Find(".os-note--good").Length() == 0 {
				b.t.Fatalf("%s: the right answer is not called right: %s", a.ID, said.text("main"))
			}
			at, _ = said.doc.Find(".os-actions .os-btn").First().Attr("href")
		}
	}
	return at
}

var placeholder = regexp.MustCompile(`learning\.[a-z_.]+|course\.[a-z_]+_[a-z_]+|<no value>|\{\{|%!`)

// proper checks what every page must be.
func proper(t *testing.T, lang, path string, a *answer) {
	t.Helper()
	if got, _ := a.doc.Find("html").Attr("lang"); got != lang {
		t.Errorf("%s: lang %q", path, got)
	}
	if n := a.doc.Find("h1").Length(); n != 1 {
		t.Errorf("%s (%s): %d headings of the first level", path, lang, n)
	}
	if bad := placeholder.FindString(a.text("main")); bad != "" {
		t.Errorf("%s (%s): shows %q", path, lang, bad)
	}
	ids := map[string]bool{}
	for _, n := range a.doc.Find("[id]").EachIter() {
		id, _ := n.Attr("id")
		if ids[id] {
			t.Errorf("%s (%s): id %q stands twice", path, lang, id)
		}
		ids[id] = true
	}
	for _, n := range a.doc.Find("main input:not([type=hidden]), main select, main textarea").EachIter() {
		id, _ := n.Attr("id")
		if n.Closest("label").Length() == 0 && a.doc.Find(`label[for="`+id+`"]`).Length() == 0 {
			t.Errorf("%s (%s): field %q has no label", path, lang, id)
		}
	}
	for _, n := range a.doc.Find("[style], main script, [onclick]").EachIter() {
		t.Errorf("%s (%s): inline %s", path, lang, n.Nodes[0].Data)
	}
	for _, n := range a.doc.Find("main button:not([hidden]), main a").EachIter() {
		if plain(n.Text()) == "" {
			t.Errorf("%s (%s): a control without words", path, lang)
		}
	}
}

// TestEveryPageOfEveryCourse walks all courses in both languages.
func TestEveryPageOfEveryCourse(t *testing.T) {
	t.Parallel()
	b := newRig(t).browser("visitor")
	for _, lang := range []string{"uk", "en"} {
		see := func(path string) *answer {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			a := b.get(path + sep + "lang=" + lang).want(http.StatusOK)
			proper(t, lang, path, a)
			return a
		}
		see("/courses")
		see("/courses/groups")
		for _, c := range b.h.o.Catalogue.Courses() {
			see(atCourse(c.Slug)).says(plain(c.Title.In(lang)))
			see(atCourse(c.Slug, "handouts"))
			see(atCourse(c.Slug, "handouts") + "?large=1")
			see(atCourse(c.Slug, "proof"))
			if c.Final != nil {
				if n := see(atCourse(c.Slug, "final")).doc.Find(".os-onetask").Length(); n != len(c.Final.Items) {
					t.Errorf("%s: %d tasks in the final check, not %d", c.Slug, n, len(c.Final.Items))
				}
			}
			for _, l := range c.Lessons {
				see(atCourse(c.Slug, l.Slug, "handout"))
				see(atCourse(c.Slug, l.Slug, "safe"))
				see(atCourse(c.Slug, l.Slug, "done"))
				for i := range l.Activities {
					a := &l.Activities[i]
					at := atStep(c.Slug, l.Slug, a.ID)
					p := see(at)
					if p.doc.Find(".os-alarm").Length() != 1 {
						t.Errorf("%s has no alarm", at)
					}
					if p.doc.Find(`meta[name=robots][content=noindex]`).Length() != 1 {
						t.Errorf("%s may be found by search engines", at)
					}
					if a.Practice() {
						values := right(a)
						values.Set(fieldSaid, "1")
						if see(at+"?"+values.Encode()).doc.Find(".os-note--good").Length() == 0 {
							t.Errorf("%s: the right answer is not called right", at)
						}
					}
				}
			}
		}
	}
	if len(b.jar) != 0 {
		t.Errorf("looking left cookies: %v", b.jar)
	}
}

// TestLessonWithoutScript is the whole way of a person: lesson, feedback, final check,
// outcome, and the next visit.
func TestLessonWithoutScript(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.browser("visitor")
	c, l := first(t)
	b.get(atCourse(c.Slug)).want(200).says("Почати", "людина ще не перевірила")
	if at := b.learn(c, l); at != atCourse(c.Slug, l.Slug, "done") {
		t.Fatalf("the lesson ends at %q", at)
	}
	if at := b.get(atCourse(c.Slug, l.Slug)).to(); at != atCourse(c.Slug, l.Slug, "done") {
		t.Errorf("a finished lesson opens at %q", at)
	}
	b.get(atCourse(c.Slug, l.Slug, "done")).want(200).says("Урок пройдено", "Наступний урок")
	b.get("/courses").want(200).says("Продовжити", plain(c.Lessons[1].Title.UK))
	b.get(atCourse(c.Slug)).says("Продовжити", "1 з "+r.h.o.Words.Lang("uk").Int(int64(len(c.Lessons))))

	// What was left out is called again, and nothing is lost by a form without an answer.
	second := c.Lessons[1]
	for i := range second.Activities {
		a := &second.Activities[i]
		if a.Type != lesson.TypeCheck {
			continue
		}
		p := b.post(atStep(c.Slug, second.Slug, a.ID), nil).want(http.StatusUnprocessableEntity)
		p.says("Спершу оберіть відповідь")
		proper(t, "uk", "422", p)
		break
	}

	// Feedback: masked, bounded, once.
	say := atCourse(c.Slug, l.Slug, "feedback")
	b.post(say, url.Values{}).want(422)
	b.post(say, url.Values{"helped": {"1"}, "comment": {strings.Repeat("я", 501)}}).want(422).says("задовгий")
	if at := b.post(say, url.Values{"helped": {"1"}, "comment": {"Дякую, мій номер 0501234567"}}).to(); !strings.Contains(at, "said=1") {
		t.Errorf("feedback leads to %q", at)
	}
	e := r.browser("editor")
	e.get("/office/courses").want(200).says(plain(c.Title.UK))
	e.get("/office/courses/" + c.Slug).want(200).says("Дякую").silent("0501234567")

	// The final check: not yet, then passed.
	if p := b.post(atCourse(c.Slug, "final"), url.Values{"try": {"a"}}).want(422); !strings.Contains(p.text("main"), "хоча б на одне") {
		t.Error("an empty final check is not explained")
	}
	wrong := url.Values{"try": {"try-1"}}
	it := c.Final.Items[0]
	for name, list := range it.ToForm(instrumentRight(t, it)) {
		wrong[prefixOf(it)+name] = list
	}
	at := b.post(atCourse(c.Slug, "final"), wrong).to()
	b.get(at).want(200).says("Поки не вистачило", "Варто переглянути").silent("Сертифікат", "Що було інакше")
	good := url.Values{"try": {"try-2"}}
	for _, it := range c.Final.Items {
		for name, list := range it.ToForm(instrumentRight(t, it)) {
			good[prefixOf(it)+name] = list
		}
	}
	at = b.post(atCourse(c.Slug, "final"), good).to()
	b.get(at).want(200).says("Курс пройдено", "Сертифікатів ще не видаємо", "Увійдіть")
	b.get(atCourse(c.Slug)).says("Ви пройшли курс")

	// Signing in brings it all along, and the key of the device goes.
	key := b.jar[learnerCookie]
	b.actor = "resident"
	b.get(atCourse(c.Slug)).want(200).says("Ви пройшли курс")
	if b.jar[learnerCookie] != "" {
		t.Error("the device's key stays after the sign-in")
	}
	if tr := must(r.courses.Track(ctx, course.OfPerson(pid("resident")), c.Slug))(t); tr.Completed == 0 {
		t.Error("the completion was not adopted")
	}
	if tr := must(r.courses.Track(ctx, course.OfDevice(key), c.Slug))(t); tr.Completed != 0 {
		t.Error("the device still has the completion")
	}
}

func instrumentRight(t testing.TB, it *instrument.Item) instrument.Value {
	t.Helper()
	v, ok := keyValue(it)
	if !ok {
		t.Fatalf("%s has no key", it.ID)
	}
	return v
}

// TestImitationSendsNothing: no field of an imitation can be sent, and the frame is
// always there.
func TestImitationSendsNothing(t *testing.T) {
	t.Parallel()
	b := newRig(t).browser("visitor")
	fields := 0
	for _, c := range b.h.o.Catalogue.Courses() {
		for _, l := range c.Lessons {
			for i := range l.Activities {
				a := &l.Activities[i]
				if a.Type != lesson.TypeImitation {
					continue
				}
				p := b.get(atStep(c.Slug, l.Slug, a.ID)).want(200)
				if p.doc.Find(".os-imit > .os-imit__frame").Length() != 2 {
					t.Errorf("%s: no frame", a.ID)
				}
				for _, n := range p.doc.Find(".os-imit input:not([type=checkbox])").EachIter() {
					fields++
					if name, has := n.Attr("name"); has {
						t.Errorf("%s: a field with the name %q", a.ID, name)
					}
					if _, only := n.Attr("readonly"); !only {
						t.Errorf("%s: a field that can be typed in without the guard", a.ID)
					}
				}
				if p.doc.Find(".os-imit a, .os-imit button").Length() != 0 {
					t.Errorf("%s: something to press", a.ID)
				}
				// Whatever a browser might send beside the marks is not echoed.
				at := b.post(atStep(c.Slug, l.Slug, a.ID), url.Values{fieldMark: {"4111111111111111"}, "card": {"4111111111111111"}}).to()
				if strings.Contains(at, "4111") {
					t.Errorf("%s: what was typed stands in the address %q", a.ID, at)
				}
			}
		}
	}
	t.Logf("%d fields", fields)
}

// TestAlarmKeepsTheAnswer: one tap saves and leaves.
func TestAlarmKeepsTheAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.browser("visitor")
	c, l := first(t)
	for i := range l.Activities {
		a := &l.Activities[i]
		if a.Type != lesson.TypeCheck {
			continue
		}
		values := right(a)
		values.Set(fieldAlarm, a.ID)
		b.get(b.post(atCourse(c.Slug, l.Slug, "alarm"), values).to()).want(200).says("Збережено")
		tr := must(r.courses.Track(ctx, course.OfDevice(b.jar[learnerCookie]), c.Slug))(t)
		if act := tr.Activity(l.Slug, a.ID); act.Best == nil || *act.Best != 1 {
			t.Error("the answer was lost in the alarm")
		}
		return
	}
	t.Fatal("no check in the lesson")
}

// TestMarksComeLate: what a device kept goes up in one piece, twice, with rubbish in it.
func TestMarksComeLate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.browser("visitor")
	c, l := first(t)
	list := []kept{{Course: "gone", Lesson: "x", Activity: "y"}, {Course: c.Slug, Lesson: l.Slug, Activity: "no-such"}}
	for i := range l.Activities {
		a := &l.Activities[i]
		list = append(list, kept{Course: c.Slug, Lesson: l.Slug, Activity: a.ID, At: noon.Add(-time.Hour).UnixMilli(), Form: right(a).Encode()})
	}
	body := string(must(json.Marshal(map[string]any{"marks": list}))(t))
	for range 2 {
		b.ask("POST", "/courses/marks", "application/json", body).want(200)
	}
	tr := must(r.courses.Track(ctx, course.OfDevice(b.jar[learnerCookie]), c.Slug))(t)
	if !tr.Finished(l) {
		t.Error("the lesson is not finished")
	}
	b.ask("POST", "/courses/marks", "application/json", "{").want(400 + 22)
	many := string(must(json.Marshal(map[string]any{"marks": make([]kept, course.MaxMarks+1)}))(t))
	b.ask("POST", "/courses/marks", "application/json", many).want(422)
}

// TestNotForMe puts a course away and takes that back.
func TestNotForMe(t *testing.T) {
	t.Parallel()
	b := newRig(t).browser("visitor")
	c, _ := first(t)
	at := b.post("/courses/hide", url.Values{"course": {slug}, "on": {"1"}}).to()
	b.get(at).want(200).says("Прибрали курс", "Не для мене: 1 курс")
	if b.get("/courses").doc.Find(".os-next a[href^='/courses/"+slug+"']").Length() != 0 {
		t.Error("a course that was put away is still suggested")
	}
	b.pass(time.Minute)
	b.post("/courses/hide", url.Values{"course": {slug}, "on": {""}}).to()
	b.get("/courses").silent("Не для мене: 1")
	b.get(atCourse(c.Slug)).silent("Ви прибрали")
	b.post("/courses/hide", url.Values{"course": {"no-such"}, "on": {"1"}}).want(404)
	b.post("/courses/forget", nil).to()
	if b.jar[learnerCookie] != "" {
		t.Error("the key stays")
	}
}

// TestSearchIsKind finds a course by Russian letters and a wrong layout.
func TestSearchIsKind(t *testing.T) {
	t.Parallel()
	b := newRig(t).browser("visitor")
	for _, q := range []string{"шахраї", "Шахраями", "shahray", "if[hf", "fraud", "захист від шахраїв", "захыст"} {
		p := b.get("/courses?q=" + url.QueryEscape(q)).want(200)
		if hit := p.doc.Find(".os-courses a[href='"+atCourse(slug)+"']").Length() > 0; hit == (q == "shahray") {
			t.Errorf("%q: found %v", q, hit)
		}
	}
	b.get("/courses?q=" + url.QueryEscape("велосипед")).want(200).says("немає")
	b.get("/courses?level=A1&audience=older&area=ua5").want(200).says("Захист від шахраїв")
	b.get("/courses?q=" + strings.Repeat("a", 3000)).want(200)
}

// TestGroups is a group from its making to the attendance.
func TestGroups(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m, b := r.browser("mentor"), r.browser("resident")
	m.get("/mentor/groups").want(200).says("Перша", "Тут ще немає груп")
	proper(t, "uk", "new", m.get("/mentor/groups/new").want(200))
	m.post("/mentor/groups/new", url.Values{"course": {slug}, "seats": {"1"}}).want(422).says("від 1 до")
	form := url.Values{"course": {slug}, "seats": {"1"}, "day": {"2026-12-01"}, "at": {"10:00"}, "length": {"60"}, "count": {"3"}, "every": {"7"}, "room": {"Зала"}}
	m.post("/mentor/groups/new", url.Values{"course": {slug}, "venue": {"lib-2"}, "seats": {"1"}, "day": {"2026-12-01"}, "at": {"10:00"}, "length": {"60"}, "count": {"3"}, "every": {"7"}}).want(422)
	at, _, _ := strings.Cut(m.post("/mentor/groups/new", form).to(), "?")
	page := m.get(at).want(200).says("Код для запрошення", "Ще ніхто не приєднався")
	proper(t, "uk", at, page)
	code := page.text(".os-secret__value")
	r.browser("stranger").get(at).want(404)
	r.browser("resident").get(at).want(403)

	group := "/courses/groups/" + code
	if to := b.get("/courses/groups?code=" + strings.ToLower(code)).to(); !strings.EqualFold(to, group) {
		t.Errorf("the code leads to %q", to)
	}
	b.get("/courses/groups?code=QQQ").want(422)
	b.get("/courses/groups/QQQQQQ").want(404)
	p := b.get(group).want(200).says("Приєднатися", "1 грудня 2026")
	proper(t, "uk", group, p)
	b.post(group, nil).to()
	b.get(group).says("У вас є місце")
	v := r.browser("visitor")
	v.post(group, nil).to()
	v.get(group).says("Ви в черзі").silent("Олена")
	m.get(at).says("Олена", "Без імені", "у черзі")
	b.post(group+"/leave", nil).to()
	v.get(group).says("У вас є місце")
	b.post(group, nil).to()
	b.get(group).says("Ви в черзі")

	proper(t, "uk", "attendance", m.get(at+"/1").want(200))
	m.get(at + "/9").want(404)
	m.post(at+"/1", url.Values{}).want(422)
	l := course.OfDevice(v.jar[learnerCookie])
	m.post(at+"/1", url.Values{"state": {"shelter"}, "who." + string(l): {"absent"}}).to()
	m.get(at).says("Перейшли в укриття")
	m.post(at+"/state", url.Values{"state": {"cancelled"}}).to()
	v.get(group).says("Групу скасовано")
	plan := m.get(atCourse(slug, must(r.h.o.Catalogue.Course(slug))(t).Lessons[0].Slug, "plan")).want(200)
	proper(t, "uk", "plan", plan)
}

// TestBeforeAndAfter is the proof of a course by one person.
func TestBeforeAndAfter(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.browser("resident")
	var c *course.Course
	for _, one := range r.h.o.Catalogue.Courses() {
		if v := (&view{h: r.h}); len(v.pairs(one)) > 0 && one.Final != nil {
			c = one
			break
		}
	}
	if c == nil {
		t.Fatal("the bank has no parallel tasks for any course")
	}
	b.get(atCourse(c.Slug)).want(200).says("Кілька завдань до курсу")
	p := b.get(atCourse(c.Slug, "before")).want(200)
	proper(t, "uk", "before", p)
	b.post(atCourse(c.Slug, "before"), nil).want(422)
	v := (&view{h: r.h})
	before, _ := course.Forms(v.pairs(c), course.OfPerson(pid("resident")), c.Slug)
	fill := func(items []*instrument.Item) url.Values {
		values := url.Values{}
		for _, it := range items {
			for name, list := range it.ToForm(instrumentRight(t, it)) {
				values[prefixOf(it)+name] = list
			}
		}
		return values
	}
	b.post(atCourse(c.Slug, "before"), fill(before)).to()
	b.get(atCourse(c.Slug)).silent("Кілька завдань до курсу")
	b.get(atCourse(c.Slug, "after")).want(409)
	good := fill(c.Final.Items)
	good.Set("try", "t")
	b.get(b.post(atCourse(c.Slug, "final"), good).to()).says("Минув тиждень")
	r.pass(8 * 24 * time.Hour)
	p = b.get(atCourse(c.Slug, "after")).want(200)
	proper(t, "uk", "after", p)
	proof := must(r.courses.ProofOf(ctx, course.OfPerson(pid("resident")), c.Slug))(t)
	var after []*instrument.Item
	for _, id := range proof.Plan {
		for _, it := range r.h.o.Library.Items() {
			if it.ID == id {
				after = append(after, it)
			}
		}
	}
	b.post(atCourse(c.Slug, "after"), fill(after)).to()
	b.get(atCourse(c.Slug, "proof")).want(200).says("Поки замало людей")
	b.get(atCourse(c.Slug, "after")).want(409)
}

// TestOfflineFile: one file with everything and no address to send anything to.
func TestOfflineFile(t *testing.T) {
	t.Parallel()
	b := newRig(t).browser("visitor")
	for _, c := range b.h.o.Catalogue.Courses() {
		a := b.get(atCourse(c.Slug, "offline")).want(200)
		if !strings.Contains(a.Header().Get("Content-Disposition"), "attachment") || a.doc.Find("form, script, input, img[src], link").Length() != 0 {
			t.Errorf("%s: the file sends or loads something", c.Slug)
		}
		if n := a.doc.Find("h2").Length(); n != len(c.Lessons) {
			t.Errorf("%s: %d lessons of %d", c.Slug, n, len(c.Lessons))
		}
	}
	b.get("/courses/sw.js").want(200)
	b.get("/courses/media/no-such.svg").want(404)
	b.get("/courses/media/..%2Fsecret").want(404)
}

// TestUnknownThings are pages that are not there.
func TestUnknownThings(t *testing.T) {
	t.Parallel()
	b := newRig(t).browser("visitor")
	_, l := first(t)
	for _, path := range []string{"/courses/no-such", atCourse(slug, "no-such"), atStep(slug, l.Slug, "no-such"), atStep("no-such", "a", "b"),
		atCourse("no-such", "final"), atCourse("no-such", "offline"), atCourse("no-such", "proof")} {
		b.get(path).want(404)
	}
	if got := b.get("/office/courses").Code; got == 200 {
		t.Error("a visitor sees the office")
	}
	r := b.rig
	r.actors["half"] = &person.Actor{Person: pid("half"), Grants: []person.Grant{{Role: person.Mentor, Place: "lib-1"}}, Where: "web"}
	if got := r.browser("half").get("/mentor/groups").Code; got == 200 {
		t.Error("a mentor without a second factor sees groups")
	}
}

// TestStepsFollowTheResult: with a result the list says why.
func TestStepsFollowTheResult(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.browser("visitor")
	b.get("/courses").want(200).says("З чого почати", "добрий початок для кожного")
	value := 41.0
	r.score = &sitting.Score{Level: "A2", Overall: &value}
	for _, a := range r.h.areas {
		x := 60.0
		if a.id == "ua5" {
			x = 25
		}
		r.score.Areas = append(r.score.Areas, sitting.AreaScore{ID: a.id, Value: &x, Word: sitting.Word("same")})
	}
	p := b.get("/courses").want(200).says("Ваші наступні кроки", "бо у сфері")
	if first := plain(p.doc.Find(".os-next__why").First().Text()); !strings.Contains(first, "Безпека") {
		t.Errorf("the first step says %q", first)
	}
	if n := p.doc.Find(".os-trio .os-next").Length(); n != course.MaxNext {
		t.Errorf("%d steps", n)
	}
}

// TestLessonIsLight: the first view of a lesson, styles and scripts with it.
func TestLessonIsLight(t *testing.T) {
	t.Parallel()
	b := newRig(t).browser("visitor")
	size := func(raw []byte) int {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		if _, err := z.Write(raw); err != nil || z.Close() != nil {
			t.Fatal("gzip")
		}
		return out.Len()
	}
	files := 0
	for _, name := range []string{"resident.css", "resident.js", "learning.css", "learning.js", "favicon.svg"} {
		raw, err := fs.ReadFile(static.FS(), strings.TrimPrefix(static.Path(name), static.Prefix))
		if err != nil {
			t.Fatal(err)
		}
		files += size(raw)
	}
	most := 0
	for _, c := range b.h.o.Catalogue.Courses() {
		for _, l := range c.Lessons {
			for _, a := range l.Activities {
				most = max(most, size(b.get(atStep(c.Slug, l.Slug, a.ID)).want(200).Body.Bytes()))
			}
		}
	}
	t.Logf("files %d, the heaviest activity %d bytes", files, most)
	if files+most > 45_000 {
		t.Errorf("the first view of a lesson has %d bytes", files+most)
	}
}

// A gain says which wave of the city it rests on, or that there is none to rest on.
func TestAGainSaysWhatItRestsOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for lang, says := range map[string][4]string{i18n.Ukrainian: {"", "ще не опублікувало", "замало", "«осінь» (випуск w-r1)"}, i18n.English: {"", "not published", "too few", "(release w-r1)"}} {
		v := &view{h: r.h, w: r.h.o.Words.Lang(lang), lang: lang}
		for i, g := range []course.Gain{{Verdict: course.TooFew}, {N: 10, Missing: course.NoWave}, {N: 10, Missing: course.NoScale},
			{N: 10, Corrected: true, Release: "w-r1", Wave: i18n.Text{UK: "осінь", EN: "autumn"}, City: 55}} {
			got := strings.Join(v.rests(g), " ")
			if (says[i] == "") != (got == "") || !strings.Contains(got, says[i]) {
				t.Errorf("%s %d: %q", lang, i, got)
			}
		}
	}
}
