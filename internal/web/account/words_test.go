package account

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

func totpNow(t testing.TB, secret string, now time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, now)
	must(t, err)
	return code
}

var rawKey = regexp.MustCompile(`\b(account|person|page|role|purpose)\.[a-z_]+(\.[a-z_0-9]+)*\b`)

// checkPage holds what every page of this package promises.
func checkPage(t testing.TB, a *answer, lang string) {
	t.Helper()
	if found := rawKey.FindString(a.Find("body").Text()); found != "" {
		t.Errorf("%s (%s) shows the key %s", a.path, lang, found)
	}
	if robots, _ := a.Find("meta[name=robots]").Attr("content"); robots != "noindex" {
		t.Errorf("%s may be indexed", a.path)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s may be kept: %q", a.path, a.header.Get("Cache-Control"))
	}
	if a.Find("h1").Length() != 1 {
		t.Errorf("%s has %d headings of the first order", a.path, a.Find("h1").Length())
	}
	if a.Find("[style], script:not([src])").Length() > 0 {
		t.Errorf("%s has something inline", a.path)
	}
	a.Find("main input:not([type=hidden]), main select, main textarea").Each(func(_ int, in *goquery.Selection) {
		id, _ := in.Attr("id")
		if id == "" || a.Find(`label[for="`+id+`"]`).Length() != 1 {
			name, _ := in.Attr("name")
			t.Errorf("%s: the field %s has no label", a.path, name)
		}
	})
	ids := map[string]bool{}
	a.Find("[id]").Each(func(_ int, one *goquery.Selection) {
		id, _ := one.Attr("id")
		if ids[id] {
			t.Errorf("%s: the id %s stands twice", a.path, id)
		}
		ids[id] = true
	})
}

func TestEveryFailureOfPersonHasItsWords(t *testing.T) {
	t.Parallel()
	words, err := messages()
	must(t, err)
	for _, lang := range i18n.Languages {
		w := words.Lang(lang)
		for key, one := range troubles {
			for _, k := range []string{one.stem + ".title", one.link} {
				if w.T(k, nil) == k {
					t.Errorf("%s: no %s in %s", key, k, lang)
				}
			}
		}
	}
}

func TestEveryPictureOfACardIsDrawnAndNamed(t *testing.T) {
	t.Parallel()
	words, err := messages()
	must(t, err)
	for _, lang := range i18n.Languages {
		names := map[string]string{}
		for _, id := range person.PictureIDs() {
			key := "account.picture." + id
			name := words.Lang(lang).T(key, nil)
			if name == key {
				t.Errorf("%s has no name in %s", id, lang)
			}
			if other, twice := names[name]; twice {
				t.Errorf("%s and %s are both %q", id, other, name)
			}
			names[name] = id
			pic, err := page.CardPicture(id)
			if err != nil || !strings.Contains(string(pic), "<path") && !strings.Contains(string(pic), "<circle") {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
}

func TestEveryMessageOfTheAreaStandsInBothLanguages(t *testing.T) {
	t.Parallel()
	words, err := messages()
	must(t, err)
	both := map[string]int{}
	for _, lang := range i18n.Languages {
		for _, key := range words.Keys(lang) {
			if strings.HasPrefix(key, "account.") {
				both[key]++
			}
			if text := words.Lang(lang).T(key, nil); strings.HasPrefix(key, "account.") && strings.Contains(text, "!") {
				t.Errorf("%s shouts: %s", key, text)
			}
		}
	}
	if len(both) < 300 {
		t.Errorf("only %d messages", len(both))
	}
	for key, n := range both {
		if n != 2 {
			t.Errorf("%s stands in one language only", key)
		}
	}
}

// The doors cost at most 12 kB gzip over the base of every page.
func TestTheSignInPageIsSmall(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"/sign-in", "/sign-in/passkey"} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(r.visit(t).get(path).body))
		must(t, z.Close())
		if b.Len() > 9_000 { // the script of passkeys is 1.1 kB, the styles 0.6 kB
			t.Errorf("%s: %d bytes", path, b.Len())
		}
		t.Logf("%s: %d bytes gzip", path, b.Len())
	}
}

// Every key that the code or a template names has its words.
func TestEveryKeyThatIsNamedExists(t *testing.T) {
	t.Parallel()
	words, err := messages()
	must(t, err)
	known := map[string]bool{}
	for _, key := range words.Keys(i18n.Ukrainian) {
		known[key] = true
	}
	named := regexp.MustCompile(`"((?:account|page|person)\.[a-z0-9_.]+)"`)
	count := 0
	for _, glob := range []string{"*.go", "templates/*.html"} {
		files, err := filepath.Glob(glob)
		must(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(file)
			must(t, err)
			for _, m := range named.FindAllStringSubmatch(string(raw), -1) {
				key := m[1]
				if key == "account.left" || key == "account.js" { // not words
					continue
				}
				count++
				if known[key] || known[key+".title"] {
					continue
				}
				if !strings.HasSuffix(key, ".") {
					t.Errorf("%s: no %s", file, key)
				}
			}
		}
	}
	if count < 300 {
		t.Errorf("only %d keys were seen", count)
	}
}
