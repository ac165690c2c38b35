package help

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/help"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// Stats shows what people ask, by month, topic and area.
func (h *Handlers) Stats(c *gin.Context) error {
	v := h.see(c)
	months, err := h.o.Help.Months(v.ctx, v.actor(), 12)
	if err != nil {
		return err
	}
	s := v.sheet(Stats, "help-stats", v.t("stats"))
	s.Lead = v.t("stats.lead")
	total := func(of func(*help.Month) int64) (n int64) {
		for _, m := range months {
			n += of(m)
		}
		return n
	}
	number := func(n int64) page.GridCell { return page.GridCell{Text: v.w.Int(n), Number: true} }
	topics := &page.Grid{Caption: v.t("stats.topics"), Hidden: true, Empty: v.t("stats.none"),
		Head: []page.GridHead{{Text: v.t("col.topic")}, {Text: v.t("stats.asked"), Number: true}, {Text: v.t("stats.ontime"), Number: true}, {Text: v.t("stats.late"), Number: true}}}
	for _, t := range help.Topics() {
		topics.Rows = append(topics.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.topic(t.ID)}, number(total(func(m *help.Month) int64 { return m.Topics[t.ID] })),
			number(total(func(m *help.Month) int64 { return m.OnTime[t.ID] })), number(total(func(m *help.Month) int64 { return m.Late[t.ID] }))}})
	}
	areas := &page.Grid{Caption: v.t("stats.areas"), Hidden: true, Head: []page.GridHead{{Text: v.t("col.area")}, {Text: v.t("stats.asked"), Number: true}}, Foot: v.t("stats.areas.foot")}
	for _, a := range append(help.Areas(), "none") {
		name := v.t("area.none")
		if a != "none" {
			name = h.o.Area(a, v.lang)
		}
		areas.Rows = append(areas.Rows, page.GridRow{Cells: []page.GridCell{{Text: name}, number(total(func(m *help.Month) int64 { return m.Areas[a] }))}})
	}
	byMonth := &page.Grid{Caption: v.t("stats.months"), Hidden: true, Empty: v.t("stats.none"),
		Head: []page.GridHead{{Text: v.t("stats.month")}, {Text: v.t("stats.asked"), Number: true}, {Text: v.t("way.form"), Number: true}, {Text: v.t("way.phone"), Number: true}, {Text: v.t("way.desk"), Number: true}, {Text: v.t("stats.helped"), Number: true}}}
	for _, m := range months {
		name := m.ID
		if t, err := time.Parse("2006-01", m.ID); err == nil {
			name = v.month(t)
		}
		helped := page.GridCell{Text: "–", Number: true}
		if n := m.Helped["yes"] + m.Helped["no"]; n > 0 {
			helped.Text = v.t("stats.of", "Yes", v.w.Int(m.Helped["yes"]), "All", v.w.Int(n))
		}
		byMonth.Rows = append(byMonth.Rows, page.GridRow{Cells: []page.GridCell{{Text: name}, number(m.Asked()), number(m.Ways["form"]), number(m.Ways["phone"]), number(m.Ways["desk"]), helped}})
	}
	s.Blocks = []page.Block{
		{Figs: []page.Figure{{Value: v.w.Int(total((*help.Month).Asked)), Text: v.t("stats.all"), Lead: true}}},
		{Title: v.t("stats.topics"), Grid: topics}, {Title: v.t("stats.areas"), Grid: areas}, {Title: v.t("stats.months"), Grid: byMonth},
		{Text: []string{v.t("stats.public", "N", help.MinPublic)}, Acts: []page.Button{{Text: v.t("asked.title"), Href: Address + "/asked", Kind: "second", Small: true}}, Noprint: true},
	}
	if v.may(person.HelpSettings) {
		s.Blocks[4].Acts = append(s.Blocks[4].Acts, page.Button{Text: v.t("settings"), Href: Office + "/settings", Kind: "second", Small: true})
	}
	return v.render(http.StatusOK, "page/sheet", s.Ready())
}

func (v *view) month(t time.Time) string {
	return v.t("month."+strconv.Itoa(int(t.Month()))) + " " + strconv.Itoa(t.Year())
}

// settingsForm is what the city decides about the hotline.
type settingsForm struct {
	Rev    int64             `form:"rev"`
	Days   map[string]string `form:"day.*"`
	Closed string            `form:"closed"`
	AwayUK string            `form:"away_uk"`
	AwayEN string            `form:"away_en"`
	Levels map[string]string `form:"level.*"`
}

