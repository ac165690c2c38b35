package lab

import (
	"strconv"
	"strings"

	"osvitlo/internal/fault"
)

// MaxText bounds pasted rows, in bytes.
const MaxText = 64 << 10

// ReadLines reads pasted rows of equipment: kind, count, year, condition, inventory number,
// note, between semicolons or tabs as a spreadsheet copies them. kind and condition are the
// words of names (lower case) or the ids. A first row without a number in the second column
// is a head and skipped. Errors: Invalid with a field "rows" for each row that is wrong;
// then nothing is read.
func ReadLines(text string, kinds map[string]Kind, conditions map[string]Condition, year int) (list []Line, err error) {
	defer fault.Wrap(&err, "lab.ReadLines")
	var f faults
	bad := func(n int, key string) { f.add("rows", key, map[string]any{"Line": n}) }
	if len(text) > MaxText {
		return nil, fault.InvalidFields(fault.Field{Pointer: "rows", Key: "lab.rows_long"})
	}
	for i, row := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		row = strings.TrimSpace(row)
		if row == "" {
			continue
		}
		between := ";"
		if strings.Contains(row, "\t") {
			between = "\t"
		}
		cells := strings.Split(row, between)
		for k := range cells {
			cells[k] = strings.Trim(strings.TrimSpace(cells[k]), `"`)
		}
		cell := func(k int) string {
			if k < len(cells) {
				return cells[k]
			}
			return ""
		}
		count, numErr := strconv.Atoi(cell(1))
		kind, known := kinds[strings.ToLower(cell(0))]
		if numErr != nil && !known && len(list) == 0 && len(f) == 0 {
			continue // the head
		}
		x := Line{Kind: kind, Count: count, Condition: Works, Inventory: cell(4), Note: cell(5)}
		ok := true
		if word := strings.ToLower(cell(3)); word != "" {
			x.Condition, ok = conditions[word]
		}
		x.Year, err = 0, nil
		if y := cell(2); y != "" {
			if x.Year, err = strconv.Atoi(y); err != nil {
				x.Year = -1
			}
		}
		switch {
		case !known:
			bad(i+1, "lab.row_kind")
		case numErr != nil || count < 1 || count > maxCount:
			bad(i+1, "lab.row_count")
		case !ok:
			bad(i+1, "lab.row_condition")
		case x.Year != 0 && (x.Year < firstYear || x.Year > year):
			bad(i+1, "lab.row_year")
		default:
			if x.Check(year) != nil {
				bad(i+1, "lab.row_text")
			}
		}
		if len(f) >= 20 {
			break // enough to see what is wrong
		}
		list = append(list, x)
	}
	switch {
	case len(f) > 0:
		return nil, f.err()
	case len(list) == 0:
		return nil, fault.InvalidFields(fault.Field{Pointer: "rows", Key: "lab.rows_none"})
	case len(list) > MaxLines:
		return nil, fault.InvalidFields(fault.Field{Pointer: "rows", Key: "lab.many", Args: map[string]any{"N": MaxLines}})
	}
	return list, nil
}
