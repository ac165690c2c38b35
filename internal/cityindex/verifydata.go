package cityindex

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
)

// DataCheck is what the operator has and a download has not.
type DataCheck struct {
	Engine   store.Engine // of the data folder, migrated
	Source   Source       // its sittings
	Settings Settings     // with the margins of the content
	Forms    *Forms       // as in Deps
}

// data recomputes the whole release from the stored tallies: the sums as they
// stood when it was cut, then every figure from them.
func (v *verifier) data(ctx context.Context, open OpenIndex, files map[string][]byte) error {
	a, err := openArchive(v.opts.Data.Engine)
	if err != nil {
		return err
	}
	d, err := a.docs.Get(ctx, open.Release.ID)
	if fault.Is(err, fault.NotFound) {
		v.check("data", false, "this data folder holds no release %s", open.Release.ID)
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range d.Files {
		if body, listed := files[f.Name]; listed && !v.opts.IgnoreHashes {
			own := File{Body: body}
			v.check("data/"+f.Name, own.Hash() == f.Hash, "is not the file that was released")
		}
	}
	l, w, err := d.wave()
	if err != nil {
		return err
	}
	now := newWave(l)
	rows, err := collectWith(ctx, v.opts.Data.Source, l, d.Wave, d.Flushed, now)
	if err != nil {
		return err
	}
	same := true
	for g := range w.sums {
		same = same && slices.Equal(w.sums[g], now.sums[g])
	}
	if !v.check("data/cells", same, "the stored sittings do not add up to the cells of the release (what was erased over 30 days ago is gone for good)") {
		return nil
	}
	set := v.opts.Data.Settings
	set.Method, set.BasicLevel = d.Body.Method, d.Body.BasicLevel
	variant := set.Margins.Variant(d.Body.Weighting.Variant)
	if !v.check("data/margins", variant != nil, "the content has no margins %q", d.Body.Weighting.Variant) {
		return nil
	}
	b, err := build(l, now, set.Margins, variant, set)
	if err != nil {
		v.check("data", false, "the figures cannot be made from the stored sittings: %v", err)
		return nil
	}
	if d.Body.Format < releaseFormat {
		b.release.Format, b.release.ModeEffect = d.Body.Format, nil
		b.release.CheckedByOperator = d.Body.CheckedByOperator
	}
	if p := d.Body.Sample; p != nil {
		if err := b.addSample(l, now, rows.invited, set.Margins, variant, survey.Sample{ID: p.ID, Title: p.Title, Drawn: p.Drawn, Size: p.Size}); err != nil {
			return err
		}
	}
	if p := d.Body.Linking; p != nil {
		if err := b.addLinking(b.frame, rows, v.opts.Data.Forms, p.Form); err != nil {
			return err
		}
	}
	if d.Body.Quality == nil { // older than the comparison
		b.release.CheckedByOperator = d.Body.CheckedByOperator
	} else if err := b.addSoundness(l, rows, set.Margins, variant); err != nil {
		return err
	}
	if err := v.driversAgain(b, d, rows, files); err != nil {
		return err
	}
	b.release.ID, b.release.Wave, b.release.Revision, b.release.AsOf = d.ID, d.Wave, d.Revision, d.Body.AsOf
	if err := v.changesAgain(ctx, a, b, crudeOf(l, now), files); err != nil {
		return err
	}
	r := b.release
	want, err := tree(r)
	if err != nil {
		return err
	}
	got, err := tree(open.Release)
	if err != nil {
		return err
	}
	if where, why := differs("release", got, want); where != "" {
		v.check("data/"+where, false, "%s", why)
		return nil
	}
	v.check("data", open.Demo == set.Demo, "demo is %v", open.Demo)
	v.Recomputed = append(v.Recomputed, v.NotRecomputed...)
	v.NotRecomputed = nil
	return nil
}

// driversAgain makes the table of drivers from the stored rows.
func (v *verifier) driversAgain(b *built, d *releaseDoc, rows *rowSet, files map[string][]byte) error {
	if d.Body.Format < releaseFormat {
		return nil
	}
	again, err := driversOf(b.frame, rows.facts, d.Wave, d.ID)
	if err != nil {
		return err
	}
	again.AsOf = d.Body.AsOf
	if d.Drivers != nil && d.Drivers.Code == ReasonMoved {
		again = d.Drivers // held back because of an earlier release: there is nothing to compute
	}
	want, err := tree(again)
	if err != nil {
		return err
	}
	var got any
	if err := json.Unmarshal(files[FileDrivers], &got); err != nil {
		v.check("data/"+FileDrivers, false, "cannot be read: %v", err)
		return nil
	}
	where, why := differs(FileDrivers, got, want)
	if where == "" {
		where = FileDrivers
	}
	v.check("data/"+where, why == "", "%s", why)
	return nil
}

// changesAgain makes the comparison from the stored releases it names. Which people
// are in both waves is not stored, so the covariances are taken as they stand.
func (v *verifier) changesAgain(ctx context.Context, a *archive, b *built, crude *float64, files map[string][]byte) error {
	if files[FileChanges] == nil {
		return nil
	}
	var given Changes
	if err := strict(files[FileChanges], &given); err != nil {
		v.check("data/"+FileChanges, false, "cannot be read: %v", err)
		return nil
	}
	var earlier []*releaseDoc
	for _, m := range given.Series[:max(0, len(given.Series)-1)] {
		d, err := a.docs.Get(ctx, m.Release)
		if fault.Is(err, fault.NotFound) {
			v.check("data/"+FileChanges, false, "this data folder holds no release %s", m.Release)
			return nil
		}
		if err != nil {
			return err
		}
		earlier = append(earlier, d)
	}
	var o *overlap
	if given.Pairs != nil {
		o = &overlap{pairs: *given.Pairs, covariance: map[string]float64{}}
		for _, row := range given.Rows {
			o.covariance[row.Family+"/"+row.ID] = row.Covariance
		}
	}
	again, err := compared(b, earlier, o, crude, v.opts.Data.Settings.Margins)
	if err != nil {
		return err
	}
	want, err := tree(again)
	if err != nil {
		return err
	}
	got, err := tree(given)
	if err != nil {
		return err
	}
	where, why := differs(FileChanges, got, want)
	if where == "" {
		where = FileChanges
	}
	v.check("data/"+where, why == "", "%s", why)
	return nil
}

// tree is a value as JSON sees it.
func tree(v any) (out any, err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	err = json.Unmarshal(b, &out)
	return out, err
}

// differs names the first place where two trees are not the same; numbers may
// be 1e-9 apart.
func differs(path string, a, b any) (where, why string) {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			return path, "is of another kind"
		}
		keys := slices.Sorted(maps.Keys(x))
		for k := range y {
			if _, both := x[k]; !both {
				return path + "/" + k, "is missing"
			}
		}
		for _, k := range keys {
			other, both := y[k]
			if !both {
				return path + "/" + k, "should not be there"
			}
			if where, why := differs(path+"/"+k, x[k], other); where != "" {
				return where, why
			}
		}
		return "", ""
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return path, "has another length"
		}
		for i := range x {
			if where, why := differs(fmt.Sprintf("%s/%d", path, i), x[i], y[i]); where != "" {
				return where, why
			}
		}
		return "", ""
	case float64:
		y, ok := b.(float64)
		if !ok || !closeTo(x, y) {
			return path, fmt.Sprintf("is %v, recomputed %v", a, b)
		}
		return "", ""
	}
	if a != b {
		return path, fmt.Sprintf("is %v, recomputed %v", a, b)
	}
	return "", ""
}
