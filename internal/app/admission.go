package app

import (
	"osvitlo/internal/sitting"
	"osvitlo/internal/telemetry"
)

// showAdmission publishes the state of the doors of guarded admission, so that an
// operator's alarm can ring when a flood is held. In open admission there is none.
func (a *App) showAdmission() {
	gauge := func(name, help string, of func(sitting.Admission) float64) {
		a.metrics.Gauge(name, help, "instrument", func() (out []telemetry.Sample) {
			for _, d := range a.Sittings.Admission() {
				out = append(out, telemetry.Sample{Label: d.Instrument, Value: of(d)})
			}
			return out
		})
	}
	gauge("osvitlo_admission_counted", "Open sittings let in within the last hour.", func(d sitting.Admission) float64 { return float64(d.Counted) })
	gauge("osvitlo_admission_held", "Open sittings held within the last hour.", func(d sitting.Admission) float64 { return float64(d.Held) })
	gauge("osvitlo_admission_bound", "Open sittings that an hour lets in.", func(d sitting.Admission) float64 { return float64(d.Bound) })
	gauge("osvitlo_admission_alert", "1 while more were held within an hour of the last 24 than are let in.", func(d sitting.Admission) float64 {
		if d.Alert {
			return 1
		}
		return 0
	})
}
