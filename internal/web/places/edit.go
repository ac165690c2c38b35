package places

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// typed is the form of a place, as typed.
type typed struct {
	Rev        int64             `form:"rev"`
	Kind       string            `form:"kind" validate:"max=30"`
	NameUK     string            `form:"name_uk" validate:"max=400"`
	NameEN     string            `form:"name_en" validate:"max=400"`
	Slug       string            `form:"slug" validate:"max=100"`
	SummaryUK  string            `form:"summary_uk" validate:"max=600"`
	SummaryEN  string            `form:"summary_en" validate:"max=600"`
	AddressUK  string            `form:"address_uk" validate:"max=400"`
	AddressEN  string            `form:"address_en" validate:"max=400"`
	District   string            `form:"district" validate:"max=40"`
	Lat        string            `form:"lat" validate:"max=30"`
	Lon        string            `form:"lon" validate:"max=30"`
	Offers     []string          `form:"offers" validate:"max=20"`
	Subjects   []string          `form:"subjects" validate:"max=10"`
	Access     []string          `form:"access" validate:"max=20"`
	NoPower    string            `form:"no_power" validate:"max=10"`
	Shelter    string            `form:"shelter" validate:"max=10"`
	Speaks     string            `form:"speaks" validate:"max=60"`
	Phone      string            `form:"phone" validate:"max=100"`
	Email      string            `form:"email" validate:"max=200"`
	Web        string            `form:"web" validate:"max=400"`
	Days       map[string]string `form:"day.*"`
	Exceptions string            `form:"exceptions" validate:"max=8000"`
	Outages    bool              `form:"outages"`
	AlarmShuts bool              `form:"alarm_shuts"`
	InvitingUK string            `form:"inviting_uk" validate:"max=600"`
	InvitingEN string            `form:"inviting_en" validate:"max=600"`
	Generator  string            `form:"generator" validate:"max=2000"`
	Links      string            `form:"links" validate:"max=2000"`
	InShelter  string            `form:"inside_shelter" validate:"max=2000"`
	Stock      string            `form:"stock" validate:"max=2000"`
	Note       string            `form:"note" validate:"max=2000"`
	Lead       string            `form:"lead" validate:"max=60"`
	Classes    map[string]string `form:"class.*"`
}

func dayFields() []string {
	list := make([]string, len(weekdays))
	for i := range weekdays {
		list[i] = "day" + strconv.Itoa(i)
	}
	return list
}

func typedOf(p *place.Place) *typed {
	t := &typed{Rev: p.Rev, Kind: string(p.Kind), NameUK: p.Name.UK, NameEN: p.Name.EN, Slug: p.Slug, SummaryUK: p.Summary.UK, SummaryEN: p.Summary.EN, AddressUK: p.Address.UK, AddressEN: p.Address.EN,
		District: p.District, Offers: texts(p.Offers), Subjects: p.Subjects, Access: texts(p.Access), NoPower: string(p.NoPower), Shelter: string(p.Shelter), Speaks: strings.Join(p.Speaks, ", "),
		Phone: p.Phone, Email: p.Email, Web: p.Web, Days: map[string]string{}, Outages: p.Hours.Outages, AlarmShuts: p.Hours.AlarmShuts, InvitingUK: p.Inviting.UK, InvitingEN: p.Inviting.EN,
		Generator: p.Inside.Generator, Links: p.Inside.Links, InShelter: p.Inside.Shelter, Stock: p.Inside.Stock, Note: p.Inside.Note, Lead: string(p.Lead), Classes: map[string]string{}}
	if p.Point != nil {
		t.Lat, t.Lon = strconv.FormatFloat(p.Point.Lat, 'f', 6, 64), strconv.FormatFloat(p.Point.Lon, 'f', 6, 64)
	}
	for i, spans := range p.Hours.Week {
		t.Days[strconv.Itoa(i)] = place.WriteSpans(spans)
	}
	var lines []string
	for _, e := range p.Hours.Exceptions {
		days := e.From
		if e.To != e.From {
			days += " – " + e.To
		}
		lines = append(lines, strings.TrimSpace(days+" "+string(e.Reason)+" "+place.WriteSpans(e.Spans)))
	}
	t.Exceptions = strings.Join(lines, "\n")
	for _, f := range place.ClassFields() {
		t.Classes[string(f)] = string(p.ClassOf(f))
	}
	return t
}

