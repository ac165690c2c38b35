package app

import (
	"context"
	"fmt"
	"math"
	"strings"

	"osvitlo/internal/course"
	"osvitlo/internal/instrument"
	"osvitlo/internal/itembank"
)

// Standing is the latest published wave with the reliability of the form it was measured
// with, for the gains of courses; nil while no wave is published.
func (a *App) Standing(context.Context) (*course.Standing, error) {
	out := a.Index.Snapshot().View.Official
	if out == nil {
		return nil, nil
	}
	at := &course.Standing{Release: out.ID, Wave: out.WaveTitle, Whole: scaleOf(out.Index.Value, out.Index.SE), Areas: map[string]course.Scale{}}
	for _, g := range out.Areas {
		if g.Value != nil {
			at.Areas[g.ID] = scaleOf(g.Value, g.SE)
		}
	}
	name := a.formOf(out.Wave)
	var form *instrument.Instrument
	for _, in := range a.Library.Versions(testSlug) {
		if fmt.Sprintf("%s-%d", in.Slug, in.Version) == name {
			form = in
		}
	}
	if form == nil {
		return at, nil
	}
	stats, known := a.Bank.Statistics(form.Slug, form.Version)
	alphas := map[string]itembank.Figure{}
	if known {
		at.People, at.Whole.Alpha = stats.Sample, stats.Alpha.Of()
		for _, area := range stats.Areas {
			alphas[area.ID] = area.Alpha
		}
	}
	for _, it := range form.Items() {
		if !it.Scored() {
			continue
		}
		at.Whole.Items = append(at.Whole.Items, it)
		id, _, _ := strings.Cut(it.Competence, ".")
		if s, published := at.Areas[id]; published {
			s.Items, s.Alpha = append(s.Items, it), alphas[id].Of()
			at.Areas[id] = s
		}
	}
	return at, nil
}

// formOf is the form that a wave was measured with, as its release names it.
func (a *App) formOf(wave string) string {
	for _, w := range a.Waves.Waves() {
		if w.ID == wave && w.Form != "" {
			return w.Form
		}
	}
	if forms := a.forms(); forms != nil {
		return forms.Reference.ID
	}
	return ""
}

func scaleOf(mean, se *float64) course.Scale {
	s := course.Scale{Mean: math.NaN(), SE: math.NaN(), Alpha: math.NaN()}
	if mean != nil && se != nil {
		s.Mean, s.SE = *mean, *se
	}
	return s
}
