package waves

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// plan is the form of a wave, as typed.
type plan struct {
	ID          string            `form:"id" validate:"max=64"`
	Rev         int64             `form:"rev"`
	Campaign    string            `form:"campaign" validate:"required,max=64"`
	TitleUK     string            `form:"title_uk" validate:"required,max=200"`
	TitleEN     string            `form:"title_en" validate:"required,max=200"`
	Opens       string            `form:"opens" validate:"required,max=20"`
	Last        string            `form:"last" validate:"required,max=20"`
	Modes       []string          `form:"modes" validate:"max=10"`
	Instruments []string          `form:"instruments" validate:"max=50"`
	Form        string            `form:"form" validate:"max=64"`
	FrameSize   *int64            `form:"frame_size"`
	FrameUK     string            `form:"frame_uk" validate:"max=200"`
	FrameEN     string            `form:"frame_en" validate:"max=200"`
	SampleID    string            `form:"sample_id" validate:"max=64"`
	SampleUK    string            `form:"sample_uk" validate:"max=200"`
	SampleEN    string            `form:"sample_en" validate:"max=200"`
	SampleDrawn string            `form:"sample_drawn" validate:"max=20"`
	SampleSize  *int64            `form:"sample_size"`
	Targets     map[string]string `form:"target.*"`
}

// fields says which field of the form a fault of the domain belongs to.
var fields = map[string]string{
	"/id": "id", "/campaign": "campaign", "/title": "title_uk", "/opens": "opens", "/closes": "last", "/modes": "modes", "/instruments": "instruments", "/form": "form",
	"/frame/size": "frame_size", "/frame/what": "frame_uk", "/sample/id": "sample_id", "/sample/title": "sample_uk", "/sample/drawn": "sample_drawn", "/sample/size": "sample_size",
	"/owner": "campaign", "/decree": "campaign", "/phone": "campaign", "/targets": "targets",
}

func fieldOf(pointer string) string {
	if cell, ok := strings.CutPrefix(pointer, "/targets/"); ok {
		return "target." + cell
	}
	if name := fields[pointer]; name != "" {
		return name
	}
	return strings.TrimPrefix(pointer, "/")
}

// dayOf reads a day as people write it: 2026-12-01 or 01.12.2026.
func dayOf(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "02.01.2006", "2.1.2006"} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil && t.Year() > 2000 && t.Year() < 2200 {
			return survey.Day(t.Year(), t.Month(), t.Day()), true
		}
	}
	return time.Time{}, false
}

func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(i18n.Kyiv).Format(time.DateOnly)
}

// lastDay is the day before a wave that closes at midnight, else the day it closes on.
func lastDay(w *survey.Wave) string { return written(w.Closes.Add(-time.Nanosecond)) }

// wave makes the plan out of what was typed; old keeps the exact close of a wave whose
// last day was not changed.
func (p *plan) wave(old *survey.Wave) (w survey.Wave, err error) {
	var faults []fault.Field
	add := func(name, key string) { faults = append(faults, fault.Field{Pointer: name, Key: key}) }
	w = survey.Wave{Doc: store.Doc{ID: p.ID, Rev: p.Rev}, Campaign: p.Campaign, Title: i18n.Text{UK: p.TitleUK, EN: p.TitleEN},
		Modes: p.Modes, Instruments: p.Instruments, Form: p.Form}
	if t, ok := dayOf(p.Opens); ok {
		w.Opens = store.At(t)
	} else {
		add("opens", "wave.day")
	}
	if t, ok := dayOf(p.Last); ok {
		w.Closes = store.At(t.AddDate(0, 0, 1))
	} else {
		add("last", "wave.day")
	}
	if old != nil {
		if written(old.Opens.Time) == written(w.Opens.Time) {
			w.Opens = old.Opens
		}
		if lastDay(old) == lastDay(&w) {
			w.Closes = old.Closes
		}
	}
	if p.FrameSize != nil || p.FrameUK != "" || p.FrameEN != "" {
		w.Frame = &survey.Frame{Size: whole(p.FrameSize), What: i18n.Text{UK: p.FrameUK, EN: p.FrameEN}}
	}
	if p.SampleID != "" || p.SampleUK != "" || p.SampleEN != "" || p.SampleDrawn != "" || p.SampleSize != nil {
		w.Sample = &survey.Sample{ID: p.SampleID, Title: i18n.Text{UK: p.SampleUK, EN: p.SampleEN}, Size: whole(p.SampleSize), Drawn: p.SampleDrawn}
		if t, ok := dayOf(p.SampleDrawn); ok {
			w.Sample.Drawn = written(t)
		}
	}
	for _, key := range targetKeys(p.Targets) {
		text := strings.TrimSpace(p.Targets[key])
		if text == "" {
			continue
		}
		n, ok := form.Number(text)
		if !ok || n != float64(int64(n)) {
			add("target."+key, form.KeyNumber)
			continue
		}
		t := survey.Target{N: int64(n)}
		if sex, age, both := strings.Cut(key, "."); both {
			t.Sex, t.Age = sex, age
		} else {
			t.District = key
		}
		w.Targets = append(w.Targets, t)
	}
	if len(faults) > 0 {
		return w, fault.InvalidFields(faults...)
	}
	return w, nil
}

