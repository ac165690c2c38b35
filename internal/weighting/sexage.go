package weighting

import "fmt"

// AgeBand is the finest age a row is counted in, and where it belongs: one of
// the seven groups of the questionnaire and one of the three broad ones. Broad
// is empty for a band that lies across two (30-39 without the exact age).
type AgeBand struct {
	ID    string
	Seven string
	Broad string
}

// SexAge is the data of the ladder of CONTRACT §5: official totals by sex and
// age, and the map of joins. Its version is the caller's.
type SexAge struct {
	Sexes  []string
	Bands  []AgeBand                     // in order of age
	People map[string]map[string]float64 // sex → age of the seven → people
	Broad  map[string]float64            // broad age → people of all sexes
	// Join names the neighbouring age of the seven with which an age with
	// under MinClass rows of one sex (or of both, in raking) is joined. An age
	// without an entry is not joined.
	Join map[string]string
}

// Class is the index of the finest class of a sex and a band in the ladder.
func (d SexAge) Class(sex, band string) (int, bool) {
	for i, s := range d.Sexes {
		for j, b := range d.Bands {
			if s == sex && b.ID == band {
				return i*len(d.Bands) + j, true
			}
		}
	}
	return 0, false
}

// Ladder builds the three rungs: post-stratify sex × seven ages, rake sex and
// seven ages, rake sex and three ages; both rakings with the default cap.
// Unknown ages, missing totals and totals that differ are errors here, not at
// the first estimate.
func (d SexAge) Ladder() (Ladder, error) {
	l := Ladder{MinRows: MinWeighted}
	sex := LadderMargin{Margin: Margin{Name: "sex"}, MinRows: MinClass}
	cross := LadderMargin{Margin: Margin{Name: "sex and age"}, MinRows: MinClass}
	seven := LadderMargin{Margin: Margin{Name: "age"}, MinRows: MinClass}
	broad := LadderMargin{Margin: Margin{Name: "broad age"}, MinRows: 1}
	ages, broads := map[string]int{}, map[string]int{}
	for _, b := range d.Bands {
		if _, known := ages[b.Seven]; !known {
			if b.Seven == "" {
				return Ladder{}, fmt.Errorf("%w: age band %q has no group", ErrInput, b.ID)
			}
			ages[b.Seven] = len(seven.Categories)
			seven.Categories = append(seven.Categories, Category{ID: b.Seven})
		}
		if _, known := broads[b.Broad]; !known && b.Broad != "" {
			broads[b.Broad] = len(broad.Categories)
			people, known := d.Broad[b.Broad]
			if !known {
				return Ladder{}, fmt.Errorf("%w: no total of age %q", ErrInput, b.Broad)
			}
			broad.Categories = append(broad.Categories, Category{ID: b.Broad, Target: people})
		}
	}
	for from, to := range d.Join {
		_, ok1 := ages[from]
		_, ok2 := ages[to]
		if !ok1 || !ok2 || from == to {
			return Ladder{}, fmt.Errorf("%w: join of age %q with %q", ErrInput, from, to)
		}
	}
	if len(d.Broad) != len(broads) {
		return Ladder{}, fmt.Errorf("%w: %d totals for %d broad ages", ErrInput, len(d.Broad), len(broads))
	}
	k := len(seven.Categories)
	for i, s := range d.Sexes {
		if len(d.People[s]) != k {
			return Ladder{}, fmt.Errorf("%w: sex %q has %d totals of %d ages", ErrInput, s, len(d.People[s]), k)
		}
		sex.Categories = append(sex.Categories, Category{ID: s})
		for j := range k {
			age := seven.Categories[j].ID
			people, known := d.People[s][age]
			if !known {
				return Ladder{}, fmt.Errorf("%w: no total of %s %s", ErrInput, s, age)
			}
			cross.Categories = append(cross.Categories, Category{ID: s + ":" + age, Target: people})
			sex.Categories[i].Target += people
			seven.Categories[j].Target += people
			to, joins := d.Join[age]
			if !joins {
				cross.Join = append(cross.Join, -1)
				continue
			}
			cross.Join = append(cross.Join, i*k+ages[to])
		}
		for _, b := range d.Bands {
			l.Classes = append(l.Classes, s+":"+b.ID)
			sex.Of = append(sex.Of, i)
			cross.Of = append(cross.Of, i*k+ages[b.Seven])
			seven.Of = append(seven.Of, ages[b.Seven])
			at, known := broads[b.Broad]
			if !known {
				at = -1
			}
			broad.Of = append(broad.Of, at)
		}
	}
	if len(l.Classes) == 0 || len(broad.Categories) == 0 {
		return Ladder{}, fmt.Errorf("%w: no sexes or ages", ErrInput)
	}
	seven.Join = make([]int, k)
	for j := range k {
		seven.Join[j] = -1
		if to, joins := d.Join[seven.Categories[j].ID]; joins {
			seven.Join[j] = ages[to]
		}
	}
	coarse := sex
	coarse.MinRows = 1
	l.Rungs = []Rung{
		{Name: RungPostStratify, Margins: []LadderMargin{cross}},
		{Name: RungRakeSeven, Margins: []LadderMargin{sex, seven}, Trim: &TrimOptions{}},
		{Name: RungRakeThree, Margins: []LadderMargin{coarse, broad}, Trim: &TrimOptions{}},
	}
	for _, r := range l.Rungs {
		ms := make([]Margin, len(r.Margins))
		for i, m := range r.Margins {
			ms[i] = m.Margin
		}
		if err := totalsAgree(ms); err != nil {
			return Ladder{}, fmt.Errorf("rung %s: %w", r.Name, err)
		}
	}
	return l, nil
}

// totalsAgree refuses margins whose totals differ by more than rounding.
func totalsAgree(margins []Margin) error {
	var first float64
	for k, m := range margins {
		var total float64
		for _, c := range m.Categories {
			if !(c.Target >= 0) {
				return fmt.Errorf("%w: %s %q has target %v", ErrInput, m.Name, c.ID, c.Target)
			}
			total += c.Target
		}
		if k == 0 {
			first = total
		}
		if !(total > 0) {
			return fmt.Errorf("%w: %s has no people", ErrInput, m.Name)
		}
		if d := (total - first) / first; d > totalsTolerance || d < -totalsTolerance {
			return fmt.Errorf("%w: %s %g, %s %g", ErrTotalsDiffer, margins[0].Name, first, m.Name, total)
		}
	}
	return nil
}
