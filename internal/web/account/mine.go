package account

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// ListPage is a page of things with a button each.
type ListPage struct {
	page.Base
	Notes  []page.Note
	Lead   []string
	Groups []Group
	Forms  []Form
	Links  []page.Link
}

// Group is a part of a ListPage.
type Group struct {
	Title string
	Text  string
	Lines []Line
	Links []page.Link
	Forms []Form
	Empty string // what stands there when there are no lines
}

// Line is one thing of a Group.
type Line struct {
	Title, Text string
	Tag         *page.Tag
	Action      string // POST address of its button; empty for none
	Hidden      []Hidden
	Button      page.Button
}

func (h *Handlers) list(c *gin.Context, p *ListPage) error {
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "account/list", p)
}

// small is the button at the end of a line; hidden words say what it is about.
func small(w *i18n.Localizer, key string) page.Button {
	return page.Button{Text: w.T(key, nil), Kind: "second", Small: true}
}

// Ways lists the person's ways in.
func (h *Handlers) Ways(c *gin.Context) error {
	ctx, a, w := c.Request.Context(), me(c), h.words(c)
	who, err := h.o.People.ByID(ctx, a, a.Person)
	if err != nil {
		return h.fail(c, err)
	}
	cards, err := h.o.People.Cards(ctx, a, a.Person)
	if err != nil {
		return err
	}
	list, err := h.o.People.Ways(ctx, a)
	if err != nil {
		return err
	}
	p := &ListPage{Base: h.base(c, "account.ways.title", "/me"), Lead: []string{w.T("account.ways.lead", nil)}}
	switch c.Query("done") {
	case "email", "passkey", "service", "gone":
		p.Notes = []page.Note{{Kind: "good", Title: w.T("account.ways.done."+c.Query("done"), nil)}}
	case "new":
		p.Notes = []page.Note{{Kind: "good", Title: w.T("account.me.new", nil), Text: []string{w.T("account.ways.done.new", nil)}}}
	}
	email := Group{Title: w.T("account.ways.email", nil), Empty: w.T("account.ways.email.none", nil)}
	if who.Email != "" && who.EmailProved {
		email.Lines = []Line{{Title: who.Email}}
	}
	if h.o.Mail {
		key := "account.ways.email.add"
		if len(email.Lines) > 0 {
			key = "account.ways.email.change"
		}
		email.Links = []page.Link{link(w, "/me/email", key)}
	}
	card := Group{Title: w.T("account.ways.card", nil), Empty: w.T("account.ways.card.none", nil)}
	for _, one := range cards {
		l := Line{Title: w.T("account.ways.card.of", map[string]any{"Day": w.Date(one.Made.Time)}), Text: w.T("account.ways.secret."+string(one.Kind), nil),
			Action: "/me/ways/ask", Hidden: []Hidden{{"way", "card"}}, Button: small(w, "account.ways.off")}
		if one.Locked {
			l.Tag = &page.Tag{Kind: "bad", Text: w.T("account.ways.locked", nil)}
		}
		card.Lines = append(card.Lines, l)
	}
	keys := Group{Title: w.T("account.ways.passkey", nil), Empty: w.T("account.ways.passkey.none", nil)}
	app := Group{Title: w.T("account.ways.totp", nil), Empty: w.T("account.ways.totp.none", nil), Links: []page.Link{link(w, "/sign-in/totp?back=/me/ways", "account.ways.totp.add")}}
	for _, one := range list {
		l := Line{Title: one.Label, Text: h.used(w, one), Action: "/me/ways/ask", Hidden: []Hidden{{"way", one.ID}}, Button: small(w, "account.ways.drop")}
		if one.Kind == "totp" {
			l.Title = w.T("account.ways.totp.one", nil)
			app.Lines = append(app.Lines, l)
			app.Links = []page.Link{link(w, "/sign-in/totp?back=/me/ways", "account.ways.totp.change")}
			continue
		}
		if l.Title == "" {
			l.Title = w.T("account.ways.passkey.one", nil)
		}
		keys.Lines = append(keys.Lines, l)
	}
	switch {
	case h.o.Passkeys == nil:
		keys.Text = w.T("account.ways.passkey.off", nil)
	case gate.Shared(c): // the next reader of this computer would have the key
		keys.Text = w.T("account.ways.passkey.shared", nil)
	default:
		keys.Links = []page.Link{link(w, "/me/passkeys", "account.ways.passkey.add")}
	}
	p.Groups = []Group{card, email, keys, app}
	if h.o.Identities != nil {
		g := Group{Title: w.T("account.ways.services", nil)}
		for _, id := range h.o.Identities.IDs() {
			g.Links = append(g.Links, page.Link{Href: "/sign-in/oidc/" + id + "?back=/me/ways", Text: w.T("account.ways.service", map[string]any{"Name": h.service(id, lang(c))})})
		}
		p.Groups = append(p.Groups, g)
	}
	p.Links = []page.Link{link(w, "/me/help", "account.to.lost")}
	return h.list(c, p)
}

