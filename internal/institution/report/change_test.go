package report

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// yearOf is a report of some schools: how many answered of a frame, and their mean.
func yearOf(t *testing.T, year int, frame int64, schools [][2]float64) *Report {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(year), 5))
	sums := &Sums{}
	var members []Member
	for i, s := range schools {
		u := Unit{fmt.Sprintf("s%d", i), "teacher"}
		members = append(members, Member{Unit: u, Frame: frame, Path: []string{"city"}})
		for range int(s[0]) {
			if err := sums.Add(u, map[string]float64{Knowledge: min(100, max(0, s[1]+8*r.NormFloat64()))}); err != nil {
				t.Fatal(err)
			}
		}
	}
	made, err := Build(fmt.Sprint(year), year, cut, members, sums)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Nobody changed, but a strong school answered much less and a weak one much more, each of
// them too little to be weighted: the sum moves by many points and is no change.
func TestWhoAnsweredMoreIsNoChange(t *testing.T) {
	t.Parallel()
	list := Changes(yearOf(t, 2025, 300, [][2]float64{{200, 70}, {40, 40}}), yearOf(t, 2026, 300, [][2]float64{{40, 70}, {200, 40}}), "teacher", []string{Knowledge})
	if len(list) != 3 || len(list[2].Units) != 2 {
		t.Fatalf("%+v", list)
	}
	if all := list[2]; all.Difference > -15 || all.Real {
		t.Errorf("the mix of schools is called a change: %+v", all)
	}
	list = Changes(yearOf(t, 2025, 300, [][2]float64{{200, 60}, {40, 40}}), yearOf(t, 2026, 300, [][2]float64{{200, 70}, {40, 50}}), "teacher", []string{Knowledge})
	if all := list[len(list)-1]; !all.Real || all.Difference < 7 {
		t.Errorf("all learnt, and it is not seen: %+v", all)
	}
}
