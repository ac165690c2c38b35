package content

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/instrument"
)

var instrumentFile = regexp.MustCompile(`^([a-z0-9-]+)\.v([1-9][0-9]{0,3})\.yaml$`)

func (c *loader) instruments() {
	for _, file := range c.list("instruments", ".yaml") {
		name := path.Base(file)
		if name == "respondent.yaml" {
			continue
		}
		d := c.read(file, "instrument")
		if d == nil {
			slug, _, _ := strings.Cut(name, ".")
			c.brokenSlugs[slug] = true
			continue
		}
		in := &instrument.Instrument{}
		if !c.decode(d, "", in) {
			continue
		}
		c.places[in] = place{d, ""}
		m := instrumentFile.FindStringSubmatch(name)
		if m == nil || m[1] != in.Slug || m[2] != strconv.Itoa(in.Version) {
			c.at(in, "/slug", instrument.Error, "file-name", in.Name()+" stands in "+name, "rename the file to "+in.Slug+".v"+strconv.Itoa(in.Version)+".yaml")
			continue
		}
		found := slices.DeleteFunc(in.Link(c.lib.itemVersion, c.lib.question), func(f instrument.Finding) bool {
			v, _ := d.at(f.Pointer)
			id, _ := v.(string)
			return f.Rule == "item-unknown" && (c.brokenItems[id] || c.brokenItems[anyItem])
		})
		c.findings(in, found)
		c.spoken(in, "/title", in.Title)
		c.spoken(in, "/summary", in.Summary)
		for i, s := range in.Sections {
			c.spoken(in, "/sections/"+strconv.Itoa(i)+"/title", s.Title)
		}
		if in.Hash == "" {
			c.brokenSlugs[in.Slug] = true
			continue
		}
		c.lib.instruments[in.Slug] = append(c.lib.instruments[in.Slug], in)
	}
	for _, versions := range c.lib.instruments {
		slices.SortFunc(versions, func(a, b *instrument.Instrument) int { return a.Version - b.Version })
	}
}
