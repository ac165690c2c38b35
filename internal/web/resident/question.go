package resident

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// Question is one screen of the test.
type Question struct {
	page.Base
	Top      template.HTML // where the person is: rendered at start
	Progress page.Progress // the same, where it depends on the answers
	Errors   page.ErrorSummary
	Stored   *page.Note    // another window was faster
	Once     *page.Note    // what is different about the tasks from here on
	Intro    template.HTML // heading, situation, picture, words: rendered at start
	Open     template.HTML // the form's tag and its hidden fields
	Body     template.HTML // radio buttons or check boxes, put together from rendered pieces
	Legend   string        // of the lists
	Heads    bool          // that legend is the page's heading
	Hint     string
	Fault    string
	Letters  []lettered // the texts that the lists offer
	Selects  []page.Select
	Field    *page.Field
	Or       []page.Check // «не знаю» beside lists and boxes
	Go       template.HTML
	Skip     *page.Button
	Resume   template.HTML
	Aloud    *Aloud // by telephone
	Call     *Spoken
}

// Names of the form's own fields.
const (
	fieldRev   = "rev"
	fieldOf    = "of" // version of the instrument, slug@n, and of its bank, slug@n@bank
	fieldShown = "t"
	fieldAlarm = "alarm"
	fieldSkip  = "skip"
	fieldStop  = "stop"
)

// Sitting shows where the person is: the next screen, the review, or the result.
func (h *Handlers) Sitting(c *gin.Context) error {
	at, v, err := h.open(c)
	if err != nil {
		return h.lost(c, at, err)
	}
	if v.Sitting.Done() {
		return see(c, at.result())
	}
	if v.Next == "" {
		return h.showReview(c, http.StatusOK, at, v, nil)
	}
	return h.show(c, http.StatusOK, at, v, v.Next, nil)
}

// Block shows one screen: the next one, or an earlier one to look at again.
func (h *Handlers) Block(c *gin.Context) error {
	at, v, err := h.open(c)
	if err != nil {
		return h.lost(c, at, err)
	}
	block := c.Param("block")
	switch {
	case v.Sitting.Done():
		return see(c, at.result())
	case !v.Path.Has(block), block != v.Next && !v.WasLeft(block), v.Fixed(block):
		if _, err := v.Step(block); err != nil {
			return err
		}
		return see(c, at.at())
	}
	return h.show(c, http.StatusOK, at, v, block, nil)
}

// open reads the sitting of the address.
func (h *Handlers) open(c *gin.Context) (visit, *sitting.View, error) {
	at, err := h.visit(c)
	if err != nil {
		return at, nil, err
	}
	v, err := h.o.Sittings.View(c.Request.Context(), at.id, at.access)
	return at, v, err
}

// typed is what a person sent and what was wrong with it.
type typed struct {
	values   url.Values
	field    *fault.Field
	empty    bool // nothing was chosen: offer to skip
	conflict bool
}

