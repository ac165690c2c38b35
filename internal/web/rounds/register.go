package rounds

import (
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// perPage is how many institutions stand on a page of the list.
const perPage = 60

func (v *view) register() page.Link {
	return page.Link{Href: Institutions, Text: v.t("institutions")}
}

// Register lists the institutions.
func (h *Handlers) Register(c *gin.Context) error { return h.see(c).registerPage(nil) }

func (v *view) registerPage(refused error) error {
	if err := v.check(person.InstitutionEdit); err != nil {
		return err
	}
	s := v.sheet("institutions", Institutions, v.t("institutions"))
	s.Lead = v.t("institutions.lead")
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	q := v.c.Request.URL.Query()
	f := institution.Filter{District: q.Get("district"), State: institution.State(q.Get("state")), Words: q.Get("q")}
	if k := institution.Kind(q.Get("kind")); k != "" {
		f.Kinds = []institution.Kind{k}
	}
	list := v.h.o.Bodies.List(f)
	year := institution.YearOf(v.h.o.Now())
	states := []page.Option{{Text: v.t("all.states")}}
	for _, st := range []institution.State{institution.Working, institution.Paused, institution.Merged, institution.Closed} {
		states = append(states, page.Option{Value: string(st), Text: v.state(st)})
	}
	search := page.Form{Get: true, Action: Institutions, Row: true, Card: true, Parts: []any{
		page.Field{ID: "f-q", Name: "q", Label: v.t("field.q"), Value: f.Words, Type: "search", MaxLength: 100},
		v.pick("", "kind", v.t("field.kind"), q.Get("kind"), v.kinds(v.t("all.kinds"))),
		v.pick("", "district", v.t("field.district"), f.District, v.districts(v.t("all.districts"))),
		v.pick("", "state", v.t("field.state"), string(f.State), states),
	}, Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}
	at, _ := strconv.Atoi(q.Get("page"))
	at = min(max(at, 1), max(1, (len(list)+perPage-1)/perPage))
	g := &page.Grid{Caption: v.t("institutions"), Hidden: true, Cards: true, Empty: v.t("institutions.none"),
		Head: []page.GridHead{{Text: v.t("col.name")}, {Text: v.t("col.kind")}, {Text: v.t("col.district")}, {Text: v.t("col.code")}, {Text: v.t("col.people", "Year", institution.YearName(year))}}}
	for _, i := range list[(at-1)*perPage : min(at*perPage, len(list))] {
		row := page.GridRow{Cells: []page.GridCell{{Text: v.in(i.Name()), Href: Institutions + "/" + i.ID}, {Text: v.kind(i.Kind)}, {Text: v.district(i.District)}, {Text: i.Code, Mono: true}, {Text: v.frame(i, year)}}}
		if i.State != institution.Working {
			row.Cells[0].Tag = &page.Tag{Text: v.state(i.State)}
		}
		g.Rows = append(g.Rows, row)
	}
	g.Foot = v.t("institutions.count", "N", v.w.Int(int64(len(list))))
	to := func(n int) *page.Link {
		if n < 1 || (n-1)*perPage >= len(list) || n == at {
			return nil
		}
		next := url.Values{}
		for k := range q {
			next.Set(k, q.Get(k))
		}
		next.Del("done")
		next.Set("page", strconv.Itoa(n))
		return &page.Link{Href: Institutions + "?" + next.Encode(), Text: v.t("page", "N", n)}
	}
	acts := page.Block{Acts: []page.Button{{Text: v.t("add"), Href: Institutions + "/new", Small: true}}}
	if id := q.Get("undo"); id != "" { // taken out a moment ago
		acts.Forms = append(acts.Forms, one(Institutions+"/"+url.PathEscape(id)+"/back", v.t("put_back"), "second", "", nil))
	}
	acts.Forms = append(acts.Forms, one(Institutions+"/year", v.t("rollover", "Year", institution.YearName(year)), "second", v.t("rollover.sure"), nil))
	s.Blocks = []page.Block{acts, {Form: &search, Noprint: true}, {Grid: g, Pager: &page.Pager{Previous: to(at - 1), Next: to(at + 1)}}}
	return v.show(status, s)
}

// frame is how many people of which roles an institution has in a year.
func (v *view) frame(i *institution.Institution, year int) string {
	f, ok := i.FrameOf(year)
	if !ok {
		return v.t("frame.none")
	}
	text := ""
	for _, r := range institution.RolesOf(i.Kind) {
		if n, ok := f.Count[r]; ok {
			if text != "" {
				text += ", "
			}
			text += v.role(r) + " — " + v.w.Int(int64(n))
		}
	}
	if f.Carried {
		text += " " + v.t("frame.carried")
	}
	return text
}

// RollOver carries last year's numbers into this school year.
func (h *Handlers) RollOver(c *gin.Context) error {
	v := h.see(c)
	if err := form.Decode(c.Request, &struct{}{}); err != nil {
		return err
	}
	if _, err := h.o.Bodies.RollOver(v.ctx, gate.Actor(c), institution.YearOf(h.o.Now())); err != nil {
		return v.registerPage(err)
	}
	return v.to(Institutions, "year")
}

// bodyForm is what is typed of an institution that is not its history.
type bodyForm struct {
	Rev       int64  `form:"rev"`
	NameUK    string `form:"name_uk" validate:"max=250"`
	NameEN    string `form:"name_en" validate:"max=250"`
	Code      string `form:"code" validate:"max=40"`
	Kind      string `form:"kind" validate:"max=20"`
	TypeUK    string `form:"type_uk" validate:"max=300"`
	TypeEN    string `form:"type_en" validate:"max=300"`
	AddressUK string `form:"address_uk" validate:"max=300"`
	AddressEN string `form:"address_en" validate:"max=300"`
	District  string `form:"district" validate:"max=40"`
	Group     string `form:"group" validate:"max=80"`
	State     string `form:"state" validate:"max=20"`
	Source    string `form:"source" validate:"max=300"`
	Verified  string `form:"verified" validate:"max=20"`
}

func (f *bodyForm) onto(i institution.Institution) institution.Institution {
	i.Code, i.Kind, i.District, i.Group, i.Source, i.Verified = f.Code, institution.Kind(f.Kind), f.District, f.Group, f.Source, f.Verified
	i.Type, i.Address = i18n.Text{UK: f.TypeUK, EN: f.TypeEN}, i18n.Text{UK: f.AddressUK, EN: f.AddressEN}
	if f.State != "" {
		i.State = institution.State(f.State)
	}
	return i
}

// parts are the fields of an institution that is not its history.
func (v *view) parts(in string, i *institution.Institution) []any {
	list := []any{
		v.pick(in, "kind", v.t("field.kind"), string(i.Kind), v.kinds("")),
		v.field(in, "code", i.Code, "20"), v.field(in, "type_uk", i.Type.UK, ""), v.field(in, "type_en", i.Type.EN, ""),
		v.field(in, "address_uk", i.Address.UK, ""), v.field(in, "address_en", i.Address.EN, ""),
		v.pick(in, "district", v.t("field.district"), i.District, v.districts(v.t("district.none"))),
		v.field(in, "group", i.Group, ""), v.field(in, "source", i.Source, ""), v.field(in, "verified", i.Verified, "10"),
	}
	if i.ID != "" && i.State != institution.Merged {
		var states []page.Option
		for _, st := range []institution.State{institution.Working, institution.Paused, institution.Closed} {
			states = append(states, page.Option{Value: string(st), Text: v.state(st)})
		}
		list = append(list, v.pick(in, "state", v.t("field.state"), string(i.State), states))
	}
	return list
}

// NewBody asks for a new institution.
func (h *Handlers) NewBody(c *gin.Context) error { return h.see(c).newBody(nil) }

func (v *view) newBody(refused error) error {
	if err := v.check(person.InstitutionEdit); err != nil {
		return err
	}
	s := v.sheet("institutions", Institutions+"/new", v.t("add.title"), v.register())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	v.failed = "new"
	parts := append([]any{v.field("new", "name_uk", "", ""), v.field("new", "name_en", "", "")}, v.parts("new", &institution.Institution{Kind: institution.School})...)
	s.Blocks = []page.Block{{Form: &page.Form{Action: Institutions, Card: true, Parts: parts,
		Buttons: []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("cancel"), Href: Institutions, Kind: "quiet", Small: true}}}}}
	return v.show(status, s)
}

