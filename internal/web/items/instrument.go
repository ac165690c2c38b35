package items

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/itembank"
	"osvitlo/internal/person"
	"osvitlo/internal/psychometrics"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Instruments lists the instruments with their state.
func (h *Handlers) Instruments(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet(Instruments, v.t("instruments.title"), page.Link{Href: Address, Text: v.t("list.title")})
	s.Lead = v.t("instruments.lead")
	g := &page.Grid{Caption: v.t("instruments.title"), Hidden: true, Cards: true, Empty: v.t("instruments.none"), Head: []page.GridHead{
		{Text: v.t("instruments.one")}, {Text: v.t("instruments.role")}, {Text: v.t("instruments.version"), Number: true},
		{Text: v.t("instruments.sittings"), Number: true}, {Text: v.t("instruments.alpha"), Number: true}, {Text: v.t("instruments.approved")}}}
	for _, slug := range h.o.Catalogue.Slugs() {
		list := h.o.Catalogue.Versions(slug)
		slices.Reverse(list)
		for _, in := range list {
			n, alpha := "—", "—"
			if st, ok := h.o.Bank.Statistics(in.Slug, in.Version); ok {
				n = v.w.Int(int64(st.Sittings))
				if st.Alpha.Known() {
					alpha = v.dec(st.Alpha.Of())
				}
			}
			approved := page.GridCell{Text: v.t("approve.no")}
			if _, ok := h.o.Bank.Approved(in.Slug, in.Version); ok {
				approved = page.GridCell{Tag: &page.Tag{Text: v.t("approve.yes"), Kind: "good"}}
			}
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: in.Title.In(v.lang), Small: in.Name(), Href: v.instrumentPath(in)},
				{Text: v.t("role." + string(in.Role))}, {Text: strconv.Itoa(in.Version), Number: true}, {Text: n, Number: true}, {Text: alpha, Number: true}, approved}})
		}
	}
	s.Blocks = append(s.Blocks, page.Block{Grid: g})
	return v.render(200, "page/sheet", s.Ready())
}

func (v *view) instrumentPath(in sitting.Published) string {
	return Instruments + "/" + in.Slug + "?version=" + strconv.Itoa(in.Version)
}

// instrument is the version that the address or the form names, else the newest.
func (h *Handlers) instrument(c *gin.Context, version string) (sitting.Published, error) {
	slug := c.Param("slug")
	if version == "" {
		if list := h.o.Catalogue.Versions(slug); len(list) > 0 {
			return list[len(list)-1], nil
		}
	} else if n, err := strconv.Atoi(version); err == nil {
		if in, ok := h.o.Catalogue.Version(slug, n); ok {
			return in, nil
		}
	}
	return sitting.Published{}, fault.Newf(fault.NotFound, "", "no instrument %q %q", slug, version)
}

// approveForm marks a version as «апробовано».
type approveForm struct {
	Version string `form:"version" validate:"required,max=6"`
	Number  string `form:"number" validate:"required,max=120"`
	Dated   string `form:"dated" validate:"required,max=10"`
}

// withdrawForm takes the mark back.
type withdrawForm struct {
	Version string `form:"version" validate:"required,max=6"`
	Reason  string `form:"reason" validate:"required,max=2000"`
}

// Instrument shows the reliability of a version and its approval.
func (h *Handlers) Instrument(c *gin.Context) error {
	in, err := h.instrument(c, c.Query("version"))
	if err != nil {
		return err
	}
	return h.see(c).instrument(in, &approveForm{}, &withdrawForm{}, nil)
}

// Approve marks a version.
func (h *Handlers) Approve(c *gin.Context) error {
	v := h.see(c)
	var f approveForm
	bad := form.Decode(c.Request, &f)
	in, err := h.instrument(c, f.Version)
	if err != nil {
		return err
	}
	if bad == nil {
		bad = h.o.Bank.Approve(c.Request.Context(), gate.Actor(c), in.Slug, in.Version, itembank.Document{Number: f.Number, Dated: f.Dated})
	}
	if bad != nil {
		return v.instrument(in, &f, &withdrawForm{}, bad)
	}
	return v.to(v.instrumentPath(in), "approved")
}

// Withdraw takes the mark back.
func (h *Handlers) Withdraw(c *gin.Context) error {
	v := h.see(c)
	var f withdrawForm
	bad := form.Decode(c.Request, &f)
	in, err := h.instrument(c, f.Version)
	if err != nil {
		return err
	}
	if bad == nil {
		bad = h.o.Bank.Withdraw(c.Request.Context(), gate.Actor(c), in.Slug, in.Version, f.Reason)
	}
	if bad != nil {
		return v.instrument(in, &approveForm{}, &f, bad)
	}
	return v.to(v.instrumentPath(in), "withdrawn")
}

