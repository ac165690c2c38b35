package resident

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Calls is where an operator of the help line reads a test aloud and enters what the
// person says. Its screens are those of /s, with a line that says how to read each;
// who may open them the gate asks every time.
const Calls = "/office/calls"

// callCookie holds the one sitting an operator is at. It is apart from the residents'
// own cookies: nothing of a call stays in the browser when it has ended.
const (
	callCookie = "call"
	callLife   = 12 * 3600
)

// CallPages are the screens of a call.
type CallPages struct{ *Handlers }

// Routes is the list of their addresses.
func (h CallPages) Routes() []gate.Route {
	at := func(method, path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: method, Path: Calls + path, Need: gate.May(person.SittingPhone), Do: do}
	}
	const get, post = http.MethodGet, http.MethodPost
	return []gate.Route{
		at(get, "", h.CallsForm),
		at(post, "", h.CallStart),
		at(post, "/code", h.CallCode),
		at(post, "/end", h.CallEnd),
		at(get, "/:sitting", h.Sitting),
		at(get, "/:sitting/review", h.Review),
		at(post, "/:sitting/submit", h.Submit),
		at(get, "/:sitting/safe", h.Safe),
		at(get, "/:sitting/result", h.CallDone),
		at(get, "/:sitting/:block", h.Block),
		at(post, "/:sitting/:block", h.Save),
	}
}

// called are the instruments that are offered by telephone: those that need neither a
// venue's watch nor a code of an institution.
var called = []string{"resident-test", "resident-survey", "short-form"}

// CallsPage is where a call begins.
type CallsPage struct {
	page.Base
	Errors  page.ErrorSummary
	Done    string
	On      *page.Link // the call that was not ended
	Facts   []page.Fact
	What    page.Choices
	Consent page.Check
	Heard   page.Check
	Go      page.Button
	Code    page.Field
	CodeGo  page.Button
}

type callForm struct {
	what            string
	consent, heard  bool
	code            string
	faulty, trouble string // the field that is wrong, and what to say
}

// CallsForm shows what is read aloud first.
func (h *Handlers) CallsForm(c *gin.Context) error {
	return h.callsPage(c, http.StatusOK, &callForm{what: called[0]})
}

func (h *Handlers) callsPage(c *gin.Context, status int, f *callForm) error {
	l := lang(c)
	w := h.words(c)
	p := &CallsPage{Base: h.base(c, w.T("resident.call.title", nil)), Go: page.Button{Text: w.T("resident.call.start", nil)},
		CodeGo: page.Button{Text: w.T("resident.code.go", nil), Kind: "second"}}
	p.Path = Calls
	p.Back = &page.Link{Href: "/office/help/script", Text: w.T("resident.call.script", nil)}
	first, err := h.current(called[0])
	if err != nil {
		return err
	}
	trust, err := h.trust(l, Calls, first.Instrument)
	if err != nil {
		return err
	}
	p.Facts, p.Consent = trust.Facts, trust.Consent
	p.Consent.Checked = f.consent
	p.Consent.Label = w.T("resident.call.consent", nil)
	p.Consent.Hint = w.T("resident.call.consent.hint", nil)
	p.What = page.Choices{ID: "what", Name: "what", Legend: w.T("resident.call.what", nil)}
	for _, slug := range called {
		pub, err := h.current(slug)
		if err != nil || h.o.Sittings.Closed(pub.Instrument) != "" {
			continue
		}
		p.What.Items = append(p.What.Items, page.Choice{ID: "what-" + slug, Value: slug, Label: pub.Title.In(l), Checked: f.what == slug,
			Hint: w.T("resident.minutes", map[string]any{"From": pub.Minutes.From, "To": pub.Minutes.To})})
	}
	p.Heard = page.Check{ID: "heard", Name: "heard", Value: "1", Label: w.T("resident.call.heard", nil), Checked: f.heard}
	p.Code = page.Field{ID: "code", Name: "code", Label: w.T("resident.code.label", nil), Hint: w.T("resident.code.hint", nil),
		Value: clip(f.code, 20), Code: true, MaxLength: 20, Width: "10", Autocomplete: "off"}
	if f.trouble != "" {
		p.Failed = true
		p.Errors = page.ErrorSummary{Items: []page.ErrorItem{{Href: "#" + f.faulty, Text: f.trouble}}}
		switch f.faulty {
		case "code":
			p.Code.Error = f.trouble
		case "heard":
			p.Heard.Error = f.trouble
		}
	}
	if c.Query("done") == "ended" {
		p.Done = w.T("resident.call.ended", nil)
	}
	if at, ok := h.call(c); ok {
		p.On = &page.Link{Href: at.at(), Text: w.T("resident.call.on", nil)}
	}
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, status, "resident/calls", p)
}

