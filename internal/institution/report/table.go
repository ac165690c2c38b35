package report

import (
	"cmp"
	"maps"
	"slices"
)

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
	// Weighted says of a sum of lines that each line counts by how many people were asked;
	// else each person who answered counts alike, since the frames are not known.
	Weighted bool
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
	made, total, frames := r.ready[one.Role], Row{Cells: map[string]Figures{}, Errors: map[string]float64{}}, true
	strata, lines, errors := map[string][]stratum{}, []stratum{}, map[string][]float64{}
	for _, b := range blocks {
		row := Row{Units: b.Units, N: b.People.N, Frame: b.Frame, Cells: made.own[b.ID], Shared: map[string][]string{}, Errors: made.errors[b.ID]}
		line := stratum{n: b.People.N, frame: b.Frame}
		lines = append(lines, line)
		for area, se := range made.errors[b.ID] {
			errors[area] = append(errors[area], se)
		}
		for name, f := range made.own[b.ID] {
			line.figures, line.hist = f, b.People.Vars[name]
			strata[name] = append(strata[name], line)
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
				line := one.together(with)
				line.figures, line.hist = f, b.People.Vars[name]
				strata[name] = append(strata[name], line)
			}
		}
		total.N += b.People.N
		total.Units = append(total.Units, b.Units...)
		total.Frame += b.Frame
		frames = frames && b.Frame > 0
		t.Rows = append(t.Rows, row)
	}
	slices.Sort(total.Units)
	if !frames {
		total.Frame = 0
	}
	share, weighted := shares(lines)
	total.Weighted = weighted
	for name, list := range strata {
		if len(list) == len(lines) && len(one.Joins[name]) == 0 {
			total.Cells[name] = pool(list, share, total.N, total.Frame)
			continue
		}
		own, _ := shares(list) // some lines have no such figure, or share one
		total.Cells[name] = pool(list, own, total.N, total.Frame)
	}
	for area, list := range errors {
		if len(list) == len(lines) { // without a line it would be the error of other people
			total.Errors[area] = meet(share, list)
		}
	}
	t.Total = total
	return t
}

// together is a stratum of blocks that share a figure.
func (r *Role) together(ids []string) (s stratum) {
	known := true
	for _, id := range ids {
		b := r.block(id)
		s.n, s.frame, known = s.n+b.People.N, s.frame+b.Frame, known && b.Frame > 0
	}
	if !known {
		s.frame = 0
	}
	return s
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
