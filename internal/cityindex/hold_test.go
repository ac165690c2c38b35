package cityindex

import (
	"testing"
)

func TestDriversAreHeldBackRatherThanSubtracted(t *testing.T) {
	t.Parallel()
	made := func(counts map[string]int64) *Drivers {
		return &Drivers{Wave: "w1", Release: "w1.2", Factors: []Driver{{ID: "sex"}}, counts: counts}
	}
	before := []*releaseDoc{{Wave: "w1", Counts: map[string]int64{"n": 500, "drivers/n": 400, "drivers/sex/female": 200, "drivers/sex/male": 200}}}
	for name, c := range map[string]struct {
		counts map[string]int64
		held   bool
	}{
		"nobody came":         {map[string]int64{"drivers/n": 400, "drivers/sex/female": 200, "drivers/sex/male": 200}, false},
		"ten of each":         {map[string]int64{"drivers/n": 420, "drivers/sex/female": 210, "drivers/sex/male": 210}, false},
		"three women":         {map[string]int64{"drivers/n": 413, "drivers/sex/female": 203, "drivers/sex/male": 210}, true},
		"a group was joined":  {map[string]int64{"drivers/n": 420, "drivers/sex/female+male": 420}, true},
		"a factor came along": {map[string]int64{"drivers/n": 420, "drivers/sex/female": 210, "drivers/sex/male": 210, "drivers/mode/self": 300}, true},
	} {
		d := made(c.counts)
		d.hold(before)
		if (d.Code == ReasonMoved) != c.held || c.held && (len(d.Factors) != 0 || len(d.counts) != 0) {
			t.Errorf("%s: %+v", name, d)
		}
	}
	d := made(map[string]int64{"drivers/n": 403})
	if d.hold([]*releaseDoc{{Wave: "w0", Counts: before[0].Counts}, {Wave: "w1", Counts: map[string]int64{"n": 500}}}); d.Code != "" {
		t.Error("held back because of another wave, or of a release without a table")
	}
}