// AddBody enters an institution.
func (h *Handlers) AddBody(c *gin.Context) error {
	v := h.see(c)
	var f bodyForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		i := f.onto(institution.Institution{Names: []institution.Name{{Name: i18n.Text{UK: f.NameUK, EN: f.NameEN}}}})
		var made *institution.Institution
		if made, err = h.o.Bodies.Add(v.ctx, gate.Actor(c), i); err == nil {
			return v.to(Institutions+"/"+made.ID, "added")
		}
	}
	return v.newBody(err)
}

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
	s := v.sheet("institutions", at, v.in(i.Name()), v.register())
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
	if other, ok := v.h.o.Bodies.ByID(i.Into); ok {
		facts.Facts = append(facts.Facts, page.Row{Key: v.t("merged.into"), Value: v.in(other.Name()), Href: Institutions + "/" + other.ID, Change: v.t("see")})
	}
	names := &page.Grid{Caption: v.t("names"), Hidden: true, Head: []page.GridHead{{Text: v.t("col.name")}, {Text: v.t("col.from")}, {Text: v.t("col.why")}}}
	for n := len(i.Names) - 1; n >= 0; n-- {
		from := i.Names[n].From
		if from == "" {
			from = v.t("from.ever")
		}
		names.Rows = append(names.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(i.Names[n].Name)}, {Text: from}, {Text: i.Names[n].Why}}})
	}
	s.Blocks = append(s.Blocks, facts, v.frames(i, at),
		page.Block{ID: "edit", Title: v.t("edit"), Form: &page.Form{Action: at, Hidden: rev(i.Rev), Card: true, Parts: v.parts("edit", i), Buttons: []page.Button{{Text: v.t("save"), Small: true}}}},
		page.Block{ID: "names", Title: v.t("names"), Grid: names, Form: &page.Form{Action: at + "/rename", Hidden: rev(i.Rev), Card: true,
			Parts:   []any{page.Plain(v.t("rename.text")), v.field("rename", "name_uk", i.Name().UK, ""), v.field("rename", "name_en", i.Name().EN, ""), v.field("rename", "from", "", "10"), v.field("rename", "why", "", "")},
			Buttons: []page.Button{{Text: v.t("rename"), Small: true}}}})
	if i.State != institution.Merged {
		into := []page.Option{{Text: v.t("merge.choose")}}
		for _, other := range v.h.o.Bodies.List(institution.Filter{State: institution.Working, Kinds: []institution.Kind{i.Kind}}) {
			if other.ID != i.ID {
				into = append(into, page.Option{Value: other.ID, Text: v.in(other.Name())})
			}
		}
		s.Blocks = append(s.Blocks, page.Block{ID: "merge", Title: v.t("merge"), Form: &page.Form{Action: at + "/merge", Hidden: rev(i.Rev), Card: true,
			Parts:   []any{page.Plain(v.t("merge.text")), v.pick("merge", "into", v.t("field.into"), "", into), v.field("merge", "since", "", "10")},
			Buttons: []page.Button{{Text: v.t("merge.do"), Kind: "bad", Small: true, Confirm: v.t("merge.sure")}}}})
	}
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

