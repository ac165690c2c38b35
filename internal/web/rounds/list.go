package rounds

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

func (v *view) rounds() page.Link { return page.Link{Href: Rounds, Text: v.t("rounds")} }

func (v *view) link(r *round.Round) page.Link {
	return page.Link{Href: Rounds + "/" + r.ID, Text: v.in(r.Title)}
}

// List lists the rounds.
func (h *Handlers) List(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.SchoolCount); err != nil {
		return err
	}
	s := v.sheet("rounds", Rounds, v.t("rounds"))
	s.Lead = v.t("rounds.lead")
	g := &page.Grid{Caption: v.t("rounds"), Hidden: true, Cards: true, Empty: v.t("rounds.none"),
		Head: []page.GridHead{{Text: v.t("col.round")}, {Text: v.t("col.year")}, {Text: v.t("col.state")}, {Text: v.t("col.days")}, {Text: v.t("col.bodies"), Number: true}}}
	for _, r := range h.o.Rounds.List() {
		tag := v.tag(r)
		row := page.GridRow{Cells: []page.GridCell{{Text: v.in(r.Title), Href: Rounds + "/" + r.ID}, {Text: institution.YearName(r.Year)}, {Tags: []page.Tag{tag}}, {Text: v.days(r)}, {Text: v.w.Int(int64(len(r.Bodies)))}}}
		if r.Pilot {
			row.Cells[2].Tags = append(row.Cells[2].Tags, page.Tag{Text: v.t("pilot")})
		}
		g.Rows = append(g.Rows, row)
	}
	if v.may(person.RoundOpen) {
		s.Blocks = append(s.Blocks, page.Block{Acts: []page.Button{{Text: v.t("plan"), Href: Rounds + "/new", Small: true}, {Text: v.w.T("calendar.go", nil), Href: Calendar, Kind: "second", Small: true}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Grid: g})
	return v.show(http.StatusOK, s)
}

func (v *view) days(r *round.Round) string {
	return v.w.Date(r.Opens.Time) + " – " + v.until(r.Closes.Time)
}

// until names the moment of a close: a whole day where it lies at its end.
func (v *view) until(at time.Time) string {
	at = at.In(i18n.Kyiv)
	if at.Hour() == 0 && at.Minute() == 0 {
		return v.w.Date(at.Add(-time.Second))
	}
	return v.w.DateTime(at)
}

// tag says how far a round is at this moment.
func (v *view) tag(r *round.Round) page.Tag {
	now := v.h.o.Now()
	switch {
	case r.State == round.Planned:
		return page.Tag{Text: v.t("round.planned")}
	case r.State == round.Reported:
		return page.Tag{Text: v.t("round.reported"), Kind: "good"}
	case r.State == round.Thrown:
		return page.Tag{Text: v.t("round.thrown")}
	case r.Due(now):
		return page.Tag{Text: v.t("round.due"), Kind: "sun"}
	case !now.Before(r.Closes.Time):
		return page.Tag{Text: v.t("round.grace"), Kind: "sun"}
	case now.Before(r.Opens.Time):
		return page.Tag{Text: v.t("round.ready"), Kind: "main"}
	}
	return page.Tag{Text: v.t("round.open"), Kind: "main"}
}

// find is the round of the address.
func (v *view) find(act person.Action) (*round.Round, error) {
	if err := v.check(act); err != nil {
		return nil, err
	}
	r, ok := v.h.o.Rounds.ByID(v.c.Param("round"))
	if !ok {
		return nil, fault.New(fault.NotFound, "round.gone")
	}
	return r, nil
}

// Round shows a round: its plan, what may be done, and what came in.
func (h *Handlers) Round(c *gin.Context) error { return h.see(c).roundPage(nil) }

func (v *view) roundPage(refused error) error {
	r, err := v.find(person.SchoolCount)
	if err != nil {
		return err
	}
	at := Rounds + "/" + r.ID
	s := v.sheet("rounds", at, v.in(r.Title), v.rounds())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker, s.Lead = v.tag(r).Text, v.t("round.text."+v.stage(r))
	facts := page.Block{Facts: []page.Row{
		{Key: v.t("col.year"), Value: institution.YearName(r.Year)}, {Key: v.t("col.days"), Value: v.days(r)},
		{Key: v.t("col.bodies"), Value: v.w.Int(int64(len(r.Bodies)))}, {Key: v.t("asked"), Value: v.asked(r)},
	}}
	if r.Pilot {
		facts.Facts = append(facts.Facts, page.Row{Key: v.t("pilot"), Value: v.t("pilot.text")})
	}
	if r.Order.Number != "" {
		facts.Facts = append(facts.Facts, page.Row{Key: v.t("order"), Value: v.t("order.is", "Number", r.Order.Number, "Date", v.written(r.Order.Date))})
	}
	if r.Order.Paper.File != "" {
		facts.Facts = append(facts.Facts, page.Row{Key: v.t("order.file"), Value: r.Order.Paper.Name, Href: at + "/order", Change: v.t("order.get")})
	}
	for _, m := range r.Moves {
		facts.Facts = append(facts.Facts, page.Row{Key: v.t("moved"), Value: v.t("moved.is", "From", v.until(m.From.Time), "To", v.until(m.To.Time))})
	}
	s.Blocks = append(s.Blocks, facts)
	if v.may(person.RoundOpen) {
		s.Blocks = append(s.Blocks, v.acts(r, at))
	}
	if r.State != round.Thrown {
		to := v.documents(r)
		s.Blocks = append(s.Blocks, page.Block{Title: to.Text, Small: v.w.T("paper.lead", nil), Acts: []page.Button{{Text: v.t("documents.go"), Href: to.Href, Kind: "second", Small: true}}})
	}
	if r.State == round.Open && r.Order.Paper.File == "" && v.may(person.RoundOpen) {
		s.Blocks = append(s.Blocks, v.paper(r))
	}
	if r.State == round.Open || r.State == round.Reported {
		b, err := v.responses(r, at)
		if err != nil {
			return err
		}
		s.Blocks = append(s.Blocks, b)
	}
	return v.show(status, s)
}

// stage is the key of the sentence about a round's state.
func (v *view) stage(r *round.Round) string {
	now := v.h.o.Now()
	switch {
	case r.State != round.Open:
		return string(r.State)
	case r.Due(now):
		return "due"
	case !now.Before(r.Closes.Time):
		return "grace"
	}
	return "open"
}

func (v *view) asked(r *round.Round) string {
	var list []string
	for _, a := range r.Asked {
		list = append(list, v.role(a.Role)+" — "+v.instrument(a.Instrument))
	}
	return strings.Join(list, "; ")
}

func (v *view) instrument(slug string) string {
	for _, i := range v.h.o.Instruments() {
		if i.ID == slug {
			return v.in(i.Name)
		}
	}
	return slug
}

// acts are what may be done with a round now.
func (v *view) acts(r *round.Round, at string) page.Block {
	b := page.Block{}
	now := v.h.o.Now()
	link := func(text, to, kind string) {
		b.Acts = append(b.Acts, page.Button{Text: v.t(text), Href: at + to, Kind: kind, Small: true})
	}
	switch {
	case r.State == round.Planned:
		link("open.go", "/open", "")
		link("plan.edit", "/edit", "second")
		link("bodies.go", "/bodies", "second")
	case r.State == round.Open && !r.Due(now):
		link("close.go", "/close", "second")
	}
	for _, l := range lastings {
		if l.may(r, now) {
			link(l.act, "/"+l.act, l.kind)
		}
	}
	return b
}

// responses are what came in from every institution, as the domain gives it out.
func (v *view) responses(r *round.Round, at string) (b page.Block, err error) {
	counts, err := v.h.o.Rounds.Responses(v.ctx, r.ID)
	if err != nil {
		return b, err
	}
	b = page.Block{ID: "responses", Title: v.t("responses"), Small: v.t("responses.text")}
	if r.State == round.Reported {
		b.Acts = []page.Button{{Text: v.t("responses.report"), Href: "/office/schools?round=" + r.ID, Small: true}}
	}
	if counts.At().IsZero() {
		b.Text = []string{v.t("responses.not_yet")}
		if r.State == round.Reported {
			b.Text, b.Small = []string{v.t("responses.in_report")}, ""
		}
		return b, nil
	}
	b.Text = []string{v.t("responses.at", "When", v.w.DateTime(counts.At()))}
	type line struct {
		name, roles string
		id          string
		l           round.Line
	}
	var lines []line
	seen := map[string]bool{}
	for _, m := range r.Members {
		if seen[m.Institution] {
			continue
		}
		seen[m.Institution] = true
		for _, l := range counts.Of(m.Institution).Lines {
			lines = append(lines, line{v.in(m.Name), v.roles(l.Roles), m.Institution, l})
		}
	}
	share := func(l round.Line) float64 {
		if l.Few || l.Frame == 0 {
			return -1
		}
		return float64(l.N) / float64(l.Frame)
	}
	sort := v.c.Query("sort")
	slices.SortStableFunc(lines, func(a, b line) int {
		if sort == "share" {
			if d := cmp.Compare(share(a.l), share(b.l)); d != 0 {
				return d
			}
		}
		return cmp.Compare(a.name, b.name)
	})
	g := &page.Grid{Caption: v.t("responses"), Hidden: true, Cards: true, Empty: v.t("responses.not_yet"), Foot: v.t("responses.rate"),
		Head: []page.GridHead{{Text: v.t("col.name"), Href: at + "#responses", Sort: order(sort != "share")}, {Text: v.t("col.roles")}, {Text: v.t("col.answered"), Number: true}, {Text: v.t("col.frame"), Number: true}, {Text: v.t("col.share"), Number: true, Href: at + "?sort=share#responses", Sort: order(sort == "share")}}}
	for _, l := range lines {
		n, frame, rate := v.w.Int(l.l.N), "–", "–"
		if l.l.Few {
			n = v.t("few")
		}
		if l.l.Frame > 0 {
			frame = v.w.Int(l.l.Frame)
		}
		if s := share(l.l); s >= 0 {
			rate = v.w.Number(100*s, 0) + " %"
		}
		row := page.GridRow{Cells: []page.GridCell{{Text: l.name, Small: v.called(l.id, l.name)}, {Text: l.roles}, {Text: n}, {Text: frame}, {Text: rate}}}
		if share(l.l) > 1 {
			row.Bad, row.Cells[3].Small = true, v.t("frame.small")
		}
		g.Rows = append(g.Rows, row)
	}
	b.Grid = g
	return b, nil
}

// called is the name of today of an institution that had another one when the round opened.
func (v *view) called(id, then string) string {
	if i, ok := v.h.o.Bodies.ByID(id); ok && v.in(i.Name()) != then {
		return v.t("called", "Name", v.in(i.Name()))
	}
	return ""
}

// written is a day in words; what is no day stays as it is.
func (v *view) written(text string) string {
	if at, ok := day(text); ok {
		return v.w.Date(at)
	}
	return text
}

func order(on bool) string {
	if on {
		return "ascending"
	}
	return ""
}

func (v *view) roles(list []institution.Role) string {
	var words []string
	for _, r := range list {
		words = append(words, v.role(r))
	}
	return strings.Join(words, ", ")
}

// lastDay is the day whose end is the close.
func lastDay(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(i18n.Kyiv).Add(-time.Second).Format(time.DateOnly)
}
