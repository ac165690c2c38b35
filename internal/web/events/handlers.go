package events

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("events: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "events", FS: sub}
}

// Options are what the pages are made of.
type Options struct {
	Pages  *page.Renderer // built with Set
	Words  *i18n.Bundle
	Events *event.Service
	Venues event.Venues
	Audit  event.Auditor
	Menu   func(*gin.Context) []page.MenuGroup // of staff; nil: none
	City   page.City
	Origin string // "https://…"; empty: taken from the request
	Log    *slog.Logger
	Now    func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct {
	o     Options
	drawn drawn
}

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Events == nil || o.Venues == nil || o.Audit == nil {
		return nil, errors.New("events: pages, words, events, venues and the audit log are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

// Addresses.
const (
	Address     = "/events"
	Booking     = "/events/booking"
	Workplaces  = "/workplaces"
	Office      = "/office/events"
	OfficeDesks = "/office/desks"
)

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.Open, Do: do}
	}
	post := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: path, Need: gate.Open, Do: do}
	}
	staff := func(method, path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: method, Path: path, Need: gate.May(act), Do: do}
	}
	return []gate.Route{
		get(Address, h.List),
		get("/events.ics", h.Feed),
		get(Booking, h.CodeForm),
		post(Booking, h.Code),
		get(Booking+"/:token", h.Booking),
		post(Booking+"/:token/leave", h.Leave),
		post(Booking+"/:token/accept", h.Accept),
		post(Booking+"/:token/say", h.Say),
		get("/events/here/:ref/:stamp", h.HereForm),
		post("/events/here/:ref/:stamp", h.Here),
		get("/events/:slug", h.Event),
		get("/events/:slug/event.ics", h.EventFeed),
		get("/events/:slug/:key", h.BookForm),
		post("/events/:slug/:key", h.Book),
		get("/events/:slug/:key/poster/:format", h.Poster),

		get(Workplaces, h.Desks),
		get(Workplaces+"/:desk", h.Desk),
		get(Workplaces+"/:desk/:key", h.SlotForm),
		post(Workplaces+"/:desk/:key", h.Slot),

		staff("GET", Office, person.EventBook, h.OfficeList),
		staff("GET", Office+"/new", person.EventEdit, h.NewForm),
		staff("POST", Office, person.EventEdit, h.Create),
		staff("GET", Office+"/:id", person.EventBook, h.OfficeEvent),
		staff("GET", Office+"/:id/edit", person.EventEdit, h.EditForm),
		staff("POST", Office+"/:id/edit", person.EventEdit, h.Edit),
		staff("POST", Office+"/:id/cancel", person.EventEdit, h.CancelAll),
		staff("GET", Office+"/:id/:key", person.EventBook, h.Roster),
		staff("POST", Office+"/:id/:key/change", person.EventEdit, h.Change),
		staff("POST", Office+"/:id/:key/alarm", person.EventEdit, h.Alarm),
		staff("POST", Office+"/:id/:key/book", person.EventBook, h.StaffBook),
		staff("POST", Office+"/:id/:key/marks", person.EventEdit, h.Marks),
		staff("POST", Office+"/:id/:key/leave", person.EventBook, h.StaffLeave),
		staff("POST", Office+"/:id/:key/accept", person.EventBook, h.StaffAccept),
		staff("GET", Office+"/:id/:key/here", person.EventEdit, h.HereCode),

		staff("GET", OfficeDesks, person.EventBook, h.OfficeDesks),
		staff("GET", OfficeDesks+"/new", person.EventEdit, h.NewDesk),
		staff("POST", OfficeDesks, person.EventEdit, h.CreateDesk),
		staff("GET", OfficeDesks+"/load", person.EventBook, h.Load),
		staff("GET", OfficeDesks+"/:id", person.EventBook, h.DeskDay),
		staff("GET", OfficeDesks+"/:id/edit", person.EventEdit, h.EditDeskForm),
		staff("POST", OfficeDesks+"/:id/edit", person.EventEdit, h.EditDesk),
		staff("POST", OfficeDesks+"/:id/:key/book", person.EventBook, h.DeskBook),
		staff("POST", OfficeDesks+"/:id/:key/mark", person.EventBook, h.DeskMark),
		staff("POST", OfficeDesks+"/:id/:key/leave", person.EventBook, h.DeskLeave),
	}
}

// view is one request.
type view struct {
	h    *Handlers
	c    *gin.Context
	ctx  context.Context
	w    *i18n.Localizer
	lang string
	now  time.Time
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang, now: h.o.Now()}
}

func pairs(list []any) map[string]any {
	m := make(map[string]any, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		m[list[i].(string)] = list[i+1]
	}
	return m
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, args ...any) string { return v.w.T("event."+key, pairs(args)) }

func (v *view) n(key string, count int, args ...any) string {
	return v.w.N("event."+key, int64(count), pairs(args))
}

func (v *view) in(t i18n.Text) string { return t.In(v.lang) }

func (v *view) base(title, path string) page.Base {
	return page.Base{Lang: v.lang, Title: title, Path: path, Nav: "events"}
}