// place makes of what was typed a place; id is empty for a new one.
func (t *typed) place(id string) (*place.Place, error) {
	var faults []fault.Field
	p := &place.Place{Doc: store.Doc{ID: id, Rev: t.Rev}, Kind: place.Kind(t.Kind), Slug: strings.TrimSpace(t.Slug), Name: i18n.Text{UK: t.NameUK, EN: t.NameEN}, Summary: i18n.Text{UK: t.SummaryUK, EN: t.SummaryEN},
		Address: i18n.Text{UK: t.AddressUK, EN: t.AddressEN}, District: t.District, Subjects: t.Subjects, NoPower: place.Tri(t.NoPower), Shelter: place.Tri(t.Shelter), Phone: t.Phone, Email: t.Email, Web: t.Web,
		Inviting: i18n.Text{UK: t.InvitingUK, EN: t.InvitingEN}, Inside: place.Inside{Generator: t.Generator, Links: t.Links, Shelter: t.InShelter, Stock: t.Stock, Note: t.Note}, Lead: person.ID(t.Lead)}
	for _, o := range t.Offers {
		p.Offers = append(p.Offers, place.Offer(o))
	}
	for _, a := range t.Access {
		p.Access = append(p.Access, place.Access(a))
	}
	for _, l := range strings.FieldsFunc(t.Speaks, func(r rune) bool { return r == ',' || r == ' ' }) {
		p.Speaks = append(p.Speaks, l)
	}
	switch {
	case t.Lat == "" && t.Lon == "":
	case t.Lat == "" || t.Lon == "":
		faults = append(faults, fault.Field{Pointer: "lat", Key: "place.point_half"})
	default:
		lat, ok1 := form.Number(t.Lat)
		lon, ok2 := form.Number(t.Lon)
		if !ok1 || !ok2 {
			faults = append(faults, fault.Field{Pointer: "lat", Key: form.KeyNumber})
		}
		p.Point = &place.Point{Lat: lat, Lon: lon}
	}
	for i := range p.Hours.Week {
		text := t.Days[strconv.Itoa(i)]
		spans, ok := place.ParseSpans(text)
		if !ok {
			faults = append(faults, fault.Field{Pointer: "day" + strconv.Itoa(i), Key: "place.hours_text", Args: map[string]any{"Text": text}})
		}
		p.Hours.Week[i] = spans
		p.Hours.Known = p.Hours.Known || strings.TrimSpace(text) != ""
	}
	p.Hours.Outages, p.Hours.AlarmShuts = t.Outages, t.AlarmShuts
	for _, text := range strings.Split(t.Exceptions, "\n") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		e, ok := exception(text)
		if !ok {
			faults = append(faults, fault.Field{Pointer: "exceptions", Key: "place.exception_line", Args: map[string]any{"Text": text}})
			continue
		}
		p.Hours.Exceptions = append(p.Hours.Exceptions, e)
	}
	for f, c := range t.Classes {
		if c != "" && p.ClassOf(place.FieldName(f)) != place.Class(c) {
			if p.Classes == nil {
				p.Classes = map[place.FieldName]place.Class{}
			}
			p.Classes[place.FieldName(f)] = place.Class(c)
		}
	}
	if len(faults) > 0 {
		return p, fault.InvalidFields(faults...)
	}
	return p, nil
}

