package selfdesc

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Answers are what an institution wrote: canonical values by field id. A field that is
// not there was left empty.
type Answers map[string][]string

// one is the only value of a field, "" if there is none.
func (a Answers) one(id string) string {
	if v := a[id]; len(v) == 1 {
		return v[0]
	}
	return ""
}

// Number is the number of a field, ok false if it was left empty.
func (a Answers) Number(id string) (float64, bool) {
	x, err := strconv.ParseFloat(a.one(id), 64)
	return x, err == nil
}

// asked tells whether a field follows from the answers before it.
func (a Answers) asked(f *Field) bool {
	if f.When == nil {
		return true
	}
	return slices.ContainsFunc(a[f.When.Field], func(v string) bool { return slices.Contains(f.When.In, v) })
}

// Read takes what a form sent (values by field id) for a kind of institution. Blank
// values and answers to what was not asked are left out; unknown fields are ignored.
// Errors: Invalid with a field for each value that does not fit, its pointer the field's id.
func (d *Definition) Read(kind string, values map[string][]string) (Answers, error) {
	out := Answers{}
	var faults []fault.Field
	for _, s := range d.For(kind) {
		for i := range s.Fields {
			f := &s.Fields[i]
			if !out.asked(f) {
				continue
			}
			v, key, args := f.read(values[f.ID])
			if key != "" {
				faults = append(faults, fault.Field{Pointer: f.ID, Key: key, Args: args})
				continue
			}
			if len(v) > 0 {
				out[f.ID] = v
			}
		}
	}
	for _, r := range d.Ratios {
		of, ok1 := out.Number(r.Of)
		by, ok2 := out.Number(r.By)
		if r.Part && ok1 && ok2 && of > by {
			faults = append(faults, fault.Field{Pointer: r.Of, Key: "selfdesc.part", Args: nil})
		}
	}
	if len(faults) > 0 {
		return nil, fault.InvalidFields(faults...)
	}
	return out, nil
}

// maxValues bounds what one field may send.
const maxValues = 40

func (f *Field) read(raw []string) (out []string, key string, args map[string]any) {
	if len(raw) > maxValues {
		return nil, "selfdesc.option", nil
	}
	for _, v := range raw {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return nil, "", nil
	}
	if f.Type != Choices && len(out) > 1 {
		return nil, "selfdesc.one", nil
	}
	v := out[0]
	switch f.Type {
	case YesNo:
		if v != Yes && v != No {
			return nil, "selfdesc.option", nil
		}
	case Choice:
		if _, ok := f.Option(v); !ok {
			return nil, "selfdesc.option", nil
		}
	case Choices:
		return f.readChoices(out)
	case Number:
		return f.readNumber(v)
	case Date:
		day, err := time.Parse(time.DateOnly, v)
		if err != nil || day.Year() < 1990 || day.Year() > 2100 {
			return nil, "selfdesc.date", nil
		}
	case Text:
		if !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }) {
			return nil, "selfdesc.text", nil
		}
		if utf8.RuneCountInString(v) > f.MaxLength {
			return nil, "selfdesc.long", map[string]any{"N": f.MaxLength}
		}
	}
	return []string{v}, "", nil
}

func (f *Field) readChoices(given []string) (out []string, key string, args map[string]any) {
	for _, v := range given {
		if _, ok := f.Option(v); !ok {
			return nil, "selfdesc.option", nil
		}
	}
	for _, o := range f.Options { // once each, in the order of the definition
		if slices.Contains(given, o.ID) {
			out = append(out, o.ID)
		}
	}
	if len(out) > 1 && slices.ContainsFunc(out, func(id string) bool { return slices.Contains(f.Exclusive, id) }) {
		return nil, "selfdesc.alone", nil
	}
	return out, "", nil
}

// spaces are the signs that people put between thousands.
var spaces = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "\u2009", "", ",", ".")

