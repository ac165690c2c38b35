package cityindex

import (
	"time"

	"osvitlo/internal/i18n"
)

// View is all that the index page shows, as plain data in both languages. It
// belongs to one Snapshot and is never changed.
type View struct {
	Demo bool
	City i18n.Text
	// Live is the running figure of the current wave; Official the latest
	// release that stands, of the same or an earlier wave, nil when there is none.
	Live     LiveView
	Official *OfficialView
	// Headline is what the top of the page shows: the release when it is of the
	// current wave, the running figure otherwise.
	Headline Headline
	Hundred  *Hundred // nil without a headline share

	Series []SeriesPoint // one per wave, oldest first
	Change *ChangeView   // last wave against the one before; nil for one wave or over a break

	// Drivers and Changes belong to Official; nil for a release that has none.
	Drivers    *Drivers
	Changes    *Changes
	WaveTitles map[string]i18n.Text

	Benchmarks []Benchmark
	Target     *Target2030
	Measure    i18n.Text // why benchmarks cannot be compared directly

	Method     MethodView
	Releases   []ReleaseInfo // newest first, withdrawn ones marked
	UpdatedAt  time.Time     // of the live step; zero when nothing is public
	StepSize   int           // people by which public figures move
	Districts  []Labelled
	AgeTitles  map[string]i18n.Text
	SexTitles  map[string]i18n.Text
	Alerts     []string // of the headline: the Alert constants
	AlertBlank bool     // over 5 % of the rows have no sex or age (CONTRACT §5)
}

// Headline are the three figures side by side (USERS 2).
type Headline struct {
	Official     bool // from a release; otherwise provisional
	Release      string
	Wave         string
	WaveTitle    i18n.Text
	AsOf         time.Time
	N            int64
	AtLeastBasic Share // the headline
	NoInternet   Share
	Index        Mean
}

// LiveView is the running figure.
type LiveView struct {
	Wave      string
	WaveTitle i18n.Text
	Open      bool // the wave takes sittings now
	Opens     time.Time
	Closes    time.Time
	Step      int64
	OpenIndex // figures, rounded
}

// OfficialView is a release with what the page says about it.
type OfficialView struct {
	Info ReleaseInfo
	Release
	WaveTitle i18n.Text
	Best      string // id of the area with the highest mean, "" when areas are held back
	Hardest   string
	// AssistedFew: under 10 % of the answers came by mentor, paper or phone, so
	// older people and those offline are under-represented (USERS 2).
	AssistedFew bool
}

// Hundred is «якби в місті жило 100 людей»: whole people that sum to 100.
type Hundred struct {
	Basic   int // surely at least basic: the lower end of the interval
	Maybe   int // between the ends of the interval
	Below   int // use the internet, not basic yet
	Offline int // do not use the internet
}

// SeriesPoint is one wave of the series.
type SeriesPoint struct {
	Wave         string
	Title        i18n.Text
	Release      string
	AsOf         time.Time
	AtLeastBasic Share
	Index        Mean
	N            int64
	// Break: the method or the rule of "basic" changed before this point; it
	// is not compared with the points before.
	Break  bool
	Breaks []string // what changed before this point: the Break constants
}

// ChangeView is the difference between two waves (METHOD §6), in points of 100.
type ChangeView struct {
	From, To     string // waves
	FromTitle    i18n.Text
	ToTitle      i18n.Text
	AtLeastBasic *Difference
	Index        *Difference
}

// Difference is a change with its interval; Detectable by the rule of METHOD §6.
type Difference struct {
	Delta, SE, Low, High float64
	Detectable           bool
}

// MethodView is how it is counted.
type MethodView struct {
	Version       string
	BasicLevel    string
	BasicRule     int
	Rung          string // of the headline's weighting
	Sentence      i18n.Text
	Residents     i18n.Text
	Scope         i18n.Text
	Caveats       []i18n.Text
	ReferenceDate string
	Publication   Publication
	Variants      []VariantView
	Fingerprint   string // of the release key
}

// VariantView names another count of the population, for the sensitivity table.
type VariantView struct {
	ID    string
	Kind  string
	Title i18n.Text
	Note  i18n.Text
}

// assistedFew is the share of assisted answers under which the page warns.
const assistedFew = 0.10

// titles makes a look-up of names.
func titles(list []Labelled) map[string]i18n.Text {
	out := map[string]i18n.Text{}
	for _, x := range list {
		out[x.ID] = x.Title
	}
	return out
}

// standing picks the latest release that is not withdrawn, of a wave or ("") of any.
func standing(list []*releaseDoc, wave string) (out *releaseDoc) {
	for _, d := range list {
		if d.Withdrawn != nil || wave != "" && d.Wave != wave {
			continue
		}
		if out == nil || d.Body.AsOf.After(out.Body.AsOf) || d.Wave == out.Wave && d.Revision > out.Revision {
			out = d
		}
	}
	return out
}

// hundredOf turns shares into whole people. The headline's interval says how
// many are sure and how many may be; the rest is split by the share without
// internet, and rounding falls on those in between.
func hundredOf(basic, offline Share) *Hundred {
	if basic.Share == nil || offline.Share == nil {
		return nil
	}
	whole := func(x float64) int { return int(roundTo(100*x, 1)) }
	h := &Hundred{Basic: whole(*basic.Low)}
	h.Offline = min(whole(*offline.Share), 100-h.Basic)
	h.Maybe = min(max(whole(*basic.High)-h.Basic, 0), 100-h.Basic-h.Offline)
	h.Below = 100 - h.Basic - h.Offline - h.Maybe
	return h
}
