package content

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Files of content/services that are not instructions.
const (
	lifeEventsFile = "services/life-events.yaml"
	toCheckFile    = "services/to-check.yaml"
)

// services reads content/services: the instructions, the index by life event, and the
// list of what must be asked of the city.
func (c *loader) services() {
	if _, err := fs.Stat(c.fsys, "services"); err != nil {
		return // a city without a manual yet
	}
	events := c.lifeEvents()
	c.toCheck()
	numbers := map[int]string{}
	for _, file := range c.list("services", ".yaml") {
		if file == lifeEventsFile || file == toCheckFile {
			continue
		}
		c.service(file, events, numbers)
	}
	slices.SortFunc(c.lib.services, func(a, b *manual.Instruction) int { return cmp.Compare(a.Number, b.Number) })
	for _, file := range c.list("services/pictures", ".svg") {
		raw, err := fs.ReadFile(c.fsys, file)
		name := strings.TrimSuffix(path.Base(file), ".svg")
		if err != nil || len(raw) > maxFile || unsafe.Match(raw) || !slices.Contains(manual.Pictures, name) {
			c.add(file, 1, instrument.Error, "picture-unsafe", "the picture holds a script, an event or an outside address, or no instruction may show it", "draw it again without them, or add it to Pictures of internal/eservice/manual")
		}
	}
}

func (c *loader) service(file string, events map[string]bool, numbers map[int]string) {
	d := c.read(file, "service")
	if d == nil {
		return
	}
	in := &manual.Instruction{}
	if !c.decode(d, "", in) {
		return
	}
	c.places[in] = place{d, ""}
	if want := fmt.Sprintf("%02d-%s.yaml", in.Number, in.Slug); path.Base(file) != want {
		c.at(in, "/slug", instrument.Error, "file-name", "instruction «"+in.Slug+"» stands in "+path.Base(file), "rename the file to "+want)
	}
	if other, twice := numbers[in.Number]; twice {
		c.at(in, "/number", instrument.Error, "number-twice", "number "+strconv.Itoa(in.Number)+" is also that of "+other, "give it another number")
	}
	numbers[in.Number] = file
	for i, e := range in.LifeEvents {
		if !events[e] {
			c.at(in, "/life_events/"+strconv.Itoa(i), instrument.Error, "life-event", "there is no life event «"+e+"»", "use an id of "+lifeEventsFile)
		}
	}
	for i, id := range in.Glossary {
		if _, err := c.lib.Term(id); err != nil {
			c.at(in, "/glossary/"+strconv.Itoa(i), instrument.Error, "term-missing", "there is no word «"+id+"» in the glossary", "use an id of glossary.yaml")
		}
	}
	c.findings(in, in.Lint(c.now))
	c.lib.services = append(c.lib.services, in)
}

// serviceLinks checks what instructions say about courses and competences, once those
// are read.
func (c *loader) serviceLinks() {
	for _, in := range c.lib.services {
		for i, name := range in.Lessons {
			course, slug, _ := strings.Cut(name, "/")
			if c.brokenCourse(course) {
				continue
			}
			k, err := c.lib.Course(course)
			if err != nil || k.Lesson(slug) == nil {
				c.at(in, "/lessons/"+strconv.Itoa(i), instrument.Error, "service-lesson", "there is no lesson «"+name+"»", "write course/lesson as their slugs, without the number of the file")
			}
		}
		ours, err := c.lib.Framework(OurFramework)
		if err != nil {
			continue
		}
		for i, id := range in.Competences {
			if _, err := ours.Competence(id); err != nil {
				c.at(in, "/competences/"+strconv.Itoa(i), instrument.Error, "competence-missing", "there is no competence «"+id+"»", "use one of "+OurFramework)
			}
		}
	}
}

func (c *loader) brokenCourse(slug string) bool {
	for file := range c.broken {
		if strings.HasPrefix(file, "courses/"+slug+"/") {
			return true
		}
	}
	return false
}

func (c *loader) lifeEvents() map[string]bool {
	out := map[string]bool{}
	d := c.read(lifeEventsFile, "service-life-events")
	if d == nil {
		return out
	}
	var f struct {
		List []*manual.LifeEvent `json:"life_events"`
	}
	if !c.decode(d, "", &f) {
		return out
	}
	for i, e := range f.List {
		c.places[e] = place{d, "/life_events/" + strconv.Itoa(i)}
		if out[e.ID] {
			c.at(e, "/id", instrument.Error, "life-event-twice", "life event «"+e.ID+"» stands twice", "remove one of them")
		}
		out[e.ID] = true
		c.spoken(e, "/title", e.Title)
		c.lib.lifeEvents = append(c.lib.lifeEvents, e)
	}
	return out
}

func (c *loader) toCheck() {
	if _, err := fs.Stat(c.fsys, toCheckFile); err != nil {
		return
	}
	d := c.read(toCheckFile, "service-to-check")
	if d == nil {
		return
	}
	var f struct{ Services []*manual.ToCheck }
	if !c.decode(d, "", &f) {
		return
	}
	for i, s := range f.Services {
		c.places[s] = place{d, "/services/" + strconv.Itoa(i)}
		for at, t := range map[string]i18n.Text{"/title": s.Title, "/ask": s.Ask} {
			c.spoken(s, at, t)
		}
		c.lib.toCheck = append(c.lib.toCheck, s)
	}
}