// call is the sitting that the operator's browser holds, if it may still be opened.
func (h *Handlers) call(c *gin.Context) (visit, bool) {
	sealed, err := c.Cookie(callCookie)
	if err != nil {
		return visit{}, false
	}
	id, ok := h.o.Sittings.TokenID(sealed)
	if !ok {
		return visit{}, false
	}
	at := visit{id: id, call: true, access: sitting.Access{Token: sealed}}
	_, err = h.o.Sittings.View(c.Request.Context(), id, at.access)
	return at, err == nil
}

// operator is who enters what the person says.
func operator(c *gin.Context) *sitting.Helper {
	return &sitting.Helper{Kind: sitting.HelperOperator, Person: string(gate.Actor(c).Person)}
}

// CallStart begins a sitting by telephone: it counts as such, and nothing is stored
// before the first answer.
func (h *Handlers) CallStart(c *gin.Context) error {
	values, err := posted(c)
	if err != nil {
		return err
	}
	f := &callForm{what: values.Get("what"), consent: values.Get("consent") == sitting.ConsentStatistics, heard: values.Get("heard") != ""}
	pub, err := h.current(f.what)
	switch {
	case !contains(called, f.what) || err != nil || h.o.Sittings.Closed(pub.Instrument) != "":
		f.what, f.faulty, f.trouble = called[0], "what", h.words(c).T("resident.call.what.needed", nil)
		return h.callsPage(c, http.StatusUnprocessableEntity, f)
	case !f.heard:
		f.faulty, f.trouble = "heard", h.words(c).T("resident.call.heard.needed", nil)
		return h.callsPage(c, http.StatusUnprocessableEntity, f)
	}
	q := sitting.StartRequest{Instrument: pub.Slug, Language: lang(c), Mode: sitting.ModePhone, Helper: operator(c)}
	if f.consent {
		q.Consent = []string{sitting.ConsentStatistics}
	}
	st, err := h.o.Sittings.Start(c.Request.Context(), q)
	if err != nil {
		return err
	}
	h.holdCall(c, st.Token, callLife)
	return see(c, visit{id: st.ID, call: true}.at())
}

// CallCode goes on with a sitting by its six letters: a call that broke off, or a test
// that a person began alone.
func (h *Handlers) CallCode(c *gin.Context) error {
	values, err := posted(c)
	if err != nil {
		return err
	}
	f := &callForm{what: called[0], code: values.Get("code"), faulty: "code"}
	ctx := c.Request.Context()
	id, sealed, err := h.o.Sittings.Resume(ctx, f.code)
	if err == nil {
		err = h.o.Sittings.Assist(ctx, id, sitting.Access{Token: sealed}, operator(c), sitting.ModePhone)
	}
	w := h.words(c)
	switch bad := fault.As(err); {
	case err == nil:
		h.holdCall(c, sealed, callLife)
		return see(c, visit{id: id, call: true}.at())
	case bad.Kind == fault.TooMany && bad.Key == "sitting.code_wait":
		seconds, _ := bad.Args["Seconds"].(int)
		f.trouble = w.N("resident.code.wait", int64(max(seconds, 1)), nil)
	case bad.Kind == fault.Invalid:
		f.trouble = w.T("resident.code.letters", nil)
	case bad.Kind == fault.NotFound:
		f.trouble = w.T("resident.code.unknown", nil)
	case bad.Kind == fault.Forbidden:
		f.trouble = w.T("resident.call.not", nil)
	default:
		return err
	}
	return h.callsPage(c, page.Status(codeStatus(err)), f)
}

