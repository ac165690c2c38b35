package places

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/place"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

const pageRows = 20

// asked is the query of the list.
type asked struct {
	Q        string   `form:"q" validate:"max=100"`
	Near     string   `form:"near" validate:"max=100"`
	At       string   `form:"at" validate:"max=30"` // rounded position: "48.512,32.263"
	Open     bool     `form:"open"`
	Power    bool     `form:"power"`
	Shelter  bool     `form:"shelter"`
	Step     bool     `form:"step"`
	Computer bool     `form:"computer"`
	Kind     string   `form:"kind" validate:"max=30"`
	Offer    []string `form:"offer" validate:"max=20"`
	Access   []string `form:"access" validate:"max=20"`
	District string   `form:"district" validate:"max=40"`
	Page     string   `form:"page" validate:"max=6"`
}

// point reads a position somebody's device gave, and rounds it again.
func (a *asked) point() *place.Point {
	lat, lon, two := strings.Cut(a.At, ",")
	x, err1 := strconv.ParseFloat(lat, 64)
	y, err2 := strconv.ParseFloat(lon, 64)
	p := place.Point{Lat: x, Lon: y}
	if !two || err1 != nil || err2 != nil || !p.Valid() {
		return nil
	}
	p = p.Rounded()
	return &p
}

func (a *asked) values() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("q", a.Q)
	set("near", a.Near)
	if p := a.point(); p != nil {
		q.Set("at", coordinates(*p))
	}
	for name, on := range map[string]bool{"open": a.Open, "power": a.Power, "shelter": a.Shelter, "step": a.Step, "computer": a.Computer} {
		if on {
			q.Set(name, "1")
		}
	}
	set("kind", a.Kind)
	set("district", a.District)
	for _, o := range a.Offer {
		q.Add("offer", o)
	}
	for _, o := range a.Access {
		q.Add("access", o)
	}
	return q
}

func coordinates(p place.Point) string {
	return strconv.FormatFloat(p.Lat, 'f', 4, 64) + "," + strconv.FormatFloat(p.Lon, 'f', 4, 64)
}