var reasonWords = map[string]place.Reason{"свято": place.Holiday, "ремонт": place.Repair, "санітарний": place.Sanitary, "обстріли": place.AirRaid, "тривога": place.AirRaid, "світло": place.PowerCut,
	"світла": place.PowerCut, "подія": place.Event, "інше": place.Special}

// exception reads a line: «2026-12-25 свято», «2026-12-31 – 2027-01-02 ремонт 10:00–14:00».
func exception(text string) (e place.Exception, ok bool) {
	words := strings.Fields(strings.NewReplacer("–", " ", "—", " ", " - ", " ", ",", " , ").Replace(dashes(text)))
	if len(words) == 0 {
		return e, false
	}
	e.From, e.To, e.Reason = words[0], words[0], place.Special
	words = words[1:]
	if len(words) > 0 && len(words[0]) == 10 && words[0][4] == '-' {
		e.To, words = words[0], words[1:]
	}
	var hours []string
	for _, w := range words {
		if r, known := reasonWords[strings.ToLower(w)]; known {
			e.Reason = r
		} else if slices.Contains(place.Reasons(), place.Reason(w)) {
			e.Reason = place.Reason(w)
		} else if strings.ContainsAny(w, "0123456789") || w == "," {
			hours = append(hours, w)
		} else if strings.ToLower(w) != "день" {
			return e, false
		}
	}
	if len(hours) > 0 {
		if e.Spans, ok = place.ParseSpans(strings.ReplaceAll(strings.Join(hours, " "), "~", "–")); !ok {
			return e, false
		}
	}
	return e, len(e.From) == 10
}

// dashes marks those between hours, so that those between days can be taken away.
func dashes(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if strings.Contains(w, ":") {
			words[i] = strings.NewReplacer("–", "~", "—", "~", "-", "~").Replace(w)
		}
	}
	return strings.Join(words, " ")
}

// builder makes the fields of a form with what was typed and what is wrong.
type builder struct {
	v      *view
	faults []fault.Field
}

func (b builder) text(name, value, width string) page.Field {
	hint := ""
	if text := b.v.t("hint." + name); text != "place.hint."+name {
		hint = text
	}
	return page.Field{ID: page.FieldID(name), Name: name, Label: b.v.t("field." + name), Hint: hint, Value: value, Width: width, Error: page.FaultText(b.v.w, b.faults, name)}
}

func (b builder) area(name, value string, rows int) page.Field {
	f := b.text(name, value, "")
	f.Rows = rows
	return f
}

func (b builder) pick(name, chosen string, options []page.Option) page.Select {
	for i := range options {
		options[i].Selected = options[i].Value == chosen
	}
	return page.Select{ID: page.FieldID(name), Name: name, Label: b.v.t("field." + name), Options: options, Error: page.FaultText(b.v.w, b.faults, name)}
}

func (b builder) boxes(name string, all, chosen []string, words func(string) string) page.Choices {
	out := page.Choices{ID: page.FieldID(name), Name: name, Many: true, Legend: b.v.t("field." + name), Error: page.FaultText(b.v.w, b.faults, name)}
	for _, value := range all {
		out.Items = append(out.Items, page.Choice{Value: value, Label: words(value), Checked: slices.Contains(chosen, value)})
	}
	return out
}

// PickMap is the map of the city on which a form's point is set. Tiles may be nil.
func PickMap(b place.Box, tiles *Tiles) *page.PickMap {
	m := &page.PickMap{Points: MapAddress + "/points"}
	for i, x := range []float64{b.South, b.West, b.North, b.East} {
		if i > 0 {
			m.Box += ","
		}
		m.Box += strconv.FormatFloat(x, 'f', -1, 64)
	}
	if tiles != nil {
		m.Tiles, m.Attribution = "/tiles/{z}/{x}/{y}", tiles.Attribution
	}
	return m
}

