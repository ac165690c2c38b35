package cityindex

import (
	"fmt"
	"math"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/weighting"
)

// Statuses of the open data.
const (
	StatusProvisional = "provisional" // the running figure
	StatusFinal       = "final"       // a release
)

// OpenIndex is the body of /open-data/index.json and, with Status final, of
// index.json in a release (CONTRACT §6).
type OpenIndex struct {
	Demo         bool      `json:"demo"`
	Status       string    `json:"status"`
	Method       string    `json:"method"`
	Wave         string    `json:"wave"`
	AsOf         time.Time `json:"as_of"`
	N            int64     `json:"n"`
	Unweightable int64     `json:"n_unweightable"`
	Weighted     int64     `json:"n_weighted"`
	NEffective   *float64  `json:"n_effective"`
	Weighting    string    `json:"weighting,omitempty"` // the rung of the ladder
	Index        Mean      `json:"index"`
	AtLeastBasic Share     `json:"at_least_basic"`
	NoInternet   Share     `json:"no_internet"`
	Alerts       []string  `json:"alerts,omitempty"`
	Release      *Release  `json:"release"`
}

// Release is everything a release tells.
type Release struct {
	ID           string             `json:"id"`
	Wave         string             `json:"wave"`
	Revision     int                `json:"revision"`
	AsOf         time.Time          `json:"as_of"`
	Method       string             `json:"method"`
	BasicLevel   string             `json:"basic_level"` // "at least basic" begins here
	N            int64              `json:"n"`
	Unweightable int64              `json:"n_unweightable"`
	Weighted     int64              `json:"n_weighted"`
	Tested       int64              `json:"n_tested"`
	NEffective   *float64           `json:"n_effective"`
	KishDeff     *float64           `json:"kish_deff"`
	Weighting    Weighting          `json:"weighting"`
	Index        Mean               `json:"index"`
	AtLeastBasic Share              `json:"at_least_basic"`
	NoInternet   Share              `json:"no_internet"`
	Levels       []LevelShare       `json:"levels"`
	Areas        []Group            `json:"areas"`
	Breakdowns   map[string][]Group `json:"breakdowns"`
	Assisted     *float64           `json:"assisted_share"` // by mentor, paper or phone; unweighted, whole percent
	Sensitivity  []Sensitivity      `json:"sensitivity"`
	// Unheard are the sex × age × district classes with fewer than ten answers.
	Unheard []Unheard `json:"unheard"`
	// CheckedByOperator names the figures that the download does not let
	// anyone recompute; `verify --data` does.
	CheckedByOperator []string `json:"checked_by_operator"`
	Alerts            []string `json:"alerts,omitempty"`
}

// Weighting says what the weights stand on.
type Weighting struct {
	Rung          string   `json:"rung"`
	Margins       string   `json:"margins"`
	Variant       string   `json:"variant"`
	ReferenceDate string   `json:"reference_date"`
	Population    int64    `json:"population"`
	Sentence      string   `json:"sentence"`
	SentenceEN    string   `json:"sentence_en"`
	AreaClasses   int      `json:"area_classes"`     // classes the areas are weighted with
	Districts     string   `json:"districts"`        // that districts are not weighted to district totals
	Passed        []string `json:"passed,omitempty"` // finer rungs that could not be used
	Border        *float64 `json:"border_share"`     // tested within one error of a level's border, whole percent
	Caveats       []string `json:"caveats,omitempty"`
	CaveatsEN     []string `json:"caveats_en,omitempty"`
}

// Sensitivity tells how far the figures move with another count of the population.
// Shifts are rounded: two figures of the same people under different weights
// must not add up to a way into the classes.
type Sensitivity struct {
	Variant      string   `json:"variant"`
	Kind         string   `json:"kind"`
	Index        *float64 `json:"index_shift"`          // points, two decimals
	AtLeastBasic *float64 `json:"at_least_basic_shift"` // share, three decimals
}

// Unheard is a class of people with fewer than ten answers; how many is not said.
type Unheard struct {
	Sex      string `json:"sex"`
	Age      string `json:"age"`
	District string `json:"district"`
}

// cellRow is a row of cells.csv: one class and one variable.
type cellRow struct {
	Table      string // index or areas
	Class      string
	Sex        string
	Ages       string
	Population int64
	N          int64
	Weight     float64
	Variable   string // score, ua1 … ua6
	Sums       weighting.Sums
}

// built is a release with what its files and the release rule need.
type built struct {
	release Release
	cells   []cellRow
	counts  map[string]int64 // every published number of people, by name
}

