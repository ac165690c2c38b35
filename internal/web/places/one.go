package places

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/place"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// DayRow is a day of the week in the table of hours.
type DayRow struct {
	Day, Hours string
	Today      bool
}

// Photo is a picture of the place in several widths.
type Photo struct {
	Src, Set, Alt string
	Width, Height int
}

// PlacePage is the page of one place.
type PlacePage struct {
	page.Base
	Kind       string
	Summary    string
	Where      string
	NoPoint    string
	State      page.Tag
	Seen       string
	Days       []DayRow
	Exceptions []page.Row
	Alarm      string
	Offers     []string
	Access     []string
	NoAccess   string
	Facts      []page.Row
	Photos     []Photo
	Call, Walk template.URL
	CallText   string
	Email, Web string
	Book       string
	Events     []page.Event
	Sketch     template.HTML
	SketchText string
	Fresh      string
	FreshBad   bool
	Warn       []string
	Sources    []string
	Limits     string
}

// Place shows one place.
func (h *Handlers) Place(c *gin.Context) error {
	v := h.see(c)
	f, ok := h.o.Places.Public(c.Param("slug"))
	if !ok {
		return fault.New(fault.NotFound, "")
	}
	p := &PlacePage{Base: page.Base{Lang: v.lang, Title: f.Name.In(v.lang), Path: Address + "/" + f.Slug, Nav: "places", Picture: "/share/place/" + f.Slug + "." + v.lang + ".png", Description: line(". ", f.Summary.In(v.lang), f.Address.In(v.lang)),
		Back: &page.Link{Href: MapAddress, Text: v.t("back")}},
		Kind: v.t("kind." + string(f.Kind)), Summary: f.Summary.In(v.lang), Where: f.Address.In(v.lang), Book: h.o.Book(f.ID),
		Email: f.Email, Web: f.Web, Call: template.URL(call(f.Phone)), CallText: f.Phone, Events: h.o.Events(f.ID, v.lang), Limits: h.o.Limits}
	p.Data = v.schema(&f)
	if f.Point != nil {
		p.Walk = walk(&f)
		if len(h.o.Places.City().Districts) > 0 { // a mark on empty ground says nothing
			p.Sketch, p.SketchText = v.sketch([]place.Hit{{Face: &f}}, 0, nil)
		}
	} else {
		p.NoPoint = v.t("no_point")
	}
	v.hours(p, &f)
	for _, o := range f.Offers {
		text := v.t("offer." + string(o))
		if o == place.Course && len(f.Subjects) > 0 {
			var names []string
			for _, s := range f.Subjects {
				names = append(names, h.o.Area(s, v.lang))
			}
			text += ": " + strings.Join(names, ", ")
		}
		p.Offers = append(p.Offers, text)
	}
	for _, a := range f.Access {
		p.Access = append(p.Access, v.t("access."+string(a)))
	}
	if len(p.Access) == 0 {
		p.NoAccess = v.t("access.unknown")
	}
	p.Facts = append(p.Facts, page.Row{Key: v.t("fact.no_power"), Value: v.t("tri." + tri(f.NoPower))}, page.Row{Key: v.t("fact.shelter"), Value: v.t("tri." + tri(f.Shelter))})
	if len(f.Speaks) > 0 {
		var list []string
		for _, l := range f.Speaks {
			list = append(list, v.language(l))
		}
		p.Facts = append(p.Facts, page.Row{Key: v.t("fact.speaks"), Value: strings.Join(list, ", ")})
	}
	if f.District != "" {
		p.Facts = append(p.Facts, page.Row{Key: v.t("fact.district"), Value: h.o.Places.DistrictName(f.District, v.lang)})
	}
	for _, one := range f.Photos {
		if ph, ok := photoOf(one, v.lang); ok {
			p.Photos = append(p.Photos, ph)
		}
	}
	p.Fresh, p.FreshBad = v.fresh(&f)
	if f.Demo {
		p.Warn = append(p.Warn, v.t("demo"))
	}
	if !f.Verified {
		p.Warn = append(p.Warn, v.t("unverified"))
		p.Sources = f.Sources
	}
	return v.render(http.StatusOK, "place", p)
}

func tri(t place.Tri) string {
	if t == place.Unknown {
		return "unknown"
	}
	return string(t)
}

func (v *view) language(code string) string {
	key := "place.language." + code
	if text := v.w.T(key, nil); text != key {
		return text
	}
	return code
}

func photoOf(one place.Photo, lang string) (Photo, bool) {
	p := Photo{Alt: one.Alt.In(lang)}
	var set []string
	for _, f := range one.Files {
		src := "/media/" + f.Name
		set = append(set, src+" "+strconv.Itoa(f.Width)+"w")
		if p.Src == "" || f.Width <= 960 && f.Width > p.Width {
			p.Src, p.Width, p.Height = src, f.Width, f.Height
		}
	}
	p.Set = strings.Join(set, ", ")
	return p, p.Src != ""
}

