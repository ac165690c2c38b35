package resident

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// What a screen shows is the same for everybody but the order of its options and
// which of them are chosen. So each screen's parts are rendered once at start, in
// both languages, and a request only puts them together.

// answerForm is the id of the form on a screen.
const answerForm = "answer"

// Words of radio buttons that are no option.
const (
	pickDontKnow = "@dont_know"
	pickRefused  = "@refused"
)

// forms are the screens of every published version.
type forms struct {
	common   map[string]*common                                       // by language
	of       map[*instrument.Instrument]map[string]map[string]*screen // by language and block
	pictures map[string]bool                                          // names of the pictures of items
}

// common is what all screens share in a language.
type common struct {
	next   template.HTML // the button
	resume string        // the block with the code, with codeMark for the letters
}

// codeMark stands for a sitting's code in a prepared block.
const codeMark = "QQCODEQQ"

// screen is the part of a block's page that does not change.
type screen struct {
	step  instrument.Step
	title string        // the question
	top   template.HTML // progress of a task, or the name of the section; empty where it depends on the path
	heads bool          // the question stands in the answer's own heading, not in intro
	plate *page.Plate   // area of a knowledge item
	intro template.HTML // heading, reading aloud, situation, picture, words explained
	// Radio buttons and check boxes: the pieces between which the options stand.
	open, mid, or, shut template.HTML
	rows                map[string][2]template.HTML // by option id: free, chosen
	special             []specialRow
	// Number and text.
	field page.Field
	hint  string
}

// specialRow is «не знаю» or «не хочу відповідати».
type specialRow struct {
	refuse bool
	html   [2]template.HTML
}

// part is the page with which the pieces are rendered (part.html).
type part struct {
	page.Base
	Intro   *intro
	Way     *page.Progress
	Section string
	Button  *page.Button
	Resume  *page.Resume
	Choices *page.Choices // with Row: one row of it; with Edge: the fieldset around the rows
	Row     bool
	At      int
	Dashed  bool
	Edge    bool
	Scene   *page.Scene // around the rows, with Edge
}

// Rows is the set whose row is rendered.
func (p *part) Rows() page.Choices { return *p.Choices }

// Mark stands in part.html where something is put in later.
func (p *part) Mark() template.HTML { return partMark }

const partMark = "<!--part-->"

// intro is what stands above the answer.
type intro struct {
	Plate   *page.Plate
	Title   string
	Lead    []string
	Scene   *page.Scene
	Picture *picture
	Note    *page.Note
	Terms   []page.Term
}

type picture struct{ Src, Alt string }

func newForms(h *Handlers) (*forms, error) {
	f := &forms{of: map[*instrument.Instrument]map[string]map[string]*screen{}, pictures: map[string]bool{}, common: map[string]*common{}}
	for _, lang := range i18n.Languages {
		var err error
		if f.common[lang], err = (&builder{h: h, lang: lang, w: h.o.Words.Lang(lang)}).common(); err != nil {
			return nil, err
		}
	}
	for _, it := range h.o.Library.Items() { // adaptive tests may choose any of them
		if it.Picture != nil {
			f.pictures[it.Picture.Media] = true
		}
	}
	catalogue := h.o.Sittings.Catalogue()
	for _, slug := range catalogue.Slugs() {
		for _, pub := range catalogue.Versions(slug) {
			by := map[string]map[string]*screen{}
			for _, lang := range i18n.Languages {
				b := &builder{h: h, lang: lang, w: h.o.Words.Lang(lang), in: pub.Instrument}
				screens := map[string]*screen{}
				for _, step := range pub.Blocks() {
					if reserved[step.ID()] {
						return nil, fmt.Errorf("%s: a block may not be named %q", pub.Name(), step.ID())
					}
					s, err := b.screen(step)
					if err != nil {
						return nil, fmt.Errorf("%s, block %s: %w", pub.Name(), step.ID(), err)
					}
					screens[step.ID()] = s
				}
				by[lang] = screens
			}
			f.of[pub.Instrument] = by
			for _, it := range pub.Items() {
				if it.Picture != nil {
					f.pictures[it.Picture.Media] = true
				}
			}
		}
	}
	return f, nil
}

// reserved are the words behind a sitting's address that are no block.
var reserved = map[string]bool{"review": true, "submit": true, "safe": true, "result": true}

// screen finds the prepared screen of a block; nil for one that is not published.
func (f *forms) screen(in *instrument.Instrument, lang, block string) *screen {
	return f.of[in][lang][block]
}

// builder prepares the screens of one instrument in one language.
type builder struct {
	h    *Handlers
	lang string
	w    *i18n.Localizer
	in   *instrument.Instrument
}

func (b *builder) render(p *part) (template.HTML, error) {
	p.Base = page.Base{Lang: b.lang, Title: "-"}
	var buf bytes.Buffer
	if err := b.h.o.Pages.Execute(&buf, "resident/part", p); err != nil {
		return "", err
	}
	return template.HTML(strings.TrimSpace(buf.String())), nil
}

