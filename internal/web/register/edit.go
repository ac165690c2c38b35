package register

import (
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// bodyForm is what is typed of an institution that is not its history.
type bodyForm struct {
	Rev       int64  `form:"rev"`
	NameUK    string `form:"name_uk" validate:"max=250"`
	NameEN    string `form:"name_en" validate:"max=250"`
	CurrentEN string `form:"current_en" validate:"max=250"` // of the name it has
	Code      string `form:"code" validate:"max=40"`
	Kind      string `form:"kind" validate:"max=20"`
	TypeUK    string `form:"type_uk" validate:"max=300"`
	TypeEN    string `form:"type_en" validate:"max=300"`
	AddressUK string `form:"address_uk" validate:"max=300"`
	AddressEN string `form:"address_en" validate:"max=300"`
	District  string `form:"district" validate:"max=40"`
	Lat       string `form:"lat" validate:"max=60"`
	Lon       string `form:"lon" validate:"max=30"`
	Group     string `form:"group" validate:"max=80"`
	State     string `form:"state" validate:"max=20"`
	Source    string `form:"source" validate:"max=300"`
	Verified  string `form:"verified" validate:"max=20"`
}

// onto puts what was typed on an institution. Errors: Invalid.
func (f *bodyForm) onto(i institution.Institution) (_ institution.Institution, err error) {
	if i.Point, err = institution.ReadPoint(f.Lat, f.Lon); err != nil {
		return i, err
	}
	i.Code, i.Kind, i.District, i.Group, i.Source, i.Verified = f.Code, institution.Kind(f.Kind), f.District, f.Group, f.Source, typedDay(f.Verified)
	i.Type, i.Address = i18n.Text{UK: f.TypeUK, EN: f.TypeEN}, i18n.Text{UK: f.AddressUK, EN: f.AddressEN}
	if f.State != "" {
		i.State = institution.State(f.State)
	}
	return i, nil
}

// parts are the fields of an institution that is not its history.
func (v *view) parts(in string, i *institution.Institution) []any {
	lat, lon := i.Point.Cells()
	var list []any
	if i.ID != "" {
		list = append(list, v.field(in, "current_en", i.Name().EN, ""))
	}
	list = append(list,
		v.pick(in, "kind", v.t("field.kind"), string(i.Kind), v.kinds("")),
		v.field(in, "code", i.Code, "20"), v.field(in, "type_uk", i.Type.UK, ""), v.field(in, "type_en", i.Type.EN, ""),
		v.field(in, "address_uk", i.Address.UK, ""), v.field(in, "address_en", i.Address.EN, ""),
		v.pick(in, "district", v.t("field.district"), i.District, v.districts(v.t("district.none"))),
		v.field(in, "lat", lat, "10"), v.field(in, "lon", lon, "10"),
		v.field(in, "group", i.Group, ""), v.field(in, "source", i.Source, ""), v.field(in, "verified", i.Verified, "10"))
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
	s := v.sheet("institutions", Institutions+"/new", v.t("add.title"), v.back())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	v.failed = "new"
	parts := append([]any{v.field("new", "name_uk", "", ""), v.field("new", "name_en", "", "")}, v.parts("new", &institution.Institution{Kind: institution.School})...)
	s.Blocks = []page.Block{{Form: &page.Form{Action: Institutions, Card: true, Parts: parts,
		Buttons: []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("cancel"), Href: Institutions, Kind: "quiet", Small: true}}}, Map: v.h.o.Map}}
	return v.show(status, s)
}

// AddBody enters an institution.
func (h *Handlers) AddBody(c *gin.Context) error {
	v := h.see(c)
	var f bodyForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		var i institution.Institution
		if i, err = f.onto(institution.Institution{Names: []institution.Name{{Name: i18n.Text{UK: f.NameUK, EN: f.NameEN}}}}); err == nil {
			var made *institution.Institution
			if made, err = h.o.Bodies.Add(v.ctx, gate.Actor(c), i); err == nil {
				return v.to(Institutions+"/"+made.ID, "added")
			}
		}
	}
	return v.newBody(err)
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
		next, err := f.onto(*i)
		if err == nil {
			next.Names = slices.Clone(i.Names)
			if n := len(next.Names); c.Request.PostForm.Has("current_en") {
				next.Names[n-1].Name.EN = f.CurrentEN
			}
			_, err = h.o.Bodies.Edit(v.ctx, gate.Actor(c), f.Rev, next)
		}
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
		_, err := h.o.Bodies.Rename(v.ctx, gate.Actor(c), i.ID, f.Rev, institution.Name{Name: i18n.Text{UK: f.NameUK, EN: f.NameEN}, From: typedDay(f.From), Why: f.Why})
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
		count, err := counted(f.Count)
		if err != nil {
			return err
		}
		frame := institution.Frame{Year: int(f.Year), Count: count, Source: f.Source}
		_, err = h.o.Bodies.SetFrame(v.ctx, gate.Actor(c), i.ID, f.Rev, frame)
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
