package learning

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

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
