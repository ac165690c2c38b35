package course

import "osvitlo/internal/course/lesson"

// The written shape of courses, from package lesson.
type (
	Course   = lesson.Course
	Lesson   = lesson.Lesson
	Activity = lesson.Activity
	Final    = lesson.Final
)

// Catalogue serves the courses; content.Library is one.
type Catalogue interface {
	Courses() []*Course
	// Course answers NotFound.
	Course(slug string) (*Course, error)
}
