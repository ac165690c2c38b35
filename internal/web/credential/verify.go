package credential

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/credential"
	"osvitlo/internal/credential/badge"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/page"
)

// VerifyPage is the public check of a credential, and its certificate.
type VerifyPage struct {
	page.Base
	Known   bool
	ID      string
	State   string
	Kind    string // of the note
	Status  string
	Why     string
	Heading string
	Badge   string // its title
	About   string
	Art     string
	ArtText string
	Rows    []page.Row
	Formal  []page.Row
	Council string
	Skills  []string
	Issuer  string
	Not     string
	Demo    string
	QR      template.HTML
	Link    string
	Mine    []page.Download
	MyPage  *page.Link
	Field   page.Field
}

// VerifyForm asks for the number on a certificate.
func (h *Handlers) VerifyForm(c *gin.Context) error {
	v := h.see(c)
	if id := strings.ToLower(strings.Join(strings.Fields(c.Query("id")), "")); id != "" && len(id) <= 64 {
		if at := strings.LastIndexByte(id, '/'); at >= 0 { // somebody pasted the whole address
			id = id[at+1:]
		}
		if strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
			v.c.Header("Cache-Control", "no-store")
			page.SeeOther(c.Writer, c.Request, "/verify/"+id)
			return nil
		}
	}
	p := &VerifyPage{Base: v.base(v.t("verify.ask")), Heading: v.t("verify.ask"), About: v.t("verify.ask.text"), Field: v.number(c.Query("id"))}
	return v.render(http.StatusOK, "credential/ask", p)
}

func (v *view) number(value string) page.Field {
	return page.Field{ID: "f-id", Name: "id", Label: v.t("verify.number"), Hint: v.t("verify.number.hint"), Value: value, MaxLength: 200, Plain: true, Autocomplete: "off"}
}

// Verify tells anybody what a credential is worth now.
func (h *Handlers) Verify(c *gin.Context) error {
	v := h.see(c)
	doc, err := h.o.Credentials.Get(v.ctx, c.Param("id"))
	if fault.Is(err, fault.NotFound) {
		p := &VerifyPage{Base: v.base(v.t("verify.unknown")), Heading: v.t("verify.unknown"), State: string(credential.Unknown), Kind: "bad",
			Status: v.t("state.unknown"), Why: v.t("verify.unknown.text"), Field: v.number("")}
		return v.render(http.StatusNotFound, "credential/verify", p)
	}
	if err != nil {
		return err
	}
	p := v.about(doc)
	p.Base = v.base(v.t("verify.title"))
	p.Heading = v.t("verify.title")
	if v.holds(doc) {
		p.Mine = v.downloads(doc)
		if doc.Learner.Person() != "" {
			p.MyPage = &page.Link{Href: mine, Text: v.t("verify.mine")}
		}
	}
	return v.render(http.StatusOK, "credential/verify", p)
}

// about says of a credential what everybody may know.
func (v *view) about(doc *credential.View) *VerifyPage {
	p := &VerifyPage{Known: true, ID: doc.ID, State: string(doc.State), Badge: v.title(doc.Credential), About: doc.Description.In(v.lang),
		Art: "/badges/" + doc.Badge + "/image.svg", Issuer: v.issuer(), Not: v.t("not"), Link: v.site() + "/verify/" + doc.ID}
	if _, err := v.h.o.Catalogue.Badge(doc.Badge); err != nil { // the badge was taken out of the content since
		p.Art = ""
	}
	p.Kind, p.Status, p.Why = "good", v.t("state.valid"), v.t("verify.valid", "Day", v.w.Date(v.h.o.Now()))
	if doc.Revoked != nil {
		p.Kind, p.Status = "bad", v.t("state.revoked")
		p.Why = v.t("verify.revoked", "Day", v.w.Date(doc.Revoked.At.Time), "Reason", v.t("reason."+string(doc.Revoked.Reason)))
	}
	if v.h.o.Credentials.Demo() {
		p.Demo = v.t("demo")
	}
	who := doc.Who
	if who == "" {
		who = v.t("verify.noname")
	}
	p.Rows = []page.Row{{Key: v.t("row.who"), Value: who}, {Key: v.t("row.what"), Value: p.Badge}}
	if doc.Level != "" {
		p.Rows = append(p.Rows, page.Row{Key: v.t("row.level"), Value: doc.Level})
	}
	p.Rows = append(p.Rows, page.Row{Key: v.t("row.day"), Value: v.w.Date(doc.At.Time)}, page.Row{Key: v.t("row.issuer"), Value: p.Issuer}, page.Row{Key: v.t("row.number"), Value: doc.ID})
	for _, id := range doc.Competences {
		if title := v.h.o.Catalogue.CompetenceTitle(id); !title.IsZero() {
			p.Skills = append(p.Skills, strings.TrimPrefix(id, "ua")+" "+title.In(v.lang))
		}
	}
	if size := v.size(doc.Credential); size != "" {
		p.Formal = append(p.Formal, page.Row{Key: v.t("row.size"), Value: size})
	}
	if doc.Formal {
		p.Formal = append(p.Formal, page.Row{Key: v.t("row.programme"), Value: v.t("programme", "Title", doc.Title.In(v.lang), "Version", doc.CourseVersion)},
			page.Row{Key: v.t("row.provider"), Value: p.Issuer})
		p.Council = v.t("council")
	}
	return p
}

