package statsbench

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Spec says how rows came into a sample, what they are fitted to and what is
// asked of them.
type Spec struct {
	Design    Design
	Margins   []MarginSpec
	Trim      *TrimSpec
	Raking    RakingSpec
	Collapse  map[string]map[string]string // column → category → category it joins
	Where     map[string][]string          // column → categories kept as a domain
	Estimates []Ask
	Compare   *Compare
}

// Design names the columns of the design.
type Design struct {
	IDs     []string // sampling units, stage after stage; nil: each row
	Strata  string
	Weights string   // "": 1, or N/n of every stage where FPC is known
	FPC     []string // units in the population, stage after stage
	// Replicates, if the design is given by them.
	Replicates *Replicates
}

// Replicates are columns of weights, here or in a file of their own.
type Replicates struct {
	File     string
	Columns  []string // names or patterns with *; nil: all of the file
	Type     string   // JK1, JKn, BRR, Fay, bootstrap; "" JK1
	Scale    float64  // 0: by the type
	RScales  []float64
	MSE      bool
	Combined bool // the columns hold final weights, not factors of them
	Rho      float64
}

// MarginSpec is one margin, of one column or several together.
type MarginSpec struct {
	Columns []string
	Rows    []MarginRow
}

// MarginRow is a category, one word per column, with its people.
type MarginRow struct {
	Category []string
	Total    float64
}

// Name of the margin.
func (m MarginSpec) Name() string { return strings.Join(m.Columns, ":") }

// TrimSpec bounds weights.
type TrimSpec struct {
	Lower, Upper float64 // 0: none; upper 0 with margins: 4 means
	Strict       bool
	StrictSet    bool
	Rounds       int
}

// RakingSpec tunes raking.
type RakingSpec struct {
	Tolerance float64
	Cycles    int
	Normalise bool
}

// Ask is one figure, or one per category of By.
type Ask struct {
	What   string // mean, share, total, quantile
	Column string
	By     []string
	Probs  []float64
	Name   string
	Where  map[string][]string
}

// Compare asks for the difference of two figures.
type Compare struct {
	Sides  [2]Side
	Panel  bool   // both columns of one file
	Person string // the same persons may stand in both files
	By     []string
	What   string // mean, share, total
	Of     string // category of a share
	Least  float64
}

// Side is one of the figures compared.
type Side struct {
	Name, File, Column string
	Design             *Design
	Margins            []MarginSpec
}

// norm makes keys forgiving: case, dashes and blanks do not matter.
func norm(key string) string {
	return strings.NewReplacer("-", "_", " ", "_", ".", "_").Replace(strings.ToLower(key))
}

