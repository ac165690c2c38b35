package lab

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// Purpose is what a room is for.
type Purpose string

// The purposes.
const (
	Informatics Purpose = "informatics"
	Science     Purpose = "science" // natural sciences with sensors and models
	Robotics    Purpose = "robotics"
	Media       Purpose = "media" // sound, film, drawing
	Language    Purpose = "language"
	Library     Purpose = "library" // reading room with computers
	Trade       Purpose = "trade"   // of a profession that is taught
	Mobile      Purpose = "mobile"  // a set that is carried from room to room
	Else        Purpose = "else"
)

// Purposes lists them in the order of pages.
func Purposes() []Purpose {
	return []Purpose{Informatics, Science, Robotics, Media, Language, Library, Trade, Mobile, Else}
}

// Kind is what sort of equipment a line holds.
type Kind string

// The kinds.
const (
	Desktop    Kind = "desktop"
	Laptop     Kind = "laptop"
	Tablet     Kind = "tablet"
	Screen     Kind = "screen" // board, panel, projector
	Printer    Kind = "printer"
	Printer3D  Kind = "printer3d"
	Robots     Kind = "robots" // sets for robotics and electronics
	Sensors    Kind = "sensors"
	Camera     Kind = "camera" // camera, microphone, light
	Network    Kind = "network"
	Headphones Kind = "headphones"
	Assistive  Kind = "assistive" // for people with special needs
	Other      Kind = "other"
)

// Kinds lists them in the order of pages.
func Kinds() []Kind {
	return []Kind{Desktop, Laptop, Tablet, Screen, Printer, Printer3D, Robots, Sensors, Camera, Network, Headphones, Assistive, Other}
}

// Computer tells whether people learn on it: only these count as devices.
func (k Kind) Computer() bool { return k == Desktop || k == Laptop || k == Tablet }

// Condition is the state of equipment.
type Condition string

// The conditions.
const (
	Works  Condition = "works"
	Repair Condition = "repair"
	Scrap  Condition = "scrap"
)

// Conditions lists them in the order of pages.
func Conditions() []Condition { return []Condition{Works, Repair, Scrap} }

// State is the state of a room.
type State string

// The states.
const (
	Good    State = "good"
	Mending State = "mending" // needs repair
	Shut    State = "shut"    // not in use
)

// States lists them in the order of pages.
func States() []State { return []State{Good, Mending, Shut} }

// Line is equipment of one kind, year and condition.
type Line struct {
	ID        string    `json:"id"`
	Kind      Kind      `json:"kind"`
	Count     int       `json:"count"`
	Year      int       `json:"year,omitempty"` // in which it was made or bought; 0: not known
	Condition Condition `json:"condition"`
	Inventory string    `json:"inventory,omitempty"`
	Note      string    `json:"note,omitempty"`
	Gone      bool      `json:"gone,omitempty"` // taken out, can be put back
}

// Program is software with its licence.
type Program struct {
	Name  string `json:"name"`
	Until string `json:"until,omitempty"` // last day of the licence; empty: without end
}

// Hours are hours of use in a usual week.
type Hours struct {
	Lessons   int `json:"lessons,omitempty"`
	Clubs     int `json:"clubs,omitempty"`
	Community int `json:"community,omitempty"` // courses for residents
}

// Sum is the hours of a week.
func (h Hours) Sum() int { return h.Lessons + h.Clubs + h.Community }

// Lab is a room, or a set that is carried.
type Lab struct {
	store.Doc
	Institution string     `json:"institution"`
	Name        string     `json:"name"`
	Purpose     Purpose    `json:"purpose"`
	Seats       int        `json:"seats"`
	State       State      `json:"state"`
	Hours       Hours      `json:"hours,omitzero"`
	Responsible string     `json:"responsible,omitempty"` // a position, never a name
	Note        string     `json:"note,omitempty"`
	Lines       []Line     `json:"lines,omitempty"`
	Programs    []Program  `json:"programs,omitempty"`
	Checked     string     `json:"checked,omitempty"` // day of the last look at everything
	Gone        bool       `json:"gone,omitempty"`
	Changed     int64      `json:"changed"`
	Made        store.Time `json:"made"`
}

// Bounds of a room.
const (
	MaxLines    = 200
	MaxPrograms = 60
	maxCount    = 2000
	maxSeats    = 500
	weekHours   = 84 // 12 hours on each of 7 days
	maxName     = 120
	maxNote     = 600
	firstYear   = 1980
)

// OldAfter is after how many years a computer counts as old, as in the self-description.
const OldAfter = 6

// CheckEvery is how often a room is looked through.
const CheckEvery = 365 * 24 * time.Hour

// Shown lists the lines that are not taken out.
func (l *Lab) Shown() (list []Line) {
	for _, x := range l.Lines {
		if !x.Gone {
			list = append(list, x)
		}
	}
	return list
}

// Line finds a line, one that is taken out too.
func (l *Lab) Line(id string) (*Line, bool) {
	for i := range l.Lines {
		if l.Lines[i].ID == id {
			return &l.Lines[i], true
		}
	}
	return nil, false
}

// Devices counts the computers of a room.
type Devices struct{ All, Work, Repair, Scrap, Old int }

// Devices counts on a day; Old are those that work and are older than OldAfter years.
func (l *Lab) Devices(at time.Time) (d Devices) {
	year := at.In(i18n.Kyiv).Year()
	for _, x := range l.Lines {
		if x.Gone || !x.Kind.Computer() {
			continue
		}
		d.All += x.Count
		switch x.Condition {
		case Repair:
			d.Repair += x.Count
		case Scrap:
			d.Scrap += x.Count
		default:
			d.Work += x.Count
			if x.Year > 0 && year-x.Year > OldAfter {
				d.Old += x.Count
			}
		}
	}
	return d
}

