package disclosure

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawUnits(t *rapid.T, most int, largest int64) []Unit {
	n := rapid.IntRange(1, most).Draw(t, "units")
	units := make([]Unit, n)
	for i := range units {
		units[i] = Unit{ID: fmt.Sprintf("u%02d", i), N: rapid.Int64Range(0, largest).Draw(t, "n"),
			Path: []string{rapid.SampledFrom([]string{"g1", "g2", "g3"}).Draw(t, "group"), rapid.SampledFrom([]string{"d1", "d2"}).Draw(t, "district"), "city"}}
	}
	return units
}

func TestBlocksHoldEverybodyOnceAndNobodyAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		units := drawUnits(t, 40, 30)
		b, err := Join(units, 10)
		if err != nil {
			t.Fatal(err)
		}
		size, shown, total := map[string]int64{}, int64(0), int64(0)
		for _, u := range units {
			size[u.ID] = u.N
			total += u.N
		}
		seen := map[string]bool{}
		for _, one := range b.List {
			sum := int64(0)
			for _, u := range one.Units {
				if seen[u] || b.Of[u] != one.ID {
					t.Fatalf("%s stands in two blocks", u)
				}
				seen[u] = true
				sum += size[u]
			}
			if sum != one.N || sum < 10 {
				t.Fatalf("block %s says %d and has %d", one.ID, one.N, sum)
			}
			shown += sum
		}
		left := int64(0)
		for _, u := range b.Within {
			left += size[u]
		}
		if shown+left != total || (left > 0 && len(b.List) > 0) || left >= 10 {
			t.Fatalf("%d shown and %d withheld of %d", shown, left, total)
		}
		for _, u := range b.Empty {
			if size[u] != 0 {
				t.Fatalf("%s is not empty", u)
			}
		}
		// a large unit stands alone unless a small one needed it
		for _, u := range units {
			if u.N >= 10 {
				if one, _ := b.ByID(b.Of[u.ID]); len(one.Units) > 1 && !slices.ContainsFunc(one.Units, func(v string) bool { return size[v] < 10 }) {
					t.Fatalf("%s was joined with others that are large enough", u.ID)
				}
			}
		}
	})
}

func TestSmallUnitsAreJoinedNearFirst(t *testing.T) {
	t.Parallel()
	at := func(id string, n int64, group, district string) Unit {
		return Unit{ID: id, N: n, Path: []string{group, district, "city"}}
	}
	b, err := Join([]Unit{
		at("a", 4, "g1", "d1"), at("b", 7, "g1", "d1"), // together 11
		at("c", 30, "g1", "d1"), at("d", 12, "g2", "d1"), at("e", 3, "g2", "d1"), // e takes d
		at("f", 5, "g3", "d2"), at("g", 20, "g4", "d2"), // f has nobody in g3, takes g of its district
		at("h", 0, "g4", "d2"),
	}, 10)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(b.List)
	if want := "[{a [a b] 11} {c [c] 30} {d [d e] 15} {f [f g] 25}]"; got != want {
		t.Errorf("blocks %s, want %s", got, want)
	}
	inside, cut := b.Inside(map[string]bool{"a": true, "c": true, "d": true, "e": true})
	if fmt.Sprint(inside) != "[{c [c] 30} {d [d e] 15}]" || cut != 1 {
		t.Errorf("a filter shows %v and leaves %d out", inside, cut)
	}
	if b, _ := Join([]Unit{at("a", 4, "g", "d"), at("b", 5, "g", "d")}, 10); len(b.List) != 0 || fmt.Sprint(b.Within) != "[a b]" {
		t.Errorf("nine persons are shown: %+v", b)
	}
	for _, bad := range [][]Unit{{at("a", -1, "g", "d")}, {at("a", 1, "g", "d"), at("a", 2, "g", "d")}, {at("a", 1, "g", "d"), {ID: "b", N: 1}}} {
		if _, err := Join(bad, 10); !errors.Is(err, ErrInput) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// The attacker asks every filter there is (every subset of the units), in every one of
// two school years and of both together, and solves what he got. He must not be able to
// write any set of 1 to 9 persons as a combination of the answers.
func TestNoCombinationOfFiltersTellsASmallSet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		units := drawUnits(t, 7, 14)
		b, err := Join(units, 10)
		if err != nil {
			t.Fatal(err)
		}
		var known [][]int64 // rows over the units
		for set := 1; set < 1<<len(units); set++ {
			asked := map[string]bool{}
			for i, u := range units {
				if set>>i&1 == 1 {
					asked[u.ID] = true
				}
			}
			row := make([]int64, len(units))
			inside, _ := b.Inside(asked)
			for _, one := range inside {
				for _, u := range one.Units {
					row[slices.IndexFunc(units, func(v Unit) bool { return v.ID == u })] = 1
				}
			}
			if !slices.ContainsFunc(known, func(have []int64) bool { return slices.Equal(have, row) }) {
				known = append(known, row)
			}
		}
		for set := 1; set < 1<<len(units); set++ {
			row, n := make([]int64, len(units)), int64(0)
			for i, u := range units {
				if set>>i&1 == 1 {
					if u.N == 0 { // an empty unit adds nothing to a set
						n = -1 << 40
					}
					row[i], n = 1, n+u.N
				}
			}
			if n < 1 || n >= 10 {
				continue
			}
			if follows(known, row) {
				t.Fatalf("%d persons (set %b of %+v) follow from what is shown", n, set, units)
			}
		}
	})
}

