package sitting

import (
	"math"

	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
)

// Form says how the score came about.
type Form string

// The forms.
const (
	FormNone    Form = "none"    // the instrument has no knowledge items, or nothing was answered
	FormFull    Form = "full"    // the whole form, classical (METHOD §1, §2)
	FormStopped Form = "stopped" // the first half, estimated by the adaptive model
)

// Word is how an area stands to the person's own overall.
type Word string

// The words. From one fixed form an area gets no letter (USERS 6).
const (
	Stronger  Word = "stronger"
	Same      Word = "same"
	StartHere Word = "start-here"
	Unknown   Word = "unknown"
)

// Score is what a sitting is worth, derived from its answers and kept with the
// versions it was made by.
type Score struct {
	Form    Form     `json:"form"`
	Method  int      `json:"method"`            // scoring.Method
	Cutoffs int      `json:"cutoffs"`           // version of the level thresholds
	Overall *float64 `json:"overall,omitempty"` // 0..100, unrounded
	SEM     *float64 `json:"sem,omitempty"`     // standard error in points
	Low     *float64 `json:"low,omitempty"`     // 0..100, one SEM under the overall
	High    *float64 `json:"high,omitempty"`    // 0..100, one SEM over it
	Level   string   `json:"level,omitempty"`   // A1..C2 of the overall
	// LevelLow and LevelHigh are the levels of Low and High: what a person is shown.
	LevelLow  string      `json:"level_low,omitempty"`
	LevelHigh string      `json:"level_high,omitempty"`
	Areas     []AreaScore `json:"areas,omitempty"`
	Steps     []Step      `json:"steps,omitempty"`     // at most three, the widest gap first
	Right     []string    `json:"right,omitempty"`     // items answered fully right, in path order: what the person can do
	Asked     int         `json:"asked,omitempty"`     // knowledge items administered
	Posterior *Posterior  `json:"posterior,omitempty"` // of an adaptive part
}

// AreaScore is one area of the framework.
type AreaScore struct {
	ID    string   `json:"id"`
	Value *float64 `json:"value,omitempty"` // 0..100; absent when not known
	SEM   *float64 `json:"sem,omitempty"`
	Word  Word     `json:"word"`
}

// Step is one written advice page.
type Step struct {
	Area  string `json:"area"`
	Group string `json:"group"` // start, middle or strong
	Page  string `json:"page"`  // slug of the advice page
}

// maxSteps is how many next steps a person is given.
const maxSteps = 3

// minGap is the least distance in points between an area and the overall that is
// spoken of: half an item of a five-item area. The error alone would call 97 and
// 100 different, because it is 0 at a full score (scoring.LordSEM).
const minGap = 10

// groupOfLevel is the advice group of an overall level.
func groupOfLevel(level string) string {
	switch level {
	case "C1", "C2":
		return "strong"
	case "B1", "B2":
		return "middle"
	}
	return "start"
}

// scored is a knowledge item on the path.
type scored struct {
	item  *instrument.Item
	score float64
	state scoring.Status
}

// score computes the score of a sitting on a path. It never fails on answers:
// they were checked when they came in.
func (s *Service) score(in *instrument.Instrument, doc *Sitting, p instrument.Path) (*Score, error) {
	if _, ok := in.Adaptive(); ok {
		return s.scoreAdaptive(doc)
	}
	out := &Score{Form: FormNone, Method: scoring.Method, Cutoffs: s.cfg.Cutoffs.Version}
	items := make([]scored, 0, len(in.Items()))
	later := false // something after the honest stop was answered
	given := false
	for _, st := range p.Steps {
		it := st.Item
		if it == nil || !it.Scored() {
			continue
		}
		v := doc.Answers[it.ID]
		q := scored{item: it, state: scoring.Skipped}
		if !v.IsZero() {
			given = true
			later = later || !in.InFirst(it.ID)
			var right, dontKnow bool
			q.score, right, dontKnow = it.Score(v)
			switch {
			case dontKnow:
				q.state = scoring.DontKnow
			case v.IsRefused():
				q.state = scoring.Refused
			default:
				q.state = scoring.Answered
			}
			if right {
				out.Right = append(out.Right, it.ID)
			}
		}
		items = append(items, q)
	}
	if !given {
		return out, nil
	}
	stopped := in.StopAfter != "" && !later
	responses := make([]scoring.Response, 0, len(in.Items()))
	for i := range items {
		if stopped && !in.InFirst(items[i].item.ID) {
			items[i].state = scoring.NotAdministered
		} else {
			out.Asked++
		}
		responses = append(responses, scoring.Response{Competence: items[i].item.Competence,
			Status: items[i].state, Score: items[i].score})
	}
	// items in block order, and the path keeps that order
	next := 0
	for _, it := range in.Items() {
		switch {
		case !it.Scored():
		case next < len(items) && items[next].item == it:
			next++
		default:
			responses = append(responses, scoring.Response{Competence: it.Competence, Status: scoring.NotAdministered})
		}
	}
	agg, err := scoring.Aggregate(s.cfg.Structure, responses)
	if err != nil {
		return nil, err
	}
	out.Form = FormFull
	overall, sem, known := agg.Overall.Score, agg.Overall.SEM, agg.Overall.Known
	low, high := overall-sem, overall+sem
	if stopped {
		out.Form = FormStopped
		est, err := estimate(in, items)
		if err != nil {
			return nil, err
		}
		overall, sem, low, high, known = est.overall, est.sem, est.low, est.high, true
	}
	if known {
		if err := s.level(out, overall, sem, low, high); err != nil {
			return nil, err
		}
	}
	s.areas(out, agg, items)
	return out, nil
}

