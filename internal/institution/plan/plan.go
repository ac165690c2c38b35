package plan

import (
	"slices"
	"strings"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Bounds.
const (
	MaxMeasures = 40 // of a plan, those taken out included
	maxYears    = 5  // of a plan
	maxPlans    = 20_000
	maxHistory  = 16 // acts kept with a measure: the first and the latest
	maxCost     = 1_000_000_000
)

// Lengths of texts in characters.
const (
	MaxTitle  = 200
	MaxText   = 700
	MaxShort  = 200
	MaxNumber = 40
)

// Status is how far a measure is.
type Status string

// The statuses.
const (
	Planned   Status = "planned"
	Doing     Status = "doing"
	Done      Status = "done"
	Postponed Status = "postponed" // with a reason
)

// Statuses lists the statuses in the order of pages.
func Statuses() []Status { return []Status{Planned, Doing, Done, Postponed} }

// Money is where the money of a measure comes from.
type Money string

// The sources of money; empty: nobody knows yet.
const (
	City  Money = "city"  // local budget
	State Money = "state" // subvention
	Own   Money = "own"   // the institution's own income
	Grant Money = "grant" // grants and partners
	None  Money = "none"  // none is needed
)

// Moneys lists the sources in the order of pages.
func Moneys() []Money { return []Money{City, State, Own, Grant, None} }

// Figure is a number of a report as a plan keeps it: in points of 0 to 100 to one decimal.
type Figure struct {
	Round string   `json:"round"`
	Year  int      `json:"year"` // school year of the round
	Day   string   `json:"day"`  // on which its report was cut
	Mean  float64  `json:"mean"`
	Low   float64  `json:"low"` // 95 % interval
	High  float64  `json:"high"`
	N     int64    `json:"n"`
	With  []string `json:"with,omitempty"` // other institutions that it is of, too
}

// Answers is what a measure answers to: a figure of a report, or a field of the
// self-description; the zero value is neither.
type Answers struct {
	Role     string `json:"role,omitempty"`
	Variable string `json:"variable,omitempty"`
	Field    string `json:"field,omitempty"`
}

// IsZero tells that a measure answers to nothing measured.
func (a Answers) IsZero() bool { return a == Answers{} }

// Key is how a form sends it.
func (a Answers) Key() string {
	switch {
	case a.Field != "":
		return "field " + a.Field
	case a.Variable != "":
		return a.Role + " " + a.Variable
	}
	return ""
}

// ParseAnswers reads a Key; ok is false for what is none.
func ParseAnswers(key string) (a Answers, ok bool) {
	if key == "" {
		return a, true
	}
	first, rest, found := strings.Cut(key, " ")
	if !found || rest == "" || first == "" || len(key) > 160 {
		return a, false
	}
	if first == "field" {
		return Answers{Field: rest}, true
	}
	return Answers{Role: first, Variable: rest}, true
}

// Start is what stood there when the measure was planned.
type Start struct {
	Figure *Figure  `json:"figure,omitempty"` // nil: hidden or not measured
	Value  []string `json:"value,omitempty"`  // canonical, of a field
	Number *float64 `json:"number,omitempty"` // of a ratio
	Day    string   `json:"day,omitempty"`    // of the self-description
}

// Outcome is what stood there when the plan was closed, or now.
type Outcome struct {
	Figure *Figure  `json:"figure,omitempty"`
	Value  []string `json:"value,omitempty"`
	Number *float64 `json:"number,omitempty"`
	Day    string   `json:"day,omitempty"`
	Hidden bool     `json:"hidden,omitempty"` // there is a newer report, and the figure is not shown in it
	// Compared says that report.Changes compared the same institutions; Moved holds what
	// is really another number, empty where the difference may be chance.
	Compared bool    `json:"compared,omitempty"`
	Moved    []Moved `json:"moved,omitempty"`
}

// Moved is a real change.
type Moved struct {
	Variable string  `json:"variable"`
	By       float64 `json:"by"` // points
}

// Act is a line of a measure's history.
type Act struct {
	At     store.Time `json:"at"`
	By     string     `json:"by"` // account, or "operator"
	What   string     `json:"what"`
	Fields []Was      `json:"fields,omitempty"`
}

// Was is a field that was changed; of long texts only that they were.
type Was struct {
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

// Measure is one thing that an institution means to do.
type Measure struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Draft
	Rule    string   `json:"rule,omitempty"`   // the offer that it comes from
	Copied  string   `json:"copied,omitempty"` // the measure of an earlier plan
	Start   Start    `json:"start,omitzero"`
	Result  string   `json:"result,omitempty"`  // what came of it, in words
	Outcome *Outcome `json:"outcome,omitempty"` // set when the plan is closed
	Acts    []Act    `json:"acts"`
	Gone    bool     `json:"gone,omitempty"`
}

// Overdue tells whether a deadline has passed on a day without the measure being done.
func (m *Measure) Overdue(day string) bool {
	return m.Deadline != "" && m.Deadline < day && (m.Status == Planned || m.Status == Doing)
}

// Refusal is an offer that an institution does not want.
type Refusal struct {
	Rule string     `json:"rule"`
	At   store.Time `json:"at"`
	By   string     `json:"by"`
}

// Plan is an institution's plan for some school years.
type Plan struct {
	store.Doc
	Institution string     `json:"institution"`
	From        int        `json:"from"` // school year
	To          int        `json:"to"`   // school year, From or later
	Number      string     `json:"number,omitempty"`
	Date        string     `json:"date,omitempty"` // of the order that it is an annex to
	Measures    []Measure  `json:"measures"`
	Refused     []Refusal  `json:"refused,omitempty"`
	Closed      store.Time `json:"closed,omitzero"`
	Made        store.Time `json:"made"`
	Changed     int64      `json:"changed"`
}

const indexChanged = "changed"

// Spec declares the collection.
var Spec = store.Spec{Name: "school_plans", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}

func mirrored(p *Plan) mirror.Doc { return mirror.Doc{ID: p.ID, Changed: p.Changed} }

// IDOf is the id of an institution's plan that begins in a school year: there is one.
func IDOf(institution string, from int) string {
	return institution + "-" + institutionYear(from)
}

func institutionYear(y int) string { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006") }

// Covers tells whether a plan is for a school year.
func (p *Plan) Covers(year int) bool { return p.From <= year && year <= p.To }

// IsClosed tells whether nothing is changed any more.
func (p *Plan) IsClosed() bool { return !p.Closed.IsZero() }

// Live lists the measures that are not taken out. Read only.
func (p *Plan) Live() (list []*Measure) {
	for i := range p.Measures {
		if !p.Measures[i].Gone {
			list = append(list, &p.Measures[i])
		}
	}
	return list
}

// Measure finds a measure, taken out or not. Read only.
func (p *Plan) Measure(id string) (*Measure, bool) {
	for i := range p.Measures {
		if p.Measures[i].ID == id {
			return &p.Measures[i], true
		}
	}
	return nil, false
}

// IsRefused tells whether an offer was turned down.
func (p *Plan) IsRefused(rule string) bool {
	return slices.ContainsFunc(p.Refused, func(r Refusal) bool { return r.Rule == rule })
}

// Name writes the years as people do.
func (p *Plan) Name() string {
	if p.From == p.To {
		return institution.YearName(p.From)
	}
	return institution.YearName(p.From) + "–" + institution.YearName(p.To)
}

// note writes an act into the history: the first stays, of the others the latest.
func (m *Measure) note(a Act) {
	m.Acts = append(m.Acts, a)
	if len(m.Acts) > maxHistory {
		m.Acts = slices.Delete(m.Acts, 1, 1+len(m.Acts)-maxHistory)
	}
}

func today(now time.Time) string { return now.In(i18n.Kyiv).Format(time.DateOnly) }
