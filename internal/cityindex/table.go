package cityindex

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/weighting"
)

// The columns of the two tables; datapackage.json describes them.
var (
	cellColumns   = []string{"table", "class", "sex", "ages", "population", "n", "weight", "variable", "n_variable", "sum", "sum_squares"}
	figureColumns = []string{"figure", "id", "estimate", "value", "se", "low", "high", "n", "n_effective", "suppressed", "reason"}
)

func writeCSV(header []string, rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(header)  // a buffer takes everything
	_ = w.WriteAll(rows) // the same buffer
	return b.Bytes()
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func maybe(x *float64) string {
	if x == nil {
		return ""
	}
	return number(*x)
}

func maybeInt(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// decimal writes a whole number of 10^-digits exactly.
func decimal(n int64, digits int) string {
	s := fmt.Sprintf("%0*d", digits+1, n)
	return s[:len(s)-digits] + "." + s[len(s)-digits:]
}

// sumDigits are the decimals of Σy in points; Σy² has twice as many.
const sumDigits = 4

// cellsCSV writes the classes. Sums are in points and exact.
func cellsCSV(cells []cellRow) []byte {
	rows := make([][]string, len(cells))
	for i, c := range cells {
		rows[i] = []string{c.Table, c.Class, c.Sex, c.Ages, strconv.FormatInt(c.Population, 10), strconv.FormatInt(c.N, 10),
			number(c.Weight), c.Variable, strconv.FormatInt(c.Sums.M, 10), decimal(c.Sums.Sum, sumDigits), decimal(c.Sums.Square, 2*sumDigits)}
	}
	return writeCSV(cellColumns, rows)
}

// figuresCSV writes every figure of a release, one a row.
func figuresCSV(r *Release) []byte {
	var rows [][]string
	mean := func(figure, id string, m Mean, suppressed bool) {
		rows = append(rows, []string{figure, id, "mean", maybe(m.Value), maybe(m.SE), maybe(m.Low), maybe(m.High), maybeInt(m.N), maybe(m.NEffective), strconv.FormatBool(suppressed), m.ReasonCode})
	}
	share := func(figure, id string, s Share, suppressed bool) {
		rows = append(rows, []string{figure, id, "share", maybe(s.Share), maybe(s.SE), maybe(s.Low), maybe(s.High), maybeInt(s.N), "", strconv.FormatBool(suppressed), s.ReasonCode})
	}
	count := func(id string, n int64) {
		rows = append(rows, []string{"people", id, "count", strconv.FormatInt(n, 10), "", "", "", "", "", "false", ""})
	}
	count("n", r.N)
	count("n_weighted", r.Weighted)
	count("n_unweightable", r.Unweightable)
	count("n_tested", r.Tested)
	rows = append(rows, []string{"people", "n_effective", "effective", maybe(r.NEffective), "", "", "", "", "", "false", ""})
	mean("index", "city", r.Index, false)
	share("at_least_basic", "city", r.AtLeastBasic, false)
	share("no_internet", "city", r.NoInternet, false)
	for _, l := range r.Levels {
		share("level", l.ID, l.Share, l.Suppressed)
	}
	for _, a := range r.Areas {
		mean("area", a.ID, a.Mean, a.Suppressed)
	}
	for _, name := range breakdownNames {
		for _, g := range r.Breakdowns[name] {
			mean(name, g.ID, g.Mean, g.Suppressed)
			if g.AtLeastBasic != nil {
				share(name+"_at_least_basic", g.ID, *g.AtLeastBasic, g.Suppressed)
			}
		}
	}
	return writeCSV(figureColumns, rows)
}

// breakdownNames is the order breakdowns are written in.
var breakdownNames = []string{"sex", "age", "age_basic", "district", "mode"}

// maxCells bounds the rows a table of a download may have.
const maxCells = 10_000

// parseCells reads cells.csv strictly: known columns, finite numbers, counts
// of at least ten, sums that can come from so many people.
func parseCells(src []byte) (cells []cellRow, err error) {
	rows, err := readCSV(src, cellColumns)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		bad := func(column, reason string) error {
			return fault.Newf(fault.Invalid, "", "cells.csv row %d: %s %s", i+2, column, reason)
		}
		c := cellRow{Table: r[0], Class: r[1], Sex: r[2], Ages: r[3], Variable: r[7]}
		ints := []struct {
			column string
			text   string
			to     *int64
		}{{"population", r[4], &c.Population}, {"n", r[5], &c.N}, {"n_variable", r[8], &c.Sums.M}}
		for _, f := range ints {
			n, err := strconv.ParseInt(f.text, 10, 64)
			if err != nil || n < 1 || n > maxPopulation || strconv.FormatInt(n, 10) != f.text {
				return nil, bad(f.column, "is not a count")
			}
			*f.to = n
		}
		if c.N < weighting.MinClass || c.Sums.M < weighting.MinClass {
			return nil, bad("n", "is under 10")
		}
		if c.Sums.M > c.N || c.N > weighting.MaxClassRows {
			return nil, bad("n", "is not possible")
		}
		if c.Weight, err = strconv.ParseFloat(r[6], 64); err != nil || !(c.Weight > 0 && c.Weight < maxPopulation) {
			return nil, bad("weight", "is not a positive number")
		}
		var ok bool
		if c.Sums.Sum, ok = parseDecimal(r[9], sumDigits); !ok {
			return nil, bad("sum", "is not an exact decimal")
		}
		if c.Sums.Square, ok = parseDecimal(r[10], 2*sumDigits); !ok {
			return nil, bad("sum_squares", "is not an exact decimal")
		}
		if err := c.Sums.Check(c.N); err != nil {
			return nil, bad("sum", "contradicts n or sum_squares")
		}
		if c.Sums.Sum > c.Sums.M*100*sitting.PointsScale {
			return nil, bad("sum", "is over 100 points each")
		}
		cells = append(cells, c)
	}
	return cells, nil
}

func readCSV(src []byte, header []string) ([][]string, error) {
	r := csv.NewReader(bytes.NewReader(src))
	r.FieldsPerRecord = len(header)
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "", "not a table: %w", err)
	}
	if len(rows) < 1 || strings.Join(rows[0], ",") != strings.Join(header, ",") {
		return nil, fault.Newf(fault.Invalid, "", "the columns are not %s", strings.Join(header, ","))
	}
	if len(rows) > maxCells {
		return nil, fault.Newf(fault.TooLarge, "", "over %d rows", maxCells)
	}
	return rows[1:], nil
}

// parseDecimal reads a non-negative number with exactly so many decimals.
func parseDecimal(s string, digits int) (int64, bool) {
	whole, frac, ok := strings.Cut(s, ".")
	if !ok || len(frac) != digits || whole == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil || n < 0 || decimal(n, digits) != s {
		return 0, false
	}
	return n, true
}
