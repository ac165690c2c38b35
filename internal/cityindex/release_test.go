package cityindex

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
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

// numbers lists every place of a JSON tree that holds a number.
func numbers(path []any, v any) (out [][]any) {
	switch x := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			out = append(out, numbers(append(slices.Clone(path), k), x[k])...)
		}
	case []any:
		for i := range x {
			out = append(out, numbers(append(slices.Clone(path), i), x[i])...)
		}
	case json.Number:
		out = append(out, path)
	}
	return out
}

// tampered changes the number at a path.
func tampered(t *testing.T, body []byte, path []any) []byte {
	t.Helper()
	var root any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		t.Fatal(err)
	}
	at := root
	for _, p := range path[:len(path)-1] {
		switch k := p.(type) {
		case string:
			at = at.(map[string]any)[k]
		case int:
			at = at.([]any)[k]
		}
	}
	change := func(v any) any { return json.Number(shifted(t, v.(json.Number).String())) }
	switch k := path[len(path)-1].(type) {
	case string:
		at.(map[string]any)[k] = change(at.(map[string]any)[k])
	case int:
		at.([]any)[k] = change(at.([]any)[k])
	}
	out, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// shifted changes a number a little: a count by one, a fraction in the 7th digit.
func shifted(t *testing.T, s string) string {
	t.Helper()
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return strconv.FormatInt(n+1, 10)
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	if x == 0 {
		return "0.0000001"
	}
	return strconv.FormatFloat(x*(1+1e-7), 'g', -1, 64)
}

// remade writes the hashes anew, as somebody without the key can.
func remade(t *testing.T, files map[string][]byte, key ed25519.PrivateKey) map[string][]byte {
	t.Helper()
	out := maps.Clone(files)
	var p dataPackage
	if err := json.Unmarshal(out[FilePackage], &p); err != nil {
		t.Fatal(err)
	}
	if key != nil {
		out[fileKey] = PublicPEM(key.Public().(ed25519.PublicKey))
	}
	for i := range p.Resources {
		f := File{Body: out[p.Resources[i].Path]}
		p.Resources[i].Hash, p.Resources[i].Bytes = "sha256:"+f.Hash(), len(f.Body)
	}
	body, err := jsonBody(p)
	if err != nil {
		t.Fatal(err)
	}
	out[FilePackage] = body
	if key != nil {
		out[FileSignature] = signer(key)(body)
	}
	return out
}

// onlyOperator are the figures of which the download holds no second trace:
// without hashes and signature a change of them alone shows only with the data.
var onlyOperator = []string{"assisted_share", "border_share", "index_shift", "at_least_basic_shift", "breakdowns/*/*/at_least_basic"}

func TestEveryTamperedNumberIsCaught(t *testing.T) {
	t.Parallel()
	r, _, files := released(t, 31, 900)
	key, data := r.publicKey(), r.data(t)
	var root any
	d := json.NewDecoder(bytes.NewReader(files[FileIndex]))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		t.Fatal(err)
	}
	places := numbers(nil, root)
	if len(places) < 200 {
		t.Fatalf("only %d numbers", len(places))
	}
	caught := 0
	for i, path := range places {
		name := fmt.Sprint(path...)
		bad := maps.Clone(files)
		bad[FileIndex] = tampered(t, files[FileIndex], path)
		// The hash does not look inside, so every fourth number says it for all.
		if i%4 == 0 {
			if verify(t, bad, VerifyOptions{Key: key}).OK() {
				t.Errorf("%s: not caught", name)
			}
			if remade := remade(t, bad, nil); verify(t, remade, VerifyOptions{Key: key}).OK() {
				t.Errorf("%s with hashes remade: not caught", name)
			}
		}
		// An attacker who also writes index.csv anew, without hashes and signature.
		var open OpenIndex
		if json.Unmarshal(bad[FileIndex], &open) == nil {
			bad[FileFigures] = figuresCSV(open.Release)
		}
		blind := VerifyOptions{IgnoreHashes: true, IgnoreSignature: true}
		report := verify(t, bad, blind)
		if !report.OK() {
			caught++
			if report.First().Name == "" || report.First().Detail == "" {
				t.Errorf("%s: the first figure is not named", name)
			}
		} else if !operatorOnly(path) {
			t.Errorf("%s: the recomputation does not see it", name)
		}
		if report.OK() {
			blind.Data = data
			if verify(t, bad, blind).OK() {
				t.Errorf("%s: not seen with the data either", name)
			}
		}
	}
	t.Logf("%d numbers, %d caught by the recomputation of the download alone", len(places), caught)
}

func operatorOnly(path []any) bool {
	var words []string
	for _, p := range path {
		words = append(words, fmt.Sprint(p))
	}
	joined := strings.Join(words, "/")
	for _, o := range onlyOperator {
		prefix, suffix, _ := strings.Cut(o, "/*/*/")
		if suffix == "" && words[len(words)-1] == o {
			return true
		}
		if suffix != "" && strings.Contains(joined, prefix+"/") && strings.Contains(joined, "/"+suffix+"/") {
			return true
		}
	}
	// The error of a mean by district or mode, and its effective number.
	last := words[len(words)-1]
	byDomain := strings.Contains(joined, "/district/") || strings.Contains(joined, "/mode/")
	return byDomain && (last == "n" || last == "n_effective")
}

