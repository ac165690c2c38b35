package front

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image/color"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/canvas"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Card is what a picture for sharing says.
type Card struct {
	Over  string // small words above the title: the kind of the page
	Title string
	Text  string
	// Low and High draw the bar of a hundred residents; both 0: no bar.
	Low, High int
}

// Size of a card, the one that social networks ask for.
const (
	cardWidth  = 1200
	cardHeight = 630
)

// Share draws the picture of a page: /share/<kind>/<name>.<lang>.png.
func (h *Handlers) Share(c *gin.Context) error {
	name, ok := strings.CutSuffix(c.Param("name"), ".png")
	name, lang, named := cutLast(name, ".")
	if !ok || !named || !i18n.Known(lang) {
		return fault.Newf(fault.NotFound, "", "no picture of this name")
	}
	of, ok := h.o.Cards[c.Param("kind")]
	if !ok {
		return fault.Newf(fault.NotFound, "", "no picture of this kind")
	}
	card, version, ok := of(name, lang)
	if !ok {
		return fault.Newf(fault.NotFound, "", "no picture of this name")
	}
	p, err := h.drawn.get(c.Param("kind")+"/"+name+"."+lang, version, func() ([]byte, error) { return h.draw(card, lang) })
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.Header("ETag", p.tag)
	// others show it where the page is shared
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
	if c.GetHeader("If-None-Match") == p.tag {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	c.Data(http.StatusOK, "image/png", p.png)
	return nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// maxDrawn bounds the pictures in memory, about 40 kB each.
const maxDrawn = 300

type drawn struct {
	mu   sync.Mutex
	done map[string]*picture
}

type picture struct {
	version, tag string
	png          []byte
}

func newDrawn() *drawn { return &drawn{done: map[string]*picture{}} }

// get draws a picture when it is asked for the first time in this state. One is drawn at
// a time: they are few and take some hundredths of a second.
func (d *drawn) get(key, version string, draw func() ([]byte, error)) (*picture, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.done[key]; p != nil && p.version == version {
		return p, nil
	}
	png, err := draw()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(png)
	if len(d.done) >= maxDrawn {
		clear(d.done)
	}
	p := &picture{version: version, tag: `"` + hex.EncodeToString(sum[:8]) + `"`, png: png}
	d.done[key] = p
	return p, nil
}

// Colours of the site (STYLE).
var (
	ink   = color.RGBA{0x14, 0x28, 0x3C, 0xFF}
	soft  = color.RGBA{0x46, 0x58, 0x6A, 0xFF}
	paper = color.RGBA{0xFB, 0xFA, 0xF6, 0xFF}
	card  = color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}
	main  = color.RGBA{0x0B, 0x5C, 0xAD, 0xFF}
	light = color.RGBA{0xF7, 0xC9, 0x48, 0xFF}
	glow  = color.RGBA{0xFF, 0xF4, 0xD1, 0xFF}
	grid  = color.RGBA{0xE6, 0xE2, 0xD8, 0xFF}
	brown = color.RGBA{0x6F, 0x47, 0x00, 0xFF}
)

func (h *Handlers) draw(k Card, lang string) ([]byte, error) {
	w := h.o.Words.Lang(lang)
	c := canvas.New(cardWidth, cardHeight, paper)
	lamp(c)
	if h.o.Demo {
		c.Rect(canvas.Box{W: cardWidth, H: 44}, glow)
		c.Text(canvas.Box{Y: 8, W: cardWidth, H: 30}, canvas.Style{Size: 24, Color: brown, Align: canvas.Center}, w.T("page.demo", nil))
	}
	c.Text(canvas.Box{X: 72, Y: 76, W: 400, H: 60}, canvas.Style{Size: 46, Bold: true, Color: ink}, w.T("page.name", nil))
	sun(c, 72+canvas.Measure(w.T("page.name", nil), 46, true)+26, 92)

	y := 190.0
	if k.Over != "" {
		y += c.Text(canvas.Box{X: 72, Y: y, W: 700, H: 40}, canvas.Style{Size: 28, Color: main, Bold: true, MaxLines: 1}, k.Over) + 10
	}
	y += c.Text(canvas.Box{X: 72, Y: y, W: 740, H: 220}, canvas.Style{Size: 62, Min: 34, Bold: true, Color: ink, Leading: 1.14, MaxLines: 4}, k.Title) + 22
	if k.High > 0 {
		bar(c, canvas.Box{X: 72, Y: y + 10, W: 740, H: 22}, k.Low, k.High)
		y += 62
	}
	c.Text(canvas.Box{X: 72, Y: y, W: 740, H: 540 - y}, canvas.Style{Size: 32, Min: 24, Color: soft, Leading: 1.3}, k.Text)
	c.Text(canvas.Box{X: 72, Y: 560, W: 900, H: 36}, canvas.Style{Size: 26, Color: soft, MaxLines: 1}, h.o.City.Owner.In(lang))

	var b bytes.Buffer
	if err := c.PNG(&b); err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return b.Bytes(), nil
}

// bar shows the interval on a scale of a hundred.
func bar(c *canvas.Canvas, b canvas.Box, low, high int) {
	at := func(v int) float64 { return b.W * float64(max(0, min(100, v))) / 100 }
	c.Round(b, b.H/2, grid)
	c.Round(canvas.Box{X: b.X, Y: b.Y, W: max(b.H, at(low)), H: b.H}, b.H/2, main)
	c.Round(canvas.Box{X: b.X + at(low), Y: b.Y - 8, W: max(10, at(high)-at(low)), H: b.H + 16}, 8, ink)
	c.Round(canvas.Box{X: b.X + at(low) + 3, Y: b.Y - 5, W: max(4, at(high)-at(low)-6), H: b.H + 10}, 6, light)
}

// sun is the mark behind the name.
func sun(c *canvas.Canvas, x, y float64) {
	c.Circle(x, y, 11, light)
	for _, d := range [][2]float64{{0, -1}, {0.71, -0.71}, {1, 0}, {-0.71, -0.71}, {-1, 0}} {
		c.Line(x+d[0]*17, y+d[1]*17, x+d[0]*24, y+d[1]*24, 4, ink)
	}
}

// lamp is the reading room: a lamp, its light and an open book.
func lamp(c *canvas.Canvas) {
	cone := &canvas.Path{}
	cone.MoveTo(960, 214)
	cone.LineTo(1060, 214)
	cone.LineTo(1160, 500)
	cone.LineTo(860, 500)
	cone.Close()
	c.Fill(cone, glow)
	c.Line(1130, 500, 1130, 170, 7, ink)
	c.Line(1130, 170, 1100, 120, 7, ink)
	c.Line(1100, 120, 1010, 120, 7, ink)
	c.Line(1010, 120, 1010, 150, 7, ink)
	shade := func(grow float64, col color.Color) {
		p := &canvas.Path{}
		p.MoveTo(975-grow*0.6, 150-grow)
		p.LineTo(1045+grow*0.6, 150-grow)
		p.LineTo(1075+grow*1.4, 214+grow)
		p.LineTo(945-grow*1.4, 214+grow)
		p.Close()
		c.Fill(p, col)
	}
	shade(6, ink)
	shade(0, light)
	c.Line(820, 503, 1190, 503, 7, ink)
	page := func(from, to float64) {
		for grow, col := range []color.Color{ink, card} {
			in := float64(grow) * 6
			p := &canvas.Path{}
			p.MoveTo(1010, 452+in)
			p.QuadTo((1010+to)/2, 420+in, to+(from-to)*in/110, 446+in)
			p.LineTo(to+(from-to)*in/110, 496-in*0.6)
			p.QuadTo((1010+to)/2, 474-in*0.6, 1010, 498-in*0.6)
			p.Close()
			c.Fill(p, col)
		}
	}
	page(1010, 910)
	page(1010, 1110)
	c.Line(1010, 454, 1010, 496, 5, ink)
}
