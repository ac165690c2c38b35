package learning

import (
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/instrument"
)

// toForm lays an item out as people fill it in: right options carry a tick, things to
// order stand in the right order, pairs stand beside each other. The item is changed.
func toForm(item draft.Tree) {
	kind := instrument.Type(draft.Text(item, "/type"))
	switch kind {
	case instrument.Matching:
		key, _ := item["key"].(map[string]any)
		rights := draft.List(item, "/right")
		used := map[string]bool{}
		pairs := []any{}
		for _, l := range draft.List(item, "/left") {
			lid := draft.Text(l, "/id")
			rid, _ := key[lid].(string)
			row := draft.Tree{"lid": lid, "left": draft.At(l, "/text")}
			if reason := draft.At(l, "/reason"); reason != nil {
				row["reason"] = reason
			}
			for _, r := range rights {
				if id := draft.Text(r, "/id"); id == rid && !used[id] {
					row["rid"], row["right"] = id, draft.At(r, "/text")
					used[id] = true
				}
			}
			pairs = append(pairs, row)
		}
		extra := []any{}
		for _, r := range rights {
			if !used[draft.Text(r, "/id")] {
				extra = append(extra, r)
			}
		}
		delete(item, "left")
		delete(item, "right")
		delete(item, "key")
		order := []any{} // of the right side, which people see
		for _, r := range rights {
			order = append(order, draft.Text(r, "/id"))
		}
		item["pairs"], item["extra"], item["order"] = pairs, extra, order
	case instrument.Ordering:
		order := []any{} // in which people see them
		for _, o := range draft.List(item, "/options") {
			order = append(order, draft.Text(o, "/id"))
		}
		item["options"], item["order"] = inKeyOrder(draft.List(item, "/options"), draft.List(item, "/key")), order
	default:
		key := draft.List(item, "/key")
		for _, o := range draft.List(item, "/options") {
			if m, ok := o.(map[string]any); ok && slices.Contains(key, m["id"]) {
				m["correct"] = true
			}
		}
	}
}

func inKeyOrder(options, key []any) []any {
	rank := func(o any) int {
		if i := slices.Index(key, any(draft.Text(o, "/id"))); i >= 0 {
			return i
		}
		return len(key)
	}
	out := slices.Clone(options)
	slices.SortStableFunc(out, func(a, b any) int { return rank(a) - rank(b) })
	return out
}

// fromForm takes an item back out of its layout.
func fromForm(item draft.Tree) {
	switch instrument.Type(draft.Text(item, "/type")) {
	case instrument.Matching:
		left, right, key := []any{}, []any{}, draft.Tree{}
		taken := map[string]bool{}
		pairs := draft.List(item, "/pairs")
		for _, p := range pairs {
			taken[draft.Text(p, "/lid")], taken[draft.Text(p, "/rid")] = true, true
		}
		for _, x := range draft.List(item, "/extra") {
			taken[draft.Text(x, "/id")] = true
		}
		fresh := func(given, letter string) string {
			if given != "" {
				return given
			}
			for n := 1; ; n++ {
				if id := letter + strconv.Itoa(n); !taken[id] {
					taken[id] = true
					return id
				}
			}
		}
		for _, p := range pairs {
			l := draft.Tree{"id": fresh(draft.Text(p, "/lid"), "l")}
			r := draft.Tree{"id": fresh(draft.Text(p, "/rid"), "r")}
			for name, to := range map[string]draft.Tree{"left": l, "right": r} {
				if t := draft.At(p, "/"+name); t != nil {
					to["text"] = t
				}
			}
			if reason := draft.At(p, "/reason"); reason != nil {
				l["reason"] = reason
			}
			left, right = append(left, l), append(right, r)
			key[l["id"].(string)] = r["id"]
		}
		for _, x := range draft.List(item, "/extra") {
			if m, ok := x.(map[string]any); ok {
				m["id"] = fresh(draft.Text(m, "/id"), "r")
				right = append(right, m)
			}
		}
		right = inKeyOrder(right, draft.List(item, "/order"))
		delete(item, "pairs")
		delete(item, "extra")
		delete(item, "order")
		item["left"], item["right"], item["key"] = left, right, key
	case instrument.Ordering:
		key := []any{}
		for _, o := range draft.List(item, "/options") {
			key = append(key, draft.Text(o, "/id"))
		}
		item["key"] = key
		if len(key) > 0 {
			item["options"] = inKeyOrder(draft.List(item, "/options"), draft.List(item, "/order"))
		}
		delete(item, "order")
	default:
		key := []any{}
		for _, o := range draft.List(item, "/options") {
			if m, ok := o.(map[string]any); ok {
				if m["correct"] == true {
					key = append(key, m["id"])
				}
				delete(m, "correct")
			}
		}
		item["key"] = key
	}
}

// whereOf translates the pointer of a fault in an item into the pointer of its layout.
// item is as it stands in the file.
func whereOf(item draft.Tree, pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	index := -1
	if len(parts) > 1 {
		if n, err := strconv.Atoi(parts[1]); err == nil {
			index = n
		}
	}
	rest := func() string {
		if len(parts) > 2 {
			return "/" + strings.Join(parts[2:], "/")
		}
		return ""
	}
	switch kind := instrument.Type(draft.Text(item, "/type")); {
	case kind == instrument.Matching && index >= 0 && parts[0] == "left":
		return "/pairs/" + parts[1] + strings.Replace(rest(), "/text", "/left", 1)
	case kind == instrument.Matching && index >= 0 && parts[0] == "right":
		rid := draft.Text(item, "/right/"+parts[1]+"/id")
		key, _ := item["key"].(map[string]any)
		for i, l := range draft.List(item, "/left") {
			if key[draft.Text(l, "/id")] == rid {
				return "/pairs/" + strconv.Itoa(i) + strings.Replace(rest(), "/text", "/right", 1)
			}
		}
		return "/extra" + rest()
	case kind == instrument.Matching && (parts[0] == "key" || parts[0] == "left" || parts[0] == "right"):
		return "/pairs"
	case kind == instrument.Ordering && index >= 0 && parts[0] == "options":
		id := draft.Text(item, "/options/"+parts[1]+"/id")
		for i, o := range inKeyOrder(draft.List(item, "/options"), draft.List(item, "/key")) {
			if draft.Text(o, "/id") == id {
				return "/options/" + strconv.Itoa(i) + rest()
			}
		}
	case parts[0] == "key":
		return "/options"
	}
	return pointer
}