// notReleasable says why no release can be cut now. Kind Conflict; Key is the reason.
func notReleasable(key, format string, args ...any) error {
	return fault.Newf(fault.Conflict, key, format, args...)
}

// build makes a release out of the public sums of a wave. It refuses when fewer
// than 100 people are weighted or a class cannot be shown.
func build(l layout, w *Wave, m *Margins, variant *Variant, set Settings) (b *built, err error) {
	defer fault.Wrap(&err, "cityindex.build")
	h, f, err := headlineOf(l, w, m, variant)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, notReleasable("index.release_too_few", "%d weighted people, an empty class or too few tested", h.weighted)
	}
	if f.scheme.Raking {
		return nil, notReleasable("index.release_small_class", "a sex has under ten tested people")
	}
	if h.index.Value == nil {
		return nil, notReleasable("index.release_too_few", "no index")
	}
	b = &built{counts: map[string]int64{"n": h.n, "n_weighted": h.weighted, "n_unweightable": h.unweightable, "n_tested": h.tested}}
	b.release = Release{
		Method: set.Method, BasicLevel: set.BasicLevel,
		N: h.n, Unweightable: h.unweightable, Weighted: h.weighted, Tested: h.tested,
		NEffective: h.neff, KishDeff: h.deff, Alerts: alertsOf(h.n, h.unweightable, h.deff),
		Index: h.index, AtLeastBasic: h.atLeastBasic, NoInternet: h.noInternet,
		Breakdowns: map[string][]Group{},
		Weighting: Weighting{
			Rung: f.scheme.Rung, Margins: m.ID, Variant: variant.ID, ReferenceDate: m.ReferenceDate, Population: variant.Total,
			Sentence: m.Sentence.UK, SentenceEN: m.Sentence.EN, Districts: "not weighted to district totals",
		},
		CheckedByOperator: []string{"at_least_basic", "no_internet", "levels", "breakdowns.district", "breakdowns.mode", "at_least_basic by sex and age", "assisted_share", "border_share", "sensitivity", "unheard"},
	}
	for _, c := range m.Caveats {
		b.release.Weighting.Caveats = append(b.release.Weighting.Caveats, c.UK)
		b.release.Weighting.CaveatsEN = append(b.release.Weighting.CaveatsEN, c.EN)
	}
	for _, p := range f.scheme.Passed {
		b.release.Weighting.Passed = append(b.release.Weighting.Passed, p.Rung)
	}
	for _, part := range []func(*frame, *Margins, *Variant) error{b.addCells, b.addAreas, b.addLevels, b.addSexAge, b.addDomains, b.addSensitivity} {
		if err := part(f, m, variant); err != nil {
			return nil, err
		}
	}
	b.addUnheard(f)
	return b, nil
}

func roundTo(x, step float64) float64 { return math.Round(x/step) * step }

// rounded gives a share in whole percent, with its interval.
func (s Share) rounded() *Share {
	out := Share{Reason: s.Reason, ReasonCode: s.ReasonCode, Interval: s.Interval, N: s.N}
	for _, p := range []struct{ to, from **float64 }{{&out.Share, &s.Share}, {&out.SE, &s.SE}, {&out.Low, &s.Low}, {&out.High, &s.High}} {
		if *p.from != nil {
			*p.to = ptr(math.Round(**p.from*100) / 100)
		}
	}
	return &out
}

// addCells writes the classes of the index: every row has at least ten people
// and at least ten tested ones.
func (b *built) addCells(f *frame, _ *Margins, variant *Variant) error {
	sums, err := f.sums(f.field(bScore), nil)
	if err != nil {
		return err
	}
	for s := range sexes {
		for _, g := range f.groups[s] {
			c := f.scheme.Of[fineOf(s, g)[0]]
			row := cellRow{Table: "index", Class: sexIDs[s] + ":" + g.id(), Sex: sexIDs[s], Ages: g.id(), N: f.scheme.Cells[c].N, Weight: f.scheme.Cells[c].Weight, Variable: "score", Sums: sums[c]}
			for _, a := range g {
				row.Population += variant.target(s, a)
			}
			if row.N < weighting.MinClass || row.Sums.M < weighting.MinClass {
				return notReleasable("index.release_small_class", "class %s", row.Class)
			}
			b.cells = append(b.cells, row)
			b.counts["cells/"+row.Class+"/n"], b.counts["cells/"+row.Class+"/tested"] = row.N, row.Sums.M
		}
	}
	return nil
}

