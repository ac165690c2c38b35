package register

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// mine are the institutions the reader coordinates.
func (v *view) mine() (list []*institution.Institution) {
	for _, g := range gate.Actor(v.c).Grants {
		if g.Role != person.Coordinator {
			continue
		}
		if i, ok := v.h.o.Bodies.ByID(g.Place); ok && gate.Check(v.c, person.SchoolRead, person.Of(i.ID)) == nil {
			list = append(list, i)
		}
	}
	return list
}

// OwnFirst leads to the reader's institution, or shows that there is none.
func (h *Handlers) OwnFirst(c *gin.Context) error {
	v := h.see(c)
	if list := v.mine(); len(list) > 0 {
		page.SeeOther(c.Writer, c.Request, Own+"/"+list[0].ID)
		return nil
	}
	s := v.sheet("school", Own, v.t("own.title"), v.school())
	s.Lead = v.t("own.none")
	return v.show(200, s)
}

func (v *view) school() page.Link { return page.Link{Href: "/school", Text: v.t("own.school")} }

// own is the institution of the address, if it is the reader's.
func (v *view) own(act person.Action) (*institution.Institution, error) {
	i, ok := v.h.o.Bodies.ByID(v.c.Param("body"))
	if !ok {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	return i, gate.Check(v.c, act, person.Of(i.ID))
}

// OwnPeople is where a coordinator confirms how many people there are and hands the duty
// over.
func (h *Handlers) OwnPeople(c *gin.Context) error { return h.see(c).ownPage("", nil) }

func (v *view) ownPage(failed string, refused error) error {
	i, err := v.own(person.SchoolRead)
	if err != nil {
		return err
	}
	at := Own + "/" + i.ID
	s := v.sheet("school", at, v.t("own.title"), v.school())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	v.failed = failed
	s.Kicker = v.in(i.Name())
	if mine := v.mine(); len(mine) > 1 {
		b := page.Block{Text: []string{v.t("own.switch", "Name", v.in(i.Name()))}, Noprint: true}
		for _, other := range mine {
			if other.ID != i.ID {
				b.Acts = append(b.Acts, page.Button{Text: v.in(other.Name()), Href: Own + "/" + other.ID, Kind: "second", Small: true})
			}
		}
		s.Blocks = append(s.Blocks, b)
	}
	year := institution.YearOf(v.h.o.Now())
	f, has := i.FrameOf(year)
	frame := page.Block{ID: "frames", Title: v.t("own.frame", "Year", institution.YearName(year)), Small: v.t("frames.text")}
	switch {
	case !has:
		frame.Note = &page.Note{Kind: "sun", Text: []string{v.t("own.frame.missing")}}
	case f.Carried:
		frame.Note = &page.Note{Kind: "sun", Text: []string{v.t("own.frame.carried")}}
	default:
		frame.Note = &page.Note{Kind: "good", Text: []string{v.t("own.frame.confirmed")}}
	}
	var parts []any
	for _, r := range institution.RolesOf(i.Kind) {
		n, known := f.Count[r]
		parts = append(parts, v.number("frame", "count_"+string(r), v.role(r), n, known))
	}
	parts = append(parts, v.field("frame", "frame_source", f.Source, ""))
	text := v.t("own.frame.do")
	if has && !f.Carried {
		text = v.t("save")
	}
	frame.Form = &page.Form{Action: at + "/frame", Hidden: rev(i.Rev), Card: true, Parts: parts, Buttons: []page.Button{{Text: text, Small: true}}}
	s.Blocks = append(s.Blocks, frame)

	duties, err := v.duties(i.ID)
	if err != nil {
		return err
	}
	who := page.Block{ID: "coordinator", Title: v.t("coordinator")}
	for _, d := range duties[i.ID] {
		who.Facts = append(who.Facts, page.Row{Key: v.name(d.person), Value: v.until(d.until)})
	}
	s.Blocks = append(s.Blocks, who)
	waits, err := v.waiting(i.ID, "")
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, waits...)
	s.Blocks = append(s.Blocks, page.Block{ID: "hand", Title: v.t("hand"), Text: []string{v.t("hand.text")}, Form: &page.Form{Action: at + "/hand", Card: true,
		Parts: []any{v.pick("hand", "year", v.t("field.duty_year"), "", v.years())}, Buttons: []page.Button{{Text: v.t("hand.do"), Kind: "second", Small: true}}}})
	return v.show(status, s)
}

// counted reads numbers of people by role. Errors: Invalid.
func counted(cells map[string]string) (map[institution.Role]int, error) {
	out := map[institution.Role]int{}
	var faults []fault.Field
	for role, text := range cells {
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			faults = append(faults, fault.Field{Pointer: "count_" + role, Key: form.KeyNumber})
		}
		out[institution.Role(role)] = n
	}
	if len(faults) > 0 {
		return nil, fault.InvalidFields(faults...)
	}
	return out, nil
}

// OwnFrame confirms the numbers of this school year.
func (h *Handlers) OwnFrame(c *gin.Context) error {
	v := h.see(c)
	i, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		Rev    int64             `form:"rev"`
		Source string            `form:"frame_source" validate:"max=300"`
		Count  map[string]string `form:"count_*"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		frame := institution.Frame{Year: institution.YearOf(h.o.Now()), Source: f.Source}
		if frame.Count, err = counted(f.Count); err == nil {
			_, err = h.o.Bodies.Confirm(v.ctx, gate.Actor(c), i.ID, f.Rev, frame)
		}
	}
	if err != nil {
		return v.ownPage("frame", err)
	}
	return v.to(Own+"/"+i.ID, "confirmed")
}

// OwnHand makes the link with which a colleague takes the duty over.
func (h *Handlers) OwnHand(c *gin.Context) error {
	v := h.see(c)
	i, err := v.own(person.CoordinatorHand)
	if err != nil {
		return err
	}
	var f struct {
		Year string `form:"year" validate:"max=10"`
	}
	err = form.Decode(c.Request, &f)
	until, token := v.dutyEnd(f.Year), ""
	if err == nil {
		token, err = h.o.People.HandOver(v.ctx, *gate.Actor(c), gate.Actor(c).Person, i.ID, until)
	}
	if err != nil {
		return v.ownPage("hand", err)
	}
	return v.invited(i, token, until, true, Own+"/"+i.ID, v.school())
}
