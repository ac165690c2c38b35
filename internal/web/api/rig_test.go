package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/scoring"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
	"osvitlo/locales"
)

var noon = time.Date(2026, 11, 21, 10, 20, 0, 0, time.UTC)

// rig is the whole stack of this package over the real content.
type rig struct {
	handler http.Handler
	lib     *content.Library
	log     *bytes.Buffer
	service *sitting.Service
	people  *person.Service // nil unless asked for
	engine  store.Engine
}

func newRig(tb testing.TB, change ...func(*sitting.Config)) *rig {
	tb.Helper()
	return newRigWith(tb, nil, change...)
}

// newRigWith builds the stack; people, if any, opens the service of people on it.
func newRigWith(tb testing.TB, people func(*rig) Tokens, change ...func(*sitting.Config)) *rig {
	tb.Helper()
	ctx := context.Background()
	now := func() time.Time { return noon }
	lib, problems := content.Load(files.FS)
	if content.Failed(problems) {
		tb.Fatal(problems)
	}
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(tb.TempDir(), "t.db")})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(ctx, append(sitting.Specs(), survey.Spec)); err != nil {
		tb.Fatal(err)
	}
	waves, err := survey.New(ctx, engine, survey.Config{}, now)
	if err != nil {
		tb.Fatal(err)
	}
	if err := waves.Add(ctx, survey.Wave{Doc: store.Doc{ID: "autumn"}, Campaign: "city", Title: i18n.Text{UK: "осінь", EN: "autumn"},
		Opens: store.At(survey.Day(2026, 11, 1)), Closes: store.At(survey.Day(2026, 12, 1))}); err != nil {
		tb.Fatal(err)
	}
	var published []*instrument.Instrument
	for _, in := range lib.Instruments() {
		published = append(published, lib.Versions(in.Slug)...)
	}
	catalogue, err := sitting.Publish(published...)
	if err != nil {
		tb.Fatal(err)
	}
	cfg := sitting.Config{Secret: []byte(strings.Repeat("s", 32)), Structure: structure(), Now: now}
	for _, f := range change {
		f(&cfg)
	}
	service, err := sitting.New(ctx, engine, catalogue, waves, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	messages, err := i18n.Load(locales.FS)
	if err != nil {
		tb.Fatal(err)
	}
	r := &rig{lib: lib, log: &bytes.Buffer{}, service: service, engine: engine}
	deps := Deps{Sittings: service, Messages: messages, Log: slog.New(slog.NewTextHandler(r.log, nil)),
		Device: func(c *gin.Context) string { return c.GetHeader("X-Device") }} // a cookie in the program
	if people != nil {
		deps.Tokens = people(r)
	}
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.ContextWithFallback = true
	g.Use(func(c *gin.Context) {
		lang := i18n.Choose("", "", c.GetHeader("Accept-Language"))
		c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), lang))
	})
	if err := Routes(g, deps); err != nil {
		tb.Fatal(err)
	}
	r.handler = g
	return r
}

func structure() (s scoring.Structure) {
	for a := '1'; a <= '6'; a++ {
		area := scoring.AreaStructure{ID: "ua" + string(a)}
		for n := '1'; n <= '5'; n++ {
			area.Competences = append(area.Competences, area.ID+"."+string(n))
		}
		s = append(s, area)
	}
	return s
}

func (r *rig) do(method, path string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, body)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	return w
}

func (r *rig) put(id, body string, header ...string) *httptest.ResponseRecorder {
	return r.do(http.MethodPut, "/api/v1/sittings/"+id, strings.NewReader(body), header...)
}

func parse[T any](t *testing.T, w *httptest.ResponseRecorder) (v T) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return v
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	raw, err := files.FS.ReadFile("fixture/api/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
