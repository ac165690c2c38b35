package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/telemetry"
)

func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestReadinessFollowsServingAndTheParts(t *testing.T) {
	t.Parallel()
	var broken error
	h := telemetry.NewHealth(telemetry.Check{Name: "store", Ask: func(context.Context) error { return broken }})
	m := telemetry.NewMetrics()
	admin := telemetry.Admin(m, h, nil)
	if code, _ := get(t, admin, "/readyz"); code != 503 {
		t.Fatalf("before start: %d", code)
	}
	h.SetServing(true)
	if code, _ := get(t, admin, "/readyz"); code != 200 {
		t.Fatalf("serving: %d", code)
	}
	broken = errors.New("mongodb://secret@host is down")
	code, body := get(t, admin, "/readyz")
	if code != 503 || !strings.Contains(body, "store") || strings.Contains(body, "secret") {
		t.Fatalf("broken part: %d %q", code, body)
	}
	if code, _ := get(t, admin, "/healthz"); code != 200 {
		t.Fatalf("live: %d", code)
	}
}

func TestMetricsAndProfilesAreServed(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	m.Begin()("/s/:sitting", "GET", 303, 3*time.Millisecond)
	m.Gauge("osvitlo_admission_held", "Held in this hour.", "instrument", func() []telemetry.Sample {
		return []telemetry.Sample{{Label: "resident-test", Value: 7}}
	})
	admin := telemetry.Admin(m, telemetry.NewHealth(), nil)
	_, body := get(t, admin, "/metrics")
	if !strings.Contains(body, `osvitlo_admission_held{instrument="resident-test"} 7`) {
		t.Fatalf("metrics lack the gauge:\n%.800s", body)
	}
	if !strings.Contains(body, `osvitlo_http_request_seconds_count{method="GET",route="/s/:sitting",status="3xx"} 1`) {
		t.Fatalf("metrics lack the request:\n%.800s", body)
	}
	if code, _ := get(t, admin, "/debug/pprof/cmdline"); code != 200 {
		t.Fatalf("pprof: %d", code)
	}
}

func TestLoggerKeepsItsLevel(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := telemetry.NewLogger(&out, "warn")
	l.Info("quiet")
	l.Warn("loud")
	if s := out.String(); strings.Contains(s, "quiet") || !strings.Contains(s, `"msg":"loud"`) {
		t.Fatalf("log: %s", s)
	}
}
