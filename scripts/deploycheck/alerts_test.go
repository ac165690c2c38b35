package deploycheck

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

type alerts struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert       string
			Expr        string
			For         string
			Labels      struct{ Severity string }
			Annotations struct{ Summary string }
		}
	}
}

// TestAlertsAskForMetricsThatExist compares the names in the expressions with what
// internal/telemetry publishes. It does not evaluate PromQL.
func TestAlertsAskForMetricsThatExist(t *testing.T) {
	t.Parallel()
	var a alerts
	if err := yaml.UnmarshalWithOptions([]byte(read(t, "scripts/prometheus-alerts.yaml")), &a, yaml.DisallowUnknownField()); err != nil {
		t.Fatal(err)
	}
	published := map[string]bool{"up": true, "process_start_time_seconds": true, "process_resident_memory_bytes": true}
	for _, m := range regexp.MustCompile(`Name:\s+"(osvitlo_[a-z_]+)"`).FindAllStringSubmatch(read(t, "internal/telemetry/telemetry.go"), -1) {
		published[m[1]] = true
		for _, part := range []string{"_bucket", "_count", "_sum"} {
			published[m[1]+part] = true
		}
	}
	for _, file := range []string{"internal/app/admission.go", "internal/app/people.go"} { // gauges of the services
		for _, m := range regexp.MustCompile(`\("(osvitlo_[a-z_]+)"`).FindAllStringSubmatch(read(t, file), -1) {
			published[m[1]] = true
		}
	}
	series := regexp.MustCompile(`\b((?:osvitlo|process|go)_[a-z_]+|up)\b`)
	rules := 0
	for _, g := range a.Groups {
		for _, r := range g.Rules {
			rules++
			names := series.FindAllString(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(r.Expr, ""), -1)
			if len(names) == 0 {
				t.Errorf("%s asks for nothing", r.Alert)
			}
			for _, n := range names {
				if !published[n] {
					t.Errorf("%s asks for %s, which nothing publishes", r.Alert, n)
				}
			}
			for _, pair := range []string{"()", "{}", "[]"} {
				if strings.Count(r.Expr, pair[:1]) != strings.Count(r.Expr, pair[1:]) {
					t.Errorf("%s: unbalanced %s in %s", r.Alert, pair, r.Expr)
				}
			}
			if r.For != "" {
				if _, err := time.ParseDuration(r.For); err != nil {
					t.Errorf("%s: %v", r.Alert, err)
				}
			}
			if r.Alert == "" || r.Annotations.Summary == "" || r.Labels.Severity != "page" && r.Labels.Severity != "warning" {
				t.Errorf("the rule %q is not complete", r.Alert)
			}
		}
	}
	if rules < 5 {
		t.Fatalf("only %d rules were read", rules)
	}
}