// protectLevels protects the table of levels. Where the headline is given it
// tells how many are under the basic level, so the other levels must protect
// each other: the sum of those is known as well as the sum of all.
func protectLevels(n []int64, headline bool) []string {
	if !headline {
		return protect(n)
	}
	return append(protect(n[:1]), protect(n[1:])...)
}

// addLevels gives the shares of the levels among those tested.
func (b *built) addLevels(f *frame, _ *Margins, _ *Variant) error {
	n := make([]int64, levels)
	for i := range n {
		n[i] = f.total(f.field(bLevels+i), nil)
	}
	why := protectLevels(n, b.release.AtLeastBasic.Share != nil)
	for i, id := range levelIDs {
		row := LevelShare{ID: id}
		switch why[i] {
		case "", ReasonNobody:
			e, err := f.share(f.field(bLevels+i), f.field(bScore+mN), nil)
			if err != nil {
				return err
			}
			row.Share = shareOf(e)
			row.N = ptr(n[i])
			b.counts["levels/"+id] = n[i]
		default:
			row.Share, row.Suppressed = noShare(why[i]), true
		}
		b.release.Levels = append(b.release.Levels, row)
	}
	border := float64(f.total(f.field(bBorder), nil)) / float64(max(1, b.release.Tested))
	b.release.Weighting.Border = ptr(roundTo(border, 0.01))
	return nil
}

// addSexAge gives the breakdowns that follow from the classes themselves. An
// age that was joined for one sex is joined for the figure of both.
func (b *built) addSexAge(f *frame, m *Margins, _ *Variant) error {
	row := func(name, id string, in func(int) bool) (Group, error) {
		mean, err := f.groupMean(f.field(bScore), in)
		b.counts[name+"/"+id] = f.total(f.field(bScore+mN), in)
		return Group{ID: id, Mean: mean}, err
	}
	ofSex := func(s int) func(int) bool { return func(c int) bool { return c/fineAges == s } }
	told := b.release.AtLeastBasic.Share != nil // the groups would add up to it
	both := told && f.split(ofSex(0)) && f.split(ofSex(1))
	for s := range sexes {
		g, err := row("sex", sexIDs[s], ofSex(s))
		if err != nil {
			return err
		}
		g.AtLeastBasic = ptr(noShare(ReasonSmall))
		if both {
			if g.AtLeastBasic, err = b.basicShare(f, "sex/"+g.ID, ofSex(s)); err != nil {
				return err
			}
		}
		b.release.Breakdowns["sex"] = append(b.release.Breakdowns["sex"], g)
	}
	own := common(f.groups[0], f.groups[1])
	wide, whole := f.basicAges(m, own)
	whole = whole && told
	for _, ages := range own {
		g, err := row("age", ages.id(), ofAges(ages))
		if err != nil {
			return err
		}
		g.AtLeastBasic = ptr(noShare(ReasonJoined))
		if whole && slices.ContainsFunc(wide, func(w ageGroup) bool { return slices.Equal(w, ages) }) {
			if g.AtLeastBasic, err = b.basicShare(f, "age/"+g.ID, ofAges(ages)); err != nil {
				return err
			}
		}
		if len(ages) > 1 {
			g.Includes = ages.names()
			for _, id := range g.Includes {
				if id != g.ID {
					b.release.Breakdowns["age"] = append(b.release.Breakdowns["age"], Group{ID: id, Mean: noMean(ReasonJoined), Suppressed: true})
				}
			}
		}
		b.release.Breakdowns["age"] = append(b.release.Breakdowns["age"], g)
	}
	if !whole {
		return nil
	}
	for _, ages := range wide {
		g, err := row("age", ages.id(), ofAges(ages))
		if err != nil {
			return err
		}
		if len(ages) > 1 {
			g.Includes = ages.names()
		}
		if g.AtLeastBasic, err = b.basicShare(f, "age/"+g.ID, ofAges(ages)); err != nil {
			return err
		}
		b.release.Breakdowns["age_basic"] = append(b.release.Breakdowns["age_basic"], g)
	}
	return nil
}

func ofAges(g ageGroup) func(class int) bool {
	return func(c int) bool { return slices.Contains(g, ageOfFine[c%fineAges]) }
}

func (g ageGroup) names() (out []string) {
	for _, a := range g {
		out = append(out, string(sitting.AgeGroups[a]))
	}
	return out
}

// split tells whether at least ten people of a group have reached the basic
// level and at least ten have not. A group that is all of one kind tells the
// result of each of its people.
func (f *frame) split(in func(int) bool) bool {
	reached := f.total(f.field(bReached), in)
	return reached >= weighting.MinClass && f.total(f.field(bN), in)-reached >= weighting.MinClass
}