// address is a page with this query; changes are pairs of name and value.
func (a *asked) address(path string, changes ...string) string {
	q := a.values()
	for i := 0; i+1 < len(changes); i += 2 {
		if q.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			q.Del(changes[i])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// any tells whether something besides the position was asked for.
func (a *asked) any() bool { return len(a.values()) > 0 }

// filter makes the domain's question; nearWords says near what, unknown that nobody
// knows the place somebody typed.
func (v *view) filter(a *asked) (f place.Filter, nearWords string, unknown bool) {
	f = place.Filter{English: v.lang == i18n.English, Words: a.Q, NoPower: a.Power, Shelter: a.Shelter}
	if slices.Contains(place.Kinds(), place.Kind(a.Kind)) {
		f.Kind = place.Kind(a.Kind)
	}
	for _, d := range v.h.o.Places.Districts() {
		if d.ID == a.District {
			f.District = d.ID
		}
	}
	if a.Open {
		f.OpenAt = v.now
	}
	if a.Computer {
		f.Offers = append(f.Offers, place.Workplaces)
	}
	if a.Step {
		f.Access = append(f.Access, place.Step)
	}
	for _, o := range a.Offer {
		if slices.Contains(place.Offers(), place.Offer(o)) {
			f.Offers = append(f.Offers, place.Offer(o))
		}
	}
	for _, o := range a.Access {
		if slices.Contains(place.Accesses(), place.Access(o)) {
			f.Access = append(f.Access, place.Access(o))
		}
	}
	if p := a.point(); p != nil {
		f.Near, nearWords = p, v.t("near.me")
	} else if a.Near != "" {
		if at, label, ok := v.h.o.Places.Locate(a.Near, v.lang); ok {
			f.Near, nearWords = &at, label
		} else {
			unknown = true
		}
	}
	return f, nearWords, unknown
}

// Chip is a filter that is one tap.
type Chip struct {
	Name, Text string
	On         bool
}

// Card is a place of the list.
type Card struct {
	Number     int
	ID         string
	Href, Name string
	Where      string // address and distance
	State      page.Tag
	Seen       string // when hours by power cuts were confirmed
	Tags       []string
	Text       string
	Stale      string
	NoPoint    string
	Call, Walk template.URL
	CallText   string
	Book       string
	Demo       bool
	Lat, Lon   string
}

// ListPage is the list of places.
type ListPage struct {
	page.Base
	Q, Near, At string
	Error       string
	Chips       []Chip
	More        []any
	Boxes       []page.Choices
	MoreOpen    bool
	Asked       bool
	Found       string
	Order       string
	Unknown     bool
	Cards       []Card
	Sketch      template.HTML
	SketchText  string
	Points      string
	Tiles       string
	Attribution string
	Box         string
	MapSize     string
	Pager       *page.Pager
	Print       string
	Limits      string
}

func (v *view) chips(a *asked) []Chip {
	return []Chip{{"open", v.t("chip.open"), a.Open}, {"power", v.t("tag.no_power"), a.Power}, {"step", v.t("access.step-free"), a.Step},
		{"computer", v.t("tag.computer"), a.Computer}, {"shelter", v.t("tag.shelter"), a.Shelter}}
}

// List shows places: search, filters, the list itself, and the map on tap.
func (h *Handlers) List(c *gin.Context) error {
	v := h.see(c)
	var a asked
	bad := form.DecodeQuery(c.Request, &a)
	p := &ListPage{Base: page.Base{Lang: v.lang, Title: v.t("title"), Path: a.address(MapAddress), Nav: "places", Description: v.t("lead")},
		Q: a.Q, Near: a.Near, Chips: v.chips(&a), Asked: a.any(), Points: MapAddress + "/points", Limits: h.o.Limits}
	status := http.StatusOK
	if bad != nil {
		p.Error, status, a = v.t("query"), http.StatusUnprocessableEntity, asked{}
	}
	p.NoIndex = p.Asked || bad != nil
	if at := a.point(); at != nil {
		p.At = coordinates(*at)
	}
	p.More, p.Boxes = v.more(&a)
	p.MoreOpen = a.Kind != "" || a.District != "" || len(a.Offer)+len(a.Access) > 0 || a.Near != ""
	f, near, unknown := v.filter(&a)
	p.Unknown = unknown
	number := 1
	if n, err := strconv.Atoi(a.Page); err == nil && n > 1 && n < 10_000 {
		number = n
	}
	f.Skip, f.Limit = (number-1)*pageRows, pageRows
	found := h.o.Places.List(f)
	if len(found.Hits) == 0 && found.Total > 0 {
		number, f.Skip = 1, 0
		found = h.o.Places.List(f)
	}
	p.Found = v.n("found", found.Total)
	switch {
	case near != "":
		p.Order = v.t("order.near", "Where", near)
	case a.Q != "":
		p.Order = v.t("order.fit")
	default:
		p.Order = v.t("order.name")
	}
	for i, hit := range found.Hits {
		p.Cards = append(p.Cards, v.card(f.Skip+i+1, hit))
	}
	p.Sketch, p.SketchText = v.sketch(found.Hits, f.Skip, f.Near)
	p.Print = a.address(MapAddress + "/print")
	v.mapOf(p)
	if last := (found.Total + pageRows - 1) / pageRows; last > 1 {
		p.Pager = &page.Pager{}
		if number > 1 {
			p.Pager.Previous = &page.Link{Href: a.address(MapAddress, "page", strconv.Itoa(number-1)), Text: v.t("before")}
		}
		if number < last {
			p.Pager.Next = &page.Link{Href: a.address(MapAddress, "page", strconv.Itoa(number+1)), Text: v.t("after")}
		}
	}
	return v.render(status, "list", p)
}

// more are the filters behind «Ще фільтри».
func (v *view) more(a *asked) (selects []any, boxes []page.Choices) {
	pick := func(name, chosen string, options []page.Option) page.Select {
		options = append([]page.Option{{Text: v.t("filter." + name + ".all")}}, options...)
		for i := range options {
			options[i].Selected = options[i].Value == chosen
		}
		return page.Select{ID: page.FieldID(name), Name: name, Label: v.t("filter." + name), Options: options}
	}
	var kinds, districts []page.Option
	for _, k := range place.Kinds() {
		kinds = append(kinds, page.Option{Value: string(k), Text: v.t("kind." + string(k))})
	}
	for _, d := range v.h.o.Places.Districts() {
		districts = append(districts, page.Option{Value: d.ID, Text: d.Name.In(v.lang)})
	}
	selects = []any{pick("kind", a.Kind, kinds), pick("district", a.District, districts)}
	set := func(name string, all []string, chosen []string) page.Choices {
		c := page.Choices{ID: page.FieldID(name), Name: name, Many: true, Legend: v.t("filter." + name)}
		for _, one := range all {
			c.Items = append(c.Items, page.Choice{Value: one, Label: v.t(name + "." + one), Checked: slices.Contains(chosen, one)})
		}
		return c
	}
	return selects, []page.Choices{set("offer", texts(place.Offers()), a.Offer), set("access", texts(place.Accesses()), a.Access)}
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

func (v *view) card(number int, hit place.Hit) Card {
	f := hit.Face
	c := Card{Number: number, ID: f.ID, Href: Address + "/" + f.Slug, Name: f.Name.In(v.lang), State: v.state(hit.State), Tags: v.tags(f),
		Text: f.Summary.In(v.lang), Book: v.h.o.Book(f.ID), Demo: f.Demo, CallText: f.Phone}
	c.Where = line(" · ", f.Address.In(v.lang), v.far(hit.Metres))
	if hit.State.Open && hit.State.Outages {
		c.Seen = v.t("outages.never")
		if !hit.State.Seen.IsZero() {
			c.Seen = v.t("outages.seen", "When", v.seen(hit.State.Seen))
		}
	}
	if text, bad := v.fresh(f); bad {
		c.Stale = text
	}
	c.Call = template.URL(call(f.Phone))
	if f.Point == nil {
		c.NoPoint = v.t("no_point")
	} else {
		c.Walk = walk(f)
		c.Lat, c.Lon = strconv.FormatFloat(f.Point.Lat, 'f', 6, 64), strconv.FormatFloat(f.Point.Lon, 'f', 6, 64)
	}
	return c
}

// call is the dialling address of the first telephone.
func call(phone string) string {
	first, _, _ := strings.Cut(phone, ",")
	var d strings.Builder
	for _, r := range first {
		if r >= '0' && r <= '9' || r == '+' && d.Len() == 0 {
			d.WriteRune(r)
		}
	}
	switch n := d.String(); {
	case n == "":
		return ""
	case n[0] == '0' && len(n) == 10:
		return "tel:+38" + n
	default:
		return "tel:" + n
	}
}

// walk is the address that opens the device's own map (RFC 5870).
func walk(f *place.Face) template.URL {
	at := strconv.FormatFloat(f.Point.Lat, 'f', 6, 64) + "," + strconv.FormatFloat(f.Point.Lon, 'f', 6, 64)
	return template.URL("geo:" + at + "?q=" + at)
}
