package cityindex

import (
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/survey"
	"osvitlo/internal/weighting"
)

// SampleFigures are the figures of the people whom the city drew and invited,
// apart from those who came by themselves, and the difference (USERS 2). Each part
// is weighted to the population by its own classes.
type SampleFigures struct {
	ID         string      `json:"id"`
	Title      i18n.Text   `json:"title"`
	Drawn      string      `json:"drawn"` // day of the draw
	Size       int64       `json:"size"`  // people drawn
	Response   *float64    `json:"response_rate"`
	Invited    *SamplePart `json:"invited"`
	Others     *SamplePart `json:"others"`
	Difference *Shift      `json:"difference"`       // of the index, invited less others, points
	BasicShift *Shift      `json:"basic_difference"` // of the share at least basic, percentage points
	Reason     string      `json:"reason,omitempty"`
	ReasonCode string      `json:"reason_code,omitempty"`
}

// SamplePart is one of the two parts. Figures are rounded: two figures of nearly
// the same people must not add up to a way into the classes.
type SamplePart struct {
	N            int64  `json:"n"` // weighted people
	Weighting    string `json:"weighting"`
	Index        Mean   `json:"index"`
	AtLeastBasic Share  `json:"at_least_basic"`
	NoInternet   Share  `json:"no_internet"`
}

// Shift is a difference with its interval.
type Shift struct {
	Delta float64 `json:"delta"`
	SE    float64 `json:"se"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	P     float64 `json:"p"`
}

func shiftOf(c weighting.Change) *Shift {
	return &Shift{hundredth(c.Delta), hundredth(c.SE), hundredth(c.Low), hundredth(c.High), tenThousandth(c.P)}
}

// addSample analyses the invited rows of a wave apart. invited and all are sums
// of the same moment. The counts it publishes obey the release rule.
func (b *built) addSample(l layout, all, invited *Wave, m *Margins, variant *Variant, plan survey.Sample) (err error) {
	defer fault.Wrap(&err, "cityindex.sample")
	s, counts, err := sampleFigures(l, all, invited, m, variant, plan)
	if err != nil {
		return err
	}
	b.release.Sample = s
	for name, n := range counts {
		b.counts[name] = n
	}
	return nil
}

func sampleFigures(l layout, all, invited *Wave, m *Margins, variant *Variant, plan survey.Sample) (s *SampleFigures, counts map[string]int64, err error) {
	s = &SampleFigures{ID: plan.ID, Title: plan.Title, Drawn: plan.Drawn, Size: plan.Size}
	rest := newWave(l)
	for g := range rest.sums {
		for i := range rest.sums[g] {
			rest.sums[g][i] = all.sums[g][i] - invited.sums[g][i]
		}
	}
	none := func(code string) {
		s.Invited, s.Others, s.Response, s.Difference, s.BasicShift = nil, nil, nil, nil, nil
		s.Reason, s.ReasonCode = reasonTexts[code], code
	}
	h := [2]headline{}
	parts := [2]*SamplePart{}
	for i, w := range [...]*Wave{invited, rest} {
		if h[i], _, err = headlineOf(l, w, m, variant); err != nil {
			return nil, nil, err
		}
		parts[i] = &SamplePart{N: h[i].weighted, Weighting: h[i].rung, Index: h[i].index.live(), AtLeastBasic: h[i].atLeastBasic.live(), NoInternet: h[i].noInternet.live()}
	}
	if h[0].index.Value == nil || h[1].index.Value == nil {
		none(ReasonTooFew)
		return s, nil, nil
	}
	// Only the weighted people are told: of those without sex or age there are so
	// few that a number of them could name somebody.
	counts = map[string]int64{"sample/invited": h[0].weighted, "sample/others": h[1].weighted}
	if (parts[0].AtLeastBasic.Share == nil) != (parts[1].AtLeastBasic.Share == nil) {
		// With the city's share known one part would give the other away.
		parts[0].AtLeastBasic, parts[1].AtLeastBasic = noShare(ReasonComplement), noShare(ReasonComplement)
	}
	if (parts[0].NoInternet.Share == nil) != (parts[1].NoInternet.Share == nil) {
		parts[0].NoInternet, parts[1].NoInternet = noShare(ReasonComplement), noShare(ReasonComplement)
	}
	s.Invited, s.Others = parts[0], parts[1]
	if plan.Size >= h[0].n {
		s.Response = ptr(hundredth(float64(h[0].n) / float64(plan.Size))) // whole percent
	}
	estimate := func(v, se *float64, points float64) weighting.Estimate {
		return weighting.Estimate{Value: points * *v, SE: points * *se}
	}
	s.Difference = shiftOf(weighting.Difference(estimate(h[1].index.Value, h[1].index.SE, 1), estimate(h[0].index.Value, h[0].index.SE, 1)))
	if parts[0].AtLeastBasic.Share != nil && parts[1].AtLeastBasic.Share != nil {
		s.BasicShift = shiftOf(weighting.Difference(estimate(h[1].atLeastBasic.Share, h[1].atLeastBasic.SE, 100), estimate(h[0].atLeastBasic.Share, h[0].atLeastBasic.SE, 100)))
	}
	return s, counts, nil
}