// basicAges joins ages until every group is split. The groups cover all ages, so
// there is nothing left over that a total could give away.
func (f *frame) basicAges(m *Margins, own []ageGroup) (groups []ageGroup, ok bool) {
	return joinAges(m.Join, func(g ageGroup) bool {
		for _, o := range own {
			inside := 0
			for _, a := range o {
				if slices.Contains(g, a) {
					inside++
				}
			}
			if inside > 0 && inside < len(o) {
				return false
			}
		}
		return f.split(ofAges(g))
	})
}

// basicShare is the share at least basic of a group of which both kinds count ten.
func (b *built) basicShare(f *frame, name string, in func(int) bool) (*Share, error) {
	e, err := f.share(f.field(bReached), f.field(bN), in)
	if err != nil {
		return nil, err
	}
	b.counts[name+"/all"] = e.N
	s := shareOf(e)
	return s.rounded(), nil
}

// addDomains gives the breakdowns by district and mode. They are not weighted
// to totals of their own.
func (b *built) addDomains(f *frame, _ *Margins, _ *Variant) error {
	for _, d := range []struct {
		name string
		by   domain
	}{{"district", byDistrict}, {"mode", byMode}} {
		ids := f.l.domainIDs(d.by)
		n := make([]int64, len(ids))
		for i := range ids {
			n[i] = f.total(f.domainField(d.by, i, bScore+mN), nil)
		}
		for i, why := range protect(n) {
			row := Group{ID: ids[i]}
			switch why {
			case "":
				mean, err := f.groupMean(f.domainField(d.by, i, bScore), nil)
				if err != nil {
					return err
				}
				row.Mean = mean
				row.N = ptr(n[i])
				b.counts[d.name+"/"+ids[i]] = n[i]
			case ReasonNobody:
				row.Mean = noMean(why)
				row.N = ptr(int64(0))
				b.counts[d.name+"/"+ids[i]] = 0
			default:
				row.Mean, row.Suppressed = noMean(why), true
			}
			b.release.Breakdowns[d.name] = append(b.release.Breakdowns[d.name], row)
		}
	}
	var all, self int64
	for c := range classes {
		all += f.count(c, bN)
		self += f.v[f.l.domainBlock(c, byMode, 0)+bN]
	}
	b.release.Assisted = ptr(roundTo(float64(all-self)/float64(max(1, all)), 0.01))
	return nil
}

// addSensitivity weights the same people with every other count of the population.
func (b *built) addSensitivity(f *frame, m *Margins, variant *Variant) error {
	for i := range m.Variants {
		v := &m.Variants[i]
		if v.ID == variant.ID {
			continue
		}
		row := Sensitivity{Variant: v.ID, Kind: v.Kind}
		g, err := newFrame(f.l, f.v, m, v)
		if err != nil {
			return err
		}
		e, err := g.mean(g.field(bScore), nil)
		if err != nil {
			return err
		}
		row.Index = ptr(roundTo(e.Value-*b.release.Index.Value, 0.01))
		if b.release.AtLeastBasic.Share != nil {
			e, err := g.share(g.field(bReached), g.field(bN), nil)
			if err != nil {
				return err
			}
			row.AtLeastBasic = ptr(roundTo(e.Value-*b.release.AtLeastBasic.Share, 0.001))
		}
		b.release.Sensitivity = append(b.release.Sensitivity, row)
	}
	return nil
}

// addUnheard lists the classes of sex × age × district with fewer than ten answers.
func (b *built) addUnheard(f *frame) {
	for s := range sexes {
		for a := range ages {
			for d, id := range f.l.districts {
				var n int64
				for _, c := range fineOf(s, ageGroup{a}) {
					n += f.v[f.l.domainBlock(c, byDistrict, d)+bN]
				}
				if n < weighting.MinClass {
					b.release.Unheard = append(b.release.Unheard, Unheard{Sex: sexIDs[s], Age: string(sitting.AgeGroups[a]), District: id})
				}
			}
		}
	}
}

// moved compares two releases of a wave: every number of people that both
// publish must differ by 0 or at least ten. It names the first that does not.
func moved(old, now map[string]int64) error {
	var names []string
	for name := range now {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if before, both := old[name]; both && !movesSafely(before, now[name]) {
			return notReleasable("index.release_small_change", "%s moved by fewer than %d people", name, StepSize)
		}
	}
	return nil
}

func releaseID(wave string, revision int) string { return fmt.Sprintf("%s.%d", wave, revision) }
