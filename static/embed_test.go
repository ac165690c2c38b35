package static

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
)

func get(path, encoding, method string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w
}

func TestEveryFileIsServedBothWays(t *testing.T) {
	t.Parallel()
	if len(Names()) < 6 {
		t.Fatalf("only %v", Names())
	}
	for _, name := range Names() {
		plain := get(Path(name), "", http.MethodGet)
		if plain.Code != 200 || plain.Header().Get("Content-Encoding") != "" || plain.Body.Len() == 0 {
			t.Errorf("%s: %d %v", name, plain.Code, plain.Header())
		}
		if !strings.Contains(plain.Header().Get("Cache-Control"), "immutable") || plain.Header().Get("Content-Type") == "application/octet-stream" {
			t.Errorf("%s: %v", name, plain.Header())
		}
		small := get(Path(name), "br, gzip;q=1.0", http.MethodGet)
		if small.Header().Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(small.Body)
			if err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(z); err != nil || !bytes.Equal(b, plain.Body.Bytes()) {
				t.Errorf("%s: the compressed twin differs", name)
			}
		} else if strings.HasSuffix(name, ".css") {
			t.Errorf("%s has no compressed twin", name)
		}
	}
}

func TestOnlyKnownFilesAndMethods(t *testing.T) {
	t.Parallel()
	for _, path := range []string{Prefix, Prefix + "manifest.json", Prefix + "../embed.go", Prefix + "resident.css", Path("resident.css") + ".gz", "/"} {
		r := &http.Request{Method: http.MethodGet, URL: mustURL(path), Header: http.Header{}}
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := get(Path("resident.css"), "", http.MethodPost); w.Code != http.StatusNotFound {
		t.Errorf("POST: %d", w.Code)
	}
	if w := get(Path("resident.css"), "gzip;q=0", http.MethodGet); w.Header().Get("Content-Encoding") != "" {
		t.Error("gzip was refused and sent")
	}
	if Path("nosuch.css") != "" {
		t.Error("a path for an unknown file")
	}
}

// The lock file carries no addresses to fetch from, and built files none of this kind either.
func TestNoAddressesInTrackedFiles(t *testing.T) {
	t.Parallel()
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Packages map[string]struct{ Version, Resolved, Integrity string } `json:"packages"`
	}
	if err := json.Unmarshal(lock, &parsed); err != nil {
		t.Fatal(err)
	}
	if len(parsed.Packages) < 6 {
		t.Fatal("the lock file is empty")
	}
	for name, p := range parsed.Packages {
		if p.Resolved != "" || (name != "" && p.Integrity == "") {
			t.Errorf("%s: resolved %q, integrity %q", name, p.Resolved, p.Integrity)
		}
	}
	address := regexp.MustCompile(`https?://[^\s"'<>)]+`)
	err = fs.WalkDir(FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".gz") || strings.HasSuffix(path, ".png") {
			return err
		}
		b, err := fs.ReadFile(FS(), path)
		if err != nil {
			return err
		}
		for _, a := range address.FindAllString(string(b), -1) {
			// the second is a link in words of Leaflet that the map never shows (prefix: false)
			if a != "http://www.w3.org/2000/svg" && a != "https://leafletjs.com" {
				t.Errorf("%s: %s", path, a)
			}
		}
		if strings.Contains(string(b), "@font-face") || strings.Contains(string(b), "GDS Transport") || strings.Contains(strings.ToLower(string(b)), "crown") {
			t.Errorf("%s: a font or a crown that is not ours", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mustURL(path string) *url.URL { return &url.URL{Path: path} }
