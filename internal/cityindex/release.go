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
	// Held is how many answers wait for an analyst, in whole tens; only in the
	// running figure. They are in no other number.
	Held    *int64   `json:"held,omitempty"`
	Alerts  []string `json:"alerts,omitempty"`
	Release *Release `json:"release"`
}

// Release is everything a release tells.
type Release struct {
	ID           string             `json:"id"`
	Format       int                `json:"format,omitempty"` // 2: with the mode effect, changes and drivers
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
	// ModeEffect compares the ways of answering; the index is not corrected by it.
	ModeEffect *ModeEffect `json:"mode_effect,omitempty"`
	// Sample are the figures of the people the city drew, where a wave has such.
	Sample *SampleFigures `json:"sample,omitempty"`
	// Linking carries the index to the reference form, where the wave used another.
	Linking *Linking `json:"linking,omitempty"`
	// Quality compares the index with that without doubtful rows; they count.
	Quality *Soundness `json:"quality,omitempty"`
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
	frame   *frame
	drivers *Drivers
	changes *Changes
}

// releaseFormat is the present form of a release.
const releaseFormat = 2

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
	b = &built{frame: f, counts: map[string]int64{"n": h.n, "n_weighted": h.weighted, "n_unweightable": h.unweightable, "n_tested": h.tested}}
	b.release = Release{
		Format: releaseFormat, Method: set.Method, BasicLevel: set.BasicLevel,
		N: h.n, Unweightable: h.unweightable, Weighted: h.weighted, Tested: h.tested,
		NEffective: h.neff, KishDeff: h.deff, Alerts: alertsOf(h.n, h.unweightable, h.deff),
		Index: h.index, AtLeastBasic: h.atLeastBasic, NoInternet: h.noInternet,
		Breakdowns: map[string][]Group{},
		Weighting: Weighting{
			Rung: f.scheme.Rung, Margins: m.ID, Variant: variant.ID, ReferenceDate: m.ReferenceDate, Population: variant.Total,
			Sentence: m.Sentence.UK, SentenceEN: m.Sentence.EN, Districts: "not weighted to district totals",
		},
		CheckedByOperator: []string{"at_least_basic", "no_internet", "levels", "breakdowns.district", "breakdowns.mode", "at_least_basic by sex and age", "assisted_share", "border_share", "sensitivity", "unheard", "mode_effect", "sample", "linking", "quality", "drivers", "changes: figures of earlier waves"},
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
	if b.release.ModeEffect, err = f.modeEffect(); err != nil {
		return nil, err
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
