package items

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/itembank"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Part is a block with a drawing beside it.
type Part struct {
	Block      page.Block
	Chart      template.HTML
	ChartTitle string
	ChartNote  string
}

// Page is one item: facts, then the preview, then key, figures and history.
type Page struct {
	page.Sheet
	Preview *Preview
	After   []Part
}

// reviewForm is what a reader signs.
type reviewForm struct {
	Verdict string `form:"verdict,choice" validate:"required"`
	Note    string `form:"note" validate:"max=2000"`
	Hash    string `form:"hash" validate:"max=64"`
}

// asideForm sets an item aside or takes it back.
type asideForm struct {
	Do     string `form:"do" validate:"required,oneof=quarantine lift"`
	Reason string `form:"reason" validate:"required,max=2000"`
}

// typedForms are what was typed and refused.
type typedForms struct {
	review reviewForm
	aside  asideForm
}

// Item shows one item.
func (h *Handlers) Item(c *gin.Context) error {
	it, err := h.item(c)
	if err != nil {
		return err
	}
	return h.see(c).item(it, &typedForms{}, nil)
}

func (h *Handlers) item(c *gin.Context) (*instrument.Item, error) {
	it, err := h.o.Library.Item(c.Param("item"))
	if err != nil {
		return nil, fault.From(err, fault.NotFound, "")
	}
	return it, nil
}

// Review signs the review of the reader.
func (h *Handlers) Review(c *gin.Context) error {
	it, err := h.item(c)
	if err != nil {
		return err
	}
	v := h.see(c)
	var f reviewForm
	if err = form.Decode(c.Request, &f); err == nil {
		err = h.o.Bank.Sign(c.Request.Context(), gate.Actor(c), it.ID, itembank.Review{Verdict: itembank.Verdict(f.Verdict), Note: f.Note, Hash: f.Hash})
	}
	if err != nil {
		return v.item(it, &typedForms{review: f}, err)
	}
	return v.to(Address+"/"+it.ID, "signed")
}

// Quarantine sets an item aside, or takes it back.
func (h *Handlers) Quarantine(c *gin.Context) error {
	it, err := h.item(c)
	if err != nil {
		return err
	}
	v := h.see(c)
	var f asideForm
	if err = form.Decode(c.Request, &f); err == nil {
		act := h.o.Bank.Quarantine
		if f.Do == "lift" {
			act = h.o.Bank.Lift
		}
		err = act(c.Request.Context(), gate.Actor(c), it.ID, f.Reason)
	}
	if err != nil {
		return v.item(it, &typedForms{aside: f}, err)
	}
	if f.Do == "lift" {
		return v.to(Address+"/"+it.ID, "lifted")
	}
	return v.to(Address+"/"+it.ID, "aside")
}

// item writes the page. refused is why a form comes back.
func (v *view) item(it *instrument.Item, typed *typedForms, refused error) error {
	s := v.sheet(Address+"/"+it.ID, it.Stem.In(v.lang), page.Link{Href: Address, Text: v.t("list.title")})
	s.Kicker = v.t("type." + string(it.Type))
	if it.Level != "" {
		s.Kicker += " · " + it.Level
	}
	s.Kicker += " · " + it.ID
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	row := v.h.o.Bank.Of(it)
	s.Blocks = append(s.Blocks, v.notes(it)...)
	s.Blocks = append(s.Blocks, page.Block{Facts: v.facts(it, row)})
	p := &Page{Sheet: s, Preview: v.preview(it)}
	p.Ready()
	add := func(b page.Block) { p.After = append(p.After, Part{Block: b}) }
	add(v.key(it))
	if it.Scored() {
		stats := v.h.o.Bank.ItemStatistics(it.ID)
		for _, st := range stats {
			p.After = append(p.After, v.statistics(it, st)...)
		}
		if len(stats) == 0 {
			add(page.Block{ID: "statistics", Title: v.t("stats.title"), Text: []string{v.t("stats.none")}})
		}
	}
	add(v.history(it))
	add(v.reviewForm(it, &typed.review))
	add(v.asideForm(it, &typed.aside))
	return v.render(status, "items/item", p)
}

// notes stand before everything: quarantine, proposals, the date that has passed.
func (v *view) notes(it *instrument.Item) (out []page.Block) {
	if e, ok := v.h.o.Bank.Quarantined(it.ID); ok {
		out = append(out, page.Block{Note: &page.Note{Kind: "bad", Title: v.t("state.quarantined"),
			Text: []string{e.Note}, Small: v.who(e.By, e.Role) + ", " + v.w.DateTime(e.At.Time)}})
	}
	if list := v.h.o.Bank.Proposals(it.ID); len(list) > 0 {
		n := &page.Note{Kind: "sun", Title: v.t("propose.title"), Small: v.t("propose.small")}
		for _, p := range list {
			n.List = append(n.List, v.proposal(it, p))
		}
		out = append(out, page.Block{Note: n})
	}
	return out
}

