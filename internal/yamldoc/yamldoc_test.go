package yamldoc

import (
	"strings"
	"testing"
)

type page struct {
	Title string   `yaml:"title"`
	Parts []part   `yaml:"parts"`
	More  []string `yaml:"more"`
}

type part struct {
	Name   string  `yaml:"name"`
	Values []int   `yaml:"values"`
	Share  *string `yaml:"share"`
}

func TestStrictRefusesWhatNobodyReads(t *testing.T) {
	t.Parallel()
	src := []byte("title: Правда\nparts:\n  - name: перша\n    values: [1, 2]\nextra: 1\n")
	var loose page
	if err := Loose(src, &loose); err != nil || loose.Title != "Правда" || len(loose.Parts) != 1 || len(loose.Parts[0].Values) != 2 {
		t.Fatalf("read as %+v, %v", loose, err)
	}
	var strict page
	if err := Strict(src, &strict); err == nil || !strings.Contains(err.Error(), "extra") {
		t.Fatalf("a key that nobody reads: %v", err)
	}
}

// broken are documents on which the library panics, besides plainly wrong ones.
var broken = []string{
	"parts: &a", "parts: *a", "parts: &a\nmore: *a", "parts: !!seq", "parts: !x\n", "parts: [{name: &a }]", "parts: *", "more: &x *x",
	"{", "[", "parts:\n- &\n", "parts: &a &b", "title: !!binary ^", "more: !!str", "<<: *a", "<<: &a", "? ", "? [a]\n: b", "parts: |-", "\x00", "title: \"\\u", "parts: &a [*a]",
}

func TestABrokenDocumentIsAnError(t *testing.T) {
	t.Parallel()
	panics := 0
	for _, src := range broken {
		for _, read := range []func([]byte, any) error{Strict, Loose} {
			if err := read([]byte(src), &page{}); err != nil && strings.Contains(err.Error(), "this is not YAML") {
				panics++
			}
		}
		if f, err := Parse([]byte(src)); err == nil && f == nil {
			t.Errorf("%q: neither a tree nor an error", src)
		}
	}
	if panics == 0 {
		t.Error("none of these makes the library panic any more: this package can go")
	}
}

func FuzzStrict(f *testing.F) {
	for _, src := range broken {
		f.Add([]byte(src))
	}
	f.Add([]byte("title: a\nparts:\n  - name: b\n    values: [1]\nmore: [c]\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		_ = Loose(raw, &page{})
		if err := Strict(raw, &page{}); err != nil {
			return
		}
		if err := Loose(raw, &page{}); err != nil && err.Error() != "EOF" {
			t.Fatalf("read strictly and not loosely: %v", err)
		}
		if _, err := Parse(raw); err != nil {
			t.Fatalf("read into a value and not as a tree: %v", err)
		}
	})
}
