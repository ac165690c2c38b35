package selfdesc

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

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

func at(i *institution.Institution) string { return School + "/at/" + i.ID }

func (v *view) home(i *institution.Institution) page.Link {
	return page.Link{Href: at(i), Text: v.t("own")}
}

// Own is an institution's self-description of this year: the sections to fill in and the
// signature, or what is signed.
func (h *Handlers) Own(c *gin.Context) error { return h.see(c).ownPage(nil) }

func (v *view) ownPage(refused error) error {
	list := v.mine()
	if v.c.Param("body") == "" {
		if len(list) == 0 {
			s := v.sheet("self-description", School, v.t("own"), page.Link{Href: "/school", Text: v.t("school")})
			s.Blocks = []page.Block{{Text: []string{v.t("none")}}}
			return v.show(http.StatusOK, s)
		}
		v.c.AddParam("body", list[0].ID)
	}
	i, err := v.body(person.SchoolRead)
	if err != nil {
		return err
	}
	d, p := v.h.o.Portraits.Form(), v.h.o.Portraits.Of(i.ID, v.year())
	s := v.sheet("self-description", at(i), v.in(d.Title)+", "+institution.YearName(p.Year), page.Link{Href: "/school", Text: v.t("school")})
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker, s.Lead = v.in(i.Name())+" · "+v.t("state."+string(p.State())), v.in(d.Lead)
	if len(list) > 1 {
		b := page.Block{Noprint: true}
		for _, other := range list {
			kind := "quiet"
			if other == i {
				kind = "second"
			}
			b.Acts = append(b.Acts, page.Button{Text: v.in(other.Name()), Href: at(other), Kind: kind, Small: true})
		}
		s.Blocks = append(s.Blocks, b)
	}
	edit := gate.Check(v.c, person.SchoolEdit, person.Of(i.ID)) == nil
	last, signed := p.Last()
	if edit && (p.Open || !signed) {
		s.Blocks = append(s.Blocks, v.sections(i, d, p), v.signature(i, d, p))
	} else if signed && edit {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "good", Text: []string{v.t("frozen.text", "N", last.N, "Day", v.day(last.Day))}}, Noprint: true,
			Acts: []page.Button{{Text: v.t("paper"), Href: paperAt(at(i), p.Year, last.N), Small: true}}, Forms: []page.Form{button(at(i)+"/anew", v.t("anew"), "second", "")}})
	}
	if signed {
		blocks, err := v.answers(last)
		if err != nil {
			return err
		}
		if !p.Open {
			s.Blocks = append(s.Blocks, blocks...)
		}
	}
	s.Blocks = append(s.Blocks, v.versions(i, at(i)))
	return v.show(status, s)
}

func button(action, text, kind, confirm string) page.Form {
	return page.Form{Action: action, Buttons: []page.Button{{Text: text, Kind: kind, Small: true, Confirm: confirm}}}
}

func paperAt(base string, year, n int) string {
	return base + "/signed/" + strconv.Itoa(year) + "/" + strconv.Itoa(n)
}

// sections lists what there is to fill in.
func (v *view) sections(i *institution.Institution, d *domain.Definition, p *portrait.Portrait) page.Block {
	missing := d.Missing(string(i.Kind), p.Draft)
	g := &page.Grid{Caption: v.t("sections"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("col.section")}, {Text: v.t("col.filled")}, {Text: v.t("col.state")}}}
	for _, s := range d.For(string(i.Kind)) {
		lacks := 0
		for k := range s.Fields {
			if slices.Contains(missing, s.Fields[k].ID) {
				lacks++
			}
		}
		n := portrait.Filled(&s, p.Draft)
		tag := page.Tag{Text: v.t("section.done"), Kind: "good"}
		switch {
		case lacks > 0:
			tag = page.Tag{Text: v.t("section.lacks", "N", lacks), Kind: "bad"}
		case n == 0:
			tag = page.Tag{Text: v.t("section.empty")}
		case n < len(s.Fields):
			tag = page.Tag{Text: v.t("section.part"), Kind: "main"}
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(s.Title), Href: at(i) + "/section/" + s.ID}, {Text: v.t("filled", "N", n, "Of", len(s.Fields))}, {Tag: &tag}}})
	}
	b := page.Block{ID: "sections", Title: v.t("sections"), Grid: g}
	if _, year, ok := v.h.o.Portraits.Before(i.ID, p.Year); ok {
		b.Small = v.t("copy.text")
		b.Forms = append(b.Forms, button(at(i)+"/copy", v.t("copy", "Year", institution.YearName(year)), "second", ""))
	}
	if len(p.Signed) > 0 {
		b.Forms = append(b.Forms, button(at(i)+"/drop", v.t("drop"), "bad", v.t("drop.sure")))
	}
	return b
}

