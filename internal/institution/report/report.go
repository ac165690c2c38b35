package report

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"osvitlo/internal/disclosure"
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
	yards  map[string]*Yard   // by role
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
