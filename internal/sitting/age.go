package sitting

import "strconv"

// MaxAge bounds an age in years.
const MaxAge = 120

// groupOf is the margin age of an age in years.
func groupOf(age int) AgeGroup {
	switch {
	case age < 14:
		return AgeUnder14
	case age < 18:
		return Age14to17
	case age < 30:
		return Age18to29
	case age < 40:
		return Age30to39
	case age < 50:
		return Age40to49
	case age < 60:
		return Age50to59
	case age < 70:
		return Age60to69
	}
	return Age70plus
}

// bandOf is the five-year band that is kept instead of the age (CONTRACT §4);
// empty under 14.
func bandOf(age int) string {
	switch {
	case age < 14:
		return ""
	case age < 16:
		return "14-15"
	case age < 18:
		return "16-17"
	case age < 25:
		return "18-24"
	case age < 30:
		return "25-29"
	case age < 75:
		low := age / 5 * 5
		return strconv.Itoa(low) + "-" + strconv.Itoa(low+4)
	}
	return "75+"
}

// broadOf is the coarse age of the weighting ladder: from the group, and where
// that straddles 35 from the band.
func broadOf(group AgeGroup, band string) Broad {
	switch group {
	case Age14to17, Age18to29:
		return Broad14to34
	case Age30to39:
		switch band {
		case "30-34":
			return Broad14to34
		case "35-39":
			return Broad35to59
		}
		return ""
	case Age40to49, Age50to59:
		return Broad35to59
	case Age60to69, Age70plus:
		return Broad60plus
	}
	return ""
}
