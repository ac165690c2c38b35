package cityindex

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/i18n"
	"osvitlo/internal/survey"
	"osvitlo/internal/weighting"
)

// Snapshot is everything public at one moment: the page and the open data of
// the same state, made once per change and served from memory.
type Snapshot struct {
	View     *View
	Index    []byte // body of /open-data/index.json
	Releases []byte // body of /open-data/releases.json
	ETag     string // strong, quoted; changes with any of the above

	wave string
	list []*releaseDoc
}

// Snapshot gives the present public state; it is never nil after New.
func (s *Service) Snapshot() *Snapshot { return s.snap.Load() }

// snapshot builds the public state. The caller holds mu.
func (s *Service) snapshot() (*Snapshot, error) {
	set, now := s.deps.Settings, s.deps.Now()
	m := set.Margins
	waves := s.deps.Waves.Waves()
	byID := map[string]*survey.Wave{}
	for _, w := range waves {
		byID[w.ID] = w
	}
	title := func(id string) i18n.Text {
		if w := byID[id]; w != nil {
			return w.Title
		}
		return i18n.Text{UK: id, EN: id}
	}
	out := &Snapshot{wave: s.current(), list: s.list}
	v := &View{
		Demo: set.Demo, City: set.City, StepSize: StepSize,
		Districts: m.Districts, AgeTitles: titles(m.Ages), SexTitles: titles(m.Sexes),
		Benchmarks: s.deps.Benchmarks.Shown(),
		Method: MethodView{
			Version: set.Method, BasicLevel: set.BasicLevel, BasicRule: set.BasicRule,
			Sentence: m.Sentence, Residents: m.Residents, Scope: m.Scope, Caveats: m.Caveats,
			ReferenceDate: m.ReferenceDate, Publication: m.Publication,
			Fingerprint: Fingerprint(s.key.Public().(ed25519.PublicKey)),
		},
	}
	if b := s.deps.Benchmarks; b != nil {
		v.Measure, v.Target = b.Note, b.Target
	}
	for _, x := range m.Variants {
		v.Method.Variants = append(v.Method.Variants, VariantView{x.ID, x.Kind, x.Title, x.Note})
	}
	live, err := s.live(out.wave)
	if err != nil {
		return nil, err
	}
	v.Live = LiveView{Wave: out.wave, WaveTitle: title(out.wave), OpenIndex: live}
	if w := byID[out.wave]; w != nil {
		v.Live.Open, v.Live.Opens, v.Live.Closes = w.OpenAt(now), w.Opens.Time, w.Closes.Time
	}
	if st := s.shown[out.wave]; st != nil {
		v.Live.Step, v.UpdatedAt = st.Number, st.At.Time
	}
	v.Alerts = live.Alerts
	official := standing(s.list, out.wave)
	if official == nil {
		official = standing(s.list, "")
	}
	v.Headline = Headline{Wave: out.wave, WaveTitle: v.Live.WaveTitle, AsOf: live.AsOf, N: live.N, AtLeastBasic: live.AtLeastBasic, NoInternet: live.NoInternet, Index: live.Index}
	v.Method.Rung = live.Weighting
	if official != nil {
		v.Official = officialOf(official, title(official.Wave), formerOf(s.list, official.Wave) == official)
		if official.Wave == out.wave {
			r := &official.Body
			v.Headline = Headline{Official: true, Release: official.ID, Wave: out.wave, WaveTitle: v.Live.WaveTitle, AsOf: r.AsOf, N: r.N, AtLeastBasic: r.AtLeastBasic, NoInternet: r.NoInternet, Index: r.Index}
			v.Method.Rung, v.Alerts = r.Weighting.Rung, r.Alerts
		}
		live.Release = &official.Body
	}
	v.AlertBlank = slices.Contains(v.Alerts, AlertBlank)
	v.Hundred = hundredOf(v.Headline.AtLeastBasic, v.Headline.NoInternet)
	v.Series = series(s.list, waves)
	v.Change = changeOf(v.Series)
	if official != nil {
		v.Drivers, v.Changes = official.Drivers, official.Changes
		v.WaveTitles = map[string]i18n.Text{}
		for _, w := range waves {
			v.WaveTitles[w.ID] = w.Title
		}
		if c := v.Changes; c != nil && v.Change != nil && v.Change.From == c.FromWave && v.Change.To == c.Wave {
			v.Change.take(c)
		}
	}
	for _, d := range slices.Backward(s.list) {
		v.Releases = append(v.Releases, infoOf(d, formerOf(s.list, d.Wave) == d))
	}
	out.View = v
	if out.Index, err = jsonBody(live); err != nil {
		return nil, err
	}
	if out.Releases, err = jsonBody(map[string]any{"demo": set.Demo, "releases": nonNil(v.Releases)}); err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write(out.Index)    // a hash takes everything
	h.Write(out.Releases) // the same
	if v.Live.Open {
		h.Write([]byte("open"))
	}
	out.ETag = `"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"`
	return out, nil
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// live makes the running figures of a wave from its public step, rounded: an
// unrounded running figure would tell more about the last ten people than a
// figure about the city has to.
func (s *Service) live(wave string) (OpenIndex, error) {
	set := s.deps.Settings
	o := OpenIndex{Demo: set.Demo, Status: StatusProvisional, Method: set.Method, Wave: wave, AsOf: s.deps.Now().UTC()}
	o.Index, o.AtLeastBasic, o.NoInternet = noMean(ReasonTooFew), noShare(ReasonTooFew), noShare(ReasonTooFew)
	o.Held = ptr(s.heldShown(wave))
	st := s.shown[wave]
	if st == nil || st.Number == 0 {
		return o, nil
	}
	h, _, err := headlineOf(s.f.cells.layout, st.wave, set.Margins, set.Margins.Variant(set.Margins.Default))
	if err != nil {
		return o, err
	}
	o.AsOf = st.At.UTC()
	o.N, o.Weighted, o.Unweightable, o.Weighting = h.n, h.weighted, h.unweightable, h.rung
	if h.neff != nil {
		o.NEffective = ptr(math.Round(*h.neff))
	}
	o.Alerts = alertsOf(h.n, h.unweightable, h.deff)
	o.Index, o.AtLeastBasic, o.NoInternet = h.index.live(), h.atLeastBasic.live(), h.noInternet.live()
	return o, nil
}

// heldShown is the public count of held answers: whole tens, so that it never
// moves by 1 to 9, and the same on every replica.
func (s *Service) heldShown(wave string) int64 {
	w := s.f.cells.waves[wave]
	if w == nil {
		return 0
	}
	return max(0, w.other[countHeld]) / StepSize * StepSize
}

func round(p *float64, step float64) *float64 {
	if p == nil {
		return nil
	}
	return ptr(math.Round(*p/step) / math.Round(1/step))
}

// live rounds a mean to a tenth of a point, its error to a hundredth.
func (m Mean) live() Mean {
	return Mean{Value: round(m.Value, 0.1), SE: round(m.SE, 0.01), Low: round(m.Low, 0.1), High: round(m.High, 0.1), Reason: m.Reason, ReasonCode: m.ReasonCode}
}

// live rounds a share to a thousandth.
func (s Share) live() Share {
	return Share{Share: round(s.Share, 0.001), SE: round(s.SE, 0.001), Low: round(s.Low, 0.001), High: round(s.High, 0.001), Interval: s.Interval, Reason: s.Reason, ReasonCode: s.ReasonCode}
}

func officialOf(d *releaseDoc, title i18n.Text, latest bool) *OfficialView {
	o := &OfficialView{Info: infoOf(d, latest), Release: d.Body, WaveTitle: title}
	var known []Group
	for _, a := range d.Body.Areas {
		if a.Value != nil {
			known = append(known, a)
		}
	}
	if len(known) > 1 {
		byValue := func(a, b Group) int { return cmp.Compare(*a.Value, *b.Value) }
		o.Best, o.Hardest = slices.MaxFunc(known, byValue).ID, slices.MinFunc(known, byValue).ID
	}
	o.AssistedFew = d.Body.Assisted != nil && *d.Body.Assisted < assistedFew
	return o
}

// series takes the latest standing release of each wave, in the order of the waves.
func series(list []*releaseDoc, waves []*survey.Wave) (out []SeriesPoint) {
	sorted := slices.Clone(waves)
	slices.SortStableFunc(sorted, func(a, b *survey.Wave) int {
		return cmp.Or(a.Opens.Compare(b.Opens.Time), strings.Compare(a.ID, b.ID))
	})
	var last *Release
	for _, w := range sorted {
		d := standing(list, w.ID)
		if d == nil {
			continue
		}
		r := &d.Body
		p := SeriesPoint{Wave: w.ID, Title: w.Title, Release: d.ID, AsOf: r.AsOf, AtLeastBasic: r.AtLeastBasic, Index: r.Index, N: r.N}
		if last != nil {
			p.Breaks = breaksOf(last, r)
			// A shift of the modes is marked, and does not forbid the comparison.
			p.Break = slices.ContainsFunc(p.Breaks, func(b string) bool { return b != BreakModes })
		}
		out = append(out, p)
		last = r
	}
	return out
}

// changeOf compares the last two waves as independent samples (METHOD §6).
func changeOf(points []SeriesPoint) *ChangeView {
	n := len(points)
	if n < 2 || points[n-1].Break {
		return nil
	}
	a, b := points[n-2], points[n-1]
	c := &ChangeView{From: a.Wave, To: b.Wave, FromTitle: a.Title, ToTitle: b.Title}
	c.AtLeastBasic = difference(a.AtLeastBasic.Share, a.AtLeastBasic.SE, b.AtLeastBasic.Share, b.AtLeastBasic.SE, 100)
	c.Index = difference(a.Index.Value, a.Index.SE, b.Index.Value, b.Index.SE, 1)
	if c.AtLeastBasic == nil && c.Index == nil {
		return nil
	}
	return c
}

// take puts the corrected differences of the release in place of the plain ones, so
// that no two pages tell of one change in two ways.
func (c *ChangeView) take(from *Changes) {
	pick := func(id string) *Difference {
		for _, r := range from.Rows {
			if r.Family == "headline" && r.ID == id && r.Delta != nil {
				return &Difference{Delta: *r.Delta, SE: *r.SE, Low: *r.Low, High: *r.High, Detectable: r.Label == LabelChange}
			}
		}
		return nil
	}
	c.Index, c.AtLeastBasic = pick("index"), pick("at_least_basic")
}

func difference(v1, se1, v2, se2 *float64, points float64) *Difference {
	if v1 == nil || v2 == nil || se1 == nil || se2 == nil {
		return nil
	}
	c := weighting.Difference(weighting.Estimate{Value: points * *v1, SE: points * *se1}, weighting.Estimate{Value: points * *v2, SE: points * *se2})
	return &Difference{Delta: c.Delta, SE: c.SE, Low: c.Low, High: c.High, Detectable: c.Detectable(weighting.MinChange)}
}
