package instrument

import (
	"time"

	"osvitlo/internal/i18n"
)

// ValidAt tells whether the item's facts may be relied on at a moment: until the end
// of the day of valid_until in Kyiv, for ever where there is none. A date that
// cannot be read is past.
func (it *Item) ValidAt(t time.Time) bool {
	if it.ValidUntil == "" {
		return true
	}
	day, err := time.ParseInLocation(time.DateOnly, it.ValidUntil, i18n.Kyiv)
	return err == nil && t.Before(day.AddDate(0, 0, 1))
}
