package selfdesc

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/portrait"
	domain "osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// section finds a section of the form.
func (v *view) section(i *institution.Institution) (*domain.Section, error) {
	for _, s := range v.h.o.Portraits.Form().For(string(i.Kind)) {
		if s.ID == v.c.Param("section") {
			return &s, nil
		}
	}
	return nil, fault.New(fault.NotFound, "portrait.no_section")
}

// Section asks for the answers of one section.
func (h *Handlers) Section(c *gin.Context) error { return h.see(c).sectionPage(nil) }

func (v *view) sectionPage(refused error) error {
	i, err := v.body(person.SchoolEdit)
	if err != nil {
		return err
	}
	sec, err := v.section(i)
	if err != nil {
		return err
	}
	p := v.h.o.Portraits.Of(i.ID, v.year())
	if !p.Open && len(p.Signed) > 0 && refused == nil {
		refused = fault.New(fault.Conflict, "portrait.frozen")
	}
	s := v.sheet("self-description", at(i)+"/section/"+sec.ID, v.in(sec.Title), v.home(i))
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker = v.in(i.Name()) + " · " + institution.YearName(p.Year)
	s.Blocks = v.meanwhile(refused, i, sec, p)
	f := &page.Form{Action: at(i) + "/section/" + sec.ID, Card: true, Hidden: []page.Hidden{{Name: "mark", Value: strconv.FormatInt(p.Marks[sec.ID], 10)}},
		Buttons: []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("save.next"), Name: "go", Value: "next", Kind: "second", Small: true}, {Text: v.t("cancel"), Href: at(i), Kind: "quiet", Small: true}}}
	for k := range sec.Fields {
		f.Parts = append(f.Parts, v.part(&sec.Fields[k], p))
	}
	s.Blocks = append(s.Blocks, page.Block{Form: f})
	return v.show(status, s)
}

// now are the values a field shows: what was typed where its form was refused.
func (v *view) now(f *domain.Field, p *portrait.Portrait) []string {
	if v.typed && v.c.Request.PostForm != nil {
		return v.c.Request.PostForm[f.ID]
	}
	return p.Draft[f.ID]
}

// part is the control of a field.
func (v *view) part(f *domain.Field, p *portrait.Portrait) any {
	have := v.now(f, p)
	hint := v.in(f.Hint)
	if f.When != nil {
		hint = strings.TrimSpace(v.when(f.When) + " " + hint)
	}
	if !f.Open && hint == "" {
		hint = v.t("closed")
	}
	label := v.in(f.Label)
	if f.Required {
		label += " " + v.t("required.mark")
	}
	wrong := page.FaultText(v.w, v.faults, f.ID)
	one := ""
	if len(have) > 0 {
		one = have[0]
	}
	choice := func(list []domain.Option) page.Select { // a list is short, and can be left empty again without a script
		c := page.Select{ID: page.FieldID(f.ID), Name: f.ID, Label: label, Hint: hint, Error: wrong, Options: []page.Option{{Text: v.t("leave")}}}
		for _, o := range list {
			c.Options = append(c.Options, page.Option{Value: o.ID, Text: v.in(o.Text), Selected: o.ID == one})
		}
		return c
	}
	switch f.Type {
	case domain.YesNo:
		return choice([]domain.Option{{ID: domain.Yes, Text: v.both("selfdesc.yes")}, {ID: domain.No, Text: v.both("selfdesc.no")}})
	case domain.Choice:
		return choice(f.Options)
	case domain.Choices:
		c := page.Choices{ID: page.FieldID(f.ID), Name: f.ID, Legend: label, Hint: hint, Error: wrong, Many: true}
		for n, o := range f.Options {
			id := page.FieldID(f.ID)
			if n > 0 {
				id += "-" + strconv.Itoa(n+1)
			}
			c.Items = append(c.Items, page.Choice{ID: id, Value: o.ID, Label: v.in(o.Text), Checked: slices.Contains(have, o.ID), Alone: slices.Contains(f.Exclusive, o.ID)})
		}
		return c
	}
	field := page.Field{ID: page.FieldID(f.ID), Name: f.ID, Label: label, Hint: hint, Error: wrong, Value: strings.ToValidUTF8(one, ""), Unit: v.in(f.Unit), MaxLength: 40}
	switch f.Type {
	case domain.Number:
		field.Width, field.InputMode, field.Plain = "6", "numeric", true
		if f.Decimals > 0 {
			field.InputMode = "decimal"
		}
	case domain.Date:
		field.Width, field.Type = "20", "date"
	default:
		field.MaxLength = f.MaxLength
		if f.MaxLength > 120 {
			field.Rows = 4
		}
	}
	return field
}

