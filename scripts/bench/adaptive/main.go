// Command adaptive measures answers of the adaptive test: real content, durable
// SQLite, no pages. Many sittings answer at a steady rate; each answer is stored and
// the next item looked up, as the screen behind it does.
//
//	go run ./scripts/bench/adaptive -rate 200 -seconds 20
//
// It prints how long the making of a bank took, p50, p99 and the worst, and exits
// with 1 when the order is not met: p99 under 10 ms at 200 answers a second.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
)

func main() {
	rate := flag.Int("rate", 200, "answers a second")
	seconds := flag.Float64("seconds", 20, "seconds of measuring")
	flag.Parse()
	met, err := run(*rate, *seconds)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "adaptive:", err)
		os.Exit(2)
	case !met:
		os.Exit(1)
	}
}

// mostP99 is the order of the issue.
const mostP99 = 10 * time.Millisecond

func run(rate int, seconds float64) (bool, error) {
	if rate < 1 || rate > 10_000 || !(seconds > 0 && seconds <= 3600) {
		return false, errors.New("a rate of 1 to 10,000 and at most an hour, please")
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "osvitlo-adaptive-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "adaptive.db")})
	if err != nil {
		return false, err
	}
	defer engine.Close()
	service, err := open(ctx, engine)
	if err != nil {
		return false, err
	}
	started := time.Now()
	if err := service.Warm(ctx); err != nil {
		return false, err
	}
	fmt.Printf("a bank is made in %v\n", time.Since(started).Round(time.Millisecond))

	// As many sittings as answers in two seconds: nobody waits for their own answer.
	people := make([]*person, 2*rate)
	for i := range people {
		if people[i], err = begin(ctx, service); err != nil {
			return false, err
		}
	}
	n := int(float64(rate) * seconds)
	took, next := make([]time.Duration, n), make([]time.Duration, n)
	fail := make([]error, n)
	var wait sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for i := range n {
		<-tick.C
		wait.Go(func() { took[i], next[i], fail[i] = people[i%len(people)].answer(ctx, service) })
	}
	wait.Wait()
	if err := errors.Join(fail...); err != nil {
		return false, err
	}
	slices.Sort(took)
	p99 := took[n*99/100]
	verdict := "met"
	if p99 > mostP99 {
		verdict = "NOT met"
	}
	fmt.Printf("%d answers at %d/s: p50 %v, p99 %v (under %v: %s), worst %v\n", n, rate, took[n/2], p99, mostP99, verdict, took[n-1])
	slices.Sort(next)
	fmt.Printf("of that the next item, without storing the answer: p50 %v, p99 %v, worst %v\n", next[n/2], next[n*99/100], next[n-1])
	return p99 <= mostP99, nil
}

func open(ctx context.Context, engine *sqlite.Engine) (*sitting.Service, error) {
	lib, problems := content.Load(files.FS)
	if content.Failed(problems) {
		return nil, fmt.Errorf("content: %v", problems)
	}
	if err := engine.Migrate(ctx, append(sitting.Specs(), survey.Spec)); err != nil {
		return nil, err
	}
	waves, err := survey.New(ctx, engine, survey.Config{}, time.Now)
	if err != nil {
		return nil, err
	}
	framework, err := lib.Framework(content.OurFramework)
	if err != nil {
		return nil, err
	}
	var structure scoring.Structure
	for _, area := range framework.Areas {
		one := scoring.AreaStructure{ID: area.ID}
		for _, c := range area.Competences {
			one.Competences = append(one.Competences, c.ID)
		}
		structure = append(structure, one)
	}
	var published []*instrument.Instrument
	for _, in := range lib.Instruments() {
		published = append(published, lib.Versions(in.Slug)...)
	}
	catalogue, err := sitting.Publish(published...)
	if err != nil {
		return nil, err
	}
	return sitting.New(ctx, engine, catalogue, waves, sitting.Config{Secret: bytes.Repeat([]byte("s"), 32),
		Structure: structure, Pool: sitting.ItemPool(lib.Items())})
}

// person is one sitting; a new one begins when its tasks are over.
type person struct {
	mu     sync.Mutex
	id     string
	access sitting.Access
	view   *sitting.View
}

func begin(ctx context.Context, s *sitting.Service) (*person, error) {
	p := &person{}
	return p, p.begin(ctx, s)
}

func (p *person) begin(ctx context.Context, s *sitting.Service) error {
	st, err := s.Start(ctx, sitting.StartRequest{Instrument: "resident-express", Language: "uk"})
	if err != nil {
		return err
	}
	p.id, p.access = st.ID, sitting.Access{Token: st.Token}
	p.view, err = s.Answer(ctx, p.id, p.access, sitting.Given{Block: sitting.AskInternet, Value: instrument.Word("yes")})
	return err
}

// answer answers the task that is due and looks up the next one. It tells how long both
// took, and the second alone.
func (p *person) answer(ctx context.Context, s *sitting.Service) (whole, next time.Duration, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.view.Adaptive.Over {
		if err := p.begin(ctx, s); err != nil {
			return 0, 0, err
		}
	}
	from := time.Now()
	v, err := s.Answer(ctx, p.id, p.access, sitting.Given{Rev: p.view.Rev, Block: p.view.Next, Value: instrument.DontKnow()})
	if err != nil {
		return 0, 0, err
	}
	stored := time.Now()
	if p.view, err = s.View(ctx, p.id, p.access); err != nil {
		return 0, 0, err
	}
	if p.view.Rev != v.Rev {
		return 0, 0, fmt.Errorf("the page shows revision %d of %d", p.view.Rev, v.Rev)
	}
	return time.Since(from), time.Since(stored), nil
}
