package institution

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sheet"
)

// Columns are what a row of an imported table may hold. "point" is latitude and longitude
// in one cell. The frame's columns are "count_" and a role; they need a year.
func Columns() []string {
	list := []string{"code", "name", "name_en", "kind", "type", "address", "district", "lat", "lon", "point", "group"}
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
	Value  string // what stands there, cut
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

// Change is one thing that a row changes: a column, and what stood there before.
type Change struct {
	Column   string
	From, To string
}

// Planned is a row with what would become of it.
type Planned struct {
	Line    int
	Fate    Fate
	ID      string // of the institution it changes
	Name    string // as it will be called
	Changes []Change
	have    *Institution
	next    Institution
}

// Plan is an import that has not been done: nothing is written before Apply.
type Plan struct {
	Year   int // school year of the frame's columns; 0: none
	Source string
	Rows   []Planned
	Faults []Fault
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
const MaxRows = 10_000

// Plan reads rows and says what would become of each. An institution is found again by
// its code, else by its name of today and its district, or by the name alone where the row
// has no district. Two rows with one code, and a name that fits several institutions, are
// faults: nobody can tell which is right.
func (s *Service) Plan(rows []Row, year int, source string) (*Plan, error) {
	if len(rows) > MaxRows {
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "institution.import_rows", Args: map[string]any{"N": MaxRows}})
	}
	p := &Plan{Year: year, Source: source}
	names := map[string][]*Institution{}
	for _, i := range s.register().sorted {
		key := nameKey(i.Name().UK, i.District)
		names[key] = append(names[key], i)
		if i.District != "" { // for rows that name no district
			key = nameKey(i.Name().UK, "")
			names[key] = append(names[key], i)
		}
	}
	lines := map[string][]int{}
	for _, r := range rows {
		if code := strings.TrimSpace(r.Cells["code"]); code != "" {
			lines[code] = append(lines[code], r.Line)
		}
	}
	met := map[string]int{} // institution, or name and district of a new one, by the line that has it
	for _, r := range rows {
		next, have, faults := s.read(r, year, source, names)
		if code := strings.TrimSpace(r.Cells["code"]); len(lines[code]) > 1 {
			other := lines[code][0]
			if other == r.Line {
				other = lines[code][1]
			}
			faults = append(faults, Fault{Line: r.Line, Column: "code", Key: "institution.import_twice", Args: map[string]any{"Line": other}})
		} else if len(faults) == 0 {
			who := next.ID
			if who == "" {
				who = next.Code + "\n" + nameKey(next.Name().UK, next.District)
			}
			if other, twice := met[who]; twice {
				faults = append(faults, Fault{Line: r.Line, Column: "name", Key: "institution.import_same", Args: map[string]any{"Line": other}})
			}
			met[who] = r.Line
		}
		planned := Planned{Line: r.Line, Name: next.Name().UK, have: have, next: next}
		switch {
		case len(faults) > 0:
			planned.Fate = FateFault
		case have == nil:
			planned.Fate = FateAdd
		case same(have, &next):
			planned.Fate, planned.ID = FateSame, have.ID
		default:
			planned.Fate, planned.ID, planned.Changes = FateChange, have.ID, changes(have, &next)
		}
		for i := range faults {
			faults[i].Value = sheet.Cut(r.Cells[faults[i].Column], 60)
		}
		p.Rows, p.Faults = append(p.Rows, planned), append(p.Faults, faults...)
	}
	return p, nil
}

func nameKey(name, district string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), " ")) + "\n" + district
}