// ParseSpec reads a specification. Unknown words are errors, so that a slip of
// the pen is not taken for a wish.
func ParseSpec(raw []byte) (*Spec, error) {
	if !json.Valid(raw) {
		var v any
		err := json.Unmarshal(raw, &v)
		return nil, badf("the specification is no JSON: %v%s", err, position(raw, err))
	}
	members, err := object(raw, "spec")
	if err != nil {
		return nil, err
	}
	s := &Spec{}
	var designs [2]*Design // of two waves
	for _, m := range members {
		what := "spec." + m.key
		switch norm(m.key) {
		case "design", "designs":
			d, err := parseDesigns(m.raw, what)
			if err != nil {
				return nil, err
			}
			if s.Design = *d[0]; d[1] != nil {
				designs = d
			}
		case "ids", "id", "psu", "cluster", "clusters", "strata", "stratum", "weights", "weight", "fpc", "replicate_weights", "repweights", "replicates":
			if err := s.Design.set(m, what); err != nil {
				return nil, err
			}
		case "margins", "margin", "rake", "raking", "poststratify", "post_stratify", "calibrate":
			if s.Margins, err = parseMargins(m.raw, what); err != nil {
				return nil, err
			}
		case "joint_margins", "joint":
			more, err := parseMargins(m.raw, what)
			if err != nil {
				return nil, err
			}
			s.Margins = append(s.Margins, more...)
		case "trim":
			if s.Trim, err = parseTrim(m.raw, what); err != nil {
				return nil, err
			}
		case "tolerance", "epsilon", "max_cycles", "maxit", "normalise", "normalize", "control":
			if err := s.Raking.set(m, what); err != nil {
				return nil, err
			}
		case "collapse":
			if s.Collapse, err = parseCollapse(m.raw, what); err != nil {
				return nil, err
			}
		case "where", "domain", "subset":
			if s.Where, err = parseWhere(m.raw, what); err != nil {
				return nil, err
			}
		case "estimates", "estimate", "ask":
			if s.Estimates, err = parseAsks(m.raw, what); err != nil {
				return nil, err
			}
		case "mean", "share", "total", "quantile":
			ask, err := parseAsk([]pair{m}, what)
			if err != nil {
				return nil, err
			}
			s.Estimates = append(s.Estimates, ask...)
		case "compare", "diff", "difference":
			if s.Compare, err = parseCompare(m.raw, what); err != nil {
				return nil, err
			}
		case "comment", "note", "meta", "title", "_comment":
		default:
			return nil, badf("%q is unknown; a specification has design, margins, trim, estimates, compare, where, collapse, normalise, tolerance, max_cycles", m.key)
		}
	}
	if designs[1] != nil {
		if s.Compare == nil {
			return nil, badf("two designs and nothing to compare")
		}
		for i := range designs {
			if s.Compare.Sides[i].Design == nil {
				s.Compare.Sides[i].Design = designs[i]
			}
		}
	}
	return s, nil
}

// parseDesigns reads one design, or a list of two, one per wave.
func parseDesigns(raw json.RawMessage, what string) (d [2]*Design, err error) {
	if kindOf(raw) != '[' {
		d[0], err = parseDesign(raw, what)
		return d, err
	}
	items, err := list(raw, what)
	if err != nil {
		return d, err
	}
	if len(items) != 2 {
		return d, badf("%s has %d designs; one, or one for each of two waves", what, len(items))
	}
	for i := range items {
		if d[i], err = parseDesign(items[i], fmt.Sprintf("%s[%d]", what, i)); err != nil {
			return d, err
		}
	}
	return d, nil
}

// position tells where the JSON broke.
func position(raw []byte, err error) string {
	syntax, ok := err.(*json.SyntaxError)
	if !ok {
		return ""
	}
	at := min(int(syntax.Offset), len(raw))
	line := 1 + strings.Count(string(raw[:at]), "\n")
	column := at - strings.LastIndexByte(string(raw[:at]), '\n')
	return fmt.Sprintf(" (line %d, column %d)", line, column)
}

