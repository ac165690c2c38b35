package export

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"time"

	"osvitlo/internal/disclosure"
	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/survey"
)

// MicroK is how many people every combination stands for (METHOD §7).
const MicroK = 5

// MicroMin is the fewest people microdata are made of: as many as a release needs.
const MicroMin = 100

// Steps to which scores are rounded, in points.
const (
	roundOverall = 5
	roundArea    = 10
)

// maxWithheld is the share of people who may stand in classes that are too small
// before everybody's values are made coarser.
const maxWithheld = 0.10

// MicroFile and MicroPackage are the names of the files.
const (
	MicroFile    = "microdata.csv"
	MicroPackage = "datapackage.json"
)

// The attributes that can tell people apart, in the order of the columns.
const (
	qTested = iota
	qSex
	qAge
	qDistrict
	qMode
)

// Microdata are the rows of one wave for the public: for each person what the rule of
// package disclosure lets be shown, and rounded scores. No id, no day, no free text,
// nothing about displacement, no answer to a single task. The rows stand in the order
// of their own values, so their order says nothing.
type Microdata struct {
	Wave   string
	Demo   bool
	Rows   [][]string
	Report MicroReport
}

// MicroReport says what was done to the rows, for the release's readme and for staff.
type MicroReport struct {
	Wave     string         `json:"wave"`
	N        int            `json:"n"`
	K        int            `json:"k"`
	Coarser  []string       `json:"coarser"`  // steps that were taken: "mode", "age_group" …
	Grades   map[string]int `json:"grades"`   // of each column, 0 is as collected
	Withheld map[string]int `json:"withheld"` // cells withheld in each column
	Hash     string         `json:"sha256"`   // of microdata.csv
}

// Entries gives the index over sittings; sitting.Service does.
type Entries interface {
	Entries(ctx context.Context, after int64) func(yield func(sitting.Entry, error) bool)
}

// WaveByID finds a wave; survey.Service does.
type WaveByID interface {
	ByID(id string) (*survey.Wave, bool)
}

// Ledger remembers which waves were given to the public, by hash. A wave is given
// once: a second file, made after somebody's erasure, would give that person away by
// subtraction. So only whole new waves are ever added.
type Ledger interface {
	// Give remembers the hash of a wave. Errors: Conflict when another one was given.
	Give(ctx context.Context, wave, hash string, at time.Time) error
}

// MicroDeps are what microdata are made with.
type MicroDeps struct {
	Sittings  Entries
	Waves     WaveByID
	Ledger    Ledger
	Districts []string // ids a respondent may name
	Demo      bool
	Now       func() time.Time
}

// MakeMicrodata makes the microdata of a wave that is closed for good: its days of
// grace are over. What counts in the index is in it (tested people with a score, and
// people who do not use the internet). Errors: NotFound (no such wave), Conflict
// (export.micro.open, export.micro.few, or export.micro.moved: it was given before and
// has changed since).
func MakeMicrodata(ctx context.Context, d MicroDeps, wave string) (m *Microdata, err error) {
	defer fault.Wrap(&err, "export.MakeMicrodata")
	w, ok := d.Waves.ByID(wave)
	if !ok {
		return nil, fault.New(fault.NotFound, "export.no_such_wave")
	}
	if d.Now().Before(w.Closes.Add(survey.Grace)) {
		return nil, fault.New(fault.Conflict, "export.micro.open")
	}
	rows, err := indexRows(ctx, d.Sittings, wave)
	if err != nil {
		return nil, err
	}
	if len(rows) < MicroMin {
		return nil, fault.New(fault.Conflict, "export.micro.few")
	}
	plan := microPlan(rows, d.Districts)
	shown, err := plan.Anonymise()
	if errors.Is(err, disclosure.ErrTooFewRows) {
		return nil, fault.New(fault.Conflict, "export.micro.few")
	}
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	m = &Microdata{Wave: wave, Demo: d.Demo, Report: MicroReport{Wave: wave, N: len(rows), K: MicroK, Coarser: []string{},
		Grades: map[string]int{}, Withheld: map[string]int{}}}
	for i := range rows {
		m.Rows = append(m.Rows, microRow(&rows[i], shown.Rows[i], wave, d.Demo))
	}
	slices.SortFunc(m.Rows, func(a, b []string) int { return slices.CompareFunc(a, b, cmp.Compare[string]) })
	for i, row := range m.Rows {
		row[0] = strconv.Itoa(i + 1)
	}
	for a, attribute := range plan.Attributes {
		m.Report.Grades[attribute.Name] = shown.Grades[a]
		m.Report.Withheld[attribute.Name] = shown.Withheld[a]
	}
	for _, a := range shown.Steps {
		m.Report.Coarser = append(m.Report.Coarser, plan.Attributes[a].Name)
	}
	sum := sha256.Sum256(m.CSV())
	m.Report.Hash = hex.EncodeToString(sum[:])
	return m, d.Ledger.Give(ctx, wave, m.Report.Hash, d.Now())
}

