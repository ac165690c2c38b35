package employers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// mine are the employers the reader acts for.
func (v *view) mine() (list []*institution.Institution) {
	for _, g := range gate.Actor(v.c).Grants {
		if g.Role != person.Coordinator {
			continue
		}
		i, ok := v.h.o.Bodies.ByID(g.Place)
		if ok && staffing.Employs(i) && !slices.Contains(list, i) && gate.Check(v.c, person.SchoolRead, person.Of(i.ID)) == nil {
			list = append(list, i)
		}
	}
	return list
}

// Home lists the reader's employers; the only one opens at once.
func (h *Handlers) Home(c *gin.Context) error {
	v := h.see(c)
	list := v.mine()
	if len(list) == 1 {
		return v.go2(path(list[0]))
	}
	s := v.sheet(Address, v.t("title"), "employer")
	s.Lead = v.t("lead")
	b := page.Block{}
	for _, i := range list {
		b.Tiles = append(b.Tiles, page.Tile{Icon: "people", Href: path(i), Title: v.in(i.Name()), Text: v.in(i.Address)})
	}
	if len(list) == 0 {
		b.Text = []string{v.t("none")}
	}
	s.Blocks = []page.Block{b}
	return v.show(http.StatusOK, s)
}

// about is a published count in words: «близько 40», «менше 10».
func (v *view) about(n staffing.Shown) string {
	if n.Few {
		return v.t("few")
	}
	return v.t("about", "N", v.w.Int(n.N))
}

// share is a part of the enrolled in words: between which percents it lies.
func (v *view) share(n, of staffing.Shown) string {
	x := staffing.ShareOf(n, of)
	switch {
	case !x.Known:
		return ""
	case x.High == 100:
		return v.t("share.least", "P", x.Low)
	case x.Low == 0:
		return v.t("share.most", "P", x.High)
	}
	return v.t("share", "Low", x.Low, "High", x.High)
}

// Progress shows how far the people of an employer are as a whole.
func (h *Handlers) Progress(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolRead)
	if err != nil {
		return err
	}
	return v.progress(i, nil)
}

func (v *view) progress(i *institution.Institution, refused error) error {
	at := path(i)
	s := v.sheet(at, v.in(i.Name()), "employer")
	if len(v.mine()) > 1 {
		s.Crumbs = []page.Link{v.home()}
	}
	status, err := v.refused(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker, s.Lead = v.t("title"), v.t("progress.lead")
	if v.c.Query("done") == "listed" {
		s.Done = v.t("done.listed")
	}
	if v.c.Query("done") == "mails" {
		s.Done = v.t("done.mails")
	}
	s.Blocks = append(s.Blocks, v.figures(i)...)
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("next"), Noprint: true, Tiles: []page.Tile{
		{Icon: "people", Href: at + "/people", Title: v.t("people.title"), Text: v.t("people.tile")},
		{Icon: "edit", Href: at + "/plan", Title: v.t("plan.title"), Text: v.t("plan.tile")},
		{Icon: "check", Href: at + "/certificates", Title: v.t("cert.title"), Text: v.t("cert.tile")}}})
	s.Blocks = append(s.Blocks, v.mark(i))
	return v.show(status, s)
}

