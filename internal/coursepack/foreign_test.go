package coursepack_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestForeignPackagesAreTaken reads packages that a program of others made; scripts/packages
// makes them.
func TestForeignPackagesAreTaken(t *testing.T) {
	dir := os.Getenv("OSVITLO_FOREIGN")
	if dir == "" {
		t.Skip("scripts/packages makes the packages")
	}
	list, err := filepath.Glob(filepath.Join(dir, "*.zip"))
	must(t, err)
	if len(list) < 3 {
		t.Fatalf("%d packages", len(list))
	}
	r := newRig(t)
	for i, name := range list {
		raw, err := os.ReadFile(name)
		must(t, err)
		p, err := r.add("foreign-"+strconv.Itoa(i), raw)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
			continue
		}
		if len(p.Parts) != 1 || p.Parts[0].Launch != "index.html" || !p.Parts[0].Tells {
			t.Errorf("%s: %+v", filepath.Base(name), p)
		}
	}
}
