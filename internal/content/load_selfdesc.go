package content

import (
	"io/fs"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/instrument"
)

// selfDescription reads the form in which institutions describe themselves, if there is one.
func (c *loader) selfDescription() {
	files, err := fs.Glob(c.fsys, "institutions/"+selfdesc.Pattern)
	if err != nil || len(files) == 0 {
		return
	}
	for _, file := range files {
		if d := c.read(file, ""); d != nil {
			c.places[d] = place{d, ""}
			walkTexts(d.value, "", func(pointer string, t i18n.Text) { c.spoken(d, pointer, t) })
		}
	}
	book, err := selfdesc.Load(c.fsys, "institutions")
	if err == nil {
		c.lib.selfDescription = book
		return
	}
	text := err.Error()
	if f := fault.As(err); f != nil && f.Err != nil {
		text = f.Err.Error()
	}
	for _, line := range strings.Split(text, "\n") {
		file, said, ok := strings.Cut(line, ": ")
		if !ok || !strings.HasPrefix(file, "institutions/") {
			file, said = files[0], line
		}
		if !c.broken[file] { // what YAML says is reported at its line
			c.problems = append(c.problems, Problem{File: file, Line: 1, Severity: instrument.Error, Rule: "self-description", Message: said, Fix: "correct the form"})
		}
	}
}

// SelfDescription is the form in which institutions describe themselves, in all its
// versions; nil if there is none.
func (l *Library) SelfDescription() *selfdesc.Book { return l.selfDescription }
