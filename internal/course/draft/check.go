package draft

import (
	"path"
	"slices"
	"strconv"

	"osvitlo/internal/content"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

// Fault is what is wrong with a draft, beside the field it belongs to.
type Fault struct {
	File     string // of the draft
	Pointer  string // in the file; empty: the file as a whole
	Line     int
	Severity instrument.Severity
	Rule     string
	Message  string // English, as `content check` prints it
	Fix      string
}

// Checked is a draft as the loader reads it.
type Checked struct {
	Course *lesson.Course // nil while the course file is broken
	Shown  *lesson.Course // for a preview: what can be shown of it, sound or not
	Faults []Fault        // errors first
}

// Errors counts what keeps the draft from being published.
func (c *Checked) Errors() int {
	n := 0
	for _, f := range c.Faults {
		if f.Severity == instrument.Error {
			n++
		}
	}
	return n
}

// Of lists the faults of one file.
func (c *Checked) Of(file string) (list []Fault) {
	for _, f := range c.Faults {
		if f.File == file {
			list = append(list, f)
		}
	}
	return list
}

type checked struct {
	rev int64
	day string
	c   *Checked
}

// Check reads a draft with the loader and the lint of the content files. The answer is
// kept until the draft changes; it is shared and must not be changed.
func (s *Service) Check(d *Draft) *Checked {
	day := s.o.Now().UTC().Format("2006-01-02T15")
	if kept, ok := s.checks.Load(d.ID); ok {
		if k := kept.(checked); k.rev == d.Rev && k.day == day {
			return k.c
		}
	}
	c := s.check(d.ID, d.Base, d.named())
	s.checks.Store(d.ID, checked{d.Rev, day, c})
	return c
}

func (s *Service) check(slug string, base int, files []Named) *Checked {
	at := "courses/" + slug
	course, problems := content.LoadCourse(&folder{s.o.Files, at, files}, slug, s.o.Library, s.o.Now())
	c := &Checked{Course: course, Shown: course}
	if course == nil { // the lessons are read all the same
		if stand := standIn(slug, base, files); stand != nil {
			var more []content.Problem
			c.Shown, more = content.LoadCourse(&folder{s.o.Files, at, stand}, slug, s.o.Library, s.o.Now())
			main := path.Join(at, CourseFile+".yaml")
			for _, p := range more {
				if p.File != main && !slices.Contains(problems, p) {
					problems = append(problems, p)
				}
			}
		}
	}
	if c.Shown != nil {
		c.Shown = roughly(c.Shown, files)
	}
	for _, p := range problems {
		if p.Severity == instrument.Note {
			continue
		}
		f := Fault{Pointer: p.Pointer, Line: p.Line, Severity: p.Severity, Rule: p.Rule, Message: p.Message, Fix: p.Fix}
		if path.Dir(p.File) == at {
			f.File, _ = fileOf(path.Base(p.File))
		}
		if f.File == "" {
			f.File = CourseFile
		}
		c.Faults = append(c.Faults, f)
	}
	if course != nil && course.Version != base+1 {
		want := strconv.Itoa(base + 1)
		c.Faults = append([]Fault{{File: CourseFile, Pointer: "/version", Line: 1, Rule: "version", Message: "the next version is " + want, Fix: "write version: " + want}}, c.Faults...)
	}
	return c
}

// ready is the checked draft that may go on: no errors. Errors: Conflict.
func (s *Service) ready(d *Draft) (*Checked, error) {
	c := s.Check(d)
	if n := c.Errors(); n > 0 || c.Course == nil {
		e := fault.New(fault.Conflict, "courseedit.fault.errors")
		e.Args = map[string]any{"Count": n}
		return nil, e
	}
	return c, nil
}
