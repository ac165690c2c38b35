package cityindex

import (
	"fmt"
	"slices"
	"time"

	"osvitlo/internal/yamldoc"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
)

// Margins are the population the index is weighted to, read from
// content/city/*.margins.yaml. They are immutable after ParseMargins.
type Margins struct {
	ID            string      `yaml:"id"`
	Title         i18n.Text   `yaml:"title"`
	ReferenceDate string      `yaml:"reference_date"` // day of the figures, 2022-01-01
	Publication   Publication `yaml:"publication"`
	Certainty     string      `yaml:"certainty"`
	Scope         i18n.Text   `yaml:"scope"`
	Sentence      i18n.Text   `yaml:"sentence"` // printed beside every weighted number
	Residents     i18n.Text   `yaml:"residents"`
	Caveats       []i18n.Text `yaml:"caveats"`
	Sexes         []Labelled  `yaml:"sexes"`
	Ages          []Labelled  `yaml:"ages"`
	Broad         []Labelled  `yaml:"broad"`
	Join          []JoinRule  `yaml:"join"`
	Default       string      `yaml:"default_variant"`
	Variants      []Variant   `yaml:"variants"`
	Districts     []Labelled  `yaml:"districts"`
}

// Publication is where the figures come from.
type Publication struct {
	Publisher i18n.Text `yaml:"publisher" json:"publisher"`
	Title     string    `yaml:"title" json:"title"`
	Table     string    `yaml:"table" json:"table"`
}

// Labelled is an id and its name.
type Labelled struct {
	ID    string    `yaml:"id" json:"id"`
	Title i18n.Text `yaml:"title" json:"title"`
}

// JoinRule says with which ages of the same sex a class under ten is joined, in
// order of preference.
type JoinRule struct {
	Age  string   `yaml:"age"`
	With []string `yaml:"with"`
}

// Variant is one count of the population.
type Variant struct {
	ID    string    `yaml:"id"`
	Kind  string    `yaml:"kind"` // official, assumption or bound
	Title i18n.Text `yaml:"title"`
	Note  i18n.Text `yaml:"note"`
	Added int64     `yaml:"added"`
	Total int64     `yaml:"total"`
	Cells []Target  `yaml:"cells"`
	Wide  []Target  `yaml:"broad"`
}

// Target is the number of people of a sex and age.
type Target struct {
	Sex string `yaml:"sex"`
	Age string `yaml:"age"`
	N   int64  `yaml:"n"`
}

// maxPopulation bounds a class of the population; it keeps all arithmetic exact.
const maxPopulation = 1_000_000_000

// ParseMargins reads and checks a margins file: every sex × age once, totals
// that add up, joins between known ages, and the default variant present.
func ParseMargins(src []byte) (m *Margins, err error) {
	defer fault.Wrap(&err, "cityindex.ParseMargins")
	m = &Margins{}
	if err := yamldoc.Loose(src, m); err != nil {
		return nil, fault.Newf(fault.Invalid, "", "margins: %w", err)
	}
	bad := func(format string, args ...any) error {
		return fault.Newf(fault.Invalid, "", "margins "+m.ID+": "+format, args...)
	}
	if m.Sentence.IsZero() || m.ReferenceDate == "" {
		return nil, bad("no sentence or no date: a weighted figure must say what it is weighted to")
	}
	if _, err := time.Parse(time.DateOnly, m.ReferenceDate); err != nil {
		return nil, bad("reference_date %q is no day with its year, such as 2022-01-01", m.ReferenceDate)
	}
	if len(m.Sexes) != sexes || len(m.Ages) != ages || len(m.Broad) != broads {
		return nil, bad("%d sexes, %d ages, %d broad ages instead of %d, %d, %d", len(m.Sexes), len(m.Ages), len(m.Broad), sexes, ages, broads)
	}
	for i, s := range m.Sexes {
		if s.ID != sexIDs[i] {
			return nil, bad("sex %q stands where %q is expected", s.ID, sexIDs[i])
		}
	}
	for i, a := range m.Ages {
		if a.ID != string(sitting.AgeGroups[i]) {
			return nil, bad("age %q stands where %q is expected", a.ID, sitting.AgeGroups[i])
		}
	}
	for i, b := range m.Broad {
		if b.ID != string(sitting.Broads[i]) {
			return nil, bad("broad age %q stands where %q is expected", b.ID, sitting.Broads[i])
		}
	}
	if len(m.Districts) > maxDists {
		return nil, bad("more than %d districts", maxDists)
	}
	for _, j := range m.Join {
		for _, a := range append([]string{j.Age}, j.With...) {
			if !slices.Contains(sitting.AgeGroups, sitting.AgeGroup(a)) {
				return nil, bad("join of unknown age %q", a)
			}
		}
	}
	for i := range m.Variants {
		if err := m.Variants[i].check(); err != nil {
			return nil, bad("%v", err)
		}
	}
	if m.Variant(m.Default) == nil {
		return nil, bad("no variant %q", m.Default)
	}
	return m, nil
}

