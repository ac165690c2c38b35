package account

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// atRegister are the purposes that the form of registration asks about, each apart.
// The others are asked on the page of consents, when somebody wants what they are for.
var atRegister = []person.Purpose{person.Learning, person.Statistics, person.ContactUse}

// RegisterPage is the form of a new account.
type RegisterPage struct {
	page.Base
	Errors   page.ErrorSummary
	Lead     []string
	Hidden   []Hidden
	Fields   []any
	Consents []ConsentLine
	Check    *page.Check
	On       bool
	Go       page.Button
	Links    []page.Link
}

// ConsentLine is one purpose with its text.
type ConsentLine struct {
	Check   page.Check
	Details page.Details
}

type registerForm struct {
	Back   string   `form:"back"`
	Shared bool     `form:"shared"`
	Name   string   `form:"name"`
	Born   string   `form:"born"`
	Adult  bool     `form:"adult"`
	Phone  string   `form:"phone"`
	Lang   string   `form:"lang"`
	Agree  []string `form:"agree" validate:"max=12"`
	Text   int      `form:"text"`
	Stamp  string   `form:"stamp" validate:"max=120"`
}

// RegisterForm shows the form of a new account.
func (h *Handlers) RegisterForm(c *gin.Context) error {
	if gate.Actor(c).Person != "" {
		return see(c, "/me")
	}
	d := h.door(c)
	return h.registerPage(c, d, &registerForm{Lang: lang(c)}, nil)
}

func (h *Handlers) registerPage(c *gin.Context, d door, in *registerForm, err error) error {
	w := h.words(c)
	list, again := faults(err, "born")
	if err != nil && !again {
		return h.fail(c, err)
	}
	p := &RegisterPage{Base: h.base(c, "account.register.title", d.to("/sign-in")), On: d.Shared, Go: button(w, "account.register.go"),
		Links: []page.Link{link(w, d.to("/sign-in"), "account.register.have")}}
	if cookie(c, cookieProof) != "" {
		p.Lead = []string{w.T("account.register.proved", nil), w.T("account.register.lead", nil)}
	} else {
		p.Lead = []string{w.T("account.register.lead", nil)}
	}
	wrong(&p.Base, &p.Errors, w, list)
	p.Hidden = append(d.hidden(), Hidden{"text", strconv.Itoa(h.o.Notice.Version)})
	if f := fault.As(err); f != nil && f.Kind == fault.TooMany {
		if stamp, _ := f.Args["Stamp"].(string); stamp != "" {
			p.Hidden = append(p.Hidden, Hidden{"stamp", stamp})
		}
	}
	name := field(w, list, "name", "account.register.name", in.Name)
	name.Autocomplete, name.MaxLength = "name", 120
	born := field(w, list, "born", "account.register.born", in.Born)
	born.InputMode, born.MaxLength, born.Width, born.Autocomplete = "numeric", 4, "4", "bday-year"
	adult := page.Check{ID: "f-adult", Name: "adult", Value: "1", Label: w.T("account.register.adult", nil), Checked: in.Adult}
	phone := field(w, list, "phone", "account.register.phone", in.Phone)
	phone.Type, phone.Autocomplete, phone.MaxLength, phone.Width = "tel", "tel", 30, "20"
	p.Fields = []any{name, born, adult, phone, h.langChoices(w, in.Lang)}
	for _, purpose := range atRegister {
		p.Consents = append(p.Consents, ConsentLine{Details: h.consentText(purpose, lang(c)),
			Check: page.Check{ID: "f-agree-" + string(purpose), Name: "agree", Value: string(purpose), Label: h.purpose(w, purpose),
				Hint: w.T("account.purpose."+string(purpose), nil), Checked: slices.Contains(in.Agree, string(purpose))}})
	}
	if !d.Shared {
		check := d.check(w)
		p.Check = &check
	}
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, status(c, err), "account/register", p)
}

func (h *Handlers) langChoices(w *i18n.Localizer, chosen string) page.Choices {
	if !i18n.Known(chosen) {
		chosen = w.Language
	}
	return page.Choices{ID: "f-lang", Name: "lang", Legend: w.T("account.lang", nil), Items: []page.Choice{
		{Value: i18n.Ukrainian, Label: "Українська", Checked: chosen == i18n.Ukrainian},
		{Value: i18n.English, Label: "English", Checked: chosen == i18n.English}}}
}

// purpose is what a purpose is called, with a capital letter.
func (h *Handlers) purpose(w *i18n.Localizer, p person.Purpose) string {
	return capital(w.T("purpose."+string(p), nil))
}

// consentText is the text of a consent, generated from the configuration: /privacy
// prints the same lines (person.Notice.Lines).
func (h *Handlers) consentText(p person.Purpose, lang string) page.Details {
	w := h.o.Words.Lang(lang)
	d := page.Details{Summary: w.T("account.consent.text", nil)}
	for _, line := range h.o.Notice.Lines(p) {
		if text := line.Text.In(lang); text != "" {
			d.Text = append(d.Text, line.Label.In(lang)+": "+text)
		}
	}
	return d
}

