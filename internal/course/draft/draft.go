package draft

import (
	"slices"
	"strings"

	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Names of files inside a draft; every other name is the slug of a lesson.
const (
	CourseFile = "course"
	FinalFile  = "final"
)

// Step is where a draft is on its way.
type Step string

// The steps.
const (
	Writing  Step = "writing"
	Asked    Step = "asked"    // somebody else is to read it
	Reviewed Step = "reviewed" // somebody else has signed these words
	Away     Step = "away"     // put away; it can be taken back
)

// Hand is somebody of the staff and when.
type Hand struct {
	By   person.ID  `json:"by"`
	Name string     `json:"name,omitempty"` // as the person is called here; may be empty
	At   store.Time `json:"at"`
}

// File is one file of a draft.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"` // YAML
	Rev  int64  `json:"rev"`  // of the draft, when the file was written last
	Last Hand   `json:"last"`
}

// Signed is the review of a named person for exactly these words.
type Signed struct {
	Hand
	Hash string `json:"hash"` // of the course that was read
	Note string `json:"note,omitempty"`
}

// Word is what one person asked another.
type Word struct {
	Hand
	Text string `json:"text,omitempty"`
}

// Change is what one act changed, so that it can be taken back: the files as they were.
type Change struct {
	Hand
	What   string   `json:"what"`             // code of the act
	Before []File   `json:"before,omitempty"` // as they were
	Made   []string `json:"made,omitempty"`   // files that were not there before
}

// Draft is a course that is being written. Its id is the slug of the course.
type Draft struct {
	store.Doc
	Base    int      `json:"base"` // the version it rests on; 0: a new course
	Files   []File   `json:"files"`
	Step    Step     `json:"step"`
	Made    Hand     `json:"made"`
	Last    Hand     `json:"last"`
	Writers []Hand   `json:"writers,omitempty"` // everybody who changed it, once each
	Ask     *Word    `json:"ask,omitempty"`
	Back    *Word    `json:"back,omitempty"` // sent back by a reader, with what to mend
	Review  *Signed  `json:"review,omitempty"`
	Undo    []Change `json:"undo,omitempty"` // newest last
}

// Slug is the course.
func (d *Draft) Slug() string { return d.ID }

// File finds a file by its name, nil if there is none.
func (d *Draft) File(name string) *File {
	for i := range d.Files {
		if d.Files[i].Name == name {
			return &d.Files[i]
		}
	}
	return nil
}

// Wrote tells whether a person has changed the draft: they cannot be its reader.
func (d *Draft) Wrote(id person.ID) bool {
	return slices.ContainsFunc(d.Writers, func(h Hand) bool { return h.By == id })
}

// Lessons lists the slugs of the lessons in the order of the course; those that the
// course does not name follow.
func (d *Draft) Lessons() []string {
	var out []string
	if f := d.File(CourseFile); f != nil {
		if tree, err := Parse(CourseFile, f.Text); err == nil {
			for _, v := range List(tree, "/lessons") {
				if s, ok := v.(string); ok && !slices.Contains(out, s) && d.File(s) != nil && s != CourseFile && s != FinalFile {
					out = append(out, s)
				}
			}
		}
	}
	for _, f := range d.Files {
		if f.Name != CourseFile && f.Name != FinalFile && !slices.Contains(out, f.Name) {
			out = append(out, f.Name)
		}
	}
	return out
}

// Limits of a draft, in bytes: it is one document of the store.
const (
	maxFile    = 160 << 10
	maxDraft   = 480 << 10
	maxUndo    = 300 << 10 // of texts that are kept to be taken back
	maxUndos   = 30
	maxLessons = 40
	maxWriters = 60
	maxNote    = 2000
)

func (d *Draft) size() (files, undo int) {
	for _, f := range d.Files {
		files += len(f.Text)
	}
	for _, c := range d.Undo {
		for _, f := range c.Before {
			undo += len(f.Text)
		}
	}
	return files, undo
}

// remember keeps what a change can be undone with; the oldest is forgotten first.
func (d *Draft) remember(c Change) {
	d.Undo = append(d.Undo, c)
	for {
		_, undo := d.size()
		if len(d.Undo) <= 1 || len(d.Undo) <= maxUndos && undo <= maxUndo {
			return
		}
		d.Undo = slices.Delete(d.Undo, 0, 1)
	}
}

// touched notes who changed the draft. What was signed before no longer holds.
func (d *Draft) touched(h Hand) {
	d.Last = h
	if !d.Wrote(h.By) && len(d.Writers) < maxWriters {
		d.Writers = append(d.Writers, h)
	}
	if d.Step != Away {
		d.Step = Writing
	}
	d.Review = nil
}

// set writes a file's text; it is new when there was none.
func (d *Draft) set(name, text string, h Hand, rev int64) {
	if f := d.File(name); f != nil {
		f.Text, f.Rev, f.Last = text, rev, h
		return
	}
	d.Files = append(d.Files, File{Name: name, Text: text, Rev: rev, Last: h})
}

func (d *Draft) drop(name string) {
	d.Files = slices.DeleteFunc(d.Files, func(f File) bool { return f.Name == name })
}

// clean takes out of a text what no file holds.
func clean(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n"), "\r", "\n")
}
