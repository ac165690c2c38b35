package learning

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// Act is one activity as its template shows it: one of the parts is set.
type Act struct {
	ID, Type  string
	Title     string
	Lang      string // "uk" where an English page shows Ukrainian text
	Prose     template.HTML
	Picture   *Picture
	Video     *Video
	Imitation *Imitation
	Check     *Check
	Cards     []Card
	Tasks     []page.Choice
	Sentences []string
	Package   *Pack
	Was       string // how it went before
}

// Form tells whether the page of the activity is a form.
func (a Act) Form() bool {
	return !(a.Check != nil && a.Check.Said != nil) && !(a.Imitation != nil && a.Imitation.Said)
}

// Button is what leads on.
func (a Act) Button() string {
	if a.Type == string(lesson.TypeCheck) || a.Type == string(lesson.TypeImitation) {
		return "learning.check"
	}
	return "page.next"
}

// Card is a card to turn over.
type Card struct{ Front, Back string }

// Imitation is a safe copy of something of an invented brand.
type Imitation struct {
	Kind, Brand, Task string
	Parts             []Part
	Said              bool
	Verdict           *page.Note
	Feedback          string
}

// Part is one element of an imitation.
type Part struct {
	ID, Kind, Text, Asks string
	Marked               bool
	Result               string // after the answer: what it is
	Right                bool
	Why                  string
	FieldID              string
}

// Check is a self-check.
type Check struct {
	Stem, Lead, Hint string
	Scene            *page.Scene
	Choices          *page.Choices
	Selects          []page.Select
	Letters          []Letter
	Fault            string
	Said             *Said
}

// Letter names a text that lists offer.
type Letter struct{ Letter, Text string }

// Said is what an answer is worth.
type Said struct {
	Verdict page.Note
	Rows    []SaidRow
	Explain string
}

// SaidRow is one option with what was right about it.
type SaidRow struct {
	Text, Mark, Why string
	Right           bool
}

// seedOf orders the options of an item: the same for everybody in a lesson.
func seedOf(l *course.Lesson, it *instrument.Item) string { return l.Slug + it.ID }

func (v *view) act(l *course.Lesson, a *course.Activity, done *course.Act, said url.Values) Act {
	out := Act{ID: a.ID, Type: string(a.Type), Title: v.in(a.Title)}
	if out.Title == "" || v.lang == i18n.English && a.Title.EN == "" {
		out.Title = v.w.T("course.type_"+string(a.Type), nil)
	}
	if done.Done != 0 && done.Best != nil && said == nil {
		if share := int(*done.Best*100 + 0.5); share > 0 { // nobody is told that nothing came of it
			out.Was = v.t("was", "Share", share)
		}
	}
	foreign := func(t i18n.Text) {
		if v.lang == i18n.English && t.EN == "" {
			out.Lang = i18n.Ukrainian
		}
	}
	switch b := a.Body.(type) {
	case *lesson.Text:
		foreign(b.Text)
		out.Prose = v.h.prose.html(v.in(b.Text))
	case *lesson.Picture:
		foreign(b.Alt)
		out.Picture = v.drawing(b)
	case *lesson.Video:
		foreign(b.Transcript)
		out.Video = v.video(b, out.Title, done)
	case *lesson.Imitation:
		foreign(b.Task)
		out.Imitation = v.imitation(b, said)
	case *lesson.Check:
		foreign(b.Item.Stem)
		model := b.Item.FormTyped(nil, seedOf(l, b.Item))
		if said != nil {
			if value, bad := b.Item.FromForm(said); bad == nil && !value.IsZero() {
				out.Check = v.check(b.Item, model, &value, "")
				return out
			}
		}
		out.Check = v.check(b.Item, model, nil, "")
	case *lesson.Cards:
		for _, card := range b.Cards {
			foreign(card.Front)
			out.Cards = append(out.Cards, Card{v.in(card.Front), v.in(card.Back)})
		}
	case *lesson.Checklist:
		for _, x := range b.Items {
			foreign(x.Text)
			out.Tasks = append(out.Tasks, page.Choice{ID: "t-" + x.ID, Value: x.ID, Label: v.in(x.Text), Checked: done.Ticks[x.ID].On})
		}
	case *lesson.Package:
		foreign(b.Words)
		out.Package = v.pack(l, a, b, out.Title)
	case *lesson.Summary:
		for _, s := range b.Sentences {
			foreign(s)
			out.Sentences = append(out.Sentences, v.in(s))
		}
	}
	return out
}

func (v *view) imitation(b *lesson.Imitation, said url.Values) *Imitation {
	out := &Imitation{Kind: b.Kind, Brand: b.Brand, Task: v.in(b.Task), Said: said != nil}
	right := 0
	for i, e := range b.Elements {
		part := Part{ID: e.ID, Kind: e.Kind, Text: v.in(e.Text), Asks: e.Asks, FieldID: "typed-" + strconv.Itoa(i+1)}
		if said != nil {
			part.Marked = slices.Contains(said[fieldMark], e.ID)
			part.Right, part.Why = part.Marked == e.Suspicious, v.in(e.Feedback)
			switch {
			case part.Right:
				right++
				part.Result = v.t("part.calm")
				if e.Suspicious {
					part.Result = v.t("part.caught")
				}
			case e.Suspicious:
				part.Result = v.t("part.missed")
			default:
				part.Result = v.t("part.vain")
			}
		}
		out.Parts = append(out.Parts, part)
	}
	if said != nil {
		out.Feedback = v.in(b.Feedback)
		out.Verdict = v.verdict(right == len(b.Elements), v.t("imitation.of", "Right", right, "All", len(b.Elements)))
	}
	return out
}

