//go:build e2e

package e2e

import (
	"net/url"
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// lessons are the addresses of pages of learning that show everything once.
func lessons(t *testing.T) (list []string) {
	t.Helper()
	v := testkit.NewVisitor(t, city.Site, "uk")
	course := "/courses/fraud-protection"
	lesson := ""
	for _, a := range v.Get(course).Want(t, 200).Doc().Find(".os-lessons a").EachIter() {
		if href, _ := a.Attr("href"); lesson == "" {
			lesson = href
		}
	}
	list = append(list, "/courses", "/courses?q=хххх", "/courses/groups", course, lesson, course+"/final", course+"/proof", course+"/before", lesson+"/handout", lesson+"/done", lesson+"/safe")
	for _, step := range []string{"episode", "three-signs", "fake-call", "fake-call?said=1&mark=c&mark=a", "what-to-do", "what-to-do?said=1&answer=a", "first-minutes", "first-minutes?said=1&answer.bank=1&answer.police=2&answer.notes=3", "today", "remember"} {
		list = append(list, lesson+"/step/"+step)
	}
	return list
}

// Every page of learning: no barrier that axe knows of, light and dark, on a telephone
// and on a desk, in both languages; nothing wider than the screen, no small target.
func TestPagesOfLearningAreAccessible(t *testing.T) {
	t.Parallel()
	for name, screen := range map[string]testkit.Screen{"phone": testkit.Phone, "desk": testkit.Desktop} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := chrome.Tab(t, screen)
			for _, path := range lessons(t) {
				for _, lang := range []string{"uk", "en"} {
					sep := "?"
					if strings.Contains(path, "?") {
						sep = "&"
					}
					if got := tab.Open(path + sep + "lang=" + lang); got != 200 {
						t.Errorf("%s answers %d", path, got)
						continue
					}
					look(t, tab, path+" "+lang, screen.Phone)
				}
			}
		})
	}
}

func look(t *testing.T, tab *testkit.Tab, where string, phone bool) {
	t.Helper()
	for _, barrier := range tab.Axe() {
		t.Errorf("%s: %v", where, barrier)
	}
	for _, wide := range tab.Wider() {
		t.Errorf("%s: %s", where, wide)
	}
	least := 24
	if phone {
		least = 44
	}
	for _, small := range tab.Small(least) {
		t.Errorf("%s: a target under %d px: %s", where, least, small)
	}
	for _, key := range tab.Keys() {
		t.Errorf("%s: %s", where, key)
	}
	tab.Dark(true)
	for _, barrier := range tab.Contrast() {
		t.Errorf("%s, dark: %v", where, barrier)
	}
	tab.Dark(false)
}

// The desk of groups and the page of editors.
func TestPagesOfGroupsAreAccessible(t *testing.T) {
	t.Parallel()
	p := town(t) // a code of the second factor works once: nobody else may use it here
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	for role, paths := range map[string][]string{"mentor": {"/mentor/groups", "/mentor/groups/new", "/courses/fraud-protection/call-from-bank/plan"}, "content-editor": {"/office/courses", "/office/courses/fraud-protection"}} {
		t.Run(role, func(t *testing.T) {
			v := staffAt(t, p, role)
			tab := b.Tab(t, testkit.Phone)
			tab.Open("/help")
			tab.Take(asBrowser(v))
			if role == "mentor" {
				made := v.Post("/mentor/groups/new", url.Values{"course": {"fraud-protection"}, "seats": {"5"}, "day": {"2035-12-01"}, "at": {"10:00"},
					"length": {"60"}, "count": {"3"}, "every": {"7"}, "room": {"Читальна зала"}}).Want(t, 200)
				at, _, _ := strings.Cut(made.Path, "?")
				group := "/courses/groups/" + testkit.Plain(made.Text(".os-secret__value"))
				testkit.NewVisitor(t, p.Site, "uk").Post(group, url.Values{}).Want(t, 200)
				paths = append(paths, at, at+"/1", group)
			}
			for _, path := range paths {
				if got := tab.Open(path); got != 200 {
					t.Errorf("%s answers %d", path, got)
					continue
				}
				look(t, tab, path, strings.HasPrefix(path, "/mentor"))
			}
		})
	}
}