// signature is the form that freezes the draft.
func (v *view) signature(i *institution.Institution, d *domain.Definition, p *portrait.Portrait) page.Block {
	b := page.Block{ID: "sign", Title: v.t("sign")}
	if missing := d.Missing(string(i.Kind), p.Draft); len(missing) > 0 && !v.typed {
		b.Small = v.t("sign.lacks", "N", len(missing))
		return b
	}
	b.Small = v.t("sign.text")
	today := v.h.o.Now().In(i18n.Kyiv).Format(time.DateOnly)
	b.Form = &page.Form{Action: at(i) + "/sign", Card: true, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(p.Rev, 10)}},
		Parts: []any{v.field("signer", "", ""), v.field("post", "", ""), v.field("day", today, "10"),
			page.Check{ID: page.FieldID("sure"), Name: "sure", Value: "yes", Label: v.in(d.Sign), Error: page.FaultText(v.w, v.faults, "sure"), Checked: v.value("sure", "") == "yes"}},
		Buttons: []page.Button{{Text: v.t("sign.do"), Small: true, Confirm: v.t("sign.sure")}}}
	return b
}

// answers are the sections of a signed version in words.
func (v *view) answers(x *portrait.Version) (list []page.Block, err error) {
	lines, err := v.h.o.Portraits.Lines(x, v.w)
	if err != nil {
		return nil, err
	}
	title := "\x00"
	for _, l := range lines {
		name := v.in(l.Section)
		if l.Section.UK == "" {
			name = v.t("ratios")
		}
		if name != title {
			title = name
			list = append(list, page.Block{Title: name})
		}
		value := l.Value
		if value == "" {
			value = v.t("empty")
		}
		b := &list[len(list)-1]
		b.Facts = append(b.Facts, page.Row{Key: v.in(l.Label), Value: value})
	}
	return list, nil
}

// versions lists what was signed, this year and before.
func (v *view) versions(i *institution.Institution, base string) page.Block {
	g := &page.Grid{Caption: v.t("versions"), Hidden: true, Cards: true, Empty: v.t("versions.none"),
		Head: []page.GridHead{{Text: v.t("col.year")}, {Text: v.t("col.version"), Number: true}, {Text: v.t("col.signed")}, {Text: v.t("col.signer")}, {Text: v.t("col.published")}}}
	for y := v.year(); y > v.year()-10; y-- {
		p := v.h.o.Portraits.Of(i.ID, y)
		for n := len(p.Signed) - 1; n >= 0; n-- {
			x := &p.Signed[n]
			shown := "–"
			if p.Published != nil && p.Published.N == x.N {
				shown = p.Published.Decision
			}
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: institution.YearName(y), Href: paperAt(base, y, x.N)}, {Text: strconv.Itoa(x.N)}, {Text: v.day(x.Day)}, {Text: x.Name, Small: x.Post}, {Text: shown}}})
		}
	}
	return page.Block{ID: "versions", Title: v.t("versions"), Grid: g}
}

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
		field.Width, field.Plain = "10", true
		field.Hint = strings.TrimSpace(hint + " " + v.t("date.hint"))
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

// act reads a form of the institution's page and does what it asks for.
func (h *Handlers) act(c *gin.Context, said string, into any, do func(*view, *institution.Institution) error) error {
	v := h.see(c)
	i, err := v.body(person.SchoolEdit)
	if err != nil {
		return err
	}
	if err = form.Decode(c.Request, into); err == nil {
		if err = do(v, i); err == nil {
			return v.to(at(i), said)
		}
	}
	return v.ownPage(err)
}

// Copy fills what is empty with the answers of an earlier year.
func (h *Handlers) Copy(c *gin.Context) error {
	return h.act(c, "copied", &struct{}{}, func(v *view, i *institution.Institution) error {
		_, err := h.o.Portraits.Copy(v.ctx, gate.Actor(c), i.ID, v.year())
		return err
	})
}

// Sign freezes the draft.
func (h *Handlers) Sign(c *gin.Context) error {
	var f struct {
		Rev    int64  `form:"rev"`
		Signer string `form:"signer" validate:"max=400"`
		Post   string `form:"post" validate:"max=400"`
		Day    string `form:"day" validate:"max=20"`
		Sure   string `form:"sure" validate:"max=10"`
	}
	return h.act(c, "signed", &f, func(v *view, i *institution.Institution) error {
		_, err := h.o.Portraits.Sign(v.ctx, gate.Actor(c), i.ID, v.year(), f.Rev, portrait.Signature{Name: f.Signer, Post: f.Post, Day: f.Day, Sure: f.Sure == "yes"})
		return err
	})
}

// Anew begins a new version.
func (h *Handlers) Anew(c *gin.Context) error {
	return h.act(c, "anew", &struct{}{}, func(v *view, i *institution.Institution) error {
		_, err := h.o.Portraits.Anew(v.ctx, gate.Actor(c), i.ID, v.year())
		return err
	})
}

// Drop throws a new version's draft away.
func (h *Handlers) Drop(c *gin.Context) error {
	return h.act(c, "dropped", &struct{}{}, func(v *view, i *institution.Institution) error {
		_, err := h.o.Portraits.Drop(v.ctx, gate.Actor(c), i.ID, v.year())
		return err
	})
}
