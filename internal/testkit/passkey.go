package testkit

import (
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Passkey gives the device of the tab a finger that is always right: it makes and shows
// passkeys without asking.
func (tab *Tab) Passkey() {
	tab.t.Helper()
	tab.must(call(tab.ctx, webauthn.Enable, webauthn.EnableParams{}))
	_, err := chromedp.Call(tab.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	tab.must(err)
}