// Broken tells whether something waits for repair or for being written off, the room included.
func (l *Lab) Broken() bool {
	return l.State != Good || slices.ContainsFunc(l.Lines, func(x Line) bool { return !x.Gone && x.Condition != Works })
}

// Due tells whether nobody has looked through the room for CheckEvery.
func (l *Lab) Due(at time.Time) bool {
	day, err := time.ParseInLocation(time.DateOnly, l.Checked, i18n.Kyiv)
	return err != nil || at.Sub(day) > CheckEvery
}

// Lapsed lists programs whose licence has ended by a day.
func (l *Lab) Lapsed(at time.Time) (list []Program) {
	today := at.In(i18n.Kyiv).Format(time.DateOnly)
	for _, p := range l.Programs {
		if p.Until != "" && p.Until < today {
			list = append(list, p)
		}
	}
	return list
}

// faults collects what is wrong under the names of the form's fields.
type faults []fault.Field

func (f *faults) add(name, key string, args map[string]any) {
	*f = append(*f, fault.Field{Pointer: name, Key: key, Args: args})
}

func (f *faults) text(name, s string, most int, needed bool) {
	switch {
	case s == "" && needed:
		f.add(name, "lab.required", nil)
	case !utf8.ValidString(s):
		f.add(name, "lab.text", nil)
	case utf8.RuneCountInString(s) > most:
		f.add(name, "lab.long", map[string]any{"N": most})
	}
}

func (f *faults) within(name string, n, low, high int) {
	if n < low || n > high {
		f.add(name, "lab.between", map[string]any{"Min": low, "Max": high})
	}
}

func (f *faults) day(name, s string) {
	if day, err := time.Parse(time.DateOnly, s); s != "" && (err != nil || day.Year() < firstYear || day.Year() > 2100) {
		f.add(name, "lab.day", nil)
	}
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return fault.InvalidFields(f...)
}

// Check names everything that is wrong with a room; the pointers are fields of its form.
func (l *Lab) Check() error {
	var f faults
	f.text("name", l.Name, maxName, true)
	if !slices.Contains(Purposes(), l.Purpose) {
		f.add("purpose", "lab.choose", nil)
	}
	if !slices.Contains(States(), l.State) {
		f.add("state", "lab.choose", nil)
	}
	f.within("seats", l.Seats, 0, maxSeats)
	f.within("lessons", l.Hours.Lessons, 0, weekHours)
	f.within("clubs", l.Hours.Clubs, 0, weekHours)
	f.within("community", l.Hours.Community, 0, weekHours)
	if len(f) == 0 && l.Hours.Sum() > weekHours {
		f.add("lessons", "lab.week", map[string]any{"N": weekHours})
	}
	f.text("responsible", l.Responsible, maxName, false)
	f.text("note", l.Note, maxNote, false)
	if len(l.Lines) > MaxLines {
		f.add("rows", "lab.many", map[string]any{"N": MaxLines})
	}
	if len(l.Programs) > MaxPrograms {
		f.add("programs", "lab.many", map[string]any{"N": MaxPrograms})
	}
	for _, p := range l.Programs {
		f.text("programs", p.Name, maxName, true)
		f.day("programs", p.Until)
	}
	return f.err()
}

// Check names what is wrong with a line of equipment in a year.
func (x *Line) Check(year int) error {
	var f faults
	if !slices.Contains(Kinds(), x.Kind) {
		f.add("kind", "lab.choose", nil)
	}
	if !slices.Contains(Conditions(), x.Condition) {
		f.add("condition", "lab.choose", nil)
	}
	f.within("count", x.Count, 1, maxCount)
	if x.Year != 0 {
		f.within("year", x.Year, firstYear, year)
	}
	f.text("inventory", x.Inventory, maxName, false)
	f.text("note", x.Note, maxNote, false)
	return f.err()
}

// ReadPrograms reads software as it is typed: a program on each line, and behind a
// semicolon the last day of its licence. Errors: Invalid naming the line.
func ReadPrograms(text string) (list []Program, err error) {
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		name, until, _ := strings.Cut(line, ";")
		p := Program{Name: strings.TrimSpace(name)}
		if until = strings.TrimSpace(until); until != "" {
			day, ok := readDay(until)
			if !ok {
				return nil, fault.InvalidFields(fault.Field{Pointer: "programs", Key: "lab.program_day", Args: map[string]any{"Line": n + 1}})
			}
			p.Until = day
		}
		if p.Name == "" {
			return nil, fault.InvalidFields(fault.Field{Pointer: "programs", Key: "lab.program_name", Args: map[string]any{"Line": n + 1}})
		}
		list = append(list, p)
	}
	return list, nil
}

// readDay reads a day as a date field or as people write it: 2027-08-31, 31.08.2027.
func readDay(s string) (string, bool) {
	for _, layout := range []string{time.DateOnly, "02.01.2006", "2.1.2006"} {
		if day, err := time.Parse(layout, s); err == nil {
			return day.Format(time.DateOnly), true
		}
	}
	return "", false
}

// WritePrograms is the reverse of ReadPrograms.
func WritePrograms(list []Program) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.Name)
		if p.Until != "" {
			b.WriteString("; " + p.Until)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// order puts rooms as people look for them.
func order(a, b *Lab) int {
	return cmp.Or(cmp.Compare(a.Institution, b.Institution), cmp.Compare(store.CollationKey(a.Name), store.CollationKey(b.Name)), cmp.Compare(a.ID, b.ID))
}
