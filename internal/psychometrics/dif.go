package psychometrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Class of differential item functioning.
type Class string

// Classes: negligible, moderate, large.
const (
	ClassA Class = "A"
	ClassB Class = "B"
	ClassC Class = "C"
)

// DIFOptions tunes the search for items that work differently in two groups.
type DIFOptions struct {
	// Rounds of purification: items found are left out of the matching score
	// and the search goes again; 0: none, at most 10 (METHOD §11).
	Rounds int
	// Alpha is the level of significance; 0: 0.05.
	Alpha float64
}

// PurifyRounds is the largest number of rounds of METHOD §11.
const PurifyRounds = 10

func (o DIFOptions) withDefaults() (DIFOptions, error) {
	if o.Alpha == 0 {
		o.Alpha = 0.05
	}
	if o.Rounds < 0 || o.Rounds > PurifyRounds || !(o.Alpha > 0 && o.Alpha < 1) {
		return o, fmt.Errorf("%w: %d rounds at level %v", ErrInput, o.Rounds, o.Alpha)
	}
	return o, nil
}

// MantelHaenszel of one item.
type MantelHaenszel struct {
	ChiSquare float64 // 1 df, with continuity correction
	P         float64
	Odds      float64 // common odds ratio, reference over focal
	Delta     float64 // −2.35·ln odds: below 0 the item is harder for the focal group
	SE        float64 // of Delta
	Class     Class   // ETS
	// Reason why the item has no figures: "" or what is wrong.
	Reason string
}

// MHResult is a whole search.
type MHResult struct {
	Items     []MantelHaenszel
	Reference int // persons
	Focal     int
	Dropped   int    // persons with a missing answer
	Rounds    int    // of purification that were made
	Settled   bool   // the items found were those of the round before
	Anchors   []bool // items of the matching score
}

// groups checks a 0/1 table and who is focal (nil-safe: −1 nobody's group).
func difRows(s Scores, focal []int) (rows Scores, group []int, dropped int, err error) {
	if _, err = s.check(2); err != nil {
		return nil, nil, 0, err
	}
	if len(focal) != len(s) {
		return nil, nil, 0, fmt.Errorf("%w: %d groups for %d persons", ErrInput, len(focal), len(s))
	}
	var n [2]int
	for i, row := range s {
		if focal[i] < -1 || focal[i] > 1 {
			return nil, nil, 0, fmt.Errorf("%w: person %d is in group %d; there are two, 0 and 1", ErrInput, i+1, focal[i])
		}
		whole := focal[i] >= 0
		for j, v := range row {
			if !math.IsNaN(v) && v != 0 && v != 1 {
				return nil, nil, 0, fmt.Errorf("%w: person %d item %d has score %v; DIF takes right and wrong", ErrInput, i+1, j+1, v)
			}
			whole = whole && !math.IsNaN(v)
		}
		if !whole {
			dropped++
			continue
		}
		rows, group = append(rows, row), append(group, focal[i])
		n[focal[i]]++
	}
	if n[0] < 10 || n[1] < 10 {
		return nil, nil, 0, fmt.Errorf("%w: %d complete persons in the reference group and %d in the focal one", ErrTooFew, n[0], n[1])
	}
	return rows, group, dropped, nil
}

// DIFMantelHaenszel compares persons of equal score (Holland and Thayer 1988;
// METHOD §11): the matching score includes the item under study. focal is 1 for
// the focal group, 0 for the reference, −1 for nobody's. Persons with a missing
// answer are left out.
func DIFMantelHaenszel(s Scores, focal []int, o DIFOptions) (MHResult, error) {
	o, err := o.withDefaults()
	if err != nil {
		return MHResult{}, err
	}
	rows, group, dropped, err := difRows(s, focal)
	if err != nil {
		return MHResult{}, err
	}
	k := len(rows[0])
	out := MHResult{Dropped: dropped, Items: make([]MantelHaenszel, k)}
	for _, g := range group {
		if g == 1 {
			out.Focal++
		} else {
			out.Reference++
		}
	}
	out.Anchors, out.Rounds, out.Settled = purify(k, o.Rounds, func(anchors []bool) []bool {
		flagged := make([]bool, k)
		for j := range k {
			out.Items[j] = mantelHaenszel(rows, group, matching(rows, anchors, j), j, o.Alpha)
			flagged[j] = out.Items[j].Reason == "" && out.Items[j].P < o.Alpha
		}
		return flagged
	})
	return out, nil
}

// purify searches, leaves out what was found, and searches again until nothing
// changes.
func purify(items, rounds int, search func(anchors []bool) (flagged []bool)) (anchors []bool, made int, settled bool) {
	anchors = make([]bool, items)
	for j := range anchors {
		anchors[j] = true
	}
	for {
		flagged := search(anchors)
		same, left := true, 0
		for j, f := range flagged {
			same = same && anchors[j] == !f
			if !f {
				left++
			}
		}
		if same || rounds == 0 || left < 2 {
			return anchors, made, same
		}
		if made == rounds {
			return anchors, made, false
		}
		made++
		for j, f := range flagged {
			anchors[j] = !f
		}
	}
}

// matching is the score over the anchors and the item under study.
func matching(rows Scores, anchors []bool, item int) []int {
	score := make([]int, len(rows))
	for i, row := range rows {
		for j, v := range row {
			if (anchors[j] || j == item) && v == 1 {
				score[i]++
			}
		}
	}
	return score
}

func mantelHaenszel(rows Scores, group, score []int, item int, level float64) MantelHaenszel {
	type table struct{ a, b, c, d float64 }
	strata := make([]table, len(rows[0])+1)
	for i, row := range rows {
		t := &strata[score[i]]
		switch right := row[item] == 1; {
		case group[i] == 0 && right:
			t.a++
		case group[i] == 0:
			t.b++
		case right:
			t.c++
		default:
			t.d++
		}
	}
	var a, e, v, num, den float64
	// Robins, Breslow and Greenland's variance of the log odds ratio.
	var pr, psqr, qs float64
	for _, t := range strata {
		n := t.a + t.b + t.c + t.d
		if n < 2 {
			continue
		}
		ref, foc, right, wrong := t.a+t.b, t.c+t.d, t.a+t.c, t.b+t.d
		a += t.a
		e += ref * right / n
		v += ref * foc * right * wrong / (n * n * (n - 1))
		r, s := t.a*t.d/n, t.b*t.c/n
		p, q := (t.a+t.d)/n, (t.b+t.c)/n
		num += r
		den += s
		pr += p * r
		psqr += p*s + q*r
		qs += q * s
	}
	if !(v > 0) || !(num > 0) || !(den > 0) {
		return MantelHaenszel{Reason: "no score group in which both groups have right and wrong answers"}
	}
	m := MantelHaenszel{Odds: num / den}
	dev := max(0, math.Abs(a-e)-0.5)
	m.ChiSquare = dev * dev / v
	m.P = mathext.GammaIncRegComp(0.5, m.ChiSquare/2)
	m.Delta = -2.35 * math.Log(m.Odds)
	m.SE = 2.35 * math.Sqrt(pr/(2*num*num)+psqr/(2*num*den)+qs/(2*den*den))
	size := math.Abs(m.Delta)
	switch {
	case size < 1 || m.P >= level:
		m.Class = ClassA
	case size >= 1.5 && (size-1)/m.SE > 1.6448536269514722:
		m.Class = ClassC
	default:
		m.Class = ClassB
	}
	return m
}
