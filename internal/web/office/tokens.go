package office

import (
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// all lists the tokens the actor may see, the newest first.
func (v *view) tokens() (list []*person.Token, err error) {
	venues, all := v.a.Venues(person.TokenList)
	if all {
		venues = []string{""}
	}
	for _, venue := range venues {
		got, err := v.h.o.People.Tokens(v.ctx, v.a, venue)
		if err != nil {
			return nil, err
		}
		list = append(list, got...)
	}
	slices.SortFunc(list, func(a, b *person.Token) int { return b.Made.Compare(a.Made.Time) })
	return list, nil
}

func (v *view) tokenState(t *person.Token) *page.Tag {
	switch {
	case t.Off != "":
		return &page.Tag{Text: v.t("token.off", "Day", v.date(stored(t.Off))), Kind: "plain"}
	case stored(t.Expires).Before(v.h.o.Now()):
		return &page.Tag{Text: v.t("token.over"), Kind: "plain"}
	case stored(t.Expires).Sub(v.h.o.Now()) < soon:
		return &page.Tag{Text: v.t("token.soon"), Kind: "sun"}
	}
	return &page.Tag{Text: v.t("token.works"), Kind: "good"}
}

// Tokens lists the keys of venues, operators and devices.
func (h *Handlers) Tokens(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("tokens", "tokens.title")
	s.Lead = v.t("tokens.lead")
	list, err := v.tokens()
	if err != nil {
		return err
	}
	grid := page.Grid{Caption: v.t("tokens.title"), Hidden: true, Cards: true, Empty: v.t("tokens.none"),
		Head: []page.GridHead{{Text: v.t("token.label")}, {Text: v.t("token.kind")}, {Text: v.t("token.place")}, {Text: v.t("token.expires")}, {Text: v.t("token.used")}, {Text: v.t("token.state")}, {Text: v.t("act")}}}
	for _, t := range list {
		label := t.Label
		if label == "" {
			label = "…" + t.ID[max(0, len(t.ID)-6):]
		}
		place := v.place(t.Place)
		if t.Kind == person.OperatorToken {
			place = short(t.Person)
		}
		act := page.GridCell{}
		if t.Off == "" && v.somewhere(person.TokenIssue) && stored(t.Expires).After(h.o.Now()) {
			act.Acts = []page.Button{{Text: v.t("token.revoke"), Href: "/office/tokens/" + t.ID + "/revoke", Kind: "second", Small: true}}
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: label}, {Text: v.t("token." + string(t.Kind))}, {Text: place}, {Text: v.date(stored(t.Expires)), Small: v.t("token.since", "Day", v.date(t.Made.Time))}, {Text: v.date(stored(t.Used))}, {Tag: v.tokenState(t)}, act}})
	}
	b := page.Block{Grid: &grid}
	if v.somewhere(person.TokenIssue) {
		b.Acts = []page.Button{{Text: v.t("token.go"), Href: "/office/tokens/new", Small: true}}
	}
	s.Blocks = []page.Block{b}
	return v.render(200, s)
}

type tokenForm struct {
	Kind   string `form:"kind,choice" validate:"required"`
	Place  string `form:"place"`
	Person string `form:"person"`
	Label  string `form:"label" validate:"required,max=60"`
	Until  string `form:"until"`
}

// TokenForm asks for whom a key is.
func (h *Handlers) TokenForm(c *gin.Context) error { return h.see(c).token(200, &tokenForm{}, nil) }

