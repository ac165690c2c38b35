package resident

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/chart"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// ResultPage is what a person gets for a test.
type ResultPage struct {
	page.Base
	Lead      string
	Cans      []string
	Level     page.Level
	LevelText []string
	LevelTip  string
	Decide    *page.Note // what would settle the level
	Areas     []page.Area
	AreasTip  string
	Table     *page.Table
	Next      *page.Next  // lessons; nil: only the short advice
	Steps     []page.Step // short advice
	First     *page.Button
	Counted   page.Note
	City      page.Note
	Share     page.Resume
	Link      string // the address to copy by hand
	Number    *page.Details
	PDF       string
	Answers   string
	Erase     string
	Print     page.Button
}

// DonePage is what a person gets for a survey or the short form.
type DonePage struct {
	page.Base
	Text    []string
	Help    *page.Note // the nearest help
	Counted page.Note
	City    page.Note
	Link    string
	Share   page.Resume
	Erase   string
	Print   page.Button
	Learn   *page.Button
}

const maxCans = 6

// Result shows what became of a sitting.
func (h *Handlers) Result(c *gin.Context) error {
	at, out, err := h.outcome(c)
	if out == nil {
		return err
	}
	l := lang(c)
	if out.Sitting.Role == sitting.RoleRound && h.own != nil {
		return h.own(c, out, at.result("erase"))
	}
	if out.Sitting.Role != sitting.RoleTest {
		p := h.done(c, at, out, l)
		return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/done", p)
	}
	p, err := h.result(c, at, out, l)
	if err != nil {
		return err
	}
	return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/result", p)
}

// Own gives the results of sittings in rounds to serve; erase is where a sitting is
// deleted. Call it before the first request.
func (h *Handlers) Own(serve func(c *gin.Context, out *sitting.Outcome, erase string) error) {
	h.own = serve
}

// outcome opens a submitted sitting; without one it has answered already, or the
// error says why not.
func (h *Handlers) outcome(c *gin.Context) (visit, *sitting.Outcome, error) {
	at, err := h.visit(c)
	if err != nil {
		return at, nil, h.lost(c, at, err)
	}
	out, err := h.o.Sittings.Result(c.Request.Context(), at.id, at.access)
	switch {
	case err == nil:
		return at, out, nil
	case fault.Is(err, fault.NotFound) && fault.As(err).Key == "sitting.not_finished":
		return at, nil, see(c, at.at())
	}
	return at, nil, h.lost(c, at, err)
}

func (h *Handlers) result(c *gin.Context, at visit, out *sitting.Outcome, l string) (*ResultPage, error) {
	w := h.o.Words.Lang(l)
	doc := out.Sitting
	in, err := h.version(doc)
	if err != nil {
		return nil, err
	}
	p := &ResultPage{Base: h.base(c, w.T("resident.result.title", nil)),
		Counted: h.countedNote(doc, l), City: h.cityNote(l), Print: h.print(l),
		PDF: at.result("pdf"), Answers: at.result("answers"), Erase: at.result("erase")}
	if slices.Contains(doc.Reasons, sitting.ReasonUncalibrated) {
		p.City = page.Note{Kind: "sun", Title: h.says[l].get("answers-title"), Text: []string{w.T("resident.express.city", nil)}}
	}
	p.Path = at.result()
	p.Back = &page.Link{Href: "/", Text: w.T("page.error.home", nil)}
	p.Link = h.origin(c) + "/r/" + h.o.Sittings.LinkKey(doc.ID)
	p.Share = page.Resume{Share: w.T("resident.result.share", nil), URL: p.Link}
	score := doc.Score
	if score == nil {
		score = &sitting.Score{Form: sitting.FormNone}
	}
	items := asked(in, out)
	p.Cans = cans(items, score, w)
	h.level(p, score, doc, w)
	h.resultAreas(p, items, score, w)
	h.steps(p, score, w)
	if err := h.lessons(c, p, w); err != nil {
		return nil, err
	}
	if score.Overall != nil {
		p.Number = &page.Details{Summary: w.T("resident.result.number", nil), Text: numberWords(score, w)}
	}
	return p, nil
}

// version is the instrument a sitting was taken on.
func (h *Handlers) version(doc *sitting.Sitting) (*instrument.Instrument, error) {
	pub, ok := h.o.Sittings.Catalogue().Version(doc.Instrument, doc.Version)
	if !ok {
		return nil, fault.Newf(fault.Unavailable, "", "instrument %s@%d is not loaded", doc.Instrument, doc.Version)
	}
	return pub.Instrument, nil
}

// cans are at most six things the person can do, the hardest of them first. Whoever
// got here can open a page and choose: nobody is shown an empty list.
func cans(given []*instrument.Item, score *sitting.Score, w *i18n.Localizer) []string {
	var items []*instrument.Item
	for _, it := range given {
		if slices.Contains(score.Right, it.ID) && !it.Can.IsZero() {
			items = append(items, it)
		}
	}
	slices.SortStableFunc(items, func(a, b *instrument.Item) int {
		switch {
		case a.Difficulty > b.Difficulty:
			return -1
		case a.Difficulty < b.Difficulty:
			return 1
		}
		return 0
	})
	var out []string
	for _, it := range items[:min(len(items), maxCans)] {
		out = append(out, it.Can.In(w.Language))
	}
	if len(out) == 0 {
		out = []string{w.T("resident.can.open", nil), w.T("resident.can.choose", nil)}
	}
	return out
}

