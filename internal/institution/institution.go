package institution

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Kind is what sort of body an institution is.
type Kind string

// The kinds.
const (
	School       Kind = "school"       // general secondary
	Preschool    Kind = "preschool"    // kindergarten
	Vocational   Kind = "vocational"   // vocational or professional college
	Higher       Kind = "higher"       // university, academy
	Enterprise   Kind = "enterprise"   // of any ownership
	Department   Kind = "department"   // of the council
	Organisation Kind = "organisation" // of the community
)

// Kinds lists the kinds in the order of pages.
func Kinds() []Kind {
	return []Kind{School, Preschool, Vocational, Higher, Enterprise, Department, Organisation}
}

// Role is as what somebody answers.
type Role string

// The roles.
const (
	Administration Role = "administration" // head and deputies
	Teacher        Role = "teacher"
	Educator       Role = "educator" // kindergarten teacher
	Graduate       Role = "graduate"
	Employee       Role = "employee"
	Official       Role = "official"
)

// Roles lists the roles in the order of pages.
func Roles() []Role { return []Role{Administration, Teacher, Educator, Graduate, Employee, Official} }

// RolesOf lists the roles that a kind of institution has.
func RolesOf(k Kind) []Role {
	switch k {
	case School, Vocational, Higher:
		return []Role{Administration, Teacher, Graduate}
	case Preschool:
		return []Role{Administration, Educator}
	case Department:
		return []Role{Official}
	}
	return []Role{Employee}
}

// State is whether an institution works.
type State string

// The states.
const (
	Working State = "working"
	Paused  State = "paused" // does not work for now
	Merged  State = "merged" // lives on in another one
	Closed  State = "closed"
)

// Name is what an institution is called from a day on.
type Name struct {
	Name i18n.Text `json:"name"`
	From string    `json:"from,omitempty"` // day, 2026-09-01; empty in the first: from ever
	Why  string    `json:"why,omitempty"`  // the decision that renamed it
}

// Merger is a stretch of days in which an institution lived on in another one.
type Merger struct {
	Into string `json:"into"`
	From string `json:"from"`
	To   string `json:"to,omitempty"` // day on which it was split off again; empty: to this day
	// Parted is what the split did to the numbers of people, so that it can be taken back.
	Parted *Parted `json:"parted,omitempty"`
}

// Parted is how the people of a school year were shared out when an institution was split
// off: the numbers that both had before and have since. A frame of no year was none.
type Parted struct {
	Own   [2]Frame `json:"own"`   // of the institution that was split off: before, after
	Other [2]Frame `json:"other"` // of the one it lived on in
}

// Frame is how many people of each role an institution has in a school year.
type Frame struct {
	Year   int          `json:"year"` // in which the school year begins: 2026 is 2026/27
	Count  map[Role]int `json:"count"`
	Source string       `json:"source,omitempty"` // where the numbers come from
	// Carried says that the numbers are last year's until somebody looks at them.
	Carried bool `json:"carried,omitempty"`
}

// Institution is one body.
type Institution struct {
	store.Doc
	Code     string    `json:"code,omitempty"` // of the register it comes from: the number in ЄДЕБО, or the city's own
	Kind     Kind      `json:"kind"`
	Names    []Name    `json:"names"` // by From
	Type     i18n.Text `json:"type,omitzero"`
	Address  i18n.Text `json:"address,omitzero"`
	District string    `json:"district,omitempty"`
	Point    *Point    `json:"point,omitempty"` // nil: nobody has said where it stands
	// Group is the reporting group with which it is shown where it is too small alone.
	// It is settled before a round, never by results; empty: its kind in its district.
	Group    string     `json:"group,omitempty"`
	State    State      `json:"state"`
	Into     string     `json:"into,omitempty"`  // the institution it was merged into
	Since    string     `json:"since,omitempty"` // day from which State holds
	Mergers  []Merger   `json:"mergers,omitempty"`
	Frames   []Frame    `json:"frames,omitempty"`
	Source   string     `json:"source,omitempty"` // where name and address come from
	Verified string     `json:"verified,omitempty"`
	Gone     bool       `json:"gone,omitempty"` // taken out again: entered by mistake
	Changed  int64      `json:"changed"`
	Made     store.Time `json:"made"`
}

const indexChanged = "changed"

// Spec declares the collection.
var Spec = store.Spec{Name: "institutions", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{Spec, importSpec, importRowSpec} }

func mirrored(i *Institution) mirror.Doc {
	return mirror.Doc{ID: i.ID, Changed: i.Changed, Gone: i.Gone}
}

