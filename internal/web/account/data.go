package account

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// Data shows everything that is held about the person, in plain words.
func (h *Handlers) Data(c *gin.Context) error {
	ctx, a, w := c.Request.Context(), me(c), h.words(c)
	e, err := h.o.People.Export(ctx, a, a.Person)
	if err != nil {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.data.title", "/me"), Lead: []string{w.T("account.data.lead", nil)}}
	s.Rows = h.held(c, w, e)
	s.Links = []page.Link{link(w, "/me/data/json", "account.data.json"), link(w, "/me/data/csv", "account.data.csv"),
		link(w, "/me/consents", "account.tile.consents"), link(w, "/me/erase", "account.data.erase"), link(w, "/receipts", "account.data.receipts")}
	periods := page.Table{Caption: w.T("account.data.periods", nil), Head: []page.Cell{{Text: w.T("account.data.kind", nil)}, {Text: w.T("account.data.keep", nil)}}}
	for _, p := range h.o.People.Periods() {
		periods.Rows = append(periods.Rows, []page.Cell{{Text: w.T("account.kind."+p.Kind, nil)}, {Text: p.Keep.In(w.Language)}})
	}
	s.Tables = []page.Table{periods}
	return h.sheet(c, http.StatusOK, s)
}

// held are the rows of «Що ми про вас маємо».
func (h *Handlers) held(c *gin.Context, w *i18n.Localizer, e *person.Export) []page.Row {
	var rows []page.Row
	add := func(key, value string) {
		if value == "" {
			value = w.T("account.data.none", nil)
		}
		rows = append(rows, page.Row{Key: w.T("account.held."+key, nil), Value: value})
	}
	p := e.Person
	add("id", string(p.ID))
	add("name", p.Name)
	age := ""
	switch {
	case p.Born > 0:
		age = strconv.Itoa(p.Born)
	case p.Adult:
		age = w.T("account.held.adult", nil)
	}
	add("born", age)
	phone := p.Phone
	if p.PhoneShared {
		phone += " " + w.T("account.held.sharedphone", nil)
	}
	add("phone", phone)
	add("email", p.Email)
	add("lang", map[string]string{i18n.Ukrainian: "Українська", i18n.English: "English"}[p.Lang])
	var prefs []string
	if p.Prefs.Text > 0 {
		prefs = append(prefs, w.T("account.prefs.text."+strconv.Itoa(p.Prefs.Text), nil))
	}
	for name, on := range map[string]bool{"contrast": p.Prefs.Contrast, "easy": p.Prefs.Easy, "still": p.Prefs.Still} {
		if on {
			prefs = append(prefs, w.T("account.prefs."+name, nil))
		}
	}
	add("prefs", strings.Join(prefs, "; "))
	var places []string
	for _, id := range p.Places {
		places = append(places, h.place(c, person.Mentor, id))
	}
	add("places", strings.Join(places, ", "))
	add("made", w.Date(p.Made))
	seen := p.Seen
	if day, err := time.ParseInLocation(time.DateOnly, seen, i18n.Kyiv); err == nil {
		seen = w.Date(day)
	}
	add("seen", seen)
	if len(e.Roles) > 0 {
		var roles []string
		for _, g := range e.Roles {
			roles = append(roles, w.T("role."+g.Role.String(), nil)+" ("+h.place(c, g.Role, g.Place)+")")
		}
		add("roles", strings.Join(roles, ", "))
	}
	count := func(key string, n int) { add(key, w.Int(int64(n))) }
	count("cards", len(e.Cards))
	count("ways", len(e.Ways))
	count("devices", len(e.Devices))
	count("consents", len(e.Consents))
	count("sittings", len(e.Sittings))
	if len(e.Merges) > 0 {
		count("merges", len(e.Merges))
	}
	for name := range e.Others {
		key := "account.held.other." + name
		label := w.T(key, nil)
		if label == key {
			label = w.T("account.held.other", map[string]any{"Name": name})
		}
		rows = append(rows, page.Row{Key: label, Value: w.T("account.held.infile", nil)})
	}
	return rows
}

// DataJSON gives everything as a file for a machine.
func (h *Handlers) DataJSON(c *gin.Context) error { return h.download(c, "json") }

// DataCSV gives everything as a file for a spreadsheet.
func (h *Handlers) DataCSV(c *gin.Context) error { return h.download(c, "csv") }

func (h *Handlers) download(c *gin.Context, kind string) error {
	a := me(c)
	e, err := h.o.People.Export(c.Request.Context(), a, a.Person)
	if err != nil {
		return h.fail(c, err)
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="osvitlo-my-data.`+kind+`"`)
	if kind == "csv" {
		c.Header("Content-Type", "text/csv; charset=utf-8")
		return e.WriteCSV(c.Writer)
	}
	c.Header("Content-Type", "application/json; charset=utf-8")
	return e.WriteJSON(c.Writer)
}

// ConsentsPage shows what the person agreed to.
type ConsentsPage struct {
	page.Base
	Lead    []string
	Notes   []page.Note
	Lines   []ConsentState
	History *page.Table
	Text    int
	Small   string
	Links   []page.Link
}

// ConsentState is one purpose, where it stands, and the button that changes it.
type ConsentState struct {
	Purpose string
	Title   string
	Text    string
	State   page.Tag
	Details page.Details
	Given   bool
	Locked  string
	Button  page.Button
}

// Consents shows each purpose with its text, where it stands, and the ledger.
func (h *Handlers) Consents(c *gin.Context) error {
	ctx, a, w := c.Request.Context(), me(c), h.words(c)
	held, err := h.o.People.Consents(ctx, a, a.Person)
	if err != nil {
		return h.fail(c, err)
	}
	ledger, err := h.o.People.Ledger(ctx, a, a.Person)
	if err != nil {
		return err
	}
	p := &ConsentsPage{Base: h.base(c, "account.consents.title", "/me"), Lead: []string{w.T("account.consents.lead", nil)}, Text: h.o.Notice.Version,
		Links: []page.Link{link(w, "/me/data", "account.to.data"), link(w, "/privacy", "page.nav.privacy")}}
	if c.Query("done") != "" {
		p.Notes = []page.Note{{Kind: "good", Title: w.T("account.saved", nil)}}
	}
	for _, one := range held {
		l := ConsentState{Purpose: string(one.Purpose), Title: h.purpose(w, one.Purpose), Text: w.T("account.purpose."+string(one.Purpose), nil),
			Details: h.consentText(one.Purpose, w.Language), Given: one.Given}
		switch {
		case one.Given:
			l.State = page.Tag{Kind: "good", Text: w.T("account.consents.given", map[string]any{"Day": w.Date(one.Since)})}
			l.Button = small(w, "account.consents.withdraw")
		case one.Since.IsZero():
			l.State = page.Tag{Text: w.T("account.consents.never", nil)}
			l.Button = small(w, "account.consents.give")
		default:
			l.State = page.Tag{Text: w.T("account.consents.withdrawn", map[string]any{"Day": w.Date(one.Since)})}
			l.Button = small(w, "account.consents.give")
		}
		if one.Locked && !one.Given {
			l.Locked = w.T("account.consents.locked", nil)
		}
		p.Lines = append(p.Lines, l)
	}
	if len(ledger) > 0 {
		t := page.Table{Caption: w.T("account.consents.history", nil), Head: []page.Cell{{Text: w.T("account.consents.when", nil)}, {Text: w.T("account.consents.what", nil)},
			{Text: w.T("account.consents.act", nil)}, {Text: w.T("account.consents.how", nil)}}}
		for i := len(ledger) - 1; i >= 0; i-- {
			e := ledger[i]
			act := "account.consents.act.given"
			if !e.Given {
				act = "account.consents.act.withdrawn"
			}
			how := w.T("account.mode."+string(e.Mode), nil)
			if e.Ref != "" {
				how += " № " + e.Ref
			}
			t.Rows = append(t.Rows, []page.Cell{{Text: w.DateTime(e.At.Time)}, {Text: h.purpose(w, e.Purpose)}, {Text: w.T(act, nil), Small: w.T("account.consents.version", map[string]any{"N": e.Text})}, {Text: how}})
		}
		p.History = &t
	}
	checked := h.o.Notice.CheckedBy
	if checked == "" {
		checked = "—"
	}
	p.Small = w.T("account.consents.checked", map[string]any{"Who": checked})
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "account/consents", p)
}

// Consent gives or withdraws one consent.
func (h *Handlers) Consent(c *gin.Context) error {
	var in struct {
		Purpose string `form:"purpose" validate:"required,max=40"`
		Given   bool   `form:"given"`
		Text    int    `form:"text"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	a := me(c)
	if err := h.o.People.Consent(c.Request.Context(), a, a.Person, person.Purpose(in.Purpose), in.Given, in.Text, person.ModeSelf, ""); err != nil {
		return h.fail(c, err)
	}
	return see(c, "/me/consents?done=1")
}

// EraseForm says what goes and what stays before somebody erases themselves.
func (h *Handlers) EraseForm(c *gin.Context) error { return h.eraseForm(c, nil) }

func (h *Handlers) eraseForm(c *gin.Context, err error) error {
	w := h.words(c)
	list, again := faults(err, "sure")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.erase.title", "/me/data"), Lead: []string{w.T("account.erase.lead", nil)},
		List:  []string{w.T("account.erase.1", nil), w.T("account.erase.2", nil), w.T("account.erase.3", nil), w.T("account.erase.4", nil)},
		After: []string{w.T("account.erase.first", nil)}, Links: []page.Link{link(w, "/me/data/json", "account.data.json")}}
	wrong(&s.Base, &s.Errors, w, list)
	sure := page.Check{ID: page.FieldID("sure"), Name: "sure", Value: "1", Label: w.T("account.erase.sure", nil), Error: page.FaultText(w, list, "sure")}
	s.Forms = []Form{{Action: "/me/erase", Parts: []any{sure},
		Buttons: []page.Button{{Text: w.T("account.erase.yes", nil), Kind: "bad"}, {Text: w.T("account.erase.no", nil), Kind: "second", Href: "/me"}}}}
	return h.sheet(c, status(c, err), s)
}

// Erase erases the person for ever and shows the number of the receipt, once.
func (h *Handlers) Erase(c *gin.Context) error {
	var in struct {
		Sure bool `form:"sure"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if !in.Sure {
		return h.eraseForm(c, fault.InvalidFields(fault.Field{Pointer: "sure", Key: "account.erase.tick"}))
	}
	ctx, a := c.Request.Context(), me(c)
	number, err := h.o.People.Erase(ctx, a, a.Person)
	if err != nil {
		if gateLeads(err) {
			return err
		}
		return h.fail(c, err)
	}
	if err := h.o.Sessions.End(ctx); err != nil {
		h.o.Log.WarnContext(ctx, "a session outlived its person in the cookie", "error", err.Error()) // in the store it has ended
	}
	c.Set(leftKey, true)
	h.cookie(c, CookiePrefs, "", "/", 0)
	w := h.words(c)
	s := &Sheet{Base: h.base(c, "account.erased.title", ""), Lead: []string{w.T("account.erased.lead", nil)}, Number: number,
		After: []string{w.T("account.erased.keep", nil), w.T("account.erased.steps", nil)}, Print: true,
		Links: []page.Link{link(w, "/receipts", "account.data.receipts"), link(w, "/", "page.error.home")}}
	s.Path = "/"
	return h.sheet(c, http.StatusOK, s)
}

// ReceiptForm asks for the number of a receipt.
func (h *Handlers) ReceiptForm(c *gin.Context) error { return h.receiptPage(c, "", nil, nil) }

func (h *Handlers) receiptPage(c *gin.Context, typed string, r *person.Receipt, err error) error {
	w := h.words(c)
	if f := fault.As(err); f != nil && f.Key == "person.no_receipt" {
		err = fault.InvalidFields(fault.Field{Pointer: "number", Key: f.Key})
	}
	list, again := faults(err, "number")
	if err != nil && !again {
		return h.fail(c, err)
	}
	s := &Sheet{Base: h.base(c, "account.receipt.title", "/"), Lead: []string{w.T("account.receipt.lead", nil)}}
	wrong(&s.Base, &s.Errors, w, list)
	if r != nil {
		key := "account.receipt.done"
		if !r.Done {
			key = "account.receipt.underway"
		}
		s.Notes = []page.Note{{Kind: "good", Title: w.T(key, nil), Text: []string{w.T("account.receipt.when", map[string]any{"When": w.DateTime(r.At)})}}}
	}
	f := field(w, list, "number", "account.receipt.number", typed)
	f.Code, f.MaxLength, f.Autocomplete, f.Width = true, 24, "off", "20"
	s.Forms = []Form{{Action: "/receipts", Parts: []any{f}, Buttons: []page.Button{button(w, "account.receipt.go")}}}
	return h.sheet(c, status(c, err), s)
}

// Receipt tells what a number proves.
func (h *Handlers) Receipt(c *gin.Context) error {
	var in struct {
		Number string `form:"number" validate:"required,max=40"`
	}
	if err := read(c, &in); err != nil {
		return h.receiptPage(c, clip(in.Number, 24), nil, err)
	}
	r, err := h.o.People.CheckReceipt(c.Request.Context(), in.Number)
	return h.receiptPage(c, in.Number, r, err)
}
