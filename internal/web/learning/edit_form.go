package learning

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/form"
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

// fill sets what was typed into a form on a thing. What the form does not hold stays.
func fill(thing draft.Tree, shapes []shape, values url.Values, at string) {
	for _, s := range shapes {
		p := at + "/" + s.name
		switch where := "/" + s.name; s.kind {
		case inLine, inWords, inProse:
			fillPair(thing, where, s.kind, values, p)
		case inWord, inText, inPick, inHidden:
			if typed, ok := values[p]; ok {
				putText(thing, where, strings.TrimSpace(lines(typed[0])))
			}
		case inNumber:
			if typed, ok := values[p]; ok {
				if n, ok := form.Number(typed[0]); ok {
					draft.Put(thing, where, n)
				} else {
					putText(thing, where, strings.TrimSpace(lines(typed[0]))) // the check says what is wrong with it
				}
			}
		case inTick:
			if values.Get(p) != "" {
				draft.Put(thing, where, true)
			} else {
				draft.Put(thing, where, nil)
			}
		case inPicks:
			var chosen []any
			old := wordsOf(draft.At(thing, where))
			for _, one := range old { // in the order they had
				if slices.Contains(values[p], one) {
					chosen = append(chosen, one)
				}
			}
			for _, one := range values[p] {
				if len(chosen) < maxEntries && !slices.Contains(old, one) {
					chosen = append(chosen, one)
				}
			}
			if chosen != nil {
				draft.Put(thing, where, chosen)
			} else {
				draft.Put(thing, where, nil)
			}
		case inList:
			fillList(thing, where, s, values, p)
		}
	}
}

// putText sets a text; an empty one takes the value out.
func putText(thing draft.Tree, where, typed string) {
	if typed == "" {
		draft.Put(thing, where, nil)
		return
	}
	draft.Put(thing, where, typed)
}

func lines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

func fillPair(thing draft.Tree, where string, kind kindOf, values url.Values, p string) {
	for _, lang := range []string{i18n.Ukrainian, i18n.English} {
		typed, ok := values[p+"/"+lang]
		if !ok {
			continue
		}
		s := lines(typed[0])
		if kind == inLine {
			s = strings.Join(strings.Fields(s), " ")
		} else {
			rows := strings.Split(s, "\n")
			for i, r := range rows {
				rows[i] = strings.TrimRight(r, " \t")
			}
			s = strings.Trim(strings.Join(rows, "\n"), "\n")
		}
		at := where + "/" + lang
		if old := draft.Text(thing, at); strings.TrimRight(old, "\n") == s && s != "" {
			continue // as it was, with the ending it had
		}
		if kind == inProse && strings.Contains(s, "\n") {
			s += "\n"
		}
		putText(thing, at, s)
	}
}

func fillList(thing draft.Tree, where string, s shape, values url.Values, p string) {
	n, err := strconv.Atoi(values.Get(p + "#"))
	if err != nil || n < 0 {
		return // the form does not hold the list
	}
	old := draft.List(thing, where)
	out := make([]any, 0, min(n, maxEntries))
	bare := len(s.rows) == 1 && s.rows[0].name == ""
	for i := range min(n, maxEntries) {
		entry := draft.Tree{}
		if i < len(old) {
			if m, ok := old[i].(map[string]any); ok {
				entry = m
			}
		}
		at := p + "/" + strconv.Itoa(i)
		if bare {
			fillPair(entry, "", s.rows[0].kind, values, at)
		} else {
			fill(entry, s.rows, values, at)
		}
		out = append(out, entry)
	}
	if len(out) == 0 && len(old) == 0 {
		return
	}
	if len(out) == 0 {
		draft.Put(thing, where, nil)
		return
	}
	draft.Put(thing, where, out)
}

// rearrange carries out a button of a list: "add /cards", "up /cards/2", "drop /cards/2".
// It returns the id of the element to look at next.
func rearrange(thing draft.Tree, shapes []shape, base, do string) (anchor string, ok bool) {
	verb, p, _ := strings.Cut(do, " ")
	at, inside := strings.CutPrefix(p, base)
	if !inside {
		return "", false
	}
	if verb == "add" {
		i := slices.IndexFunc(shapes, func(s shape) bool { return s.kind == inList && "/"+s.name == at })
		entries := draft.List(thing, at)
		if i < 0 || len(entries) >= maxEntries {
			return "", false
		}
		entry := draft.Tree{}
		if ids := shapes[i].ids; ids != "" {
			entry["id"] = freshID(entries, ids)
		}
		for _, r := range shapes[i].rows {
			if r.kind == inPick && !r.may {
				entry[r.name] = r.of[0]
			}
		}
		draft.Put(thing, at, append(slices.Clone(entries), entry))
		return page.FieldID(p + "/" + strconv.Itoa(len(entries))), true
	}
	cut := strings.LastIndexByte(at, '/')
	if cut < 0 {
		return "", false
	}
	entries := slices.Clone(draft.List(thing, at[:cut]))
	i, err := strconv.Atoi(at[cut+1:])
	if err != nil || i < 0 || i >= len(entries) {
		return "", false
	}
	parent := p[:strings.LastIndexByte(p, '/')]
	switch to := i; verb {
	case "up", "down":
		if to--; verb == "down" {
			to = i + 1
		}
		if to < 0 || to >= len(entries) {
			return "", false
		}
		entries[i], entries[to] = entries[to], entries[i]
		anchor = page.FieldID(parent + "/" + strconv.Itoa(to))
	case "drop":
		entries = slices.Delete(entries, i, i+1)
		anchor = page.FieldID(parent)
	default:
		return "", false
	}
	if len(entries) == 0 {
		draft.Put(thing, at[:cut], nil)
	} else {
		draft.Put(thing, at[:cut], entries)
	}
	return anchor, true
}
