package statsbench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// pair is one member of a JSON object, in the order of the file: margins are
// fitted in that order.
type pair struct {
	key string
	raw json.RawMessage
}

// object reads a JSON object with its order; the same key twice is an error.
func object(raw json.RawMessage, what string) ([]pair, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	open, err := d.Token()
	if err != nil || open != json.Delim('{') {
		return nil, badf("%s must be an object, it is %s", what, brief(raw))
	}
	var out []pair
	seen := map[string]bool{}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, badf("%s: %v", what, err)
		}
		key, _ := k.(string)
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, badf("%s.%s: %v", what, key, err)
		}
		if seen[key] {
			return nil, badf("%s has %q twice", what, key)
		}
		seen[key] = true
		out = append(out, pair{key, v})
	}
	return out, nil
}

// list reads a JSON array.
func list(raw json.RawMessage, what string) ([]json.RawMessage, error) {
	var out []json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, badf("%s must be a list, it is %s", what, brief(raw))
	}
	return out, nil
}

func kindOf(raw json.RawMessage) byte {
	if raw = bytes.TrimSpace(raw); len(raw) > 0 {
		switch c := raw[0]; c {
		case '{', '[', '"', 't', 'f', 'n':
			return c
		}
		return '0'
	}
	return 'n'
}

func brief(raw json.RawMessage) string {
	s := strings.Join(strings.Fields(string(raw)), " ")
	if len(s) > 60 {
		return s[:57] + "…"
	}
	return s
}

// names reads one column name, a list of them, or an R formula ("~stype+age");
// null, "", "1" and "~1" name none.
func names(raw json.RawMessage, what string) ([]string, error) {
	switch kindOf(raw) {
	case 'n':
		return nil, nil
	case '0':
		if s := strings.TrimSpace(string(raw)); s == "0" || s == "1" {
			return nil, nil
		}
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, badf("%s: %v", what, err)
		}
		return splitNames(s), nil
	case '[':
		items, err := list(raw, what)
		if err != nil {
			return nil, err
		}
		var out []string
		for _, it := range items {
			n, err := names(it, what)
			if err != nil {
				return nil, err
			}
			out = append(out, n...)
		}
		return out, nil
	}
	return nil, badf("%s must name a column or several, it is %s", what, brief(raw))
}

func splitNames(s string) []string {
	s = strings.TrimSpace(s)
	if f, formula := strings.CutPrefix(s, "~"); formula {
		var out []string
		for _, p := range strings.FieldsFunc(f, func(r rune) bool { return r == '+' || r == ':' || r == '*' }) {
			if p = strings.TrimSpace(p); p != "" && p != "1" && p != "0" {
				out = append(out, strings.Trim(p, "`"))
			}
		}
		return out
	}
	if s == "" || s == "1" {
		return nil
	}
	return []string{s}
}

// one is names for a place where only one may stand.
func one(raw json.RawMessage, what string) (string, error) {
	n, err := names(raw, what)
	switch {
	case err != nil:
		return "", err
	case len(n) == 0:
		return "", nil
	case len(n) > 1:
		return "", badf("%s takes one column, not %s", what, strings.Join(n, ", "))
	}
	return n[0], nil
}

func float(raw json.RawMessage, what string) (float64, error) {
	var v float64
	if err := json.Unmarshal(raw, &v); err == nil {
		return v, nil
	}
	// A number in quotes, as spreadsheets write them.
	var s string
	if err := json.Unmarshal(raw, &s); err == nil {
		if v, ok := number(s); ok {
			return v, nil
		}
	}
	return 0, badf("%s must be a number, it is %s", what, brief(raw))
}

func floats(raw json.RawMessage, what string) ([]float64, error) {
	if kindOf(raw) != '[' {
		v, err := float(raw, what)
		return []float64{v}, err
	}
	items, err := list(raw, what)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(items))
	for i, it := range items {
		if out[i], err = float(it, fmt.Sprintf("%s[%d]", what, i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func boolean(raw json.RawMessage, what string) (bool, error) {
	var v bool
	if err := json.Unmarshal(raw, &v); err != nil {
		return false, badf("%s must be true or false, it is %s", what, brief(raw))
	}
	return v, nil
}

// word is a category: a string, a number or a truth as the CSV writes it.
func word(raw json.RawMessage, what string) (string, error) {
	switch kindOf(raw) {
	case '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err
	case '0':
		return strings.TrimSpace(string(raw)), nil
	case 't':
		return "TRUE", nil
	case 'f':
		return "FALSE", nil
	}
	return "", badf("%s must be a category, it is %s", what, brief(raw))
}

func words(raw json.RawMessage, what string) ([]string, error) {
	if kindOf(raw) != '[' {
		w, err := word(raw, what)
		return []string{w}, err
	}
	items, err := list(raw, what)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(items))
	for i, it := range items {
		if out[i], err = word(it, what); err != nil {
			return nil, err
		}
	}
	return out, nil
}
