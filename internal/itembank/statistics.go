package itembank

import (
	"math"

	"osvitlo/internal/store"
)

var statisticsSpec = store.Spec{Name: "item_statistics"}

// Figure is a number, or why there is none. Need and Have are counts of people.
type Figure struct {
	Value *float64 `json:"value,omitempty"`
	Why   Why      `json:"why,omitempty"`
	Need  int      `json:"need,omitempty"`
	Have  int      `json:"have,omitempty"`
}

// Why says why a figure is missing.
type Why string

// The reasons.
const (
	WhyFew      Why = "few"       // under Need people
	WhySame     Why = "same"      // everybody answered alike
	WhyModel    Why = "model"     // the model did not settle
	WhyAdaptive Why = "adaptive"  // people saw different items, so there is no common sum
	WhyOneWave  Why = "one_wave"  // nothing to compare with
	WhyItems    Why = "few_items" // fewer than three items
	WhyDates    Why = "untimed"   // no time was kept
)

// Known tells whether there is a number.
func (f Figure) Known() bool { return f.Value != nil }

// Of is the number, NaN when there is none.
func (f Figure) Of() float64 {
	if f.Value == nil {
		return math.NaN()
	}
	return *f.Value
}

func figure(x float64) Figure {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Figure{Why: WhySame}
	}
	return Figure{Value: &x}
}

func few(need, have int) Figure { return Figure{Why: WhyFew, Need: need, Have: have} }

// Smallest numbers of people for a figure: project choices, METHOD §9 names none for
// items. ToPropose is that of the one-parameter model (METHOD §10).
const (
	FewestShare = 30
	FewestScale = 100
	FewestDIF   = 100 // in each group
	FewestTime  = 30
	FewestWave  = 100
	ToPropose   = 200
)

// Bands is into how many groups of rising rest score curves divide people.
const Bands = 5

// Statistics are the figures of a version of an instrument, one document.
type Statistics struct {
	store.Doc                // "resident-test@1"
	Instrument string        `json:"instrument"`
	Version    int           `json:"version"`
	Hash       string        `json:"hash,omitempty"`
	Made       store.Time    `json:"made"`
	Adaptive   bool          `json:"adaptive,omitempty"` // no fixed form: figures of whole forms are missing
	Sittings   int           `json:"sittings"`           // counted or unweightable, of this version
	Whole      int           `json:"whole"`              // not stopped at the honest stop
	Sample     int           `json:"sample"`             // whole forms that alpha, curves and DIF rest on
	Same       int           `json:"same,omitempty"`     // items that all answered alike, left out of alpha and omega
	Alpha      Figure        `json:"alpha"`
	Omega      Figure        `json:"omega"` // one factor, maximum likelihood on covariances
	SEM        Figure        `json:"sem"`   // of the sum score, in items
	Areas      []AreaFigures `json:"areas,omitempty"`
	Waves      []WaveFigures `json:"waves,omitempty"` // oldest first
	Items      []ItemFigures `json:"items,omitempty"` // in the order of the instrument
}

// AreaFigures are the reliability of an area's items.
type AreaFigures struct {
	ID    string `json:"id"`
	Items int    `json:"items"`
	Alpha Figure `json:"alpha"`
	Omega Figure `json:"omega"`
}

// WaveFigures counts whole forms of a wave.
type WaveFigures struct {
	ID    string     `json:"id"`
	N     int        `json:"n"`
	First store.Time `json:"first"` // received
}

// ItemFigures are what the answers say about an item.
type ItemFigures struct {
	ID       string      `json:"id"`
	Version  int         `json:"version"`
	N        int         `json:"n"` // people who were shown it
	Skipped  int         `json:"skipped"`
	DontKnow int         `json:"dont_know"`
	Refused  int         `json:"refused"`
	Exposure float64     `json:"exposure"` // N over the sittings of the version
	P        Figure      `json:"p"`        // mean score, skipped counts 0 (METHOD §1)
	RRest    Figure      `json:"r_rest"`   // corrected item–rest correlation
	Without  Figure      `json:"without"`  // alpha without the item
	Quality  string      `json:"quality,omitempty"`
	Seconds  Figure      `json:"seconds"` // median, breaks left out
	Bands    []Band      `json:"bands,omitempty"`
	Curves   []Curve     `json:"curves,omitempty"`
	DIF      []DIF       `json:"dif,omitempty"`
	Waves    []WaveItem  `json:"waves,omitempty"` // oldest first
	Drift    Figure      `json:"drift"`           // largest change of b between neighbouring waves, logits
	Propose  []Proposal  `json:"propose,omitempty"`
	Totals   []OptionSum `json:"totals,omitempty"`
}

// Band is a group of people of like rest score.
type Band struct {
	N    int     `json:"n"`
	Mean float64 `json:"mean"` // of the rest score, 0 to 1
}

