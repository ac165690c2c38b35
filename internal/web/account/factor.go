package account

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// gateLeads tells whether the edge must lead the person to a door and back.
func gateLeads(err error) bool {
	switch f := fault.As(err); {
	case f == nil:
		return false
	case f.Key == "person.sign_in_first", f.Key == "person.second_factor_first", f.Key == "person.prove_again":
		return true
	}
	return false
}

// ways counts what a person can prove themselves with.
type ways struct{ totp, passkey, card, email bool }

func (h *Handlers) waysOf(c *gin.Context, a person.Actor) (have ways, err error) {
	ctx := c.Request.Context()
	list, err := h.o.People.Ways(ctx, a)
	if err != nil {
		return have, err
	}
	for _, one := range list {
		switch one.Kind {
		case "totp":
			have.totp = true
		case "passkey":
			have.passkey = true
		}
	}
	cards, err := h.o.People.Cards(ctx, a, a.Person)
	if err != nil {
		return have, err
	}
	have.card = len(cards) > 0
	p, err := h.o.People.ByID(ctx, a, a.Person)
	if err != nil {
		return have, err
	}
	have.email = p.Email != "" && p.EmailProved && h.o.Mail
	return have, nil
}

// FactorForm asks for the second factor of a session. Staff without one make it first.
func (h *Handlers) FactorForm(c *gin.Context) error { return h.factorForm(c, h.door(c), nil) }

func (h *Handlers) factorForm(c *gin.Context, d door, err error) error {
	a := me(c)
	if a.Person == "" {
		return see(c, d.to(gate.SignInPath))
	}
	w := h.words(c)
	list, again := faults(err, "digits")
	if err != nil && !again {
		return h.fail(c, err)
	}
	have, herr := h.waysOf(c, a)
	if herr != nil {
		return herr
	}
	if !have.totp && !have.passkey {
		return see(c, d.to("/sign-in/totp"))
	}
	s := &Sheet{Base: h.base(c, "account.factor.title", ""), Lead: []string{w.T("account.factor.lead", nil)}}
	wrong(&s.Base, &s.Errors, w, list)
	if have.totp {
		s.Forms = append(s.Forms, h.totpForm(c, d, "/sign-in/factor", list))
	}
	if have.passkey && h.o.Passkeys != nil {
		s.Forms = append(s.Forms, h.passkeyForm(c, d, "/sign-in/factor/passkey"))
	}
	s.After = []string{w.T("account.factor.lost", nil)}
	s.Forms = append(s.Forms, Form{Action: "/sign-out", Buttons: []page.Button{{Text: w.T("account.signout", nil), Kind: "quiet"}}})
	return h.sheet(c, status(c, err), s)
}

func (h *Handlers) totpForm(c *gin.Context, d door, action string, list []fault.Field) Form {
	w := h.words(c)
	f := field(w, list, "digits", "account.factor.digits", "")
	f.InputMode, f.Autocomplete, f.MaxLength, f.Width, f.Plain = "numeric", "one-time-code", 10, "10", true
	return Form{Action: action, Hidden: d.hidden(), Parts: []any{f}, Buttons: []page.Button{button(w, "account.confirm")}}
}

// Factor takes the digits of the second factor; the same digits prove anew who is there.
func (h *Handlers) Factor(c *gin.Context) error {
	return h.digitsOf(c, h.factorForm)
}

// Again proves with the digits; whoever has no way in yet but this very session, with
// a press of the button: nothing else stands between a stranger at this device and the
// account, and without it the owner could not put in a way, nor erase.
func (h *Handlers) Again(c *gin.Context) error {
	var in digitsForm
	if err := read(c, &in); err != nil {
		return err
	}
	if !in.Device {
		return h.digitsOf(c, h.againForm)
	}
	d := door{Back: in.Back}.here(c)
	a := me(c)
	if a.Person == "" {
		return see(c, d.to(gate.SignInPath))
	}
	have, err := h.waysOf(c, a)
	if err != nil {
		return err
	}
	only, err := h.onlyThisSession(c, a, have)
	if err != nil {
		return err
	}
	if !only {
		return see(c, d.to(gate.AgainPath))
	}
	if err := h.o.Sessions.Prove(c.Request.Context(), &person.SignedIn{Person: a.Person}); err != nil {
		return err
	}
	if d.Back == "" {
		d.Back = "/me"
	}
	return see(c, d.Back)
}

