//go:build e2e

package e2e

import (
	"os/exec"
	"sync"
	"testing"
	"time"
)

// command runs the built program with other words than serve.
func command(args ...string) (string, error) {
	out, err := exec.Command(binary, args...).CombinedOutput()
	return string(out), err
}

// A library, a class, a whole town behind one address: three hundred people at once
// begin, answer and finish, and nobody is turned away.
func TestThreeHundredSittingsFromOneAddress(t *testing.T) {
	t.Parallel()
	const people, answers = 300, 4
	p := town(t)
	began := time.Now()
	start := make(chan struct{})
	var wg sync.WaitGroup
	all := make([]*person, people)
	for i := range people {
		wg.Go(func() {
			<-start
			all[i] = walkerAt(t, p.Site, "uk", "resident-test")
			all[i].next(answers)
		})
	}
	close(start)
	wg.Wait()
	if t.Failed() {
		return
	}
	ids := map[string]bool{}
	for _, one := range all {
		ids[one.at] = true
	}
	if len(ids) != people {
		t.Errorf("%d sittings, want %d", len(ids), people)
	}
	t.Logf("%d people, %d answers each, in %v", people, answers, time.Since(began).Round(time.Millisecond))
}

// One sitting sent a thousand times at once leaves one record and one answer.
func TestOneSittingSentManyTimes(t *testing.T) {
	t.Parallel()
	const times, workers = 1000, 50
	body := whole(t)
	id := "01a00000-0000-7000-8000-0000000000aa"
	p := town(t)
	var mu sync.Mutex
	counts := map[int]int{}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			v := visitor(t, p)
			for range times / workers {
				a := v.Send("PUT", "/api/v1/sittings/"+id, "application/json", body)
				mu.Lock()
				counts[a.Status]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if counts[201] != 1 || counts[200] != times-1 {
		t.Errorf("statuses %v, want one 201 and %d times 200", counts, times-1)
	}
}
