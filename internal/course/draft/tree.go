package draft

import (
	"encoding/json"
	"strconv"
	"strings"

	"osvitlo/internal/content"
)

// Tree is a file as plain values: maps, lists, texts, numbers and bools.
type Tree = map[string]any

// Parse reads the text of a file. Errors: Invalid with the line in the text.
func Parse(name, text string) (Tree, error) {
	d, err := content.Parse(name, []byte(text))
	if err != nil {
		return nil, err
	}
	tree := Tree{}
	if err := d.Decode("", &tree); err != nil {
		return nil, err
	}
	return tree, nil
}

// Clone copies a value of a tree in depth.
func Clone[T any](v T) T {
	var out T
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return v // only plain values are in a tree
	}
	return out
}

// At is the value at a pointer such as "/activities/2/title"; nil when there is none.
func At(v any, pointer string) any {
	for _, part := range split(pointer) {
		switch t := v.(type) {
		case map[string]any:
			v = t[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(t) {
				return nil
			}
			v = t[i]
		default:
			return nil
		}
	}
	return v
}

// Text is the text at a pointer, empty when there is none.
func Text(v any, pointer string) string {
	s, _ := At(v, pointer).(string)
	return s
}

// List is the list at a pointer.
func List(v any, pointer string) []any {
	list, _ := At(v, pointer).([]any)
	return list
}

// Put sets a value, making the maps on its way; nil takes the value out, and with it the
// maps that it leaves empty. A pointer through a list must lead to an entry that is there.
func Put(root Tree, pointer string, value any) {
	parts := split(pointer)
	if len(parts) == 0 {
		return
	}
	put(root, parts, value)
}

func put(v any, parts []string, value any) (empty bool) {
	last := len(parts) == 1
	switch t := v.(type) {
	case map[string]any:
		switch next := t[parts[0]]; {
		case last && value == nil:
			delete(t, parts[0])
		case last:
			t[parts[0]] = value
		case next == nil && value == nil:
		case next == nil:
			made := Tree{}
			t[parts[0]] = made
			put(made, parts[1:], value)
		default:
			if _, isMap := next.(map[string]any); put(next, parts[1:], value) && isMap {
				delete(t, parts[0])
			}
		}
		return len(t) == 0
	case []any:
		i, err := strconv.Atoi(parts[0])
		if err != nil || i < 0 || i >= len(t) {
			return false
		}
		if last {
			t[i] = value
		} else {
			put(t[i], parts[1:], value)
		}
	}
	return false
}

func split(pointer string) []string {
	if pointer == "" || pointer == "/" {
		return nil
	}
	return strings.Split(strings.TrimPrefix(pointer, "/"), "/")
}
