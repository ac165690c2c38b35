package disclosure_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/disclosure"
)

func grade(labels ...string) disclosure.Grade { return disclosure.Grade{Label: labels} }

var cityAttributes = []disclosure.Attribute{
	{Name: "sex", Grades: []disclosure.Grade{grade("f", "m")}},
	{Name: "age", Grades: []disclosure.Grade{grade("14", "18", "30", "40", "50", "60", "70"), grade("14-29", "14-29", "30-49", "30-49", "50+", "50+", "50+")}},
	{Name: "district", Grades: []disclosure.Grade{grade("a", "b", "c"), grade("city", "city", "nove")}},
	{Name: "mode", Grades: []disclosure.Grade{grade("self", "mentor", "paper", "phone"), grade("self", "helped", "helped", "helped")}},
}

func microdata(rows [][]int) *disclosure.Microdata {
	return &disclosure.Microdata{Attributes: cityAttributes, Rows: rows, K: 5, Order: []int{3, 1, 2}, MaxWithheld: 0.05,
		Withhold: []int{3, 2, 1, 0}, Joint: [][]int{{0, 1}}}
}

func drawRows(t *rapid.T) [][]int {
	n := rapid.IntRange(5, 160).Draw(t, "n")
	// skewed, so that rare combinations are common
	value := func(most int) *rapid.Generator[int] {
		return rapid.Custom(func(t *rapid.T) int {
			if rapid.IntRange(0, 9).Draw(t, "usual") < 6 {
				return 0
			}
			return rapid.IntRange(-1, most).Draw(t, "value")
		})
	}
	rows := make([][]int, n)
	for i := range rows {
		for _, a := range cityAttributes {
			rows[i] = append(rows[i], value(len(a.Grades[0].Label)-1).Draw(t, a.Name))
		}
	}
	return rows
}

// TestNoCombinationStandsForUnderFive counts with code of its own.
func TestNoCombinationStandsForUnderFive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := microdata(drawRows(t))
		out, err := m.Anonymise()
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, row := range out.Rows {
			count[fmt.Sprint(row)]++
		}
		for combination, n := range count {
			if n < 5 {
				t.Fatalf("%s stands for %d", combination, n)
			}
		}
		if len(out.Rows) != len(m.Rows) {
			t.Fatalf("%d of %d rows", len(out.Rows), len(m.Rows))
		}
		if err := m.CheckMicro(out); err != nil {
			t.Fatal(err)
		}
	})
}

// TestPublicSumsMinusRowsLeaveNobodyAlone plays who holds all means of the release and
// takes the rows away from them.
func TestPublicSumsMinusRowsLeaveNobodyAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := microdata(drawRows(t))
		out, err := m.Anonymise()
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range [][]int{{0}, {1}, {2}, {3}, {0, 1}} {
			all, shown := map[string]int{}, map[string]int{}
			for i, row := range m.Rows {
				truth, open := "", true
				for _, a := range set {
					if row[a] < 0 {
						truth = ""
						break
					}
					truth += cityAttributes[a].Grades[out.Grades[a]].Label[row[a]] + ";"
					open = open && out.Rows[i][a] != ""
				}
				if strings.Count(truth, ";") != len(set) {
					continue
				}
				all[truth]++
				if open {
					shown[truth]++
				}
			}
			for group, n := range all {
				if left := n - shown[group]; shown[group] > 0 && left > 0 && left < 5 {
					t.Fatalf("%v %s: %d people minus %d rows leave %d", set, group, n, shown[group], left)
				}
			}
		}
	})
}

func TestTheResultDependsOnTheRowsAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		first, err := microdata(rows).Anonymise()
		if err != nil {
			t.Fatal(err)
		}
		again, err := microdata(rows).Anonymise()
		if err != nil || fmt.Sprint(first) != fmt.Sprint(again) {
			t.Fatalf("%v\n%v\n%v", first, again, err)
		}
	})
}