// act reads a form of an institution's page and does what it asks for.
func (h *Handlers) act(c *gin.Context, failed, said string, into any, do func(*view, *institution.Institution) error) error {
	v := h.see(c)
	i, err := v.body()
	if err != nil {
		return err
	}
	if err = form.Decode(c.Request, into); err == nil {
		if err = do(v, i); err == nil {
			return v.to(Institutions+"/"+i.ID, said)
		}
	}
	return v.bodyPage(failed, err)
}

// EditBody changes what is not history.
func (h *Handlers) EditBody(c *gin.Context) error {
	var f bodyForm
	return h.act(c, "edit", "saved", &f, func(v *view, i *institution.Institution) error {
		_, err := h.o.Bodies.Edit(v.ctx, gate.Actor(c), f.Rev, f.onto(*i))
		return err
	})
}

// Rename gives another name from a day on.
func (h *Handlers) Rename(c *gin.Context) error {
	var f struct {
		Rev    int64  `form:"rev"`
		NameUK string `form:"name_uk" validate:"required,max=250"`
		NameEN string `form:"name_en" validate:"max=250"`
		From   string `form:"from" validate:"max=20"`
		Why    string `form:"why" validate:"max=300"`
	}
	return h.act(c, "rename", "renamed", &f, func(v *view, i *institution.Institution) error {
		_, err := h.o.Bodies.Rename(v.ctx, gate.Actor(c), i.ID, f.Rev, institution.Name{Name: i18n.Text{UK: f.NameUK, EN: f.NameEN}, From: f.From, Why: f.Why})
		return err
	})
}

