//go:build e2e

package app

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/config"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/coursepack"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

const packageCourse, packageLesson = "fraud-protection", "call-from-bank"

// pack zips a folder of the package's examples.
func pack(t *testing.T, folder string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if err := w.AddFS(os.DirFS("../coursepack/testdata/" + folder)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type packSite struct {
	app *App
	*httptest.Server
}

// packages builds a site whose lesson shows three packages, taken in as an editor does.
func packageSite(t *testing.T, env map[string]string) packSite {
	t.Helper()
	c, _, err := config.Load("serve", []string{"--demo", "--demo-people", "0", "--data", t.TempDir()}, func(k string) string { return env[k] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(context.Background(), c, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	one, err := a.Library.Course(packageCourse)
	if err != nil {
		t.Fatal(err)
	}
	l := one.Lesson(packageLesson)
	before := l.Activities
	l.Activities = slices.Clone(before)
	t.Cleanup(func() { l.Activities = before })
	editor := person.Actor{Person: demoOf(t, a, person.Editor), Grants: []person.Grant{{Role: person.Editor}}, Strong: true, Fresh: true, Where: "web"}
	for _, name := range []string{"scorm12", "scorm2004", "h5p"} {
		if _, err := a.Packages.Add(context.Background(), &editor, coursepack.Sent{Name: name, Size: -1}, bytes.NewReader(pack(t, name))); err != nil {
			t.Fatal(name, err)
		}
		l.Activities = append(l.Activities, lesson.Activity{ID: "pack-" + name, Type: lesson.TypePackage, Title: i18n.Text{UK: "Вправа " + name},
			Body: &lesson.Package{Package: name, Words: i18n.Text{UK: "Покладіть слухавку."}}})
	}
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	return packSite{a, s}
}

func (s packSite) at(name string) string {
	return "/courses/" + packageCourse + "/" + packageLesson + "/step/pack-" + name
}

func (s packSite) states(t *testing.T) string {
	t.Helper()
	e, err := s.app.Packages.All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, st := range e {
		for _, p := range st.Parts {
			b.WriteString(st.Activity + " " + p.ID + " " + p.Kept + "\n")
		}
	}
	return b.String()
}

const player = "../../scripts/e2e/node_modules/h5p-standalone/dist"

// A SCO in its frame finds its API, is given what it kept, and its result is recorded;
// it reaches neither the page around it, nor cookies, nor the site.
func TestAPackageInALessonIsRecordedAndHeldIn(t *testing.T) {
	if _, err := fs.Stat(os.DirFS(player), "main.bundle.js"); err != nil {
		t.Fatal("npm ci in scripts/e2e brings the H5P player: ", err)
	}
	s := packageSite(t, map[string]string{"OSVITLO_H5P_PLAYER": player})
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: s.URL, Shots: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	tab := b.Tab(t, testkit.Phone)
	open := func(name string) {
		t.Helper()
		tab.Open(s.at(name))
		tab.Wait(`document.querySelector('[data-part]:not([hidden])') !== null`)
	}
	said := func(words string) {
		t.Helper()
		tab.Wait(`document.querySelector('.os-pack [role=status]').textContent.replace(/\u00a0/g, ' ').includes('` + words + `')`)
		tab.Forgive() // the browser reports what the frame was refused
	}

	open("scorm12")
	tab.Press("Почати вправу")
	said("правильно 80 зі 100")
	kept := s.states(t)
	for _, must := range []string{"top=blocked", "cookies=blocked", "fetch=blocked", "storage=1", "jar=seen=1", "00:01:30"} {
		if !strings.Contains(kept, must) {
			t.Errorf("no %s in %s", must, kept)
		}
	}
	if tab.Path() != s.at("scorm12") {
		t.Errorf("the package led the page to %s", tab.Path())
	}
	open("scorm12") // once more, with what it kept
	tab.Press("Почати вправу")
	said("правильно 100 зі 100")

	open("scorm2004")
	tab.Press("Перша частина")
	said("правильно 100 зі 100")
	tab.Press("Друга частина")
	said("правильно 50 зі 100")
	if kept := s.states(t); !strings.Contains(kept, "pack-scorm2004 p2") || !strings.Contains(kept, "second=true") {
		t.Error(kept)
	}

	open("h5p")
	tab.Press("Почати вправу")
	said("правильно 67 зі 100")
	for _, v := range tab.Axe() {
		t.Error(v)
	}
	tab.Open("/courses/" + packageCourse + "/" + packageLesson + "/step/pack-scorm2004")
	tab.See("75") // of both parts, in the words above the exercise
}

// Without a script the page says so and tells the same in words, and the lesson goes on.
func TestAPackageWithoutAScriptIsToldInWords(t *testing.T) {
	s := packageSite(t, nil)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: s.URL, Shots: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	screen := testkit.Phone
	screen.NoScript = true
	tab := b.Tab(t, screen)
	tab.Open(s.at("scorm12"))
	tab.See("Ця вправа потребує JavaScript")
	tab.Press("Те саме словами")
	tab.See("Покладіть слухавку")
	tab.Follow("Далі")
	if tab.Path() != s.at("scorm2004") {
		t.Errorf("at %s", tab.Path())
	}
	tab.Open(s.at("h5p"))
	tab.See("Програвач для цієї вправи ще не налаштовано")
	tab.See("Покладіть слухавку")
}

// At an origin of their own packages find nothing else of the site, and are found nowhere
// else.
func TestPackagesAtAnOriginOfTheirOwn(t *testing.T) {
	s := packageSite(t, map[string]string{"OSVITLO_PACKAGE_URL": "http://packages.localhost:1"})
	p, err := s.app.Packages.ByID(context.Background(), "scorm12")
	if err != nil {
		t.Fatal(err)
	}
	src := p.Src("", &p.Parts[0])
	ask := func(host, path string) int {
		r, err := http.NewRequest("GET", s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	for _, c := range []struct {
		host, path string
		want       int
	}{{"packages.localhost:1", src, 200}, {"packages.localhost:1", "/me/data", 404}, {"packages.localhost:1", "/", 404}, {"localhost", src, 404}, {"localhost", "/", 200}} {
		if got := ask(c.host, c.path); got != c.want {
			t.Errorf("%s%s: %d, not %d", c.host, c.path, got, c.want)
		}
	}
}