// onlyThisSession tells whether the session in which the account was made is all that
// its owner can prove themselves with.
func (h *Handlers) onlyThisSession(c *gin.Context, a person.Actor, have ways) (bool, error) {
	if have != (ways{}) || a.Staff() || gate.Shared(c) {
		return false, nil
	}
	list, err := h.o.Sessions.List(c.Request.Context(), a)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(list, func(one person.Place) bool { return one.Here && one.Via == person.ViaRegister }), nil
}

func (h *Handlers) digitsOf(c *gin.Context, show func(*gin.Context, door, error) error) error {
	var in digitsForm
	if err := read(c, &in); err != nil {
		return err
	}
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	a := me(c)
	if a.Person == "" {
		return see(c, d.to(gate.SignInPath))
	}
	err := in.missing()
	if err == nil {
		err = h.o.People.CheckTOTP(c.Request.Context(), a.Person, in.Digits)
	}
	if err != nil {
		return show(c, d, err)
	}
	return h.strong(c, d)
}

// strong notes the second factor and goes on.
func (h *Handlers) strong(c *gin.Context, d door) error {
	if err := h.o.Sessions.Strengthen(c.Request.Context()); err != nil {
		return err
	}
	if d.Back != "" {
		return see(c, d.Back)
	}
	return see(c, "/me")
}

// AgainForm asks to prove anew who is there, before a dangerous act.
func (h *Handlers) AgainForm(c *gin.Context) error { return h.againForm(c, h.door(c), nil) }

func (h *Handlers) againForm(c *gin.Context, d door, err error) error {
	a := me(c)
	if a.Person == "" {
		return see(c, d.to(gate.SignInPath))
	}
	w := h.words(c)
	list, again := faults(err, "digits")
	if err != nil && !again {
		return h.fail(c, err)
	}
	have, herr := h.waysOf(c, a)
	if herr != nil {
		return herr
	}
	s := &Sheet{Base: h.base(c, "account.again.title", "/me"), Lead: []string{w.T("account.again.lead", nil)}}
	wrong(&s.Base, &s.Errors, w, list)
	if have.totp {
		s.Forms = append(s.Forms, h.totpForm(c, d, "/sign-in/again", list))
	}
	if have.passkey && h.o.Passkeys != nil {
		s.Forms = append(s.Forms, h.passkeyForm(c, d, "/sign-in/factor/passkey"))
	}
	if !a.Staff() || len(s.Forms) == 0 {
		if have.card {
			s.Links = append(s.Links, link(w, d.to("/sign-in/card"), "account.again.card"))
		}
		if have.email {
			s.Links = append(s.Links, link(w, d.to("/sign-in/code"), "account.again.code"))
		}
	}
	if h.o.Identities != nil {
		for _, id := range h.o.Identities.IDs() {
			q := url.Values{"again": {"1"}}
			if d.Back != "" {
				q.Set("back", d.Back)
			}
			s.Links = append(s.Links, page.Link{Href: "/sign-in/oidc/" + url.PathEscape(id) + "?" + q.Encode(), Text: w.T("account.door.service", map[string]any{"Name": h.service(id, lang(c))})})
		}
	}
	only, oerr := h.onlyThisSession(c, a, have)
	if oerr != nil {
		return oerr
	}
	if only || len(s.Forms)+len(s.Links) == 0 {
		text := "account.again.none.text"
		switch {
		case a.Staff():
			text = "account.again.none.staff"
		case only:
			text = "account.again.none.device"
			s.Forms = []Form{{Action: "/sign-in/again", Hidden: append(d.hidden(), Hidden{"device", "1"}), Buttons: []page.Button{button(w, "account.again.device")}}}
		}
		s.Notes = []page.Note{{Kind: "sun", Title: w.T("account.again.none", nil), Text: []string{w.T(text, nil)}}}
		s.Links = append(s.Links, link(w, "/me/help", "account.to.help"))
	}
	return h.sheet(c, status(c, err), s)
}

