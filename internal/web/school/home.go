package school

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Home lists the reader's institutions with their rounds.
func (h *Handlers) Home(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet(Address, v.t("title"))
	s.Lead = v.t("lead")
	all := v.h.o.Rounds.List()
	for _, i := range v.mine() {
		b := page.Block{Title: v.in(i.Name()), Small: v.in(i.Address)}
		g := &page.Grid{Caption: v.t("rounds"), Hidden: true, Cards: true, Empty: v.t("rounds.none"), Head: []page.GridHead{{Text: v.t("col.round")}, {Text: v.t("col.state")}, {Text: v.t("col.until")}}}
		for _, r := range all {
			if r.State == round.Planned || r.State == round.Thrown || len(rolesOf(r, i.ID)) == 0 {
				continue
			}
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(r.Title), Href: Address + "/at/" + i.ID + "/" + r.ID}, {Tag: v.tag(r)}, {Text: v.until(r.Closes.Time)}}})
		}
		b.Grid = g
		b.Acts = []page.Button{{Text: v.t("people"), Href: "/school/people/" + i.ID, Kind: "second", Small: true}}
		s.Blocks = append(s.Blocks, b)
	}
	if len(s.Blocks) == 0 {
		s.Blocks = []page.Block{{Text: []string{v.t("none")}}}
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("handover"), Text: []string{v.t("handover.text")}})
	return v.show(http.StatusOK, s)
}

func (v *view) tag(r *round.Round) *page.Tag {
	now := v.h.o.Now()
	switch {
	case r.State == round.Reported:
		return &page.Tag{Text: v.t("state.reported"), Kind: "good"}
	case r.Takes(now):
		return &page.Tag{Text: v.t("state.open"), Kind: "main"}
	case now.Before(r.Opens.Time):
		return &page.Tag{Text: v.t("state.ready")}
	}
	return &page.Tag{Text: v.t("state.closed"), Kind: "sun"}
}

// Round shows what came in and makes codes.
func (h *Handlers) Round(c *gin.Context) error { return h.see(c).roundPage(nil) }

func (v *view) roundPage(refused error) error {
	i, r, roles, err := v.here(person.SchoolRead)
	if err != nil {
		return err
	}
	at := Address + "/at/" + i.ID + "/" + r.ID
	s := v.sheet(at, v.in(r.Title), v.home())
	status := http.StatusOK
	if refused != nil {
		sum, fields, code, ok := page.Refused(v.w, refused)
		if !ok {
			return refused
		}
		s.Errors, s.Failed, v.faults, status = sum, true, fields, code
	}
	s.Kicker, s.Lead = v.in(i.Name()), v.t("round.lead", "From", v.w.Date(r.Opens.Time), "To", v.until(r.Closes.Time))
	if old := nameThen(r, i, v); old != "" {
		s.Blocks = append(s.Blocks, page.Block{Small: v.t("renamed", "Old", old)})
	}
	response, err := v.h.o.Rounds.Response(v.ctx, r.ID, i.ID)
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, v.response(response))
	if r.State == round.Open && v.h.o.Now().Before(r.Closes.Time) {
		b, err := v.codesForm(i, r, roles, at)
		if err != nil {
			return err
		}
		sheets := page.Block{Title: v.t("poster"), Small: v.t("poster.text")}
		for _, role := range roles {
			sheets.Acts = append(sheets.Acts, page.Button{Text: v.t("poster.of", "Role", v.role(role)), Href: at + "/poster?role=" + string(role), Kind: "second", Small: true})
		}
		if slices.Contains(roles, institution.Graduate) {
			sheets.Acts = append(sheets.Acts, page.Button{Text: v.t("neutral"), Href: at + "/other-task", Kind: "second", Small: true})
		}
		s.Blocks = append(s.Blocks, b, sheets,
			page.Block{Title: v.t("remind"), Small: v.t("remind.text"), Note: &page.Note{Kind: "main", Text: []string{v.t("remind.words", "To", v.until(r.Closes.Time), "Address", v.origin()+Join)}}})
	}
	s.Blocks = append(s.Blocks, v.papers(i, r))
	if r.State == round.Reported {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("results"), Acts: []page.Button{{Text: v.t("results.go"), Href: Address + "/results/" + r.ID, Small: true}}})
	}
	return v.show(status, s)
}

