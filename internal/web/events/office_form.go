package events

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// eventForm is an event as staff type it.
type eventForm struct {
	Title     string   `form:"title" validate:"max=2000"`
	TitleEN   string   `form:"title_en" validate:"max=2000"`
	About     string   `form:"about" validate:"max=16000"`
	AboutEN   string   `form:"about_en" validate:"max=16000"`
	Bring     string   `form:"bring" validate:"max=1000"`
	Kind      string   `form:"kind" validate:"max=20"`
	Audience  string   `form:"audience" validate:"max=20"`
	Subjects  []string `form:"subjects" validate:"max=9"`
	Place     string   `form:"place" validate:"max=64"`
	Room      string   `form:"room" validate:"max=500"`
	Online    string   `form:"online" validate:"max=500"`
	Day       string   `form:"day" validate:"max=10"`
	Clock     string   `form:"clock" validate:"max=5"`
	End       string   `form:"end" validate:"max=5"`
	Every     string   `form:"every" validate:"max=12"`
	Step      *int     `form:"step"`
	Days      []string `form:"days" validate:"max=7"`
	Until     string   `form:"until" validate:"max=10"`
	Book      bool     `form:"book"`
	Waiting   bool     `form:"waiting"`
	Seats     *int     `form:"seats"`
	Materials string   `form:"materials" validate:"max=12000"`
	Draft     bool     `form:"draft"`
	Rev       *int     `form:"rev"`
}

var weekdays = [...]time.Weekday{1, 2, 3, 4, 5, 6, 0}

func or(p *int, usual int) int {
	if p == nil {
		return usual
	}
	return *p
}

// read writes the form into an event.
func (f *eventForm) read(e *event.Event) error {
	e.Title, e.About, e.Bring = i18n.Text{UK: f.Title, EN: f.TitleEN}, i18n.Text{UK: f.About, EN: f.AboutEN}, i18n.Text{UK: f.Bring, EN: e.Bring.EN}
	e.Kind, e.Audience, e.Subjects, e.Place, e.Room, e.Online = event.Kind(f.Kind), event.Audience(f.Audience), f.Subjects, f.Place, f.Room, f.Online
	e.Day, e.Clock, e.Book, e.Waiting, e.Seats, e.Draft = f.Day, f.Clock, f.Book, f.Waiting, or(f.Seats, 0), f.Draft
	e.Rule = event.Rule{Every: event.Every(f.Every), Step: or(f.Step, 1)}
	if e.Rule.Every == event.Once {
		e.Rule = event.Rule{}
	} else {
		e.Rule.Until = f.Until
	}
	if e.Rule.Every == event.Weekly {
		for _, d := range f.Days {
			if n, err := strconv.Atoi(d); err == nil && n >= 0 && n <= 6 {
				e.Rule.Days = append(e.Rule.Days, time.Weekday(n))
			}
		}
	}
	from, err := time.Parse("15:04", f.Clock)
	to, err2 := time.Parse("15:04", f.End)
	if err == nil && err2 == nil {
		e.Minutes = int(to.Sub(from) / time.Minute)
	} else {
		e.Minutes = 0
	}
	e.Materials = nil
	for row := range strings.SplitSeq(f.Materials, "\n") {
		if row = strings.TrimSpace(row); row == "" {
			continue
		}
		title, href, ok := strings.Cut(row, "|")
		if !ok {
			return fault.InvalidFields(fault.Field{Pointer: "materials", Key: "event.material_link"})
		}
		e.Materials = append(e.Materials, event.Material{Title: strings.TrimSpace(title), Href: strings.TrimSpace(href)})
	}
	return nil
}

func written(e *event.Event) *eventForm {
	rev, seats, step := int(e.Rev), e.Seats, max(e.Rule.Step, 1)
	f := &eventForm{Title: e.Title.UK, TitleEN: e.Title.EN, About: e.About.UK, AboutEN: e.About.EN, Bring: e.Bring.UK, Kind: string(e.Kind), Audience: string(e.Audience), Subjects: e.Subjects,
		Place: e.Place, Room: e.Room, Online: e.Online, Day: e.Day, Clock: e.Clock, Every: string(e.Rule.Every), Step: &step, Until: e.Rule.Until, Book: e.Book, Waiting: e.Waiting, Seats: &seats, Draft: e.Draft, Rev: &rev}
	if at, err := time.Parse("15:04", e.Clock); err == nil {
		f.End = at.Add(time.Duration(e.Minutes) * time.Minute).Format("15:04")
	}
	for _, d := range e.Rule.Days {
		f.Days = append(f.Days, strconv.Itoa(int(d)))
	}
	for _, m := range e.Materials {
		f.Materials += m.Title + " | " + m.Href + "\n"
	}
	return f
}

