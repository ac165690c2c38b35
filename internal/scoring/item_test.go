package scoring

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestMultiple(t *testing.T) {
	t.Parallel()
	options := []string{"a", "b", "c", "d", "e"}
	key := []string{"a", "b"}
	for _, c := range []struct {
		picked []string
		rule   MultipleRule
		want   float64
	}{
		{[]string{"a", "b"}, ProportionWithPenalty, 1},
		{[]string{"a"}, ProportionWithPenalty, 0.5},
		{[]string{"a", "b", "c"}, ProportionWithPenalty, 1 - 1.0/3},
		{[]string{"a", "c", "d"}, ProportionWithPenalty, 0},
		{[]string{"a", "b", "c", "d", "e"}, ProportionWithPenalty, 0},
		{nil, ProportionWithPenalty, 0},
		{[]string{"b", "a"}, AllOrNothing, 1},
		{[]string{"a"}, AllOrNothing, 0},
		{[]string{"a", "b", "c"}, AllOrNothing, 0},
	} {
		got, err := Multiple(options, key, c.picked, c.rule)
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v rule %d: %v %v, want %v", c.picked, c.rule, got, err, c.want)
		}
	}
	if got, err := Multiple([]string{"a", "b"}, []string{"a", "b"}, []string{"a"}, ProportionWithPenalty); err != nil || got != 0.5 {
		t.Errorf("no wrong options: %v %v", got, err)
	}
	for name, call := range map[string]func() (float64, error){
		"unknown pick": func() (float64, error) { return Multiple(options, key, []string{"x"}, 0) },
		"twice":        func() (float64, error) { return Multiple(options, key, []string{"a", "a"}, 0) },
		"unknown key":  func() (float64, error) { return Multiple(options, []string{"x"}, nil, 0) },
		"empty key":    func() (float64, error) { return Multiple(options, nil, nil, 0) },
		"unknown rule": func() (float64, error) { return Multiple(options, key, nil, 7) },
		"counts":       func() (float64, error) { return MultipleCounts(3, 2, 0, 1, 0) },
		"points":       func() (float64, error) { return Partial(3, 2) },
		"likert 0":     func() (float64, error) { return Likert(0, 5, false) },
		"likert 6":     func() (float64, error) { return Likert(6, 5, true) },
		"short order":  func() (float64, error) { return Ordering([]string{"a", "b"}, []string{"a"}) },
		"double order": func() (float64, error) { return Ordering([]string{"a", "b"}, []string{"a", "a"}) },
		"left unknown": func() (float64, error) {
			return Matching(map[string]string{"1": "a"}, map[string]string{"2": "a"})
		},
		"number": func() (float64, error) { return Number(math.NaN(), 0, 1) },
	} {
		if _, err := call(); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOrderingAndMatching(t *testing.T) {
	t.Parallel()
	key := []string{"1", "2", "3", "4", "5"}
	for answer, want := range map[string]float64{"12345": 1, "23451": 0.75, "21345": 0.5, "54321": 0, "13245": 0.25} {
		ids := make([]string, 0, 5)
		for _, r := range answer {
			ids = append(ids, string(r))
		}
		if got, err := Ordering(key, ids); err != nil || got != want {
			t.Errorf("%s: %v %v, want %v", answer, got, err, want)
		}
	}
	pairs := map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}
	if got, err := Matching(pairs, map[string]string{"a": "1", "b": "3"}); err != nil || got != 0.25 {
		t.Errorf("matching: %v %v", got, err)
	}
	if got, err := Matching(pairs, nil); err != nil || got != 0 {
		t.Errorf("empty matching: %v %v", got, err)
	}
}

func TestNumberAndLikert(t *testing.T) {
	t.Parallel()
	if s, err := Number(0.1+0.2, 0.3, 0.3); err != nil || s != 1 {
		t.Errorf("0.1+0.2: %v %v", s, err)
	}
	if s, _ := Number(0.31, 0.29, 0.3); s != 0 {
		t.Error("0.31 is over 0.3")
	}
	if s, _ := Likert(4, 5, false); s != 0.75 {
		t.Errorf("likert: %v", s)
	}
	if s, _ := Likert(4, 5, true); s != 0.25 {
		t.Errorf("reversed: %v", s)
	}
}

func TestItemScoresStayInRange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "options")
		options := make([]string, n)
		for i := range options {
			options[i] = fmt.Sprint(i)
		}
		key := rapid.SliceOfNDistinct(rapid.SampledFrom(options), 1, n, rapid.ID[string]).Draw(t, "key")
		picked := rapid.SliceOfNDistinct(rapid.SampledFrom(options), 0, n, rapid.ID[string]).Draw(t, "picked")
		soft, err := Multiple(options, key, picked, ProportionWithPenalty)
		if err != nil || soft < 0 || soft > 1 {
			t.Fatalf("%v %v", soft, err)
		}
		hard, err := Multiple(options, key, picked, AllOrNothing)
		if err != nil || hard > soft {
			t.Fatalf("all-or-nothing %v over proportion %v (%v)", hard, soft, err)
		}
		order := rapid.Permutation(options).Draw(t, "order")
		if n > 1 {
			s, err := Ordering(options, order)
			if err != nil || s < 0 || s > 1 {
				t.Fatalf("ordering %v %v", s, err)
			}
		}
	})
}
