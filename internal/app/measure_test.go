package app_test

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/itembank"
	"osvitlo/internal/scoring"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
	"osvitlo/internal/weighting"
)

// Bad input of measurement: each stops with a message that names it.
func TestBadInputOfMeasurementIsNamed(t *testing.T) {
	t.Parallel()
	margins, err := os.ReadFile("../../content/city/kropyvnytskyi.margins.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := func(pattern, to string) string {
		re := regexp.MustCompile(pattern)
		if !re.Match(margins) {
			t.Fatalf("the population file has no %s", pattern)
		}
		return re.ReplaceAllString(string(margins), to)
	}
	a, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	answers := func(items int, rows ...[]float64) *adaptive.Answers {
		list, err := adaptive.NewAnswers(items)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if err := list.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		return list
	}
	for name, c := range map[string]struct {
		do   func() error
		says []string
	}{
		"inverted thresholds": {func() error {
			cuts := scoring.DefaultCutoffs()
			cuts.Cuts = slices.Clone(cuts.Cuts)
			cuts.Cuts[2].From, cuts.Cuts[3].From = cuts.Cuts[3].From, cuts.Cuts[2].From
			return cuts.Validate()
		}, []string{"B2"}},
		"an item with one option": {func() error {
			for _, it := range a.Library.Items() {
				if it.Type != instrument.Single || !it.Scored() {
					continue
				}
				one := *it
				one.Options, one.Key.IDs = it.Options[:1], []string{it.Options[0].ID}
				for _, f := range one.Lint(clock()) {
					if f.Severity == instrument.Error && f.Rule == "options-few" {
						return errors.New(f.Message)
					}
				}
				return nil
			}
			return nil
		}, []string{"1 options"}},
		"parameters that do not identify": {func() error {
			_, err := adaptive.Calibrate(answers(2, []float64{1, 0}, []float64{1, 1}, []float64{1, 0}), adaptive.CalibrateOptions{Model: adaptive.OneParameter})
			return err
		}, []string{"item 1", "not identified"}},
		"a calibration that does not converge": {func() error {
			rng := rand.New(rand.NewPCG(4, 4))
			var rows [][]float64
			for range 300 {
				r, theta := make([]float64, 6), rng.NormFloat64()
				for j := range r {
					if rng.Float64() < 1/(1+math.Exp(-2*(theta-float64(j)/2+1))) {
						r[j] = 1
					}
				}
				rows = append(rows, r)
			}
			_, err := adaptive.Calibrate(answers(6, rows...), adaptive.CalibrateOptions{Model: adaptive.TwoParameter, MaxCycles: 2})
			if err != nil && !errors.Is(err, adaptive.ErrNotConverged) {
				t.Errorf("another trouble: %v", err)
			}
			return err
		}, []string{"did not converge", "cycles"}},
		"a margin with an empty category": {func() error {
			_, err := weighting.Rake(nil, []weighting.Margin{{Name: "age", Categories: []weighting.Category{{ID: "young", Target: 10}, {ID: "old", Target: 5}}, Of: []int{0, 0, 0}}}, weighting.RakeOptions{})
			return err
		}, []string{"age", "old"}},
		"a population with an empty class": {func() error {
			_, err := cityindex.ParseMargins([]byte(changed(`(sex: female, age: "?70\+"?, n: )\d+`, "${1}0")))
			return err
		}, []string{"female 70+", "empty"}},
		"a population file without its year": {func() error {
			_, err := cityindex.ParseMargins([]byte(changed(`(?m)^reference_date:.*$`, `reference_date: "01-01"`)))
			return err
		}, []string{"01-01"}},
	} {
		err := c.do()
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		for _, w := range c.says {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %q does not name %q", name, err, w)
			}
		}
	}
}

// A wave in which nobody has answered cannot be published, and nothing of it is public.
func TestAWaveWithoutRespondentsIsNotPublished(t *testing.T) {
	t.Parallel()
	a := build(t, configure(t, map[string]string{"OSVITLO_DEMO": "true"}), io.Discard)
	ctx := context.Background()
	w := survey.Wave{Doc: store.Doc{ID: "2028-empty"}, Campaign: "demo", Title: i18n.Text{UK: "порожня", EN: "empty"},
		Opens: store.At(survey.Day(2028, 11, 1)), Closes: store.At(survey.Day(2028, time.December, 1))}
	if err := a.Waves.Add(ctx, w); err != nil {
		t.Fatal(err)
	}
	before := len(a.Index.Snapshot().View.Releases)
	_, err := a.Index.Release(ctx, w.ID)
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), w.ID) || fault.As(err).Key != "index.release_too_few" {
		t.Errorf("the release says %v", err)
	}
	if now := len(a.Index.Snapshot().View.Releases); now != before {
		t.Errorf("%d releases, were %d", now, before)
	}
}

// The bank that the program runs with gives adaptive tests what they ask for, and says
// that nothing of it is calibrated.
func TestTheBankOfTheProgramIsProvisional(t *testing.T) {
	t.Parallel()
	a, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	pool, version := a.Bank.Pool(clock())
	if len(pool) < 240 || version == "" {
		t.Errorf("%d items, version %q", len(pool), version)
	}
	if i := slices.IndexFunc(pool, func(p itembank.PoolItem) bool { return !p.Provisional }); i >= 0 {
		t.Errorf("%s is calibrated by nobody", pool[i].Item.ID)
	}
	if _, ok := a.Bank.Approved("resident-certificate", 1); ok {
		t.Error("a certificate is approved by nobody")
	}
}
