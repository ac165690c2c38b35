package cityindex

import (
	"context"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
)

// Release cuts the next release of a wave ("" for the current one). Conflict
// with a message key says why there is none now: too few people, nothing new, or
// a published number that would move by 1 to 9. The rows are read once, outside
// the lock, as they stood at the step the public sees; should a new step come
// meanwhile the work is done again.
func (s *Service) Release(ctx context.Context, wave string) (info ReleaseInfo, err error) {
	defer fault.Wrap(&err, "cityindex.Release")
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 3 {
		j, err := s.prepare(ctx, wave)
		if err != nil {
			return info, err
		}
		s.mu.Unlock()
		err = j.work(ctx)
		s.mu.Lock()
		if err != nil {
			return info, err
		}
		if s.shown[j.step.ID].Number != j.step.Number {
			continue
		}
		return s.publish(ctx, j)
	}
	return info, notReleasable("index.release_moving", "the public figures of wave %q change faster than a release is made", wave)
}

// job is one release while it is made.
type job struct {
	deps    *Deps
	step    *step
	layout  layout
	plan    *survey.Wave // nil: the wave is not planned any more
	built   *built
	doc     *releaseDoc
	earlier []*releaseDoc
	rows    *rowSet
	overlap *overlap
}

// prepare checks whether a release may be cut at all, before any row is read. The
// caller holds mu.
func (s *Service) prepare(ctx context.Context, wave string) (*job, error) {
	if wave == "" {
		wave = s.current()
	}
	st := s.shown[wave]
	if st == nil || st.Number == 0 {
		return nil, notReleasable("index.release_too_few", "nothing of wave %q is public yet", wave)
	}
	list, err := s.arch.all(ctx)
	if err != nil {
		return nil, err
	}
	set := s.deps.Settings
	b, err := build(s.f.cells.layout, st.wave, set.Margins, set.Margins.Variant(set.Margins.Default), set)
	if err != nil {
		return nil, err
	}
	if err := allowed(list, st, b.counts); err != nil {
		return nil, err
	}
	waves := s.deps.Waves.Waves()
	j := &job{deps: &s.deps, step: st, layout: s.f.cells.layout, built: b, earlier: earlierOf(list, waves, wave)}
	if i := slices.IndexFunc(waves, func(w *survey.Wave) bool { return w.ID == wave }); i >= 0 {
		j.plan = waves[i]
	}
	j.number(list, s.deps.Now())
	return j, nil
}

// work does what takes time, outside the lock.
func (j *job) work(ctx context.Context) error {
	if err := j.read(ctx); err != nil {
		return err
	}
	return j.finish()
}

// read takes the rows of the wave, and of the one before where people of both are known.
func (j *job) read(ctx context.Context) (err error) {
	panel := j.deps.Panel != nil && len(j.earlier) > 0
	if j.rows, err = collect(ctx, j.deps.Sittings, j.layout, j.step.ID, j.step.Flushed, panel); err != nil || !panel {
		return err
	}
	old := j.earlier[len(j.earlier)-1]
	l, w, err := old.wave()
	if err != nil {
		return err
	}
	m := j.deps.Settings.Margins
	variant := m.Variant(old.Body.Weighting.Variant)
	if variant == nil {
		return nil // the margins of that time are gone: the waves count as independent
	}
	f, err := newFrame(l, w.weightable(), m, variant)
	if tooFew(err) {
		return nil
	}
	if err != nil {
		return err
	}
	before, err := collect(ctx, j.deps.Sittings, l, old.Wave, old.Flushed, true)
	if err != nil || len(before.facts) < 2 {
		return err
	}
	j.overlap, err = overlapOf(ctx, j.deps.Panel, old.Wave, j.step.ID, f, j.built.frame, before, j.rows)
	return err
}

// finish adds to the figures what only the rows can give.
func (j *job) finish() error {
	b, d, set := j.built, j.doc, j.deps.Settings
	variant := set.Margins.Variant(set.Margins.Default)
	var form string
	if j.plan != nil {
		form = j.plan.Form
		if j.plan.Sample != nil {
			if err := b.addSample(j.layout, j.step.wave, j.rows.invited, set.Margins, variant, *j.plan.Sample); err != nil {
				return err
			}
		}
	}
	if err := b.addLinking(b.frame, j.rows, j.deps.Forms, form); err != nil {
		return err
	}
	if err := b.addSoundness(j.layout, j.rows, set.Margins, variant); err != nil {
		return err
	}
	var err error
	if b.drivers, err = driversOf(b.frame, j.rows.facts, d.Wave, d.ID); err != nil {
		return err
	}
	b.drivers.AsOf = b.release.AsOf
	b.changes, err = compared(b, j.earlier, j.overlap, crudeOf(j.layout, j.step.wave), set.Margins)
	return err
}

// compared makes the changes of a release against those before it.
func compared(b *built, earlier []*releaseDoc, o *overlap, crude *float64, m *Margins) (*Changes, error) {
	bodies := make([]*Release, len(earlier))
	for i, e := range earlier {
		bodies[i] = &e.Body
	}
	crudes := [2]*float64{nil, crude}
	if n := len(earlier); n > 0 {
		l, w, err := earlier[n-1].wave()
		if err == nil {
			crudes[0] = crudeOf(l, w)
		}
	}
	c, err := changesOf(&b.release, bodies, o, crudes)
	if err != nil {
		return nil, err
	}
	return c, c.fixMix(earlier, b.frame, m)
}

// publish stores the release under the next number. The figures are those of the
// step the public sees, so that live and release never differ by a few people. The
// caller holds mu.
func (s *Service) publish(ctx context.Context, j *job) (info ReleaseInfo, err error) {
	list, err := s.arch.all(ctx)
	if err != nil {
		return info, err
	}
	d, b := j.doc, j.built
	b.drivers.hold(list)
	for name, n := range b.drivers.counts {
		b.counts[name] = n
	}
	// The release rule is asked last, of all counts and of all releases there are by now.
	if err := allowed(list, j.step, b.counts); err != nil {
		return info, err
	}
	d.Body, d.Counts, d.Drivers, d.Changes = b.release, b.counts, b.drivers, b.changes
	files, err := makeFiles(j.built, s.deps.Settings, s.key)
	if err != nil {
		return info, err
	}
	if err := s.arch.add(ctx, d, files); err != nil {
		return info, err
	}
	s.deps.Log.Info("index released", "release", d.ID, "step", d.Step)
	if err := s.refresh(ctx); err != nil {
		return info, err
	}
	return infoOf(d, true), nil
}

// number gives the release its place: the next revision of the wave. Should another
// replica take it meanwhile, storing it is a Conflict.
func (j *job) number(list []*releaseDoc, at time.Time) {
	st, b := j.step, j.built
	d := &releaseDoc{
		Wave: st.ID, Revision: 1, At: store.At(at), Step: st.Number,
		Layout: layoutVersion, Districts: j.layout.districts, Flushed: st.Flushed,
	}
	for g := range d.Sums {
		d.Sums[g] = encodeSums(st.wave.sums[g])
	}
	if former := formerOf(list, st.ID); former != nil {
		d.Revision = former.Revision + 1
	}
	d.ID = releaseID(d.Wave, d.Revision)
	b.release.ID, b.release.Wave, b.release.Revision, b.release.AsOf = d.ID, d.Wave, d.Revision, st.At.UTC()
	j.doc = d
}
