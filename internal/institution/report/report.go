package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"osvitlo/internal/disclosure"
	"osvitlo/internal/weighting"
)

// K is the least number of people of a block.
const K = 10

// Member is a unit that a round asked: where it belongs and how many people it has.
type Member struct {
	Unit  Unit
	Frame int64    // people of the role in the school year; 0: nobody knows
	Path  []string // groups for joining, from the nearest to the widest (disclosure.Unit)
	// Kind and District are what tables are filtered by.
	Kind, District string
}

// Block is what is kept of some units that are only ever shown as one.
type Block struct {
	ID     string   `json:"id"`
	Units  []string `json:"units"` // institutions, sorted
	Frame  int64    `json:"frame"` // 0 when it is not known for all of them
	People People   `json:"people"`
}

// Role is the report of one role.
type Role struct {
	Role   string                `json:"role"`
	Blocks []Block               `json:"blocks"` // sorted by id
	Empty  []string              `json:"empty,omitempty"`
	Within []string              `json:"within,omitempty"` // too few people in all to be shown
	Joins  map[string][][]string `json:"joins,omitempty"`  // variable → blocks that are shown together in it, where some are
}

// Report is what is kept of a round for ever.
type Report struct {
	Round   string             `json:"round"`
	Year    int                `json:"year"`
	Cut     time.Time          `json:"cut"`
	Members map[string]Listing `json:"members"` // institution → what tables are filtered by
	Roles   []Role             `json:"roles"`

	once   sync.Once
	ready  map[string]*ready // by role; made when the first table is asked for
	mu     sync.Mutex
	tables map[declared]Table // those that were asked for
}

// declared is a table that does not choose single institutions: there are few of them.
type declared struct{ role, kind, district string }

// maxTables bounds the tables that are kept.
const maxTables = 2000

// ready is a role with everything that does not hang on a filter.
type ready struct {
	names  []string
	own    map[string]map[string]Figures // block → variable → figures of the block alone
	shared map[string]map[string]Figures // the same where blocks share them
	errors map[string]map[string]float64 // block → area → error of its mean
}

func (r *Report) prepare() {
	r.ready = map[string]*ready{}
	for i := range r.Roles {
		one := &r.Roles[i]
		p := &ready{names: one.variables(), own: map[string]map[string]Figures{}, shared: map[string]map[string]Figures{}, errors: map[string]map[string]float64{}}
		for k := range one.Blocks {
			b := &one.Blocks[k]
			own, shared := map[string]Figures{}, map[string]Figures{}
			for _, name := range p.names {
				holder, with := one.holder(name, b.ID)
				s := holder.People.Vars[name]
				switch {
				case s == nil:
				case len(with) > 0:
					shared[name] = s.Figures(0)
				default:
					own[name] = s.figures(b.Frame, b.People.N)
				}
			}
			p.own[b.ID], p.shared[b.ID], p.errors[b.ID] = own, shared, map[string]float64{}
			for area, m := range b.People.Means {
				p.errors[b.ID][area] = m.error(b.Frame)
			}
		}
		r.ready[one.Role] = p
	}
}

// Listing is what tables are filtered by.
type Listing struct {
	Kind     string `json:"kind"`
	District string `json:"district"`
}

// Build cuts the report of a round. Answers of units that are no members are an error:
// nobody would know where to join them. The sums are not needed afterwards.
func Build(round string, year int, cut time.Time, members []Member, sums *Sums) (*Report, error) {
	r := &Report{Round: round, Year: year, Cut: cut, Members: map[string]Listing{}}
	known := map[Unit]*Member{}
	roles := map[string][]*Member{}
	for i := range members {
		m := &members[i]
		if known[m.Unit] != nil {
			return nil, fmt.Errorf("report: %s stands twice", m.Unit)
		}
		known[m.Unit] = m
		roles[m.Unit.Role] = append(roles[m.Unit.Role], m)
		r.Members[m.Unit.Institution] = Listing{Kind: m.Kind, District: m.District}
	}
	for u := range sums.units {
		if known[u] == nil {
			return nil, fmt.Errorf("report: answers of %s, which the round did not ask", u)
		}
	}
	for role, list := range roles {
		one, err := buildRole(role, list, sums)
		if err != nil {
			return nil, err
		}
		r.Roles = append(r.Roles, *one)
	}
	slices.SortFunc(r.Roles, func(a, b Role) int { return cmp.Compare(a.Role, b.Role) })
	return r, nil
}

