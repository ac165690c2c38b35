// Package telemetry is how an operator sees the program: a JSON log with one
// event per request, Prometheus metrics, health, and the operator's own listener.
//
// Logs and metrics hold route patterns, never paths or queries; nothing about a
// person is written. The package does not decide what is healthy: it asks.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// NewLogger writes JSON lines to w from the given level up: debug, info, warn, error.
func NewLogger(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l}))
}

// Metrics counts what the program does.
type Metrics struct {
	Registry *prometheus.Registry
	requests *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

// NewMetrics makes an empty registry with the process's own figures.
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "osvitlo_http_request_seconds",
			Help:    "Time to answer a request, by route pattern, method and class of status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route", "method", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "osvitlo_http_in_flight", Help: "Requests being answered now."}),
	}
	m.Registry.MustRegister(m.requests, m.inFlight, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

var statusClasses = [...]string{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"}

// Begin counts a request that has come in; call the result when it is answered.
func (m *Metrics) Begin() func(route, method string, status int, took time.Duration) {
	m.inFlight.Inc()
	return func(route, method string, status int, took time.Duration) {
		m.inFlight.Dec()
		class := statusClasses[0]
		if i := status / 100; i > 0 && i < len(statusClasses) {
			class = statusClasses[i]
		}
		m.requests.WithLabelValues(route, method, class).Observe(took.Seconds())
	}
}

// Check asks one part whether it works; nil means yes.
type Check struct {
	Name string
	Ask  func(context.Context) error
}

// Health knows whether the program may get requests.
type Health struct {
	checks  []Check
	serving atomic.Bool
}

// NewHealth makes a Health that is not ready until SetServing(true).
func NewHealth(checks ...Check) *Health { return &Health{checks: checks} }

// SetServing says that the program has started (true) or is stopping (false).
func (h *Health) SetServing(yes bool) { h.serving.Store(yes) }

// Live answers whether the process runs at all.
func (h *Health) Live(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok\n") }

// Ready answers 200 when the program serves and every check agrees, otherwise
// 503 naming the part that does not (its error goes to no page).
func (h *Health) Ready(w http.ResponseWriter, r *http.Request) {
	if !h.serving.Load() {
		answer(w, http.StatusServiceUnavailable, "stopping\n")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	for _, c := range h.checks {
		if err := c.Ask(ctx); err != nil {
			answer(w, http.StatusServiceUnavailable, c.Name+" is away\n")
			return
		}
	}
	answer(w, http.StatusOK, "ready\n")
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // the asker may be gone; nothing to do about it
}

// Admin is the operator's handler: metrics, health and profiles. It must not be public.
func Admin(m *Metrics, h *Health, more map[string]http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", h.Live)
	mux.HandleFunc("GET /readyz", h.Ready)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	for pattern, handler := range more {
		mux.Handle(pattern, handler)
	}
	return mux
}
