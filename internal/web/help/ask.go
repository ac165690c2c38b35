package help

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// asking is the form of a question. Step says which button was pressed.
type asking struct {
	Once  string `form:"once"`
	Step  string `form:"step"`
	Text  string `form:"text"`
	Topic string `form:"topic"`
	Reply string `form:"reply"`
	Email string `form:"email"`
	Phone string `form:"phone"`
	Name  string `form:"name"`
	Way   string `form:"way"`
	Place string `form:"place"`
}

func (f *asking) domain(lang string) help.Asking {
	a := help.Asking{Once: f.Once, Text: f.Text, Topic: f.Topic, Name: f.Name, Reply: help.Reply(f.Reply), Lang: lang, Way: help.Way(f.Way), Place: f.Place}
	switch a.Reply {
	case help.ByEmail:
		a.Contact = f.Email
	case help.ByCall:
		a.Contact = f.Phone
	}
	return a
}

// hidden carries the form over a page that asks once more.
func (f *asking) hidden() []page.Hidden {
	return []page.Hidden{{Name: "once", Value: f.Once}, {Name: "text", Value: f.Text}, {Name: "topic", Value: f.Topic}, {Name: "reply", Value: f.Reply},
		{Name: "email", Value: f.Email}, {Name: "phone", Value: f.Phone}, {Name: "name", Value: f.Name}, {Name: "way", Value: f.Way}, {Name: "place", Value: f.Place}}
}

// AskPage is the form of a question.
type AskPage struct {
	page.Base
	Errors page.ErrorSummary
	Fraud  page.Note
	Once   string
	Parts  []any
	Go     page.Button
	Hours  string
}

// ReviewPage asks once more before a question is sent: what looks like personal data,
// and the answers that exist.
type ReviewPage struct {
	page.Base
	Kinds  []string
	Masked string
	Found  []Hit
	Hidden []page.Hidden
	Acts   []page.Button
}

// AskForm shows an empty form.
func (h *Handlers) AskForm(c *gin.Context) error {
	v := h.see(c)
	f := &asking{Once: rand.Text()}
	if t := c.Query("topic"); slices.ContainsFunc(help.Topics(), func(x help.Topic) bool { return x.ID == t }) {
		f.Topic = t
	}
	return v.askPage(http.StatusOK, f, nil)
}

// limits of the form of a question: a long text is refused kindly, not cut.
var askLimits = form.Limits{Bytes: askBody, Fields: 20, Value: 48 << 10}

// Ask takes a question, or asks once more.
func (h *Handlers) Ask(c *gin.Context) error {
	v := h.see(c)
	var f asking
	if err := form.DecodeWithin(c.Request, &f, askLimits); err != nil {
		return v.askPage(http.StatusUnprocessableEntity, &f, err)
	}
	f.Way, f.Place = string(help.ByForm), ""
	if f.Step == "edit" {
		return v.askPage(http.StatusOK, &f, nil)
	}
	a := f.domain(v.lang)
	if err := a.Check(); err != nil {
		return v.askPage(http.StatusUnprocessableEntity, &f, err)
	}
	masked, found := help.Mask(a.Text)
	switch f.Step {
	case "masked":
		a.Text = masked
	case "send":
	default:
		answers := h.o.Help.Suggest(a.Text, suggested)
		if len(found) > 0 || len(answers) > 0 {
			return v.review(&f, masked, found, answers)
		}
	}
	asked, err := h.o.Help.Ask(v.ctx, gate.Actor(c), a)
	if err != nil {
		return v.askPage(http.StatusUnprocessableEntity, &f, err)
	}
	v.remember(asked.ID, asked.Code, asked.Token, Address)
	return v.to(Address + "/q/" + asked.ID + "?done=new")
}

func (v *view) review(f *asking, masked string, found []help.Kind, answers []*help.Article) error {
	p := &ReviewPage{Base: v.base(v.t("review.title"), Address+"/ask"), Found: v.hits(answers), Hidden: f.hidden()}
	p.NoIndex = true
	p.Back = &page.Link{Href: Address, Text: v.t("title")}
	for _, k := range found {
		p.Kinds = append(p.Kinds, v.t("kind."+string(k)))
	}
	if len(found) > 0 {
		p.Masked = masked
		p.Acts = append(p.Acts, page.Button{Text: v.t("review.masked"), Name: "step", Value: "masked", Busy: v.t("sending")},
			page.Button{Text: v.t("review.edit"), Kind: "second", Name: "step", Value: "edit"}, page.Button{Text: v.t("review.anyway"), Kind: "quiet", Name: "step", Value: "send"})
	} else {
		p.Acts = append(p.Acts, page.Button{Text: v.t("review.send"), Name: "step", Value: "send", Busy: v.t("sending")},
			page.Button{Text: v.t("review.edit"), Kind: "second", Name: "step", Value: "edit"})
	}
	return v.render(http.StatusOK, "help/review", p)
}