// A lesson by hand: the keyboard, the guard of imitations, the next step.
func TestAFieldOfAnImitationKeepsNothingReal(t *testing.T) {
	t.Parallel()
	v := testkit.NewVisitor(t, city.Site, "uk")
	tab := chrome.Tab(t, testkit.Phone)
	tried := 0
	for _, c := range v.Get("/courses").Want(t, 200).Doc().Find(".os-courses h3 a").EachIter() {
		course, _ := c.Attr("href")
		pages := v.Get(course+"/pages").Want(t, 200)
		for _, path := range strings.Split(strings.Trim(string(pages.Body), "[]\n"), ",") {
			path = strings.Trim(path, `"`)
			if !strings.Contains(path, "/step/") || v.Get(path).Doc().Find("input[data-imit]").Length() == 0 {
				continue
			}
			tried++
			tab.Open(path)
			for _, real := range []string{"4111 1111 1111 1111", "050 123 45 67", "олена@пошта.укр", "1234567890", "123456"} {
				tab.Type("input[data-imit]", real)
				if left := testkit.Eval[string](tab, `document.querySelector('input[data-imit]').value`); strings.ContainsAny(left, "@") && strings.Contains(left, ".") || strings.Count(strings.Map(digit, left), "0") >= 3 {
					t.Errorf("%s: %q stays as %q", path, real, left)
				}
			}
			if !tab.Has("[role=status].os-fault") {
				t.Errorf("%s: nothing is said", path)
			}
			if tried == 2 {
				return
			}
		}
	}
	if tried == 0 {
		t.Error("no imitation with a field was tried")
	}
}

// digit makes every digit a nought and drops the rest.
func digit(r rune) rune {
	if r >= '0' && r <= '9' {
		return '0'
	}
	return -1
}

// A course that was kept opens without the network; what was done there is sent by itself
// when the network is back, and the alarm leads to its calm page all the same.
func TestLessonsWaitForTheNetwork(t *testing.T) {
	t.Parallel()
	p := town(t)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	tab := b.Tab(t, testkit.Phone)
	const course, lesson = "/courses/fraud-protection", "/courses/fraud-protection/call-from-bank"
	want(tab, 200, tab.Open(course))
	tab.Press("Зберегти уроки на телефоні")
	tab.Wait(`document.getElementById('os-kept').textContent.includes('Збережено')`)
	want(tab, 200, tab.Open(lesson+"/step/how-it-goes"))
	tab.Wait(`navigator.serviceWorker.controller`)
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	tab.Press("Далі")
	tab.Wait(`location.pathname.endsWith('/step/episode') && document.readyState === 'complete'`)
	testkit.Eval[bool](tab, `document.getElementById('film').play() && true`) // of the kept files, the light rendition
	tab.Wait(`document.getElementById('film').currentTime > 0.5 && document.getElementById('film').currentSrc.endsWith('-small.mp4')`)
	testkit.Eval[bool](tab, `(document.getElementById('film').currentTime = 30) > 0`)
	tab.Wait(`document.getElementById('film').currentTime > 30.2`)
	tab.Press("Далі")
	tab.Wait(`location.pathname.endsWith('/step/three-signs') && document.readyState === 'complete'`)
	tab.Press("Далі")
	tab.Wait(`location.pathname.endsWith('/step/fake-call') && document.readyState === 'complete'`)
	if n := testkit.Eval[int](tab, `JSON.parse(localStorage.getItem('os-marks')).filter(m => !m.form.startsWith('position=')).length`); n != 3 {
		t.Errorf("%d acts are kept, not 3", n)
	}
	tab.Press("Тривога: зберегти й вийти")
	tab.Wait(`location.pathname.endsWith('/safe')`)
	if err := p.Again(); err != nil {
		t.Fatal(err)
	}
	want(tab, 200, tab.Open(lesson+"/step/safe-act"))
	tab.Wait(`localStorage.getItem('os-marks') === null`)
	tab.Open(course)
	tab.See("Почато: 3 із 9")
	tab.Forgive()
}
