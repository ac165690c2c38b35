package cityindex

import (
	"math"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/survey"
	"osvitlo/internal/weighting"
)

// Fieldwork is how a wave goes, for staff only: it moves with every single
// answer. It comes from the cells, so it costs the same at any number of people.
type Fieldwork struct {
	Wave   *survey.Wave // nil: not planned
	At     time.Time
	Count  StaffCount
	Cells  []FieldCell // sex × age, in the order of the margins
	Places []FieldPart // districts
	Modes  []FieldPart
	Kinds  []FieldPart // evidence
	Days   []FieldPart // day of the submit, oldest first, days without answers too
	// Planned is the sum of the targets by sex and age, 0 without any.
	Planned int64

	Invited  int64    // index rows of people the city invited
	Response *float64 // RR1 = invited answers over the frame or the sample; nil without one
	RateBase int64

	Rung    string
	Weights *weighting.Kish // nil: too few to weight
	Index   Mean            // internal, unrounded, with every answer
	Basic   Share
	Mode    *ModeEffect
	Sample  *SampleFigures

	Alerts []FieldAlert
}

// FieldCell is a class of people: how many answered, and the target.
type FieldCell struct {
	Sex, Age  string
	N, Tested int64
	Target    int64   // 0: none
	Weight    float64 // of one row; 0 where it cannot be weighted
	Weighted  string  // the class it is weighted in
}

// FieldPart is one part of a whole.
type FieldPart struct {
	ID     string
	N      int64
	Share  float64 // of all parts, 0 to 1
	Before float64 // the same share in the wave before; NaN without one
	Target int64
	Off    bool // not planned for this wave
}

// FieldAlert is something that needs a person's eye.
type FieldAlert struct {
	Kind string // an Alert constant
	Text string // which class, mode or number, as data
	N    int64
}

// Alerts of fieldwork; AlertBlank and AlertUneven come along.
const (
	AlertEmpty     = "empty_cell"
	AlertBehind    = "behind_target" // past half of the time and under half of the share of the target
	AlertModeShift = "mode_shift"
	AlertHeld      = "held"
	AlertOffMode   = "mode_not_planned"
	AlertDamaged   = "damaged"
	AlertSample    = "sample_differs"
)

// shiftAlert is the change of a mode's share against the wave before that is an alert.
const shiftAlert = 0.10

// Fieldwork tells how a wave goes. Errors: NotFound for a wave that is not planned.
func (s *Service) Fieldwork(wave string) (f *Fieldwork, err error) {
	defer fault.Wrap(&err, "cityindex.Fieldwork")
	count := s.Staff(wave)
	s.mu.Lock()
	defer s.mu.Unlock()
	waves := s.deps.Waves.Waves()
	i := slices.IndexFunc(waves, func(w *survey.Wave) bool { return w.ID == count.Wave })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "")
	}
	f = &Fieldwork{Wave: waves[i], At: s.deps.Now(), Count: count, Index: noMean(ReasonTooFew), Basic: noShare(ReasonTooFew)}
	l := s.f.cells.layout
	w := s.f.cells.waves[count.Wave]
	if w == nil {
		w = newWave(l)
	}
	v := w.weightable()
	if err := f.estimate(l, w, s.deps.Settings.Margins); err != nil {
		return nil, err
	}
	f.cells(l, v)
	f.parts(l, v, w, s.before(waves, f.Wave))
	f.days(w)
	f.rate(l, w)
	f.alerts(w)
	return f, nil
}

// before are the sums of the wave before of the same campaign, nil without one.
func (s *Service) before(waves []*survey.Wave, w *survey.Wave) *Wave {
	var last *survey.Wave
	for _, x := range waves {
		if x.Campaign == w.Campaign && x.Opens.Before(w.Opens.Time) && (last == nil || x.Opens.After(last.Opens.Time)) {
			last = x
		}
	}
	if last == nil {
		return nil
	}
	return s.f.cells.waves[last.ID]
}

// estimate weights the answers as they are.
func (f *Fieldwork) estimate(l layout, w *Wave, m *Margins) error {
	variant := m.Variant(m.Default)
	h, frame, err := headlineOf(l, w, m, variant)
	if err != nil {
		return err
	}
	f.Index, f.Basic, f.Rung = h.index, h.atLeastBasic, h.rung
	if f.Mode, err = frame.modeEffect(); err != nil {
		return err
	}
	for s := range sexes {
		for a := range ages {
			f.Cells = append(f.Cells, FieldCell{Sex: sexIDs[s], Age: string(sitting.AgeGroups[a])})
		}
	}
	if frame != nil {
		kish := frame.scheme.Weights.Kish()
		f.Weights = &kish
		for i := range f.Cells {
			c := frame.scheme.Of[fineOf(i/ages, ageGroup{i % ages})[0]]
			if c >= 0 {
				f.Cells[i].Weight, f.Cells[i].Weighted = frame.scheme.Cells[c].Weight, frame.scheme.Cells[c].ID
			}
		}
	}
	if f.Wave.Sample != nil {
		gated := newWave(l) // the invited rows stand together, whatever their gate
		copy(gated.sums[gateTested], w.invited)
		all := newWave(l)
		copy(all.sums[gateTested], w.weightable())
		if f.Sample, _, err = sampleFigures(l, all, gated, m, variant, *f.Wave.Sample); err != nil {
			return err
		}
	}
	return nil
}

