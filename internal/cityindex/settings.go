package cityindex

import (
	"osvitlo/internal/i18n"
)

// Settings are what the city and the method decide; they are written into
// every release.
type Settings struct {
	Demo       bool
	Method     string // version of the method, such as "1"
	BasicLevel string // "at least basic" begins at this level, "A2"
	BasicRule  int    // version of that setting
	City       i18n.Text
	Owner      i18n.Text // who publishes
	PublicURL  string    // address of the site, without a slash at the end; may be empty
	Margins    *Margins
}
