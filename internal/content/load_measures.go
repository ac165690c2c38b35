package content

import (
	"io/fs"
	"strings"

	"osvitlo/internal/institution/measure"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/instrument"
)

// measures reads what is offered for plans of institutions, if it is there. It comes after
// the frameworks, the items and the self-description that its reasons name.
func (c *loader) measures() {
	if _, err := fs.Stat(c.fsys, measure.File); err != nil {
		return
	}
	d := c.read(measure.File, "measures")
	if d == nil {
		return
	}
	b := &measure.Book{}
	if !c.decode(d, "", b) {
		return
	}
	c.places[b] = place{d, ""}
	var form *selfdesc.Definition
	if c.lib.selfDescription != nil {
		form = c.lib.selfDescription.Current()
	}
	var known func(string) bool
	if len(c.lib.frameworks) > 0 {
		known = c.variable
	}
	c.findings(b, b.Lint(form, known))
	if b.Status != "draft" {
		c.at(b, "/status", instrument.Error, "status-unreviewed", "status «"+b.Status+"» without a review by a named person", "set status: draft")
	}
	c.lib.measures = b
}

// variable tells whether reports may hold a variable.
func (c *loader) variable(name string) bool {
	if id, ok := strings.CutPrefix(name, "item:"); ok {
		return c.lib.items[id] != nil || c.brokenItems[id]
	}
	for _, f := range c.lib.frameworks {
		if _, err := f.Area(name); err == nil {
			return true
		}
		if _, err := f.Competence(name); err == nil {
			return true
		}
	}
	return false
}

// Measures is what is offered for plans of institutions; nil if there is nothing.
func (l *Library) Measures() *measure.Book { return l.measures }