// response is what came in, as the domain gives it out.
func (v *view) response(x round.Response) page.Block {
	b := page.Block{ID: "response", Title: v.t("response"), Small: v.t("response.text")}
	if x.At.IsZero() {
		b.Text = []string{v.t("response.not_yet")}
		return b
	}
	b.Text = []string{v.t("response.at", "When", v.w.DateTime(x.At))}
	g := &page.Grid{Caption: v.t("response"), Hidden: true, Cards: true, Empty: v.t("response.not_yet"), Foot: v.t("response.means"),
		Head: []page.GridHead{{Text: v.t("col.roles")}, {Text: v.t("col.answered"), Number: true}, {Text: v.t("col.frame"), Number: true}, {Text: v.t("col.share"), Number: true}}}
	for _, l := range x.Lines {
		var words []string
		for _, r := range l.Roles {
			words = append(words, v.role(r))
		}
		n, frame, rate := v.w.Int(l.N), "–", "–"
		if l.Frame > 0 {
			frame = v.w.Int(l.Frame)
			rate = v.w.Number(100*float64(l.N)/float64(l.Frame), 0) + " %"
		}
		if l.Few {
			n, rate = v.t("few"), "–"
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: strings.Join(words, ", ")}, {Text: n}, {Text: frame}, {Text: rate}}})
	}
	b.Grid = g
	return b
}

// codesForm asks how many codes to print. The number that was issued travels with the
// form: sent again by going back, it does not fit any more and makes no codes.
func (v *view) codesForm(i *institution.Institution, r *round.Round, roles []institution.Role, at string) (b page.Block, err error) {
	b = page.Block{ID: "codes", Title: v.t("codes"), Small: v.t("codes.text")}
	var issued int64
	roleField := page.Select{ID: page.FieldID("role"), Name: "role", Label: v.t("field.role"), Error: page.FaultText(v.w, v.faults, "role")}
	for _, role := range roles {
		n, err := v.h.o.Rounds.Issued(v.ctx, r.ID, i.ID, role)
		if err != nil {
			return b, err
		}
		issued += n
		m, _ := r.Member(i.ID, role)
		text := v.t("codes.issued", "Role", v.role(role), "N", v.w.Int(n))
		if m.Frame > 0 {
			text = v.t("codes.issued_of", "Role", v.role(role), "N", v.w.Int(n), "Of", v.w.Int(m.Frame))
		}
		b.Words = append(b.Words, text)
		roleField.Options = append(roleField.Options, page.Option{Value: string(role), Text: v.role(role)})
	}
	as := page.Select{ID: page.FieldID("as"), Name: "as", Label: v.t("field.as"), Options: []page.Option{{Value: "slips", Text: v.t("as.slips")}, {Value: "list", Text: v.t("as.list")}}}
	typed := func(name string) string { // what was refused stays
		if v.c.Request.Method != http.MethodPost {
			return ""
		}
		return form.Typed(v.c.Request, name)
	}
	for _, list := range [][]page.Option{roleField.Options, as.Options} {
		for n := range list {
			list[n].Selected = list[n].Value == typed("role") || list[n].Value == typed("as")
		}
	}
	b.Form = &page.Form{Action: at + "/codes", Card: true, Hidden: []page.Hidden{{Name: "issued", Value: strconv.FormatInt(issued, 10)}},
		Parts:   []any{roleField, page.Field{ID: page.FieldID("codes"), Name: "codes", Label: v.t("field.codes"), Hint: v.t("hint.codes"), Value: typed("codes"), Width: "6", InputMode: "numeric", Plain: true, MaxLength: 5, Error: page.FaultText(v.w, v.faults, "codes")}, as},
		Buttons: []page.Button{{Text: v.t("codes.go"), Small: true}}}
	return b, nil
}

// SlipsPage is the sheet of codes: to be printed once and cut.
type SlipsPage struct {
	page.Base
	Body, Round, Role string
	How, Promise      string
	Until, Address    string
	List              bool
	Slips             []Slip
	Print             page.Button
}

// Slip is one code.
type Slip struct {
	N               int
	Cyrillic, Latin string
	QR              template.HTML
}

