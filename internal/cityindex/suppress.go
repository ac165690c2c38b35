package cityindex

import (
	"osvitlo/internal/weighting"
)

// protect decides which categories of a table with a public total are held
// back. Categories with 1 to 9 people are; if those together count fewer than
// ten, or there is only one, the smallest of the others follows, until nobody
// can compute a small one: with only the total known, a held-back count can be
// anything from 0 to the sum of all held back, and that sum is at least ten.
// Empty categories are told as empty. It returns a reason per category, ""
// where the figure may show.
func protect(n []int64) []string {
	why := make([]string, len(n))
	var hidden, people int64
	for i, x := range n {
		switch {
		case x <= 0:
			why[i] = ReasonNobody
		case x < weighting.MinClass:
			why[i] = ReasonSmall
			hidden++
			people += x
		}
	}
	for hidden > 0 && (hidden < 2 || people < weighting.MinClass) {
		least := -1
		for i, x := range n {
			if why[i] == "" && (least < 0 || x < n[least]) {
				least = i
			}
		}
		if least < 0 {
			break // nothing of the table is shown
		}
		why[least] = ReasonComplement
		hidden++
		people += n[least]
	}
	return why
}
