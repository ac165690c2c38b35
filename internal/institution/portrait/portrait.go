package portrait

import (
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/store"
)

// Version is a signed self-description. It never changes.
type Version struct {
	N       int              `json:"n"`    // 1, 2, 3 … in the year
	Form    int              `json:"form"` // version of the form
	Kind    institution.Kind `json:"kind"` // of the institution on that day
	Answers selfdesc.Answers `json:"answers"`
	Name    string           `json:"name"` // who signed
	Post    string           `json:"post"`
	Day     string           `json:"day"` // on the document
	At      store.Time       `json:"at"`
	By      string           `json:"by"` // number of the person of the staff
}

// Published says which version everybody may read, and by whose decision.
type Published struct {
	N        int        `json:"n"`
	Decision string     `json:"decision"`
	At       store.Time `json:"at"`
	By       string     `json:"by"`
}

// Portrait is the self-description of one institution in one school year.
type Portrait struct {
	store.Doc
	Institution string           `json:"institution"`
	Year        int              `json:"year"`
	Form        int              `json:"form"` // version of the form that the draft is filled in with
	Open        bool             `json:"open"` // a draft is being filled in
	Draft       selfdesc.Answers `json:"draft,omitempty"`
	Marks       map[string]int64 `json:"marks,omitempty"` // by section: how often it was saved
	Signed      []Version        `json:"signed,omitempty"`
	Published   *Published       `json:"published,omitempty"`
	Changed     int64            `json:"changed"`
}

// maxVersions bounds what is signed in one year.
const maxVersions = 20

// Last is the newest signed version.
func (p *Portrait) Last() (*Version, bool) {
	if len(p.Signed) == 0 {
		return nil, false
	}
	return &p.Signed[len(p.Signed)-1], true
}

// Version finds a signed version by its number.
func (p *Portrait) Version(n int) (*Version, bool) {
	for i := range p.Signed {
		if p.Signed[i].N == n {
			return &p.Signed[i], true
		}
	}
	return nil, false
}

// State is how far a self-description is.
type State string

// The states.
const (
	Empty  State = "empty"  // nothing was written
	Begun  State = "begun"  // a first draft
	Signed State = "signed" // signed, nothing newer is being written
	Redone State = "redone" // signed, and a new version is being written
	Shown  State = "shown"  // the newest signed version is published
)

// States lists them in the order of pages.
func States() []State { return []State{Empty, Begun, Signed, Redone, Shown} }

// State tells how far it is.
func (p *Portrait) State() State {
	last, signed := p.Last()
	switch {
	case !signed && p.Open:
		return Begun
	case !signed:
		return Empty
	case p.Open:
		return Redone
	case p.Published != nil && p.Published.N == last.N:
		return Shown
	}
	return Signed
}

// id of the one document of an institution in a year.
func id(body string, year int) string { return body + "." + strconv.Itoa(year) }

// Signature is what stands under the document.
type Signature struct {
	Name, Post, Day string
	Sure            bool // the sentence of the form was confirmed
}

const maxName = 120

func (s Signature) check(now time.Time) error {
	var faults []fault.Field
	text := func(name, value string) {
		if value == "" {
			faults = append(faults, fault.Field{Pointer: name, Key: "portrait.required"})
		} else if utf8.RuneCountInString(value) > maxName || !utf8.ValidString(value) {
			faults = append(faults, fault.Field{Pointer: name, Key: "portrait.long", Args: map[string]any{"N": maxName}})
		}
	}
	text("signer", s.Name)
	text("post", s.Post)
	today := now.In(i18n.Kyiv).Format(time.DateOnly)
	if day, err := time.Parse(time.DateOnly, s.Day); err != nil || s.Day > today || now.Sub(day) > 366*24*time.Hour {
		faults = append(faults, fault.Field{Pointer: "day", Key: "portrait.day"})
	}
	if !s.Sure {
		faults = append(faults, fault.Field{Pointer: "sure", Key: "portrait.sure"})
	}
	if len(faults) > 0 {
		return fault.InvalidFields(faults...)
	}
	return nil
}

// write puts the values of one section into the draft, read by a form. Errors: Invalid; the
// pointers are ids of fields.
func (p *Portrait) write(d *selfdesc.Definition, kind institution.Kind, section string, values map[string][]string) error {
	next := map[string][]string(maps.Clone(p.Draft))
	if next == nil {
		next = map[string][]string{}
	}
	found := false
	for _, s := range d.For(string(kind)) {
		if s.ID != section {
			continue
		}
		found = true
		for i := range s.Fields {
			delete(next, s.Fields[i].ID)
			if v := values[s.Fields[i].ID]; len(v) > 0 {
				next[s.Fields[i].ID] = v
			}
		}
	}
	if !found {
		return fault.New(fault.NotFound, "portrait.no_section")
	}
	got, err := d.Read(string(kind), next)
	if err != nil {
		return err
	}
	p.Draft = got
	return nil
}

// fill puts older answers where the draft has none, as far as they fit a form.
func (p *Portrait) fill(d *selfdesc.Definition, kind institution.Kind, old selfdesc.Answers) error {
	next := map[string][]string(maps.Clone(old))
	for field, v := range p.Draft {
		next[field] = v
	}
	for range 3 { // an answer that does not fit may take others with it
		got, err := d.Read(string(kind), next)
		if err == nil {
			p.Draft = got
			return nil
		}
		for _, f := range fault.As(err).Fields {
			delete(next, f.Pointer)
		}
	}
	return fault.New(fault.Conflict, "portrait.no_fit")
}

// Filled counts the answered fields of a section.
func Filled(s *selfdesc.Section, a selfdesc.Answers) (n int) {
	for i := range s.Fields {
		if len(a[s.Fields[i].ID]) > 0 {
			n++
		}
	}
	return n
}

// Differs lists the fields of a section whose answers differ.
func Differs(s *selfdesc.Section, a, b map[string][]string) (list []*selfdesc.Field) {
	for i := range s.Fields {
		if !slices.Equal(a[s.Fields[i].ID], b[s.Fields[i].ID]) {
			list = append(list, &s.Fields[i])
		}
	}
	return list
}
