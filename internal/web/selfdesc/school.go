package selfdesc

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

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
	day := v.field("day", v.h.o.Now().In(i18n.Kyiv).Format(time.DateOnly), "20")
	day.Type = "date"
	b.Form = &page.Form{Action: at(i) + "/sign", Card: true, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(p.Rev, 10)}},
		Parts: []any{v.field("signer", "", ""), v.field("post", "", ""), day,
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
		Head: []page.GridHead{{Text: v.t("col.year")}, {Text: v.t("col.version")}, {Text: v.t("col.signed")}, {Text: v.t("col.signer")}, {Text: v.t("col.published")}}}
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
