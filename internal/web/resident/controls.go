package resident

import (
	"html/template"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/page"
)

// fill puts the answer's controls on the page.
func (h *Handlers) fill(p *Question, s *screen, at visit, v *sitting.View, step instrument.Step, said *typed, w *i18n.Localizer) {
	var m instrument.FormModel
	stored := said == nil || said.conflict && v.WasLeft(step.ID())
	switch {
	case step.Question != nil:
		m = questionModel(step.Question, v, said, stored)
	case stored:
		m = step.Item.Form(v.Value(step.ID()), at.id)
	default:
		m = step.Item.FormTyped(said.values, at.id)
	}
	text, on := "", ""
	if said != nil && !said.conflict {
		switch {
		case said.field != nil:
			text, on = complaint(w, *said.field), said.field.Pointer
		case said.empty:
			text = emptyWords(m, w)
			p.Skip = &page.Button{Text: w.T("resident.skip", nil), Kind: "second", Name: fieldSkip, Value: "1"}
			if step.Required {
				p.Skip = nil
			}
		}
	}
	first := "#a"
	switch m.Layout {
	case instrument.Radios, instrument.Checkboxes:
		if len(m.Rows) > 0 {
			first = "#a-" + m.Rows[0].ID
		}
		p.Body = s.fieldset(&m, faultLine(w, text))
	case instrument.Selects:
		p.Selects, p.Letters = selects(m, w, text, on)
		if len(p.Selects) > 0 {
			first = "#" + p.Selects[0].ID
			for _, x := range p.Selects {
				if x.Name == on {
					first = "#" + x.ID
				}
			}
		}
		if text != "" && (on == "" || on == instrument.FieldAnswer) {
			p.Fault = text
		}
		p.Or = special(m, w)
	case instrument.NumberBox, instrument.TextBox:
		f := s.field
		f.Value, f.Error = m.Input.Value, text
		p.Field, p.Or = &f, special(m, w)
	}
	if text != "" {
		p.Errors.Items = []page.ErrorItem{{Href: first, Text: text}}
	}
}

// questionModel is the form of a background question.
func questionModel(q *instrument.RespondentQuestion, v *sitting.View, said *typed, stored bool) instrument.FormModel {
	chosen := v.Respondent(q.ID)
	if !stored {
		chosen = said.values.Get(instrument.FieldAnswer)
	}
	m := instrument.FormModel{Type: instrument.Single, Layout: instrument.Radios}
	for i, o := range q.Options {
		m.Rows = append(m.Rows, instrument.FormRow{Number: i + 1, ID: o.ID, Checked: o.ID == chosen})
	}
	m.Refuse.Offered = q.Refuse
	m.Refuse.Checked = chosen == pickRefused || q.Refuse && chosen == sitting.Refused
	return m
}

// emptyWords say kindly that nothing was chosen, and what can be done.
func emptyWords(m instrument.FormModel, w *i18n.Localizer) string {
	key := "resident.empty"
	switch m.Layout {
	case instrument.Checkboxes:
		key = "resident.empty.many"
	case instrument.Selects:
		key = "resident.empty.lists"
	case instrument.NumberBox, instrument.TextBox:
		key = "resident.empty.box"
	}
	switch {
	case m.DontKnow.Offered:
		key += ".know"
	case m.Refuse.Offered:
		key += ".refuse"
	}
	return w.T(key, nil)
}

// faultLine is the message over a fieldset, as the component writes it.
func faultLine(w *i18n.Localizer, text string) template.HTML {
	if text == "" {
		return ""
	}
	return template.HTML(`<p class="os-fault" id="a-error"><span class="os-hidden">` +
		template.HTMLEscapeString(w.T("page.error.prefix", nil)) + ` </span>` +
		template.HTMLEscapeString(i18n.NoBreak(text)) + `</p>`)
}

// lettered is one of the texts that lists offer, with the letter it has there.
type lettered struct{ Letter, Text string }

// letters name the texts of lists: a closed list on a telephone shows only the
// beginning of a long one, so all of them stand above, each under its letter.
var letters = map[string][]rune{i18n.Ukrainian: []rune("АБВГДЕЄЖЗИКЛМНОПРСТ"), i18n.English: []rune("ABCDEFGHIJKLMNOPQRS")}

// lettersOf gives every text of the lists its letter, in the order they are offered.
func lettersOf(m instrument.FormModel, w *i18n.Localizer) (list []lettered, of map[string]string) {
	if len(m.Rows) == 0 {
		return nil, nil
	}
	of = map[string]string{}
	for i, o := range m.Rows[0].Choices {
		if names := letters[w.Language]; !o.Text.IsZero() && i < len(names) {
			of[o.Value] = string(names[i])
			list = append(list, lettered{of[o.Value], o.Text.In(w.Language)})
		}
	}
	return list, of
}

// selects are the lists of ordering and matching, and the texts they offer.
func selects(m instrument.FormModel, w *i18n.Localizer, text, on string) ([]page.Select, []lettered) {
	choose := w.T("resident.choose", nil)
	list, letter := lettersOf(m, w)
	out := make([]page.Select, len(m.Rows))
	for i, r := range m.Rows {
		x := page.Select{ID: "a-" + r.ID, Name: r.Name, Label: r.Text.In(w.Language),
			Options: make([]page.Option, 0, len(r.Choices)+1)}
		if text != "" && on == r.Name {
			x.Error = text
		}
		x.Options = append(x.Options, page.Option{Text: choose})
		for _, o := range r.Choices {
			t := o.Text.In(w.Language)
			if t == "" {
				t = w.T("resident.position", map[string]any{"Number": o.Value})
			} else if l := letter[o.Value]; l != "" {
				t = l + ". " + t
			}
			x.Options = append(x.Options, page.Option{Value: o.Value, Text: t, Selected: o.Checked})
		}
		out[i] = x
	}
	return out, list
}

// special are «не знаю» and «не хочу відповідати» beside lists and boxes.
func special(m instrument.FormModel, w *i18n.Localizer) []page.Check {
	var out []page.Check
	if m.DontKnow.Offered {
		out = append(out, page.Check{ID: "a-dont-know", Name: m.DontKnow.Name, Value: m.DontKnow.Value,
			Label: w.T("resident.dontknow", nil), Hint: w.T("resident.dontknow.hint", nil), Checked: m.DontKnow.Checked})
	}
	if m.Refuse.Offered {
		out = append(out, page.Check{ID: "a-refused", Name: m.Refuse.Name, Value: m.Refuse.Value,
			Label: w.T("resident.refuse", nil), Checked: m.Refuse.Checked})
	}
	return out
}

// storedNote tells what another window stored, and what was typed here.
func (h *Handlers) storedNote(v *sitting.View, step instrument.Step, said *typed, w *i18n.Localizer) *page.Note {
	n := &page.Note{Kind: "sun", Title: w.T("resident.conflict.title", nil)}
	value, f := read(step, said.values)
	mine := ""
	if f == nil {
		mine = answerText(step, value, w)
	}
	if v.WasLeft(step.ID()) {
		n.Text = append(n.Text, w.T("resident.conflict.stored", map[string]any{"Answer": inline(storedText(v, step, w))}))
		if mine != "" {
			n.Text = append(n.Text, w.T("resident.conflict.mine", map[string]any{"Answer": inline(mine)}))
		}
		n.Text = append(n.Text, w.T("resident.conflict.do", nil))
	} else {
		n.Text = append(n.Text, w.T("resident.conflict.moved", nil))
	}
	return n
}
