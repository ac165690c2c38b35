package scoring

import (
	"fmt"
	"math"
	"time"
)

// Cut is a level and the lowest score that reaches it, inclusive.
type Cut struct {
	Level string
	From  float64
}

// Cutoffs is a version of the level thresholds. They are a choice of this
// project until a standard-setting protocol replaces them (METHOD §3), so
// they carry a version and the days they hold for.
type Cutoffs struct {
	Version   int
	ValidFrom time.Time // first moment of validity; zero: always
	ValidTo   time.Time // first moment after validity; zero: open
	Cuts      []Cut     // from the lowest level up; the first starts at 0
}

// DefaultCutoffs is version 1 of METHOD §3: A1 [0,20) A2 [20,40) B1 [40,60)
// B2 [60,75) C1 [75,90) C2 [90,100].
func DefaultCutoffs() Cutoffs {
	return Cutoffs{Version: 1, Cuts: []Cut{{"A1", 0}, {"A2", 20}, {"B1", 40}, {"B2", 60}, {"C1", 75}, {"C2", 90}}}
}

// Validate refuses cut-offs without a version, that do not start at 0, do not
// rise, leave 0 to 100, name a level twice or end before they begin.
func (c Cutoffs) Validate() error {
	if c.Version < 1 {
		return fmt.Errorf("%w: cut-offs without a version", ErrInput)
	}
	if len(c.Cuts) == 0 || c.Cuts[0].From != 0 {
		return fmt.Errorf("%w: cut-offs must start at 0", ErrInput)
	}
	if !c.ValidFrom.IsZero() && !c.ValidTo.IsZero() && !c.ValidFrom.Before(c.ValidTo) {
		return fmt.Errorf("%w: cut-offs end before they begin", ErrInput)
	}
	seen := map[string]bool{}
	last := math.Inf(-1)
	for _, cut := range c.Cuts {
		if cut.Level == "" || seen[cut.Level] {
			return fmt.Errorf("%w: level %q is empty or stands twice", ErrInput, cut.Level)
		}
		seen[cut.Level] = true
		if !(cut.From > last) || cut.From >= 100 {
			return fmt.Errorf("%w: cut-off %v of level %s does not rise or is not under 100", ErrInput, cut.From, cut.Level)
		}
		last = cut.From
	}
	return nil
}

// ValidAt tells whether the cut-offs hold at the given moment.
func (c Cutoffs) ValidAt(t time.Time) bool {
	return !t.Before(c.ValidFrom) && (c.ValidTo.IsZero() || t.Before(c.ValidTo))
}

// Index is the place of the level of an unrounded score of 0 to 100, 0 being
// the lowest. A score less than 1e-9 under a cut is on it: that much is lost
// to binary fractions.
func (c Cutoffs) Index(score float64) (int, error) {
	if math.IsNaN(score) || score < -slack || score > 100+slack {
		return 0, fmt.Errorf("%w: score %v is not in 0 to 100", ErrInput, score)
	}
	if len(c.Cuts) == 0 {
		return 0, fmt.Errorf("%w: no cut-offs", ErrInput)
	}
	at := 0
	for i, cut := range c.Cuts {
		if score >= cut.From-slack {
			at = i
		}
	}
	return at, nil
}

// Level is the level of an unrounded score.
func (c Cutoffs) Level(score float64) (string, error) {
	i, err := c.Index(score)
	if err != nil {
		return "", err
	}
	return c.Cuts[i].Level, nil
}

// LevelRange is what a person is shown: the level of the score, and the
// lowest and highest level within one standard error of measurement.
type LevelRange struct {
	Level string
	Low   string // level of score − SEM; what analytics take (METHOD §3)
	High  string // level of score + SEM
	// Border marks a score within one SEM of a cut: Low and High differ.
	Border bool
	// From and To are score ± SEM held to 0 to 100.
	From, To float64
}

// Range gives the levels within ±1 SEM of a score (METHOD §3, §9). An unknown
// SEM (NaN) or a negative one is an error: without it there is no range.
func (c Cutoffs) Range(score, sem float64) (LevelRange, error) {
	if math.IsNaN(sem) || sem < 0 {
		return LevelRange{}, fmt.Errorf("%w: standard error %v", ErrInput, sem)
	}
	level, err := c.Level(score)
	if err != nil {
		return LevelRange{}, err
	}
	r := LevelRange{Level: level, From: max(0, score-sem), To: min(100, score+sem)}
	if r.Low, err = c.Level(r.From); err != nil {
		return LevelRange{}, err
	}
	if r.High, err = c.Level(r.To); err != nil {
		return LevelRange{}, err
	}
	r.Border = r.Low != r.High
	return r, nil
}
