package cityindex

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
	"osvitlo/internal/weighting"
)

// released is a city with one release, and its download.
func released(t testing.TB, seed uint64, n int) (*rig, ReleaseInfo, map[string][]byte) {
	t.Helper()
	c := newCity()
	c.people(seed, n, testMargins(t), "w1")
	r := newRig(t, c)
	info, err := r.Release(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	return r, info, r.download(t, info.ID)
}

func (r *rig) download(t testing.TB, id string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, i := range r.Snapshot().View.Releases {
		if i.ID != id {
			continue
		}
		for _, f := range i.Files {
			file, err := r.ReleaseFile(context.Background(), id, f.Name)
			if err != nil {
				t.Fatal(err)
			}
			out[f.Name] = file.Body
		}
	}
	return out
}

func fsOf(files map[string][]byte) fs.FS {
	out := fstest.MapFS{}
	for name, body := range files {
		out[name] = &fstest.MapFile{Data: body}
	}
	return out
}

func (r *rig) publicKey() ed25519.PublicKey { return r.key.Public().(ed25519.PublicKey) }

func verify(t testing.TB, files map[string][]byte, o VerifyOptions) Report {
	t.Helper()
	report, err := Verify(context.Background(), fsOf(files), o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestAReleaseIsRecomputedFromItsDownload(t *testing.T) {
	t.Parallel()
	r, info, files := released(t, 21, 1500)
	if info.ID != "w1.1" || !info.Latest {
		t.Fatalf("%+v", info)
	}
	report := verify(t, files, VerifyOptions{Key: r.publicKey()})
	if !report.OK() {
		t.Fatalf("%+v", report.First())
	}
	for _, want := range []string{"index", "n_effective", "sex/female", "age/70+", "area/ua1", "area/ua6"} {
		if !slices.Contains(report.Recomputed, want) {
			t.Errorf("%s was not recomputed: %v", want, report.Recomputed)
		}
	}
	if !slices.Contains(report.NotRecomputed, "levels") || !report.KeyTrusted || !report.Demo {
		t.Errorf("%+v", report)
	}
	all := verify(t, files, VerifyOptions{Key: r.publicKey(), Data: r.data(t)})
	if !all.OK() || len(all.NotRecomputed) != 0 {
		t.Fatalf("with the data: %+v, not recomputed %v", all.First(), all.NotRecomputed)
	}
	// The ZIP is the same download.
	z, err := zip.NewReader(bytes.NewReader(files[FileZip]), int64(len(files[FileZip])))
	if err != nil {
		t.Fatal(err)
	}
	if packed, err := Verify(context.Background(), z, VerifyOptions{Key: r.publicKey()}); err != nil || !packed.OK() {
		t.Fatalf("%v %+v", err, packed.First())
	}
	// After people came and erased, the data folder still recomputes the release.
	for _, id := range r.city.ids[:30] {
		r.city.next++
		r.city.change(id, nil, r.city.next)
	}
	r.city.people(22, 55, testMargins(t), "w1")
	r.tick(t)
	if later := verify(t, files, VerifyOptions{Key: r.publicKey(), Data: r.data(t)}); !later.OK() {
		t.Fatalf("after erasures: %+v", later.First())
	}
}

func (r *rig) data(t testing.TB) *DataCheck {
	return &DataCheck{Engine: r.engine, Source: r.city.index, Settings: testSettings(t)}
}

func TestEveryRowOfCellsHasTenPeople(t *testing.T) {
	t.Parallel()
	for _, n := range []int{110, 150, 300, 800, 3000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			c := newCity()
			c.people(uint64(n), n, testMargins(t), "w1")
			cells := c.sum()
			set := testSettings(t)
			b, err := build(cells.layout, cells.waves["w1"], set.Margins, set.Margins.Variant("base"), set)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range b.cells {
				if row.N < 10 || row.Sums.M < 10 {
					t.Errorf("%+v", row)
				}
			}
			// Nobody's score stands alone in the difference between score and areas.
			for name, n := range b.counts {
				if n != 0 && n < 10 && name != "n_unweightable" {
					t.Errorf("%s is %d", name, n)
				}
			}
			rows, err := parseCells(cellsCSV(b.cells))
			if err != nil || len(rows) != len(b.cells) {
				t.Fatalf("%d rows of %d: %v", len(rows), len(b.cells), err)
			}
			for i := range rows {
				if rows[i] != b.cells[i] {
					t.Fatalf("%+v became %+v", b.cells[i], rows[i])
				}
			}
		})
	}
}

func TestANewReleaseMovesByNobodyOrTen(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r, first, files := released(t, 41, 1200)
	if _, err := r.Release(ctx, ""); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "index.release_no_change" {
		t.Fatalf("the same again: %v", err)
	}
	r.city.people(42, 30, testMargins(t), "w1")
	r.tick(t)
	if _, err := r.Release(ctx, ""); !fault.Is(err, fault.Conflict) || fault.As(err).Key != "index.release_small_change" {
		t.Fatalf("thirty people over fourteen classes: %v", err)
	}
	// Doubling the city with the same people once more moves every count by
	// nothing or by at least ten.
	for _, id := range slices.Clone(r.city.ids) {
		r.city.next++
		r.city.set(id+"x", r.city.now[id], r.city.next)
	}
	r.city.people(43, 2000, testMargins(t), "w1")
	r.tick(t)
	second, err := r.Release(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	if second.ID != "w1.2" || second.Revision != 2 {
		t.Fatalf("%+v", second)
	}
	if again := r.download(t, first.ID); !maps.EqualFunc(again, files, bytes.Equal) {
		t.Fatal("the first release has changed")
	}
	before, after := r.snap.Load().list[0].Counts, r.snap.Load().list[1].Counts
	for name, n := range after {
		if old, both := before[name]; both && !movesSafely(old, n) {
			t.Errorf("%s moved from %d to %d", name, old, n)
		}
	}
	if err := r.Withdraw(ctx, first.ID, i18n.Text{UK: "помилка"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Withdraw(ctx, first.ID, i18n.Text{UK: "ще раз"}); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	if err := r.Correct(ctx, second.ID, i18n.Text{UK: "уточнення"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Correct(ctx, "w1.9", i18n.Text{UK: "немає"}); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	list := r.Snapshot().View.Releases
	if len(list) != 2 || list[0].ID != "w1.2" || len(list[0].Errata) != 1 || list[1].Withdrawn == nil {
		t.Fatalf("%+v", list)
	}
	if !strings.Contains(string(r.Snapshot().Releases), "помилка") {
		t.Fatal("the withdrawal is not public")
	}
	r.restart(t)
	if got := r.Snapshot().View.Official; got == nil || got.Info.ID != "w1.2" {
		t.Fatalf("%+v", got)
	}
}

// Ten people join a class, one of them stopped after the first half. No count of
// scores or areas moves by fewer than nine; the difference between Σ score and the
// mean of Σ areas would be that one person's score.
func TestOneWhoStoppedIsNotGivenAway(t *testing.T) {
	t.Parallel()
	set := testSettings(t)
	c := newCity()
	c.people(51, 1500, set.Margins, "w1")
	counts := func() map[string]int64 {
		cells := c.sum()
		b, err := build(cells.layout, cells.waves["w1"], set.Margins, set.Margins.Variant("base"), set)
		if err != nil {
			t.Fatal(err)
		}
		return b.counts
	}
	before := counts()
	var full, stopped *sitting.Row
	for _, id := range c.ids {
		if r := c.now[id].Now; r.Sex == sitting.Female && r.Age == sitting.Age40to49 && r.State == sitting.Counted && r.Overall >= 0 && r.District == "fortechnyi" && r.Mode == sitting.ModeSelf && r.Level == "B1" {
			if r.Areas[0] < 0 {
				stopped = r
			} else {
				full = r
			}
		}
	}
	if full == nil || stopped == nil {
		t.Fatal("the city lacks the people of this test")
	}
	for i := range 11 {
		row := full
		if i == 0 {
			row = stopped
		}
		c.next++
		c.set(fmt.Sprintf("joins%d", i), sitting.Tally{Now: row}, c.next)
	}
	if err := moved(before, counts()); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "lacking") {
		t.Fatalf("%v", err)
	}
}

func TestASmallCityHasNoRelease(t *testing.T) {
	t.Parallel()
	c := newCity()
	c.people(1, 60, testMargins(t), "w1")
	r := newRig(t, c)
	if _, err := r.Release(context.Background(), ""); !fault.Is(err, fault.Conflict) {
		t.Fatalf("%v", err)
	}
	empty := newRig(t, newCity())
	if _, err := empty.Release(context.Background(), ""); !fault.Is(err, fault.Conflict) {
		t.Fatalf("%v", err)
	}
	if v := empty.Snapshot().View; v.Headline.Index.Reason == "" || v.Official != nil || v.Hundred != nil {
		t.Fatalf("%+v", v.Headline)
	}
}

// The recomputation of the download is another implementation than the
// estimator: both must agree on any sums.
func TestTheRecomputationAgreesWithTheEstimator(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		c := newCity()
		c.people(seed, 150+int(seed)*40, testMargins(t), "w1")
		cells := c.sum()
		set := testSettings(t)
		b, err := build(cells.layout, cells.waves["w1"], set.Margins, set.Margins.Variant("base"), set)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := recompute(tableOf(b.cells, "index", "score"), func(cellRow) bool { return true })
		i := b.release.Index
		if !ok || !closeTo(got.value, *i.Value) || !closeTo(got.se, *i.SE) || !closeTo(got.neff, *i.NEffective) || !closeTo(got.low, *i.Low) {
			t.Fatalf("seed %d: %+v, estimator %v ± %v", seed, got, *i.Value, *i.SE)
		}
		if b.release.Weighting.Rung != weighting.RungPostStratify {
			t.Fatal(b.release.Weighting.Rung)
		}
	}
}