// level fills the overall figures.
func (s *Service) level(out *Score, overall, sem, low, high float64) (err error) {
	out.Overall = &overall
	if out.Level, err = s.cfg.Cutoffs.Level(overall); err != nil {
		return err
	}
	out.LevelLow, out.LevelHigh = out.Level, out.Level
	if math.IsNaN(sem) { // an area of one item: no error can be told
		return nil
	}
	low, high = max(low, 0), min(high, 100)
	out.SEM, out.Low, out.High = &sem, &low, &high
	if out.LevelLow, err = s.cfg.Cutoffs.Level(low); err != nil {
		return err
	}
	out.LevelHigh, err = s.cfg.Cutoffs.Level(high)
	return err
}

// areas fills the areas with their words and chooses the next steps.
func (s *Service) areas(out *Score, agg scoring.Scores, items []scored) {
	gaps := make([]gap, 0, len(agg.Areas))
	sum, asked := make([]float64, len(agg.Areas)), make([]int, len(agg.Areas))
	for _, q := range items {
		if q.state != scoring.NotAdministered {
			at := s.areaAt[q.item.Competence]
			sum[at] += q.score
			asked[at]++
		}
	}
	for i, a := range agg.Areas {
		as := AreaScore{ID: a.ID, Word: Unknown}
		if a.Known {
			v := a.Score
			as.Value = &v
			if !math.IsNaN(a.SEM) {
				e := a.SEM
				as.SEM = &e
			}
			if out.Overall != nil && out.SEM != nil && as.SEM != nil {
				as.Word = wordOf(v-*out.Overall, math.Hypot(*as.SEM, *out.SEM))
			}
		}
		out.Areas = append(out.Areas, as)
		if asked[i] > 0 {
			gaps = append(gaps, gap{a.ID, sum[i] / float64(asked[i])})
		}
	}
	s.advise(out, gaps)
}

func wordOf(diff, e float64) Word {
	switch e = max(e, minGap); {
	case diff > e:
		return Stronger
	case diff < -e:
		return StartHere
	}
	return Same
}

// row makes the row of the tally.
func (s *Service) row(doc *Sitting) *Row {
	r := &Row{Wave: doc.Wave, Late: doc.Late, Instrument: doc.Instrument, Role: doc.Role, State: doc.State,
		Sex: doc.Respondent.Sex, Age: doc.Respondent.AgeGroup,
		Broad: broadOf(doc.Respondent.AgeGroup, doc.Respondent.AgeBand), District: doc.Respondent.District,
		Mode: doc.Mode, Internet: doc.Respondent.Internet, Evidence: doc.Evidence, Doubtful: doc.Quality.Doubtful(), Overall: Missing}
	for i := range r.Areas {
		r.Areas[i] = Missing
	}
	if doc.Score == nil {
		return r
	}
	for i, a := range doc.Score.Areas {
		// An area of an adaptive part rests on three or four chosen items. It is shown to
		// the person with its error and kept out of the city's means (ADR 012).
		if i < Areas && a.Value != nil && doc.Score.Form != FormAdaptive {
			r.Areas[i] = ToPoints(*a.Value)
		}
	}
	if doc.Score.Overall != nil {
		r.Overall, r.Level, r.Low = ToPoints(*doc.Score.Overall), doc.Score.Level, doc.Score.LevelLow
		r.Reached = doc.Role == RoleTest && doc.Respondent.Internet != InternetNo &&
			r.Level >= s.cfg.Basic // "A1" < "A2" < "B1" …: the letters sort
	}
	return r
}
