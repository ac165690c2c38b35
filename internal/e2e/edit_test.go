//go:build e2e

package e2e

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// An editor writes, sees the fault beside its field, mends it and looks at it as a
// learner would; another person reads and signs; learners see the new version; the older
// one is published again. Everything without a script. What was published goes back into
// files that the program accepts.
func TestACourseIsWrittenReviewedPublishedAndTakenBack(t *testing.T) {
	t.Parallel()
	p := town(t)
	editor, reader := staffAt(t, p, "content-editor"), staffAt(t, p, "administrator")
	learner := testkit.NewVisitor(t, p.Site, "uk")
	const at, call = "/office/courses/fraud-protection", "/office/courses/fraud-protection/edit/call-from-bank"
	says := func(a *testkit.Answered, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(testkit.Plain(a.Text("main")), w) {
				t.Fatalf("%s does not say %q:\n%s", a.Path, w, testkit.Plain(a.Text("main")))
			}
		}
	}
	says(editor.Get("/office/courses").Want(t, 200), "Чернетки", "Новий курс")
	says(editor.Post(at+"/draft", url.Values{"do": {"copy"}}).Want(t, 200), "Чернетка готова", "Помилок немає")

	// a new lesson is full of faults until it is written
	says(editor.Post(at+"/lessons", url.Values{"do": {"add"}, "title_uk": {"Зайвий урок"}}).Want(t, 200), "Заповніть це поле")
	says(editor.Get(at+"/edit").Want(t, 200), "Зайвий урок", "Скасувати: новий урок")
	editor.Post(at+"/draft", url.Values{"do": {"undo"}}).Want(t, 200)

	_, form := editor.Get(call).Want(t, 200).Form("form.os-edit")
	form.Set("/title/uk", "Дзвінок із невідомого номера!")
	says(editor.Post(call, form).Want(t, 200), "Збережено", "Без знаків оклику")
	says(editor.Get(at+"/edit").Want(t, 200), "Ще 1 помилка")
	_, form = editor.Get(call).Want(t, 200).Form("form.os-edit")
	form.Set("/title/uk", "Дзвінок із невідомого номера")
	says(editor.Post(call, form).Want(t, 200), "Збережено")
	says(editor.Get(at+"/preview/call-from-bank").Want(t, 200), "Попередній перегляд", "Дзвінок із невідомого номера")
	says(learner.Get("/courses/fraud-protection").Want(t, 200), "Дзвінок «із банку»", "людина ще не перевірила")

	says(editor.Post(at+"/flow", url.Values{"do": {"ask"}, "note": {"Новий заголовок"}}).Want(t, 200), "має хтось інший")
	_, form = reader.Get(at+"/edit").Want(t, 200).Form("#flow form.os-card")
	form.Set("do", "sign")
	form.Set("name", "Ірина Рецензентка")
	says(reader.Post(at+"/flow", form).Want(t, 200), "Підписано", "Ірина Рецензентка")
	says(editor.Post(at+"/publish", url.Values{}).Want(t, 200), "Опубліковано", "Версія 2", "Ірина Рецензентка")
	says(learner.Get("/courses/fraud-protection").Want(t, 200), "Дзвінок із невідомого номера", "Перевірила людина: Ірина Рецензентка")
	says(editor.Get(at+"/compare?a=1&b=2").Want(t, 200), "1 відмінність", "невідомого номера")

	// as files: a folder of content with the exported course is sound
	folder := filepath.Join(t.TempDir(), "content")
	root, err := testkit.Root()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(root, "content"))); err != nil {
		t.Fatal(err)
	}
	out := operate(t, p, "content", "export", folder)
	line := ""
	for _, l := range strings.Split(out, "\n") {
		if strings.HasPrefix(l, "course/fraud-protection@2 ") {
			line = l
		}
	}
	sum := filepath.Join(folder, "content.sum")
	raw, err := os.ReadFile(sum)
	if err != nil || line == "" {
		t.Fatal(out, err)
	}
	if err := os.WriteFile(sum, append(raw, line+"\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	operate(t, p, "content", "check", folder)
	first, err := os.ReadFile(filepath.Join(folder, "courses/fraud-protection/01-call-from-bank.yaml"))
	if err != nil || !strings.Contains(string(first), "Дзвінок із невідомого номера") {
		t.Fatalf("%v\n%.200s", err, first)
	}
	operate(t, p, "content", "export", folder)
	if again, err := os.ReadFile(filepath.Join(folder, "courses/fraud-protection/01-call-from-bank.yaml")); err != nil || string(again) != string(first) {
		t.Error("a second export writes other bytes")
	}

	says(editor.Post(at+"/again", url.Values{"version": {"1"}}).Want(t, 200), "Версія 3")
	says(learner.Get("/courses/fraud-protection").Want(t, 200), "Дзвінок «із банку»", "людина ще не перевірила")
	says(reader.Get("/office/audit?action=course.publish.again").Want(t, 200), "course.publish.again")
}

// operate runs an operator's command on the data of a program.
func operate(t *testing.T, p *testkit.Program, words ...string) string {
	t.Helper()
	c := exec.Command(binary, words...)
	c.Env = append(os.Environ(), "OSVITLO_DATA="+p.Data, "OSVITLO_LANG=en")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", words, err, out)
	}
	return string(out)
}

// The pages where courses are written: no barrier that axe knows of, on a telephone and
// on a desk, light and dark.
func TestPagesOfEditorsAreAccessible(t *testing.T) {
	t.Parallel()
	p := town(t)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	v := staffAt(t, p, "content-editor")
	const at = "/office/courses/fraud-protection"
	v.Post(at+"/draft", url.Values{"do": {"copy"}}).Want(t, 200)
	_, form := v.Get(at+"/edit/call-from-bank").Want(t, 200).Form("form.os-edit")
	form.Set("/minutes", "12")
	v.Post(at+"/edit/call-from-bank", form).Want(t, 200)
	for name, screen := range map[string]testkit.Screen{"phone": testkit.Phone, "desk": testkit.Desktop} {
		tab := b.Tab(t, screen)
		tab.Open("/help")
		tab.Take(asBrowser(v))
		for i, path := range []string{at + "/edit", at + "/edit/call-from-bank", at + "/edit/call-from-bank/fake-call", at + "/edit/call-from-bank/what-to-do", at + "/edit/final",
			at + "/text/call-from-bank", at + "/versions", at + "/compare", at + "/preview/family-in-trouble", "/office/courses/new", "/office/courses"} {
			lang := []string{"uk", "en"}[i%2]
			if got := tab.Open(path + "?lang=" + lang); got != 200 {
				t.Errorf("%s: %s answers %d", name, path, got)
				continue
			}
			look(t, tab, name+" "+path, screen.Phone)
		}
	}
}
