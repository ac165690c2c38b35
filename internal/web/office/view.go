package office

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// view is one request: who asks, in which language, and what is wrong with the form.
type view struct {
	h      *Handlers
	c      *gin.Context
	ctx    context.Context
	a      person.Actor
	w      *i18n.Localizer
	lang   string
	faults []fault.Field
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, a: *gate.Actor(c), w: h.o.Words.Lang(lang), lang: lang}
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, pairs ...any) string { return v.w.T("office."+key, args(pairs)) }

// n is a message with a count.
func (v *view) n(key string, count int) string { return v.w.N("office."+key, int64(count), nil) }

func args(pairs []any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// code is the words of a code: the message of prefix.code, or the code itself.
func (v *view) code(prefix, code string) string {
	key := prefix + "." + code
	if text := v.w.T(key, nil); text != key {
		return text
	}
	return code
}

func (v *view) role(r person.Role) string { return v.w.T("role."+r.String(), nil) }

// place is the name of a place; its id where nobody knows the name.
func (v *view) place(id string) string {
	if id == "" {
		return v.t("place.city")
	}
	for _, p := range v.h.o.Places() {
		if p.ID == id {
			return p.Name.In(v.lang)
		}
	}
	return id
}

func (v *view) date(t time.Time) string {
	if t.IsZero() {
		return v.t("never")
	}
	return v.w.Date(t)
}

func (v *view) moment(t time.Time) string {
	if t.IsZero() {
		return v.t("never")
	}
	return v.w.DateTime(t)
}

// when is a moment for a table: the day, and the minute under it.
func (v *view) when(t time.Time, more ...string) page.GridCell {
	if t.IsZero() {
		return page.GridCell{Text: v.t("never")}
	}
	small := t.In(i18n.Kyiv).Format("15:04")
	for _, m := range more {
		small += " · " + m
	}
	return page.GridCell{Text: v.w.Date(t), Small: small}
}

// stored reads a moment kept as text; the zero time when there is none.
func stored(text string) time.Time {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t
	}
	if t, err := time.ParseInLocation("2006-01-02", text, i18n.Kyiv); err == nil {
		return t
	}
	return time.Time{}
}

// name is what a person is called here: the name, or the end of the number.
func (v *view) name(p *person.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return v.t("noname", "ID", short(p.ID))
}

// short is the end of a person's number: enough to tell rows apart.
func short(id person.ID) string {
	if len(id) > 6 {
		return "…" + string(id[len(id)-6:])
	}
	return string(id)
}

// sheet begins a page: title, menu, and what was just done.
func (v *view) sheet(id, title string) *page.Sheet {
	s := &page.Sheet{Base: page.Base{Lang: v.lang, Title: v.t(title), Path: v.c.Request.URL.Path}, MenuID: id, Menu: v.menu()}
	if q := v.c.Request.URL.RawQuery; q != "" && v.c.Request.Method == http.MethodGet {
		s.Path += "?" + withoutLang(q)
		s.Path = strings.TrimSuffix(s.Path, "?")
	}
	if id != "home" {
		s.Crumbs = []page.Link{{Href: "/office", Text: v.t("home.crumb")}}
	}
	if done := v.c.Query("done"); done != "" {
		if key := "office.done." + done; v.w.T(key, nil) != key {
			s.Done = v.w.T(key, nil)
		}
	}
	return s
}

func withoutLang(q string) string {
	parts := strings.Split(q, "&")
	kept := parts[:0]
	for _, p := range parts {
		if !strings.HasPrefix(p, "lang=") && !strings.HasPrefix(p, "done=") {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "&")
}

// render writes the page. Nothing of the office is kept by caches.
func (v *view) render(status int, s *page.Sheet) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "page/sheet", s.Ready())
}

// to ends a POST: the browser reads the page at path, which says what was done.
func (v *view) to(path, done string) error {
	if done != "" {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		path += sep + "done=" + done
	}
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path)
	return nil
}

// refused makes of an error what a form's page can show again.
func (v *view) refused(err error) (sum *page.ErrorSummary, status int, ok bool) {
	sum, v.faults, status, ok = page.Refused(v.w, err)
	return sum, status, ok
}

// note writes an act of the office into the log: for acts that no service notes itself.
func (v *view) note(action, subject, why string) error {
	e := audit.Event{Actor: string(v.a.Person), Action: action, Subject: subject, Where: v.a.Where, Why: why}
	if e.Where == "" {
		e.Where = "web"
	}
	if v.a.Operator {
		e.Actor = "operator"
	}
	return v.h.o.Audit.Record(v.ctx, e)
}

// may tells whether the actor has a right at all, a missing proof aside.
func (v *view) may(act person.Action, s person.Subject) bool {
	a := v.a
	a.Fresh = true
	return person.Can(&a, act, s).OK()
}

func (v *view) somewhere(act person.Action) bool { return v.may(act, person.Somewhere) }

// origin is the site's address for links that are handed out.
func (v *view) origin() string {
	if o := strings.TrimSuffix(v.h.o.Origin, "/"); o != "" {
		return o
	}
	scheme := "http://"
	if v.c.Request.TLS != nil || v.c.GetHeader("X-Forwarded-Proto") == "https" {
		scheme = "https://"
	}
	return scheme + v.c.Request.Host
}

// menu lists the sections that the actor may use.
func (v *view) menu() []page.MenuGroup {
	var groups []page.MenuGroup
	add := func(title string, list ...Section) {
		g := page.MenuGroup{}
		if title != "" {
			g.Title = v.t(title)
		}
		for _, s := range list {
			if s.ID == "home" || v.somewhere(s.Act) {
				text := s.Text.In(v.lang)
				if text == "" {
					text = v.t(s.ID + ".menu")
				}
				g.Items = append(g.Items, page.MenuItem{ID: s.ID, Href: s.Href, Text: text})
			}
		}
		if len(g.Items) > 0 {
			groups = append(groups, g)
		}
	}
	one := func(id string, act person.Action) Section { return Section{ID: id, Href: "/office/" + id, Act: act} }
	add("", Section{ID: "home", Href: "/office"})
	var figures []Section
	if v.h.o.Index != nil {
		figures = append(figures, one("index", person.IndexInternal))
	}
	if v.h.o.Sittings != nil {
		figures = append(figures, one("held", person.SittingReview))
	}
	add("menu.figures", append(figures, v.h.o.More...)...)
	add("menu.bodies", v.h.o.Bodies...)
	add("menu.people", Section{ID: "desk", Href: "/mentor", Act: person.MentorDesk}, one("learners", person.PersonSearch),
		one("duplicates", person.PersonDuplicates), one("people", person.RoleList), one("roles", person.RoleList), one("tokens", person.TokenList))
	add("menu.order", one("audit", person.AuditSearch), one("retention", person.RetentionRead), one("privacy-fields", person.RetentionRead),
		one("consent-texts", person.RetentionRead), one("jobs", person.JobRead), one("mail", person.MailRead))
	return groups
}

// Menu is the menu of staff for pages of other packages. The reader's rights decide.
func (h *Handlers) Menu(c *gin.Context) []page.MenuGroup { return h.see(c).menu() }
