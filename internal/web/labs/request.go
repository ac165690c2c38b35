package labs

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/docx"
	"osvitlo/internal/fault"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

var stageTags = map[lab.Stage]string{lab.Asked: "main", lab.Weighed: "sun", lab.Agreed: "good", lab.Refused: "bad", lab.Done: "plain"}

func (v *view) stage(r *lab.Request) *page.Tag {
	return &page.Tag{Text: v.t("stage." + string(r.Stage)), Kind: stageTags[r.Stage]}
}

// requestsBlock lists requests; to is the address before their ids.
func (v *view) requestsBlock(list []*lab.Request, to string) page.Block {
	g := &page.Grid{Caption: v.t("requests"), Hidden: true, Cards: true, Empty: v.t("requests.none"),
		Head: []page.GridHead{{Text: v.t("col.request")}, {Text: v.t("f.count"), Number: true}, {Text: v.t("f.priority")}, {Text: v.t("col.stage")}, {Text: v.t("col.when")}}}
	for _, r := range list {
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: r.What, Href: to + r.ID, Small: v.t("kind." + string(r.Kind))}, {Text: strconv.Itoa(r.Count)},
			{Text: v.t("priority." + string(r.Priority))}, {Tag: v.stage(r)}, {Text: v.w.Date(r.Last().At.Time)}}})
	}
	return page.Block{ID: "requests", Title: v.t("requests"), Grid: g}
}

// requestForm is what is typed of a request.
type requestForm struct {
	Rev      int64  `form:"rev"`
	School   string `form:"school" validate:"max=64"`
	Lab      string `form:"lab" validate:"max=64"`
	Kind     string `form:"kind" validate:"max=20"`
	What     string `form:"what" validate:"max=1000"`
	Why      string `form:"why" validate:"max=3000"`
	Needs    string `form:"needs" validate:"max=8000"`
	Count    int64  `form:"count"`
	Priority string `form:"priority" validate:"max=20"`
}

func (f *requestForm) onto(r lab.Request) lab.Request {
	r.Lab, r.Kind, r.What, r.Why, r.Needs, r.Count, r.Priority = f.Lab, lab.Kind(f.Kind), f.What, f.Why, f.Needs, number(f.Count), lab.Priority(f.Priority)
	return r
}

func (v *view) requestParts(r *lab.Request) []any {
	rooms := page.Select{ID: page.FieldID("lab"), Name: "lab", Label: v.t("f.lab"), Error: page.FaultText(v.w, v.faults, "lab"), Options: []page.Option{{Text: v.t("lab.none")}}}
	at := v.value("lab", r.Lab)
	for _, l := range v.h.o.Labs.Of(r.Institution) {
		rooms.Options = append(rooms.Options, page.Option{Value: l.ID, Text: l.Name, Selected: l.ID == at})
	}
	needs := v.field("needs", r.Needs, "", 5)
	needs.MaxLength = 2400
	return []any{v.field("what", r.What, "", 0), pick(v, "kind", "kind.", r.Kind, lab.Kinds(), ""), v.number("count", r.Count), v.field("why", r.Why, "", 4), needs,
		pick(v, "priority", "priority.", r.Priority, lab.Priorities(), ""), rooms}
}

// NewRequest asks for a new request.
func (h *Handlers) NewRequest(c *gin.Context) error {
	return h.see(c).newRequestPage(c.Query("school"), c.Query("lab"), nil)
}

func (v *view) newRequestPage(body, room string, refused error) error {
	i, err := v.school(body, person.SchoolEdit)
	if err != nil {
		return err
	}
	s := v.sheet("labs", School+"/requests/new?"+url.Values{"school": {i.ID}, "lab": {room}}.Encode(), v.t("ask.title"), v.home())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker, s.Lead = v.in(i.Name()), v.t("ask.lead")
	s.Blocks = []page.Block{{Form: &page.Form{Action: School + "/requests", Card: true, Hidden: []page.Hidden{{Name: "school", Value: i.ID}},
		Parts:   v.requestParts(&lab.Request{Institution: i.ID, Lab: room, Kind: lab.Laptop, Count: 1, Priority: lab.Usual}),
		Buttons: []page.Button{{Text: v.t("ask.do"), Small: true}, {Text: v.t("cancel"), Href: School, Kind: "quiet", Small: true}}}}}
	return v.show(status, s)
}

// Ask enters a request.
func (h *Handlers) Ask(c *gin.Context) error {
	v := h.see(c)
	var f requestForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		var r *lab.Request
		if r, err = h.o.Labs.Ask(v.ctx, gate.Actor(c), f.onto(lab.Request{Institution: f.School})); err == nil {
			return v.to(School+"/requests/"+r.ID, "asked")
		}
	}
	return v.newRequestPage(f.School, f.Lab, err)
}

