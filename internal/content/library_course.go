package content

import (
	"slices"

	"osvitlo/internal/course/lesson"
)

// Courses lists all courses by slug.
func (l *Library) Courses() []*lesson.Course { return slices.Clone(l.courses) }

// Course is the newest version of a course. Errors: NotFound.
func (l *Library) Course(slug string) (*lesson.Course, error) {
	for _, k := range l.courses {
		if k.Slug == slug {
			return k, nil
		}
	}
	return nil, missing("course", slug)
}

// Lesson is a lesson of a course. Errors: NotFound.
func (l *Library) Lesson(course, slug string) (*lesson.Lesson, error) {
	k, err := l.Course(course)
	if err != nil {
		return nil, err
	}
	if found := k.Lesson(slug); found != nil {
		return found, nil
	}
	return nil, missing("lesson", course+"/"+slug)
}

// Upload is what the check of a course must know of an uploaded file.
type Upload struct {
	Kind       string // as lesson.MediaKind
	Described  bool   // words for those who do not see or hear it
	Published  bool
	Subtitles  bool // Ukrainian ones, of a film
	Transcript bool // of a film
}

// Uploads tells the library who knows uploaded files by their names in lessons
// ("assets/" and the id). Without it no lesson may name one: the files of the project
// do not. Call it before the library is shared.
func (l *Library) Uploads(find func(name string) (Upload, bool)) { l.uploads = find }
