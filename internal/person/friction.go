package person

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Limits of wrong tries. They go by card, account and address of mail, never by the
// network address: a class signs in from one.
const (
	CardTries   = 10 // wrong second secrets of a card in all; then a mentor helps
	CodeTries   = 5  // wrong digits of one code
	factorTries = 10 // wrong TOTP codes of an account before it rests
	tryFree     = 3  // wrong tries without a pause
	tryFirst    = 5 * time.Second
	tryLongest  = 5 * time.Minute
	factorRest  = 15 * time.Minute
)

// pauseAfter is how long a card or account rests after its n-th wrong try.
func pauseAfter(n int) time.Duration {
	if n < tryFree {
		return 0
	}
	return min(tryFirst<<min(n-tryFree, 10), tryLongest)
}

// Global budget of wrong tries, for the whole process: it is far above what people
// mistype in an hour. Once it is spent, a try must be made in two steps some seconds
// apart, each for its own card; nobody waits for anybody else. It is kept in memory:
// a restart forgives, and n replicas allow n times as much.
const (
	budgetFree    = 300 // wrong tries an hour
	budgetWindow  = time.Hour
	frictionFirst = 3 * time.Second
	frictionMost  = 30 * time.Second
	ticketLife    = 5 * time.Minute
)

type friction struct {
	mu    sync.Mutex
	wrong []time.Time // oldest first, at most 4 × budgetFree
}

func (f *friction) failed(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(now)
	if len(f.wrong) < 4*budgetFree {
		f.wrong = append(f.wrong, now)
	}
}

func (f *friction) forget(now time.Time) {
	old := 0
	for old < len(f.wrong) && now.Sub(f.wrong[old]) >= budgetWindow {
		old++
	}
	f.wrong = f.wrong[old:]
}

// delay is what a try must wait for now; 0 while the budget lasts.
func (f *friction) delay(now time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(now)
	over := len(f.wrong) - budgetFree
	if over < 0 {
		return 0
	}
	return min(frictionFirst<<min(over/100, 5), frictionMost)
}

// pass lets a try through, or tells it to come again after a pause with a stamp that
// is good for this subject and count only.
func (s *Service) pass(stamp, subject string, wrong int) error {
	now := s.now()
	wait := s.friction.delay(now)
	if wait == 0 {
		return nil
	}
	if begun, sum, ok := strings.Cut(stamp, "."); ok && len(stamp) < 120 {
		at, err := strconv.ParseInt(begun, 10, 64)
		if err == nil && sum == s.stamp(at, subject, wrong) {
			age := now.Sub(time.UnixMilli(at))
			if age >= wait && age < ticketLife {
				return nil
			}
			if age >= 0 && age < wait {
				return tooMany(wait-age, stamp)
			}
		}
	}
	at := now.UnixMilli()
	return tooMany(wait, strconv.FormatInt(at, 10)+"."+s.stamp(at, subject, wrong))
}

func (s *Service) stamp(at int64, subject string, wrong int) string {
	return mac(s.flowKey, "stamp", strconv.FormatInt(at, 10), subject, strconv.Itoa(wrong))[:32]
}

// tooMany says how many seconds to wait; with a stamp, what to send along then.
func tooMany(wait time.Duration, stamp string) error {
	f := fault.New(fault.TooMany, "person.wait")
	f.Args = map[string]any{"Seconds": int((wait + time.Second - 1) / time.Second)}
	if stamp != "" {
		f.Args["Stamp"] = stamp
	}
	return f
}

// Failed tells whether the operator should look: more wrong tries in the last hour
// than people make.
func (s *Service) Failed() (wrong int, high bool) {
	s.friction.mu.Lock()
	defer s.friction.mu.Unlock()
	s.friction.forget(s.now())
	return len(s.friction.wrong), len(s.friction.wrong) >= budgetFree
}

// counter is how often somebody was wrong, inside a stored document.
type counter struct {
	Wrong int        `json:"wrong,omitempty"`
	Next  store.Time `json:"next"` // no try before it
}

// rests tells how long the counter still rests.
func (c *counter) rests(now time.Time) time.Duration {
	if now.Before(c.Next.Time) {
		return c.Next.Sub(now)
	}
	return 0
}

// miss counts a wrong try ahead of the comparison, so that many at once cannot
// outrun the count.
func (c *counter) miss(now time.Time) {
	c.Wrong++
	c.Next = store.Time{}
	if p := pauseAfter(c.Wrong); p > 0 {
		c.Next = store.At(now.Add(p))
	}
}

// failedSignIn is the one answer to everything that is wrong at a door.
func failedSignIn() error { return fault.New(fault.Unauthenticated, "person.sign_in_failed") }
