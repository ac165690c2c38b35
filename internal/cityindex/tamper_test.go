package cityindex

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

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
var onlyOperator = []string{"assisted_share", "doubtful_share", "border_share", "index_shift", "at_least_basic_shift", "breakdowns/*/*/at_least_basic"}

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
	// The mode effect is rounded: a small change of it stays inside the rounding.
	if strings.Contains(joined, "mode_effect/modes/") && words[len(words)-1] != "n" {
		return true
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
	// where a file was changed, the report also names the number in it
	bad := maps.Clone(files)
	at := bytes.IndexByte(files[FileCells], '\n') + 1
	row := strings.Split(string(files[FileCells][at:at+bytes.IndexByte(files[FileCells][at:], '\n')]), ",")
	bad[FileCells] = bytes.Replace(files[FileCells], []byte(","+row[9]+","), fmt.Appendf(nil, ",%s%d,", row[9][:len(row[9])-1], '9'-row[9][len(row[9])-1]), 1)
	if report := verify(t, bad, VerifyOptions{Key: key}); report.First().Name != FileCells || report.Figure() == nil || report.Figure().Name == FileCells {
		t.Errorf("a changed sum is reported as %v and %v", report.First(), report.Figure())
	}
	if f := verify(t, files, VerifyOptions{Key: key}).Figure(); f != nil {
		t.Errorf("a figure that holds is named: %v", f)
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