func (v *view) eventSheet(s *page.Sheet, action string, f *eventForm, bad []fault.Field) {
	fail := func(name string) string { return page.FaultText(v.w, bad, name) }
	text := func(name, value string, rows, most int) page.Field {
		x := page.Field{ID: page.FieldID(name), Name: name, Label: v.t("field." + name), Value: value, Rows: rows, MaxLength: most, Error: fail(name), Autocomplete: "off"}
		if hint := "event.field." + name + ".hint"; v.w.T(hint, nil) != hint {
			x.Hint = v.w.T(hint, nil)
		}
		return x
	}
	typed := func(name, kind, value, width string) page.Field {
		x := text(name, value, 0, 20)
		x.Type, x.Width = kind, width
		return x
	}
	choose := func(name, value string, list []page.Option) page.Select {
		for i := range list {
			list[i].Selected = list[i].Value == value
		}
		return page.Select{ID: page.FieldID(name), Name: name, Label: v.t("field." + name), Options: list, Error: fail(name)}
	}
	check := func(name string, on bool) page.Check {
		x := page.Check{ID: page.FieldID(name), Name: name, Value: "1", Label: v.t("field." + name), Checked: on, Error: fail(name)}
		if hint := "event.field." + name + ".hint"; v.w.T(hint, nil) != hint {
			x.Hint = v.w.T(hint, nil)
		}
		return x
	}
	var kinds, audiences, places, every []page.Option
	for _, k := range event.Kinds() {
		kinds = append(kinds, page.Option{Value: string(k), Text: v.t("kind." + string(k))})
	}
	for _, a := range event.Audiences() {
		audiences = append(audiences, page.Option{Value: string(a), Text: v.t("audience." + string(a))})
	}
	for _, p := range v.venues(person.EventEdit) {
		places = append(places, page.Option{Value: p.ID, Text: v.in(p.Name)})
	}
	for _, e := range []event.Every{event.Once, event.Weekly, event.Monthly, event.MonthlyDay} {
		every = append(every, page.Option{Value: string(e), Text: v.t("every." + strings.TrimPrefix(string("x"+e), "x") + map[bool]string{true: "once"}[e == event.Once])})
	}
	subjects := page.Choices{ID: "f-subjects", Name: "subjects", Many: true, Legend: v.t("field.subjects"), Error: fail("subjects")}
	for _, x := range event.Subjects() {
		subjects.Items = append(subjects.Items, page.Choice{ID: "f-subjects-" + x, Value: x, Label: v.t("subject." + x), Checked: slices.Contains(f.Subjects, x)})
	}
	subjects.Items[0].ID = subjects.ID
	days := page.Choices{ID: "f-days", Name: "days", Many: true, Legend: v.t("field.days"), Error: fail("days")}
	for i, d := range weekdays {
		value := strconv.Itoa(int(d))
		days.Items = append(days.Items, page.Choice{ID: "f-days-" + value, Value: value, Label: v.weekday(time.Date(2026, 11, 23+i, 12, 0, 0, 0, i18n.Kyiv), false), Checked: slices.Contains(f.Days, value)})
	}
	days.Items[0].ID = days.ID
	seats := typed("seats", "text", strconv.Itoa(or(f.Seats, 12)), "4")
	seats.InputMode = "numeric"
	step := typed("step", "text", strconv.Itoa(or(f.Step, 1)), "2")
	step.InputMode = "numeric"
	ends := typed("end", "time", f.End, "6")
	if ends.Error == "" {
		ends.Error = fail("minutes")
	}
	parts := []any{text("title", f.Title, 0, 2*event.MaxTitle), choose("kind", f.Kind, kinds), choose("audience", f.Audience, audiences), text("about", f.About, 5, 2*event.MaxAbout), text("bring", f.Bring, 0, event.MaxTitle),
		page.Heading(v.t("part.where")), choose("place", f.Place, places), text("room", f.Room, 0, 120), text("online", f.Online, 0, 500),
		page.Heading(v.t("part.when")), typed("day", "date", f.Day, "10"), typed("clock", "time", f.Clock, "6"), ends, choose("every", f.Every, every), days, step, typed("until", "date", f.Until, "10"),
		page.Heading(v.t("part.book")), check("book", f.Book), check("waiting", f.Waiting), seats,
		page.Heading(v.t("part.more")), subjects, text("materials", f.Materials, 3, 12000), text("title_en", f.TitleEN, 0, 2*event.MaxTitle), text("about_en", f.AboutEN, 4, 2*event.MaxAbout), check("draft", f.Draft)}
	hidden := []page.Hidden{}
	if f.Rev != nil {
		hidden = append(hidden, page.Hidden{Name: "rev", Value: strconv.Itoa(*f.Rev)})
	}
	s.Blocks = append(s.Blocks, page.Block{Form: &page.Form{Action: action, Hidden: hidden, Parts: parts, Buttons: []page.Button{{Text: v.t("office.save")}, {Text: v.t("office.back"), Href: Office, Kind: "second"}}}})
}
