package services

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/eservice"
	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// warnForm is a warning as it is typed, on a telephone first.
type warnForm struct {
	Rev     int64  `form:"rev"`
	Title   string `form:"title" validate:"max=200"`
	Looks   string `form:"looks" validate:"max=2000"`
	Act     string `form:"act" validate:"max=2000"`
	TitleEN string `form:"title_en" validate:"max=200"`
	LooksEN string `form:"looks_en" validate:"max=2000"`
	ActEN   string `form:"act_en" validate:"max=2000"`
	Scheme  int    `form:"scheme"`
	Picture string `form:"picture" validate:"max=300"`
	Alt     string `form:"alt" validate:"max=400"`
	Days    int    `form:"days"`
}

// usualDays is how long a warning stays unless the editor says otherwise.
const usualDays = 14

func (f *warnForm) draft() eservice.Draft {
	return eservice.Draft{Rev: f.Rev, Title: i18n.Text{UK: f.Title, EN: f.TitleEN}, Looks: i18n.Text{UK: f.Looks, EN: f.LooksEN}, Act: i18n.Text{UK: f.Act, EN: f.ActEN},
		Scheme: f.Scheme, Picture: f.Picture, Alt: i18n.Text{UK: f.Alt}, Days: f.Days}
}

// OfficeWarnings lists all warnings.
func (h *Handlers) OfficeWarnings(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("warnings", v.t("office.warnings"))
	s.Lead = v.t("office.warnings.lead")
	grid := &page.Grid{Caption: v.t("office.warnings"), Hidden: true, Cards: true, Empty: v.t("warn.none"),
		Head: []page.GridHead{{Text: v.t("col.warning")}, {Text: v.t("col.state")}, {Text: v.t("col.made")}, {Text: v.t("col.ends")}}}
	for _, w := range h.o.Manual.AllWarnings() {
		tag := page.Tag{Kind: "good", Text: v.t("state.live")}
		if !w.Live(v.now) {
			tag = page.Tag{Text: v.t("state.over")}
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(w.Title), Href: OfficeWarn + "/" + w.ID}, {Tag: &tag, Head: v.t("col.state")},
			{Text: v.w.DateTime(w.Made.Time), Head: v.t("col.made")}, {Text: v.w.Date(w.Until.Time), Head: v.t("col.ends")}}})
	}
	s.Blocks = []page.Block{{Acts: []page.Button{{Text: v.t("do.new"), Href: OfficeWarn + "/new", Small: true}, {Text: v.t("warn.sheet"), Href: WarnAddress + "/print", Kind: "second", Small: true}}}, {Grid: grid}}
	return v.staff(http.StatusOK, s)
}

// NewWarning is the form of a new warning.
func (h *Handlers) NewWarning(c *gin.Context) error {
	v := h.see(c)
	return v.warnPage(http.StatusOK, "", warnForm{Days: usualDays}, nil, nil)
}

// EditWarning is the form of a warning that is there.
func (h *Handlers) EditWarning(c *gin.Context) error {
	v := h.see(c)
	w, err := h.o.Manual.Warning(c.Param("id"))
	if err != nil {
		return err
	}
	return v.warnPage(http.StatusOK, w.ID, v.typed(w), nil, nil)
}

// typed is a warning as its form shows it.
func (v *view) typed(w *eservice.Warning) warnForm {
	days := int((w.Until.Sub(v.now) + 23*time.Hour) / (24 * time.Hour))
	if days < eservice.MinDays {
		days = usualDays
	}
	return warnForm{Rev: w.Rev, Title: w.Title.UK, Looks: w.Looks.UK, Act: w.Act.UK, TitleEN: w.Title.EN, LooksEN: w.Looks.EN, ActEN: w.Act.EN,
		Scheme: w.Scheme, Picture: w.Picture, Alt: w.Alt.UK, Days: days}
}

