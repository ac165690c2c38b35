package cityindex

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"testing"
	"testing/fstest"
)

func contentFile(f *testing.F, name string) []byte {
	f.Helper()
	raw, err := os.ReadFile("../../content/city/" + name)
	if err != nil {
		f.Fatal(err)
	}
	return raw
}

// FuzzParseMargins: a population file is whole or refused.
func FuzzParseMargins(f *testing.F) {
	f.Add(contentFile(f, "kropyvnytskyi.margins.yaml"))
	f.Add([]byte("id: x\nvariants: [{id: a, cells: [{sex: female, age: \"14-17\", n: -5}]}]"))
	f.Add([]byte("a: &a [*a, *a]"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := ParseMargins(raw)
		if err != nil {
			return
		}
		v := m.Variant(m.Default)
		if v == nil || v.Total <= 0 {
			t.Fatalf("margins without a population were taken: %+v", v)
		}
		for s := range sexes {
			for a := range ages {
				if v.target(s, a) <= 0 {
					t.Fatalf("an empty class was taken: sex %d, age %d", s, a)
				}
			}
		}
	})
}

func FuzzParseBenchmarks(f *testing.F) {
	f.Add(contentFile(f, "benchmarks.yaml"))
	f.Add([]byte("benchmarks: [{id: x, value: .nan}]"))
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := ParseBenchmarks(raw)
		if err != nil {
			return
		}
		for _, x := range b.List {
			if x.Value != nil && !(*x.Value >= 0 && *x.Value <= 1) {
				t.Fatalf("%s: a share of %v", x.ID, *x.Value)
			}
		}
	})
}

func FuzzParsePublicPEM(f *testing.F) {
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"))
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		key, err := ParsePublicPEM(raw)
		if err != nil {
			return
		}
		if again, err := ParsePublicPEM(PublicPEM(key)); err != nil || !bytes.Equal(again, key) {
			t.Fatalf("not read back: %v", err)
		}
	})
}

// FuzzVerify: a download of anybody's making gives a report, and one whose files were
// changed is never called good.
func FuzzVerify(f *testing.F) {
	c := newCity()
	c.people(5, 600, testMargins(f), "w1")
	r := newRig(f, c)
	r.tick(f)
	info, err := r.Release(context.Background(), "w1")
	if err != nil {
		f.Fatal(err)
	}
	whole := fstest.MapFS{}
	for _, one := range info.Files {
		file, err := r.ReleaseFile(context.Background(), info.ID, one.Name)
		if err != nil {
			f.Fatal(err)
		}
		whole[one.Name] = &fstest.MapFile{Data: file.Body}
	}
	if report, err := Verify(context.Background(), whole, VerifyOptions{}); err != nil || !report.OK() {
		f.Fatalf("the release itself: %v %+v", err, report)
	}
	for _, name := range []string{FilePackage, FileIndex, FileCells, FileFigures} {
		body := whole[name].Data
		f.Add(name, body)
		g := rand.New(rand.NewPCG(9, 9))
		for range 5 {
			cut := bytes.Clone(body)
			cut[g.IntN(len(cut))] ^= byte(1 + g.IntN(255))
			f.Add(name, cut)
		}
		f.Add(name, []byte("{}"))
		f.Add(name, []byte(nil))
	}
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		was, there := whole[name]
		changed := fstest.MapFS{}
		for k, v := range whole {
			changed[k] = v
		}
		changed[name] = &fstest.MapFile{Data: body}
		report, err := Verify(context.Background(), changed, VerifyOptions{})
		if err == nil && report.OK() && there && name != FileZip && name != FileSignature && !bytes.Equal(was.Data, body) {
			t.Fatalf("a changed %s was called good", name)
		}
		// Without hashes and signature the numbers themselves are read.
		_, _ = Verify(context.Background(), changed, VerifyOptions{IgnoreHashes: true, IgnoreSignature: true})
	})
}