// figures are the published counts of an employer, for its own page and the report.
func (v *view) figures(i *institution.Institution) (list []page.Block) {
	l := v.h.o.Staffing.Progress(i.ID)
	plan := v.h.o.Staffing.Plan(i)
	all := l.Cell(staffing.CellEnrolled)
	if all.Few {
		// the same words for none and for nine: others would tell that the first has come
		return []page.Block{{ID: "progress", Note: &page.Note{Kind: "sun", Title: v.t("progress.hidden"), Text: []string{v.t("progress.few"), v.t("progress.few.why")}}}}
	}
	fig := func(cell, key string) page.Figure {
		n := l.Cell(cell)
		f := page.Figure{Value: v.w.Int(n.N), Text: v.t(key), Interval: v.share(n, all)}
		if n.Few {
			f.Value, f.Interval = v.t("few"), ""
		}
		return f
	}
	enrolled := fig(staffing.CellEnrolled, "fig.enrolled")
	enrolled.Interval = ""
	if frame := v.h.o.Staffing.Frame(i); frame > 0 {
		enrolled.Interval = v.t("of_frame", "N", v.w.Int(frame))
	}
	b := page.Block{ID: "progress", Figs: []page.Figure{enrolled, fig(staffing.CellBegun, "fig.begun")}}
	if must := staffing.CellMust(plan); must != "" {
		b.Figs = append(b.Figs, fig(must, "fig.must"))
	}
	b.Figs = append(b.Figs, fig(staffing.CellLevel("B1"), "fig.b1"))
	b.Text = []string{v.t("steps", "Day", v.w.Date(l.At().Time))}
	list = append(list, b)

	g := &page.Grid{Caption: v.t("levels"), Hidden: true, Cards: true, Foot: v.t("levels.foot"),
		Head: []page.GridHead{{Text: v.t("col.level")}, {Text: v.t("col.people"), Number: true}, {Text: v.t("col.share"), Number: true}}}
	row := func(name string, n staffing.Shown) page.GridRow {
		return page.GridRow{Cells: []page.GridCell{{Text: name}, {Text: v.about(n), Number: true}, {Text: orDash(v.share(n, all)), Number: true}}}
	}
	g.Rows = append(g.Rows, row(v.t("tested"), l.Cell(staffing.CellTested)))
	for _, level := range staffing.ShownLevels() {
		g.Rows = append(g.Rows, row(v.t("level", "Level", level), l.Cell(staffing.CellLevel(level))))
	}
	list = append(list, page.Block{ID: "levels", Title: v.t("levels"), Grid: g})

	if len(plan) > 0 {
		g := &page.Grid{Caption: v.t("courses"), Hidden: true, Cards: true,
			Head: []page.GridHead{{Text: v.t("col.course")}, {Text: v.t("col.kind")}, {Text: v.t("col.due")}, {Text: v.t("col.done"), Number: true}, {Text: v.t("col.share"), Number: true}}}
		for _, x := range plan {
			n := l.Cell(staffing.CellDone(x.Part()))
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{v.stepCell(x), {Text: v.kind(x)}, {Text: orDash(v.day(x.Due))}, {Text: v.about(n), Number: true}, {Text: orDash(v.share(n, all)), Number: true}}})
		}
		list = append(list, page.Block{ID: "courses", Title: v.t("courses"), Grid: g})
	}
	list[len(list)-1].Down = []page.Download{{Href: path(i) + "/progress/xlsx", Text: v.t("file.xlsx"), Meta: "XLSX"}}
	return list
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (v *view) kind(x staffing.Step) string {
	if x.Must {
		return v.t("kind.must")
	}
	return v.t("kind.may")
}

// ProgressFile is the page's tables as a file.
func (h *Handlers) ProgressFile(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolRead)
	if err != nil {
		return err
	}
	if c.Param("format") != "xlsx" {
		return fault.New(fault.NotFound, "")
	}
	l, plan := h.o.Staffing.Progress(i.ID), h.o.Staffing.Plan(i)
	t := table{name: "pratsivnyky", title: v.in(i.Name()), notes: v.notes(l), heads: []string{v.t("col.what"), v.t("col.people"), v.t("col.share")}}
	all := l.Cell(staffing.CellEnrolled)
	add := func(name, cell string) {
		line := []any{name, v.number(l.Cell(cell))}
		if cell != staffing.CellEnrolled {
			line = append(line, v.share(l.Cell(cell), all))
		}
		t.rows = append(t.rows, line)
	}
	add(v.t("fig.enrolled"), staffing.CellEnrolled)
	add(v.t("fig.begun"), staffing.CellBegun)
	if must := staffing.CellMust(plan); must != "" {
		add(v.t("fig.must"), must)
	}
	add(v.t("tested"), staffing.CellTested)
	for _, level := range staffing.ShownLevels() {
		add(v.t("level", "Level", level), staffing.CellLevel(level))
	}
	for _, x := range plan {
		add(v.t("col.done")+": "+v.step(x), staffing.CellDone(x.Part()))
	}
	return v.xlsx(t)
}

