package content

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/instrument"
)

// lessonFile is <nn>-<slug>.yaml.
var lessonFile = regexp.MustCompile(`^([0-9]{2})-([a-z0-9-]+)\.yaml$`)

// Files of a course folder that are not lessons.
const (
	courseFile = "course.yaml"
	finalFile  = "final.yaml"
)

// courses reads content/courses/<slug>/: course.yaml, the lessons, final.yaml.
func (c *loader) courses() {
	entries, err := fs.ReadDir(c.fsys, "courses")
	if err != nil {
		return // a city without courses yet
	}
	for _, e := range entries {
		if e.IsDir() {
			c.course(path.Join("courses", e.Name()))
		}
	}
	slices.SortFunc(c.lib.courses, func(a, b *lesson.Course) int { return strings.Compare(a.Slug, b.Slug) })
}

func (c *loader) course(folder string) {
	d := c.read(path.Join(folder, courseFile), "course")
	if d == nil {
		return
	}
	k := &lesson.Course{}
	if !c.decode(d, "", k) {
		return
	}
	c.places[k] = place{d, ""}
	if k.Slug != path.Base(folder) {
		c.at(k, "/slug", instrument.Error, "file-name", "course «"+k.Slug+"» stands in the folder "+path.Base(folder), "rename the folder to "+k.Slug)
	}
	c.findings(k, k.Lint(c.now))
	written := map[string]*lesson.Lesson{}
	broken := map[string]bool{}
	for _, file := range c.list(folder, ".yaml") {
		name := path.Base(file)
		if name == courseFile || name == finalFile {
			continue
		}
		m := lessonFile.FindStringSubmatch(name)
		if m == nil {
			c.add(file, 1, instrument.Error, "file-name", "the file's name is not <nn>-<slug>.yaml", "rename it, such as 01-first-lesson.yaml")
			continue
		}
		l := c.lesson(file, k)
		if l == nil {
			broken[m[2]] = true
			continue
		}
		if l.Slug != m[2] {
			c.at(l, "/slug", instrument.Error, "file-name", "lesson «"+l.Slug+"» stands in "+name, "rename the file to "+m[1]+"-"+l.Slug+".yaml")
			continue
		}
		written[l.Slug] = l
		switch at := slices.Index(k.Order, l.Slug) + 1; {
		case at == 0:
			c.at(l, "", instrument.Warning, "lesson-unlisted", "lesson «"+l.Slug+"» is not in the list of course.yaml", "add it to lessons:, or remove the file")
		case fmt.Sprintf("%02d", at) != m[1]:
			c.at(l, "/slug", instrument.Warning, "lesson-order", "lesson «"+l.Slug+"» is number "+strconv.Itoa(at)+" of the course, its file says "+m[1],
				"rename the file to "+fmt.Sprintf("%02d-%s.yaml", at, l.Slug))
		}
	}
	for i, slug := range k.Order {
		if l := written[slug]; l != nil {
			if k.Lesson(slug) == nil {
				k.Lessons = append(k.Lessons, l)
			}
		} else if !broken[slug] {
			c.at(k, "/lessons/"+strconv.Itoa(i), instrument.Error, "lesson-missing", "there is no lesson «"+slug+"»",
				fmt.Sprintf("write %s/%02d-%s.yaml, or remove it here", folder, i+1, slug))
		}
	}
	c.final(path.Join(folder, finalFile), k)
	if err := k.Seal(); err != nil {
		c.at(k, "", instrument.Error, "hash", err.Error(), "correct the values")
		return
	}
	c.lib.courses = append(c.lib.courses, k)
}