func buildRole(role string, list []*Member, sums *Sums) (*Role, error) {
	units := make([]disclosure.Unit, 0, len(list))
	of := map[string]*Member{}
	for _, m := range list {
		of[m.Unit.Institution] = m
		units = append(units, disclosure.Unit{ID: m.Unit.Institution, N: sums.N(m.Unit), Path: m.Path})
	}
	joined, err := disclosure.Join(units, K)
	if err != nil {
		return nil, fmt.Errorf("report: %s: %w", role, err)
	}
	out := &Role{Role: role, Empty: joined.Empty, Within: joined.Within, Joins: map[string][][]string{}}
	names := map[string]bool{}
	for _, b := range joined.List {
		one := Block{ID: b.ID, Units: b.Units}
		all := true
		for _, u := range b.Units {
			m := of[u]
			one.People.plus(sums.units[m.Unit])
			one.Frame += m.Frame
			all = all && m.Frame > 0
		}
		if !all {
			one.Frame = 0
		}
		for name := range one.People.Vars {
			names[name] = true
		}
		for area, m := range one.People.Means {
			if m.N < K { // too few answered anything of it
				delete(one.People.Means, area)
			}
		}
		out.Blocks = append(out.Blocks, one)
	}
	// where fewer answered one question, blocks are joined further for that one alone
	for name := range names {
		var parts []disclosure.Unit
		small := false
		for _, b := range out.Blocks {
			n := int64(0)
			if s := b.People.Vars[name]; s != nil {
				n = s.N
			}
			small = small || n > 0 && n < K
			parts = append(parts, disclosure.Unit{ID: b.ID, N: n, Path: of[b.Units[0]].Path})
		}
		if !small {
			continue
		}
		further, err := disclosure.Join(parts, K)
		if err != nil {
			return nil, fmt.Errorf("report: %s: %w", name, err)
		}
		out.hide(name, &further)
	}
	return out, nil
}

// hide puts the sums of blocks that are joined in one variable into the first of them and
// takes them out of the others, so that the report holds nothing finer than what it shows.
func (r *Role) hide(name string, further *disclosure.Blocks) {
	at := map[string]*Block{}
	for i := range r.Blocks {
		at[r.Blocks[i].ID] = &r.Blocks[i]
	}
	for _, b := range further.List {
		if len(b.Units) == 1 {
			continue
		}
		first := at[b.Units[0]]
		for _, other := range b.Units[1:] {
			if s := at[other].People.Vars[name]; s != nil {
				if first.People.Vars[name] == nil {
					first.People.Vars[name] = &Sum{}
				}
				first.People.Vars[name].plus(s)
				delete(at[other].People.Vars, name)
			}
		}
		r.Joins[name] = append(r.Joins[name], b.Units)
	}
	for _, id := range further.Within {
		delete(at[id].People.Vars, name)
	}
}

// Filter chooses institutions; what is empty chooses all.
type Filter struct {
	Kind, District string
	Institutions   []string
}

func (r *Report) chosen(f Filter) map[string]bool {
	set := map[string]bool{}
	for id, l := range r.Members {
		if (f.Kind == "" || l.Kind == f.Kind) && (f.District == "" || l.District == f.District) &&
			(len(f.Institutions) == 0 || slices.Contains(f.Institutions, id)) {
			set[id] = true
		}
	}
	return set
}

// Row is a line of a table: a block, or the sum of all lines.
type Row struct {
	Units  []string // institutions, sorted
	N      int64
	Frame  int64               // 0: not known
	Cells  map[string]Figures  // by variable; one that is missing is not shown
	Shared map[string][]string // variable → institutions with which its figure is shared, where it is
	Errors map[string]float64  // area → error of its mean, where it is known (Figure)
}

// Table is an answer to a filter.
type Table struct {
	Rows  []Row
	Total Row
	// Cut are institutions of the filter that answered and are left out because they are
	// joined with others outside it, or because there are too few people in all.
	Cut []string
	// Empty are institutions of the filter from which nobody answered.
	Empty []string
}

