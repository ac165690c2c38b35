package staffing

import (
	"slices"
	"strings"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Programme is the id under which the city's own plan for officials stands: it is part of
// the plan of every department.
const Programme = "officials"

// Limits.
const (
	MaxSteps  = 60   // courses and lessons of a plan
	MaxNote   = 600  // characters
	MaxCodes  = 2000 // of one printing
	MaxMails  = 300  // invitations of one list
	maxPeople = 20_000
	maxLots   = 300 // that work at once
	maxCells  = 300 // of one employer, plans before included
)

// TextVersion is the version of the sentence that says what an employer sees. It grows
// with the sentence; an enrolment keeps the one that was agreed to.
const TextVersion = 1

// Kinds lists the kinds of bodies that enrol people, in the order of pages.
func Kinds() []institution.Kind {
	return []institution.Kind{institution.Department, institution.Enterprise, institution.Organisation}
}

// Employs tells whether a body enrols people.
func Employs(i *institution.Institution) bool {
	return i.State == institution.Working && slices.Contains(Kinds(), i.Kind)
}

// Step is one course of a plan, or one lesson of a course.
type Step struct {
	Course string `json:"course"`           // slug
	Lesson string `json:"lesson,omitempty"` // slug; empty: the whole course
	Must   bool   `json:"must,omitempty"`   // a mandatory part of the programme; still nobody is forced
	Due    string `json:"due,omitempty"`    // day, 2026-12-31
}

// Part names what is to be completed: a course, or a course and a lesson.
func (x Step) Part() string {
	if x.Lesson == "" {
		return x.Course
	}
	return x.Course + "/" + x.Lesson
}

// StepOf reads what Part has written.
func StepOf(part string) (x Step) {
	x.Course, x.Lesson, _ = strings.Cut(part, "/")
	return x
}

// Employer is what an employer set. Its id is the institution's, or Programme.
type Employer struct {
	store.Doc
	Steps []Step `json:"steps,omitempty"`
	Note  string `json:"note,omitempty"`
	// Listed says that the employer wants to stand in the public list once it has the mark.
	Listed  bool  `json:"listed,omitempty"`
	Changed int64 `json:"changed"`
}

// Enrolment is a person with an employer. Its id is both ids.
type Enrolment struct {
	store.Doc
	Person      person.ID `json:"person"`
	Institution string    `json:"institution"`
	Since       string    `json:"since"` // day
	Text        int       `json:"text"`  // of the sentence that was agreed to
	Remind      bool      `json:"remind,omitempty"`
	All         bool      `json:"all,omitempty"`   // shows every certificate, those to come too
	Shown       []string  `json:"shown,omitempty"` // ids of single certificates
}

// Shows tells whether the employer may see a certificate.
func (e *Enrolment) Shows(id string) bool { return e.All || slices.Contains(e.Shown, id) }

// Progress is what is published of an employer: looked at once a day. Its id is the
// institution's.
type Progress struct {
	store.Doc
	Cells   map[string]int64 `json:"cells,omitempty"` // multiples of ten, see Move
	At      store.Time       `json:"at"`              // last look
	Mark    Mark             `json:"mark,omitzero"`
	Changed int64            `json:"changed"`
}

// code is what is kept of a code: where it leads. Its id is a keyed hash.
type code struct {
	store.Doc
	Institution string `json:"institution"`
	Lot         string `json:"lot"`
	Until       string `json:"until"` // day; the lot says whether it works
}

// claim gives a code to the one who used it first, as a keyed hash.
type claim struct {
	store.Doc
	Holder string `json:"holder,omitempty"` // empty once erased: the code stays spent
}

const (
	indexChanged = "changed"
	indexPerson  = "person"
	indexBody    = "institution"
	indexHolder  = "holder"
	indexUntil   = "until"
)

var (
	employerSpec  = store.Spec{Name: "employers", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}
	progressSpec  = store.Spec{Name: "employer_progress", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}
	enrolmentSpec = store.Spec{Name: "employer_enrolments", Indexes: []store.Index{
		{Name: indexPerson, Fields: []string{"person"}}, {Name: indexBody, Fields: []string{"institution"}}}}
	codeSpec  = store.Spec{Name: "employer_codes", Indexes: []store.Index{{Name: indexUntil, Fields: []string{"until"}}}}
	claimSpec = store.Spec{Name: "employer_claims", Indexes: []store.Index{{Name: indexHolder, Fields: []string{"holder"}}}}
	lotsSpec  = store.Spec{Name: "employer_lots"}
)

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec {
	return []store.Spec{employerSpec, progressSpec, enrolmentSpec, codeSpec, claimSpec, lotsSpec}
}

func day(at time.Time) string { return at.In(i18n.Kyiv).Format(time.DateOnly) }