func (v *view) render(status int, name string, p page.Page) error {
	return v.h.o.Pages.Render(v.c.Writer, status, "events/"+name, p)
}

// private keeps a page out of every cache.
func (v *view) private() { v.c.Header("Cache-Control", "no-store") }

func (v *view) to(path string) error {
	v.private()
	page.SeeOther(v.c.Writer, v.c.Request, path)
	return nil
}

// origin is the site's address for what leaves it.
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

// find is the event and occurrence of the address, drafts left out.
func (v *view) find() (*event.Event, *event.Occurrence, error) {
	e, ok := v.h.o.Events.Event(v.c.Param("slug"))
	if !ok || e.Draft {
		return nil, nil, fault.New(fault.NotFound, "")
	}
	key := v.c.Param("key")
	if key == "" {
		return e, nil, nil
	}
	o := e.Occurrence(key)
	if o == nil {
		return nil, nil, fault.New(fault.NotFound, "")
	}
	return e, o, nil
}

// clock writes the minute in Kyiv.
func clock(t time.Time) string { return t.In(i18n.Kyiv).Format("15:04") }

func (v *view) weekday(t time.Time, short bool) string {
	key := "weekday."
	if short {
		key = "wd."
	}
	return v.t(key + strings.ToLower(t.In(i18n.Kyiv).Weekday().String()[:3]))
}

// when writes day and hours of a face, as far as they are told.
func (v *view) when(f *event.Face) string {
	text := v.w.Date(f.Day) + ", " + v.weekday(f.Day, false)
	if f.Start.IsZero() {
		return text
	}
	return text + ", " + clock(f.Start) + i18n.EnDash + clock(f.End)
}

// where writes the place of a face, as far as it is told.
func (v *view) where(f *event.Face, long bool) string {
	var parts []string
	if name := v.in(f.Place.Name); name != "" {
		parts = append(parts, name)
		if long {
			parts = append(parts, v.in(f.Place.Address), f.Room, v.in(f.Place.Invite))
		}
	} else if d := v.in(f.District); d != "" {
		parts = append(parts, d)
	}
	if f.Online {
		parts = []string{v.t("online")}
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return v.t("where.later")
	}
	return strings.Join(parts, ", ")
}

// line is the text under a title in a list.
func (v *view) line(f *event.Face) string {
	if f.Guarded && f.Start.IsZero() {
		return v.where(f, false) + ". " + v.t("guarded.line")
	}
	return clock(f.Start) + ", " + v.where(f, false)
}

func (v *view) tag(f *event.Face) *page.Tag {
	switch f.State {
	case event.Cancelled:
		return &page.Tag{Kind: "bad", Text: v.t("state.cancelled")}
	case event.Moved:
		return &page.Tag{Kind: "sun", Text: v.t("state.moved")}
	case event.Ended:
		return &page.Tag{Text: v.t("state.ended")}
	case event.Shelter:
		return &page.Tag{Kind: "sun", Text: v.t("state.shelter")}
	}
	switch {
	case !f.Book:
		return &page.Tag{Kind: "good", Text: v.t("tag.free")}
	case f.Free < 0:
		return &page.Tag{Text: v.t("tag.booking")}
	case f.Free == 0 && f.Waiting:
		return &page.Tag{Kind: "sun", Text: v.t("tag.waiting")}
	case f.Free == 0:
		return &page.Tag{Text: v.t("tag.full")}
	case f.Free <= 3:
		return &page.Tag{Kind: "sun", Text: v.n("tag.left", f.Free)}
	}
	return &page.Tag{Kind: "good", Text: v.t("tag.seats")}
}

// row is an occurrence in a list.
func (v *view) row(f *event.Face) page.Event {
	day := f.Day.In(i18n.Kyiv)
	return page.Event{Day: day.Format("2"), Weekday: v.weekday(day, true), Href: Address + "/" + f.Slug + "/" + f.Key, Title: v.in(f.Title), Text: v.line(f), Tag: v.tag(f)}
}

// Week is what the landing tells of this week, with a text that changes whenever it does.
func (h *Handlers) Week(lang string) (list []page.Event, version string) {
	v := &view{h: h, ctx: context.Background(), w: h.o.Words.Lang(lang), lang: lang, now: h.o.Now()}
	faces := h.o.Events.ThisWeek(v.ctx, v.now, 6)
	for i := range faces {
		list = append(list, v.row(&faces[i]))
	}
	return list, h.o.Events.Version(v.now)
}

// nextAt is how many events the page of a place tells.
const nextAt = 3

// At is what is on at a place in the next month. What is told by district only is not
// among it: the page would give its address away.
func (h *Handlers) At(place, lang string) (list []page.Event) {
	v := &view{h: h, ctx: context.Background(), w: h.o.Words.Lang(lang), lang: lang, now: h.o.Now()}
	for _, o := range h.o.Events.Occurrences(event.Filter{From: v.now, To: v.now.AddDate(0, 1, 0), Place: place}) {
		state := o.Now(v.now)
		if h.o.Events.Guarded(o) || state == event.Cancelled || state == event.Moved || len(list) == nextAt {
			continue
		}
		f := h.o.Events.Public(v.ctx, o)
		list = append(list, v.row(&f))
	}
	return list
}