// paper is what the printed document is called.
func (v *view) paper(doc *credential.Credential) string {
	if doc.Kind == badge.Taken {
		return v.t("cert.title.taken")
	}
	return v.t("cert.title")
}

// title is the achievement in words, with the level where there is one.
func (v *view) title(doc *credential.Credential) string {
	if doc.Kind == badge.Level {
		return doc.Title.In(v.lang) + ": " + doc.Level
	}
	return doc.Title.In(v.lang)
}

// size is how much a course takes: lessons and hours.
func (v *view) size(doc *credential.Credential) string {
	if doc.Lessons == 0 || doc.Minutes == 0 {
		return ""
	}
	length := v.t("minutes", "Minutes", v.w.Int(int64(doc.Minutes)))
	if doc.Minutes >= 90 {
		length = v.t("hours", "Hours", v.w.Number(float64(doc.Minutes)/60, 1))
	}
	return v.w.N("credential.lessons", int64(doc.Lessons), nil) + ", " + length
}

func (v *view) issuer() string {
	if t := v.h.o.Credentials.Issuer(); !t.IsZero() {
		return t.In(v.lang)
	}
	return v.h.o.City.Name.In(v.lang)
}

// Names of the files of a credential.
const (
	filePDF  = "certificate.pdf"
	filePage = "certificate"
	fileJSON = "badge.json"
	fileJWT  = "badge.jwt"
	filePNG  = "badge.png"
	fileSVG  = "badge.svg"
)

// downloads lists the files for the holder: signed ones only where they can be signed.
func (v *view) downloads(doc *credential.View) (list []page.Download) {
	if doc.State == credential.Revoked {
		return nil
	}
	add := func(file, kind string) {
		list = append(list, page.Download{Href: "/verify/" + doc.ID + "/" + file, Text: v.t("file." + kind), Meta: v.t("file." + kind + ".meta")})
	}
	add(filePDF, "pdf")
	add(filePage, "page")
	if v.h.o.Credentials.Ready() == nil {
		add(fileJSON, "json")
		add(fileJWT, "jwt")
		add(filePNG, "png")
		add(fileSVG, "svg")
	}
	return list
}

// File gives one file of a credential: the certificate to anybody who has its address,
// since it says no more than the check, and signed files to the holder.
func (h *Handlers) File(c *gin.Context) error {
	v := h.see(c)
	doc, err := h.o.Credentials.Get(v.ctx, c.Param("id"))
	if err != nil {
		return err
	}
	file := c.Param("file")
	if doc.State == credential.Revoked { // the check says why
		page.SeeOther(c.Writer, c.Request, "/verify/"+doc.ID)
		return nil
	}
	c.Header("Cache-Control", "no-store")
	c.Header("X-Robots-Tag", "noindex")
	switch file {
	case filePage:
		return v.certificate(doc)
	case filePDF:
		body, err := v.pdf(doc)
		if err != nil {
			return err
		}
		c.Header("Content-Disposition", `attachment; filename="certificate-`+doc.ID[:8]+`.pdf"`)
		return v.bytes(typePDF, body)
	}
	if !v.holds(doc) {
		return fault.New(fault.NotFound, "")
	}
	var body []byte
	kind := ""
	switch file {
	case fileJSON:
		kind = typeVC
		body, err = h.o.Credentials.Signed(v.ctx, doc.ID)
	case fileJWT:
		kind = typeJWT
		var text string
		text, err = h.o.Credentials.JWT(v.ctx, doc.ID)
		body = []byte(text)
	case filePNG:
		kind = typePNG
		body, err = h.o.Credentials.PNG(v.ctx, doc.ID)
	case fileSVG:
		kind = typeSVG
		body, err = h.o.Credentials.SVG(v.ctx, doc.ID)
	default:
		err = fault.New(fault.NotFound, "")
	}
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="`+file+`"`)
	return v.bytes(kind, body)
}

func (v *view) certificate(doc *credential.View) error {
	p := v.about(doc)
	p.Base = v.base(v.paper(doc.Credential) + ": " + p.Badge)
	p.Heading = v.paper(doc.Credential)
	qr, err := page.QRSVG(p.Link, v.t("cert.qr", "Link", p.Link))
	if err != nil {
		return err
	}
	p.QR = qr
	return v.render(http.StatusOK, "credential/certificate", p)
}
