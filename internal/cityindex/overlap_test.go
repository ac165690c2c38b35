package cityindex

import (
	"context"
	"fmt"
	"math"
	"testing"

	"osvitlo/internal/sitting"
)

// A release that knows who answered twice takes it into the error, tells their number
// only to the nearest ten, and is verified like any other.
func TestAReleaseWithPeopleInBothWaves(t *testing.T) {
	t.Parallel()
	c := newCity()
	m := testMargins(t)
	c.people(61, 700, m, "w0")
	var people panel
	for i, id := range append([]string(nil), c.ids...) {
		row := *c.now[id].Now
		row.Wave = "w1"
		if row.Overall >= 0 {
			row.Overall = min(1_000_000, row.Overall+sitting.Points(10_000*(i%5)))
		}
		again := fmt.Sprintf("q%07d", i)
		c.next++
		c.set(again, sitting.Tally{Now: &row}, c.next)
		people = append(people, [2]string{id, again}, [2]string{again, id}, [2]string{id, again})
	}
	r := &rig{city: c, engine: openEngine(t, Specs()...)}
	r.clock.Store(testNow.UnixMicro())
	d := r.deps(t)
	d.Panel = people
	s, err := New(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	r.Service = s
	ch, files := bothReleased(t, r)
	index := ch.row(t, "headline", "index")
	if ch.Pairs == nil || *ch.Pairs%10 != 0 || *ch.Pairs < 600 {
		t.Fatalf("%v pairs", ch.Pairs)
	}
	if apart := math.Hypot(*index.FromSE, *index.ToSE); *index.SE > apart/5 || index.Covariance <= 0 || index.Label != LabelChange {
		t.Errorf("the same people with SE %v, as strangers %v: %+v", *index.SE, apart, index)
	}
	if report := verify(t, files, VerifyOptions{Key: r.publicKey(), Data: r.data(t)}); !report.OK() {
		t.Fatalf("%+v", report.First())
	}
}
