package person

import (
	"time"

	"osvitlo/internal/i18n"
)

// Ages, and what they ask for (USERS 15). Only the year of birth is kept; in the
// year somebody turns 14 or 18 the younger rule holds, unless a person in the year
// of their 18 says that the birthday was.
const (
	ageOwn   = 14 // tests and lessons without parents from here on
	ageAdult = 18
	maxAge   = 120
)

// Ages is what is known of a person's age.
type Ages struct {
	Born  int  // year; 0 for not said
	Adult bool // the person says: 18 or older
}

func (a Ages) valid(now time.Time) bool {
	if a.Born == 0 {
		return true
	}
	years := now.In(i18n.Kyiv).Year() - a.Born
	return years >= 3 && years <= maxAge
}

// least is the least age in full years; -1 for not known.
func (a Ages) least(now time.Time) int {
	if a.Born == 0 {
		if a.Adult {
			return ageAdult
		}
		return -1
	}
	least := now.In(i18n.Kyiv).Year() - a.Born - 1
	if a.Adult && least == ageAdult-1 {
		return ageAdult
	}
	return least
}

// Minor tells whether the person is, or may be, under 18.
func (a Ages) Minor(now time.Time) bool { return a.least(now) < ageAdult }

// Child tells whether the person is, or may be, under 14.
func (a Ages) Child(now time.Time) bool { return a.least(now) < ageOwn }
