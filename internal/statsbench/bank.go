package statsbench

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/adaptive"
)

// Bank reads items: item, a (1 where there is none), b, and for a test area,
// enemies (separated by blanks), exposure, group.
func Bank(t *Table, g adaptive.Grid) (*adaptive.Bank, error) {
	find := func(candidates ...string) string {
		for _, c := range candidates {
			for _, have := range t.Columns {
				if strings.EqualFold(have, c) {
					return have
				}
			}
		}
		return ""
	}
	idColumn, bColumn := find("item", "id", "name"), find("b", "difficulty")
	if idColumn == "" || bColumn == "" {
		return nil, badf("%s needs the columns item and b (and a, area); it has %s", t.Name, strings.Join(t.few(), ", "))
	}
	ids, err := t.Text(idColumn)
	if err != nil {
		return nil, err
	}
	b, err := t.Numbers(bColumn)
	if err != nil {
		return nil, err
	}
	items := make([]adaptive.BankItem, t.n)
	for i := range items {
		items[i] = adaptive.BankItem{ID: ids[i], Item: adaptive.Item{A: 1, B: b[i]}}
	}
	if c := find("a", "discrimination", "slope"); c != "" {
		a, err := t.Numbers(c)
		if err != nil {
			return nil, err
		}
		for i := range items {
			items[i].A = a[i]
		}
	}
	areas := 1
	if c := find("area"); c != "" {
		codes, labels, err := t.Codes(c)
		if err != nil {
			return nil, err
		}
		areas = len(labels)
		for i, k := range codes {
			if k < 0 {
				return nil, badf("%s: line %d: item %q has no area", t.Name, t.line[i], ids[i])
			}
			items[i].Area = k
		}
	}
	if c := find("k", "exposure"); c != "" {
		k, err := t.Numbers(c)
		if err != nil {
			return nil, err
		}
		for i := range items {
			if items[i].Exposure = k[i]; math.IsNaN(k[i]) {
				items[i].Exposure = 0
			}
		}
	}
	for column, set := range map[string]func(i int, s string){
		"enemies": func(i int, s string) { items[i].Enemies = strings.Fields(strings.ReplaceAll(s, ";", " ")) },
		"group":   func(i int, s string) { items[i].Group = s },
		"seed":    func(i int, s string) { items[i].Pretest = s == "1" || strings.EqualFold(s, "true") },
	} {
		if c := find(column); c != "" {
			text, err := t.Text(c)
			if err != nil {
				return nil, err
			}
			for i, s := range text {
				if !t.missing[s] {
					set(i, s)
				}
			}
		}
	}
	bank, err := adaptive.NewBank(items, areas, g)
	if err != nil {
		return nil, asInput(fmt.Errorf("%s: %w", t.Name, err))
	}
	return bank, nil
}

// responses of persons to the items of a bank; a column that is no item is an
// error unless it names persons.
func responses(t *Table, b *adaptive.Bank) (scores [][]float64, err error) {
	at := map[string]int{}
	for j, it := range b.Items() {
		at[it.ID] = j
	}
	scores = make([][]float64, t.n)
	for i := range scores {
		scores[i] = make([]float64, b.Len())
		for j := range scores[i] {
			scores[i][j] = math.NaN()
		}
	}
	found := 0
	for _, c := range t.Columns {
		j, ok := at[c]
		if !ok {
			if slices.Contains([]string{"person", "id", "row", "true", "theta", ""}, strings.ToLower(c)) {
				continue
			}
			return nil, badf("%s, column %q is no item of the bank", t.Name, c)
		}
		found++
		v, err := t.Numbers(c)
		if err != nil {
			return nil, err
		}
		for i, x := range v {
			if !math.IsNaN(x) && (x < 0 || x > 1) {
				return nil, badf("%s: line %d, column %q: score %v is not between 0 and 1", t.Name, t.line[i], c, x)
			}
			scores[i][j] = x
		}
	}
	if found == 0 {
		return nil, badf("%s has no column of an item", t.Name)
	}
	return scores, nil
}

// EAPAsk is the grid of EAP and the abilities at which items are described.
type EAPAsk struct {
	Grid  adaptive.Grid // zero: 121 nodes on [−6, 6], as the reference
	Theta []float64
}

// EAP estimates persons on known items (METHOD §10).
func EAP(items, answers *Table, ask EAPAsk) (Result, error) {
	if ask.Grid == (adaptive.Grid{}) {
		ask.Grid = adaptive.Grid{Low: -6, High: 6, Nodes: 121}
	}
	b, err := Bank(items, ask.Grid)
	if err != nil {
		return nil, err
	}
	out := Result{"method": Result{"eap": fmt.Sprintf("prior N(0,1), %d nodes on [%g,%g]", ask.Grid.Nodes, ask.Grid.Low, ask.Grid.High), "wle": "Warm, inside [-6,6], se = 1/sqrt(I)", "missing": "not administered"}}
	describe(out, b, ask.Theta)
	if answers == nil {
		return out, nil
	}
	scores, err := responses(answers, b)
	if err != nil {
		return nil, err
	}
	var rows []Result
	for i, s := range scores {
		var r []adaptive.Response
		for j, v := range s {
			if !math.IsNaN(v) {
				r = append(r, adaptive.Response{Item: b.Items()[j].Item, Score: v})
			}
		}
		p, err := adaptive.NewPosterior(r, ask.Grid)
		if err != nil {
			return nil, asInput(err)
		}
		theta, se := p.EAP()
		if len(r) == 0 {
			theta, se = 0, 1 // the prior itself, not its picture on the grid
		}
		row := Result{"row": i + 1, "eap": num(theta), "eap_se": num(se), "wle": nil, "wle_se": nil, "items": len(r)}
		if len(r) > 0 {
			w, s, err := adaptive.WLE(r)
			if err != nil {
				return nil, asInput(err)
			}
			row["wle"], row["wle_se"] = num(w), num(s)
		}
		rows = append(rows, row)
	}
	out["persons"] = rows
	return out, nil
}

// describe tells probability and information of each item at some abilities.
func describe(out Result, b *adaptive.Bank, theta []float64) {
	if len(theta) == 0 {
		return
	}
	var a, diff []any
	for _, it := range b.Items() {
		a, diff = append(a, num(it.A)), append(diff, num(it.B))
	}
	var ps, is [][]any
	for _, t := range theta {
		var p, i []any
		for _, it := range b.Items() {
			p, i = append(p, num(it.Probability(t))), append(i, num(it.Information(t)))
		}
		ps, is = append(ps, p), append(is, i)
	}
	out["items"], out["theta"], out["P"], out["I"] = Result{"a": a, "b": diff}, nums(theta), ps, is
}
