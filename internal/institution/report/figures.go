package report

import (
	"math"
	"sync"

	"osvitlo/internal/weighting"
)

// Figures are what a sum may say about its people.
type Figures struct {
	N        int64     // people; fewer than K of them may have left the question out
	Mean     float64   // points, 0 to 100
	SE       float64   // of the mean, with the correction for a finite frame
	DF       float64   // degrees of freedom of the error
	Low      float64   // 95 % interval by Student's t, within 0 to 100
	High     float64   //
	Quarter  []float64 // lower quartile, median, upper quartile in whole points; nil under 20 people
	Tenth    []float64 // nine deciles in whole points; nil under 100 people
	Coverage float64   // N by the frame, NaN when there is none; over 1 says that the frame is too small
}

// Least numbers of people (METHOD §7).
const (
	leastQuarter = 20
	leastTenth   = 100
)

// Figures computes mean, error and quantiles. frame is how many people there are in all,
// 0 when nobody knows: then, and where more answered than the frame has, there is no
// correction. The variance of the mean is (1−n/N)·s²/n (METHOD §5, one stratum).
func (s *Sum) Figures(frame int64) Figures { return s.figures(frame, s.N) }

// figures are those of a row of some people. Where fewer than K of them left the question
// out, the number shown is that of the row, and it alone decides on quantiles: how many
// skipped would be a number of 1 to 9 people.
func (s *Sum) figures(frame, row int64) Figures {
	shown := s.N
	if left := row - s.N; left > 0 && left < K {
		shown = row
	}
	f := Figures{N: shown, Mean: math.NaN(), SE: math.NaN(), Low: math.NaN(), High: math.NaN()}
	f.cover(frame)
	if s.N == 0 {
		return f
	}
	f.Mean = float64(s.Sum) / scale / float64(s.N)
	// as for the number: one less than the row has, or the width would tell who skipped
	f.SE, f.DF = s.spread(frame), float64(shown-1)
	f.bound(0, 100)
	if shown < leastQuarter {
		return f
	}
	var hist [bins]float64
	for bin, n := range s.Hist {
		if int(bin) < bins {
			hist[bin] = float64(n)
		}
	}
	f.quantiles(&hist, float64(s.N))
	return f
}

// cover sets the coverage of a frame.
func (f *Figures) cover(frame int64) {
	f.Coverage = math.NaN()
	if frame > 0 {
		f.Coverage = float64(f.N) / float64(frame)
	}
}

// bound sets the interval mean ± t·SE, cut at the ends of the scale (METHOD §5).
func (f *Figures) bound(least, most float64) {
	f.Low, f.High = math.NaN(), math.NaN()
	if t := student95(f.DF); !math.IsNaN(f.SE) && !math.IsNaN(t) {
		f.Low, f.High = math.Max(least, f.Mean-t*f.SE), math.Min(most, f.Mean+t*f.SE)
	}
}

// usual are the 97.5 % points of Student's t for the degrees of freedom that blocks have:
// a table of a large city asks for ten thousand.
var usual = sync.OnceValue(func() (t [1000]float64) {
	t[0] = math.NaN()
	for df := 1; df < len(t); df++ {
		t[df], _ = weighting.TQuantile975(float64(df))
	}
	return t
})

// student95 is the 97.5 % point of Student's t; NaN under one degree of freedom.
func student95(df float64) float64 {
	if df == math.Trunc(df) && df >= 0 && df < 1000 {
		return usual()[int(df)]
	}
	t, err := weighting.TQuantile975(df)
	if err != nil {
		return math.NaN()
	}
	return t
}

// spread is the error of the mean; NaN for fewer than two people.
func (s *Sum) spread(frame int64) float64 {
	if s.N < 2 {
		return math.NaN()
	}
	n := float64(s.N)
	// Σ(v−mean)² in exact integers as far as they reach: n·Σv² − (Σv)²
	square := (n*float64(s.Square) - float64(s.Sum)*float64(s.Sum)) / n / (scale * scale)
	left := 1.0
	if frame > 0 && s.N <= frame {
		left = 1 - n/float64(frame)
	}
	return math.Sqrt(left * math.Max(0, square) / (n - 1) / n)
}

// quantiles sets those that the number of people allows, from how much stands at each
// whole point and how much there is in all.
func (f *Figures) quantiles(hist *[bins]float64, all float64) {
	if f.N >= leastQuarter {
		f.Quarter = quantiles(hist, all, 0.25, 0.5, 0.75)
	}
	if f.N >= leastTenth {
		f.Tenth = quantiles(hist, all, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
	}
}

// quantiles interpolates in the distribution of whole points, each spread evenly over
// half a point on both sides, and rounds to whole points, so that no quantile is one
// person's value.
func quantiles(hist *[bins]float64, all float64, at ...float64) []float64 {
	out := make([]float64, len(at))
	for i, p := range at {
		want, seen := p*all, 0.0
		for bin := 0; bin < bins; bin++ {
			n := hist[bin]
			if n > 0 && seen+n >= want {
				from, to := math.Max(0, float64(bin)-0.5), math.Min(100, float64(bin)+0.5)
				out[i] = math.Round(from + (to-from)*(want-seen)/n)
				break
			}
			seen += n
		}
	}
	return out
}

// Place says how a group stands to the city without a rank.
type Place string

// The places.
const (
	NeedsSupport Place = "needs-support" // the whole interval lies under the city's median
	Middle       Place = "middle"
	CanShare     Place = "can-share" // the whole interval lies over it
	NotKnown     Place = "not-known"
)

// PlaceOf compares an interval with the city's median of institutions.
func (f Figures) PlaceOf(median float64) Place {
	switch {
	case math.IsNaN(f.Low) || math.IsNaN(median):
		return NotKnown
	case f.High < median:
		return NeedsSupport
	case f.Low > median:
		return CanShare
	}
	return Middle
}
