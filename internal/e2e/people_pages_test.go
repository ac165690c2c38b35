//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/testkit"
)

// First views of staff, in bytes as they are sent.
const (
	mostMentor = 80 << 10
	mostOffice = 250 << 10
)

// pagesOfStaff reads the addresses that staff open from the matrix of rights: every
// page of the desk and the office without a name in it, with a role that may see it. A
// new page is looked at without anybody naming it here.
func pagesOfStaff(t *testing.T) map[string][]string {
	t.Helper()
	root, err := testkit.Root()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(root, "internal", "app", "testdata", "matrix.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var roles []string
	pages := map[string][]string{}
	for _, line := range strings.Split(string(raw), "\n") {
		f := strings.Fields(line)
		switch {
		case len(f) > 8 && f[0] == "#" && f[1] == "visitor":
			roles = f[1:]
		case len(f) < 3 || f[0] != "GET" || strings.ContainsAny(f[1], ":*"):
		case !strings.HasPrefix(f[1], "/office") && !strings.HasPrefix(f[1], "/mentor") && !strings.HasPrefix(f[1], "/school"):
		case strings.Contains(filepath.Base(f[1]), ".") || strings.HasSuffix(f[1], "/file"): // files to take along
		default:
			for _, role := range []string{"mentor", "administrator", "analyst", "content-editor", "cdto", "venue-lead", "help-operator", "school-coordinator"} {
				if n := slices.Index(roles, role); n >= 0 && n+2 < len(f) && f[n+2] == "in" {
					pages[role] = append(pages[role], f[1])
					break
				}
			}
		}
	}
	return pages
}

// Every page of staff in both languages, light and dark, on a telephone and on a desk:
// no barrier that axe knows of, nothing wider than the screen, nothing too small to hit, no
// keys instead of words, and light to fetch.
func TestPeoplePagesOfStaff(t *testing.T) {
	t.Parallel()
	p := town(t)
	b, err := testkit.OpenBrowser(testkit.BrowserOptions{Site: p.Site, Shots: shots})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	tried := 0
	for role, paths := range pagesOfStaff(t) {
		tried += len(paths)
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			v := staffAt(t, p, role)
			heaviest, where := 0, ""
			for _, path := range paths {
				if n := firstView(t, v, path); n > heaviest {
					heaviest, where = n, path
				}
			}
			t.Logf("%s: %d pages, the heaviest first view %s with %d bytes", role, len(paths), where, heaviest)
			for _, look := range []struct {
				lang   string
				screen testkit.Screen
				axe    bool
			}{{"uk", testkit.Phone, true}, {"en", testkit.Phone, false}, {"en", testkit.Desktop, true}} {
				tab := b.Tab(t, look.screen)
				tab.Open("/help")
				tab.Take(asBrowser(v))
				for _, path := range paths {
					where := fmt.Sprintf("%s %s %d", path, look.lang, look.screen.Width)
					if got := tab.Open(path + "?lang=" + look.lang); got != 200 {
						t.Errorf("%s answers %d", path, got)
						continue
					}
					if path != "/office/audit" { // codes are what it shows
						plain(t, tab)
					}
					least := 24
					if strings.HasPrefix(path, "/mentor") && look.screen.Phone {
						least = 44
					}
					for _, small := range tab.Small(least) {
						t.Errorf("%s: a target under %d px: %s", where, least, small)
					}
					for _, wide := range tab.Wider() {
						t.Errorf("%s: %s", where, wide)
					}
					if !look.axe { // the same elements as in the other language
						continue
					}
					for _, barrier := range tab.Axe() {
						t.Errorf("%s: %v", where, barrier)
					}
					tab.Dark(true)
					for _, barrier := range tab.Contrast() {
						t.Errorf("%s, dark: %v", where, barrier)
					}
					tab.Dark(false)
				}
			}
		})
	}
	if tried < 25 {
		t.Errorf("only %d pages were looked at", tried)
	}
}

// firstView counts every byte that a browser fetches for a page, and holds it to the
// budget of its kind.
func firstView(t *testing.T, v *testkit.Visitor, path string) int {
	t.Helper()
	page := v.Get(path).Want(t, 200)
	all := page.Wire
	seen := map[string]bool{}
	for _, kind := range [][2]string{{"link[rel=stylesheet]", "href"}, {"script[src]", "src"}, {"img[src]", "src"}, {"link[rel=icon]", "href"}, {"link[rel=manifest]", "href"}} {
		for _, n := range page.Doc().Find(kind[0]).EachIter() {
			if at, _ := n.Attr(kind[1]); at != "" && !strings.HasPrefix(at, "data:") && !seen[at] {
				seen[at] = true
				all += v.Get(at).Want(t, 200).Wire
			}
		}
	}
	most := mostOffice
	if strings.HasPrefix(path, "/mentor") {
		most = mostMentor
	}
	if all > most || len(seen) == 0 {
		t.Errorf("%s: the first view is %d bytes in %d files, at most %d", path, all, len(seen)+1, most)
	}
	return all
}
