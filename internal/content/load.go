package content

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
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
	c.selfDescription()
	c.measures()
	c.media()
	c.instruments()
	c.courses()
	c.services()
	c.serviceLinks()
	c.badges()
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

// addAt is add for a place in a document.
func (c *loader) addAt(d *Document, pointer string, s instrument.Severity, rule, message, fix string) {
	c.add(d.File, d.Line(pointer), s, rule, message, fix)
	bare, _, _ := strings.Cut(pointer, "#")
	c.problems[len(c.problems)-1].Pointer = bare
}

// at reports something about a thing read before.
func (c *loader) at(thing any, pointer string, s instrument.Severity, rule, message, fix string) {
	p := c.places[thing]
	if p.doc == nil {
		c.add("content", 1, s, rule, message, fix)
		return
	}
	c.addAt(p.doc, p.pointer+pointer, s, rule, message, fix)
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
		c.addAt(d, pointer+f.pointer, instrument.Error, "schema", f.message, f.fix)
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

// text checks the languages and signs of a text, and its sentences.
func (c *loader) text(thing any, pointer string, t i18n.Text) {
	c.findings(thing, instrument.LintText(pointer, t, 0))
}

// spoken is text in our own voice.
func (c *loader) spoken(thing any, pointer string, t i18n.Text) {
	c.text(thing, pointer, t)
	c.findings(thing, instrument.LintVoice(pointer, t))
}