// proposal says why an item should be looked at.
func (v *view) proposal(it *instrument.Item, p itembank.Proposal) string {
	of := p.Of
	switch p.Reason {
	case itembank.ProposeDIF:
		of = v.t("dif.group." + p.Of)
	case itembank.ProposeOption:
		if o, ok := it.Option(p.Of); ok {
			of = o.Text.In(v.lang)
		}
	case itembank.ProposeExpired:
		of = v.day(p.Of)
	}
	value := v.dec(p.Value)
	if p.Reason == itembank.ProposeHard || p.Reason == itembank.ProposeEasy {
		value = v.share(p.Value)
	}
	return v.t("propose."+string(p.Reason), "Value", value, "Of", of)
}

// facts are what is known about the item before anybody answers.
func (v *view) facts(it *instrument.Item, row itembank.Row) []page.Row {
	var out []page.Row
	add := func(key, value string) {
		if value != "" {
			out = append(out, page.Row{Key: v.t(key), Value: value})
		}
	}
	state := v.t("state." + string(row.State))
	add("fact.state", state)
	if k, err := v.framework().Competence(it.Competence); err == nil {
		add("fact.competence", strings.TrimPrefix(k.ID, "ua")+" "+k.Title.In(v.lang))
	}
	if it.Scored() {
		add("fact.level", v.t("fact.level.text", "Level", it.Level, "Difficulty", v.dec(it.Difficulty)))
	}
	add("fact.checks", v.checked(it))
	add("fact.version", strconv.Itoa(it.Version))
	if len(row.Published) > 0 {
		add("fact.used", strings.Join(row.Published, ", "))
	} else {
		add("fact.used", v.t("fact.used.none"))
	}
	for _, lang := range i18n.Languages {
		r := itembank.ReadingOf(it, lang)
		add("fact.reading."+lang, v.t("fact.reading.text", "Ease", v.t("ease."+string(r.Ease())), "LIX", v.w.Number(r.LIX, 0), "Words", v.w.Int(int64(r.Words))))
	}
	if enemies := v.h.o.Library.Enemies(it.ID); len(enemies) > 0 {
		add("fact.enemies", strings.Join(enemies, ", "))
	} else {
		add("fact.enemies", v.t("fact.enemies.none"))
	}
	add("fact.can", it.Can.In(v.lang))
	if len(it.Tags) > 0 {
		add("fact.tags", strings.Join(it.Tags, ", "))
	}
	switch {
	case it.Source == nil:
		add("fact.source", v.t("fact.source.none"))
	case it.Source.URL != "":
		out = append(out, page.Row{Key: v.t("fact.source"), Value: it.Source.Title, Href: it.Source.URL, Change: v.t("fact.source.open")})
	default:
		add("fact.source", it.Source.Title)
	}
	if it.CheckedOn == "" {
		add("fact.checked", v.t("fact.checked.none"))
	} else {
		add("fact.checked", v.day(it.CheckedOn))
	}
	if it.ValidUntil != "" {
		add("fact.valid", v.day(it.ValidUntil))
	}
	return out
}

// key is the right answer with its explanations.
func (v *view) key(it *instrument.Item) page.Block {
	b := page.Block{ID: "key", Title: v.t("key.title")}
	if !it.Scored() {
		b.Text = []string{v.t("key.none")}
		return b
	}
	g := &page.Grid{Caption: v.t("key.title"), Hidden: true}
	switch it.Type {
	case instrument.Single, instrument.Multiple, instrument.Spot:
		g.Head = []page.GridHead{{Text: v.t("key.option")}, {Text: v.t("key.right")}, {Text: v.t("key.reason")}}
		for i, o := range it.Options {
			mark := page.GridCell{Text: v.t("key.no")}
			if slices.Contains(it.Key.IDs, o.ID) {
				mark = page.GridCell{Tag: &page.Tag{Text: v.t("key.yes"), Kind: "good"}}
			}
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.mark(i) + ". " + o.Text.In(v.lang)}, mark, {Text: orDash(o.Reason.In(v.lang))}}})
		}
	case instrument.Ordering:
		g.Head = []page.GridHead{{Text: v.t("key.place"), Number: true}, {Text: v.t("key.option")}}
		for i, id := range it.Key.IDs {
			o, _ := it.Option(id)
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.Int(int64(i + 1)), Number: true}, {Text: o.Text.In(v.lang)}}})
		}
	case instrument.Matching:
		g.Head = []page.GridHead{{Text: v.t("key.left")}, {Text: v.t("key.pair")}}
		for _, l := range it.Left {
			right := ""
			for _, r := range it.Right {
				if r.ID == it.Key.Pairs[l.ID] {
					right = r.Text.In(v.lang)
				}
			}
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: l.Text.In(v.lang)}, {Text: right}}})
		}
	case instrument.Number:
		g = nil
		if r := it.Key.Range; r != nil && r.Min == r.Max {
			b.Text = []string{v.number(r.Min) + " " + it.Unit.In(v.lang)}
		} else if r != nil {
			b.Text = []string{v.t("key.range", "Min", v.number(r.Min), "Max", v.number(r.Max)) + " " + it.Unit.In(v.lang)}
		}
	case instrument.Text:
		g = nil
		b.Words = it.Accept
		b.Small = v.t("key.accept")
	}
	b.Grid = g
	if e := it.Explain.In(v.lang); e != "" {
		b.Note = &page.Note{Kind: "good", Title: v.t("key.explain"), Text: []string{e}, Level: 3}
	}
	return b
}

