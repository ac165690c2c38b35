package adaptive

import (
	"errors"
	"fmt"
	"math"
)

// ErrNotLinked: too few common items are left to carry one scale to another. A
// wave that cannot be linked says so (METHOD §2).
var ErrNotLinked = errors.New("adaptive: the scales cannot be linked")

// Link carries the scale of a new calibration to the running one:
// θ_running = Slope·θ_new + Shift.
type Link struct {
	Slope, Shift float64
}

// Theta on the running scale.
func (l Link) Theta(theta float64) float64 { return l.Slope*theta + l.Shift }

// Item on the running scale: a/Slope, Slope·b + Shift.
func (l Link) Item(it Item) Item { return Item{A: it.A / l.Slope, B: l.Slope*it.B + l.Shift} }

// LinkMethod names how a link is found.
type LinkMethod string

// Methods of METHOD §2.
const (
	MeanSigma    LinkMethod = "mean-sigma"
	StockingLord LinkMethod = "stocking-lord"
)

// LinkOptions tunes Links; the zero value is METHOD §2.
type LinkOptions struct {
	Method LinkMethod // "": StockingLord
	// MaxShift is the largest |Δb| of an anchor after linking; 0: 0.5.
	MaxShift float64
	// FormItems is the length of the form, for the rule of 20 % or 20 anchors;
	// 0: only three anchors are asked for.
	FormItems int
}

// Linked is a link with what it rests on.
type Linked struct {
	Link
	Method LinkMethod
	Used   []int // places of the anchors that count
	// Dropped are the anchors whose difficulty moved by more than MaxShift,
	// in the order in which they were dropped, with their movement then.
	Dropped []Drift
	// Worst is the largest |Δb| of the anchors that count.
	Worst float64
}

// Drift is an anchor that moved.
type Drift struct {
	Anchor int
	DeltaB float64
}

// Links finds the link from anchors given in the same order on the new and the
// running scale. The anchor that moves most is dropped while it moves by more
// than MaxShift, one at a time; too few left is ErrNotLinked.
func Links(fresh, running []Item, o LinkOptions) (Linked, error) {
	if o.Method == "" {
		o.Method = StockingLord
	}
	if o.MaxShift == 0 {
		o.MaxShift = 0.5
	}
	if len(fresh) != len(running) || len(fresh) > MaxItems || !(o.MaxShift > 0) || o.Method != MeanSigma && o.Method != StockingLord {
		return Linked{}, fmt.Errorf("%w: %d anchors on the new and %d on the running scale by %q", ErrInput, len(fresh), len(running), o.Method)
	}
	for k := range fresh {
		for _, it := range []Item{fresh[k], running[k]} {
			if err := it.Validate(); err != nil {
				return Linked{}, fmt.Errorf("anchor %d: %w", k+1, err)
			}
		}
	}
	least := max(3, min(20, int(math.Ceil(0.2*float64(o.FormItems)))))
	out := Linked{Method: o.Method}
	for k := range fresh {
		out.Used = append(out.Used, k)
	}
	for {
		if len(out.Used) < least {
			return Linked{}, fmt.Errorf("%w: %d anchors of the %d needed, %d dropped because they moved", ErrNotLinked, len(out.Used), least, len(out.Dropped))
		}
		f, r := pickItems(fresh, out.Used), pickItems(running, out.Used)
		var err error
		if out.Link, err = meanSigma(f, r); err != nil {
			return Linked{}, err
		}
		if o.Method == StockingLord {
			if out.Link, err = stockingLord(f, r, out.Link); err != nil {
				return Linked{}, err
			}
		}
		worst, at := 0.0, -1
		for k := range f {
			if d := math.Abs(out.Link.Item(f[k]).B - r[k].B); d > worst {
				worst, at = d, k
			}
		}
		out.Worst = worst
		if worst <= o.MaxShift {
			return out, nil
		}
		anchor := out.Used[at]
		out.Dropped = append(out.Dropped, Drift{anchor, out.Link.Item(f[at]).B - r[at].B})
		out.Used = append(out.Used[:at], out.Used[at+1:]...)
	}
}

func pickItems(items []Item, at []int) []Item {
	out := make([]Item, len(at))
	for k, j := range at {
		out[k] = items[j]
	}
	return out
}

// meanSigma matches mean and spread of the difficulties (Marco 1977).
func meanSigma(fresh, running []Item) (Link, error) {
	moments := func(items []Item) (mean, sd float64) {
		n := float64(len(items))
		for _, it := range items {
			mean += it.B / n
		}
		for _, it := range items {
			sd += (it.B - mean) * (it.B - mean) / n
		}
		return mean, math.Sqrt(sd)
	}
	mf, sf := moments(fresh)
	mr, sr := moments(running)
	if !(sf > 0.01) || !(sr > 0.01) {
		return Link{}, fmt.Errorf("%w: the anchors have one difficulty", ErrNotLinked)
	}
	slope := sr / sf
	return Link{slope, mr - slope*mf}, nil
}

// stockingLord brings the characteristic curves of the anchors together over
// N(0, 1) of the running scale (Stocking and Lord 1983), by damped
// Gauss–Newton steps from a first guess.
func stockingLord(fresh, running []Item, l Link) (Link, error) {
	const nodes = 41
	loss := func(l Link) (value float64, gs, gh, hss, hsh, hhh float64) {
		for i := range nodes {
			t := -4 + 8*float64(i)/(nodes-1)
			w := math.Exp(-t * t / 2)
			var diff, ds, dh float64
			for k, f := range fresh {
				// P of the carried item at t: logit a/S·(t − S·b − H).
				p := l.Item(f).Probability(t)
				diff += p - running[k].Probability(t)
				pq := p * (1 - p)
				ds -= pq * f.A * (t - l.Shift) / (l.Slope * l.Slope)
				dh -= pq * f.A / l.Slope
			}
			value += w * diff * diff
			gs += w * diff * ds
			gh += w * diff * dh
			hss += w * ds * ds
			hsh += w * ds * dh
			hhh += w * dh * dh
		}
		return
	}
	at, gs, gh, hss, hsh, hhh := loss(l)
	damp := 1e-6
	for range 200 {
		det := (hss+damp*hss)*(hhh+damp*hhh) - hsh*hsh
		if !(det > 0) {
			return l, fmt.Errorf("%w: the anchors' curves are flat", ErrNotLinked)
		}
		ds := -(gs*(hhh+damp*hhh) - gh*hsh) / det
		dh := -(gh*(hss+damp*hss) - gs*hsh) / det
		next := Link{l.Slope + ds, l.Shift + dh}
		if next.Slope > 0.05 {
			if v, a, b, c, d, e := loss(next); v <= at {
				l, at, gs, gh, hss, hsh, hhh = next, v, a, b, c, d, e
				damp = max(damp/10, 1e-12)
				if math.Abs(ds)+math.Abs(dh) < 1e-10 {
					return l, nil
				}
				continue
			}
		}
		if damp *= 10; damp > 1e12 {
			return l, nil
		}
	}
	return l, &UnsettledError{Cycles: 200, Change: math.Abs(gs) + math.Abs(gh), LogLik: -at}
}
