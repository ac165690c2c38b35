package sitting

import (
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Retirement is how long a retired version is still accepted (CONTRACT §3).
const Retirement = 90 * 24 * time.Hour

// Published is one version of an instrument. Retired is zero while it is in use.
type Published struct {
	*instrument.Instrument
	Retired time.Time
}

// Catalogue holds the published versions. It is immutable.
type Catalogue struct {
	now      func() time.Time
	slugs    []string
	versions map[string][]Published // by slug, ascending
}

// NewCatalogue sorts the versions; a version twice is a Conflict.
func NewCatalogue(list ...Published) (*Catalogue, error) {
	c := &Catalogue{now: time.Now, versions: map[string][]Published{}}
	for _, p := range list {
		if len(c.versions[p.Slug]) == 0 {
			c.slugs = append(c.slugs, p.Slug)
		}
		c.versions[p.Slug] = append(c.versions[p.Slug], p)
	}
	slices.Sort(c.slugs)
	for _, of := range c.versions {
		slices.SortFunc(of, func(a, b Published) int { return a.Version - b.Version })
		for i := 1; i < len(of); i++ {
			if of[i].Version == of[i-1].Version {
				return nil, fault.Newf(fault.Conflict, "", "instrument %s stands twice", of[i].Name())
			}
		}
	}
	return c, nil
}

// Slugs lists the instruments, sorted.
func (c *Catalogue) Slugs() []string { return slices.Clone(c.slugs) }

// Versions lists the versions of an instrument, ascending.
func (c *Catalogue) Versions(slug string) []Published { return slices.Clone(c.versions[slug]) }

// Publish makes a catalogue of linked instruments with their days of retirement.
// Errors: Invalid for a day that is none, Conflict for a version twice.
func Publish(list ...*instrument.Instrument) (*Catalogue, error) {
	published := make([]Published, len(list))
	for i, in := range list {
		published[i].Instrument = in
		if in.Retired == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, in.Retired, i18n.Kyiv)
		if err != nil {
			return nil, fault.Newf(fault.Invalid, "", "%s is retired on %q: %w", in.Name(), in.Retired, err)
		}
		published[i].Retired = day
	}
	return NewCatalogue(published...)
}

// Current is the highest version that is not retired yet.
func (c *Catalogue) Current(slug string) (Published, bool) {
	of := c.versions[slug]
	for i := len(of) - 1; i >= 0; i-- {
		if of[i].Retired.IsZero() || c.now().Before(of[i].Retired) {
			return of[i], true
		}
	}
	return Published{}, false
}

// Version finds a published version, retired or not.
func (c *Catalogue) Version(slug string, version int) (Published, bool) {
	for _, p := range c.versions[slug] {
		if p.Version == version {
			return p, true
		}
	}
	return Published{}, false
}

// Accepts tells whether sittings on the version are taken at the moment t.
func (p Published) Accepts(t time.Time) bool {
	return p.Retired.IsZero() || t.Before(p.Retired.Add(Retirement))
}
