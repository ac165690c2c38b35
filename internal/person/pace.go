package person

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limits of accounts that people make for themselves without a proved address. They go
// by browser and by the whole process, never by the network address: a class registers
// from one. They are kept in memory, as the budget of wrong tries is.
const (
	MadeByDevice = 100         // of one browser within an hour, mistyped forms included: a class on one computer
	madeApart    = time.Second // between accounts of anybody, once the budget is spent
	maxDevices   = 20_000      // browsers remembered at once
)

// pace slows registrations down when there are more than people make: within
// budgetFree an hour nobody notices; beyond, an account is made in two steps some
// seconds apart, and one a second in all, so that a flood costs time and locks nobody
// out for good.
type pace struct {
	friction

	at      sync.Mutex
	devices map[string][]time.Time
	used    map[string]time.Time // stamps, until they are too old anyhow
	last    time.Time
	swept   time.Time
}

// MayRegister lets a visitor's registration through, or says to come again: device is
// what this browser was given at an earlier one, or empty; stamp comes from the last
// TooMany. A registration with a proved address needs no leave. Errors: TooMany with
// Args Seconds and perhaps Stamp.
func (s *Service) MayRegister(device, stamp string) error {
	p, now := &s.made, s.now()
	wait := p.delay(now)
	p.at.Lock()
	defer p.at.Unlock()
	p.sweep(now)
	if mine := p.devices[device]; device != "" && len(mine) >= MadeByDevice {
		return tooMany(budgetWindow-now.Sub(mine[0]), "")
	}
	if wait > 0 {
		begun, rest, _ := strings.Cut(stamp, ".")
		once, sum, ok := strings.Cut(rest, ".")
		at, err := strconv.ParseInt(begun, 10, 64)
		if !ok || len(stamp) > 120 || err != nil || sum != s.stamp(at, "register:"+once, 0) || now.Sub(time.UnixMilli(at)) >= ticketLife || !p.used[once].IsZero() {
			at, once = now.UnixMilli(), random(10)
			return tooMany(wait, strconv.FormatInt(at, 10)+"."+once+"."+s.stamp(at, "register:"+once, 0))
		}
		if age := now.Sub(time.UnixMilli(at)); age < wait {
			return tooMany(wait-age, stamp)
		}
		if now.Sub(p.last) < madeApart {
			return tooMany(madeApart, stamp) // the stamp stays good
		}
		p.used[once] = now
	}
	p.last = now
	p.failed(now) // counts one
	if device != "" && len(p.devices) < maxDevices {
		p.devices[device] = append(p.devices[device], now)
	}
	return nil
}

// Made tells how many accounts visitors made within the last hour, and whether these are
// more than people make.
func (s *Service) Made() (accounts int, high bool) {
	f := &s.made.friction
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(s.now())
	return len(f.wrong), len(f.wrong) >= budgetFree
}

// sweep forgets, once a minute, what no limit asks about any more.
func (p *pace) sweep(now time.Time) {
	if p.devices == nil {
		p.devices, p.used = map[string][]time.Time{}, map[string]time.Time{}
	}
	if now.Sub(p.swept) < time.Minute {
		return
	}
	p.swept = now
	for d, times := range p.devices {
		for len(times) > 0 && now.Sub(times[0]) >= budgetWindow {
			times = times[1:]
		}
		if p.devices[d] = times; len(times) == 0 {
			delete(p.devices, d)
		}
	}
	for once, at := range p.used {
		if now.Sub(at) >= ticketLife {
			delete(p.used, once)
		}
	}
}

// NewDevice is what a browser is given so that its registrations are counted together.
func NewDevice() string { return random(16) }