// RoleOf returns the report of a role.
func (r *Report) RoleOf(role string) (*Role, bool) {
	for i := range r.Roles {
		if r.Roles[i].Role == role {
			return &r.Roles[i], true
		}
	}
	return nil, false
}

// Table answers a filter with the blocks that lie whole inside it. A role that the round
// did not ask gives an empty table. It is shared: read only.
func (r *Report) Table(role string, f Filter) Table {
	one, ok := r.RoleOf(role)
	if !ok {
		return Table{}
	}
	r.once.Do(r.prepare)
	if len(f.Institutions) > 0 {
		return r.table(one, f)
	}
	at := declared{role, f.Kind, f.District}
	r.mu.Lock()
	defer r.mu.Unlock()
	if t, ok := r.tables[at]; ok {
		return t
	}
	t := r.table(one, f)
	if r.tables == nil || len(r.tables) >= maxTables { // a filter that means nothing fills it up
		r.tables = map[declared]Table{}
	}
	r.tables[at] = t
	return t
}

// Of is the row that an institution stands in; ok is false where it has none.
func (r *Report) Of(role, institution string) (row Row, ok bool) {
	one, ok := r.RoleOf(role)
	if !ok {
		return row, false
	}
	for i := range one.Blocks {
		if slices.Contains(one.Blocks[i].Units, institution) {
			for _, row := range r.Table(role, Filter{}).Rows {
				if row.Units[0] == one.Blocks[i].ID {
					return row, true
				}
			}
		}
	}
	return row, false
}

// table makes the table of a filter.
func (r *Report) table(one *Role, f Filter) (t Table) {
	set := r.chosen(f)
	in := map[string]bool{} // blocks inside
	var blocks []*Block
	for i := range one.Blocks {
		b := &one.Blocks[i]
		inside := 0
		for _, u := range b.Units {
			if set[u] {
				inside++
			}
		}
		switch {
		case inside == len(b.Units):
			in[b.ID] = true
			blocks = append(blocks, b)
		case inside > 0:
			for _, u := range b.Units {
				if set[u] {
					t.Cut = append(t.Cut, u)
				}
			}
		}
	}
	for _, u := range one.Within {
		if set[u] {
			t.Cut = append(t.Cut, u)
		}
	}
	for _, u := range one.Empty {
		if set[u] {
			t.Empty = append(t.Empty, u)
		}
	}
	slices.Sort(t.Cut)
	means, knows := map[string]*Moment{}, map[string]int{}
	made, total, frames := r.ready[one.Role], Block{People: People{Vars: map[string]*Sum{}}}, true
	sum := func(b *Block, name string) {
		if total.People.Vars[name] == nil {
			total.People.Vars[name] = &Sum{}
		}
		total.People.Vars[name].plus(b.People.Vars[name])
	}
	for _, b := range blocks {
		row := Row{Units: b.Units, N: b.People.N, Frame: b.Frame, Cells: made.own[b.ID], Shared: map[string][]string{}, Errors: made.errors[b.ID]}
		for area, m := range b.People.Means {
			if means[area] == nil {
				means[area] = &Moment{}
			}
			means[area].plus(m)
			knows[area]++
		}
		for name := range made.own[b.ID] {
			sum(b, name)
		}
		if len(made.shared[b.ID]) > 0 { // what is its own alone is the same in every table
			row.Cells = maps.Clone(row.Cells)
		}
		for name, f := range made.shared[b.ID] {
			holder, with := one.holder(name, b.ID)
			if slices.ContainsFunc(with, func(id string) bool { return !in[id] }) {
				continue // its figure is shared with a block outside the filter
			}
			row.Cells[name], row.Shared[name] = f, one.unitsOf(with)
			if holder.ID == b.ID {
				sum(b, name)
			}
		}
		total.People.N += b.People.N
		total.Units = append(total.Units, b.Units...)
		total.Frame += b.Frame
		frames = frames && b.Frame > 0
		t.Rows = append(t.Rows, row)
	}
	slices.Sort(total.Units)
	t.Total = Row{Units: total.Units, N: total.People.N, Cells: map[string]Figures{}}
	if frames {
		t.Total.Frame = total.Frame
	}
	for name, s := range total.People.Vars {
		t.Total.Cells[name] = s.figures(t.Total.Frame, t.Total.N)
	}
	t.Total.Errors = map[string]float64{}
	for area, m := range means {
		if knows[area] == len(blocks) { // without a block it would be the error of other people
			t.Total.Errors[area] = m.error(t.Total.Frame)
		}
	}
	return t
}