// CallEnd forgets the sitting in this browser: what is not finished, its code opens.
func (h *Handlers) CallEnd(c *gin.Context) error {
	h.holdCall(c, "", -1)
	return see(c, Calls+"?done=ended")
}

func (h *Handlers) holdCall(c *gin.Context, sealed string, life int) {
	http.SetCookie(c.Writer, &http.Cookie{Name: callCookie, Value: sealed, Path: Calls, MaxAge: life,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: h.o.OverTLS})
}

// Aloud says how a screen is read to somebody who cannot see it.
type Aloud struct {
	Read []string // how, and in what order
	Tips []string // what the operator does and does not do
}

// aloud is the way of reading a block; every type of item has one. A picture is read
// by its description.
func (h *Handlers) aloud(step instrument.Step, l string) *Aloud {
	w := h.o.Words.Lang(l)
	kind := "single"
	if it := step.Item; it != nil {
		kind = string(it.Type)
	}
	a := &Aloud{Read: []string{w.T("resident.call.read."+kind, nil)}}
	if it := step.Item; it != nil {
		if it.Picture != nil {
			a.Read = append(a.Read, w.T("resident.call.picture", map[string]any{"Words": it.Picture.Alt.In(l)}))
		}
		if it.Scored() {
			a.Tips = append(a.Tips, w.T("resident.call.tip.same", nil), w.T("resident.call.tip.know", nil))
		}
		if it.TakesAnswer() && !it.Required {
			a.Tips = append(a.Tips, w.T("resident.call.tip.skip", nil))
		}
	} else {
		a.Tips = append(a.Tips, w.T("resident.call.tip.refuse", nil))
	}
	a.Tips = append(a.Tips, w.T("resident.call.tip.pause", nil))
	return a
}

// readAloud makes a screen of the test one that is read aloud.
func (h *Handlers) readAloud(p *Question, v *sitting.View, step instrument.Step) {
	p.Aloud, p.Call, p.Resume = h.aloud(step, p.Lang), h.spoken(v, p.Lang), ""
	if it := step.Item; it != nil && it.TakesAnswer() && !it.Required {
		p.Skip = &page.Button{Text: h.o.Words.Lang(p.Lang).T("resident.call.skip", nil), Kind: "quiet", Name: fieldSkip, Value: "1"}
	}
}

// CallResult is what is read to a person at the end.
type CallResult struct {
	page.Base
	Cans    []string
	Level   []string
	Steps   []string
	Text    []string   // of a survey and the short form
	Help    *page.Note // the nearest help
	Counted page.Note
	Go      page.Button
}

// CallDone shows the result for reading; there is no address to give for it, so what
// the person wants to keep is written down while it is read.
func (h *Handlers) CallDone(c *gin.Context) error {
	at, out, err := h.outcome(c)
	if out == nil {
		return err
	}
	l := lang(c)
	w := h.words(c)
	p := &CallResult{Base: h.base(c, w.T("resident.call.result", nil)), Go: page.Button{Text: w.T("resident.call.end", nil)}}
	p.Path = at.result()
	if out.Sitting.Role != sitting.RoleTest {
		done := h.done(c, at, out, l)
		p.Text, p.Help, p.Counted = done.Text, done.Help, done.Counted
		return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/called", p)
	}
	r, err := h.result(c, at, out, l)
	if err != nil {
		return err
	}
	p.Cans, p.Level, p.Counted = r.Cans, r.LevelText, r.Counted
	for _, s := range r.Steps {
		p.Steps = append(p.Steps, strings.TrimRight(s.Title, ".")+". "+s.Text)
	}
	return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/called", p)
}

// spoken puts the words of a call on a page of the test: the code is told, not
// photographed.
func (h *Handlers) spoken(v *sitting.View, l string) *Spoken {
	w := h.o.Words.Lang(l)
	s := &Spoken{End: page.Button{Text: w.T("resident.call.later", nil), Kind: "quiet"}}
	if code := codeIn(v.Code, l); code != "" {
		s.Code = strings.Join(strings.Split(code, ""), " ")
	}
	return s
}

// Spoken is the foot of a call's screens.
type Spoken struct {
	Code string // letter by letter; empty before the first answer
	End  page.Button
}
