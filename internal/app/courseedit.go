package app

import (
	"context"

	"osvitlo/content"
	inner "osvitlo/internal/content"
	"osvitlo/internal/course"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

// openDrafts opens the courses as editors write them. What they publish stands in place
// of the program's own files, so it comes before everything that reads courses.
func (a *App) openDrafts(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openDrafts")
	o := draft.Options{Engine: a.engine, Library: a.Library, Files: content.FS, Log: a.log, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	a.Drafts, err = draft.New(ctx, o)
	return err
}

// catalogue is what learners see: the newest version of every course.
func (a *App) catalogue() course.Catalogue {
	if a.Drafts == nil {
		return a.Library
	}
	return a.Drafts
}

// awards are the badges of the program with the courses that learners see.
type awards struct {
	*inner.Library
	courses course.Catalogue
}

// Course is the newest version of a course.
func (w awards) Course(slug string) (*course.Course, error) { return w.courses.Course(slug) }

// editorName is what somebody of the staff is called, as they wrote it themselves.
func (a *App) editorName(ctx context.Context, who *person.Actor) string {
	p, err := a.People.ByID(ctx, *who, who.Person)
	if err != nil {
		return "" // nameless, or not to be read here: the pages say so
	}
	return p.Name
}
