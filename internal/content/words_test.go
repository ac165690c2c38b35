package content_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"osvitlo/internal/i18n"
	"osvitlo/locales"
)

var answerKey = regexp.MustCompile(`"(answer\.[a-z_]+)"`)

// Every fault that an item can find in an answer has words in both languages.
func TestEveryAnswerFaultHasWords(t *testing.T) {
	t.Parallel()
	bundle, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob("../instrument/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		if filepath.Base(name) == "sample_test.go" || filepath.Base(name) == "path_test.go" {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range answerKey.FindAllStringSubmatch(string(raw), -1) {
			found++
			for _, lang := range i18n.Languages {
				if !slices.Contains(bundle.Keys(lang), m[1]) {
					t.Errorf("%s: %s has no words in %s", filepath.Base(name), m[1], lang)
				}
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d keys found", found)
	}
}