func (h *Handlers) used(w *i18n.Localizer, one person.Way) string {
	if one.Used.IsZero() {
		return w.T("account.ways.made", map[string]any{"Day": w.Date(one.Made)})
	}
	return w.T("account.ways.used", map[string]any{"Day": w.Date(one.Used)})
}

// PasskeyAdd is the page on which a new passkey is made. It asks for a fresh proof
// first, so that the device is not asked in vain.
func (h *Handlers) PasskeyAdd(c *gin.Context) error {
	if h.o.Passkeys == nil || gate.Shared(c) {
		return h.none()
	}
	w := h.words(c)
	s := &Sheet{Base: h.base(c, "account.newkey.title", "/me/ways"), Lead: []string{w.T("account.newkey.lead", nil)}}
	label := field(w, nil, "label", "account.newkey.label", deviceLabel(c.GetHeader("User-Agent")))
	label.MaxLength = 60
	s.Forms = []Form{{Action: "/me/passkeys", Passkey: "make", Begin: "/me/passkeys/begin", Parts: []any{label}, Buttons: []page.Button{button(w, "account.newkey.go")}}}
	return h.sheet(c, http.StatusOK, s)
}

type wayForm struct {
	Way string `form:"way" validate:"required,max=120"`
}

// AskDrop asks before a way in is removed.
func (h *Handlers) AskDrop(c *gin.Context) error {
	var in wayForm
	if err := read(c, &in); err != nil {
		return err
	}
	w := h.words(c)
	s := &Sheet{Base: h.base(c, "account.drop.title", "/me/ways"), Lead: []string{w.T("account.drop.lead", nil)}}
	if in.Way == "card" {
		s.Lead = []string{w.T("account.drop.card", nil)}
	}
	s.Path = "/me/ways"
	s.Forms = []Form{{Action: "/me/ways/drop", Hidden: []Hidden{{"way", in.Way}},
		Buttons: []page.Button{{Text: w.T("account.drop.yes", nil), Kind: "bad"}, {Text: w.T("account.drop.no", nil), Kind: "second", Href: "/me/ways"}}}}
	return h.sheet(c, http.StatusOK, s)
}

// Drop removes a way in.
func (h *Handlers) Drop(c *gin.Context) error {
	var in wayForm
	if err := read(c, &in); err != nil {
		return err
	}
	ctx, a := c.Request.Context(), me(c)
	var err error
	if in.Way == "card" {
		err = h.o.People.RevokeCards(ctx, a, a.Person)
	} else {
		err = h.o.People.DropWay(ctx, a, in.Way)
	}
	if err != nil {
		if gateLeads(err) {
			return err
		}
		return h.fail(c, err)
	}
	return see(c, "/me/ways?done=gone")
}

// Devices lists where the person is signed in.
func (h *Handlers) Devices(c *gin.Context) error {
	ctx, a, w := c.Request.Context(), me(c), h.words(c)
	list, err := h.o.Sessions.List(ctx, a)
	if err != nil {
		return err
	}
	p := &ListPage{Base: h.base(c, "account.devices.title", "/me"), Lead: []string{w.T("account.devices.lead", nil)}}
	if c.Query("done") != "" {
		p.Notes = []page.Note{{Kind: "good", Title: w.T("account.devices.done", nil)}}
	}
	g := Group{}
	for _, one := range list {
		l := Line{Title: one.Label, Text: w.T("account.devices.seen", map[string]any{"Via": w.T("account.via."+string(one.Via), nil), "When": w.DateTime(one.Seen)})}
		if l.Title == "" {
			l.Title = w.T("account.devices.unknown", nil)
		}
		switch {
		case one.Here:
			l.Tag = &page.Tag{Kind: "good", Text: w.T("account.devices.here", nil)}
		case one.Shared:
			l.Tag = &page.Tag{Kind: "sun", Text: w.T("account.devices.shared", nil)}
		}
		if !one.Here {
			l.Action, l.Hidden, l.Button = "/me/devices/end", []Hidden{{"device", one.ID}}, small(w, "account.devices.end")
		}
		g.Lines = append(g.Lines, l)
	}
	p.Groups = []Group{g}
	if len(list) > 1 {
		p.Forms = append(p.Forms, Form{Action: "/me/devices/others", Buttons: []page.Button{second(w, "account.devices.others")}})
	}
	p.Forms = append(p.Forms, Form{Action: "/sign-out", Buttons: []page.Button{{Text: w.T("account.signout", nil), Kind: "bad"}}})
	return h.list(c, p)
}

