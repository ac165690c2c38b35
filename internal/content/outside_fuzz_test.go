package content_test

import (
	"io/fs"
	"strings"
	"testing"

	files "osvitlo/content"
	"osvitlo/internal/content"
)

// FuzzParse: any YAML is a document or a fault that names the file; aliases do not
// blow it up.
func FuzzParse(f *testing.F) {
	added := 0
	err := fs.WalkDir(files.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") || added > 12 {
			return err
		}
		raw, err := fs.ReadFile(files.FS, name)
		if err == nil && len(raw) < 20_000 {
			added++
			f.Add(raw)
		}
		return err
	})
	if err != nil || added == 0 {
		f.Fatalf("%d seeds, %v", added, err)
	}
	for _, s := range []string{"a: [b", "a: &x [*x]", "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]",
		"a: 1\na: 2", "? [x]\n: y", "!!binary x", "- |\n  a\n b", "\t", "a: .nan", "--- 1\n--- 2"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := content.Parse("given.yaml", raw)
		if (d == nil) == (err == nil) {
			t.Fatalf("document %v and fault %v", d, err)
		}
		if err != nil {
			if !strings.Contains(err.Error(), "given.yaml") {
				t.Fatalf("the fault does not name the file: %v", err)
			}
			return
		}
		var anything any
		_ = d.Decode("", &anything)
		_ = d.Decode("/items/0", &anything)
	})
}
