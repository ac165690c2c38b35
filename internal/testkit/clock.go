package testkit

import (
	"sync"
	"time"
)

// Noon is the time at which a clock begins: a Saturday in the week that the
// examples of the contract are from.
var Noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// Clock is a clock that moves only when it is told to. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock stands at Noon.
func NewClock() *Clock { return &Clock{now: Noon} }

// Now is the function that services take.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Pass moves the clock on.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
