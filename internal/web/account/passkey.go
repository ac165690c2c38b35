package account

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// passkeyForm is a form that the script fills with what the device answers.
func (h *Handlers) passkeyForm(c *gin.Context, d door, action string) Form {
	return Form{Action: action, Hidden: d.hidden(), Passkey: "show", Begin: "/sign-in/passkey/begin",
		Buttons: []page.Button{button(h.words(c), "account.passkey.go")}}
}

// none answers where the site has no passkeys.
func (h *Handlers) none() error { return fault.New(fault.NotFound, "") }

// PasskeyForm is the door of passkeys.
func (h *Handlers) PasskeyForm(c *gin.Context) error {
	if h.o.Passkeys == nil {
		return h.none()
	}
	d, w := h.door(c), h.words(c)
	s := &Sheet{Base: h.base(c, "account.passkey.title", d.to("/sign-in")), Lead: []string{w.T("account.passkey.lead", nil)}}
	h.sign(c, s, d, h.passkeyForm(c, door{}, "/sign-in/passkey"))
	s.Links = []page.Link{link(w, "/me/help", "account.to.lost")}
	return h.sheet(c, http.StatusOK, s)
}

// PasskeyBegin gives the script what to ask the device for. The ceremony waits in a
// cookie.
func (h *Handlers) PasskeyBegin(c *gin.Context) error {
	if h.o.Passkeys == nil {
		return h.none()
	}
	options, token, err := h.o.Passkeys.BeginSignIn(c.Request.Context())
	if err != nil {
		return err
	}
	return h.ceremony(c, options, token)
}

func (h *Handlers) ceremony(c *gin.Context, options []byte, token string) error {
	h.cookie(c, cookieKey, token, "/", person.CeremonyLife)
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "application/json; charset=utf-8", options)
	return nil
}

// answerForm is what the script sends.
type answerForm struct {
	Back   string `form:"back"`
	Shared bool   `form:"shared"`
	Answer string `form:"answer,raw"`
}

// Passkey signs in with what the device answered.
func (h *Handlers) Passkey(c *gin.Context) error {
	var in answerForm
	if err := read(c, &in); err != nil {
		return err
	}
	if h.o.Passkeys == nil {
		return h.none()
	}
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	token := cookie(c, cookieKey)
	h.cookie(c, cookieKey, "", "/", 0)
	got, err := h.o.Passkeys.FinishSignIn(c.Request.Context(), token, []byte(in.Answer), "web")
	if err != nil {
		return h.fail(c, passkeyFault(err))
	}
	return h.enter(c, got, d)
}

// passkeyFault makes a ceremony that is over one that did not work: to the person it
// is the same, begin again.
func passkeyFault(err error) error {
	switch fault.As(err).Key {
	case "person.ticket_unknown", "person.ticket_used", "person.ticket_expired", "person.sign_in_failed":
		return fault.New(fault.Unauthenticated, "person.passkey_failed")
	}
	return err
}

// FactorPasskey shows a passkey as the second factor, or as the proof before a
// dangerous act.
func (h *Handlers) FactorPasskey(c *gin.Context) error {
	var in answerForm
	if err := read(c, &in); err != nil {
		return err
	}
	if h.o.Passkeys == nil {
		return h.none()
	}
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	a := me(c)
	if a.Person == "" {
		return see(c, d.to(gate.SignInPath))
	}
	token := cookie(c, cookieKey)
	h.cookie(c, cookieKey, "", "/", 0)
	if err := h.o.Passkeys.CheckFactor(c.Request.Context(), a.Person, token, []byte(in.Answer)); err != nil {
		return h.fail(c, passkeyFault(err))
	}
	return h.strong(c, d)
}

// PasskeyMakeBegin begins a new passkey of the person.
func (h *Handlers) PasskeyMakeBegin(c *gin.Context) error {
	if h.o.Passkeys == nil || gate.Shared(c) {
		return h.none()
	}
	var in struct {
		Label string `form:"label"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	label := clip(in.Label, 60)
	if label == "" {
		label = deviceLabel(c.GetHeader("User-Agent"))
	}
	options, token, err := h.o.Passkeys.Begin(c.Request.Context(), me(c), label)
	if err != nil {
		return err
	}
	return h.ceremony(c, options, token)
}

// PasskeyMake stores the passkey that the device made.
func (h *Handlers) PasskeyMake(c *gin.Context) error {
	var in answerForm
	if err := read(c, &in); err != nil {
		return err
	}
	if h.o.Passkeys == nil || gate.Shared(c) {
		return h.none()
	}
	token := cookie(c, cookieKey)
	h.cookie(c, cookieKey, "", "/", 0)
	if err := h.o.Passkeys.Finish(c.Request.Context(), me(c), token, []byte(in.Answer)); err != nil {
		if gateLeads(err) {
			return err
		}
		return h.fail(c, passkeyFault(err))
	}
	if a := gate.Actor(c); a.Staff() && !a.Strong { // it is the second factor that was asked for
		return see(c, gate.FactorPath)
	}
	return see(c, "/me/ways?done=passkey")
}