// Codes makes codes and shows them once.
func (h *Handlers) Codes(c *gin.Context) error {
	v := h.see(c)
	i, r, roles, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		Role   string `form:"role,choice" validate:"required,max=30"`
		N      int64  `form:"codes" validate:"min=1,max=2000"`
		As     string `form:"as" validate:"max=10"`
		Issued int64  `form:"issued"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.roundPage(err)
	}
	var issued int64
	for _, role := range roles {
		n, err := h.o.Rounds.Issued(v.ctx, r.ID, i.ID, role)
		if err != nil {
			return err
		}
		issued += n
	}
	if issued != f.Issued { // the page was sent again, or a colleague made some meanwhile
		return v.roundPage(fault.New(fault.Conflict, "school.codes_made"))
	}
	role := institution.Role(f.Role)
	list, err := h.o.Rounds.Codes(v.ctx, gate.Actor(c), r.ID, i.ID, role, int(f.N))
	if err != nil {
		return v.roundPage(err)
	}
	p := &SlipsPage{Base: page.Base{Lang: v.lang, Title: v.t("slips.title"), Path: Address + "/at/" + i.ID + "/" + r.ID, NoIndex: true, Wide: true},
		Body: v.in(i.Name()), Round: v.in(r.Title), Role: v.role(role), How: v.t("slips.how"), Promise: v.promise(role),
		Until: v.t("slips.until", "When", v.until(r.Closes.Time)), Address: strings.TrimPrefix(strings.TrimPrefix(v.origin(), "https://"), "http://") + Join, List: f.As == "list",
		Print: page.Button{Text: v.w.T("page.print", nil), Does: "print", Icon: "print"}}
	p.Back = &page.Link{Href: p.Path, Text: v.t("back")}
	for n, code := range list {
		s := Slip{N: n + 1, Cyrillic: code.Cyrillic, Latin: code.Latin}
		if p.List {
			p.How = v.t("slips.type")
		} else {
			if s.QR, err = page.QRSVG(v.origin()+Join+"/"+strings.ReplaceAll(code.Latin, "-", ""), v.t("slips.qr")); err != nil {
				return err
			}
		}
		p.Slips = append(p.Slips, s)
	}
	return v.render(http.StatusOK, "school/slips", p)
}

// PosterPage is the sheet of the staff room: the address, no code.
type PosterPage struct {
	page.Base
	Body, Round, Role string
	QR                template.HTML
	Address           string
	Lines             []string
	Print             page.Button
}

// Poster is the sheet of the staff room.
func (h *Handlers) Poster(c *gin.Context) error {
	v := h.see(c)
	i, r, roles, err := v.here(person.SchoolRead)
	if err != nil {
		return err
	}
	role := institution.Role(c.Query("role"))
	if !slices.Contains(roles, role) {
		role = roles[0]
	}
	begin := ""
	if slug, ok := r.InstrumentOf(role); ok {
		if pub, ok := h.o.Sittings.Catalogue().Current(slug); ok {
			begin = v.t("poster.2.time", "From", pub.Minutes.From, "To", pub.Minutes.To)
		}
	}
	at := Address + "/at/" + i.ID + "/" + r.ID
	p := &PosterPage{Base: page.Base{Lang: v.lang, Title: v.t("poster.of", "Role", v.role(role)), Path: at + "/poster", NoIndex: true}, Body: v.in(i.Name()), Round: v.in(r.Title), Role: v.role(role), Address: strings.TrimPrefix(strings.TrimPrefix(v.origin(), "https://"), "http://") + Join,
		Lines: []string{v.t("poster.1"), begin, v.promise(role), v.t("greet.nobody.text"), v.t("slips.until", "When", v.until(r.Closes.Time))},
		Print: page.Button{Text: v.w.T("page.print", nil), Does: "print", Icon: "print"}}
	p.Back = &page.Link{Href: at, Text: v.t("back")}
	if p.QR, err = page.QRSVG(v.origin()+Join, v.t("slips.qr")); err != nil {
		return err
	}
	return v.render(http.StatusOK, "school/poster", p)
}

// nameThen is what an institution was called when a round opened there; empty where it is
// called so still.
func nameThen(r *round.Round, i *institution.Institution, v *view) string {
	for _, m := range r.Members {
		if m.Institution == i.ID {
			if then := v.in(m.Name); then != v.in(i.Name()) {
				return then
			}
			return ""
		}
	}
	return ""
}

// TaskPage is the sheet for graduates who do not take part: nobody collects it.
type TaskPage struct {
	page.Base
	Text  []string
	Print page.Button
}

// OtherTask is the task of those who do not take part.
func (h *Handlers) OtherTask(c *gin.Context) error {
	v := h.see(c)
	i, r, roles, err := v.here(person.SchoolRead)
	if err != nil {
		return err
	}
	title, text := h.o.Text("round-neutral-title"), h.o.Text("round-neutral-text")
	if !slices.Contains(roles, institution.Graduate) || title.UK == "" {
		return fault.New(fault.NotFound, "round.no_member")
	}
	at := Address + "/at/" + i.ID + "/" + r.ID
	p := &TaskPage{Base: page.Base{Lang: v.lang, Title: v.in(title), Path: at + "/other-task", NoIndex: true}, Print: page.Button{Text: v.w.T("page.print", nil), Does: "print", Icon: "print"}}
	p.Back = &page.Link{Href: at, Text: v.t("back")}
	for line := range strings.Lines(v.in(text)) {
		if line = strings.TrimSpace(line); line != "" {
			p.Text = append(p.Text, line)
		}
	}
	return v.render(http.StatusOK, "school/task", p)
}
