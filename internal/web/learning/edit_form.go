package learning

import (
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// EditPart is a piece of a form: one of the members is set.
type EditPart struct {
	Pair  *EditPair
	One   any // a component that "put" knows
	Fold  *EditFold
	Group *EditGroup
}

// EditPair is a text in both languages, side by side.
type EditPair struct {
	ID, Label, Hint string
	UK, EN          page.Field
}

// EditFold is a long list behind its words.
type EditFold struct {
	Label, Chosen, Hint, Error string
	Open                       bool
	Choices                    page.Choices
}

// EditGroup is a list of entries.
type EditGroup struct {
	ID, Title, Hint string
	Faults          []string
	Count           page.Hidden
	Entries         []EditEntry
	Add             page.Button
}

// EditEntry is one of them.
type EditEntry struct {
	ID, Title string
	Faults    []string
	Hidden    []page.Hidden
	Parts     []EditPart
	Acts      []page.Button
}

// maxEntries bounds the entries of a list in a form.
const maxEntries = 40

// faultsAt hands every fault to the field it belongs to, once.
type faultsAt struct {
	v    *view
	list []draft.Fault
	used []bool
	sum  []page.ErrorItem
	name string // of the field that takes faults now
}

// of takes the faults at one of the pointers, in words. id is the field that the
// summary leads to.
func (f *faultsAt) of(id string, pointers ...string) (errs []string) {
	for i, one := range f.list {
		if !f.used[i] && slices.Contains(pointers, one.Pointer) {
			f.used[i] = true
			errs = append(errs, f.take(id, one))
		}
	}
	return errs
}

// under takes what is left below a pointer.
func (f *faultsAt) under(id, pointer string) (errs []string) {
	for i, one := range f.list {
		if !f.used[i] && (one.Pointer == pointer || strings.HasPrefix(one.Pointer, pointer+"/")) {
			f.used[i] = true
			errs = append(errs, f.take(id, one))
		}
	}
	return errs
}

func (f *faultsAt) take(id string, one draft.Fault) string {
	said := f.v.faultWords(one)
	if one.Severity == instrument.Error {
		text := said
		if f.name != "" {
			text = f.name + ": " + said
		}
		f.sum = append(f.sum, page.ErrorItem{Href: "#" + id, Text: text})
		return said
	}
	return f.v.e("advice", "Text", said)
}

func (v *view) faultsIn(list []draft.Fault) *faultsAt {
	return &faultsAt{v: v, list: list, used: make([]bool, len(list))}
}

func joined(lists ...[]string) string { return strings.Join(slices.Concat(lists...), " ") }

// editParts makes the controls of shapes for the values of a thing. at is the pointer of
// the thing, in names of fields and in faults.
func (v *view) editParts(shapes []shape, thing any, at string, f *faultsAt) (parts []EditPart) {
	for _, s := range shapes {
		p := at
		value := thing
		if s.name != "" {
			p = at + "/" + s.name
			value = draft.At(thing, "/"+s.name)
		}
		id := page.FieldID(p)
		label := v.e("f." + s.words())
		hint := ""
		if s.hint {
			hint = v.e("f." + s.words() + ".hint")
		}
		f.name = label
		switch s.kind {
		case inHidden:
		case inLine, inWords, inProse:
			rows := map[kindOf]int{inLine: 2, inWords: 3, inProse: 14}[s.kind]
			if s.name == "title" {
				rows = 0
			}
			pair := &EditPair{ID: id, Label: label, Hint: hint}
			for _, lang := range []string{i18n.Ukrainian, i18n.English} {
				at := p + "/" + lang
				errs := f.of(page.FieldID(at), at)
				if lang == i18n.Ukrainian {
					errs = append(errs, f.of(page.FieldID(at), p)...)
				}
				field := page.Field{ID: page.FieldID(at), Name: at, Label: v.e("lang." + lang), Value: strings.TrimRight(draft.Text(value, "/"+lang), "\n"), Rows: rows, Error: joined(errs)}
				if lang == i18n.Ukrainian {
					pair.UK = field
				} else {
					pair.EN = field
				}
			}
			parts = append(parts, EditPart{Pair: pair})
		case inWord, inText:
			typed, _ := value.(string)
			rows := 0
			if s.kind == inText {
				rows = 5
			}
			parts = append(parts, EditPart{One: page.Field{ID: id, Name: p, Label: label, Hint: hint, Value: typed, Rows: rows, Plain: s.kind == inWord, Error: joined(f.of(id, p))}})
		case inNumber:
			parts = append(parts, EditPart{One: page.Field{ID: id, Name: p, Label: label, Hint: hint, Value: numberText(value), Width: "4", InputMode: "numeric", Error: joined(f.of(id, p))}})
		case inTick:
			on, _ := value.(bool)
			parts = append(parts, EditPart{One: page.Check{ID: id, Name: p, Value: "1", Label: label, Hint: hint, Checked: on, Error: joined(f.of(id, p))}})
		case inPick:
			typed, _ := value.(string)
			sel := page.Select{ID: id, Name: p, Label: label, Hint: hint, Error: joined(f.of(id, p))}
			if s.may || typed == "" {
				sel.Options = append(sel.Options, page.Option{Value: "", Text: v.e("none"), Selected: typed == ""})
			}
			known := s.of
			if typed != "" && !slices.Contains(known, typed) {
				known = append(slices.Clone(known), typed)
			}
			for _, o := range known {
				sel.Options = append(sel.Options, page.Option{Value: o, Text: v.valueWords(s, o), Selected: o == typed})
			}
			parts = append(parts, EditPart{One: sel})
		case inPicks:
			chosen := wordsOf(value)
			set := page.Choices{ID: id, Name: p, Many: true, Legend: label, Hint: hint}
			known := slices.Clone(s.of)
			for _, c := range chosen {
				if !slices.Contains(known, c) {
					known = append(known, c)
				}
			}
			var names []string
			for i, o := range known {
				one := page.Choice{ID: id, Value: o, Label: v.valueWords(s, o), Checked: slices.Contains(chosen, o)}
				if i > 0 {
					one.ID = id + "-" + strconv.Itoa(i+1)
				}
				if one.Checked {
					names = append(names, one.Label)
				}
				set.Items = append(set.Items, one)
			}
			errs := f.under(id, p)
			if s.fold {
				set.Hidden, set.Hint = true, ""
				parts = append(parts, EditPart{Fold: &EditFold{Label: label, Chosen: strings.Join(names, "; "), Hint: hint, Error: joined(errs), Open: len(errs) > 0, Choices: set}})
			} else {
				set.Error = joined(errs)
				parts = append(parts, EditPart{One: set})
			}
		case inList:
			parts = append(parts, EditPart{Group: v.editGroup(s, value, p, label, hint, f)})
		}
	}
	return parts
}

func (v *view) editGroup(s shape, value any, p, label, hint string, f *faultsAt) *EditGroup {
	entries, _ := value.([]any)
	g := &EditGroup{ID: page.FieldID(p), Title: label, Hint: hint, Count: page.Hidden{Name: p + "#", Value: strconv.Itoa(len(entries))},
		Add: page.Button{Text: v.e("add." + s.words()), Name: "do", Value: "add " + p, Kind: "second", Small: true}}
	g.Faults = f.of(g.ID, p)
	for i, e := range entries {
		at := p + "/" + strconv.Itoa(i)
		one := EditEntry{ID: page.FieldID(at), Title: v.e("entry", "Of", v.e("one."+s.words()), "Number", i+1)}
		for _, r := range s.rows {
			if r.kind == inHidden {
				one.Hidden = append(one.Hidden, page.Hidden{Name: at + "/" + r.name, Value: draft.Text(e, "/"+r.name)})
			}
		}
		one.Parts = v.editParts(s.rows, e, at, f)
		f.name = one.Title
		one.Faults = f.under(one.ID, at)
		if i > 0 {
			one.Acts = append(one.Acts, page.Button{Text: v.e("up"), Name: "do", Value: "up " + at, Kind: "quiet", Small: true})
		}
		if i < len(entries)-1 {
			one.Acts = append(one.Acts, page.Button{Text: v.e("down"), Name: "do", Value: "down " + at, Kind: "quiet", Small: true})
		}
		one.Acts = append(one.Acts, page.Button{Text: v.e("remove"), Name: "do", Value: "drop " + at, Kind: "quiet", Small: true})
		g.Entries = append(g.Entries, one)
	}
	f.name = label
	g.Faults = append(g.Faults, f.under(g.ID, p)...)
	return g
}

func numberText(value any) string {
	switch t := value.(type) {
	case float64:
		return strconv.FormatFloat(t, 'f', -1, 64)
	case string:
		return t
	}
	return ""
}

func wordsOf(value any) (out []string) {
	l, _ := value.([]any)
	for _, e := range l {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
