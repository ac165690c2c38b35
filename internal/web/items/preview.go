package items

import (
	"strings"

	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// Preview is the question as the resident sees it, out of a form: nothing is sent.
type Preview struct {
	Plate   *page.Plate
	Title   string
	Lead    []string
	Scene   *page.Scene
	Marks   bool // the options are the fragments of the scene
	Picture *page.Link
	Terms   []page.Term
	Hint    string
	Choices *page.Choices
	Letters []Lettered
	Selects []page.Select
	Field   *page.Field
	Or      []page.Check
}

// Lettered is one of the texts that lists offer, with the letter it has there.
type Lettered struct{ Letter, Text string }

// seed orders the options of the preview: one of the orders that residents see.
const seed = "preview"

var letters = map[string][]rune{"uk": []rune("АБВГДЕЄЖЗИКЛМНОПРСТ"), "en": []rune("ABCDEFGHIJKLMNOPQRS")}

// preview puts the item into the components of the resident's page, with its words.
func (v *view) preview(it *instrument.Item) *Preview {
	p := &Preview{Title: it.Stem.In(v.lang), Hint: it.Hint.In(v.lang)}
	for _, line := range strings.Split(it.Lead.In(v.lang), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			p.Lead = append(p.Lead, line)
		}
	}
	for _, a := range v.framework().Areas {
		if it.Scored() && strings.HasPrefix(it.Competence, a.ID+".") {
			name := a.Short
			if name.IsZero() {
				name = a.Title
			}
			p.Plate = &page.Plate{Number: a.Hue, Name: name.In(v.lang)}
		}
	}
	if it.Scene != nil {
		p.Scene = &page.Scene{Kind: it.Scene.Kind, Title: it.Scene.Title.In(v.lang)}
		if p.Marks = it.Type == instrument.Spot; !p.Marks {
			for _, line := range p.Lead {
				p.Scene.Fragments = append(p.Scene.Fragments, page.Fragment{Text: line})
			}
			p.Lead = nil
		}
	}
	if it.Picture != nil {
		p.Picture = &page.Link{Href: "/media/" + it.Picture.Media, Text: it.Picture.Alt.In(v.lang)}
	}
	for _, id := range it.Glossary {
		if t, err := v.h.o.Library.Term(id); err == nil {
			p.Terms = append(p.Terms, page.Term{Word: t.Term.In(v.lang), Text: t.Text.In(v.lang)})
		}
	}
	v.controls(p, it)
	return p
}

func (v *view) controls(p *Preview, it *instrument.Item) {
	m := it.Form(instrument.Value{}, seed)
	say := func(key string) string { return v.w.T("resident."+key, nil) }
	switch m.Layout {
	case instrument.Radios, instrument.Checkboxes:
		many := m.Layout == instrument.Checkboxes
		c := &page.Choices{ID: "a", Name: "preview", Many: many, Legend: p.Title, Hidden: true, Hint: p.Hint}
		p.Hint = ""
		for i, r := range m.Rows {
			row := page.Choice{ID: "a-" + r.ID, Value: r.Value, Label: r.Text.In(v.lang), Alone: r.Exclusive}
			if it.Type == instrument.Spot {
				row.Number = v.w.Int(int64(i + 1))
			}
			c.Items = append(c.Items, row)
		}
		if m.DontKnow.Offered {
			c.Or = append(c.Or, page.Choice{ID: "a-dont-know", Value: "1", Label: say("dontknow"), Hint: say("dontknow.hint")})
		}
		if m.Refuse.Offered {
			c.Or = append(c.Or, page.Choice{ID: "a-refused", Value: "1", Label: say("refuse")})
		}
		p.Choices = c
		return
	case instrument.Selects:
		p.Selects, p.Letters = v.selects(m)
	case instrument.NumberBox, instrument.TextBox:
		f := &page.Field{ID: "a", Name: "preview", Label: say("answer"), Hint: p.Hint, Autocomplete: "off", Plain: true, Unit: m.Input.Unit.In(v.lang)}
		if p.Hint = ""; m.Layout == instrument.NumberBox {
			f.Width, f.InputMode = "6", "numeric"
		} else if m.Input.MaxLength > 120 {
			f.Rows = 4
		}
		p.Field = f
	}
	if m.DontKnow.Offered {
		p.Or = append(p.Or, page.Check{ID: "a-dont-know", Name: "preview-know", Value: "1", Label: say("dontknow"), Hint: say("dontknow.hint")})
	}
	if m.Refuse.Offered {
		p.Or = append(p.Or, page.Check{ID: "a-refused", Name: "preview-refused", Value: "1", Label: say("refuse")})
	}
}

func (v *view) selects(m instrument.FormModel) (out []page.Select, list []Lettered) {
	letter := map[string]string{}
	if len(m.Rows) > 0 {
		for i, o := range m.Rows[0].Choices {
			if names := letters[v.lang]; !o.Text.IsZero() && i < len(names) {
				letter[o.Value] = string(names[i])
				list = append(list, Lettered{letter[o.Value], o.Text.In(v.lang)})
			}
		}
	}
	for _, r := range m.Rows {
		x := page.Select{ID: "a-" + r.ID, Name: "preview-" + r.ID, Label: r.Text.In(v.lang), Options: []page.Option{{Text: v.w.T("resident.choose", nil)}}}
		for _, o := range r.Choices {
			t := o.Text.In(v.lang)
			if t == "" {
				t = v.w.T("resident.position", map[string]any{"Number": o.Value})
			} else if l := letter[o.Value]; l != "" {
				t = l + ". " + t
			}
			x.Options = append(x.Options, page.Option{Value: o.Value, Text: t})
		}
		out = append(out, x)
	}
	return out, list
}