// NewForm asks for a new place.
func (h *Handlers) NewForm(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.PlaceEdit, person.City); err != nil {
		return err
	}
	return v.editPage(nil, &typed{Kind: string(place.Hub), Days: map[string]string{}, Classes: map[string]string{}}, nil)
}

// EditForm shows a place's form.
func (h *Handlers) EditForm(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	return v.editPage(p, typedOf(p), nil)
}

// Create adds a place.
func (h *Handlers) Create(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.PlaceEdit, person.City); err != nil {
		return err
	}
	var t typed
	err := form.Decode(c.Request, &t)
	var p *place.Place
	if err == nil {
		p, err = t.place("")
	}
	if err == nil {
		if p, err = h.o.Places.Add(v.ctx, gate.Actor(c), p); err == nil {
			return v.to(Office+"/"+p.ID, "added")
		}
	}
	return v.editPage(nil, &t, err)
}

// Edit stores a place's form.
func (h *Handlers) Edit(c *gin.Context) error {
	v := h.see(c)
	old, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	var t typed
	err = form.Decode(c.Request, &t)
	var p *place.Place
	if err == nil {
		p, err = t.place(old.ID)
	}
	if err == nil {
		p.Area, p.Hours.OutagesAt = old.Area, old.Hours.OutagesAt
		if _, asked := c.GetPostForm("lead"); !asked { // who may not choose a lead keeps the one there is
			p.Lead = old.Lead
		}
		if _, err = h.o.Places.Edit(v.ctx, gate.Actor(c), p); err == nil {
			return v.to(Office+"/"+old.ID, "edited")
		}
	}
	return v.editPage(old, &t, err)
}

// editPage is the form of a place, new (old is nil) or to be changed.
func (v *view) editPage(old *place.Place, t *typed, refused error) error {
	title, action, trail := v.t("add"), Office, []page.Link{v.register()}
	if old != nil {
		title, action = v.t("edit"), Office+"/"+old.ID+"/edit"
		trail = append(trail, v.of(old))
	}
	s := v.sheet(action, title, trail...)
	status, faults, err := v.wrong(s, refused)
	if err != nil {
		return err
	}
	if old == nil {
		s.Path = Office + "/new"
	}
	f := &page.Form{Action: action, Card: true, Parts: v.editParts(builder{v, faults}, old, t), Buttons: []page.Button{{Text: v.t("save"), Small: true}}}
	if old != nil {
		f.Hidden = []page.Hidden{{Name: "rev", Value: strconv.FormatInt(t.Rev, 10)}}
	}
	s.Lead = v.t("edit.lead")
	s.Blocks = []page.Block{{Form: f, Map: PickMap(v.h.o.Places.City().Box, v.h.o.Tiles)}}
	if status == 0 {
		status = http.StatusOK
	}
	return v.show(status, s)
}

