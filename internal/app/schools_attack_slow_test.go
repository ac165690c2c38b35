//go:build slow

package app

import "testing"

// TestNobodyUnderTenIsRecoveredFromAnything asks every table in every view and file, and
// every institution's file.
func TestNobodyUnderTenIsRecoveredFromAnything(t *testing.T) {
	t.Parallel()
	attackSchools(t, true)
}
