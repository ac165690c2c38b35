package telemetry

import "github.com/prometheus/client_golang/prometheus"

// Sample is one value of a Gauge with the value of its label.
type Sample struct {
	Label string
	Value float64
}

// Gauge publishes figures that another package keeps: read is called at each
// scrape and must be quick. label is the label's name. It names no person,
// sitting or path. A name twice panics, as it is a mistake of the program.
func (m *Metrics) Gauge(name, help, label string, read func() []Sample) {
	m.Registry.MustRegister(&gauge{desc: prometheus.NewDesc(name, help, []string{label}, nil), read: read})
}

type gauge struct {
	desc *prometheus.Desc
	read func() []Sample
}

func (g *gauge) Describe(ch chan<- *prometheus.Desc) { ch <- g.desc }

func (g *gauge) Collect(ch chan<- prometheus.Metric) {
	for _, s := range g.read() {
		ch <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, s.Value, s.Label)
	}
}
