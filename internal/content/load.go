package content

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/framework"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Load reads all content below the root of fsys (content.FS), as of now.
func Load(fsys fs.FS) (*Library, []Problem) { return LoadAt(fsys, time.Now()) }

// LoadAt is Load with the day that decides which dates have passed. The library
// is always returned; it is whole only if Failed(problems) is false.
func LoadAt(fsys fs.FS, now time.Time) (*Library, []Problem) {
	c := &loader{fsys: fsys, now: now, lib: newLibrary(), places: map[any]place{}, broken: map[string]bool{},
		brokenItems: map[string]bool{}, brokenSlugs: map[string]bool{}}
	c.schemas, c.schemaErr = compileSchemas()
	if c.schemaErr != nil {
		c.add("schema", 1, instrument.Error, "schema", c.schemaErr.Error(), "correct the schema")
		return c.lib, c.problems
	}
	c.frameworks()
	c.glossary()
	c.questions()
	c.items()
	c.advice()
	c.texts()
	c.city()
	c.media()
	c.instruments()
	c.check()
	c.sum()
	return c.lib, sorted(c.problems)
}

// Parse reads one YAML document. Errors: Invalid with the line in the text.
func Parse(file string, raw []byte) (*Document, error) {
	d, err := parse(file, raw)
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "", "%s: %w", file, err)
	}
	return d, nil
}

// CheckItem reports what is wrong with the item at a JSON pointer of a document by
// itself: schema and lint, without what other files say.
func CheckItem(d *Document, pointer string, now time.Time) []Problem {
	c := &loader{now: now, lib: newLibrary(), places: map[any]place{}, broken: map[string]bool{}}
	if c.schemas, c.schemaErr = compileSchemas(); c.schemaErr != nil {
		c.add(d.File, 1, instrument.Error, "schema", c.schemaErr.Error(), "correct the schema")
		return c.problems
	}
	v, _ := d.at(pointer + "/type")
	if c.conforms(d, pointer, "items/"+fmt.Sprint(v)) {
		c.item(d, pointer, "")
	}
	return sorted(c.problems)
}

// place is where something was read.
type place struct {
	doc     *Document
	pointer string
}

type loader struct {
	fsys      fs.FS
	now       time.Time
	lib       *Library
	schemas   *schemas
	schemaErr error
	problems  []Problem
	places    map[any]place // by pointer to the thing

	// what was reported once and must not be reported again where it is missed
	broken      map[string]bool // files
	brokenItems map[string]bool
	brokenSlugs map[string]bool
}

// add reports a problem; an error marks the file as broken.
func (c *loader) add(file string, line int, s instrument.Severity, rule, message, fix string) {
	if s == instrument.Error {
		c.broken[file] = true
	}
	c.problems = append(c.problems, Problem{File: file, Line: line, Severity: s, Rule: rule, Message: message, Fix: fix})
}

// at reports something about a thing read before.
func (c *loader) at(thing any, pointer string, s instrument.Severity, rule, message, fix string) {
	p := c.places[thing]
	if p.doc == nil {
		c.add("content", 1, s, rule, message, fix)
		return
	}
	c.add(p.doc.File, p.doc.Line(p.pointer+pointer), s, rule, message, fix)
}

func (c *loader) findings(thing any, list []instrument.Finding) {
	for _, f := range list {
		c.at(thing, f.Pointer, f.Severity, f.Rule, f.Message, f.Fix)
	}
}

// list names the files of a folder with an ending, sorted; none if there is no folder.
func (c *loader) list(folder, ending string) []string {
	entries, err := fs.ReadDir(c.fsys, folder)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			c.add(folder, 1, instrument.Error, "read", err.Error(), "check the folder")
		}
		return nil
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ending) {
			out = append(out, path.Join(folder, e.Name()))
		}
	}
	return out
}

// read parses a file and checks it against a schema ("" for none). nil after an error.
func (c *loader) read(file, schema string) *Document {
	raw, err := fs.ReadFile(c.fsys, file)
	if err != nil {
		c.add(file, 1, instrument.Error, "read", "the file cannot be read", "write it")
		return nil
	}
	d, err := parse(file, raw)
	if err != nil {
		var le *lineError
		if errors.As(err, &le) {
			c.add(file, le.line, instrument.Error, "yaml", le.text, le.fix)
		} else {
			c.add(file, 1, instrument.Error, "yaml", err.Error(), "correct the file")
		}
		return nil
	}
	if schema != "" && !c.conforms(d, "", schema) {
		return nil
	}
	return d
}

// conforms checks a part of a document against a schema.
func (c *loader) conforms(d *Document, pointer, schema string) bool {
	v, _ := d.at(pointer)
	faults := c.schemas.check(schema, v)
	for _, f := range faults {
		c.add(d.File, d.Line(pointer+f.pointer), instrument.Error, "schema", f.message, f.fix)
	}
	return len(faults) == 0
}

// decode reads a part of a document into dst; false after an error.
func (c *loader) decode(d *Document, pointer string, dst any) bool {
	if err := d.Decode(pointer, dst); err != nil {
		c.add(d.File, d.Line(pointer), instrument.Error, "decode", err.Error(), "correct the values")
		return false
	}
	return true
}

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
		c.text(t, "/term", t.Term)
		c.text(t, "/text", t.Text)
		c.lib.terms = append(c.lib.terms, t)
	}
}

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
		c.text(q, "/stem", q.Stem)
		c.text(q, "/hint", q.Hint)
		for j, o := range q.Options {
			c.text(q, "/options/"+strconv.Itoa(j)+"/text", o.Text)
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
			c.text(a, "/title", a.Title)
			c.text(a, "/why", a.Why)
			c.text(a, "/try", a.Try)
			c.text(a, "/help", a.Help)
			for j, s := range a.Steps {
				c.text(a, "/steps/"+strconv.Itoa(j)+"/title", s.Title)
				c.text(a, "/steps/"+strconv.Itoa(j)+"/text", s.Text)
			}
			if a.Status != "draft" && len(a.Reviews) == 0 {
				c.at(a, "/status", instrument.Error, "status-unreviewed", "status «"+a.Status+"» without a review by a named person", "set status: draft")
			}
			c.lib.advice = append(c.lib.advice, a)
		}
	}
}

// text checks the languages and signs of a text, and its sentences.
func (c *loader) text(thing any, pointer string, t i18n.Text) {
	c.findings(thing, instrument.LintText(pointer, t, 0))
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
		c.text(in, "/title", in.Title)
		c.text(in, "/summary", in.Summary)
		for i, s := range in.Sections {
			c.text(in, "/sections/"+strconv.Itoa(i)+"/title", s.Title)
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
