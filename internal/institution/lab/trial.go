package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/sheet"
)

// Fate is what becomes of a row.
type Fate string

// The fates.
const (
	FateAdd   Fate = "add"
	FateSame  Fate = "same" // the room has it already, by its inventory number
	FateFault Fate = "fault"
)

// Tried is a row with what would become of it.
type Tried struct {
	N    int
	Fate Fate
	Line Line
	// What is wrong, with the column and what stands there.
	Faults []RowFault
	Said   map[string]string // what stands in the row, by column
}

// RowFault is what is wrong with a cell, or with the row where Column is empty.
type RowFault struct {
	Column, Value, Key string
	Args               map[string]any
}

// Trial is a dry run.
type Trial struct {
	Rows []Tried
	Seen string // stands for all that would be done
}

// Count is how many rows have a fate.
func (t *Trial) Count(f Fate) (n int) {
	for _, r := range t.Rows {
		if r.Fate == f {
			n++
		}
	}
	return n
}

func (s *Service) try(imp *Import, l *Lab) *Trial {
	t := &Trial{}
	at := map[string]int{}
	for column, head := range imp.Columns {
		at[column] = slices.Index(imp.Head, head)
	}
	have := map[string]int{} // inventory number → row; 0: in the room
	for _, x := range l.Shown() {
		if x.Inventory != "" {
			have[x.Inventory] = 0
		}
	}
	sum := sha256.New()
	for i := range imp.Rows {
		row := s.tryRow(imp, &imp.Rows[i], at)
		if n, there := have[row.Line.Inventory]; there && row.Fate == FateAdd && row.Line.Inventory != "" {
			row.Fate = FateSame
			if n > 0 {
				row.Fate, row.Faults = FateFault, []RowFault{{Column: "inventory", Value: row.Line.Inventory, Key: "lab.row_twice", Args: map[string]any{"Line": n}}}
			}
		} else if row.Line.Inventory != "" {
			have[row.Line.Inventory] = row.N
		}
		t.Rows = append(t.Rows, row)
		fmt.Fprintf(sum, "%d %s %+v\n", row.N, row.Fate, row.Line)
	}
	t.Seen = hex.EncodeToString(sum.Sum(nil)[:12])
	return t
}

// tryRow makes equipment of a row. Without a column of counts a row is one thing.
func (s *Service) tryRow(imp *Import, raw *Raw, at map[string]int) Tried {
	t := Tried{N: raw.N, Fate: FateAdd, Said: map[string]string{}}
	cell := func(column string) string {
		if i, ok := at[column]; ok && i >= 0 && i < len(raw.Cells) {
			return raw.Cells[i]
		}
		return ""
	}
	bad := func(column, key string) {
		t.Faults = append(t.Faults, RowFault{Column: column, Value: sheet.Cut(cell(column), 60), Key: key, Args: map[string]any{"N": maxCount}})
	}
	x := Line{ID: imp.lineID(raw.N), Count: 1, Inventory: cell("inventory"), Note: cell("note")}
	var ok bool
	switch {
	case raw.Broken != "":
		t.Faults = append(t.Faults, RowFault{Key: raw.Broken, Args: map[string]any{"Head": len(imp.Head)}})
	default:
		if x.Kind, ok = KindOf(cell("kind")); !ok {
			bad("kind", "lab.row_kind")
		}
		if _, counted := at["count"]; counted {
			if x.Count, ok = countOf(cell("count")); !ok || x.Count < 1 || x.Count > maxCount {
				bad("count", "lab.row_count")
			}
		}
		if x.Year, ok = yearOf(cell("year")); !ok || x.Year != 0 && (x.Year < firstYear || x.Year > s.year()) {
			bad("year", "lab.row_year")
		}
		if x.Condition, ok = ConditionOf(cell("condition")); !ok {
			bad("condition", "lab.row_condition")
		}
		if err := x.Check(s.year()); err != nil && len(t.Faults) == 0 {
			for _, f := range fault.As(err).Fields {
				bad(f.Pointer, "lab.row_text")
			}
		}
	}
	for column := range at {
		t.Said[column] = sheet.Cut(cell(column), 60)
	}
	t.Line = x
	if len(t.Faults) > 0 {
		t.Fate = FateFault
	}
	return t
}