// Merge lets an institution live on in another one.
func (h *Handlers) Merge(c *gin.Context) error {
	var f struct {
		Rev   int64  `form:"rev"`
		Into  string `form:"into" validate:"max=40"`
		Since string `form:"since" validate:"max=20"`
	}
	return h.act(c, "merge", "merged", &f, func(v *view, i *institution.Institution) error {
		_, err := h.o.Bodies.Merge(v.ctx, gate.Actor(c), i.ID, f.Into, f.Since, f.Rev)
		return err
	})
}

// Frame says how many people an institution has in a year.
func (h *Handlers) Frame(c *gin.Context) error {
	var f struct {
		Rev    int64             `form:"rev"`
		Year   int64             `form:"year"`
		Source string            `form:"frame_source" validate:"max=300"`
		Count  map[string]string `form:"count_*"`
	}
	return h.act(c, "frame", "frame", &f, func(v *view, i *institution.Institution) error {
		frame := institution.Frame{Year: int(f.Year), Count: map[institution.Role]int{}, Source: f.Source}
		var faults []fault.Field
		for role, text := range f.Count {
			if text == "" {
				continue
			}
			n, err := strconv.Atoi(text)
			if err != nil {
				faults = append(faults, fault.Field{Pointer: "count_" + role, Key: form.KeyNumber})
			}
			frame.Count[institution.Role(role)] = n
		}
		if len(faults) > 0 {
			return fault.InvalidFields(faults...)
		}
		_, err := h.o.Bodies.SetFrame(v.ctx, gate.Actor(c), i.ID, f.Rev, frame)
		return err
	})
}

// TakeOut takes out an institution that was entered by mistake.
func (h *Handlers) TakeOut(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Rev int64 `form:"rev"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Bodies.TakeOut(v.ctx, gate.Actor(c), c.Param("body"), f.Rev)
	}
	if err != nil {
		return v.bodyPage("", err)
	}
	page.SeeOther(c.Writer, c.Request, Institutions+"?done=out&undo="+url.QueryEscape(c.Param("body")))
	return nil
}

// PutBack undoes TakeOut.
func (h *Handlers) PutBack(c *gin.Context) error {
	v := h.see(c)
	if err := form.Decode(c.Request, &struct{}{}); err != nil {
		return err
	}
	if err := h.o.Bodies.PutBack(v.ctx, gate.Actor(c), c.Param("body")); err != nil {
		return v.registerPage(err)
	}
	return v.to(Institutions+"/"+c.Param("body"), "back")
}
