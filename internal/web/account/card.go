package account

import (
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// cardLife is how long the code of a card waits for its second secret.
const cardLife = 10 * time.Minute

// CardForm asks for the code of a card. The address /c#OSV1… of its QR comes here too:
// the script takes what stands after # into the form.
func (h *Handlers) CardForm(c *gin.Context) error {
	return h.cardForm(c, h.door(c), "", nil)
}

func (h *Handlers) cardForm(c *gin.Context, d door, typed string, err error) error {
	w := h.words(c)
	list, again := faults(err, "card")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.card.title", d.to("/sign-in")), Lead: []string{w.T("account.card.lead", nil)}}
	s.Path = "/sign-in/card"
	wrong(&s.Base, &s.Errors, w, list)
	f := field(w, list, "card", "account.card.code", typed)
	f.Code, f.MaxLength, f.Autocomplete = true, 60, "off"
	h.sign(c, s, d, Form{Action: "/sign-in/card", Card: true, Parts: []any{f}, Buttons: []page.Button{button(w, "page.next")}})
	s.Links = []page.Link{link(w, "/me/help", "account.to.lostcard")}
	return h.sheet(c, status(c, err), s)
}

// CardCode takes the code of a card and asks for the second secret.
func (h *Handlers) CardCode(c *gin.Context) error {
	var in struct {
		Back   string `form:"back"`
		Shared bool   `form:"shared"`
		Card   string `form:"card"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	payload, err := person.ParseCard(in.Card)
	if err != nil {
		return h.cardForm(c, d, clip(in.Card, 60), err)
	}
	h.cookie(c, cookieCard, payload, "/sign-in/card", cardLife)
	return see(c, d.to("/sign-in/card/secret"))
}

// SecretPage asks for the second secret of a card.
type SecretPage struct {
	page.Base
	Heading string
	Errors  page.ErrorSummary
	Lead    string
	Action  string
	Hidden  []Hidden
	Chosen  []Picture // of the three
	Slots   []int     // not chosen yet: their numbers
	Picks   []Picture // to choose from; empty when all are chosen
	Pick    string    // «Натисніть другу картинку»
	Field   *page.Field
	On      bool
	Go      *page.Button
	Restart *page.Button
	Links   []page.Link
}

// secret is what was entered of a second secret.
type secret struct {
	kind  person.SecretKind
	parts []string // pictures chosen so far
	text  string   // words or digits
	stamp string
}

// list is the secret as person reads it.
func (s *secret) list() []string {
	if s.kind == person.Pictures {
		return s.parts
	}
	return []string{s.text}
}

// whole tells whether enough was entered to try.
func (s *secret) whole() bool {
	if s.kind == person.Pictures {
		return len(s.parts) == 3
	}
	return s.text != ""
}

// secretForm is the form of a second secret.
type secretForm struct {
	Back    string   `form:"back"`
	Shared  bool     `form:"shared"`
	Part    []string `form:"part" validate:"max=8"`
	Pick    string   `form:"pick"`
	Restart bool     `form:"restart"`
	Secret  string   `form:"secret"`
	Stamp   string   `form:"stamp"`
	Person  string   `form:"person"`
	Kind    string   `form:"kind"`
}

func (f *secretForm) secret(kind person.SecretKind) secret {
	s := secret{kind: kind, text: f.Secret, stamp: f.Stamp}
	known := person.PictureIDs()
	for _, one := range append(f.Part, f.Pick) {
		if slices.Contains(known, one) && len(s.parts) < 3 {
			s.parts = append(s.parts, one)
		}
	}
	if f.Restart {
		s.parts, s.text = nil, ""
	}
	return s
}

// SecretForm asks for the second secret of the card whose code was given.
func (h *Handlers) SecretForm(c *gin.Context) error {
	d := h.door(c)
	payload := cookie(c, cookieCard)
	if payload == "" {
		return see(c, d.to("/sign-in/card"))
	}
	kind, err := h.o.People.CardKind(c.Request.Context(), payload)
	if err != nil {
		return h.fail(c, err)
	}
	return h.secretPage(c, d, secret{kind: kind}, "/sign-in/card/secret", nil, nil)
}

// Secret signs in with a card and its second secret.
func (h *Handlers) Secret(c *gin.Context) error {
	var in secretForm
	if err := read(c, &in); err != nil {
		return err
	}
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	payload := cookie(c, cookieCard)
	if payload == "" {
		return see(c, d.to("/sign-in/card"))
	}
	ctx := c.Request.Context()
	kind, err := h.o.People.CardKind(ctx, payload)
	if err != nil {
		return h.fail(c, err)
	}
	s := in.secret(kind)
	if !s.whole() {
		return h.secretPage(c, d, s, "/sign-in/card/secret", nil, in.missing(&s))
	}
	got, err := h.o.People.SignInCard(ctx, person.CardTry{Payload: payload, Secret: s.list(), Stamp: s.stamp, Where: "web"})
	if err != nil {
		return h.secretPage(c, d, s, "/sign-in/card/secret", nil, err)
	}
	h.cookie(c, cookieCard, "", "/sign-in/card", 0)
	return h.enter(c, got, d)
}

// missing is the fault of an empty field; a picture less is the next step and no fault.
func (f *secretForm) missing(s *secret) error {
	if s.kind == person.Pictures || f.Restart {
		return nil
	}
	return fault.InvalidFields(fault.Field{Pointer: "secret", Key: "page.form.required"})
}

func (h *Handlers) secretPage(c *gin.Context, d door, s secret, action string, hidden []Hidden, err error) error {
	w := h.words(c)
	at := "secret"
	if s.kind == person.Pictures {
		at = "pick"
	}
	list, again := faults(err, at)
	if err != nil && !again {
		return h.fail(c, err)
	}
	f := fault.As(err)
	stamp := ""
	switch {
	case f == nil:
	case f.Kind == fault.TooMany: // nothing was compared: the same secret is sent again
		stamp, _ = f.Args["Stamp"].(string)
	default:
		s.parts, s.text = nil, "" // wrong secrets do not stay on a page
	}
	p := &SecretPage{Base: h.base(c, "account.secret.title", d.to("/sign-in")), Action: action, Hidden: append(hidden, d.hidden()...), On: d.Shared,
		Lead: w.T("account.secret."+string(s.kind), nil), Links: []page.Link{link(w, "/me/help", "account.to.forgot")}}
	p.Path, p.Heading = "/sign-in", p.Title
	wrong(&p.Base, &p.Errors, w, list)
	if p.Failed {
		p.Errors.Lead = w.T("account.secret.tries", nil)
	}
	if stamp != "" {
		p.Hidden = append(p.Hidden, Hidden{"stamp", stamp})
	}
	switch s.kind {
	case person.Pictures:
		h.pick(p, &s, lang(c))
	default:
		fd := field(w, list, "secret", "account.secret."+string(s.kind)+".field", s.text)
		fd.Autocomplete, fd.Plain = "off", true
		if s.kind == person.Digits {
			fd.InputMode, fd.MaxLength, fd.Width = "numeric", 12, "10"
		} else {
			fd.MaxLength = 80
		}
		p.Field = &fd
		go_ := button(w, "account.signin.go")
		p.Go = &go_
	}
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, status(c, err), "account/secret", p)
}

// pick lays the pictures out: those that are chosen, and what to choose from.
func (h *Handlers) pick(p *SecretPage, s *secret, lang string) {
	w := h.o.Words.Lang(lang)
	for _, id := range s.parts {
		p.Chosen = append(p.Chosen, h.picture(id, lang))
		p.Hidden = append(p.Hidden, Hidden{"part", id})
	}
	for n := len(s.parts) + 1; n <= 3; n++ {
		p.Slots = append(p.Slots, n)
	}
	if len(s.parts) > 0 {
		restart := page.Button{Text: w.T("account.secret.restart", nil), Kind: "quiet", Small: true, Name: "restart", Value: "1"}
		p.Restart = &restart
	}
	if len(s.parts) == 3 {
		again := button(w, "account.signin.go")
		p.Go = &again
		return
	}
	p.Pick = w.T([]string{"account.secret.first", "account.secret.second", "account.secret.third"}[len(s.parts)], nil)
	p.Title = p.Pick + " – " + p.Heading // each picture is a page: its title says which
	for _, id := range person.PictureIDs() {
		if !slices.Contains(s.parts, id) {
			p.Picks = append(p.Picks, h.picture(id, lang))
		}
	}
}