// OptionSum is how often an option was taken, over everybody who was shown the item.
// For types without options the option is "right", "part" or "wrong"; every type has
// "dont_know" and "none" besides.
type OptionSum struct {
	Option string  `json:"option"`
	N      int     `json:"n"`
	Share  float64 `json:"share"`
}

// Curve is the share of an option in each band.
type Curve struct {
	Option string    `json:"option"`
	Key    bool      `json:"key,omitempty"`
	RRest  *float64  `json:"r_rest,omitempty"` // of taking it with the rest score
	Shares []float64 `json:"shares"`
}

// Group is a comparison for DIF.
type Group string

// The groups (METHOD §11); the focal one is named first.
const (
	BySex      Group = "sex"      // women, men
	ByAge45    Group = "age45"    // 45 and over, under 45
	ByAge60    Group = "age60"    // 60 and over, under 60
	ByLanguage Group = "language" // English form, Ukrainian form
	ByMode     Group = "mode"     // with help or on paper, alone
)

// Groups lists the comparisons.
func Groups() []Group { return []Group{BySex, ByAge45, ByAge60, ByLanguage, ByMode} }

// DIF is whether people of like score but of another group solve the item as often
// (METHOD §11).
type DIF struct {
	Group     Group   `json:"group"`
	Focal     int     `json:"focal"`
	Reference int     `json:"reference"`
	Delta     Figure  `json:"delta"` // ETS delta of Mantel–Haenszel: below 0 harder for the focal group
	SE        float64 `json:"se,omitempty"`
	P         float64 `json:"p,omitempty"`
	Class     string  `json:"class,omitempty"`    // A, B, C by Mantel–Haenszel
	DeltaR2   Figure  `json:"delta_r2"`           // logistic, Nagelkerke
	Logistic  string  `json:"logistic,omitempty"` // A, B, C by Jodoin and Gierl
}

// WaveItem is an item in one wave.
type WaveItem struct {
	Wave string  `json:"wave"`
	N    int     `json:"n"`
	P    float64 `json:"p"`
	B    Figure  `json:"b"` // logits, the mean of the common items taken out
	SE   float64 `json:"se,omitempty"`
}

// Reason is why a quarantine is proposed.
type Reason string

// The reasons.
const (
	ProposeNegative Reason = "negative" // r_rest under 0 (METHOD §9: drop)
	ProposeWeak     Reason = "weak"     // r_rest under .10 (review)
	ProposeHard     Reason = "hard"     // p under .15
	ProposeEasy     Reason = "easy"     // p over .95
	ProposeDIF      Reason = "dif"      // class C in a group
	ProposeDrift    Reason = "drift"    // b moved by more than 0.5 between waves (METHOD §2)
	ProposeOption   Reason = "option"   // a wrong option goes with knowing more
	ProposeExpired  Reason = "expired"  // the facts are past their date
)

// Proposal is one reason with its figure.
type Proposal struct {
	Reason Reason  `json:"reason"`
	Value  float64 `json:"value,omitempty"`
	Of     string  `json:"of,omitempty"` // group of DIF, option, or waves
}

// Item finds the figures of an item.
func (st *Statistics) Item(id string) (*ItemFigures, bool) {
	for i := range st.Items {
		if st.Items[i].ID == id {
			return &st.Items[i], true
		}
	}
	return nil, false
}

// Statistics are the last figures of a version; false before the first run.
func (s *Service) Statistics(slug string, version int) (*Statistics, bool) {
	st, ok := s.now.Load().statistics[statisticsID(slug, version)]
	return st, ok
}

// ItemStatistics lists the figures of an item, one row per version of an instrument
// it stands in, by name. The documents are shared.
func (s *Service) ItemStatistics(item string) []*Statistics {
	at := s.now.Load()
	var out []*Statistics
	for _, id := range sortedKeys(at.statistics) {
		if _, ok := at.statistics[id].Item(item); ok {
			out = append(out, at.statistics[id])
		}
	}
	return out
}

// Proposals lists why an item should be set aside, by its newest figures and by its
// date; none where nothing speaks against it.
func (s *Service) Proposals(item string) []Proposal {
	var out []Proposal
	seen := map[Proposal]bool{}
	for _, st := range s.ItemStatistics(item) {
		it, _ := st.Item(item)
		for _, p := range it.Propose {
			if key := (Proposal{Reason: p.Reason, Of: p.Of}); !seen[key] {
				seen[key] = true
				out = append(out, p)
			}
		}
	}
	if it, err := s.o.Library.Item(item); err == nil && !it.ValidAt(s.o.Now()) {
		out = append(out, Proposal{Reason: ProposeExpired, Of: it.ValidUntil})
	}
	return out
}
