package lesson

import (
	"strconv"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Cards are flash cards to turn over.
type Cards struct {
	Cards []Card `json:"cards"`
}

// Card has a word or question in front and its meaning on the back.
type Card struct {
	Front i18n.Text `json:"front"`
	Back  i18n.Text `json:"back"`
}

// Texts visits both sides.
func (c *Cards) Texts(visit func(string, i18n.Text, Voice)) {
	for i, k := range c.Cards {
		visit("/cards/"+strconv.Itoa(i)+"/front", k.Front, Plain)
		visit("/cards/"+strconv.Itoa(i)+"/back", k.Back, Plain)
	}
}

// Media is none.
func (c *Cards) Media() []Media { return nil }

func (c *Cards) lint(_ *Lesson, r *instrument.Report, at string) {
	seen := map[string]bool{}
	for i, k := range c.Cards {
		folded := instrument.Fold(k.Front.UK)
		if seen[folded] {
			r.Error(at+"/cards/"+strconv.Itoa(i)+"/front", "card-twice", "two cards have the same front", "change one of them")
		}
		seen[folded] = true
	}
}
