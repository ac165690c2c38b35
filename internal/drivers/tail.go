package drivers

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// FTail is P(F > f) for d1 and d2 degrees of freedom, accurate in the tail.
// An infinite d2 gives χ²(d1)/d1.
func FTail(f, d1, d2 float64) float64 {
	switch {
	case math.IsNaN(f) || !(d1 > 0) || !(d2 > 0):
		return math.NaN()
	case f <= 0:
		return 1
	case math.IsInf(d2, 1):
		return ChiTail(f*d1, d1)
	}
	return mathext.RegIncBeta(d2/2, d1/2, d2/(d2+d1*f))
}

// TTail is P(|T| > |t|) for df degrees of freedom.
func TTail(t, df float64) float64 { return FTail(t*t, 1, df) }

// ChiTail is P(χ² > x) for df degrees of freedom.
func ChiTail(x, df float64) float64 {
	switch {
	case math.IsNaN(x) || !(df > 0):
		return math.NaN()
	case x <= 0:
		return 1
	}
	return mathext.GammaIncRegComp(df/2, x/2)
}
