package events

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/event"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// listed is how many occurrences a page of the list shows.
const listed = 60

// query is what somebody looks for.
type query struct {
	Place    string `form:"place" validate:"max=64"`
	Subject  string `form:"subject" validate:"max=20"`
	Audience string `form:"audience" validate:"max=20"`
	Kind     string `form:"kind" validate:"max=20"`
	From     string `form:"from" validate:"max=10"`
	Month    string `form:"month" validate:"max=7"`
}

func (q query) values() url.Values {
	u := url.Values{}
	for k, x := range map[string]string{"place": q.Place, "subject": q.Subject, "audience": q.Audience, "kind": q.Kind, "from": q.From, "month": q.Month} {
		if x != "" {
			u.Set(k, x)
		}
	}
	return u
}

func (q query) href(path string) string {
	if s := q.values().Encode(); s != "" {
		return path + "?" + s
	}
	return path
}

// ListPage is the list of what is on.
type ListPage struct {
	page.Base
	Filters []any
	Asked   bool
	Found   string
	Groups  []Group
	Month   *Month
	Views   []page.Link // the other view
	Feed    string
	More    *page.Link
	Demo    bool
}

// Group is a month of the list.
type Group struct {
	Title  string
	Events []page.Event
}

// Month is the calendar of a month.
type Month struct {
	Title            string
	Days             []string // heads, Monday first
	Names            []string
	Weeks            [][]Day
	Previous, Next   page.Link
	PreviousOK, None bool
}

// Day is a cell of a month.
type Day struct {
	Number string
	Label  string // the whole date, for screen readers
	Out    bool   // of another month
	Today  bool
	Events []DayEvent
}

// DayEvent is an occurrence in a cell.
type DayEvent struct {
	Href, Clock, Title string
	Off                bool
}

// List shows what is on: as a list, or as a month.
func (h *Handlers) List(c *gin.Context) error {
	v := h.see(c)
	var q query
	if err := form.DecodeQuery(c.Request, &q); err != nil {
		q = query{} // an address that somebody mistyped shows the whole list
	}
	p := &ListPage{Base: v.base(v.t("list.title"), Address), Feed: (query{Place: q.Place, Subject: q.Subject}).href("/events.ics")}
	p.Description, p.Wide = v.t("list.lead"), true
	p.NoIndex = c.Request.URL.RawQuery != ""
	p.Path = q.href(Address)
	p.Asked = q.Place+q.Subject+q.Audience+q.Kind+q.From != ""
	p.Filters = v.filters(q)
	filter := event.Filter{Place: q.Place, Subject: q.Subject, Audience: event.Audience(q.Audience), Kind: event.Kind(q.Kind)}
	today := midnight(v.now)
	if month, err := time.ParseInLocation("2006-01", q.Month, i18n.Kyiv); err == nil && month.Sub(today).Abs() < 800*24*time.Hour {
		v.month(p, q, filter, month)
		return v.render(http.StatusOK, "list", p)
	}
	filter.From, filter.Limit = v.now.Add(-2*time.Hour), listed+1
	if day, err := time.ParseInLocation(time.DateOnly, q.From, i18n.Kyiv); err == nil {
		filter.From = day
	}
	list := slices.DeleteFunc(h.o.Events.Occurrences(filter), func(o *event.Occurrence) bool { return q.From == "" && o.Now(v.now) == event.Ended })
	if len(list) > listed {
		next := q
		next.From = list[listed].Start.In(i18n.Kyiv).Format(time.DateOnly)
		p.More, list = &page.Link{Href: next.href(Address), Text: v.t("list.more")}, list[:listed]
	}
	for _, o := range list {
		f := h.o.Events.Public(v.ctx, o)
		title := v.monthTitle(f.Day)
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Title != title {
			p.Groups = append(p.Groups, Group{Title: title})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Events = append(g.Events, v.row(&f))
	}
	if p.Asked {
		p.Found = v.n("list.found", len(list))
	}
	other := q
	other.Month, other.From = today.Format("2006-01"), ""
	p.Views = []page.Link{{Href: other.href(Address), Text: v.t("view.month")}}
	return v.render(http.StatusOK, "list", p)
}

func midnight(t time.Time) time.Time {
	t = t.In(i18n.Kyiv)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, i18n.Kyiv)
}

var months = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