func parseDesign(raw json.RawMessage, what string) (*Design, error) {
	members, err := object(raw, what)
	if err != nil {
		return nil, err
	}
	d := &Design{}
	for _, m := range members {
		if err := d.set(m, what+"."+m.key); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *Design) replicates() *Replicates {
	if d.Replicates == nil {
		d.Replicates = &Replicates{Combined: true}
	}
	return d.Replicates
}

func (d *Design) set(m pair, what string) (err error) {
	switch norm(m.key) {
	case "ids", "id", "psu", "psus", "cluster", "clusters":
		d.IDs, err = names(m.raw, what)
	case "strata", "stratum":
		d.Strata, err = one(m.raw, what)
	case "weights", "weight", "w":
		d.Weights, err = one(m.raw, what)
	case "fpc":
		d.FPC, err = names(m.raw, what)
	case "replicate_weights", "repweights", "replicates", "rep_weights":
		r := d.replicates()
		switch kindOf(m.raw) {
		case '{':
			members, err := object(m.raw, what)
			if err != nil {
				return err
			}
			for _, x := range members {
				if err := r.set(x, what+"."+x.key); err != nil {
					return err
				}
			}
		default:
			list, err := names(m.raw, what)
			if err != nil {
				return err
			}
			if len(list) == 1 && strings.HasSuffix(strings.ToLower(list[0]), ".csv") {
				r.File = list[0]
			} else {
				r.Columns = list
			}
		}
	case "type", "scale", "rscales", "mse", "combined", "combined_weights", "rho":
		return d.replicates().set(m, what)
	case "nest", "note", "comment", "data":
	default:
		return badf("%s is unknown; a design has ids, strata, weights, fpc, replicate_weights (with scale, rscales, mse, type, combined)", what)
	}
	return err
}

func (r *Replicates) set(m pair, what string) (err error) {
	switch norm(m.key) {
	case "file", "data", "csv":
		r.File, err = one(m.raw, what)
	case "columns", "column", "prefix", "pattern", "weights":
		r.Columns, err = names(m.raw, what)
		if norm(m.key) == "prefix" {
			for i := range r.Columns {
				r.Columns[i] += "*"
			}
		}
	case "type", "method":
		r.Type, err = one(m.raw, what)
	case "scale":
		r.Scale, err = float(m.raw, what)
	case "rscales", "rscale":
		r.RScales, err = floats(m.raw, what)
	case "mse":
		r.MSE, err = boolean(m.raw, what)
	case "combined", "combined_weights":
		r.Combined, err = boolean(m.raw, what)
	case "rho":
		r.Rho, err = float(m.raw, what)
	default:
		return badf("%s is unknown; replicate weights have file, columns, type, scale, rscales, mse, combined, rho", what)
	}
	return err
}

func parseTrim(raw json.RawMessage, what string) (*TrimSpec, error) {
	t := &TrimSpec{Strict: true}
	if kindOf(raw) == 't' {
		return t, nil
	}
	if k := kindOf(raw); k == 'f' || k == 'n' {
		return nil, nil
	}
	members, err := object(raw, what)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		w := what + "." + m.key
		switch norm(m.key) {
		case "lower", "min", "floor":
			if kindOf(m.raw) != 'n' {
				t.Lower, err = float(m.raw, w)
			}
		case "upper", "max", "cap":
			if kindOf(m.raw) != 'n' {
				t.Upper, err = float(m.raw, w)
			}
		case "strict":
			t.StrictSet = true
			t.Strict, err = boolean(m.raw, w)
		case "rounds", "max_rounds":
			var v float64
			v, err = float(m.raw, w)
			t.Rounds = int(v)
		default:
			return nil, badf("%s is unknown; trim has lower, upper, strict, rounds", w)
		}
		if err != nil {
			return nil, err
		}
	}
	if t.Upper != 0 && t.Lower >= t.Upper {
		return nil, badf("%s: lower %v is not under upper %v", what, t.Lower, t.Upper)
	}
	return t, nil
}

func (r *RakingSpec) set(m pair, what string) (err error) {
	switch norm(m.key) {
	case "tolerance", "epsilon":
		r.Tolerance, err = float(m.raw, what)
	case "max_cycles", "maxit":
		var v float64
		v, err = float(m.raw, what)
		r.Cycles = int(v)
	case "normalise", "normalize":
		r.Normalise, err = boolean(m.raw, what)
	case "control":
		members, err := object(m.raw, what)
		if err != nil {
			return err
		}
		for _, x := range members {
			if norm(x.key) == "control" {
				return badf("%s.%s is unknown", what, x.key)
			}
			if err := r.set(x, what+"."+x.key); err != nil {
				return err
			}
		}
	default:
		return badf("%s is unknown", what)
	}
	return err
}

