package lesson

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/gowebpki/jcs"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Levels are the levels of the framework from low to high.
var Levels = []string{"A1", "A2", "B1", "B2", "C1", "C2"}

// Rank is the place of a level from 1 to 6, 0 for none.
func Rank(level string) int { return slices.Index(Levels, level) + 1 }

// Span is the levels a course covers, both included.
type Span struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Course is one version of a course with its lessons in order.
type Course struct {
	Slug        string    `json:"slug"`
	Version     int       `json:"version"`
	Title       i18n.Text `json:"title"`
	Summary     i18n.Text `json:"summary"`
	For         i18n.Text `json:"for"`         // who it is for, one sentence
	Audience    []string  `json:"audience"`    // groups, see the schema
	Competences []string  `json:"competences"` // "ua5.3"
	Levels      Span      `json:"levels"`
	Icon        string    `json:"icon"`
	Order       []string  `json:"lessons"` // slugs
	Owner       string    `json:"owner"`

	Status     string              `json:"status"`
	Reviews    []instrument.Review `json:"reviews,omitempty"`
	CheckedOn  string              `json:"checked_on,omitempty"`
	ValidUntil string              `json:"valid_until"`

	Lessons []*Lesson `json:"-"` // in order
	Final   *Final    `json:"-"` // nil while it is not written
	Hash    string    `json:"-"` // hex SHA-256 of the JCS of Document
}

// Name is slug@version as logs write it.
func (c *Course) Name() string { return c.Slug + "@" + strconv.Itoa(c.Version) }

// Reviewed tells whether a named person has read the course.
func (c *Course) Reviewed() bool { return len(c.Reviews) > 0 && c.Status != "draft" }

// Lesson finds a lesson by its slug, nil if there is none.
func (c *Course) Lesson(slug string) *Lesson {
	for _, l := range c.Lessons {
		if l.Slug == slug {
			return l
		}
	}
	return nil
}

// Minutes is the sum over the lessons.
func (c *Course) Minutes() int {
	sum := 0
	for _, l := range c.Lessons {
		sum += l.Minutes
	}
	return sum
}

// Areas lists the framework areas of the course's competences, sorted: "ua5".
func (c *Course) Areas() []string { return areas(c.Competences) }

func areas(competences []string) []string {
	var out []string
	for _, k := range competences {
		if a := Area(k); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return out
}

// Area is the area of a competence: "ua5" of "ua5.3".
func Area(competence string) string {
	for i := range len(competence) {
		if competence[i] == '.' {
			return competence[:i]
		}
	}
	return competence
}

// Document is what a version is: the course with its lessons and final check.
// Status, reviews and days of checking may change without another version.
func (c *Course) Document() ([]byte, error) {
	bare := *c
	bare.Status, bare.Reviews, bare.CheckedOn, bare.ValidUntil = "", nil, "", ""
	lessons := make([]Lesson, len(c.Lessons))
	for i, l := range c.Lessons {
		lessons[i] = *l
		lessons[i].Status, lessons[i].Reviews, lessons[i].CheckedOn, lessons[i].ValidUntil = "", nil, "", ""
	}
	return json.Marshal(struct {
		Course  *Course  `json:"course"`
		Lessons []Lesson `json:"lessons"`
		Final   *Final   `json:"final,omitempty"`
	}{&bare, lessons, c.Final})
}

// Seal computes the hash; the course is immutable from then on.
func (c *Course) Seal() error {
	raw, err := c.Document()
	if err != nil {
		return err
	}
	canonical, err := jcs.Transform(raw)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(canonical)
	c.Hash = hex.EncodeToString(sum[:])
	return nil
}

// FromDocument reads what Document wrote. Status, reviews and days are not part of it:
// the caller sets them. The hash is that of what was read. Errors: Invalid.
func FromDocument(raw []byte) (c *Course, err error) {
	defer fault.Wrap(&err, "lesson.FromDocument")
	var d struct {
		Course  *Course   `json:"course"`
		Lessons []*Lesson `json:"lessons"`
		Final   *Final    `json:"final"`
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	if d.Course == nil || slices.Contains(d.Lessons, nil) {
		return nil, fault.Newf(fault.Invalid, "", "no course")
	}
	d.Course.Lessons, d.Course.Final = d.Lessons, d.Final
	return d.Course, d.Course.Seal()
}

// Final is the final check of a course. Pass is the share of the items, in
// percent, whose mean score a person needs for the certificate.
type Final struct {
	Course string             `json:"course"`
	Pass   int                `json:"pass"`
	Intro  i18n.Text          `json:"intro,omitzero"`
	Items  []*instrument.Item `json:"items"`
}

// Lesson is one sitting of learning, 5 to 8 minutes.
type Lesson struct {
	Slug        string              `json:"slug"`
	Title       i18n.Text           `json:"title"`
	Minutes     int                 `json:"minutes"`
	Competences []string            `json:"competences"`
	Level       string              `json:"level"`
	Goal        i18n.Text           `json:"goal"`
	SummaryEN   string              `json:"summary_en"`
	Activities  []Activity          `json:"activities"`
	Handout     i18n.Text           `json:"handout"`         // Markdown, one printed A4
	Mentor      i18n.Text           `json:"mentor,omitzero"` // Markdown, the mentor's plan for a group
	Sources     []instrument.Source `json:"sources,omitempty"`
	Glossary    []string            `json:"glossary,omitempty"`

	Status     string              `json:"status,omitempty"` // empty: the course's
	Reviews    []instrument.Review `json:"reviews,omitempty"`
	CheckedOn  string              `json:"checked_on,omitempty"`
	ValidUntil string              `json:"valid_until,omitempty"` // empty: the course's
}

// Activity finds an activity by its id, nil if there is none.
func (l *Lesson) Activity(id string) *Activity {
	for i := range l.Activities {
		if l.Activities[i].ID == id {
			return &l.Activities[i]
		}
	}
	return nil
}

// Checks lists the items of the lesson's self-checks in order.
func (l *Lesson) Checks() []*instrument.Item {
	var out []*instrument.Item
	for _, a := range l.Activities {
		if c, ok := a.Body.(*Check); ok && c.Item != nil {
			out = append(out, c.Item)
		}
	}
	return out
}

// Pictures lists the files of content/media that the lesson shows.
func (l *Lesson) Pictures() []string {
	var out []string
	for _, a := range l.Activities {
		for _, m := range a.Body.Media() {
			out = append(out, m.File)
		}
	}
	return out
}
