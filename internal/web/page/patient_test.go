package page

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// onDisk is a seeker over a file, as asset has one.
type onDisk struct {
	io.ReadSeeker
	f *os.File
}

func (o onDisk) File() *os.File { return o.f }

// Every range of a file arrives as it is, whoever writes around it, straight from the
// file or through the program.
func TestPatientSendsFiles(t *testing.T) {
	t.Parallel()
	body := make([]byte, 3*piece+777)
	r := rand.NewChaCha8([32]byte{7})
	_, _ = r.Read(body)
	name := filepath.Join(t.TempDir(), "film")
	if err := os.WriteFile(name, body, 0o600); err != nil {
		t.Fatal(err)
	}
	serve := func(straight bool) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			f, err := os.Open(name)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = f.Close() }()
			w.Header().Set("Content-Type", "video/mp4")
			var src io.ReadSeeker = bytes.NewReader(body)
			if straight {
				src = onDisk{f, f}
			}
			http.ServeContent(Patient(w), q, "", time.Time{}, src)
		})
	}
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(700))
	if err != nil {
		t.Fatal(err)
	}
	for what, h := range map[string]http.Handler{"file": serve(true), "memory": serve(false), "file, compressing": wrap(serve(true))} {
		site := httptest.NewServer(h)
		for _, span := range [][2]int{{0, len(body) - 1}, {0, 0}, {5, firstPiece + 4}, {100, piece + 100}, {piece, 3*piece + 776}, {len(body) - 10, len(body) - 1}} {
			q, err := http.NewRequest("GET", site.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			q.Header.Set("Range", "bytes="+strconv.Itoa(span[0])+"-"+strconv.Itoa(span[1]))
			if what == "file, compressing" {
				q.Header.Set("Accept-Encoding", "gzip")
			}
			a, err := http.DefaultClient.Do(q)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(a.Body)
			if err != nil || a.StatusCode != http.StatusPartialContent || !bytes.Equal(got, body[span[0]:span[1]+1]) {
				t.Errorf("%s, %v: %d, %d bytes, %v", what, span, a.StatusCode, len(got), err)
			}
			_ = a.Body.Close()
		}
		site.Close()
	}
}