func parseCollapse(raw json.RawMessage, what string) (map[string]map[string]string, error) {
	members, err := object(raw, what)
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]string{}
	for _, m := range members {
		joins, err := object(m.raw, what+"."+m.key)
		if err != nil {
			return nil, err
		}
		out[m.key] = map[string]string{}
		for _, j := range joins {
			if out[m.key][j.key], err = word(j.raw, what+"."+m.key+"."+j.key); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func parseWhere(raw json.RawMessage, what string) (map[string][]string, error) {
	members, err := object(raw, what)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, m := range members {
		if out[m.key], err = words(m.raw, what+"."+m.key); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func parseAsks(raw json.RawMessage, what string) ([]Ask, error) {
	if kindOf(raw) == '{' {
		members, err := object(raw, what)
		if err != nil {
			return nil, err
		}
		// {mean: a, share: b} asks for both; {mean: a, by: b} for one.
		kinds := 0
		for _, m := range members {
			if slices.Contains(kindsOfAsk, norm(m.key)) {
				kinds++
			}
		}
		if kinds <= 1 {
			return parseAsk(members, what)
		}
		var rest []pair
		for _, m := range members {
			if !slices.Contains(kindsOfAsk, norm(m.key)) {
				rest = append(rest, m)
			}
		}
		var out []Ask
		for _, m := range members {
			if slices.Contains(kindsOfAsk, norm(m.key)) {
				asks, err := parseAsk(append([]pair{m}, rest...), what)
				if err != nil {
					return nil, err
				}
				out = append(out, asks...)
			}
		}
		return out, nil
	}
	items, err := list(raw, what)
	if err != nil {
		return nil, err
	}
	var out []Ask
	for i, it := range items {
		asks, err := parseAsks(it, fmt.Sprintf("%s[%d]", what, i))
		if err != nil {
			return nil, err
		}
		out = append(out, asks...)
	}
	return out, nil
}

var kindsOfAsk = []string{"mean", "means", "share", "shares", "proportion", "total", "totals", "quantile", "quantiles", "median"}

// parseAsk reads one entry; a list of columns makes an Ask of each.
func parseAsk(members []pair, what string) ([]Ask, error) {
	var a Ask
	var columns []string
	for _, m := range members {
		w := what + "." + m.key
		var err error
		switch k := norm(m.key); k {
		case "mean", "means", "share", "shares", "proportion", "total", "totals", "quantile", "quantiles", "median":
			if a.What != "" {
				return nil, badf("%s asks for %s and for %s", what, a.What, k)
			}
			a.What = strings.TrimSuffix(k, "s")
			if k == "proportion" {
				a.What = "share"
			}
			if k == "median" {
				a.What, a.Probs = "quantile", []float64{0.5}
			}
			columns, err = names(m.raw, w)
		case "column", "columns", "of", "variable":
			columns, err = names(m.raw, w)
		case "what", "statistic", "estimate":
			a.What, err = one(m.raw, w)
		case "by", "over", "group":
			a.By, err = names(m.raw, w)
		case "probs", "prob", "p", "q", "at", "probabilities", "levels":
			a.Probs, err = floats(m.raw, w)
		case "name", "as", "label":
			a.Name, err = one(m.raw, w)
		case "where", "domain", "subset":
			a.Where, err = parseWhere(m.raw, w)
		default:
			return nil, badf("%s is unknown; an estimate has mean, share, total or quantile, and by, probs, where, name", w)
		}
		if err != nil {
			return nil, err
		}
	}
	if !slices.Contains([]string{"mean", "share", "total", "quantile"}, a.What) {
		return nil, badf("%s asks for no mean, share, total or quantile", what)
	}
	if len(columns) == 0 {
		return nil, badf("%s names no column", what)
	}
	for _, p := range a.Probs {
		if !(p > 0 && p < 1) {
			return nil, badf("%s: quantile %v is not between 0 and 1", what, p)
		}
	}
	out := make([]Ask, len(columns))
	for i, c := range columns {
		out[i] = a
		out[i].Column = c
	}
	return out, nil
}

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