// Save takes one answered screen.
func (h *Handlers) Save(c *gin.Context) error {
	at, err := h.visit(c)
	if err != nil {
		return h.lost(c, at, err)
	}
	values, err := posted(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	block := c.Param("block")
	step, err := h.step(c, at, block, values.Get(fieldOf))
	if err != nil {
		return h.lost(c, at, err)
	}
	g := sitting.Given{Block: block, Stop: values.Get(fieldStop) == "1"}
	g.Rev, _ = strconv.ParseInt(values.Get(fieldRev), 10, 64)
	if shown, err := strconv.ParseInt(values.Get(fieldShown), 10, 64); err == nil {
		g.Spent = min(max(h.o.Now().Sub(time.UnixMilli(shown)), 0), 24*time.Hour)
	}
	alarm := values.Get(fieldAlarm) != ""
	if alarm && step.Block.Pause != "" {
		return h.safe(c, at, "") // nothing was chosen there
	}
	said := typed{values: values}
	if g.Value, said.field = read(step, values); said.field == nil && g.Value.IsZero() && asks(step) {
		said.empty = values.Get(fieldSkip) == ""
	}
	switch {
	case alarm && (said.field != nil || said.empty):
		if said.field != nil {
			return h.safe(c, at, mark(at, "part"))
		}
		return h.safe(c, at, "")
	case said.field != nil, said.empty:
		return h.again(c, at, block, &said)
	}
	v, err := h.o.Sittings.Answer(ctx, at.id, at.access, g)
	switch {
	case fault.Is(err, fault.Conflict) && v != nil && v.Sitting.Done():
		return h.finished(c, at)
	case fault.Is(err, fault.Conflict) && alarm:
		return h.safe(c, at, mark(at, "part")) // first to a shelter, then the windows
	case fault.Is(err, fault.Conflict) && v != nil && v.Fixed(block):
		return h.standing(c, at, v, block)
	case fault.Is(err, fault.Conflict) && v != nil && v.Path.Has(block):
		said.conflict = true
		return h.show(c, http.StatusConflict, at, v, block, &said)
	case fault.Is(err, fault.Conflict) && v != nil:
		return h.moved(c, at)
	case fault.Is(err, fault.Invalid):
		said.field = &fault.Field{Key: "answer.bad"}
		if fs := fault.As(err).Fields; len(fs) > 0 {
			said.field = &fs[0]
		}
		return h.again(c, at, block, &said)
	case err != nil:
		return h.lost(c, at, err)
	case alarm:
		return h.safe(c, at, "")
	}
	if next := v.After(block); next != "" {
		return see(c, at.at(next))
	}
	return see(c, at.at(v.Next))
}

// mark adds a word to an address's query.
func mark(at visit, word string) string {
	if at.access.Key != "" {
		return "&" + word + "=1"
	}
	return "?" + word + "=1"
}

// step finds the block that a form was made of. The form names its version, so
// that the store is asked once, by Answer, which checks everything again.
func (h *Handlers) step(c *gin.Context, at visit, block, of string) (instrument.Step, error) {
	if slug, n, ok := strings.Cut(of, "@"); ok {
		n, bank, _ := strings.Cut(n, "@")
		if it := h.o.Sittings.BankItem(bank, block); it != nil {
			return instrument.Step{Item: it, Block: instrument.Block{Item: it.ID, ItemVersion: it.Version}}, nil
		}
		if version, err := strconv.Atoi(n); err == nil {
			if pub, ok := h.o.Sittings.Catalogue().Version(slug, version); ok {
				if step, err := pub.Block(block); err == nil {
					return step, nil
				}
			}
		}
	}
	v, err := h.o.Sittings.View(c.Request.Context(), at.id, at.access)
	if err != nil {
		return instrument.Step{}, err
	}
	return v.Step(block)
}

// read turns the posted form into an answer of the block.
func read(step instrument.Step, values url.Values) (instrument.Value, *fault.Field) {
	switch {
	case step.Item != nil:
		return step.Item.FromForm(values)
	case step.Question != nil:
		switch id := values.Get(instrument.FieldAnswer); id {
		case "":
			return instrument.Value{}, nil
		case pickRefused:
			return instrument.Refused(), nil
		default:
			return instrument.Word(id), nil
		}
	}
	return instrument.Value{}, nil
}

// asks tells whether the block wants an answer at all.
func asks(step instrument.Step) bool {
	return step.Question != nil || step.Item != nil && step.Item.TakesAnswer()
}

// again shows the screen with what was typed and what to mend: nothing is lost.
func (h *Handlers) again(c *gin.Context, at visit, block string, said *typed) error {
	v, err := h.o.Sittings.View(c.Request.Context(), at.id, at.access)
	if err != nil {
		return h.lost(c, at, err)
	}
	if v.Sitting.Done() {
		return h.finished(c, at)
	}
	if !v.Path.Has(block) {
		return h.moved(c, at)
	}
	return h.show(c, http.StatusUnprocessableEntity, at, v, block, said)
}

// show writes the screen of a block. said is what was typed, nil for what is stored.
func (h *Handlers) show(c *gin.Context, status int, at visit, v *sitting.View, block string, said *typed) error {
	return h.showWith(c, status, at, v, block, said, nil)
}

// showWith is show with a note above the screen.
func (h *Handlers) showWith(c *gin.Context, status int, at visit, v *sitting.View, block string, said *typed, note *page.Note) error {
	l := lang(c)
	step := v.Path.Steps[v.Path.Index(block)]
	if step.Block.Pause != "" {
		return h.pause(c, status, at, v, block)
	}
	s, err := h.screenOf(v.Instrument, step, l)
	if err != nil {
		return err
	}
	if s == nil {
		return fault.Newf(fault.Internal, "", "no screen for block %q", block)
	}
	w := h.o.Words.Lang(l)
	p := &Question{Base: h.base(c, s.title), Intro: s.intro, Hint: s.hint, Legend: s.title, Heads: s.heads}
	p.Path = at.at(block)
	p.Open = h.openForm(p.Path, v)
	p.Failed = said != nil && !said.conflict
	p.Top, p.Go, p.Resume = s.top, h.forms.common[l].next, h.resume(v, l)
	task := v.Adaptive != nil && v.Adaptive.Now == block
	switch {
	case task:
		p.Progress = adaptiveProgress(v.Adaptive, w)
		if v.Adaptive.Given == 0 {
			p.Once = &page.Note{Kind: "sun", Text: []string{w.T("resident.express.once", nil)}}
		}
	case p.Top == "":
		p.Progress = pathProgress(v, block, w)
	}
	p.Alarm = &page.Alarm{Action: p.Path, Form: answerForm, Name: fieldAlarm, Value: "1"}
	if before := v.Before(block); before != "" {
		if !v.Fixed(before) {
			p.Back = &page.Link{Href: at.at(before)}
		}
	} else {
		p.Back = &page.Link{Href: "/surveys/" + v.Instrument.Slug}
		if at.call {
			p.Back = &page.Link{Href: Calls}
		}
	}
	h.fill(p, s, at, v, step, said, w)
	if at.call {
		h.readAloud(p, v, step)
	}
	if said != nil && said.conflict {
		p.Stored = h.storedNote(v, step, said, w)
	}
	if note != nil {
		p.Stored = note
	}
	return h.o.Pages.Render(c.Writer, status, "resident/question", p)
}

// openForm writes the form's tag and what it was made of: the revision, the version
// and the moment, for the time on the screen.
func (h *Handlers) openForm(action string, v *sitting.View) template.HTML {
	b := make([]byte, 0, 400)
	b = append(b, `<form method="post" action="`...)
	b = append(b, template.HTMLEscapeString(action)...)
	b = append(b, `" id="`+answerForm+`" data-keep novalidate><input type="hidden" name="`+fieldRev+`" value="`...)
	b = strconv.AppendInt(b, v.Rev, 10)
	b = append(b, `"><input type="hidden" name="`+fieldOf+`" value="`...)
	b = append(b, template.HTMLEscapeString(v.Instrument.Name())...)
	if v.Adaptive != nil {
		b = append(b, '@')
		b = append(b, template.HTMLEscapeString(v.Sitting.Bank)...)
	}
	b = append(b, `"><input type="hidden" name="`+fieldShown+`" value="`...)
	b = strconv.AppendInt(b, h.o.Now().UnixMilli(), 10)
	return template.HTML(append(b, `">`...))
}

// resume is the block with the code; empty before the first answer is stored.
func (h *Handlers) resume(v *sitting.View, l string) template.HTML {
	code := codeIn(v.Code, l)
	if code == "" {
		return ""
	}
	return template.HTML(strings.ReplaceAll(h.forms.common[l].resume, codeMark, template.HTMLEscapeString(code)))
}

func codeIn(code sitting.Code, l string) string {
	if l == i18n.English {
		return code.Latin
	}
	return code.Cyrillic
}

// taskProgress counts the tasks of a test, with the honest stop marked; questions
// about the person are named by their section instead.
func taskProgress(in *instrument.Instrument, step instrument.Step, w *i18n.Localizer) (p page.Progress, section string) {
	if step.Item == nil || !step.Item.Scored() {
		if s, ok := in.Section(step.Section); ok {
			return p, s.Title.In(w.Language)
		}
		return p, ""
	}
	p.Text = w.T("resident.progress.task", nil)
	for _, it := range in.Items() {
		if !it.Scored() {
			continue
		}
		p.Of++
		if in.StopAfter != "" && in.InFirst(it.ID) {
			p.Mark++
		}
		if it.ID == step.ID() {
			p.At = p.Of
		}
	}
	if p.Mark > 0 {
		p.MarkTip = w.T("resident.progress.mark", map[string]any{"Count": w.Int(int64(p.Mark))})
	}
	return p, ""
}

// pathProgress counts the screens of a survey's path.
func pathProgress(v *sitting.View, block string, w *i18n.Localizer) page.Progress {
	p := page.Progress{Text: w.T("resident.progress.task", nil)}
	for _, st := range v.Path.Steps {
		if st.Block.Pause != "" {
			continue
		}
		p.Of++
		if st.ID() == block {
			p.At = p.Of
		}
	}
	return p
}
