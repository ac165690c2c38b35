package account

import (
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// Sheet is a page of one task: words, forms, and what else one can do.
type Sheet struct {
	page.Base
	Errors     page.ErrorSummary
	Notes      []page.Note
	Lead       []string // the first is larger
	List       []string
	Rows       []page.Row
	Pic        template.HTML
	Number     string // to copy: set large
	Forms      []Form
	Tables     []page.Table
	After      []string
	Links      []page.Link
	NotesBelow bool // notes stand under the lead
	Print      bool // a button that prints the page
}

// Form is one form of a Sheet.
type Form struct {
	ID, Action string
	Title      string // a heading over it
	Text       string
	Hidden     []Hidden
	Parts      []any // fields, choices, check boxes
	Details    []page.Details
	Buttons    []page.Button
	Card       bool   // the script fills it with the code after # in the address
	Passkey    string // "make" or "show": the script asks the device
	Begin      string // where the script gets what to ask for
}

// Hidden is a field that the person does not see.
type Hidden struct{ Name, Value string }

func (h *Handlers) sheet(c *gin.Context, status int, s *Sheet) error {
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, status, "account/sheet", s)
}

// wrong marks a page with the faults of its form.
func wrong(b *page.Base, e *page.ErrorSummary, w *i18n.Localizer, list []fault.Field) {
	if len(list) == 0 {
		return
	}
	b.Failed = true
	*e = page.Summary(w, list, nil)
	e.Lead = w.T("account.kept", nil)
}

// field makes a field with its fault. Keys: "<stem>" is the label, "<stem>.hint" the
// hint when it exists.
func field(w *i18n.Localizer, list []fault.Field, name, stem, value string) page.Field {
	f := page.Field{ID: page.FieldID(name), Name: name, Label: w.T(stem, nil), Value: value, Error: page.FaultText(w, list, name)}
	if hint := w.T(stem+".hint", nil); hint != stem+".hint" {
		f.Hint = hint
	}
	return f
}

func button(w *i18n.Localizer, key string) page.Button { return page.Button{Text: w.T(key, nil)} }

func second(w *i18n.Localizer, key string) page.Button {
	return page.Button{Text: w.T(key, nil), Kind: "second"}
}

func link(w *i18n.Localizer, href, key string) page.Link {
	return page.Link{Href: href, Text: w.T(key, nil)}
}

// say is a page that only tells something.
func (h *Handlers) say(c *gin.Context, status int, stem, back string, links ...page.Link) error {
	w := h.words(c)
	s := &Sheet{Base: h.base(c, stem+".title", back), Lead: []string{w.T(stem+".text", nil)}, Links: links}
	if more := w.T(stem+".more", nil); more != stem+".more" {
		s.After = []string{more}
	}
	return h.sheet(c, status, s)
}

// trouble is how a failure of person looks as a page: its own title, what happened,
// and the next step.
type trouble struct{ stem, href, link string }

var troubles = map[string]trouble{
	"person.ticket_expired":     {"account.trouble.ticket", "/sign-in", "account.to.signin"},
	"person.ticket_used":        {"account.trouble.ticket", "/sign-in", "account.to.signin"},
	"person.ticket_unknown":     {"account.trouble.ticket", "/sign-in", "account.to.signin"},
	"person.code_over":          {"account.trouble.code", "/sign-in/code", "account.to.code"},
	"person.card_locked":        {"account.trouble.card", "/me/help", "account.to.help"},
	"person.guardian_first":     {"account.trouble.guardian", "/register/waiting", "account.to.waiting"},
	"person.service_away":       {"account.trouble.away", "/sign-in", "account.to.signin"},
	"person.service_refused":    {"account.trouble.refused", "/sign-in", "account.to.signin"},
	"person.no_such_service":    {"account.trouble.refused", "/sign-in", "account.to.signin"},
	"person.identity_taken":     {"account.trouble.taken", "/me/ways", "account.to.ways"},
	"person.email_taken":        {"account.trouble.taken", "/sign-in/code", "account.to.code"},
	"person.not_oneself":        {"account.trouble.oneself", "/me", "account.to.me"},
	"person.erase_staff":        {"account.trouble.roles", "/me", "account.to.me"},
	"person.last_factor":        {"account.trouble.factor", "/me/ways", "account.to.ways"},
	"person.no_factor":          {"account.trouble.nofactor", "/sign-in/totp", "account.to.totp"},
	"person.passkey_failed":     {"account.trouble.passkey", "/sign-in", "account.to.signin"},
	"person.passkey_known":      {"account.trouble.known", "/me/ways", "account.to.ways"},
	"person.too_many_keys":      {"account.trouble.known", "/me/ways", "account.to.ways"},
	"person.sign_in_failed":     {"account.trouble.failed", "/sign-in", "account.to.signin"},
	"person.sitting_not_yours":  {"account.trouble.sitting", "/me", "account.to.me"},
	"person.consent_text":       {"account.trouble.text", "/me/consents", "account.to.consents"},
	"person.wait":               {"account.trouble.wait", "/sign-in", "account.to.signin"},
	"person.erased":             {"account.trouble.erased", "/", "page.error.home"},
	"person.token_unknown":      {"account.trouble.device", "/sign-in/device", "account.to.device"},
	"notify.no_mail":            {"account.trouble.mail", "/sign-in", "account.to.signin"},
	"person.no_such_purpose":    {"account.trouble.text", "/me/consents", "account.to.consents"},
	"person.role_without_place": {"account.trouble.ticket", "/me", "account.to.me"},
}

// fail answers a failure with its page; what has none goes on to the edge.
func (h *Handlers) fail(c *gin.Context, err error) error {
	f := fault.As(err)
	t, ok := troubles[f.Key]
	if !ok {
		return err
	}
	w := h.words(c)
	s := &Sheet{Base: h.base(c, t.stem+".title", ""), Lead: []string{w.T(f.Key, f.Args)}, After: []string{w.T("account.nothing_lost", nil)},
		Links: []page.Link{link(w, t.href, t.link)}}
	if more := w.T(t.stem+".more", nil); more != t.stem+".more" {
		s.After = append([]string{more}, s.After...)
	}
	if t.href != "/me/help" && t.href != "/" {
		s.Links = append(s.Links, link(w, "/help", "account.to.city"))
	}
	code := status(c, err)
	if code == http.StatusUnprocessableEntity && f.Kind == fault.Unauthenticated {
		code = http.StatusForbidden
	}
	return h.sheet(c, code, s)
}
