// Package framework holds the frameworks of digital competence as data: areas,
// competences, levels, crosswalks between frameworks, and the rules of the
// Eurostat indicator, each entry with its source and how sure we are of it.
//
// Duty: the types, their checks (Lint) and look-ups. Everything is immutable once
// loaded and safe for concurrent use.
//
// It does not read files (content does), does not score, and never presents an
// unofficial wording as official: Certainty goes with every title to the page.
package framework

import (
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Certainty says how sure a statement is.
type Certainty string

// The certainties of reference/framework.json, and working: our own wording until
// the official text is loaded.
const (
	VerifiedInFile   Certainty = "verified_in_file"
	Excerpt          Certainty = "excerpt"
	Secondary        Certainty = "secondary_unofficial"
	Inferred         Certainty = "inferred"
	GeneralKnowledge Certainty = "general_knowledge_unverified"
	OwnTranslation   Certainty = "translation_not_official"
	Working          Certainty = "working"
	NotFound         Certainty = "not_found"
)

// Certainties lists them from the surest.
func Certainties() []Certainty {
	return []Certainty{VerifiedInFile, Excerpt, Secondary, Inferred, GeneralKnowledge, OwnTranslation, Working, NotFound}
}

// Relation says how an entry of one framework maps to an entry of another.
type Relation string

// The relations. Exact and Broad make the one-to-one cover; Extension adds to a
// number that is covered already.
const (
	Exact     Relation = "exact"
	Broad     Relation = "broad"
	Extension Relation = "extension"
)

// Source is where a statement was seen. URL may be empty.
type Source struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

// Licence is of text that others wrote.
type Licence struct {
	Name        string    `json:"name"`
	Certainty   Certainty `json:"certainty,omitempty"`
	Attribution string    `json:"attribution"`
}

// Map points to an entry of another framework.
type Map struct {
	Framework string   `json:"framework"`
	ID        string   `json:"id"`
	Relation  Relation `json:"relation"`
}

// Fact is a sourced statement about a framework.
type Fact struct {
	ID        string    `json:"id"`
	Text      i18n.Text `json:"text"`
	Certainty Certainty `json:"certainty"`
	Source    Source    `json:"source"`
}

// Competence is the smallest part of a framework.
type Competence struct {
	ID          string    `json:"id"` // "ua5.3"
	Number      string    `json:"number"`
	Title       i18n.Text `json:"title"`
	Certainty   Certainty `json:"certainty"`
	Translation Certainty `json:"translation,omitempty"`
	Note        string    `json:"note,omitempty"` // for editors
	Maps        []Map     `json:"maps,omitempty"`
	Area        string    `json:"-"` // id of its area
}

// Area is a group of competences.
type Area struct {
	ID          string       `json:"id"` // "ua5"
	Number      string       `json:"number"`
	Title       i18n.Text    `json:"title"`
	Short       i18n.Text    `json:"short,omitzero"`
	Printed     i18n.Text    `json:"printed,omitzero"` // exactly as the source prints it, where ours differs
	Hue         int          `json:"hue,omitempty"`    // 1 to 6
	Certainty   Certainty    `json:"certainty"`
	Translation Certainty    `json:"translation,omitempty"`
	Source      Source       `json:"source,omitzero"`
	Maps        []Map        `json:"maps,omitempty"`
	Competences []Competence `json:"competences"`
}

// Level is a step of proficiency.
type Level struct {
	ID          string    `json:"id"` // "A1"
	Order       int       `json:"order"`
	Title       i18n.Text `json:"title"`
	Describe    i18n.Text `json:"describe,omitzero"`
	Certainty   Certainty `json:"certainty"`
	Translation Certainty `json:"translation,omitempty"`
	Maps        []Map     `json:"maps,omitempty"`
}

// Framework is one framework.
type Framework struct {
	ID          string    `json:"id"`
	Title       i18n.Text `json:"title"`
	Year        int       `json:"year"`
	Source      Source    `json:"source"`
	Certainty   Certainty `json:"certainty"`
	Translation Certainty `json:"translation,omitempty"`
	Note        i18n.Text `json:"note,omitzero"`
	Licence     *Licence  `json:"licence,omitempty"`
	Facts       []Fact    `json:"facts,omitempty"`
	Areas       []Area    `json:"areas"`
	Levels      []Level   `json:"levels,omitempty"`
}

// Area finds an area. Errors: NotFound.
func (f *Framework) Area(id string) (*Area, error) {
	for i := range f.Areas {
		if f.Areas[i].ID == id {
			return &f.Areas[i], nil
		}
	}
	return nil, fault.Newf(fault.NotFound, "", "area %q is not in %s", id, f.ID)
}

// Competence finds a competence. Errors: NotFound.
func (f *Framework) Competence(id string) (*Competence, error) {
	for i := range f.Areas {
		for j := range f.Areas[i].Competences {
			if f.Areas[i].Competences[j].ID == id {
				return &f.Areas[i].Competences[j], nil
			}
		}
	}
	return nil, fault.Newf(fault.NotFound, "", "competence %q is not in %s", id, f.ID)
}

// Competences lists all of them in order.
func (f *Framework) Competences() []*Competence {
	var out []*Competence
	for i := range f.Areas {
		for j := range f.Areas[i].Competences {
			out = append(out, &f.Areas[i].Competences[j])
		}
	}
	return out
}

// Level finds a level. Errors: NotFound.
func (f *Framework) Level(id string) (*Level, error) {
	for i := range f.Levels {
		if f.Levels[i].ID == id {
			return &f.Levels[i], nil
		}
	}
	return nil, fault.Newf(fault.NotFound, "", "level %q is not in %s", id, f.ID)
}

// Place fills what follows from the tree: each competence's area.
func (f *Framework) Place() {
	for i := range f.Areas {
		for j := range f.Areas[i].Competences {
			f.Areas[i].Competences[j].Area = f.Areas[i].ID
		}
	}
}
