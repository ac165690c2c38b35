package export

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
)

// Group is a set of columns that are chosen together.
type Group string

// The groups. What names a row (its pseudonym, wave, state, mode …) is always there.
const (
	GroupAbout   Group = "about"   // sex, age, district, where the person lives, internet
	GroupScores  Group = "scores"  // overall score, its range, level, areas
	GroupAnswers Group = "answers" // the answers, as option ids, 0/1 or numbers
	GroupPoints  Group = "points"  // score of each knowledge item, 0 to 1
	GroupSeconds Group = "seconds" // time on each item
	GroupSpecial Group = "special" // answers of special risk (USERS 15): never beside the district
	GroupFree    Group = "free"    // what people typed in their own words
)

// Groups lists the groups in the order of their columns.
var Groups = []Group{GroupAbout, GroupScores, GroupAnswers, GroupPoints, GroupSeconds, GroupSpecial, GroupFree}

// Usual are the groups of a table that asks for none.
var Usual = []Group{GroupAbout, GroupScores, GroupAnswers}

// tagSpecial marks items of special risk in the content files.
const tagSpecial = "special"

// Query says which submitted sittings a table holds and with which columns. Only
// sittings with the consent for statistics can be in it: counted, held,
// unweightable and excluded ones, and, where State asks for practice, those of an
// adaptive test whose bank is not calibrated yet (ADR 012).
type Query struct {
	Instrument string        // slug; must be given
	Wave       string        // empty: every wave
	Mode       sitting.Mode  // empty: every mode
	State      sitting.State // empty: every state
	Groups     []Group       // none: Usual
}

// takes tells whether a row of the index over sittings belongs to the table.
func (q *Query) takes(r *sitting.Row) bool {
	return r != nil && r.Instrument == q.Instrument && (q.Wave == "" || r.Wave == q.Wave) &&
		(q.Mode == "" || r.Mode == q.Mode) && (q.State == "" || r.State == q.State)
}

// Kind says how a column is read by a statistics program.
type Kind string

// The kinds.
const (
	Text   Kind = "text"   // words
	Code   Kind = "code"   // one of Values
	Number Kind = "number" // a number, plain digits with a point
)

// Value is one code of a column with its words.
type Value struct{ Code, Label string }

// Variable is one column of a table.
type Variable struct {
	Name   string // letters, digits and _, at most 32, begins with a letter: fits every program
	Source string // what it is here: "sex", "save-charge.a"
	Label  string // in the language of the table
	Kind   Kind
	Values []Value // for Code, and for a Number whose points have words
	// Unknown tells that the words dont_know and refused may stand in it.
	Unknown bool
	Group   Group // empty for what is always there
}

// Words that stand for «не знаю» and a refusal in a cell.
const (
	DontKnow = "dont_know"
	Refused  = "refused"
)

// Config is what tables are made with.
type Config struct {
	Sittings Reader
	Words    *i18n.Bundle // with locales/export
	Secret   []byte       // of this installation: row names are made with it
	Demo     bool
	// Bank are the items that adaptive tests choose from: the columns of their tables.
	Bank []*instrument.Item
}

// Tables makes tables of answers: those of the staff page and those of its files.
// It is safe for concurrent use.
type Tables struct{ cfg Config }

// NewTables prepares the tables. Errors: Invalid.
func NewTables(cfg Config) (*Tables, error) {
	if cfg.Sittings == nil || cfg.Words == nil || len(cfg.Secret) < 16 {
		return nil, fault.Newf(fault.Invalid, "", "tables need sittings, words and a secret")
	}
	return &Tables{cfg: cfg}, nil
}

// Instruments lists the slugs a table can be made of.
func (t *Tables) Instruments() (list []string) {
	catalogue := t.cfg.Sittings.Catalogue()
	for _, slug := range catalogue.Slugs() {
		if pub, ok := catalogue.Current(slug); ok && pub.Role != instrument.RoleRound {
			list = append(list, slug)
		}
	}
	return list
}

// Table is a query with its columns in a language. Rows read it.
type Table struct {
	Query
	Lang      string
	Variables []Variable

	tables   *Tables
	fill     []func(*sitting.Sitting) string // nil for columns of items
	versions map[int][]slot
	given    map[string]slot // of the bank, in the table of an adaptive test
	special  bool
}

// slot is where the columns of an item of one version stand in a row.
type slot struct {
	item    *instrument.Item
	columns []int // -1: not in the table
	points  int
	seconds int
}