func whole(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// targetKeys lists the classes in the order of the form, unknown ones behind.
func targetKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// typed is the form of a wave that is there.
func typed(w *survey.Wave) plan {
	p := plan{ID: w.ID, Rev: w.Rev, Campaign: w.Campaign, TitleUK: w.Title.UK, TitleEN: w.Title.EN, Opens: written(w.Opens.Time), Last: lastDay(w),
		Modes: w.Modes, Instruments: w.Instruments, Form: w.Form, Targets: map[string]string{}}
	for _, t := range w.Targets {
		p.Targets[t.Key()] = strconv.FormatInt(t.N, 10)
	}
	if f := w.Frame; f != nil {
		p.FrameSize, p.FrameUK, p.FrameEN = &f.Size, f.What.UK, f.What.EN
	}
	if s := w.Sample; s != nil {
		p.SampleID, p.SampleUK, p.SampleEN, p.SampleDrawn, p.SampleSize = s.ID, s.Title.UK, s.Title.EN, s.Drawn, &s.Size
	}
	return p
}

// NewForm asks for a new wave.
func (h *Handlers) NewForm(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.WaveEdit); err != nil {
		return err
	}
	return v.planPage(http.StatusOK, plan{Campaign: "residents", Modes: survey.Modes}, nil, nil, nil)
}

// Create plans a wave.
func (h *Handlers) Create(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.WaveEdit); err != nil {
		return err
	}
	var p plan
	err := form.Decode(c.Request, &p)
	var w survey.Wave
	if err == nil {
		w, err = p.wave(nil)
	}
	if err == nil && slices.Contains(reserved, w.ID) {
		err = fault.InvalidFields(fault.Field{Pointer: "id", Key: "wave.id"})
	}
	if err == nil {
		err = w.Check()
	}
	if err == nil {
		if _, there := find(h.o.Plans.Waves(), w.ID); there {
			err = fault.InvalidFields(fault.Field{Pointer: "id", Key: "wave.taken"})
		}
	}
	if err == nil {
		err = v.note("wave.plan", "wave:"+w.ID)
	}
	if err == nil {
		if err = h.o.Plans.Add(v.ctx, w); err == nil {
			return v.to(Address+"/"+w.ID, "planned")
		}
	}
	return v.planAgain(p, nil, err)
}

// reserved are words of this package's own addresses.
var reserved = []string{"new", "campaigns"}

func find(list []*survey.Wave, id string) (*survey.Wave, bool) {
	for _, w := range list {
		if w.ID == id {
			return w, true
		}
	}
	return nil, false
}

// EditForm shows the plan of a wave.
func (h *Handlers) EditForm(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.WaveEdit); err != nil {
		return err
	}
	w, err := v.find()
	if err != nil {
		return err
	}
	return v.planPage(http.StatusOK, typed(w), w, nil, nil)
}

// Edit changes the plan of a wave.
func (h *Handlers) Edit(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.WaveEdit); err != nil {
		return err
	}
	old, err := v.find()
	if err != nil {
		return err
	}
	var p plan
	err = form.Decode(c.Request, &p)
	p.ID = old.ID
	var w survey.Wave
	if err == nil {
		w, err = p.wave(old)
	}
	if err == nil {
		err = w.Check()
	}
	if err == nil {
		err = v.note("wave.edit", "wave:"+w.ID)
	}
	if err == nil {
		if err = h.o.Plans.Edit(v.ctx, w); err == nil {
			return v.to(Address+"/"+w.ID, "changed")
		}
	}
	return v.planAgain(p, old, err)
}

func (v *view) planAgain(p plan, old *survey.Wave, err error) error {
	sum, faults, status, ok := v.refused(err, fieldOf)
	if !ok {
		return err
	}
	return v.planPage(status, p, old, sum, faults)
}