func (f *Field) readNumber(v string) ([]string, string, map[string]any) {
	plain := spaces.Replace(v)
	if strings.Trim(plain, "0123456789.") != "" || len(plain) > 20 {
		return nil, "selfdesc.number", nil
	}
	x, err := strconv.ParseFloat(plain, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return nil, "selfdesc.number", nil
	}
	if x < f.Min || x > f.Max {
		return nil, "selfdesc.range", map[string]any{"Min": f.Min, "Max": f.Max}
	}
	scale := math.Pow(10, float64(f.Decimals))
	if math.Abs(x*scale-math.Round(x*scale)) > 1e-6 {
		if f.Decimals == 0 {
			return nil, "selfdesc.whole", nil
		}
		return nil, "selfdesc.decimals", map[string]any{"N": f.Decimals}
	}
	return []string{strconv.FormatFloat(math.Round(x*scale)/scale, 'f', -1, 64)}, "", nil
}

// Missing lists the required fields that were asked and left empty, in order. The head
// signs when there are none.
func (d *Definition) Missing(kind string, a Answers) []string {
	var out []string
	for _, s := range d.For(kind) {
		for i := range s.Fields {
			if f := &s.Fields[i]; f.Required && a.asked(f) && len(a[f.ID]) == 0 {
				out = append(out, f.ID)
			}
		}
	}
	return out
}

// Value is the value of a ratio, ok false if an answer is missing or By is 0.
func (r *Ratio) Value(a Answers) (x float64, ok bool) {
	of, ok1 := a.Number(r.Of)
	by, ok2 := a.Number(r.By)
	if !ok1 || !ok2 || by <= 0 {
		return 0, false
	}
	return of / by * r.Times, true
}

// Line is one answer in words.
type Line struct {
	Section i18n.Text
	ID      string
	Label   i18n.Text
	Value   string // in the reader's language; empty: left empty
	Open    bool
}

// Lines puts the answers into words for those who may see all of them: each field that
// was asked, empty ones too, then the ratios under their own empty section.
func (d *Definition) Lines(kind string, a Answers, w *i18n.Localizer) []Line {
	return d.lines(kind, a, w, false)
}

// Public is Lines of what may be published, empty fields left out.
func (d *Definition) Public(kind string, a Answers, w *i18n.Localizer) []Line {
	return d.lines(kind, a, w, true)
}

func (d *Definition) lines(kind string, a Answers, w *i18n.Localizer, public bool) []Line {
	var out []Line
	for _, s := range d.For(kind) {
		for i := range s.Fields {
			f := &s.Fields[i]
			if !a.asked(f) || (public && (!f.Open || len(a[f.ID]) == 0)) {
				continue
			}
			out = append(out, Line{Section: s.Title, ID: f.ID, Label: f.Label, Value: f.words(a[f.ID], w), Open: f.Open})
		}
	}
	for i := range d.Ratios {
		r := &d.Ratios[i]
		if x, ok := r.Value(a); ok && (r.Open || !public) {
			out = append(out, Line{ID: r.ID, Label: r.Label, Value: join(w.Number(x, r.Decimals), r.Unit.In(w.Language)), Open: r.Open})
		}
	}
	return out
}

// words is a canonical answer for a reader.
func (f *Field) words(v []string, w *i18n.Localizer) string {
	if len(v) == 0 {
		return ""
	}
	switch f.Type {
	case YesNo:
		if v[0] == Yes {
			return w.T("selfdesc.yes", nil)
		}
		return w.T("selfdesc.no", nil)
	case Choice, Choices:
		var out []string
		for _, id := range v {
			if o, ok := f.Option(id); ok {
				out = append(out, o.Text.In(w.Language))
			}
		}
		return strings.Join(out, "; ")
	case Number:
		x, err := strconv.ParseFloat(v[0], 64)
		if err != nil {
			return v[0]
		}
		_, fraction, _ := strings.Cut(v[0], ".")
		return join(w.Number(x, len(fraction)), f.Unit.In(w.Language))
	case Date:
		day, err := time.ParseInLocation(time.DateOnly, v[0], i18n.Kyiv)
		if err != nil {
			return v[0]
		}
		return w.Date(day)
	}
	return v[0]
}

// join puts a unit behind a number so that they stay on one line.
func join(number, unit string) string {
	if unit == "" {
		return number
	}
	return number + "\u00a0" + unit
}
