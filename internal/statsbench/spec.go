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
