//go:build slow

package cityindex

import "testing"

func TestThePublicNeverSeesASmallChangeInLongHistories(t *testing.T) {
	t.Parallel()
	playSteps(t, 2500, 60)
}