func (v *view) askPage(status int, f *asking, err error) error {
	p := &AskPage{Base: v.base(v.t("ask.title"), Address+"/ask"), Fraud: v.fraud(), Once: f.Once, Go: page.Button{Text: v.t("ask.go"), Busy: v.t("sending")}}
	p.Fraud.List = p.Fraud.List[:min(2, len(p.Fraud.List))] // the rest is one tap away
	p.Back = &page.Link{Href: Address, Text: v.t("title")}
	p.Description = v.t("ask.lead")
	p.NoIndex = true
	if len(p.Once) < 16 || len(p.Once) > 64 {
		p.Once = rand.Text()
	}
	if err != nil {
		sum, fields, code, ok := page.Refused(v.w, err)
		if !ok {
			if !fault.Is(err, fault.TooMany) {
				return err
			}
			sum, code = &page.ErrorSummary{Lead: v.t("rush.text"), Items: []page.ErrorItem{{Href: "#f-text", Text: v.t("rush")}}}, http.StatusTooManyRequests
		}
		p.Errors, p.Failed, v.faults, status = *sum, true, fields, code
	}
	set, err := v.h.o.Help.Settings(v.ctx)
	if err != nil {
		return err
	}
	if due := set.Due("services", v.h.o.Now()); set.Known() {
		p.Hours = v.t("ask.hours", "When", v.moment(due))
	}
	p.Parts = v.askFields(f)
	return v.render(status, "help/ask", p)
}

// askFields are the fields of a question, for the asker and for whoever writes it down.
func (v *view) askFields(f *asking) []any {
	return v.fields(f, v.topics(f.Topic))
}

// topics is the choice of a topic, in large buttons.
func (v *view) topics(chosen string) page.Choices {
	topics := page.Choices{ID: page.FieldID("topic"), Name: "topic", Legend: v.t("ask.topic"), Error: v.fault("topic")}
	for _, t := range help.Topics() {
		id := page.FieldID("topic")
		if len(topics.Items) > 0 {
			id += "-" + t.ID
		}
		topics.Items = append(topics.Items, page.Choice{ID: id, Value: t.ID, Label: v.topic(t.ID), Checked: chosen == t.ID})
	}
	return topics
}

// topicList is the same as a list, for staff.
func (v *view) topicList(chosen string) page.Select {
	s := page.Select{ID: page.FieldID("topic"), Name: "topic", Label: v.t("col.topic"), Error: v.fault("topic")}
	if chosen == "" {
		s.Options = []page.Option{{Text: "–", Selected: true}}
	}
	for _, t := range help.Topics() {
		s.Options = append(s.Options, page.Option{Value: t.ID, Text: v.topic(t.ID), Selected: t.ID == chosen})
	}
	return s
}

func (v *view) fields(f *asking, topic any) []any {
	replies := page.Choices{ID: page.FieldID("reply"), Name: "reply", Legend: v.t("ask.reply"), Error: v.fault("reply")}
	for _, r := range help.Replies() {
		if r == help.ByEmail && !v.h.o.Mail() {
			continue
		}
		id := page.FieldID("reply")
		if len(replies.Items) > 0 {
			id += "-" + string(r)
		}
		replies.Items = append(replies.Items, page.Choice{ID: id, Value: string(r), Label: v.t("reply." + string(r)), Hint: v.t("reply." + string(r) + ".hint"), Checked: f.Reply == string(r)})
	}
	parts := []any{
		page.Field{ID: page.FieldID("text"), Name: "text", Label: v.t("ask.text"), Hint: v.t("ask.text.hint"), Value: f.Text, Rows: 6, Error: v.fault("text")},
		topic, replies,
	}
	if v.h.o.Mail() {
		parts = append(parts, page.Field{ID: page.FieldID("email"), Name: "email", Label: v.t("ask.email"), Hint: v.t("ask.email.hint"), Value: f.Email, Type: "email", Autocomplete: "email", Plain: true, Error: v.fault("email")})
	}
	return append(parts,
		page.Field{ID: page.FieldID("phone"), Name: "phone", Label: v.t("ask.phone"), Hint: v.t("ask.phone.hint"), Value: f.Phone, Type: "tel", Autocomplete: "tel", Width: "20", Error: v.fault("phone")},
		page.Field{ID: page.FieldID("name"), Name: "name", Label: v.t("ask.name"), Hint: v.t("ask.name.hint"), Value: f.Name, Autocomplete: "given-name", Width: "20", Error: v.fault("name")})
}

// The cookie of a question: its code, and what proves that this browser knew it.
const (
	cookiePrefix = "hq"
	cookieLife   = 180 * 24 * 3600
)

func (v *view) remember(number, code, token, path string) {
	life := cookieLife
	if gate.Shared(v.c) || path != Address {
		life = 0 // until the browser is closed
	}
	http.SetCookie(v.c.Writer, &http.Cookie{Name: cookiePrefix + number, Value: code + "." + token, Path: path, MaxAge: life,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.h.o.OverTLS})
}

func (v *view) forget(number string) {
	http.SetCookie(v.c.Writer, &http.Cookie{Name: cookiePrefix + number, Path: Address, MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.h.o.OverTLS})
}

// held is what this browser knows of a question.
func (v *view) held(number string) (code, token string) {
	if help.Figures(number) != number || number == "" {
		return "", ""
	}
	value, err := v.c.Cookie(cookiePrefix + number)
	if err != nil || len(value) > 80 {
		return "", ""
	}
	code, token, _ = strings.Cut(value, ".")
	return help.Figures(code), token
}
