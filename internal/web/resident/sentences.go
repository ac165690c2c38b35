package resident

import (
	"strings"
	"unicode"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
)

// answerText writes an answer in words; empty for none.
func answerText(step instrument.Step, v instrument.Value, w *i18n.Localizer) string {
	switch {
	case v.IsDontKnow():
		return w.T("resident.dontknow", nil)
	case v.IsRefused():
		return w.T("resident.refused", nil)
	case step.Question != nil:
		id, _ := v.Word()
		return respondentText(step.Question, id, w)
	case step.Item == nil || !v.Answered():
		return ""
	}
	it := step.Item
	if id, ok := v.Word(); ok {
		if it.Type == instrument.Text {
			return id
		}
		o, _ := it.Option(id)
		return o.Text.In(w.Language)
	}
	if ids, ok := v.List(); ok {
		texts := make([]string, 0, len(ids))
		for _, id := range ids {
			if o, ok := it.Option(id); ok {
				texts = append(texts, o.Text.In(w.Language))
			}
		}
		if it.Type == instrument.Ordering {
			return strings.Join(texts, " → ")
		}
		return joined(texts)
	}
	if pairs, ok := v.Pairs(); ok {
		return pairsText(it, pairs, w)
	}
	if x, ok := v.Num(); ok {
		return withUnit(number(w, x), it.Unit.In(w.Language))
	}
	return ""
}

// joined puts each option on a line of its own: options are whole phrases, and a
// comma or a semicolon between them is hard to read.
func joined(texts []string) string { return strings.Join(texts, "\n") }

// inline is an answer inside a sentence.
func inline(answer string) string {
	lines := strings.Split(answer, "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], ".")
	}
	return strings.Join(lines, "; ")
}

func pairsText(it *instrument.Item, pairs map[string]string, w *i18n.Localizer) string {
	var out []string
	for _, l := range it.Left {
		right, ok := pairs[l.ID]
		if !ok {
			continue
		}
		for _, r := range it.Right {
			if r.ID == right {
				out = append(out, l.Text.In(w.Language)+" — "+r.Text.In(w.Language))
			}
		}
	}
	return joined(out)
}

func withUnit(number, unit string) string {
	if unit == "" {
		return number
	}
	return number + i18n.NoBreakSpace + unit
}

func respondentText(q *instrument.RespondentQuestion, id string, w *i18n.Localizer) string {
	if o, ok := q.Option(id); ok {
		return o.Text.In(w.Language)
	}
	if id == sitting.Refused {
		return w.T("resident.refused", nil)
	}
	return ""
}

// storedText is what a sitting holds for a block; «пропущено» for nothing.
func storedText(v *sitting.View, step instrument.Step, w *i18n.Localizer) string {
	text := ""
	switch {
	case step.Question != nil:
		text = respondentText(step.Question, v.Respondent(step.ID()), w)
	case step.Item != nil:
		text = answerText(step, v.Value(step.ID()), w)
	}
	if text == "" {
		return w.T("resident.skipped", nil)
	}
	return text
}

// keyText is the right answer in words; empty where there is none.
func keyText(it *instrument.Item, w *i18n.Localizer) string {
	step := instrument.Step{Item: it}
	switch {
	case len(it.Key.IDs) > 0 && it.Type == instrument.Single:
		return answerText(step, instrument.Word(it.Key.IDs[0]), w)
	case len(it.Key.IDs) > 0:
		return answerText(step, instrument.List(it.Key.IDs...), w)
	case len(it.Key.Pairs) > 0:
		return pairsText(it, it.Key.Pairs, w)
	case it.Key.Range != nil:
		unit := it.Unit.In(w.Language)
		if it.Key.Range.Min == it.Key.Range.Max {
			return withUnit(number(w, it.Key.Range.Min), unit)
		}
		return w.T("resident.range", map[string]any{"From": number(w, it.Key.Range.Min), "To": withUnit(number(w, it.Key.Range.Max), unit)})
	}
	return accepted(it.Accept, w.Language)
}

// accepted is the first accepted answer in the letters of the language, or a sign
// that has none.
func accepted(list []string, lang string) string {
	for _, a := range list {
		foreign := false
		for _, r := range a {
			foreign = foreign || unicode.IsLetter(r) && unicode.Is(unicode.Latin, r) != (lang == i18n.English)
		}
		if !foreign {
			return a
		}
	}
	if len(list) > 0 {
		return list[0]
	}
	return ""
}
