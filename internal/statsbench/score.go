package statsbench

import (
	"math"
	"slices"
	"strings"

	"osvitlo/internal/scoring"
)

// Score scores persons on items (METHOD §1 to §3). items has the columns item,
// competence ("1.1" or "ua1.1": what stands before the dot is the area), type
// (mc01, partial, likertN), max and reverse; a blank answer is not administered.
func Score(items, answers *Table) (Result, error) {
	column := func(name string) ([]string, error) {
		if !items.Has(name) && (name == "max" || name == "reverse") {
			return make([]string, items.n), nil
		}
		return items.Text(name)
	}
	var text [5][]string
	for k, name := range []string{"item", "competence", "type", "max", "reverse"} {
		var err error
		if text[k], err = column(name); err != nil {
			return nil, err
		}
	}
	var structure scoring.Structure
	var areas []string
	given := make([][]float64, items.n)
	for i := range items.n {
		area, _, ok := strings.Cut(text[1][i], ".")
		if !ok {
			return nil, badf("%s: line %d: competence %q has no area before a dot", items.Name, items.line[i], text[1][i])
		}
		at := slices.Index(areas, area)
		if at < 0 {
			at = len(areas)
			areas = append(areas, area)
			structure = append(structure, scoring.AreaStructure{ID: area})
		}
		if !slices.Contains(structure[at].Competences, text[1][i]) {
			structure[at].Competences = append(structure[at].Competences, text[1][i])
		}
		v, err := answers.Numbers(text[0][i])
		if err != nil {
			return nil, err
		}
		given[i] = v
	}
	score := func(i int, x float64) (float64, error) {
		whole := int(math.Round(x))
		if x != float64(whole) {
			return 0, badf("%v is no whole number", x)
		}
		most := 0
		if v, ok := number(text[3][i]); ok {
			most = int(v)
		}
		switch kind := text[2][i]; {
		case kind == "mc01":
			if whole != 0 && whole != 1 {
				return 0, badf("%v is neither 0 nor 1", x)
			}
			return scoring.Dichotomous(whole == 1), nil
		case kind == "partial":
			return scoring.Partial(whole, most)
		case strings.HasPrefix(kind, "likert"):
			if v, ok := number(strings.TrimPrefix(kind, "likert")); ok {
				most = int(v)
			}
			reversed := strings.EqualFold(text[4][i], "true") || text[4][i] == "1"
			return scoring.Likert(whole, most, reversed)
		default:
			return 0, badf("type %q; there are mc01, partial, likertN", kind)
		}
	}
	cuts := scoring.DefaultCutoffs()
	var overall, levels []any
	var perArea, perCompetence []Result
	for p := range answers.n {
		list := make([]scoring.Response, items.n)
		for i := range list {
			// A blank is missing here, whatever the item measures.
			list[i] = scoring.Response{Competence: text[1][i], Kind: scoring.SelfReport, Status: scoring.NotAdministered}
			if x := given[i][p]; !math.IsNaN(x) {
				s, err := score(i, x)
				if err != nil {
					return nil, badf("%s: line %d, column %q: %v", answers.Name, answers.line[p], text[0][i], err)
				}
				list[i].Status, list[i].Score = scoring.Answered, s
			}
		}
		got, err := scoring.Aggregate(structure, list)
		if err != nil {
			return nil, asInput(err)
		}
		a, c := Result{}, Result{}
		for _, v := range got.Areas {
			a[v.ID] = known(v)
		}
		for _, v := range got.Competences {
			c[v.ID] = known(v)
		}
		overall, perArea, perCompetence = append(overall, known(got.Overall)), append(perArea, a), append(perCompetence, c)
		if !got.Overall.Known {
			levels = append(levels, nil)
			continue
		}
		l, err := cuts.Level(got.Overall.Score)
		if err != nil {
			return nil, asInput(err)
		}
		levels = append(levels, l)
	}
	return Result{"overall": overall, "level": levels, "areas": perArea, "competences": perCompetence}, nil
}

func known(v scoring.Value) any {
	if !v.Known {
		return nil
	}
	return num(v.Score)
}

// DSI computes Eurostat's Digital Skills Indicator 2.0 (METHOD §3b) from counts
// of activities per area and the use of the internet in three months.
func DSI(t *Table) (Result, error) {
	columns := []string{"n_info", "n_comm", "n_content", "n_safety", "n_problem", "used_internet_3m"}
	names := []string{"lev_info", "lev_comm", "lev_content", "lev_safety", "lev_problem"}
	values := make([][]float64, len(columns))
	for k, c := range columns {
		var err error
		if values[k], err = t.Numbers(c); err != nil {
			return nil, err
		}
	}
	var rows []Result
	var overall []string
	atLeast := 0
	for i := range t.n {
		var a scoring.DSIActivities
		for k := range columns {
			v := values[k][i]
			if k == 5 {
				a.UsedInternet = v == 1
				if v != 0 && v != 1 {
					return nil, badf("%s: line %d, column %q is %v", t.Name, t.line[i], columns[k], v)
				}
				break
			}
			if math.IsNaN(v) && values[5][i] == 0 {
				continue // who does not use the internet was not asked
			}
			if v != math.Trunc(v) {
				return nil, badf("%s: line %d, column %q: %v is no count", t.Name, t.line[i], columns[k], v)
			}
			a.Counts[k] = int(v)
		}
		d, err := scoring.DSI(a)
		if err != nil {
			return nil, badf("%s: line %d: %v", t.Name, t.line[i], err)
		}
		row := Result{"row": i + 1, "overall": string(d.Overall)}
		for k, n := range names {
			if row[n] = nil; d.Overall != scoring.DSINotAssessed {
				row[n] = int(d.Areas[k])
			}
		}
		if d.AtLeastBasic() {
			atLeast++
		}
		rows, overall = append(rows, row), append(overall, string(d.Overall))
	}
	return Result{"rows": rows, "overall": overall, "n": t.n, "at_least_basic": num(float64(atLeast) / float64(t.n))}, nil
}
