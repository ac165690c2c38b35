package cityindex

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"

	"osvitlo/internal/weighting"
)

// strict decodes one JSON body and nothing else.
func strict(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("holds more than one body")
	}
	return nil
}

// changes computes every difference anew: the second figure of each must be the one
// of this release, the rest follows from the two figures and their errors. The
// figures of the earlier wave stand in that wave's own release.
func (v *verifier) changes(body []byte, r *Release, cells []cellRow) {
	if body == nil {
		v.check(FileChanges, r.Format < releaseFormat, "is not in %s", FilePackage)
		return
	}
	var c Changes
	if err := strict(body, &c); err != nil {
		v.check(FileChanges, false, "cannot be read: %v", err)
		return
	}
	if !v.check(FileChanges+"/release", c.Release == r.ID && c.Wave == r.Wave && c.MinChange == weighting.MinChange, "is of release %q", c.Release) {
		return
	}
	own := map[[2]string]figure{}
	for _, f := range r.comparable() {
		own[[2]string{f.family, f.id}] = f
	}
	again := make([]Change, len(c.Rows))
	for i, row := range c.Rows {
		name := FileChanges + "/" + row.Family + "/" + row.ID
		f, known := own[[2]string{row.Family, row.ID}]
		if !v.check(name, known && reflect.DeepEqual(f.value, row.To) && reflect.DeepEqual(f.se, row.ToSE), "is not the figure of this release") {
			return
		}
		fresh := row
		fresh.Delta, fresh.SE, fresh.Low, fresh.High, fresh.P, fresh.Holm, fresh.Label = nil, nil, nil, nil, nil, nil, LabelNotYet
		if row.ReasonCode == "" {
			if !v.check(name, row.From != nil && row.FromSE != nil && row.To != nil && row.ToSE != nil && math.Abs(row.Covariance) <= *row.FromSE**row.ToSE*(1+tolerance)+1e-4, "is half given") {
				return
			}
			fresh.compare()
		}
		again[i] = fresh
		if row.CrudeTo != nil {
			var sum, n float64
			for _, t := range tableOf(cells, "index", "score") {
				sum += float64(t.Sums.Sum) * unit
				n += float64(t.Sums.M)
			}
			v.check(name+"/crude_to", math.Abs(*row.CrudeTo-sum/n) <= 0.00501, "published %v, recomputed %v", *row.CrudeTo, sum/n)
		}
	}
	if err := correct(again); err != nil {
		v.check(FileChanges, false, "%v", err)
		return
	}
	trends := Changes{Series: c.Series, Trends: []Trend{}}
	if err := trends.trends(); err != nil {
		v.check(FileChanges, false, "%v", err)
		return
	}
	for _, p := range []struct {
		name      string
		got, want any
	}{{"rows", c.Rows, again}, {"trends", c.Trends, trends.Trends}} {
		got, errA := tree(p.got)
		want, errB := tree(p.want)
		if errA != nil || errB != nil {
			v.check(FileChanges+"/"+p.name, false, "cannot be compared")
			return
		}
		where, why := differs(FileChanges+"/"+p.name, got, want)
		if where == "" {
			where = FileChanges + "/" + p.name
		}
		v.check(where, why == "", "%s", why)
	}
	if n := len(c.Series); v.check(FileChanges+"/series", n > 0 && c.Series[n-1].Release == r.ID, "does not end with this release") {
		last := c.Series[n-1]
		m := r.onReference()
		v.check(FileChanges+"/series", reflect.DeepEqual(last.Index, m.Value) && reflect.DeepEqual(last.IndexSE, m.SE), "does not end with the index of this release")
	}
	v.Recomputed = append(v.Recomputed, "changes")
}

// drivers checks what can be without rows: the table is the file, shares add up,
// groups are large enough. The model itself stands in NotRecomputed.
func (v *verifier) drivers(body, csv []byte, r *Release) {
	if body == nil {
		v.check(FileDrivers, r.Format < releaseFormat, "is not in %s", FilePackage)
		return
	}
	var d Drivers
	if err := strict(body, &d); err != nil {
		v.check(FileDrivers, false, "cannot be read: %v", err)
		return
	}
	v.check(FileDrivers+"/release", d.Release == r.ID && d.Wave == r.Wave && d.Label == driverLabel, "is of release %q", d.Release)
	v.check(FileDriverCSV, bytes.Equal(csv, driversCSV(&d)), "is not the table of %s", FileDrivers)
	var sum float64
	for _, f := range d.Factors {
		sum += f.ShareR2
		for _, g := range f.Groups {
			v.check(FileDrivers+"/"+f.ID+"/"+g.ID, g.N >= driverLeast && g.N%10 == 0, "%d people", g.N)
		}
	}
	if len(d.Factors) > 0 {
		v.check(FileDrivers+"/share_r2", math.Abs(sum-d.R2) <= 0.001*float64(len(d.Factors)), "%s", fmt.Sprintf("sum to %v, R² is %v", sum, d.R2))
	}
}

// modes checks what follows inside the mode effect: numbers of people are those of
// the breakdown, the interval stands around the effect, and the mark is the rule's.
func (v *verifier) modes(r *Release) {
	v.check("format", r.Format == 0 || r.Format == releaseFormat, "is %d", r.Format)
	e := r.ModeEffect
	if e == nil {
		v.check("mode_effect", r.Format < releaseFormat, "is missing")
		return
	}
	q := 1.96
	if x, err := weighting.TQuantile975(float64(max(2, r.Tested-1))); err == nil {
		q = x
	}
	notable := false
	for _, m := range e.Modes {
		name := "mode_effect/" + m.ID
		v.check(name+"/n", m.N >= weighting.MinClass, "is under 10")
		for _, g := range r.Breakdowns["mode"] {
			if g.ID == m.ID && g.N != nil {
				v.same(name+"/n", &m.N, *g.N)
			}
		}
		if m.ID == e.Reference {
			v.check(name, m.Effect == nil && m.SE == nil, "is the reference")
			continue
		}
		if !v.check(name, m.Effect != nil && m.SE != nil && m.Low != nil && m.High != nil && m.P != nil, "is half given") {
			continue
		}
		// All are rounded to a hundredth.
		v.check(name+"/low", math.Abs(*m.Effect-q**m.SE-*m.Low) <= 0.05, "%v is not %v − %v·%v", *m.Low, *m.Effect, q, *m.SE)
		v.check(name+"/high", math.Abs(*m.Effect+q**m.SE-*m.High) <= 0.05, "%v is not %v + %v·%v", *m.High, *m.Effect, q, *m.SE)
		v.check(name+"/p", *m.SE <= 0.01 || math.Abs(math.Erfc(math.Abs(*m.Effect / *m.SE)/math.Sqrt2)-*m.P) <= 0.03, "%v for %v ± %v", *m.P, *m.Effect, *m.SE)
		notable = notable || m.Notable
	}
	v.check("mode_effect/notable", e.Notable == notable, "is %v", e.Notable)
}
