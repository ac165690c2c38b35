package content

import (
	"io/fs"
	"slices"
	"strconv"
	"time"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/framework"
	"osvitlo/internal/instrument"
)

// minPairs is the fewest parallel pairs with which a course can be proved: a form of
// three items is already very unreliable.
const minPairs = 3

// checkCourses reports what only the whole shows: competences of the framework,
// pictures, words of the glossary, what a course promises and no lesson teaches.
func (c *loader) checkCourses(ours *framework.Framework) {
	drafts := 0
	for _, k := range c.lib.courses {
		if !k.Reviewed() {
			drafts++
		}
		taught := map[string]bool{}
		for i, id := range k.Competences {
			if _, err := ours.Competence(id); err != nil {
				c.at(k, "/competences/"+strconv.Itoa(i), instrument.Error, "competence-unknown", "«"+id+"» is not a competence of "+ours.ID, "correct it")
				taught[id] = true
			}
		}
		for _, l := range k.Lessons {
			for _, id := range l.Competences {
				taught[id] = true
			}
			c.checkLesson(l)
		}
		for i, id := range k.Competences {
			if !taught[id] && len(k.Lessons) == len(k.Order) { // else a lesson is broken, which was reported
				c.at(k, "/competences/"+strconv.Itoa(i), instrument.Warning, "competence-untaught", "no lesson of «"+k.Slug+"» teaches «"+id+"»",
					"write a lesson, or remove it from the course")
			}
		}
		if n := len(lesson.Pairs(c.lib.Items(), k.Competences, 2)); n < minPairs {
			c.at(k, "/competences", instrument.Note, "proof-pairs", "«"+k.Slug+"» has "+strconv.Itoa(n)+" pairs of parallel items: before and after cannot be compared",
				"write items of near difficulty for its competences, "+strconv.Itoa(minPairs)+" pairs in all")
		}
		if k.Final == nil {
			continue
		}
		for i, it := range k.Final.Items {
			pointer := "/items/" + strconv.Itoa(i)
			if !slices.Contains(k.Competences, it.Competence) {
				c.at(k.Final, pointer+"/competence", instrument.Error, "final-competence", "«"+it.Competence+"» is not among the competences of «"+k.Slug+"»", "correct it")
			}
			if it.Picture != nil {
				c.picture(k.Final, pointer+"/picture/media", it.Picture.Media)
			}
		}
	}
	if drafts > 0 {
		c.add("courses", 1, instrument.Note, "unreviewed", strconv.Itoa(drafts)+" courses are unreviewed: «людина ще не перевірила»",
			"a named person reads them and signs reviews:")
	}
}

func (c *loader) checkLesson(l *lesson.Lesson) {
	for i, a := range l.Activities {
		for _, m := range a.Body.Media() {
			c.shown(l, "/activities/"+strconv.Itoa(i)+m.Pointer, m, a.Body)
		}
	}
	for i, g := range l.Glossary {
		if _, err := c.lib.Term(g); err != nil {
			c.at(l, "/glossary/"+strconv.Itoa(i), instrument.Error, "term-unknown", "«"+g+"» is not in the glossary", "add it to glossary.yaml or remove it here")
		}
	}
}

func (c *loader) picture(thing any, pointer, name string) {
	if _, err := fs.Stat(c.fsys, "media/"+name); err != nil {
		c.at(thing, pointer, instrument.Error, "picture-missing", "there is no content/media/"+name, "draw it or remove the line")
	}
}

// LoadCourse reads and checks one course folder of fsys (courses/<slug>, media)
// against what a library knows: for editors, whose drafts lie over the files. The
// course is nil when its own file is broken.
func LoadCourse(fsys fs.FS, slug string, lib *Library, now time.Time) (*lesson.Course, []Problem) {
	c := &loader{fsys: fsys, now: now, lib: newLibrary(), places: map[any]place{}, broken: map[string]bool{},
		brokenItems: map[string]bool{}, brokenSlugs: map[string]bool{}}
	if c.schemas, c.schemaErr = compileSchemas(); c.schemaErr != nil {
		c.add("schema", 1, instrument.Error, "schema", c.schemaErr.Error(), "correct the schema")
		return nil, c.problems
	}
	c.lib.frameworks, c.lib.terms, c.lib.items, c.lib.uploads = lib.frameworks, lib.terms, lib.items, lib.uploads
	c.course("courses/" + slug)
	if ours, err := lib.Framework(OurFramework); err == nil {
		c.checkCourses(ours)
	}
	k, err := c.lib.Course(slug)
	if err != nil {
		k = nil
	}
	return k, sorted(c.problems)
}
