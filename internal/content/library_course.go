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
