package cityindex

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/scoring"
)

// A population file that is wrong stops with a message that names what is.
func TestBadMarginsAreNamed(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../content/city/kropyvnytskyi.margins.yaml")
	if err != nil {
		t.Fatal(err)
	}
	src := string(raw)
	cell := regexp.MustCompile(`(sex: female, age: "?70\+"?, n: )\d+`)
	if !cell.MatchString(src) {
		t.Fatalf("the file is written otherwise: %.2000s", src)
	}
	line := regexp.MustCompile(`(?m)^.*sex: female, age: "?70\+"?, n: \d+.*\n`)
	date := regexp.MustCompile(`(?m)^reference_date:.*$`)
	for name, c := range map[string]struct{ src, says string }{
		"no year":            {date.ReplaceAllString(src, `reference_date: "01-01"`), `"01-01"`},
		"no date":            {date.ReplaceAllString(src, ""), "no date"},
		"an empty class":     {cell.ReplaceAllString(src, "${1}0"), "female 70+ is an empty category"},
		"a class is gone":    {line.ReplaceAllString(src, ""), "female 70+ is missing"},
		"totals that differ": {cell.ReplaceAllString(src, "${1}7"), "female"},
	} {
		m, err := ParseMargins([]byte(c.src))
		if m != nil || !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInvertedThresholdsAreNamed(t *testing.T) {
	t.Parallel()
	c := scoring.DefaultCutoffs()
	c.Cuts = append([]scoring.Cut(nil), c.Cuts...)
	c.Cuts[2], c.Cuts[3] = scoring.Cut{Level: c.Cuts[2].Level, From: c.Cuts[3].From}, scoring.Cut{Level: c.Cuts[3].Level, From: c.Cuts[2].From}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), c.Cuts[3].Level) && !strings.Contains(err.Error(), c.Cuts[2].Level) {
		t.Errorf("%v", err)
	}
}