// NameOn is the name on a day ("2026-11-21").
func (i *Institution) NameOn(day string) i18n.Text {
	name := i.Names[0].Name
	for _, n := range i.Names[1:] {
		if n.From <= day {
			name = n.Name
		}
	}
	return name
}

// Name is the last name.
func (i *Institution) Name() i18n.Text { return i.Names[len(i.Names)-1].Name }

// FrameOf returns the frame of a school year.
func (i *Institution) FrameOf(year int) (Frame, bool) {
	for _, f := range i.Frames {
		if f.Year == year {
			return f, true
		}
	}
	return Frame{}, false
}

// Reporting is the nearest group an institution is joined in.
func (i *Institution) Reporting() string {
	if i.Group != "" {
		return i.Group
	}
	return string(i.Kind) + "/" + i.District
}

// Path are the groups for joining, from the nearest to the widest (disclosure.Unit).
func (i *Institution) Path() []string {
	return []string{i.Reporting(), string(i.Kind) + "/" + i.District, string(i.Kind), "city"}
}

// Bounds.
const (
	maxName   = 250
	maxText   = 300
	maxFrames = 30
	maxCount  = 100_000
	maxNames  = 40
)

var (
	codeForm  = regexp.MustCompile(`^[0-9A-Za-zА-ЯІЇЄҐа-яіїєґ._/-]{1,40}$`)
	groupForm = regexp.MustCompile(`^[a-z0-9][a-z0-9/-]{0,79}$`)
)

// Check names everything that is wrong. The pointers are the names of the form's fields.
func (i *Institution) Check(districts []string) error {
	var faults []fault.Field
	add := func(pointer, key string, args map[string]any) {
		faults = append(faults, fault.Field{Pointer: pointer, Key: key, Args: args})
	}
	if len(i.Names) == 0 || strings.TrimSpace(i.Names[0].Name.UK) == "" {
		add("name_uk", "institution.name", nil)
	}
	if len(i.Names) > maxNames {
		add("name_uk", "institution.names", map[string]any{"N": maxNames})
	}
	for n, one := range i.Names {
		for suffix, text := range map[string]string{"_uk": one.Name.UK, "_en": one.Name.EN} {
			if utf8.RuneCountInString(text) > maxName {
				add("name"+suffix, "institution.long", map[string]any{"N": maxName})
			}
		}
		switch {
		case n == 0:
		case one.From != "" && !isDay(one.From):
			add("from", "institution.day", nil)
		case one.From <= i.Names[n-1].From:
			add("from", "institution.name_from", nil)
		}
	}
	for pointer, text := range map[string]string{"address_uk": i.Address.UK, "address_en": i.Address.EN, "source": i.Source, "type_uk": i.Type.UK} {
		if utf8.RuneCountInString(text) > maxText {
			add(pointer, "institution.long", map[string]any{"N": maxText})
		}
	}
	if !slices.Contains(Kinds(), i.Kind) {
		add("kind", "institution.kind", nil)
	}
	if i.Code != "" && !codeForm.MatchString(i.Code) {
		add("code", "institution.code", nil)
	}
	if i.District != "" && !slices.Contains(districts, i.District) {
		add("district", "institution.district", nil)
	}
	if i.Group != "" && !groupForm.MatchString(i.Group) {
		add("group", "institution.group", nil)
	}
	if !slices.Contains([]State{Working, Paused, Merged, Closed}, i.State) {
		add("state", "institution.state", nil)
	}
	if (i.State == Merged) != (i.Into != "") || i.Into == i.ID && i.ID != "" {
		add("into", "institution.into", nil)
	}
	if i.Since != "" && !isDay(i.Since) {
		add("since", "institution.day", nil)
	}
	if len(i.Frames) > maxFrames {
		add("year", "institution.frames", map[string]any{"N": maxFrames})
	}
	for _, f := range i.Frames {
		if f.Year < 2000 || f.Year > 2100 {
			add("year", "institution.year", nil)
		}
		for role, n := range f.Count {
			if !slices.Contains(RolesOf(i.Kind), role) {
				add("count_"+string(role), "institution.role", nil)
			} else if n < 0 || n > maxCount {
				add("count_"+string(role), "institution.count", map[string]any{"N": maxCount})
			}
		}
	}
	if len(faults) == 0 {
		return nil
	}
	slices.SortFunc(faults, func(a, b fault.Field) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Key, b.Key))
	})
	return fault.InvalidFields(faults...)
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// YearOf is the school year of a moment in Kyiv: it begins in September.
func YearOf(at time.Time) int {
	at = at.In(i18n.Kyiv)
	if at.Month() < time.September {
		return at.Year() - 1
	}
	return at.Year()
}

// YearName writes a school year as people do.
func YearName(year int) string { return fmt.Sprintf("%d/%02d", year, (year+1)%100) }
