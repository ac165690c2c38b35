package institution

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

// Columns are what a row of an imported table may hold. The frame's columns are
// "count_" and a role; they need a year.
func Columns() []string {
	list := []string{"code", "name", "kind", "type", "address", "district", "group"}
	for _, r := range Roles() {
		list = append(list, "count_"+string(r))
	}
	return list
}

// Row is a row of a table: where it stood in the file, and its cells by column.
type Row struct {
	Line  int
	Cells map[string]string
}

// Fault is what is wrong with a row.
type Fault struct {
	Line   int
	Column string
	Key    string // message key
	Args   map[string]any
}

// Fate is what an import makes of a row.
type Fate string

// The fates.
const (
	FateAdd    Fate = "add"
	FateChange Fate = "change"
	FateSame   Fate = "same"
	FateFault  Fate = "fault"
)

// Planned is a row with what would become of it.
type Planned struct {
	Line int
	Fate Fate
	ID   string // of the institution it changes
	next Institution
}

// Plan is an import that has not been done: nothing is written before Apply.
type Plan struct {
	Year    int // school year of the frame's columns; 0: none
	Source  string
	Rows    []Planned
	Faults  []Fault
	version uint64
}

// Count is how many rows have a fate.
func (p *Plan) Count(f Fate) (n int) {
	for _, r := range p.Rows {
		if r.Fate == f {
			n++
		}
	}
	return n
}

// MaxRows bounds an import.
const MaxRows = MaxInstitutions

// Plan reads rows and says what would become of each. An institution is found again by
// its code, else by its name of today and its district. Two rows with one code are both
// faults: nobody can tell which is right.
func (s *Service) Plan(rows []Row, year int, source string) (*Plan, error) {
	if len(rows) > MaxRows {
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "institution.import_rows", Args: map[string]any{"N": MaxRows}})
	}
	p := &Plan{Year: year, Source: source, version: s.Version()}
	names := map[string]*Institution{}
	for _, i := range s.register().sorted {
		names[nameKey(i.Name().UK, i.District)] = i
	}
	lines := map[string][]int{}
	for _, r := range rows {
		if code := strings.TrimSpace(r.Cells["code"]); code != "" {
			lines[code] = append(lines[code], r.Line)
		}
	}
	for _, r := range rows {
		next, have, faults := s.read(r, year, source, names)
		if code := strings.TrimSpace(r.Cells["code"]); len(lines[code]) > 1 {
			other := lines[code][0]
			if other == r.Line {
				other = lines[code][1]
			}
			faults = append(faults, Fault{Line: r.Line, Column: "code", Key: "institution.import_twice", Args: map[string]any{"Line": other}})
		}
		planned := Planned{Line: r.Line, next: next}
		switch {
		case len(faults) > 0:
			planned.Fate = FateFault
		case have == nil:
			planned.Fate = FateAdd
		case same(have, &next):
			planned.Fate, planned.ID = FateSame, have.ID
		default:
			planned.Fate, planned.ID = FateChange, have.ID
		}
		p.Rows, p.Faults = append(p.Rows, planned), append(p.Faults, faults...)
	}
	return p, nil
}

func nameKey(name, district string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " ")) + "\n" + district
}

