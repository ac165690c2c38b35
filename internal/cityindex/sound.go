package cityindex

import (
	"math"

	"osvitlo/internal/weighting"
)

// Soundness compares the index with what it would be without the rows that METHOD
// §8 finds doubtful. They count: nobody is left out by a rule. Figures are rounded,
// so that two releases do not tell how one doubtful person answered.
type Soundness struct {
	Share *float64 `json:"doubtful_share"` // of all rows, whole percent; null under 10 rows
	// Shift is the index without them minus the index, in points to one decimal; null
	// where they are fewer than ten, or too few others are left.
	Shift *float64 `json:"index_shift"`
	Alert bool     `json:"alert"` // the shift is over one point
}

// AlertDoubtful says that doubtful rows move the index by more than a point.
const AlertDoubtful = "doubtful_rows"

// soundShift is the shift that is an alert, in points (METHOD §8).
const soundShift = 1.0

// addSoundness weights the rows without the doubtful ones in the same way.
func (b *built) addSoundness(l layout, rows *rowSet, m *Margins, variant *Variant) error {
	out := &Soundness{}
	b.release.Quality = out
	if rows.doubtful == 0 {
		out.Share, out.Shift = ptr(0.0), ptr(0.0)
		return nil
	}
	if rows.doubtful < weighting.MinClass || b.release.Index.Value == nil {
		return nil
	}
	out.Share = ptr(roundTo(float64(rows.doubtful)/float64(b.release.N), 0.01))
	h, _, err := headlineOf(l, rows.sound, m, variant)
	if err != nil || h.index.Value == nil {
		return err
	}
	shift := *h.index.Value - *b.release.Index.Value
	out.Shift, out.Alert = ptr(roundTo(shift, 0.1)), math.Abs(shift) > soundShift
	if out.Alert {
		b.release.Alerts = append(b.release.Alerts, AlertDoubtful)
	}
	return nil
}
