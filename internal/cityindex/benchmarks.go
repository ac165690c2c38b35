package cityindex

import (
	"osvitlo/internal/yamldoc"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Benchmarks are the figures of others shown beside the city's, with why they
// are not the same measure; read from content/city/benchmarks.yaml.
type Benchmarks struct {
	Note   i18n.Text   `yaml:"measure_note"`
	List   []Benchmark `yaml:"benchmarks"`
	Target *Target2030 `yaml:"target"`
}

// Benchmark is one figure of somebody else. Values are shares, 0 to 1.
type Benchmark struct {
	ID      string    `yaml:"id"`
	Country string    `yaml:"country"`
	Year    int       `yaml:"year"`
	What    i18n.Text `yaml:"what"`
	Value   *float64  `yaml:"value"`
	Low     *float64  `yaml:"low"` // where sources disagree
	High    *float64  `yaml:"high"`
	None    *float64  `yaml:"none"` // without any skills
	N       *int64    `yaml:"n"`
	Ages    *struct {
		From int `yaml:"from"`
		To   int `yaml:"to"`
	} `yaml:"ages"`
	Source     []SourceLink `yaml:"source"`
	WhyNotSame i18n.Text    `yaml:"why_not_same"`
	Remark     i18n.Text    `yaml:"note"`
	Certainty  string       `yaml:"certainty"`
	Show       bool         `yaml:"show"`
}

// Target2030 is an agreed aim for some year.
type Target2030 struct {
	ID        string     `yaml:"id"`
	Year      int        `yaml:"year"`
	Value     float64    `yaml:"value"`
	What      i18n.Text  `yaml:"what"`
	Source    SourceLink `yaml:"source"`
	Certainty string     `yaml:"certainty"`
}

// SourceLink is where a figure was read.
type SourceLink struct {
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
}

// ParseBenchmarks reads and checks the file: shares between 0 and 1, and for
// every figure that is shown a source and why it is not the same.
func ParseBenchmarks(src []byte) (b *Benchmarks, err error) {
	defer fault.Wrap(&err, "cityindex.ParseBenchmarks")
	b = &Benchmarks{}
	if err := yamldoc.Loose(src, b); err != nil {
		return nil, fault.Newf(fault.Invalid, "", "benchmarks: %w", err)
	}
	for _, x := range b.List {
		for _, v := range []*float64{x.Value, x.Low, x.High, x.None} {
			if v != nil && !(*v >= 0 && *v <= 1) {
				return nil, fault.Newf(fault.Invalid, "", "benchmark %s: %v is no share", x.ID, *v)
			}
		}
		if x.Show && (x.Value == nil || len(x.Source) == 0 || x.WhyNotSame.IsZero()) {
			return nil, fault.Newf(fault.Invalid, "", "benchmark %s is shown without a value, a source or why it is not the same", x.ID)
		}
	}
	return b, nil
}

// Shown are the benchmarks for the index page.
func (b *Benchmarks) Shown() (out []Benchmark) {
	if b == nil {
		return nil
	}
	for _, x := range b.List {
		if x.Show {
			out = append(out, x)
		}
	}
	return out
}