// planPage is the form of a wave, new (old is nil) or to be changed.
func (v *view) planPage(status int, p plan, old *survey.Wave, sum *page.ErrorSummary, faults []fault.Field) error {
	title, action := v.t("new.title"), Address
	trail := []page.Link{v.list()}
	if old != nil {
		title, action = v.t("edit.title", "Wave", old.Title.In(v.lang)), Address+"/"+old.ID+"/edit"
		trail = append(trail, v.wave(old))
	}
	s := v.sheet(title, trail...)
	s.Errors, s.Failed = sum, sum != nil
	s.Lead = v.t("new.lead")
	if old != nil && !v.h.o.Now().Before(old.Opens.Time) {
		s.Lead = v.t("edit.opened")
	}
	b := fieldsOf(v, faults)
	f := &planSheet{Sheet: s.Sheet, Action: action}
	if old != nil {
		f.Hidden = []page.Hidden{{Name: "rev", Value: strconv.FormatInt(p.Rev, 10)}}
	} else {
		f.Top = append(f.Top, b.text("id", p.ID, "20"))
	}
	f.Top = append(f.Top,
		b.text("title_uk", p.TitleUK, ""), b.text("title_en", p.TitleEN, ""), b.text("campaign", p.Campaign, "20"),
		b.text("opens", p.Opens, "10"), b.text("last", p.Last, "10"),
		b.boxes("modes", survey.Modes, p.Modes, func(m string) string { return v.t("mode." + m) }))
	if len(v.h.o.Instruments) > 0 {
		var slugs []string
		for _, i := range v.h.o.Instruments {
			slugs = append(slugs, i.Slug)
		}
		f.Top = append(f.Top, b.boxes("instruments", slugs, p.Instruments, v.instrument))
	}
	for _, sex := range survey.Sexes {
		f.Heads = append(f.Heads, upper(v.t("sex."+sex)))
	}
	for _, age := range survey.Ages {
		row := targetRow{Name: ages(age)}
		for _, sex := range survey.Sexes {
			row.Fields = append(row.Fields, b.target(sex+"."+age, p.Targets))
		}
		f.Rows = append(f.Rows, row)
	}
	for _, d := range v.h.o.Districts {
		f.Rest = append(f.Rest, b.target(d.ID, p.Targets))
	}
	f.Rest = append(f.Rest, page.Heading(v.t("new.frame")), page.Plain(v.t("new.frame.text")),
		b.number("frame_size", p.FrameSize), b.text("frame_uk", p.FrameUK, ""), b.text("frame_en", p.FrameEN, ""),
		page.Heading(v.t("new.sample")), page.Plain(v.t("new.sample.text")),
		b.text("sample_id", p.SampleID, "20"), b.text("sample_uk", p.SampleUK, ""), b.text("sample_en", p.SampleEN, ""),
		b.text("sample_drawn", p.SampleDrawn, "10"), b.number("sample_size", p.SampleSize),
		page.Heading(v.t("new.form")), page.Plain(v.t("new.form.text")), b.text("form", p.Form, "20"))
	f.Buttons = []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("cancel"), Href: trail[len(trail)-1].Href, Kind: "quiet", Small: true}}
	f.Ready()
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "waves/plan", f)
}

// planSheet is the form of a wave with its table of targets.
type planSheet struct {
	page.Sheet
	Action    string
	Hidden    []page.Hidden
	Top, Rest []any
	Heads     []string
	Rows      []targetRow
	Buttons   []page.Button
}

// targetRow is one age: a target for each sex.
type targetRow struct {
	Name   string
	Fields []page.Field
}

// builder makes fields with their faults.
type builder struct {
	v      *view
	faults []fault.Field
}

func fieldsOf(v *view, faults []fault.Field) builder { return builder{v, faults} }

func (b builder) text(name, value, width string) page.Field {
	hint := "waves.hint." + name
	if text := b.v.w.T(hint, nil); text != hint {
		hint = text
	} else {
		hint = ""
	}
	return page.Field{ID: page.FieldID(name), Name: name, Label: b.v.t("field." + name), Hint: hint, Value: value, Width: width, Plain: width != "",
		Error: page.FaultText(b.v.w, b.faults, name)}
}

func (b builder) number(name string, n *int64) page.Field {
	f := b.text(name, "", "10")
	f.InputMode = "numeric"
	if n != nil {
		f.Value = strconv.FormatInt(*n, 10)
	} else if f.Error != "" {
		f.Value = form.Typed(b.v.c.Request, name)
	}
	return f
}

func (b builder) target(cell string, values map[string]string) page.Field {
	name := "target." + cell
	return page.Field{ID: page.FieldID(name), Name: name, Label: upper(b.v.cell(cell)), Value: values[cell], Width: "6", InputMode: "numeric", Plain: true,
		Error: page.FaultText(b.v.w, b.faults, name)}
}

func (b builder) boxes(name string, all, chosen []string, words func(string) string) page.Choices {
	out := page.Choices{ID: page.FieldID(name), Name: name, Many: true, Legend: b.v.t("field." + name), Hint: b.v.t("hint." + name), Error: page.FaultText(b.v.w, b.faults, name)}
	for i, value := range all {
		id := out.ID
		if i > 0 {
			id += "-" + strconv.Itoa(i)
		}
		out.Items = append(out.Items, page.Choice{ID: id, Value: value, Label: upper(words(value)), Checked: slices.Contains(chosen, value)})
	}
	return out
}

// cell is the name of a class of people: female.70+ or a district.
func (v *view) cell(key string) string {
	sex, age, both := strings.Cut(key, ".")
	if both {
		return v.t("sex."+sex) + ", " + ages(age)
	}
	return v.district(key)
}

func ages(id string) string { return strings.ReplaceAll(id, "-", "–") }

func (v *view) district(id string) string {
	for _, d := range v.h.o.Districts {
		if d.ID == id {
			return d.Title.In(v.lang)
		}
	}
	if id == "not-stated" {
		return v.t("not_stated")
	}
	return id
}

func (v *view) instrument(slug string) string {
	for _, i := range v.h.o.Instruments {
		if i.Slug == slug {
			return i.Title.In(v.lang)
		}
	}
	return slug
}
