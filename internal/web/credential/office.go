package credential

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Office asks for the number of a certificate.
func (h *Handlers) Office(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.ContentEdit, person.City); err != nil {
		return err
	}
	asked := strings.ToLower(strings.TrimSpace(c.Query("id")))
	if at := strings.LastIndexByte(asked, '/'); at >= 0 {
		asked = asked[at+1:]
	}
	s := v.staff(v.t("office.title"))
	s.Lead = v.t("office.lead")
	f := v.number(c.Query("id"))
	if asked != "" && len(asked) <= 64 {
		_, err := h.o.Credentials.Get(v.ctx, asked)
		if err == nil {
			page.SeeOther(c.Writer, c.Request, office+"/of/"+asked)
			return nil
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		f.Error = v.t("unknown")
	}
	s.Blocks = []page.Block{{Form: &page.Form{Action: office, Get: true, Parts: []any{f}, Buttons: []page.Button{{Text: v.t("office.find")}}}}}
	if h.o.Credentials.Ready() != nil {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Title: v.t("no_address.title"), Text: []string{v.t("no_address.staff")}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Acts: []page.Button{{Text: v.t("queue.title"), Href: queue, Kind: "second", Small: true}, {Text: v.t("keys.title"), Href: office + "/keys", Kind: "second", Small: true}}})
	return v.put(http.StatusOK, s)
}

// OfficeOne shows one certificate to staff: what the public sees, and what can be done.
func (h *Handlers) OfficeOne(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.ContentEdit, person.City); err != nil {
		return err
	}
	doc, err := h.o.Credentials.Get(v.ctx, c.Param("id"))
	if err != nil {
		return err
	}
	s := v.one(v.title(doc.Credential))
	s.Blocks = []page.Block{v.facts(doc)}
	acts := []page.Button{{Text: v.t("office.public"), Href: "/verify/" + doc.ID, Kind: "second", Small: true}}
	if doc.State == credential.Valid {
		acts = append(acts, page.Button{Text: v.t("revoke.go"), Href: office + "/of/" + doc.ID + "/revoke", Kind: "bad", Small: true})
	}
	s.Blocks = append(s.Blocks, page.Block{Acts: acts})
	return v.put(http.StatusOK, s)
}

// one begins a page about one certificate.
func (v *view) one(title string) *page.Sheet {
	s := v.staff(title)
	s.Crumbs = append(s.Crumbs, page.Link{Href: office, Text: v.t("office.title")})
	return s
}

func (v *view) facts(doc *credential.View) page.Block {
	b := page.Block{Facts: []page.Row{{Key: v.t("row.number"), Value: doc.ID}, {Key: v.t("row.status"), Value: v.t("state." + string(doc.State))},
		{Key: v.t("row.day"), Value: v.w.Date(doc.At.Time)}}}
	if doc.Revoked != nil {
		b.Facts = append(b.Facts, page.Row{Key: v.t("row.revoked"), Value: v.w.DateTime(doc.Revoked.At.Time)}, page.Row{Key: v.t("row.reason"), Value: v.t("reason." + string(doc.Revoked.Reason))})
	}
	return b
}

// revoking is the form that takes a certificate back.
type revoking struct {
	Reason string `form:"reason" validate:"max=20"`
	Sure   bool   `form:"sure"`
}

// RevokeForm asks before a certificate is taken back for good.
func (h *Handlers) RevokeForm(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.ContentPublish, person.City); err != nil {
		return err
	}
	doc, err := h.o.Credentials.Get(v.ctx, c.Param("id"))
	if err != nil {
		return err
	}
	return v.revoke(http.StatusOK, doc, revoking{}, nil)
}

func (v *view) revoke(status int, doc *credential.View, f revoking, refused error) error {
	s := v.one(v.t("revoke.title"))
	s.Crumbs = append(s.Crumbs, page.Link{Href: office + "/of/" + doc.ID, Text: v.title(doc.Credential)})
	s.Lead = v.t("revoke.lead")
	var faults []fault.Field
	if refused != nil {
		sum, list, _, ok := page.Refused(v.w, refused)
		if !ok {
			return refused
		}
		s.Errors, s.Failed, faults = sum, true, list
	}
	why := page.Choices{ID: page.FieldID("reason"), Name: "reason", Legend: v.t("revoke.reason"), Error: page.FaultText(v.w, faults, "reason")}
	for i, r := range credential.Reasons() {
		id := page.FieldID("reason")
		if i > 0 {
			id += "-" + string(r)
		}
		why.Items = append(why.Items, page.Choice{ID: id, Value: string(r), Label: v.t("reason." + string(r)), Checked: f.Reason == string(r)})
	}
	sure := page.Check{ID: page.FieldID("sure"), Name: "sure", Value: "true", Label: v.t("revoke.sure"), Checked: f.Sure, Error: page.FaultText(v.w, faults, "sure")}
	s.Blocks = []page.Block{v.facts(doc), {Form: &page.Form{Action: office + "/of/" + doc.ID + "/revoke", Parts: []any{why, sure},
		Buttons: []page.Button{{Text: v.t("revoke.do"), Kind: "bad"}, {Text: v.t("cancel"), Href: office + "/of/" + doc.ID, Kind: "second"}}}}}
	return v.put(status, s)
}

// Revoke takes a certificate back.
func (h *Handlers) Revoke(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.ContentPublish, person.City); err != nil {
		return err
	}
	doc, err := h.o.Credentials.Get(v.ctx, c.Param("id"))
	if err != nil {
		return err
	}
	var f revoking
	if err = form.Decode(c.Request, &f); err == nil && !f.Sure {
		err = fault.InvalidFields(fault.Field{Pointer: "sure", Key: "credential.sure_needed"})
	}
	if err == nil {
		err = h.o.Credentials.Revoke(v.ctx, *gate.Actor(c), doc.ID, credential.Reason(f.Reason))
	}
	if fault.Is(err, fault.Invalid) {
		return v.revoke(http.StatusUnprocessableEntity, doc, f, err)
	}
	if err != nil {
		return err
	}
	return v.to(office+"/of/"+doc.ID, "revoked")
}

// KeysForm lists the keys of the issuer and offers a new one.
func (h *Handlers) KeysForm(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.ContentPublish, person.City); err != nil {
		return err
	}
	list, err := h.o.Credentials.Keys(v.ctx)
	if err != nil {
		return err
	}
	s := v.one(v.t("keys.title"))
	s.Lead = v.t("keys.lead")
	grid := &page.Grid{Caption: v.t("keys.title"), Hidden: true, Cards: true, Empty: v.t("keys.none"),
		Head: []page.GridHead{{Text: v.t("keys.id")}, {Text: v.t("keys.made")}, {Text: v.t("keys.retired")}}}
	for _, k := range list {
		retired := v.t("keys.signs")
		if !k.Retired.IsZero() {
			retired = v.w.Date(k.Retired)
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: k.ID, Mono: true}, {Text: v.w.Date(k.Made)}, {Text: retired}}})
	}
	s.Blocks = []page.Block{{Grid: grid}, {Form: &page.Form{Action: office + "/keys", Buttons: []page.Button{{Text: v.t("keys.do"), Small: true}}}}}
	return v.put(http.StatusOK, s)
}

// Rotate exchanges the signing key.
func (h *Handlers) Rotate(c *gin.Context) error {
	v := h.see(c)
	if err := gate.Check(c, person.ContentPublish, person.City); err != nil {
		return err
	}
	if err := h.o.Credentials.Rotate(v.ctx, *gate.Actor(c)); err != nil {
		return err
	}
	return v.to(office+"/keys", "key")
}