// follows tells whether a row is a linear combination of others.
func follows(known [][]int64, row []int64) bool {
	return rank(known) == rank(append(slices.Clone(known), row))
}

func rank(rows [][]int64) int {
	m := make([][]*big.Rat, len(rows))
	for i, r := range rows {
		m[i] = make([]*big.Rat, len(r))
		for j, v := range r {
			m[i][j] = new(big.Rat).SetInt64(v)
		}
	}
	at := 0
	for col := 0; at < len(m) && col < len(rows[0]); col++ {
		pivot := slices.IndexFunc(m[at:], func(r []*big.Rat) bool { return r[col].Sign() != 0 })
		if pivot < 0 {
			continue
		}
		m[at], m[at+pivot] = m[at+pivot], m[at]
		for i := at + 1; i < len(m); i++ {
			if m[i][col].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Quo(m[i][col], m[at][col])
			for j := col; j < len(m[i]); j++ {
				m[i][j] = new(big.Rat).Sub(m[i][j], new(big.Rat).Mul(f, m[at][j]))
			}
		}
		at++
	}
	return at
}

// The attacker himself must find what is there: without joining he does.
func TestTheAttackerFindsASmallSetWhereUnitsAreShown(t *testing.T) {
	t.Parallel()
	all, without := []int64{1, 1, 1}, []int64{1, 1, 0}
	if !follows([][]int64{all, without}, []int64{0, 0, 1}) {
		t.Error("a total and a total without one school do not tell that school")
	}
	if follows([][]int64{all}, []int64{0, 0, 1}) {
		t.Error("a total alone tells a school")
	}
}

func TestCommonSetsAreUnionsOfBothYears(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		units := drawUnits(t, 12, 20)
		later := slices.Clone(units)
		for i := range later {
			later[i].N = rapid.Int64Range(0, 20).Draw(t, "later")
		}
		a, err := Join(units, 10)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Join(later, 10)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, set := range Common(&a, &b) {
			in := map[string]bool{}
			for _, u := range set {
				if seen[u] {
					t.Fatalf("%s in two sets", u)
				}
				seen[u], in[u] = true, true
			}
			for _, side := range []*Blocks{&a, &b} {
				inside, cut := side.Inside(in)
				covered := 0
				for _, one := range inside {
					covered += len(one.Units)
				}
				if cut != 0 || covered != len(set) {
					t.Fatalf("%v is no union of the blocks %v", set, side.List)
				}
			}
		}
	})
}