// hours fills in the week and what is not as usual in the next two weeks.
func (v *view) hours(p *PlacePage, f *place.Face) {
	s := stateOf(f, v.now)
	p.State = v.state(s)
	if f.Hours == nil || !f.Hours.Known {
		return
	}
	today := v.now.In(i18n.Kyiv)
	for i, spans := range f.Hours.Week {
		text := v.t("day.closed")
		if len(spans) > 0 {
			text = place.WriteSpans(spans)
		}
		p.Days = append(p.Days, DayRow{v.t("day." + weekdays[i]), text, weekdays[i] == weekday(today)})
	}
	until := today.AddDate(0, 0, 30).Format(time.DateOnly)
	for _, e := range f.Hours.Exceptions {
		if e.To < today.Format(time.DateOnly) || e.From > until {
			continue
		}
		key := v.date(e.From)
		if e.To != e.From {
			key += " – " + v.date(e.To)
		}
		text := v.t("day.closed")
		if len(e.Spans) > 0 {
			text = place.WriteSpans(e.Spans)
		}
		p.Exceptions = append(p.Exceptions, page.Row{Key: key, Value: text + " (" + v.t("reason."+string(e.Reason)) + ")"})
	}
	if f.Hours.Outages {
		p.Seen = v.t("outages.never")
		if !f.Hours.OutagesAt.IsZero() {
			p.Seen = v.t("outages.seen", "When", v.seen(f.Hours.OutagesAt.Time))
		}
	}
	if f.Hours.AlarmShuts {
		p.Alarm = v.t("alarm")
	}
}

func (v *view) date(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, i18n.Kyiv)
	if err != nil {
		return day
	}
	return v.w.Date(t)
}

// schema describes the place for search engines.
func (v *view) schema(f *place.Face) any {
	if f.Demo {
		return nil // nobody should find an invented place
	}
	m := map[string]any{"@context": "https://schema.org", "@type": "CivicStructure", "name": f.Name.In(v.lang), "address": f.Address.In(v.lang)}
	if f.Point != nil {
		m["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": f.Point.Lat, "longitude": f.Point.Lon}
	}
	if f.Phone != "" {
		m["telephone"] = f.Phone
	}
	return m
}

// PrintPage is the list for paper.
type PrintPage struct {
	page.Base
	Made  string
	Order string
	Cards []PrintRow
	More  string
}

// PrintRow is a place on paper.
type PrintRow struct {
	Card
	Hours  string
	Offers string
	Access string
}

const printRows = 200

// Print is the list for paper: large letters, everything in words.
func (h *Handlers) Print(c *gin.Context) error {
	v := h.see(c)
	var a asked
	if err := form.DecodeQuery(c.Request, &a); err != nil {
		a = asked{}
	}
	f, near, _ := v.filter(&a)
	f.Limit = printRows
	found := h.o.Places.List(f)
	p := &PrintPage{Base: page.Base{Lang: v.lang, Title: v.t("print.title"), Path: a.address(MapAddress + "/print"), NoIndex: true, Back: &page.Link{Href: a.address(MapAddress), Text: v.t("back")}},
		Made: v.t("print.made", "Date", v.w.DateTime(v.now)), Order: v.t("order.name")}
	if near != "" {
		p.Order = v.t("order.near", "Where", near)
	}
	for i, hit := range found.Hits {
		row := PrintRow{Card: v.card(i+1, hit)}
		if hr := hit.Face.Hours; hr != nil && hr.Known {
			row.Hours = v.weekLine(hr)
		}
		var offers, access []string
		for _, o := range hit.Face.Offers {
			offers = append(offers, v.t("offer."+string(o)))
		}
		for _, x := range hit.Face.Access {
			access = append(access, v.t("access."+string(x)))
		}
		row.Offers, row.Access = strings.Join(offers, ", "), strings.Join(access, ", ")
		p.Cards = append(p.Cards, row)
	}
	if found.Total > len(found.Hits) {
		p.More = v.t("print.more", "N", v.w.Int(int64(found.Total-len(found.Hits))))
	}
	return v.render(http.StatusOK, "print", p)
}

// weekLine writes a week on one line: «пн–чт 8:00–17:00, пт 8:00–16:00».
func (v *view) weekLine(h *place.Hours) string {
	var parts []string
	for i := 0; i < 7; {
		j := i
		for j+1 < 7 && place.WriteSpans(h.Week[j+1]) == place.WriteSpans(h.Week[i]) {
			j++
		}
		if len(h.Week[i]) > 0 {
			days := v.t("short." + weekdays[i])
			if j > i {
				days += "–" + v.t("short."+weekdays[j])
			}
			parts = append(parts, days+" "+place.WriteSpans(h.Week[i]))
		}
		i = j + 1
	}
	if len(parts) == 0 {
		return v.t("state.closed")
	}
	return strings.Join(parts, "; ")
}
