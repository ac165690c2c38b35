package notify

import (
	"time"

	"osvitlo/internal/i18n"
)

// Nobody is written to from the hour of NightFrom to that of NightTo, in Kyiv.
const (
	NightFrom = 21
	NightTo   = 8
)

// Quiet tells whether nobody is to be written to at a moment: from 21:00 to 8:00.
func Quiet(at time.Time) bool {
	h := at.In(i18n.Kyiv).Hour()
	return h >= NightFrom || h < NightTo
}

// Awake is the first moment from at on at which people may be written to.
func Awake(at time.Time) time.Time {
	if !Quiet(at) {
		return at
	}
	day := at.In(i18n.Kyiv)
	if day.Hour() >= NightFrom {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), NightTo, 0, 0, 0, i18n.Kyiv)
}

// Evening is when the night begins after at, which is by day.
func Evening(at time.Time) time.Time {
	day := at.In(i18n.Kyiv)
	return time.Date(day.Year(), day.Month(), day.Day(), NightFrom, 0, 0, 0, i18n.Kyiv)
}