func TestEveryTamperedTableAndFileIsCaught(t *testing.T) {
	t.Parallel()
	r, _, files := released(t, 32, 300)
	key := r.publicKey()
	for _, name := range []string{FileCells, FileFigures} {
		rows, err := csv.NewReader(bytes.NewReader(files[name])).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(rows); i++ {
			for c := range rows[i] {
				if _, err := strconv.ParseFloat(rows[i][c], 64); err != nil {
					continue
				}
				old := rows[i][c]
				if whole, frac, ok := strings.Cut(old, "."); ok && name == FileCells && c >= 9 {
					n, _ := strconv.ParseInt(whole+frac, 10, 64)
					rows[i][c] = decimal(n+n/1_000_000, len(frac))
				} else {
					rows[i][c] = shifted(t, old)
				}
				bad := maps.Clone(files)
				bad[name] = writeCSV(rows[0], rows[1:])
				where := fmt.Sprintf("%s row %d column %s", name, i, rows[0][c])
				rows[i][c] = old
				if (i+c)%9 == 0 && verify(t, bad, VerifyOptions{Key: key}).OK() {
					t.Errorf("%s: not caught", where)
				}
				if verify(t, bad, VerifyOptions{IgnoreHashes: true, IgnoreSignature: true}).OK() {
					t.Errorf("%s: the recomputation does not see it", where)
				}
			}
		}
	}
	_, forger, _ := ed25519.GenerateKey(nil)
	for name, body := range files {
		if name == FileZip {
			continue
		}
		bad := maps.Clone(files)
		bad[name] = append(slices.Clone(body[:len(body)/2]), append([]byte("\n"), body[len(body)/2:]...)...)
		if verify(t, bad, VerifyOptions{Key: key}).OK() && name != FileSignature { // a line break in base64 is none
			t.Errorf("%s: a changed file is not caught", name)
		}
		gone := maps.Clone(files)
		delete(gone, name)
		if verify(t, gone, VerifyOptions{Key: key}).OK() {
			t.Errorf("%s: a missing file is not caught", name)
		}
		if name == FileSignature || name == FilePackage {
			continue
		}
		if report := verify(t, remade(t, bad, forger), VerifyOptions{Key: key}); report.OK() {
			t.Errorf("%s: signed with another key and not caught", name)
		}
	}
	wrong := maps.Clone(files)
	wrong[FileSignature] = signer(forger)(files[FilePackage])
	if verify(t, wrong, VerifyOptions{}).OK() {
		t.Error("a foreign signature passes with the key of the download")
	}
}

func TestHostileDownloadsAreRefused(t *testing.T) {
	t.Parallel()
	_, _, files := released(t, 33, 400)
	replace := func(name, old, new string) map[string][]byte {
		out := maps.Clone(files)
		if !bytes.Contains(out[name], []byte(old)) {
			t.Fatalf("%s does not hold %q", name, old)
		}
		out[name] = bytes.Replace(out[name], []byte(old), []byte(new), 1)
		return out
	}
	huge := maps.Clone(files)
	huge[FileCells] = make([]byte, maxFile+1)
	for name, bad := range map[string]map[string][]byte{
		"nothing":        {},
		"no json":        replace(FilePackage, "{", "["),
		"path traversal": replace(FilePackage, `"path": "cells.csv"`, `"path": "../cells.csv"`),
		"absolute":       replace(FilePackage, `"path": "cells.csv"`, `"path": "/etc/passwd"`),
		"a folder":       replace(FilePackage, `"path": "cells.csv"`, `"path": "."`),
		"listed twice":   replace(FilePackage, `"path": "cells.csv"`, `"path": "index.csv"`),
		"huge":           huge,
		"NaN":            replace(FileCells, ",score,", ",NaN,"),
		"unknown field":  replace(FileIndex, `"demo"`, `"demos"`),
		"two bodies":     {FilePackage: files[FilePackage], FileIndex: append(slices.Clone(files[FileIndex]), '1')},
		"empty":          {FilePackage: []byte("{}")},
	} {
		report, err := Verify(context.Background(), fsOf(bad), VerifyOptions{IgnoreHashes: true, IgnoreSignature: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if report.OK() {
			t.Errorf("%s passes", name)
		}
	}
	for _, cell := range []string{"NaN", "Inf", "-1", "1e400", "9", "0x10", "10.0", " 10", "99999999999999999999"} {
		row := []string{"index", "female:14-17", "female", "14-17", "100", "10", "10", "score", "10", "500.0000", "25000.00000000"}
		for c := range row {
			if c >= 4 && c != 7 {
				bad := slices.Clone(row)
				bad[c] = cell
				if cell == "10.0" && c == 6 {
					continue // a weight may be written so
				}
				if _, err := parseCells(writeCSV(cellColumns, [][]string{bad})); err == nil && cell != "9" && cell != "0x10" {
					t.Errorf("%s in %s was read", cell, cellColumns[c])
				}
			}
		}
	}
	// A small archive that unpacks to more than the bound.
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{FilePackage, FileCells} {
		w, _ := z.Create(name)
		if name == FilePackage {
			_, _ = w.Write([]byte(`{"resources":[{"path":"cells.csv"}]}`))
			continue
		}
		for range 40 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	}
	_ = z.Close()
	bomb, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if report, err := Verify(context.Background(), bomb, VerifyOptions{}); err != nil || report.OK() {
		t.Errorf("a bomb passes: %v", err)
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
