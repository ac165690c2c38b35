package instrument

import (
	"net/url"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Names of form fields. Per type:
//
//	single, scale     answer=<option id>
//	multiple, spot    answer=<option id>, repeated
//	ordering          answer.<option id>=<position from 1>; or answer=<id> repeated, in order
//	matching          answer.<left id>=<right id>
//	number, text      answer=<typed>
//	every type        dont_know=1, refused=1 (they win over answer), or, as one more
//	                  radio of single and scale, answer=@dont_know, answer=@refused
const (
	FieldAnswer   = "answer"
	FieldDontKnow = "dont_know"
	FieldRefused  = "refused"
	valueDontKnow = "@dont_know"
	valueRefused  = "@refused"
)

// Layout says which controls a form has.
type Layout string

// The layouts.
const (
	Radios     Layout = "radios"     // one of Rows
	Checkboxes Layout = "checkboxes" // any of Rows
	Selects    Layout = "selects"    // one select per row
	NumberBox  Layout = "number"     // Input
	TextBox    Layout = "text"       // Input
	NoControls Layout = "none"       // info
)

// FormModel is the linear form of an item: all that a template without script needs.
type FormModel struct {
	Type     Type
	Layout   Layout
	Rows     []FormRow
	Input    FormInput
	DontKnow FormChoice // for Radios one more radio; otherwise field dont_know=1
	Refuse   FormChoice // likewise refused=1
}

// FormRow is one radio, check box or select.
type FormRow struct {
	Number    int // 1, 2, … as shown
	ID        string
	Name      string // field name
	Value     string // radio and check box
	Text      i18n.Text
	Checked   bool
	Exclusive bool         // excludes all others
	Choices   []FormChoice // select; an empty one first is the template's
}

// FormChoice is one option of a select, or «не знаю» or «не хочу відповідати».
type FormChoice struct {
	Offered bool
	Name    string
	Value   string
	Text    i18n.Text // empty for bare positions and for the two special answers
	Checked bool
}

// FormInput is a box to type in.
type FormInput struct {
	Name      string
	Value     string // as typed
	Decimals  int
	Min, Max  *float64
	MaxLength int
	Unit      i18n.Text
}

// Form is the linear form with v filled in. seed orders the options (the sitting's id).
func (it *Item) Form(v Value, seed string) FormModel {
	return it.FormTyped(it.ToForm(v), seed)
}

// FormTyped is the form with what was typed, right or wrong, so that nothing is lost.
func (it *Item) FormTyped(values url.Values, seed string) FormModel {
	m := FormModel{Type: it.Type}
	know, refuse := special(values)
	radios := it.Type == Single || it.Type == Scale
	m.DontKnow = FormChoice{Offered: it.DontKnow, Name: FieldDontKnow, Value: "1", Checked: know}
	m.Refuse = FormChoice{Offered: it.Refuse, Name: FieldRefused, Value: "1", Checked: refuse}
	if radios {
		m.DontKnow.Name, m.DontKnow.Value = FieldAnswer, valueDontKnow
		m.Refuse.Name, m.Refuse.Value = FieldAnswer, valueRefused
	}
	it.kind().form(it, values, seed, &m)
	return m
}

// ToForm writes a value as form fields; FromForm reads them back.
func (it *Item) ToForm(v Value) url.Values {
	values := url.Values{}
	switch v.kind {
	case kindAbsent:
	case kindDontKnow:
		values.Set(FieldDontKnow, "1")
	case kindRefused:
		values.Set(FieldRefused, "1")
	default:
		it.kind().toForm(it, v, values)
	}
	return values
}

// FromForm reads a posted form. Nothing given is the absent value: the item is
// skipped. The fault's Pointer is the name of the field that is wrong.
func (it *Item) FromForm(values url.Values) (Value, *fault.Field) {
	if !it.TakesAnswer() {
		return Value{}, nil
	}
	switch know, refuse := special(values); {
	case refuse:
		return Refused(), nil
	case know:
		return DontKnow(), nil
	}
	v, f := it.kind().fromForm(it, values)
	if f != nil {
		return Value{}, f
	}
	if f := it.Check(v); f != nil {
		f.Pointer = FieldAnswer
		return Value{}, f
	}
	return v, nil
}

func special(values url.Values) (know, refuse bool) {
	for _, a := range values[FieldAnswer] {
		know = know || a == valueDontKnow
		refuse = refuse || a == valueRefused
	}
	return know || values.Get(FieldDontKnow) != "", refuse || values.Get(FieldRefused) != ""
}

// given lists the non-empty values of the answer field.
func given(values url.Values) []string {
	var out []string
	for _, a := range values[FieldAnswer] {
		if a != "" && !strings.HasPrefix(a, "@") {
			out = append(out, a)
		}
	}
	return out
}

func field(id string) string { return FieldAnswer + "." + id }

// rows makes one radio or check box per option, in the order of the sitting.
func (it *Item) rows(values url.Values, seed string) []FormRow {
	chosen := map[string]bool{}
	for _, a := range given(values) {
		chosen[a] = true
	}
	exclusive := map[string]bool{}
	for _, id := range it.Exclusive {
		exclusive[id] = true
	}
	options := ShuffledOptions(it, seed)
	out := make([]FormRow, len(options))
	for i, o := range options {
		out[i] = FormRow{Number: i + 1, ID: o.ID, Name: FieldAnswer, Value: o.ID, Text: o.Text,
			Checked: chosen[o.ID], Exclusive: exclusive[o.ID]}
	}
	return out
}
