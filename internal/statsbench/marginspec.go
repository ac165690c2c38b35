package statsbench

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// countKeys are the names of the column of people in a margin given as rows.
var countKeys = []string{"Freq", "freq", "n", "N", "total", "Total", "count", "people", "population", "target"}

// parseMargins reads {column: {category: total}}, joint margins under a key of
// several columns ("sex:age", with categories "f:18-29" or nested objects), rows
// as R writes them ([{"sex": "f", "Freq": 100}]), or a list of such margins.
func parseMargins(raw json.RawMessage, what string) ([]MarginSpec, error) {
	if kindOf(raw) == '[' {
		items, err := list(raw, what)
		if err != nil {
			return nil, err
		}
		if len(items) == 0 {
			return nil, nil
		}
		// Rows of one margin, or margins?
		if first, err := object(items[0], what); err == nil && hasCount(first) {
			m, err := marginRows(nil, items, what)
			return []MarginSpec{m}, err
		}
		var out []MarginSpec
		for i, it := range items {
			w := fmt.Sprintf("%s[%d]", what, i)
			if kindOf(it) == '[' {
				rows, err := list(it, w)
				if err != nil {
					return nil, err
				}
				m, err := marginRows(nil, rows, w)
				if err != nil {
					return nil, err
				}
				out = append(out, m)
				continue
			}
			members, err := object(it, w)
			if err != nil {
				return nil, err
			}
			if m, ok, err := namedMargin(members, w); err != nil {
				return nil, err
			} else if ok {
				out = append(out, m)
				continue
			}
			more, err := parseMargins(it, w)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
		return out, nil
	}
	members, err := object(raw, what)
	if err != nil {
		return nil, err
	}
	if m, ok, err := namedMargin(members, what); ok || err != nil {
		return []MarginSpec{m}, err
	}
	var out []MarginSpec
	for _, m := range members {
		margin, err := marginOf(splitJoint(m.key), m.raw, what+"."+m.key)
		if err != nil {
			return nil, err
		}
		out = append(out, margin)
	}
	return out, nil
}

// namedMargin reads {"columns": […], "totals": …}.
func namedMargin(members []pair, what string) (MarginSpec, bool, error) {
	var columns []string
	var totals json.RawMessage
	for _, m := range members {
		switch norm(m.key) {
		case "columns", "column", "by", "of", "variables", "margin":
			c, err := names(m.raw, what)
			if err != nil {
				return MarginSpec{}, false, nil
			}
			for _, x := range c {
				columns = append(columns, splitJoint(x)...)
			}
		case "totals", "rows", "cells", "population", "targets", "categories":
			totals = m.raw
		default:
			return MarginSpec{}, false, nil
		}
	}
	if columns == nil || totals == nil {
		return MarginSpec{}, false, nil
	}
	m, err := marginOf(columns, totals, what)
	return m, true, err
}

func marginOf(columns []string, raw json.RawMessage, what string) (MarginSpec, error) {
	if kindOf(raw) == '[' {
		rows, err := list(raw, what)
		if err != nil {
			return MarginSpec{}, err
		}
		return marginRows(columns, rows, what)
	}
	m := MarginSpec{Columns: columns}
	var walk func(prefix []string, raw json.RawMessage, what string) error
	walk = func(prefix []string, raw json.RawMessage, what string) error {
		members, err := object(raw, what)
		if err != nil {
			return err
		}
		for _, x := range members {
			path := append(slices.Clone(prefix), x.key)
			if kindOf(x.raw) == '{' {
				if err := walk(path, x.raw, what+"."+x.key); err != nil {
					return err
				}
				continue
			}
			v, err := float(x.raw, what+"."+x.key)
			if err != nil {
				return err
			}
			m.Rows = append(m.Rows, MarginRow{path, v})
		}
		return nil
	}
	if err := walk(nil, raw, what); err != nil {
		return m, err
	}
	for i, r := range m.Rows {
		if len(r.Category) == len(columns) {
			continue
		}
		// "f:18-29" for two columns.
		parts := splitJoint(strings.Join(r.Category, ":"))
		if len(parts) != len(columns) {
			return m, badf("%s: category %q for the columns %s", what, strings.Join(r.Category, ":"), strings.Join(columns, ", "))
		}
		m.Rows[i].Category = parts
	}
	return m, m.check(what)
}

// marginRows reads rows of categories with a count.
func marginRows(columns []string, rows []json.RawMessage, what string) (MarginSpec, error) {
	m := MarginSpec{Columns: columns}
	for i, raw := range rows {
		w := fmt.Sprintf("%s[%d]", what, i)
		members, err := object(raw, w)
		if err != nil {
			return m, err
		}
		count := countOf(members, m.Columns)
		if count == "" {
			return m, badf("%s has no count (Freq)", w)
		}
		if m.Columns == nil {
			for _, x := range members {
				if x.key != count {
					m.Columns = append(m.Columns, x.key)
				}
			}
		}
		row := MarginRow{Category: make([]string, len(m.Columns))}
		found := 0
		for _, x := range members {
			if x.key == count {
				if row.Total, err = float(x.raw, w+"."+x.key); err != nil {
					return m, err
				}
				continue
			}
			at := slices.Index(m.Columns, x.key)
			if at < 0 {
				return m, badf("%s has %q beside the columns %s", w, x.key, strings.Join(m.Columns, ", "))
			}
			if row.Category[at], err = word(x.raw, w+"."+x.key); err != nil {
				return m, err
			}
			found++
		}
		if found != len(m.Columns) {
			return m, badf("%s names %d of the columns %s", w, found, strings.Join(m.Columns, ", "))
		}
		m.Rows = append(m.Rows, row)
	}
	return m, m.check(what)
}

func hasCount(members []pair) bool {
	return countOf(members, nil) != "" && len(members) > 1 && kindOf(members[0].raw) != '{' && kindOf(members[0].raw) != '['
}

// countOf is the member that holds the people of a row.
func countOf(members []pair, columns []string) string {
	for _, k := range countKeys {
		if slices.Contains(columns, k) {
			continue
		}
		for _, m := range members {
			if m.key == k && (kindOf(m.raw) == '0' || kindOf(m.raw) == '"') {
				return k
			}
		}
	}
	return ""
}

func (m MarginSpec) check(what string) error {
	if len(m.Rows) == 0 || len(m.Columns) == 0 {
		return badf("%s is empty", what)
	}
	seen := map[string]bool{}
	for _, r := range m.Rows {
		k := strings.Join(r.Category, "\x00")
		if seen[k] {
			return badf("%s has the category %q twice", what, strings.Join(r.Category, ":"))
		}
		seen[k] = true
	}
	return nil
}

// splitJoint takes a joint name apart: "sex:age", "sex*age", "sex×age",
// "sex|age", "sex,age" or "~sex+age".
func splitJoint(s string) []string {
	if f := strings.TrimPrefix(strings.TrimSpace(s), "~"); f != s {
		return trimAll(strings.FieldsFunc(f, func(r rune) bool { return r == '+' || r == ':' || r == '*' }))
	}
	for _, sep := range []string{":", "×", "*", "|", ",", " x "} {
		if strings.Contains(s, sep) {
			return trimAll(strings.Split(s, sep))
		}
	}
	return []string{s}
}

func trimAll(list []string) []string {
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
