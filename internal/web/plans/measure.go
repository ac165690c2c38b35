package plans

import (
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// measureForm is what is typed of a measure; its lengths are checked by the domain.
type measureForm struct {
	Version int64  `form:"version"`
	Rule    string `form:"rule" validate:"max=64"`
	Title   string `form:"title"`
	Text    string `form:"text"`
	Answers string `form:"answers"`
	Target  string `form:"target"`

	GoalTo   *float64 `form:"goal_to"`
	GoalYear int      `form:"goal_year"`
	GoalFrom *float64 `form:"goal_from"`
	GoalIs   *float64 `form:"goal_is"`
	GoalUnit string   `form:"goal_unit"`

	Owner     string `form:"owner"`
	Deadline  string `form:"deadline"`
	Cost      *int64 `form:"cost"`
	Money     string `form:"money"`
	Indicator string `form:"indicator"`
	Status    string `form:"status"`
	Reason    string `form:"reason"`
	Notes     string `form:"notes"`
}

func (f *measureForm) draft() (plan.Draft, error) {
	d := plan.Draft{Title: f.Title, Text: f.Text, Target: f.Target, Owner: f.Owner, Deadline: f.Deadline, Cost: f.Cost, Money: plan.Money(f.Money), Indicator: f.Indicator,
		Status: plan.Status(f.Status), Reason: f.Reason, Notes: f.Notes}
	if d.Status != plan.Postponed {
		d.Reason = ""
	}
	d.Goal = plan.Goal{To: f.GoalTo, From: f.GoalFrom, Is: f.GoalIs, Unit: f.GoalUnit}
	if f.GoalTo != nil { // a year is chosen from the first
		d.Goal.Year = f.GoalYear
	}
	var ok bool
	if d.Answers, ok = plan.ParseAnswers(f.Answers); !ok {
		return d, fault.InvalidFields(fault.Field{Pointer: "answers", Key: "plan.answers"})
	}
	return d, nil
}

// New asks for a measure; ?rule= fills it in from an offer.
func (h *Handlers) New(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	if x.plan.IsClosed() {
		return v.plan(x, fault.New(fault.Conflict, "plan.is_closed"))
	}
	return v.newMeasure(x, nil)
}

func (v *view) newMeasure(x place, refused error) error {
	s := v.sheet(x.menu, x.at+"/new", v.t("add"), v.trail(x, true)...)
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	d := plan.Draft{Status: plan.Planned}
	rule := v.value("rule", v.c.Query("rule"))
	if m, ok := v.h.o.Plans.Offers().ByID(rule); ok && m.Suits(string(x.body.Kind)) {
		if d, err = v.offerDraft(x, m); err != nil {
			return err
		}
	} else {
		rule = ""
	}
	f, err := v.measureForm(x, &d)
	if err != nil {
		return err
	}
	f.Action, f.Hidden = x.at+"/new", []page.Hidden{{Name: "rule", Value: rule}}
	f.Buttons = []page.Button{{Text: v.t("add.do"), Small: true}, {Text: v.t("cancel"), Href: x.at, Kind: "quiet", Small: true}}
	s.Blocks = []page.Block{{Form: f}}
	return v.show(status, s)
}

// measureForm is the form of a measure.
func (v *view) measureForm(x place, d *plan.Draft) (*page.Form, error) {
	choices, err := v.h.o.Plans.Choices(v.ctx, x.body.ID)
	if err != nil {
		return nil, err
	}
	answers := []page.Option{{Text: v.t("answers.none")}}
	for _, one := range choices {
		text := v.answered(one.Answers)
		switch {
		case one.Figure != nil:
			text += " — " + v.point(one.Figure.Mean)
		case one.Field != "":
			text += " — " + v.said(one.Field, one.Value, one.Number)
		default:
			text += " — " + v.t("hidden")
		}
		answers = append(answers, page.Option{Value: one.Key(), Text: text})
	}
	if key := d.Answers.Key(); key != "" && !slices.ContainsFunc(choices, func(c plan.Choice) bool { return c.Key() == key }) {
		answers = append(answers, page.Option{Value: key, Text: v.answered(d.Answers)})
	}
	money := []page.Option{{Text: v.t("money.unknown")}}
	for _, m := range plan.Moneys() {
		money = append(money, page.Option{Value: string(m), Text: v.source(m)})
	}
	var status []page.Option
	for _, s := range plan.Statuses() {
		status = append(status, page.Option{Value: string(s), Text: v.status(s)})
	}
	deadline := v.field("deadline", d.Deadline, 0, 10)
	deadline.Type, deadline.Width = "date", "10"
	cost := ""
	if d.Cost != nil {
		cost = strconv.FormatInt(*d.Cost, 10)
	}
	uah := v.field("cost", cost, 0, 16)
	uah.Unit, uah.Width, uah.InputMode, uah.Plain = v.t("uah.unit"), "10", "numeric", true
	return &page.Form{Card: true, Parts: []any{
		v.field("title", d.Title, 2, plan.MaxTitle), v.field("text", d.Text, 4, plan.MaxText),
		page.Heading(v.t("part.goal")), v.pick("answers", d.Answers.Key(), answers), v.amount("goal_to", d.Goal.To), v.goalYears(x, d), v.field("target", d.Target, 0, plan.MaxShort),
		v.field("indicator", d.Indicator, 2, plan.MaxShort), page.Plain(v.t("part.own")), v.amount("goal_from", d.Goal.From), v.amount("goal_is", d.Goal.Is), v.unit(d.Goal.Unit),
		page.Heading(v.t("part.who")), v.field("owner", d.Owner, 0, plan.MaxShort), deadline, uah, v.pick("money", string(d.Money), money),
		page.Heading(v.t("part.state")), v.pick("status", string(d.Status), status), v.field("reason", d.Reason, 2, plan.MaxText), v.field("notes", d.Notes, 3, plan.MaxText),
	}}, nil
}

// amount is a field for a number of a goal.
func (v *view) amount(name string, now *float64) page.Field {
	f := v.field(name, v.exact(now), 0, 20)
	f.Width, f.InputMode, f.Plain = "6", "decimal", true
	return f
}

func (v *view) unit(now string) page.Field {
	f := v.field("goal_unit", now, 0, plan.MaxNumber)
	f.Width = "20"
	return f
}

// goalYears are the school years whose monitoring may show a plan's goals; the year after
// its last is what a new measure aims at.
func (v *view) goalYears(x place, d *plan.Draft) page.Select {
	now := d.Goal.Year
	if now == 0 {
		now = x.plan.To + 1
	}
	var years []page.Option
	for y := x.plan.From; y <= x.plan.To+1; y++ {
		years = append(years, page.Option{Value: strconv.Itoa(y), Text: institution.YearName(y)})
	}
	return v.pick("goal_year", strconv.Itoa(now), years)
}

// Add enters a measure.
func (h *Handlers) Add(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f measureForm
	if err = form.Decode(c.Request, &f); err == nil {
		var d plan.Draft
		if d, err = f.draft(); err == nil {
			_, err = h.o.Plans.Add(v.ctx, gate.Actor(c), x.plan.ID, f.Rule, d)
		}
	}
	if err != nil {
		return v.newMeasure(x, err)
	}
	return v.to(x.at, "added")
}

// Measure is one measure with its history.
func (h *Handlers) Measure(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolRead)
	if err != nil {
		return err
	}
	return v.measure(x, nil, nil)
}

