package course

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/i18n"
	"osvitlo/locales"
)

var messageKey = regexp.MustCompile(`"(course\.[a-z_]+)"`)

// Every key that this package can say has words in both languages, and so has every
// type, audience and verdict.
func TestEveryKeyHasWords(t *testing.T) {
	t.Parallel()
	bundle, err := i18n.Load(locales.FS)
	must(t, err)
	keys := map[string]bool{}
	names, err := filepath.Glob("*.go")
	must(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(name)
		must(t, err)
		for _, m := range messageKey.FindAllStringSubmatch(string(raw), -1) {
			keys[m[1]] = true
		}
	}
	for _, k := range lesson.Types() {
		keys["course.type_"+string(k)] = true
	}
	for _, v := range []Verdict{TooFew, Proved, NotProved, Harmful} {
		keys["course.verdict_"+strings.ReplaceAll(string(v), "-", "_")] = true
	}
	raw, err := os.ReadFile("../../content/schema/course.json")
	must(t, err)
	var schema struct {
		Properties struct {
			Audience struct {
				Items struct {
					Enum []string `json:"enum"`
				} `json:"items"`
			} `json:"audience"`
		} `json:"properties"`
	}
	must(t, json.Unmarshal(raw, &schema))
	for _, a := range schema.Properties.Audience.Items.Enum {
		keys["course.audience_"+strings.ReplaceAll(a, "-", "_")] = true
	}
	if len(keys) < 50 {
		t.Fatalf("only %d keys", len(keys))
	}
	for k := range keys {
		for _, lang := range i18n.Languages {
			if !slices.Contains(bundle.Keys(lang), k) {
				t.Errorf("%s has no words in %s", k, lang)
			}
		}
	}
}
