package sitting

import (
	"fmt"
	"testing"
)

func TestAgeBands(t *testing.T) {
	t.Parallel()
	for age, want := range map[int]string{13: "under-14//", 14: "14-17/14-15/14-34", 17: "14-17/16-17/14-34", 18: "18-29/18-24/14-34", 29: "18-29/25-29/14-34",
		30: "30-39/30-34/14-34", 34: "30-39/30-34/14-34", 35: "30-39/35-39/35-59", 59: "50-59/55-59/35-59", 60: "60-69/60-64/60+", 74: "70+/70-74/60+", 75: "70+/75+/60+", 120: "70+/75+/60+"} {
		got := fmt.Sprintf("%s/%s/%s", groupOf(age), bandOf(age), broadOf(groupOf(age), bandOf(age)))
		if got != want {
			t.Errorf("%d: %s, want %s", age, got, want)
		}
	}
	if broadOf(Age30to39, "") != "" {
		t.Error("30–39 without years has no broad age")
	}
}
