package account

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// door is what every way in carries along: where the person wanted to go, and whether
// the computer is a shared one.
type door struct {
	Back   string `form:"back"`
	Shared bool   `form:"shared"`
	venue  bool   // an enrolled device of a venue: always shared
}

// door reads what a page of the sign-in was asked with.
func (h *Handlers) door(c *gin.Context) door {
	d := door{Back: back(c.Query("back")), Shared: c.Query("shared") == "1"}
	return d.here(c)
}

// here is the door after a form was read into it.
func (d door) here(c *gin.Context) door {
	d.Back = back(d.Back)
	if cookie(c, cookieVenue) != "" {
		d.venue, d.Shared = true, true
	}
	return d
}

// to is an address of the sign-in that carries the door along.
func (d door) to(path string) string {
	q := url.Values{}
	if d.Back != "" {
		q.Set("back", d.Back)
	}
	if d.Shared {
		q.Set("shared", "1")
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (d door) hidden() []Hidden {
	var list []Hidden
	if d.Back != "" {
		list = append(list, Hidden{"back", d.Back})
	}
	if d.Shared {
		list = append(list, Hidden{"shared", "1"})
	}
	return list
}

// check is the tick «Я за спільним комп'ютером».
func (d door) check(w *i18n.Localizer) page.Check {
	return page.Check{ID: "f-shared", Name: "shared", Value: "1", Label: w.T("account.shared", nil), Hint: w.T("account.shared.hint", nil), Checked: d.Shared}
}

// parts puts the tick behind the fields of a form, or says that it is ticked.
func (h *Handlers) sign(c *gin.Context, s *Sheet, d door, f Form) {
	w := h.words(c)
	f.Hidden = append(f.Hidden, d.hidden()...)
	if d.Shared {
		s.After = append(s.After, w.T("account.shared.on", nil))
	} else if gate.Actor(c).Person == "" {
		f.Parts = append(f.Parts, d.check(w))
	}
	s.Forms = append(s.Forms, f)
}

// SignInPage is the page of the doors.
type SignInPage struct {
	page.Base
	Hidden   []Hidden
	Doors    []Door
	Services []page.Link
	Shared   *page.Link // «Я за спільним комп'ютером»: for the doors of others, which have no tick of their own
	On       bool       // shared already
	Links    []page.Link
}

// Door is one way in: a large button.
type Door struct{ Way, Icon, Title, Text string }

// SignIn shows the doors.
func (h *Handlers) SignIn(c *gin.Context) error {
	w, d := h.words(c), h.door(c)
	if gate.Actor(c).Person != "" {
		s := &Sheet{Base: h.base(c, "account.signin.already", "/"), Lead: []string{w.T("account.signin.already.text", nil)},
			Links: []page.Link{link(w, "/me", "account.to.me")}}
		s.Forms = []Form{{Action: "/sign-out", Buttons: []page.Button{second(w, "account.signout")}}}
		return h.sheet(c, http.StatusOK, s)
	}
	p := &SignInPage{Base: h.base(c, "account.signin.title", "/"), On: d.Shared}
	if d.Back != "" {
		p.Hidden = []Hidden{{"back", d.Back}}
	}
	add := func(way, icon string) {
		p.Doors = append(p.Doors, Door{way, icon, w.T("account.door."+way, nil), w.T("account.door."+way+".text", nil)})
	}
	if d.venue {
		add("device", "people")
	}
	add("card", "card")
	if h.o.Mail {
		add("code", "mail")
	}
	if h.o.Passkeys != nil && !d.venue {
		add("passkey", "key")
	}
	if h.o.Identities != nil {
		for _, id := range h.o.Identities.IDs() {
			q := d.to("/sign-in/oidc/" + url.PathEscape(id))
			p.Services = append(p.Services, page.Link{Href: q, Text: w.T("account.door.service", map[string]any{"Name": h.service(id, lang(c))})})
		}
	}
	switch {
	case d.Shared:
		p.Hidden = append(p.Hidden, Hidden{"shared", "1"})
	case len(p.Services) > 0:
		l := page.Link{Href: door{Back: d.Back, Shared: true}.to("/sign-in"), Text: w.T("account.shared", nil)}
		p.Shared = &l
	}
	register := "/register"
	if d.Back != "" {
		register += "?" + url.Values{"back": {d.Back}}.Encode()
	}
	p.Links = []page.Link{link(w, register, "account.to.register"), link(w, "/me/help", "account.to.lost")}
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "account/signin", p)
}

// ChooseDoor leads to the door that was chosen.
func (h *Handlers) ChooseDoor(c *gin.Context) error {
	var in struct {
		Back   string `form:"back"`
		Shared bool   `form:"shared"`
		Way    string `form:"way"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	d := door{Back: in.Back, Shared: in.Shared}.here(c)
	switch in.Way {
	case "card", "code", "passkey", "device":
		return see(c, d.to("/sign-in/"+in.Way))
	}
	return see(c, d.to("/sign-in"))
}

// service is the name of an identity service.
func (h *Handlers) service(id, lang string) string {
	if t, ok := h.o.Services[id]; ok && !t.IsZero() {
		return t.In(lang)
	}
	return id
}

// enter ends every way in: the session begins (or is proved anew), preferences come
// into this browser, and the person goes on.
func (h *Handlers) enter(c *gin.Context, in *person.SignedIn, d door) error {
	ctx := c.Request.Context()
	to := d.Back
	if to == "" {
		to = "/me"
	}
	if a := gate.Actor(c); a.Person != "" && a.Person == in.Person {
		if err := h.o.Sessions.Prove(ctx, in); err != nil {
			return err
		}
		if in.NeedsFactor() && !a.Strong && !gate.Shared(c) {
			return see(c, door{Back: d.Back}.to(gate.FactorPath))
		}
		return see(c, to)
	}
	if err := h.o.Sessions.Begin(ctx, in, person.Device{Label: deviceLabel(c.GetHeader("User-Agent")), Shared: d.Shared}); err != nil {
		return err
	}
	if err := h.greet(c, in.Person, d.Shared); err != nil {
		return err
	}
	if in.NeedsFactor() && !d.Shared {
		return see(c, door{Back: d.Back}.to(gate.FactorPath))
	}
	return see(c, to)
}

// greet brings the person's language and preferences into this browser.
func (h *Handlers) greet(c *gin.Context, id person.ID, shared bool) error {
	set, err := h.o.People.Settings(c.Request.Context(), id)
	if err != nil {
		return err
	}
	life := prefsLife
	if shared {
		life = 2 * time.Hour
	}
	if p := set.Prefs.Cookie(); p != "" {
		h.cookie(c, CookiePrefs, p, "/", life)
	}
	if i18n.Known(set.Lang) && cookie(c, cookieLang) == "" {
		h.cookie(c, cookieLang, set.Lang, "/", life)
	}
	return nil
}

// deviceLabel says in two words where somebody signs in, from what the browser says of
// itself.
func deviceLabel(agent string) string {
	if len(agent) > 500 {
		agent = agent[:500]
	}
	pick := func(list ...[2]string) string {
		for _, one := range list {
			if strings.Contains(agent, one[0]) {
				return one[1]
			}
		}
		return ""
	}
	browser := pick([2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"SamsungBrowser", "Samsung Internet"}, [2]string{"YaBrowser", "Chromium"},
		[2]string{"Firefox", "Firefox"}, [2]string{"FxiOS", "Firefox"}, [2]string{"Chrome", "Chrome"}, [2]string{"CriOS", "Chrome"}, [2]string{"Safari", "Safari"})
	system := pick([2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"}, [2]string{"Android", "Android"}, [2]string{"Windows", "Windows"},
		[2]string{"CrOS", "ChromeOS"}, [2]string{"Macintosh", "Mac"}, [2]string{"Linux", "Linux"})
	switch {
	case browser != "" && system != "":
		return browser + ", " + system
	case browser+system != "":
		return browser + system
	}
	return ""
}

// SignOut ends the session of this browser. On a shared computer, or when the person
// asks for it, everything that this site left in the browser goes too.
func (h *Handlers) SignOut(c *gin.Context) error {
	var in struct {
		Clear bool `form:"clear"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	shared := gate.Shared(c) || in.Clear
	if err := h.o.Sessions.End(c.Request.Context()); err != nil {
		return err
	}
	c.Set(leftKey, true)
	if shared {
		h.sweep(c)
	}
	return see(c, "/sign-in/bye")
}

// sweep takes everything of this site out of the browser but the enrolment of a
// venue's device, which is the venue's and not the person's.
func (h *Handlers) sweep(c *gin.Context) {
	for _, k := range c.Request.Cookies() {
		switch {
		case strings.HasPrefix(k.Name, sittingCookie), k.Name == countedCookie, k.Name == learnerCookie, k.Name == CookiePrefs, k.Name == cookieLang:
			h.cookie(c, k.Name, "", "/", 0)
		}
	}
	for name, path := range map[string]string{cookieCard: "/sign-in/card", cookieFlow: "/", cookieProof: "/register", cookieMaker: "/register", cookieService: "/sign-in/oidc",
		cookieKey: "/", cookieWaiting: "/register/waiting"} {
		h.cookie(c, name, "", path, 0)
	}
	if cookie(c, cookieVenue) != "" {
		c.Header("Clear-Site-Data", `"cache", "storage"`)
		return
	}
	c.Header("Clear-Site-Data", `"cache", "cookies", "storage"`)
}

// Bye says that the person has left.
func (h *Handlers) Bye(c *gin.Context) error {
	w := h.words(c)
	return h.say(c, http.StatusOK, "account.bye", "", link(w, "/", "page.error.home"), link(w, "/sign-in", "account.to.signin"))
}