func TestOneOddPersonIsNotSeen(t *testing.T) {
	t.Parallel()
	var rows [][]int
	for range 40 {
		rows = append(rows, []int{0, 3, 0, 0}, []int{1, 3, 0, 0})
	}
	rows = append(rows, []int{1, 0, 2, 3})
	m := microdata(rows)
	out, err := m.Anonymise()
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Rows[80]; strings.Join(got, "") == "m14cphone" || got[1] == "14" || got[2] == "c" {
		t.Fatalf("the odd one shows %q", got)
	}
	if out.Withheld[1] == 0 {
		t.Error("nothing was withheld")
	}
}

func TestEnoughOfEverybodyIsShownWhole(t *testing.T) {
	t.Parallel()
	var rows [][]int
	for range 5 {
		rows = append(rows, []int{0, 3, 0, 1}, []int{1, 6, 2, 3})
	}
	out, err := microdata(rows).Anonymise()
	if err != nil || len(out.Steps) != 0 || fmt.Sprint(out.Withheld) != "[0 0 0 0]" || out.Rows[1][1] != "70" {
		t.Fatalf("%+v, %v", out, err)
	}
}

func TestTheCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	var rows [][]int
	for range 6 {
		rows = append(rows, []int{0, 3, 0, 0}, []int{1, 3, 0, 0})
	}
	m := microdata(rows)
	good, err := m.Anonymise()
	if err != nil {
		t.Fatal(err)
	}
	spoil := func(change func(*disclosure.MicroRelease)) error {
		r := good
		r.Rows = make([][]string, len(good.Rows))
		for i := range r.Rows {
			r.Rows[i] = append([]string(nil), good.Rows[i]...)
		}
		change(&r)
		return m.CheckMicro(r)
	}
	for name, change := range map[string]func(*disclosure.MicroRelease){
		"a row alone":  func(r *disclosure.MicroRelease) { r.Rows[0][3] = "" },
		"a wrong word": func(r *disclosure.MicroRelease) { r.Rows[0][0] = "m" },
		"a row gone":   func(r *disclosure.MicroRelease) { r.Rows = r.Rows[1:] },
		"a gap":        func(r *disclosure.MicroRelease) { r.Rows[0][0], r.Rows[1][0] = "", "" },
	} {
		if spoil(change) == nil {
			t.Errorf("%s was not found", name)
		}
	}
	if err := spoil(func(*disclosure.MicroRelease) {}); err != nil {
		t.Error(err)
	}
}

func TestBadMicrodataAreNamed(t *testing.T) {
	t.Parallel()
	if _, err := microdata([][]int{{0, 0, 0, 0}}).Anonymise(); !errors.Is(err, disclosure.ErrTooFewRows) {
		t.Errorf("one row: %v", err)
	}
	ten := make([][]int, 10)
	for i := range ten {
		ten[i] = []int{0, 0, 0, 0}
	}
	for name, spoil := range map[string]func(*disclosure.Microdata){
		"k of one":          func(m *disclosure.Microdata) { m.K = 1 },
		"a row too short":   func(m *disclosure.Microdata) { m.Rows[3] = []int{0} },
		"a value too large": func(m *disclosure.Microdata) { m.Rows[3] = []int{9, 0, 0, 0} },
		"withhold not all":  func(m *disclosure.Microdata) { m.Withhold = []int{0, 1} },
		"no such attribute": func(m *disclosure.Microdata) { m.Order = []int{7} },
		"no attributes":     func(m *disclosure.Microdata) { m.Attributes = nil },
		"a share over one":  func(m *disclosure.Microdata) { m.MaxWithheld = 2 },
		"grades that cut": func(m *disclosure.Microdata) {
			m.Attributes = []disclosure.Attribute{cityAttributes[0], {Grades: []disclosure.Grade{grade("x", "x", "y", "y", "z", "z", "z"), grade("p", "q", "q", "q", "q", "q", "q")}}, cityAttributes[2], cityAttributes[3]}
		},
		"a label is missing": func(m *disclosure.Microdata) {
			m.Attributes = []disclosure.Attribute{{Grades: []disclosure.Grade{grade("")}}}
		},
	} {
		m := microdata(append([][]int(nil), ten...))
		spoil(m)
		if _, err := m.Anonymise(); !errors.Is(err, disclosure.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