func (v *view) monthTitle(t time.Time) string {
	t = t.In(i18n.Kyiv)
	return v.t("month."+months[t.Month()-1], "Year", t.Year())
}

func (v *view) month(p *ListPage, q query, filter event.Filter, first time.Time) {
	m := &Month{Title: v.monthTitle(first)}
	monday := first.AddDate(0, 0, -((int(first.Weekday()) + 6) % 7))
	last := first.AddDate(0, 1, 0)
	filter.From, filter.To, filter.Limit = monday, last.AddDate(0, 0, 7), 2000
	days := map[string][]DayEvent{}
	for _, o := range v.h.o.Events.Occurrences(filter) {
		f := v.h.o.Events.Public(v.ctx, o)
		x := DayEvent{Href: Address + "/" + f.Slug + "/" + f.Key, Title: v.in(f.Title), Off: f.State == event.Cancelled || f.State == event.Moved}
		if !f.Start.IsZero() {
			x.Clock = clock(f.Start)
		}
		key := f.Day.Format(time.DateOnly)
		days[key] = append(days[key], x)
	}
	for i := range 7 {
		d := monday.AddDate(0, 0, i)
		m.Days, m.Names = append(m.Days, v.weekday(d, true)), append(m.Names, v.weekday(d, false))
	}
	for week := monday; week.Before(last); week = week.AddDate(0, 0, 7) {
		var row []Day
		for i := range 7 {
			d := week.AddDate(0, 0, i)
			cell := Day{Number: d.Format("2"), Label: v.w.Date(d), Out: d.Month() != first.Month(), Today: d.Equal(midnight(v.now))}
			if !cell.Out {
				cell.Events = days[d.Format(time.DateOnly)]
			}
			row = append(row, cell)
		}
		m.Weeks = append(m.Weeks, row)
	}
	go1, go2 := q, q
	go1.Month, go2.Month = first.AddDate(0, -1, 0).Format("2006-01"), last.Format("2006-01")
	m.Previous = page.Link{Href: go1.href(Address), Text: v.monthTitle(first.AddDate(0, -1, 0))}
	m.Next = page.Link{Href: go2.href(Address), Text: v.monthTitle(last)}
	p.Month = m
	q.Month = ""
	p.Views = []page.Link{{Href: q.href(Address), Text: v.t("view.list")}}
}

func (v *view) filters(q query) []any {
	places := page.Select{ID: "f-place", Name: "place", Label: v.t("filter.place"), Options: []page.Option{{Text: v.t("filter.any")}}}
	for _, x := range v.h.o.Venues.Venues() {
		places.Options = append(places.Options, page.Option{Value: x.ID, Text: v.in(x.Name), Selected: x.ID == q.Place})
	}
	subjects := page.Select{ID: "f-subject", Name: "subject", Label: v.t("filter.subject"), Options: []page.Option{{Text: v.t("filter.any.f")}}}
	for _, x := range event.Subjects() {
		subjects.Options = append(subjects.Options, page.Option{Value: x, Text: v.t("subject." + x), Selected: x == q.Subject})
	}
	audience := page.Select{ID: "f-audience", Name: "audience", Label: v.t("filter.audience"), Options: []page.Option{{Text: v.t("filter.all")}}}
	for _, x := range event.Audiences() {
		audience.Options = append(audience.Options, page.Option{Value: string(x), Text: v.t("audience." + string(x)), Selected: string(x) == q.Audience})
	}
	from := page.Field{ID: "f-from", Name: "from", Label: v.t("filter.from"), Type: "date", Value: q.From, Width: "10", Autocomplete: "off"}
	return []any{subjects, places, audience, from}
}

// EventPage is one event.
type EventPage struct {
	page.Base
	Kicker    string
	About     []string
	Facts     []page.Row
	Note      *page.Note
	Dates     []page.Event
	Past      []page.Event
	Materials []page.Link
	Feed      string
	Posters   []page.Download
	Book      *page.Button
	Back      page.Link
}