// indexRows reads what counts in the index of a wave, answers untouched.
func indexRows(ctx context.Context, s Entries, wave string) (rows []sitting.Row, err error) {
	for e, err := range s.Entries(ctx, 0) {
		if err != nil {
			return nil, err
		}
		t, err := sitting.ParseTally(e.Tally)
		if err != nil {
			return nil, fault.From(err, fault.Internal, "")
		}
		r := t.Now
		if r == nil || r.Wave != wave || r.State != sitting.Counted && r.State != sitting.Unweightable {
			continue
		}
		_, scored := r.Overall.Value()
		if r.Role == sitting.RoleTest && scored || r.Role == sitting.RoleOffline && r.Internet == sitting.InternetNo {
			rows = append(rows, *r)
		}
	}
	return rows, nil
}

// microPlan states what can tell people apart, how it is made coarser and in which
// order it is given up: the mode first, then the age, then the district; sex and
// whether the test was taken last.
func microPlan(rows []sitting.Row, districts []string) *disclosure.Microdata {
	whole := func(values []string, word string) disclosure.Grade {
		return disclosure.Grade{Name: "all", Label: slices.Repeat([]string{word}, len(values))}
	}
	tested, sexes, modes := []string{"yes", "no"}, []string{string(sitting.Female), string(sitting.Male)}, make([]string, len(Modes))
	for i, m := range Modes {
		modes[i] = string(m)
	}
	ages := make([]string, len(sitting.AgeGroups))
	for i, a := range sitting.AgeGroups {
		ages[i] = string(a)
	}
	district := disclosure.Attribute{Name: "district", Grades: []disclosure.Grade{{Name: "district", Label: districts}, whole(districts, "all")}}
	p := &disclosure.Microdata{
		K: MicroK, MaxWithheld: maxWithheld,
		Attributes: []disclosure.Attribute{
			qTested:   {Name: "tested", Grades: []disclosure.Grade{{Name: "tested", Label: tested}}},
			qSex:      {Name: "sex", Grades: []disclosure.Grade{{Name: "sex", Label: sexes}}},
			qAge:      {Name: "age_group", Grades: []disclosure.Grade{{Name: "7", Label: ages}, {Name: "4", Label: []string{"14-29", "14-29", "30-49", "30-49", "50-59", "60+", "60+"}}, {Name: "3", Label: []string{"14-29", "14-29", "30-59", "30-59", "30-59", "60+", "60+"}}, whole(ages, "14+")}},
			qDistrict: district,
			qMode:     {Name: "mode", Grades: []disclosure.Grade{{Name: "mode", Label: modes}, {Name: "helped", Label: []string{"self", "helped", "helped", "helped"}}, whole(modes, "all")}},
		},
		Order:    []int{qMode, qAge, qAge, qMode, qDistrict, qAge},
		Withhold: []int{qMode, qDistrict, qAge, qSex, qTested},
		Joint:    [][]int{{qSex, qAge}, {qTested, qSex, qAge}, {qTested, qDistrict}, {qTested, qMode}},
	}
	for i := range rows {
		r := &rows[i]
		yes := "no"
		if r.Role == sitting.RoleTest {
			yes = "yes"
		}
		p.Rows = append(p.Rows, []int{
			qTested: slices.Index(tested, yes), qSex: slices.Index(sexes, string(r.Sex)), qAge: slices.Index(ages, string(r.Age)),
			qDistrict: slices.Index(districts, r.District), qMode: slices.Index(modes, string(r.Mode)),
		})
	}
	return p
}