func (v *view) token(status int, f *tokenForm, sum *page.ErrorSummary) error {
	s := v.sheet("tokens", "token.title")
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/tokens", Text: v.t("tokens.menu")})
	s.Errors, s.Failed = sum, sum != nil
	s.Lead = v.t("token.lead")
	kinds := []page.Choice{{Value: string(person.VenueToken), Label: v.t("token.venue"), Hint: v.t("token.venue.for")}, {Value: string(person.DeviceToken), Label: v.t("token.device"), Hint: v.t("token.device.for")}}
	var operators []page.Option
	if v.may(person.TokenIssue, person.City) {
		kinds = append(kinds, page.Choice{Value: string(person.OperatorToken), Label: v.t("token.operator"), Hint: v.t("token.operator.for")})
		list, err := v.h.o.People.StaffAt(v.ctx, v.a, person.HelpOperator, "")
		if err != nil {
			return err
		}
		operators = []page.Option{{Value: "", Text: v.t("token.nobody")}}
		for _, st := range list {
			operators = append(operators, page.Option{Value: string(st.Person.ID), Text: v.name(st.Person)})
		}
	}
	parts := []any{v.choice("kind", "token.kind", f.Kind, kinds), v.list("place", "token.place", f.Place, v.placeOptions(person.TokenIssue, "token.place.none"), "token.place.hint")}
	if len(operators) > 0 {
		parts = append(parts, v.list("person", "token.person", f.Person, operators, "token.person.hint"))
	}
	parts = append(parts, v.field("label", "token.label", f.Label, "token.label.hint"), v.day("until", "token.expires", f.Until, "token.until.hint"))
	s.Blocks = []page.Block{{Form: &page.Form{Action: "/office/tokens/new", Parts: parts, Buttons: []page.Button{{Text: v.t("token.make")}, {Text: v.t("cancel"), Href: "/office/tokens", Kind: "second"}}}}}
	return v.render(status, s)
}

// TokenIssue makes a key and shows it once.
func (h *Handlers) TokenIssue(c *gin.Context) error {
	v := h.see(c)
	var f tokenForm
	err := form.Decode(c.Request, &f)
	var until time.Time
	if err == nil {
		until, err = lastDay("until", f.Until, h.o.Now())
	}
	var token string
	var made *person.Token
	if err == nil {
		life := person.TokenLife
		if !until.IsZero() {
			life = until.Sub(h.o.Now())
		}
		kind, place, who := person.TokenKind(f.Kind), f.Place, person.ID(f.Person)
		if kind == person.OperatorToken {
			place = ""
		} else {
			who = ""
		}
		token, made, err = h.o.People.IssueToken(v.ctx, v.a, kind, place, who, f.Label, life)
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.token(status, &f, sum)
		}
		return err
	}
	s := v.sheet("tokens", "token.done")
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/tokens", Text: v.t("tokens.menu")})
	s.Lead = v.t("token.once")
	s.Blocks = []page.Block{
		{Secret: &page.Secret{Title: v.t("token." + string(made.Kind)), Value: token, Text: v.t("token.copy")}},
		{Facts: []page.Row{{Key: v.t("token.label"), Value: made.Label}, {Key: v.t("token.place"), Value: v.place(made.Place)}, {Key: v.t("token.expires"), Value: v.date(stored(made.Expires))}}},
		{Words: strings.Split(v.t("token."+string(made.Kind)+".how"), "|"), Acts: []page.Button{{Text: v.t("ready"), Href: "/office/tokens", Small: true}}},
	}
	return v.render(200, s)
}

// known finds a token among those the actor may see.
func (v *view) knownToken(id string) (*person.Token, error) {
	list, err := v.tokens()
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if t.ID == id {
			return t, nil
		}
	}
	return nil, fault.New(fault.NotFound, "person.token_unknown")
}

// TokenAsk asks before a key is switched off.
func (h *Handlers) TokenAsk(c *gin.Context) error {
	v := h.see(c)
	t, err := v.knownToken(c.Param("id"))
	if err != nil {
		return err
	}
	s := v.sheet("tokens", "token.revoke.title")
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/tokens", Text: v.t("tokens.menu")})
	s.Kicker = t.Label
	return v.ask(s, v.t("token.revoke.lead"), []string{v.t("token.revoke.1"), v.t("token.revoke.2")}, "/office/tokens/"+t.ID+"/revoke", nil, "token.revoke", "/office/tokens")
}

// TokenRevoke switches a key off at once.
func (h *Handlers) TokenRevoke(c *gin.Context) error {
	v := h.see(c)
	t, err := v.knownToken(c.Param("id"))
	if err != nil {
		return err
	}
	if err := h.o.People.RevokeToken(v.ctx, v.a, t.ID); err != nil {
		return err
	}
	return v.to("/office/tokens", "token")
}
