package page

// Next is the argument of "nextsteps": up to three lessons to take next, each with its
// reason, and what was just put away.
type Next struct {
	Title string
	Steps []NextStep
	Undo  *NextUndo
	Back  string // the page's own address: «не для мене» comes back to it
}

// NextStep is one lesson to take next.
type NextStep struct {
	Number int
	Course string // slug
	Href   string
	Title  string // of the lesson
	Of     string // title of the course
	Why    string // «бо у сфері «Безпека» ваш рівень A2»
	Facts  string // minutes and level
}

// NextUndo is a course that was put away just now.
type NextUndo struct{ Course, Title string }
