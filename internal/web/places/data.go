package places

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/place"
	"osvitlo/internal/web/form"
)

// kept is a file of the open data with what it was made of.
type kept struct {
	version uint64
	etag    string
	body    []byte
}

// file answers with a file that is made anew when the register has changed.
func (h *Handlers) file(c *gin.Context, name, kind string, build func([]place.Hit) ([]byte, error)) error {
	h.mu.Lock()
	version := h.o.Places.Version()
	k, ok := h.files[name]
	if !ok || k.version != version {
		body, err := build(h.o.Places.List(place.Filter{}).Hits)
		if err != nil {
			h.mu.Unlock()
			return fault.From(err, fault.Internal, "")
		}
		sum := sha256.Sum256(body)
		k = kept{version, `"` + hex.EncodeToString(sum[:12]) + `"`, body}
		h.files[name] = k
	}
	h.mu.Unlock()
	head := c.Writer.Header()
	head.Set("Content-Type", kind)
	head.Set("Cache-Control", "public, no-cache") // a hidden place is gone with the next request
	head.Set("ETag", k.etag)
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(k.body))
	return nil
}

// GeoJSON serves all public places (RFC 7946).
func (h *Handlers) GeoJSON(c *gin.Context) error {
	return h.file(c, "geojson", "application/geo+json", func(list []place.Hit) ([]byte, error) {
		var b bytes.Buffer
		err := place.WriteGeoJSON(&b, list)
		return b.Bytes(), err
	})
}

// CSV serves all public places as a table.
func (h *Handlers) CSV(c *gin.Context) error {
	c.Header("Content-Disposition", `attachment; filename="places.csv"`)
	return h.file(c, "csv", "text/csv; charset=utf-8", func(list []place.Hit) ([]byte, error) {
		var b bytes.Buffer
		err := place.WriteCSV(&b, list)
		return b.Bytes(), err
	})
}

// Package describes both files for programs.
func (h *Handlers) Package(c *gin.Context) error {
	return h.file(c, "package", "application/json; charset=utf-8", func([]place.Hit) ([]byte, error) {
		title := i18n.Text{UK: h.o.Words.Lang(i18n.Ukrainian).T("place.title", nil), EN: h.o.Words.Lang(i18n.English).T("place.title", nil)}
		return place.DataPackage(h.o.Origin, title, h.o.Now())
	})
}

// mark is a mark of the map: a place, or several.
type mark struct {
	At    [2]float64  `json:"at"` // latitude, longitude
	N     int         `json:"n"`
	Box   *[4]float64 `json:"box,omitempty"` // south, west, north, east: of several
	Names []named     `json:"names,omitempty"`
}

type named struct {
	ID    string `json:"id"`
	Href  string `json:"href"`
	Name  string `json:"name"`
	Where string `json:"where"`
	State string `json:"state"`
	Kind  string `json:"kind"` // of the state: good, sun, plain
}

// Points answers the map: marks within the box for a zoom, joined so that there are
// never more than some hundred. The filters are those of the list.
func (h *Handlers) Points(c *gin.Context) error {
	v := h.see(c)
	var a asked
	if err := form.DecodeQuery(c.Request, &a); err != nil {
		return err
	}
	box, ok := place.ParseBox(c.Query("bbox"))
	zoom, err := strconv.Atoi(c.Query("zoom"))
	if !ok || err != nil {
		return fault.InvalidFields(fault.Field{Pointer: "bbox", Key: "place.bbox"})
	}
	f, _, _ := v.filter(&a)
	f.Near, f.Box = nil, &box
	list, total := h.o.Places.Clusters(f, zoom)
	out := struct {
		Total int            `json:"total"`
		Marks []mark         `json:"marks"`
		Lines [][][2]float64 `json:"lines,omitempty"` // outlines of the districts, if asked for
	}{Total: total, Marks: make([]mark, 0, len(list))}
	if c.Query("lines") != "" {
		out.Lines = h.o.Places.City().Lines()
	}
	for _, one := range list {
		m := mark{At: one.At.Pair(), N: one.Count}
		if one.Count > 1 {
			m.Box = &[4]float64{round(one.Box.South), round(one.Box.West), round(one.Box.North), round(one.Box.East)}
		}
		if one.Count == 1 || zoom >= place.MaxZoom {
			for _, f := range one.Places {
				tag := v.state(stateOf(f, v.now))
				m.Names = append(m.Names, named{f.ID, Address + "/" + f.Slug, f.Name.In(v.lang), f.Address.In(v.lang), tag.Text, tag.Kind})
			}
		}
		out.Marks = append(out.Marks, m)
	}
	body, err := json.Marshal(out)
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	c.Header("Cache-Control", "private, no-cache")
	c.Data(http.StatusOK, "application/json; charset=utf-8", body)
	return nil
}

func stateOf(f *place.Face, now time.Time) place.State {
	if f.Hours == nil {
		return place.State{}
	}
	return f.Hours.At(now)
}

func round(x float64) float64 { return math.Round(x*1e5) / 1e5 }

// mapOf tells the script what it needs to draw the map.
func (v *view) mapOf(p *ListPage) {
	b := v.h.o.Places.City().Box
	p.Box = fmt.Sprintf("%g,%g,%g,%g", b.South, b.West, b.North, b.East)
	p.MapSize = v.t("map.size", "KB", mapKB)
	if t := v.h.o.Tiles; t != nil {
		p.Tiles, p.Attribution = "/tiles/{z}/{x}/{y}", t.Attribution
	}
}

// mapKB is what the map costs before the first tile: Leaflet with its styles, gzip.
const mapKB = 50