func (v *Variant) check() error {
	cells, err := sum(v.Cells, ageNames())
	if err != nil {
		return fmt.Errorf("variant %s: %w", v.ID, err)
	}
	wide, err := sum(v.Wide, broadNames())
	if err != nil {
		return fmt.Errorf("variant %s, broad ages: %w", v.ID, err)
	}
	for s := range sexes {
		if cells[s] != wide[s] {
			return fmt.Errorf("variant %s, %s: ages sum to %d, broad ages to %d", v.ID, sexIDs[s], cells[s], wide[s])
		}
	}
	if total := cells[0] + cells[1]; total != v.Total {
		return fmt.Errorf("variant %s: classes sum to %d and not to %d", v.ID, total, v.Total)
	}
	return nil
}

// sum adds the targets of each sex and refuses gaps, repetitions and nonsense.
func sum(targets []Target, ids []string) (total [sexes]int64, err error) {
	seen := map[[2]int]bool{}
	for _, t := range targets {
		s, a := slices.Index(sexIDs[:], t.Sex), slices.Index(ids, t.Age)
		switch {
		case s < 0 || a < 0:
			return total, fmt.Errorf("%s %s is no known class", t.Sex, t.Age)
		case seen[[2]int{s, a}]:
			return total, fmt.Errorf("%s %s stands twice", t.Sex, t.Age)
		case t.N < 1:
			return total, fmt.Errorf("%s %s is an empty category: %d people; nobody can be weighted to it", t.Sex, t.Age, t.N)
		case t.N > maxPopulation:
			return total, fmt.Errorf("%s %s with %d people", t.Sex, t.Age, t.N)
		}
		seen[[2]int{s, a}] = true
		total[s] += t.N
	}
	for s := range sexes {
		for a, id := range ids {
			if !seen[[2]int{s, a}] {
				return total, fmt.Errorf("%s %s is missing", sexIDs[s], id)
			}
		}
	}
	return total, nil
}

func ageNames() []string {
	out := make([]string, ages)
	for i, a := range sitting.AgeGroups {
		out[i] = string(a)
	}
	return out
}

func broadNames() []string {
	out := make([]string, broads)
	for i, b := range sitting.Broads {
		out[i] = string(b)
	}
	return out
}

// Variant finds a variant by id; nil when there is none.
func (m *Margins) Variant(id string) *Variant {
	for i := range m.Variants {
		if m.Variants[i].ID == id {
			return &m.Variants[i]
		}
	}
	return nil
}

// DistrictIDs lists the districts in the order of the file.
func (m *Margins) DistrictIDs() []string {
	out := make([]string, len(m.Districts))
	for i, d := range m.Districts {
		out[i] = d.ID
	}
	return out
}

// target gives the people of a sex and one of the seven ages.
func (v *Variant) target(s, a int) int64 {
	for _, t := range v.Cells {
		if t.Sex == sexIDs[s] && t.Age == string(sitting.AgeGroups[a]) {
			return t.N
		}
	}
	return 0
}

// wide gives the people of a sex and a broad age.
func (v *Variant) wide(s, b int) int64 {
	for _, t := range v.Wide {
		if t.Sex == sexIDs[s] && t.Age == string(sitting.Broads[b]) {
			return t.N
		}
	}
	return 0
}