// OneMeasure is the same for the department.
func (h *Handlers) OneMeasure(c *gin.Context) error {
	v := h.see(c)
	x, err := v.city()
	if err != nil {
		return err
	}
	return v.measure(x, nil, nil)
}

// measure shows a measure. typed is what somebody wrote while another one changed it: both
// texts stand on the page.
func (v *view) measure(x place, refused error, typed *plan.Draft) error {
	m, ok := x.plan.Measure(v.c.Param("measure"))
	if !ok {
		return fault.New(fault.NotFound, "plan.no_measure")
	}
	s := v.sheet(x.menu, x.at+"/measure/"+m.ID, m.Title, v.trail(x, true)...)
	s.Kicker = v.in(x.body.Name())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	if m.Gone {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Text: []string{v.t("is_out")}}})
	}
	if typed != nil {
		s.Blocks = append(s.Blocks, page.Block{ID: "both", Title: v.t("both"), Small: v.t("both.text"), Pair: v.both(typed, &m.Draft)})
	}
	facts, err := v.facts(x, m)
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, page.Block{ID: "figures", Title: v.t("figures"), Facts: facts})
	if x.edit && !m.Gone {
		f, err := v.measureForm(x, &m.Draft)
		if err != nil {
			return err
		}
		f.Action, f.Hidden = x.at+"/measure/"+m.ID, []page.Hidden{{Name: "version", Value: strconv.FormatInt(m.Version, 10)}}
		f.Buttons = []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("cancel"), Href: x.at, Kind: "quiet", Small: true}}
		s.Blocks = append(s.Blocks, page.Block{ID: "edit", Title: v.t("edit"), Form: f})
		s.Blocks = append(s.Blocks, page.Block{Noprint: true, Forms: []page.Form{one(x.at+"/measure/"+m.ID+"/out", v.t("take_out"), "bad", v.t("take_out.sure"), page.Hidden{Name: "version", Value: strconv.FormatInt(m.Version, 10)})}})
	} else {
		s.Blocks = append(s.Blocks, page.Block{Facts: v.written(&m.Draft)})
		if m.Gone && x.edit {
			s.Blocks = append(s.Blocks, page.Block{Forms: []page.Form{one(x.at+"/measure/"+m.ID+"/back", v.t("put_back"), "second", "")}})
		}
	}
	s.Blocks = append(s.Blocks, v.history(m))
	return v.show(status, s)
}

