//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// names are what a page may write in the letters of the other language: names of
// things, kinds of files, ids of releases, and titles of sources that are cited.
var names = map[string][]string{
	"uk": strings.Fields(`
    Bluetooth Chrome Facebook GPS Instagram JavaScript SIM SMS Signal TalkBack NVDA Viber WhatsApp Wi-Fi YouTube
    AA iCalendar BY-NC Cookie cookie DigComp DigCompEdu Eurostat WCAG CSV GeoJSON JSON JSONLD PDF PEM SIG ZIP Creative Commons Attribution
    autumn-demo spring-demo demo gov.ua osvitlo-release-key well-known osvitlo index verify release.zip
    Cachia Cosgrove Kluzer Punie Vuorikari Centre Commission Competence Digital EUR European Framework JRC Joint Research
    dComFra digital doi edition fifth Explained Skills Statistics age for the`),
	"en": {"ДСТУ"},
}

// Every page, in both languages: no barrier that axe knows of, light and dark; no
// small target, no key instead of words, one heading.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	for lang, w := range map[string]words{"uk": uk, "en": en} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			screen := testkit.Phone
			screen.Lang = lang
			tab := chrome.Tab(t, screen)
			for _, s := range tour(t, lang) {
				s.visit(t, tab, w)
				if got := testkit.Eval[string](tab, `document.documentElement.lang`); got != lang {
					t.Errorf("%s: the page says it speaks %q", s.in(lang, ""), got)
				}
				plain(t, tab)
				for _, word := range tab.Foreign(names[lang]...) {
					t.Errorf("%s: a word of the other language: %s", s.in(lang, ""), word)
				}
				for _, v := range tab.Axe() {
					t.Errorf("%s: %v", s.in(lang, "light"), v)
				}
				if lang == "uk" { // colours do not depend on the language
					tab.Dark(true)
					for _, v := range tab.Contrast() {
						t.Errorf("%s: %v", s.in(lang, "dark"), v)
					}
					tab.Dark(false)
				}
				for _, small := range tab.Small(44) {
					t.Errorf("%s: a target under 44 px: %s", s.in(lang, ""), small)
				}
				for _, wide := range tab.Wider() {
					t.Errorf("%s: %s", s.in(lang, "360 px"), wide)
				}
			}
		})
	}
}

// A narrow telephone whose owner made the text twice as large: nothing is cut and
// nothing has to be moved sideways.
func TestEveryPageAt320WithLargeText(t *testing.T) {
	t.Parallel()
	b, err := large()
	if err != nil {
		t.Fatal(err)
	}
	for lang, w := range map[string]words{"uk": uk, "en": en} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			tab := b.Tab(t, testkit.Screen{Width: 320, Height: 640, Phone: true, Lang: lang})
			for i, s := range tour(t, lang) {
				s.visit(t, tab, w)
				if size := testkit.Eval[string](tab, `getComputedStyle(document.documentElement).fontSize`); i == 0 && size != "32px" {
					t.Fatalf("the root's text is %s, want 32px", size)
				}
				for _, wide := range tab.Wider() {
					t.Errorf("%s: %s", s.in(lang, "320 px at 200 %"), wide)
				}
				for _, text := range tab.Clipped() {
					t.Errorf("%s: a list shows only the beginning of %q", s.in(lang, "320 px at 200 %"), text)
				}
			}
		})
	}
}
