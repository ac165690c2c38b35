package content

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"osvitlo/internal/framework"
	"osvitlo/internal/instrument"
)

func (c *loader) frameworks() {
	for _, file := range c.list("frameworks", ".yaml") {
		switch name := path.Base(file); {
		case name == "crosswalk.yaml":
			if d := c.read(file, "crosswalk"); d != nil {
				x := &framework.Crosswalk{}
				if c.decode(d, "", x) {
					c.lib.crosswalk, c.places[x] = x, place{d, ""}
				}
			}
		case strings.HasPrefix(name, "eurostat-"):
			if d := c.read(file, "indicator"); d != nil {
				x := &framework.Indicator{}
				if c.decode(d, "", x) {
					c.lib.indicator, c.places[x] = x, place{d, ""}
				}
			}
		default:
			d := c.read(file, "framework")
			if d == nil {
				continue
			}
			f := &framework.Framework{}
			if !c.decode(d, "", f) {
				continue
			}
			f.Place()
			c.places[f] = place{d, ""}
			if f.ID+".yaml" != name {
				c.at(f, "/id", instrument.Error, "file-name", "framework «"+f.ID+"» stands in "+name, "rename the file to "+f.ID+".yaml")
			}
			c.lib.frameworks = append(c.lib.frameworks, f)
		}
	}
	slices.SortStableFunc(c.lib.frameworks, func(a, b *framework.Framework) int {
		return cmp.Or(cmp.Compare(later(a.ID), later(b.ID)), cmp.Compare(a.ID, b.ID))
	})
}

func later(id string) int {
	if strings.HasPrefix(id, "ua-") {
		return 0
	}
	return 1
}