func (v *view) number(x float64) string {
	text := strconv.FormatFloat(x, 'f', -1, 64)
	decimals := 0
	if _, frac, ok := strings.Cut(text, "."); ok {
		decimals = len(frac)
	}
	return v.w.Number(x, decimals)
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// mark is the letter of the n-th option in tables and drawings.
func (v *view) mark(n int) string {
	if names := letters[v.lang]; n < len(names) {
		return string(names[n])
	}
	return strconv.Itoa(n + 1)
}

// history lists what people did, newest first.
func (v *view) history(it *instrument.Item) page.Block {
	g := &page.Grid{Caption: v.t("history.title"), Hidden: true, Empty: v.t("history.none"),
		Head: []page.GridHead{{Text: v.t("history.at")}, {Text: v.t("history.who")}, {Text: v.t("history.what")}, {Text: v.t("history.note")}}}
	now := itembank.Hash(it)
	list := v.h.o.Bank.History(it.ID)
	slices.Reverse(list)
	for _, e := range list {
		what := v.t("event." + string(e.Kind))
		if e.Kind == itembank.Reviewed {
			what += ": " + v.t("verdict."+string(e.Verdict))
		}
		cell := page.GridCell{Text: what}
		if e.Hash != now {
			cell.Small = v.t("history.older")
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.DateTime(e.At.Time)}, {Text: v.who(e.By, e.Role)}, cell, {Text: orDash(e.Note)}}})
	}
	st := v.h.o.Bank.Standing(it)
	return page.Block{ID: "history", Title: v.t("history.title"), Small: v.t("history.lead", "Good", v.w.Int(int64(st.Good)), "Other", v.w.Int(int64(st.Mend+st.Out))), Grid: g}
}

func (v *view) reviewForm(it *instrument.Item, f *reviewForm) page.Block {
	c := page.Choices{ID: page.FieldID("verdict"), Name: "verdict", Legend: v.t("review.verdict"), Error: v.fault("verdict")}
	for _, x := range itembank.Verdicts() {
		c.Items = append(c.Items, page.Choice{Value: string(x), Label: v.t("verdict." + string(x)), Hint: v.t("verdict." + string(x) + ".hint"), Checked: f.Verdict == string(x)})
	}
	return page.Block{ID: "review", Title: v.t("review.title"), Small: v.t("review.lead"), Noprint: true, Form: &page.Form{
		Action: Address + "/" + it.ID + "/review", Card: true, Hidden: []page.Hidden{{Name: "hash", Value: itembank.Hash(it)}},
		Parts:   []any{c, page.Field{ID: page.FieldID("note"), Name: "note", Label: v.t("review.note"), Hint: v.t("review.note.hint"), Value: f.Note, Rows: 4, MaxLength: 2000, Error: v.fault("note")}},
		Buttons: []page.Button{{Text: v.t("review.go")}}}}
}

func (v *view) asideForm(it *instrument.Item, f *asideForm) page.Block {
	do, title := "quarantine", "aside.title"
	if _, ok := v.h.o.Bank.Quarantined(it.ID); ok {
		do, title = "lift", "aside.lift.title"
	}
	return page.Block{ID: "aside", Title: v.t(title), Small: v.t("aside." + do + ".lead"), Noprint: true, Form: &page.Form{
		Action: Address + "/" + it.ID + "/quarantine", Card: true, Hidden: []page.Hidden{{Name: "do", Value: do}},
		Parts:   []any{page.Field{ID: page.FieldID("reason"), Name: "reason", Label: v.t("aside.reason"), Value: f.Reason, Rows: 3, MaxLength: 2000, Error: v.fault("reason")}},
		Buttons: []page.Button{{Text: v.t("aside." + do + ".go"), Kind: map[string]string{"quarantine": "bad", "lift": ""}[do]}}}}
}
