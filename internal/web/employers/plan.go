package employers

import (
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

func rev(e *staffing.Employer) string { return strconv.FormatInt(e.Rev, 10) }

// planned is a plan that is being edited: an employer's, or the programme for officials.
type planned struct {
	id, at string // at is the address of its page
	sheet  page.Sheet
	above  []staffing.Step // what the city's programme adds
}

func (v *view) planOf(i *institution.Institution) planned {
	p := planned{id: i.ID, at: path(i) + "/plan", sheet: v.sheet(path(i)+"/plan", v.t("plan.title"), "employer", page.Link{Href: path(i), Text: v.in(i.Name())})}
	p.sheet.Lead = v.t("plan.lead")
	if i.Kind == institution.Department {
		p.above = v.h.o.Staffing.ByID(staffing.Programme).Steps
	}
	return p
}

func (v *view) programme() planned {
	p := planned{id: staffing.Programme, at: Officials + "/programme", sheet: v.sheet(Officials+"/programme", v.t("programme.title"), "officials", page.Link{Href: Officials, Text: v.t("officials.title")})}
	p.sheet.Lead = v.t("programme.lead")
	return p
}

type stepForm struct {
	Course string `form:"course,choice" validate:"required,max=160"`
	Must   string `form:"must" validate:"max=4"`
	Due    string `form:"due" validate:"max=10"`
	Rev    int64  `form:"rev" validate:"min=0"`
}

// Plan shows the plan of an employer.
func (h *Handlers) Plan(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	return v.plan(v.planOf(i), nil, stepForm{}, nil)
}

// Programme shows the plan for all officials.
func (h *Handlers) Programme(c *gin.Context) error {
	v := h.see(c)
	return v.plan(v.programme(), nil, stepForm{}, nil)
}

func (v *view) plan(p planned, refused error, typed stepForm, note *string) error {
	s := p.sheet
	status, err := v.refused(&s, refused)
	if err != nil {
		return err
	}
	if v.c.Query("done") != "" {
		s.Done = v.t("done.plan")
	}
	e := v.h.o.Staffing.ByID(p.id)
	g := &page.Grid{Caption: v.t("plan.now"), Hidden: true, Cards: true, Empty: v.t("plan.empty"),
		Head: []page.GridHead{{Text: v.t("col.course")}, {Text: v.t("col.kind")}, {Text: v.t("col.due")}, {Text: v.t("col.act")}}}
	row := func(x staffing.Step, act page.GridCell) {
		kind := page.Tag{Text: v.kind(x)}
		if x.Must {
			kind.Kind = "main"
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{v.stepCell(x), {Tag: &kind}, {Text: orDash(v.day(x.Due))}, act}})
	}
	for _, x := range p.above {
		row(x, page.GridCell{Text: v.t("plan.city")})
	}
	for _, x := range e.Steps {
		row(x, page.GridCell{Forms: []page.Form{{Action: p.at + "/drop", Hidden: []page.Hidden{{Name: "course", Value: x.Part()}, {Name: "rev", Value: rev(e)}},
			Buttons: []page.Button{{Text: v.t("plan.drop"), Kind: "second", Small: true}}}}})
	}
	s.Blocks = append(s.Blocks, page.Block{ID: "plan", Title: v.t("plan.now"), Grid: g})

	s.Blocks = append(s.Blocks, page.Block{ID: "add", Title: v.t("plan.add"), Form: &page.Form{Action: p.at + "/add", Card: true, Hidden: []page.Hidden{{Name: "rev", Value: rev(e)}},
		Parts: []any{v.pick(e, typed.Course),
			page.Check{ID: page.FieldID("must"), Name: "must", Value: "yes", Label: v.t("field.must"), Hint: v.t("field.must.hint"), Checked: typed.Must != ""},
			page.Field{ID: page.FieldID("due"), Name: "due", Label: v.t("field.due"), Hint: v.t("field.due.hint"), Type: "date", Width: "20", Value: typed.Due, Error: v.fault("due")}},
		Buttons: []page.Button{{Text: v.t("plan.add.go"), Small: true}}}})
	text := e.Note
	if note != nil {
		text = *note
	}
	s.Blocks = append(s.Blocks, page.Block{ID: "note", Title: v.t("plan.note"), Form: &page.Form{Action: p.at + "/note", Card: true, Hidden: []page.Hidden{{Name: "rev", Value: rev(e)}},
		Parts:   []any{page.Field{ID: page.FieldID("note"), Name: "note", Label: v.t("field.note"), Hint: v.t("field.note.hint"), Rows: 3, Value: text, MaxLength: staffing.MaxNote, Error: v.fault("note")}},
		Buttons: []page.Button{{Text: v.t("plan.note.go"), Small: true, Kind: "second"}}}})
	return v.show(status, s)
}