func (v *view) instrument(in sitting.Published, a *approveForm, w *withdrawForm, refused error) error {
	s := v.sheet(v.instrumentPath(in), in.Title.In(v.lang), page.Link{Href: Address, Text: v.t("list.title")}, page.Link{Href: Instruments, Text: v.t("instruments.title")})
	s.Kicker = in.Name() + " · " + v.t("role."+string(in.Role))
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, v.approval(in))
	if st, ok := v.h.o.Bank.Statistics(in.Slug, in.Version); ok {
		s.Blocks = append(s.Blocks, v.reliability(st)...)
		s.Blocks = append(s.Blocks, v.items(in, st))
	} else {
		text := "stats.none"
		if in.Role != instrument.RoleTest {
			text = "stats.survey"
		}
		s.Blocks = append(s.Blocks, page.Block{ID: "reliability", Title: v.t("reliability.title"), Text: []string{v.t(text)}})
	}
	s.Blocks = append(s.Blocks, v.approvals(in))
	if v.may(person.ContentPublish) && in.Role == instrument.RoleTest {
		s.Blocks = append(s.Blocks, v.approveForm(in, a, w))
	}
	return v.render(status, "page/sheet", s.Ready())
}

func (v *view) approval(in sitting.Published) page.Block {
	if ap, ok := v.h.o.Bank.Approved(in.Slug, in.Version); ok {
		return page.Block{ID: "approval", Note: &page.Note{Kind: "good", Title: v.t("approve.yes"),
			Text:  []string{v.t("approve.document", "Number", ap.Document.Number, "Day", v.day(ap.Document.Dated))},
			Small: v.who(ap.By, ap.Role) + ", " + v.w.DateTime(ap.At)}}
	}
	return page.Block{ID: "approval", Note: &page.Note{Kind: "sun", Title: v.t("approve.no"), Text: []string{v.t("approve.no.text")}}}
}

// reliability are the figures of the whole and of the areas, with what they allow.
func (v *view) reliability(st *itembank.Statistics) []page.Block {
	b := page.Block{ID: "reliability", Title: v.t("reliability.title"), Small: v.t("stats.made", "At", v.w.DateTime(st.Made.Time))}
	row := func(key, value string) { b.Facts = append(b.Facts, page.Row{Key: v.t(key), Value: value}) }
	row("reliability.sittings", v.n("people", st.Sittings))
	row("reliability.whole", v.n("people", st.Whole))
	row("reliability.alpha", v.figure(st.Alpha, v.dec))
	row("reliability.omega", v.figure(st.Omega, v.dec))
	row("reliability.sem", v.figure(st.SEM, v.dec))
	if st.Same > 0 {
		row("reliability.same", v.w.Int(int64(st.Same)))
	}
	g := &page.Grid{Caption: v.t("reliability.title"), Hidden: true, Head: []page.GridHead{{Text: v.t("reliability.scale")}, {Text: v.t("reliability.items"), Number: true},
		{Text: v.t("reliability.alpha"), Number: true}, {Text: v.t("reliability.omega"), Number: true}, {Text: v.t("reliability.allows")}}}
	add := func(name string, items int, alpha, omega itembank.Figure, use psychometrics.Use) {
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: name}, {Text: v.w.Int(int64(items)), Number: true},
			{Text: v.figure(alpha, v.dec), Number: true}, {Text: v.figure(omega, v.dec), Number: true}, {Text: v.allows(alpha, omega, use)}}})
	}
	add(v.t("reliability.overall"), len(st.Items), st.Alpha, st.Omega, psychometrics.ForOverall)
	for _, a := range st.Areas {
		name := a.ID
		if area, err := v.framework().Area(a.ID); err == nil {
			name = v.areaName(*area)
		}
		add(name, a.Items, a.Alpha, a.Omega, psychometrics.ForArea)
	}
	g.Foot = v.t("reliability.gates")
	blocks := []page.Block{b, {ID: "scales", Title: v.t("reliability.scales"), Grid: g}}
	if len(st.Waves) > 0 {
		w := &page.Grid{Caption: v.t("reliability.waves"), Hidden: true, Head: []page.GridHead{{Text: v.t("drift.wave")}, {Text: v.t("reliability.first")}, {Text: v.t("reliability.whole"), Number: true}}}
		for _, x := range st.Waves {
			w.Rows = append(w.Rows, page.GridRow{Cells: []page.GridCell{{Text: x.ID}, {Text: v.w.Date(x.First.Time)}, {Text: v.w.Int(int64(x.N)), Number: true}}})
		}
		blocks = append(blocks, page.Block{Title: v.t("reliability.waves"), Grid: w})
	}
	return blocks
}

