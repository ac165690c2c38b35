package draft_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	files "osvitlo/content"
	"osvitlo/internal/course/draft"
)

// Whatever is typed is written as a file that reads back as the same, and once more as
// the same text.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.StringOfN(rapid.RuneFrom([]rune("абвїґ ab:#-|>'\"{}[]&*!%@`,?\\/\n\t ~.019’«»—😀\u00a0\u2028")), 0, 40, -1),
		rapid.SampledFrom([]string{"yes", "null", "12", "1.5", "- a", "a: b", "# x", "рядок\n\nдругий\n", " пробіл", "кінець ", "\n", "a\n b\n", "a\nb", "0x1f", "2026-11-22", "~", "<<", "a\n\n\nb\n\n"}))
	key := rapid.SampledFrom([]string{"uk", "en", "text", "id", "summary_en", "зовсім інше", "a:b", "y", "1"})
	leaf := rapid.Custom(func(t *rapid.T) any {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return float64(rapid.IntRange(-1000, 1000).Draw(t, "n")) / 4
		case 1:
			return rapid.Bool().Draw(t, "b")
		}
		return text.Draw(t, "s")
	})
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		return rapid.Custom(func(t *rapid.T) any {
			k := rapid.IntRange(0, 4).Draw(t, "shape")
			if depth == 0 || k < 3 {
				return leaf.Draw(t, "leaf")
			}
			if k == 3 {
				out := map[string]any{}
				for range rapid.IntRange(0, 4).Draw(t, "n") {
					out[key.Draw(t, "key")] = value(depth-1).Draw(t, "v")
				}
				return out
			}
			out := []any{}
			for range rapid.IntRange(0, 3).Draw(t, "n") {
				if v := value(depth-1).Draw(t, "v"); !isList(v) {
					out = append(out, v)
				}
			}
			return out
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		tree := draft.Tree{"slug": "x"}
		for range rapid.IntRange(0, 5).Draw(t, "members") {
			tree[key.Draw(t, "key")] = value(3).Draw(t, "value")
		}
		written := draft.Write(tree)
		got, err := draft.Parse("a.yaml", written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if d := cmp.Diff(tree, got); d != "" {
			t.Fatalf("%s\n%s", d, written)
		}
		if again := draft.Write(got); again != written {
			t.Fatalf("written differently:\n%s\n%s", written, again)
		}
	})
}

func isList(v any) bool { _, ok := v.([]any); return ok }

// Every shipped course file survives being written anew.
func TestShippedFilesAreWrittenAnew(t *testing.T) {
	t.Parallel()
	n := 0
	err := fs.WalkDir(files.FS, "courses", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		raw, err := fs.ReadFile(files.FS, path)
		if err != nil {
			return err
		}
		tree, err := draft.Parse(path, string(raw))
		if err != nil {
			return err
		}
		again, err := draft.Parse(path, draft.Write(tree))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		a, _ := json.Marshal(tree)
		b, _ := json.Marshal(again)
		if string(a) != string(b) {
			t.Errorf("%s: %s", path, cmp.Diff(tree, again))
		}
		n++
		return nil
	})
	if err != nil || n < 80 {
		t.Fatal(n, err)
	}
}