// EndDevice signs another device out.
func (h *Handlers) EndDevice(c *gin.Context) error {
	var in struct {
		Device string `form:"device" validate:"required,max=120"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if err := h.o.Sessions.EndOne(c.Request.Context(), me(c), in.Device); err != nil && !fault.Is(err, fault.NotFound) { // gone is what was asked for
		return err
	}
	return see(c, "/me/devices?done=1")
}

// EndOthers signs every other device out.
func (h *Handlers) EndOthers(c *gin.Context) error {
	if err := h.o.Sessions.EndOthers(c.Request.Context(), me(c)); err != nil {
		return err
	}
	return see(c, "/me/devices?done=1")
}

type roleForm struct {
	Role  string `form:"role" validate:"required,max=40"`
	Place string `form:"place" validate:"max=64"`
}

// AskLeave asks before somebody lays a role down.
func (h *Handlers) AskLeave(c *gin.Context) error {
	var in roleForm
	if err := read(c, &in); err != nil {
		return err
	}
	role, err := person.ParseRole(in.Role)
	if err != nil {
		return err
	}
	w := h.words(c)
	s := &Sheet{Base: h.base(c, "account.leave.title", "/me"), Lead: []string{w.T("account.leave.lead", nil)},
		Rows: []page.Row{{Key: w.T("account.join.role", nil), Value: capital(w.T("role."+role.String(), nil))}, {Key: w.T("account.join.place", nil), Value: h.place(c, role, in.Place)}}}
	s.Path = "/me"
	s.Forms = []Form{{Action: "/me/roles/leave", Hidden: []Hidden{{"role", in.Role}, {"place", in.Place}},
		Buttons: []page.Button{{Text: w.T("account.leave.yes", nil), Kind: "bad"}, {Text: w.T("account.drop.no", nil), Kind: "second", Href: "/me"}}}}
	return h.sheet(c, http.StatusOK, s)
}

// Leave lays a role down. All sessions end with it, this one too.
func (h *Handlers) Leave(c *gin.Context) error {
	var in roleForm
	if err := read(c, &in); err != nil {
		return err
	}
	role, err := person.ParseRole(in.Role)
	if err != nil {
		return err
	}
	ctx, a := c.Request.Context(), me(c)
	if err := h.o.People.Revoke(ctx, a, a.Person, role, in.Place); err != nil {
		return h.fail(c, err)
	}
	if err := h.o.Sessions.End(ctx); err != nil {
		return err
	}
	return see(c, gate.SignInPath)
}

type placeForm struct {
	Place string `form:"place" validate:"required,max=64"`
}

// AskLeavePlace asks before somebody leaves a venue.
func (h *Handlers) AskLeavePlace(c *gin.Context) error {
	var in placeForm
	if err := read(c, &in); err != nil {
		return err
	}
	w := h.words(c)
	s := &Sheet{Base: h.base(c, "account.place.title", "/me"), Lead: []string{w.T("account.place.lead", nil)},
		Rows: []page.Row{{Key: w.T("account.join.place", nil), Value: h.place(c, person.Mentor, in.Place)}}}
	s.Path = "/me"
	s.Forms = []Form{{Action: "/me/places/leave", Hidden: []Hidden{{"place", in.Place}},
		Buttons: []page.Button{{Text: w.T("account.place.yes", nil), Kind: "bad"}, {Text: w.T("account.drop.no", nil), Kind: "second", Href: "/me"}}}}
	return h.sheet(c, http.StatusOK, s)
}

// LeavePlace takes the person out of a venue: its mentors no longer see them.
func (h *Handlers) LeavePlace(c *gin.Context) error {
	var in placeForm
	if err := read(c, &in); err != nil {
		return err
	}
	a := me(c)
	if err := h.o.People.Leave(c.Request.Context(), a, a.Person, in.Place); err != nil {
		return h.fail(c, err)
	}
	return see(c, "/me")
}
