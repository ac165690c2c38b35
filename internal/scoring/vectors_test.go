package scoring

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"testing"
)

func readCSV(t *testing.T, path string) (head []string, rows [][]string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", path))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

func TestScoringVectors(t *testing.T) {
	t.Parallel()
	const dir = "scoring/likert_partial_missing/"
	_, items := readCSV(t, dir+"items.csv")
	head, rows := readCSV(t, dir+"responses.csv")
	raw, err := os.ReadFile(filepath.Join("testdata", dir+"expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Overall     []*float64
		Level       []*string
		Areas       []map[string]*float64
		Competences []map[string]*float64
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	var structure Structure
	place := map[string]int{}
	seen := map[string]bool{}
	for _, it := range items {
		comp, area := it[1], it[1][:1]
		if _, known := place[area]; !known {
			place[area] = len(structure)
			structure = append(structure, AreaStructure{ID: area})
		}
		if !seen[comp] {
			seen[comp] = true
			structure[place[area]].Competences = append(structure[place[area]].Competences, comp)
		}
	}
	if len(rows) != len(want.Overall) || len(head) != len(items) {
		t.Fatalf("%d rows, %d expected", len(rows), len(want.Overall))
	}
	cuts := DefaultCutoffs()
	same := func(row int, what string, got Value, exp *float64) {
		t.Helper()
		if got.Known != (exp != nil) || exp != nil && math.Abs(got.Score-*exp) > 1e-9 {
			t.Errorf("row %d %s: got %+v, want %v", row, what, got, exp)
		}
	}
	for r, row := range rows {
		responses := make([]Response, len(items))
		for i, it := range items {
			// In this set a blank is missing, not a skipped knowledge item.
			responses[i] = Response{Competence: it[1], Kind: SelfReport, Status: NotAdministered}
			if row[i] == "" {
				continue
			}
			x, err := strconv.Atoi(row[i])
			if err != nil {
				t.Fatal(err)
			}
			m, _ := strconv.Atoi(it[3])
			var s float64
			switch it[2] {
			case "mc01":
				s = Dichotomous(x == 1)
			case "partial":
				s, err = Partial(x, m)
			case "likert5":
				s, err = Likert(x, m, it[4] == "TRUE")
			default:
				t.Fatalf("type %q", it[2])
			}
			if err != nil {
				t.Fatal(err)
			}
			responses[i].Status, responses[i].Score = Answered, s
		}
		got, err := Aggregate(structure, responses)
		if err != nil {
			t.Fatal(err)
		}
		same(r, "overall", got.Overall, want.Overall[r])
		for _, a := range got.Areas {
			same(r, "area "+a.ID, a, want.Areas[r][a.ID])
		}
		for _, c := range got.Competences {
			same(r, "competence "+c.ID, c, want.Competences[r][c.ID])
		}
		if got.Overall.Known {
			if level, err := cuts.Level(got.Overall.Score); err != nil || level != *want.Level[r] {
				t.Errorf("row %d: level %q (%v), want %q", r, level, err, *want.Level[r])
			}
		} else if want.Level[r] != nil {
			t.Errorf("row %d: no level, want %q", r, *want.Level[r])
		}
	}
}

func TestDSIVectors(t *testing.T) {
	t.Parallel()
	_, rows := readCSV(t, "dsi/dsi.csv")
	levels := map[DSILevel]int{}
	for i, row := range rows {
		var a DSIActivities
		for k := range a.Counts {
			n, err := strconv.Atoi(row[k])
			if err != nil {
				t.Fatal(err)
			}
			a.Counts[k] = n
		}
		a.UsedInternet = row[5] == "1"
		got, err := DSI(a)
		if err != nil {
			t.Fatal(err)
		}
		levels[got.Overall]++
		if string(got.Overall) != row[11] {
			t.Errorf("row %d: %s, want %s", i+2, got.Overall, row[11])
		}
		for k := range got.Areas {
			if row[6+k] != "" && strconv.Itoa(int(got.Areas[k])) != row[6+k] {
				t.Errorf("row %d area %d: %d, want %s", i+2, k, got.Areas[k], row[6+k])
			}
		}
	}
	names := make([]string, 0, len(levels))
	for l := range levels {
		names = append(names, string(l))
	}
	sort.Strings(names)
	if len(rows) < 150 || len(names) != 7 {
		t.Fatalf("%d rows, levels %v", len(rows), names)
	}
}