// EditRequest asks what is to change in a request.
func (h *Handlers) EditRequest(c *gin.Context) error { return h.see(c).editRequestPage(nil) }

func (v *view) editRequestPage(refused error) error {
	r, err := v.request(person.SchoolEdit)
	if err != nil {
		return err
	}
	at := School + "/requests/" + r.ID
	s := v.sheet("labs", at+"/edit", v.t("ask.edit"), v.home(), page.Link{Href: at, Text: r.What})
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Blocks = v.meanwhile(refused, func(c *page.Compare) {
		pair(c, v.t("f.what"), v.value("what", ""), r.What)
		pair(c, v.t("f.kind"), v.t("kind."+v.value("kind", "other")), v.t("kind."+string(r.Kind)))
		pair(c, v.t("f.count"), v.value("count", ""), strconv.Itoa(r.Count))
		pair(c, v.t("f.why"), v.value("why", ""), r.Why)
		pair(c, v.t("f.needs"), v.value("needs", ""), r.Needs)
		pair(c, v.t("f.priority"), v.t("priority."+v.value("priority", "usual")), v.t("priority."+string(r.Priority)))
	})
	s.Blocks = append(s.Blocks, page.Block{Form: &page.Form{Action: at, Card: true, Hidden: rev(r.Rev), Parts: v.requestParts(r),
		Buttons: []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("cancel"), Href: at, Kind: "quiet", Small: true}}}})
	return v.show(status, s)
}

// SaveRequest changes a request that nobody has looked into.
func (h *Handlers) SaveRequest(c *gin.Context) error {
	v := h.see(c)
	r, err := v.request(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f requestForm
	if err = form.Decode(c.Request, &f); err == nil {
		if _, err = h.o.Labs.Rewrite(v.ctx, gate.Actor(c), f.Rev, f.onto(*r)); err == nil {
			return v.to(School+"/requests/"+r.ID, "rewritten")
		}
	}
	return v.editRequestPage(err)
}

// Request shows a request to its institution.
func (h *Handlers) Request(c *gin.Context) error { return h.see(c).requestPage(nil) }

// OfficeRequest shows a request to the department.
func (h *Handlers) OfficeRequest(c *gin.Context) error { return h.see(c).requestPage(nil) }

func (v *view) requestPage(refused error) error {
	need := person.SchoolRead
	at, menu, trail := School+"/requests/", "labs", []page.Link{v.home()}
	if v.office() {
		need = person.SchoolSummary
		at, menu, trail = Office+"/request/", "office-labs", []page.Link{v.list(), {Href: Office + "/requests", Text: v.t("requests.all")}}
	}
	r, err := v.request(need)
	if err != nil {
		return err
	}
	at += r.ID
	s := v.sheet(menu, at, r.What, trail...)
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker = v.body(r.Institution) + " · " + v.t("stage."+string(r.Stage))
	facts := page.Block{Facts: []page.Row{{Key: v.t("f.kind"), Value: v.t("kind." + string(r.Kind))}, {Key: v.t("f.count"), Value: v.w.Int(int64(r.Count))},
		{Key: v.t("f.why"), Value: r.Why}, {Key: v.t("f.priority"), Value: v.t("priority." + string(r.Priority))}}}
	if list := needs(r); len(list) > 0 {
		facts.Facts = append(facts.Facts, page.Row{Key: v.t("f.needs"), Value: strings.Join(list, "; ")})
	}
	if l, ok := v.h.o.Labs.ByID(r.Lab); ok {
		to := School + "/room/" + l.ID
		if v.office() {
			to = Office + "/room/" + l.ID
		}
		facts.Facts = append(facts.Facts, page.Row{Key: v.t("f.lab"), Value: l.Name, Href: to, Change: v.t("see")})
	}
	acts := page.Block{Acts: []page.Button{{Text: v.t("task"), Href: at + "/task", Kind: "second", Small: true}}, Noprint: true}
	if !v.office() && r.Stage == lab.Asked && v.may(person.SchoolEdit, person.Of(r.Institution)) {
		acts.Acts = append(acts.Acts, page.Button{Text: v.t("ask.edit"), Href: at + "/edit", Kind: "second", Small: true})
		acts.Forms = append(acts.Forms, one(at+"/out", v.t("withdraw"), "bad", "", nil))
	}
	s.Blocks = append(s.Blocks, facts, acts)
	if v.office() && v.may(person.LabDecide, person.City) {
		s.Blocks = append(s.Blocks, v.decision(r, at))
	}
	g := &page.Grid{Caption: v.t("history"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("col.when")}, {Text: v.t("col.stage")}, {Text: v.t("f.reason")}}}
	for n := len(r.Steps) - 1; n >= 0; n-- {
		x := r.Steps[n]
		reason := x.Reason
		if reason == "" {
			reason = "–"
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.DateTime(x.At.Time)}, {Text: v.t("stage." + string(x.Stage))}, {Text: reason}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("history"), Grid: g})
	return v.show(status, s)
}