// Event shows an event with its coming days.
func (h *Handlers) Event(c *gin.Context) error {
	v := h.see(c)
	e, _, err := v.find()
	if err != nil {
		return err
	}
	p := &EventPage{Base: v.base(v.in(e.Title), Address+"/"+e.Slug), Kicker: v.kicker(e), About: paragraphs(v.in(e.About)), Feed: Address + "/" + e.Slug + "/event.ics"}
	p.Base.Back = &page.Link{Href: Address, Text: v.t("back")}
	var next *event.Face
	for _, o := range e.Occurrences() {
		f := h.o.Events.Public(v.ctx, o)
		if f.State == event.Ended {
			p.Past = append(p.Past, v.row(&f))
			continue
		}
		if next == nil {
			next = &f
		}
		if len(p.Dates) < 30 {
			p.Dates = append(p.Dates, v.row(&f))
		}
	}
	if n := len(p.Past); n > 5 {
		p.Past = p.Past[n-5:]
	}
	p.Facts = v.facts(e)
	for _, m := range e.Materials {
		p.Materials = append(p.Materials, page.Link{Href: m.Href, Text: m.Title})
	}
	if next != nil {
		p.Data = v.data(next)
		p.Description = v.when(next) + ". " + v.where(next, false)
		for _, f := range formats {
			p.Posters = append(p.Posters, page.Download{Href: posterHref(next, f.name), Text: v.t("poster." + f.key), Meta: f.meta})
		}
	}
	return v.render(http.StatusOK, "event", p)
}

func (v *view) kicker(e *event.Event) string {
	text := v.t("kind." + string(e.Kind))
	if e.Audience != event.Everyone {
		text += " · " + v.t("audience."+string(e.Audience))
	}
	return text
}

func (v *view) facts(e *event.Event) (rows []page.Row) {
	for _, o := range e.Occurrences() {
		if o.Now(v.now) == event.Ended {
			continue
		}
		f := v.h.o.Events.Public(v.ctx, o)
		rows = append(rows, page.Row{Key: v.t("fact.where"), Value: v.where(&f, true)})
		if f.Guarded {
			rows = append(rows, page.Row{Key: v.t("fact.guarded"), Value: v.t("fact.guarded.text")})
		} else if f.Place.Href != "" && !f.Online {
			rows[0].Href, rows[0].Change = f.Place.Href, v.t("fact.place")
		}
		break
	}
	if bring := v.in(e.Bring); bring != "" {
		rows = append(rows, page.Row{Key: v.t("fact.bring"), Value: bring})
	}
	if !e.Book {
		rows = append(rows, page.Row{Key: v.t("fact.book"), Value: v.t("fact.book.no")})
	}
	return rows
}

// data describes an occurrence in schema.org's words: what is public only.
func (v *view) data(f *event.Face) any {
	origin := v.origin()
	d := map[string]any{"@context": "https://schema.org", "@type": "Event", "name": v.in(f.Title), "url": origin + Address + "/" + f.Slug + "/" + f.Key,
		"isAccessibleForFree": true, "inLanguage": "uk", "eventStatus": "https://schema.org/EventScheduled", "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode"}
	if !v.h.o.City.Owner.IsZero() {
		d["organizer"] = map[string]any{"@type": "GovernmentOrganization", "name": v.in(v.h.o.City.Owner)}
	}
	switch f.State {
	case event.Cancelled:
		d["eventStatus"] = "https://schema.org/EventCancelled"
	case event.Moved:
		d["eventStatus"] = "https://schema.org/EventPostponed"
	}
	if f.Start.IsZero() {
		d["startDate"] = f.Day.In(i18n.Kyiv).Format(time.DateOnly)
	} else {
		d["startDate"], d["endDate"] = f.Start.In(i18n.Kyiv).Format(time.RFC3339), f.End.In(i18n.Kyiv).Format(time.RFC3339)
	}
	address := map[string]any{"@type": "PostalAddress", "addressLocality": v.in(v.h.o.City.Name), "addressCountry": "UA"}
	place := map[string]any{"@type": "Place", "address": address, "name": v.in(f.District)}
	if name := v.in(f.Place.Name); name != "" {
		place["name"] = name
		if street := v.in(f.Place.Address); street != "" {
			address["streetAddress"] = street
		}
		if f.Place.Lat != 0 {
			place["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": f.Place.Lat, "longitude": f.Place.Lon}
		}
	}
	if f.Online {
		d["eventAttendanceMode"] = "https://schema.org/OnlineEventAttendanceMode"
		place = map[string]any{"@type": "VirtualLocation", "url": d["url"]}
	}
	d["location"] = place
	if about := v.in(f.About); about != "" {
		d["description"] = about
	}
	return d
}
