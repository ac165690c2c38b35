package places

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/place"
)

// Bounds of the tiles.
const (
	tileBytes   = 512 << 10
	tileTime    = 6 * time.Second
	tileKeep    = 7 * 24 * time.Hour
	tilesOnDisk = 200 << 20 // bytes
	tileParts   = 4         // asked for at once
	tileMargin  = 0.15      // degrees around the city
)

// Tiles fetches tiles of a map for the readers, so that their addresses reach no third
// party, and keeps them on disk.
type Tiles struct {
	URL         string // https://…/{z}/{x}/{y}.png
	Attribution string
	Folder      string    // of the cache; made when needed
	Box         place.Box // of the city
	Agent       string    // whom the server of tiles may ask
	Client      *http.Client
	Now         func() time.Time

	mu   sync.Mutex
	size int64 // bytes on disk; -1 before the first count
	turn chan struct{}
}

// NewTiles checks the settings. Errors: an address without {z}, {x}, {y}, or not http(s).
func NewTiles(address, attribution, folder string, box place.Box, agent string, now func() time.Time) (*Tiles, error) {
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		if !strings.Contains(address, part) {
			return nil, fmt.Errorf("MAP_TILES_URL: %s is missing", part)
		}
	}
	u, err := url.Parse(strings.NewReplacer("{z}", "1", "{x}", "1", "{y}", "1").Replace(address))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("MAP_TILES_URL: an address with http or https is needed")
	}
	if strings.TrimSpace(attribution) == "" {
		return nil, fmt.Errorf("MAP_TILES_ATTRIBUTION: whoever made the tiles must be named")
	}
	return &Tiles{URL: address, Attribution: attribution, Folder: folder, Box: box, Agent: agent, Now: now, size: -1, turn: make(chan struct{}, tileParts),
		Client: &http.Client{Timeout: tileTime, CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if r.URL.Host != u.Host || len(via) > 2 {
				return errors.New("the server of tiles sends elsewhere")
			}
			return nil
		}}}, nil
}

// inside tells whether a tile touches the city.
func (t *Tiles) inside(z, x, y int) bool {
	if z < place.MinZoom || z > place.MaxZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return false
	}
	b := tileBox(z, x, y)
	return b.South <= t.Box.North+tileMargin && b.North >= t.Box.South-tileMargin && b.West <= t.Box.East+tileMargin && b.East >= t.Box.West-tileMargin
}

// Get returns a tile. Errors: NotFound outside the city, Unavailable when the server of
// tiles does not give it.
func (t *Tiles) Get(ctx context.Context, z, x, y int) (body []byte, kind string, err error) {
	defer fault.Wrap(&err, "places.Tiles.Get")
	if !t.inside(z, x, y) {
		return nil, "", fault.New(fault.NotFound, "")
	}
	name := filepath.Join(t.Folder, strconv.Itoa(z), strconv.Itoa(x), strconv.Itoa(y))
	info, statErr := os.Stat(name)
	fresh := statErr == nil && t.Now().Sub(info.ModTime()) < tileKeep
	if fresh {
		if body, err := os.ReadFile(name); err == nil {
			return body, http.DetectContentType(body), nil
		}
	}
	body, kind, err = t.fetch(ctx, z, x, y)
	if err != nil {
		if old, readErr := os.ReadFile(name); readErr == nil { // an old tile is better than none
			return old, http.DetectContentType(old), nil
		}
		return nil, "", err
	}
	if err := t.keep(name, body); err != nil { // the reader gets the tile all the same
		return body, kind, nil
	}
	return body, kind, nil
}

func (t *Tiles) fetch(ctx context.Context, z, x, y int) ([]byte, string, error) {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, tileTime)
	defer cancel()
	address := strings.NewReplacer("{z}", strconv.Itoa(z), "{x}", strconv.Itoa(x), "{y}", strconv.Itoa(y), "{s}", "a").Replace(t.URL)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", fault.From(err, fault.Internal, "")
	}
	req.Header.Set("User-Agent", t.Agent)
	res, err := t.Client.Do(req)
	if err != nil {
		return nil, "", fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = res.Body.Close() }() // read to its bound
	if res.StatusCode != http.StatusOK {
		return nil, "", fault.Newf(fault.Unavailable, "", "the server of tiles answers %d", res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, tileBytes+1))
	if err != nil {
		return nil, "", fault.From(err, fault.Unavailable, "")
	}
	kind := http.DetectContentType(body)
	if len(body) > tileBytes || kind != "image/png" && kind != "image/jpeg" && kind != "image/webp" {
		return nil, "", fault.Newf(fault.Unavailable, "", "a tile of %d bytes and type %s", len(body), kind)
	}
	return body, kind, nil
}

// keep writes a tile to disk and makes room when there is too much.
func (t *Tiles) keep(name string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size < 0 || t.size+int64(len(body)) > tilesOnDisk {
		return t.shrink()
	}
	t.size += int64(len(body))
	return nil
}

// shrink counts what is there and removes the oldest until a tenth is free.
func (t *Tiles) shrink() error {
	type one struct {
		name string
		size int64
		at   time.Time
	}
	var all []one
	t.size = 0
	err := filepath.WalkDir(t.Folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err == nil {
			all = append(all, one{name, info.Size(), info.ModTime()})
			t.size += info.Size()
		}
		return nil
	})
	if err != nil || t.size <= tilesOnDisk {
		return err
	}
	sort.Slice(all, func(i, j int) bool { return all[i].at.Before(all[j].at) })
	for _, f := range all {
		if t.size <= tilesOnDisk*9/10 {
			break
		}
		if err := os.Remove(f.name); err != nil {
			return err
		}
		t.size -= f.size
	}
	return nil
}

// Tile serves a tile of the map.
func (h *Handlers) Tile(c *gin.Context) error {
	if h.o.Tiles == nil {
		return fault.New(fault.NotFound, "")
	}
	var at [3]int
	for i, name := range []string{"z", "x", "y"} {
		n, err := strconv.Atoi(c.Param(name))
		if err != nil {
			return fault.New(fault.NotFound, "")
		}
		at[i] = n
	}
	body, kind, err := h.o.Tiles.Get(c.Request.Context(), at[0], at[1], at[2])
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=86400")
	c.Data(http.StatusOK, kind, body)
	return nil
}
