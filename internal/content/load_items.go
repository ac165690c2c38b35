package content

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/instrument"
)

func (c *loader) questions() {
	const file = "instruments/respondent.yaml"
	if _, err := fs.Stat(c.fsys, file); err != nil {
		return
	}
	d := c.read(file, "respondent")
	if d == nil {
		return
	}
	var f struct {
		Questions []*instrument.RespondentQuestion
	}
	if !c.decode(d, "", &f) {
		return
	}
	for i, q := range f.Questions {
		c.places[q] = place{d, "/questions/" + strconv.Itoa(i)}
		if c.lib.question(q.ID) != nil {
			c.at(q, "/id", instrument.Error, "question-twice", "question «"+q.ID+"» stands twice", "remove one of them")
			continue
		}
		c.spoken(q, "/stem", q.Stem)
		c.spoken(q, "/hint", q.Hint)
		for j, o := range q.Options {
			c.spoken(q, "/options/"+strconv.Itoa(j)+"/text", o.Text)
		}
		c.contractValues(q)
		c.lib.questions = append(c.lib.questions, q)
	}
}

// contract lists the option ids of CONTRACT §4. Districts are configuration.
var contract = map[string][]string{
	"internet":  {"yes", "with-help", "no"},
	"lives":     {"community", "elsewhere-ua", "abroad", "refused"},
	"sex":       {"female", "male"},
	"age_group": {"under-14", "14-17", "18-29", "30-39", "40-49", "50-59", "60-69", "70+"},
}

func (c *loader) contractValues(q *instrument.RespondentQuestion) {
	want, bound := contract[q.ID]
	if !bound {
		return
	}
	for j, o := range q.Options {
		if !slices.Contains(want, o.ID) {
			c.at(q, "/options/"+strconv.Itoa(j)+"/id", instrument.Error, "respondent-value", "«"+o.ID+"» is not a value of «"+q.ID+"» in the contract",
				"use "+strings.Join(want, ", "))
		}
	}
	for _, id := range want {
		if _, ok := q.Option(id); !ok {
			c.at(q, "/options", instrument.Error, "respondent-value", "«"+q.ID+"» lacks the contract's value «"+id+"»", "add the option")
		}
	}
}

// anyItem marks that a whole file of items could not be read.
const anyItem = "*"

var surveyFile = regexp.MustCompile(`^survey-[a-z0-9-]+\.yaml$`)

func (c *loader) items() {
	for _, file := range c.list("items", ".yaml") {
		d := c.read(file, "items")
		if d == nil {
			c.brokenItems[anyItem] = true
			continue
		}
		var f struct {
			Competence string
			Items      []struct {
				Type instrument.Type
			}
		}
		if !c.decode(d, "", &f) {
			continue
		}
		name := path.Base(file)
		if f.Competence == "" != surveyFile.MatchString(name) || (f.Competence != "" && name != f.Competence+".yaml") {
			c.add(file, d.Line("/competence"), instrument.Error, "file-name", "the file's name does not say what it holds",
				"name it <competence>.yaml, or survey-<topic>.yaml for items without a competence")
		}
		for i, head := range f.Items {
			pointer := "/items/" + strconv.Itoa(i)
			if !c.conforms(d, pointer, "items/"+string(head.Type)) {
				v, _ := d.at(pointer + "/id")
				id, _ := v.(string)
				c.brokenItems[id] = true
				continue
			}
			c.item(d, pointer, f.Competence)
		}
	}
	for _, versions := range c.lib.items {
		slices.SortFunc(versions, func(a, b *instrument.Item) int { return a.Version - b.Version })
	}
}

func (c *loader) item(d *Document, pointer, competence string) {
	v, _ := d.at(pointer)
	it, err := decodeItem(v, competence)
	if err != nil {
		c.add(d.File, d.Line(pointer), instrument.Error, "decode", err.Error(), "correct the item")
		return
	}
	c.places[it] = place{d, pointer}
	for _, other := range c.lib.items[it.ID] {
		if other.Version == it.Version {
			p := c.places[other]
			c.at(it, "/id", instrument.Error, "item-twice", "item «"+it.ID+"» version "+strconv.Itoa(it.Version)+" stands twice",
				"rename it; the other one is at "+p.doc.File+":"+strconv.Itoa(p.doc.Line(p.pointer)))
			return
		}
	}
	c.findings(it, it.Lint(c.now))
	c.lib.items[it.ID] = append(c.lib.items[it.ID], it)
}