// level fills the level in words.
func (h *Handlers) level(p *ResultPage, score *sitting.Score, doc *sitting.Sitting, w *i18n.Localizer) {
	p.Level = page.Level{Low: -1, High: -1, Label: w.T("resident.level.unknown", nil)}
	low, high := levelIndex(score.LevelLow), levelIndex(score.LevelHigh)
	if score.Overall == nil || low < 0 || high < low {
		p.LevelText = []string{w.T("resident.level.unknown", nil)}
		return
	}
	if score.Posterior != nil {
		h.adaptiveLevel(p, score, !slices.Contains(doc.Reasons, sitting.ReasonUncalibrated), w)
		return
	}
	args := map[string]any{"Low": score.LevelLow, "High": score.LevelHigh}
	p.Level = page.Level{Low: low, High: high, Tip: w.T("resident.level.here", nil)}
	if low == high {
		p.LevelText = append(p.LevelText, w.T("resident.level.one", args))
		p.Level.Label = w.T("resident.level.label.one", args)
	} else {
		p.LevelText = append(p.LevelText, w.T("resident.level.two", args))
		p.Level.Label = w.T("resident.level.label.two", args)
	}
	if f := h.framework(); f != nil {
		if lv, err := f.Level(score.LevelLow); err == nil && !lv.Describe.IsZero() {
			p.LevelText = append(p.LevelText, lv.Describe.In(w.Language))
		}
	}
	key := "resident.level.sure.full"
	if score.Form == sitting.FormStopped {
		key = "resident.level.sure.stopped"
	}
	p.LevelTip = w.N(key, int64(score.Asked), nil)
}

func levelIndex(level string) int {
	return slices.Index(levelNames, level)
}

var levelNames = []string{"A1", "A2", "B1", "B2", "C1", "C2"}

// areaStates pair the words of an area with its glyph.
var areaStates = map[sitting.Word]chart.State{sitting.Stronger: chart.Stronger, sitting.Same: chart.Same,
	sitting.StartHere: chart.Start, sitting.Unknown: chart.Unknown}

func (h *Handlers) resultAreas(p *ResultPage, items []*instrument.Item, score *sitting.Score, w *i18n.Localizer) {
	known := false
	table := &page.Table{Caption: w.T("resident.areas.table", nil), Head: []page.Cell{
		{Text: w.T("resident.areas.area", nil)}, {Text: w.T("resident.areas.word", nil)}, {Text: w.T("resident.areas.tasks", nil), Number: true}}}
	for _, a := range h.areas() {
		var as *sitting.AreaScore
		for i := range score.Areas {
			if score.Areas[i].ID == a.ID {
				as = &score.Areas[i]
			}
		}
		if as == nil {
			continue
		}
		name := a.Short
		if name.IsZero() {
			name = a.Title
		}
		word := w.T("resident.word."+string(as.Word), nil)
		is := as.Word != sitting.Unknown
		known = known || is
		p.Areas = append(p.Areas, page.Area{Number: a.Hue, Name: name.In(w.Language), Word: word, Known: is,
			Glyph: chart.AreaGlyph(a.Hue, areaStates[as.Word])})
		table.Rows = append(table.Rows, []page.Cell{{Text: name.In(w.Language), Area: a.Hue}, {Text: word},
			{Text: strconv.Itoa(tasks(items, a.ID)), Number: true}})
	}
	if !known {
		p.Areas = nil
		p.AreasTip = w.T("resident.areas.unknown", nil)
		return
	}
	p.AreasTip = w.T("resident.areas.tip", nil)
	p.Table = table
}

// tasks counts the tasks of an area that the person was given.
func tasks(items []*instrument.Item, area string) int {
	n := 0
	for _, it := range items {
		if strings.HasPrefix(it.Competence, area+".") {
			n++
		}
	}
	return n
}

func (h *Handlers) steps(p *ResultPage, score *sitting.Score, w *i18n.Localizer) {
	for i, s := range score.Steps {
		advice, err := h.o.Library.AdviceByID(s.Page)
		if err != nil {
			continue // the page was renamed since; the others stand
		}
		text := w.N("resident.step.minutes", int64(advice.Minutes), nil)
		if i == 0 {
			text = w.N("resident.step.first", int64(advice.Minutes), nil)
		}
		p.Steps = append(p.Steps, page.Step{Number: len(p.Steps) + 1, Href: "/courses/" + advice.ID,
			Title: advice.Title.In(w.Language), Text: text})
	}
	if len(p.Steps) > 0 {
		p.First = &page.Button{Text: w.T("resident.step.go", nil), Href: p.Steps[0].Href}
	}
}

