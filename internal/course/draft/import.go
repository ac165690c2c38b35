package draft

import (
	"context"
	"slices"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Import makes a draft of files as they lie in content/courses/<slug>: all of them or
// none. It rests on the newest version where there is such a course; signatures in the
// files are taken out, since nobody here has read them. Errors: Invalid (slug, a file that
// is too large, no course file), Conflict (there is a draft of this course already).
func (s *Service) Import(ctx context.Context, a *person.Actor, name, slug string, files []Named) (d *Draft, err error) {
	defer fault.Wrap(&err, "draft.Import")
	if err := s.may(a, person.CourseEdit); err != nil {
		return nil, err
	}
	reserved, _ := lesson.Reserved()
	if err := checkSlug("slug", slug, reserved); err != nil {
		return nil, err
	}
	old, err := s.drafts.Get(ctx, slug)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err == nil && old.Step != Away {
		return nil, fault.New(fault.Conflict, "package.exchange.drafted")
	}
	h := s.hand(a, name)
	d = &Draft{Doc: store.Doc{ID: slug}, Base: s.newest(slug), Step: Writing, Made: h, Last: h, Writers: []Hand{h}}
	rev := int64(1)
	if old != nil {
		d.Rev, rev = old.Rev, old.Rev+1
	}
	for _, f := range files {
		file, ok := fileOf(f.Name)
		if !ok || slices.ContainsFunc(d.Files, func(x File) bool { return x.Name == file }) {
			return nil, fault.Newf(fault.Invalid, "", "%s: no file of a course, or twice", f.Name)
		}
		text := clean(f.Text)
		if tree, err := Parse(f.Name, text); err == nil && unsign(tree, file, d.Base+1) {
			text = Write(tree)
		}
		d.Files = append(d.Files, File{Name: file, Text: text, Rev: rev, Last: h})
	}
	if d.File(CourseFile) == nil {
		return nil, fault.Newf(fault.Invalid, "", "there is no course.yaml")
	}
	sum := 0
	for _, f := range d.Files {
		sum += len(f.Text)
		if len(f.Text) > maxFile || sum > maxDraft || len(d.Files) > maxLessons+2 {
			return nil, fault.New(fault.Invalid, "courseedit.fault.big")
		}
	}
	if err := s.audit(ctx, a, "draft.import", slug, 0); err != nil {
		return nil, err
	}
	if old != nil {
		err = s.drafts.Replace(ctx, d)
	} else {
		err = s.drafts.Insert(ctx, d)
	}
	if fault.Is(err, fault.Conflict) {
		return nil, fault.New(fault.Conflict, "package.exchange.drafted")
	}
	return d, err
}
