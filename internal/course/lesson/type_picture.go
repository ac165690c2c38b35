package lesson

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Picture is a drawing of our own, or its description while it is not drawn.
type Picture struct {
	File    string    `json:"file,omitempty"` // of content/media, or uploaded
	Alt     i18n.Text `json:"alt"`
	Caption i18n.Text `json:"caption,omitzero"`
}

// Texts visits alternative text and caption.
func (p *Picture) Texts(visit func(string, i18n.Text, Voice)) {
	visit("/alt", p.Alt, Plain)
	visit("/caption", p.Caption, Plain)
}

// Media is the file, if it is drawn.
func (p *Picture) Media() []Media {
	if p.File == "" {
		return nil
	}
	return []Media{{"/file", p.File, MediaPicture}}
}

func (p *Picture) lint(*Lesson, *instrument.Report, string) {}
