package account

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// MePage is one's own page.
type MePage struct {
	page.Base
	Hello    string
	Notes    []page.Note
	Work     []page.Tile // where a role leads
	Factor   *page.Link  // staff without a second factor
	Sittings []SittingLine
	Here     []SittingLine // of this browser, not attached yet
	Next     []page.Step
	Lessons  *page.Next // what to learn next; nil: unknown
	Tiles    []page.Tile
	Roles    []RoleLine
	Places   []RoleLine // venues where the person learns
	Shared   bool
}

// RoleLine is a role that the person holds.
type RoleLine struct{ Role, Place, Name, At string }

// Me is one's own page: what is mine, and what can be done next.
func (h *Handlers) Me(c *gin.Context) error {
	ctx, a, w := c.Request.Context(), me(c), h.words(c)
	who, err := h.o.People.ByID(ctx, a, a.Person)
	if err != nil {
		return h.fail(c, err)
	}
	p := &MePage{Base: h.base(c, "account.me.title", "/"), Shared: gate.Shared(c), Hello: w.T("account.me.you", nil)}
	if who.Name != "" {
		p.Hello = who.Name
	}
	if c.Query("new") != "" {
		p.Notes = append(p.Notes, page.Note{Kind: "good", Title: w.T("account.me.new", nil), Text: []string{w.T("account.me.new.text", nil)}})
	}
	if c.Query("done") == "sitting" {
		p.Notes = append(p.Notes, page.Note{Kind: "good", Title: w.T("account.me.attached", nil)})
	}
	if err := h.mySittings(c, a, p); err != nil {
		return err
	}
	for _, id := range who.Places {
		p.Places = append(p.Places, RoleLine{Place: id, Name: h.place(c, person.Mentor, id)})
	}
	have, err := h.waysOf(c, a)
	if err != nil {
		return err
	}
	h.work(c, a, p)
	step := func(key, href string) {
		p.Next = append(p.Next, page.Step{Number: len(p.Next) + 1, Href: href, Title: w.T("account.next."+key, nil), Text: w.T("account.next."+key+".text", nil)})
	}
	if !have.email && !have.card && !have.passkey {
		step("way", "/me/ways")
	}
	if h.o.Advice != nil {
		note, err := h.o.Advice(ctx, a.Person, lang(c))
		if err != nil {
			return err
		}
		if note != nil {
			p.Notes = append(p.Notes, *note)
		}
	}
	if h.o.Next != nil {
		if p.Lessons, err = h.o.Next(c, "/me"); err != nil {
			return err
		}
	}
	if len(p.Sittings)+len(p.Here) == 0 {
		step("test", "/surveys")
	} else if p.Lessons == nil {
		step("learn", "/courses")
	}
	tile := func(icon, href, key string) {
		p.Tiles = append(p.Tiles, page.Tile{Icon: icon, Href: href, Title: w.T("account.tile."+key, nil), Text: w.T("account.tile."+key+".text", nil)})
	}
	tile("check", "/me/certificates", "certificates")
	tile("edit", "/me/contact", "contact")
	tile("lock", "/me/ways", "ways")
	tile("phone", "/me/devices", "devices")
	tile("bulb", "/preferences", "prefs")
	tile("check", "/me/consents", "consents")
	tile("file", "/me/data", "data")
	tile("info", "/me/help", "help")
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "account/me", p)
}

// work adds where the roles of the person lead.
func (h *Handlers) work(c *gin.Context, a person.Actor, p *MePage) {
	w := h.words(c)
	if p.Shared { // the session has no rights of staff here
		if held, err := h.o.People.Grants(c.Request.Context(), a.Person); err == nil && len(held) > 0 {
			p.Notes = append(p.Notes, page.Note{Kind: "sun", Title: w.T("account.me.shared", nil), Text: []string{w.T("account.me.shared.text", nil)}})
		}
	}
	for _, g := range a.Grants {
		line := RoleLine{Role: g.Role.String(), Place: g.Place, Name: capital(w.T("role."+g.Role.String(), nil)), At: h.place(c, g.Role, g.Place)}
		p.Roles = append(p.Roles, line)
	}
	if a.Staff() && !a.Strong {
		l := link(w, gate.FactorPath+"?back=/me", "account.me.factor")
		p.Factor = &l
		return
	}
	add := func(act person.Action, icon, href, key string) {
		if person.Can(&a, act, person.Somewhere).OK() {
			p.Work = append(p.Work, page.Tile{Icon: icon, Href: href, Title: w.T(key, nil)})
		}
	}
	add(person.MentorDesk, "people", "/mentor", "account.work.mentor")
	add(person.SchoolRead, "bank", "/school", "account.work.school")
	add(person.OfficeRead, "chart", "/office", "account.work.office")
}