func (v *view) verdict(right bool, text string) *page.Note {
	if right {
		return &page.Note{Kind: "good", Title: v.t("right"), Text: []string{text}}
	}
	return &page.Note{Kind: "sun", Title: v.t("nearly"), Text: []string{text}}
}

// check makes the controls of a self-check, or after the answer what it is worth.
func (v *view) check(it *instrument.Item, m instrument.FormModel, value *instrument.Value, wrong string) *Check {
	k := &Check{Stem: v.in(it.Stem), Lead: v.in(it.Lead), Hint: v.in(it.Hint)}
	if value != nil {
		k.Said = v.said(it, *value)
		return k
	}
	v.controls(k, it, m, "", wrong)
	return k
}

// controls fills in the fields of an item; prefix stands before their names where a
// form has several items.
func (v *view) controls(k *Check, it *instrument.Item, m instrument.FormModel, prefix, wrong string) {
	id := "a"
	if prefix != "" {
		id = "q-" + it.ID
	}
	if it.Type == instrument.Spot && it.Scene != nil {
		k.Scene = &page.Scene{Kind: it.Scene.Kind, Title: v.in(it.Scene.Title)}
	}
	switch m.Layout {
	case instrument.Radios, instrument.Checkboxes:
		c := &page.Choices{ID: id, Name: prefix + instrument.FieldAnswer, Many: m.Layout == instrument.Checkboxes, Legend: k.Stem, Hint: k.Hint, Error: wrong}
		if c.Many && c.Hint == "" {
			c.Hint = v.t("several")
		}
		for i, r := range m.Rows {
			row := page.Choice{Value: r.Value, Label: v.in(r.Text), Checked: r.Checked, Alone: r.Exclusive}
			if i > 0 {
				row.ID = id + "-" + strconv.Itoa(i+1)
			}
			if it.Type == instrument.Spot {
				row.Number = v.w.Int(int64(r.Number))
			}
			c.Items = append(c.Items, row)
		}
		k.Choices = c
	case instrument.Selects:
		k.Fault = wrong
		letters := map[string]string{}
		if len(m.Rows) > 0 {
			names := []rune("АБВГДЕЄЖЗИК")
			if v.lang == i18n.English {
				names = []rune("ABCDEFGHIJK")
			}
			for i, o := range m.Rows[0].Choices {
				if !o.Text.IsZero() && i < len(names) {
					letters[o.Value] = string(names[i])
					k.Letters = append(k.Letters, Letter{letters[o.Value], v.in(o.Text)})
				}
			}
		}
		for i, r := range m.Rows {
			s := page.Select{ID: id, Name: prefix + r.Name, Label: v.in(r.Text), Options: []page.Option{{Text: v.t("choose")}}}
			if i > 0 {
				s.ID = id + "-" + strconv.Itoa(i+1)
			}
			for _, o := range r.Choices {
				text := v.t("place", "Number", o.Value)
				if l := letters[o.Value]; l != "" {
					text = l + ". " + v.in(o.Text)
				}
				s.Options = append(s.Options, page.Option{Value: o.Value, Text: text, Selected: o.Checked})
			}
			k.Selects = append(k.Selects, s)
		}
	}
}

// said explains an answer: each option, and the whole.
func (v *view) said(it *instrument.Item, value instrument.Value) *Said {
	score, right, _ := it.Score(value)
	s := &Said{Explain: v.in(it.Explain)}
	text := v.t("said.right")
	if !right {
		text = v.t("said.wrong")
		if score > 0 {
			text = v.t("said.part")
		}
	}
	s.Verdict = *v.verdict(right, text)
	row := func(text string, chosen, should bool, why i18n.Text) {
		r := SaidRow{Text: text, Right: should, Why: v.in(why)}
		switch {
		case chosen && should:
			r.Mark = v.t("mark.right")
		case chosen:
			r.Mark = v.t("mark.wrong")
		case should:
			r.Mark = v.t("mark.missed")
		}
		s.Rows = append(s.Rows, r)
	}
	key := it.Key
	switch it.Type {
	case instrument.Single, instrument.Multiple, instrument.Spot:
		var chosen []string
		if one, ok := value.Word(); ok {
			chosen = []string{one}
		} else if list, ok := value.List(); ok {
			chosen = list
		}
		for _, o := range it.Options {
			row(v.in(o.Text), slices.Contains(chosen, o.ID), slices.Contains(key.IDs, o.ID), o.Reason)
		}
	case instrument.Ordering:
		list, _ := value.List()
		for i, id := range key.IDs {
			for _, o := range it.Options {
				if o.ID == id {
					s.Rows = append(s.Rows, SaidRow{Text: strconv.Itoa(i+1) + ". " + v.in(o.Text), Right: i < len(list) && list[i] == id,
						Mark: v.w.T(map[bool]string{true: "learning.mark.right", false: "learning.mark.place"}[i < len(list) && list[i] == id], nil), Why: v.in(o.Reason)})
				}
			}
		}
	case instrument.Matching:
		pairs, _ := value.Pairs()
		for _, left := range it.Left {
			want := key.Pairs[left.ID]
			for _, r := range it.Right {
				if r.ID == want {
					ok := pairs[left.ID] == want
					s.Rows = append(s.Rows, SaidRow{Text: v.in(left.Text) + " – " + v.in(r.Text), Right: ok,
						Mark: v.w.T(map[bool]string{true: "learning.mark.right", false: "learning.mark.place"}[ok], nil), Why: v.in(left.Reason)})
				}
			}
		}
	}
	return s
}
