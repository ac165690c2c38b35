package app

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"osvitlo/content"
	"osvitlo/internal/config"
)

// The whole program in guarded admission: what is over the bound is held, and the
// operator's metrics ring.
func TestMetricsTellOfAFlood(t *testing.T) {
	t.Parallel()
	vars := map[string]string{
		"OSVITLO_DATA": t.TempDir(), "OSVITLO_KEYS": "t1:" + strings.Repeat("QUJD", 12), // guarded, as every real installation
		"OSVITLO_CITY_OWNER_UK": "Міська рада", "OSVITLO_CITY_DECREE_UK": "№ 14", "OSVITLO_CITY_PHONE": "(0522) 00-00-00",
		"OSVITLO_WAVE_ID": "2026-autumn", "OSVITLO_WAVE_TITLE_UK": "осінь 2026", "OSVITLO_WAVE_TITLE_EN": "autumn 2026",
		"OSVITLO_WAVE_OPENS": "2026-11-01T00:00:00Z", "OSVITLO_WAVE_CLOSES": "2027-03-01T00:00:00Z",
	}
	c, _, err := config.Load("serve", nil, func(name string) string { return vars[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), c, Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	raw, err := content.FS.ReadFile("fixture/api/sitting-whole.json")
	if err != nil {
		t.Fatal(err)
	}
	for range 61 {
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPut, "/api/v1/sittings/"+uuid.NewString(), bytes.NewReader(raw)))
		if w.Code != http.StatusCreated {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	w := httptest.NewRecorder()
	a.admin.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, want := range []string{"osvitlo_admission_counted", "osvitlo_admission_bound"} {
		if !strings.Contains(w.Body.String(), want+`{instrument="resident-test"} 30`) {
			t.Errorf("%s is not 30", want)
		}
	}
	for _, want := range []string{`osvitlo_admission_held{instrument="resident-test"} 31`, `osvitlo_admission_alert{instrument="resident-test"} 1`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