// Register makes the account and signs the person in. A minor's waits for a parent.
func (h *Handlers) Register(c *gin.Context) error {
	if gate.Actor(c).Person != "" {
		return see(c, "/me")
	}
	in := &registerForm{}
	rerr := read(c, in)
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	if rerr != nil {
		return h.registerPage(c, d, in, rerr)
	}
	reg := person.Registration{Name: in.Name, Adult: in.Adult, Phone: in.Phone, Lang: in.Lang, Proof: cookie(c, cookieProof), Prefs: person.ParsePrefs(cookie(c, CookiePrefs))}
	if reg.Lang == "" {
		reg.Lang = lang(c)
	}
	if in.Born != "" {
		year, err := strconv.Atoi(in.Born)
		if err != nil || year <= 0 {
			return h.registerPage(c, d, in, fault.InvalidFields(fault.Field{Pointer: "born", Key: "person.born_year"}))
		}
		reg.Born = year
	}
	if len(in.Agree) > 0 && in.Text != h.o.Notice.Version {
		return h.registerPage(c, d, in, fault.InvalidFields(fault.Field{Pointer: "agree-" + string(atRegister[0]), Key: "person.consent_text"}))
	}
	ctx := c.Request.Context()
	if reg.Proof == "" { // whoever proved an address was counted there
		if err := h.o.People.MayRegister(h.maker(c), in.Stamp); err != nil {
			return h.registerPage(c, d, in, err)
		}
	}
	out, err := h.o.People.Register(ctx, person.Actor{Where: "web"}, reg)
	if err != nil {
		if f := fault.As(err); reg.Proof != "" && (f.Key == "person.ticket_expired" || f.Key == "person.ticket_used" || f.Key == "person.ticket_unknown") {
			h.cookie(c, cookieProof, "", "/register", 0)
		}
		return h.registerPage(c, d, in, withAge(err, in))
	}
	h.cookie(c, cookieProof, "", "/register", 0)
	if out.Waiting {
		h.cookie(c, cookieWaiting, out.GuardianToken, "/register/waiting", person.WaitLimit)
		return see(c, "/register/waiting")
	}
	got, err := h.o.People.Arrive(ctx, out, "web")
	if err != nil {
		return h.fail(c, err)
	}
	own := person.Actor{Person: got.Person, Fresh: true, Where: "web"}
	for _, purpose := range atRegister {
		if !slices.Contains(in.Agree, string(purpose)) {
			continue
		}
		if err := h.o.People.Consent(ctx, own, got.Person, purpose, true, in.Text, person.ModeSelf, ""); err != nil {
			h.o.Log.WarnContext(ctx, "a consent at registration was not kept", "error", err.Error()) // it can be given on the page of consents
		}
	}
	switch {
	case d.Back != "":
	case reg.Proof != "":
		d.Back = "/me?new=1"
	default: // while the sign-in is fresh: later there is nothing to prove oneself with
		d.Back = "/me/ways?done=new"
	}
	return h.enter(c, got, d)
}

// maker is by what the accounts that this browser makes are counted.
func (h *Handlers) maker(c *gin.Context) string {
	id := cookie(c, cookieMaker)
	if id == "" || len(id) > 40 {
		id = person.NewDevice()
		h.cookie(c, cookieMaker, id, "/register", time.Hour)
	}
	return id
}

// withAge adds the missing age to other faults of the form, so that all are seen at
// once: person asks for it last.
func withAge(err error, in *registerForm) error {
	f := fault.As(err)
	if f.Kind != fault.Invalid || in.Born != "" || in.Adult || slices.ContainsFunc(f.Fields, func(one fault.Field) bool { return one.Pointer == "born" }) {
		return err
	}
	list := slices.Clone(f.Fields)
	at := slices.IndexFunc(list, func(one fault.Field) bool { return one.Pointer == "phone" })
	if at < 0 {
		at = len(list)
	}
	return fault.InvalidFields(slices.Insert(list, at, fault.Field{Pointer: "born", Key: "person.age_needed"})...)
}

// Waiting shows a minor what to hand to a parent.
func (h *Handlers) Waiting(c *gin.Context) error {
	token := cookie(c, cookieWaiting)
	if token == "" {
		w := h.words(c)
		return h.say(c, http.StatusOK, "account.waiting.away", "/", link(w, "/help", "account.to.city"))
	}
	w := h.words(c)
	address := h.origin(c) + "/guardian/" + token
	pic, err := page.QRSVG(address, w.T("account.waiting.qr", nil))
	if err != nil {
		return err
	}
	s := &Sheet{Base: h.base(c, "account.waiting.title", "/"), Lead: []string{w.T("account.waiting.lead", nil)},
		List: []string{w.T("account.waiting.1", nil), w.T("account.waiting.2", nil), w.T("account.waiting.3", nil)},
		Pic:  pic, Rows: []page.Row{{Key: w.T("account.waiting.link", nil), Value: address}},
		After: []string{w.T("account.waiting.until", nil)}, Links: []page.Link{link(w, "/register/waiting/sheet", "account.waiting.sheet"), link(w, "/surveys", "account.waiting.test")}}
	return h.sheet(c, http.StatusOK, s)
}

// PaperPage is the sheet that a parent signs.
type PaperPage struct {
	page.Base
	Lead  []string
	Rows  []page.Row
	Lines []string
	Print page.Button
}

// WaitingSheet is the paper for those who would rather sign.
func (h *Handlers) WaitingSheet(c *gin.Context) error {
	w := h.words(c)
	p := &PaperPage{Base: h.base(c, "account.sheet.title", "/register/waiting"), Lead: []string{w.T("account.sheet.lead", nil), w.T("account.sheet.take", nil)},
		Lines: []string{w.T("account.sheet.child", nil), w.T("account.sheet.parent", nil), w.T("account.sheet.phone", nil), w.T("account.sheet.sign", nil)},
		Print: page.Button{Text: w.T("page.print", nil), Kind: "second", Does: "print", Icon: "print"}}
	for _, l := range h.o.Notice.Lines(person.Guardian) {
		if text := l.Text.In(w.Language); text != "" {
			p.Rows = append(p.Rows, page.Row{Key: l.Label.In(w.Language), Value: text})
		}
	}
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "account/paper", p)
}
