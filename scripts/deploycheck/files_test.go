package deploycheck

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.." // of the repository

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// settings are the variables of README's table, which a test of internal/config holds
// to the program, with their defaults.
func settings(t *testing.T) map[string]string {
	t.Helper()
	table := map[string]string{}
	row := regexp.MustCompile("(?m)^\\| `([A-Z0-9_]+)` \\| [^|]*\\| (?:`([^`]*)`)?")
	for _, m := range row.FindAllStringSubmatch(read(t, "README.md"), -1) {
		table[m[1]] = m[2]
	}
	if len(table) < 30 {
		t.Fatalf("only %d settings were read from README.md", len(table))
	}
	return table
}

// ours finds the program's variables in a text.
var ours = regexp.MustCompile(`\b(?:OSVITLO|MONGODB|S3)_[A-Z0-9_]+\b`)

func TestEveryVariableNamedExists(t *testing.T) {
	t.Parallel()
	table := settings(t)
	for _, path := range []string{"Dockerfile", "scripts/compose.yaml", "scripts/compose/Caddyfile", "scripts/compose/replicaset.js"} {
		for _, name := range ours.FindAllString(read(t, path), -1) {
			if _, ok := table[name]; !ok {
				t.Errorf("%s names %s, which the program does not know", path, name)
			}
		}
	}
	if !strings.Contains(read(t, "scripts/.gitignore"), ".env\n") {
		t.Error("the file of secrets could be committed")
	}
}

func TestProxyNamesBothReplicas(t *testing.T) {
	t.Parallel()
	text := read(t, "scripts/compose/Caddyfile")
	for _, want := range []string{"to osvitlo-app-1:8080 osvitlo-app-2:8080\n", "health_uri /readyz\n", "{$SITE_ADDRESS::80} {", "admin off"} {
		if !strings.Contains(text, want) {
			t.Errorf("the proxy's file does not say %q", want)
		}
	}
	if strings.Count(text, "{\n") != strings.Count("\n"+text, "}\n") {
		t.Error("the braces of the proxy's file do not match")
	}
}
