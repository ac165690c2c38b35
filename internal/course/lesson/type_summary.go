package lesson

import (
	"strconv"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Summary is what to remember, three to five sentences, printable.
type Summary struct {
	Sentences []i18n.Text `json:"sentences"`
}

// Texts visits the sentences.
func (s *Summary) Texts(visit func(string, i18n.Text, Voice)) {
	for i, t := range s.Sentences {
		visit("/sentences/"+strconv.Itoa(i), t, Plain)
	}
}

// Media is none.
func (s *Summary) Media() []Media { return nil }

func (s *Summary) lint(*Lesson, *instrument.Report, string) {}
