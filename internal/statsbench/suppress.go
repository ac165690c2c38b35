package statsbench

import (
	"encoding/json"
	"fmt"
	"math"

	"osvitlo/internal/disclosure"
	"osvitlo/internal/weighting"
)

// ErrNotSafe: a publication that gives too much away.
var ErrNotSafe = fmt.Errorf("the publication is not safe")

// Suppress reads a table as JSON. True counts ({"true": [[…]]}) are turned into
// a publication that passes the attacker; a publication ({"cells": …}, nil for
// suppressed) or a system of figures ({"vars": …, "eqs": …}) is attacked. A
// publication that is not safe comes back with ErrNotSafe.
func Suppress(raw []byte) (Result, error) {
	members, err := object(raw, "table")
	if err != nil {
		return nil, err
	}
	have := map[string]json.RawMessage{}
	for _, m := range members {
		have[m.key] = m.raw
	}
	rule := disclosure.DefaultRule()
	for key, into := range map[string]*int64{"min_count": &rule.MinCount} {
		if v, ok := have[key]; ok {
			x, err := float(v, key)
			if err != nil {
				return nil, err
			}
			if x < 2 || x > 1000 || x != math.Trunc(x) {
				return nil, badf("%s is %v", key, x)
			}
			*into = int64(x)
		}
	}
	switch {
	case have["vars"] != nil:
		var s disclosure.System
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, badf("system: %v", err)
		}
		found, err := s.Attack(rule)
		return audited(found, err)
	case have["true"] != nil || have["counts"] != nil:
		body := have["true"]
		if body == nil {
			body = have["counts"]
		}
		var counts [][]int64
		if err := json.Unmarshal(body, &counts); err != nil {
			return nil, badf("true counts are a list of rows of whole numbers: %v", err)
		}
		t, err := rule.ProtectTable(counts)
		if err != nil {
			return nil, asInput(err)
		}
		found, err := rule.AuditTable(t)
		if err != nil || len(found) > 0 {
			return audited(found, err)
		}
		hidden := 0
		for _, row := range t.Cells {
			for _, n := range row {
				if n == nil {
					hidden++
				}
			}
		}
		return Result{"cells": t.Cells, "row_totals": t.RowTotals, "col_totals": t.ColTotals, "grand": t.Grand, "safe": true, "suppressed": hidden,
			"method": Result{"primary": fmt.Sprintf("n >= %d", rule.MinCount), "secondary": "smallest further cells until a linear-programming attacker finds nothing"}}, nil
	case have["cells"] != nil:
		var t disclosure.Table
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, badf("publication: %v", err)
		}
		found, err := rule.AuditTable(t)
		return audited(found, err)
	}
	return nil, badf("a table has true counts (true), a publication (cells, row_totals, col_totals, grand) or a system (vars, published, eqs, sensitive)")
}

func audited(found []disclosure.Finding, err error) (Result, error) {
	if err != nil {
		return nil, asInput(err)
	}
	list := []Result{}
	for _, f := range found {
		list = append(list, Result{"id": f.ID, "low": num(f.Low), "high": num(f.High), "why": f.Why})
	}
	out := Result{"safe": len(found) == 0, "findings": list, "method": Result{"attack": "smallest and largest value of each suppressed figure by linear programming"}}
	if len(found) > 0 {
		return out, fmt.Errorf("%w: %s is between %g and %g: %s", ErrNotSafe, found[0].ID, found[0].Low, found[0].High, found[0].Why)
	}
	return out, nil
}

// IPF fits a table of counts to its margins (METHOD §4): {"seed": [[…]],
// "row_margin": […], "col_margin": […]}.
func IPF(raw []byte) (Result, error) {
	var in struct {
		Seed [][]float64 `json:"seed"`
		Row  []float64   `json:"row_margin"`
		Col  []float64   `json:"col_margin"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, badf("a table has seed, row_margin and col_margin: %v", err)
	}
	if len(in.Seed) != len(in.Row) || len(in.Seed) == 0 {
		return nil, badf("%d rows of cells and %d of the margin", len(in.Seed), len(in.Row))
	}
	var flat []float64
	for i, row := range in.Seed {
		if len(row) != len(in.Col) {
			return nil, badf("row %d has %d of %d cells", i+1, len(row), len(in.Col))
		}
		flat = append(flat, row...)
	}
	f, err := weighting.IPF([]int{len(in.Row), len(in.Col)}, flat, []weighting.TableMargin{{Axes: []int{0}, Targets: in.Row}, {Axes: []int{1}, Targets: in.Col}}, weighting.RakeOptions{})
	if err != nil {
		return nil, asInput(err)
	}
	fitted := make([][]any, len(in.Row))
	for i := range fitted {
		fitted[i] = nums(f.Cells[i*len(in.Col) : (i+1)*len(in.Col)])
	}
	return Result{"seed": in.Seed, "row_margin": in.Row, "col_margin": in.Col, "fitted": fitted, "cycles": f.Cycles, "worst_margin_error": num(f.Worst), "converged": true}, nil
}
