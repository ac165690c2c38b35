// Package selfdesc holds the form in which an institution describes itself once a year:
// network, devices, power, systems, support, rules. It is a document of the institution,
// signed by its head, and no questionnaire of a person.
//
// Guarantees: a definition that loads has no fault; answers that Read lets through fit
// their fields and hold no answer to a question that was not asked; Public gives only
// fields that may be published, so a page made of it cannot show a thief where devices
// are or an enemy what a shelter has; a document of an older version is read by that version.
//
// It does not store documents, check rights, or know rounds.
package selfdesc

import (
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Type is how a field is answered.
type Type string

// The types. Answers are strings in their canonical form.
const (
	YesNo   Type = "yesno"   // "yes" or "no"
	Choice  Type = "choice"  // one option id
	Choices Type = "choices" // option ids in the order of the definition
	Number  Type = "number"  // decimal with a point, such as "94.5"
	Date    Type = "date"    // 2026-11-22
	Text    Type = "text"    // plain text
)

// The answers of YesNo.
const (
	Yes = "yes"
	No  = "no"
)

// Option is a closed answer.
type Option struct {
	ID   string    `yaml:"id"`
	Text i18n.Text `yaml:"text"`
}

// When says that a field is asked only after these answers to an earlier one.
type When struct {
	Field string   `yaml:"field"`
	In    []string `yaml:"in"`
}

// Field is one line of the form.
type Field struct {
	ID        string    `yaml:"id"`
	Type      Type      `yaml:"type"`
	Label     i18n.Text `yaml:"label"`
	Hint      i18n.Text `yaml:"hint"`
	Unit      i18n.Text `yaml:"unit"` // number
	Options   []Option  `yaml:"options"`
	Exclusive []string  `yaml:"exclusive"` // choices: option ids that stand alone
	Min       float64   `yaml:"min"`
	Max       float64   `yaml:"max"`
	Decimals  int       `yaml:"decimals"`   // number: at most so many, 0 to 3
	MaxLength int       `yaml:"max_length"` // text: characters
	Required  bool      `yaml:"required"`   // before the head signs; a draft may lack it
	Open      bool      `yaml:"open"`       // may be published if the institution decides so
	For       []string  `yaml:"for"`        // kinds of institution; empty: all of the definition
	When      *When     `yaml:"when"`
}

// Option returns the option of this id.
func (f *Field) Option(id string) (Option, bool) {
	for _, o := range f.Options {
		if o.ID == id {
			return o, true
		}
	}
	return Option{}, false
}

// Section is a group of fields.
type Section struct {
	ID     string    `yaml:"id"`
	Title  i18n.Text `yaml:"title"`
	Fields []Field   `yaml:"fields"`
}

// Ratio is a number made of two answers: Of / By × Times.
type Ratio struct {
	ID       string    `yaml:"id"`
	Label    i18n.Text `yaml:"label"`
	Unit     i18n.Text `yaml:"unit"`
	Of       string    `yaml:"of"`
	By       string    `yaml:"by"`
	Times    float64   `yaml:"times"`
	Decimals int       `yaml:"decimals"`
	Part     bool      `yaml:"part"` // Of is a part of By and never larger
	Open     bool      `yaml:"open"`
}

// Definition is one version of the form. It is immutable once loaded.
type Definition struct {
	Version  int       `yaml:"version"`
	Status   string    `yaml:"status"` // draft: no person of the city has checked it
	Kinds    []string  `yaml:"kinds"`
	Title    i18n.Text `yaml:"title"`
	Lead     i18n.Text `yaml:"lead"`
	Sign     i18n.Text `yaml:"sign"` // what the head confirms
	Sections []Section `yaml:"sections"`
	Ratios   []Ratio   `yaml:"ratios"`
}

// Asks tells whether institutions of this kind describe themselves.
func (d *Definition) Asks(kind string) bool { return slices.Contains(d.Kinds, kind) }

// For lists the sections with the fields that a kind of institution is asked. Sections
// without fields are left out.
func (d *Definition) For(kind string) []Section {
	var out []Section
	for _, s := range d.Sections {
		kept := s
		kept.Fields = nil
		for _, f := range s.Fields {
			if d.Asks(kind) && (len(f.For) == 0 || slices.Contains(f.For, kind)) {
				kept.Fields = append(kept.Fields, f)
			}
		}
		if len(kept.Fields) > 0 {
			out = append(out, kept)
		}
	}
	return out
}

// Field finds a field. Errors: NotFound.
func (d *Definition) Field(id string) (*Field, error) {
	for i := range d.Sections {
		for j := range d.Sections[i].Fields {
			if f := &d.Sections[i].Fields[j]; f.ID == id {
				return f, nil
			}
		}
	}
	return nil, fault.Newf(fault.NotFound, "", "no field %q in version %d", id, d.Version)
}

// Book holds all versions of the form.
type Book struct{ versions []*Definition } // ascending

// Current is the newest version.
func (b *Book) Current() *Definition { return b.versions[len(b.versions)-1] }

// Version is one version. Errors: NotFound.
func (b *Book) Version(n int) (*Definition, error) {
	for _, d := range b.versions {
		if d.Version == n {
			return d, nil
		}
	}
	return nil, fault.Newf(fault.NotFound, "", "no version %d of the self-description", n)
}
