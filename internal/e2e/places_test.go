//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"osvitlo/internal/testkit"
)

// places are the addresses of the public pages of places.
var places = []string{"/map", "/map?q=бібліотека&power=1", "/map?q=хххх", "/map?near=Подільський", "/map/print", "/places/demo-library-1", "/places/demo-hub", "/places/cnap-kropyvnytskyi"}

// Every page of places: no barrier that axe knows of, nothing wider than the screen, no
// small target, on a telephone and on a desk, in both languages.
func TestPagesOfPlacesAreAccessible(t *testing.T) {
	t.Parallel()
	for name, screen := range map[string]testkit.Screen{"phone": testkit.Phone, "desk": testkit.Desktop} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := chrome.Tab(t, screen)
			for _, path := range places {
				for _, lang := range []string{"uk", "en"} {
					sep := "?lang="
					if len(path) > 5 && path[:5] == "/map?" {
						sep = "&lang="
					}
					if got := tab.Open(path + sep + lang); got != 200 {
						t.Errorf("%s answers %d", path, got)
						continue
					}
					look(t, tab, path+" "+lang, screen.Phone)
				}
			}
		})
	}
}

// The map comes on tap, works with the keyboard, keeps the list in step, and asks nobody
// else for anything: the policy would break the page and the tab would tell.
func TestTheMapByKeyboard(t *testing.T) {
	t.Parallel()
	tab := chrome.Tab(t, testkit.Desktop)
	if got := tab.Open("/map?lang=uk"); got != 200 {
		t.Fatal(got)
	}
	if testkit.Eval[bool](tab, `!!document.querySelector('script[src*="/map."]')`) {
		t.Error("the map is loaded before anybody asks")
	}
	tab.TabTo("Відкрити карту")
	tab.Key(kb.Enter)
	tab.Wait(`document.querySelectorAll('#live-map .os-mark').length > 0`)
	if !testkit.Eval[bool](tab, `document.activeElement.id === 'live-map'`) {
		t.Error("the focus is not on the map")
	}
	tab.Wait(`[...document.querySelectorAll('#live-map .os-mark')].every(m => m.tabIndex === 0 && m.getAttribute('role') === 'button' && m.getAttribute('aria-label'))`)
	testkit.Eval[bool](tab, `([...document.querySelectorAll('#live-map .os-mark')].forEach(m => m.dataset.old = '1'), true)`)
	tab.Key("+")                                                                           // the map's own key
	tab.Wait(`document.querySelector('#live-map .os-mark--one:not([data-old])') !== null`) // drawn anew, nearer
	testkit.Eval[bool](tab, `(document.querySelector('#live-map .os-mark--one').focus(), true)`)
	tab.Key(kb.Enter)
	tab.Wait(`document.querySelector('.leaflet-popup-content a[href^="/places/"]') !== null && document.querySelector('.os-door--on') !== null`)
	for _, barrier := range tab.Axe() {
		t.Errorf("the open map: %v", barrier)
	}
	for _, small := range tab.Small(24) {
		t.Errorf("the open map: %s", small)
	}
}

// Without a script the list answers all the same: search, filters, a place's page.
func TestTheListWithoutScript(t *testing.T) {
	t.Parallel()
	v := testkit.NewVisitor(t, city.Site, "uk")
	doc := v.Get("/map?power=1&q="+"%D0%B1%D1%96%D0%B1%D0%BB%D1%96%D0%BE%D1%82%D0%B5%D0%BA%D0%B0").Want(t, 200).Doc()
	if doc.Find(".os-door").Length() == 0 || doc.Find("#c-power[checked]").Length() != 1 {
		t.Error(doc.Find("main").Text())
	}
	href, _ := doc.Find(".os-door__name a").Attr("href")
	if v.Get(href).Want(t, 200).Doc().Find("h1").Length() != 1 {
		t.Error("no page of the place")
	}
}
