package help

import (
	"crypto/rand"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/help"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

func newOnce() string { return rand.Text() }

// WorkPage is one question on the desk of an operator.
type WorkPage struct {
	page.Sheet
	Answer *AnswerForm
	After  []page.Block
}

// AnswerForm is where the answer is written, with what is known beside it.
type AnswerForm struct {
	Action string
	Field  page.Field
	Found  []Hit
	Go     page.Button
	// Of somebody who is called back: what to do at night, and when nobody picks up.
	Night, Missed, MissedText string
	MissedGo                  *page.Button
}

// Work shows one question.
func (h *Handlers) Work(c *gin.Context) error { return h.see(c).work(nil, "") }

func (v *view) work(refused error, typed string) error {
	q, err := v.h.o.Help.Look(v.ctx, v.actor(), v.c.Param("number"))
	if err != nil {
		return err
	}
	at := Office + "/q/" + q.ID
	p := &WorkPage{Sheet: v.sheet(at, "help", v.t("q.title", "Number", q.Spoken()), page.Link{Href: Office, Text: v.t("queue")})}
	status, err := v.wrong(&p.Sheet, refused)
	if err != nil {
		return err
	}
	now := v.h.o.Now()
	mine := q.HeldBy(now) == v.actor().Person && v.actor().Person != ""
	var o *help.Opened
	if mine || q.State != help.Open && q.Who == v.actor().Person && q.Who != "" {
		if o, err = v.h.o.Help.Read(v.ctx, v.actor(), q.ID); err != nil {
			return err
		}
	}
	due := v.moment(q.Due.Time)
	if q.State == help.Open && now.After(q.Due.Time) {
		due += " · " + v.t("late")
	}
	facts := []page.Row{{Key: v.t("col.state"), Value: v.tag(q).Text}, {Key: v.t("col.topic"), Value: v.topic(q.Topic)}, {Key: v.t("col.due"), Value: due},
		{Key: v.t("col.asked"), Value: v.moment(q.At.Time) + " · " + v.t("way."+string(q.Way))}, {Key: v.t("col.reply"), Value: v.t("reply." + string(q.Reply))}}
	if q.Place != "" {
		facts = append(facts, page.Row{Key: v.t("take.place"), Value: v.place(q.Place)})
	}
	if q.Area != "" {
		facts = append(facts, page.Row{Key: v.t("col.area"), Value: v.h.o.Area(q.Area, v.lang)})
	}
	if o != nil {
		if o.Secret.Name != "" {
			facts = append(facts, page.Row{Key: v.t("col.name"), Value: o.Secret.Name})
		}
		if o.Secret.Contact != "" {
			facts = append(facts, page.Row{Key: v.t("col.contact"), Value: o.Secret.Contact})
		}
	}
	if q.Topic == help.Fraud && q.State == help.Open {
		n := v.fraud()
		p.Blocks = append(p.Blocks, page.Block{Note: &n})
	}
	text := page.Block{Title: v.t("work.text"), Text: strings.Split(q.Masked, "\n")}
	if o != nil {
		text.Text = strings.Split(o.Secret.Text, "\n")
	} else if len(q.Found) > 0 {
		text.Small = v.t("work.masked")
	}
	p.Blocks = append(p.Blocks, page.Block{Facts: facts}, text)
	if q.State == help.Open {
		p.Blocks = append(p.Blocks, v.holding(q, mine, at))
	}
	if o != nil && len(o.Notes) > 0 {
		var list []string
		for _, n := range o.Notes {
			list = append(list, v.moment(n.At)+": "+n.Text)
		}
		p.Blocks = append(p.Blocks, page.Block{Title: v.t("work.notes"), Words: list})
	}
	if mine {
		found := v.h.o.Help.Suggest(q.Masked, suggested+2)
		p.Answer = &AnswerForm{Action: at + "/answer", Found: v.hits(found), Go: page.Button{Text: v.t("answer.go." + string(q.Reply)), Small: true},
			Field: page.Field{ID: page.FieldID("answer"), Name: "answer", Label: v.t("answer"), Hint: v.t("answer.hint." + string(q.Reply)), Value: typed, Rows: 7, Error: v.fault("answer")}}
		if typed == "" && len(found) == 1 {
			p.Answer.Field.Hint += " " + v.t("answer.known")
		}
		if q.Reply == help.ByCall {
			if notify.Quiet(v.h.o.Now()) {
				p.Answer.Night = v.t("answer.night")
			}
			p.Answer.Missed, p.Answer.MissedText = v.t("answer.missed"), v.t("answer.missed.none")
			if v.h.o.Help.Texts() {
				p.Answer.MissedGo = &page.Button{Text: v.t("answer.missed.go"), Kind: "second", Small: true, Name: "missed", Value: "1"}
				p.Answer.MissedText = v.t("answer.missed.text")
			}
		}
		p.After = v.tools(q, at)
	}
	if q.State == help.Answered {
		p.After = append(p.After, v.answered(q, o, at))
	}
	p.Ready()
	(&page.Sheet{Blocks: p.After}).Ready()
	return v.render(status, "help/work", p)
}

// holding is who has the question, and the button that takes it.
func (v *view) holding(q *help.Question, mine bool, at string) page.Block {
	take := page.Form{Action: at + "/take", Buttons: []page.Button{{Text: v.t("work.take"), Small: true}}}
	switch held := q.HeldBy(v.h.o.Now()); {
	case mine:
		take.Buttons[0] = page.Button{Text: v.t("work.renew"), Kind: "quiet", Small: true}
		return page.Block{Note: &page.Note{Kind: "good", Text: []string{v.t("work.mine", "When", v.moment(q.Until.Time))}}, Forms: []page.Form{take}, Noprint: true}
	case held != "":
		return page.Block{Note: &page.Note{Kind: "sun", Text: []string{v.t("work.held", "When", v.moment(q.Until.Time))}}}
	}
	return page.Block{Text: []string{v.t("work.free")}, Forms: []page.Form{take}, Noprint: true}
}

// tools are the other acts on a held question.
func (v *view) tools(q *help.Question, at string) []page.Block {
	topic := v.topicList(q.Topic)
	reason := page.Select{ID: page.FieldID("reason"), Name: "reason", Label: v.t("close.reason"), Error: v.fault("reason")}
	for _, r := range help.Reasons() {
		reason.Options = append(reason.Options, page.Option{Value: string(r), Text: v.t("reason." + string(r))})
	}
	return []page.Block{
		{Note: &page.Note{Kind: "good", Title: v.t("script.may"), List: v.all("script.may")}},
		{Note: &page.Note{Kind: "bad", Title: v.t("script.red"), List: v.all("script.red")}},
		{Title: v.t("hand"), Small: v.t("hand.text"), Form: &page.Form{Action: at + "/hand-over", Card: true,
			Parts:   []any{page.Field{ID: page.FieldID("note"), Name: "note", Label: v.t("hand.note"), Hint: v.t("hand.note.hint"), Rows: 3, Error: v.fault("note")}},
			Buttons: []page.Button{{Text: v.t("hand.go"), Kind: "second", Small: true}}}},
		{Title: v.t("sort"), Form: &page.Form{Action: at + "/sort", Row: true, Card: true, Parts: []any{topic, v.areas(q.Area)}, Buttons: []page.Button{{Text: v.t("save"), Kind: "second", Small: true}}}},
		{Title: v.t("close"), Small: v.t("close.text"), Form: &page.Form{Action: at + "/close", Row: true, Card: true, Parts: []any{reason}, Buttons: []page.Button{{Text: v.t("close.go"), Kind: "second", Small: true}}}},
	}
}

func (v *view) areas(chosen string) page.Select {
	s := page.Select{ID: page.FieldID("area"), Name: "area", Label: v.t("col.area"), Error: v.fault("area"), Options: []page.Option{{Text: v.t("area.none"), Selected: chosen == ""}}}
	for _, a := range help.Areas() {
		s.Options = append(s.Options, page.Option{Value: a, Text: v.h.o.Area(a, v.lang), Selected: a == chosen})
	}
	return s
}

// answered is the answer, and the way to make it public.
func (v *view) answered(q *help.Question, o *help.Opened, at string) page.Block {
	b := page.Block{ID: "answer", Title: v.t("answer"), Small: v.t("answered.at", "When", v.stored(q.Done))}
	if o == nil {
		b.Text = []string{v.t("answered.hidden")}
		return b
	}
	b.Text = strings.Split(o.Answer, "\n")
	if q.Helped != "" {
		b.Text = append(b.Text, v.t("helped."+q.Helped))
	}
	switch {
	case q.Public != "":
		b.Acts = []page.Button{{Text: v.t("public.see"), Href: Articles + "/" + q.Public, Kind: "second", Small: true}}
	case v.may(person.HelpEdit):
		b.Acts = []page.Button{{Text: v.t("public.make"), Href: at + "/public", Kind: "second", Small: true}}
	}
	return b
}

// after ends an act on a question, or shows the question with what was refused.
func (v *view) after(err error, typed, done string) error {
	if err == nil {
		return v.to(Office + "/q/" + help.Figures(v.c.Param("number")) + "?done=" + done)
	}
	if k := fault.KindOf(err); k == fault.Unavailable && (fault.As(err).Key == "help.no_mail" || fault.As(err).Key == "help.no_sms") {
		err = fault.InvalidFields(fault.Field{Pointer: "answer", Key: fault.As(err).Key})
	}
	return v.work(err, typed)
}

// Take gives the question to whoever asks.
func (h *Handlers) Take(c *gin.Context) error {
	v := h.see(c)
	return v.after(h.o.Help.Take(v.ctx, v.actor(), c.Param("number")), "", "taken")
}

// Sort sets topic and area.
func (h *Handlers) Sort(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Topic string `form:"topic"`
		Area  string `form:"area"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Help.Sort(v.ctx, v.actor(), c.Param("number"), f.Topic, f.Area)
	}
	return v.after(err, "", "sorted")
}

// HandOver gives the question back with a note.
func (h *Handlers) HandOver(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Note string `form:"note"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Help.HandOver(v.ctx, v.actor(), c.Param("number"), f.Note)
	}
	return v.after(err, "", "handed")
}

// Answer stores the answer.
func (h *Handlers) Answer(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Answer string `form:"answer"`
		Missed bool   `form:"missed"`
	}
	err := form.DecodeWithin(c.Request, &f, askLimits)
	if err == nil && f.Missed {
		err = h.o.Help.AnswerMissed(v.ctx, v.actor(), c.Param("number"), f.Answer)
	} else if err == nil {
		err = h.o.Help.Answer(v.ctx, v.actor(), c.Param("number"), f.Answer)
	}
	return v.after(err, f.Answer, "answered")
}

// Close ends a question without an answer.
func (h *Handlers) Close(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Reason string `form:"reason"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Help.Close(v.ctx, v.actor(), c.Param("number"), help.Reason(f.Reason))
	}
	return v.after(err, "", "closed")
}
