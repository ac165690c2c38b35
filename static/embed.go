// Package static holds the built styles, scripts and pictures and tells their addresses.
//
// Every file of dist/ has a hash of its bytes in its name, so it may be cached for
// ever, and stands there a second time compressed (.gz) where that makes it smaller.
// The package serves nothing itself; see Handler for an http.Handler that does.
package static

import (
	"embed"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed dist
var files embed.FS

// Prefix is the path under which the files are served.
const Prefix = "/static/"

var manifest = readManifest()

func readManifest() map[string]string {
	m := map[string]string{}
	raw, err := files.ReadFile("dist/manifest.json")
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil {
		panic("static: dist/manifest.json: " + err.Error()) // built into the program; a test opens it
	}
	return m
}

// FS holds the built files under their hashed names, without the folder's name.
func FS() fs.FS {
	sub, err := fs.Sub(files, "dist")
	if err != nil {
		panic("static: " + err.Error()) // the folder is built in
	}
	return sub
}

// Path returns the address of a file by its plain name, "resident.css" →
// "/static/resident.1a2b3c4d.css"; empty for an unknown name.
func Path(name string) string {
	hashed, ok := manifest[name]
	if !ok {
		return ""
	}
	return Prefix + hashed
}

// Names lists the plain names of all files.
func Names() []string {
	names := make([]string, 0, len(manifest))
	for name := range manifest {
		names = append(names, name)
	}
	return names
}

// Handler serves the files below Prefix: GET and HEAD only, compressed where the
// reader accepts gzip, cached for a year. Everything else is 404.
func Handler() http.Handler {
	known := make(map[string]bool, len(manifest))
	for _, hashed := range manifest {
		known[hashed] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, Prefix)
		if !known[name] || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Content-Type", contentType(name))
		h.Set("ETag", `"`+name+`"`)
		h.Add("Vary", "Accept-Encoding")
		file := "dist/" + name
		if acceptsGzip(r) {
			if _, err := fs.Stat(files, file+".gz"); err == nil {
				file += ".gz"
				h.Set("Content-Encoding", "gzip")
				h.Set("ETag", `"`+name+`-gz"`)
			}
		}
		http.ServeFileFS(w, r, files, file)
	})
}

func acceptsGzip(r *http.Request) bool {
	for _, one := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return strings.ReplaceAll(params, " ", "") != "q=0"
		}
	}
	return false
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
