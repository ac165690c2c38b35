package selfdesc

import (
	"bytes"
	"encoding/csv"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/tablefile"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// chosen is which institutions are to be published.
type chosen struct {
	Year     int64    `form:"year"`
	Body     []string `form:"body" validate:"max=400,dive,max=64"`
	Decision string   `form:"decision" validate:"max=1000"`
}

// Choose shows what would be published and asks for the decision.
func (h *Handlers) Choose(c *gin.Context) error {
	v := h.see(c)
	var f chosen
	if err := form.DecodeQuery(c.Request, &f); err != nil {
		return err
	}
	return v.choosePage(f, nil)
}

func (v *view) choosePage(f chosen, refused error) error {
	if err := gate.Check(v.c, person.RoundOpen, person.City); err != nil {
		return err
	}
	back := page.Link{Href: asked{Year: f.Year}.href(Office), Text: v.t("all")}
	s := v.sheet("self-descriptions", Office+"/publish", v.t("publish"), back)
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("publish.lead")
	var names []string
	hidden := []page.Hidden{{Name: "year", Value: strconv.FormatInt(f.Year, 10)}}
	for _, id := range f.Body {
		i, ok := v.h.o.Bodies.ByID(id)
		if !ok {
			continue
		}
		if _, signed := v.h.o.Portraits.Of(id, int(f.Year)).Last(); signed {
			names = append(names, v.in(i.Name()))
			hidden = append(hidden, page.Hidden{Name: "body", Value: id})
		}
	}
	if len(names) == 0 {
		s.Blocks = []page.Block{{Note: &page.Note{Kind: "sun", Text: []string{v.t("publish.none")}, Link: &back}}}
		return v.show(status, s)
	}
	var fields []string
	d := v.h.o.Portraits.Form()
	for _, sec := range d.Sections {
		for k := range sec.Fields {
			if sec.Fields[k].Open {
				fields = append(fields, v.in(sec.Fields[k].Label))
			}
		}
	}
	for k := range d.Ratios {
		if d.Ratios[k].Open {
			fields = append(fields, v.in(d.Ratios[k].Label))
		}
	}
	s.Blocks = []page.Block{{Title: v.t("publish.who"), Words: names},
		{Form: &page.Form{Action: Office + "/publish", Card: true, Hidden: hidden, Parts: []any{v.field("decision", "", "")}, Buttons: []page.Button{{Text: v.t("publish.do"), Small: true}, {Text: v.t("cancel"), Href: back.Href, Kind: "quiet", Small: true}}}},
		{Title: v.t("publish.what"), Small: v.t("publish.what.text"), Words: fields}}
	return v.show(status, s)
}

// Publish publishes what was chosen.
func (h *Handlers) Publish(c *gin.Context) error {
	v := h.see(c)
	var f chosen
	err := form.Decode(c.Request, &f)
	if err == nil {
		if _, err = h.o.Portraits.Publish(v.ctx, gate.Actor(c), int(f.Year), f.Body, f.Decision); err == nil {
			return v.to(Office, "published&year="+strconv.FormatInt(f.Year, 10))
		}
	}
	return v.choosePage(f, err)
}

// Hide takes back what was published.
func (h *Handlers) Hide(c *gin.Context) error {
	v := h.see(c)
	var f chosen
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if len(f.Body) == 0 {
		return fault.New(fault.NotFound, "institution.gone")
	}
	if _, err := h.o.Portraits.Hide(v.ctx, gate.Actor(c), int(f.Year), f.Body); err != nil {
		return err
	}
	return v.to(Office+"/one/"+url.PathEscape(f.Body[0]), "hidden&year="+strconv.FormatInt(f.Year, 10))
}

// Open is the public file: what is published, of this school year and the ones before.
func (h *Handlers) Open(c *gin.Context) error {
	v := h.see(c)
	w := h.o.Words.Lang(i18n.Ukrainian)
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	write := func(cells ...string) { _ = out.Write(cells) } // to memory: Error below tells
	write("school_year", "institution", "code", "field", "label_uk", "value_uk", "version", "signed", "decision")
	for _, y := range v.years() {
		list := h.o.Portraits.Public(y)
		for _, p := range list {
			i, ok := h.o.Bodies.ByID(p.Institution)
			x, have := p.Version(p.Published.N)
			if !ok || !have {
				continue
			}
			lines, err := h.o.Portraits.Open(p, w)
			if err != nil {
				return err
			}
			for _, l := range lines {
				write(institution.YearName(y), i.NameOn(x.Day).UK, i.Code, l.ID, l.Label.UK, l.Value, strconv.Itoa(x.N), x.Day, p.Published.Decision)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	head := c.Writer.Header()
	head.Set("Cache-Control", "public, max-age=600")
	head.Set("Access-Control-Allow-Origin", "*")
	return v.give("self-descriptions.csv", tablefile.Type(tablefile.CSV), b.Bytes())
}

// Beside is the signed self-description of an institution for pages that show anonymous
// results beside it: the newest one signed by the end of a school year. ok is false when
// there is none. Only for readers who may see all of it.
func (h *Handlers) Beside(body string, year int, w *i18n.Localizer) (b page.Block, ok bool) {
	x, of, ok := h.o.Portraits.Before(body, year+1)
	if !ok {
		return b, false
	}
	lines, err := h.o.Portraits.Lines(x, w)
	if err != nil {
		return b, false // the file of its form has been taken away
	}
	b = page.Block{ID: "self-description", Title: w.T("portrait.beside", map[string]any{"Year": institution.YearName(of)}),
		Small: w.T("portrait.beside.text", map[string]any{"Day": w.Date(day(x.Day)), "Post": x.Post})}
	for _, l := range lines {
		if l.Value != "" {
			b.Facts = append(b.Facts, page.Row{Key: l.Label.In(w.Language), Value: l.Value})
		}
	}
	return b, true
}