func numberWords(score *sitting.Score, w *i18n.Localizer) []string {
	args := map[string]any{"Value": w.Number(*score.Overall, 0)}
	if score.Low == nil || score.High == nil {
		return []string{w.T("resident.number.value", args)}
	}
	args["Low"], args["High"] = w.Number(*score.Low, 0), w.Number(*score.High, 0)
	return []string{w.T("resident.number.range", args), w.T("resident.number.tip", nil)}
}

// stateNotes choose the words of a state: the text of content, or a message of ours.
var stateNotes = map[string]string{
	sitting.ReasonNoAnswers: "no_answers", sitting.ReasonUnder14: "under_14", sitting.ReasonLivesUnsaid: "lives_not_said",
	sitting.ReasonIncomplete: "incomplete", sitting.ReasonUsesNet: "uses_internet", sitting.ReasonDuplicate: "duplicate",
	sitting.ReasonRejected: "rejected", sitting.ReasonNoWave: "no_wave", sitting.ReasonPurpose: "purpose", sitting.ReasonUncalibrated: "uncalibrated",
	sitting.ReasonAdmission: "held", sitting.ReasonNoSex: "unweightable", sitting.ReasonNoAge: "unweightable",
}

// countedNote tells whether the answers enter the city's figures, and if not, why.
func (h *Handlers) countedNote(doc *sitting.Sitting, l string) page.Note {
	s, w := h.says[l], h.o.Words.Lang(l)
	reason := ""
	if len(doc.Reasons) > 0 {
		reason = doc.Reasons[0]
	}
	switch {
	case doc.State == sitting.Counted && doc.Role == sitting.RoleSurvey:
		return page.Note{Kind: "good", Title: w.T("resident.counted.title", nil), Text: []string{w.T("resident.counted.survey", nil)}}
	case doc.State == sitting.Counted:
		return h.split(s.get("answers-counted"), "good")
	case doc.State == sitting.NotConsented:
		return page.Note{Title: w.T("resident.counted.not", nil), Text: []string{s.get("answers-not-counted")}}
	case reason == sitting.ReasonElsewhere:
		return page.Note{Title: w.T("resident.counted.not", nil), Text: []string{s.get("answers-elsewhere")}}
	}
	word, ok := stateNotes[reason]
	if !ok {
		word = "other"
	}
	n := page.Note{Title: w.T("resident.counted.not", nil), Text: []string{w.T("resident.counted."+word, nil)}}
	switch doc.State {
	case sitting.Held:
		n.Kind, n.Title = "sun", w.T("resident.counted.held.title", nil)
	case sitting.Unweightable:
		n.Kind, n.Title = "good", w.T("resident.counted.title", nil)
	}
	return n
}

// split makes a note whose title is the first sentence of a text.
func (h *Handlers) split(text, kind string) page.Note {
	for i := 0; i+1 < len(text); i++ {
		if text[i] == '.' && text[i+1] == ' ' {
			return page.Note{Kind: kind, Title: text[:i], Text: []string{text[i+2:]}}
		}
	}
	return page.Note{Kind: kind, Text: []string{text}}
}

// cityNote says what the city will do with the answers. No example is invented.
func (h *Handlers) cityNote(l string) page.Note {
	s := h.says[l]
	return page.Note{Kind: "sun", Title: s.get("answers-title"), Text: []string{s.get("answers-lead")},
		List:  []string{s.get("answers-1"), s.get("answers-2"), s.get("answers-3"), s.get("answers-4")},
		Small: s.get("answers-example-none")}
}

// done is the page behind a survey or the short form: no level, but where help is.
func (h *Handlers) done(c *gin.Context, at visit, out *sitting.Outcome, l string) *DonePage {
	s, w := h.says[l], h.o.Words.Lang(l)
	doc := out.Sitting
	p := &DonePage{Counted: h.countedNote(doc, l), City: h.cityNote(l), Erase: at.result("erase"), Print: h.print(l)}
	p.Link = h.origin(c) + "/r/" + h.o.Sittings.LinkKey(doc.ID)
	if doc.Role == sitting.RoleOffline {
		p.Base = h.base(c, s.get("offline-done-title"))
		p.Text = []string{s.get("offline-done")}
		p.Help = &page.Note{Title: w.T("resident.done.help", nil), Text: []string{w.T("resident.done.bring", nil)},
			List:  []string{w.T("resident.done.help.1", nil), w.T("resident.done.help.2", nil), w.T("resident.done.help.3", nil)},
			Small: s.get("offline-done-safe"), Link: h.phoneLink(l)}
	} else {
		p.Base = h.base(c, s.get("survey-done-title"))
		p.Text = []string{w.T("resident.done.survey", nil)}
		p.Learn = &page.Button{Text: w.T("resident.done.test", nil), Href: "/surveys/resident-test"}
		if _, ok := h.o.Sittings.Catalogue().Current("resident-test"); !ok {
			p.Learn = nil
		}
	}
	p.Share = page.Resume{Share: w.T("resident.done.share", nil), URL: p.Link}
	p.Path = at.result()
	p.Back = &page.Link{Href: "/", Text: w.T("page.error.home", nil)}
	return p
}