// mySittings lists what is attached, and what of this browser could be.
func (h *Handlers) mySittings(c *gin.Context, a person.Actor, p *MePage) error {
	if h.o.Kept == nil {
		return nil
	}
	ctx := c.Request.Context()
	ids, err := h.o.People.Sittings(ctx, a.Person)
	if err != nil {
		return err
	}
	if p.Sittings, err = h.o.Kept.Lines(ctx, lang(c), ids); err != nil {
		return err
	}
	mine := map[string]bool{}
	for _, id := range ids {
		mine[id] = true
	}
	proofs := map[string]string{}
	for id, proof := range sittingsHere(c) {
		if !mine[id] {
			proofs[id] = proof
		}
	}
	if len(proofs) == 0 {
		return nil
	}
	p.Here, err = h.o.Kept.Here(ctx, lang(c), proofs)
	return err
}

// maxHere bounds how many sittings of one browser are looked at.
const maxHere = 12

// sittingsHere are the sittings whose cookies this browser holds, with what opens them.
func sittingsHere(c *gin.Context) map[string]string {
	proofs := map[string]string{}
	for _, k := range c.Request.Cookies() {
		id, ours := strings.CutPrefix(k.Name, sittingCookie)
		if !ours || len(proofs) == maxHere || len(k.Value) > 4096 {
			continue
		}
		if id, err := sitting.ParseID(id); err == nil {
			proofs[id] = k.Value
		}
	}
	return proofs
}

// AttachSitting binds a sitting of this browser to the person. The cookie is the proof.
func (h *Handlers) AttachSitting(c *gin.Context) error {
	var in struct {
		Sitting string `form:"sitting"`
		Key     string `form:"key"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	id, err := sitting.ParseID(in.Sitting)
	if err != nil {
		return h.fail(c, fault.New(fault.NotFound, "person.sitting_not_yours"))
	}
	proof := sittingsHere(c)[id]
	if proof == "" {
		proof = in.Key
	}
	if err := h.o.People.Attach(c.Request.Context(), me(c), id, proof); err != nil {
		return h.fail(c, err)
	}
	return see(c, "/me?done=sitting")
}

// ContactForm shows what the person has told about themselves.
func (h *Handlers) ContactForm(c *gin.Context) error {
	a := me(c)
	who, err := h.o.People.ByID(c.Request.Context(), a, a.Person)
	if err != nil {
		return h.fail(c, err)
	}
	return h.contactPage(c, who, &contactForm{Name: who.Name, Phone: who.Phone}, nil)
}

type contactForm struct {
	Name  string `form:"name"`
	Phone string `form:"phone"`
}

func (h *Handlers) contactPage(c *gin.Context, who *person.Person, in *contactForm, err error) error {
	w := h.words(c)
	list, again := faults(err, "name")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.contact.title", "/me"), Lead: []string{w.T("account.contact.lead", nil)}}
	wrong(&s.Base, &s.Errors, w, list)
	if c.Query("done") != "" {
		s.Notes = []page.Note{{Kind: "good", Title: w.T("account.saved", nil)}}
	}
	name := field(w, list, "name", "account.register.name", in.Name)
	name.Autocomplete, name.MaxLength = "name", 120
	phone := field(w, list, "phone", "account.register.phone", in.Phone)
	phone.Type, phone.Autocomplete, phone.MaxLength, phone.Width = "tel", "tel", 30, "20"
	s.Forms = []Form{{Action: "/me/contact", Parts: []any{name, phone}, Buttons: []page.Button{button(w, "page.save")}}}
	s.After = []string{w.T("account.contact.born", nil)}
	return h.sheet(c, status(c, err), s)
}

// Contact stores name and phone. The year of birth stays: a mentor changes it.
func (h *Handlers) Contact(c *gin.Context) error {
	in := &contactForm{}
	if err := read(c, in); err != nil {
		return err
	}
	ctx, a := c.Request.Context(), me(c)
	who, err := h.o.People.ByID(ctx, a, a.Person)
	if err != nil {
		return h.fail(c, err)
	}
	err = h.o.People.Edit(ctx, a, a.Person, person.Contact{Name: in.Name, Phone: in.Phone, Born: who.Born, Adult: who.Adult})
	if err != nil {
		return h.contactPage(c, who, in, err)
	}
	return see(c, "/me/contact?done=1")
}

// Help is what to do when a card, a passkey or a telephone is lost.
func (h *Handlers) Help(c *gin.Context) error {
	w := h.words(c)
	s := &Sheet{Base: h.base(c, "account.help.title", "/sign-in"), Lead: []string{w.T("account.help.lead", nil)}}
	if gate.Actor(c).Person != "" {
		s.Back = &page.Link{Href: "/me"}
	}
	note := func(key string) {
		s.Notes = append(s.Notes, page.Note{Title: w.T("account.help."+key, nil), Text: []string{w.T("account.help."+key+".text", nil)}})
	}
	note("card")
	note("secret")
	note("passkey")
	note("phone")
	note("email")
	s.NotesBelow = true
	s.After = []string{w.T("account.help.staff", nil)}
	s.Links = []page.Link{link(w, "/help", "account.to.city")}
	if gate.Actor(c).Person != "" {
		s.Links = append(s.Links, link(w, "/me/devices", "account.tile.devices"))
	}
	return h.sheet(c, http.StatusOK, s)
}