// needs are the properties a request asks for, one a line.
func needs(r *lab.Request) (list []string) {
	for _, line := range strings.Split(r.Needs, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// decision is the form with which the department moves a request on.
func (v *view) decision(r *lab.Request, at string) page.Block {
	to := page.Choices{ID: page.FieldID("to"), Name: "to", Legend: v.t("f.to"), Error: page.FaultText(v.w, v.faults, "to")}
	chosen := v.value("to", "")
	for n, st := range r.Stage.After() {
		id := page.FieldID("to")
		if n > 0 {
			id += "-" + strconv.Itoa(n+1)
		}
		to.Items = append(to.Items, page.Choice{ID: id, Value: string(st), Label: v.t("to." + string(st)), Checked: chosen == string(st)})
	}
	return page.Block{ID: "decide", Title: v.t("decide"), Noprint: true, Form: &page.Form{Action: at, Card: true, Hidden: rev(r.Rev), Parts: []any{to, v.field("reason", "", "", 3)},
		Buttons: []page.Button{{Text: v.t("decide.do"), Small: true}}}}
}

// Decide moves a request on.
func (h *Handlers) Decide(c *gin.Context) error {
	v := h.see(c)
	r, err := v.request(person.LabDecide)
	if err != nil {
		return err
	}
	var f struct {
		Rev    int64  `form:"rev"`
		To     string `form:"to,choice" validate:"required,max=20"`
		Reason string `form:"reason" validate:"max=3000"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		if _, err = h.o.Labs.Decide(v.ctx, gate.Actor(c), r.ID, f.Rev, lab.Stage(f.To), f.Reason); err == nil {
			return v.to(Office+"/request/"+r.ID, "decided")
		}
	}
	return v.requestPage(err)
}

// Withdraw takes a request back.
func (h *Handlers) Withdraw(c *gin.Context) error { return h.see(c).withdraw(false) }

// Stand undoes Withdraw; the domain checks whose request it is.
func (h *Handlers) Stand(c *gin.Context) error { return h.see(c).withdraw(true) }

func (v *view) withdraw(back bool) error {
	id := v.c.Param("request")
	if err := form.Decode(v.c.Request, &struct{}{}); err != nil {
		return err
	}
	if _, err := v.h.o.Labs.Withdraw(v.ctx, gate.Actor(v.c), id, back); err != nil {
		if !back && fault.Is(err, fault.Conflict) {
			return v.requestPage(err)
		}
		return err
	}
	if back {
		return v.to(School+"/requests/"+id, "stands")
	}
	return v.to(School, "withdrawn&undo="+url.QueryEscape(id))
}

func (v *view) task() (*lab.Request, *docx.Document, error) {
	need := person.SchoolRead
	if v.office() {
		need = person.SchoolSummary
	}
	r, err := v.request(need)
	if err != nil {
		return nil, nil, err
	}
	i, ok := v.h.o.Bodies.ByID(r.Institution)
	if !ok {
		return nil, nil, fault.New(fault.NotFound, "institution.gone")
	}
	room := ""
	if l, ok := v.h.o.Labs.ByID(r.Lab); ok {
		room = l.Name
	}
	d, err := v.h.o.Task(r, i, room)
	return r, d, err
}

// Task is the technical requirement that follows from a request, to be printed.
func (h *Handlers) Task(c *gin.Context) error {
	v := h.see(c)
	r, d, err := v.task()
	if err != nil {
		return err
	}
	back := School + "/requests/" + r.ID
	if v.office() {
		back = Office + "/request/" + r.ID
	}
	p := page.NewPaper(v.w, page.Base{Lang: v.lang, Title: v.t("task"), Path: back + "/task"}, d, back+"/task.docx")
	p.Wide, p.Full = true, true
	p.MenuID, p.Crumbs = "labs", []page.Link{v.home(), {Href: back, Text: r.What}}
	if v.office() {
		p.MenuID, p.Crumbs = "office-labs", []page.Link{v.list(), {Href: back, Text: r.What}}
	}
	if v.h.o.Menu != nil {
		p.Menu = v.h.o.Menu(v.c)
	}
	return v.render(http.StatusOK, "page/paper", p)
}

// TaskFile is the same as a file that an office can change.
func (h *Handlers) TaskFile(c *gin.Context) error {
	v := h.see(c)
	_, d, err := v.task()
	if err != nil {
		return err
	}
	return page.SendDocument(c.Writer, d, "tekhnichne-zavdannia")
}
