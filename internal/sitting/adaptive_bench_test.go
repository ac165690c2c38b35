package sitting

import (
	"slices"
	"testing"
	"time"

	"osvitlo/content"
	"osvitlo/internal/adaptive"
	lib "osvitlo/internal/content"
	"osvitlo/internal/instrument"
)

// realPool is the pool of the repository's own items.
func realPool(tb testing.TB) Pool {
	tb.Helper()
	library, problems := lib.LoadAt(content.FS, noon)
	if lib.Failed(problems) {
		tb.Skip("the content has errors; its own tests name them")
	}
	return ItemPool(library.Items())
}

// BenchmarkNextItem is the work between an answer and the next item, from memory: the
// log is taken up, the answer scored, the posterior renewed, the next item chosen.
func BenchmarkNextItem(b *testing.B) {
	r := adaptiveRig(b, func(c *Config) { c.Pool = realPool(b) })
	bank, err := r.bankNow(ctx, Express)
	if err != nil {
		b.Fatal(err)
	}
	seed := adaptive.Seed(uid(1))
	t, err := adaptive.NewTest(bank.Bank, bank.rule, seed, "")
	if err != nil {
		b.Fatal(err)
	}
	for range 15 {
		id, _ := t.Next()
		if err := t.Answer(id, 1); err != nil {
			b.Fatal(err)
		}
	}
	log := slices.Clone(t.Log())
	b.ReportAllocs()
	for b.Loop() {
		t, err := adaptive.Resume(bank.Bank, bank.rule, seed, "", log)
		if err != nil {
			b.Fatal(err)
		}
		id, _ := t.Next()
		if err := t.Answer(id, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAdaptiveAnswers is whole answers of many sittings on a file, 200 a second,
// with the share that is slow: p50, p99 and the worst in milliseconds.
func BenchmarkAdaptiveAnswers(b *testing.B) {
	r := adaptiveRig(b, func(c *Config) { c.Pool, c.Now = realPool(b), time.Now })
	if err := r.Warm(ctx); err != nil {
		b.Fatal(err)
	}
	const rate = 200
	type one struct {
		id string
		a  Access
		v  *View
	}
	var people []*one
	begin := func() *one {
		p := &one{}
		p.id, p.a = start(b, r.Service, "express")
		var err error
		if p.v, err = r.Answer(ctx, p.id, p.a, Given{Block: AskInternet, Value: yes}); err != nil {
			b.Fatal(err)
		}
		return p
	}
	for range rate {
		people = append(people, begin())
	}
	took := make([]time.Duration, 0, b.N)
	tick := time.NewTicker(time.Second / rate)
	defer tick.Stop()
	b.ResetTimer()
	for i := range b.N {
		p := people[i%len(people)]
		if p.v.Adaptive.Over {
			*p = *begin()
		}
		<-tick.C
		from := time.Now()
		v, err := r.Answer(ctx, p.id, p.a, Given{Rev: p.v.Rev, Block: p.v.Next, Value: instrument.DontKnow()})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.View(ctx, p.id, p.a); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(from))
		p.v = v
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[min(int(share*float64(len(took))), len(took)-1)].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.50), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "worst-ms")
}

// BenchmarkBank is what the first person of a new version of the pool waits for.
func BenchmarkBank(b *testing.B) {
	pool := realPool(b)
	for b.Loop() {
		b.StopTimer()
		r := adaptiveRig(b, func(c *Config) { c.Pool = pool })
		b.StartTimer()
		if err := r.Warm(ctx); err != nil {
			b.Fatal(err)
		}
	}
}