// variables lists the variables of a role, sorted.
func (r *Role) variables() []string {
	seen := map[string]bool{}
	for i := range r.Blocks {
		for name := range r.Blocks[i].People.Vars {
			seen[name] = true
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// holder is the block that holds the sums of a variable for a block, and with which blocks
// it shares them (itself among them; none: it has its own).
func (r *Role) holder(name, id string) (*Block, []string) {
	for _, with := range r.Joins[name] {
		if slices.Contains(with, id) {
			return r.block(with[0]), with
		}
	}
	return r.block(id), nil
}

func (r *Role) block(id string) *Block {
	i, _ := slices.BinarySearchFunc(r.Blocks, id, func(b Block, id string) int { return cmp.Compare(b.ID, id) })
	return &r.Blocks[i]
}

func (r *Role) unitsOf(blocks []string) (units []string) {
	for _, id := range blocks {
		units = append(units, r.block(id).Units...)
	}
	slices.Sort(units)
	return units
}

// Change is how a variable of some institutions moved from one year to the next.
type Change struct {
	Units       []string
	Variable    string
	Before, Now Figures
	Difference  float64
	SE          float64
	P           float64 // two-sided, after Holm's correction over all changes of the table
	Real        bool    // P < 0.05
}

// Changes compares two reports in a role, by variable or area, over the finest sets of institutions that both
// show (disclosure.Common), and over all of these together. Those of a set are the same bodies, not the same people: the
// years are taken as independent, each with its own correction for the frame.
func Changes(before, now *Report, role string, variables []string) []Change {
	a, okA := before.RoleOf(role)
	b, okB := now.RoleOf(role)
	if !okA || !okB {
		return nil
	}
	var out []Change
	inA, inB := a.variables(), b.variables()
	variables = slices.DeleteFunc(slices.Clone(variables), func(name string) bool {
		parts := Parts(name, inA)
		// an area is comparable where it has the same competences in both years; one that is
		// joined further in one of the years is not whole here
		if len(a.Joins[name]) > 0 || len(b.Joins[name]) > 0 || !slices.Equal(parts, Parts(name, inB)) {
			return true
		}
		return slices.ContainsFunc(parts, func(part string) bool { return len(a.Joins[part]) > 0 || len(b.Joins[part]) > 0 })
	})
	sets := disclosure.Common(a.asBlocks(), b.asBlocks())
	if len(sets) > 1 { // all of them together
		all := slices.Concat(sets...)
		slices.Sort(all)
		sets = append(sets, all)
	}
	for _, set := range sets {
		was, is := before.Table(role, Filter{Institutions: set}), now.Table(role, Filter{Institutions: set})
		for _, name := range variables {
			x, _, okX := was.Total.Figure(name, inA)
			y, _, okY := is.Total.Figure(name, inB)
			if !okX || !okY || math.IsNaN(x.SE) || math.IsNaN(y.SE) {
				continue
			}
			c := Change{Units: set, Variable: name, Before: x, Now: y, Difference: y.Mean - x.Mean, SE: math.Hypot(x.SE, y.SE), P: 1}
			if c.SE > 0 {
				c.P = math.Erfc(math.Abs(c.Difference) / c.SE / math.Sqrt2)
			}
			out = append(out, c)
		}
	}
	p := make([]float64, len(out))
	for i := range out {
		p[i] = out[i].P
	}
	corrected, err := weighting.Holm(p)
	if err != nil { // a P value that is no number: nothing is called real
		return out
	}
	for i := range out {
		out[i].P, out[i].Real = corrected[i], corrected[i] < 0.05
	}
	return out
}

func (r *Role) asBlocks() *disclosure.Blocks {
	b := &disclosure.Blocks{K: K, Of: map[string]string{}}
	for _, one := range r.Blocks {
		b.List = append(b.List, disclosure.Block{ID: one.ID, Units: one.Units, N: one.People.N})
		for _, u := range one.Units {
			b.Of[u] = one.ID
		}
	}
	return b
}
