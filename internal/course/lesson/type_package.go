package lesson

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Package is an uploaded package of another program: SCORM or H5P. It needs a script
// in the browser, so the same thing is told in words too.
type Package struct {
	Package string    `json:"package"`          // name the package was uploaded under
	Words   i18n.Text `json:"words"`            // Markdown: the same without the package, for paper and for browsers without a script
	Height  int       `json:"height,omitempty"` // of the frame in CSS pixels; 0: the usual one
}

// Texts visits the words.
func (p *Package) Texts(visit func(string, i18n.Text, Voice)) { visit("/words", p.Words, Markdown) }

// Media is none: a package is no file of content/media.
func (p *Package) Media() []Media { return nil }

func (p *Package) lint(*Lesson, *instrument.Report, string) {}

// Packages lists the names of the packages the lesson shows.
func (l *Lesson) Packages() []string {
	var out []string
	for _, a := range l.Activities {
		if p, ok := a.Body.(*Package); ok {
			out = append(out, p.Package)
		}
	}
	return out
}