// lesson reads one lesson; nil after an error of shape.
func (c *loader) lesson(file string, k *lesson.Course) *lesson.Lesson {
	d := c.read(file, "course-lesson")
	if d == nil {
		return nil
	}
	list, _ := d.at("/activities")
	activities, _ := list.([]any)
	for i, a := range activities {
		pointer := "/activities/" + strconv.Itoa(i)
		head, _ := a.(map[string]any)
		kind, _ := head["type"].(string)
		if !c.conforms(d, pointer, "course-activity-"+kind) {
			return nil
		}
		if kind == string(lesson.TypeCheck) && !c.conforms(d, pointer+"/item", "course-item") {
			return nil
		}
	}
	l := &lesson.Lesson{}
	if !c.decode(d, "", l) {
		return nil
	}
	c.places[l] = place{d, ""}
	competence := ""
	if len(l.Competences) > 0 {
		competence = l.Competences[0]
	}
	r := &instrument.Report{}
	for i := range l.Activities {
		check, ok := l.Activities[i].Body.(*lesson.Check)
		if !ok {
			continue
		}
		pointer := "/activities/" + strconv.Itoa(i) + "/item"
		if check.Item = c.courseItem(d, pointer, competence, l.Level, l.Goal.UK, l.Goal.EN); check.Item == nil {
			return nil
		}
		lesson.LintItem(check.Item, pointer, r, check.Item.Lint(c.now))
	}
	c.findings(l, r.Findings)
	c.findings(l, l.Lint(c.now))
	c.findings(l, k.Fits(l))
	return l
}

// middle is the provisional difficulty of an item whose writer gave none, in
// logits: the middle of its level's span (METHOD, CONTENT_FORMAT).
var middle = map[string]float64{"A1": -2, "A2": -1.1, "B1": -0.4, "B2": 0.35, "C1": 1.1, "C2": 2}

// courseItem reads an item inside a course and fills what its lesson knows.
func (c *loader) courseItem(d *Document, pointer, competence, level, canUK, canEN string) *instrument.Item {
	v, _ := d.at(pointer)
	fields, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	whole := map[string]any{"version": 1, "measures": string(instrument.Knowledge), "level": level, "status": "draft"}
	for name, value := range fields {
		whole[name] = value
	}
	if _, given := whole["difficulty"]; !given {
		if l, _ := whole["level"].(string); l != "" {
			whole["difficulty"] = middle[l]
		}
	}
	whole["can"] = map[string]any{"uk": canUK, "en": canEN}
	it, err := decodeItem(whole, competence)
	if err != nil {
		c.add(d.File, d.Line(pointer), instrument.Error, "decode", err.Error(), "correct the item")
		return nil
	}
	c.places[it] = place{d, pointer}
	return it
}

// final reads the final check of a course.
func (c *loader) final(file string, k *lesson.Course) {
	if _, err := fs.Stat(c.fsys, file); err != nil {
		c.at(k, "", instrument.Warning, "final-missing", "course «"+k.Slug+"» has no final check: nobody can complete it", "write "+file)
		return
	}
	d := c.read(file, "course-final")
	if d == nil {
		return
	}
	list, _ := d.at("/items")
	items, _ := list.([]any)
	for i := range items {
		if !c.conforms(d, "/items/"+strconv.Itoa(i), "course-item") {
			return
		}
	}
	f := &lesson.Final{}
	if !c.decode(d, "", f) {
		return
	}
	c.places[f] = place{d, ""}
	if f.Course != k.Slug {
		c.at(f, "/course", instrument.Error, "file-name", "the final check of «"+f.Course+"» stands in the folder of «"+k.Slug+"»", "write course: "+k.Slug)
	}
	r := &instrument.Report{}
	for i := range items {
		pointer := "/items/" + strconv.Itoa(i)
		competence := ""
		if len(k.Competences) > 0 {
			competence = k.Competences[0]
		}
		it := c.courseItem(d, pointer, competence, k.Levels.From, k.Title.UK, k.Title.EN)
		if it == nil {
			return
		}
		f.Items[i] = it
		lesson.LintItem(it, pointer, r, it.Lint(c.now))
	}
	c.findings(f, r.Findings)
	c.findings(f, f.Lint())
	k.Final = f
}