// read makes an institution of a row, from the one it names if there is one.
func (s *Service) read(r Row, year int, source string, names map[string]*Institution) (next Institution, have *Institution, faults []Fault) {
	cell := func(name string) string { return strings.Join(strings.Fields(r.Cells[name]), " ") }
	bad := func(column, key string, args map[string]any) {
		faults = append(faults, Fault{Line: r.Line, Column: column, Key: key, Args: args})
	}
	have, ok := s.ByCode(cell("code"))
	if !ok {
		have = names[nameKey(cell("name"), cell("district"))]
	}
	if have != nil {
		next = *have
		next.Names, next.Frames = slices.Clone(have.Names), slices.Clone(have.Frames)
	} else {
		next = Institution{State: Working, Names: []Name{{}}}
	}
	set := func(to *string, column string) {
		if v := cell(column); v != "" {
			*to = v
		}
	}
	set(&next.Code, "code")
	set(&next.Type.UK, "type")
	set(&next.Address.UK, "address")
	set(&next.District, "district")
	set(&next.Group, "group")
	if v := cell("kind"); v != "" {
		next.Kind = Kind(v)
	}
	if source != "" {
		next.Source = source
	}
	switch name := cell("name"); {
	case name == "" && have == nil:
		bad("name", "institution.name", nil)
	case name != "" && have == nil:
		next.Names[0].Name = i18n.Text{UK: name}
	case name != "" && name != next.Name().UK:
		next.Names = append(next.Names, Name{Name: i18n.Text{UK: name}, From: s.today()})
	}
	frame := Frame{Year: year, Count: map[Role]int{}, Source: source}
	if old, ok := next.FrameOf(year); ok {
		for role, n := range old.Count {
			frame.Count[role] = n
		}
	}
	counted := false
	for _, role := range Roles() {
		v := cell("count_" + string(role))
		if v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > maxCount {
			bad("count_"+string(role), "institution.count", map[string]any{"N": maxCount})
			continue
		}
		if year == 0 {
			bad("count_"+string(role), "institution.import_year", nil)
			continue
		}
		frame.Count[role], counted = n, true
	}
	if counted {
		next.setFrame(frame)
	}
	if err := next.Check(s.o.Districts); err != nil {
		for _, f := range fault.As(err).Fields {
			column := strings.TrimSuffix(f.Pointer, "_uk")
			if !slices.ContainsFunc(faults, func(have Fault) bool { return have.Column == column }) {
				bad(column, f.Key, f.Args)
			}
		}
	}
	return next, have, faults
}

func same(a, b *Institution) bool {
	return a.Code == b.Code && a.Kind == b.Kind && a.Type == b.Type && a.Address == b.Address && a.District == b.District && a.Group == b.Group &&
		slices.Equal(a.Names, b.Names) && slices.EqualFunc(a.Frames, b.Frames, func(x, y Frame) bool {
		if x.Year != y.Year || x.Carried != y.Carried || len(x.Count) != len(y.Count) {
			return false
		}
		for role, n := range x.Count {
			if y.Count[role] != n {
				return false
			}
		}
		return true
	})
}

// Apply does what a plan says; rows with faults are left out. Errors: Conflict when the
// register changed since the plan was made (plan again), Forbidden. A crash half-way
// leaves the first rows done: planning the same file again shows them as the same.
func (s *Service) Apply(ctx context.Context, a *person.Actor, p *Plan) (done int, err error) {
	defer fault.Wrap(&err, "institution.Apply")
	if err := may(a); err != nil {
		return 0, err
	}
	if s.Version() != p.version {
		return 0, fault.New(fault.Conflict, "institution.changed_meanwhile")
	}
	for _, r := range p.Rows {
		switch r.Fate {
		case FateAdd:
			if _, err := s.Add(ctx, a, r.next); err != nil {
				return done, err
			}
		case FateChange:
			next := r.next
			if _, err := s.change(ctx, a, "import", r.ID, next.Rev, func(i *Institution) error {
				doc, made := i.Doc, i.Made
				*i = next
				i.Doc, i.Made = doc, made
				return nil
			}); err != nil {
				return done, err
			}
		default:
			continue
		}
		done++
	}
	return done, nil
}

// Guess maps the heads of a file to columns by the words people use; what it does not
// know it leaves out.
func Guess(heads []string) map[string]string {
	known := map[string][]string{
		"code": {"код", "едебо", "єдебо", "code", "edebo", "id"}, "name": {"назва", "заклад", "name", "найменування"},
		"kind": {"вид", "kind"}, "type": {"тип", "type", "категорія"}, "address": {"адреса", "address"}, "district": {"район", "district"},
		"group": {"група", "group"}, "count_administration": {"керів", "адміністра", "head"}, "count_teacher": {"вчител", "учител", "педагог", "викладач", "teacher"},
		"count_educator": {"виховател", "educator"}, "count_graduate": {"випускник", "graduate"}, "count_employee": {"працівник", "employee"}, "count_official": {"посадов", "official"},
	}
	mapping, taken := map[string]string{}, map[string]bool{}
	columns := Columns()
	slices.SortStableFunc(columns, func(a, b string) int { return -cmp.Compare(len(a), len(b)) })
	for _, column := range columns {
		for _, head := range heads {
			low := strings.ToLower(head)
			if !taken[head] && slices.ContainsFunc(known[column], func(w string) bool { return strings.Contains(low, w) }) {
				mapping[column], taken[head] = head, true
				break
			}
		}
	}
	return mapping
}
