package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rings reads the table of the package comment, so that the map cannot lie.
func rings(t *testing.T) map[string]int {
	t.Helper()
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]int{}
	row := regexp.MustCompile(`^//\tring (\d+)\s+((?:[a-z0-9/]+ )*[a-z0-9/]+)(\s{2,}|$)`)
	for _, line := range strings.Split(string(src), "\n") {
		m := row.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for _, name := range strings.Fields(m[2]) {
			table[name] = atoi(m[1])
		}
	}
	if len(table) < 20 {
		t.Fatalf("the table in doc.go has only %d packages", len(table))
	}
	return table
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

// doors names the packages (by prefix) that may import a library.
var doors = map[string][]string{
	"github.com/gin-gonic/gin":           {"web"},
	"go.mongodb.org/mongo-driver":        {"store/mongodb"},
	"github.com/minio/minio-go":          {"media/s3"},
	"modernc.org/sqlite":                 {"store/sqlite"},
	"github.com/PuerkitoBio/goquery":     {"testkit", "e2e"},
	"github.com/chromedp":                {"testkit", "e2e"},
	"github.com/prometheus":              {"telemetry"},
	"github.com/go-playground/validator": {"config", "web/form"},
	"github.com/alexedwards/scs":         {"person", "web"},
	"github.com/go-webauthn":             {"person"},
	"github.com/coreos/go-oidc":          {"person"},
	"github.com/pquerna/otp":             {"person"},
	"github.com/wneessen/go-mail":        {"notify"},
}

const numbersRing = 1

func TestPackagesImportLowerRingsOnly(t *testing.T) {
	t.Parallel()
	table := rings(t)
	seen := 0
	walkImports(t, func(pkg, imported, file string) {
		seen++
		ring, ok := table[pkg]
		if !ok {
			t.Errorf("%s: package %s has no ring; give it one in doc.go", file, pkg)
			return
		}
		if inner, ours := strings.CutPrefix(imported, "osvitlo/internal/"); ours {
			if lower, ok := table[inner]; !ok || lower >= ring {
				t.Errorf("%s: %s (ring %d) imports %s (ring %d)", file, pkg, ring, inner, lower)
			}
			if ring == numbersRing {
				t.Errorf("%s: numbers import only the standard library and gonum, not %s", file, imported)
			}
			if inner != "store/mirror" && (strings.HasPrefix(inner, "store/") || strings.HasPrefix(inner, "media/")) {
				if pkg != "app" {
					t.Errorf("%s: only app opens an engine, not %s", file, pkg)
				}
			}
			return
		}
		if ring == numbersRing && strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") && !strings.HasPrefix(imported, "gonum.org/") {
			t.Errorf("%s: numbers import only the standard library and gonum, not %s", file, imported)
		}
		for library, allowed := range doors {
			if strings.HasPrefix(imported, library) && !anyPrefix(pkg, allowed) {
				t.Errorf("%s: %s has one door: %v", file, library, allowed)
			}
		}
	})
	if seen < 50 {
		t.Fatalf("only %d imports were seen: the walk is broken", seen)
	}
}

func anyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if s == p || strings.HasPrefix(s, p+"/") {
			return true
		}
	}
	return false
}

// testOnly are packages that tests import: they are free to know everything.
var testOnly = []string{"testkit", "e2e", "store/storetest", "media/mediatest"}

func walkImports(t *testing.T, visit func(pkg, imported, file string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		if pkg == "." || anyPrefix(pkg, testOnly) || strings.Contains(path, "testdata") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			visit(pkg, strings.Trim(i.Path.Value, `"`), path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
