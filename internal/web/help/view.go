package help

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// view is one request.
type view struct {
	h      *Handlers
	c      *gin.Context
	ctx    context.Context
	w      *i18n.Localizer
	lang   string
	faults []fault.Field
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang}
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, pairs ...any) string {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("help."+key, m)
}

// all are the messages key.1, key.2, … as far as there are.
func (v *view) all(key string) (list []string) {
	for i := '1'; i <= '9'; i++ {
		full := "help." + key + "." + string(i)
		text := v.w.T(full, nil)
		if text == full {
			break
		}
		list = append(list, text)
	}
	return list
}

// in is a text of content; Ukrainian stands in where there is no English.
func (v *view) in(t i18n.Text) string {
	if s := t.In(v.lang); s != "" {
		return s
	}
	if t.UK != "" {
		return t.UK
	}
	return t.EN
}

// foreign is "uk" where a text has no English and the reader wants it.
func (v *view) foreign(t i18n.Text) string {
	if v.lang == i18n.English && t.EN == "" {
		return i18n.Ukrainian
	}
	return ""
}

func (v *view) topic(id string) string { return v.t("topic." + id) }

// moment is a day and, when it is near, the minute.
func (v *view) moment(t time.Time) string { return v.w.DateTime(t) }

func (v *view) fault(name string) string { return page.FaultText(v.w, v.faults, name) }

func (v *view) base(title, path string) page.Base {
	return page.Base{Lang: v.lang, Title: title, Path: path, Nav: "help"}
}

// sheet begins a page of staff.
func (v *view) sheet(path, menu, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path, NoIndex: true}, MenuID: menu, Menu: v.h.o.Menu(v.c)}
	if v.may(person.OfficeRead) {
		s.Crumbs = append(s.Crumbs, page.Link{Href: "/office", Text: v.t("office")})
	}
	s.Crumbs = append(s.Crumbs, trail...)
	if done := v.c.Query("done"); dones[done] {
		s.Done = v.t("done." + done)
	}
	return s
}

// dones are the acts that a page may name when it is read after one.
var dones = map[string]bool{"taken": true, "sorted": true, "handed": true, "answered": true, "closed": true, "saved": true, "public": true, "settings": true, "helped": true}

// wrong puts what was refused on a page of staff; 200 when nothing was.
func (v *view) wrong(s *page.Sheet, err error) (status int, rest error) {
	if err == nil {
		return http.StatusOK, nil
	}
	sum, fields, status, ok := page.Refused(v.w, err)
	if !ok {
		return 0, err
	}
	s.Errors, s.Failed, v.faults = sum, true, fields
	return status, nil
}

func (v *view) to(path string) error {
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path)
	return nil
}

func (v *view) render(status int, name string, p page.Page) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, name, p)
}

func (v *view) actor() *person.Actor { return gate.Actor(v.c) }

// may tells whether the reader may do something, a missing proof aside.
func (v *view) may(act person.Action) bool {
	a := *v.actor()
	a.Fresh = true
	return person.Can(&a, act, person.Somewhere).OK()
}

// place is the name of a place of a desk.
func (v *view) place(id string) string {
	for _, p := range v.h.o.Places() {
		if p.ID == id {
			return p.Name.In(v.lang)
		}
	}
	return id
}

// fraud is the first branch.
func (v *view) fraud() page.Note {
	return page.Note{Kind: "bad", Title: v.t("fraud.title"), List: v.all("fraud.first"), Link: &page.Link{Href: Address + "/fraud", Text: v.t("fraud.more")}}
}

// never is what nobody of the city asks for.
func (v *view) never() page.Note {
	return page.Note{Kind: "main", Title: v.t("never.title"), Text: []string{v.t("never.lead")}, List: v.all("never")}
}

// open says whether somebody answers the telephone now; empty while nobody set the hours.
func (v *view) open(set *help.Settings) (now bool, words string) {
	if !set.Known() {
		return false, ""
	}
	at := v.h.o.Now()
	if set.OpenAt(at) {
		return true, v.t("open.now")
	}
	if next := set.Opens(at); !next.IsZero() {
		return false, v.t("open.next", "When", v.moment(next))
	}
	return false, v.t("open.closed")
}

// week is the hours by day, neighbours with the same hours joined.
func (v *view) week(set *help.Settings) (list []page.Row) {
	if !set.Known() {
		return nil
	}
	for i := 0; i < 7; {
		j := i
		for j < 6 && set.Week[j+1] == set.Week[i] {
			j++
		}
		days := v.t("day." + string(rune('0'+i)))
		if j > i {
			days += "–" + strings.ToLower(v.t("day."+string(rune('0'+j))))
		}
		hours := v.t("day.closed")
		if x := set.Week[i]; x.To > x.From {
			hours = clock(x.From) + "–" + clock(x.To)
		}
		list = append(list, page.Row{Key: days, Value: hours})
		i = j + 1
	}
	return list
}

func clock(minutes int) string {
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute).Format("15:04")
}
