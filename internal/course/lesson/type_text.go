package lesson

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Text is something to read, Markdown.
type Text struct {
	Text i18n.Text `json:"text"`
}

// Texts visits the text.
func (t *Text) Texts(visit func(string, i18n.Text, Voice)) { visit("/text", t.Text, Markdown) }

// Media is none.
func (t *Text) Media() []Media { return nil }

func (t *Text) lint(_ *Lesson, r *instrument.Report, at string) {
	if n := CountWords(t.Text.UK); n > maxTextWords {
		r.Warn(at+"/text/uk", "text-long", "one text of "+itoa(n)+" words; aim at "+itoa(maxTextWords),
			"split it in two activities, with practice between them")
	}
}