// read makes an institution of a row, from the one it names if there is one.
func (s *Service) read(r Row, year int, source string, names map[string][]*Institution) (next Institution, have *Institution, faults []Fault) {
	cell := func(name string) string { return strings.Join(strings.Fields(r.Cells[name]), " ") }
	bad := func(column, key string, args map[string]any) {
		faults = append(faults, Fault{Line: r.Line, Column: column, Key: key, Args: args})
	}
	district := s.districtOf(cell("district"))
	have, ok := s.ByCode(cell("code"))
	if !ok {
		alike := slices.DeleteFunc(slices.Clone(names[nameKey(cell("name"), district)]), func(i *Institution) bool {
			return i.Code != "" && cell("code") != "" // a namesake: codes decide
		})
		if len(alike) > 0 {
			have = alike[0]
		}
		if len(alike) > 1 {
			bad("name", "institution.import_several", map[string]any{"N": len(alike)})
		}
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
	if district != "" {
		next.District = district
	}
	set(&next.Group, "group")
	if v := cell("kind"); v != "" {
		next.Kind = KindOf(v)
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
	set(&next.Names[len(next.Names)-1].Name.EN, "name_en")
	column, lat, lon := "lat", cell("lat"), cell("lon")
	if lat == "" && lon == "" {
		column, lat = "point", cell("point")
	}
	if p, err := ReadPoint(lat, lon); err != nil {
		for _, f := range fault.As(err).Fields {
			if column == "lat" {
				column = f.Pointer
			}
			bad(column, f.Key, f.Args)
		}
	} else if p != nil {
		next.Point = p
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
		n, err := strconv.Atoi(strings.ReplaceAll(v, " ", ""))
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
	if err := s.check(&next); err != nil {
		for _, f := range fault.As(err).Fields {
			column := strings.TrimSuffix(f.Pointer, "_uk")
			if column == "lat" && cell("lat") == "" {
				column = "point"
			}
			if !slices.ContainsFunc(faults, func(have Fault) bool { return have.Column == column }) {
				bad(column, f.Key, f.Args)
			}
		}
	}
	return next, have, faults
}

func same(a, b *Institution) bool {
	return a.Code == b.Code && a.Kind == b.Kind && a.Type == b.Type && a.Address == b.Address && a.District == b.District && a.Point.is(b.Point) && a.Group == b.Group &&
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

// changes names what differs, by column.
func changes(a, b *Institution) (list []Change) {
	add := func(column, from, to string) {
		if from != to {
			list = append(list, Change{column, from, to})
		}
	}
	add("code", a.Code, b.Code)
	add("name", a.Name().UK, b.Name().UK)
	add("name_en", a.Name().EN, b.Name().EN)
	add("kind", string(a.Kind), string(b.Kind))
	add("type", a.Type.UK, b.Type.UK)
	add("address", a.Address.UK, b.Address.UK)
	add("district", a.District, b.District)
	add("point", a.Point.String(), b.Point.String())
	add("group", a.Group, b.Group)
	for _, f := range b.Frames {
		old, _ := a.FrameOf(f.Year)
		for _, role := range Roles() {
			text := func(count map[Role]int) string {
				if n, ok := count[role]; ok {
					return strconv.Itoa(n)
				}
				return ""
			}
			add("count_"+string(role), text(old.Count), text(f.Count))
		}
	}
	return list
}

// districtOf finds a district by its id or by what people call it; else the word itself,
// which no check lets through.
func (s *Service) districtOf(word string) string {
	fold := func(text string) string {
		text = strings.TrimSuffix(strings.TrimSuffix(sheet.Fold(text), "район"), "district")
		return strings.TrimSpace(strings.TrimSuffix(text, "р н"))
	}
	want := fold(word)
	for _, id := range s.o.Districts {
		if want != "" && (want == sheet.Fold(id) || slices.ContainsFunc(s.o.Words[id], func(w string) bool { return fold(w) == want })) {
			return id
		}
	}
	return word
}

// kindWords are parts of the words people write for a kind. The first that fits is taken:
// «дошкільний» stands before «школа».
var kindWords = []struct {
	kind  Kind
	words []string
}{
	{Preschool, []string{"дошкіл", "дитяч", "садок", "садоч", "ясла", "днз", "здо", "preschool", "kindergarten"}},
	{Higher, []string{"вищ", "університет", "академі", "зво", "higher", "university"}},
	{Vocational, []string{"профес", "коледж", "училищ", "технікум", "пту", "зпто", "vocational", "college"}},
	{School, []string{"середн", "школ", "ліцей", "гімназ", "зош", "нвк", "ззсо", "school"}},
	{Organisation, []string{"громадськ", "спілка", "organisation", "organization", "ngo"}},
	{Department, []string{"підрозділ", "управлін", "департамент", "відділ", "department"}},
	{Enterprise, []string{"підприєм", "тов", "фоп", "enterprise", "company"}},
}

// KindOf finds a kind by its id or by a word for it; else the word itself, which no check
// lets through.
func KindOf(word string) Kind {
	if slices.Contains(Kinds(), Kind(strings.ToLower(word))) {
		return Kind(strings.ToLower(word))
	}
	text := sheet.Fold(word)
	for _, k := range kindWords {
		if slices.ContainsFunc(k.words, func(w string) bool { return strings.Contains(text, w) }) {
			return k.kind
		}
	}
	return Kind(word)
}

// Guess maps the heads of a file to columns by the words people use, short ones only as
// whole words; what it does not know it leaves out.
func Guess(heads []string) map[string]string {
	known := map[string][]string{
		"code": {"код", "едебо", "єдебо", "code", "edebo", "id"}, "name": {"назва", "заклад", "name", "найменування"},
		"name_en": {"назва англ", "назва (англ", "англійська назва", "англомовна назва", "name_en", "name en", "english name", "name in english"},
		"lat":     {"широта", "lat", "latitude"}, "lon": {"довгота", "lon", "lng", "longitude"}, "point": {"координат", "coordinates", "геоточка"},
		"kind": {"вид", "kind"}, "type": {"тип", "type", "категорія"}, "address": {"адреса", "address"}, "district": {"район", "district"},
		"group": {"група", "group"}, "count_administration": {"керів", "адміністра", "head"}, "count_teacher": {"вчител", "учител", "педагог", "викладач", "teacher"},
		"count_educator": {"виховател", "educator"}, "count_graduate": {"випускник", "graduate"}, "count_employee": {"працівник", "employee"}, "count_official": {"посадов", "official"},
	}
	columns := Columns()
	slices.SortStableFunc(columns, func(a, b string) int { return -cmp.Compare(len(a), len(b)) })
	return sheet.Match(heads, columns, known)
}