// pick offers every course and every lesson that is not in the plan yet.
func (v *view) pick(e *staffing.Employer, typed string) page.Select {
	s := page.Select{ID: page.FieldID("course"), Name: "course", Label: v.t("field.course"), Hint: v.t("field.course.hint"), Error: v.fault("course"), Options: []page.Option{{Text: v.t("field.course.choose")}}}
	for _, c := range v.h.o.Courses() {
		offer := func(x staffing.Step, text string) {
			if !slices.ContainsFunc(e.Steps, func(have staffing.Step) bool { return have.Part() == x.Part() }) {
				s.Options = append(s.Options, page.Option{Value: x.Part(), Text: text, Selected: typed == x.Part(), Group: v.in(c.Title)})
			}
		}
		offer(staffing.Step{Course: c.Slug}, v.t("pick.course", "Title", v.in(c.Title)))
		for _, l := range c.Lessons {
			offer(staffing.Step{Course: c.Slug, Lesson: l.Slug}, v.t("pick.lesson", "Title", v.in(l.Title)))
		}
	}
	return s
}

// edit changes a plan with one act.
func (v *view) edit(p planned, r int64, act func(*staffing.Employer)) error {
	next := *v.h.o.Staffing.ByID(p.id)
	next.Rev, next.Steps = r, slices.Clone(next.Steps)
	act(&next)
	_, err := v.h.o.Staffing.Edit(v.ctx, gate.Actor(v.c), next)
	return err
}

func (v *view) add(p planned) error {
	var f stepForm
	if err := form.Decode(v.c.Request, &f); err != nil {
		return v.plan(p, err, f, nil)
	}
	err := v.edit(p, f.Rev, func(e *staffing.Employer) {
		x := staffing.StepOf(f.Course)
		x.Must, x.Due = f.Must != "", f.Due
		e.Steps = append(e.Steps, x)
	})
	if err != nil {
		return v.plan(p, plain(err), f, nil)
	}
	return v.go2(p.at + "?done=plan")
}

func (v *view) drop(p planned) error {
	var f stepForm
	if err := form.Decode(v.c.Request, &f); err != nil {
		return v.plan(p, err, stepForm{}, nil)
	}
	err := v.edit(p, f.Rev, func(e *staffing.Employer) {
		e.Steps = slices.DeleteFunc(e.Steps, func(x staffing.Step) bool { return x.Part() == f.Course })
	})
	if err != nil {
		return v.plan(p, err, stepForm{}, nil)
	}
	return v.go2(p.at + "?done=plan")
}

func (v *view) note(p planned) error {
	var f struct {
		Note string `form:"note" validate:"max=600"`
		Rev  int64  `form:"rev" validate:"min=0"`
	}
	if err := form.Decode(v.c.Request, &f); err != nil {
		typed := form.Typed(v.c.Request, "note")
		return v.plan(p, err, stepForm{}, &typed)
	}
	if err := v.edit(p, f.Rev, func(e *staffing.Employer) { e.Note = f.Note }); err != nil {
		return v.plan(p, err, stepForm{}, &f.Note)
	}
	return v.go2(p.at + "?done=plan")
}

// PlanAdd puts a course or a lesson into an employer's plan.
func (h *Handlers) PlanAdd(c *gin.Context) error { return h.ofBody(c, (*view).add) }

// PlanDrop takes one out of it.
func (h *Handlers) PlanDrop(c *gin.Context) error { return h.ofBody(c, (*view).drop) }

// PlanNote sets the words to the people.
func (h *Handlers) PlanNote(c *gin.Context) error { return h.ofBody(c, (*view).note) }

func (h *Handlers) ofBody(c *gin.Context, do func(*view, planned) error) error {
	v := h.see(c)
	i, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	return do(v, v.planOf(i))
}

// ProgrammeAdd puts a course or a lesson into the programme of officials.
func (h *Handlers) ProgrammeAdd(c *gin.Context) error { v := h.see(c); return v.add(v.programme()) }

// ProgrammeDrop takes one out of it.
func (h *Handlers) ProgrammeDrop(c *gin.Context) error { v := h.see(c); return v.drop(v.programme()) }

// ProgrammeNote sets the words to officials.
func (h *Handlers) ProgrammeNote(c *gin.Context) error { v := h.see(c); return v.note(v.programme()) }
