package lesson

import (
	"regexp"
	"strconv"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Imitation is a safe copy of what one meets: a message, a page or a form of an
// invented brand. The learner marks what is suspicious. Nothing typed is sent.
type Imitation struct {
	Kind     string    `json:"kind"`  // message page form
	Brand    string    `json:"brand"` // invented
	Task     i18n.Text `json:"task"`
	Honest   bool      `json:"honest,omitempty"` // a harmless look-alike: nothing to mark
	Elements []Element `json:"elements"`
	Feedback i18n.Text `json:"feedback"` // after all: what to do in life
}

// Element is one part of an imitation in reading order.
type Element struct {
	ID         string    `json:"id"`
	Kind       string    `json:"kind"` // sender address heading text link button field
	Text       i18n.Text `json:"text"`
	Asks       string    `json:"asks,omitempty"` // of a field: what it wants to know
	Suspicious bool      `json:"suspicious,omitempty"`
	Feedback   i18n.Text `json:"feedback"` // why it is suspicious, or why it is not
}

// Texts visits task, feedback and, as quoted, the elements.
func (m *Imitation) Texts(visit func(string, i18n.Text, Voice)) {
	visit("/task", m.Task, Plain)
	for i, e := range m.Elements {
		at := "/elements/" + strconv.Itoa(i)
		visit(at+"/text", e.Text, Quoted)
		visit(at+"/feedback", e.Feedback, Plain)
	}
	visit("/feedback", m.Feedback, Plain)
}

// Media is none.
func (m *Imitation) Media() []Media { return nil }

// realBrands are marks that an imitation never shows (USERS 19).
var realBrands = regexp.MustCompile(`(?i)(^|[^\p{L}])(приват ?банк|приват24|privat|монобанк|mono(bank)?|ощадбанк|oschad|пумб|райф+айзен|raiffeisen|укр(сиб|газ|екс)\p{L}*банк|сенс ?банк|а-банк|нова пошта|nova ?poshta|укрпошт\p{L}*|ukrposhta|meest|київстар\p{L}*|kyivstar|водафон|vodafone|лайфселл|lifecell|olx|rozetka|розетк\p{L}*|prom\.ua|viber|вайбер\p{L}*|telegram|телеграм\p{L}*|whatsapp|ватсап\p{L}*|facebook|фейсбук\p{L}*|instagram|інстаграм\p{L}*|tiktok|google|гугл\p{L}*|apple|microsoft|paypal|visa|mastercard|«?ді[яїюі]»|diia|дія\.підпис\p{L}*|пенсійн\p{L}+ фонд\p{L}*|червон\p{L}+ хрест\p{L}*|юнісеф|unicef)([^\p{L}]|$)`)

// domain finds what looks like an address on the internet.
var domain = regexp.MustCompile(`(?i)[\p{L}\d][\p{L}\d-]*(\.[\p{L}\d-]+)*\.([a-z]{2,12}|укр)\.?([^\p{L}\d-]|$)`)

// file is a name that looks like an address and is none.
var file = regexp.MustCompile(`(?i)\.(pdf|apk|jpe?g|png|docx?|xlsx?|zip|rar|exe|mp3|mp4|txt)$`)

// bankDigits finds what could be a real card or phone number.
var bankDigits = regexp.MustCompile(`(\d[  -]?){13,19}|\+?38[  -]?\(?0\d{2}\)?[  -]?\d{3}[  -]?\d{2}[  -]?\d{2}`)

func (m *Imitation) lint(_ *Lesson, r *instrument.Report, at string) {
	if b := realBrands.FindString(m.Brand); b != "" {
		r.Error(at+"/brand", "imitation-brand", "«"+strings.TrimSpace(b)+"» is a real brand", "invent one, such as «Банк Промінчик»")
	}
	ids := map[string]bool{}
	bad := 0
	for i, e := range m.Elements {
		where := at + "/elements/" + strconv.Itoa(i)
		if ids[e.ID] {
			r.Error(where+"/id", "element-twice", "element «"+e.ID+"» stands twice", "give it another id")
		}
		ids[e.ID] = true
		if e.Suspicious {
			bad++
		}
		if (e.Kind == "field") != (e.Asks != "") {
			r.Error(where, "element-asks", "«asks» belongs to a field and only to a field", "write what the field wants to know, or remove asks")
		}
		for _, l := range []struct{ lang, s string }{{"uk", e.Text.UK}, {"en", e.Text.EN}} {
			if b := realBrands.FindString(l.s); b != "" {
				r.Error(where+"/text/"+l.lang, "imitation-brand", "«"+strings.TrimSpace(b)+"» is a real brand", "invent one")
			}
			for _, d := range domain.FindAllString(l.s, -1) {
				d = strings.TrimRight(d, " \u00a0/.,;:)»\"\n")
				if !strings.HasSuffix(d, ".example") && !file.MatchString(d) {
					r.Error(where+"/text/"+l.lang, "imitation-address", "«"+d+"» could be a real address", "end it with .example")
				}
			}
			if bankDigits.MatchString(l.s) {
				r.Error(where+"/text/"+l.lang, "imitation-number", "a number that could be a real card or phone", "shorten it or put dots: 0XX …")
			}
		}
	}
	switch {
	case m.Honest && bad > 0:
		r.Error(at+"/honest", "imitation-honest", "a harmless look-alike has suspicious elements", "remove honest: true, or suspicious: true")
	case !m.Honest && bad == 0:
		r.Error(at+"/elements", "imitation-nothing", "nothing is suspicious", "mark suspicious: true, or write honest: true")
	}
	if m.Kind == "form" && !hasField(m.Elements) {
		r.Error(at+"/elements", "imitation-form", "a form has no field", "add an element of kind: field")
	}
}

func hasField(list []Element) bool {
	for _, e := range list {
		if e.Kind == "field" {
			return true
		}
	}
	return false
}
