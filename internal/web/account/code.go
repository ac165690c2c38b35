package account

import (
	"net/url"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// CodeForm asks for the address a code is sent to.
func (h *Handlers) CodeForm(c *gin.Context) error { return h.codeForm(c, h.door(c), "", nil) }

func (h *Handlers) codeForm(c *gin.Context, d door, typed string, err error) error {
	w := h.words(c)
	list, again := faults(err, "email")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.code.title", d.to("/sign-in")), Lead: []string{w.T("account.code.lead", nil)}}
	wrong(&s.Base, &s.Errors, w, list)
	h.sign(c, s, d, Form{Action: "/sign-in/code", Parts: []any{emailField(w.T("account.email", nil), page.FaultText(w, list, "email"), typed)},
		Buttons: []page.Button{button(w, "account.code.send")}})
	s.After = append(s.After, w.T("account.code.never", nil))
	return h.sheet(c, status(c, err), s)
}

func emailField(label, wrong, typed string) page.Field {
	return page.Field{ID: page.FieldID("email"), Name: "email", Label: label, Type: "email", Autocomplete: "email", MaxLength: 254, Plain: true, Value: typed, Error: wrong}
}

// Code sends a code to an address. Whether the address belongs to anybody makes no
// difference to what happens and to what is shown.
func (h *Handlers) Code(c *gin.Context) error {
	var in struct {
		Back   string `form:"back"`
		Shared bool   `form:"shared"`
		Email  string `form:"email"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	flow, err := h.o.People.StartCode(c.Request.Context(), in.Email, lang(c))
	if err != nil {
		return h.codeForm(c, d, clip(in.Email, 254), err)
	}
	h.cookie(c, cookieFlow, flow, "/", person.CodeLife)
	return see(c, d.to("/sign-in/code/check"))
}

// CheckForm asks for the code.
func (h *Handlers) CheckForm(c *gin.Context) error {
	return h.checkForm(c, h.door(c), "/sign-in/code", nil)
}

func (h *Handlers) checkForm(c *gin.Context, d door, root string, err error) error {
	w := h.words(c)
	if cookie(c, cookieFlow) == "" && err == nil {
		return h.fail(c, fault.New(fault.Gone, "person.code_over"))
	}
	list, again := faults(err, "digits")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.check.title", d.to(root)), Lead: []string{w.T("account.check.lead", nil)}}
	wrong(&s.Base, &s.Errors, w, list)
	f := field(w, list, "digits", "account.check.digits", "")
	f.InputMode, f.Autocomplete, f.MaxLength, f.Width, f.Plain = "numeric", "one-time-code", 12, "10", true
	s.Forms = []Form{{Action: root + "/check", Hidden: d.hidden(), Parts: []any{f}, Buttons: []page.Button{button(w, "account.signin.go")}}}
	if root != "/sign-in/code" {
		s.Forms[0].Buttons = []page.Button{button(w, "page.next")}
	}
	s.After = []string{w.T("account.check.nomail", nil), w.T("account.code.never", nil)}
	s.Links = []page.Link{{Href: d.to(root), Text: w.T("account.check.again", nil)}}
	return h.sheet(c, status(c, err), s)
}

// digitsForm is a form of digits.
type digitsForm struct {
	Back   string `form:"back"`
	Shared bool   `form:"shared"`
	Digits string `form:"digits"`
	Token  string `form:"token"`
	Device bool   `form:"device"`
}

// missing is the fault of an empty field: an empty try would cost one.
func (f *digitsForm) missing() error {
	if f.Digits == "" {
		return fault.InvalidFields(fault.Field{Pointer: "digits", Key: "page.form.required"})
	}
	return nil
}

// Check signs in with the code; an address without an account leads to registration.
func (h *Handlers) Check(c *gin.Context) error {
	var in digitsForm
	if err := read(c, &in); err != nil {
		return err
	}
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	if err := in.missing(); err != nil {
		return h.checkForm(c, d, "/sign-in/code", err)
	}
	done, err := h.o.People.FinishCode(c.Request.Context(), cookie(c, cookieFlow), in.Digits, "web")
	if err != nil {
		return h.checkForm(c, d, "/sign-in/code", err)
	}
	h.cookie(c, cookieFlow, "", "/", 0)
	if done.SignedIn == nil {
		return h.toRegister(c, done.Proof, d)
	}
	return h.enter(c, done.SignedIn, d)
}

// toRegister leads somebody whose address is proved and who has no account yet.
func (h *Handlers) toRegister(c *gin.Context, proof string, d door) error {
	h.cookie(c, cookieProof, proof, "/register", person.EmailTicketLife)
	return see(c, d.to("/register"))
}

// EmailForm asks a signed-in person for a new address.
func (h *Handlers) EmailForm(c *gin.Context) error { return h.emailForm(c, "", nil) }

func (h *Handlers) emailForm(c *gin.Context, typed string, err error) error {
	w := h.words(c)
	list, again := faults(err, "email")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.myemail.title", "/me/ways"), Lead: []string{w.T("account.myemail.lead", nil)}}
	wrong(&s.Base, &s.Errors, w, list)
	s.Forms = []Form{{Action: "/me/email", Parts: []any{emailField(w.T("account.email", nil), page.FaultText(w, list, "email"), typed)},
		Buttons: []page.Button{button(w, "account.code.send")}}}
	return h.sheet(c, status(c, err), s)
}

// Email sends a code to the new address.
func (h *Handlers) Email(c *gin.Context) error {
	var in struct {
		Email string `form:"email"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	flow, err := h.o.People.StartCode(c.Request.Context(), in.Email, lang(c))
	if err != nil {
		return h.emailForm(c, clip(in.Email, 254), err)
	}
	h.cookie(c, cookieFlow, flow, "/", person.CodeLife)
	return see(c, "/me/email/check")
}

// EmailCheckForm asks for the code that came to the new address.
func (h *Handlers) EmailCheckForm(c *gin.Context) error {
	return h.checkForm(c, door{}, "/me/email", nil)
}

// EmailCheck gives the person the new address.
func (h *Handlers) EmailCheck(c *gin.Context) error {
	var in digitsForm
	if err := read(c, &in); err != nil {
		return err
	}
	if err := in.missing(); err != nil {
		return h.checkForm(c, door{}, "/me/email", err)
	}
	ctx := c.Request.Context()
	done, err := h.o.People.FinishCode(ctx, cookie(c, cookieFlow), in.Digits, "web")
	if err != nil {
		return h.checkForm(c, door{}, "/me/email", err)
	}
	h.cookie(c, cookieFlow, "", "/", 0)
	a := me(c)
	if err := h.o.People.SetEmail(ctx, a, a.Person, done.Proof); err != nil {
		if gateLeads(err) {
			return err
		}
		return h.fail(c, err)
	}
	return see(c, "/me/ways?"+url.Values{"done": {"email"}}.Encode())
}
