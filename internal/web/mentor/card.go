package mentor

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

type cardForm struct {
	Kind string `form:"kind,choice" validate:"required,oneof=pictures words digits"`
}

// CardForm asks what the person will remember.
func (h *Handlers) CardForm(c *gin.Context) error {
	v := h.see(c)
	p, _, err := v.learner()
	if err != nil {
		return err
	}
	return v.askCard(200, p, &cardForm{}, nil)
}

func (v *view) askCard(status int, p *person.Person, f *cardForm, sum *page.ErrorSummary) error {
	s := v.about(p, "card.title")
	s.Lead = v.t("card.lead")
	s.Errors, s.Failed = sum, sum != nil
	cards, err := v.h.o.People.Cards(v.ctx, v.a, p.ID)
	if err != nil {
		return err
	}
	if len(cards) > 0 {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Text: []string{v.t("card.replaces")}}})
	}
	var items []page.Choice
	for _, kind := range []person.SecretKind{person.Pictures, person.Words, person.Digits} {
		items = append(items, page.Choice{Value: string(kind), Label: v.t("kind." + string(kind)), Hint: v.t("kind." + string(kind) + ".for")})
	}
	at := "/mentor/learners/" + string(p.ID)
	s.Blocks = append(s.Blocks, page.Block{Form: &page.Form{Action: at + "/card", Parts: []any{v.choice("kind", "card.kind", f.Kind, items, "card.kind.hint")},
		Buttons: []page.Button{{Text: v.t("card.do")}, {Text: v.t("cancel"), Href: at, Kind: "second"}}}})
	return v.render(status, s)
}

// CardPage is a card to print: it is shown once.
type CardPage struct {
	page.Base
	Back     string
	Number   string // the last four letters, to tell cards apart
	QR       template.HTML
	Payload  []string // groups of four, for typing
	Site     string
	Venue    string
	Phone    string
	Kind     string
	Pictures []Picture
	Words    []string
	Digits   string
	Print    page.Button
}

// Picture is a picture of the second secret with its name.
type Picture struct {
	SVG  template.HTML
	Name string
}

// Card issues a card and shows it once, with the second secret on a slip of its own.
func (h *Handlers) Card(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	var f cardForm
	var made *person.Card
	if err = form.Decode(c.Request, &f); err == nil {
		venue := v.venue
		if venue == "" && len(p.Places) > 0 {
			venue = p.Places[0]
		}
		made, err = h.o.People.IssueCard(v.ctx, v.a, p.ID, person.SecretKind(f.Kind), venue)
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.askCard(status, p, &f, sum)
		}
		return err
	}
	site := v.origin()
	drawing, err := page.QRSVG(site+"/c#"+made.Payload, v.t("card.qr"))
	if err != nil {
		return err
	}
	out := &CardPage{Base: page.Base{Lang: v.lang, Title: v.t("card.ready"), Path: at + "/card", NoIndex: true}, Back: at, QR: drawing,
		Number: made.Payload[len(made.Payload)-4:], Payload: groups(made.Payload), Site: host(site), Phone: h.o.City.Phone, Kind: string(made.Kind),
		Print: page.Button{Text: v.t("print"), Does: "print", Icon: "print"}}
	if v.venue != "" {
		out.Venue = v.place(v.venue)
	}
	switch made.Kind {
	case person.Pictures:
		for _, id := range made.Secret {
			svg, err := page.CardPicture(id)
			if err != nil {
				return fault.From(err, fault.Internal, "")
			}
			out.Pictures = append(out.Pictures, Picture{SVG: svg, Name: v.w.T("account.picture."+id, nil)})
		}
	case person.Words:
		out.Words = made.Secret
	default:
		digits := strings.Join(made.Secret, "")
		out.Digits = digits[:len(digits)/2] + " " + digits[len(digits)/2:]
	}
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "mentor/card", out)
}

func host(site string) string {
	_, rest, ok := strings.Cut(site, "://")
	if !ok {
		return site
	}
	return rest
}

// groups cuts a code into fours, as people type it.
func groups(code string) (list []string) {
	for len(code) > 4 {
		list, code = append(list, code[:4]), code[4:]
	}
	return append(list, code)
}

// CardsOffAsk asks before all cards of a person stop.
func (h *Handlers) CardsOffAsk(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	s := v.about(p, "off.title")
	s.Lead = v.t("off.lead")
	return v.ask(s, []string{v.t("off.1"), v.t("off.2")}, at+"/cards-off", "off.do", at)
}

// CardsOff switches all cards of a person off.
func (h *Handlers) CardsOff(c *gin.Context) error {
	v := h.see(c)
	p, at, err := v.learner()
	if err != nil {
		return err
	}
	if err := h.o.People.RevokeCards(v.ctx, v.a, p.ID); err != nil {
		return err
	}
	return v.to(at, "off")
}
