package content

import (
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

func (c *loader) glossary() {
	if _, err := fs.Stat(c.fsys, "glossary.yaml"); err != nil {
		return
	}
	d := c.read("glossary.yaml", "glossary")
	if d == nil {
		return
	}
	var file struct{ Terms []*Term }
	if !c.decode(d, "", &file) {
		return
	}
	seen := map[string]bool{}
	for i, t := range file.Terms {
		c.places[t] = place{d, "/terms/" + strconv.Itoa(i)}
		if seen[t.ID] {
			c.at(t, "/id", instrument.Error, "term-twice", "term «"+t.ID+"» stands twice", "remove one of them")
		}
		seen[t.ID] = true
		c.spoken(t, "/term", t.Term)
		c.spoken(t, "/text", t.Text)
		c.lib.terms = append(c.lib.terms, t)
	}
}

func (c *loader) advice() {
	ids := map[string]bool{}
	for _, file := range c.list("advice", ".yaml") {
		d := c.read(file, "advice")
		if d == nil {
			continue
		}
		var f struct {
			Area  string
			Pages []*Advice
		}
		if !c.decode(d, "", &f) {
			continue
		}
		if path.Base(file) != f.Area+".yaml" {
			c.add(file, d.Line("/area"), instrument.Error, "file-name", "advice of «"+f.Area+"» stands in "+path.Base(file), "rename the file")
		}
		for i, a := range f.Pages {
			a.Area = f.Area
			c.places[a] = place{d, "/pages/" + strconv.Itoa(i)}
			if ids[a.ID] {
				c.at(a, "/id", instrument.Error, "advice-twice", "advice «"+a.ID+"» stands twice", "give it another id")
			}
			ids[a.ID] = true
			if _, err := c.lib.Advice(a.Area, a.Group); err == nil {
				c.at(a, "/group", instrument.Error, "advice-group", "«"+a.Area+"» has two pages for «"+string(a.Group)+"»", "keep one page per group")
			}
			c.spoken(a, "/title", a.Title)
			c.spoken(a, "/why", a.Why)
			c.spoken(a, "/try", a.Try)
			c.spoken(a, "/help", a.Help)
			for j, s := range a.Steps {
				c.spoken(a, "/steps/"+strconv.Itoa(j)+"/title", s.Title)
				c.spoken(a, "/steps/"+strconv.Itoa(j)+"/text", s.Text)
			}
			if a.Status != "draft" && len(a.Reviews) == 0 {
				c.at(a, "/status", instrument.Error, "status-unreviewed", "status «"+a.Status+"» without a review by a named person", "set status: draft")
			}
			c.lib.advice = append(c.lib.advice, a)
		}
	}
}

// texts reads content/texts: <page>.<lang>.md in both languages, and YAML files.
func (c *loader) texts() {
	for _, file := range c.list("texts", ".md") {
		name := strings.TrimSuffix(path.Base(file), ".md")
		id, lang, ok := strings.Cut(name, ".")
		if !ok || !i18n.Known(lang) {
			c.add(file, 1, instrument.Error, "file-name", "the file's name does not say its language", "name it <page>.uk.md or <page>.en.md")
			continue
		}
		raw, err := fs.ReadFile(c.fsys, file)
		if err != nil || len(raw) > maxFile || strings.TrimSpace(string(raw)) == "" {
			c.add(file, 1, instrument.Error, "read", "the text is empty, too long or cannot be read", "write it")
			continue
		}
		p := c.lib.pages[id]
		if p == nil {
			p = &Page{ID: id}
			c.lib.pages[id] = p
		}
		if lang == i18n.English {
			p.Markdown.EN = string(raw)
		} else {
			p.Markdown.UK = string(raw)
		}
	}
	for _, id := range sortedKeys(c.lib.pages) {
		m := c.lib.pages[id].Markdown
		if m.UK == "" || m.EN == "" {
			have, lack := "uk", "en"
			if m.UK == "" {
				have, lack = lack, have
			}
			c.add("texts/"+id+"."+have+".md", 1, instrument.Error, "language-missing", "the page is missing in "+lack, "write texts/"+id+"."+lack+".md")
		}
	}
	c.plain("texts")
	for _, file := range sortedKeys(c.lib.documents) {
		top, ok := c.lib.documents[file].value.(map[string]any)
		if !ok || path.Dir(file) != "texts" {
			continue
		}
		for _, key := range sortedKeys(top) {
			pair, _ := top[key].(map[string]any)
			uk, isUK := pair["uk"].(string)
			en, isEN := pair["en"].(string)
			if !isUK || !isEN {
				continue // its reader knows the shape
			}
			if _, twice := c.lib.texts[key]; twice {
				d := c.lib.documents[file]
				c.add(file, d.Line("/"+escape.Replace(key)), instrument.Error, "text-twice", "text «"+key+"» stands twice", "rename it")
			}
			c.lib.texts[key] = i18n.Text{UK: uk, EN: en}
		}
	}
}

func (c *loader) city() { c.plain("city") }

// unsafe is what an SVG of ours never has: scripts, events, embedded pages and
// addresses outside the file.
var unsafe = regexp.MustCompile(`(?i)<script|<foreignObject|<iframe|\son[a-z]+\s*=|(href|src)\s*=\s*["']\s*[^#"'\s]|@import|url\(\s*["']?\s*[^#"'\s)]`)

func (c *loader) media() {
	for _, file := range c.list("media", ".svg") {
		raw, err := fs.ReadFile(c.fsys, file)
		if err != nil || len(raw) > maxFile || unsafe.Match(raw) {
			c.add(file, 1, instrument.Error, "picture-unsafe", "the picture holds a script, an event or an outside address", "draw it again without them")
		}
	}
}

// plain reads YAML files whose shape their reader knows; every {uk, en} in them
// is checked.
func (c *loader) plain(folder string) {
	for _, file := range c.list(folder, ".yaml") {
		d := c.read(file, "")
		if d == nil {
			continue
		}
		c.places[d] = place{d, ""}
		walkTexts(d.value, "", func(pointer string, t i18n.Text) { c.text(d, pointer, t) })
		c.lib.documents[file] = d
	}
}

// walkTexts visits every map that has only uk and en.
func walkTexts(v any, pointer string, visit func(string, i18n.Text)) {
	switch t := v.(type) {
	case []any:
		for i, e := range t {
			walkTexts(e, pointer+"/"+strconv.Itoa(i), visit)
		}
	case map[string]any:
		uk, isUK := t["uk"].(string)
		en, isEN := t["en"].(string)
		if isUK || isEN {
			visit(pointer, i18n.Text{UK: uk, EN: en})
		}
		for _, k := range sortedKeys(t) {
			walkTexts(t[k], pointer+"/"+escape.Replace(k), visit)
		}
	}
}
