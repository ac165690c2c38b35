package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCurvesAreWellFormedAndTheirMarksApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		d := Curves{Head: Head{ID: "c", Title: "T & <t>", Desc: "d"}, Groups: []string{"1", "2", "3", "4", "5"}}
		for range rapid.IntRange(0, 8).Draw(r, "lines") {
			share := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Just(math.NaN()), rapid.Just(2.0))
			d.Lines = append(d.Lines, Curve{Mark: "a", Strong: rapid.Bool().Draw(r, "strong"), Shares: rapid.SliceOfN(share, 0, 6).Draw(r, "shares")})
		}
		svg := string(d.SVG())
		dec := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				r.Fatalf("%v in %s", err, svg)
			}
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "style=") {
			r.Fatal(svg)
		}
		marks := d.marks(func(v float64) float64 { return curvesTop + (1-math.Min(1, math.Max(0, v)))*curvesHeight })
		for i, a := range marks {
			for j, b := range marks {
				if i < j && math.Abs(a-b) < markHeight-1e-9 {
					r.Fatalf("marks %d and %d stand %v apart", i, j, math.Abs(a-b))
				}
			}
		}
	})
}

func TestOnlyTheRightOptionIsStrong(t *testing.T) {
	t.Parallel()
	svg := string(Curves{Head: Head{ID: "c"}, Groups: []string{"1", "2"}, Lines: []Curve{{Mark: "А", Strong: true, Shares: []float64{0.2, 0.9}}, {Mark: "Б", Shares: []float64{0.8, 0.1}}}}.SVG())
	if strings.Count(svg, `class="c-old"`) != 1 || strings.Count(svg, "c-strong") != 1 || strings.Count(svg, "<circle") != 4 {
		t.Error(svg)
	}
}
