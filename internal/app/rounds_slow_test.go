//go:build slow

package app

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/institution"
	"osvitlo/internal/testkit"
)

// Twenty classes of thirty-five, one after another, each in the same second and all behind
// one address: whole questionnaires from devices that were offline, and then a class on
// paths of pages. Nobody is refused.
func TestTwentyClassesInARow(t *testing.T) {
	const classes, pupils = 20, 35
	m := newMonitoring(t)
	school := m.school(t, "Школа на двадцять класів", map[institution.Role]int{institution.Graduate: classes * pupils})
	r := m.opened(t, false, school)
	codes := m.codes(t, r, school, institution.Graduate, (classes+1)*pupils)
	sheets := make([][]byte, classes*pupils)
	for i := range sheets {
		sheets[i] = m.sheetOf(t, "graduate-round", codes[i])
	}
	var mu sync.Mutex
	var took []time.Duration
	var worst time.Duration
	for class := range classes {
		var wait sync.WaitGroup
		start := make(chan struct{})
		for i := range pupils {
			sheet := sheets[class*pupils+i]
			wait.Go(func() {
				<-start
				began := time.Now()
				if got := m.put(t, uuid.Must(uuid.NewV7()).String(), sheet); got != http.StatusCreated {
					t.Errorf("class %d: %d", class+1, got)
				}
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
			})
		}
		began := time.Now()
		close(start)
		wait.Wait()
		worst = max(worst, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("%d questionnaires: p50 %v, p99 %v; the slowest class was done in %v", len(took), took[len(took)/2].Round(time.Millisecond),
		took[len(took)*99/100].Round(time.Millisecond), worst.Round(time.Millisecond))

	// one class by its pages: the slip, the beginning and three answers each, at once
	took = nil
	var wait sync.WaitGroup
	for _, code := range codes[classes*pupils:] {
		wait.Go(func() {
			v := testkit.NewVisitor(t, m.URL, "uk")
			page := m.began(t, v, code)
			for range 3 {
				began := time.Now()
				page = step(t, v, page)
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
				if page.Status != http.StatusOK {
					t.Errorf("an answer: %d", page.Status)
				}
			}
		})
	}
	wait.Wait()
	slices.Sort(took)
	t.Logf("%d answers by pages: p50 %v, p99 %v", len(took), took[len(took)/2].Round(time.Millisecond), took[len(took)*99/100].Round(time.Millisecond))
	if err := m.Rounds.Count(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts, err := m.Rounds.Responses(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if lines := counts.Of(school.ID).Lines; len(lines) == 0 || lines[0].N != classes*pupils {
		t.Errorf("counted %+v of %d", lines, classes*pupils)
	}
}