// Table plans a table. Errors: Invalid (no such instrument, group, mode or state).
func (t *Tables) Table(q Query, lang string) (table *Table, err error) {
	defer fault.Wrap(&err, "export.Table")
	if len(q.Groups) == 0 {
		q.Groups = Usual
	}
	for _, g := range q.Groups {
		if !slices.Contains(Groups, g) {
			return nil, fault.InvalidFields(fault.Field{Pointer: "cols", Key: "export.no_such_group"})
		}
	}
	if q.Mode != "" && !slices.Contains(Modes, q.Mode) {
		return nil, fault.InvalidFields(fault.Field{Pointer: "mode", Key: "export.no_such_mode"})
	}
	if q.State != "" && !slices.Contains(t.States(q.Instrument), q.State) {
		return nil, fault.InvalidFields(fault.Field{Pointer: "state", Key: "export.no_such_state"})
	}
	versions := t.cfg.Sittings.Catalogue().Versions(q.Instrument)
	if len(versions) == 0 {
		return nil, fault.InvalidFields(fault.Field{Pointer: "instrument", Key: "export.no_such_instrument"})
	}
	if !i18n.Known(lang) {
		lang = i18n.Ukrainian
	}
	table = &Table{Query: q, Lang: lang, tables: t, versions: map[int][]slot{}, special: slices.Contains(q.Groups, GroupSpecial)}
	b := builder{Table: table, words: t.cfg.Words.Lang(lang), names: map[string]bool{}, at: map[string]int{}}
	b.fixed(versions)
	for i := len(versions) - 1; i >= 0; i-- { // the newest words win
		b.items(versions[i])
		if _, ok := versions[i].Adaptive(); ok && table.given == nil {
			table.given = map[string]slot{}
		}
	}
	if table.given != nil {
		for _, it := range t.cfg.Bank {
			table.given[it.ID] = b.item(it)
		}
	}
	return table, nil
}

// Modes and States list what a table can be narrowed to.
var (
	Modes  = []sitting.Mode{sitting.ModeSelf, sitting.ModeMentor, sitting.ModePaper, sitting.ModePhone}
	States = []sitting.State{sitting.Counted, sitting.Held, sitting.Unweightable, sitting.Excluded}
)

// States lists what the table of an instrument can be narrowed to: practice only where
// it tells about items.
func (t *Tables) States(slug string) []sitting.State {
	for _, v := range t.cfg.Sittings.Catalogue().Versions(slug) {
		if _, ok := v.Adaptive(); ok {
			return append(slices.Clone(States), sitting.Practice)
		}
	}
	return States
}

// pseudonym names a row: the same sitting has the same name in every table of this
// installation, and without the secret nobody gets from one to the other.
func (t *Tables) pseudonym(id string) string {
	mac := hmac.New(sha256.New, t.cfg.Secret)
	mac.Write([]byte("answers:" + id))
	return "r" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:10]))
}

// row writes the cells of a sitting.
func (t *Table) row(ctx context.Context, doc *sitting.Sitting) ([]string, error) {
	row := make([]string, len(t.Variables))
	for i, f := range t.fill {
		if f != nil {
			row[i] = f(doc)
		}
	}
	for _, s := range t.versions[doc.Version] {
		s.write(row, s.item, doc)
	}
	if t.given != nil {
		items, err := chosen(ctx, t.tables.cfg.Sittings, doc)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			if s, ok := t.given[it.ID]; ok && len(it.Columns()) == len(s.columns) {
				s.write(row, it, doc)
			}
		}
	}
	for i, v := range t.Variables {
		if v.Kind != Number {
			row[i] = defuse(breaks.Replace(row[i]))
		}
	}
	return row, nil
}

// write fills the columns of one item; it is the version that the person saw.
func (s *slot) write(row []string, it *instrument.Item, doc *sitting.Sitting) {
	if spent, there := doc.Spent[it.ID]; there && s.seconds >= 0 {
		row[s.seconds] = strconv.Itoa(spent)
	}
	v, answered := doc.Answers[it.ID]
	if !answered {
		return
	}
	if s.points >= 0 {
		points, _, _ := it.Score(v)
		row[s.points] = strconv.FormatFloat(points, 'g', -1, 64)
	}
	for i, cell := range it.Cells(v) {
		if s.columns[i] >= 0 {
			row[s.columns[i]] = cell
		}
	}
}

// breaks keeps a row on one line: not every program reads a cell with a line break.
var breaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ")