// allows says what a figure about one person may be shown by this reliability
// (METHOD §9): the better of alpha and omega decides.
func (v *view) allows(alpha, omega itembank.Figure, use psychometrics.Use) string {
	best := alpha
	if !best.Known() || omega.Known() && omega.Of() > best.Of() {
		best = omega
	}
	if !best.Known() {
		return "—"
	}
	if ok, err := psychometrics.ForCertificate.Passes(best.Of()); err == nil && ok && use == psychometrics.ForOverall {
		return v.t("allows.certificate")
	}
	if ok, err := use.Passes(best.Of()); err == nil && ok {
		return v.t("allows." + string(use))
	}
	return v.t("allows.no")
}

// items lists the items of a version with their figures.
func (v *view) items(in sitting.Published, st *itembank.Statistics) page.Block {
	g := &page.Grid{Caption: v.t("reliability.list"), Hidden: true, Cards: true, Empty: v.t("list.none"), Head: []page.GridHead{{Text: v.t("list.item")}, {Text: v.t("list.competence")},
		{Text: v.t("list.n"), Number: true}, {Text: v.t("list.p"), Number: true}, {Text: v.t("list.r"), Number: true}, {Text: v.t("stats.without"), Number: true}, {Text: v.t("list.state")}}}
	for _, f := range st.Items {
		stem, competence := f.ID, ""
		if it, err := in.Item(f.ID); err == nil {
			stem, competence = it.Stem.In(v.lang), strings.TrimPrefix(it.Competence, "ua")
		} else if it, err := v.h.o.Library.Item(f.ID); err == nil {
			stem, competence = it.Stem.In(v.lang), strings.TrimPrefix(it.Competence, "ua")
		}
		var tags []page.Tag
		if _, ok := v.h.o.Bank.Quarantined(f.ID); ok {
			tags = append(tags, v.stateTag(itembank.StateQuarantined))
		}
		if len(f.Propose) > 0 {
			tags = append(tags, v.stateTag(itembank.StateProposed))
		}
		g.Rows = append(g.Rows, page.GridRow{Bad: len(tags) > 0, Cells: []page.GridCell{{Text: stem, Small: f.ID, Href: Address + "/" + f.ID}, {Text: competence},
			{Text: v.w.Int(int64(f.N)), Number: true}, {Text: v.figure(f.P, v.share), Number: true}, {Text: v.figure(f.RRest, v.dec), Number: true},
			{Text: v.figure(f.Without, v.dec), Number: true}, {Tags: tags}}})
	}
	return page.Block{ID: "items", Title: v.t("reliability.list"), Grid: g}
}

func (v *view) approvals(in sitting.Published) page.Block {
	g := &page.Grid{Caption: v.t("approve.history"), Hidden: true, Empty: v.t("approve.history.none"),
		Head: []page.GridHead{{Text: v.t("history.at")}, {Text: v.t("history.who")}, {Text: v.t("history.what")}, {Text: v.t("history.note")}}}
	list := v.h.o.Bank.InstrumentHistory(in.Slug, in.Version)
	slices.Reverse(list)
	for _, e := range list {
		note := e.Note
		if e.Kind == itembank.Approved {
			note = v.t("approve.document", "Number", e.Document, "Day", v.day(e.Dated))
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.DateTime(e.At.Time)}, {Text: v.who(e.By, e.Role)}, {Text: v.t("event." + string(e.Kind))}, {Text: orDash(note)}}})
	}
	return page.Block{ID: "approvals", Title: v.t("approve.history"), Grid: g}
}

func (v *view) approveForm(in sitting.Published, a *approveForm, w *withdrawForm) page.Block {
	path := Instruments + "/" + in.Slug
	hidden := []page.Hidden{{Name: "version", Value: strconv.Itoa(in.Version)}}
	if _, ok := v.h.o.Bank.Approved(in.Slug, in.Version); ok {
		return page.Block{ID: "withdraw", Title: v.t("withdraw.title"), Noprint: true, Form: &page.Form{Action: path + "/withdraw", Card: true, Hidden: hidden,
			Parts:   []any{page.Field{ID: page.FieldID("reason"), Name: "reason", Label: v.t("aside.reason"), Value: w.Reason, Rows: 3, MaxLength: 2000, Error: v.fault("reason")}},
			Buttons: []page.Button{{Text: v.t("withdraw.go"), Kind: "bad"}}}}
	}
	return page.Block{ID: "approve", Title: v.t("approve.title"), Small: v.t("approve.lead"), Noprint: true, Form: &page.Form{Action: path + "/approve", Card: true, Hidden: hidden,
		Parts: []any{
			page.Field{ID: page.FieldID("number"), Name: "number", Label: v.t("approve.number"), Hint: v.t("approve.number.hint"), Value: a.Number, MaxLength: 120, Error: v.fault("number")},
			page.Field{ID: page.FieldID("dated"), Name: "dated", Label: v.t("approve.dated"), Value: a.Dated, Type: "date", MaxLength: 10, Width: "10", Error: v.fault("dated")}},
		Buttons: []page.Button{{Text: v.t("approve.go")}}}}
}