// SettingsForm shows hours and levels.
func (h *Handlers) SettingsForm(c *gin.Context) error {
	v := h.see(c)
	set, err := h.o.Help.Settings(v.ctx)
	if err != nil {
		return err
	}
	f := &settingsForm{Rev: set.Rev, Days: map[string]string{}, Levels: map[string]string{}, Closed: strings.Join(set.Closed, " "), AwayUK: set.Away.UK, AwayEN: set.Away.EN}
	for i, x := range set.Week {
		if x.To > x.From {
			f.Days[strconv.Itoa(i)] = clock(x.From) + "–" + clock(x.To)
		}
	}
	for _, t := range help.Topics() {
		f.Levels[t.ID] = strconv.Itoa(set.Level(t.ID))
	}
	return v.settingsPage(f, nil)
}

// SaveSettings stores them.
func (h *Handlers) SaveSettings(c *gin.Context) error {
	v := h.see(c)
	var f settingsForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Help.SaveSettings(v.ctx, v.actor(), f.domain())
	}
	if err == nil {
		return v.to(Office + "/settings?done=settings")
	}
	return v.settingsPage(&f, err)
}

func (f *settingsForm) domain() help.Settings {
	x := help.Settings{Doc: store.Doc{Rev: f.Rev}, Closed: strings.Fields(f.Closed), Away: i18n.Text{UK: strings.TrimSpace(f.AwayUK), EN: strings.TrimSpace(f.AwayEN)}, Levels: map[string]int{}}
	for i := range x.Week {
		x.Week[i] = span(f.Days[strconv.Itoa(i)])
	}
	for _, t := range help.Topics() {
		s := strings.TrimSpace(f.Levels[t.ID])
		if s == "" {
			continue
		}
		n, err := strconv.Atoi(s)
		if err != nil || n == 0 {
			n = -1 // refused by Check, in the domain's words
		}
		x.Levels[t.ID] = n
	}
	return x
}

// span reads "9:00–18:00"; empty is closed, and what cannot be read is refused by Check.
func span(s string) help.Span {
	s = strings.Join(strings.Fields(s), "")
	if s == "" {
		return help.Span{}
	}
	from, to, ok := strings.Cut(strings.NewReplacer("–", "-", "—", "-", ".", ":").Replace(s), "-")
	a, okA := minutes(from)
	b, okB := minutes(to)
	if !ok || !okA || !okB {
		return help.Span{From: -1, To: -1}
	}
	return help.Span{From: a, To: b}
}

func minutes(s string) (int, bool) {
	if !strings.Contains(s, ":") {
		s += ":00"
	}
	h, m, _ := strings.Cut(s, ":")
	x, err1 := strconv.Atoi(h)
	y, err2 := strconv.Atoi(m)
	return x*60 + y, err1 == nil && err2 == nil && x >= 0 && x <= 24 && y >= 0 && y < 60 && (x < 24 || y == 0)
}

func (v *view) settingsPage(f *settingsForm, refused error) error {
	s := v.sheet(Office+"/settings", "help", v.t("settings"), v.queueLink())
	s.Lead = v.t("settings.lead")
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	form := &page.Form{Action: Office + "/settings", Card: true, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(f.Rev, 10)}}, Buttons: []page.Button{{Text: v.t("save"), Small: true}}}
	form.Parts = append(form.Parts, page.Heading(v.t("settings.hours")), page.Plain(v.t("settings.hours.text")))
	for i := range 7 {
		n := strconv.Itoa(i)
		form.Parts = append(form.Parts, page.Field{ID: page.FieldID("day" + n), Name: "day." + n, Label: v.t("day." + n), Value: f.Days[n], Width: "20", Autocomplete: "off", MaxLength: 20, Error: v.fault("day" + n)})
	}
	form.Parts = append(form.Parts, v.text("closed", f.Closed, 0), v.text("away_uk", f.AwayUK, 3), v.text("away_en", f.AwayEN, 3), page.Heading(v.t("settings.levels")), page.Plain(v.t("settings.levels.text")))
	for _, t := range help.Topics() {
		form.Parts = append(form.Parts, page.Field{ID: page.FieldID("level." + t.ID), Name: "level." + t.ID, Label: v.topic(t.ID), Value: f.Levels[t.ID], Width: "4", InputMode: "numeric", Unit: v.t("settings.unit"), Autocomplete: "off", Error: v.fault("level." + t.ID)})
	}
	s.Blocks = []page.Block{{Form: form}}
	return v.render(status, "page/sheet", s.Ready())
}
