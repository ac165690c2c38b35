//go:build slow

package sqlite_test

import (
	"testing"

	"osvitlo/internal/store/storetest"
)

func TestAcknowledgedWritesSurviveTwentyKills(t *testing.T) { crash(t, 20) }

// One case at a time, so that the heap of the streaming case is its own.
func TestConformanceWithALongStream(t *testing.T) {
	storetest.Run(t, open, storetest.Options{Stream: 100_000})
}
