package main

import (
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/klauspost/compress/gzhttp"

	"osvitlo/internal/app"
	"osvitlo/internal/config"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/resident"
	"osvitlo/locales"
)

// program is the whole program on a demo city of 300 people, without its sockets.
func program(ctx context.Context, data string) (http.Handler, func(), error) {
	c, _, err := config.Load("pages", []string{"--demo", "--demo-people", "300", "--data", data}, func(string) string { return "" }, io.Discard)
	if err != nil {
		return nil, nil, err
	}
	a, err := app.New(ctx, c, app.Options{Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	if err != nil {
		return nil, nil, err
	}
	return a.Handler(), func() { _ = a.Close() }, nil
}

//go:embed *.html
var templates embed.FS

// stored is the size of a sitting's document in the middle of the test.
const stored = 2200

// bareHandler answers the same requests without knowing anything: it renders what
// was captured and writes a document.
func bareHandler(ctx context.Context, path string, s *script) (http.Handler, func(), error) {
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		return nil, nil, err
	}
	stop := func() { _ = engine.Close() }
	spec := store.Spec{Name: "bare"}
	if err := engine.Migrate(ctx, []store.Spec{spec}); err != nil {
		return nil, stop, err
	}
	rows, err := engine.Raw(spec)
	if err != nil {
		return nil, stop, err
	}
	words, err := i18n.Load(locales.FS)
	if err != nil {
		return nil, stop, err
	}
	pages, err := page.New(page.Options{Words: words, Site: page.Site{Demo: true,
		City: page.City{Name: i18n.Text{UK: "Місто", EN: "City"}, Owner: i18n.Text{UK: "Міська рада", EN: "City council"}, Phone: "(0522) 00-00-00", PhoneHref: "tel:+380522000000"}},
		Sets: []page.Set{{Name: "bare", FS: fs.FS(templates)}, resident.Set()}})
	if err != nil {
		return nil, stop, err
	}
	doc := []byte(`{"answers":"` + strings.Repeat("a", stored) + `"}`)
	shown, leads := map[string]*step{}, map[string]*step{}
	for i, st := range s.steps {
		// What came before an answer stands at the same address: the address alone
		// tells which page it is.
		if st.method == http.MethodGet {
			shown[st.path] = &s.steps[i]
		} else {
			leads[st.path] = &s.steps[i]
		}
	}
	b := &bare{pages: pages, rows: rows, doc: doc, shown: shown, leads: leads}
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.GET("/*path", b.show)
	g.POST("/*path", b.take)
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(700), gzhttp.CompressionLevel(1))
	if err != nil {
		return nil, stop, err
	}
	return compress(g), stop, nil
}

type bare struct {
	pages        *page.Renderer
	rows         store.Raw
	doc          []byte
	shown, leads map[string]*step
	revisions    sync.Map
}

func (b *bare) show(c *gin.Context) {
	id := uuids.FindString(c.Request.URL.Path)
	at := c.Request.URL.Path
	if id != "" {
		at = strings.Replace(at, id, idMark, 1)
	}
	st := b.shown[at]
	if st == nil {
		c.AbortWithStatus(http.StatusNotFound)
		return
	}
	var err error
	switch p := st.page.(type) {
	case *resident.Question:
		one := *p // a render marks the page's frame
		one.Path = c.Request.URL.Path
		err = b.pages.Render(c.Writer, http.StatusOK, "resident/question", &one)
	case *captured:
		one := *p
		one.Path = c.Request.URL.Path
		err = b.pages.Render(c.Writer, http.StatusOK, "bare/captured", &one)
	}
	if err != nil {
		c.AbortWithStatus(http.StatusInternalServerError)
	}
}

func (b *bare) take(c *gin.Context) {
	if err := c.Request.ParseForm(); err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	id := uuids.FindString(c.Request.URL.Path)
	at := c.Request.URL.Path
	if id != "" {
		at = strings.Replace(at, id, idMark, 1)
	}
	st := b.leads[at]
	if st == nil {
		c.AbortWithStatus(http.StatusNotFound)
		return
	}
	if id == "" { // the start stores nothing, as in the program
		id = uuid.NewString()
		http.SetCookie(c.Writer, &http.Cookie{Name: "s_" + id, Value: strings.Repeat("c", 60), Path: "/"})
	} else if err := b.write(c.Request.Context(), id); err != nil {
		c.AbortWithStatus(http.StatusInternalServerError)
		return
	}
	c.Header("Location", strings.Replace(st.next, idMark, id, 1))
	c.Status(http.StatusSeeOther)
	c.Writer.WriteHeaderNow()
}

// write inserts the document of a sitting, or replaces it at the revision it knows.
func (b *bare) write(ctx context.Context, id string) error {
	rev, there := b.revisions.Load(id)
	if !there {
		b.revisions.Store(id, int64(1))
		return b.rows.Insert(ctx, id, b.doc)
	}
	n, ok := rev.(int64)
	if !ok {
		return errors.New("no revision")
	}
	b.revisions.Store(id, n+1)
	return b.rows.Replace(ctx, id, b.doc, n)
}