// microColumns are the columns with their meaning, in order.
var microColumns = []struct{ name, kind, about string }{
	{"row", "integer", "number of the row in the order of the values; it names nobody"},
	{"demo", "boolean", "invented data"},
	{"wave", "string", "wave of the measurement"},
	{"tested", "string", "yes: took the test; no: does not use the internet; empty: withheld"},
	{"sex", "string", "female, male; empty: not said or withheld"},
	{"age_group", "string", "age, possibly of a wider group; empty: not said or withheld"},
	{"district", "string", "district, possibly the whole city; empty: not said or withheld"},
	{"mode", "string", "self, mentor, paper, phone, or helped for the last three; empty: withheld"},
	{"score", "integer", "overall score 0 to 100, rounded to 5; empty: none or withheld"},
	{"ua1", "integer", "area 1, score 0 to 100, rounded to 10; empty: not known or withheld"},
	{"ua2", "integer", "area 2, likewise"},
	{"ua3", "integer", "area 3, likewise"},
	{"ua4", "integer", "area 4, likewise"},
	{"ua5", "integer", "area 5, likewise"},
	{"ua6", "integer", "area 6, likewise"},
}

func microRow(r *sitting.Row, shown []string, wave string, demo bool) []string {
	row := append([]string{"", strconv.FormatBool(demo), wave}, shown...)
	scores := append([]sitting.Points{r.Overall}, r.Areas[:]...)
	for i, p := range scores {
		step := float64(roundArea)
		if i == 0 {
			step = roundOverall
		}
		x, known := p.Value()
		if !known || shown[qTested] != "yes" {
			row = append(row, "")
			continue
		}
		row = append(row, strconv.Itoa(int(math.Round(x/step)*step)))
	}
	return row
}

// CSV is the file: UTF-8 without a byte order mark, a head, a row each.
func (m *Microdata) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	head := make([]string, len(microColumns))
	for i, c := range microColumns {
		head[i] = c.name
	}
	_ = w.Write(head) // a buffer takes everything
	_ = w.WriteAll(m.Rows)
	return b.Bytes()
}

// Resource is the Frictionless description of the file, to stand in a data package.
func (m *Microdata) Resource() map[string]any {
	fields := make([]map[string]any, len(microColumns))
	for i, c := range microColumns {
		fields[i] = map[string]any{"name": c.name, "type": c.kind, "description": c.about}
		if c.kind == "boolean" {
			fields[i]["trueValues"], fields[i]["falseValues"] = []string{"true"}, []string{"false"}
		}
	}
	return map[string]any{
		"name": "microdata", "path": MicroFile, "title": "Microdata: every combination of tested, sex, age, district and mode stands for 5 people or more",
		"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
		"bytes": len(m.CSV()), "hash": "sha256:" + m.Report.Hash,
		"schema": map[string]any{"fields": fields, "primaryKey": []string{"row"}, "missingValues": []string{""}},
	}
}

// Package is a data package of the file alone.
func (m *Microdata) Package() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(map[string]any{
		"profile": "data-package", "name": "osvitlo-microdata-" + m.Wave, "title": "Цифрова грамотність: мікродані хвилі " + m.Wave + " / Digital literacy: microdata of wave " + m.Wave,
		"demo": m.Demo, "report": m.Report, "resources": []any{m.Resource()},
		"licenses": []map[string]string{{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": "Creative Commons Attribution 4.0"}},
	})
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return b.Bytes(), nil
}
