package resident

import (
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// Pause is the honest stop in the middle of a test.
type Pause struct {
	page.Base
	Progress page.Progress
	More     int // tasks behind the stop
	Action   string
	Rev      int64
	Of       string
	Shown    int64
	Stop, On page.Button
	Resume   template.HTML
	Call     *Spoken // by telephone
}

func (h *Handlers) pause(c *gin.Context, status int, at visit, v *sitting.View, block string) error {
	l := lang(c)
	w := h.o.Words.Lang(l)
	p := &Pause{Base: h.base(c, w.T("resident.pause.title", nil)), Action: at.at(block), Rev: v.Rev,
		Of: v.Instrument.Name(), Shown: h.o.Now().UnixMilli(), Resume: h.resume(v, l)}
	p.Path = at.at(block)
	first := 0
	for _, it := range v.Instrument.Items() {
		switch {
		case !it.Scored():
		case v.Instrument.InFirst(it.ID):
			first++
		default:
			p.More++
		}
	}
	p.Progress = page.Progress{Text: w.T("resident.progress.passed", nil), At: first, Of: first + p.More, Mark: first,
		MarkTip: w.T("resident.progress.mark", map[string]any{"Count": w.Int(int64(first))})}
	if before := v.Before(block); before != "" {
		p.Back = &page.Link{Href: at.at(before)}
	}
	p.Alarm = &page.Alarm{Action: at.at(block), Name: fieldAlarm, Value: "pause"}
	if at.call {
		p.Call, p.Resume = h.spoken(v, l), ""
	}
	p.Stop = page.Button{Text: w.T("resident.pause.stop", nil), Name: fieldStop, Value: "1"}
	p.On = page.Button{Text: w.T("resident.pause.on", nil), Name: fieldStop, Value: "0", Kind: "second"}
	return h.o.Pages.Render(c.Writer, status, "resident/pause", p)
}

// Review lists everything that was answered before it is handed in.
type Review struct {
	page.Base
	Errors page.ErrorSummary
	Parts  []ReviewPart
	Action string
	Go     page.Button
	Score  bool // a result follows
	Fixed  bool // the tasks are left out: their answers stand
	Resume template.HTML
	Call   *Spoken // by telephone
}

// ReviewPart is one section of the review.
type ReviewPart struct {
	Title string
	Rows  []page.Row
}

// Review shows the answers with a way to change each of them.
func (h *Handlers) Review(c *gin.Context) error {
	at, v, err := h.open(c)
	if err != nil {
		return h.lost(c, at, err)
	}
	if v.Sitting.Done() {
		return see(c, at.result())
	}
	if v.Next != "" {
		return see(c, at.at())
	}
	return h.showReview(c, http.StatusOK, at, v, nil)
}

func (h *Handlers) showReview(c *gin.Context, status int, at visit, v *sitting.View, lacks []fault.Field) error {
	l := lang(c)
	w := h.o.Words.Lang(l)
	p := &Review{Base: h.base(c, w.T("resident.review.title", nil)), Action: at.at("submit"), Resume: h.resume(v, l),
		Score: v.Instrument.Role == instrument.RoleTest}
	p.Path = at.at("review")
	if at.call {
		p.Call, p.Resume = h.spoken(v, l), ""
	}
	key := "resident.review.send"
	if p.Score {
		key = "resident.review.see"
	}
	p.Go = page.Button{Text: w.T(key, nil), Busy: w.T("page.busy", nil)}
	last := ""
	for _, st := range v.Path.Steps {
		if !asks(st) {
			continue
		}
		if v.Fixed(st.ID()) { // tasks that the next ones were chosen by
			p.Fixed = true
			continue
		}
		if st.Section != last || len(p.Parts) == 0 {
			part := ReviewPart{}
			if s, ok := v.Instrument.Section(st.Section); ok {
				part.Title = s.Title.In(l)
			}
			p.Parts, last = append(p.Parts, part), st.Section
		}
		part := &p.Parts[len(p.Parts)-1]
		s, err := h.screenOf(v.Instrument, st, l)
		if err != nil {
			return err
		}
		if s == nil {
			continue
		}
		part.Rows = append(part.Rows, page.Row{Key: s.title, Value: storedText(v, st, w), Href: at.at(st.ID())})
	}
	if n := len(v.Path.Steps); n > 0 {
		p.Back = &page.Link{Href: at.at(v.Path.Steps[n-1].ID())}
	}
	for _, f := range lacks {
		if s := h.forms.screen(v.Instrument, l, f.Pointer); s != nil {
			p.Errors.Items = append(p.Errors.Items, page.ErrorItem{Href: at.at(f.Pointer), Text: s.title})
		}
	}
	p.Failed = len(p.Errors.Items) > 0
	return h.o.Pages.Render(c.Writer, status, "resident/review", p)
}

// under marks the sitting as one of a venue's device or of an account. One that is
// finished already keeps what it had.
func (h *Handlers) under(c *gin.Context, at visit) error {
	if h.o.From == nil || at.call { // the operator stands in the sitting already
		return nil
	}
	from, err := h.o.From(c)
	if err != nil {
		return err
	}
	err = h.o.Sittings.Under(c.Request.Context(), at.id, at.access, from)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return nil // what is wrong, the submit tells
	}
	return err
}