// outcome is what stands there now; of a closed plan, what it kept.
func (v *view) outcome(x place, m *plan.Measure) (*plan.Outcome, error) {
	if m.Outcome != nil || x.plan.IsClosed() {
		return m.Outcome, nil
	}
	return v.h.o.Plans.Now(v.ctx, x.plan, m)
}

// facts are the figure at the start, the goal, what it is now, and the result.
func (v *view) facts(x place, m *plan.Measure) (list []page.Row, err error) {
	add := func(key, value string) {
		if value != "" {
			list = append(list, page.Row{Key: v.t(key), Value: value})
		}
	}
	out, err := v.outcome(x, m)
	if err != nil {
		return nil, err
	}
	add("col.why", v.why(m))
	if m.Answers.IsZero() && m.Goal.To != nil {
		add("field.indicator", m.Indicator)
	}
	add("col.start", v.start(m))
	add("field.goal", v.goal(m))
	add("col.now", v.now(m, out))
	add("col.change", v.moved(m, out))
	add("col.standing", v.standing(m.Stands(out)))
	add("field.target", m.Target)
	add("col.result", m.Result)
	return list, nil
}

// Edit changes a measure.
func (h *Handlers) Edit(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f measureForm
	var d plan.Draft
	if err = form.Decode(c.Request, &f); err == nil {
		if d, err = f.draft(); err == nil {
			if f.Version < 1 {
				err = fault.New(fault.Conflict, "plan.changed_meanwhile")
			} else {
				_, err = h.o.Plans.Edit(v.ctx, gate.Actor(c), x.plan.ID, c.Param("measure"), f.Version, d)
			}
		}
	}
	if err == nil {
		return v.to(x.at+"/measure/"+c.Param("measure"), "saved")
	}
	if x, e := v.own(person.SchoolRead); e == nil { // as it stands now
		if fa := fault.As(err); fa != nil && fa.Key == "plan.changed_meanwhile" {
			return v.measure(x, err, &d)
		}
		return v.measure(x, err, nil)
	}
	return err
}

// TakeOut takes a measure out; the plan shows the way back.
func (h *Handlers) TakeOut(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		Version int64 `form:"version"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if _, err := h.o.Plans.TakeOut(v.ctx, gate.Actor(c), x.plan.ID, c.Param("measure"), f.Version); err != nil {
		return v.measure(x, err, nil)
	}
	return v.to(x.at, "out")
}

// PutBack undoes TakeOut.
func (h *Handlers) PutBack(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	if err := form.Decode(c.Request, &struct{}{}); err != nil {
		return err
	}
	if _, err := h.o.Plans.PutBack(v.ctx, gate.Actor(c), x.plan.ID, c.Param("measure")); err != nil {
		return v.plan(x, err)
	}
	return v.to(x.at, "back")
}
