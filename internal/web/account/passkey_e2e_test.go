//go:build e2e

package account

import (
	"testing"

	"osvitlo/internal/testkit"
)

// A true browser with a passkey of its own: the script asks the device, and the forms
// carry the answer.
func TestAPasskeyOfABrowser(t *testing.T) {
	r := newRig(t)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: r.local, Shots: t.TempDir()})
	must(t, err)
	defer b.Close()
	tab := b.Tab(t, testkit.Phone)
	tab.Passkey()
	tab.Open("/register")
	tab.Press("Мені вже є 18")
	tab.Follow("Створити рахунок")
	tab.Open("/me/passkeys")
	tab.Follow("Створити ключ")
	if got := tab.Path(); got != "/me/ways?done=passkey" {
		t.Fatalf("after making a passkey: %s %s", got, tab.Text("main"))
	}
	tab.Open("/me/devices")
	tab.FollowTo("main form[action='/sign-out'] button")
	tab.Open("/sign-in/passkey?back=/me/data")
	tab.Follow("Підтвердити ключем пристрою")
	if got := tab.Path(); got != "/me/data" {
		t.Fatalf("after showing a passkey: %s %s", got, tab.Text("main"))
	}
	// The code of a card in an address goes into the form and out of the address.
	tab.Open("/c#OSV1" + "0123456789")
	tab.Wait(`document.querySelector('input[name=card]').value === 'OSV10123456789' && location.hash === ''`)
}
