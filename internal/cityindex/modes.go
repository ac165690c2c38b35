package cityindex

import (
	"errors"
	"math"

	"osvitlo/internal/drivers"
	"osvitlo/internal/weighting"
)

// ModeEffect compares the ways of answering within sex × age (METHOD §8). The
// index is never corrected by it: who answers with help differs in more than age.
type ModeEffect struct {
	Reference  string    `json:"reference"` // the way the others are compared with
	Adjusted   string    `json:"adjusted_for"`
	Modes      []ModeRow `json:"modes"`
	Notable    bool      `json:"notable"` // some way lies 2 points or more away, surely
	Reason     string    `json:"reason,omitempty"`
	ReasonCode string    `json:"reason_code,omitempty"`
}

// ModeRow is one way of answering; Effect is in points against the reference.
type ModeRow struct {
	ID      string   `json:"id"`
	N       int64    `json:"n"` // tested
	Effect  *float64 `json:"effect"`
	SE      *float64 `json:"se"`
	Low     *float64 `json:"low"`
	High    *float64 `json:"high"`
	P       *float64 `json:"p"`
	Notable bool     `json:"notable"`
}

// notableMode is the size of an effect that is shown beside the index (METHOD §8).
const notableMode = 2.0

func noModeEffect(code string) *ModeEffect {
	return &ModeEffect{Reference: modeIDs[0], Adjusted: "sex, age", Modes: []ModeRow{}, Reason: reasonTexts[code], ReasonCode: code}
}

// modeEffect estimates it from the sums per class and mode. It is given only when
// every way that was used has at least ten tested people.
func (f *frame) modeEffect() (*ModeEffect, error) {
	if f == nil || f.scheme.Raking {
		return noModeEffect(ReasonTooFew), nil
	}
	used := 0
	for m := range modeIDs {
		n := f.total(f.domainField(byMode, m, bScore+mN), nil)
		switch {
		case n > 0 && n < weighting.MinClass:
			return noModeEffect(ReasonSmall), nil
		case n > 0:
			used++
		case m == 0:
			return noModeEffect(ReasonOneMode), nil
		}
	}
	if used < 2 {
		return noModeEffect(ReasonOneMode), nil
	}
	classes := make([]drivers.Class, len(f.scheme.Cells))
	for c, cell := range f.scheme.Cells {
		classes[c] = drivers.Class{Weight: cell.Weight, Rows: cell.N, Groups: make([]drivers.Group, len(modeIDs))}
		for m := range modeIDs {
			var s weighting.Sums
			for _, fine := range cell.Members {
				s = s.Plus(sumsAt(f.v[f.l.domainBlock(fine, byMode, m)+bScore:]))
			}
			if s.M > 0 {
				classes[c].Groups[m] = drivers.Group{N: s.M, Mean: float64(s.Sum) * unit / float64(s.M), Scatter: max(0, scatter(s)) * unit * unit}
			}
		}
	}
	effects, err := drivers.Within(classes, 0)
	if errors.Is(err, drivers.ErrNotIdentified) || errors.Is(err, drivers.ErrTooFew) {
		return noModeEffect(ReasonTooFew), nil
	}
	if err != nil {
		return nil, err
	}
	out := &ModeEffect{Reference: modeIDs[0], Adjusted: "sex, age"}
	for m, e := range effects {
		if e.N == 0 {
			continue
		}
		row := ModeRow{ID: modeIDs[m], N: e.N}
		if m > 0 {
			row.Effect, row.SE = ptr(hundredth(e.Value)), ptr(hundredth(e.SE))
			row.Low, row.High, row.P = ptr(hundredth(e.Low)), ptr(hundredth(e.High)), ptr(tenThousandth(e.P))
			row.Notable = math.Abs(e.Value) >= notableMode && (e.Low > 0 || e.High < 0)
			out.Notable = out.Notable || row.Notable
		}
		out.Modes = append(out.Modes, row)
	}
	return out, nil
}

// hundredth rounds to two decimals, the same on every machine.
func hundredth(x float64) float64 { return math.Round(x*100) / 100 }

func thousandth(x float64) float64 { return math.Round(x*1000) / 1000 }

func tenThousandth(x float64) float64 { return math.Round(x*10_000) / 10_000 }
