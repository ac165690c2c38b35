// Package measure holds the measures that are offered for an institution's plan of
// digitalisation, as written in content/institutions/measures.yaml.
//
// Guarantees: a book that Lint finds nothing in offers every measure to some kind of
// institution, for a reason that a report or a self-description can give.
//
// It does not: know any institution's figures (institution/plan compares), or what a
// measure costs.
package measure

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/instrument"
)

// File is where the book stands in the content.
const File = "institutions/measures.yaml"

// Book is all measures that are offered.
type Book struct {
	Version  int       `json:"version"`
	Status   string    `json:"status"` // draft: no person of the city has read it
	Measures []Measure `json:"measures"`
}

// Measure is one offer: what to do, when it is offered, who usually answers for it.
type Measure struct {
	ID        string    `json:"id"`
	Group     Group     `json:"group"`
	For       []string  `json:"for"` // kinds of institution
	Title     i18n.Text `json:"title"`
	Text      i18n.Text `json:"text"`      // how it is done
	Owner     i18n.Text `json:"owner"`     // a position, no name
	Indicator i18n.Text `json:"indicator"` // how one sees that it is done
	When      []When    `json:"when"`      // the first that holds is the reason
}

// Group is what a measure is about; proposals stand by group.
type Group string

// Groups lists the groups in the order of pages.
func Groups() []Group {
	return []Group{"network", "devices", "power", "people", "teaching", "children", "inclusion", "safety", "systems"}
}

// When is a reason: something of a report, or of the self-description.
type When struct {
	Role     string `json:"role"`     // with Variable
	Variable string `json:"variable"` // "edu4" (an area), "edu4.1", "knowledge", "item:<id>"

	Field   string   `json:"field"`   // of the self-description: a field or a ratio
	In      []string `json:"in"`      // one of these answers
	Missing bool     `json:"missing"` // left empty
	AtMost  *float64 `json:"at_most"` // a number

	Below Yard `json:"below"` // a figure's whole interval, or a number, lies under
	Above Yard `json:"above"` // a number lies over
}

// Yard is what a figure is compared with: the institutions of the city.
type Yard string

// The yards.
const (
	Median  Yard = "median"
	Quarter Yard = "quartile" // the lower one for Below, the upper one for Above
)

// roleOf says which roles a kind of institution has; the register's own list lies higher.
var rolesOf = map[string][]string{
	"school": {"administration", "teacher", "graduate"}, "vocational": {"administration", "teacher", "graduate"},
	"higher": {"administration", "teacher", "graduate"}, "preschool": {"administration", "educator"},
}

// Lint lists what the schema cannot see. form is the newest self-description, known tells
// whether a variable is an area or a competence of a framework or an item; both may be nil
// where their own files are broken.
func (b *Book) Lint(form *selfdesc.Definition, known func(variable string) bool) (list []instrument.Finding) {
	bad := func(pointer, rule, message, fix string) {
		list = append(list, instrument.Finding{Pointer: pointer, Severity: instrument.Error, Rule: rule, Message: message, Fix: fix})
	}
	seen := map[string]bool{}
	for i := range b.Measures {
		m := &b.Measures[i]
		at := "/measures/" + strconv.Itoa(i)
		if seen[m.ID] {
			bad(at+"/id", "measure-twice", "the measure «"+m.ID+"» stands twice", "give it an id of its own")
		}
		seen[m.ID] = true
		if !slices.Contains(Groups(), m.Group) {
			bad(at+"/group", "measure-group", "the group «"+string(m.Group)+"» is unknown", "use one of "+fmt.Sprint(Groups()))
		}
		for j := range m.When {
			if rule, message, fix := m.When[j].fault(m, form, known); rule != "" {
				bad(at+"/when/"+strconv.Itoa(j), rule, message, fix)
			}
		}
	}
	return list
}

func (w *When) fault(m *Measure, form *selfdesc.Definition, known func(string) bool) (rule, message, fix string) {
	if (w.Variable != "") == (w.Field != "") {
		return "measure-reason", "a reason is either of a report or of the self-description", "name variable and role, or field"
	}
	if w.Variable != "" {
		switch {
		case w.Below == "" || w.Above != "" || len(w.In) > 0 || w.Missing || w.AtMost != nil:
			return "measure-reason", "a figure of a report is compared with the city below", "write below: median or below: quartile"
		case !slices.ContainsFunc(m.For, func(k string) bool { return slices.Contains(rolesOf[k], w.Role) }):
			return "measure-role", "no kind of the measure has the role «" + w.Role + "»", "correct role or for"
		case w.Variable != "knowledge" && known != nil && !known(w.Variable):
			return "measure-variable", "«" + w.Variable + "» is no area, competence or item", "correct it"
		}
		return "", "", ""
	}
	n := 0
	for _, is := range []bool{len(w.In) > 0, w.Missing, w.AtMost != nil, w.Below != "", w.Above != ""} {
		if is {
			n++
		}
	}
	switch {
	case n != 1 || w.Role != "":
		return "measure-reason", "a reason of the self-description has one condition and no role", "keep one of in, missing, at_most, below, above"
	case form == nil:
		return "", "", ""
	}
	number := slices.ContainsFunc(form.Ratios, func(r selfdesc.Ratio) bool { return r.ID == w.Field })
	f, err := form.Field(w.Field)
	switch {
	case err != nil && !number:
		return "measure-field", "the self-description has no «" + w.Field + "»", "correct it"
	case err == nil && len(f.For) > 0 && !slices.ContainsFunc(m.For, func(k string) bool { return slices.Contains(f.For, k) }):
		return "measure-field", "«" + w.Field + "» is asked of no kind of the measure", "correct field or for"
	}
	if err == nil && f.Type == selfdesc.Number {
		number = true
	}
	if (w.AtMost != nil || w.Below != "" || w.Above != "") && !number {
		return "measure-field", "«" + w.Field + "» is no number", "use in or missing"
	}
	for _, v := range w.In {
		if err != nil || !answers(f, v) {
			return "measure-field", "«" + v + "» is no answer to «" + w.Field + "»", "use one of its options"
		}
	}
	return "", "", ""
}

func answers(f *selfdesc.Field, v string) bool {
	if f.Type == selfdesc.YesNo {
		return v == selfdesc.Yes || v == selfdesc.No
	}
	_, ok := f.Option(v)
	return ok
}

// Suits tells whether a measure is for a kind of institution.
func (m *Measure) Suits(kind string) bool { return slices.Contains(m.For, kind) }

// ByID finds a measure.
func (b *Book) ByID(id string) (*Measure, bool) {
	if b == nil {
		return nil, false
	}
	for i := range b.Measures {
		if b.Measures[i].ID == id {
			return &b.Measures[i], true
		}
	}
	return nil, false
}

// IsArea tells an area ("edu4") from a competence ("edu4.1").
func IsArea(variable string) bool {
	return variable != "knowledge" && !strings.ContainsAny(variable, ".:")
}
