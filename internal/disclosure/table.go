package disclosure

import "fmt"

// Table is a published two-way table of counts with its totals; nil is
// suppressed. It is the form of the audit files.
type Table struct {
	Cells     [][]*int64 `json:"cells"`
	RowTotals []*int64   `json:"row_totals"`
	ColTotals []*int64   `json:"col_totals"`
	Grand     *int64     `json:"grand"`
}

// flatten lists the cells of a table (inner ones, row totals, column totals,
// grand total) and what adds up to what.
func (t Table) flatten() ([]Cell, []Relation, error) {
	rows, cols := len(t.RowTotals), len(t.ColTotals)
	if len(t.Cells) != rows || rows == 0 || cols == 0 {
		return nil, nil, fmt.Errorf("%w: table of %d rows with %d and %d totals", ErrInput, len(t.Cells), rows, cols)
	}
	var cells []Cell
	add := func(id string, n *int64) string {
		c := Cell{ID: id, Suppressed: n == nil}
		if n != nil {
			c.N = *n
		}
		cells = append(cells, c)
		return id
	}
	byRow, byCol := make([]Relation, rows), make([]Relation, cols)
	for i, row := range t.Cells {
		if len(row) != cols {
			return nil, nil, fmt.Errorf("%w: row %d has %d of %d cells", ErrInput, i, len(row), cols)
		}
		for j, n := range row {
			id := add(fmt.Sprintf("cell %d,%d", i, j), n)
			byRow[i].Parts = append(byRow[i].Parts, id)
			byCol[j].Parts = append(byCol[j].Parts, id)
		}
	}
	var down, across Relation
	for i, n := range t.RowTotals {
		byRow[i].Total = add(fmt.Sprintf("row %d", i), n)
		down.Parts = append(down.Parts, byRow[i].Total)
	}
	for j, n := range t.ColTotals {
		byCol[j].Total = add(fmt.Sprintf("column %d", j), n)
		across.Parts = append(across.Parts, byCol[j].Total)
	}
	down.Total = add("grand", t.Grand)
	across.Total = down.Total
	return cells, append(append(byRow, byCol...), down, across), nil
}

// AuditTable plays the attacker against a published table.
func (r Rule) AuditTable(t Table) ([]Finding, error) {
	cells, relations, err := t.flatten()
	if err != nil {
		return nil, err
	}
	return r.Audit(cells, relations)
}

// ProtectTable makes the publication of a table of true counts: totals are
// added, then cells (and totals, if need be) suppressed until the attacker
// finds nothing.
func (r Rule) ProtectTable(counts [][]int64) (Table, error) {
	var t Table
	if len(counts) == 0 || len(counts[0]) == 0 {
		return t, fmt.Errorf("%w: an empty table", ErrInput)
	}
	var grand int64
	cols := make([]int64, len(counts[0]))
	for i, row := range counts {
		if len(row) != len(cols) {
			return t, fmt.Errorf("%w: row %d has %d of %d cells", ErrInput, i, len(row), len(cols))
		}
		var total int64
		line := make([]*int64, len(row))
		for j, n := range row {
			line[j] = ptr(n)
			total += n
			cols[j] += n
		}
		t.Cells = append(t.Cells, line)
		t.RowTotals = append(t.RowTotals, ptr(total))
		grand += total
	}
	for _, n := range cols {
		t.ColTotals = append(t.ColTotals, ptr(n))
	}
	t.Grand = ptr(grand)
	cells, relations, err := t.flatten()
	if err != nil {
		return Table{}, err
	}
	why, err := r.Protect(cells, relations)
	if err != nil {
		return Table{}, err
	}
	at := 0
	blank := func(list []*int64) {
		for k := range list {
			if why[at] != Shown {
				list[k] = nil
			}
			at++
		}
	}
	for _, row := range t.Cells {
		blank(row)
	}
	blank(t.RowTotals)
	blank(t.ColTotals)
	if why[at] != Shown {
		t.Grand = nil
	}
	return t, nil
}

func ptr(n int64) *int64 { return &n }
