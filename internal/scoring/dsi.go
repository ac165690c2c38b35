package scoring

import "fmt"

// DSIArea is one of the five areas of Eurostat's Digital Skills Indicator 2.0.
type DSIArea int

// Areas of the indicator in Eurostat's order.
const (
	DSIInformation DSIArea = iota
	DSICommunication
	DSIContent
	DSISafety
	DSIProblemSolving
	dsiAreas
)

// dsiMax is the number of activities asked per area, dsiAbove the count from
// which the area is above basic (METHOD §3b; the counts of activities are
// from memory of the 2021 model questionnaire).
var (
	dsiMax   = [dsiAreas]int{5, 6, 7, 6, 8}
	dsiAbove = [dsiAreas]int{2, 2, 3, 3, 3}
)

// DSIMaxActivities is the number of activities asked in an area, 0 if there
// is no such area.
func DSIMaxActivities(a DSIArea) int {
	if a < 0 || a >= dsiAreas {
		return 0
	}
	return dsiMax[a]
}

// DSISkill is the skill in one area.
type DSISkill int

// Skills in one area.
const (
	DSINone DSISkill = iota
	DSIBasic
	DSIAboveBasic
)

// DSILevel is the overall skill; its text is Eurostat's label.
type DSILevel string

// Overall skills (METHOD §3b).
const (
	DSINotAssessed DSILevel = "not_assessed" // no internet use in 3 months
	DSINoSkills    DSILevel = "no_skills"    // 0 or 1 area at least basic
	DSILimited     DSILevel = "limited"      // 2 areas
	DSINarrow      DSILevel = "narrow"       // 3 areas
	DSILow         DSILevel = "low"          // 4 areas
	DSIBasicAll    DSILevel = "basic"        // all 5 at least basic
	DSIAboveAll    DSILevel = "above_basic"  // all 5 above basic
)

// DSIActivities is what a person did on the internet in the last 3 months.
type DSIActivities struct {
	UsedInternet bool
	Counts       [5]int // activities per area, by DSIArea
}

// DSIResult is the indicator of one person. Areas mean nothing when the
// overall is DSINotAssessed.
type DSIResult struct {
	Areas   [5]DSISkill
	Overall DSILevel
}

// AtLeastBasic tells whether the person counts in the numerator of the
// headline share; everyone, also the not assessed, is in its denominator.
func (r DSIResult) AtLeastBasic() bool {
	return r.Overall == DSIBasicAll || r.Overall == DSIAboveAll
}

// DSI computes the indicator (METHOD §3b). A count outside 0 to the number of
// activities of its area is an error.
func DSI(a DSIActivities) (DSIResult, error) {
	var r DSIResult
	for i, n := range a.Counts {
		if n < 0 || n > dsiMax[i] {
			return DSIResult{}, fmt.Errorf("%w: %d activities in area %d of at most %d", ErrInput, n, i, dsiMax[i])
		}
	}
	if !a.UsedInternet {
		r.Overall = DSINotAssessed
		return r, nil
	}
	basic, above := 0, 0
	for i, n := range a.Counts {
		switch {
		case n >= dsiAbove[i]:
			r.Areas[i] = DSIAboveBasic
			basic++
			above++
		case n >= 1:
			r.Areas[i] = DSIBasic
			basic++
		}
	}
	switch {
	case above == len(a.Counts):
		r.Overall = DSIAboveAll
	case basic == len(a.Counts):
		r.Overall = DSIBasicAll
	case basic == 4:
		r.Overall = DSILow
	case basic == 3:
		r.Overall = DSINarrow
	case basic == 2:
		r.Overall = DSILimited
	default:
		r.Overall = DSINoSkills
	}
	return r, nil
}
