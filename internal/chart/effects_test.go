package chart

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEffectsHoldZeroAndEveryInterval(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := Effects{Head: Head{ID: "e", Title: "t"}}
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			at := rapid.Float64Range(-60, 60).Draw(rt, "at")
			half := rapid.Float64Range(0, 30).Draw(rt, "half")
			d.Rows = append(d.Rows, Effect{Name: "a<b", Value: Value{At: at, Low: at - half, High: at + half}, Sure: at > half})
		}
		out := string(d.SVG())
		if len(d.Rows) > 0 && !strings.Contains(out, `class="c-zero"`) {
			rt.Fatal("no line at zero")
		}
		if strings.Contains(out, "NaN") || strings.Contains(out, "Inf") || strings.Contains(out, "a<b") {
			rt.Fatal(out)
		}
		if string(d.SVG()) != out {
			rt.Fatal("drawn twice it differs")
		}
	})
	gap := Effects{Head: Head{ID: "e"}, Rows: []Effect{{Name: "x", Value: Gap("замало")}}}
	if out := string(gap.SVG()); !strings.Contains(out, "замало") || strings.Contains(out, "<circle") {
		t.Error(out)
	}
	open := Effects{Head: Head{ID: "e"}, Rows: []Effect{{Value: Value{At: 1, Low: math.NaN(), High: math.NaN()}}}}
	if out := string(open.SVG()); !strings.Contains(out, "c-dot--open") {
		t.Error("what is not sure looks sure")
	}
}

func TestGoalsAndColumnsBeginAtZero(t *testing.T) {
	t.Parallel()
	out := string(Goals{Head: Head{ID: "g"}, Rows: []Goal{{"a", 5, 10}, {"b", 0, 0}}}.SVG())
	if !strings.Contains(out, `width="50%"`) || strings.Count(out, "c-whisker") != 1 || !strings.Contains(out, "5 / 10") {
		t.Error(out)
	}
	out = string(Columns{Head: Head{ID: "c", Title: "t"}, Rows: []float64{0, 4, math.NaN(), 2}, First: "1", Last: "4"}.SVG())
	if strings.Count(out, "c-bar") != 2 || strings.Contains(out, "NaN") {
		t.Error(out)
	}
	if out := string(Columns{Head: Head{ID: "c"}}.SVG()); strings.Contains(out, "NaN") {
		t.Error(out)
	}
}

func TestNiceStep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		span := rapid.Float64Range(0.001, 1e9).Draw(rt, "span")
		if n := span / niceStep(span); n < 1 || n > 8 {
			rt.Fatalf("%v marks for %v", n, span)
		}
	})
	if niceStep(0) != 1 || niceStep(math.NaN()) != 1 {
		t.Error("no step for nothing")
	}
}