func (v *view) both(key string) i18n.Text {
	return i18n.Text{UK: v.h.o.Words.Lang(i18n.Ukrainian).T(key, nil), EN: v.h.o.Words.Lang(i18n.English).T(key, nil)}
}

// when says after which answer a field is asked: without a script it stands there always.
func (v *view) when(w *domain.When) string {
	f, err := v.h.o.Portraits.Form().Field(w.Field)
	if err != nil {
		return ""
	}
	var list []string
	for _, id := range w.In {
		switch o, ok := f.Option(id); {
		case ok:
			list = append(list, v.in(o.Text))
		case id == domain.Yes || id == domain.No:
			list = append(list, v.w.T("selfdesc."+id, nil))
		}
	}
	return v.t("when", "Field", v.in(f.Label), "Answers", strings.Join(list, "», «"))
}

// meanwhile is the block of a conflict: what was typed beside what a colleague saved.
func (v *view) meanwhile(err error, i *institution.Institution, sec *domain.Section, p *portrait.Portrait) []page.Block {
	if !fault.Is(err, fault.Conflict) || fault.As(err).Key != "portrait.changed_meanwhile" {
		return nil
	}
	d := v.h.o.Portraits.Form()
	words := func(values map[string][]string) map[string]string {
		out := map[string]string{}
		got, err := d.Read(string(i.Kind), values)
		if err != nil { // as it was typed
			for id, list := range values {
				out[id] = strings.Join(list, "; ")
			}
			return out
		}
		for _, l := range d.Lines(string(i.Kind), got, v.w) {
			out[l.ID] = l.Value
		}
		return out
	}
	typed := map[string][]string(maps.Clone(p.Draft))
	if typed == nil {
		typed = map[string][]string{}
	}
	for k := range sec.Fields {
		typed[sec.Fields[k].ID] = v.c.Request.PostForm[sec.Fields[k].ID]
	}
	yours, theirs := words(typed), words(p.Draft)
	c := &page.Compare{Caption: v.t("both"), A: v.t("both.yours"), B: v.t("both.theirs")}
	for k := range sec.Fields {
		f := &sec.Fields[k]
		if a, b := yours[f.ID], theirs[f.ID]; a != b {
			c.Rows = append(c.Rows, page.CompareRow{Name: v.in(f.Label), A: strings.ToValidUTF8(a, ""), B: b})
		}
	}
	if len(c.Rows) == 0 {
		return nil
	}
	return []page.Block{{ID: "both", Title: v.t("both"), Pair: c}}
}

// Save writes one section.
func (h *Handlers) Save(c *gin.Context) error {
	v := h.see(c)
	i, err := v.body(person.SchoolEdit)
	if err != nil {
		return err
	}
	sec, err := v.section(i)
	if err != nil {
		return err
	}
	var f struct {
		Mark int64  `form:"mark"`
		Go   string `form:"go" validate:"max=10"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		values := map[string][]string{} // what each may hold is checked by the form of the domain
		for k := range sec.Fields {
			values[sec.Fields[k].ID] = c.Request.PostForm[sec.Fields[k].ID]
		}
		if _, err = h.o.Portraits.Save(v.ctx, gate.Actor(c), i.ID, v.year(), sec.ID, f.Mark, values); err == nil {
			if f.Go == "next" {
				if next := v.after(i, sec.ID); next != "" {
					return v.to(at(i)+"/section/"+next, "saved")
				}
			}
			return v.to(at(i), "saved")
		}
	}
	return v.sectionPage(err)
}

// after is the section behind another one; empty: it was the last.
func (v *view) after(i *institution.Institution, id string) string {
	list := v.h.o.Portraits.Form().For(string(i.Kind))
	for k := range list {
		if list[k].ID == id && k+1 < len(list) {
			return list[k+1].ID
		}
	}
	return ""
}
