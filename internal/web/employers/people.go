package employers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/person"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// plain names faults of a step by the fields of the form that adds one.
func plain(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	list := slices.Clone(f.Fields)
	for i := range list {
		list[i].Pointer, _, _ = strings.Cut(list[i].Pointer, ".")
	}
	return fault.InvalidFields(list...)
}

// People is the page on which codes are made and invitations sent.
func (h *Handlers) People(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	if c.Query("done") == "back" {
		return v.people(i, nil, order{}, v.t("done.back"))
	}
	return v.people(i, nil, order{}, "")
}

// order is what was typed to make codes.
type order struct{ n, days, mails, mailDays string }

func (v *view) people(i *institution.Institution, refused error, o order, done string) error {
	at := path(i)
	s := v.sheet(at+"/people", v.t("people.title"), "employer", page.Link{Href: at, Text: v.in(i.Name())})
	status, err := v.refused(&s, refused)
	if err != nil {
		return err
	}
	s.Lead, s.Done = v.t("people.lead"), done
	have, err := v.h.o.Staffing.CodesOf(v.ctx, i)
	if err != nil {
		return err
	}
	made := v.t("codes.work", "N", v.w.Int(have.N), "Left", v.w.Int(have.Left))
	if frame := v.h.o.Staffing.Frame(i); frame > 0 {
		made = v.t("codes.work_of", "N", v.w.Int(have.N), "Left", v.w.Int(have.Left), "Of", v.w.Int(frame))
	}
	hidden := []page.Hidden{{Name: "rev", Value: strconv.FormatInt(have.Rev, 10)}}
	s.Blocks = append(s.Blocks,
		page.Block{ID: "sees", Note: &page.Note{Title: v.t("sees.title"), Text: []string{v.t("sees"), v.t("sees.staff")}}},
		page.Block{ID: "codes", Title: v.t("codes"), Small: v.t("codes.text"), Text: []string{made}, Form: &page.Form{Action: at + "/codes", Card: true, Hidden: hidden,
			Parts: []any{page.Field{ID: page.FieldID("codes"), Name: "codes", Label: v.t("field.codes"), Hint: v.t("field.codes.hint"), Width: "6", InputMode: "numeric", Plain: true, MaxLength: 5, Value: o.n, Error: v.fault("codes")},
				v.term("days", o.days)},
			Buttons: []page.Button{{Text: v.t("codes.go"), Small: true}}}})
	b := page.Block{ID: "mails", Title: v.t("mails"), Small: v.t("mails.text")}
	if v.h.o.Mail == nil {
		b.Text = []string{v.t("mails.off")}
	} else {
		b.Form = &page.Form{Action: at + "/mails", Card: true, Hidden: hidden,
			Parts: []any{page.Field{ID: page.FieldID("mails"), Name: "mails", Label: v.t("field.mails"), Hint: v.t("field.mails.hint", "N", staffing.MaxMails), Rows: 6, Plain: true, Value: o.mails, Error: v.fault("mails")},
				v.term("maildays", o.mailDays)},
			Buttons: []page.Button{{Text: v.t("mails.go"), Small: true, Confirm: v.t("mails.sure")}}}
	}
	s.Blocks = append(s.Blocks, b)
	if len(have.Lots) > 0 {
		s.Blocks = append(s.Blocks, v.lots(i, have.Lots))
	}
	return v.show(status, s)
}

// term asks how long codes work.
func (v *view) term(name, typed string) page.Select {
	s := page.Select{ID: page.FieldID(name), Name: name, Label: v.t("field.days"), Error: v.fault(name)}
	for _, n := range staffing.Terms() {
		value := strconv.Itoa(n)
		s.Options = append(s.Options, page.Option{Value: value, Text: v.w.N("employer.days", int64(n), nil), Selected: value == typed || typed == "" && n == staffing.Term})
	}
	return s
}

// lots lists the codes that work, with the way to take them back.
func (v *view) lots(i *institution.Institution, list []staffing.Lot) page.Block {
	g := &page.Grid{Caption: v.t("lots"), Hidden: true, Cards: true, Foot: v.t("lots.foot"),
		Head: []page.GridHead{{Text: v.t("col.made")}, {Text: v.t("col.how")}, {Text: v.t("col.codes")}, {Text: v.t("col.last")}, {Text: v.t("col.act")}}}
	for _, x := range list {
		how := "lot.slips"
		if x.Mailed {
			how = "lot.mails"
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.day(x.Made)}, {Text: v.t(how)}, {Text: v.w.Int(int64(x.N))}, {Text: v.day(x.Until)},
			{Forms: []page.Form{{Action: path(i) + "/codes/back", Hidden: []page.Hidden{{Name: "lot", Value: x.ID}}, Buttons: []page.Button{{Text: v.t("lot.back"), Kind: "second", Small: true, Confirm: v.t("lot.sure")}}}}}}})
	}
	return page.Block{ID: "lots", Title: v.t("lots"), Small: v.t("lots.text"), Grid: g}
}

