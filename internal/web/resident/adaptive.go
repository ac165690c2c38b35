package resident

import (
	"math"
	"net/http"
	"slices"
	"sync"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// pooled are the screens of items that adaptive tests choose from a pool, prepared
// when one is first shown. Their number is that of the items of the banks in use.
type pooled struct {
	mu sync.RWMutex
	of map[pooledKey]*screen
}

type pooledKey struct {
	item *instrument.Item
	lang string
}

// itemScreen is the screen of an item outside the published instruments.
func (h *Handlers) itemScreen(it *instrument.Item, lang string) (*screen, error) {
	key := pooledKey{it, lang}
	h.pooled.mu.RLock()
	s := h.pooled.of[key]
	h.pooled.mu.RUnlock()
	if s != nil {
		return s, nil
	}
	b := &builder{h: h, lang: lang, w: h.o.Words.Lang(lang)}
	s, err := b.screen(instrument.Step{Item: it, Block: instrument.Block{Item: it.ID, ItemVersion: it.Version}})
	if err != nil {
		return nil, err
	}
	h.pooled.mu.Lock()
	defer h.pooled.mu.Unlock()
	if len(h.pooled.of) >= maxPooled { // banks that nobody uses any more
		clear(h.pooled.of)
	}
	h.pooled.of[key] = s
	return s, nil
}

// maxPooled bounds the prepared screens: several banks of some hundred items.
const maxPooled = 8000

// screenOf is the prepared screen of a step; nil where there is none.
func (h *Handlers) screenOf(in *instrument.Instrument, step instrument.Step, lang string) (*screen, error) {
	if s := h.forms.screen(in, lang, step.ID()); s != nil {
		return s, nil
	}
	if step.Item == nil {
		return nil, nil
	}
	return h.itemScreen(step.Item, lang)
}

// adaptiveProgress says which task it is and how many there usually are: how many
// there will be, nobody knows yet.
func adaptiveProgress(a *sitting.Adaptive, w *i18n.Localizer) page.Progress {
	p := page.Progress{Text: w.T("resident.progress.task", nil), At: a.Given + 1, Of: max(a.Usual[1], a.Given+1)}
	args := map[string]any{"At": w.Int(int64(p.At)), "From": w.Int(int64(a.Usual[0])), "To": w.Int(int64(a.Usual[1]))}
	key := "resident.express.progress"
	if a.Usual[0] == a.Usual[1] {
		key = "resident.express.progress.one"
	}
	p.Said = w.T(key, args)
	return p
}

// standing answers an answer to a task that is answered already: the next screen,
// and above it what stands. What comes next was chosen by it, so it cannot change.
func (h *Handlers) standing(c *gin.Context, at visit, v *sitting.View, block string) error {
	if v.Next == "" {
		return h.showReview(c, http.StatusConflict, at, v, nil)
	}
	w := h.words(c)
	note := &page.Note{Kind: "sun", Title: w.T("resident.express.stands", nil)}
	if i := v.Path.Index(block); i >= 0 {
		note.Text = append(note.Text, w.T("resident.conflict.stored", map[string]any{"Answer": inline(storedText(v, v.Path.Steps[i], w))}))
	}
	note.Text = append(note.Text, w.T("resident.express.stands.text", nil))
	return h.showWith(c, http.StatusConflict, at, v, v.Next, nil, note)
}

// asked are the tasks that a person was given, in their order.
func asked(in *instrument.Instrument, out *sitting.Outcome) (items []*instrument.Item) {
	if out.Given != nil {
		return out.Given
	}
	score := out.Sitting.Score
	stopped := score != nil && score.Form == sitting.FormStopped
	for _, it := range in.Items() {
		if it.Scored() && (!stopped || in.InFirst(it.ID)) {
			items = append(items, it)
		}
	}
	return items
}

// Shares of a hundred from which a level is named beside the likeliest, and from
// which it is listed.
const (
	maybeShare = 0.20
	sureShare  = 0.80
	listShare  = 0.05
)

// adaptiveLevel fills the level in words from the probabilities of the levels.
func (h *Handlers) adaptiveLevel(p *ResultPage, score *sitting.Score, counts bool, w *i18n.Localizer) {
	mass := score.Posterior.Mass
	at := levelIndex(score.Level)
	low, high := at, at
	if at >= 0 && at < len(mass) && mass[at] < sureShare {
		if at > 0 && mass[at-1] >= maybeShare {
			low = at - 1
		}
		if at+1 < len(mass) && mass[at+1] >= maybeShare {
			high = at + 1
		}
		if low == high { // the rest is spread: the likelier neighbour
			below, above := 0.0, 0.0
			if at > 0 {
				below = mass[at-1]
			}
			if at+1 < len(mass) {
				above = mass[at+1]
			}
			if above >= below {
				high = min(at+1, len(mass)-1)
			} else {
				low = at - 1
			}
		}
	}
	args := map[string]any{"Level": levelNames[at], "Low": levelNames[low], "High": levelNames[high]}
	text, label := "resident.level.one", "resident.level.label.one"
	switch {
	case low < at && high > at:
		text, label = "resident.express.level.both", "resident.level.label.two"
	case low < at:
		text, label, args["Other"] = "resident.express.level.near", "resident.level.label.two", levelNames[low]
	case high > at:
		text, label, args["Other"] = "resident.express.level.near", "resident.level.label.two", levelNames[high]
	}
	p.Level = page.Level{Low: low, High: high, Tip: w.T("resident.level.here", nil), Label: w.T(label, args)}
	p.LevelText = []string{w.T(text, args)}
	if f := h.framework(); f != nil {
		if lv, err := f.Level(score.Level); err == nil && !lv.Describe.IsZero() {
			p.LevelText = append(p.LevelText, lv.Describe.In(w.Language))
		}
	}
	if list := massWords(mass, w); list != "" {
		p.LevelText = append(p.LevelText, w.T("resident.express.of100", map[string]any{"List": list}))
	}
	p.LevelTip = w.N("resident.express.sure", int64(score.Asked), nil)
	if !counts {
		p.LevelTip += " " + w.T("resident.express.provisional", nil)
	}
	p.Decide = h.decide(score.Posterior, counts, w)
}

// massWords list the levels worth naming, the likeliest first: «58 мають B1, 30 — B2».
func massWords(mass []float64, w *i18n.Localizer) string {
	order := make([]int, 0, len(mass))
	for i, m := range mass {
		if m >= listShare && i < len(levelNames) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case mass[a] > mass[b]:
			return -1
		case mass[a] < mass[b]:
			return 1
		}
		return 0
	})
	out := ""
	for k, i := range order {
		args := map[string]any{"Share": w.Int(int64(math.Round(100 * mass[i]))), "Level": levelNames[i]}
		if k == 0 {
			out = w.T("resident.express.of100.first", args)
			continue
		}
		out += ", " + w.T("resident.express.of100.other", args)
	}
	return out
}