func (f *Fieldwork) cells(l layout, v []int64) {
	for i := range f.Cells {
		c := &f.Cells[i]
		for _, fine := range fineOf(i/ages, ageGroup{i % ages}) {
			c.N += v[l.class(fine)+bN]
			c.Tested += v[l.class(fine)+bScore+mN]
		}
		for _, t := range f.Wave.Targets {
			if t.Sex == c.Sex && t.Age == c.Age && t.District == "" {
				c.Target = t.N
				f.Planned += t.N
			}
		}
	}
}

// parts splits the answers by district, mode and evidence.
func (f *Fieldwork) parts(l layout, v []int64, w, old *Wave) {
	for i, id := range l.domainIDs(byDistrict) {
		p := FieldPart{ID: id, Before: math.NaN()}
		for c := range classes {
			p.N += v[l.domainBlock(c, byDistrict, i)+bN]
		}
		for _, t := range f.Wave.Targets {
			if t.District == id && t.Sex == "" && t.Age == "" {
				p.Target = t.N
			}
		}
		f.Places = append(f.Places, p)
	}
	for _, id := range modeIDs {
		p := FieldPart{ID: id, N: w.other[countMode+id], Before: math.NaN(), Off: !f.Wave.TakesMode(id)}
		if old != nil {
			p.Before = float64(old.other[countMode+id])
		}
		f.Modes = append(f.Modes, p)
	}
	for _, e := range []sitting.Evidence{sitting.EvidenceInvited, sitting.EvidenceVenue, sitting.EvidenceAccount, sitting.EvidenceOpen} {
		f.Kinds = append(f.Kinds, FieldPart{ID: string(e), N: w.other[countEvidence+string(e)], Before: math.NaN()})
	}
	for _, list := range [][]FieldPart{f.Places, f.Modes, f.Kinds} {
		var all int64
		var then float64
		for _, p := range list {
			all += p.N
			then += p.Before
		}
		for i := range list {
			if all > 0 {
				list[i].Share = float64(list[i].N) / float64(all)
			}
			list[i].Before /= then // NaN stays NaN, and so does a wave without answers
		}
	}
}

// maxDays bounds the table of days.
const maxDays = 800

func (f *Fieldwork) days(w *Wave) {
	var names []string
	for k := range w.other {
		if day, ok := strings.CutPrefix(k, countDay); ok {
			names = append(names, day)
		}
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	day, err := time.Parse(time.DateOnly, names[0])
	if err != nil {
		return
	}
	for range maxDays {
		id := day.Format(time.DateOnly)
		if id > names[len(names)-1] {
			break
		}
		f.Days = append(f.Days, FieldPart{ID: id, N: w.other[countDay+id]})
		day = day.AddDate(0, 0, 1)
	}
}

// rate is AAPOR's RR1: the invited who answered over all who were invited.
func (f *Fieldwork) rate(l layout, w *Wave) {
	f.Invited = w.other[countEvidence+string(sitting.EvidenceInvited)]
	switch {
	case f.Wave.Frame != nil:
		f.RateBase = f.Wave.Frame.Size
	case f.Wave.Sample != nil:
		f.RateBase = f.Wave.Sample.Size
	}
	if f.RateBase > 0 {
		f.Response = ptr(min(1, float64(f.Invited)/float64(f.RateBase)))
	}
}

func (f *Fieldwork) alerts(w *Wave) {
	add := func(kind, text string, n int64) { f.Alerts = append(f.Alerts, FieldAlert{kind, text, n}) }
	var deff *float64
	if f.Weights != nil {
		deff = &f.Weights.Deff
	}
	for _, a := range alertsOf(f.Count.Counted, f.Count.Unweightable, deff) {
		add(a, "", f.Count.Unweightable)
	}
	span, past := f.Wave.Closes.Sub(f.Wave.Opens.Time), f.At.Sub(f.Wave.Opens.Time)
	gone := min(1, float64(past)/float64(span))
	if f.Count.Counted > 0 {
		for _, c := range f.Cells {
			switch {
			case c.N == 0:
				add(AlertEmpty, c.Sex+" "+c.Age, 0)
			case c.Target > 0 && gone > 0.5 && float64(c.N) < 0.5*gone*float64(c.Target):
				add(AlertBehind, c.Sex+" "+c.Age, c.N)
			}
		}
	}
	for _, p := range f.Modes {
		if !math.IsNaN(p.Before) && f.Count.Counted > 0 && math.Abs(p.Share-p.Before) >= shiftAlert {
			add(AlertModeShift, p.ID, int64(math.Round(100*(p.Share-p.Before))))
		}
		if p.Off && p.N > 0 {
			add(AlertOffMode, p.ID, p.N)
		}
	}
	if f.Count.Held > 0 {
		add(AlertHeld, "", f.Count.Held)
	}
	if f.Count.Damaged > 0 {
		add(AlertDamaged, "", int64(f.Count.Damaged))
	}
	if s := f.Sample; s != nil && s.Difference != nil && (s.Difference.Low > 0 || s.Difference.High < 0) {
		add(AlertSample, "", 0)
	}
}
