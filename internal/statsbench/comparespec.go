package statsbench

import (
	"encoding/json"
	"fmt"
	"strings"
)

func parseCompare(raw json.RawMessage, what string) (*Compare, error) {
	c := &Compare{What: "mean", Least: 1}
	if kindOf(raw) == '[' {
		items, err := list(raw, what)
		if err != nil {
			return nil, err
		}
		return c, c.sides(items, what)
	}
	members, err := object(raw, what)
	if err != nil {
		return nil, err
	}
	var shared Side
	var second []pair
	for _, m := range members {
		w := what + "." + m.key
		switch norm(m.key) {
		case "columns", "column", "mean", "means", "share", "total", "variables":
			if k := strings.TrimSuffix(norm(m.key), "s"); k == "share" || k == "total" {
				c.What = k
			}
			list, err := names(m.raw, w)
			if err != nil {
				return nil, err
			}
			if len(list) > 2 {
				return nil, badf("%s compares two columns, not %d", w, len(list))
			}
			for i, col := range list {
				c.Sides[i].Column = col
			}
			if len(list) == 1 {
				shared.Column = list[0]
			}
		case "files", "data", "file", "with", "to", "waves", "sides":
			switch kindOf(m.raw) {
			case '[':
				items, err := list(m.raw, w)
				if err != nil {
					return nil, err
				}
				if err := c.sides(items, w); err != nil {
					return nil, err
				}
			case '{':
				second = append(second, pair{m.key, m.raw})
			default:
				if c.Sides[1].File, err = one(m.raw, w); err != nil {
					return nil, err
				}
			}
		case "first", "wave1", "a", "from", "before", "old":
			if err := c.Sides[0].parse(m.raw, w); err != nil {
				return nil, err
			}
		case "second", "wave2", "b", "after", "new":
			if err := c.Sides[1].parse(m.raw, w); err != nil {
				return nil, err
			}
		case "design", "designs":
			// One is the design of the second file; the first has that of the
			// specification.
			d, err := parseDesigns(m.raw, w)
			if err != nil {
				return nil, err
			}
			if c.Sides[1].Design = d[0]; d[1] != nil {
				c.Sides[0].Design, c.Sides[1].Design = d[0], d[1]
			}
		case "margins":
			if c.Sides[1].Margins, err = parseMargins(m.raw, w); err != nil {
				return nil, err
			}
		case "by", "over":
			if c.By, err = names(m.raw, w); err != nil {
				return nil, err
			}
		case "person", "id", "panel":
			if kindOf(m.raw) == 't' || kindOf(m.raw) == 'f' {
				break // two columns of one file are a panel anyway
			}
			if c.Person, err = one(m.raw, w); err != nil {
				return nil, err
			}
		case "category", "of", "level":
			if c.Of, err = word(m.raw, w); err != nil {
				return nil, err
			}
		case "least", "min_change":
			if c.Least, err = float(m.raw, w); err != nil {
				return nil, err
			}
		default:
			return nil, badf("%s is unknown; compare has columns, file, first, second, design, by, person, of, least", w)
		}
	}
	for _, p := range second {
		if err := c.Sides[1].parse(p.raw, what+"."+p.key); err != nil {
			return nil, err
		}
	}
	for i := range c.Sides {
		if c.Sides[i].Column == "" {
			c.Sides[i].Column = shared.Column
		}
	}
	return c, c.check(what)
}

func (c *Compare) check(what string) error {
	if c.Sides[0].Column == "" && c.Sides[1].Column != "" {
		c.Sides[0].Column = c.Sides[1].Column
	}
	if c.Sides[1].Column == "" {
		c.Sides[1].Column = c.Sides[0].Column
	}
	if c.Sides[0].Column == "" {
		return badf("%s names no column", what)
	}
	return nil
}

// sides reads a list of two: columns, files, or objects with both.
func (c *Compare) sides(items []json.RawMessage, what string) error {
	if len(items) != 2 {
		return badf("%s compares two, not %d", what, len(items))
	}
	for i, it := range items {
		w := fmt.Sprintf("%s[%d]", what, i)
		if kindOf(it) == '{' {
			if err := c.Sides[i].parse(it, w); err != nil {
				return err
			}
			continue
		}
		name, err := one(it, w)
		if err != nil {
			return err
		}
		if strings.HasSuffix(strings.ToLower(name), ".csv") {
			c.Sides[i].File = name
		} else {
			c.Sides[i].Column = name
		}
	}
	return nil
}

func (s *Side) parse(raw json.RawMessage, what string) error {
	if kindOf(raw) == '"' {
		name, err := one(raw, what)
		if err != nil {
			return err
		}
		if strings.HasSuffix(strings.ToLower(name), ".csv") {
			s.File = name
		} else {
			s.Column = name
		}
		return nil
	}
	members, err := object(raw, what)
	if err != nil {
		return err
	}
	for _, m := range members {
		w := what + "." + m.key
		switch norm(m.key) {
		case "file", "data", "csv":
			s.File, err = one(m.raw, w)
		case "column", "mean", "variable", "share", "total":
			s.Column, err = one(m.raw, w)
		case "design":
			s.Design, err = parseDesign(m.raw, w)
		case "margins":
			s.Margins, err = parseMargins(m.raw, w)
		case "name", "label":
			s.Name, err = one(m.raw, w)
		case "ids", "id", "psu", "strata", "weights", "weight", "fpc":
			if s.Design == nil {
				s.Design = &Design{}
			}
			err = s.Design.set(m, w)
		default:
			return badf("%s is unknown; a side has file, column, design, margins", w)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
