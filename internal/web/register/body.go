package register

import (
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// body is the institution of the address.
func (v *view) body() (*institution.Institution, error) {
	if err := v.check(person.InstitutionEdit); err != nil {
		return nil, err
	}
	i, ok := v.h.o.Bodies.ByID(v.c.Param("body"))
	if !ok {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	return i, nil
}

// Body shows an institution.
func (h *Handlers) Body(c *gin.Context) error { return h.see(c).bodyPage("", nil) }

func (v *view) bodyPage(failed string, refused error) error {
	i, err := v.body()
	if err != nil {
		return err
	}
	at := Institutions + "/" + i.ID
	s := v.sheet("institutions", at, v.in(i.Name()), v.back())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	v.failed = failed
	s.Kicker = v.kind(i.Kind)
	if i.State != institution.Working {
		s.Kicker += " · " + v.state(i.State)
	}
	s.Lead = v.in(i.Address)
	facts := page.Block{Facts: []page.Row{{Key: v.t("field.group"), Value: v.group(i)}}}
	names := &page.Grid{Caption: v.t("names"), Hidden: true, Head: []page.GridHead{{Text: v.t("col.name")}, {Text: v.t("col.from")}, {Text: v.t("col.to")}, {Text: v.t("col.why")}}}
	for n := len(i.Names) - 1; n >= 0; n-- {
		from := i.Names[n].From
		if from == "" {
			from = v.t("from.ever")
		} else {
			from = v.day(from)
		}
		to := v.t("to.now")
		if n+1 < len(i.Names) {
			to = v.before(i.Names[n+1].From)
		}
		names.Rows = append(names.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(i.Names[n].Name)}, {Text: from}, {Text: to}, {Text: i.Names[n].Why}}})
	}
	who, err := v.coordinates(i)
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, facts, who, v.frames(i, at), v.mergers(i, at),
		page.Block{ID: "edit", Title: v.t("edit"), Form: &page.Form{Action: at, Hidden: rev(i.Rev), Card: true, Parts: v.parts("edit", i), Buttons: []page.Button{{Text: v.t("save"), Small: true}}}, Map: v.h.o.Map},
		page.Block{ID: "names", Title: v.t("names"), Grid: names, Form: &page.Form{Action: at + "/rename", Hidden: rev(i.Rev), Card: true,
			Parts:   []any{page.Plain(v.t("rename.text")), v.field("rename", "name_uk", i.Name().UK, ""), v.field("rename", "name_en", i.Name().EN, ""), v.field("rename", "from", "", "10"), v.field("rename", "why", "", "")},
			Buttons: []page.Button{{Text: v.t("rename"), Small: true}}}})
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("out"), Small: v.t("out.text"), Forms: []page.Form{one(at+"/out", v.t("out.do"), "bad", "", rev(i.Rev))}})
	return v.show(status, s)
}

// frames are the numbers of people by year, with a form for this one.
func (v *view) frames(i *institution.Institution, at string) page.Block {
	g := &page.Grid{Caption: v.t("frames"), Hidden: true, Cards: true, Empty: v.t("frames.none"), Head: []page.GridHead{{Text: v.t("col.year")}}}
	roles := institution.RolesOf(i.Kind)
	for _, r := range roles {
		g.Head = append(g.Head, page.GridHead{Text: v.role(r), Number: true})
	}
	g.Head = append(g.Head, page.GridHead{Text: v.t("col.source")})
	for n := len(i.Frames) - 1; n >= 0; n-- {
		f := i.Frames[n]
		row := page.GridRow{Bad: f.Carried, Cells: []page.GridCell{{Text: institution.YearName(f.Year)}}}
		if f.Carried {
			row.Cells[0].Tag = &page.Tag{Text: v.t("frame.carried"), Kind: "sun"}
		}
		for _, r := range roles {
			text := "–"
			if n, ok := f.Count[r]; ok {
				text = v.w.Int(int64(n))
			}
			row.Cells = append(row.Cells, page.GridCell{Text: text})
		}
		row.Cells = append(row.Cells, page.GridCell{Text: f.Source})
		g.Rows = append(g.Rows, row)
	}
	year := institution.YearOf(v.h.o.Now())
	f, _ := i.FrameOf(year)
	parts := []any{page.Plain(v.t("frames.text")), v.number("frame", "year", v.t("field.year"), year, true)}
	for _, r := range roles {
		n, known := f.Count[r]
		parts = append(parts, v.number("frame", "count_"+string(r), v.role(r), n, known))
	}
	parts = append(parts, v.field("frame", "frame_source", f.Source, ""))
	return page.Block{ID: "frames", Title: v.t("frames"), Grid: g, Form: &page.Form{Action: at + "/frame", Hidden: rev(i.Rev), Card: true, Parts: parts, Buttons: []page.Button{{Text: v.t("save"), Small: true}}}}
}

// before is the day before one.
func (v *view) before(day string) string {
	if at, err := time.ParseInLocation(time.DateOnly, day, i18n.Kyiv); err == nil {
		return v.w.Date(at.AddDate(0, 0, -1))
	}
	return day
}
