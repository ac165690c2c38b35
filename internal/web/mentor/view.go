package mentor

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// venueCookie keeps the venue a mentor of several works at. It opens nothing: the
// mentor's roles do.
const venueCookie = "osvitlo_venue"

// view is one request at the desk.
type view struct {
	h      *Handlers
	c      *gin.Context
	ctx    context.Context
	a      person.Actor
	w      *i18n.Localizer
	lang   string
	venues []Place // where the mentor works
	venue  string  // where the mentor works now; empty: not chosen yet
	faults []fault.Field
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	v := &view{h: h, c: c, ctx: ctx, a: *gate.Actor(c), w: h.o.Words.Lang(lang), lang: lang}
	ids, all := v.a.Venues(person.PersonRegister)
	places := h.o.Places()
	for _, p := range places {
		if all || slices.Contains(ids, p.ID) {
			v.venues = append(v.venues, p)
		}
	}
	for _, id := range ids { // a venue that nobody has named yet
		if !slices.ContainsFunc(places, func(p Place) bool { return p.ID == id }) {
			v.venues = append(v.venues, Place{ID: id, Name: i18n.Text{UK: id, EN: id}})
		}
	}
	if len(v.venues) == 1 {
		v.venue = v.venues[0].ID
	} else if chosen, err := c.Cookie(venueCookie); err == nil && v.works(chosen) {
		v.venue = chosen
	}
	if v.venue != "" {
		v.a.Where = "venue:" + v.venue
	}
	return v
}

func (v *view) works(venue string) bool {
	return slices.ContainsFunc(v.venues, func(p Place) bool { return p.ID == venue })
}

func (v *view) t(key string, pairs ...any) string {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("mentor."+key, m)
}

func (v *view) place(id string) string {
	for _, p := range v.h.o.Places() {
		if p.ID == id {
			return p.Name.In(v.lang)
		}
	}
	return id
}

func (v *view) name(p *person.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return v.t("noname", "ID", string(p.ID[max(0, len(p.ID)-4):]))
}

func (v *view) born(p *person.Person) string {
	switch {
	case p.Born != 0:
		return strconv.Itoa(p.Born)
	case p.Adult:
		return v.t("adult")
	}
	return "–"
}

// phone writes a number in groups, as people read it.
func phone(number string) string {
	if len(number) == 13 && strings.HasPrefix(number, "+380") {
		return number[3:6] + " " + number[6:9] + " " + number[9:11] + " " + number[11:]
	}
	return number
}

// sheet begins a page of the desk; crumbs lead back to it.
func (v *view) sheet(title string, crumbs ...page.Link) *page.Sheet {
	s := &page.Sheet{Base: page.Base{Lang: v.lang, Title: v.t(title), Path: v.c.Request.URL.Path}, Narrow: true}
	s.Crumbs = append([]page.Link{{Href: "/mentor", Text: v.t("desk")}}, crumbs...)
	if v.venue != "" {
		s.Kicker = v.place(v.venue)
	}
	s.Done = v.done()
	return s
}

// done is what was just done, from the address after a form.
func (v *view) done() string {
	if done := v.c.Query("done"); done != "" {
		if key := "mentor.done." + done; v.w.T(key, nil) != key {
			return v.w.T(key, nil)
		}
	}
	return ""
}

func (v *view) render(status int, s *page.Sheet) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "page/sheet", s.Ready())
}

func (v *view) to(path, done string) error {
	if done != "" {
		path += "?done=" + done
	}
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path)
	return nil
}

func (v *view) refused(err error) (sum *page.ErrorSummary, status int, ok bool) {
	sum, v.faults, status, ok = page.Refused(v.w, err)
	return sum, status, ok
}

func (v *view) field(name, label, value string, hint ...string) page.Field {
	f := page.Field{ID: page.FieldID(name), Name: name, Label: v.t(label), Value: value, Error: page.FaultText(v.w, v.faults, name), MaxLength: 200, Autocomplete: "off"}
	if len(hint) > 0 {
		f.Hint = v.t(hint[0])
	}
	return f
}

func (v *view) year(value string) page.Field {
	f := v.field("born", "born", value, "born.hint")
	f.InputMode, f.Width, f.MaxLength, f.Plain = "numeric", "4", 4, true
	return f
}

func (v *view) tel(value string) page.Field {
	f := v.field("phone", "phone", value, "phone.hint")
	f.Type, f.Width, f.MaxLength, f.Plain = "tel", "20", 30, true
	return f
}

func (v *view) check(name, label string, on bool) page.Check {
	return page.Check{ID: page.FieldID(name), Name: name, Value: "1", Label: v.t(label), Checked: on, Error: page.FaultText(v.w, v.faults, name)}
}

func (v *view) choice(name, label, chosen string, items []page.Choice, hint ...string) page.Choices {
	s := page.Choices{ID: page.FieldID(name), Name: name, Legend: v.t(label), Items: items, Error: page.FaultText(v.w, v.faults, name)}
	if len(hint) > 0 {
		s.Hint = v.t(hint[0])
	}
	for i := range s.Items {
		s.Items[i].Checked = s.Items[i].Value == chosen
	}
	return s
}

// ask is the page that stands before an act that is hard to take back.
func (v *view) ask(s *page.Sheet, words []string, action, button, back string, hidden ...page.Hidden) error {
	s.Blocks = []page.Block{{Words: words}, {Form: &page.Form{Action: action, Hidden: hidden,
		Buttons: []page.Button{{Text: v.t(button), Kind: "bad"}, {Text: v.t("cancel"), Href: back, Kind: "second"}}}}}
	return v.render(http.StatusOK, s)
}

// learner reads the person of the address; who is of another venue is not there.
func (v *view) learner() (p *person.Person, at string, err error) {
	v.a.Why = "desk"
	p, err = v.h.o.People.ByID(v.ctx, v.a, person.ID(v.c.Param("id")))
	if err != nil {
		return nil, "", err
	}
	return p, "/mentor/learners/" + string(p.ID), nil
}

// about begins a page about a person.
func (v *view) about(p *person.Person, title string) *page.Sheet {
	s := v.sheet(title, page.Link{Href: "/mentor/learners/" + string(p.ID), Text: v.name(p)})
	s.Kicker = v.name(p)
	return s
}

func stored(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02", text, i18n.Kyiv)
	if err != nil {
		return time.Time{}
	}
	return t
}

func (v *view) purpose(p person.Purpose) string { return v.w.T("purpose."+string(p), nil) }

// origin is the site's address for the QR of a card.
func (v *view) origin() string {
	if o := strings.TrimSuffix(v.h.o.Origin, "/"); o != "" {
		return o
	}
	if v.c.Request.TLS != nil || v.h.o.OverTLS {
		return "https://" + v.c.Request.Host
	}
	return "http://" + v.c.Request.Host
}