// common prepares what all screens share.
func (b *builder) common() (*common, error) {
	next, err := b.render(&part{Button: &page.Button{Text: b.w.T("page.next", nil), Busy: b.w.T("page.busy", nil)}})
	if err != nil {
		return nil, err
	}
	resume, err := b.render(&part{Resume: &page.Resume{Code: codeMark, URL: b.h.o.Origin + "/r",
		Share: b.w.T("resident.resume.share", map[string]any{"Code": codeMark})}})
	return &common{next: next, resume: string(resume)}, err
}

// top renders where the screen stands, if that does not depend on the answers.
func (b *builder) top(step instrument.Step) (template.HTML, error) {
	if b.in == nil || b.in.Role != instrument.RoleTest {
		return "", nil
	}
	way, section := taskProgress(b.in, step, b.w)
	if way.Of == 0 {
		return b.render(&part{Section: section})
	}
	return b.render(&part{Way: &way})
}

func (b *builder) screen(step instrument.Step) (*screen, error) {
	s := &screen{step: step}
	in := &intro{}
	var options []instrument.Option
	many := false
	switch {
	case step.Item != nil:
		it := step.Item
		s.title, s.hint = it.Stem.In(b.lang), it.Hint.In(b.lang)
		s.plate = b.plate(it)
		in.Plate = s.plate
		in.Lead = paragraphs(it.Lead.In(b.lang))
		options = it.Options
		many = it.Type == instrument.Multiple || it.Type == instrument.Spot
		if it.Scene != nil && it.Type != instrument.Spot {
			in.Scene = &page.Scene{Kind: it.Scene.Kind, Title: it.Scene.Title.In(b.lang)}
			for _, line := range in.Lead {
				in.Scene.Fragments = append(in.Scene.Fragments, page.Fragment{Text: line})
			}
			in.Lead = nil
		}
		if it.Picture != nil {
			in.Picture = &picture{Src: "/media/" + it.Picture.Media, Alt: it.Picture.Alt.In(b.lang)}
		}
		if it.ID == displacedItem {
			in.Note = &page.Note{Title: b.h.says[b.lang].get("consent-displaced"), Text: []string{b.h.says[b.lang].get("consent-displaced-full")}}
		}
		for _, id := range it.Glossary {
			t, err := b.h.o.Library.Term(id)
			if err != nil {
				return nil, err
			}
			in.Terms = append(in.Terms, page.Term{Word: t.Term.In(b.lang), Text: t.Text.In(b.lang)})
		}
	case step.Question != nil:
		s.title, s.hint = step.Question.Stem.In(b.lang), step.Question.Hint.In(b.lang)
		options = step.Question.Options
	default:
		s.title = b.w.T("resident.pause.title", nil)
		return s, nil
	}
	var err error
	if s.top, err = b.top(step); err != nil {
		return nil, err
	}
	s.heads = len(in.Lead) == 0 && in.Scene == nil && in.Picture == nil && in.Note == nil && len(in.Terms) == 0 && asks(step)
	if !s.heads {
		in.Title = s.title
	}
	if s.intro, err = b.render(&part{Intro: in}); err != nil {
		return nil, err
	}
	if it := step.Item; it != nil {
		switch it.Type {
		case instrument.Number, instrument.Text:
			b.field(s, it)
			return s, nil
		case instrument.Ordering, instrument.Matching, instrument.Info:
			return s, nil
		}
	}
	return s, b.choices(s, options, many)
}

// displacedItem asks about displacement: answering it is a consent of its own
// (USERS 15), so its whole text stands on that screen and on no other.
const displacedItem = "about-displaced"

func (b *builder) plate(it *instrument.Item) *page.Plate {
	if !it.Scored() {
		return nil
	}
	for _, a := range b.h.areas() {
		if strings.HasPrefix(it.Competence, a.ID+".") {
			name := a.Short
			if name.IsZero() {
				name = a.Title
			}
			return &page.Plate{Number: a.Hue, Name: name.In(b.lang)}
		}
	}
	return nil
}

func (b *builder) field(s *screen, it *instrument.Item) {
	s.field = page.Field{ID: "a", Name: instrument.FieldAnswer, Label: b.w.T("resident.answer", nil), Hint: s.hint,
		Autocomplete: "off", Plain: true, MaxLength: 200}
	if s.heads {
		s.field.Label, s.field.Title, s.field.Read = s.title, true, true
	}
	if it.Type == instrument.Number {
		s.field.Width, s.field.Unit, s.field.MaxLength, s.field.InputMode = "6", it.Unit.In(b.lang), 24, "numeric"
		if it.Decimals > 0 {
			s.field.InputMode = "decimal"
		}
		return
	}
	if it.MaxLength > 0 {
		s.field.MaxLength = it.MaxLength
	}
	if it.MaxLength > 120 {
		s.field.Rows = 4
	}
}

// paragraphs splits a text of the content at its line breaks.
func paragraphs(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