// Submit ends the sitting for good and leads to its result.
func (h *Handlers) Submit(c *gin.Context) error {
	at, err := h.visit(c)
	if err != nil {
		return h.lost(c, at, err)
	}
	if _, err := posted(c); err != nil {
		return err
	}
	if err := h.under(c, at); err != nil {
		return h.lost(c, at, err)
	}
	device := ""
	if !at.call {
		device = h.device(c)
	}
	_, err = h.o.Sittings.Submit(c.Request.Context(), at.id, at.access, device)
	if fault.Is(err, fault.Invalid) {
		v, verr := h.o.Sittings.View(c.Request.Context(), at.id, at.access)
		if verr != nil {
			return h.lost(c, at, verr)
		}
		return h.showReview(c, http.StatusUnprocessableEntity, at, v, fault.As(err).Fields)
	}
	if err != nil {
		return h.lost(c, at, err)
	}
	return see(c, at.result())
}

// Safe is the calm page after «Тривога: зберегти й вийти».
type Safe struct {
	page.Base
	Saved  bool // something is stored
	Part   bool // the last answer was not whole and was left out
	Resume template.HTML
	On     page.Link
	Erase  string
	Call   *Spoken // by telephone
}

// Safe says that everything is saved and how to come back.
func (h *Handlers) Safe(c *gin.Context) error {
	at, v, err := h.open(c)
	if err != nil {
		return h.lost(c, at, err)
	}
	if v.Sitting.Done() {
		return see(c, at.result())
	}
	l := lang(c)
	w := h.o.Words.Lang(l)
	p := &Safe{Saved: v.Rev > 0, Part: c.Query("part") != "", Resume: h.resume(v, l),
		On: page.Link{Href: at.at(), Text: w.T("resident.safe.on", nil)}}
	key := "resident.safe.title"
	if at.call {
		p.Call, p.Resume = h.spoken(v, l), ""
	}
	if !p.Saved {
		key = "resident.safe.nothing"
	} else if !at.call {
		p.Erase = at.result("erase")
	}
	p.Base = h.base(c, w.T(key, nil))
	p.Path = at.at("safe")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/safe", p)
}

// Lost is the page of a sitting that cannot be opened.
type Lost struct {
	page.Base
	Lead, Text string
	Go         page.Button
	Other      *page.Link
}

// lost answers what a sitting's address could not: a page of its own with the right
// status for a sitting that is unknown, erased or too old; other faults go on.
func (h *Handlers) lost(c *gin.Context, at visit, err error) error {
	f := fault.As(err)
	kind := ""
	switch {
	case stopped(err):
		return see(c, Level+"?done=stopped")
	case f.Kind == fault.NotFound && f.Key == "sitting.nothing_answered":
		return see(c, at.at())
	case f.Kind == fault.NotFound:
		kind = "missing"
	case f.Key == "sitting.code_used":
		kind = "code"
	case f.Key == "round.closed":
		kind = "round"
	case f.Kind == fault.Gone && f.Key == "sitting.expired":
		kind = "expired"
	case f.Kind == fault.Gone:
		kind = "erased"
	default:
		return err
	}
	w := h.words(c)
	goes := page.Button{Text: w.T("resident.again", nil), Href: "/surveys"}
	var other *page.Link
	if at.call {
		goes = page.Button{Text: w.T("resident.call.title", nil), Href: Calls}
		return h.lostPage(c, page.Status(f.Kind), kind, goes, nil)
	}
	if kind == "code" || kind == "round" {
		goes = page.Button{Text: w.T("resident.code.enter", nil), Href: "/r"}
	}
	if kind == "code" {
		other = &page.Link{Href: "/join", Text: w.T("resident.lost.code.other", nil)}
	}
	if kind == "missing" {
		goes = page.Button{Text: w.T("resident.code.enter", nil), Href: "/r"}
		other = &page.Link{Href: "/surveys", Text: w.T("resident.again", nil)}
	}
	return h.lostPage(c, page.Status(f.Kind), kind, goes, other)
}

// finished answers an answer to a sitting that is handed in already.
func (h *Handlers) finished(c *gin.Context, at visit) error {
	return h.lostPage(c, http.StatusConflict, "finished",
		page.Button{Text: h.words(c).T("resident.result.open", nil), Href: at.result()}, nil)
}

// moved answers an answer to a screen that left the path in another window.
func (h *Handlers) moved(c *gin.Context, at visit) error {
	return h.lostPage(c, http.StatusConflict, "moved",
		page.Button{Text: h.words(c).T("resident.safe.on", nil), Href: at.at()}, nil)
}

func (h *Handlers) lostPage(c *gin.Context, status int, kind string, goes page.Button, other *page.Link) error {
	w := h.words(c)
	p := &Lost{Base: h.base(c, w.T("resident.lost."+kind+".title", nil)), Lead: w.T("resident.lost."+kind+".lead", nil),
		Text: w.T("resident.lost."+kind+".text", nil), Go: goes, Other: other}
	p.Path = "/"
	return h.o.Pages.Render(c.Writer, status, "resident/lost", p)
}