// TakeBack ends codes that nobody has used.
func (h *Handlers) TakeBack(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		Lot string `form:"lot" validate:"required,max=20"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.people(i, err, order{}, "")
	}
	if err := h.o.Staffing.TakeBack(v.ctx, gate.Actor(c), i.ID, f.Lot); err != nil {
		return err
	}
	return v.go2(path(i) + "/people?done=back")
}

// SlipsPage is the sheet of codes: to be printed once and cut.
type SlipsPage struct {
	page.Base
	Body, Head, How, Promise, Address, Until string
	Slips                                    []Slip
	Print                                    page.Button
}

// Slip is one code.
type Slip struct {
	Cyrillic, Latin string
	QR              template.HTML
}

// Codes makes codes and shows them once.
func (h *Handlers) Codes(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		N    int64  `form:"codes" validate:"min=1,max=2000"`
		Days string `form:"days,choice" validate:"max=4"`
		Rev  int64  `form:"rev" validate:"min=0"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.people(i, err, order{n: form.Typed(c.Request, "codes"), days: f.Days}, "")
	}
	list, lot, err := h.o.Staffing.Codes(v.ctx, gate.Actor(c), i.ID, staffing.Order{N: int(f.N), Days: days(f.Days), Rev: f.Rev})
	if err != nil {
		return v.people(i, err, order{n: strconv.FormatInt(f.N, 10), days: f.Days}, "")
	}
	p := &SlipsPage{Base: page.Base{Lang: v.lang, Title: v.t("slips.title"), Path: path(i) + "/people", NoIndex: true, Wide: true, Back: &page.Link{Href: path(i) + "/people", Text: v.t("slips.back")}},
		Body: v.in(i.Name()), Head: v.t("slips.head"), How: v.t("slips.how"), Promise: v.t("slips.promise"), Address: bare(v.origin()) + "/join", Until: v.t("slips.until", "Day", v.day(lot.Until)),
		Print: page.Button{Text: v.w.T("page.print", nil), Does: "print", Icon: "print"}}
	for _, code := range list {
		s := Slip{Cyrillic: code.Cyrillic, Latin: code.Latin}
		if s.QR, err = page.QRSVG(v.link(code), v.t("slips.qr")); err != nil {
			return err
		}
		p.Slips = append(p.Slips, s)
	}
	v.c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "employers/slips", p)
}

// days reads a choice of how long codes work; 0 for none of them.
func days(typed string) int {
	n, err := strconv.Atoi(typed)
	if err != nil {
		return 0
	}
	return n
}

func (v *view) link(c round.Code) string {
	return v.origin() + join + strings.ReplaceAll(c.Latin, "-", "")
}

// inviteID names a letter without naming the code in it.
func inviteID(c round.Code) string {
	sum := sha256.Sum256([]byte(c.Latin))
	return "employer-invite:" + hex.EncodeToString(sum[:16])
}

// addresses reads a list of addresses of mail, one a line or parted by commas.
func (v *view) addresses(text string) (list []string, err error) {
	var bad []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) }) {
		to, err := spelling.Email(word)
		if err != nil || to == "" {
			bad = append(bad, word)
			continue
		}
		if !slices.Contains(list, to) {
			list = append(list, to)
		}
	}
	switch {
	case len(bad) > 0:
		return nil, fault.InvalidFields(fault.Field{Pointer: "mails", Key: "employer.mails_bad", Args: map[string]any{"List": strings.Join(bad[:min(len(bad), 5)], ", ")}})
	case len(list) == 0:
		return nil, fault.InvalidFields(fault.Field{Pointer: "mails", Key: "page.form.required"})
	case len(list) > staffing.MaxMails:
		return nil, fault.InvalidFields(fault.Field{Pointer: "mails", Key: "employer.mails_many", Args: map[string]any{"N": staffing.MaxMails}})
	}
	return list, nil
}

// Mails sends a code of its own to every address of a list. The addresses are not kept,
// and nobody can tell afterwards who was invited and who came.
func (h *Handlers) Mails(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	if h.o.Mail == nil {
		return fault.New(fault.Unavailable, "employer.mails_off")
	}
	var f struct {
		Mails string `form:"mails" validate:"required,max=16000"`
		Days  string `form:"maildays,choice" validate:"max=4"`
		Rev   int64  `form:"rev" validate:"min=0"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.people(i, err, order{mails: form.Typed(c.Request, "mails"), mailDays: f.Days}, "")
	}
	list, err := v.addresses(f.Mails)
	var codes []round.Code
	var lot staffing.Lot
	if err == nil {
		codes, lot, err = h.o.Staffing.Codes(v.ctx, gate.Actor(c), i.ID, staffing.Order{N: len(list), Days: days(f.Days), Mailed: true, Rev: f.Rev})
	}
	if err != nil {
		return v.people(i, mailsFault(err), order{mails: f.Mails, mailDays: f.Days}, "")
	}
	w := h.o.Words.Lang(i18n.Ukrainian)
	name := i.Name().UK
	until, err := time.ParseInLocation(time.DateOnly, lot.Until, i18n.Kyiv)
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	for k, to := range list {
		args := map[string]any{"Employer": name, "Link": v.link(codes[k]), "Code": codes[k].Cyrillic, "Day": w.Date(until)}
		if err := h.o.Mail(v.ctx, Letter{ID: inviteID(codes[k]), To: to, Subject: w.T("employer.mail.subject", args), Text: w.T("employer.mail.text", args), Lang: i18n.Ukrainian}); err != nil {
			return err
		}
	}
	return v.go2(path(i) + "?done=mails")
}

// mailsFault names faults of an order of codes by the fields of the list.
func mailsFault(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	list := slices.Clone(f.Fields)
	for i := range list {
		if list[i].Pointer = "mails"; f.Fields[i].Pointer == "days" {
			list[i].Pointer = "maildays"
		}
	}
	return fault.InvalidFields(list...)
}
