package lesson

import (
	"strconv"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Checklist is a list of things to do in life; each can be ticked.
type Checklist struct {
	Items []Task `json:"items"`
}

// Task is one thing to do.
type Task struct {
	ID   string    `json:"id"`
	Text i18n.Text `json:"text"`
}

// Texts visits the tasks.
func (c *Checklist) Texts(visit func(string, i18n.Text, Voice)) {
	for i, t := range c.Items {
		visit("/items/"+strconv.Itoa(i)+"/text", t.Text, Plain)
	}
}

// Media is none.
func (c *Checklist) Media() []Media { return nil }

func (c *Checklist) lint(_ *Lesson, r *instrument.Report, at string) {
	seen := map[string]bool{}
	for i, t := range c.Items {
		if seen[t.ID] {
			r.Error(at+"/items/"+strconv.Itoa(i)+"/id", "task-twice", "task «"+t.ID+"» stands twice", "give it another id")
		}
		seen[t.ID] = true
	}
}
