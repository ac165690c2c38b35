//go:build e2e

package services

import (
	"net/url"
	"strings"
	"testing"

	"osvitlo/internal/i18n"
	"osvitlo/internal/testkit"
)

// Every page in both languages on a telephone: no barrier that axe knows of, light and
// dark; no small target; nothing wider than the screen. Then the way of a person: find,
// read, say where one stopped, and of an editor: warn.
func TestEveryPageIsAccessible(t *testing.T) {
	r := newRig(t)
	r.serve()
	if w, _ := r.post("/office/warnings/new", url.Values{"title": {"Дзвінки «перевірте лічильник»"}, "looks": {"Дзвонять і просять код."}, "act": {"Покладіть слухавку."}, "days": {"7"}}); w.Code != 303 {
		t.Fatal(w.Code)
	}
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: r.local, Shots: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, lang := range i18n.Languages {
		screen := testkit.Phone
		screen.Lang = lang
		tab := b.Tab(t, screen)
		for _, path := range []string{"/services", "/services/" + slug, "/services/" + slug + "/go/0", "/services/" + slug + "/print", "/services/manual", "/services/warnings", "/services/warnings/print", "/services/use",
			"/office/services", "/office/services/" + slug, "/office/services/" + slug + "/steps/open", "/office/services/use", "/office/services/counts", "/office/warnings", "/office/warnings/new"} {
			tab.Open(path + "?lang=" + lang)
			for _, v := range tab.Axe() {
				t.Errorf("%s (%s): %v", path, lang, v)
			}
			tab.Dark(true)
			for _, v := range tab.Contrast() {
				t.Errorf("%s (%s, dark): %v", path, lang, v)
			}
			tab.Dark(false)
			least := 44
			if strings.HasPrefix(path, "/office") {
				least = 40 // buttons in the tables of staff
			}
			for _, small := range tab.Small(least) {
				t.Errorf("%s (%s): a target under 44 px: %s", path, lang, small)
			}
			for _, wide := range tab.Wider() {
				t.Errorf("%s (%s): %s", path, lang, wide)
			}
		}
	}
	tab := b.Tab(t, testkit.Phone)
	tab.Open("/services?q=" + url.QueryEscape("пенсионный"))
	tab.FollowTo(".os-svc__list a")
	tab.FollowTo("#said form button[value=yes]")
	if n := testkit.Eval[int](tab, "document.querySelectorAll('#said [role=status]').length"); n != 1 {
		t.Error("no thanks after «допомогло»")
	}
}