func (v *view) warnPage(status int, id string, f warnForm, sum *page.ErrorSummary, faults []fault.Field) error {
	title, action := v.t("warn.new"), OfficeWarn+"/new"
	if id != "" {
		title, action = v.t("warn.edit"), OfficeWarn+"/"+id
	}
	s := v.sheet("warnings", title, page.Link{Href: OfficeWarn, Text: v.t("office.warnings")})
	s.Errors, s.Failed, s.Narrow, s.Lead = sum, sum != nil, true, v.t("warn.form.lead")
	b := boxes{v, faults}
	scheme := page.Select{ID: page.FieldID("scheme"), Name: "scheme", Label: v.t("field.scheme"), Error: page.FaultText(v.w, faults, "scheme"), Options: []page.Option{{Value: "0", Text: v.t("scheme.0")}}}
	for n := range manual.Schemes {
		scheme.Options = append(scheme.Options, page.Option{Value: itoa(n + 1), Text: v.t("scheme." + itoa(n+1)), Selected: f.Scheme == n+1})
	}
	parts := []any{b.text("title", f.Title, "", eservice.MaxWarningTitle), b.area("looks", f.Looks, 5, eservice.MaxWarningText), b.area("act", f.Act, 4, eservice.MaxWarningText), scheme}
	days := b.text("days", itoa(f.Days), "4", 3)
	days.InputMode = "numeric"
	parts = append(parts, days)
	if v.h.o.Images != nil {
		images, err := v.h.o.Images(v.ctx, gate.Actor(v.c))
		if err != nil {
			return err
		}
		pick := page.Select{ID: page.FieldID("picture"), Name: "picture", Label: v.t("field.picture"), Hint: v.t("field.picture.hint"), Error: page.FaultText(v.w, faults, "picture"), Options: []page.Option{{Text: v.t("field.picture.none")}}}
		for _, one := range images {
			pick.Options = append(pick.Options, page.Option{Value: one.Path, Text: one.Title, Selected: one.Path == f.Picture})
		}
		alt := b.text("alt", f.Alt, "", 300)
		alt.ID += "-words"
		parts = append(parts, pick, alt)
	}
	parts = append(parts, page.Heading(v.t("warn.english")), page.Plain(v.t("warn.english.text")), b.text("title_en", f.TitleEN, "", eservice.MaxWarningTitle), b.area("looks_en", f.LooksEN, 4, eservice.MaxWarningText), b.area("act_en", f.ActEN, 3, eservice.MaxWarningText))
	s.Blocks = []page.Block{{Form: &page.Form{Action: action, Card: true, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(f.Rev, 10)}}, Parts: parts, Buttons: []page.Button{{Text: v.t("do.publish")}}}}}
	if id != "" {
		if w, err := v.h.o.Manual.Warning(id); err == nil && w.Live(v.now) {
			s.Blocks = append(s.Blocks, page.Block{Forms: []page.Form{{Action: OfficeWarn + "/" + id + "/withdraw", Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(w.Rev, 10)}}, Buttons: []page.Button{{Text: v.t("do.withdraw"), Kind: "bad", Small: true}}}}})
		}
	}
	p := &WarnPage{Sheet: *s, Upload: id != "" && v.h.o.Upload != nil, Action: OfficeWarn + "/" + id + "/picture", Rev: f.Rev, Shown: f.Picture, Alt: f.Alt,
		Words: b.text("alt", f.Alt, "", 300), Wrong: page.FaultText(v.w, faults, "file"),
		Clean: page.Check{ID: page.FieldID("clean"), Name: "clean", Value: "1", Label: v.t("field.clean"), Error: page.FaultText(v.w, faults, "clean")},
		Go:    page.Button{Text: v.t("do.picture"), Kind: "second", Small: true}}
	p.Ready()
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "services/warning", p)
}

// WarnPage is the form of a warning, with the picture that may go with it.
type WarnPage struct {
	page.Sheet
	Upload     bool
	Action     string
	Rev        int64
	Shown, Alt string
	Words      page.Field
	Clean      page.Check
	Wrong      string
	Go         page.Button
}

// pictureBody bounds the upload of a picture with its fields.
const pictureBody = asset.QuickSize + 64<<10

// SetPicture takes a picture from a telephone and shows it with the warning.
func (h *Handlers) SetPicture(c *gin.Context) error {
	v := h.see(c)
	w, err := h.o.Manual.Warning(c.Param("id"))
	if err != nil {
		return err
	}
	if err := v.takePicture(w); err != nil {
		sum, faults, status, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.warnPage(status, w.ID, v.typed(w), sum, faults)
	}
	return v.to(OfficeWarn + "/" + w.ID + "?done=saved")
}

func (v *view) takePicture(w *eservice.Warning) error {
	r := v.c.Request
	_ = http.NewResponseController(v.c.Writer).SetReadDeadline(time.Now().Add(5 * time.Minute)) // a writer that cannot keeps the server's
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return fault.InvalidFields(fault.Field{Pointer: "file", Key: "asset.none"})
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what stays, the system's folder loses
	alt := i18n.Text{UK: r.FormValue("alt")}
	var bad []fault.Field
	if n := len([]rune(alt.UK)); n < 5 || n > 300 {
		bad = append(bad, fault.Field{Pointer: "alt", Key: "service.warning.alt"})
	}
	if r.FormValue("clean") != "1" {
		bad = append(bad, fault.Field{Pointer: "clean", Key: "service.clean"})
	}
	list := r.MultipartForm.File["file"]
	if len(list) != 1 || list[0].Filename == "" || v.h.o.Upload == nil {
		bad = append(bad, fault.Field{Pointer: "file", Key: "asset.none"})
	}
	rev, err := strconv.ParseInt(r.FormValue("rev"), 10, 64)
	if err != nil || rev != w.Rev {
		return fault.New(fault.Conflict, "service.changed")
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	f, err := list[0].Open()
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = f.Close() }() // only read
	who := gate.Actor(v.c)
	picture, err := v.h.o.Upload(v.ctx, who, asset.Sent{Name: list[0].Filename, Type: list[0].Header.Get("Content-Type"), Size: list[0].Size}, alt, f)
	if err != nil {
		return err
	}
	return v.h.o.Manual.SetPicture(v.ctx, who, w.ID, rev, picture, alt)
}

// Warn publishes a warning at once.
func (h *Handlers) Warn(c *gin.Context) error {
	v := h.see(c)
	var f warnForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		_, err = h.o.Manual.Warn(v.ctx, gate.Actor(c), f.draft())
	}
	if err != nil {
		sum, faults, status, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.warnPage(status, "", f, sum, faults)
	}
	return v.to(OfficeWarn + "?done=published")
}

// SaveWarning changes a warning.
func (h *Handlers) SaveWarning(c *gin.Context) error {
	v := h.see(c)
	id := c.Param("id")
	if _, err := h.o.Manual.Warning(id); err != nil {
		return err
	}
	var f warnForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Manual.Edit(v.ctx, gate.Actor(c), id, f.draft())
	}
	if err != nil {
		sum, faults, status, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.warnPage(status, id, f, sum, faults)
	}
	return v.to(OfficeWarn + "?done=saved")
}

// Withdraw takes a warning back before its time.
func (h *Handlers) Withdraw(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Rev int64 `form:"rev"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if err := h.o.Manual.Withdraw(v.ctx, gate.Actor(c), c.Param("id"), f.Rev); err != nil {
		return err
	}
	return v.to(OfficeWarn + "?done=withdrawn")
}
