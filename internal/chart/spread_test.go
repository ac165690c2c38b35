package chart

import (
	"math"
	"strings"
	"testing"
)

func TestSpreadDrawsOnlyWhatIsKnown(t *testing.T) {
	t.Parallel()
	d := Spread{Head: Head{ID: "s", Title: "t"}, Max: 100, Step: 25, Rows: []Strip{
		{Name: "a<b", Quarter: []float64{20, 40, 70}, Tenth: []float64{10, 20, 25, 30, 40, 50, 60, 70, 90}},
		{Name: "few", Quarter: []float64{50, 50, 50}},
		{Name: "a name that is too long for one line of a telephone", Missing: "замало"},
		{Name: "odd", Quarter: []float64{math.NaN(), math.Inf(1), 400}},
	}}
	out := string(d.SVG())
	for _, part := range []string{
		`<rect class="c-strip" x="10%" y="1.6em" width="80%" height="1em"/>`,
		`<rect class="c-bar" x="20%" y="1.6em" width="50%" height="1em"/>`,
		`x1="40%"`, `a&lt;b`, `width="0%"`, `>a name that is too long for<`, `>one line of a telephone<`, `замало`, `role="img"`,
	} {
		if !strings.Contains(out, part) {
			t.Errorf("%s is missing in %s", part, out)
		}
	}
	if strings.Count(out, "c-strip") != 1 || strings.Count(out, "c-median") != 2 || strings.Contains(out, "NaN") || strings.Contains(out, "Inf") || string(d.SVG()) != out {
		t.Error(out)
	}
}
