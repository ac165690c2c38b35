package opendata

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/cityindex"
	"osvitlo/internal/fault"
)

type stub struct{}

func (stub) Snapshot() *cityindex.Snapshot {
	return &cityindex.Snapshot{Index: []byte(`{"n":10}`), Releases: []byte(`{"releases":[]}`), ETag: `"abc"`, View: &cityindex.View{Releases: []cityindex.ReleaseInfo{
		{ID: "w.2", Path: "/open-data/releases/w.2/", Latest: true, Withdrawn: &cityindex.Note{}},
		{ID: "w.1", Path: "/open-data/releases/w.1/", Latest: true},
	}}}
}

func (stub) ReleaseFile(_ context.Context, id, name string) (cityindex.File, error) {
	if id == "away" {
		return cityindex.File{}, fault.New(fault.Unavailable, "")
	}
	if id != "w.1" || name != cityindex.FileCells && name != cityindex.FilePackage {
		return cityindex.File{}, fault.New(fault.NotFound, "")
	}
	return cityindex.File{Name: name, ContentType: "text/csv; charset=utf-8", Body: []byte("a,b\n")}, nil
}

func (stub) PublicKey() []byte { return []byte("PEM") }

func ask(t *testing.T, method, path, etag string) *httptest.ResponseRecorder {
	t.Helper()
	gin.SetMode(gin.TestMode)
	g := gin.New()
	if err := Routes(g, Deps{Index: stub{}}); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, nil)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	g.ServeHTTP(w, r)
	return w
}

func TestOpenDataAnswers(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		PathIndex:                              {200, `{"n":10}`},
		PathReleases:                           {200, `{"releases":[]}`},
		"/open-data/releases/":                 {200, `{"releases":[]}`},
		PathKey:                                {200, "PEM"},
		"/open-data/releases/w.1/cells.csv":    {200, "a,b\n"},
		"/open-data/releases/w.1/":             {200, "a,b\n"},
		"/open-data/releases/w.1/secret":       {404, ""},
		"/open-data/releases/w.2/cells.csv":    {404, ""},
		"/open-data/releases/away/cells.csv":   {503, ""},
		"/open-data/releases/..%2f/cells.csv":  {404, ""},
		"/open-data/releases/w.1/..%2f..%2fdb": {404, ""},
	} {
		w := ask(t, http.MethodGet, path, "")
		if w.Code != want.status || want.body != "" && w.Body.String() != want.body {
			t.Errorf("%s: %d %q", path, w.Code, w.Body)
		}
		if want.status != 200 {
			continue
		}
		etag := w.Header().Get("ETag")
		if etag == "" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: headers %v", path, w.Header())
		}
		for _, sent := range []string{etag, "W/" + etag, `"x", ` + etag} {
			if again := ask(t, http.MethodGet, path, sent); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
				t.Errorf("%s with %s: %d %q", path, sent, again.Code, again.Body)
			}
		}
		if head := ask(t, http.MethodHead, path, ""); head.Code != 200 || head.Body.Len() != 0 {
			t.Errorf("HEAD %s: %d %q", path, head.Code, head.Body)
		}
	}
}

func TestAProblemIsAProblemDocument(t *testing.T) {
	t.Parallel()
	w := ask(t, http.MethodGet, "/open-data/releases/w.1/none", "")
	var p struct {
		Status int
		Title  string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != 404 || p.Title == "" {
		t.Fatalf("%s: %v", w.Body, err)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json; charset=utf-8" {
		t.Fatal(got)
	}
}

func TestTheNewestStandingReleaseHasAnAddressThatStays(t *testing.T) {
	t.Parallel()
	w := ask(t, http.MethodGet, "/open-data/cells.csv", "")
	if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != "/open-data/releases/w.1/cells.csv" {
		t.Fatalf("%d %q", w.Code, got)
	}
}
