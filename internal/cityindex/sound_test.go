package cityindex

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"osvitlo/internal/sitting"
)

// METHOD §8: doubtful rows count; the index without them stands beside it, and more
// than a point of difference is an alert. Few of them are told in no figure.
func TestTheIndexWithoutDoubtfulRowsStandsBesideIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		doubtful int
		share    float64 // −1: not told
		alert    bool
	}{"none": {0, 0, false}, "nine": {9, -1, false}, "many": {300, 0.17, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := testMargins(t)
			city := newCity()
			city.people(21, 1500, m, "w1")
			random := rand.New(rand.NewPCG(5, 5))
			for made := 0; made < c.doubtful; {
				row := person(random, m, "w1")
				if row.Role != sitting.RoleTest || row.State != sitting.Counted {
					continue
				}
				made++
				row.Doubtful, row.Overall = true, 100*sitting.PointsScale
				row.Level, row.Low, row.Reached = "C2", "C2", true
				for i := range row.Areas {
					row.Areas[i] = row.Overall
				}
				city.next++
				city.set(fmt.Sprintf("d%05d", made), sitting.Tally{Now: row}, city.next)
			}
			r := newRig(t, city)
			info, err := r.Release(context.Background(), "")
			if err != nil {
				t.Fatal(err)
			}
			o := r.Snapshot().View.Official
			q := o.Quality
			switch {
			case q == nil:
				t.Fatal("no comparison")
			case c.share < 0:
				if q.Share != nil || q.Shift != nil || q.Alert {
					t.Fatalf("%+v", q)
				}
			case q.Share == nil || q.Shift == nil || *q.Share != c.share || q.Alert != c.alert:
				t.Fatalf("%+v", q)
			case c.alert && *q.Shift > -1, !c.alert && *q.Shift != 0:
				t.Fatalf("shift %v", *q.Shift)
			}
			if slices.Contains(o.Alerts, AlertDoubtful) != c.alert {
				t.Fatalf("%v", o.Alerts)
			}
			report := verify(t, r.download(t, info.ID), VerifyOptions{Key: r.publicKey(), Data: r.data(t)})
			if !report.OK() {
				t.Fatalf("%+v", report)
			}
		})
	}
}