func (v *view) editParts(b builder, old *place.Place, t *typed) (parts []any) {
	options := func(all []string, words func(string) string, empty string) (list []page.Option) {
		if empty != "" {
			list = append(list, page.Option{Text: empty})
		}
		for _, x := range all {
			list = append(list, page.Option{Value: x, Text: words(x)})
		}
		return list
	}
	said := func(prefix string) func(string) string { return func(x string) string { return v.t(prefix + x) } }
	var districts []page.Option
	for _, d := range v.h.o.Places.Districts() {
		districts = append(districts, page.Option{Value: d.ID, Text: d.Name.In(v.lang)})
	}
	tris := func() []page.Option {
		return []page.Option{{Value: "", Text: v.t("tri.unknown")}, {Value: "yes", Text: v.t("tri.yes")}, {Value: "no", Text: v.t("tri.no")}}
	}
	parts = append(parts, page.Heading(v.t("part.main")), b.pick("kind", t.Kind, options(texts(place.Kinds()), said("kind."), "")),
		b.text("name_uk", t.NameUK, ""), b.text("name_en", t.NameEN, ""), b.text("summary_uk", t.SummaryUK, ""), b.text("summary_en", t.SummaryEN, ""), b.text("slug", t.Slug, "20"),
		page.Heading(v.t("part.where")), b.text("address_uk", t.AddressUK, ""), b.text("address_en", t.AddressEN, ""),
		b.pick("district", t.District, append([]page.Option{{Text: v.t("tri.unknown")}}, districts...)), b.text("lat", t.Lat, "10"), b.text("lon", t.Lon, "10"),
		page.Heading(v.t("hours")), page.Plain(v.t("part.hours")))
	for i := range weekdays {
		name := "day." + strconv.Itoa(i)
		parts = append(parts, page.Field{ID: page.FieldID("day" + strconv.Itoa(i)), Name: name, Label: v.t("day." + weekdays[i]), Value: t.Days[strconv.Itoa(i)], Width: "20", Plain: true, Error: page.FaultText(v.w, b.faults, "day"+strconv.Itoa(i))})
	}
	parts = append(parts, b.area("exceptions", t.Exceptions, 4),
		page.Check{ID: page.FieldID("outages"), Name: "outages", Value: "1", Label: v.t("field.outages"), Hint: v.t("hint.outages"), Checked: t.Outages},
		page.Check{ID: page.FieldID("alarm_shuts"), Name: "alarm_shuts", Value: "1", Label: v.t("field.alarm_shuts"), Checked: t.AlarmShuts},
		page.Heading(v.t("part.what")), b.boxes("offers", texts(place.Offers()), t.Offers, said("offer.")),
		b.boxes("subjects", areas, t.Subjects, func(id string) string { return v.h.o.Area(id, v.lang) }),
		b.boxes("access", texts(place.Accesses()), t.Access, said("access.")),
		b.pick("no_power", t.NoPower, tris()), b.pick("shelter", t.Shelter, tris()), b.text("speaks", t.Speaks, "20"),
		page.Heading(v.t("part.contact")), b.text("phone", t.Phone, "20"), b.text("email", t.Email, ""), b.text("web", t.Web, ""),
		page.Heading(v.t("part.booking")), b.text("inviting_uk", t.InvitingUK, ""), b.text("inviting_en", t.InvitingEN, ""),
		page.Heading(v.t("part.inside")), page.Plain(v.t("part.inside.text")), b.area("generator", t.Generator, 2), b.area("links", t.Links, 2), b.area("inside_shelter", t.InShelter, 2), b.area("stock", t.Stock, 2), b.area("note", t.Note, 2))
	if old != nil {
		if leads := v.h.o.Leads(v.ctx, gate.Actor(v.c), old.ID); len(leads) > 0 {
			list := []page.Option{{Text: v.t("field.lead.none")}}
			for _, one := range leads {
				list = append(list, page.Option{Value: string(one.ID), Text: one.Name})
			}
			parts = append(parts, b.pick("lead", t.Lead, list))
		}
	}
	parts = append(parts, page.Heading(v.t("part.class")), page.Plain(v.t("part.class.text")))
	for _, f := range place.ClassFields() {
		least := (&place.Place{}).ClassOf(f)
		var list []page.Option
		for _, c := range []place.Class{place.Public, place.Booking, place.Staff} {
			if p := (&place.Place{Classes: map[place.FieldName]place.Class{f: c}}); p.ClassOf(f) == c || c == least {
				list = append(list, page.Option{Value: string(c), Text: v.t("class." + string(c)), Selected: t.Classes[string(f)] == string(c)})
			}
		}
		parts = append(parts, page.Select{ID: page.FieldID("class." + string(f)), Name: "class." + string(f), Label: v.t("class.of." + string(f)), Options: list, Error: page.FaultText(v.w, b.faults, "class."+string(f))})
	}
	return parts
}

// areas are those of the national framework.
var areas = []string{"ua1", "ua2", "ua3", "ua4", "ua5", "ua6"}
