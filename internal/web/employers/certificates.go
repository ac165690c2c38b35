package employers

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// shownCert is a certificate that its holder shows to the employer.
type shownCert struct {
	name, title, hours, id string
	at                     time.Time
	all                    bool // they agreed to every certificate, not to single ones
}

// certificates lists what people agreed to show; the reading is written down.
func (v *view) certificates(i *institution.Institution) (list []shownCert, err error) {
	enrolled, err := v.h.o.Staffing.Showing(v.ctx, gate.Actor(v.c), i.ID)
	if err != nil {
		return nil, err
	}
	for _, e := range enrolled {
		held, err := v.h.o.Held(v.ctx, e.Person)
		if err != nil {
			return nil, err
		}
		var name string
		for _, c := range held {
			if c.State != credential.Valid || !e.Shows(c.ID) {
				continue
			}
			if name == "" {
				if name, err = v.h.o.Name(v.ctx, e.Person); err != nil {
					return nil, err
				}
				name = cmp.Or(name, v.t("cert.noname"))
			}
			list = append(list, shownCert{name, v.in(c.Title), v.hours(c.Minutes), c.ID, c.At.Time, e.All})
		}
	}
	slices.SortFunc(list, func(a, b shownCert) int {
		return cmp.Or(cmp.Compare(store.CollationKey(a.name), store.CollationKey(b.name)), a.at.Compare(b.at), cmp.Compare(a.id, b.id))
	})
	return list, nil
}

// hours of a course as certificates state them; empty for a level.
func (v *view) hours(minutes int) string {
	if minutes == 0 {
		return ""
	}
	return v.w.Number(float64(minutes)/60, 1)
}

func (v *view) agreed(c shownCert) string {
	if c.all {
		return v.t("agreed.all")
	}
	return v.t("agreed.one")
}

// Certificates lists the certificates that people show to their employer.
func (h *Handlers) Certificates(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	list, err := v.certificates(i)
	if err != nil {
		return err
	}
	at := path(i)
	s := v.sheet(at+"/certificates", v.t("cert.title"), "employer", page.Link{Href: at, Text: v.in(i.Name())})
	s.Lead = v.t("cert.lead")
	g := &page.Grid{Caption: v.t("cert.title"), Hidden: true, Cards: true, Empty: v.t("cert.empty"), Foot: v.t("council"),
		Head: []page.GridHead{{Text: v.t("col.name")}, {Text: v.t("col.programme")}, {Text: v.t("col.hours"), Number: true}, {Text: v.t("col.day")}, {Text: v.t("col.agreed")}, {Text: v.t("col.check")}}}
	for _, x := range list {
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: x.name}, {Text: x.title}, {Text: orDash(x.hours), Number: true}, {Text: v.w.Date(x.at)}, {Text: v.agreed(x)},
			{Text: v.t("cert.open"), Href: "/verify/" + x.id}}})
	}
	b := page.Block{ID: "certificates", Grid: g}
	if len(list) > 0 {
		b.Down = []page.Download{{Href: at + "/certificates/xlsx", Text: v.t("file.xlsx"), Meta: "XLSX"}, {Href: at + "/certificates/docx", Text: v.t("file.docx"), Meta: "DOCX"}}
	}
	s.Blocks = []page.Block{{Note: &page.Note{Text: []string{v.t("cert.note")}}}, b}
	return v.show(http.StatusOK, s)
}

const typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// CertificatesFile is the same list as a table, or as the paper on which certificates are
// handed out.
func (h *Handlers) CertificatesFile(c *gin.Context) error {
	v := h.see(c)
	i, err := v.here(person.SchoolEdit)
	if err != nil {
		return err
	}
	format := c.Param("format")
	if format != "xlsx" && format != "docx" {
		return fault.New(fault.NotFound, "")
	}
	list, err := v.certificates(i)
	if err != nil {
		return err
	}
	if format == "docx" {
		l := paper.Certificates{Institution: i.Name().UK, Provider: h.o.City.Owner, Office: true}
		for _, x := range list {
			l.List = append(l.List, paper.Given{Name: x.name, Programme: x.title, Hours: x.hours, Number: x.id, Day: x.at})
		}
		raw, err := paper.CertificateList(h.o.City, l, h.o.Now()).Bytes()
		if err != nil {
			return fault.From(err, fault.Internal, "")
		}
		return v.give("vidomist.docx", typeDOCX, raw)
	}
	t := table{name: "sertyfikaty", title: v.in(i.Name()) + ": " + v.t("cert.title"), notes: []string{v.t("cert.note"), v.t("council")},
		heads: []string{v.t("col.name"), v.t("col.programme"), v.t("col.hours"), v.t("col.day"), v.t("col.number"), v.t("col.provider"), v.t("col.agreed")}}
	for _, x := range list {
		t.rows = append(t.rows, []any{x.name, x.title, x.hours, v.w.Date(x.at), x.id, h.o.City.Owner, v.agreed(x)})
	}
	return v.xlsx(t)
}