// number is a published count in a file.
func (v *view) number(n staffing.Shown) any {
	if n.Few {
		return v.t("few")
	}
	return n.N
}

func (v *view) notes(l staffing.Look) (list []string) {
	if v.h.o.Demo {
		list = append(list, v.t("demo"))
	}
	if at := l.At(); !l.Cell(staffing.CellEnrolled).Few { // below ten the day would tell that somebody has come
		list = append(list, v.t("steps", "Day", v.w.Date(at.Time)))
	}
	return list
}

// mark says how the employer stands with the mark, and asks whether it wants to be listed.
func (v *view) mark(i *institution.Institution) page.Block {
	s := v.h.o.Staffing
	m, today, e := s.Progress(i.ID).Mark(), s.Today(), s.ByID(i.ID)
	b := page.Block{ID: "mark", Title: v.t("mark"), Small: v.rule(), Noprint: true}
	switch {
	case m.Held(today) && m.Falls != "":
		b.Note = &page.Note{Kind: "sun", Title: v.t("mark.falls", "Day", v.day(m.Falls)), Text: []string{v.t("mark.falls.text")}}
	case m.Held(today):
		b.Note = &page.Note{Kind: "good", Title: v.t("mark.held", "Since", v.day(m.Since), "Until", v.day(m.Until))}
	case s.Frame(i) == 0:
		b.Text = []string{v.t("mark.no_frame")}
	case m.Ended != "":
		b.Text = []string{v.t("mark.ended", "Day", v.day(m.Ended))}
	default:
		b.Text = []string{v.t("mark.not_yet")}
	}
	f := page.Form{Action: path(i) + "/listed", Hidden: []page.Hidden{{Name: "rev", Value: rev(e)}}}
	if e.Listed {
		f.Buttons = []page.Button{{Text: v.t("listed.off"), Kind: "second", Small: true}}
		b.Text = append(b.Text, v.t("listed.is"))
	} else {
		f.Hidden = append(f.Hidden, page.Hidden{Name: "on", Value: "true"})
		f.Buttons = []page.Button{{Text: v.t("listed.on"), Kind: "second", Small: true}}
		b.Text = append(b.Text, v.t("listed.not"))
	}
	b.Forms = []page.Form{f}
	b.Acts = []page.Button{{Text: v.t("public.go"), Href: Public, Kind: "quiet", Small: true}}
	if e.Listed && m.Held(today) {
		b.Text = append(b.Text, v.t("embed.text"))
		b.Down = []page.Download{{Href: Public + "/" + i.ID + "/badge.svg", Text: v.t("badge.file"), Meta: "SVG"}, {Href: Public + "/" + i.ID + "/embed.txt", Text: v.t("embed"), Meta: "TXT"}}
	}
	return b
}

// Listed says whether the employer wants to be seen in the public list.
func (h *Handlers) Listed(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		On  string `form:"on" validate:"max=4"`
		Rev int64  `form:"rev" validate:"min=0"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.progress(i, err)
	}
	next := *h.o.Staffing.ByID(i.ID)
	next.Rev, next.Listed = f.Rev, f.On == "true"
	if _, err := h.o.Staffing.Edit(v.ctx, gate.Actor(c), next); err != nil {
		return v.progress(i, err)
	}
	return v.go2(path(i) + "?done=listed")
}

// rule is the rule of the mark in plain words.
func (v *view) rule() string {
	r := v.h.o.Staffing.Rule()
	what := v.t("rule.level", "Level", r.Level)
	if r.Course != "" {
		what = v.t("rule.course", "Title", v.step(staffing.Step{Course: r.Course}))
	}
	return strings.TrimSpace(v.t("rule", "What", what, "Share", r.Share, "Frame", r.Frame))
}