// TOTPForm shows a new secret for an authenticator app.
func (h *Handlers) TOTPForm(c *gin.Context) error {
	a, d := me(c), h.door(c)
	if a.Person == "" {
		return see(c, d.to(gate.SignInPath))
	}
	key, token, err := h.o.People.StartTOTP(c.Request.Context(), a, h.words(c).T("page.name", nil))
	if err != nil {
		if gateLeads(err) {
			return err
		}
		return h.fail(c, err)
	}
	return h.totpPage(c, d, key, token, nil)
}

func (h *Handlers) totpPage(c *gin.Context, d door, key *person.TOTPKey, token string, err error) error {
	w := h.words(c)
	list, again := faults(err, "digits")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.totp.title", "")}
	if a := gate.Actor(c); a.Staff() {
		s.Lead = []string{w.T("account.totp.staff", nil)}
	} else {
		s.Back = &page.Link{Href: "/me/ways"}
		s.Lead = []string{w.T("account.totp.lead", nil)}
	}
	wrong(&s.Base, &s.Errors, w, list)
	if key != nil {
		s.List = []string{w.T("account.totp.1", nil), w.T("account.totp.2", nil), w.T("account.totp.3", nil)}
		pic, qerr := page.QRSVG(key.Address, w.T("account.totp.qr", nil))
		if qerr != nil {
			return qerr
		}
		s.Pic = pic
		s.Rows = []page.Row{{Key: w.T("account.totp.secret", nil), Value: spaced(key.Secret)}}
	} else {
		s.After = []string{w.T("account.totp.kept", nil)}
		s.Links = []page.Link{{Href: d.to("/sign-in/totp"), Text: w.T("account.totp.anew", nil)}}
	}
	if gate.Actor(c).Staff() && h.o.Passkeys != nil && !gate.Shared(c) {
		s.Links = append(s.Links, link(w, "/me/passkeys", "account.totp.passkey"))
	}
	f := field(w, list, "digits", "account.factor.digits", "")
	f.InputMode, f.Autocomplete, f.MaxLength, f.Width, f.Plain = "numeric", "one-time-code", 10, "10", true
	s.Forms = []Form{{Action: "/sign-in/totp", Hidden: append(d.hidden(), Hidden{"token", token}), Parts: []any{f}, Buttons: []page.Button{button(w, "account.confirm")}}}
	return h.sheet(c, status(c, err), s)
}

// TOTP switches the new secret on.
func (h *Handlers) TOTP(c *gin.Context) error {
	var in digitsForm
	if err := read(c, &in); err != nil {
		return err
	}
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	a := me(c)
	if a.Person == "" {
		return see(c, d.to(gate.SignInPath))
	}
	err := in.missing()
	if err == nil {
		err = h.o.People.ConfirmTOTP(c.Request.Context(), a, in.Token, in.Digits)
	}
	if gateLeads(err) {
		return err
	}
	if err != nil {
		return h.totpPage(c, d, nil, clip(in.Token, 100), err)
	}
	return h.strong(c, d)
}

// spaced parts a long secret into groups of four, to be read and typed.
func spaced(text string) string {
	var out []byte
	for i := range len(text) {
		if i > 0 && i%4 == 0 {
			out = append(out, ' ')
		}
		out = append(out, text[i])
	}
	return string(out)
}
