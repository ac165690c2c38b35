//go:build e2e

package account

import (
	"testing"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/testkit"
)

// Every page in both languages on a telephone: no barrier that axe knows of, light and
// dark, with strong contrast and large letters; no small target; nothing wider than
// the screen.
func TestEveryPageIsAccessible(t *testing.T) {
	r := newRig(t)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: r.local, Shots: t.TempDir()})
	must(t, err)
	defer b.Close()
	for _, lang := range i18n.Languages {
		screen := testkit.Phone
		screen.Lang = lang
		tab := b.Tab(t, screen)
		check := func(path string) {
			t.Helper()
			for _, v := range tab.Axe() {
				t.Errorf("%s (%s): %v", path, lang, v)
			}
			tab.Dark(true)
			for _, v := range tab.Contrast() {
				t.Errorf("%s (%s, dark): %v", path, lang, v)
			}
			tab.Dark(false)
			for _, small := range tab.Small(44) {
				t.Errorf("%s (%s): a target under 44 px: %s", path, lang, small)
			}
			for _, wide := range tab.Wider() {
				t.Errorf("%s (%s): %s", path, lang, wide)
			}
		}
		look := func(path string) {
			t.Helper()
			tab.Open(path)
			check(path)
		}
		for _, path := range []string{"/sign-in", "/sign-in/card", "/sign-in/code", "/sign-in/passkey", "/sign-in/device", "/sign-in/code/check", "/register", "/preferences",
			"/receipts", "/me/help", "/sign-in/bye", "/register/waiting", "/register/waiting/sheet", "/join/none"} {
			look(path)
		}
		_, card := r.learner(t, "Ann Lee", person.Pictures)
		tab.Open("/c#" + card.Payload)
		tab.FollowTo("form[data-card] button")
		check("the first picture")
		for _, one := range card.Secret {
			tab.FollowTo("button[value=" + one + "]")
		}
		for _, path := range []string{"/me", "/me/contact", "/me/ways", "/me/email", "/me/passkeys", "/me/devices", "/me/data", "/me/consents", "/me/erase",
			"/sign-in/again", "/sign-in/totp"} {
			look(path)
		}
		tab.Open("/preferences")
		tab.Touch("input[name=contrast]")
		tab.Touch("input[name=text][value='200']")
		tab.FollowTo("form[action='/preferences'] button")
		for _, path := range []string{"/me", "/me/consents", "/preferences"} {
			look(path)
		}
	}
}
