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
	return v.people(i, nil, "", "")
}

func (v *view) people(i *institution.Institution, refused error, n, mails string) error {
	at := path(i)
	s := v.sheet(at+"/people", v.t("people.title"), "employer", page.Link{Href: at, Text: v.in(i.Name())})
	status, err := v.refused(&s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("people.lead")
	issued, err := v.h.o.Staffing.Issued(v.ctx, i.ID)
	if err != nil {
		return err
	}
	made := v.t("codes.issued", "N", v.w.Int(issued))
	if frame := v.h.o.Staffing.Frame(i); frame > 0 {
		made = v.t("codes.issued_of", "N", v.w.Int(issued), "Of", v.w.Int(frame))
	}
	hidden := []page.Hidden{{Name: "issued", Value: strconv.FormatInt(issued, 10)}}
	s.Blocks = append(s.Blocks,
		page.Block{ID: "sees", Note: &page.Note{Title: v.t("sees.title"), Text: []string{v.t("sees"), v.t("sees.staff")}}},
		page.Block{ID: "codes", Title: v.t("codes"), Small: v.t("codes.text"), Text: []string{made}, Form: &page.Form{Action: at + "/codes", Card: true, Hidden: hidden,
			Parts:   []any{page.Field{ID: page.FieldID("codes"), Name: "codes", Label: v.t("field.codes"), Hint: v.t("field.codes.hint"), Width: "6", InputMode: "numeric", Plain: true, MaxLength: 5, Value: n, Error: v.fault("codes")}},
			Buttons: []page.Button{{Text: v.t("codes.go"), Small: true}}}})
	b := page.Block{ID: "mails", Title: v.t("mails"), Small: v.t("mails.text")}
	if v.h.o.Mail == nil {
		b.Text = []string{v.t("mails.off")}
	} else {
		b.Form = &page.Form{Action: at + "/mails", Card: true, Hidden: hidden,
			Parts:   []any{page.Field{ID: page.FieldID("mails"), Name: "mails", Label: v.t("field.mails"), Hint: v.t("field.mails.hint", "N", staffing.MaxMails), Rows: 6, Plain: true, Value: mails, Error: v.fault("mails")}},
			Buttons: []page.Button{{Text: v.t("mails.go"), Small: true, Confirm: v.t("mails.sure")}}}
	}
	s.Blocks = append(s.Blocks, b)
	return v.show(status, s)
}

// fresh refuses a form that was sent again, or from a page older than a colleague's act.
func (v *view) fresh(i *institution.Institution, issued int64) error {
	n, err := v.h.o.Staffing.Issued(v.ctx, i.ID)
	if err == nil && n != issued {
		return fault.New(fault.Conflict, "school.codes_made")
	}
	return err
}

// SlipsPage is the sheet of codes: to be printed once and cut.
type SlipsPage struct {
	page.Base
	Body, Head, How, Promise, Address string
	Slips                             []Slip
	Print                             page.Button
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
		N      int64 `form:"codes" validate:"min=1,max=2000"`
		Issued int64 `form:"issued"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.people(i, err, form.Typed(c.Request, "codes"), "")
	}
	typed := strconv.FormatInt(f.N, 10)
	if err := v.fresh(i, f.Issued); err != nil {
		return v.people(i, err, typed, "")
	}
	list, err := h.o.Staffing.Codes(v.ctx, gate.Actor(c), i.ID, int(f.N))
	if err != nil {
		return v.people(i, err, typed, "")
	}
	p := &SlipsPage{Base: page.Base{Lang: v.lang, Title: v.t("slips.title"), Path: path(i) + "/people", NoIndex: true, Wide: true, Back: &page.Link{Href: path(i) + "/people", Text: v.t("slips.back")}},
		Body: v.in(i.Name()), Head: v.t("slips.head"), How: v.t("slips.how"), Promise: v.t("slips.promise"), Address: bare(v.origin()) + "/join",
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
		Mails  string `form:"mails" validate:"required,max=16000"`
		Issued int64  `form:"issued"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.people(i, err, "", form.Typed(c.Request, "mails"))
	}
	list, err := v.addresses(f.Mails)
	if err == nil {
		err = v.fresh(i, f.Issued)
	}
	var codes []round.Code
	if err == nil {
		codes, err = h.o.Staffing.Codes(v.ctx, gate.Actor(c), i.ID, len(list))
	}
	if err != nil {
		return v.people(i, mailsFault(err), "", f.Mails)
	}
	w := h.o.Words.Lang(i18n.Ukrainian)
	name := i.Name().UK
	for k, to := range list {
		args := map[string]any{"Employer": name, "Link": v.link(codes[k]), "Code": codes[k].Cyrillic}
		if err := h.o.Mail(v.ctx, Letter{ID: inviteID(codes[k]), To: to, Subject: w.T("employer.mail.subject", args), Text: w.T("employer.mail.text", args), Lang: i18n.Ukrainian}); err != nil {
			return err
		}
	}
	return v.go2(path(i) + "?done=mails")
}

// mailsFault names a fault of the number of codes by the field of the list.
func mailsFault(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	list := slices.Clone(f.Fields)
	for i := range list {
		list[i].Pointer = "mails"
	}
	return fault.InvalidFields(list...)
}
