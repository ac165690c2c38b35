package weighting

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// table is a CSV file of testdata by column.
type table map[string][]string

func readTable(t *testing.T, path ...string) table {
	t.Helper()
	f, err := os.Open(filepath.Join(append([]string{"testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := table{}
	for j, name := range rows[0] {
		for _, row := range rows[1:] {
			out[name] = append(out[name], row[j])
		}
	}
	return out
}

func (c table) floats(t *testing.T, name string) []float64 {
	t.Helper()
	out := make([]float64, len(c[name]))
	for i, s := range c[name] {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = v
	}
	if len(out) == 0 {
		t.Fatalf("no column %q", name)
	}
	return out
}

// codes numbers the values of a column in order of first sight.
func (c table) codes(name string) []int {
	place := map[string]int{}
	out := make([]int, len(c[name]))
	for i, s := range c[name] {
		k, known := place[s]
		if !known {
			k = len(place)
			place[s] = k
		}
		out[i] = k
	}
	return out
}

func (c table) is(name, value string) []bool {
	out := make([]bool, len(c[name]))
	for i, s := range c[name] {
		out[i] = s == value
	}
	return out
}

func readJSON(t *testing.T, into any, path ...string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// margin builds a Margin of a column from the expected file's list of
// {column: value, "Freq": people}.
func (c table) margin(t *testing.T, name string, list []map[string]any) Margin {
	t.Helper()
	m := Margin{Name: name, Of: make([]int, len(c[name]))}
	place := map[string]int{}
	for i, row := range list {
		id := row[name].(string)
		m.Categories = append(m.Categories, Category{ID: id, Target: row["Freq"].(float64)})
		place[id] = i
	}
	for i, s := range c[name] {
		k, known := place[s]
		if !known {
			t.Fatalf("%s %q has no target", name, s)
		}
		m.Of[i] = k
	}
	return m
}

func near(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*math.Abs(want)) {
		t.Errorf("%s: got %.12g, want %.12g (off by %.2g)", what, got, want, math.Abs(got-want)/math.Abs(want))
	}
}

func nearAll(t *testing.T, what string, got, want []float64, rel float64) {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		near(t, what+" "+strconv.Itoa(i), got[i], want[i], rel)
	}
}

// fromR is survey's estimate with its normal interval.
type fromR struct{ Est, SE, Lo, Hi float64 }

func (w fromR) check(t *testing.T, what string, e Estimate, est, se float64) {
	t.Helper()
	near(t, what+" estimate", e.Value, w.Est, est)
	near(t, what+" error", e.SE, w.SE, se)
	n := e.Normal()
	if math.Abs(n.Low-w.Lo) > se*math.Abs(w.Est) || math.Abs(n.High-w.Hi) > se*math.Abs(w.Est) {
		t.Errorf("%s interval: %v to %v, want %v to %v", what, n.Low, n.High, w.Lo, w.Hi)
	}
}

func sample(t *testing.T, d Design) *Sample {
	t.Helper()
	s, err := NewSample(d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mean(t *testing.T, s *Sample, y []float64, in []bool) Estimate {
	t.Helper()
	e, err := s.Mean(y, in)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