// manyMore is the most further tasks that are spoken of, those of the full test: a
// border nearer than that is no matter of a longer test.
const manyMore = 30

// decide says what would settle the level.
func (h *Handlers) decide(p *sitting.Posterior, counts bool, w *i18n.Localizer) *page.Note {
	n := &page.Note{Kind: "main", Title: w.T("resident.decide.title", nil)}
	at := levelIndex(p.Cut)
	args := map[string]any{"Level": p.Cut}
	if at > 0 {
		args["Below"] = levelNames[at-1]
	}
	switch {
	case p.More == 0 || at <= 0:
		n.Text = append(n.Text, w.T("resident.decide.settled", nil))
	case p.More <= manyMore:
		n.Text = append(n.Text, w.N("resident.decide.more", int64(p.More), args))
	default:
		n.Text = append(n.Text, w.T("resident.decide.edge", args))
	}
	if full, ok := h.o.Sittings.Catalogue().Current(content.FullTest); ok {
		n.Text = append(n.Text, w.T("resident.decide.full", map[string]any{"Count": w.Int(int64(scoredItems(full.Instrument)))}))
		n.Link = &page.Link{Href: "/surveys/" + full.Slug, Text: w.T("resident.decide.link", nil)}
		n.Small = w.T("resident.decide.once", nil)
		if !counts {
			n.Small = w.T("resident.decide.counts", nil)
		}
	}
	return n
}

func scoredItems(in *instrument.Instrument) (n int) {
	for _, it := range in.Items() {
		if it.Scored() {
			n++
		}
	}
	return n
}

// ClosedPage says why a test is not open yet and what is open instead.
type ClosedPage struct {
	page.Base
	Lead string
	Why  []string
	Open []ClosedLink
}

// ClosedLink is what is open instead.
type ClosedLink struct{ Href, Title, Text string }

// closed is the page of a test that cannot be begun; why is that of sitting.Closed.
func (h *Handlers) closed(lang, path, why string, in *instrument.Instrument) *ClosedPage {
	w := h.o.Words.Lang(lang)
	say := func(key string) string { return w.T("resident.closed."+key, nil) }
	p := &ClosedPage{Base: page.Base{Lang: lang, Title: in.Title.In(lang), Path: path, Nav: "test",
		Description: say(why + ".lead"), Back: &page.Link{Href: "/surveys"}}, Lead: say(why + ".lead")}
	switch why {
	case sitting.ClosedApproval:
		p.Why = []string{say("approval.why"), say("approval.who"), say("approval.now")}
	default:
		p.Why = []string{say("pool.why")}
	}
	for _, other := range h.o.Library.Instruments() {
		pub, ok := h.o.Sittings.Catalogue().Current(other.Slug)
		if !ok || pub.Role != instrument.RoleTest || h.o.Sittings.Closed(pub.Instrument) != "" {
			continue
		}
		p.Open = append(p.Open, ClosedLink{Href: "/surveys/" + pub.Slug, Title: pub.Title.In(lang), Text: pub.Summary.In(lang)})
	}
	p.Open = append(p.Open, ClosedLink{Href: "/courses", Title: w.T("resident.landing.learn", nil), Text: w.T("resident.landing.learn.text", nil)})
	return p
}
